# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of all kinds: however rows move, whatever a NAS counts and however it pages, rows are exact or it is said so.

``MAILPLUS_ATTACK_EXAMPLES`` sets how many lists are tried; by default a few, the same every time.

Not tried, since no reader could tell them from honest lists that stand still or grow: a NAS that gives only so many
rows and always counts as many; rows without ids that come again as often as the wrong count says; rows that go towards
the head while as many new ones come in behind them.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm import paging
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import PAGE_SIZE, Page, Pager
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("MAILPLUS_ATTACK_EXAMPLES", "400"))
ATTACK = settings(
    max_examples=EXAMPLES,
    derandomize="MAILPLUS_ATTACK_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# No reading of these lists takes as many answers.
PATIENCE = 20_000

Rows = list[int]


def _rotated(rows: Rows, count: int) -> Rows:
    return rows[-count:] + rows[:-count] if rows else rows


def _shuffled(rows: Rows, count: int) -> Rows:
    dice = random.Random(count)  # noqa: S311 - the same every time
    return dice.sample(rows, len(rows))


def _swapped(rows: Rows, count: int) -> Rows:
    return rows[-count:] + rows[count:-count] + rows[:count] if 2 * count <= len(rows) else rows


def _without(rows: Rows, place: int, count: int) -> Rows:
    return rows[:place] + rows[place + count :]


class Moves:
    """What may happen to a list between two answers: ``count`` rows at a time."""

    def __init__(self) -> None:
        self.newest = 10**6

    def _new(self, count: int) -> Rows:
        self.newest += count
        return list(range(self.newest - count, self.newest))

    def make(self, kind: str, rows: Rows, count: int) -> Rows:
        half, third = len(rows) // 2, len(rows) // 3
        makers: dict[str, Callable[[], Rows]] = {
            "head in": lambda: self._new(count) + rows,
            "tail in": lambda: rows + self._new(count),
            "middle in": lambda: rows[:half] + self._new(count) + rows[half:],
            "early in": lambda: rows[:third] + self._new(count) + rows[third:],
            "head out": lambda: rows[count:],
            "tail out": lambda: rows[: max(0, len(rows) - count)],
            "middle out": lambda: _without(rows, half, count),
            "late out": lambda: _without(rows, 2 * third, count),
            "tail to head": lambda: _rotated(rows, min(count, len(rows))),
            "head to tail": lambda: rows[count:] + rows[:count],
            "ends swapped": lambda: _swapped(rows, count),
            "middle to head": lambda: rows[half : half + count] + _without(rows, half, count),
            "middle to tail": lambda: _without(rows, half, count) + rows[half : half + count],
            "shuffled": lambda: _shuffled(rows, count),
            "reversed": lambda: rows[::-1],
            "emptied": list,
        }
        return makers[kind]()


MOVES = (
    *("head in", "tail in", "middle in", "early in", "head out", "tail out", "middle out", "late out", "tail to head"),
    *("head to tail", "ends swapped", "middle to head", "middle to tail", "shuffled", "reversed", "emptied"),
)
# What a NAS says of a list of so many rows, in its so manyeth answer, with so many rows from an offset on.
TOTALS: dict[str, Callable[[int, int, int, int], int | None]] = {
    "honest": lambda length, _answer, _given, _offset: length,
    "absent": lambda *_of: None,
    "absent later": lambda length, answer, _given, _offset: None if answer > 2 else length,
    "zero": lambda *_of: 0,
    "page": lambda _length, _answer, given, _offset: given,
    "page end": lambda _length, _answer, given, offset: offset + given,
    "half": lambda length, _answer, _given, _offset: length // 2,
    "one less": lambda length, _answer, _given, _offset: max(0, length - 1),
    "one more": lambda length, _answer, _given, _offset: length + 1,
    "double": lambda length, _answer, _given, _offset: 2 * length,
    "huge": lambda *_of: 2**53,
    "ever more": lambda length, answer, _given, _offset: length + 400 * answer,
    "ever less": lambda length, answer, _given, _offset: max(0, length - 200 * answer),
    "jumping": lambda length, answer, _given, _offset: length * (1 + 7 * answer % 3) // 2,
    "trembling": lambda length, answer, _given, _offset: max(0, length + 5 - 3 * answer % 11),
}
FIXED_WRONG = ("zero", "half", "one less", "one more", "double", "huge")


@dataclass
class AnyList:
    """A list on a NAS, as one example has it."""

    length: int
    moves: list[tuple[str, int]]
    every: int  # the list moves after so many answers
    total: str
    cap: int | None
    wraps: bool
    heeds_offset: bool
    heeds_limit: bool
    ids: bool
    offset: int
    limit: int | None
    answers: int = 0
    rows: Rows = field(init=False)
    stayed: set[int] = field(init=False)
    _moves: Moves = field(default_factory=Moves)

    def __post_init__(self) -> None:
        self.rows = list(range(self.length))
        self.stayed = set(self.rows)

    @property
    def is_still_and_honest(self) -> bool:
        return not self.moves and self.total == "honest" and self.heeds_offset and self.heeds_limit and not self.wraps

    def answer(self, page: Page) -> tuple[list[Any], int | None]:
        self.answers += 1
        assert self.answers < PATIENCE, "the reading does not end"
        offset = page.offset if self.heeds_offset else 0
        limit = page.limit if self.heeds_limit else max(page.limit, len(self.rows))
        limit = min(limit, self.cap or limit)
        given = self.rows[offset : offset + limit]
        if self.wraps and self.rows:
            given = [self.rows[number % len(self.rows)] for number in range(offset, offset + limit)]
        total = TOTALS[self.total](len(self.rows), self.answers, len(given), offset)
        if self.answers % self.every == 0:
            for kind, count in self.moves:
                self.rows = self._moves.make(kind, self.rows, count)
                self.stayed &= set(self.rows)
        return [{"id": number, "text": f"{number}"} if self.ids else {"text": f"{number}"} for number in given], total


def read(asked: AnyList) -> tuple[Pager, Rows, int]:
    """As the gather does: the pages of a round are answered in order. How many requests it took comes last."""
    pager = Pager(asked.offset, asked.limit, ("id",), most_rows=5_000)
    first, behind = pager.first_page, pager.page_behind
    assert behind
    answers = [asked.answer(first), asked.answer(behind)]
    rows = pager.feed(first, *answers[0])
    pager.look_behind(*answers[1])
    requests = 1
    while pages := pager.next_pages():
        requests += 1
        for page, answer in zip(pages, [asked.answer(page) for page in pages], strict=True):
            rows += pager.feed(page, *answer)
    return pager, [int(row["text"]) for row in rows], requests


def _cannot_be_told(asked: AnyList) -> bool:
    kinds = [kind for kind, _count in asked.moves]
    to_the_head = {"tail to head", "middle to head", "ends swapped", "shuffled", "reversed"} & set(kinds)
    new_behind = {"tail in", "middle in", "early in"} & set(kinds)
    same_wrong = asked.cap is not None and (
        asked.total in FIXED_WRONG or (asked.total in ("page", "page end") and not asked.heeds_offset)
    )
    return bool(
        (to_the_head and new_behind) or same_wrong or (asked.wraps and not asked.ids and asked.total != "honest")
    )


lists = st.builds(
    AnyList,
    length=st.one_of(st.integers(0, 60), st.integers(0, 2600), st.sampled_from((49, 50, 51, 499, 500, 501, 995, 1300))),
    moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(1, 60)), max_size=2),
    every=st.integers(1, 7),
    total=st.one_of(st.just("honest"), st.sampled_from(sorted(TOTALS))),
    cap=st.one_of(st.none(), st.sampled_from((1, 2, 7, 10, 50, 100, 499, 500, 501))),
    wraps=st.sampled_from((False, False, False, True)),
    heeds_offset=st.sampled_from((True, True, True, False)),
    heeds_limit=st.sampled_from((True, True, True, False)),
    ids=st.booleans(),
    offset=st.one_of(st.just(0), st.sampled_from((1, 50, 700))),
    limit=st.one_of(st.none(), st.just(50), st.sampled_from((0, 1, 7, 500, 501, 1200))),
)


