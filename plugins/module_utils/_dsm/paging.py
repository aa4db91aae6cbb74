# SPDX-License-Identifier: GPL-3.0-or-later
"""All rows of a list that may change while it is read: none lost in silence, none counted twice.

A page begins a few rows before the last one ended, so that both hold some rows. Where these stand in the new page
shows how far the list moved in between: rows that came in at its head push known rows down (they are skipped), rows
that left pull unread rows up. A page that shares no row with the last one is read again from further up.

Not every movement shows there, and not every NAS counts right. So what was read is compared with what the NAS counted
first and last, and the first page is asked for together with the row behind it: where a row stands behind the last one
counted, or the count is that of a page, the count is not believed.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from typing import Any, NamedTuple, TypeGuard

# No cap of DSM's is documented; where a NAS gives fewer rows at once, the first page shows it.
PAGE_SIZE = 500
# Pages asked at once for one list, so that a list of a million rows is neither one request nor in memory twice.
PAGES_AT_ONCE = 8
# No count is greater: beyond it, JSON readers and Prometheus lose digits.
HIGHEST_COUNT = 2**53

_OVERLAP = 5
# Rows to remember from one run to the next: enough to find the place in a list that moved.
_REMEMBERED = 50
_FRUITLESS_ROUNDS = 3
# Rows to know again should they come twice: they take 60 MB.
_MOST_SEEN = 500_000
# Rows that may well come in or leave between two answers to one request.
_FEW = 50
# Raised when what is noted between two runs changes.
_VERSION = 2


class ProgressError(ValueError):
    """What was noted of an earlier reading cannot be read."""


class Page(NamedTuple):
    """A part of a list, as DSM's parameters name it."""

    offset: int
    limit: int


@dataclass
class Progress:
    """How far a reading has come: all that a later run needs to go on."""

    position: int
    taken: int = 0  # rows handed on
    passed: int = 0  # rows behind those known before, whether they were handed on or not
    twice: int = 0  # rows that had come before
    alike: int = 0  # rows that hold the same as one close to them, and have no ids: as a rule two of them are there
    page_size: int = PAGE_SIZE
    total: int | None = None  # the list's length when reading began
    length: int | None = None  # as of the last answer
    believed: bool = True  # nothing contradicts these lengths
    moved: bool = False  # rows were not where the page before had shown them
    id_key: str | None = None
    first_rows: list[Any] = field(default_factory=list)

    @classmethod
    def from_json(cls, noted: Mapping[str, Any]) -> Progress:
        """What ``asdict`` made. Raises ProgressError where that cannot be."""
        kinds: dict[str, Any] = {
            **dict.fromkeys(("position", "taken", "passed", "twice", "alike", "page_size"), is_count),
            **dict.fromkeys(("total", "length"), lambda value: value is None or is_count(value)),
            **dict.fromkeys(("believed", "moved"), lambda value: isinstance(value, bool)),
            "id_key": lambda value: value is None or isinstance(value, str),
            "first_rows": lambda value: isinstance(value, list),
        }
        if set(noted) != {each.name for each in fields(cls)} or not all(kinds[key](noted[key]) for key in noted):
            raise ProgressError("the progress noted is damaged")
        return cls(**noted)


