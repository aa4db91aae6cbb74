# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments as DSM and its packages write them, as far as they can be told."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time

# As OpenSSL writes the end of a certificate: Mar 16 15:49:37 2027 GMT.
_OPENSSL = re.compile(r"([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) ([0-9]{4}) GMT")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# In the zone of the NAS, as Hyper Backup has it: 2026/03/16 15:49. And a day without a time.
_LOCAL = re.compile(r"([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?)?")
_DAY = timedelta(days=1)

_LAST = datetime.max.replace(tzinfo=timezone.utc)

# No zone is further from UTC.
_EAST, _WEST = timedelta(hours=14), timedelta(hours=12)


class Moment(NamedTuple):
    """A moment in UTC: of a day, or of a time whose zone is not known, how early and how late it may be.

    ``written`` is what was read, whatever its zone.
    """

    earliest: datetime
    latest: datetime
    written: datetime


def read_moment(value: Any) -> Moment | None:
    """The moment that ``value`` names: a number or text as ``read_time`` takes it, OpenSSL's text, a local time, or
    a day.

    None for anything else.
    """
    known = read_time(value)
    if known is None and isinstance(value, str):
        known = _openssl(value.strip())
    if known is not None:
        return Moment(known, known, known)
    return _local(value.strip()) if isinstance(value, str) else None


def _openssl(text: str) -> datetime | None:
    found = _OPENSSL.fullmatch(text)
    if not found or found[1] not in _MONTHS:
        return None
    return _parsed(f"{found[4]}-{_MONTHS.index(found[1]) + 1:02}-{int(found[2]):02} {found[3]}")


def _local(text: str) -> Moment | None:
    found = _LOCAL.fullmatch(text)
    begin = found and _parsed(f"{found[1]}-{found[2]}-{found[3]} {found[4] or '00:00'}{found[5] or ':00'}")
    if not found or not begin:
        return None
    late = _WEST if found[4] else _WEST + _DAY
    try:
        return Moment(begin - _EAST, begin + min(late, _LAST - begin), begin)
    except OverflowError:
        return None


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
