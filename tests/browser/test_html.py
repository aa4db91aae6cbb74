# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as text, without a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import parse_policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html import html
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_pictures import clusters, flow, queues
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_text import age, code, marked
from ansible_collections.mailfleet.mailplus.tests.browser import samples

_AT = "2026-03-09T10:00:00Z"


def _hosts(**changes: Any) -> list[dict[str, Any]]:
    host: dict[str, Any] = {"host": "one", "sections": {}, "servers": None, "mail_flow": None}
    return [host | changes]


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
    assert any(host["sections"].get("security", {}).get("status") == "forbidden" for host in report["hosts"])
    assert "The section security is forbidden." in html(report)


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_what_is_not_seen_becomes_seen(text: str) -> None:
    found = str(marked(text))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", found)
    assert "<b class=esc>" in found or not re.search(r"[<>\"']", found)


def test_values_are_json_and_cut_where_they_are_long() -> None:
    assert code("true") == '"true"'
    assert code(True) == "true"
    assert code({"a": list(range(1000))}).endswith("… (1 key)")
    assert code("x" * 1000).endswith("… (1,000 characters)")
    assert len(code("x" * 1000)) < 250


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "unknown"), (59, "0 min"), (3600, "1 h 0 min"), (90_000, "1 d 1 h"), (864_000_000, "10,000 d 0 h")],
)
def test_ages(seconds: int | None, words: str) -> None:
    assert age(seconds) == words


def test_mails_that_were_not_read_have_an_unknown_status() -> None:
    envelope = {"status": "ok", "total": 100, "summary": {"by_status": {"deferred": 10}, "complete": False}}
    found = queues(_hosts(sections={"queue": envelope}))
    assert [(share.label, share.count) for share in found.shares] == [("deferred", 10), ("status unknown", 90)]
    assert (found.truncated, found.unknown, found.known) == (1, 0, 1)


def test_a_queue_that_was_not_read_is_neither_empty_nor_young() -> None:
    found = queues(_hosts(sections={"queue": {"status": "forbidden", "total": None, "summary": None}}))
    assert (found.total, found.known, found.unknown) == (0, 0, 1)
    assert [share.label for share, _parts in found.ages if share.count] == ["unknown"]


@pytest.mark.parametrize(("years", "most"), [(0, 1), (1, 72), (99, 72)])
def test_the_flow_has_a_bounded_number_of_columns(years: int, most: int) -> None:
    hours = [{"hour": f"{year}-03-09T10:00:00Z", "count": 2} for year in (2000, 2000 + years)]
    found = flow(_hosts(mail_flow=hours))
    assert 1 <= len(found.columns) <= most
    assert sum(column.partial for column in found.columns) == 4


def test_hosts_that_name_the_same_servers_are_one_cluster() -> None:
    rows = [{"name": name, "status": "healthy", "role": None} for name in ("a", "b")]
    other = [{"name": "b", "status": "degraded", "role": None}, {"name": "a", "status": "healthy", "role": None}]
    found = clusters([*_hosts(servers=rows), *_hosts(servers=other), *_hosts(servers=[])])
    assert [[server.statuses for server in cluster.servers] for cluster in found.several] == [
        [["healthy"], ["healthy", "degraded"]]
    ]
    assert [server.kind for server in found.several[0].servers] == ["ok", "word"]
    assert found.unknown == 1


def test_a_status_nobody_told_is_not_green() -> None:
    rows = [{"name": None, "status": None, "role": None}, {"name": None, "status": "odd", "role": None}]
    found = clusters([*_hosts(servers=rows), *_hosts(servers=rows)])
    assert len(found.several) == 2, "without names nobody knows that they are the same"
    assert {server.kind for cluster in found.several for server in cluster.servers} == {"unknown", "word"}


def test_a_severity_of_a_host_alone_decides_where_a_rule_stands() -> None:
    source = {"section": "core", "path": "data.x", "condition": {"equals": True}}
    rules = parse_policy([source | {"id": "mild", "title": "Mild", "severity": "low"}], "p")
    verdict = {
        "rule": "mild",
        "severity": "critical",
        "verdict": "fail",
        "expected": "x",
        "actual": 1,
        "message": "No.",
    }
    report = build_report([HostResult(host_record("one", None))], rules, title="T", generated_at=_AT)
    report["hosts"][0]["verdicts"] = [verdict]
    assert 'class="card rule sev-edge-critical"' in html(report)
