# SPDX-License-Identifier: GPL-3.0-or-later
"""What the HTML report says of one host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import COMPARED
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_fleet import (
    DRIFT_WORDS,
    NOT_JUDGED,
    STATUSES,
    difference_values,
    rank,
    worst,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_pictures import (
    Flow,
    is_partial,
    oldest_age,
    queue_total,
    sparkline,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_text import (
    age,
    basis,
    code,
    frequencies,
    moment,
    number,
    ranking,
    span,
)

# Of a host with more differences, the rest stand in a plain list.
TABLED_DIFFERENCES = 8


@dataclass(frozen=True)
class Finding:
    """A verdict that somebody has to look at, or one that is excepted."""

    verdict: str
    severity: str
    rule: int
    title: str
    expected: str | None
    actual: str | None
    message: str


@dataclass(frozen=True)
class Change:
    """A difference from the baseline. ``hidden`` tells that both values look alike without their personal data."""

    path: str
    severity: str
    baseline: str
    actual: str
    hidden: bool


@dataclass(frozen=True)
class Row:
    """A host's row of the table. What is not known is None; of a ``partial`` queue some mails are not known."""

    worst: str | None
    rank: int
    counts: Counter[str]
    queue: int | None
    oldest: int | None
    partial: bool
    differences: int | None
    not_compared: int
    search: str


@dataclass(frozen=True)
class Host:
    """A host's page section."""

    number: int
    host: str
    status: str
    reason: str | None
    hint: str | None
    collected_at: str | None
    address: str | None
    read: list[str]
    section_count: int
    not_read: list[tuple[str, str, Mapping[str, Any]]]
    queue: list[tuple[str, str]]
    logs: list[tuple[str, list[tuple[str, str]]]]
    servers: str | None
    sparkline: str
    unread: int
    look: str
    findings: list[Finding]
    excepted: list[Finding]
    passed: list[str]
    not_applicable: list[str]
    drift: str
    drift_reason: str | None
    changes: list[Change]
    not_compared: list[Mapping[str, str]]
    row: Row


def host_view(index: int, host: Mapping[str, Any], rules: Mapping[str, tuple[int, str]], flow: Flow) -> Host:
    """A host of the report. ``rules`` are number and title of each rule by its id."""
    sections, verdicts = host["sections"], host["verdicts"]
    is_unread = host["status"] in NOT_JUDGED
    return Host(
        number=index,
        host=host["host"],
        status=host["status"],
        reason=words(host["reason"]) if host["reason"] else None,
        hint=(host["error"] or {}).get("hint"),
        collected_at=host["collected_at"],
        address=_address(host["server"]),
        read=[name for name, envelope in sections.items() if envelope["status"] == "ok"],
        section_count=len(sections),
        not_read=_not_read(sections),
        queue=_queue(sections.get("queue")),
        logs=[
            (name, _log(envelope))
            for name, envelope in sections.items()
            if name != "queue" and "total" in envelope and envelope["status"] == "ok"
        ],
        servers=_servers(host["servers"]),
        sparkline=sparkline(host, flow),
        unread=len(_of(verdicts, "unknown")) if is_unread else 0,
        look=_look(host),
        findings=[
            *_findings(_of(verdicts, "fail"), rules),
            *([] if is_unread else _findings(_of(verdicts, "unknown"), rules)),
        ],
        excepted=_findings(_of(verdicts, "excepted"), rules),
        passed=[_passed(verdict, rules) for verdict in _of(verdicts, "pass")],
        not_applicable=[rules[verdict["rule"]][1] for verdict in _of(verdicts, "not_applicable")],
        drift=host["drift"]["status"],
        drift_reason=host["drift"]["reason"],
        changes=[_change(difference) for difference in host["drift"]["differences"]],
        not_compared=host["drift"]["not_compared"],
        row=_row(host),
    )


def _look(host: Mapping[str, Any]) -> str:
    """What the edge of the section shows: how well the host was read, then how well it did."""
    if host["status"] != "ok":
        return str(host["status"])
    found = {verdict["verdict"] for verdict in host["verdicts"]}
    return next((kind for kind in ("fail", "unknown") if kind in found), "ok" if found else "unjudged")


