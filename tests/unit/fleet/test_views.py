# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of the fleet: what all hosts have in common, and nothing that nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import MOST_FREQUENT, QueueSummary
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import keys_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, TABLES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report, ViewReport
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import (
    MOST_ROWS,
    MOST_WORDS,
    of_catalogue,
    summed_up,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.markdown import markdown
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.tables import view_csv
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


def view(name: str, *records: HostRecord, mode: str = "keep", **more: Any) -> ViewReport:
    return view_of(samples.report(records, mode=mode, **more), name)


def view_of(report: Report, name: str) -> ViewReport:
    (found,) = (one for one in report["views"] if one["name"] == name)
    return found


def queue(host: str, reasons: Mapping[str, int], *, complete: bool = True, kept: bool = True) -> HostRecord:
    top = [{"value": value, "count": count} for value, count in Counter(reasons).most_common(MOST_FREQUENT)]
    rows = [{"reason": reason} for reason, count in reasons.items() for _number in range(count)]
    envelope = samples.listing(rows, truncated=not complete, top_reasons=top)
    return samples.record(host, queue=envelope if kept else {**envelope, "data": None})


def mails(host: str, *rows: Any, **more: Any) -> HostRecord:
    """A queue, with the summary that is made of its rows."""
    summary = QueueSummary(keys_of(more)).add(rows).figures(datetime.now(timezone.utc))
    return samples.record(host, queue=samples.listing(rows, **summary) | more)


def admin_log(host: str, *rows: dict[str, Any], **more: Any) -> HostRecord:
    return samples.record(host, admin_log=samples.listing(rows, **more))


def cluster(host: str, *servers: tuple[str, str], **more: Any) -> HostRecord:
    data = {"server_list": [{"hostname": name, "status": status, "role": "node"} for name, status in servers]}
    return samples.record(host, server_list=samples.section(data), **more)


def packages(version: str | None) -> dict[str, Any]:
    return samples.listing([{"id": "MailPlus-Server", "version": version}])


def test_reasons_of_all_hosts_are_counted_together() -> None:
    found = view(
        "queue_reasons",
        queue("a", {"full": 3, "slow": 1}),
        queue("b", {"slow": 9}),
        queue("c", {}),
        samples.failed("d"),
    )
    assert found["rows"] == [{"value": "slow", "count": 10, "hosts": 2}, {"value": "full", "count": 3, "hosts": 1}]
    assert (found["hosts"], found["partial"], found["left_out"]) == (3, 0, 0)
    assert found["unknown"] == [{"reason": "not read", "hosts": ["d"]}]
    assert summed_up(found) == "why mails wait: 10 slow (2 hosts), 3 full (1 host)"


def test_what_is_not_counted_is_told() -> None:
    refused = samples.record("c", queue=samples.refused(is_list=True))
    untold = samples.record("d", queue=samples.listing([], top_reasons=None, total=5))
    cut = queue("b", {f"reason {number}": 1 for number in range(5)}, kept=False)
    found = view("queue_reasons", queue("a", {"full": 3}, complete=False), cut, refused, untold, samples.record("e"))
    assert (found["hosts"], found["partial"]) == (2, 2), "a summary names no more than five"
    assert found["unknown"] == [
        {"reason": "forbidden", "hosts": ["c"]},
        {"reason": "the answer does not tell", "hosts": ["d"]},
        {"reason": "not asked", "hosts": ["e"]},
    ]
    assert summed_up(found).startswith("why mails wait: at least 3 full (1 host), at least 1 reason 0 (1 host)")
    assert summed_up(found).endswith("and 3 more; not all is known of 2 hosts")
    assert [column["label"] for column in found["columns"]] == ["Reason", "Mails, at least", "Hosts, at least"]


def test_all_rows_are_counted_and_not_the_most_frequent_of_each_host() -> None:
    rare = {f"reason {number}": 2 for number in range(MOST_FREQUENT)} | {"full": 1}
    hosts = [queue("a", {"full": 9}), *(queue(f"host{number}", rare) for number in range(80))]
    found = view("queue_reasons", *hosts)
    assert {row["value"]: row["count"] for row in found["rows"]}["full"] == 89
    assert found["partial"] == 0
    assert [column["label"] for column in found["columns"]] == ["Reason", "Mails", "Hosts"]


def test_a_mail_counts_once_for_each_domain_that_it_goes_to() -> None:
    rows = [
        {"to": "A <a@Example.com>, b@example.com;c@example.org"},
        {"goes": {"to": ["d@example.com"]}},
        {"to": "nobody"},
        "odd",
    ]
    found = view("queue_destinations", mails("a", *rows, row_keys={"recipient": ["goes.to"]}))
    assert found["rows"] == [
        {"value": "example.com", "count": 2, "hosts": 1},
        {"value": "example.org", "count": 1, "hosts": 1},
    ]


def test_four_reasons_of_a_summary_are_all_that_there_are() -> None:
    few = queue("a", {f"reason {number}": 1 for number in range(4)}, kept=False)
    assert view("queue_reasons", few)["partial"] == 0


def test_reasons_that_become_one_without_personal_data_are_still_cut() -> None:
    cut = queue("a", {f"user{number}@example.com is gone": 1 for number in range(6)}, kept=False)
    found = view("queue_reasons", cut, mode="remove")
    assert found["rows"] == [{"value": "[address] is gone", "count": 5, "hosts": 1}]
    assert found["partial"] == 1


def test_no_more_words_of_a_host_are_counted_than_some() -> None:
    found = view("queue_reasons", queue("a", {f"reason {number}": 1 for number in range(MOST_WORDS + 1)}))
    assert (len(found["rows"]) + found["left_out"], found["partial"]) == (MOST_WORDS, 1)


def test_keys_that_tell_nothing_are_to_be_named() -> None:
    report = samples.report([mails("a", {"why": "full", "goal": "a@example.com"}), mails("b", {"reason": "slow"})])
    named = mails("a", {"why": "full"}, row_keys={"reason": ["why"]})
    found = view_of(report, "queue_destinations")
    hint = "no key that is known tells it; name the key in mailplus_state_row_keys, as in {recipient: KEY}"
    assert found["unknown"] == [{"reason": hint, "hosts": ["a", "b"]}]
    assert summed_up(found) == f"where waiting mails go: unknown on 2 hosts: {hint}"
    assert summed_up(view_of(report, "queue_reasons")).startswith(
        "why mails wait: 1 slow (1 host); unknown on 1 host: "
    )
    text = markdown(report).replace("\\", "")
    assert f"## Where waiting mails go (unknown)\n\n- unknown on 2 hosts: {hint}" in text
    assert view("queue_reasons", named)["unknown"] == []


def test_reasons_have_no_personal_data() -> None:
    one, other = queue("a", {"user one@example.com is gone": 2}), queue("b", {"user two@example.com is gone": 1})
    found = view("queue_reasons", one, other, mode="remove")
    assert found["rows"] == [{"value": "user [address] is gone", "count": 3, "hosts": 2}]


def test_rows_of_a_log_of_all_hosts_come_the_newest_first() -> None:
    found = view(
        "admin_changes",
        admin_log("b", {"time": 1_768_042_800, "user": "root", "event": "Edited a rule"}, {"odd": 1}),
        admin_log("a", {"time": 1_768_042_900, "account": "mallory", "description": "Logged in"}, truncated=True),
        samples.failed("c"),
    )
    assert found["rows"] == [
        {"time": "2026-01-10T11:01:40Z", "host": "a", "actor": "mallory", "deed": "Logged in"},
        {"time": "2026-01-10T11:00:00Z", "host": "b", "actor": "root", "deed": "Edited a rule"},
        {"time": None, "host": "b", "actor": None, "deed": None},
    ]
    assert (found["hosts"], found["partial"]) == (2, 1)
    assert found["unknown"] == [{"reason": "not read", "hosts": ["c"]}]


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_who_did_it_is_personal(mode: str) -> None:
    record = admin_log("a", {"time": 1_768_042_800, "user": "mallory", "event": "Made mallory2 an administrator"})
    report = samples.report([record], mode=mode)
    (row,) = view_of(report, "admin_changes")["rows"]
    assert (row["time"], row["host"]) == ("2026-01-10T11:00:00Z", "a")
    assert [str(row[name])[:9] for name in ("actor", "deed")] == ["[personal"] * 2
    assert "mallory" not in f"{report}"


def test_no_more_rows_than_some_are_told_and_the_rest_is_counted() -> None:
    hosts = [
        admin_log(f"host{one}", *({"time": 1_768_000_000 + 100 * row + one} for row in range(MOST_ROWS)))
        for one in range(3)
    ]
    found = view("admin_changes", *hosts)
    times = [str(row["time"]) for row in found["rows"]]
    assert (len(times), found["left_out"]) == (MOST_ROWS, 2 * MOST_ROWS)
    assert times == sorted(times, reverse=True)
    assert {row["host"] for row in found["rows"]} == {"host0", "host1", "host2"}
    assert view("admin_changes", *reversed(hosts)) == found


def test_rows_that_were_not_kept_are_unknown_and_none_are_none() -> None:
    found = view("admin_changes", admin_log("a", total=7), admin_log("b"))
    assert (found["rows"], found["hosts"]) == ([], 1)
    assert found["unknown"] == [{"reason": "its rows were not kept", "hosts": ["a"]}]


def test_hosts_are_told_by_version() -> None:
    found = view(
        "package_versions",
        samples.record("a", dsm_packages=packages("3.3.1")),
        samples.record("b", packages=packages("3.3.1")),
        samples.record("c", dsm_packages=samples.refused(), packages=packages("3.2.0")),
        samples.record("d", dsm_packages=packages(None)),
        samples.failed("e"),
    )
    assert [(row["version"], row["hosts"], row["names"]) for row in found["rows"]] == [
        ("3.3.1", 2, "a, b"),
        ("3.2.0", 1, "c"),
        (None, 1, "d"),
    ]
    assert found["unknown"] == [{"reason": "not read", "hosts": ["e"]}]


_PAIR = (("one.example.com", "healthy"), ("two.example.com", "healthy"))


def test_hosts_that_are_the_servers_they_name_stand_side_by_side() -> None:
    ill = (_PAIR[0], ("two.example.com", "degraded"))
    report = samples.report([cluster("two", *ill), cluster("ONE.example.com", *_PAIR), cluster("alone", _PAIR[0])])
    found = view_of(report, "cluster_nodes")
    assert [(row["group"], row["host"], row["name"], row["status"]) for row in found["rows"]] == [
        (1, "ONE.example.com", "one.example.com", "healthy"),
        (1, "two", "two.example.com", "healthy, degraded"),
    ]
    assert report["members"][0]["groups"] == [["ONE.example.com", "two"]]


@pytest.mark.parametrize(
    "hosts",
    [
        ("nas1", "nas2", "nas3"),  # none is a server that they name
        ("one.example.com", "one"),  # both are the same one
        ("one.example.com", "nas2"),  # the other one is none of them
        ("one.example.org", "two.example.org"),  # of another domain
    ],
)
def test_equal_names_are_no_cluster(hosts: tuple[str, ...]) -> None:
    report = samples.report([cluster(host, *_PAIR) for host in hosts])
    assert view_of(report, "cluster_nodes")["rows"] == []
    assert report["members"][0]["groups"] == []


_ALIKE = "several hosts name the same nodes; which of them belong together is not known"
_BARE = (("nas1", "healthy"), ("nas2", "healthy"))


@pytest.mark.parametrize(
    ("hosts", "groups", "unknown"),
    [
        (("nas1.x.org", "nas2.x.org"), [["nas1.x.org", "nas2.x.org"]], []),
        (("nas1.X.org", "nas2"), [["nas1.X.org", "nas2"]], []),
        (("nas1.x.org", "nas2.y.org"), [], ["nas1.x.org", "nas2.y.org"]),
        (
            ("nas1.x.org", "nas1.y.org", "nas2.x.org", "nas2.y.org"),
            [["nas1.x.org", "nas2.x.org"], ["nas1.y.org", "nas2.y.org"]],
            [],
        ),
        (("nas1.x.org", "nas1.y.org", "nas2.y.org"), [["nas1.y.org", "nas2.y.org"]], []),  # the other one was not read
        (("nas1", "nas1.x.org", "nas2.y.org"), [], ["nas1", "nas1.x.org", "nas2.y.org"]),
        (("nas1", "nas1.x.org", "nas2.x.org"), [], ["nas1", "nas1.x.org", "nas2.x.org"]),
        (("nas1.x.org",), [], []),
    ],
)
def test_clusters_whose_nodes_have_equal_names_are_told_apart_or_unknown(
    hosts: tuple[str, ...], groups: list[list[str]], unknown: list[str]
) -> None:
    report = samples.report([cluster(host, *_BARE) for host in hosts])
    assert report["members"][0]["groups"] == groups
    found = view_of(report, "cluster_nodes")
    assert [row["host"] for row in found["rows"]] == [host for group in groups for host in group]
    assert found["unknown"] == ([{"reason": _ALIKE, "hosts": unknown}] if unknown else [])


def test_a_server_is_known_by_its_address_too() -> None:
    def node(host: str, address: str) -> HostRecord:
        servers = [{"hostname": f"s{one}", "ip": f"192.0.2.{one}"} for one in (1, 2)]
        record = samples.record(host, server_list=samples.section({"server_list": servers}))
        state = {**(record.mailplus or {}), "server": {"host": address, "port": 5001, "https": True, "auth_version": 7}}
        return host_record(host, {"ansible_facts": {"mailplus": state}})

    report = samples.report([node("berlin", "192.0.2.1"), node("paris", "192.0.2.2"), node("rome", "192.0.2.3")])
    assert report["members"][0]["groups"] == [["berlin", "paris"]]


def test_nodes_that_are_judged_apart_say_so() -> None:
    nodes = [
        cluster(name, *_PAIR, imap_pop3=samples.section({"enable_imap": on}))
        for name, on in (("one", True), ("two", False))
    ]
    rows = view("cluster_nodes", *nodes, sources=[samples.rule(), samples.rule(id="same", path="data.other")])["rows"]
    assert [row["apart"] for row in rows] == ["imap: fail", "imap: pass"]


def test_every_view_has_a_name_and_columns_of_its_own() -> None:
    known = of_catalogue()
    many = sum(len(row.rankings) + bool(row.events) + bool(row.members) for row in BY_NAME.values())
    assert len(known) == many + sum(bool(table.grouping) for table in TABLES)
    assert known.keys().isdisjoint({*(table.name for table in TABLES), "hosts", "findings"}), "each is a file"
    for columns in known.values():
        assert len({column.name for column in columns}) == len(columns)


def test_csv_and_markdown_say_what_is_not_in_a_view() -> None:
    report = samples.report([queue("a", {"full": 3}), samples.record("b", queue=samples.refused(is_list=True))])
    assert view_csv("queue_reasons", ["value", "count", "hosts"], report).splitlines() == [
        "read_status,host_not_read,rows_left_out,hosts_partial,value,count,hosts",
        "ok,,,0,full,3,1",
        "forbidden,b,,,,,",
    ]
    assert "## Why mails wait (1)\n\n- Reason: full; Mails: 3; Hosts: 1\n- unknown on 1 host: forbidden" in markdown(
        report
    )


def test_csv_and_markdown_say_that_a_count_may_be_more() -> None:
    report = samples.report([queue("a", {"full": 3}, complete=False)])
    assert view_csv("queue_reasons", ["value", "count"], report).splitlines()[1:] == ["ok,,,1,full,3"]
    assert "- Reason: full; Mails, at least: 3; Hosts, at least: 1" in markdown(report)
    empty = samples.report([queue("a", {}, complete=False)])
    assert view_csv("queue_reasons", ["value", "count"], empty).splitlines()[1:] == ["ok,,0,1,,"]
