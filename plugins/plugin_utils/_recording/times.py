# SPDX-License-Identifier: GPL-3.0-or-later
"""Times in a recording, moved so that they have the same distance from it as on the NAS."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording import words

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what is moved keeps its zone, whichever that is

# Seconds since 1970 between the years 2000 and 2100, as _mailplus reads them; the same in milliseconds.
_EARLIEST, _LATEST = 946_684_800, 4_102_444_800

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_A_MONTH, _A_DAY = (f"(?:{'|'.join(names)})" for names in (_MONTHS, _DAYS))

_NUMBER = re.compile(r"[0-9]{9,13}(?:\.[0-9]{1,9})?")
# 2026-03-16, 2026/03/16 15:49, 2026-03-16T15:49:37.123+01:00
_ISO = re.compile(
    r"(?P<year>(?:19[7-9]|20[0-9])[0-9])(?P<sep>[-/])(?P<month>[0-9]{2})(?P=sep)(?P<day>[0-9]{2})"
    r"(?:(?P<t>[Tt ])(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?P<seconds>:(?P<second>[0-9]{2}))?"
    r"(?P<rest>(?:[.,][0-9]{1,9})? ?(?:[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?))?"
)
# Mar 16 15:49:37 2027 GMT, and with the day of the week before it.
_OPENSSL = re.compile(
    rf"(?:(?P<week>{_A_DAY}) )?(?P<name>{_A_MONTH}) (?P<day> ?[0-9]{{1,2}}) "
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}) (?P<year>[0-9]{4})(?P<rest> (?:GMT|UTC))?"
)
# Mon, 16 Mar 2026 15:49:37 +0100
_MAIL = re.compile(
    rf"(?:(?P<week>{_A_DAY}), )?(?P<day>[0-9]{{1,2}}) (?P<name>{_A_MONTH}) (?P<year>[0-9]{{4}}) "
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<rest> (?:[+-][0-9]{4}|GMT|UTC))?"
)
_SHORTEST, _LONGEST = 9, 40  # of a text
_SECONDS_OF_A_DAY = 86400

# Amounts that are no times, though some are as large: 1 GiB in bytes is a moment of the year 2004.
_UNITS = tuple(1024**power for power in range(1, 7))
_FACTORS = frozenset({*range(1, 17), 20, 24, 25, 30, 32, 40, 48, 50, 60, 64, 100, 128, 200, 256, 500, 512})
_SPANS = frozenset(
    {
        *(hours * 3600 for hours in (*range(1, 25), 36, 48, 72)),
        *(days * 86400 for days in (*range(1, 32), 45, 60, 90, 100, 120, 180, 365, 366, 730, 3650)),
        *(minutes * 1440 for minutes in (7, 10, 14, 30, 31)),
    }
)
_ROUNDED = re.compile(r"[1-9][0-9]?0{3,}")


class Shift(NamedTuple):
    """By how much times are moved: a day without a time by days, as the day of the recording is."""

    seconds: float
    days: int

    @classmethod
    def between(cls, before: datetime, after: datetime) -> Shift:
        """From one time of the recording to another."""
        return cls(round((after - before).total_seconds()), (after.date() - before.date()).days)


class Written(NamedTuple):
    """A time as it was read, whatever its zone, and what it is after so many seconds, in the same form."""

    moment: datetime
    after: Callable[[float], Any]
    is_day: bool = False

    def moved(self, shift: Shift) -> Any:
        """The same time, later."""
        return self.after(shift.days * _SECONDS_OF_A_DAY if self.is_day else shift.seconds)

    def moved_to_a_day(self, shift: Shift) -> Any:
        """The begin of the day that it is moved to."""
        if self.is_day:
            return self.moved(shift)
        later = self.moment + timedelta(seconds=shift.seconds)
        return self.after((datetime(later.year, later.month, later.day) - self.moment).total_seconds())  # noqa: DTZ001


def is_size_or_span(number: int) -> bool:
    """Whether a number is a few times a power of 1024, or a number of minutes, hours or days that people choose."""
    size = abs(number)
    return size in _SPANS or any(size % unit == 0 and size // unit in _FACTORS for unit in _UNITS)


def _is_amount(number: int) -> bool:
    """Whether a number is none of a moment: one as above, or two digits and zeros."""
    return is_size_or_span(number) or _ROUNDED.fullmatch(str(number)) is not None


def read(value: Any) -> Written | None:
    """The time that a number or a text is; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _number(value)
    if not isinstance(value, str) or not _SHORTEST <= len(value) <= _LONGEST:
        return None
    if _NUMBER.fullmatch(value):
        return _number_text(value)
    return _calendar(value)


