# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report means for the run: which hosts fail it, and what to tell in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.changes import sentence
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    DifferenceReport,
    DriftReport,
    HostReport,
    NotConfigured,
    Report,
    Totals,
    VerdictReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import code, counted, visible, words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import VERDICTS

_MOST_DIFFERENCES = 10


@dataclass(frozen=True)
class Limits:
    """The least severity at which a failed rule or a difference, and an unknown rule, fails a host.

    A word that is no severity means never. ``unread`` tells whether a host that was not read fails.
    """

    fail: str
    unknown: str
    unread: bool

    def reached(self, kind: str, severity: str) -> bool:
        """Whether a finding fails the host."""
        limit = {"unknown": self.unknown, "fail": self.fail, "drift": self.fail}.get(kind)
        return limit in SEVERITIES and SEVERITIES.index(severity) >= SEVERITIES.index(limit)


def result(report: Report, limits: Limits, described: Mapping[str, str]) -> dict[str, Any]:
    """The result of a task: totals, and per host what fails it. ``described`` tells by host what was read of it."""
    remedies = {rule["id"]: rule["remedy"] for rule in report["rules"]}
    failing = {host["host"]: list(map(visible, _failing(host, limits, remedies))) for host in report["hosts"]}
    width = max(map(len, failing), default=0)
    lines = [
        f"{host['host']:<{width}}  {host['status']:<12}  {_described(host, described)}; {_judgement(host)}"
        + (f"; {visible(_drift(host['drift']))}" if report["has_baseline"] else "")
        for host in report["hosts"]
    ]
    parts = [", ".join(f"{count} {verdict}" for verdict, count in report["totals"]["verdicts"].items() if count)]
    if report["has_baseline"]:
        parts.append(drift_totals(report["totals"]))
    return {
        "totals": report["totals"],
        "hosts": {
            host["host"]: {
                "status": host["status"],
                "failing": failing[host["host"]],
                "verdicts": _tally(host),
                "drift": host["drift"]["status"],
                "differences": len(host["drift"]["differences"]),
                "not_compared": len(host["drift"]["not_compared"]),
            }
            for host in report["hosts"]
        },
        "summary": [
            *lines,
            *_not_configured(report["not_configured"]),
            *([sentence(report["since_last_run"])] if report["since_last_run"] else []),
            f"{len(failing)} hosts, {sum(map(bool, failing.values()))} fail the run: {'; '.join(parts)}",
        ],
    }


def _not_configured(rules: Sequence[NotConfigured]) -> Iterator[str]:
    """How many rules nobody could judge, and what the user has to tell: a line for all hosts."""
    paths = [rule for rule in rules if rule["path_variable"]]
    missing = sorted({rule["section"] for rule in rules if not rule["path_variable"]})
    parts = [f"{counted(len(paths), 'rule waits', 'rules wait')} for mailplus_state_paths"] if paths else []
    if missing:
        count = counted(len(rules) - len(paths), "rule rests", "rules rest")
        parts.append(f"{count} on sections outside mailplus_state_subset ({', '.join(missing)})")
    if parts:
        yield f"not configured: {'; '.join(parts)}"


def drift_totals(totals: Totals) -> str:
    """Over the fleet, how much differs from the baseline, and how much was not compared."""
    hosts = totals["drift"]["not_compared"] + totals["drift"]["unknown"]
    text = f"{sum(totals['differences'].values())} differences"
    missing = [f"{hosts} hosts"] if hosts else []
    missing += [f"{totals['not_compared']} sections or values"] if totals["not_compared"] else []
    return f"{text}, not compared: {' and '.join(missing)}" if missing else text


def _described(host: HostReport, described: Mapping[str, str]) -> str:
    read = visible(host["reason"] or "") if host["status"] in UNREAD else described[host["host"]]
    return read.rstrip(".")


def _failing(host: HostReport, limits: Limits, remedies: Mapping[str, str]) -> Iterator[str]:
    if host["status"] in UNREAD:
        if limits.unread:
            yield f"not read: {words(host['reason'] or '')}"
        return
    verdicts = [verdict for verdict in host["verdicts"] if limits.reached(verdict["verdict"], verdict["severity"])]
    unknown = [verdict for verdict in verdicts if verdict["verdict"] == "unknown"]
    if host["status"] == "unsupported" and unknown:  # for one and the same reason
        yield f"{', '.join(verdict['rule'] for verdict in unknown)} unknown: {words(host['reason'] or '')}"
        verdicts = [verdict for verdict in verdicts if verdict not in unknown]
    yield from (_finding(verdict, remedies) for verdict in verdicts)
    yield from _differing([each for each in host["drift"]["differences"] if limits.reached("drift", each["severity"])])


def _differing(differences: Sequence[DifferenceReport]) -> Iterator[str]:
    for difference in differences[:_MOST_DIFFERENCES]:
        path, change = words(difference["path"]), _change(difference)
        yield f"{path} ({difference['severity']}) differs from the baseline: {change}."
    if len(differences) > _MOST_DIFFERENCES:
        yield f"{len(differences) - _MOST_DIFFERENCES} more differences."


def _change(difference: DifferenceReport) -> str:
    if difference["kind"] != "changed":
        return str(difference["kind"])
    return f"changed from {code(difference['baseline'])} to {code(difference['actual'])}"


def _finding(verdict: VerdictReport, remedies: Mapping[str, str]) -> str:
    text = f"{verdict['rule']} ({verdict['severity']}) {verdict['verdict']}: {words(verdict['message'])}"
    if verdict["verdict"] != "fail":
        return text
    remedy = f" {remedies.get(verdict['rule']) or ''}".rstrip()
    if verdict["expected"] is None:
        return f"{text}{remedy}"
    return f"{text} Required: {verdict['expected']}; found: {code(verdict['actual'])}.{remedy}"


def _tally(host: HostReport) -> dict[str, int]:
    counted = Counter(verdict["verdict"] for verdict in host["verdicts"])
    return {verdict: counted[verdict] for verdict in VERDICTS if counted[verdict]}


def _judgement(host: HostReport) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in _tally(host).items()) or "no rules"


def _drift(drift: DriftReport) -> str:
    """How a host differs; what was not compared is never silent."""
    found, missing = len(drift["differences"]), len(drift["not_compared"])
    if drift["status"] == "unknown":
        return "not compared"
    if drift["status"] == "not_compared":
        return f"not compared: {(drift['reason'] or '').rstrip('.')}"
    if drift["status"] == "same":
        return "no differences"
    return f"{found} differences" + (f", {missing} sections or values not compared" if missing else "")
