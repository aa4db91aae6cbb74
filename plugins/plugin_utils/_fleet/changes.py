# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed since the last run, over the fleet: what the formats for people show of it, and in which words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    FigureDefinition,
    HostReport,
    HostSinceLastRun,
    Report,
    SinceLastRun,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import ABSENT, age, amount, code, counted
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import sides as sides_of

UNREADABLE = "No earlier run can be read"
FIRST_RUN = "This is the first run that is kept: the next one tells what changed."

# What became of hosts; those that were read then and now are not told.
HOST_WORDS: Mapping[str, str] = {
    "lost": "not read any more",
    "unread": "still not read",
    "back": "read again",
    "appeared": "new",
    "left_out": "not asked",
    "vanished": "gone from the inventory",
}
# Rules are named by what they require, so of each it is told whether it fails.
FINDING_WORDS: Mapping[str, str] = {
    "new": "newly failed",
    "unknown": "unknown now",
    "fixed": "fixed",
    "known": "known again",
    "gone": "not judged any more",
    "open": "still open",
    "excepted": "excepted",
}


class OfHost(NamedTuple):
    """A host, by its number in the report (None where it is not in it), and what is to say of it."""

    number: int | None
    host: str
    text: str


@dataclass
class OfSetting:
    """A path whose value changed on some hosts."""

    path: str
    hosts: list[OfHost] = field(default_factory=list)


@dataclass
class OfFinding:
    """A rule that came to the same change on some hosts. Where it is still open, the text says since when."""

    change: str
    rule: str
    title: str
    hosts: list[OfHost] = field(default_factory=list)


@dataclass
class OfFigure:
    """A figure that changed on some hosts, with the host where it changed most."""

    figure: FigureDefinition
    up: int = 0
    down: int = 0
    other: int = 0
    most: OfHost | None = None
    line: Sequence[int | None] = ()
    step: int = -1


@dataclass(frozen=True)
class Changes:
    """What changed. Hosts that were read then and now, in which nothing changed, are not in it."""

    sentence: str
    hosts: list[tuple[str, list[OfHost]]]
    settings: list[OfSetting]
    findings: list[OfFinding]
    figures: list[OfFigure]
    unreadable: list[str]


def changes(report: Report) -> Changes | None:
    """What changed over the fleet; None where no runs are kept."""
    fleet = report["since_last_run"]
    if fleet is None:
        return None
    told = [(place, host, host["since_last_run"]) for place, host in enumerate(report["hosts"], 1)]
    found = [(place, host, one) for place, host, one in told if one]
    return Changes(
        sentence=sentence(fleet),
        hosts=list(_hosts(found, fleet)) if fleet["last"] else [],
        settings=_settings(found),
        findings=_findings(found, {rule["id"]: rule["title"] for rule in report["rules"]}),
        figures=_figures(found, report["figures"]),
        unreadable=[f"{one['file']}: {one['reason']}" for one in fleet["unreadable"]],
    )


def of_host(host: HostReport, report: Report) -> list[str]:
    """What changed on a host since it was last read, a line each; nothing where no earlier run read it."""
    one, fleet = host["since_last_run"], report["since_last_run"]
    if not one or not fleet or not one["last_read"]:
        return []
    found = [(1, host, one)]
    titles = {rule["id"]: rule["title"] for rule in report["rules"]}
    word = HOST_WORDS.get(one["change"])
    lines = [f"{word}, {_last_read(one['last_read'], fleet['run'])}"] if word else []
    lines += [f"{each.path}: {each.hosts[0].text}" for each in _settings(found)]
    for each in _findings(found, titles):
        since = f", {each.hosts[0].text}" if each.hosts[0].text else ""
        lines.append(f"{FINDING_WORDS[each.change]}{since}: {each.title}")
    figures = _figures(found, report["figures"])
    return lines + [f"{each.figure['label']}: {each.most.text}" for each in figures if each.most]


