# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that cost nothing until a page is asked for: each row is a function of its number."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, TypeVar

from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import Queue, Rows

T = TypeVar("T")
Row = dict[str, Any]
Maker = Callable[[int, int], Row]

HOSTILE_TEXTS = (
    "Grüße aus Köln – straße, naïve, Ångström",  # noqa: RUF001
    "Счёт за услуги № 42",
    "請求書 2026年1月",
    "حساب الشركة",
    "\u202egnp.ecioovni\u202c right-to-left override",
    "חשבונית \u200fמס\u200f",  # noqa: RUF001
    "ใบแจ้งหนี้ 👩🏽‍💻🧾🇩🇪",
    "<script>alert('mail')</script><img src=x onerror=alert(1)>",
    "{{ 7*7 }} {% raw %} {{ lookup('env', 'HOME') }} {# no #}",
    "\"quoted\" 'single' `back` \\ $HOME $(id) %s %(x)s",
    "tab\there, newline\nhere, bell\x07, escape \x1b[31mred\x1b[0m, null \x00, del \x7f",
    "line\u2028separator, zero\u200bwidth, bom \ufeff, nbsp\u00a0",
    "=cmd|' /C calc'!A0",
    "- yaml: [list, &anchor, *alias, !unsafe x]",
    "",
    "x" * 2000,
)
_PEOPLE = ("anna", "bernd", "carla", "dmitri", "elif", "farah", "goran", "hana", "info", "sales")
_REMOTE = (
    "orders@example.org",
    "kontakt@partner.example.org",
    "ap@supplier.example.net",
    "list@news.example.net",
    "support@customer.test",
    "old.user@closed.test",
)
_REASONS = (
    "connect to mx.partner.example.org[198.51.100.7]:25: Connection timed out",
    "host mx1.example.net[198.51.100.25] said: 451 4.7.1 Greylisting in action, please come back later",
    "Host or domain name not found. Name service error for name=closed.test type=MX: Host not found, try again",
    "host mx.customer.test[203.0.113.9] said: 452 4.2.2 Mailbox full (in reply to RCPT TO command)",
    "connect to mx.supplier.example.net[203.0.113.40]:25: Connection refused",
    "TLS is required, but was not offered by host mx.example.org[198.51.100.80]",
)
_SUBJECTS = ("Invoice 2026-0815", "Re: Delivery on Thursday", "Minutes of the meeting", "Newsletter", "Your order")
_TRANSACTIONS = ("received", "sent", "received", "sent", "received", "sent", "received", "failed")
_EVENTS = (
    ("smtp", "Changed SMTP settings"),
    ("security", "Enabled SMTP authentication"),
    ("domain", "Created alias sales"),
    ("queue", "Resent all messages in the mail queue"),
    ("account", "Activated user anna"),
    ("log", "Exported mail log"),
)
_USERS = ("admin", "mailadmin", "anna")


class RowList:
    """The rows numbered low..high-1, the highest the newest.

    Growing adds newer ones, shrinking takes the oldest, rotating moves rows from the end to the head.
    """

    def __init__(self, description: Rows, maker: Maker, now: float, page_cap: int | None) -> None:
        self._description = description
        self._maker = maker
        self._now = now
        self._explicit = description.rows
        self._cap = description.page_cap if description.page_cap is not None else page_cap
        self.low = 0
        self.high = description.total if self._explicit is None else len(self._explicit)
        self.turned = 0
        self._initial = self.high
        self._spacing = description.span / max(1, self.high)

    def __len__(self) -> int:
        return self.high - self.low

    def grow(self, rows: int) -> None:
        self.high += rows

    def shrink(self, rows: int) -> None:
        self.low = min(self.high, self.low + rows)

    def rotate(self, rows: int) -> None:
        self.turned += rows

    def counted(self, page: list[Row]) -> int | None:
        """How many rows there are, as the answer with this page says."""
        return {"all": len(self), "page": len(page), "nothing": None}[self._description.counts]

    def page(self, offset: int, limit: int) -> tuple[int, list[Row]]:
        """The offset really used, and the rows from there."""
        total = len(self)
        offset = 0 if self._description.ignore_offset else max(0, offset)
        if limit < 0 or self._description.ignore_limit:
            limit = total
        if self._cap is not None:
            limit = min(limit, self._cap)
        end = offset + limit if self._description.wraps and total else min(total, offset + limit)
        return offset, [self._row(position % total) for position in range(offset, end)]

    def _time(self, number: int) -> int:
        """Spread over the span until now; rows that came later are a second apart."""
        later = number - self._initial + 1
        return int(self._now + (later if later > 0 else later * self._spacing))

    def _row(self, position: int) -> Row:
        position = (position - self.turned) % len(self)
        newest_first = self._description.order == "newest_first"
        number = self.high - 1 - position if newest_first else self.low + position
        if self._explicit is not None and number < self._initial:
            return self._explicit[self._initial - 1 - number if newest_first else number]
        when = self._time(number)
        row = self._maker(number, when)
        row["time"] = _format_time(when, self._description.time_format)
        rename = self._description.rename
        return {rename.get(key, key): value for key, value in row.items()} if rename else row


