# SPDX-License-Identifier: GPL-3.0-or-later
"""Sections of people: no text of these leaves a run, by no format, key, name, message or difference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from itertools import count
from typing import Any, cast

import hypothesis.strategies as st
import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan, read_sections
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Breakdown,
    Each,
    Figure,
    Members,
    Timeline,
    entries,
    log,
    read,
    settings,
    status,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    LogSummary,
    server_names,
    server_states,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import failing, judge, privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Baseline, Comparison, Drift
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, describe, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import ExpressionError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from hypothesis import given

WHERE: dict[str, Any] = {"place": "Account", "privilege": None}
ALL: dict[str, Any] = {"personal": ("*",), **WHERE}
DOMAINS = entries("domains", "Domains", read("Domain", "list"), rows_key="domains", ids=("name",), **WHERE)
BY_DOMAIN = Each(DOMAINS, {"domain_id": ("domain_id",)})
USERS = log(
    "users",
    "Users",
    read("User", "list"),
    rows_key="items",
    ids=("id",),
    rows_summary=LogSummary,
    figures=(
        Figure("users_rows", "Users", "total", "users", brief=True, by=Breakdown("type", "summary.by_type", "b", "c")),
    ),
    timeline=Timeline("user_flow", "Users by hour"),
    **ALL,
)
POLICIES = entries("policies", "Policies", read("Policy", "list"), rows_key="items", ids=("name", "id"), **ALL)
TEXTS = settings("texts", "Texts", read("Text", "get"), **ALL)
NODES = status(
    "nodes",
    "Nodes",
    read("Node", "list"),
    members=Members("nodes", "Nodes", "cluster", server_states, server_names, "side_by_side"),
    **ALL,
)
GROUPS = entries("groups", "G", read("Group", "list"), rows_key="items", ids=("name",), each=BY_DOMAIN, **ALL)
MEMBERS = entries(
    "members",
    "M",
    read("Member", "list"),
    rows_key="items",
    ids=("name",),
    each=Each(GROUPS, {"id": ("id",)}),
    **ALL,
)
BINDING = settings(
    "binding", "Binding", read("Directory", "get"), personal=("bind_dn", "base_dn", "serial", "group_name"), **WHERE
)
SECTIONS = (USERS, POLICIES, TEXTS, NODES, DOMAINS, GROUPS, MEMBERS, BINDING)
CANARY = "canary"


@pytest.fixture(autouse=True)
def _catalogue() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for section in SECTIONS:
            patch.setitem(BY_NAME, section.name, section)
        yield


class Answering:
    """A client of a NAS that gives these answers, by the last part of the API."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers

    def read(self, reads: Sequence[Read]) -> list[Reply]:
        return [Reply(Route("entry.cgi", 1), self._answers[read.api.rpartition(".")[2]]) for read in reads]


def gathered(answers: dict[str, Any], host: str = "one") -> tuple[HostRecord, list[str]]:
    plan = Plan([section for section in SECTIONS if section.reads[0].api.rpartition(".")[2] in answers], Window())
    sections, warnings = read_sections(cast(Client, Answering(answers)), plan, datetime.now(timezone.utc))
    return samples.record(host, **cast(dict[str, Any], sections)), warnings


# ------------------------------------------------------------------------------------------------- any text, any format

