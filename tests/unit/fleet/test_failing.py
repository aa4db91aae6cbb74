# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.failing import result
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


def failing(record: HostRecord, *sources: Any, **options: Any) -> list[str]:
    report = samples.report([record], sources, **options)
    found: list[str] = result(report, {record.host: ""})["hosts"][record.host]["failing"]
    return found


def test_a_finding_says_what_was_required_what_was_found_and_what_to_do() -> None:
    rule = samples.rule(remedy="Switch IMAP off.")
    (line,) = failing(samples.record(imap_pop3=samples.section({"enable_imap": True})), rule)
    assert line.startswith(f"{rule['id']} ({rule['severity']}) fail: ")
    assert line.endswith(" Required: equals false; found: true. Switch IMAP off.")


def test_a_long_value_is_cut() -> None:
    rule = samples.rule(condition={"equals": "y"})
    (line,) = failing(samples.record(imap_pop3=samples.section({"enable_imap": "x" * 500})), rule)
    assert len(line) < 300
    assert "… (" in line


def test_what_is_unknown_comes_without_a_remedy() -> None:
    record = samples.record(imap_pop3=samples.refused(), queue=samples.listing([]))
    (line,) = failing(record, samples.rule(remedy="Switch IMAP off."))
    assert " unknown: " in line
    assert "Switch" not in line


def test_a_nas_without_the_package_says_so_once_for_all_rules() -> None:
    rules = [samples.rule(id="a", remedy="Do."), samples.rule(id="b", remedy="Do.")]
    assert failing(samples.record(imap_pop3=samples.refused("unsupported")), *rules) == [
        "a, b unknown: MailPlus Server is not installed, not started or older, or does not know imap_pop3."
    ]


@pytest.mark.parametrize(("count", "lines"), [(1, 1), (10, 10), (11, 11), (500, 11)])
def test_many_differences_are_counted(count: int, lines: int) -> None:
    before = samples.record(core=samples.section({}))
    record = samples.record(core=samples.section({f"key{number:03}": 1 for number in range(count)}))
    found = failing(record, baseline=before)
    assert len(found) == lines
    assert found[0] == "core.data.key000 (medium) differs from the baseline: added: 1."
    assert (found[-1] == f"{count - 10} more differences.") == (count > 10)


def test_the_line_of_a_host_says_what_was_not_compared() -> None:
    before = samples.record("one", core=samples.section({"owner": "[address]"}), report=samples.section({}))
    core = samples.section({"owner": "a@x.example", "n": 1})
    hosts = [
        samples.record("changed", core=core, report=samples.section({})),
        samples.record("other", queue=samples.listing([])),
        samples.record("part", core=samples.section({"owner": "a@x.example"})),
        samples.failed("unread"),
    ]
    described = {host.host: "read" for host in hosts}
    lines = result(samples.report(hosts, baseline=before), described)["summary"]
    assert [line.rpartition("no rules; ")[2] for line in lines[:4]] == [
        "1 difference, 1 sections or values not compared",
        "not compared: The host and the baseline have no section to compare that both could read",
        "0 differences, 2 sections or values not compared",
        "not compared",
    ]
    assert lines[4].endswith("1 difference, not compared: 2 hosts and 5 sections or values")
    same = result(samples.report([before], baseline=before), {"one": "read"})["summary"]
    assert same[0].endswith("; 0 differences, 1 sections or values not compared")
    assert "compared" not in " ".join(result(samples.report(hosts), described)["summary"])


def test_a_change_is_told_with_its_values() -> None:
    before, after = (samples.record(core=samples.section({"a": value})) for value in ("x", "y" * 500))
    (line,) = failing(after, baseline=before)
    assert line.startswith('core.data.a (medium) differs from the baseline: changed from "x" to "yyy')
    assert len(line) < 300


def test_text_of_a_server_does_not_steer_the_terminal() -> None:
    record = samples.record(core=samples.section({"a\x1b[2J\u202eb\n": 1}))
    (line,) = failing(record, baseline=samples.record(core=samples.section({})))
    assert line.isprintable()


def test_a_host_that_was_not_read_fails_only_where_that_is_asked_for() -> None:
    assert failing(samples.failed())[0].startswith("not read: ")
    assert failing(samples.failed(), samples.rule(), limits=Limits("info", "info", unread=False)) == []
