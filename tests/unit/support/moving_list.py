# SPDX-License-Identifier: GPL-3.0-or-later
"""A list on a server that changes between any two pages, and the reading of it, without HTTP."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import Page, Pager

# No list of these tests needs as many pages.
PATIENCE = 1000


@dataclass
class MovingList:
    """``coming`` and ``going`` rows are added and taken away after each page, at the ends that ``newest_first`` tells.

    A queue is oldest first and loses its oldest; a ring log of one size is both coming and going. ``anywhere`` takes
    rows away from anywhere, ``irregular`` lets between none and twice as many come.
    """

    length: int
    newest_first: bool = True
    coming: int = 0
    going: int = 0
    anywhere: random.Random | None = None
    irregular: random.Random | None = None
    cap: int | None = None
    tells_total: bool = True
    has_ids: bool = True
    heeds_offset: bool = True
    heeds_limit: bool = True
    pages: int = 0
    numbers: list[int] = field(init=False)
    gone: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.numbers = list(range(self.length))
        if self.newest_first:
            self.numbers.reverse()
        self.initial = list(self.numbers)

    def page(self, page: Page) -> tuple[list[dict[str, Any]], int | None]:
        self.pages += 1
        offset = page.offset if self.heeds_offset else 0
        limit = page.limit if self.heeds_limit else self.cap or len(self.numbers)
        limit = min(limit, self.cap or limit)
        rows = [self._row(number) for number in self.numbers[offset : offset + limit]]
        total = len(self.numbers) if self.tells_total else None
        self._change()
        return rows, total

    def _row(self, number: int) -> dict[str, Any]:
        return {"id": number, "text": f"row {number}"} if self.has_ids else {"text": f"row {number}"}

    def _change(self) -> None:
        for _i in range(self.irregular.randrange(2 * self.coming + 1) if self.irregular else self.coming):
            self.numbers.insert(0 if self.newest_first else len(self.numbers), self.length)
            self.length += 1
        for _i in range(min(self.going, len(self.numbers))):
            oldest = len(self.numbers) - 1 if self.newest_first else 0
            place = self.anywhere.randrange(len(self.numbers)) if self.anywhere else oldest
            self.gone.add(self.numbers.pop(place))


@dataclass
class Reading:
    """What came of reading a list to its end."""

    pager: Pager
    rows: list[Any]

    @property
    def numbers(self) -> list[int]:
        return [int(row["text"].removeprefix("row ")) for row in self.rows]

    @property
    def twice(self) -> int:
        return len(self.rows) - len(set(self.numbers))


def read_all(
    moving: MovingList, offset: int = 0, limit: int | None = None, id_keys: Sequence[str] = ("id",)
) -> Reading:
    """Read as the gather does: the pages of a round are asked in one request, answered in order, then fed."""
    pager = Pager(offset, limit, id_keys)
    rows: list[Any] = []
    pages = [pager.first_page]
    behind = pager.page_behind
    assert behind
    rows += pager.feed(pager.first_page, *moving.page(pager.first_page))
    pager.look_behind(*moving.page(behind))
    moving.pages -= 1  # it travels with the first page
    pages = pager.next_pages()
    while pages:
        answers = [moving.page(page) for page in pages]
        for page, (answer, total) in zip(pages, answers, strict=True):
            rows += pager.feed(page, answer, total)
        assert moving.pages <= PATIENCE, "the reading does not end"
        pages = pager.next_pages()
    return Reading(pager, rows)