class Pager:
    """Which pages of one list to ask for, and which of their rows are new.

    ``limit`` is the number of rows wanted from ``offset`` on, None for all there are; reading ends at ``most_rows`` in
    any case. Ask ``first_page``, then ``next_pages`` until there are none, and ``feed`` every answer in that order.
    ``page_behind`` is asked together with the first page; its answer goes to ``look_behind``. Rows are told apart by
    the first of ``id_keys`` that is unique in the first page, else by all they hold.
    """

    def __init__(
        self, offset: int, limit: int | None, id_keys: Sequence[str] = (), most_rows: int = HIGHEST_COUNT
    ) -> None:
        self.gave_up = False  # the list changed faster than it could be read, or this NAS does not page it
        self._at = Progress(offset)
        self._start = offset
        self._limit = limit
        self._most_rows = most_rows
        self._id_keys = id_keys
        self._known: deque[Any] = deque(maxlen=4 * PAGE_SIZE)
        self._seen: dict[int, int] = {}  # what tells a row apart, as a number, and where it came last
        self._first: Page | None = None
        self._given = 0  # how many rows the first page brought, and a number for all of them
        self._given_hash = 0
        self._answers = self._same = 0  # answers behind the first, and those of them that are the first page again
        self._gap = self._fruitful = self._end_seen = False
        self._fruitless = self._rounds_behind = 0

    @property
    def progress(self) -> dict[str, Any]:
        """How far reading has come, as plain JSON, for ``resume``."""
        return {"version": _VERSION, **asdict(self._at), "known": list(self._known)[-_REMEMBERED:]}

    def resume(self, progress: Any) -> None:
        """Go on where an earlier reading of the same list noted ``progress``. Raises ProgressError."""
        if not isinstance(progress, dict) or progress.get("version") != _VERSION:
            raise ProgressError("the progress noted is of another version")
        known = progress.get("known")
        if not isinstance(known, list):
            raise ProgressError("the progress noted is damaged")
        self._at = Progress.from_json({key: progress[key] for key in progress.keys() - {"version", "known"}})
        self._known.extend(known)
        self.remember(known)

    def remember(self, rows: Iterable[Any]) -> None:
        """Tell these rows of an earlier run apart from new ones, should they come once more."""
        room = max(0, _MOST_SEEN - len(self._seen))
        self._seen.update((_hash(self._identity(row)), 0) for row in islice(rows, room))

    @property
    def first_page(self) -> Page:
        """The page to begin with. It asks for a row where none is wanted, since 0 may mean all."""
        if self._known:
            return self.next_page
        return Page(self._start, PAGE_SIZE if self._limit is None else max(1, min(self._limit, PAGE_SIZE)))

    @property
    def page_behind(self) -> Page | None:
        """The row behind the first page; None where an earlier reading is taken up."""
        return None if self._known else Page(self._start + self.first_page.limit, 1)

    @property
    def total(self) -> int | None:
        """The list's length when reading began; None where the NAS does not tell it, or contradicts itself."""
        return self._at.total if self._at.believed else None

    @property
    def truncated(self) -> bool | None:
        """Whether rows that were there when reading began are missing behind those taken, or among them.

        None where that is not known.
        """
        if (self.gave_up and not self._is_unpaged) or self._limit_cuts:
            return True
        return None if self.total is None or self.doubt else False

    @property
    def _is_unpaged(self) -> bool:
        """Whether this NAS gives the same rows whatever part is asked for, and tells of no others."""
        at = self._at
        counts_no_more = self.total is None or at.total == at.length == at.taken
        return self._answers == self._same > 1 and at.taken == self._given and counts_no_more

    @property
    def doubt(self) -> str | None:
        """Why the rows taken may not be those wanted; None where nothing speaks for that."""
        at = self._at
        if self._is_unpaged:
            return self._of_unpaged()
        if self.gave_up:
            return self._why_given_up()
        if not at.believed:
            return (
                f"{at.taken} rows were read. This NAS contradicts its own count of {at.total}, so how many there are "
                f"is not known."
            )
        if at.total is None or self._limit_cuts:
            return f"{at.twice} rows that came twice were left out." if at.twice else None
        if not self._disagrees(at.total):
            return None
        twice = f", {at.twice} came twice" if at.twice else ""
        return (
            f"{at.taken} rows were read of a list that changed meanwhile ({at.total} rows first, {at.length} last"
            f"{twice}): rows may be missing or doubled. Read it again when less changes."
        )

    @property
    def next_page(self) -> Page:
        """The page that begins a few rows before the last one ended."""
        at = self._at
        overlap = min(_OVERLAP, at.page_size - 1, len(self._known), at.position - self._start)
        return Page(at.position - max(0, overlap), at.page_size)

    def stop(self) -> None:
        """Want no more rows than those taken: what is behind them is left out, as by a limit."""
        self._limit = self._at.taken

    def next_pages(self, at_once: int = PAGES_AT_ONCE) -> list[Page]:
        """The pages to ask for next, of which there are none when all wanted rows are there."""
        if self._is_done():
            return []
        self._fruitless = 0 if self._fruitful else self._fruitless + 1
        if self._fruitless >= _FRUITLESS_ROUNDS or self._at.taken >= self._most_rows:
            self.gave_up = not self._is_unpaged or self.total is None
            return []
        self._gap = self._fruitful = False
        first, size = self.next_page
        if self._length is None:
            return [self.next_page]
        overlap = self._at.position - first
        # A page that ends with the list does not show that nothing is behind it: one more does.
        end = self._length + 1 if self._left is None else min(self._length + 1, self._at.position + self._left)
        offsets = range(first, end - overlap, size - overlap)
        return [Page(offset, size) for offset in islice(offsets, at_once)] or [self.next_page]

    def feed(self, page: Page, rows: Sequence[Any], length: int | None) -> list[Any]:
        """The rows of an answer that are new and wanted. ``length`` is the list's as DSM tells it, or None."""
        at = self._at
        self._compare_with_first(page, rows)
        growth = 0 if length is None or self._length is None else length - self._length
        at.length = at.length if length is None else length
        if self._gap or page.offset > at.position:
            return []  # an earlier page of this round came short or did not fit: this one does not follow yet
        if not self._known:
            self._begin(page, rows)
        fresh = self._fresh(page, rows, growth)
        if fresh is None:
            self._gap = at.moved = True
            at.position = self._position_after_gap(page, growth)
            return []
        at.position = page.offset + len(rows)
        if fresh and self._length is not None and at.position > self._length:
            at.believed = False
        self._end_seen = len(rows) < (at.page_size if self._length is None else page.limit)
        self._known.extend(self._identity(row) for row in fresh)
        return self._take(fresh)

    def _compare_with_first(self, page: Page, rows: Sequence[Any]) -> None:
        if self._first is not None and page.offset > self._first.offset:
            self._answers += 1
            self._same += len(rows) == self._given > 1 and self._hash_of(rows) == self._given_hash

    def look_behind(self, rows: Sequence[Any], length: int | None) -> None:
        """What the NAS answers for ``page_behind``, after the answer for the first page was fed."""
        at, first = self._at, self._first
        if first is None:
            return
        offset, full = first.offset + first.limit, self._given == first.limit
        # A NAS that begins anew behind its end, or always answers the same, gives rows of the first page once more.
        differ = len(self._seen) == self._given or len(rows) == self._given > 1
        again = differ and all(_hash(self._identity(row)) in self._seen for row in rows)
        behind = bool(rows) and (full or not again)
        if at.total is not None and length is not None and at.believed:
            counts_pages = length != at.total and (
                (at.total, length) == (self._given, len(rows))
                or (at.total, length) == (first.offset + self._given, offset + len(rows))
            )
            jumps = abs(length - at.total) > max(_FEW, at.total // 4)
            uncounted = behind and (at.total <= offset or offset + len(rows) > length)
            at.believed = not (counts_pages or jumps or uncounted)
        if self._length is None and behind:
            at.page_size, self._end_seen = max(1, min(self._given, PAGE_SIZE)), False
        elif full or self._heeds_no_limit(rows, offset, again=again):
            self._end_seen = True  # nothing is behind it

    def _heeds_no_limit(self, rows: Sequence[Any], offset: int, *, again: bool) -> bool:
        """Whether more rows came than the one asked for: those of the first page once more, or its last ones."""
        if self._first is None or len(rows) < 2:  # noqa: PLR2004 - one row is what was asked for
            return False
        return (again and len(rows) == self._given) or offset + len(rows) == self._first.offset + self._given

    @property
    def _length(self) -> int | None:
        """The list's length as of the last answer, as far as it can be believed."""
        return self._at.length if self._at.believed else None

    @property
    def _left(self) -> int | None:
        """How many rows are still wanted; None for all."""
        return None if self._limit is None else self._limit - self._at.taken

    @property
    def _limit_cuts(self) -> bool:
        """Whether the limit leaves rows out that the NAS gave at once, or counted."""
        if self._limit is None or self._at.taken < self._limit:
            return False
        total = self.total
        return self._given > max(1, self._limit) or (total is not None and self._start + self._at.taken < total)

    def _is_done(self) -> bool:
        at, length = self._at, self._length
        if self._left == 0 and (length is None or at.position < length):
            return True
        if self._end_seen and not self._gap and (length is None or at.position >= length):
            return True
        if self.total is None or at.taken < self.total - self._start:
            return False
        # All that was there first is taken: what comes in behind it meanwhile is read on for a while.
        self._rounds_behind += 1
        return self._rounds_behind > _FRUITLESS_ROUNDS

    def _disagrees(self, total: int) -> bool:
        """Whether the rows do not add up to what the NAS counted when reading began and when it ended."""
        at = self._at
        expected = max(0, total - self._start)
        came_in_before = at.position - self._start - at.passed
        not_all_known_again = len(self._seen) + at.twice + at.alike < at.passed
        return (
            at.taken < (expected if self._limit is None else min(expected, self._limit))
            or (at.length is not None and at.position < at.length)
            or (came_in_before > 0 and at.passed > expected)  # rows came in at both ends, or went from one to the other
            or (not_all_known_again and (came_in_before < 0 or at.passed > expected))
            or (at.twice > 0 and at.id_key is None)
            or (at.alike > 0 and (at.moved or came_in_before != 0 or at.length != total))
        )

    def _of_unpaged(self) -> str | None:
        if self.total is not None:
            return None
        return (
            f"{self._at.taken} rows were read. This NAS gives the same ones whatever part of the list it is asked for, "
            f"so whether there are more is not known."
        )

    def _why_given_up(self) -> str:
        at = self._at
        if at.taken >= self._most_rows:
            return f"{at.taken} rows were read, and no more are read at once. Ask for a part of them (offset, limit)."
        of_all = f"{at.taken} of {at.total} rows" if self.total is not None else f"{at.taken} rows"
        return f"{of_all} were read: the list changed faster than it could be read, or this NAS does not page it."

    def _begin(self, page: Page, rows: Sequence[Any]) -> None:
        """From the first page: how long the list is, how many rows come at once, and what tells them apart."""
        at = self._at
        if self._first is None:
            self._first, self._given, at.total = page, len(rows), at.length
        if rows and len(rows) < page.limit:
            # Where the list's length is not known, a few rows may be all there are rather than a page.
            at.page_size = len(rows) if self._length is not None else max(len(rows), 2 * _OVERLAP)
        for key in self._id_keys:
            values = [row.get(key) if isinstance(row, dict) else None for row in rows]
            if rows and all(isinstance(value, (str, int)) for value in values) and len(set(values)) == len(values):
                at.id_key = key
                break
        self._given_hash = self._hash_of(rows)
        at.first_rows = [self._identity(row) for row in rows[:_OVERLAP]]

    def _fresh(self, page: Page, rows: Sequence[Any], growth: int) -> list[Any] | None:
        """The rows behind those already known; None where the page does not follow on them."""
        if page.offset > self._start and growth <= 0 and self._begins_anew(rows):
            return None  # the first page again: this NAS does not heed the offset
        behind = self._behind_known(page, rows, growth)
        end = page.offset + len(rows)
        goes_on = len(rows) >= self._at.page_size if self._length is None else end < self._length
        if rows and not behind and goes_on and growth <= 0:
            return None
        return behind

    def _behind_known(self, page: Page, rows: Sequence[Any], growth: int) -> list[Any] | None:
        if not self._known:
            return list(rows) if page.offset <= self._start and growth <= 0 else None
        overlap = self._at.position - page.offset
        for count in (overlap + max(growth, 0), overlap, *range(len(rows), 0, -1)):
            if 0 < count <= len(rows) and self._ends_with(rows[:count]):
                self._at.moved = self._at.moved or count != overlap
                return list(rows[count:])
        self._at.moved = True
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
        first = self._at.first_rows
        alike = all(row == first[0] for row in first)
        return not alike and [self._identity(row) for row in rows[: len(first)]] == first

    def _ends_with(self, rows: Sequence[Any]) -> bool:
        """Whether the last rows known are these."""
        return all(
            self._identity(row) == known for row, known in zip(reversed(rows), reversed(self._known), strict=False)
        )

    def _position_after_gap(self, page: Page, growth: int) -> int:
        """Where to read on: further down if rows came in, maybe at the head; if not, or if that failed, further up."""
        if growth > 0 and self._fruitless != 1:
            return self._at.position + growth
        reachable = page.offset if self._length is None else min(page.offset, self._length)
        return max(self._start, reachable - max(self._at.page_size // 2, -growth))

    def _hash_of(self, rows: Sequence[Any]) -> int:
        return hash(tuple(_hash(self._identity(row)) for row in rows))

    def _identity(self, row: Any) -> Any:
        key = self._at.id_key
        return row[key] if key and isinstance(row, dict) and key in row else row

    def _take(self, fresh: list[Any]) -> list[Any]:
        """Of rows that follow on those known, those to hand on."""
        at = self._at
        once = []
        for place, row in enumerate(fresh, at.passed):
            name = _hash(self._identity(row))
            came_last = self._seen.get(name)
            if came_last is not None or len(self._seen) < _MOST_SEEN:
                self._seen[name] = place
            if came_last is None:
                self._fruitful = True
            elif self._may_be_alike(row, place - came_last):
                at.alike += 1
            else:
                at.twice += 1
                if at.id_key is not None:
                    continue  # it went to the other end
            once.append(row)
        self._fruitful = self._fruitful or bool(once and self._length is not None)
        taken = once if self._left is None else once[: self._left]
        at.passed += len(fresh)
        at.taken += len(taken)
        return taken

    def _may_be_alike(self, row: Any, apart: int) -> bool:
        """Whether a row that came before may be another one: without ids, two mails of one second stand together."""
        return apart < self._at.page_size and not (isinstance(row, dict) and any(key in row for key in self._id_keys))


def _as_text(identity: Any) -> str:
    try:
        return json.dumps(identity, sort_keys=True)
    except RecursionError:  # such a row is refused when account of it is taken
        return f"{id(identity)}"


def _hash(identity: Any) -> int:
    """A number for what tells a row apart, so that a million of them fit into memory."""
    return hash(identity if isinstance(identity, (str, int)) else _as_text(identity))


def is_count(value: object) -> TypeGuard[int]:
    """Whether ``value`` can be a number of rows."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= HIGHEST_COUNT
