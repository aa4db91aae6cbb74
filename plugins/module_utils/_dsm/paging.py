# SPDX-License-Identifier: GPL-3.0-or-later
"""All rows of a list that may change while it is read: none lost, none counted twice.

A page begins a few rows before the last one ended, so that both hold some rows. Where these stand in the new page
shows how far the list moved in between: rows that came in at its head push known rows down (they are skipped), rows
that left pull unread rows up. A page that shares no row with the last one is read again from further up.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

# No cap of DSM's is documented; where a NAS gives fewer rows at once, the first page shows it.
PAGE_SIZE = 500
# Pages asked at once for one list, so that a list of a million rows is neither one request nor in memory twice.
PAGES_AT_ONCE = 8

_OVERLAP = 5
_FRUITLESS_ROUNDS = 3


class Page(NamedTuple):
    """A part of a list, as DSM's parameters name it."""

    offset: int
    limit: int


class Pager:
    """Which pages of one list to ask for, and which of their rows are new.

    ``limit`` is the number of rows wanted from ``offset`` on, None for all. Ask ``first_page``, then ``next_pages``
    until there are none, and ``feed`` every answer in that order. Rows are told apart by the first of ``id_keys``
    that is unique in the first page, else by all they hold.
    """

    def __init__(self, offset: int, limit: int | None, id_keys: Sequence[str] = ()) -> None:
        self.total: int | None = None
        self._start = self._position = offset
        self._wanted = limit
        self._id_keys = id_keys
        self._id_key: str | None = None
        self._page_size = PAGE_SIZE
        self._known: deque[str] = deque(maxlen=2 * PAGE_SIZE)
        self._gap = self._progress = self._stopped = self._overfull = False
        self._fruitless = 0

    @property
    def first_page(self) -> Page:
        """The page to begin with. It asks for a row where none is wanted, since 0 may mean all."""
        return Page(self._start, PAGE_SIZE if self._wanted is None else max(1, min(self._wanted, PAGE_SIZE)))

    @property
    def truncated(self) -> bool | None:
        """Whether the list goes on behind the rows taken; None where the NAS does not tell its length."""
        if self._stopped or self._overfull:
            return True
        return None if self.total is None else self._position < self.total

    @property
    def gave_up(self) -> bool:
        """Whether rows are missing because the list changed faster than it could be read, or cannot be paged."""
        return self._stopped

    def next_pages(self) -> list[Page]:
        """The pages to ask for next; none when all wanted rows are there."""
        if self._wanted == 0 or self._at_end():
            return []
        self._fruitless = 0 if self._progress else self._fruitless + 1
        if self._fruitless >= _FRUITLESS_ROUNDS:
            self._stopped = True
            return []
        self._gap = self._progress = False
        overlap = min(_OVERLAP, self._page_size - 1, len(self._known), self._position - self._start)
        first = self._position - overlap
        if self.total is None:
            return [Page(first, self._page_size)]
        end = self.total if self._wanted is None else min(self.total, self._position + self._wanted)
        offsets = range(first, end - overlap, self._page_size - overlap)
        return [Page(offset, self._page_size) for offset in islice(offsets, PAGES_AT_ONCE)]

    def feed(self, page: Page, rows: Sequence[Any], total: int | None) -> list[Any]:
        """The rows of an answer that are new and wanted. ``total`` is the list's length as DSM tells it, or None."""
        growth = 0 if total is None or self.total is None else total - self.total
        self.total = self.total if total is None else total
        if self._gap or page.offset > self._position:
            return []  # an earlier page of this round came short or did not fit: this one does not follow yet
        if not self._known:
            self._learn(page, rows)
        fresh = self._fresh(page, rows, growth)
        if fresh is None:
            self._gap = True
            reachable = page.offset if self.total is None else min(page.offset, self.total)
            self._position = max(self._start, reachable - max(self._page_size // 2, -growth))
            return []
        self._position = page.offset + len(rows)
        self._known.extend(self._identity(row) for row in fresh)
        self._progress = self._progress or bool(fresh)
        return self._take(fresh)

    def _at_end(self) -> bool:
        if self.total is None:
            return not self._progress
        return self._position >= self.total

    def _learn(self, page: Page, rows: Sequence[Any]) -> None:
        """From the first page: how many rows this NAS gives at once, and what tells them apart."""
        if rows and len(rows) < page.limit:
            self._page_size = len(rows)
        for key in self._id_keys:
            values = [row.get(key) if isinstance(row, dict) else None for row in rows]
            if all(isinstance(value, (str, int)) for value in values) and len(set(values)) == len(values):
                self._id_key = key
                return

    def _fresh(self, page: Page, rows: Sequence[Any], growth: int) -> list[Any] | None:
        """The rows behind those already known; None where the page does not follow on them."""
        behind = self._behind_known(page, rows, growth)
        goes_on = self.total is None or page.offset + len(rows) < self.total
        if rows and not behind and goes_on and growth <= 0:
            return None  # all known, though nothing came in: this NAS may not heed the offset
        return behind

    def _behind_known(self, page: Page, rows: Sequence[Any], growth: int) -> list[Any] | None:
        names = [self._identity(row) for row in rows]
        known = list(self._known)
        overlap = self._position - page.offset
        longest = min(len(names), len(known))
        for count in (overlap + max(growth, 0), overlap, *range(longest, 0, -1)):
            if 0 < count <= longest and names[:count] == known[-count:]:
                return list(rows[count:])
        # Rows came in or left among those that both pages hold.
        reach = len(known) if self._id_key else len(names) + abs(growth)
        left = Counter(known[-reach:] if reach else ())
        fresh = []
        for name, row in zip(names, rows, strict=True):
            if left[name]:
                left[name] -= 1
            else:
                fresh.append(row)
        return fresh if len(fresh) < len(rows) or page.offset <= self._start else None

    def _identity(self, row: Any) -> str:
        if self._id_key and isinstance(row, dict) and self._id_key in row:
            return str(row[self._id_key])
        return json.dumps(row, sort_keys=True)

    def _take(self, fresh: list[Any]) -> list[Any]:
        if self._wanted is None:
            return fresh
        taken = fresh[: self._wanted]
        self._overfull = len(taken) < len(fresh)
        self._wanted -= len(taken)
        return taken