@ATTACK
@given(lists)
def test_rows_are_exact_or_it_is_said_that_they_may_not_be(asked: AnyList) -> None:
    assume(not _cannot_be_told(asked))
    pager, rows, _requests = read(asked)
    told = pager.truncated is not False or asked.offset > 0 or pager.doubt
    if not told:
        assert asked.stayed <= set(rows), f"{len(asked.stayed - set(rows))} rows are lost in silence"
        assert max(Counter(rows).values(), default=1) == 1, "rows are doubled in silence"
    assert asked.limit is None or len(rows) <= asked.limit


@ATTACK
@given(lists)
def test_a_list_that_stands_still_and_is_counted_right_is_exact(asked: AnyList) -> None:
    asked.moves, asked.total, asked.wraps, asked.heeds_offset, asked.heeds_limit = [], "honest", False, True, True
    assume(asked.cap is None or asked.cap >= 10)
    pager, rows, requests = read(asked)
    end = asked.length if asked.limit is None else asked.offset + asked.limit
    assert rows == list(range(asked.length))[asked.offset : end]
    assert pager.doubt is None
    assert (pager.total, pager.truncated) == (asked.length, end < asked.length)
    size = min(asked.cap or PAGE_SIZE, PAGE_SIZE)
    wanted = max(0, min(end, asked.length) - asked.offset)
    if wanted <= size:
        assert requests == 1


