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
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import drift, files, runs
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.last_good import last_good
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import READ, HostRecord, spare
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
    ThisRun,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import FINDINGS

# What can become of a host and of a finding since the last run.
HOST_CHANGES = ("appeared", "read", "back", "lost", "unread")
EXCEPTED = "excepted"
FINDING_CHANGES = ("new", "unknown", "open", EXCEPTED, "fixed", "known", "gone")

_MOST_NAMED = 5

# Over how many runs a line is drawn, this one included.
MOST_POINTS = 30

_FIRST_RUN = "There is no earlier run: this is the first one."
_UNREADABLE = "No earlier run can be read."
_TO_COME = "it is of a time to come"
_UNUSABLE = "What an earlier run read of this host cannot be used."
_NEVER_READ = "No earlier run has read this host."

_GOOD = ("ok", "unsupported")

Sections = Mapping[str, Mapping[str, Any]]


class Finding(NamedTuple):
    """That a rule failed, or could not be judged, and since which run. One that failed has not passed since."""

    verdict: str
    since: str


def _finding(before: Finding | None, verdict: str, run: str) -> Finding | None:
    """What a rule is in a run. That it cannot be judged any more, or is excepted for a time, does not mend it."""
    if verdict == EXCEPTED:
        return before
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
            self._draw(found, point)
        elif found.verdicts:  # of its last reading, the run of which may not be kept any more
            self.read, self.verdicts = found, found.verdict_of()
            self.findings = {rule: Finding(*finding) for rule, finding in found.findings.items()}

    def _draw(self, found: HostRun, point: int) -> None:
        for name, number in found.figures.items() if point >= 0 else ():
            values = self.values.setdefault(name, [])
            values.extend([None] * (point - len(values)))
            values.append(number)

    def line(self, figure: str, now: int | None, points: int) -> list[int | None]:
        """A figure in each of so many runs, and now."""
        values = self.values.get(figure, [])
        return [*values, *[None] * (points - len(values)), now]

    def _judged(self, stamp: str, found: HostRun) -> None:
        self.verdicts = found.verdict_of()
        findings = {rule: _finding(self.findings.get(rule), verdict, stamp) for rule, verdict in self.verdicts.items()}
        self.findings = {rule: finding for rule, finding in findings.items() if finding}


