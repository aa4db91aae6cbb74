# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as data, from which every format is written: docs/report.schema.json describes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import mail_flow, server_states
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    NOT_COMPARED,
    STATUSES,
    Difference,
    Drift,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES, Rule
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean, clean_at
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HOST_STATUSES,
    HostRecord,
    spare,
    unusable,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import as_count
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import VERDICTS, Verdict

# Raised when a key of the report is renamed, removed or gets another meaning.
REPORT_VERSION = 1

# The verdicts that somebody has to look at.
FINDINGS = ("fail", "unknown")

Report = dict[str, Any]


@dataclass(frozen=True)
class HostResult:
    """What there is to report of one host."""

    record: HostRecord
    verdicts: Sequence[Verdict] = ()
    drift: Drift = NOT_COMPARED
    clean: Clean = field(default=lambda value: value)


def build_report(results: Iterable[HostResult], rules: Sequence[Rule], *, title: str, generated_at: str) -> Report:
    """The report of a fleet, hosts in the order of their names. ``generated_at`` is UTC, ISO 8601.

    A result is let go of before the next one is looked at.
    """
    hosts, has_baseline = [], False
    for result in results:
        hosts.append(_host_or_why_not(result))
        has_baseline = has_baseline or result.drift is not NOT_COMPARED
    hosts.sort(key=lambda host: str(host["host"]))
    return {
        "report_version": REPORT_VERSION,
        "title": title,
        "generated_at": generated_at,
        "has_baseline": has_baseline,
        "totals": _totals(hosts),
        "rules": [_rule(rule) for rule in rules],
        "hosts": hosts,
    }


def _totals(hosts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    drifts = [host["drift"] for host in hosts]
    return {
        "hosts": _count((host["status"] for host in hosts), HOST_STATUSES),
        "verdicts": _count((verdict["verdict"] for host in hosts for verdict in host["verdicts"]), VERDICTS),
        "findings": {kind: _count(_severities(hosts, kind), SEVERITIES) for kind in FINDINGS},
        "drift": _count((drift["status"] for drift in drifts), STATUSES),
        "differences": _count(
            (difference["severity"] for drift in drifts for difference in drift["differences"]), SEVERITIES
        ),
        "not_compared": sum(len(drift["not_compared"]) for drift in drifts),
    }


def _severities(hosts: Iterable[Mapping[str, Any]], kind: str) -> Iterator[str]:
    return (verdict["severity"] for host in hosts for verdict in host["verdicts"] if verdict["verdict"] == kind)


def _host_or_why_not(result: HostResult) -> dict[str, Any]:
    return spare(lambda: _host(result), lambda error: _host(broken(result, error)))


def broken(result: HostResult, error: Exception) -> HostResult:
    """What is left to report of a host whose state breaks what looks at it: its rules are unknown."""
    record = unusable(result.record.host, error)
    reason = f"The host was not read: {record.reason}"
    verdicts = [Verdict(verdict.rule, verdict.severity, "unknown", None, None, reason) for verdict in result.verdicts]
    drift = replace(result.drift, status="unknown", reason=reason, differences=(), not_compared=())
    return replace(result, record=record, verdicts=verdicts, drift=drift)


def _host(result: HostResult) -> dict[str, Any]:
    record = result.record
    state = record.mailplus or {}
    sections = state.get("sections", {})
    return {
        "host": record.host,
        "status": record.status,
        "reason": record.reason,
        "error": record.error,
        "collected_at": state.get("collected_at"),
        "server": state.get("server"),
        "sections": {name: result.clean(_without_rows(envelope)) for name, envelope in sections.items()},
        "servers": result.clean(server_states(_data(sections, "server_list"))),
        "mail_flow": mail_flow(_rows(sections, "transaction_log")),
        "verdicts": [_verdict(verdict, result.clean) for verdict in result.verdicts],
        "drift": {
            "status": result.drift.status,
            "reason": result.drift.reason,
            "differences": [_difference(difference, result.clean) for difference in result.drift.differences],
            "not_compared": [
                {"path": clean_at(each.path, None, result.clean)[0], "reason": each.reason}
                for each in result.drift.not_compared
            ],
        },
    }


def _verdict(verdict: Verdict, clean: Clean) -> dict[str, Any]:
    path, actual = clean_at(verdict.path or "", verdict.actual, clean)
    return {
        "rule": verdict.rule,
        "severity": verdict.severity,
        "verdict": verdict.verdict,
        "expected": clean(verdict.expected),
        "actual": actual,
        "message": clean(verdict.message),
        "path": path or None,
    }


def _difference(difference: Difference, clean: Clean) -> dict[str, Any]:
    path, baseline = clean_at(difference.path, difference.baseline, clean)
    _path, actual = clean_at(difference.path, difference.actual, clean)
    return {
        "path": path,
        "kind": difference.kind,
        "severity": difference.severity,
        "baseline": baseline,
        "actual": actual,
    }


def _without_rows(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """The envelope of a list without its rows, which are in the files of the hosts, and with counts that are some."""
    if "total" not in envelope:
        return {**envelope}
    counts = {key: as_count(envelope[key]) for key in ("total", "returned") if key in envelope}
    return {key: value for key, value in envelope.items() if key != "data"} | counts


def _data(sections: Mapping[str, Any], name: str) -> Any:
    return (sections.get(name) or {}).get("data")


def _rows(sections: Mapping[str, Any], name: str) -> Any:
    data, key = _data(sections, name), (sections.get(name) or {}).get("rows_key")
    return data.get(key) if isinstance(data, Mapping) else None


def _rule(rule: Rule) -> dict[str, Any]:
    return {key: getattr(rule, key) for key in ("id", "title", "severity", "policy", "why", "remedy", "reference")}


def _count(values: Iterable[str], names: Sequence[str]) -> dict[str, int]:
    counted = Counter(values)
    return {name: counted[name] for name in names}