numbered = count()
words = st.builds(
    lambda text: f"{text}{CANARY} {next(numbered)}{text}", st.sampled_from(["", "/", "-", "@", ".", "x ", "\n"])
)
scalars = words | words | st.none() | st.booleans() | st.integers(0, 9)
fields = st.sampled_from(["user_name", "note", "targets", "detail", "subject", "description"])
# The keys of what is in lists are those of fields, like those of rows; other keys may be names.
below = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(scalars, max_size=2),
        st.lists(st.dictionaries(fields, inner, max_size=2), max_size=2),
        st.dictionaries(words, inner, max_size=2),
    ),
    max_leaves=5,
)
rows = st.builds(
    lambda known, more: {**more, **known},
    st.fixed_dictionaries(
        {},
        optional={
            "name": words,
            "id": words | st.integers(1, 5),
            "type": words,
            "status": words,
            "time": words | st.just(1767225600),
        },
    ),
    st.dictionaries(fields, below, max_size=3),
)
lists = st.builds(lambda found, total: {"items": found, "total": total}, st.lists(rows, max_size=3), st.integers(0, 3))
# Lists whose rows are not found: what stands at the top may be names. An only list would be taken for the rows.
odd = st.dictionaries(words, below.filter(lambda value: not isinstance(value, list)), max_size=2)
mappings = st.dictionaries(fields, below, max_size=3)
bindings = st.fixed_dictionaries(
    {}, optional={"bind_dn": below, "bindDn": below, "Base-DN": below, "SERIAL": words, "groupName": below}
)
domains = st.just(
    {"domains": [{"domain_id": 1, "name": "a.example"}, {"domain_id": 2, "name": "b.example"}], "total": 2}
)
answers = st.fixed_dictionaries(
    {
        "User": lists,
        "Policy": lists | odd,
        "Text": mappings,
        "Node": st.builds(lambda found: {"server_list": found}, st.lists(rows, max_size=2)),
        "Domain": domains,
        "Group": lists | odd,
        "Member": lists | odd,
        "Directory": bindings,
    }
)
RULES: list[dict[str, Any]] = [
    *(
        {"section": section, "path": path, "condition": {"equals": "nothing like it"}}
        for section, path in (
            ("users", "data.items.0.user_name"),
            ("users", "data.items.0.targets"),
            ("users", "summary.by_type"),
            ("policies", "data.items.0.name"),
            ("texts", "data.note"),
            ("texts", "data.targets.0"),
            ("groups", ["data", "a.example", "items", "0", "name"]),
            ("binding", "data.bind_dn"),
            ("binding", "data.SERIAL"),
        )
    ),
    {"section": None, "path": None, "condition": None, "expression": "mailplus.nothing"},
]


def quoting(_expression: str, variables: Any) -> Any:
    raise ExpressionError(f"no such attribute of {json.dumps(variables)}")


def everything_told(host: HostRecord, warnings: list[str], drift: Drift, clean: privacy.Clean) -> str:
    """Whatever leaves a run that gathers and reports one host."""
    rules = samples.rules(*(samples.rule(id=f"r{number}", **changes) for number, changes in enumerate(RULES)))
    policies = judge.Policies(rules, lambda _host: {})
    judging = judge.Judge(
        policies, lambda _record: drift, quoting, clean, datetime.now(timezone.utc), limits=samples.STRICT
    )
    report = judging.judged([host], "Fleet")
    written = {name: writer(report) for files in FORMATS.values() for name, writer in files.items()}
    sections = (host.mailplus or {"sections": {}})["sections"]
    told = [
        json.dumps(host.cleaned(clean).as_dict()),
        describe(host, clean),
        json.dumps(failing.result(report, judging.described)),
        *(clean.told(warning, sections) for warning in warnings),
    ]
    return "\n".join([*written.values(), *told])


modes = st.sampled_from(["remove", "hash"])


@given(now=answers, before=answers, mode=modes, written=st.sampled_from(privacy.MODES), same=st.booleans())
def test_no_text_of_people_leaves_a_run(
    now: dict[str, Any], before: dict[str, Any], mode: str, written: str, same: bool
) -> None:
    clean = privacy.cleaner(mode, "key")
    host, warnings = gathered(now)
    old, _warnings = gathered(now if same else before)
    baseline = Baseline(json.loads(json.dumps(old.cleaned(privacy.cleaner(written, "key")).as_dict())), clean)
    drift = baseline.compare(host, Comparison())
    assert not same or not drift.differences
    assert CANARY not in everything_told(host, warnings, drift, clean).lower()


@given(now=answers, mode=modes)
def test_cleaning_twice_is_cleaning_once_and_loses_no_value(now: dict[str, Any], mode: str) -> None:
    clean = privacy.cleaner(mode, "key")
    host, _warnings = gathered(now)
    once = host.cleaned(clean)
    assert once.cleaned(clean) == once
    assert _count(once.mailplus) == _count(host.mailplus)


