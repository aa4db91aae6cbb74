# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may read what, and what is decided before what."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import default_answers, delegation_options
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, QUEUE, Dsm, serving

ALIAS, LICENSE, TABS = PREFIX + "Alias", PREFIX + "License", PREFIX + "Delegation"
DSM_READS = [(api, method) for api, methods in default_answers().items() for method in methods if PREFIX not in api]
FOR_EVERYONE = {("SYNO.DSM.Info", "getinfo"), ("SYNO.Core.Package", "list"), ("SYNO.Core.Directory.LDAP", "get")}


def account(role: str, delegation: list[str] | None = None) -> dict[str, Any]:
    return {"accounts": [{"role": role, "delegation": delegation}]}


def test_the_options_are_those_of_the_help() -> None:
    without_a_read = {"Configuration Import"}
    assert len(delegation_options() | without_a_read) == 28


def test_a_user_without_delegation_may_read_what_is_ones_own() -> None:
    with serving(account("user")) as dsm:
        dsm.login(session="webui")
        codes = {
            (api, method): dsm.code(api, method, 2 if (api, method) == (LICENSE, "list") else 1)
            for api, methods in default_answers().items()
            for method in methods
            if api.startswith(PREFIX) and api not in (PREFIX + "Security", LICENSE)
        }
        assert [pair for pair, code in codes.items() if code is None] == [(TABS, "list_enable_tab")]
        assert set(codes.values()) == {None, 5615}
        assert dsm.code(PREFIX + "Personal.Forward", "get") is None


def test_a_delegation_covers_its_options_and_no_licence() -> None:
    with serving(account("delegated", ["Queue", "Alias"])) as dsm:
        dsm.login()
        assert dsm.code(QUEUE, "list") is None
        assert dsm.code(ALIAS, "list", domain_id=1) is None
        assert dsm.code(PREFIX + "Util", "get_account_type") is None  # nobody knows which option it is
        assert dsm.code(PREFIX + "Report", "get") == 5615
        assert dsm.code(LICENSE, "get_user_limit") == 5615
        enabled = dsm.data(TABS, "list_enable_tab")["enable_tab"]
        assert [name for name, is_enabled in enabled.items() if is_enabled] == ["alias", "queue"]


@pytest.mark.parametrize(("role", "licence"), [("administrator", None), ("delegated", 5615)])
def test_an_administrator_and_a_delegation_of_everything(role: str, licence: int | None) -> None:
    with serving(account(role)) as dsm:
        dsm.login()
        enabled = dsm.data(TABS, "list_enable_tab")["enable_tab"]
        assert enabled.pop("license") is (licence is None)
        assert set(enabled.values()) == {True}
        assert dsm.code(LICENSE, "get_active_user_num") == licence


@pytest.mark.parametrize("role", ["administrator", "delegated", "user"])
def test_dsm_tells_administrators_what_is_below(role: str) -> None:
    with serving(account(role)) as dsm:
        dsm.login(session="webui")
        answered = {pair for pair in DSM_READS if dsm.code(*pair) is None}
        assert {dsm.code(*pair) for pair in set(DSM_READS) - answered} <= {105}
        assert answered == (set(DSM_READS) if role == "administrator" else FOR_EVERYONE)


def test_what_does_not_exist_comes_before_who_asks_and_that_before_parameters(dsm: Dsm) -> None:
    with serving(account("user")) as refused:
        refused.login(session="webui")
        codes = [
            refused.code(PREFIX + "Nobody", "get"),
            refused.code(ALIAS, "enumerate"),
            refused.code(ALIAS, "list", 3),
            refused.code(ALIAS, "list"),
            refused.code(ALIAS, "list", domain_id=99),
            refused.code("SYNO.Backup.Task", "enumerate"),
            refused.code("SYNO.Backup.Task", "list", additional='["no_such_word"]'),
            refused.code("SYNO.Core.Package", "list", additional='["no_such_word"]'),
        ]
    assert codes == [102, 103, 104, 5615, 5615, 103, 105, 120]
    dsm.login()
    assert [dsm.code(ALIAS, "list"), dsm.code(ALIAS, "list", domain_id=99)] == [114, 120]
