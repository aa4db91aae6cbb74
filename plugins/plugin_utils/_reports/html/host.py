# SPDX-License-Identifier: GPL-3.0-or-later
"""What the HTML report says of one host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Error, Server
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import Member
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.changes import of_host
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import COMPARED
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    DifferenceReport,
    FigureDefinition,
    HostReport,
    NotComparedReport,
    Report,
    SectionReport,
    VerdictReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.amounts import Cell, cell
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.tables import Table, host_tables
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.text import (
    DRIFT_WORDS,
    NOT_JUDGED,
    STATUSES,
    UNKNOWN,
    basis,
    difference_values,
    frequencies,
    rank,
    told,
    worst,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.timeline import Timeline, sparkline

# Of a host with more differences, the rest stand in a plain list.
TABLED_DIFFERENCES = 8

# More are in the files for programs.
MOST_DIFFERENCES = 20

# Of a host with more reasons for which sections were not read, the rest is folded.
MOST_REASONS = 5

# The names of more sections than these are not told where all is well.
_MOST_SECTIONS = 12

# What stands in a summary beside figures.
_OF_ROWS = ("rows", "complete")


@dataclass(frozen=True)
class Finding:
    """A verdict that somebody has to look at, or one that is excepted."""

    verdict: str
    severity: str
    fails: bool
    rule: int
    title: str
    expected: str | None
    actual: str | None
    message: str


@dataclass(frozen=True)
class Change:
    """A difference from the baseline. ``cut`` tells that the values look alike as far as they are shown."""

    path: str
    severity: str
    baseline: str
    actual: str
    cut: bool


@dataclass(frozen=True)
class Row:
    """A host's row of the table. What is not known is None."""

    worst: str | None
    rank: int
    counts: Counter[str]
    figures: list[tuple[FigureDefinition, Cell]]
    differences: int | None
    not_compared: int
    search: str


@dataclass(frozen=True)
class Pane:
    """What a section comes to: its figures, and the rest of its summary. ``lines`` are drawn rows over time.

    With ``several``, it is of several sections that come to one figure each.
    """

    title: str
    facts: list[tuple[str, str]]
    lines: list[tuple[Timeline, str]]
    several: bool = False


@dataclass(frozen=True)
class Host:
    """A host's page section."""

    number: int
    host: str
    status: str
    fails: bool
    reason: str | None
    hint: str | None
    collected_at: str | None
    address: str | None
    read: list[str]
    section_count: int
    not_read: list[tuple[str, str, Error | None]]
    panes: list[Pane]
    members: list[tuple[str, str | None]]
    tables: list[Table]
    unread: int
    look: str
    findings: list[Finding]
    excepted: list[Finding]
    passed: list[str]
    not_applicable: list[str]
    drift: str
    drift_reason: str | None
    changes: list[Change]
    since_last_run: list[str]
    not_compared: list[NotComparedReport]
    row: Row


@dataclass(frozen=True)
class Fleet:
    """What the sections of all hosts are made with: ``rules`` are number and title of each rule by its id, ``figures``
    those of each section by its name.
    """

    report: Report
    rules: Mapping[str, tuple[int, str]]
    figures: Mapping[str, Sequence[FigureDefinition]]
    timelines: Sequence[Timeline]
    columns: Sequence[FigureDefinition]


def host_view(index: int, host: HostReport, fleet: Fleet) -> Host:
    """A host of the report."""
    sections, rules = host["sections"], fleet.rules
    by_verdict: dict[str, list[VerdictReport]] = {}
    for verdict in host["verdicts"]:
        by_verdict.setdefault(verdict["verdict"], []).append(verdict)
    unknown, is_unread = by_verdict.get("unknown", []), host["status"] in NOT_JUDGED
    return Host(
        number=index,
        host=host["host"],
        status=host["status"],
        fails=host["fails"],
        reason=words(host["reason"]) if host["reason"] else None,
        hint=host["error"]["hint"] if host["error"] else None,
        collected_at=host["collected_at"],
        address=_address(host["server"]),
        read=[name for name, envelope in sections.items() if envelope["status"] == "ok"],
        section_count=len(sections),
        not_read=_not_read(sections),
        panes=list(_panes(host, fleet)),
        members=[(one["label"], _members(host["members"][one["name"]])) for one in fleet.report["members"]],
        tables=host_tables(index, host, fleet.report["tables"]),
        unread=len(unknown) if is_unread else 0,
        look=_look(host, by_verdict),
        findings=_findings([*by_verdict.get("fail", []), *([] if is_unread else unknown)], rules),
        excepted=_findings(by_verdict.get("excepted", []), rules),
        passed=[_passed(verdict, rules) for verdict in by_verdict.get("pass", [])],
        not_applicable=[rules[verdict["rule"]][1] for verdict in by_verdict.get("not_applicable", [])],
        drift=host["drift"]["status"],
        drift_reason=host["drift"]["reason"],
        changes=[_change(difference) for difference in host["drift"]["differences"]],
        since_last_run=of_host(host, fleet.report),
        not_compared=host["drift"]["not_compared"],
        row=_row(host, by_verdict, fleet),
    )


def names_of_read(host: Host) -> str:
    """The sections that were read, where these are few enough to read."""
    return ", ".join(host.read) if len(host.read) <= _MOST_SECTIONS else ""


