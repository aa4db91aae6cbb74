# SPDX-License-Identifier: GPL-3.0-or-later
"""All rows of a list that may change while it is read: none lost, none counted twice.

A page begins a few rows before the last one ended, so that both hold some rows. Where these stand in the new page
shows how far the list moved in between: rows that came in at its head push known rows down (they are skipped), rows
that left pull unread rows up. A page that shares no row with the last one is read again from further up.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

# No cap of DSM's is documented; where a NAS gives fewer rows at once, the first page shows it.
PAGE_SIZE = 500
# Pages asked at once for one list, so that a list of a million rows is neither one request nor in memory twice.
PAGES_AT_ONCE = 8

_OVERLAP = 5
# Rows to remember from one run to the next: enough to find the place in a list that moved.
_REMEMBERED = 50
# What else is remembered.
_PROGRESS = ("start", "position", "length", "limit", "wanted", "taken", "page_size", "id_key", "first_rows")
_FRUITLESS_ROUNDS = 3


class Page(NamedTuple):
    """A part of a list, as DSM's parameters name it."""

    offset: int
    limit: int


class Pager:
    """Which pages of one list to ask for, and which of their rows are new.

    ``limit`` is the number of rows wanted from ``offset`` on, None for all that are there when reading begins. Ask
    ``first_page``, then ``next_pages`` until there are none, and ``feed`` every answer in that order. Rows are told
    apart by the first of ``id_keys`` that is unique in the first page, else by all they hold.
    """

    def __init__(self, offset: int, limit: int | None, id_keys: Sequence[str] = ()) -> None:
        self.total: int | None = None  # the list's length when reading began
        self.gave_up = False  # the list changed faster than it could be read, or this NAS does not page it
        self._length: int | None = None  # as of the last answer
        self._start = self._position = offset
        self._limit = self._wanted = limit
        self._taken = 0
        self._id_keys = id_keys
        self._id_key: str | None = None
        self._page_size = PAGE_SIZE
        self._known: deque[Any] = deque(maxlen=4 * PAGE_SIZE)
        self._first_rows: list[Any] = []
        self._gap = self._progress = self._short_page = False
        self._fruitless = 0

    @property
    def progress(self) -> dict[str, Any]:
        """How far reading has come, as plain JSON, for ``resume``."""
        return {name: getattr(self, f"_{name}") for name in _PROGRESS} | {
            "total": self.total,
            "known": list(self._known)[-_REMEMBERED:],
        }

    def resume(self, progress: Mapping[str, Any]) -> None:
        """Go on where an earlier reading of the same list noted ``progress``."""
        for name in _PROGRESS:
            setattr(self, f"_{name}", progress[name])
        self.total = progress["total"]
        self._known.extend(progress["known"])

    @property
    def first_page(self) -> Page:
        """The page to begin with. It asks for a row where none is wanted, since 0 may mean all."""
        if self._known:
            return self.next_page
        return Page(self._start, PAGE_SIZE if self._limit is None else max(1, min(self._limit, PAGE_SIZE)))

    @property
    def truncated(self) -> bool | None:
        """Whether rows that were there when reading began are missing behind those taken.

        None where the NAS does not tell the list's length.
        """
        if self.gave_up:
            return True
        if self.total is None:
            return None
        return self._limit is not None and self._taken >= self._limit and self._start + self._taken < self.total

    @property
    def next_page(self) -> Page:
        """The page that begins a few rows before the last one ended."""
        overlap = min(_OVERLAP, self._page_size - 1, len(self._known), self._position - self._start)
        return Page(self._position - overlap, self._page_size)

    def next_pages(self) -> list[Page]:
        """The pages to ask for next; none when all wanted rows are there."""
        if self._wanted == 0 or self._at_end():
            return []
        self._fruitless = 0 if self._progress else self._fruitless + 1
        if self._fruitless >= _FRUITLESS_ROUNDS:
            self.gave_up = True
            return []
        self._gap = self._progress = False
        first = self.next_page.offset
        if self._length is None:
            return [self.next_page]
        overlap = self._position - first
        end = self._length if self._wanted is None else min(self._length, self._position + self._wanted)
        offsets = range(first, end - overlap, self._page_size - overlap)
        return [Page(offset, self._page_size) for offset in islice(offsets, PAGES_AT_ONCE)]

    def feed(self, page: Page, rows: Sequence[Any], length: int | None) -> list[Any]:
        """The rows of an answer that are new and wanted. ``length`` is the list's as DSM tells it, or None."""
        growth = 0 if length is None or self._length is None else length - self._length
        self._length = self._length if length is None else length
        if self._gap or page.offset > self._position:
            return []  # an earlier page of this round came short or did not fit: this one does not follow yet
        if not self._known:
            self._begin(page, rows)
        fresh = self._fresh(page, rows, growth)
        if fresh is None:
            self._gap = True
            self._position = self._position_after_gap(page, growth)
            return []
        self._position = page.offset + len(rows)
        self._short_page = len(rows) < self._page_size
        self._known.extend(self._identity(row) for row in fresh)
        self._progress = self._progress or bool(fresh)
        return self._take(fresh)

    def _at_end(self) -> bool:
        if self._length is None:
            return self._short_page and not self._gap
        return self._position >= self._length

    def _begin(self, page: Page, rows: Sequence[Any]) -> None:
        """From the first page: how long the list is, how many rows come at once, and what tells them apart."""
        self.total = self._length
        if self.total is not None and self._wanted is None:
            self._wanted = max(self.total - self._start, len(rows))
        if rows and len(rows) != page.limit:
            # Where the list's length is not known, a few rows may be all there are rather than a page.
            self._page_size = len(rows) if self._length is not None else max(len(rows), 2 * _OVERLAP)
        for key in self._id_keys:
            values = [row.get(key) if isinstance(row, dict) else None for row in rows]
            if all(isinstance(value, (str, int)) for value in values) and len(set(values)) == len(values):
                self._id_key = key
                break
        self._first_rows = [self._identity(row) for row in rows[:_OVERLAP]]

    def _fresh(self, page: Page, rows: Sequence[Any], growth: int) -> list[Any] | None:
        """The rows behind those already known; None where the page does not follow on them."""
        if page.offset > self._start and growth <= 0 and self._begins_anew(rows):
            return None  # the first page again: this NAS does not heed the offset
        behind = self._behind_known(page, rows, growth)
        end = page.offset + len(rows)
        goes_on = len(rows) >= self._page_size if self._length is None else end < self._length
        if rows and not behind and goes_on and growth <= 0:
            return None
        return behind

    def _behind_known(self, page: Page, rows: Sequence[Any], growth: int) -> list[Any] | None:
        if not self._known:
            return list(rows) if page.offset <= self._start and growth <= 0 else None
        overlap = self._position - page.offset
        for count in (overlap + max(growth, 0), overlap, *range(len(rows), 0, -1)):
            if 0 < count <= len(rows) and self._ends_with(rows[:count]):
                return list(rows[count:])
        # Rows came in or left among those that both pages hold. What stands before all of them came in meanwhile.
        left = Counter(map(_as_text, self._known))
        fresh: list[Any] | None = None
        for row in rows:
            name = _as_text(self._identity(row))
            if left[name]:
                left[name] -= 1
                fresh = fresh or []
            elif fresh is not None:
                fresh.append(row)
        if fresh is None and page.offset <= self._start and growth <= 0:
            return list(rows)
        return fresh

    def _begins_anew(self, rows: Sequence[Any]) -> bool:
        """Whether these are the first rows again. Rows that are all alike do not tell."""
        first = self._first_rows
        alike = all(row == first[0] for row in first)
        return not alike and [self._identity(row) for row in rows[: len(first)]] == first

    def _ends_with(self, rows: Sequence[Any]) -> bool:
        """Whether the last rows known are these."""
        return all(
            self._identity(row) == known for row, known in zip(reversed(rows), reversed(self._known), strict=False)
        )

    def _position_after_gap(self, page: Page, growth: int) -> int:
        """Where to read on: further down if rows came in at the head, else further up."""
        if growth > 0:
            return self._position + growth
        reachable = page.offset if self._length is None else min(page.offset, self._length)
        return max(self._start, reachable - max(self._page_size // 2, -growth))

    def _identity(self, row: Any) -> Any:
        if self._id_key and isinstance(row, dict) and self._id_key in row:
            return row[self._id_key]
        return row

    def _take(self, fresh: list[Any]) -> list[Any]:
        taken = fresh if self._wanted is None else fresh[: self._wanted]
        self._taken += len(taken)
        if self._wanted is not None:
            self._wanted -= len(taken)
        return taken


def _as_text(identity: Any) -> str:
    return json.dumps(identity, sort_keys=True)