def _of(verdicts: Sequence[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [verdict for verdict in verdicts if verdict["verdict"] == kind]


def _findings(verdicts: Sequence[Mapping[str, Any]], rules: Mapping[str, tuple[int, str]]) -> list[Finding]:
    return [
        Finding(
            verdict["verdict"],
            verdict["severity"],
            *rules[verdict["rule"]],
            expected=verdict["expected"],
            actual=None if verdict["actual"] is None else code(verdict["actual"]),
            message=words(verdict["message"]),
        )
        for verdict in sorted(verdicts, key=lambda verdict: -rank(verdict["severity"]))
    ]


def _passed(verdict: Mapping[str, Any], rules: Mapping[str, tuple[int, str]]) -> str:
    values = [f"expected: {verdict['expected']}"] if verdict["expected"] is not None else []
    values += [f"actual: {code(verdict['actual'])}"] if verdict["actual"] is not None else []
    return rules[verdict["rule"]][1] + (f" ({', '.join(values)})" if values else "")


def _change(difference: Mapping[str, Any]) -> Change:
    baseline, actual = difference_values(difference)
    return Change(words(difference["path"]), difference["severity"], baseline, actual, hidden=_looks_alike(difference))


def _looks_alike(difference: Mapping[str, Any]) -> bool:
    return bool(difference["kind"] == "changed" and code(difference["baseline"]) == code(difference["actual"]))


def _address(server: Mapping[str, Any] | None) -> str | None:
    if not server:
        return None
    return f"{'https' if server.get('https') else 'http'}://{server.get('host')}:{server.get('port')}"


def _not_read(sections: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Sections that were not read, those of the same hint together: names, status and error."""
    found: dict[tuple[str, str], tuple[list[str], Mapping[str, Any]]] = {}
    for name, envelope in sections.items():
        if envelope["status"] != "ok":
            error = envelope["error"] or {}
            key = (envelope["status"], str(error.get("name")))
            found.setdefault(key, ([], error))[0].append(name)
    return [(", ".join(names), status, error) for (status, _name), (names, error) in found.items()]


def _queue(envelope: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if envelope is None or envelope["status"] != "ok":
        status = "not gathered" if envelope is None else envelope["status"]
        return [("Waiting", f"unknown: the section queue is {status}")]
    summary = envelope["summary"] or {}
    lines = [("Waiting", number(envelope["total"]))]
    if envelope["total"] == 0:
        return lines
    return [
        *lines,
        ("By status", frequencies(summary.get("by_status")) + basis(envelope)),
        ("Oldest", "unknown" if summary.get("oldest_age_seconds") is None else _oldest(summary)),
        ("Frequent reasons", ranking(summary.get("top_reasons"))),
        ("Frequent destinations", ranking(summary.get("top_destinations"))),
    ]


def _oldest(summary: Mapping[str, Any]) -> str:
    at_least = "" if summary.get("complete") else "at least "
    return f"{at_least}{age(summary['oldest_age_seconds'])}, since {moment(summary.get('oldest'))}"


def _log(envelope: Mapping[str, Any]) -> list[tuple[str, str]]:
    summary = envelope["summary"] or {}
    lines = [("Rows", number(envelope["total"]))]
    if "by_type" in summary:
        lines.append(("By type", frequencies(summary["by_type"]) + basis(envelope)))
        lines.append(("Time", span(summary.get("oldest"), summary.get("newest")) + basis(envelope)))
    return lines


def _servers(servers: Sequence[Mapping[str, str | None]] | None) -> str | None:
    if servers is None:
        return None
    return "; ".join(
        f"{words(server['name'] or 'name unknown')}: {words(server['status'] or 'status unknown')}"
        + (f", {words(server['role'])}" if server["role"] else "")
        for server in servers
    )


def _row(host: Mapping[str, Any]) -> Row:
    verdicts, drift = host["verdicts"], host["drift"]
    found = [verdict for verdict in verdicts if verdict["verdict"] in ("fail", "unknown")]
    severest = worst(verdict["severity"] for verdict in found)
    words = [host["host"], STATUSES[host["status"]], host["reason"] or "", DRIFT_WORDS[drift["status"]]]
    return Row(
        worst=severest,
        rank=rank(severest),
        counts=Counter(verdict["verdict"] for verdict in verdicts),
        queue=queue_total(host),
        oldest=oldest_age(host),
        partial=is_partial(host, "queue"),
        differences=len(drift["differences"]) if drift["status"] in COMPARED else None,
        not_compared=len(drift["not_compared"]),
        search=" ".join([*words, *(verdict["rule"] for verdict in found)]).lower(),
    )