def queue_maker(queue: Queue, seed: int, domain: str, *, hostile: bool) -> Maker:
    def make(number: int, when: int) -> Row:
        mix = _mix(number, seed)
        status = _queue_status(number, queue)
        row = {
            "queue_id": f"{when & 0xFFFFF:05X}{mix & 0xFFFF:04X}{number:X}",
            "time": when,
            "sender": f"{_pick(_PEOPLE, mix)}@{domain}",
            "recipient": _pick(_REMOTE, mix >> 3),
            "size": 1024 + mix % 5_000_000,
            "status": status,
            "description": _pick(_REASONS, mix >> 7) if status == "deferred" else "",
        }
        return {**row, "description": _hostile(number), "sender": _hostile(number + 5)} if hostile else row

    return make


def transaction_maker(seed: int, domain: str, *, hostile: bool) -> Maker:
    def make(number: int, when: int) -> Row:
        mix = _mix(number, seed)
        status = _pick(_TRANSACTIONS, mix >> 9)
        here, there = f"{_pick(_PEOPLE, mix)}@{domain}", _pick(_REMOTE, mix >> 3)
        row = {
            "id": number + 1,
            "message_id": f"<{when}.{mix:08X}.{number}@{domain}>",
            "time": when,
            "sender": there if status == "received" else here,
            "recipient": here if status == "received" else there,
            "subject": _pick(_SUBJECTS, mix >> 5),
            "size": 1024 + mix % 5_000_000,
            "status": status,
        }
        return {**row, "subject": _hostile(number)} if hostile else row

    return make


def admin_maker(seed: int, server: str, *, hostile: bool) -> Maker:
    def make(number: int, when: int) -> Row:
        mix = _mix(number, seed)
        kind, event = _pick(_EVENTS, mix)
        row = {
            "id": number + 1,
            "time": when,
            "type": kind,
            "event": event,
            "user": _pick(_USERS, mix >> 4),
            "ip": f"192.0.2.{1 + (mix >> 8) % 200}",
            "server_name": server,
        }
        return {**row, "event": _hostile(number), "user": _hostile(number + 3)} if hostile else row

    return make


def _queue_status(number: int, queue: Queue) -> str:
    """Evenly mixed, and exact: `deferred` and `hold` are shares of the whole."""
    if _steps(number, queue.deferred):
        return "deferred"
    others = number - int(number * queue.deferred)
    rest = 1 - queue.deferred
    return "hold" if rest > 0 and _steps(others, min(1.0, queue.hold / rest)) else "active"


def _steps(number: int, share: float) -> bool:
    return int((number + 1) * share) > int(number * share)


def _mix(number: int, seed: int) -> int:
    """A fixed scramble of the row's number: stable between runs and cheap at any index."""
    value = (number * 0x9E3779B1 + seed * 0x85EBCA6B + 0x27D4EB2F) & 0xFFFFFFFF
    value = ((value ^ (value >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    return value ^ (value >> 13)


def _pick(choices: tuple[T, ...], number: int) -> T:
    return choices[number % len(choices)]


def _hostile(number: int) -> str:
    return _pick(HOSTILE_TEXTS, number)


def _format_time(when: int, time_format: str) -> int | str:
    if time_format == "epoch":
        return when
    moment = datetime.datetime.fromtimestamp(when, datetime.timezone.utc)
    return moment.strftime("%Y/%m/%d %H:%M:%S") if time_format == "text" else moment.isoformat()
