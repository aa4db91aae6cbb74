# SPDX-License-Identifier: GPL-3.0-or-later
"""All that can be read, from NAS that are well and from one on a very bad day."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import gather as gathering
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, CATALOGUE, select
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import SECRETS
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    LOGIN,
    LOGOUT,
    PREFIX,
    address_of,
    calls,
    credentials_of,
    gather,
    items_of,
)

DOMAINS = [
    {"domain_id": number, "name": name} for number, name in enumerate(("a.example", "b.example", "c.example"), 1)
]
FLEET = {
    "nas": {
        "one": {"domains": [domain["name"] for domain in DOMAINS]},
        "delegated": {"accounts": [{"role": "delegated", "delegation": ["Queue", "Log"]}]},
        "older": {"versions": "listed"},
        "odd": {},
        "bad": {
            "faults": [
                {"fault": "error", "code": 5615, "api": f"{PREFIX}*", "share": 0.33},
                {"fault": "error", "code": 103, "api": f"{PREFIX}*", "share": 0.5},
                {"fault": "hang", "api": f"{PREFIX}Statistic", "method": "get"},
                {"fault": "html", "api": f"{PREFIX}Security", "method": "get_spam"},
            ]
        },
    },
    "defaults": {"https": False},
}


def test_all_of_three_domains_is_read_in_at_most_eight_requests_on_one_connection(fleet: Fleet) -> None:
    nas = fleet["one"]
    state = gather(nas, "all")
    assert {name for name, envelope in state.sections.items() if envelope["status"] != "ok"} == set()
    assert [*state.sections] == [section.name for section in select(["all"])]
    assert len(nas.requests) <= 8
    assert len({request.connection for request in nas.requests}) == 1
    for name in ("aliases", "domain_settings", "domain_users"):
        assert [*state.sections[name]["each"]] == [domain["name"] for domain in DOMAINS]
    assert nas.writes == []
    sent = {(item["api"], item["method"]) for request in nas.requests for item in request.items}
    assert sent <= READ_ALLOWLIST


def test_no_secret_of_any_section_is_in_the_state(fleet: Fleet) -> None:
    names = [section.name for section in CATALOGUE]
    text = json.dumps(gather(fleet["one"], *names, "system", "all").as_facts())
    assert [name for name, secret in SECRETS.items() if secret in text] == []


def test_the_least_takes_three_requests(fleet: Fleet) -> None:
    gather(fleet["one"], "min")
    assert len(fleet["one"].requests) == 3


def test_what_is_refused_names_the_option_that_opens_it(fleet: Fleet) -> None:
    sections = gather(fleet["delegated"], "all").sections
    found = Counter(envelope["status"] for envelope in sections.values())
    assert found["ok"] > 5
    assert found["forbidden"] > 40
    assert "DSM administrator" in sections["licenses"]["error"]["hint"]
    for name in ("smtp_service", "mcp", "report"):
        assert repr(BY_NAME[name].privilege) in sections[name]["error"]["hint"]
        assert sections[name]["error"]["code"] == 5615


def test_a_server_without_the_newest_methods_is_read_by_older_ones(fleet: Fleet) -> None:
    sections = gather(fleet["older"], "all").sections
    assert {name for name, envelope in sections.items() if envelope["status"] != "ok"} == {"dovecot_log"}


@pytest.mark.parametrize("subset", [("all",), ("all", "system")])
def test_on_a_very_bad_day_every_section_comes_that_can_in_one_login(fleet: Fleet, subset: tuple[str, ...]) -> None:
    nas = fleet["bad"]
    state = gather(nas, *subset, timeout=0.5)
    found = Counter(envelope["status"] for envelope in state.sections.values())
    assert set(state.sections) == {section.name for section in select(subset)}
    assert min(found["ok"], found["unsupported"], found["forbidden"]) > 10
    broken = {name: one["error"]["name"] for name, one in state.sections.items() if one["status"] == "failed"}
    assert broken.items() <= {"mail_statistics": "timeout", "antispam": "not_json"}.items()
    assert all(one["error"]["hint"] for one in state.sections.values() if one["status"] != "ok")
    assert (calls(nas).count(LOGIN), calls(nas).count(LOGOUT)) == (1, 1)
    assert not nas.sessions


def test_what_domains_have_is_not_known_where_not_all_domains_are(fleet: Fleet) -> None:
    nas = fleet["odd"]
    for domains in (
        {"total": 5, "domains": [{"domain_id": 1, "name": "a.test"}, "b.test"]},
        {"total": 2, "domains": ["a.test", "b.test"]},
        {"total": 2, "domains": [{"domain_id": 1, "name": "a.test"}, None]},
    ):
        nas.set_answer(f"{PREFIX}Domain", "list", domains)
        sections = gather(nas, "domains").sections
        for name in ("domain_users", "aliases", "catch_all", "auto_bcc"):
            assert sections.get(name, {"status": "failed"})["status"] == "failed", domains


def test_what_is_of_each_domain_is_told_where_one_is_misspelt(fleet: Fleet) -> None:
    nas = fleet["one"]
    plan = Plan([BY_NAME["domain_users"]], domains=["nope.example", "A.EXAMPLE"])
    state = gathering.gather(address_of(nas), credentials_of(nas), plan)
    each = state.sections["domain_users"]["each"]
    assert {name: one["status"] for name, one in each.items()} == {"a.example": "ok", "nope.example": "unsupported"}
    assert "b.example" in each["nope.example"]["error"]["hint"]
    assert state.warnings == []


@pytest.mark.parametrize("code", [114, 120])
def test_a_log_whose_parameters_nobody_knows_is_asked_without_where_these_are_refused(fleet: Fleet, code: int) -> None:
    nas = fleet["one"]
    nas.faults.add("error", api=f"{PREFIX}Log.Mail", code=code, first=1)
    envelope = gather(nas, "mail_log").sections["mail_log"]
    assert (envelope["status"], envelope["returned"]) == ("ok", 40)
    assert "limit" not in items_of(nas, f"{PREFIX}Log.Mail")[-1]
