# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.prometheus import (
    METRICS,
    figure_metrics,
    prometheus,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from prometheus_client.parser import text_string_to_metric_families

MIXED, HOSTILE = samples.mixed_report(), samples.hostile_report()

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def parse(report: Report) -> Series:
    """The samples by metric and labels. No series may stand there twice."""
    found: Series = {}
    described = METRICS | figure_metrics(report["figures"])
    for family in text_string_to_metric_families(prometheus(report)):
        assert family.type == "gauge"
        assert family.documentation == described[family.name]
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found
            found[key] = sample.value
    return found


def value(series: Series, name: str, **labels: str) -> float | None:
    return series.get((f"mailplus_{name}", frozenset(labels.items())))


def test_every_host_is_up_or_not() -> None:
    series = parse(MIXED)
    up = [value(series, "up", host=host["host"]) for host in MIXED["hosts"]]
    assert up == [1, 1, 1, 1, 0, 0]
    assert all(value(series, "status", host=host["host"], status=host["status"]) == 1 for host in MIXED["hosts"])


def test_figures() -> None:
    series = parse(MIXED)
    assert value(series, "report_timestamp_seconds") == 1768046400
    assert value(series, "collected_timestamp_seconds", host="b-bad") == 1768042800
    assert value(series, "section_ok", host="b-bad", section="queue") == 1
    assert value(series, "queue_known", host="b-bad") == 1
    assert value(series, "queue_mails", host="b-bad") == 700
    assert value(series, "queue_complete", host="b-bad") == 0
    assert value(series, "queue_read_mails", host="b-bad", status="deferred") == 1
    assert value(series, "queue_oldest_age_seconds", host="b-bad") == 90000
    assert value(series, "queue_mails", host="a-good") == 0
    assert value(series, "verdicts", host="b-bad", verdict="fail", severity="high") == 1
    assert value(series, "verdicts", host="b-bad", verdict="fail", severity="critical") == 0
    assert value(series, "finding", host="b-bad", rule="imap", severity="high", verdict="fail") == 1
    assert value(series, "finding", host="a-good", rule="imap", severity="high", verdict="pass") is None
    assert value(series, "drift_known", host="a-good") == 1
    assert value(series, "differences", host="a-good", severity="medium") == 0
    assert value(series, "differences", host="b-bad", severity="medium") == 1
    assert value(series, "drift_not_compared", host="a-good") == 0
    assert value(series, "drift_not_compared", host="b-bad") == 0


def test_what_is_not_known_has_no_sample() -> None:
    series = parse(MIXED)
    assert value(series, "queue_known", host="c-part") == 0
    assert value(series, "queue_mails", host="c-part") is None
    assert value(series, "queue_oldest_age_seconds", host="c-part") is None
    assert value(series, "queue_oldest_age_seconds", host="a-good") is None
    assert value(series, "log_known", host="b-bad", section="admin_log") == 0
    assert value(series, "log_rows", host="b-bad", section="admin_log") is None
    assert value(series, "section_ok", host="c-part", section="queue") == 0
    assert value(series, "section_status", host="c-part", section="queue", status="forbidden") == 1


@pytest.mark.parametrize("host", ["e-failed", "f-missing"])
def test_of_a_host_that_was_not_read_only_that_is_told(host: str) -> None:
    names = Counter(name for name, labels in parse(MIXED) if ("host", host) in labels)
    assert set(names) == {
        "mailplus_up",
        "mailplus_status",
        "mailplus_verdicts",
        "mailplus_finding",
        "mailplus_drift_known",
    }
    assert value(parse(MIXED), "drift_known", host=host) == 0
    assert value(parse(MIXED), "verdicts", host=host, verdict="pass", severity="high") == 0


def test_without_rules_and_baseline_nothing_is_said_of_them() -> None:
    series = parse(samples.report([samples.record()]))
    assert {name for name, _labels in series} & {
        "mailplus_verdicts",
        "mailplus_finding",
        "mailplus_differences",
    } == set()
    assert value(series, "drift_known", host="one") == 0


def test_an_empty_fleet_has_a_file() -> None:
    assert parse(samples.report([])) == {
        ("mailplus_report_timestamp_seconds", frozenset()): 1768046400,
        ("mailplus_rules_not_configured", frozenset()): 0,
    }


def test_hostile_text_is_inert() -> None:
    text = prometheus(HOSTILE)
    text.encode()
    assert all(line.isprintable() for line in text.split("\n"))
    series = parse(HOSTILE)
    hosts = {dict(labels)["host"] for name, labels in series if name == "mailplus_up"}
    assert len(hosts) == len(HOSTILE["hosts"])
    assert '09 quote " back\\slash' in hosts
    assert "00 <script>alert(1)</script>" in hosts


def test_statuses_that_look_the_same_are_numbered() -> None:
    statuses = {"a\n": 1, "a\\u000a": 2, "x" * 400: 3, "x" * 500: 4}
    series = parse(samples.report([samples.record(queue=samples.listing([], by_status=statuses))]))
    assert value(series, "queue_read_mails", host="one", status="a\\u000a") == 2
    assert value(series, "queue_read_mails", host="one", status="a\\u000a (2)") == 1
    assert value(series, "queue_read_mails", host="one", status="x" * 300 + "…") == 3
    assert value(series, "queue_read_mails", host="one", status="x" * 300 + "… (2)") == 4


def test_hosts_that_look_the_same_are_not_summed() -> None:
    report = samples.report([samples.record("a\n"), samples.record("a\\u000a"), samples.record("a\\u000a (2)")])
    series = parse(report)
    names = ["a\\u000a", "a\\u000a (2)", "a\\u000a (3)"]
    assert [value(series, "up", host=name) for name in names] == [1, 1, 1]
    assert [value(series, "collected_timestamp_seconds", host=name) for name in names] == [1768042800] * 3


@pytest.mark.parametrize(
    "total",
    [2**53 + 1, 10**309, 10**4000, -1, "many", True, 1.5, float("nan")],
    ids=["odd", "beyond float", "endless", "negative", "text", "flag", "half", "nan"],
)
def test_a_number_that_prometheus_cannot_read_costs_itself_alone(total: Any) -> None:
    queue = samples.listing([], by_status={"bad": total, "good": 1}, oldest_age_seconds=total) | {"total": total}
    series = parse(samples.report([samples.record(queue=queue)]))
    assert value(series, "queue_known", host="one") == 0
    assert value(series, "queue_mails", host="one") is None
    assert value(series, "queue_oldest_age_seconds", host="one") is None
    assert value(series, "queue_read_mails", host="one", status="bad") is None
    assert value(series, "queue_read_mails", host="one", status="good") == 1
    assert value(series, "up", host="one") == 1


def test_a_time_that_cannot_be_read_is_left_out() -> None:
    report = samples.report([samples.record()])
    report["hosts"][0]["collected_at"] = "yesterday"
    assert value(parse(report), "collected_timestamp_seconds", host="one") is None


def test_each_metric_is_described_once_in_base_units() -> None:
    text = prometheus(MIXED)
    described = [line.split()[2] for line in text.splitlines() if line.startswith("# HELP")]
    assert len(described) == len(set(described))
    known = METRICS | figure_metrics(MIXED["figures"])
    assert set(described) <= set(known)
    assert [name for name in known if name.endswith(("_total", "_count", "_info", "_minutes", "_ms"))] == []
    assert text.endswith("\n")


def test_the_same_report_gives_the_same_text() -> None:
    assert prometheus(MIXED) == prometheus(samples.mixed_report())
