# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as Prometheus text, for the textfile collector of node_exporter.

What is not known has no sample: a metric that ends in ``_known`` says so with 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import DAYS, PERCENT
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import COMPARED
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import PREFIX, is_partial, metric_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    DriftReport,
    FigureDefinition,
    HostReport,
    Report,
    SectionReport,
    VerdictReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import as_amount, words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import FINDINGS, VERDICTS

# Beside the figures. All are gauges, and stand in the file in this order, figures last.
METRICS = {
    "mailplus_report_timestamp_seconds": "When the report was made.",
    "mailplus_up": "Whether the host was read: 0 where it failed or was not gathered.",
    "mailplus_status": "The status of the host, always 1.",
    "mailplus_collected_timestamp_seconds": "When the state of the host was read.",
    "mailplus_section_ok": "Whether the section was read.",
    "mailplus_section_status": "The status of the section, always 1.",
    "mailplus_verdicts": "Rules by verdict and severity.",
    "mailplus_finding": "A rule that the host fails, or that is unknown there, always 1.",
    "mailplus_rules_not_configured": "Rules without a verdict, on all hosts or on some: not configured.",
    "mailplus_drift_known": "Whether the host was compared with a baseline.",
    "mailplus_differences": "Differences from the baseline by severity, in what was compared.",
    "mailplus_drift_not_compared": "Sections and values that could not be compared.",
}

_SECONDS_OF_DAY, _WHOLE = 86400, 100

Labels = dict[str, str]
Sample = tuple[str, Labels, object]
"""A metric, its labels, and its value, which has no sample where it is no number that Prometheus can read."""


def prometheus(report: Report) -> str:
    """Each metric with its samples."""
    metrics = METRICS | figure_metrics(report["figures"])
    samples: dict[str, dict[str, int | float]] = {name: {} for name in metrics}
    for name, labels, value in _samples(report):
        readable = value if isinstance(value, float) else as_amount(value, DAYS)
        if readable is not None:
            samples[name].setdefault(_labels(labels), readable)  # a series that stands there twice costs the file
    return "".join(_metric(name, metrics[name], values) for name, values in samples.items() if values)


def figure_metrics(figures: Sequence[FigureDefinition]) -> dict[str, str]:
    """The metrics of figures, and what they tell."""
    told: dict[str, list[str]] = {}
    for figure in figures:
        label, by = figure["label"], figure["by"]
        if figure["known"]:
            told.setdefault(figure["known"], ["Whether this is known"]).append(label)
        told.setdefault(figure["metric"], []).append(label)
        if by:
            told[by["complete"]] = ["Whether all rows were read, on which the following metric rests"]
            told[by["metric"]] = [f"{label}, in the rows that were read, by {by['label']}"]
    return {metric: f"{'; '.join(texts).replace('known; ', 'known: ', 1)}." for metric, texts in told.items()}


def _metric(name: str, text: str, values: Mapping[str, int | float]) -> str:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} gauge"]
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
    yield "mailplus_rules_not_configured", {}, report["totals"]["not_configured"]
    names = _distinct(host["host"] for host in report["hosts"])
    rules = _distinct(rule["id"] for rule in report["rules"])
    for host in report["hosts"]:
        labels = {"host": names[host["host"]]}
        yield "mailplus_up", labels, int(host["status"] not in UNREAD)
        yield "mailplus_status", labels | {"status": host["status"]}, 1
        yield "mailplus_collected_timestamp_seconds", labels, _seconds(host["collected_at"])
        yield from _sections(host["sections"], labels)
        for figure in report["figures"]:
            if figure["section"] in host["sections"]:
                yield from _figure(figure, host, labels)
        yield from _verdicts(host["verdicts"], labels, rules)
        yield from _drift(host["drift"], labels)


def _sections(sections: Mapping[str, SectionReport], labels: Labels) -> Iterator[Sample]:
    for name, section in sections.items():
        of_section = labels | {"section": name}
        yield "mailplus_section_ok", of_section, int(section["status"] == "ok")
        yield "mailplus_section_status", of_section | {"status": section["status"]}, 1


def _figure(figure: FigureDefinition, host: HostReport, labels: Labels) -> Iterator[Sample]:
    number, by = host["figures"][figure["name"]], figure["by"]
    if figure["metric"] != PREFIX + metric_of(figure["name"], figure["unit"]):  # shared with figures of other sections
        labels = labels | {"section": figure["section"]}
    if figure["known"]:
        yield figure["known"], labels, int(number is not None)
    yield figure["metric"], labels, _in_base_unit(number, figure["unit"])
    if by:
        is_read = host["sections"][figure["section"]]["status"] == "ok"
        yield by["complete"], labels, int(is_read and not is_partial(host, figure["section"]))
        counts = host["breakdowns"][figure["name"]] or {}
        distinct = _distinct(counts)
        for word, count in counts.items():
            yield by["metric"], labels | {by["label"]: distinct[word]}, count


def _in_base_unit(number: int | None, unit: str) -> int | float | None:
    """A number as Prometheus has it: in seconds, and a share as a ratio."""
    if number is None or unit not in (DAYS, PERCENT):
        return number
    return number * _SECONDS_OF_DAY if unit == DAYS else number / _WHOLE


def _verdicts(verdicts: Sequence[VerdictReport], labels: Labels, rules: Mapping[str, str]) -> Iterator[Sample]:
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


def _drift(drift: DriftReport, labels: Labels) -> Iterator[Sample]:
    known = drift["status"] in COMPARED
    yield "mailplus_drift_known", labels, int(known)
    counted = Counter(difference["severity"] for difference in drift["differences"])
    for severity in SEVERITIES if known else ():
        yield "mailplus_differences", labels | {"severity": severity}, counted[severity]
    yield "mailplus_drift_not_compared", labels, sum(each["count"] for each in drift["not_compared"]) if known else None


def _seconds(time: str | None) -> int | None:
    moment = read_time(time)
    return None if moment is None else int(moment.timestamp())
