# SPDX-License-Identifier: GPL-3.0-or-later
"""What rows mean, as far as their keys tell.

No complete answer of a MailPlus Server is public, so a meaning is looked up under several candidate keys. Where none
is there, or a value cannot be read, the result is None: unknown, never zero or empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone, tzinfo
from typing import Annotated, Any, TypedDict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.addresses import addresses_in, domain_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import read_local, read_seconds

# Per meaning, the keys it may stand under; the first one present in a row counts, of a time the first that can be read.
# What a user names comes before them, see RowKeys.
CANDIDATE_KEYS: dict[str, tuple[str, ...]] = {
    "status": ("status", "state", "queue_status", "delivery_status", "mail_status"),
    "time": ("time", "timestamp", "date", "datetime", "utc_time", "log_time", "arrival_time", "create_time"),
    "reason": ("reason", "delay_reason", "status_message", "error_message", "error", "detail", "description"),
    "sender": ("sender", "from", "mail_from", "from_address", "envelope_from"),
    "recipient": ("recipient", "recipients", "to", "rcpt", "rcpt_to", "receiver", "mail_to"),
    "subject": ("subject", "title", "mail_subject"),
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

# The meanings whose keys a user can name: those of rows.
ROW_MEANINGS = ("time", "status", "reason", "sender", "recipient", "subject", "type")

# The figures of summaries that hold words of the server, and what these mean in a row.
FIGURE_MEANINGS = {
    "by_status": "status",
    "by_type": "type",
    "top_reasons": "reason",
    "top_destinations": "recipient",
}

MOST_FREQUENT = 5

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]+)?")

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


class RowKeys:
    """Under which keys rows hold what they mean: those that a user named, and then the candidates.

    ``named`` are keys by meaning. In a key that a row does not have, a dot leads into a mapping. Times without a zone
    are those of ``zone``, and unknown where that is not known.
    """

    def __init__(self, named: Mapping[str, Sequence[str]] | None = None, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self.named = dict(named or {})
        self._keys = {meaning: tuple(self._of(meaning)) for meaning in CANDIDATE_KEYS}
        self._deep = {meaning for meaning, keys in self._keys.items() if any("." in key for key in keys)}

    def of(self, meaning: str) -> tuple[str, ...]:
        """The keys that may hold a meaning, the first of which counts that a row has."""
        return self._keys[meaning]

    def find(self, row: Any, meaning: str) -> Any:
        """The value in ``row`` that has the meaning, None where no key holds one."""
        return next(self.all(row, meaning), None)

    def all(self, row: Any, meaning: str) -> Iterator[Any]:
        """All values in ``row`` that may have the meaning, the first of which counts."""
        if not isinstance(row, dict):
            return iter(())
        keys = self._keys[meaning]
        values = (_at(row, key) for key in keys) if meaning in self._deep else map(row.get, keys)
        return (value for value in values if value is not None)

    def time(self, row: Any) -> datetime | None:
        """The time of ``row``, None where no key holds one that can be read."""
        times = (read_time(value, self._zone) for value in self.all(row, "time"))
        return next((time for time in times if time is not None), None)

    def word(self, row: Any, meaning: str) -> str | None:
        """What has the meaning as text, None where no key holds a word or a number."""
        value = self.find(row, meaning)
        return str(value) if isinstance(value, (str, int, float)) and value != "" else None

    def has_local_time(self, row: Any) -> bool:
        """Whether ``row`` has a date and time that is not known for lack of a zone."""
        texts = (value.strip() for value in self.all(row, "time") if isinstance(value, str))
        return self._zone is None and any(read_local(text, timezone.utc) for text in texts)

    def addresses(self, row: Any, meaning: str) -> tuple[list[str], bool]:
        """The addresses that have the meaning, in lower case, and whether these are known to be all."""
        return addresses_in(self.find(row, meaning))

    def _of(self, meaning: str) -> Iterator[str]:
        """Where a candidate is the name of another meaning, as a status stands in for a type, what is named for that
        comes before it."""
        yield from self.named.get(meaning, ())
        for key in CANDIDATE_KEYS[meaning]:
            yield from self.named.get(key, ()) if key != meaning else ()
            yield key


CANDIDATES = RowKeys()
"""The keys where a user named none."""


def _at(row: Mapping[str, Any], key: str) -> Any:
    if key in row or "." not in key:
        return row.get(key)
    value: Any = row
    for part in key.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def reasons(keys: RowKeys, row: Any) -> list[str]:
    """Why a mail waits, one word at most."""
    word = keys.word(row, "reason")
    return [] if word is None else [word]


def destinations(keys: RowKeys, row: Any) -> list[str]:
    """The domains of a mail's recipients, each once."""
    return sorted({domain_of(address) for address in keys.addresses(row, "recipient")[0]} - {""})