class History:
    """What the runs before this one found.

    Of hosts that are not read now, what this run knew already is passed on: another step of it, or an earlier report of
    it, may have read them. ``in_inventory`` tells of a host that is not in this run whether it might have been. Nothing
    is read before it is asked for.
    """

    def __init__(self, this: ThisRun, differ: drift.Differ, in_inventory: Callable[[str], bool]) -> None:
        self.this = this
        self.run = this.stamp
        self.unreadable = {run.path.name: _TO_COME for run in this.later() if run.stamp > this.now}
        self.is_past = any(run.stamp <= this.now for run in this.later())
        self._differ = differ
        self._in_inventory = in_inventory
        self._replaced, self._runs = this.replaced(), this.earlier()
        self._line = [each.stamp for each in self._runs[1 - MOST_POINTS :]]
        self._last: str | None = None
        self._loaded: tuple[str, Sections | None] = ("", None)
        self._passed_on: set[str] = set()

    @cached_property
    def _pasts(self) -> dict[str, Past]:
        """What the runs knew of each host."""
        pasts: dict[str, Past] = {}
        for point, run in enumerate(self._runs, len(self._line) - len(self._runs)):
            hosts = self._hosts_of(run)
            self._last = run.stamp if hosts is not None else self._last
            for host, found in (hosts or {}).items():
                pasts.setdefault(host, Past()).add(run, found, point)
        return pasts

    @cached_property
    def _same_run(self) -> list[tuple[RunFile, dict[str, HostRun]]]:
        """The runs that are replaced, and the hosts that they asked."""
        found = [(run, self._hosts_of(run)) for run in self._replaced]
        return [
            (run, {host: one for host, one in hosts.items() if one.asked}) for run, hosts in found if hosts is not None
        ]

    def _hosts_of(self, run: RunFile) -> dict[str, HostRun] | None:
        try:
            return run.hosts()
        except RunError as error:
            self.unreadable[run.path.name] = str(error)
            return None

    def _past(self, host: str, status: str) -> Past:
        """What was known of a host before this run; of one that is not read now, also what this run knew already."""
        past = self._pasts.setdefault(host, Past())
        if status not in READ and host not in self._passed_on:
            self._passed_on.add(host)
            for run, hosts in self._same_run:
                if host in hosts and hosts[host].status in READ:
                    past.add(run, hosts[host], -1)
        return past

    def compare(self, record: HostRecord) -> drift.Drift:
        """How a host differs from the last state of it that was read."""
        if record.status not in READ:
            return drift.Drift("unknown", f"The host was not read: {record.reason}", ())
        before = self._before(record)
        why = _NEVER_READ if self._last else _UNREADABLE if self.unreadable else _FIRST_RUN
        return spare(
            lambda: _of_settings(self._differ.compare(record, before, why)),
            lambda _error: drift.no_baseline(_UNUSABLE),
        )

    def _before(self, record: HostRecord) -> Sections | None:
        """The last good state of each section of a host; None where there is none that can be read."""
        if self._loaded[0] != record.host:
            self._loaded = record.host, self._load(record)
        return self._loaded[1]

    def _load(self, record: HostRecord) -> Sections | None:
        for run, place in reversed(self._past(record.host, record.status).states):
            try:
                return run.sections(record.host, place)
            except RunError as error:
                self.unreadable[run.path.name] = str(error)
        return None

    # ---------------------------------------------------------------------------------------------- what is reported

    def of_host(self, host: HostReport, changes: DriftReport) -> HostSinceLastRun:
        """What changed on a host. ``changes`` is what ``compare`` told."""
        past, is_read = self._past(host["host"], host["status"]), host["status"] in READ
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
        of_this_run = {host for _run, found in self._same_run for host in found}
        for host, past in sorted(self._pasts.items()):
            last, is_there = past.last, self._in_inventory(host)
            if host not in hosts | of_this_run and last and not last.gone and (last.asked or not is_there):
                yield {"host": host, "in_inventory": is_there, "last_read": last.read_at}

    # ---------------------------------------------------------------------------------------------------- what is kept

    def state(self, record: HostRecord) -> dict[str, Any]:
        """What the next run has to know of a host: of each section, the last good state without personal data."""
        state = record.mailplus if record.status in READ else None
        read_at, new = (state["collected_at"], state["sections"]) if state else (None, {})
        before = self._before(record) or {}
        found = spare(lambda: last_good(before, new, read_at), lambda _error: last_good({}, new, read_at))
        clean = self._differ.clean.of_state(record.mailplus)
        return {name: clean.section(name, found[name]) for name in sorted(found)}

    def hosts(self, report: Report) -> dict[str, HostRun]:
        """How this run found each host; of those that it left out, what earlier runs knew."""
        found = {host["host"]: self._host_run(host) for host in report["hosts"]}
        for _run, hosts in self._same_run:
            found = {host: replace(one, place=None) for host, one in hosts.items() if host not in found} | found
        for host, past in self._pasts.items():
            is_gone = not self._in_inventory(host)
            if host not in found and past.last and (past.read or not is_gone):
                found[host] = self._unread(past, past.last.status, asked=False, gone=is_gone)
        return found

    def _host_run(self, host: HostReport) -> HostRun:
        past = self._past(host["host"], host["status"])
        if host["status"] not in READ:
            return self._unread(past, host["status"])
        verdicts: dict[str, list[str]] = {}
        for verdict in host["verdicts"]:
            verdicts.setdefault(verdict["verdict"], []).append(verdict["rule"])
        figures = {name: number for name, number in host["figures"].items() if number is not None}
        return HostRun(host["status"], read_at=host["collected_at"], figures=figures, verdicts=verdicts)

    def _unread(self, past: Past, status: str, *, asked: bool = True, gone: bool = False) -> HostRun:
        """A host that was not read: what is known of its last reading is passed on, however many runs are kept."""
        read_at = past.last.read_at if past.last else None
        if gone or not past.read:
            return HostRun(status, asked=asked, gone=gone, read_at=read_at)
        findings = {rule: [*finding] for rule, finding in past.findings.items()}
        verdicts = {verdict: [*rules] for verdict, rules in past.read.verdicts.items()}
        return HostRun(status, asked, read_at=read_at, figures=past.read.figures, verdicts=verdicts, findings=findings)

    def left_out(self, report: Report) -> Iterator[HostRecord]:
        """The hosts of earlier runs that are not in this one, as hosts of which nothing was read."""
        known = {*self._pasts, *(host for _run, hosts in self._same_run for host in hosts)}
        for host in sorted(known - {each["host"] for each in report["hosts"]}):
            yield HostRecord(host, "not_gathered", None, None, None)