def moved(value: Any, shift: Shift) -> Any:
    """A time, so much later; anything else as it is."""
    written = read(value)
    try:
        return value if written is None else written.moved(shift)
    except (OverflowError, ValueError):
        return value


def may_be_time(key: str, is_of_addresses: bool = False) -> bool:
    """Whether a number under a key may be a time. Addresses have a start and an end as well."""
    return words.is_of_times(key) and not is_of_addresses and not words.is_of_addresses(key)


def moved_data(data: Any, shift: Shift, key: str = "", is_of_addresses: bool = False) -> Any:
    """``data`` with all times in it so much later. It is a copy. A number is a time under keys of times alone."""
    if isinstance(data, dict):
        below = is_of_addresses or words.is_of_addresses(key)
        return {name: moved_data(value, shift, name, below) for name, value in data.items()}
    if isinstance(data, list):
        return [moved_data(value, shift, key, is_of_addresses) for value in data]
    is_number = not isinstance(data, str) or _NUMBER.fullmatch(data) is not None
    return data if is_number and not may_be_time(key, is_of_addresses) else moved(data, shift)


def _number(value: float) -> Written | None:
    for unit in (1, 1000):
        if _EARLIEST * unit <= value <= _LATEST * unit and not (value == int(value) and _is_amount(int(value))):
            moment = _EPOCH + timedelta(seconds=value / unit)
            return Written(moment, lambda seconds, unit=unit: type(value)(value + seconds * unit))  # type: ignore[misc]
    return None


def _number_text(text: str) -> Written | None:
    whole, dot, rest = text.partition(".")
    written = None if text.startswith("0") else _number(int(whole))
    return written and Written(written.moment, lambda seconds: f"{written.after(seconds)}{dot}{rest}")


def _calendar(text: str) -> Written | None:
    found, write = _ISO.fullmatch(text), _iso
    if found is None:
        found, write = _OPENSSL.fullmatch(text), _openssl
    if found is None:
        found, write = _MAIL.fullmatch(text), _mail
    moment = found and _moment(found.groupdict())
    if not found or not moment:
        return None
    groups = {key: value or "" for key, value in found.groupdict().items()}
    is_day = "t" in groups and not groups["t"]
    return Written(moment, lambda seconds: write(moment + timedelta(seconds=seconds), groups), is_day)


def _moment(groups: dict[str, str | None]) -> datetime | None:
    month = _MONTHS.index(groups["name"] or "") + 1 if "name" in groups else int(groups["month"] or 0)
    year, day, hour, minute, second = (int(groups[part] or 0) for part in ("year", "day", "hour", "minute", "second"))
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None


def _iso(moment: datetime, groups: dict[str, str]) -> str:
    day = f"{moment.year:04}{groups['sep']}{moment:%m}{groups['sep']}{moment:%d}"
    if not groups["t"]:
        return day
    return f"{day}{groups['t']}{moment:%H:%M}{moment.strftime(':%S') if groups['seconds'] else ''}{groups['rest']}"


def _openssl(moment: datetime, groups: dict[str, str]) -> str:
    day = f"{moment.day:2}" if groups["day"].startswith(" ") else f"{moment.day:02}"
    return f"{_week(moment, groups, ' ')}{_name(moment)} {day} {moment:%H:%M:%S} {moment.year:04}{groups['rest']}"


def _mail(moment: datetime, groups: dict[str, str]) -> str:
    day = f"{moment.day:02} {_name(moment)} {moment.year:04}"
    return f"{_week(moment, groups, ', ')}{day} {moment:%H:%M:%S}{groups['rest']}"


def _week(moment: datetime, groups: dict[str, str], end: str) -> str:
    return f"{_DAYS[moment.weekday()]}{end}" if groups["week"] else ""


def _name(moment: datetime) -> str:
    return _MONTHS[moment.month - 1]
