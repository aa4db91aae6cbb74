# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading that ends where rows are older than those wanted, or where enough of them match: which rows come of it,
what is said of them, and how much is asked for."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, cast

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import connection_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import lists
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import read_to_the_end
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import ListReading, Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.tests.hypothesis_profile import one_in
from hypothesis import assume, given
from hypothesis import strategies as st

LOG = BY_NAME["transaction_log"]
NOW = datetime(2026, 1, 31, 9, 0, tzinfo=timezone.utc)
SECONDS = int(NOW.timestamp())
PAGE = 500
Row = dict[str, Any]


@dataclass
class Log:
    """A log on a NAS, asked without HTTP. ``coming`` rows come in at its head after each answer."""

    rows: list[Row]
    coming: int = 0
    cap: int = PAGE
    counts: bool = True
    breaks_after: int | None = None
    pages: int = 0
    first: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        self.first = list(self.rows)

    def interrupt(self) -> None:
        """Nothing is under way."""

    def read(self, reads: Sequence[Read]) -> list[Reply]:
        return [self._reply(read.params["offset"], read.params["limit"]) for read in reads]

    def _reply(self, offset: int, limit: int) -> Reply:
        route = Route("entry.cgi", 1)
        self.pages += limit > 1
        if self.breaks_after is not None and self.pages > self.breaks_after:
            return Reply(route, error=connection_error("closed", "The connection was closed", "Try again."))
        total = {"total": len(self.rows)} if self.counts else {}
        data = {"items": self.rows[offset : offset + min(limit, self.cap)], **total}
        newest = SECONDS + self.pages
        came_in = {"time": newest, "status": "failed"}
        self.rows[:0] = [{"id": f"new {newest} {number}", **came_in} for number in range(self.coming)]
        return Reply(route, data)


def evenly(count: int, apart: float = 1) -> list[Row]:
    return [{"id": number, "time": SECONDS - int(number * apart)} for number in range(count)]


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def reading_of(window: Window) -> ListReading:
    return ListReading(LOG, {}, window, reveal_secrets=False)


def read(log: Log, window: Window) -> tuple[list[Row], dict[str, Any], list[str]]:
    """The rows, the envelope and the warnings."""
    with reading_of(window) as reading:
        read_to_the_end(cast(Client, log), [reading], is_answered=False)
        envelope = dict(reading.envelope(NOW))
        assert envelope["status"] == "ok", envelope["error"]
        return reading.rows, envelope, reading.warnings


def since(moment: datetime, **more: Any) -> Window:
    return Window(0, None, RowFilter(since=moment), **more)


def ids(rows: Sequence[Row]) -> list[Any]:
    return [row["id"] for row in rows]


# ------------------------------------------------------------------------------------------------------ early ends


@pytest.mark.parametrize("hours", [0, 0.01, 3, 5, 24])
def test_of_a_million_rows_no_more_pages_are_read_than_are_needed_and_one(hours: float) -> None:
    log = Log(evenly(1_000_000, apart=2.592))  # over 30 days
    rows, envelope, warnings = read(log, since(ago(hours * 3600)))
    assert ids(rows) == [row["id"] for row in log.first if row["time"] >= SECONDS - hours * 3600]
    needed = -(-len(rows) // (PAGE - 5))  # a page holds some rows of the one before it
    assert log.pages <= max(1, needed) + 1
    assert envelope["filtered"]["ended_early"] is True
    assert (envelope["total"], envelope["truncated"]) == (1_000_000, True)
    assert envelope["summary"]["complete"] is False
    assert warnings == []


def test_many_pages_are_asked_for_at_once_while_the_end_is_far() -> None:
    log = Log(evenly(300_000))
    asked: list[int] = []

    class Counting:
        def interrupt(self) -> None:
            """Nothing is under way."""

        def read(self, reads: Sequence[Read]) -> list[Reply]:
            asked.append(len(reads))
            return log.read(reads)

    with reading_of(since(ago(100_000))) as reading:
        read_to_the_end(cast(Client, Counting()), [reading], is_answered=False)
    assert max(asked) == 8
    assert len(asked) < 50


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 996, 2000])
def test_a_list_that_is_read_to_its_end_did_not_end_early(count: int) -> None:
    rows, envelope, _warnings = read(Log(evenly(count)), since(ago(10**6)))
    assert len(rows) == count
    assert envelope["filtered"]["ended_early"] is envelope["truncated"] is False
    assert envelope["summary"]["complete"] is True


def broken(rows: list[Row], place: int, **changes: Any) -> list[Row]:
    return [*rows[:place], {**rows[place], **changes}, *rows[place + 1 :]]


UNORDERED: dict[str, list[Row]] = {
    "oldest first": evenly(5000)[::-1],
    "one rises": broken(evenly(5000), 300, time=SECONDS + 1),
    "one is unknown": broken(evenly(5000), 300, time="never"),
    "one has no zone": broken(evenly(5000), 300, time="2026-01-31 08:00:00"),
    "all at once": [{"id": number, "time": SECONDS - 9999} for number in range(5000)],
    "shuffled": random.Random(1).sample(evenly(5000), 5000),  # noqa: S311 - the same every time
}