def _look(host: HostReport, by_verdict: Mapping[str, object]) -> str:
    """What the edge of the section shows: how well the host was read, then how well it did."""
    if host["status"] != "ok":
        return host["status"]
    return next(
        (verdict for verdict in ("fail", "unknown") if verdict in by_verdict), "ok" if by_verdict else "unjudged"
    )


def _findings(verdicts: Sequence[VerdictReport], rules: Mapping[str, tuple[int, str]]) -> list[Finding]:
    """What failed, then what is unknown, the worst first."""
    return [
        Finding(
            verdict["verdict"],
            verdict["severity"],
            verdict["fails"],
            *rules[verdict["rule"]],
            expected=verdict["expected"],
            actual=verdict["actual_in_words"],
            message=words(verdict["message"]),
        )
        for verdict in sorted(verdicts, key=lambda verdict: (verdict["verdict"] != "fail", -rank(verdict["severity"])))
    ]


def _passed(verdict: VerdictReport, rules: Mapping[str, tuple[int, str]]) -> str:
    values = [f"expected: {verdict['expected']}"] if verdict["expected"] is not None else []
    values += [f"actual: {verdict['actual_in_words']}"] if verdict["actual_in_words"] is not None else []
    return rules[verdict["rule"]][1] + (f" ({', '.join(values)})" if values else "")


def _change(difference: DifferenceReport) -> Change:
    baseline, actual = difference_values(difference)
    alike = difference["kind"] == "changed" and baseline == actual
    return Change(words(difference["path"]), difference["severity"], baseline, actual, cut=alike)


def _address(server: Server | None) -> str | None:
    if not server:
        return None
    return f"{'https' if server.get('https') else 'http'}://{server.get('host')}:{server.get('port')}"


def _not_read(sections: Mapping[str, SectionReport]) -> list[tuple[str, str, Error | None]]:
    """Sections that were not read, those of the same hint together: names, status and error.

    A hint names the option that an account needs, so each option stands with its sections.
    """
    found: dict[tuple[str, ...], tuple[list[str], Error | None]] = {}
    for name, envelope in sections.items():
        if envelope["status"] != "ok":
            error = envelope["error"]
            key = (envelope["status"], error["name"], error["hint"]) if error else (envelope["status"],)
            found.setdefault(key, ([], error))[0].append(name)
    return [(", ".join(names), status, error) for (status, *_why), (names, error) in found.items()]


def _panes(host: HostReport, fleet: Fleet) -> Iterator[Pane]:
    """A pane a section that has figures or rows over time. Other rows and settings are in the files of the hosts.

    Sections that come to one figure stand together.
    """
    alone: list[tuple[str, str]] = []
    for name, envelope in host["sections"].items():
        figures = fleet.figures.get(name, [])
        of_section = [one for one in fleet.timelines if one.definition["section"] == name]
        lines = [(one, path) for one in of_section if (path := sparkline(host, one))]
        if envelope["status"] != "ok":
            facts = [(figure["label"], f"{UNKNOWN}: {envelope['status']}") for figure in figures]
        else:
            facts = list(_facts(host, name, figures)) if figures or lines else []
        if len(facts) == 1 and not lines:
            alone += facts
        elif facts:
            yield Pane(name.replace("_", " ").capitalize(), facts, lines)
    if alone:
        yield Pane("Other figures", alone, [], several=True)


def _facts(host: HostReport, section: str, figures: Sequence[FigureDefinition]) -> Iterator[tuple[str, str]]:
    """The figures of a section, what they are made of, and what else is in its summary."""
    told_already = {figure["path"] for figure in figures} | {by["path"] for figure in figures if (by := figure["by"])}
    for figure in figures:
        yield figure["label"], cell(host, figure, figures).text or UNKNOWN
        if figure["by"] and host["figures"][figure["name"]] != 0:
            counts = frequencies(host["breakdowns"][figure["name"]])
            yield f"By {figure['by']['label']}", counts + basis(host, section)
    summary = host["sections"][section]["summary"] or {}
    nothing_there = summary.get("rows") == 0 and summary.get("complete")
    for key, value in summary.items():
        if key not in _OF_ROWS and f"summary.{key}" not in told_already and not nothing_there:
            yield key.replace("_", " ").capitalize(), told(key, value)


def _members(members: Sequence[Member] | None) -> str | None:
    if members is None:
        return None
    return "; ".join(
        f"{words(member['name'] or 'name unknown')}: {words(member['status'] or 'status unknown')}"
        + (f", {words(member['role'])}" if member["role"] else "")
        for member in members
    )


def _row(host: HostReport, by_verdict: Mapping[str, Sequence[VerdictReport]], fleet: Fleet) -> Row:
    drift = host["drift"]
    found = [verdict for name in ("fail", "unknown") for verdict in by_verdict.get(name, ())]
    severest = worst(verdict["severity"] for verdict in found)
    looked_for = [host["host"], STATUSES[host["status"]], host["reason"] or "", DRIFT_WORDS[drift["status"]]]
    return Row(
        worst=severest,
        rank=rank(severest),
        counts=Counter({name: len(verdicts) for name, verdicts in by_verdict.items()}),
        figures=[(figure, cell(host, figure, fleet.report["figures"])) for figure in fleet.columns],
        differences=len(drift["differences"]) if drift["status"] in COMPARED else None,
        not_compared=sum(each["count"] for each in drift["not_compared"]),
        search=" ".join([*looked_for, *(verdict["rule"] for verdict in found)]).lower(),
    )
