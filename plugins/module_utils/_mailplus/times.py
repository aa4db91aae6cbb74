# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as people say them, and the zone that they are meant in. The clock and the zone are handed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

_SPAN = re.compile(r"([0-9]{1,5}) ?([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAYS_AGO = {"today": 0, "yesterday": 1}
# 2026-01-31, 2026-01-31 08:00, 2026/01/31 08:00:00.123, and behind a time Z, UTC, +01:00 or +0100.
_WRITTEN = re.compile(
    r"((?:19[7-9]|20[0-9])[0-9])[-/]([0-9]{1,2})[-/]([0-9]{1,2})"
    r"(?:(?:[Tt]| +)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"(?: ?(Z|z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?)?"
)
_NUMBER = re.compile(r"[0-9]{9,13}(\.[0-9]{1,9})?")
_OFFSET = re.compile(r"([+-])([0-9]{2})(?::?([0-9]{2}))?")

# Seconds since 1970 between the years 2000 and 2100: what lies outside is not a time in seconds.
_EARLIEST, _LATEST = 946_684_800, 4_102_444_800

_DAY, _TICK = timedelta(days=1), timedelta(microseconds=1)

# Clocks of machines may differ so much.
_CLOCKS_DIFFER = timedelta(minutes=5)

# No zone is further from UTC.
_EXTREMES = (timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)))

# Below these, IANA names zones by cities, as Synology does.
_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{1,50}")
# Files beside those of the zones: they may stand for the machine's own.
_OF_THIS_MACHINE = frozenset(("localtime", "posixrules"))
_LONGEST = 60


class TimeError(ValueError):
    """A time or a zone that cannot be read, or a time whose zone nobody knows."""


@dataclass(frozen=True)
class When:
    """A time as somebody wrote it: a ``moment``, a span ``ago``, ``days_ago``, or a ``local`` time or day."""

    text: str
    moment: datetime | None = None
    ago: timedelta | None = None
    days_ago: int | None = None
    local: datetime | None = None
    is_day: bool = False

    @property
    def needs_zone(self) -> bool:
        """Whether what it means depends on where it is meant."""
        return self.moment is None and self.ago is None

    def earliest(self, now: datetime, zone: tzinfo | None) -> datetime:
        """The first moment that is meant, in UTC. Raises TimeError where that needs a zone, and there is none."""
        return self._at(now, zone, latest=False)

    def latest(self, now: datetime, zone: tzinfo | None) -> datetime:
        """The last moment that is meant, in UTC: of a day, its end. Raises TimeError as above."""
        return self._at(now, zone, latest=True)

    def _at(self, now: datetime, zone: tzinfo | None, *, latest: bool) -> datetime:
        if self.moment is not None:
            return self.moment
        if self.ago is not None:
            return now - self.ago
        if zone is None:
            raise TimeError(f"{self.text!r} has no time zone")
        local = self.local or _midnight(now.astimezone(zone)) - (self.days_ago or 0) * _DAY
        if self.is_day:
            moment = (local + latest * _DAY).replace(tzinfo=zone).astimezone(timezone.utc)
            return moment - latest * _TICK
        # Of an hour that comes twice, or never, when clocks are set, the span is the longer one.
        moments = [local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1)]
        return max(moments) if latest else min(moments)


def read_when(text: str) -> When:
    """What somebody wrote as a time. Raises TimeError."""
    words = text.strip()
    span = _SPAN.fullmatch(words.casefold())
    if span:
        return When(text, ago=timedelta(**{_UNITS[span[2]]: int(span[1])}))
    days_ago = _DAYS_AGO.get(words.casefold())
    if days_ago is not None:
        return When(text, days_ago=days_ago, is_day=True)
    seconds = read_seconds(float(words)) if _NUMBER.fullmatch(words) else None
    if seconds:
        return When(text, moment=seconds)
    written = _WRITTEN.fullmatch(words)
    local = _local(written) if written else None
    zone = _offset(written[8]) if written and written[8] else None
    if written is None or local is None or (written[8] and not zone):
        raise TimeError(
            "a span (3h, 90m, 2d, 1w), a day (today, yesterday, 2026-01-31) or a time (2026-01-31 08:00, "
            f"2026-01-31T08:00:00Z), not {text[:_LONGEST]!r}"
        )
    if zone:
        return When(text, moment=local.replace(tzinfo=zone).astimezone(timezone.utc))
    return When(text, local=local, is_day=not written[4])


