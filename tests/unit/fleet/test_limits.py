# SPDX-License-Identifier: GPL-3.0-or-later
"""What fails the run, under all settings: every format says the same as the exit status."""

from __future__ import annotations

import csv
import io
import itertools
import json
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.failing import result
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import NEVER, Limits, in_words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

WRITERS = {name: writer for files in FORMATS.values() for name, writer in files.items()}
EVERY = [Limits(*limits) for limits in itertools.product((*SEVERITIES, NEVER), (*SEVERITIES, NEVER), (False, True))]
ON, WELL = samples.section({"enable_imap": True}), samples.section({"enable_imap": False, "none": False})
RULES = [
    *(samples.rule(id=f"fails_{severity}", severity=severity) for severity in SEVERITIES[:-1]),
    *(samples.rule(id=f"unknown_{severity}", severity=severity, path="data.none") for severity in SEVERITIES[1:]),
]


def report(limits: Limits) -> Report:
    """Hosts of every kind, of which one differs, at medium severity."""
    hosts = [
        samples.record("a-well", imap_pop3=WELL),
        samples.record("b-bad", imap_pop3=ON),
        samples.record("c-refused", imap_pop3=samples.refused(), core=samples.section({})),
        samples.failed("d-broken"),
    ]
    return samples.report(hosts, RULES, baseline=samples.record(imap_pop3=WELL), limits=limits)


def exit_status(found: Report) -> bool:
    told = result(found, {host["host"]: "" for host in found["hosts"]})
    failing = {name for name, host in told["hosts"].items() if host["failing"]}
    assert failing == {host["host"] for host in found["hosts"] if host["fails"]}
    assert found["totals"]["failing"] == len(failing)
    assert f"{len(failing)} fail the run" in told["summary"][-1]
    return bool(failing)


@pytest.mark.parametrize("limits", EVERY, ids=str)
def test_all_formats_agree_with_the_exit_status(limits: Limits) -> None:
    found = report(limits)
    fails = exit_status(found)
    junit = ET.fromstring(WRITERS["junit.xml"](found))  # noqa: S314 - our own text
    assert (int(junit.attrib["failures"]) + int(junit.attrib["errors"]) > 0) == fails
    of_suites = {suite.attrib["name"]: {each.tag for case in suite for each in case} for suite in junit}
    assert {name for name, tags in of_suites.items() if tags & {"failure", "error"}} == {
        host["host"] for host in found["hosts"] if host["fails"]
    }
    rows = [*csv.DictReader(io.StringIO(WRITERS["findings.csv"](found), newline=""))]
    assert any(row["fails"] == "true" for row in rows) == fails
    hosts = [*csv.DictReader(io.StringIO(WRITERS["hosts.csv"](found), newline=""))]
    assert [row["fails"] for row in hosts] == [json.dumps(host["fails"]) for host in found["hosts"]]
    assert (": fails the run\n" in WRITERS["report.md"](found)) == fails
    assert ('<strong class="fails">' in WRITERS["report.html"](found)) == fails
    assert f"{in_words(found['limits'])}" in WRITERS["report.md"](found)


def test_each_finding_that_fails_the_run_is_counted_once() -> None:
    found = report(Limits("medium", "high", unread=True))
    junit = ET.fromstring(WRITERS["junit.xml"](found))  # noqa: S314 - our own text
    # On b-bad, two rules and the difference, and two rules that are unknown; on c-refused, the difference, three rules.
    assert (junit.attrib["failures"], junit.attrib["errors"]) == (str(3 + 1), str(2 + 3 + 1))
    assert sum(verdict["fails"] for host in found["hosts"] for verdict in host["verdicts"]) == 2 + 2 + 3


def test_what_does_not_fail_the_run_has_not_passed_either() -> None:
    junit = ET.fromstring(WRITERS["junit.xml"](report(Limits(NEVER, NEVER, unread=False))))  # noqa: S314
    assert (junit.attrib["failures"], junit.attrib["errors"]) == ("0", "0")
    for host, case in (("b-bad", "fails_high"), ("b-bad", "unknown_high"), ("b-bad", "drift"), ("d-broken", "read")):
        found = junit.find(f"testsuite[@name='{host}']/testcase[@name='{case}']")
        assert found is not None
        assert found[0].tag == "skipped", (host, case)
        assert found[0].attrib["message"]
    failed = junit.find("testsuite[@name='b-bad']/testcase[@name='fails_high']")
    assert failed is not None
    assert failed[0].attrib["message"].startswith("fail, high, does not fail the run: ")
    assert "Remedy: Untick Enable IMAP." in (failed[1].text or "").splitlines()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (
            Limits(),
            "What fails the run: failed rules and differences of high severity or above, unknown rules of high "
            "severity or above, hosts that were not read.",
        ),
        (Limits(NEVER, "critical", unread=False), "What fails the run: unknown rules of critical severity."),
        (Limits(NEVER, NEVER, unread=False), "What fails the run: nothing."),
    ],
)
def test_limits_in_words(limits: Limits, words: str) -> None:
    assert in_words(limits.told()) == words
