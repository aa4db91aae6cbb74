# SPDX-License-Identifier: GPL-3.0-or-later
"""What rows mean, as far as their keys tell.

No complete answer of a MailPlus Server is public, so a meaning is looked up under several candidate keys. Where none
is there, or a value cannot be read, the result is None: unknown, never zero or empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone, tzinfo
from typing import Annotated, Any, TypedDict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import read_local

# Per meaning, the keys it may stand under; the first one present in a row counts, of a time the first that can be read.
CANDIDATE_KEYS: dict[str, tuple[str, ...]] = {
    "status": ("status", "state", "queue_status", "delivery_status", "mail_status"),
    "time": ("time", "timestamp", "date", "datetime", "utc_time", "log_time", "arrival_time", "create_time"),
    "reason": ("reason", "delay_reason", "status_message", "error_message", "error", "detail", "description"),
    "recipient": ("recipient", "recipients", "to", "rcpt", "rcpt_to", "receiver", "mail_to"),
    "server": ("name", "hostname", "host", "server_name", "node_name", "ip"),
    "server_status": ("status", "state", "health"),
    "server_role": ("role", "type"),
    "actor": ("user", "username", "user_name", "account", "admin", "operator", "who"),
    "deed": ("event", "action", "operation", "description", "message", "content", "detail", "type"),
    "type": ("type", "event_type", "log_type", "event", "action", "category", "status", "level"),
    "license_accounts": ("account_number", "accounts", "user_limit", "user_num", "quantity"),
    "license_used": ("active_user_num", "active_num", "used", "count"),
    "license_state": ("is_valid", "valid", "validity", "status", "state"),
    "license_end": (
        "expire_time",
        "expiration_date",
        "expired_time",
        "expire_date",
        "expiry",
        "valid_till",
        "valid_to",
    ),
}

MOST_FREQUENT = 5

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]+)?")

# Seconds since 1970 between the years 2000 and 2100: what lies outside is not a time in seconds.
_EARLIEST, _LATEST = 946_684_800, 4_102_444_800

Summary = Mapping[str, Any]

Count = Annotated[int, range(2**53 + 1)]
Amount = Annotated[int, range(-(2**53), 2**53 + 1)]
Moment = Annotated[str, re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]


class OfRows(TypedDict):
    """What the summary of every list has."""

    rows: Count
    """How many rows the figures rest on."""
    complete: bool | None
    """Whether these are all rows that the server has. Null where that cannot be known."""


class Frequency(TypedDict):
    """A value, and how often it occurs."""

    value: str
    """The value."""
    count: Count
    """How often it occurs."""


class QueueFigures(TypedDict):
    """What mails in a queue come to."""

    by_status: dict[str, int] | None
    """Mails by status."""
    oldest: Moment | None
    """Time of the oldest mail in UTC."""
    oldest_age_seconds: Count | None
    """Age of the oldest mail in seconds."""
    top_reasons: list[Frequency] | None
    """The most frequent reasons for waiting, at most five."""
    top_destinations: list[Frequency] | None
    """The most frequent domains of recipients, at most five. A mail counts once a domain."""


class LogFigures(TypedDict):
    """What rows of a log come to."""

    by_type: dict[str, int] | None
    """Rows by type."""
    oldest: Moment | None
    """Time of the oldest row in UTC."""
    newest: Moment | None
    """Time of the newest row in UTC."""


class ServersSummary(TypedDict):
    """What the servers of a cluster come to."""

    servers: Count | None
    """How many servers there are. Null where the answer does not tell."""


class Hour(TypedDict):
    """An hour."""

    hour: Moment
    """When it begins, UTC."""
    count: Count
    """Rows in it."""


class Member(TypedDict):
    """A thing with a state; null stands for what the answer does not tell."""

    name: str | None
    """Its name."""
    status: str | None
    """Its state, as the server words it."""
    role: str | None
    """Its role, as the server words it."""


class RowsSummary:
    """What rows amount to, taken in as they come, so that no more than the figures is kept of them.

    Times without a zone are those of ``zone``, and unknown where that is not known.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._rows = 0
        self._oldest: datetime | None = None
        self._newest: datetime | None = None

    def add(self, rows: Iterable[Any]) -> RowsSummary:
        """Take in rows."""
        for row in rows:
            self._rows += 1
            time = find_time(row, self._zone)
            if time is not None:
                self._oldest = time if self._oldest is None else min(self._oldest, time)
                self._newest = time if self._newest is None else max(self._newest, time)
            self._add_row(row)
        return self

    def result(self, complete: bool | None, now: datetime) -> Summary:
        """The summary. ``complete`` tells whether the rows are all that the server has."""
        figures = self.figures(now)
        if not self._rows and complete is not True:
            figures = dict.fromkeys(figures)  # of no rows out of some, nothing is known
        return {"rows": self._rows, "complete": complete, **figures}

    def _add_row(self, row: Any) -> None:
        """Take account of one row."""

    def figures(self, _now: datetime, /) -> Summary:
        """What the rows so far come to. The type that an override returns documents each figure."""
        return {}

    def _count(self, counter: Counter[str]) -> dict[str, int] | None:
        """How often each value occurs, most frequent first; None where rows are there and none has a value."""
        return dict(counter.most_common()) if counter or not self._rows else None

    def _most_frequent(self, counter: Counter[str]) -> list[Frequency] | None:
        if self._count(counter) is None:
            return None
        return [{"value": value, "count": count} for value, count in counter.most_common(MOST_FREQUENT)]


