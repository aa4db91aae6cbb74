# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as Prometheus text, for the textfile collector of node_exporter.

What is not known has no sample: a metric that ends in ``_known`` says so with 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import COMPARED
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import FINDINGS, Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import as_count, words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import VERDICTS

# All are gauges, and stand in the file in this order.
METRICS = {
    "mailplus_report_timestamp_seconds": "When the report was made.",
    "mailplus_up": "Whether the host was read: 0 where it failed or was not gathered.",
    "mailplus_status": "The status of the host, always 1.",
    "mailplus_collected_timestamp_seconds": "When the state of the host was read.",
    "mailplus_section_ok": "Whether the section was read.",
    "mailplus_section_status": "The status of the section, always 1.",
    "mailplus_queue_known": "Whether the length of the queue is known.",
    "mailplus_queue_mails": "Mails in the queue, as the server counts them.",
    "mailplus_queue_complete": "Whether all rows of the queue were read, on which the following figures rest.",
    "mailplus_queue_read_mails": "Mails in the rows that were read, by their status.",
    "mailplus_queue_oldest_age_seconds": "Age of the oldest mail in the rows that were read.",
    "mailplus_log_known": "Whether the length of the log is known.",
    "mailplus_log_rows": "Rows of the log, as the server counts them.",
    "mailplus_verdicts": "Rules by verdict and severity.",
    "mailplus_finding": "A rule that the host fails, or that is unknown there, always 1.",
    "mailplus_drift_known": "Whether the host was compared with a baseline.",
    "mailplus_differences": "Differences from the baseline by severity, in what was compared.",
    "mailplus_drift_not_compared": "Sections and values that could not be compared.",
}

Labels = dict[str, str]
Sample = tuple[str, Labels, Any]
"""A metric, its labels, and its value, which has no sample where it is no count that Prometheus can read."""


def prometheus(report: Report) -> str:
    """Each metric with its samples."""
    samples: dict[str, dict[str, int]] = {name: {} for name in METRICS}
    for name, labels, value in _samples(report):
        readable = as_count(value)
        if readable is not None:
            samples[name].setdefault(_labels(labels), readable)  # a series that stands there twice costs the file
    return "".join(_metric(name, values) for name, values in samples.items() if values)


def _metric(name: str, values: Mapping[str, int]) -> str:
    lines = [f"# HELP {name} {METRICS[name]}", f"# TYPE {name} gauge"]
    return "\n".join([*lines, *(f"{name}{labels} {value}" for labels, value in values.items())]) + "\n"


def _labels(labels: Labels) -> str:
    pairs = ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _distinct(texts: Iterable[str]) -> dict[str, str]:
    """The label of each text: visible, cut, and with a number where it would look like that of another text."""
    labels: dict[str, str] = {}
    taken: set[str] = set()
    alike: Counter[str] = Counter()
    for text in sorted(set(texts), key=lambda text: (words(text) != text, text)):
        label = base = words(text)
        while label in taken:
            alike[base] += 1
            label = f"{base} ({alike[base] + 1})"
        taken.add(label)
        labels[text] = label
    return labels


def _samples(report: Report) -> Iterator[Sample]:
    yield "mailplus_report_timestamp_seconds", {}, _seconds(report["generated_at"])
    names = _distinct(host["host"] for host in report["hosts"])
    rules = _distinct(rule["id"] for rule in report["rules"])
    for host in report["hosts"]:
        labels = {"host": names[host["host"]]}
        yield "mailplus_up", labels, int(host["status"] not in UNREAD)
        yield "mailplus_status", labels | {"status": host["status"]}, 1
        yield "mailplus_collected_timestamp_seconds", labels, _seconds(host["collected_at"])
        yield from _sections(host["sections"], labels)
        yield from _verdicts(host["verdicts"], labels, rules)
        yield from _drift(host["drift"], labels)


def _sections(sections: Mapping[str, Mapping[str, Any]], labels: Labels) -> Iterator[Sample]:
    for name, section in sections.items():
        of_section = labels | {"section": name}
        yield "mailplus_section_ok", of_section, int(section["status"] == "ok")
        yield "mailplus_section_status", of_section | {"status": section["status"]}, 1
        if name == "queue":
            yield from _queue(section, labels)
        elif "total" in section:
            yield "mailplus_log_known", of_section, int(as_count(section["total"]) is not None)
            yield "mailplus_log_rows", of_section, section["total"]


def _queue(section: Mapping[str, Any], labels: Labels) -> Iterator[Sample]:
    summary = section["summary"] or {}
    yield "mailplus_queue_known", labels, int(as_count(section["total"]) is not None)
    yield "mailplus_queue_mails", labels, section["total"]
    yield "mailplus_queue_complete", labels, int(summary.get("complete") is True)
    by_status = summary.get("by_status") or {}
    statuses = _distinct(by_status)
    for status, mails in by_status.items():
        yield "mailplus_queue_read_mails", labels | {"status": statuses[status]}, mails
    yield "mailplus_queue_oldest_age_seconds", labels, summary.get("oldest_age_seconds")


def _verdicts(verdicts: list[dict[str, Any]], labels: Labels, rules: Mapping[str, str]) -> Iterator[Sample]:
    """Of a host on which no rule was judged, nothing is said."""
    counted = Counter((verdict["verdict"], verdict["severity"]) for verdict in verdicts)
    if verdicts:
        for verdict in VERDICTS:
            for severity in SEVERITIES:
                of_kind = labels | {"verdict": verdict, "severity": severity}
                yield "mailplus_verdicts", of_kind, counted[verdict, severity]
    for found in verdicts:
        if found["verdict"] in FINDINGS:
            of_finding = {"rule": rules[found["rule"]], "severity": found["severity"], "verdict": found["verdict"]}
            yield "mailplus_finding", labels | of_finding, 1


def _drift(drift: Mapping[str, Any], labels: Labels) -> Iterator[Sample]:
    known = drift["status"] in COMPARED
    yield "mailplus_drift_known", labels, int(known)
    counted = Counter(difference["severity"] for difference in drift["differences"])
    for severity in SEVERITIES if known else ():
        yield "mailplus_differences", labels | {"severity": severity}, counted[severity]
    yield "mailplus_drift_not_compared", labels, len(drift["not_compared"]) if known else None


def _seconds(time: str | None) -> int | None:
    moment = read_time(time)
    return None if moment is None else int(moment.timestamp())
