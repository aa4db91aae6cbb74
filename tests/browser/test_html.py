# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as text, without a browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import parse_policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report, VerdictReport
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import age, code
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.amounts import subjects
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.members import groups
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.page import __file__ as _page
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.page import html
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.tables import MOST_ROWS, fleet_tables
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.text import marked, path
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.timeline import timelines
from ansible_collections.mailfleet.mailplus.tests.browser.support import samples
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples as by_hand

_AT = "2026-03-09T10:00:00Z"


def _report(**envelopes: Any) -> Report:
    """A report of hosts that have one section each."""
    hosts = [
        (name, section, envelope) for section, all_of_it in envelopes.items() for name, envelope in all_of_it.items()
    ]
    return by_hand.report([by_hand.record(name, **{section: envelope}) for name, section, envelope in hosts])


def test_the_same_report_gives_the_same_bytes() -> None:
    assert html(samples.fleet_report(12)) == html(samples.fleet_report(12))


def test_a_fleet_without_hosts_and_rules() -> None:
    text = html(build_report([], [], title="None", generated_at=_AT))
    assert "The fleet has no hosts." in text
    assert "No rule was judged." in text


def test_a_fleet_of_which_nothing_was_read() -> None:
    records = [host_record("one", None), host_record("two", {"msg": "It does not answer."})]
    text = html(build_report([HostResult(record) for record in records], [], title="Dark", generated_at=_AT))
    assert "Of 2 hosts: 2 could not be read." in text
    assert "It does not answer." in text
    assert "All hosts were read" not in text
    assert "s-ok" not in text.partition("</style>")[2]


def test_a_host_that_was_not_judged_is_not_well() -> None:
    report = samples.fleet_report(1, rules=1)
    report["hosts"][0]["verdicts"] = []
    assert re.search(r'<tr role="row" data-status="ok" data-rank="0".*not judged', html(report), re.DOTALL)
    assert 'class="card host is-unjudged"' in html(report)


def test_every_host_and_its_reason_stands_in_it() -> None:
    report = samples.fleet_report(130)
    text = html(report)
    assert {host["status"] for host in report["hosts"]} >= {"ok", "failed", "not_gathered", "partial"}
    for number, host in enumerate(report["hosts"], 1):
        assert f'id="host-{number}"' in text
        assert host["host"] in text
        assert host["reason"] is None or host["reason"] in text


def test_every_link_within_the_page_leads_somewhere() -> None:
    text = html(samples.fleet_report(70))
    identities = re.findall(r'\sid="([^"]+)"', text)
    assert len(identities) == len(set(identities))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(identities)
    assert set(re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', text)) <= set(identities)


def test_a_rule_that_is_unknown_for_several_causes_names_each() -> None:
    report = samples.fleet_report(62)
    assert any(one["status"] == "forbidden" for host in report["hosts"] for one in host["sections"].values())
    assert "The section security is forbidden." in html(report)


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_what_is_not_seen_becomes_seen(text: str) -> None:
    found = str(marked(text))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", found)
    assert "<b class=esc>" in found or not re.search(r"[<>\"']", found)


def test_a_path_may_break_behind_dots_and_underscores() -> None:
    assert str(path("a.b_c..<d>")) == "a.<wbr>b_<wbr>c..<wbr>&lt;d&gt;"
    assert str(path("a.\x1b")) == f"a.<wbr>{marked(chr(27))}"


def test_values_are_json_and_cut_where_they_are_long() -> None:
    assert code("true") == '"true"'
    assert code(True) == "true"
    assert code({"a": list(range(1000))}).endswith("… (1 key)")
    assert code("x" * 1000).endswith("… (1,000 characters)")
    assert len(code("x" * 1000)) < 250


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(59, "0 min"), (3600, "1 h 0 min"), (90_000, "1 d 1 h"), (864_000_000, "10,000 d 0 h")],
)
def test_ages(seconds: int, words: str) -> None:
    assert age(seconds) == words


def test_what_no_row_tells_the_word_of_is_unknown() -> None:
    envelope = by_hand.listing([], total=100, truncated=True, by_status={"deferred": 10})
    (subject,) = subjects(_report(queue={"one": envelope}))
    (amount,) = subject.amounts
    assert [(share.label, share.count) for share in amount.made_of.shares] == [("deferred", 10), ("status unknown", 90)]
    assert (amount.partial, amount.unknown, amount.known) == (1, 0, 1)


def test_an_amount_that_was_not_read_is_neither_zero_nor_young() -> None:
    (subject,) = subjects(_report(queue={"one": by_hand.refused(is_list=True)}))
    (amount,), (ages,) = subject.amounts, subject.ages
    assert (amount.total, amount.known, amount.unknown) == (0, 0, 1)
    assert [share.label for share, _bar in ages.ranges if share.count] == ["unknown"]


@pytest.mark.parametrize(("years", "most"), [(0, 1), (1, 72), (99, 72)])
def test_a_timeline_has_a_bounded_number_of_columns(years: int, most: int) -> None:
    rows = [{"time": f"{year}-03-09T10:00:00Z"} for year in (2000, 2000 + years)]
    (found,) = timelines(_report(transaction_log={"one": by_hand.listing([*rows, *rows], truncated=None)}))
    assert 1 <= len(found.columns) <= most
    assert sum(column.partial for column in found.columns) == 4


def _servers(**statuses: Any) -> dict[str, Any]:
    return by_hand.section({"server_list": [{"name": name, "status": status} for name, status in statuses.items()]})


def _text(report: Report) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html(report).partition("</head>")[2])).split())


