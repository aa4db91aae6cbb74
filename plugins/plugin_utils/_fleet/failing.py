# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report means for the run: what fails each host, and what to tell in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.changes import sentence
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import FIND_A_PATH, SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    DifferenceReport,
    DriftReport,
    HostReport,
    NotConfigured,
    Report,
    RuleReport,
    SwitchedOff,
    Totals,
    VerdictReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    ABSENT,
    change,
    counted,
    visible,
    words,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import VERDICTS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import summed_up

_MOST_DIFFERENCES = 10
_MOST_RULES = 5
_MOST_WAITING = 3


def result(report: Report, described: Mapping[str, str]) -> dict[str, Any]:
    """The result of a task: totals, and per host what fails it. ``described`` tells by host what was read of it."""
    rules = {rule["id"]: rule for rule in report["rules"]}
    failing = {host["host"]: list(map(visible, _failing(host, rules))) for host in report["hosts"]}
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
                "link": host["link"],
                "verdicts": _tally(host),
                "drift": host["drift"]["status"],
                "differences": len(host["drift"]["differences"]),
                "not_compared": sum(each["count"] for each in host["drift"]["not_compared"]),
            }
            for host in report["hosts"]
        },
        "summary": [
            *lines,
            *(visible(text) for view in report["views"] if view["brief"] and (text := summed_up(view))),
            *_not_configured(report["not_configured"], rules),
            *([sentence(report["since_last_run"])] if report["since_last_run"] else []),
            *_switched_off(report["switched_off"]),
            f"{counted(len(failing), 'host')}, {report['totals']['failing']} fail the run: {'; '.join(parts)}",
        ],
    }


def _not_configured(rules: Sequence[NotConfigured], known: Mapping[str, RuleReport]) -> Iterator[str]:
    """How many rules nobody could judge, and what the user has to tell: a line for all hosts, and a command."""
    paths = [rule for rule in rules if rule["path_variable"]]
    missing = sorted({rule["section"] for rule in rules if not rule["path_variable"]})
    parts = (
        [f"{counted(len(paths), 'rule waits', 'rules wait')} for mailplus_state_paths ({_worst(paths, known)})"]
        if paths
        else []
    )
    if missing:
        count = counted(len(rules) - len(paths), "rule rests", "rules rest")
        parts.append(f"{count} on sections outside mailplus_state_subset ({', '.join(missing)})")
    if parts:
        yield f"not configured: {'; '.join(parts)}"
    if paths:
        yield f"find a path: {FIND_A_PATH}"


def _worst(rules: Sequence[NotConfigured], known: Mapping[str, RuleReport]) -> str:
    """The first rules by severity, and how many more there are."""
    ranked = sorted((one["rule"] for one in rules), key=lambda rule: -SEVERITIES.index(known[rule]["severity"]))
    more = f" and {len(ranked) - _MOST_WAITING} more" if len(ranked) > _MOST_WAITING else ""
    return f"{', '.join(map(visible, ranked[:_MOST_WAITING]))}{more}"


def _switched_off(rules: Sequence[SwitchedOff]) -> Iterator[str]:
    """Which rules are not judged since the user said so, and on how many hosts."""
    if rules:
        named = [f"{one['rule']} on {counted(one['hosts'], 'host')}" for one in rules[:_MOST_RULES]]
        more = [f"{len(rules) - _MOST_RULES} more"] if len(rules) > _MOST_RULES else []
        yield f"switched off: {', '.join([*named, *more])}"


def drift_totals(totals: Totals) -> str:
    """Over the fleet, how much differs from the baseline, and how much was not compared."""
    hosts = totals["drift"]["not_compared"] + totals["drift"]["unknown"]
    text = counted(sum(totals["differences"].values()), "difference")
    missing = [counted(hosts, "host")] if hosts else []
    missing += [f"{totals['not_compared']} sections or values"] if totals["not_compared"] else []
    return f"{text}, not compared: {' and '.join(missing)}" if missing else text


def _described(host: HostReport, described: Mapping[str, str]) -> str:
    read = visible(host["reason"] or "") if host["status"] in UNREAD else described[host["host"]]
    return read.rstrip(".")


def _failing(host: HostReport, rules: Mapping[str, RuleReport]) -> Iterator[str]:
    if host["fails"] and host["status"] in UNREAD:
        yield f"not read: {words(host['reason'] or '')}"
    verdicts = [verdict for verdict in host["verdicts"] if verdict["fails"]]
    unknown = [verdict for verdict in verdicts if verdict["verdict"] == "unknown"]
    if host["status"] == "unsupported" and unknown:  # for one and the same reason
        yield f"{', '.join(verdict['rule'] for verdict in unknown)} unknown: {words(host['reason'] or '')}"
        verdicts = [verdict for verdict in verdicts if verdict not in unknown]
    yield from (_finding(verdict, rules[verdict["rule"]]["remedy"]) for verdict in verdicts)
    yield from _differing([each for each in host["drift"]["differences"] if each["fails"]])


def _differing(differences: Sequence[DifferenceReport]) -> Iterator[str]:
    for difference in differences[:_MOST_DIFFERENCES]:
        path = words(difference["path"])
        yield f"{path} ({difference['severity']}) differs from the baseline: {change(difference)}."
    if len(differences) > _MOST_DIFFERENCES:
        yield f"{len(differences) - _MOST_DIFFERENCES} more differences."


def _finding(verdict: VerdictReport, remedy: str) -> str:
    text = f"{verdict['rule']} ({verdict['severity']}) {verdict['verdict']}: {words(verdict['message'])}"
    if verdict["verdict"] != "fail":
        return text
    remedy = f" {remedy}".rstrip()
    if verdict["expected"] is None:
        return f"{text}{remedy}"
    return f"{text} Required: {verdict['expected']}; found: {verdict['actual_in_words'] or ABSENT}.{remedy}"


def _tally(host: HostReport) -> dict[str, int]:
    counted = Counter(verdict["verdict"] for verdict in host["verdicts"])
    return {verdict: counted[verdict] for verdict in VERDICTS if counted[verdict]}


def _judgement(host: HostReport) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in _tally(host).items()) or "no rules"


def _drift(drift: DriftReport) -> str:
    """How a host differs; what was not compared is never silent."""
    found, missing = len(drift["differences"]), sum(each["count"] for each in drift["not_compared"])
    if drift["status"] == "unknown":
        return "not compared"
    if drift["status"] == "not_compared":
        return f"not compared: {(drift['reason'] or '').rstrip('.')}"
    if drift["status"] == "same":
        return "no differences"
    return counted(found, "difference") + (f", {missing} sections or values not compared" if missing else "")
