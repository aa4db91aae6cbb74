# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of logs over time, as pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import Hour, read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import is_partial
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    HostReport,
    Report,
    TimelineDefinition,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import as_count, counted

_MOST_BARS = 72
_BAR_HOURS = (1, 3, 6, 12, 24, 7 * 24, 28 * 24)
_HOUR, _DAY = 3600, 86400


@dataclass(frozen=True)
class Column:
    """The rows of the logs within one stretch of time; ``partial`` are those of logs that were not read to the end."""

    label: str
    whole: int
    partial: int
    x: float
    width: float
    whole_height: float
    partial_height: float


@dataclass(frozen=True)
class Axis:
    """The time axis of a picture: so many columns of so many hours."""

    start: datetime
    hours: int
    count: int

    @classmethod
    def over(cls, first: datetime, last: datetime) -> Axis:
        """The axis that holds both, with no more columns than can be seen."""
        hours = int((last - first).total_seconds() // _HOUR) + 1
        width = next((width for width in _BAR_HOURS if hours <= width * _MOST_BARS), -(-hours // _MOST_BARS))
        day = first.replace(hour=0, minute=0)
        start = day if width >= _DAY // _HOUR else first.replace(hour=first.hour // width * width)
        axis = cls(start, width, 0)
        return cls(start, width, axis.position(last) + 1)

    def position(self, moment: datetime) -> int:
        """The number of the column that a moment falls into."""
        return int((moment - self.start).total_seconds() // (_HOUR * self.hours))

    def binned(self, counts: Counter[datetime]) -> Counter[int]:
        """Counts by column."""
        found: Counter[int] = Counter()
        for moment, count in counts.items():
            found[self.position(moment)] += count
        return found

    def label(self, position: int) -> str:
        """When a column begins."""
        moment = self.start + timedelta(hours=self.hours * position)
        return f"{moment:%Y-%m-%d}" if self.hours >= _DAY // _HOUR else f"{moment:%Y-%m-%d %H:%M}"

    @property
    def per(self) -> str:
        """How long a column is."""
        if self.hours % 24:
            return "hour" if self.hours == 1 else f"{self.hours} hours"
        return "day" if self.hours == 24 else counted(self.hours // 24, "day")  # noqa: PLR2004 - hours of a day


@dataclass(frozen=True)
class Timeline:
    """Rows over time in the fleet, as its logs tell. Without an axis no row told its time."""

    number: int
    definition: TimelineDefinition
    columns: list[Column]
    hosts: int
    unknown: int
    partial: int
    axis: Axis | None = None

    @property
    def most(self) -> int:
        """The rows of the highest column."""
        return max(column.whole + column.partial for column in self.columns)


def timelines(report: Report) -> list[Timeline]:
    """What there is to draw."""
    return [_timeline(number, one, report["hosts"]) for number, one in enumerate(report["timelines"], 1)]


def _timeline(number: int, definition: TimelineDefinition, hosts: Sequence[HostReport]) -> Timeline:
    name, section = definition["name"], definition["section"]
    partial: Counter[datetime] = Counter()
    whole: Counter[datetime] = Counter()
    told = [host for host in hosts if host["timelines"][name] is not None]
    for host in told:
        (partial if is_partial(host, section) else whole).update(_by_hour(host["timelines"][name] or ()))
    times = sorted({*whole, *partial})
    axis = Axis.over(times[0], times[-1]) if times else None
    return Timeline(
        number=number,
        definition=definition,
        columns=_columns(axis.binned(whole), axis.binned(partial), axis) if axis else [],
        hosts=len(told),
        unknown=len(hosts) - len(told),
        partial=sum(is_partial(host, section) for host in told),
        axis=axis,
    )


def sparkline(host: HostReport, fleet: Timeline) -> str:
    """The path of a host's own rows, on the time axis of the fleet."""
    hours = host["timelines"][fleet.definition["name"]]
    if fleet.axis is None or not hours:
        return ""
    bars = fleet.axis.binned(_by_hour(hours))
    most = max(bars.values(), default=0)
    return "".join(f"M{position + 0.5:g} 24v-{max(1, round(24 * bars[position] / most))}" for position in sorted(bars))


def _by_hour(hours: Iterable[Hour]) -> Counter[datetime]:
    found: Counter[datetime] = Counter()
    for entry in hours:
        hour, rows = read_time(entry["hour"]), as_count(entry["count"])
        if hour is not None and rows is not None:
            found[hour] += rows
    return found


def _columns(whole: Counter[int], partial: Counter[int], axis: Axis) -> list[Column]:
    most = max(1, *(whole[position] + partial[position] for position in range(axis.count)))
    step = 100 / axis.count
    return [
        Column(
            label=axis.label(position),
            whole=whole[position],
            partial=partial[position],
            x=round(step * (position + 0.1), 3),
            width=round(step * 0.8, 3),
            whole_height=round(100 * whole[position] / most, 3),
            partial_height=round(100 * partial[position] / most, 3),
        )
        for position in range(axis.count)
    ]
