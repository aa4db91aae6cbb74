# SPDX-License-Identifier: GPL-3.0-or-later
"""What rows mean, as far as their keys tell.

No complete answer of a MailPlus Server is public, so a meaning is looked up under several candidate keys. Where none
is there, or a value cannot be read, the result is None: unknown, never zero or empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Any

# Per meaning, the keys it may stand under; the first one present in a row counts.
CANDIDATE_KEYS: dict[str, tuple[str, ...]] = {
    "status": ("status", "state", "queue_status", "delivery_status", "mail_status"),
    "time": ("time", "timestamp", "date", "datetime", "utc_time", "log_time", "arrival_time", "create_time"),
    "reason": ("reason", "delay_reason", "status_message", "error_message", "error", "detail", "description"),
    "recipient": ("recipient", "recipients", "to", "rcpt", "rcpt_to", "receiver", "mail_to"),
    "server": ("name", "hostname", "host", "server_name", "node_name", "ip"),
    "server_status": ("status", "state", "health"),
    "server_role": ("role", "type"),
    "type": ("type", "event_type", "log_type", "event", "action", "category", "status", "level"),
}

MOST_FREQUENT = 5

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]+)?")

# Seconds since 1970 between the years 2000 and 2100: what lies outside is not a time in seconds.
_EARLIEST, _LATEST = 946_684_800, 4_102_444_800

Summary = dict[str, Any]


def summarise_queue(rows: Sequence[Any], complete: bool | None, now: datetime) -> Summary:
    """Mails by status, the age of the oldest, the most frequent reasons and destinations."""
    oldest, _newest = _span(rows)
    return _basis(rows, complete) | {
        "by_status": _count(_scalars(rows, "status"), rows),
        "oldest": _iso(oldest),
        "oldest_age_seconds": None if oldest is None else max(0, int((now - oldest).total_seconds())),
        "top_reasons": _most_frequent(_scalars(rows, "reason"), rows),
        "top_destinations": _most_frequent(_destinations(rows), rows),
    }


def summarise_log(rows: Sequence[Any], complete: bool | None, _now: datetime) -> Summary:
    """Rows by type, and the time they span."""
    oldest, newest = _span(rows)
    return _basis(rows, complete) | {
        "by_type": _count(_scalars(rows, "type"), rows),
        "oldest": _iso(oldest),
        "newest": _iso(newest),
    }


def summarise_servers(data: dict[str, Any]) -> Summary:
    """How many servers a cluster has."""
    servers = data.get("server_list")
    return {"servers": len(servers) if isinstance(servers, list) else None}


def server_states(data: Any) -> list[dict[str, str | None]] | None:
    """Name, status and role of each server of a cluster, as far as the answer tells; None where it names none."""
    servers = data.get("server_list") if isinstance(data, dict) else None
    if not isinstance(servers, list):
        return None
    meanings = {"name": "server", "status": "server_status", "role": "server_role"}
    return [{key: _text(_find(row, meaning)) for key, meaning in meanings.items()} for row in servers]


def mail_flow(rows: Any) -> list[dict[str, Any]] | None:
    """How many rows of a log fall into each hour, in UTC; None where no row tells its time."""
    times = [read_time(_find(row, "time")) for row in rows] if isinstance(rows, list) else []
    hours = Counter(f"{time:%Y-%m-%dT%H:00:00Z}" for time in times if time is not None)
    return [{"hour": hour, "count": hours[hour]} for hour in sorted(hours)] if hours else None


def _basis(rows: Sequence[Any], complete: bool | None) -> Summary:
    """What the other figures rest on: so many rows, which are all of the server's or not."""
    return {"rows": len(rows), "complete": complete}


def _find(row: Any, meaning: str) -> Any:
    if not isinstance(row, dict):
        return None
    return next((row[key] for key in CANDIDATE_KEYS[meaning] if row.get(key) is not None), None)


def _scalars(rows: Iterable[Any], meaning: str) -> list[str]:
    values = (_find(row, meaning) for row in rows)
    return [str(value) for value in values if isinstance(value, (str, int, float)) and value != ""]


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) else None


def _count(values: list[str], rows: Sequence[Any]) -> dict[str, int] | None:
    """How often each value occurs, most frequent first; None where rows are there and none has a value."""
    return dict(Counter(values).most_common()) if values or not rows else None


def _most_frequent(values: list[str], rows: Sequence[Any]) -> list[dict[str, Any]] | None:
    counted = _count(values, rows)
    if counted is None:
        return None
    return [{"value": value, "count": count} for value, count in list(counted.items())[:MOST_FREQUENT]]


def _destinations(rows: Iterable[Any]) -> list[str]:
    """The domains that mails go to, each once a mail."""
    found = []
    for row in rows:
        recipients = _find(row, "recipient")
        if isinstance(recipients, str):
            recipients = recipients.replace(";", ",").split(",")
        if isinstance(recipients, list):
            addresses = [item for item in recipients if isinstance(item, str) and "@" in item]
            domains = {address.rpartition("@")[2].strip(" >").lower() for address in addresses}
            found += sorted(domains - {""})
    return found


def _span(rows: Iterable[Any]) -> tuple[datetime | None, datetime | None]:
    times = [time for row in rows if (time := read_time(_find(row, "time"))) is not None]
    return (min(times), max(times)) if times else (None, None)


def read_time(value: Any) -> datetime | None:
    """The moment that ``value`` names: seconds or milliseconds since 1970, or ISO 8601 with a zone.

    None for anything else. A time without a zone is the NAS's local time, whose zone is not known here.
    """
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            return _read_iso(text)
        value = float(text)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if _EARLIEST <= value <= _LATEST:
        return datetime.fromtimestamp(value, timezone.utc)
    if _EARLIEST * 1000 <= value <= _LATEST * 1000:
        return datetime.fromtimestamp(value / 1000, timezone.utc)
    return None


def _read_iso(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return read_time(moment.timestamp()) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
