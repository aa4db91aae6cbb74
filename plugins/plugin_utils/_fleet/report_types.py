# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the fleet report, which is the content of report.json.

The text under each key is its documentation: what the schema says of it is made from here. What servers sent, and is
only shown, is an ``object``.
"""

from __future__ import annotations

from typing import Literal, TypedDict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import (
    Error,
    OfEach,
    OfLists,
    OfOtherTypes,
    Server,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    Amount,
    Count,
    Hour,
    Member,
    Moment,
    Summary,
)


class BreakdownDefinition(TypedDict):
    """What a figure is made of."""

    label: str
    """What the counts are by, such as status."""
    path: str
    """Where the counts stand in the envelope of the section."""
    metric: str
    """The metric of Prometheus with the counts."""
    complete: str
    """The metric that tells whether the counts rest on all rows."""


class FigureDefinition(TypedDict):
    """What a figure of the hosts is."""

    name: str
    """Its name, once in a report."""
    section: str
    """The section that it is taken from."""
    label: str
    """What it tells, in a few words."""
    unit: str
    """Seconds, days that are left, bytes, percent, or what is counted."""
    path: str
    """Where it stands in the envelope of the section. What is below summary rests on the rows that were read,
    each.total is the sum over all entries, and tables.TABLE.COLUMN the worst in a column of a table."""
    brief: bool
    """Whether it is in the line that sums up a host."""
    metric: str
    """Its metric of Prometheus. Where figures of several sections share it, each has its section as a label."""
    known: str | None
    """The metric that tells whether there is a number; null where there is none."""
    by: BreakdownDefinition | None
    """What it is made of; null where nothing tells."""


class TimelineDefinition(TypedDict):
    """What a timeline of the hosts is."""

    name: str
    """Its name, once in a report."""
    label: str
    """What it tells, in a few words."""
    section: str
    """The section whose rows it counts."""


class MembersDefinition(TypedDict):
    """What things with a state the hosts have."""

    name: str
    """Their name, once in a report."""
    label: str
    """What they are, in a few words."""
    group: str
    """What several of them are together."""
    section: str
    """The section that names them."""
    groups: list[list[str]]
    """Hosts that are known to be such things of one group, by their names: each names the others, and itself."""


class ColumnDefinition(TypedDict):
    """A column."""

    name: str
    """Its name, once in a table."""
    label: str
    """What it tells, in a few words."""
    unit: str
    """Seconds, days that are left, bytes or percent; empty where the cells are no such numbers."""


class TableDefinition(TypedDict):
    """What a table of the hosts is."""

    name: str
    """Its name, once in a report."""
    label: str
    """What its rows are, in a few words."""
    of: list[str]
    """The sections that it is made of."""
    columns: list[ColumnDefinition]
    """Its columns."""
    worst: str | None
    """The column by which the worst rows are told; null where rows are not better or worse."""


class TableRows(TypedDict):
    """A table."""

    status: str
    """Whether what it is made of was read."""
    rows: list[dict[str, object]] | None
    """Its rows, by the names of the columns; a cell is null where it is unknown. Null where the rows are not known."""


class UnknownOf(TypedDict):
    """Hosts of which something is not known, for the same reason."""

    reason: str
    """Why it is not known."""
    hosts: list[str]
    """Their names."""


class ViewReport(TypedDict):
    """A table over all hosts, such as the reasons for which mails wait."""

    name: str
    """Its name, once in a report."""
    label: str
    """What its rows are, in a few words."""
    of: list[str]
    """The sections that it is made of."""
    columns: list[ColumnDefinition]
    """Its columns."""
    brief: bool
    """Whether it is in what a run prints."""
    rows: list[dict[str, object]]
    """Its first rows, by the names of the columns; a cell is null where it is unknown."""
    left_out: Count
    """How many further rows there are."""
    hosts: Count
    """Of how many hosts it is made."""
    partial: Count
    """Of how many of these not all is in it, since some rows were not read, or only the most frequent were told."""
    unknown: list[UnknownOf]
    """The hosts of which nothing is in it, most first."""


class RuleReport(TypedDict):
    """A rule."""

    id: str
    """Its name, once in a report."""
    title: str
    """What it requires, in a few words."""
    severity: str
    """How severe it is where no host has overridden it."""
    policy: str
    """The policy it stands in."""
    why: str
    """Why it matters."""
    remedy: str
    """How to mend it."""
    reference: str
    """What it rests on."""
    link: str | None
    """Where the HTML report tells of it, as a path from the directory of this file; null where none is written."""


class NotConfigured(TypedDict):
    """A rule that nobody can judge until the user tells more. It has no verdict on the hosts that this is about."""

    rule: str
    """The id of the rule."""
    section: str
    """The section that it is about."""
    gathered: bool
    """Whether any host was asked for that section."""
    path_variable: str | None
    """The entry of mailplus_state_paths that has to hold the path of the setting; null where the path is known."""
    hosts: Count
    """On how many hosts it could not be judged."""
    remedy: str
    """What to do, so that it can be judged."""


class SwitchedOff(TypedDict):
    """A rule that the user switched off. It has no verdict on the hosts that this is about."""

    rule: str
    """The id of the rule."""
    hosts: Count
    """On how many hosts it is switched off."""


class LimitsReport(TypedDict):
    """What fails the run. A word that is no severity means that nothing does."""

    fail_severity: str
    """The least severity at which a failed rule or a difference fails the run."""
    fail_unknown_severity: str
    """The least severity at which an unknown rule fails the run."""
    fail_on_error: bool
    """Whether a host that was not read fails the run."""


class VerdictReport(TypedDict):
    """What a rule comes to on a host."""

    rule: str
    """The id of the rule."""
    severity: str
    """The severity that holds for this host."""
    verdict: str
    """Unknown is never pass."""
    fails: bool
    """Whether it fails the run. What is unknown of a host that was not read does not: the host does."""
    expected: str | None
    """The condition in words, or the expression; null where it was not looked at."""
    actual: object
    """The value that was found; of a list or mapping, how much it holds; null where none was."""
    unit: str
    """The unit of the actual value: seconds, days, bytes, percent, ratio, time, items or keys. Empty where none is
    known."""
    actual_in_words: str | None
    """The actual value as people say it in its unit, or as JSON where none is known; null where none was found."""
    message: str
    """The verdict as a sentence."""
    path: str | None
    """Where the actual value stands, beginning with the section; null where nothing was looked up."""


class DifferenceReport(TypedDict):
    """A difference."""

    path: str
    """Where it is, beginning with the section."""
    kind: str
    """added: the baseline does not have it; removed: the host does not have it."""
    severity: str
    """How severe it is."""
    fails: bool
    """Whether it fails the run."""
    baseline: object
    """The value in the baseline; null where it is added."""
    actual: object
    """The value on the host; null where it is removed."""


class NotComparedReport(TypedDict):
    """A section or value."""

    path: str
    """Where it is, beginning with the section. It ends in C(.*) where it stands for many of a section."""
    reason: str
    """Why it was not compared."""
    count: Count
    """How many sections or values it stands for."""


class DriftReport(TypedDict):
    """How a host differs from the baseline."""

    status: str
    """same: all was compared and is the same; partial: what was compared is the same, the rest was not compared;
    unknown: the host was not read; not_compared: there is nothing to compare with."""
    reason: str | None
    """Why it is unknown or not compared; null where it is neither."""
    differences: list[DifferenceReport]
    """All differences that are not ignored, in the order of their paths."""
    not_compared: list[NotComparedReport]
    """Sections and values of which nobody can tell whether they differ."""


class FindingChange(TypedDict):
    """A rule that is a finding, failed or unknown, or was one."""

    rule: str
    """The id of the rule."""
    change: str
    """new: it fails now; unknown: it cannot be judged any more; open: it was a finding, and has not passed; fixed: it
    failed, and passes now; known: it was unknown, and passes now; gone: it has no verdict any more, or another."""
    before: str | None
    """The verdict when the host was last read; null where the rule had none."""
    now: str | None
    """The verdict now; null where it has none."""
    since: Moment
    """The run since which it is a finding, or was. One that failed, and then was unknown, is open since it failed."""


class FigureChange(TypedDict):
    """A figure that is not what it was."""

    name: str
    """The name of the figure."""
    before: Amount | None
    """What it was when the host was last read; null where it was unknown."""
    now: Amount | None
    """What it is; null where it is unknown."""
    line: list[Amount | None]
    """What it was in each run of the fleet's C(line); null where it is unknown."""


