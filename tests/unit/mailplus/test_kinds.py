# SPDX-License-Identifier: GPL-3.0-or-later
"""Sections of every kind, also those that the catalogue has none of yet, read from a simulated NAS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan, read_sections
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    Each,
    Section,
    check,
    entries,
    read,
    settings,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import MOST_ENTRIES, Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter
from ansible_collections.mailfleet.mailplus.tests.generate.returns import info_return
from ansible_collections.mailfleet.mailplus.tests.playbook.support.returns import deviations, filled_in
from ansible_collections.mailfleet.mailplus.tests.simulator import Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    BATCH,
    COMPOUND,
    LOGIN,
    LOGOUT,
    PREFIX,
    QUEUE,
    address_of,
    calls,
    credentials_of,
    items_of,
    requests_of,
)

FLEET = {"nas": {"one": {}}, "defaults": {"https": False, "queue": {"total": 1300}}}
DOMAIN, DOMAIN_SETTINGS, ALIAS = PREFIX + "Domain", PREFIX + "Domain.Settings", PREFIX + "Alias"
WHERE: dict[str, Any] = {"place": "Domain", "privilege": None}
BY_DOMAIN = {"domain_id": ("domain_id",)}

DOMAINS = entries("domains", "Domains", read("Domain", "list"), rows_key="domains", ids=("name",), paged=True, **WHERE)
CATCH_ALL = settings("catch_all", "Catch-all", read("Domain.Settings", "get"), each=Each(DOMAINS, BY_DOMAIN), **WHERE)
ALIASES = entries(
    "aliases",
    "Aliases",
    read("Alias", "list"),
    rows_key="alias_list",
    ids=("name",),
    paged=True,
    each=Each(DOMAINS, BY_DOMAIN),
    **WHERE,
)
OF_ALIAS = settings(
    "of_alias", "One alias", read("Domain.Settings", "get"), each=Each(ALIASES, {"alias": ("name",)}), **WHERE
)
WAITING = entries("waiting", "Mails", read("Queue", "list"), rows_key="items", ids=("queue_id",), **WHERE)
CHECKED = check("checked", "A check", read("Queue", "conf_get"), **WHERE)


def gathered(nas: Nas, *sections: Section, window: Window | None = None) -> tuple[dict[str, Any], list[str]]:
    parents = [section.each.of for section in sections if section.each]
    above = [section.each.of for section in parents if section.each]
    allowed = {(one.api, one.method) for section in [*sections, *parents, *above] for one in section.reads}
    with Client(HttpTransport(address_of(nas)), credentials_of(nas), allowed) as client:
        plan = Plan(sections, window or Window())
        envelopes, warnings = read_sections(client, plan, datetime.now(timezone.utc))
    return dict(envelopes), warnings


def have_domains(nas: Nas, *domains: dict[str, Any]) -> None:
    nas.set_answer(DOMAIN, "list", {"domains": list(domains), "total": len(domains)})


THREE = [{"domain_id": number, "name": f"{name}.example"} for number, name in enumerate(("a", "b", "c"), 1)]


def test_entries_are_read_to_their_end_whatever_the_window_of_logs(nas: Nas) -> None:
    window = Window(offset=7, limit=3, filter=RowFilter(text="nobody"))
    envelopes, warnings = gathered(nas, WAITING, window=window)
    waiting = envelopes["waiting"]
    assert (waiting["status"], waiting["total"], waiting["returned"], waiting["truncated"]) == ("ok", 1300, 1300, False)
    assert len({row["queue_id"] for row in waiting["data"]["items"]}) == 1300
    assert waiting["summary"] == {"rows": 1300, "complete": True}
    assert "filtered" not in waiting
    assert warnings == []


def test_entries_beyond_the_cap_are_said_to_be_there(nas: Nas, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("gather", "lists"):
        monkeypatch.setattr(
            f"ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.{module}.MOST_ENTRIES", 600
        )
    envelopes, warnings = gathered(nas, WAITING)
    waiting = envelopes["waiting"]
    assert (waiting["total"], waiting["returned"], waiting["truncated"]) == (1300, 600, True)
    assert waiting["summary"]["complete"] is False
    assert warnings == ["waiting: 600 entries were read of 1300, and no more are read."]
    assert MOST_ENTRIES == 10_000


def test_entries_without_rows_in_the_result_are_read_all_the_same(nas: Nas) -> None:
    have_domains(nas, *THREE)
    envelopes, _warnings = gathered(nas, DOMAINS, CATCH_ALL, window=Window(keep=False))
    assert "domains" not in envelopes["domains"]["data"]
    assert envelopes["domains"]["returned"] == 3
    assert set(envelopes["catch_all"]["each"]) == {"a.example", "b.example", "c.example"}


def test_each_domain_is_read_in_one_second_round(nas: Nas) -> None:
    have_domains(nas, *THREE)
    envelopes, _warnings = gathered(nas, CATCH_ALL, ALIASES)
    assert calls(nas) == [LOGIN, BATCH, BATCH, LOGOUT]
    assert [item["domain_id"] for item in items_of(nas, DOMAIN_SETTINGS)] == [1, 2, 3]
    assert sorted({item["domain_id"] for item in items_of(nas, ALIAS)}) == [1, 2, 3]
    assert list(envelopes) == ["catch_all", "aliases"]  # what was not asked for is not in the result
    catch_all, aliases = envelopes["catch_all"], envelopes["aliases"]
    assert (catch_all["status"], catch_all["error"]) == ("ok", None)
    assert catch_all["data"]["b.example"] == {"catch_all": {"enable": False, "setting": ""}}
    assert set(catch_all["each"]["b.example"]) == {"status", "summary", "error"}
    assert aliases["data"]["a.example"]["alias_list"][0]["name"] == "sales"
    assert aliases["each"]["a.example"]["total"] == 1


def test_what_one_domain_refuses_costs_no_other(nas: Nas) -> None:
    have_domains(nas, *THREE)
    nas.faults.add("error", api=DOMAIN_SETTINGS, code=105, first=2)
    envelope = gathered(nas, CATCH_ALL)[0]["catch_all"]
    assert envelope["status"] == "forbidden"
    assert envelope["error"] == envelope["each"]["a.example"]["error"]
    assert {name: each["status"] for name, each in envelope["each"].items()} == {
        "a.example": "forbidden",
        "b.example": "forbidden",
        "c.example": "ok",
    }
    assert [name for name, data in envelope["data"].items() if data is not None] == ["c.example"]


def test_where_the_domains_are_refused_nothing_of_them_is_known(nas: Nas) -> None:
    nas.faults.add("error", api=DOMAIN, code=105)
    envelope = gathered(nas, CATCH_ALL)[0]["catch_all"]
    assert (envelope["status"], envelope["data"], envelope["each"]) == ("forbidden", None, {})
    assert envelope["error"]["api"] == DOMAIN
    assert items_of(nas, DOMAIN_SETTINGS) == []


@pytest.mark.parametrize("answer", [{"domains": "a.example"}, 7])
def test_where_the_domains_are_not_to_be_found_nothing_of_them_is_known(nas: Nas, answer: Any) -> None:
    nas.set_answer(DOMAIN, "list", answer)
    envelopes, _warnings = gathered(nas, CATCH_ALL)
    envelope = envelopes["catch_all"]
    assert (envelope["status"], envelope["data"], envelope["each"]) == ("failed", None, {})
    assert "which of its keys holds the rows" in envelope["error"]["message"]


def test_below_an_entry_that_was_refused_nothing_is_known(nas: Nas) -> None:
    have_domains(nas, *THREE)
    nas.faults.add("error", api=ALIAS, code=105)
    envelope = gathered(nas, OF_ALIAS)[0]["of_alias"]
    assert (envelope["status"], envelope["data"]) == ("forbidden", None)
    assert {name: each["status"] for name, each in envelope["each"].items()} == dict.fromkeys(
        ("a.example", "b.example", "c.example"), "forbidden"
    )


def test_the_hint_names_what_opens_the_section_that_is_refused(nas: Nas) -> None:
    nas.faults.add("error", api=DOMAIN, code=105)
    domains = replace(DOMAINS, privilege="Domain: General")
    groups = replace(ALIASES, privilege="Domain: Alias", each=Each(domains, BY_DOMAIN))
    members = replace(OF_ALIAS, privilege="Domain: Alias", each=Each(groups, {"alias": ("name",)}))
    envelopes, _warnings = gathered(nas, domains, groups, members)
    assert {"'Domain: General'" in envelope["error"]["hint"] for envelope in envelopes.values()} == {True}


def test_no_domain_is_no_failure(nas: Nas) -> None:
    have_domains(nas)
    envelope = gathered(nas, CATCH_ALL)[0]["catch_all"]
    assert (envelope["status"], envelope["data"], envelope["each"]) == ("ok", {}, {})


def test_a_domain_that_cannot_be_named_is_not_asked_with_a_guess(nas: Nas) -> None:
    have_domains(nas, THREE[0], {"name": "b.example"}, {"domain_id": True, "name": "c.example"})
    envelope = gathered(nas, CATCH_ALL)[0]["catch_all"]
    assert [item["domain_id"] for item in items_of(nas, DOMAIN_SETTINGS)] == ["1"]
    assert envelope["each"]["b.example"]["status"] == "failed"
    assert "An entry of domains has no domain_id" in envelope["each"]["b.example"]["error"]["message"]
    assert envelope["each"]["c.example"]["status"] == "failed"


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([{"domain_id": 1, "name": "x"}, {"domain_id": 2, "name": "x"}], ["x", "x (2)"]),
        ([{"domain_id": 1}, {"domain_id": 2, "name": "y"}], ["1", "y"]),
        ([{"domain_id": 1, "name": "__ansible_type"}], ["~__ansible_type"]),
        ([7, {"domain_id": 1, "name": "z"}, None], ["1", "z", "3"]),
    ],
)
def test_an_entry_has_a_name_of_its_own(nas: Nas, rows: Sequence[Any], names: list[str]) -> None:
    have_domains(nas, *rows)
    assert list(gathered(nas, CATCH_ALL)[0]["catch_all"]["each"]) == names


def test_entries_of_entries_have_the_parameters_of_both(nas: Nas) -> None:
    have_domains(nas, *THREE[:2])
    envelope = gathered(nas, OF_ALIAS)[0]["of_alias"]
    assert list(envelope["each"]) == ["a.example/sales", "b.example/sales"]
    asked = [(item["domain_id"], item["alias"]) for item in items_of(nas, DOMAIN_SETTINGS)]
    assert asked == [(1, "sales"), (2, "sales")]
    assert calls(nas) == [LOGIN, BATCH, BATCH, BATCH, LOGOUT]


def test_constant_parameters_and_other_prefixes_are_sent_as_they_are(nas: Nas) -> None:
    searched = read("Alias", "list", (1,), {"action": "find", "deep": {"a": [1]}})
    assert read("SYNO.Core.Package", "list").api == "SYNO.Core.Package"
    gathered(nas, settings("found", "Found", searched, **WHERE))
    (item,) = items_of(nas, ALIAS)
    assert (item["action"], item["deep"]) == ('"find"', '{"a":[1]}')


@pytest.mark.parametrize("code", [102, 103, 104])
def test_what_the_server_has_not_is_asked_in_its_other_way(nas: Nas, code: int) -> None:
    nas.faults.add("error", api=DOMAIN_SETTINGS, code=code)
    nas.faults.add("error", api=ALIAS, code=code)
    either = settings("either", "Either", read("Domain.Settings", "get"), read("Queue", "conf_get"), **WHERE)
    rows = entries(
        "rows", "Rows", read("Alias", "list"), read("Queue", "list"), rows_key="items", ids=("queue_id",), **WHERE
    )
    envelopes, _warnings = gathered(nas, either, rows)
    assert envelopes["either"]["data"]["max_queue_days"] == 5
    assert envelopes["rows"]["returned"] == 1300


def test_what_was_refused_is_not_asked_in_another_way(nas: Nas) -> None:
    nas.faults.add("error", api=DOMAIN_SETTINGS, code=105)
    either = settings("either", "Either", read("Domain.Settings", "get"), read("Queue", "conf_get"), **WHERE)
    assert gathered(nas, either)[0]["either"]["status"] == "forbidden"
    assert items_of(nas, QUEUE) == []


def test_a_check_has_a_request_of_its_own_after_all_others(nas: Nas) -> None:
    envelopes, _warnings = gathered(nas, CHECKED, DOMAINS, ALIASES)
    assert calls(nas)[-2:] == [(QUEUE, "conf_get"), LOGOUT]
    assert all(item["api"] != QUEUE for request in requests_of(nas, BATCH) for item in request.items)
    assert envelopes["checked"]["data"]["max_queue_days"] == 5


def test_a_check_that_ends_the_connection_costs_what_was_read_nothing(nas: Nas) -> None:
    nas.faults.add("close", api=QUEUE)
    envelopes, _warnings = gathered(nas, DOMAINS, CHECKED)
    assert (envelopes["domains"]["status"], envelopes["checked"]["status"]) == ("ok", "failed")
    assert COMPOUND not in {item["api"] for request in nas.requests for item in request.items}


@pytest.mark.parametrize("section", [DOMAINS, CATCH_ALL, ALIASES, OF_ALIAS, WAITING, CHECKED], ids=lambda one: one.name)
@pytest.mark.parametrize("refused", [(), (DOMAIN_SETTINGS, ALIAS, QUEUE), (DOMAIN,)], ids=["ok", "refused", "above"])
def test_what_is_documented_of_a_section_is_what_comes_back(nas: Nas, section: Section, refused: Sequence[str]) -> None:
    have_domains(nas, *THREE)
    for api in refused:
        nas.faults.add("error", api=api, code=105)
    envelopes, _warnings = gathered(nas, section)
    described = filled_in(info_return(Area("any", (section,))))
    assert deviations(described, envelopes, failed=False) == []