class RowsSummary:
    """What rows amount to, taken in as they come, so that no more than the figures is kept of them."""

    def __init__(self, keys: RowKeys = CANDIDATES) -> None:
        self._keys = keys
        self._rows = 0
        self._oldest: datetime | None = None
        self._newest: datetime | None = None

    def add(self, rows: Iterable[Any]) -> RowsSummary:
        """Take in rows."""
        for row in rows:
            self._rows += 1
            time = self._keys.time(row)
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

    def _count_word(self, counter: Counter[str], row: Any, meaning: str) -> None:
        word = self._keys.word(row, meaning)
        if word is not None:
            counter[word] += 1

    def _count(self, counter: Counter[str]) -> dict[str, int] | None:
        """How often each value occurs, most frequent first; None where rows are there and none has a value."""
        return dict(counter.most_common()) if counter or not self._rows else None

    def _most_frequent(self, counter: Counter[str]) -> list[Frequency] | None:
        if self._count(counter) is None:
            return None
        return [{"value": value, "count": count} for value, count in counter.most_common(MOST_FREQUENT)]


class QueueSummary(RowsSummary):
    """Mails by status, the age of the oldest, the most frequent reasons and destinations."""

    def __init__(self, keys: RowKeys = CANDIDATES) -> None:
        super().__init__(keys)
        self._statuses: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._destinations: Counter[str] = Counter()

    def _add_row(self, row: Any) -> None:
        self._count_word(self._statuses, row, "status")
        self._reasons.update(reasons(self._keys, row))
        self._destinations.update(destinations(self._keys, row))

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

    def __init__(self, keys: RowKeys = CANDIDATES) -> None:
        super().__init__(keys)
        self._types: Counter[str] = Counter()

    def _add_row(self, row: Any) -> None:
        self._count_word(self._types, row, "type")

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
            "name": _text(CANDIDATES.find(row, "server")),
            "status": _text(CANDIDATES.find(row, "server_status")),
            "role": _text(CANDIDATES.find(row, "server_role")),
        }
        for row in servers
    ]


def server_names(data: Any) -> list[list[str]]:
    """All names and addresses of each of these servers, in lower case."""
    servers = data.get("server_list") if isinstance(data, dict) else None
    return [
        [value.lower() for value in CANDIDATES.all(row, "server") if isinstance(value, str) and value]
        for row in (servers if isinstance(servers, list) else ())
    ]


def rows_by_hour(rows: Any, keys: RowKeys = CANDIDATES) -> list[Hour] | None:
    """How many rows of a log fall into each hour, in UTC; None where no row tells its time."""
    times = [keys.time(row) for row in rows] if isinstance(rows, list) else []
    hours = Counter(f"{time:%Y-%m-%dT%H:00:00Z}" for time in times if time is not None)
    return [{"hour": hour, "count": hours[hour]} for hour in sorted(hours)] if hours else None


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) else None


def read_time(value: Any, zone: tzinfo | None = None) -> datetime | None:
    """The moment that ``value`` names: seconds or milliseconds since 1970, ISO 8601 with a zone, or a local time.

    None for anything else. A time without a zone is the NAS's local time: that of ``zone``, None where it is not known.
    """
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            return _read_iso(text, zone)
        value = float(text)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return read_seconds(value) if is_number else None


def _read_iso(text: str, zone: tzinfo | None) -> datetime | None:
    moment = read_local(text, zone) if zone else None
    try:
        moment = moment or datetime.fromisoformat(text.replace("Z", "+00:00"))
        return read_seconds(moment.timestamp()) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def iso(moment: datetime) -> str:
    """A moment in UTC, as it stands in results."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