def sentence(fleet: SinceLastRun) -> str:
    """What changed over the fleet, in a sentence."""
    damaged = counted(len(fleet["unreadable"]), "file of earlier runs", "files of earlier runs")
    if fleet["last"] is None:
        return f"{UNREADABLE}: {damaged} cannot be read." if fleet["unreadable"] else FIRST_RUN
    totals, findings = fleet["totals"], fleet["totals"]["findings"]
    where = f" on {counted(totals['changed'], 'host')}" if totals["differences"] else ""
    parts = [f"{counted(totals['differences'], 'setting or entry', 'settings or entries')} changed{where}"]
    parts.append(_counts("findings", {word: findings[name] for name, word in FINDING_WORDS.items()}))
    vanished = sum(not one["in_inventory"] for one in fleet["missing"])
    missing = {"vanished": vanished, "left_out": len(fleet["missing"]) - vanished}
    parts.append(_counts("hosts", {word: (totals["hosts"] | missing)[name] for name, word in HOST_WORDS.items()}))
    parts.append(f"{damaged} cannot be read" if fleet["unreadable"] else "")
    return f"Since the run of {day_and_time(fleet['last'])}: {'; '.join(filter(None, parts))}."


def _counts(what: str, counts: Mapping[str, int]) -> str:
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f"{what}: {told}" if told else ""


def moved(figure: OfFigure) -> str:
    """On how many hosts a figure went up or down, and where most."""
    counts = {"up": figure.up, "down": figure.down, "known or unknown since": figure.other}
    where = ", ".join(f"{word} on {counted(count, 'host')}" for word, count in counts.items() if count)
    return f"{where}; {figure.most.host}: {figure.most.text}" if figure.most else where


def day_and_time(stamp: str) -> str:
    """The time of a run as people read it."""
    moment = read_time(stamp)
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else stamp


Told = tuple[int, HostReport, HostSinceLastRun]


def _hosts(found: Sequence[Told], fleet: SinceLastRun) -> Iterator[tuple[str, list[OfHost]]]:
    by_change: dict[str, list[OfHost]] = {name: [] for name in HOST_WORDS}
    for number, host, one in found:
        if one["change"] in by_change:
            by_change[one["change"]].append(OfHost(number, host["host"], _last_read(one["last_read"], fleet["run"])))
    for missing in fleet["missing"]:
        change = "left_out" if missing["in_inventory"] else "vanished"
        by_change[change].append(OfHost(None, missing["host"], _last_read(missing["last_read"], fleet["run"])))
    return ((HOST_WORDS[name], hosts) for name, hosts in by_change.items() if hosts)


def _last_read(stamp: str | None, now: str) -> str:
    then, moment = read_time(stamp), read_time(now)
    if then is None or moment is None or stamp is None:
        return "never read before"
    return f"last read {day_and_time(stamp)}, {age(max(0, int((moment - then).total_seconds())))} ago"


def _settings(found: Sequence[Told]) -> list[OfSetting]:
    by_path: dict[str, OfSetting] = {}
    for number, host, one in found:
        for difference in one["differences"]["differences"]:
            before, now = (side if side is ABSENT else code(side) for side in sides_of(difference))
            setting = by_path.setdefault(difference["path"], OfSetting(difference["path"]))
            setting.hosts.append(OfHost(number, host["host"], f"{before} \N{RIGHTWARDS ARROW} {now}"))
    return [by_path[path] for path in sorted(by_path)]


def _findings(found: Sequence[Told], titles: Mapping[str, str]) -> list[OfFinding]:
    by_rule: dict[tuple[int, str], OfFinding] = {}
    for number, host, one in found:
        for finding in one["findings"]:
            change, rule = finding["change"], finding["rule"]
            key = ([*FINDING_WORDS].index(change), rule)
            of_rule = by_rule.setdefault(key, OfFinding(change, rule, titles.get(rule, rule)))
            since = "" if change in ("new", "unknown") else f"since {day_and_time(finding['since'])}"
            of_rule.hosts.append(OfHost(number, host["host"], since))
    return [by_rule[key] for key in sorted(by_rule)]


def _figures(found: Sequence[Told], definitions: Sequence[FigureDefinition]) -> list[OfFigure]:
    by_name = {definition["name"]: OfFigure(definition) for definition in definitions}
    for number, host, one in found:
        for change in one["figures"]:
            figure, before, now = by_name[change["name"]], change["before"], change["now"]
            if amount(before, figure.figure["unit"]) == amount(now, figure.figure["unit"]):
                continue  # a few seconds
            if before is None or now is None:
                figure.other += 1
            else:
                figure.up += now > before
                figure.down += now < before
            step = 0 if before is None or now is None else abs(now - before)
            if step > figure.step:
                unit = figure.figure["unit"]
                text = f"{amount(before, unit)} \N{RIGHTWARDS ARROW} {amount(now, unit)}"
                figure.most, figure.line, figure.step = OfHost(number, host["host"], text), change["line"], step
    return [figure for figure in by_name.values() if figure.most]