def test_without_a_baseline_differences_are_not_compared() -> None:
    host = by_hand.record("one")
    assert "Differences not compared" in _text(by_hand.report([host]))
    assert "Differences 0" not in _text(by_hand.report([host]))
    assert "Differences 0" in _text(by_hand.report([host], baseline=host))


def test_each_option_stands_with_the_sections_that_need_it() -> None:
    def refused(option: str) -> dict[str, Any]:
        return by_hand.refused() | {"error": by_hand.ERROR | {"hint": f"Needs the option {option}."}}

    names = ("core", "report", "smtp", "dane", "mcp", "postscreen", "greylist")
    sections = {name: refused(f"O{place // 2}") for place, name in enumerate(names)}
    options = {f"o{place}": refused(f"P{place}") for place in range(4)}
    text = _text(by_hand.report([by_hand.record("one", imap_pop3=by_hand.section({}), **sections, **options)]))
    assert re.search(r"core, report : .*? Needs the option O0\.", text)
    assert re.search(r"smtp, dane : .*? Needs the option O1\.", text)
    assert "3 more reasons" in text


def test_the_worst_rows_of_a_fleet_are_seen_first_and_not_all_of_them() -> None:
    def host(number: int) -> HostRecord:
        end = f"Jan {number % 28 + 1:2} 12:00:00 2026 GMT"
        rows = [{"desc": f"cert{number}", "valid_till": end}, {"desc": "odd", "valid_till": "never"}]
        return by_hand.record(f"host{number:02}", certificates=by_hand.listing(rows))

    report = by_hand.report([*map(host, range(28)), by_hand.record("bare"), by_hand.failed("gone")])
    (table,) = fleet_tables(report)
    assert [line.cells[-1] for line in table.lines][:2] == ["-9 days", "-8 days"]
    assert (table.rows, table.hosts, len(table.lines)) == (56, 28, MOST_ROWS)
    assert table.unknown == [("not asked", 1), ("not read", 1)]
    text = _text(report)
    assert "Certificates: 56 rows of 28 hosts, unknown of 2 hosts" in text
    assert "and 31 more rows" in text


def test_a_host_that_differs_in_all_ways_does_not_fill_the_page() -> None:
    def host(value: int, **more: Any) -> HostRecord:
        return by_hand.record("one", core=by_hand.section({f"key{key:03}": value for key in range(100)}), **more)

    text = _text(by_hand.report([host(1)], baseline=host(2)))
    assert "92 more differences" in text
    assert "and 80 more, in the CSV and JSON files" in text


def test_a_host_that_has_none_has_none_and_one_that_nobody_knows_is_unknown() -> None:
    none = by_hand.record("one", certificates=by_hand.listing([]), storage=by_hand.refused())
    text = _text(by_hand.report([none]))
    assert "Inventory: Certificates 0, Volumes unknown" in text
    assert "Certificates: none" in text
    assert "Volumes: unknown forbidden" in text
    assert "Time until a certificate ends none" in text


def test_hosts_that_are_the_servers_they_name_are_one_cluster() -> None:
    a, b = _servers(a="healthy", b="healthy"), _servers(b="degraded", a="healthy")
    (found,) = groups(_report(server_list={"a.example.com": a, "b": b, "three": _servers()}))
    assert [[member.statuses for member in group.members] for group in found.several] == [
        [["healthy"], ["healthy", "degraded"]]
    ]
    assert [member.look for member in found.several[0].members] == ["ok", "word"]
    assert (found.known, found.unknown) == (1, 1)


def test_equal_names_of_servers_alone_are_no_cluster() -> None:
    pair = _servers(a="healthy", b="healthy")
    (found,) = groups(_report(server_list={"one": pair, "two": pair, "three": pair}))
    assert (found.known, [len(group.hosts) for group in found.several]) == (0, [1, 1, 1])
    text = _text(_report(server_list={"one": pair, "two": pair, "three": pair}))
    assert "0 clusters of hosts of this fleet, 3 hosts with several" in text


def test_a_status_nobody_told_is_not_green() -> None:
    nameless = by_hand.section({"server_list": [{}, {"status": "odd"}]})
    (found,) = groups(_report(server_list={"one": nameless, "two": nameless}))
    assert len(found.several) == 2, "without names nobody knows that they are the same"
    assert {member.look for group in found.several for member in group.members} == {"unknown", "word"}


def test_a_severity_of_a_host_alone_decides_where_a_rule_stands() -> None:
    source = {"section": "core", "path": "data.x", "condition": {"equals": True}}
    rules = parse_policy([source | {"id": "mild", "title": "Mild", "severity": "low"}], "p")
    verdict: VerdictReport = {
        "rule": "mild",
        "severity": "critical",
        "verdict": "fail",
        "fails": False,
        "expected": "x",
        "actual": 1,
        "unit": "",
        "actual_in_words": "1",
        "message": "No.",
        "path": None,
    }
    report = build_report([HostResult(host_record("one", None))], rules, title="T", generated_at=_AT)
    report["hosts"][0]["verdicts"] = [verdict]
    assert 'class="card rule sev-edge-critical"' in html(report)


# The modules of the HTML report, those above first: each imports only from those below.
_FLOORS = (("page",), ("fleet", "host"), ("amounts", "timeline", "members", "tables"), ("bars",), ("changes", "text"))


def test_imports_go_one_way() -> None:
    rooms = {path.stem: path.read_text(encoding="utf-8") for path in Path(_page).parent.glob("*.py")}
    assert set(rooms) == {name for floor in _FLOORS for name in floor}
    for number, floor in enumerate(_FLOORS):
        below = {name for lower in _FLOORS[number + 1 :] for name in lower}
        for name in floor:
            imported = re.findall(r"_reports\.html(?:\.(\w+)| import (\w+))", rooms[name])
            assert {one or other for one, other in imported} <= below, name