class QueueSummary(RowsSummary):
    """Mails by status, the age of the oldest, the most frequent reasons and destinations."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        super().__init__(zone)
        self._statuses: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._destinations: Counter[str] = Counter()

    def _add_row(self, row: Any) -> None:
        self._statuses.update(_scalar(row, "status"))
        self._reasons.update(_scalar(row, "reason"))
        self._destinations.update(_destinations(row))

    def figures(self, now: datetime, /) -> QueueFigures:
        """What the mails so far come to."""
        oldest = self._oldest
        return {
            "by_status": self._count(self._statuses),
            "oldest": _iso(oldest),
            "oldest_age_seconds": None if oldest is None else max(0, int((now - oldest).total_seconds())),
            "top_reasons": self._most_frequent(self._reasons),
            "top_destinations": self._most_frequent(self._destinations),
        }


class LogSummary(RowsSummary):
    """Rows by type, and the time they span."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        super().__init__(zone)
        self._types: Counter[str] = Counter()

    def _add_row(self, row: Any) -> None:
        self._types.update(_scalar(row, "type"))

    def figures(self, _now: datetime, /) -> LogFigures:
        """What the rows so far come to."""
        return {"by_type": self._count(self._types), "oldest": _iso(self._oldest), "newest": _iso(self._newest)}


def summarise_servers(data: dict[str, Any]) -> ServersSummary:
    """How many servers a cluster has."""
    servers = data.get("server_list")
    return {"servers": len(servers) if isinstance(servers, list) else None}


def server_states(data: Any) -> list[Member] | None:
    """Name, status and role of each server of a cluster, as far as the answer tells; None where it names none."""
    servers = data.get("server_list") if isinstance(data, dict) else None
    if not isinstance(servers, list):
        return None
    return [
        {
            "name": _text(find_meaning(row, "server")),
            "status": _text(find_meaning(row, "server_status")),
            "role": _text(find_meaning(row, "server_role")),
        }
        for row in servers
    ]


def server_names(data: Any) -> list[list[str]]:
    """All names and addresses of each of these servers, in lower case."""
    servers = data.get("server_list") if isinstance(data, dict) else None
    return [
        [value.lower() for value in _candidates(row, "server") if isinstance(value, str) and value]
        for row in (servers if isinstance(servers, list) else ())
    ]


def rows_by_hour(rows: Any, zone: tzinfo | None = None) -> list[Hour] | None:
    """How many rows of a log fall into each hour, in UTC; None where no row tells its time.

    Times without a zone are those of ``zone``.
    """
    times = [find_time(row, zone) for row in rows] if isinstance(rows, list) else []
    hours = Counter(f"{time:%Y-%m-%dT%H:00:00Z}" for time in times if time is not None)
    return [{"hour": hour, "count": hours[hour]} for hour in sorted(hours)] if hours else None


def find_meaning(row: Any, meaning: str) -> Any:
    """The value in ``row`` that has the meaning, None where no candidate key holds one."""
    return next(_candidates(row, meaning), None)


def find_time(row: Any, zone: tzinfo | None = None) -> datetime | None:
    """The time of ``row``, None where no candidate key holds one that can be read."""
    times = (read_time(value, zone) for value in _candidates(row, "time"))
    return next((time for time in times if time is not None), None)


def find_status(row: Any) -> str | None:
    """The status of ``row`` as text, None where no candidate key holds one."""
    return next(iter(_scalar(row, "status")), None)


def _candidates(row: Any, meaning: str) -> Iterator[Any]:
    values = (row.get(key) for key in CANDIDATE_KEYS[meaning]) if isinstance(row, dict) else ()
    return (value for value in values if value is not None)


def _scalar(row: Any, meaning: str) -> list[str]:
    value = find_meaning(row, meaning)
    return [str(value)] if isinstance(value, (str, int, float)) and value != "" else []


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) else None


def _destinations(row: Any) -> list[str]:
    """The domains that a mail goes to."""
    recipients = find_meaning(row, "recipient")
    if isinstance(recipients, str):
        recipients = recipients.replace(";", ",").split(",")
    if not isinstance(recipients, list):
        return []
    addresses = [item for item in recipients if isinstance(item, str) and "@" in item]
    return sorted({address.rpartition("@")[2].strip(" >").lower() for address in addresses} - {""})


def read_time(value: Any, zone: tzinfo | None = None) -> datetime | None:
    """The moment that ``value`` names: seconds or milliseconds since 1970, ISO 8601 with a zone, or a local time.

    None for anything else. A time without a zone is the NAS's local time: that of ``zone``, None where it is not known.
    """
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            return _read_iso(text, zone)
        value = float(text)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if _EARLIEST <= value <= _LATEST:
        return datetime.fromtimestamp(value, timezone.utc)
    if _EARLIEST * 1000 <= value <= _LATEST * 1000:
        return datetime.fromtimestamp(value / 1000, timezone.utc)
    return None


def _read_iso(text: str, zone: tzinfo | None) -> datetime | None:
    moment = read_local(text, zone) if zone else None
    try:
        moment = moment or datetime.fromisoformat(text.replace("Z", "+00:00"))
        return read_time(moment.timestamp()) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def iso(moment: datetime) -> str:
    """A moment in UTC, as it stands in results."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
