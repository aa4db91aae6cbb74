# SPDX-License-Identifier: GPL-3.0-or-later
"""All that can be read, from NAS that are well and from one on a very bad day."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, CATALOGUE, select
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import SECRETS
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import LOGIN, LOGOUT, PREFIX, calls, gather

DOMAINS = [
    {"domain_id": number, "name": name} for number, name in enumerate(("a.example", "b.example", "c.example"), 1)
]
FLEET = {
    "nas": {
        "one": {"domains": [domain["name"] for domain in DOMAINS]},
        "delegated": {"accounts": [{"role": "delegated", "delegation": ["Queue", "Log"]}]},
        "older": {"versions": "listed"},
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