@pytest.mark.parametrize("name", UNORDERED)
def test_where_rows_do_not_come_newest_first_all_are_read(name: str) -> None:
    log = Log(UNORDERED[name])
    rows, envelope, _warnings = read(log, since(ago(700)))
    assert envelope["filtered"]["read"] == 5000
    assert envelope["filtered"]["ended_early"] is envelope["truncated"] is False
    wanted = {row["id"] for row in log.first if isinstance(row["time"], int) and row["time"] >= SECONDS - 700}
    assert wanted <= set(ids(rows))


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Newest first, quiet at times and busy at others."""
    dice = random.Random(draw(st.integers(0, 10**6)))  # noqa: S311 - hypothesis draws the seed
    rows, time = [], SECONDS
    pace = 1
    for number in range(draw(st.integers(0, 6000))):
        pace = dice.choice((0, 1, 5, 60)) if dice.random() < 0.01 else pace
        time -= dice.randint(0, 2 * pace)
        rows.append({"id": number, "time": time, "status": dice.choice(("sent", "failed"))})
    # More rows at once than a page has would outrun the reading.
    coming, cap = draw(st.sampled_from(((0, PAGE), (1, PAGE), (200, PAGE), (0, 30), (7, 30), (20, 100))))
    return Log(rows, coming, cap, counts=draw(st.booleans()) or coming > 7)


@one_in(1)
@given(logs(), st.integers(0, 40_000))
def test_every_row_that_was_there_comes_once_however_early_reading_ends(log: Log, seconds: int) -> None:
    rows, envelope, warnings = read(log, since(ago(seconds)))
    if not warnings or not log.coming:
        assert ids(rows) == [row["id"] for row in log.first if row["time"] >= SECONDS - seconds]
    if envelope["filtered"]["ended_early"]:
        assert envelope["truncated"] is (True if log.counts else None)


# ----------------------------------------------------------------------------------------------------------- limits

LIMITS = st.sampled_from((1, 7, 50, 500, 501, 1200))


@one_in(1)
@given(logs(), LIMITS, st.sampled_from(("failed", "nothing")))
def test_a_limit_counts_the_rows_that_match(log: Log, limit: int, status: str) -> None:
    rows, envelope, _warnings = read(log, Window(0, limit, RowFilter(statuses=[status])))
    matching = [row["id"] for row in log.first if row.get("status") == status]
    assert ids(rows) == matching[:limit]
    assert envelope["returned"] == envelope["filtered"]["kept"] == len(rows)
    assert envelope["filtered"]["ended_early"] is False
    last = log.first.index(next(row for row in log.first if row["id"] == rows[-1]["id"])) if rows else 0
    if len(rows) == limit and last + 1 < len(log.first):
        assert envelope["truncated"] is not False
        assert envelope["filtered"]["read"] == last + 1
    if log.counts and not log.coming:
        assert envelope["truncated"] is (envelope["filtered"]["read"] < len(log.first))


@pytest.mark.parametrize("limit", [0, 50, 700])
def test_a_limit_counts_the_rows_that_are_read_where_that_is_asked_for(limit: int) -> None:
    log = Log([{**row, "status": "failed" if row["id"] % 10 == 9 else "sent"} for row in evenly(3000)])
    window = Window(0, limit, RowFilter(statuses=["failed"]), limits_read=True)
    rows, envelope, _warnings = read(log, window)
    assert (len(rows), envelope["filtered"]["read"]) == (limit // 10, limit)
    assert envelope["truncated"] is True


def test_the_limit_0_reads_no_rows_with_a_filter_either() -> None:
    rows, envelope, _warnings = read(Log(evenly(3000)), Window(0, 0, RowFilter(text="id")))
    assert (rows, envelope["total"], envelope["truncated"]) == ([], 3000, True)


def test_few_that_match_are_looked_for_beyond_what_memory_would_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS_IN_MEMORY", 2000)
    log = Log(broken([{**row, "status": "sent"} for row in evenly(9000)], 8000, status="failed"))
    rows, _envelope, _warnings = read(log, Window(0, 1, RowFilter(statuses=["failed"])))
    assert ids(rows) == [8000]
    log = Log(evenly(9000))
    rows, envelope, warnings = read(log, Window(0, 5000, RowFilter(text="id")))
    assert 2000 <= len(rows) < 9000
    assert envelope["truncated"] is True
    assert "no more are read at once" in warnings[0]


# ------------------------------------------------------------------------------------------------------------ files


def into(path: Path, window: Window) -> Window:
    return Window(0, window.limit, window.filter, file=RowFile(path, {"the": "same"}))


@one_in(2)
@given(logs(), st.integers(0, 40_000), st.one_of(st.none(), LIMITS), st.integers(1, 6))
def test_a_reading_that_broke_off_ends_where_it_would_have(
    tmp_path_factory: pytest.TempPathFactory, log: Log, seconds: int, limit: int | None, breaks_after: int
) -> None:
    assume(log.rows)
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    window = Window(0, limit, RowFilter(since=ago(seconds)))
    log.breaks_after = breaks_after
    with reading_of(into(path, window)) as reading:
        read_to_the_end(cast(Client, log), [reading], is_answered=True)
    log.breaks_after = None
    if reading.error:
        _rows, envelope, _warnings = read(log, into(path, window))
        assert not envelope["filtered"]["ended_early"] or envelope["truncated"] is not False
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wanted = [row["id"] for row in log.first if row["time"] >= SECONDS - seconds]
    assert ids(found) == (wanted if limit is None else wanted[:limit])


def test_a_part_is_taken_up_only_where_the_same_moment_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    log = Log(evenly(5000), breaks_after=3)
    with reading_of(into(path, since(ago(4000)))) as reading:
        read_to_the_end(cast(Client, log), [reading], is_answered=True)
        assert reading.error is not None
    log.breaks_after = None
    with reading_of(into(path, since(ago(4000)))) as reading:
        assert reading.sieve.read > 0
    with reading_of(into(path, since(ago(4001)))) as reading:
        assert reading.sieve.read == 0
