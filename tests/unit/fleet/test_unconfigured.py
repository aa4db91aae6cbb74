# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that nobody can judge until the user tells more: once for a fleet, apart from what is unknown."""

from __future__ import annotations

import csv
import io
import json
import shlex
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.failing import result
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

NO_PATH = samples.rule(id="no_path", title="Nobody knows the key", path=None, path_variable="the_key")
NO_SECTION = samples.rule(id="no_section", title="Nobody asked", section="queue", path="total", severity="critical")
KNOWN = samples.rule(id="known")
ALL = (NO_PATH, NO_SECTION, KNOWN)


def fleet(*, hosts: int = 200) -> Report:
    return samples.report([*(samples.record(f"nas{number:03}") for number in range(hosts)), samples.failed()], ALL)


def rules_judged(report: Report) -> set[str]:
    return {verdict["rule"] for host in report["hosts"] for verdict in host["verdicts"]}


def test_they_are_told_once_for_200_hosts_and_are_not_unknown() -> None:
    report = fleet()
    assert [(one["rule"], one["section"], one["path_variable"], one["hosts"]) for one in report["not_configured"]] == [
        ("no_path", "imap_pop3", "the_key", 201),
        ("no_section", "queue", None, 201),
    ]
    assert rules_judged(report) == {"known"}
    assert [rule["id"] for rule in report["rules"]] == ["no_path", "no_section", "known"]
    assert report["totals"]["not_configured"] == 2
    assert report["totals"]["verdicts"] == {"pass": 200, "fail": 0, "unknown": 1, "not_applicable": 0, "excepted": 0}


def test_they_tell_what_to_do() -> None:
    first, second = fleet(hosts=1)["not_configured"]
    assert first["remedy"] == (
        "To find the path, run: ansible-playbook -i INVENTORY mailfleet.mailplus.find_setting -e mailplus_hosts=nas000 "
        "-e rule=no_path. Then set it: mailplus_state_paths: {the_key: data.KEY}."
    )
    assert second["remedy"] == "The section queue is not gathered; add it to mailplus_state_subset."
    (both,) = samples.report([samples.record()], [NO_PATH | {"section": "queue"}])["not_configured"]
    assert both["remedy"].startswith(
        "The section queue is not gathered; add it to mailplus_state_subset. To find the path, run: ansible-playbook "
    )
    assert both["gathered"] is False


def test_the_command_names_a_host_that_lacks_it_and_was_read_where_there_is_one() -> None:
    def command(*hosts: HostRecord) -> str:
        (one,) = samples.report([*hosts], [NO_PATH])["not_configured"]
        return one["remedy"].partition("mailplus_hosts")[2].partition(" -e rule=")[0]

    assert command(samples.failed("a"), samples.record("b"), samples.record("c")) == "=b"
    assert command(samples.failed("a")) == "=a"
    (one,) = samples.report([samples.record("odd $(x) 'host'")], [NO_PATH])["not_configured"]
    arguments = shlex.split(one["remedy"].partition("run: ")[2].partition(". Then")[0])
    assert json.loads(arguments[arguments.index("-e") + 1]) == {"mailplus_hosts": "odd $(x) 'host'"}


def test_the_first_rules_by_severity_are_named_at_the_end_of_a_run() -> None:
    rules = [NO_PATH | {"id": f"{one}_{n}", "severity": one} for n in range(2) for one in ("low", "critical", "high")]
    (line, command) = [
        line
        for line in result(samples.report([samples.record("a")], rules), {"a": "read"})["summary"]
        if line.startswith(("not configured: ", "find a path: "))
    ]
    assert line == ("not configured: 6 rules wait for mailplus_state_paths (critical_0, critical_1, high_0 and 3 more)")
    assert command == (
        "find a path: ansible-playbook -i INVENTORY mailfleet.mailplus.find_setting -e mailplus_hosts=HOST -e rule=RULE"
    )


