# SPDX-License-Identifier: GPL-3.0-or-later
"""Codes of the package: who was refused is told apart from what failed."""

from __future__ import annotations

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.codes import meaning
from ansible_collections.mailfleet.mailplus.tests.simulator import Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import PREFIX, QUEUE, gather

FLEET = {"nas": {"one": {"https": False}}}


def test_an_account_without_delegation_is_forbidden_and_not_failed(nas: Nas) -> None:
    nas.faults.add("error", api=QUEUE, code=5615)
    queue = gather(nas, "queue", "core").sections["queue"]
    assert (queue["status"], queue["data"], queue["total"]) == ("forbidden", None, None)
    assert (queue["error"]["name"], queue["error"]["code"]) == ("refused_by_package", 5615)
    assert "Delegation" in queue["error"]["hint"]
    assert "set up" in queue["error"]["hint"]


@pytest.mark.parametrize("code", [5500, 5594, 5700])
def test_other_codes_of_the_package_say_who_refuses(nas: Nas, code: int) -> None:
    nas.faults.add("error", api=QUEUE, code=code)
    queue = gather(nas, "queue", "core").sections["queue"]
    assert (queue["status"], queue["error"]["name"], queue["error"]["code"]) == ("failed", "package_error", code)
    assert "MailPlus Server refuses" in queue["error"]["message"]


@pytest.mark.parametrize(
    ("api", "code"), [("SYNO.Core.User", 5615), (PREFIX + "Queue", 5499), (PREFIX + "Queue", 5701)]
)
def test_codes_of_others_and_other_codes_have_no_meaning_here(api: str, code: int) -> None:
    assert meaning(api, code) is None


def test_a_refusal_has_the_kind_of_a_refusal() -> None:
    found = meaning(PREFIX + "Queue", 5615)
    assert found is not None
    assert found.kind is Kind.FORBIDDEN
