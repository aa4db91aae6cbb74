# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.junit import junit_xml
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

MIXED, HOSTILE = samples.mixed_report(), samples.hostile_report()

# The attributes that are there, all of which Jenkins' schema knows.
_ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}
_CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped", "system-out"},
}


def parse(report: Report) -> ET.Element:
    return ET.fromstring(junit_xml(report))  # noqa: S314  # our own text


def case(report: Report, host: str, name: str) -> ET.Element:
    found = parse(report).find(f"testsuite[@name='{host}']/testcase[@name='{name}']")
    assert found is not None
    return found


def outcome(found: ET.Element) -> str:
    return found[0].tag if len(found) else "passed"


@pytest.mark.parametrize("report", [MIXED, HOSTILE, samples.report([])], ids=["mixed", "hostile", "empty"])
def test_structure(report: Report) -> None:
    root = parse(report)
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == _ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= _CHILDREN.get(element.tag, set())
        if element.tag == "testcase":
            assert [child.tag for child in element][1:] in ([], ["system-out"])
        if element.tag == "testsuite":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", element.attrib["timestamp"])


@pytest.mark.parametrize("report", [MIXED, HOSTILE, samples.report([])], ids=["mixed", "hostile", "empty"])
def test_counts(report: Report) -> None:
    root = parse(report)
    for element in [root, *root]:
        assert int(element.attrib["tests"]) == len(list(element.iter("testcase")))
        assert int(element.attrib["failures"]) == len(list(element.iter("failure")))
        assert int(element.attrib["errors"]) == len(list(element.iter("error")))
    for suite in root:
        assert int(suite.attrib["skipped"]) == len(list(suite.iter("skipped")))


def test_every_host_is_a_suite_with_a_case_for_each_rule() -> None:
    suites = list(parse(MIXED))
    assert [suite.get("name") for suite in suites] == [host["host"] for host in MIXED["hosts"]]
    rules = [rule["id"] for rule in MIXED["rules"]]
    for suite in suites:
        assert [found.get("name") for found in suite] == ["read", *rules, "drift"]
        assert {found.get("classname") for found in suite} == {"sample", "mailplus_state"}


@pytest.mark.parametrize(
    ("host", "name", "expected"),
    [
        ("a-good", "read", "passed"),
        ("a-good", "imap", "passed"),
        ("a-good", "pop3", "error"),
        ("a-good", "cluster", "skipped"),
        ("a-good", "drift", "passed"),
        ("b-bad", "imap", "failure"),
        ("b-bad", "waived", "skipped"),
        ("b-bad", "drift", "failure"),
        ("c-part", "read", "skipped"),
        ("c-part", "imap", "error"),
        ("d-none", "read", "skipped"),
        ("e-failed", "read", "error"),
        ("e-failed", "imap", "skipped"),
        ("e-failed", "drift", "skipped"),
        ("f-missing", "read", "error"),
        ("f-missing", "drift", "skipped"),
    ],
)
def test_outcomes(host: str, name: str, expected: str) -> None:
    assert outcome(case(MIXED, host, name)) == expected


def test_a_failure_says_why_and_how_to_mend_it() -> None:
    (failure,) = case(MIXED, "b-bad", "imap")
    assert failure.attrib == {"message": "imap_pop3.data.enable_imap is not as required.", "type": "high"}
    assert (failure.text or "").splitlines() == [
        "Rule: IMAP is off",
        "Path: imap_pop3.data.enable_imap",
        "Expected: equals false",
        "Actual: true",
        "Why: Passwords cross the network.",
        "Remedy: Untick Enable IMAP.",
        "Reference: Chapter 6",
    ]


def test_an_exception_gives_its_reason() -> None:
    (skipped,) = case(MIXED, "b-bad", "waived")
    assert skipped.get("message") == "Until 2026-02-01: It is replaced soon."


def test_a_host_without_rules_that_was_not_read_is_an_error() -> None:
    report = samples.report([samples.failed()])
    (error,) = case(report, "broken", "read")
    assert error.get("message") == samples.ERROR["message"]


def test_without_a_baseline_drift_is_skipped() -> None:
    assert outcome(case(samples.report([samples.record()]), "one", "drift")) == "skipped"


def test_a_difference_tells_absent_from_null() -> None:
    before, after = (samples.record(core=samples.section(data)) for data in ({"a": 1, "b": None}, {"b": 1, "c": None}))
    (failure,) = case(samples.report([after], baseline=before), "one", "drift")
    assert (failure.text or "").splitlines() == [
        "core.data.a (medium) removed: 1 in the baseline, absent here",
        "core.data.b (medium) changed: null in the baseline, 1 here",
        "core.data.c (medium) added: absent in the baseline, null here",
    ]


def test_long_drift_is_cut_and_says_so() -> None:
    data = {f"key{number:03}": number for number in range(150)}
    before, after = samples.record(core=samples.section({})), samples.record(core=samples.section(data))
    (failure,) = case(samples.report([after], baseline=before), "one", "drift")
    lines = (failure.text or "").splitlines()
    assert (len(lines), lines[-1]) == (101, "and 50 more")
    assert failure.get("message", "").startswith("150 differences from the baseline: core.data.key000, ")


def test_hostile_text_is_inert() -> None:
    text = junit_xml(HOSTILE)
    text.encode()
    assert "<script" not in text
    assert all(line.isprintable() for line in text.split("\n"))
    root = parse(HOSTILE)
    shown = "".join(root.itertext()) + str([element.attrib for element in root.iter()])
    assert "<script>alert(1)</script>" in shown


def test_the_same_report_gives_the_same_text() -> None:
    assert junit_xml(MIXED) == junit_xml(samples.mixed_report())


@pytest.mark.parametrize("key", ["{x}", "{}", "a}b", "{", "{0.__class__}", "{:>400000000}", "%s", "%(x)s"])
def test_a_key_is_no_format(key: str) -> None:
    before, after = (samples.record(core=samples.section(data)) for data in ({}, {key: key}))
    (failure,) = case(samples.report([after], baseline=before), "one", "drift")
    assert failure.text == f"core.data.{key} (medium) added: absent in the baseline, {key} here"
