# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that cost nothing until a page is asked for: each row is a function of its number."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import Queue, Rows
from ansible_collections.mailfleet.mailplus.tests.simulator.templates import Filler, Row, Spot, mixed

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


class RowList:
    """The rows numbered low..high-1, the highest the newest.

    Growing adds newer ones, shrinking takes the oldest, rotating moves rows from the end to the head.
    """

    def __init__(
        self,
        description: Rows,
        maker: Maker,
        now: float,
        page_cap: int | None,
        rename: Mapping[str, str] | None = None,
    ) -> None:
        self._description = description
        self._maker = maker
        self._now = now
        self._explicit = description.rows
        self._rename = {**(rename or {}), **description.rename}
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
        if "time" in row:
            row["time"] = _format_time(when, self._description.time_format)
        return _renamed(row, self._rename) if self._rename else row


def _renamed(row: Row, rename: Mapping[str, str]) -> Row:
    """The row under other keys; a dot in one leads into a mapping."""
    renamed: Row = {}
    for key, value in row.items():
        *above, last = rename.get(key, key).split(".")
        place = renamed
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return renamed


def row_maker(filler: Filler, seed: int, hostile: Mapping[str, int]) -> Maker:
    """The maker of all lists: the filled-in row, with a hostile text under the keys that `hostile` names."""

    def make(number: int, when: int) -> Row:
        row: Row = dict(filler(Spot(number, when, mixed(number, seed))))
        for key, shift in hostile.items():
            row[key] = HOSTILE_TEXTS[(number + shift) % len(HOSTILE_TEXTS)]
        return row

    return make


def queue_status(queue: Queue) -> Filler:
    """Evenly mixed, and exact: `deferred` and `hold` are shares of the whole."""
    return lambda spot: _queue_status(spot.number, queue)


def _queue_status(number: int, queue: Queue) -> str:
    if _steps(number, queue.deferred):
        return "deferred"
    others = number - int(number * queue.deferred)
    rest = 1 - queue.deferred
    return "hold" if rest > 0 and _steps(others, min(1.0, queue.hold / rest)) else "active"


def _steps(number: int, share: float) -> bool:
    return int((number + 1) * share) > int(number * share)


def _format_time(when: int, time_format: str) -> int | str:
    if time_format == "epoch":
        return when
    moment = datetime.datetime.fromtimestamp(when, datetime.timezone.utc)
    return moment.strftime("%Y/%m/%d %H:%M:%S") if time_format == "text" else moment.isoformat()