def _count(value: Any) -> int:
    if isinstance(value, (dict, list)):
        return 1 + sum(map(_count, value.values() if isinstance(value, dict) else value))
    return 1


# ------------------------------------------------------------------------------------------------------- what is left

remove, hashed = privacy.cleaner("remove", None), privacy.cleaner("hash", "key")


def users(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"User": {"items": list(rows), "total": len(rows)}}


def test_numbers_times_fields_and_our_own_words_stay() -> None:
    row = {"user_name": "anna", "quota": 5, "used": 0.5, "active": True, "left": None, "empty": ""}
    times = {
        "time": 1767225600,
        "last_login": "2026-01-31 10:00:00",
        "created": "2026-01-31T10:00:00Z",
        "day": "2026-01-31",
    }
    times |= {"expire_time": "1767225600"}
    host, _warnings = gathered(users({**row, **times, "type": "anna"}, {"type": "bob"}))
    cleaned = remove.section("users", (host.mailplus or {})["sections"]["users"])
    assert cleaned["data"]["items"][0] == {**row, **times, "user_name": "[personal]", "type": "[personal]"}
    assert (cleaned["status"], cleaned["total"], cleaned["rows_key"]) == ("ok", 2, "items")
    assert cleaned["summary"]["by_type"] == {"[personal]": 1, "[personal] 2": 1}
    assert (cleaned["summary"]["rows"], cleaned["summary"]["oldest"]) == (2, "2026-01-01T00:00:00Z")


def test_digits_are_a_time_only_where_the_key_says_so() -> None:
    host, _warnings = gathered(users({"phone": "1767225600", "mtime": "1767225600"}))
    cleaned = remove.section("users", (host.mailplus or {})["sections"]["users"])
    assert cleaned["data"]["items"] == [{"phone": "[personal]", "mtime": "1767225600"}]


def test_the_same_text_has_the_same_hash_in_every_section() -> None:
    host, _warnings = gathered({**users({"name": "anna"}), "Text": {"note": "Anna", "names": {"anna": 1}}})
    sections = hashed.sections((host.mailplus or {})["sections"])
    name = sections["users"]["data"]["items"][0]["name"]
    assert sections["texts"]["data"] == {"note": name, "names": {name: 1}}


DOMAIN = {"domains": [{"domain_id": 1, "name": "a.example"}], "total": 1}
GROUP = {"items": [{"name": "anna's friends", "id": 7}, {"name": "x"}], "total": 2}


@pytest.mark.parametrize("clean", [remove, hashed])
def test_domains_are_named_and_groups_are_not(clean: privacy.Clean) -> None:
    mark = clean.at("users.data.x", "anna's friends")[1]
    host, _warnings = gathered({"Domain": DOMAIN, "Group": GROUP, "Member": {"items": [], "total": 0}})
    sections = clean.sections((host.mailplus or {})["sections"])
    assert sections["domains"]["data"]["domains"][0]["name"] == "a.example"
    assert sections["groups"]["data"]["a.example"]["items"][0] == {"name": mark, "id": 7}
    assert next(iter(sections["members"]["each"])) == f"a.example/{mark}"
    assert set(sections["members"]["each"]) == set(sections["members"]["data"])


def test_messages_and_warnings_name_nobody() -> None:
    host, _warnings = gathered({"Domain": DOMAIN, "Group": GROUP, "Member": {"items": [], "total": 0}})
    sections = (host.mailplus or {})["sections"]
    entry = "a.example/anna's friends"
    for error in (sections["members"]["each"][entry], sections["members"]):
        error["error"] = samples.ERROR | {"message": f"What {entry} holds was refused."}
    cleaned = remove.section("members", sections["members"])
    assert cleaned["error"]["message"] == "What a.example/[personal] holds was refused."
    assert "anna" not in json.dumps(cleaned)
    assert remove.told(f"members: {entry}: odd", sections) == "members: a.example/[personal]: odd"
    assert privacy.KEEP.told(entry, sections) == entry


def drift_of(before: dict[str, Any], now: dict[str, Any], written: str, mode: str) -> Drift:
    old, new = gathered(before)[0], gathered(now)[0]
    clean = privacy.cleaner(mode, "key")
    return Baseline(old.cleaned(privacy.cleaner(written, "key")).as_dict(), clean).compare(new, Comparison())