def test_they_fail_no_host_and_are_told_in_one_line() -> None:
    report = samples.report([samples.record(f"{number}") for number in range(200)], ALL)
    told = result(report, {host["host"]: "read" for host in report["hosts"]})
    assert {line for host in told["hosts"].values() for line in host["failing"]} == set()
    assert [line for line in told["summary"] if "not configured" in line] == [
        "not configured: 1 rule waits for mailplus_state_paths (no_path); "
        "1 rule rests on sections outside mailplus_state_subset (queue)"
    ]
    assert len([line for line in told["summary"] if "no_path" in line or "no_section" in line]) == 1


def test_a_section_that_some_hosts_were_asked_for_is_unknown_on_the_others() -> None:
    hosts = [samples.record("a", queue=samples.listing([])), samples.record("b"), samples.failed("c")]
    report = samples.report(hosts, [NO_SECTION | {"condition": {"at_most": 5}}])
    assert report["not_configured"] == []
    assert [verdict["verdict"] for host in report["hosts"] for verdict in host["verdicts"]] == [
        "pass",
        "unknown",
        "unknown",
    ]


@pytest.mark.parametrize("status", ["forbidden", "unsupported", "failed"])
def test_a_section_that_was_refused_was_asked_for(status: str) -> None:
    report = samples.report([samples.record(queue=samples.refused(status, is_list=True))], [NO_SECTION])
    assert report["not_configured"] == []
    assert [verdict["verdict"] for verdict in report["hosts"][0]["verdicts"]] == ["unknown"]


def test_where_no_host_was_read_nobody_knows_what_was_asked() -> None:
    report = samples.report([samples.failed()], ALL)
    assert [one["rule"] for one in report["not_configured"]] == ["no_path"]
    assert rules_judged(report) == {"no_section", "known"}


def test_an_exception_does_not_make_them_a_verdict() -> None:
    exceptions = [{"rule": rule, "reason": "x", "expires": "2020-01-01"} for rule in ("no_path", "no_section")]
    report = samples.report([samples.record()], ALL, exceptions=exceptions)
    assert rules_judged(report) == {"known"}


def test_a_path_of_one_host_leaves_the_rule_unjudged_on_the_others() -> None:
    (verdict,) = samples.judge(samples.record(), NO_PATH, paths={"the_key": "data.enable_imap"})
    assert verdict.verdict == "pass"
    (verdict,) = samples.judge(samples.failed(), NO_PATH)
    assert (verdict.verdict, verdict.lack and verdict.lack.path_variable) == ("not_configured", "the_key")


def text(report: Report, name: str) -> Any:
    return next(writer for files in FORMATS.values() for file, writer in files.items() if file == name)(report)


def test_every_format_tells_them_once_or_counts_them() -> None:
    report = samples.report([samples.record(f"{number}") for number in range(200)], ALL)
    rows = [row for row in csv.DictReader(io.StringIO(text(report, "findings.csv"))) if row["finding"] != "unknown"]
    assert [(row["host"], row["finding"], row["rule"], row["severity"]) for row in rows] == [
        ("", "not_configured", "no_path", "high"),
        ("", "not_configured", "no_section", "critical"),
    ]
    assert "\nmailplus_rules_not_configured 2\n" in text(report, "mailplus.prom")
    assert "no_path" not in text(report, "mailplus.prom") + text(report, "junit.xml")
    page = text(report, "report.html")
    assert page.count("Nobody knows the key <code>no_path</code>") == 2  # what to do, and all rules
    assert "2 rules are not configured" in page
    found = text(report, "report.md")
    assert found.count("Nobody knows the key") == found.count("Nobody asked") == 1
    assert "- **2 rules not configured**" in found
    assert "- **Nobody knows the key** (no\\_path): the path of " in found
    assert "-e mailplus_hosts=HOST -e rule=RULE` finds a path." in found


def test_one_host_is_counted_as_one() -> None:
    report = samples.report([samples.record("a")], [NO_PATH])
    assert ",On 1 host: To find the path" in text(report, "findings.csv").replace('"', "")
    assert "- **1 host**: " in text(report, "report.md")