@pytest.mark.parametrize("total", ["page", "page end", "zero"])
@pytest.mark.parametrize("limit", [0, 1, 50, 500, None])
@pytest.mark.parametrize("cap", [None, 1, 7, 50, 100])
def test_a_nas_that_counts_its_pages_passes_no_rule_on_the_length(
    total: str, limit: int | None, cap: int | None
) -> None:
    asked = AnyList(1300, [], 1, total, cap, False, True, True, True, 0, limit)
    pager, rows, _requests = read(asked)
    assert pager.total is None
    assert pager.truncated is not False
    assert len(rows) == (1300 if limit is None else limit) or pager.doubt


def test_of_rows_too_many_to_know_again_it_is_said_that_some_may_come_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "_MOST_SEEN", 1)
    asked = AnyList(1300, [("head to tail", 3), ("tail in", 1)], 1, "honest", None, False, True, True, True, 0, None)
    pager, rows, _requests = read(asked)
    assert max(Counter(rows).values()) > 1
    assert "doubled" in str(pager.doubt)
    still = AnyList(1300, [], 1, "honest", None, False, True, True, True, 0, None)
    pager, rows, _requests = read(still)
    assert (rows, pager.doubt, pager.truncated) == (still.rows, None, False)


@pytest.mark.parametrize("total", ["absent", "huge", "honest"])
@pytest.mark.parametrize("ids", [True, False])
def test_rows_without_end_end(total: str, ids: bool) -> None:
    pager = Pager(0, None, ("id",), most_rows=20_000)
    totals = {"absent": None, "huge": 2**53, "honest": 10**9}
    rows: list[Any] = []
    pages = [pager.first_page]
    while pages:
        for page in pages:
            numbers = range(page.offset, page.offset + page.limit)
            given = [{"id": number} if ids else {"text": f"{number}"} for number in numbers]
            rows += pager.feed(page, given, totals[total])
        pages = pager.next_pages()
    assert 20_000 <= len(rows) <= 20_000 + 8 * PAGE_SIZE
    assert pager.truncated is True
    assert "no more are read at once" in str(pager.doubt)