def policies(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"Policy": {"items": list(rows), "total": len(rows)}}


@pytest.mark.parametrize("written", ["keep", "hash"])
def test_entries_are_followed_by_their_hash(written: str) -> None:
    anna, bob, cid = ({"name": name, "limit": 1, "members": {"eve": 1}} for name in ("anna", "bob", "cid"))
    drift = drift_of(policies(anna, bob), policies({**bob, "limit": 2}, anna, cid), written, "hash")
    shown = {name: hashed.at("policies.data.name", name)[1] for name in ("bob", "cid")}
    assert {(each.path, each.kind) for each in drift.differences} == {
        (f"policies.data.items.{shown['bob']}.limit", "changed"),
        (f"policies.data.items.{shown['cid']}", "added"),
    }


def test_entries_with_numbers_are_followed_though_their_names_are_removed() -> None:
    before, now = (policies({"id": 3, "limit": limit, "owner": "anna"}, {"id": 4}) for limit in (1, 2))
    drift = drift_of(before, now, "remove", "remove")
    assert [(each.path, each.baseline, each.actual) for each in drift.differences] == [
        ("policies.data.items.3.limit", 1, 2)
    ]
    assert [each.path for each in drift.not_compared] == ["policies.data.items.3.owner"]


def test_what_became_of_a_section_is_no_word_of_people() -> None:
    known, unknown = ({"Domain": DOMAIN, "Group": {"items": [row]}, "Member": {"items": []}} for row in ({"id": 1}, {}))
    told = {(each.path, each.baseline, each.actual) for each in drift_of(known, unknown, "keep", "remove").differences}
    assert ("members.status", "ok", "failed") in told


def test_the_line_of_a_host_names_nobody() -> None:
    host, _warnings = gathered(users({"type": "anna"}, {"type": "bob"}))
    assert "anna" in describe(host)
    assert describe(host, remove) == "1 of 1 sections; users: 2 (1 [personal], 1 [personal] 2)"


def test_words_of_other_sections_are_cleaned_on_the_line_too() -> None:
    queue = samples.listing([{"status": "anna@a.example"}], by_status={"anna@a.example": 1})
    assert "anna" not in describe(samples.record(queue=queue), remove)


def test_the_error_of_a_host_is_that_of_its_cleaned_sections() -> None:
    host, _warnings = gathered({"Domain": DOMAIN, "Group": GROUP, "Member": {"items": [], "total": 0}})
    error = samples.ERROR | {"message": "Of a.example/x nothing is known."}
    envelope: dict[str, Any] = {
        "status": "failed",
        "data": None,
        "summary": None,
        "error": error,
        "each": {"a.example/x": {}},
    }
    host = host_record(
        "one", {"ansible_facts": {"mailplus": {**(host.mailplus or {}), "sections": {"members": envelope}}}}
    )
    assert host.status == "failed"
    cleaned = host.cleaned(remove).error
    assert cleaned is not None
    assert cleaned["message"] == "Of a.example/[personal] nothing is known."
    assert "a.example/x" not in json.dumps(host.cleaned(remove).as_dict())


def test_the_cause_of_an_expression_without_a_value_is_told_where_nobody_is_in_it() -> None:
    for answers, has_cause in ((users({"name": "anna"}), False), ({"Directory": {"x": "y"}}, True)):
        host, _warnings = gathered(answers)
        told = everything_told(host, [], drift_of(answers, answers, "keep", "remove"), remove)
        assert ("no such attribute" in told) is has_cause
        assert ("the cause is left out" in told) is not has_cause


@pytest.mark.parametrize("value", [4711, "4711", 4.711])
def test_a_serial_number_is_found_however_its_key_is_written(value: object) -> None:
    for key in ("serial", "Serial", "SERIAL", "bindDn", "bind_dn", "BindDN", "base-dn"):
        host, _warnings = gathered({"Directory": {"rows": [{key: value, "n": 4711}]}})
        assert remove.sections((host.mailplus or {})["sections"])["binding"]["data"]["rows"] == [
            {key: "[personal]", "n": 4711}
        ]
