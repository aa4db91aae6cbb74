# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed since the last run, and what the next one has to know of this one.

A run is known by the time at which its newest host was read. So a report that is made once more of what one run read
is of the same run: it is compared with the one before, and takes the place of the first.

What could not be read never takes the place of what was: of each host, the last good state of each section is passed
on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import drift, runs
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HostRecord,
    spare,
    unusable,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    DriftReport,
    FigureChange,
    FindingChange,
    HostReport,
    HostSinceLastRun,
    MissingHost,
    Report,
    SinceLastRun,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.runs import (
    HostRun,
    NewRun,
    RunError,
    RunFile,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import FINDINGS

# What can become of a host and of a finding since the last run.
HOST_CHANGES = ("appeared", "read", "back", "lost", "unread")
FINDING_CHANGES = ("new", "unknown", "open", "fixed", "known", "gone")

_MOST_NAMED = 5

# Over how many runs a line is drawn, this one included.
MOST_POINTS = 30

_FIRST_RUN = "There is no earlier run: this is the first one."
_UNREADABLE = "No earlier run can be read."
_NEVER_READ = "No earlier run has read this host."

# Of other hosts, a run knows nothing that could be compared.
READ = ("ok", "partial")

# What is configuration, and so is kept to be compared.
_KEPT = (Kind.SETTINGS, Kind.ENTRIES)
_GOOD = ("ok", "unsupported")

Sections = Mapping[str, Mapping[str, Any]]


class Finding(NamedTuple):
    """That a rule failed, or could not be judged, and since which run. One that failed has not passed since."""

    verdict: str
    since: str


def _finding(before: Finding | None, verdict: str, run: str) -> Finding | None:
    """What a rule is in a run. That it cannot be judged any more does not mend it."""
    if verdict not in FINDINGS:
        return None
    return before if before and verdict in (before.verdict, "unknown") else Finding(verdict, run)


@dataclass
class Past:
    """What earlier runs knew of a host."""

    last: HostRun | None = None
    """The last run that knew it."""
    read: HostRun | None = None
    """The last run that read it."""
    states: list[tuple[RunFile, Sequence[int]]] = field(default_factory=list)
    """Where its states are, oldest first."""
    verdicts: dict[str, str] = field(default_factory=dict)
    """By rule, the verdict of the last run that read it."""
    findings: dict[str, Finding] = field(default_factory=dict)
    """By rule, what that run found."""
    values: dict[str, list[int | None]] = field(default_factory=dict)
    """By figure, what it was in the runs of the line, up to the last one that knew it."""

    def add(self, run: RunFile, found: HostRun, point: int) -> None:
        """Take account of a later run, which is at a ``point`` of the line, or before it where that is negative."""
        self.last = found
        if found.place is not None:
            self.states.append((run, found.place))
        if found.asked and found.status in READ:
            self.read = found
            self._judged(run.stamp, found)
        for name, number in found.figures.items() if point >= 0 else ():
            values = self.values.setdefault(name, [])
            values.extend([None] * (point - len(values)))
            values.append(number)

    def line(self, figure: str, now: int | None, points: int) -> list[int | None]:
        """A figure in each of so many runs, and now."""
        values = self.values.get(figure, [])
        return [*values, *[None] * (points - len(values)), now]

    def _judged(self, stamp: str, found: HostRun) -> None:
        self.verdicts = {rule: verdict for verdict, rules in found.verdicts.items() for rule in rules}
        findings = {rule: _finding(self.findings.get(rule), verdict, stamp) for rule, verdict in self.verdicts.items()}
        self.findings = {rule: finding for rule, finding in findings.items() if finding}


class History:
    """The runs before ``run`` that wrote into ``directory``. ``own`` is one to leave out, since this run replaces it.

    ``in_inventory`` tells of a host that is not in this run whether it might have been. Nothing is read before it is
    asked for.
    """

    def __init__(
        self, directory: Path, run: str, differ: drift.Differ, in_inventory: Callable[[str], bool], own: str | None
    ) -> None:
        self.run = run
        self.unreadable: dict[str, str] = {}
        self._differ = differ
        self._in_inventory = in_inventory
        self._runs = [each for each in runs.run_files(directory) if each.stamp < run and each.stamp != own]
        self._line = [each.stamp for each in self._runs[1 - MOST_POINTS :]]
        self._last: str | None = None
        self._loaded: tuple[str, Sections | None] = ("", None)

    @cached_property
    def _pasts(self) -> dict[str, Past]:
        """What the runs knew of each host."""
        pasts: dict[str, Past] = {}
        for point, run in enumerate(self._runs, len(self._line) - len(self._runs)):
            try:
                hosts = run.hosts()
            except RunError as error:
                self.unreadable[run.path.name] = str(error)
                continue
            self._last = run.stamp
            for host, found in hosts.items():
                pasts.setdefault(host, Past()).add(run, found, point)
        return pasts

    def compare(self, record: HostRecord) -> drift.Drift:
        """How a host differs from the last state of it that was read."""
        before = self._before(record.host)
        why = _NEVER_READ if self._last else _UNREADABLE if self.unreadable else _FIRST_RUN
        return _of_settings(self._differ.compare(record, before, why))

    def _before(self, host: str) -> Sections | None:
        """The last good state of each section of a host; None where there is none that can be read."""
        if self._loaded[0] != host:
            self._loaded = host, self._load(host)
        return self._loaded[1]

    def _load(self, host: str) -> Sections | None:
        for run, place in reversed(self._pasts.get(host, Past()).states):
            try:
                return run.sections(place)
            except RunError as error:
                self.unreadable[run.path.name] = str(error)
        return None

    # ---------------------------------------------------------------------------------------------- what is reported

    def of_host(self, host: HostReport, changes: DriftReport) -> HostSinceLastRun:
        """What changed on a host. ``changes`` is what ``compare`` told."""
        past, is_read = self._pasts.get(host["host"], Past()), host["status"] in READ
        verdicts = {one["rule"]: one["verdict"] for one in host["verdicts"]}
        changed = _finding_changes(past, verdicts, self.run) if is_read else _still_open(past, verdicts)
        return {
            "change": _host_change(past.last, host["status"]),
            "status_before": past.last.status if past.last else None,
            "last_read": past.last.read_at if past.last else None,
            "differences": changes,
            "findings": list(changed) if past.read else [],
            "figures": list(self._figure_changes(past, host["figures"])) if past.read and is_read else [],
        }

    def _figure_changes(self, past: Past, figures: Mapping[str, int | None]) -> Iterator[FigureChange]:
        before = past.read.figures if past.read else {}
        for name, number in figures.items():
            if number != before.get(name):
                line = past.line(name, number, len(self._line))
                yield {"name": name, "before": before.get(name), "now": number, "line": line}

    def of_fleet(self, hosts: Sequence[HostReport]) -> SinceLastRun:
        """What changed on all hosts, and which of the last run are not among them."""
        told = [host["since_last_run"] for host in hosts if host["since_last_run"]]
        findings = Counter(change["change"] for one in told for change in one["findings"])
        changes = Counter(one["change"] for one in told)
        return {
            "run": self.run,
            "last": self._last,
            "line": [*self._line, self.run],
            "unreadable": [{"file": name, "reason": reason} for name, reason in sorted(self.unreadable.items())],
            "missing": list(self._missing({host["host"] for host in hosts})),
            "totals": {
                "hosts": {change: changes[change] for change in HOST_CHANGES},
                "changed": sum(bool(one["differences"]["differences"]) for one in told),
                "differences": sum(len(one["differences"]["differences"]) for one in told),
                "findings": {change: findings[change] for change in FINDING_CHANGES},
            },
        }

    def _missing(self, hosts: set[str]) -> Iterator[MissingHost]:
        for host, past in sorted(self._pasts.items()):
            last, is_there = past.last, self._in_inventory(host)
            if host not in hosts and last and not last.gone and (last.asked or not is_there):
                yield {"host": host, "in_inventory": is_there, "last_read": last.read_at}

    # ---------------------------------------------------------------------------------------------------- what is kept

    def state(self, record: HostRecord) -> dict[str, Any]:
        """What the next run has to know of a host: of each section, the last good state without personal data."""
        old = {name: one for name, one in (self._before(record.host) or {}).items() if name in BY_NAME}
        state = record.mailplus if record.status in READ else None
        read_at = state["collected_at"] if state else None
        new = state["sections"] if state else {}
        kept = {name: one for name, one in new.items() if name in BY_NAME and BY_NAME[name].kind in _KEPT}
        fresh = {name: {**one, "summary": None, "read_at": read_at} for name, one in kept.items()}
        found = {name: _good(old.get(name), fresh.get(name)) for name in sorted({*old, *fresh})}
        clean = self._differ.clean.of_state(record.mailplus)
        return {name: clean.section(name, one) for name, one in found.items()}

    def hosts(self, report: Report) -> dict[str, HostRun]:
        """How this run found each host; of those that it left out, what earlier runs knew."""
        found = {host["host"]: self._host_run(host) for host in report["hosts"]}
        for host, past in self._pasts.items():
            is_gone = not self._in_inventory(host)
            if host not in found and past.last and (past.read or not is_gone):
                status, read_at = past.last.status, past.last.read_at
                found[host] = HostRun(status, asked=False, gone=is_gone, read_at=read_at)
        return found

    def _host_run(self, host: HostReport) -> HostRun:
        past = self._pasts.get(host["host"], Past())
        if host["status"] not in READ:
            return HostRun(host["status"], read_at=past.last.read_at if past.last else None)
        verdicts: dict[str, list[str]] = {}
        for verdict in host["verdicts"]:
            verdicts.setdefault(verdict["verdict"], []).append(verdict["rule"])
        figures = {name: number for name, number in host["figures"].items() if number is not None}
        return HostRun(host["status"], read_at=host["collected_at"], figures=figures, verdicts=verdicts)

    def left_out(self, report: Report) -> Iterator[HostRecord]:
        """The hosts of earlier runs that are not in this one, as hosts of which nothing was read."""
        for host in sorted({*self._pasts} - {each["host"] for each in report["hosts"]}):
            yield HostRecord(host, "not_gathered", None, None, None)


def is_quiet(report: Report) -> bool:
    """Whether there is nothing to tell since the last run: what is still as it was needs no new report."""
    fleet = report["since_last_run"]
    if fleet is None or fleet["last"] is None:
        return True
    hosts, findings = fleet["totals"]["hosts"], fleet["totals"]["findings"]
    moved = [hosts[change] for change in HOST_CHANGES if change not in ("read", "unread")]
    moved += [findings[change] for change in FINDING_CHANGES if change != "open"]
    return not any([*moved, fleet["totals"]["differences"], fleet["missing"]])


@dataclass(frozen=True)
class Recording:
    """Keeps a run for later ones: ``add`` every host, then ``finish``.

    At most ``most`` runs are kept, of the last ``days`` where these are told.
    """

    history: History
    directory: Path
    kept: Kept
    most: int
    days: float | None
    new: NewRun

    def add(self, record: HostRecord) -> None:
        """What is to know of a host. Raises OSError."""
        state = self.history.state
        sections = spare(lambda: state(record), lambda error: state(unusable(record.host, error)))
        if sections:
            self.new.add(record.host, sections)

    def finish(self, report: Report) -> None:
        """Write the file of the run, in place of one that an earlier step of the same run wrote. Raises OSError."""
        for record in self.history.left_out(report):
            self.add(record)
        run, before = self.history.run, self.kept.run_of(self.directory)
        self.new.finish(runs.run_file(self.directory, run), self.history.hosts(report))
        self.kept.note_run(self.directory, run)
        if before and before != run:
            runs.run_file(self.directory, before).path.unlink(missing_ok=True)
        runs.prune(self.directory, self.most, self.days)


def _is_readable(run: RunFile) -> bool:
    try:
        run.hosts()
    except RunError:
        return False
    return True


class NamedRun:
    """An earlier run to compare with, by its time, or by its day: then it is the last one of that day.

    Raises BaselineError.
    """

    def __init__(self, directory: Path, name: str, differ: drift.Differ) -> None:
        found = runs.run_files(directory)
        wanted = [run for run in found if run.stamp.startswith(name)]
        if not wanted:
            readable = [run.stamp for run in found[-_MOST_NAMED:] if _is_readable(run)]
            there = f"there are {', '.join(readable)}" if readable else "there is none"
            raise drift.BaselineError(f"baseline {name}: no such run is kept in {runs.place(directory)}; {there}.")
        self._run, self._differ = wanted[-1], differ
        try:
            self._hosts = self._run.hosts()
        except RunError as error:
            raise drift.BaselineError(f"baseline {name}: {self._run.path}: {error}.") from None

    def compare(self, record: HostRecord) -> drift.Drift:
        """How a host differs from what was known of it in that run."""
        found, before = self._hosts.get(record.host), None
        why = f"The run of {self._run.stamp} has no state of this host."
        try:
            before = self._run.sections(found.place) if found and found.place else None
        except RunError as error:
            why = f"In the run of {self._run.stamp}, {error}."
        return self._differ.compare(record, before, why)


def _good(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The last good state of a section. Of one that is read for every entry of another, that of each entry."""
    if new is None or (old is not None and new["data"] is None and new["status"] not in _GOOD):
        return old or {}
    if old is None or new["status"] in _GOOD or not old.get("each") or not new.get("each"):
        return new
    unread = [name for name, one in new["each"].items() if one["status"] not in _GOOD and name in old["each"]]
    return {
        **new,
        "each": {**new["each"], **{name: old["each"][name] for name in unread}},
        "data": {**(new["data"] or {}), **{name: (old["data"] or {}).get(name) for name in unread}},
    }


def _host_change(last: HostRun | None, status: str) -> str:
    if last is None or last.gone:
        return "appeared"
    was_read = last.status in READ
    if status in READ:
        return "read" if was_read else "back"
    return "lost" if was_read else "unread"


def _finding_changes(past: Past, verdicts: Mapping[str, str], run: str) -> Iterator[FindingChange]:
    """Rules that are findings, or were. One that has no verdict any more, or another than pass, is not fixed."""
    for rule in [*verdicts, *sorted({*past.findings} - {*verdicts})]:
        before, verdict = past.findings.get(rule), verdicts.get(rule)
        finding = _finding(before, verdict or "", run)
        if finding or before:
            change = _finding_change(before, finding, verdict)
            since = (finding or before or Finding("", run)).since
            yield {"rule": rule, "change": change, "before": past.verdicts.get(rule), "now": verdict, "since": since}


def _finding_change(before: Finding | None, finding: Finding | None, verdict: str | None) -> str:
    if finding:
        return "open" if finding is before else "new" if verdict == "fail" else "unknown"
    if verdict != "pass":
        return "gone"
    return "known" if before and before.verdict == "unknown" else "fixed"


def _still_open(past: Past, verdicts: Mapping[str, str]) -> Iterator[FindingChange]:
    """The findings of a host that was not read: none of them has passed."""
    for rule, finding in past.findings.items():
        before, now = past.verdicts[rule], verdicts.get(rule)
        yield {"rule": rule, "change": "open", "before": before, "now": now, "since": finding.since}


def _of_settings(found: drift.Drift) -> drift.Drift:
    """Without the sections that cannot be read any more: these are among what was not compared."""
    kept = [one for one in found.differences if one.path.partition(".")[2] != "status" or one.actual in _GOOD]
    if len(kept) == len(found.differences):
        return found
    return replace(found, differences=kept, status="different" if kept else "partial")