def read_seconds(value: float) -> datetime | None:
    """The moment of a number of seconds, or milliseconds, since 1970; None where it is neither."""
    for unit in (1, 1000):
        if _EARLIEST * unit <= value <= _LATEST * unit:
            return datetime.fromtimestamp(value / unit, timezone.utc)
    return None


def read_local(text: str, zone: tzinfo) -> datetime | None:
    """The moment, in UTC, of a date and time without a zone, meant in ``zone``. None for anything else.

    Of an hour that comes twice, when clocks are set back, it is the first.
    """
    written = _WRITTEN.fullmatch(text)
    if not written or not written[4] or written[8]:
        return None
    local = _local(written)
    return local.replace(tzinfo=zone).astimezone(timezone.utc) if local else None


def check_order(since: When | None, until: When | None, now: datetime, zone: tzinfo | None) -> None:
    """Raises TimeError where ``since`` is after ``until``: where the zone is not known, whichever it may be."""
    zones = [zone] if zone else _EXTREMES
    if since and until and all(since.earliest(now, each) > until.latest(now, each) for each in zones):
        raise TimeError(f"since ({since.text}) is after until ({until.text}).")


def check_past(since: When | None, now: datetime, zone: tzinfo | None) -> None:
    """Raises TimeError where ``since`` lies in the future: where the zone is not known, whichever it may be."""
    zones = [zone] if zone else _EXTREMES
    if since and all(since.earliest(now, each) > now + _CLOCKS_DIFFER for each in zones):
        raise TimeError(f"since ({since.text}) lies in the future.")


def read_zone(text: str) -> tzinfo:
    """The zone of an IANA name or of an offset. Raises TimeError."""
    offset = _offset(text.strip())
    if offset:
        return offset
    zone = _zone(text)
    if zone:
        return zone
    if not _names():
        raise TimeError(
            "an offset such as +01:00, since this machine has no data of zones (package tzdata brings names such as "
            f"Europe/Berlin), not {text[:_LONGEST]!r}"
        )
    alike = [name for name in _names() if name.rpartition("/")[2] == text] or get_close_matches(text, _names(), 1)
    meant = f" (did you mean {' or '.join(sorted(alike))}?)" if alike else ""
    raise TimeError(f"an IANA name such as Europe/Berlin or an offset such as +01:00, not {text[:_LONGEST]!r}{meant}")


def zone_told(told: object) -> tzinfo | None:
    """The zone that a NAS names, as far as that is certain: Synology names many by a city alone."""
    if not isinstance(told, str) or not _NAME.fullmatch(told):
        return None
    names = [told] if told.partition("/")[0] in _AREAS else [f"{area}/{told}" for area in _AREAS]
    zones = [zone for zone in map(_zone, names) if zone]
    return zones[0] if len(zones) == 1 else None


def zone_noted(name: object) -> tzinfo | None:
    """The zone that ``zone_name`` named; None for anything else."""
    try:
        return read_zone(name) if isinstance(name, str) else None
    except TimeError:
        return None


def zone_name(zone: tzinfo) -> str:
    """The name that ``read_zone`` takes for a zone of its own."""
    if isinstance(zone, ZoneInfo):
        return str(zone.key)
    offset = zone.utcoffset(None) or timedelta(0)
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"


def _zone(name: str) -> ZoneInfo | None:
    """The zone that IANA calls so, None where there is none, or no data of it."""
    try:
        return None if name in _OF_THIS_MACHINE else ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None


def _names() -> list[str]:
    """The zones that this machine has data of."""
    return sorted(available_timezones() - _OF_THIS_MACHINE)


def _offset(text: str) -> timezone | None:
    if text in ("Z", "z", "UTC"):
        return timezone.utc
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-size if found[1] == "-" else size) if size < _DAY else None


def _local(written: re.Match[str]) -> datetime | None:
    """The date and time as it is written, whatever its zone; None where there is no such day or time."""
    year, month, day, hour, minute, second = (int(written[place] or 0) for place in range(1, 7))
    fraction = int((written[7] or "0")[:6].ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, second, fraction)  # noqa: DTZ001 - its zone comes later
    except ValueError:
        return None


def _midnight(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - the zone comes later