class HostSinceLastRun(TypedDict):
    """What changed on a host since it was read before."""

    change: str
    """appeared: no earlier run knew it; read: it was read then and now; back: it is read again; lost: it cannot be read
    any more; unread: it could not be read then either."""
    status_before: str | None
    """Its status in the last run that knew it; null where none did."""
    last_read: Moment | None
    """When it was read before; null where it never was."""
    differences: DriftReport
    """How its settings and entries differ from what was last read of each section, as from a baseline."""
    findings: list[FindingChange]
    """Rules that are findings now, or were before, in the order of the rules. Of a host that is not read, those that
    were: they are open."""
    figures: list[FigureChange]
    """Figures that are not what they were; empty where it is not read."""


class UnreadableRun(TypedDict):
    """A file of an earlier run that cannot be read, wholly or in part."""

    file: str
    """Its name."""
    reason: str
    """Why."""


class MissingHost(TypedDict):
    """A host of the last run that this one did not ask."""

    host: str
    """Its name."""
    in_inventory: bool
    """Whether the inventory still has it. If not, it vanished."""
    last_read: Moment | None
    """When it was last read; null where it never was."""


class ChangeTotals(TypedDict):
    """Counts over all hosts."""

    hosts: dict[str, Count]
    """Hosts by how they were read before and now."""
    changed: Count
    """Hosts whose settings or entries changed."""
    differences: Count
    """Settings and entries that changed."""
    findings: dict[str, Count]
    """Findings by what became of them."""


