# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory plugin asks of one host, and what it keeps in a cache."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import gather as gathering
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils import _inventory_cache as cache
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._host_question import HostQuestion
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import LoginGate
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._sweep import sweep
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import address_of, credentials_of

CREDENTIALS = Credentials("auditor", "a secret")


def question(address: Address, credentials: Credentials = CREDENTIALS, seconds: float = 20) -> HostQuestion:
    connection = {
        **{name: getattr(address, name) for name in ("host", "port", "https", "validate_certs", "ca_path", "timeout")},
        "max_answer_size": 64,
        "time_limit": 600,
        **asdict(credentials),
    }
    wanted = {"gather_subset": ["core", "queue"], "offset": 0, "limit": 50, "rows": True, "reveal_secrets": False}
    return HostQuestion({**connection, **wanted}, seconds, LoginGate())


def test_an_exception_of_one_host_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    real = gathering.read_sections

    def read_sections(client: Any, plan: Plan, now: Any) -> Any:
        if client._transport._address.port == odd.port:
            raise RuntimeError(f"nobody foresaw a secret\n\x1b[31m{'x' * 1000}")
        return real(client, plan, now)

    monkeypatch.setattr(gathering, "read_sections", read_sections)
    with run_fleet({"nas": {"well": {"https": False}, "odd": {"https": False}}}) as fleet:
        odd = fleet["odd"]
        questions = {name: question(address_of(nas), credentials_of(nas)) for name, nas in fleet.items()}
        outcomes = dict(sweep(questions, at_once=2, seconds_all=60))
        assert [nas for nas in fleet.values() if nas.sessions] == []
    assert set(outcomes["well"]["ansible_facts"]["mailplus"]["sections"]) == {"core", "queue"}
    error = outcomes["odd"]["error"]
    assert (error["name"], error["kind"]) == ("unexpected", "failed")
    assert f"{odd.url} could not be read, for a defect of this collection: RuntimeError in line" in error["message"]
    assert error["message"].isprintable()
    assert len(error["message"]) < 400


def raised(text: str) -> Exception:
    """What Python says of a text that is no number."""
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int(text)
    return caught.value


def test_no_secret_is_told_of_what_nobody_foresaw() -> None:
    credentials = Credentials("auditor", "p4ss w0rd", otp_code="135246")
    outcome = question(Address("nas1", 5001), credentials).failed(raised("p4ss w0rd and 135246"))
    assert "p4ss" not in outcome["msg"]
    assert "135246" not in outcome["msg"]
    assert "ValueError in line" in outcome["msg"]


def test_what_is_asked_too_late_is_not_sent() -> None:
    with run_fleet({"nas": {"one": {"https": False}}}) as fleet:
        outcome = question(address_of(fleet["one"])).ask(time.monotonic())
        assert fleet["one"].requests == []
    assert outcome["error"]["name"] == "time_limit"
    assert "was not asked before the time limit of all was over. Raise time_limit" in outcome["msg"]


def test_what_is_interrupted_before_it_begins_is_not_sent() -> None:
    with run_fleet({"nas": {"one": {"https": False}}}) as fleet:
        asked = question(address_of(fleet["one"]))
        asked.interrupt()
        assert asked.ask(time.monotonic() + 20)["error"]["name"] == "interrupted"
        assert fleet["one"].requests == []


OUTCOMES: dict[str, dict[str, Any]] = {
    "well": {"ansible_facts": {"mailplus": {"__ansible_unsafe": "{{ 1 }}"}}},
    "refused": {"msg": "no", "error": {"kind": "login", "name": "wrong_credentials"}},
    "bare": {"msg": "missing", "error": None},
}


def test_a_cache_gives_back_what_was_put_in() -> None:
    packed = json.loads(json.dumps(cache.pack(["a"], OUTCOMES)))
    assert cache.unpack(packed, ["a"]) == OUTCOMES
    assert {type(value) for value in packed.values()} == {str}


@pytest.mark.parametrize("asked", [["b"], ["a", "b"], []])
def test_a_cache_answers_one_question(asked: list[str]) -> None:
    assert cache.unpack(cache.pack(["a"], OUTCOMES), asked) is None


@pytest.mark.parametrize("cached", [None, "", [], {}, {"text": "{}"}, {"text": 1, "digest": ""}, {"text": "\udc80"}])
def test_a_damaged_cache_does_not_fit(cached: object) -> None:
    assert cache.unpack(cached, ["a"]) is None
