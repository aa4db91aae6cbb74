# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.tables import (
    FINDING_COLUMNS,
    HOST_COLUMNS,
    findings_csv,
    hosts_csv,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

MIXED, HOSTILE = samples.mixed_report(), samples.hostile_report()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def finding(actual: Any, **difference: Any) -> dict[str, str]:
    """The row of a report whose only finding is a difference."""
    report = samples.report([samples.record()])
    given: Any = {"path": "a", "kind": "changed", "severity": "low", "fails": False, "baseline": "x", "actual": actual}
    given |= difference
    report["hosts"][0]["drift"] = {"status": "different", "reason": None, "differences": [given], "not_compared": []}
    (row,) = read(findings_csv(report))
    return row


def test_every_host_has_a_row_whatever_became_of_it() -> None:
    rows = {row["host"]: row for row in read(hosts_csv(MIXED))}
    assert list(rows) == [host["host"] for host in MIXED["hosts"]]
    assert [row["status"] for row in rows.values()] == [host["status"] for host in MIXED["hosts"]]
    assert rows["b-bad"]["queue_mails"] == "700"
    assert rows["b-bad"]["queue_oldest_age_seconds"] == "90000"
    assert rows["a-good"]["queue_mails"] == "0"


@pytest.mark.parametrize("host", ["e-failed", "f-missing"])
def test_of_a_host_that_was_not_read_everything_is_unknown(host: str) -> None:
    row = next(row for row in read(hosts_csv(MIXED)) if row["host"] == host)
    for column in ("collected_at", "sections", "sections_ok", "queue_mails", "queue_oldest_age_seconds", "differences"):
        assert row[column] == "unknown"
    assert row["reason"]
    assert any(found["host"] == host and found["kind"] == "host" for found in read(findings_csv(MIXED)))


def test_a_queue_that_was_refused_is_unknown() -> None:
    row = next(row for row in read(hosts_csv(MIXED)) if row["host"] == "c-part")
    assert (row["queue_mails"], row["sections"], row["sections_ok"]) == ("unknown", "3", "1")


def test_hosts_that_were_not_compared_have_no_number_of_differences() -> None:
    (row,) = read(hosts_csv(samples.report([samples.record()])))
    assert (row["drift"], row["differences"]) == ("not_compared", "unknown")


def test_findings_hold_a_row_for_each_rule_and_difference() -> None:
    rows = read(findings_csv(MIXED))
    verdicts = MIXED["totals"]["verdicts"]
    expected = {kind: verdicts[kind] for kind in ("fail", "unknown", "excepted")}
    of_rules = [row["finding"] for row in rows if row["kind"] == "rule"]
    assert {kind: of_rules.count(kind) for kind in expected} == expected
    assert len(of_rules) == sum(expected.values())
    of_drift = [row["finding"] == "not_compared" for row in rows if row["kind"] == "drift"]
    assert of_drift.count(False) == sum(MIXED["totals"]["differences"].values())
    assert of_drift.count(True) == MIXED["totals"]["not_compared"] > 0
    failed = next(row for row in rows if row["host"] == "b-bad" and row["rule"] == "imap")
    assert failed["actual"] == "true"
    assert failed["remedy"] == "Untick Enable IMAP."
    assert failed["path"] == "imap_pop3.data.enable_imap"
    assert all(row["actual"] for row in rows if row["kind"] != "host")


def test_what_is_not_there_is_absent_and_null_is_null() -> None:
    assert finding(None)["actual"] == "null"
    assert finding(None, kind="removed")["actual"] == "absent"
    assert finding(1, kind="added", baseline=None)["expected"] == "absent"
    report = samples.report([samples.record()], [samples.rule(path="data.x", condition={"present": True})])
    (row,) = read(findings_csv(report))
    assert (row["finding"], row["actual"]) == ("fail", "absent")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\u3000=1", "'\u3000=1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff201", "'\uff201"),
        ("\u22121", "'\u22121"),
        ("\t=1", "\\u0009=1"),
        ("\r=1", "\\u000d=1"),
        ("\n=1", "\\u000a=1"),
        ("a;=1", "a;'=1"),
        (";=1", ";'=1"),
        ("a=1-2", "a=1-2"),
        ("plain", "plain"),
        ("", ""),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (True, "true"),
        (["=1"], '["=1"]'),
        ("\ud800", "\\ud800"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_are_numbers(value: Any, cell: str) -> None:
    assert finding(value)["actual"] == cell


@pytest.mark.parametrize("report", [MIXED, HOSTILE, samples.report([])], ids=["mixed", "hostile", "empty"])
@pytest.mark.parametrize(("writer", "columns"), [(hosts_csv, HOST_COLUMNS), (findings_csv, FINDING_COLUMNS)])
def test_it_is_rfc_4180(report: Report, writer: Any, columns: tuple[str, ...]) -> None:
    text = writer(report)
    text.encode()
    lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    figures = [figure["name"] for figure in report["figures"]] if writer is hosts_csv else []
    assert lines[0] == [*columns, *figures]
    assert {len(line) for line in lines} == {len(lines[0])}
    # No text of a server holds a line break any more, so each row is a line.
    assert text.endswith("\r\n")
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == len(lines)


def test_hostile_text_is_inert() -> None:
    for text in (hosts_csv(HOSTILE), findings_csv(HOSTILE)):
        for row in read(text):
            for cell in row.values():
                assert cell.isprintable()
                assert cell.lstrip()[:1] not in tuple("=+-@\uff1d")


def test_the_same_report_gives_the_same_text() -> None:
    assert hosts_csv(MIXED) == hosts_csv(samples.mixed_report())
    assert findings_csv(MIXED) == findings_csv(samples.mixed_report())