class SinceLastRun(TypedDict):
    """What changed since the last run."""

    run: Moment
    """This run, by the time at which its newest host was read."""
    last: Moment | None
    """The last run before; null where there is none that can be read."""
    line: list[Moment]
    """The runs over which lines are drawn, at most 30, oldest first; the last one is this run."""
    unreadable: list[UnreadableRun]
    """Files of earlier runs that cannot be read."""
    missing: list[MissingHost]
    """Hosts of earlier runs that this one did not ask."""
    totals: ChangeTotals
    """Counts over all hosts."""


class ReadSection(TypedDict):
    """What every section has, whatever became of it."""

    status: str
    """Whether the section was read."""
    summary: Summary | None
    """What is made of the answer."""
    error: Error | None
    """Why the section was not read; null where it was."""


class SectionReport(ReadSection, OfOtherTypes, OfLists, OfEach):
    """A section, without what the server sent, which is in the file of the host."""


class HostReport(TypedDict):
    """A host."""

    host: str
    """Its name in the inventory."""
    status: str
    """How much of it was read."""
    reason: str | None
    """Why the status is not ok; null where it is."""
    fails: bool
    """Whether it fails the run, since it was not read, or by one of its verdicts or differences."""
    link: str | None
    """Where the HTML report tells of it, as a path from the directory of this file; null where none is written."""
    error: Error | None
    """The error of a host that failed; null where there is none."""
    collected_at: Moment | None
    """When it was read, UTC; null where it was not."""
    server: Server | None
    """The server that was asked; null where the host was not read."""
    sections: dict[str, SectionReport]
    """The sections that were gathered, by name."""
    figures: dict[str, Amount | None]
    """Each figure by its name; null where it is unknown, or where the host has nothing that it could tell of."""
    breakdowns: dict[str, dict[str, Count | None] | None]
    """What figures are made of, by the figure's name: counts by the server's words; null where it is unknown."""
    timelines: dict[str, list[Hour] | None]
    """Each timeline by its name: rows by the hour, of the rows that were read; null where no row tells its time."""
    members: dict[str, list[Member] | None]
    """The things with a state by their name; null where the answer names none."""
    tables: dict[str, TableRows | None]
    """Each table by its name; null where the host was not asked for any of its sections."""
    verdicts: list[VerdictReport]
    """The verdict of every rule that is configured and not switched off, in the order of the rules."""
    drift: DriftReport
    """How it differs from the baseline."""
    since_last_run: HostSinceLastRun | None
    """What changed on it; null where no runs are kept."""


class Findings(TypedDict):
    """What somebody has to look at, by severity."""

    fail: dict[str, Count]
    """Failed rules by severity."""
    unknown: dict[str, Count]
    """Unknown rules by severity."""


class Totals(TypedDict):
    """Counts over all hosts."""

    hosts: dict[str, Count]
    """Hosts by status."""
    failing: Count
    """Hosts that fail the run."""
    verdicts: dict[str, Count]
    """Verdicts of all rules on all hosts."""
    findings: Findings
    """What somebody has to look at."""
    drift: dict[str, Count]
    """Hosts by how they were compared with the baseline."""
    differences: dict[str, Count]
    """Differences from the baseline by severity."""
    not_compared: Count
    """Sections and values that could not be compared."""
    not_configured: Count
    """Rules that are not configured. They have no verdict, and are not among the unknown ones."""
    switched_off: Count
    """Rules that are switched off on any host."""


class Definitions(TypedDict):
    """What there is to know of hosts in this report, whichever of them has it."""

    figures: list[FigureDefinition]
    """The figures of the sections that any host has."""
    timelines: list[TimelineDefinition]
    """The timelines of the sections that any host has."""
    members: list[MembersDefinition]
    """The things with a state that sections of any host name."""
    tables: list[TableDefinition]
    """The tables that are made of the sections that any host has."""


class Report(Definitions):
    """The file report.json that the role mailplus_state writes."""

    report_version: Literal[2]
    """Raised when a key is renamed, removed or gets another meaning."""
    title: str
    """The title that the user gave."""
    generated_at: Moment
    """When the report was made, UTC."""
    has_baseline: bool
    """Whether the run was told a baseline to compare with."""
    limits: LimitsReport
    """What fails the run."""
    totals: Totals
    """Counts over all hosts."""
    views: list[ViewReport]
    """The tables over all hosts, of the sections that any host has."""
    since_last_run: SinceLastRun | None
    """What changed on all hosts; null where no runs are kept."""
    rules: list[RuleReport]
    """The rules of all policies, before anything is overridden for a host."""
    not_configured: list[NotConfigured]
    """The rules that are not configured, in the order of the rules."""
    switched_off: list[SwitchedOff]
    """The rules that are switched off on any host, in the order of the rules."""
    hosts: list[HostReport]
    """All hosts of the play in the order of their names, those included that were not read."""