def is_quiet(report: Report) -> bool:
    """Whether there is nothing to tell since the last run: what is still as it was needs no new report."""
    fleet = report["since_last_run"]
    if fleet is None or fleet["last"] is None:
        return True
    hosts, findings = fleet["totals"]["hosts"], fleet["totals"]["findings"]
    moved = [hosts[change] for change in HOST_CHANGES if change not in ("read", "unread")]
    moved += [findings[change] for change in FINDING_CHANGES if change not in ("open", EXCEPTED)]
    return not any([*moved, fleet["totals"]["differences"], fleet["missing"]])


def without_times(report: Any, *, is_quiet: bool) -> Any:
    """A report without what passes from run to run while a fleet stays as it is, and where nothing changed without what
    is told of that. Raises LookupError, TypeError, AttributeError for what is no report.
    """
    hosts = [
        {**host, "since_last_run": None if is_quiet else _steady(host["since_last_run"])} for host in report["hosts"]
    ]
    fleet = None if is_quiet else _steady(report["since_last_run"])
    return {**report, "since_last_run": fleet, "hosts": hosts}


def _steady(changes: Any) -> Any:
    if not changes:
        return changes
    figures = [{**one, "line": None} for one in changes.get("figures", ()) if not files.is_time(one["name"])]
    return {**changes, "figures": figures, **dict.fromkeys(("run", "last", "line", "last_read"))}


@dataclass(frozen=True)
class Recording:
    """Keeps a run for later ones: ``add`` every host, then ``finish``.

    At most ``most`` runs are kept, of the last ``days`` where these are told.
    """

    history: History
    kept: Kept
    most: int
    days: float | None
    new: NewRun

    def add(self, record: HostRecord) -> None:
        """What is to know of a host. Raises OSError."""
        sections = spare(lambda: self.history.state(record), lambda _error: {})
        if sections:
            self.new.add(record.host, sections)

    def finish(self, report: Report) -> None:
        """Write the file of the run, in place of those that it replaces. Raises OSError.

        A report of what was read before a later run read it is no run of its own.
        """
        if self.history.is_past:
            self.new.close()
            return
        for record in self.history.left_out(report):
            self.add(record)
        directory = self.history.this.directory
        run, steps = runs.run_file(directory, self.history.run), self.kept.runs_of(directory)
        self.new.finish(run, self.history.hosts(report))
        self.kept.note_run(directory, run.stamp)
        for stamp in {*steps} - {run.stamp}:
            runs.run_file(directory, stamp).path.unlink(missing_ok=True)
        runs.prune(directory, run, self.most, self.days)


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

    def __init__(self, this: ThisRun, name: str, differ: drift.Differ) -> None:
        found = this.earlier()
        wanted = [run for run in found if run.stamp.startswith(name)]
        if not wanted:
            readable = [run.stamp for run in found[-_MOST_NAMED:] if _is_readable(run)]
            there = f"there are {', '.join(readable)}" if readable else "there is none"
            raise drift.BaselineError(f"baseline {name}: no such run is kept in {runs.place(this.directory)}; {there}.")
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
            before = self._run.sections(record.host, found.place) if found and found.place else None
        except RunError as error:
            why = f"In the run of {self._run.stamp}, {error}."
        return self._differ.compare(record, before, why)


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
    if finding and verdict == EXCEPTED:
        return EXCEPTED
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
