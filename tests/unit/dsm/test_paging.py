# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists that change while they are read.

What is promised: a row that was there all the time comes once, and no row comes twice; or it is said that this may be
otherwise (``truncated`` is not false, and there is a ``doubt``). Reading always ends. test_any_list.py tries it on
lists of all kinds; here is what a NAS may do, one by one.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import PAGE_SIZE, Page, Pager
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    ADMIN_LOG,
    BATCH,
    LOGIN,
    LOGOUT,
    QUEUE,
    TRANSACTION_LOG,
    calls,
    gather,
    items_of,
    requests_of,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.moving_list import MovingList, Reading, read_all

LONG = 1300
FLEET = {
    "nas": {
        "one": {"queue": {"total": LONG}, "admin_log": {"total": LONG}, "transaction_log": {"total": LONG}},
        "capped": {
            "page_cap": 50,
            "queue": {"total": LONG},
            "admin_log": {"total": LONG},
            "transaction_log": {"total": LONG},
        },
        "stubborn": {
            "queue": {"total": LONG, "ignore_limit": True},
            "admin_log": {"total": 600, "ignore_offset": True},
            "transaction_log": {"total": 40},
        },
        "liar": {
            "queue": {"total": LONG, "counts": "page"},
            "admin_log": {"total": LONG, "counts": "page", "page_cap": 7},
            "transaction_log": {"total": 20, "wraps": True},
        },
    },
    "defaults": {"https": False},
}
LENGTHS = (0, 1, 2, 49, 50, 51, 499, 500, 501, 505, 995, 996, 1000, 4321)
SEEDS = range(150)


def assert_nothing_lost_or_twice(moving: MovingList, reading: Reading) -> None:
    if reading.pager.truncated is False:
        assert reading.twice == 0
        assert set(moving.initial) - moving.gone <= set(reading.numbers)


# ------------------------------------------------------------------------------------------------ lists at rest


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("cap", [None, 10, 50, 499, 500, 501])
@pytest.mark.parametrize("has_ids", [True, False])
def test_a_list_at_rest_comes_whole_and_in_order(length: int, cap: int | None, has_ids: bool) -> None:
    moving = MovingList(length, cap=cap, has_ids=has_ids)
    reading = read_all(moving)
    assert reading.numbers == moving.initial
    assert (reading.pager.truncated, reading.pager.total, reading.pager.gave_up) == (False, length, False)
    size = min(cap or PAGE_SIZE, PAGE_SIZE)
    assert moving.pages <= 1 + -(-max(0, length + 1 - size) // (size - 5))  # one more where the last page is full


def windows() -> list[tuple[int, int, int | None]]:
    dice = random.Random(1)  # noqa: S311 - the same every time
    limits: tuple[int | None, ...] = (None, 0, 1, 2, 49, 50, 51, 499, 500, 501, 1200)
    return [(dice.choice(LENGTHS), dice.choice((0, 1, 7, 50, 499, 500, 5000)), dice.choice(limits)) for _i in range(99)]


@pytest.mark.parametrize(("length", "offset", "limit"), windows())
@pytest.mark.parametrize("cap", [None, 20])
def test_offset_and_limit_are_a_window(length: int, offset: int, limit: int | None, cap: int | None) -> None:
    moving = MovingList(length, cap=cap)
    reading = read_all(moving, offset, limit)
    end = length if limit is None else offset + limit
    assert reading.numbers == moving.initial[offset:end]
    assert reading.pager.truncated is (end < length)
    assert reading.pager.total == length


def test_the_first_page_asks_for_no_more_than_wanted() -> None:
    assert Pager(7, 50).first_page == Page(7, 50)
    assert Pager(0, 0).first_page == Page(0, 1)
    assert Pager(0, None).first_page == Page(0, PAGE_SIZE)
    assert Pager(0, 10_000).first_page == Page(0, PAGE_SIZE)


@pytest.mark.parametrize("length", [0, 1, 50, 4321])
def test_a_window_of_no_rows_still_tells_the_length(length: int) -> None:
    moving = MovingList(length)
    reading = read_all(moving, 0, 0)
    assert (reading.rows, reading.pager.total, reading.pager.truncated) == ([], length, length > 0)
    assert moving.pages == 1


@pytest.mark.parametrize("copies", [1, 4, 6, 700, 1500])
@pytest.mark.parametrize("cap", [None, 50])
def test_rows_that_are_alike_are_all_counted(copies: int, cap: int | None) -> None:
    """Two mails to the same address in the same second are two mails."""
    rows = [{"text": f"row {number}"} for number in range(1500) for _i in range(copies)][:1500]
    reading = read_list(rows, cap)
    assert reading.rows == rows
    assert (reading.pager.doubt, reading.pager.truncated) == (None, False)


def test_rows_that_are_alike_far_apart_may_be_one_that_moved() -> None:
    rows = [{"text": f"row {number % 1300}"} for number in range(1400)]
    reading = read_list(rows, 50)
    assert reading.rows == rows
    assert "100 came twice" in str(reading.pager.doubt)


@pytest.mark.parametrize("key", ["id", "queue_id"])
@pytest.mark.parametrize("value", [None, 7, "x", True, 1.5, [], {}])
def test_a_key_that_does_not_tell_rows_apart_is_not_relied_upon(key: str, value: object) -> None:
    rows = [{key: value, "text": f"row {number}"} for number in range(1200)]
    assert read_list(rows, None, id_keys=("id", "queue_id")).rows == rows


def read_list(rows: list[Any], cap: int | None, id_keys: tuple[str, ...] = ("id",)) -> Reading:
    pager = Pager(0, None, id_keys)
    got: list[Any] = []
    pages = [pager.first_page]
    for _round in range(1000):
        for page in pages:
            limit = min(page.limit, cap or page.limit)
            got += pager.feed(page, rows[page.offset : page.offset + limit], len(rows))
        pages = pager.next_pages()
        if not pages:
            return Reading(pager, got)
    pytest.fail("the reading does not end")


@pytest.mark.parametrize("make", [str, lambda number: [number], lambda number: number, lambda _number: None])
def test_rows_may_be_anything(make: Callable[[int], Any]) -> None:
    rows = [make(number) for number in range(1200)]
    assert read_list(rows, 100).rows == rows


def test_an_id_that_is_missing_in_later_rows_does_not_matter() -> None:
    rows = [{"id": number} if number < 600 else {"text": str(number)} for number in range(1200)]
    assert read_list(rows, None).rows == rows


def test_ids_that_begin_anew_lose_no_rows_silently() -> None:
    rows = [{"id": number % 600, "text": str(number)} for number in range(1800)]
    reading = read_list(rows, None)
    assert reading.rows == rows or "600 rows were read" in str(reading.pager.doubt)


def test_an_empty_first_page_teaches_nothing() -> None:
    pager = Pager(0, None, ("id",))
    pager.feed(pager.first_page, [], 4)
    rows = [{"id": 7, "text": str(number)} for number in range(4)]
    got: list[Any] = []
    for _round in range(5):
        for page in pager.next_pages():
            got += pager.feed(page, rows[page.offset : page.offset + 2], 4)
    assert got == rows


# ----------------------------------------------------------------------------------------------- lists that move


@pytest.mark.parametrize("seed", SEEDS)
def test_a_moving_list_with_ids_comes_without_loss_and_without_repetition(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same every time
    moving = MovingList(
        dice.choice((1, 49, 500, 501, 995, dice.randrange(4000))),
        newest_first=dice.random() < 0.5,
        coming=dice.randrange(4),
        going=dice.randrange(4),
        anywhere=dice.choice((None, dice)),
        cap=dice.choice((None, 50, 100, 500)),
    )
    reading = read_all(moving)
    assert_nothing_lost_or_twice(moving, reading)
    assert not reading.pager.gave_up


@pytest.mark.parametrize("seed", SEEDS)
def test_a_list_that_moves_fast_is_never_silently_short(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same every time
    newest_first = dice.random() < 0.5
    moving = MovingList(
        dice.randrange(3000),
        newest_first=newest_first,
        coming=dice.randrange(40) if newest_first else dice.randrange(4),
        going=dice.randrange(40),
        anywhere=dice.choice((None, dice)),
        cap=dice.choice((None, 50, 100)),
    )
    assert_nothing_lost_or_twice(moving, read_all(moving))


@pytest.mark.parametrize(("newest_first", "coming", "going"), [(False, 22, 7), (True, 48, 0), (True, 66, 0)])
def test_reading_a_list_that_outruns_its_reader_ends(newest_first: bool, coming: int, going: int) -> None:
    read_all(MovingList(2000, newest_first=newest_first, coming=coming, going=going, cap=50))


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("has_ids", [True, False])
@pytest.mark.parametrize("cap", [None, 50])
def test_a_log_that_grows_comes_without_repetition(newest_first: bool, has_ids: bool, cap: int | None) -> None:
    moving = MovingList(1400, newest_first=newest_first, coming=7, cap=cap, has_ids=has_ids)
    reading = read_all(moving)
    assert_nothing_lost_or_twice(moving, reading)
    assert reading.pager.truncated is False


@pytest.mark.parametrize("has_ids", [True, False])
@pytest.mark.parametrize("cap", [None, 50])
def test_a_queue_that_drains_loses_nothing_that_stayed(has_ids: bool, cap: int | None) -> None:
    moving = MovingList(1400, newest_first=False, going=7, cap=cap, has_ids=has_ids)
    reading = read_all(moving)
    assert set(moving.initial) - moving.gone <= set(reading.numbers)
    assert reading.twice == 0
    # Where mails leave before they are read, fewer are read than were there first.
    assert reading.pager.truncated is (None if cap else False)


@pytest.mark.parametrize("cap", [None, 50])
def test_a_ring_log_comes_whole_and_its_rows_that_went_are_told_of(cap: int | None) -> None:
    moving = MovingList(1400, coming=7, going=7, cap=cap)
    reading = read_all(moving)
    assert set(moving.initial) - moving.gone <= set(reading.numbers)
    assert reading.twice == 0
    assert "of a list that changed meanwhile (1400 rows first, 1400 last)" in str(reading.pager.doubt)


@pytest.mark.parametrize(
    ("length", "coming", "going", "cap", "tells_total"),
    [(501, 2, 2, 50, True), (51, 3, 3, 10, True), (995, 0, 3, None, False), (1271, 0, 1, 100, False)],
)
def test_a_list_without_ids_that_loses_its_end_repeats_nothing_in_silence(
    length: int, coming: int, going: int, cap: int | None, tells_total: bool
) -> None:
    for longer in range(40):  # it depends on how the last page falls
        moving = MovingList(
            length + longer, coming=coming, going=going, cap=cap, tells_total=tells_total, has_ids=False
        )
        reading = read_all(moving)
        assert reading.twice == 0 or reading.pager.doubt


@pytest.mark.parametrize(("length", "coming", "cap"), [(600, 20, 50), (3000, 45, 100), (2000, 2, 10), (3000, 200, 500)])
def test_a_log_that_grows_irregularly_by_less_than_a_page_comes_whole(length: int, coming: int, cap: int) -> None:
    for seed in range(10):
        dice = random.Random(seed)  # noqa: S311 - the same every time
        moving = MovingList(length, coming=coming, cap=cap, irregular=dice)
        reading = read_all(moving)
        assert_nothing_lost_or_twice(moving, reading)
        assert reading.pager.truncated is False


@pytest.mark.parametrize(("length", "coming", "cap"), [(600, 40, 50), (3000, 80, 100)])
def test_a_log_that_outgrows_its_pages_is_neither_silently_short_nor_repeated(
    length: int, coming: int, cap: int
) -> None:
    for seed in range(40):
        dice = random.Random(seed)  # noqa: S311 - the same every time
        moving = MovingList(length, coming=coming, cap=cap, irregular=dice)
        assert_nothing_lost_or_twice(moving, read_all(moving))


# ------------------------------------------------------------------------------------------- servers that do less


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("cap", [None, 50])
def test_without_a_length_a_list_at_rest_comes_whole(length: int, cap: int | None) -> None:
    moving = MovingList(length, cap=cap, tells_total=False)
    reading = read_all(moving)
    assert reading.numbers == moving.initial
    assert (reading.pager.truncated, reading.pager.total) == (None, None)


@pytest.mark.parametrize("limit", [1, 50, 120, 475, 500, 700])
@pytest.mark.parametrize("cap", [None, 100])
def test_without_a_length_a_window_is_exact(limit: int, cap: int | None) -> None:
    moving = MovingList(1200, cap=cap, tells_total=False)
    assert read_all(moving, 10, limit).numbers == moving.initial[10 : 10 + limit]


@pytest.mark.parametrize(("newest_first", "going"), [(False, 0), (False, 1)])
def test_without_a_length_reading_a_growing_list_ends(newest_first: bool, going: int) -> None:
    read_all(MovingList(600, newest_first=newest_first, coming=1, going=going, tells_total=False))


@pytest.mark.parametrize("going", [6, 50])
def test_without_a_length_a_draining_queue_is_not_silently_short(going: int) -> None:
    moving = MovingList(1200, newest_first=False, going=going, cap=200, tells_total=False)
    reading = read_all(moving)
    missing = set(moving.initial) - moving.gone - set(reading.numbers)
    assert not missing or reading.pager.gave_up


@pytest.mark.parametrize("length", [1, 50, 500, 1000, 4321])
def test_a_server_that_heeds_no_limit_gives_all_once(length: int) -> None:
    moving = MovingList(length, heeds_limit=False)
    reading = read_all(moving)
    assert reading.numbers == moving.initial
    assert moving.pages == 1


@pytest.mark.parametrize("limit", [0, 1, 50, 700])
def test_more_rows_than_wanted_are_left_out(limit: int) -> None:
    moving = MovingList(1200, heeds_limit=False)
    reading = read_all(moving, 0, limit)
    assert reading.numbers == moving.initial[:limit]
    assert reading.pager.truncated is True


@pytest.mark.parametrize(
    "size",
    [
        50,
        501,
        700,
        2000,
    ],
)
def test_a_server_with_pages_of_its_own_size_repeats_nothing(size: int) -> None:
    moving = MovingList(9000, heeds_limit=False, cap=size)
    assert read_all(moving).numbers == moving.initial


@pytest.mark.parametrize("length", [1000, 1001, 5000])
def test_a_server_that_heeds_no_offset_is_called_truncated(length: int) -> None:
    moving = MovingList(length, heeds_offset=False)
    reading = read_all(moving)
    assert reading.numbers == moving.initial[:PAGE_SIZE]
    assert reading.pager.gave_up
    assert reading.pager.truncated is True
    assert moving.pages <= 30


@pytest.mark.parametrize(("length", "cap"), [(501, None), (600, None), (995, None), (90, 50)])
def test_a_server_that_heeds_no_offset_is_called_truncated_also_where_the_first_page_is_most_of_it(
    length: int, cap: int | None
) -> None:
    reading = read_all(MovingList(length, heeds_offset=False, cap=cap))
    assert len(reading.numbers) == length or reading.pager.truncated is True


ODD_LENGTHS: dict[str, Callable[[int], int]] = {
    "zero": lambda _page: 0,
    "less than given": lambda _page: 10,
    "far too many": lambda _page: 10**9,
    "ever more": lambda page: 600 + 500 * page,
    "ever less": lambda page: max(0, 5000 - 700 * page),
    "to and fro": lambda page: 300 if page % 2 else 3000,
}


@pytest.mark.parametrize("name", ODD_LENGTHS)
@pytest.mark.parametrize("length", [0, 3, 1200])
@pytest.mark.parametrize("cap", [None, 1, 2, 50])
def test_reading_ends_whatever_length_a_server_claims(name: str, length: int, cap: int | None) -> None:
    rows = [{"id": number} for number in range(length)]
    pager = Pager(0, None, ("id",))
    got: list[Any] = []
    pages, asked = [pager.first_page], 0
    while pages:
        for page in pages:
            end = page.offset + min(page.limit, cap or page.limit)
            got += pager.feed(page, rows[page.offset : end], ODD_LENGTHS[name](asked))
            asked += 1
        assert asked < 3000
        pages = pager.next_pages()
    if cap != 2:  # pages too small to overlap, in a list whose length makes no sense
        assert len({row["id"] for row in got}) == len(got)


def read_from(first: int, length: int, *, told: int | None, pages: bool = True, cap: int = 10**6, **row: Any) -> Any:
    """Read a list whose first answer was not asked for as a page, and holds ``first`` rows, whatever a page has."""
    rows = [dict(row) or {"id": number} for number in range(length)]
    pager = Pager(0, 10_000, ("id",))
    got, asked = list(pager.feed(pager.first_page, rows[:first], told)), []
    while wanted := pager.next_pages():
        for page in wanted:
            asked.append(page)
            given = rows[page.offset :][: min(page.limit, cap)] if pages else rows[:first]
            got += pager.feed(page, given, told)
        assert len(asked) < 500
    return pager, got, asked


@pytest.mark.parametrize(
    ("has_total", "cap"), [(True, 50), (True, 499), (True, 500), (True, 5000), (False, 500), (False, 5000)]
)
@pytest.mark.parametrize(("first", "length"), [(500, 500), (501, 501), (600, 601), (1200, 1200), (1200, 3000)])
def test_a_first_answer_may_hold_more_rows_than_a_page(first: int, length: int, has_total: bool, cap: int) -> None:
    pager, got, asked = read_from(first, length, told=length if has_total else None, cap=cap)
    assert [row["id"] for row in got] == list(range(length))
    assert (pager.gave_up, pager.truncated, pager.doubt) == (False, False if has_total else None, None)
    assert asked[0].offset == first - 5
    assert all(page.limit <= 500 for page in asked)


@pytest.mark.parametrize("first", [50, 500, 501, 1200])
def test_the_same_rows_for_every_page_are_taken_once(first: int) -> None:
    pager, got, asked = read_from(first, first, told=first, pages=False)
    assert [row["id"] for row in got] == list(range(first))
    assert (pager.gave_up, pager.truncated, pager.doubt) == (False, False, None)
    assert len(asked) <= 4
    pager, got, asked = read_from(first, first, told=None, pages=False)
    assert [row["id"] for row in got] == list(range(first))
    assert pager.truncated is None
    assert pager.doubt == (
        f"{first} rows were read. This NAS gives the same ones whatever part of the list it is asked for, so whether "
        f"there are more is not known."
    )
    assert len(asked) <= 4


@pytest.mark.parametrize(("length", "told"), [(1200, 1200), (1200, None), (3000, 3000), (3000, None)])
@pytest.mark.parametrize("pages", [True, False])
def test_a_row_behind_that_had_come_before_denies_no_count(length: int, told: int | None, pages: bool) -> None:
    rows = [{"id": number} for number in range(length)]
    pager = Pager(0, None, ("id",))
    got = list(pager.feed(pager.first_page, rows[:1200], told))
    pager.look_behind(rows[500:501] if pages else rows[:1200], told)
    while wanted := pager.next_pages():
        for page in wanted:
            got += pager.feed(page, rows[page.offset :][: page.limit] if pages else rows[:1200], told)
    assert [row["id"] for row in got] == list(range(length if pages else 1200))
    assert pager.total == told
    assert pager.truncated == (None if told is None else len(got) < length)


@pytest.mark.parametrize("first", [50, 500, 1200])
def test_the_same_rows_for_every_page_of_a_longer_list_are_not_all(first: int) -> None:
    pager, got, _asked = read_from(first, first, told=3000, pages=False)
    assert [row["id"] for row in got] == list(range(first))
    assert (pager.gave_up, pager.truncated) == (True, True)


def test_rows_that_are_all_alike_are_no_sign_of_a_list_without_pages() -> None:
    pager, got, _asked = read_from(500, 2000, told=None, text="the same")
    assert len(got) > 500
    assert (pager.gave_up, pager.truncated) == (True, True)
    assert "whatever part" not in pager.doubt


@pytest.mark.parametrize("told", [12_000, None])
def test_rows_given_beyond_the_limit_are_missing(told: int | None) -> None:
    pager, got, _asked = read_from(12_000, 12_000, told=told)
    assert len(got) == 10_000
    assert pager.truncated is True


def test_pages_that_bring_nothing_end_the_reading() -> None:
    pager = Pager(0, None)
    pager.feed(pager.first_page, [{"id": number} for number in range(500)], 5000)
    asked = 0
    while pages := pager.next_pages():
        asked += len(pages)
        for page in pages:
            assert pager.feed(page, [], 5000) == []
    assert asked <= 30
    assert (pager.gave_up, pager.truncated) == (True, True)


# ---------------------------------------------------------------------------------------------------------- over HTTP


def names_of(section: dict[str, Any], key: str) -> list[Any]:
    return [row.get("id", row.get("queue_id")) for row in section["data"][key]]


def test_further_pages_of_all_lists_travel_together(nas: Nas) -> None:
    state = gather(nas, limit=None)
    assert calls(nas) == [LOGIN, BATCH, BATCH, LOGOUT]
    for name, key in (("admin_log", "log_list"), ("transaction_log", "items"), ("queue", "items")):
        section = state.sections[name]
        assert (section["total"], section["returned"], section["truncated"]) == (LONG, LONG, False)
        assert len(set(names_of(section, key))) == LONG
    assert state.warnings == []


def test_a_nas_that_gives_fewer_rows_at_once_is_read_in_rounds(fleet: Fleet) -> None:
    nas = fleet["capped"]
    state = gather(nas, limit=None)
    assert {state.sections[name]["returned"] for name in ("admin_log", "transaction_log", "queue")} == {LONG}
    batches = requests_of(nas, BATCH)
    assert len(batches) == 1 + 4  # 28 further pages of each list, eight at once
    assert {item["limit"] for batch in batches[1:] for item in batch.items} == {50}


@pytest.mark.parametrize("rows", [5, 40, -5, -40])
@pytest.mark.parametrize("name", ["one", "capped"])
def test_rows_that_go_to_the_other_end_are_not_lost_in_silence(fleet: Fleet, name: str, rows: int) -> None:
    nas = fleet[name]
    before = {row_id(row) for row in rows_held(nas, QUEUE)}
    nas.faults.add("rotate", api=QUEUE, method="list", rows=rows)
    state = gather(nas, "queue", limit=None)
    section = state.sections["queue"]
    got = names_of(section, "items")
    assert len(set(got)) == len(got)
    if before > set(got):
        assert (section["truncated"], section["summary"]["complete"]) in ((None, None), (True, False))
        assert (section["total"], section["returned"]) == (LONG, len(got))
        (warning,) = state.warnings
        assert f"queue: {len(got)} " in warning
        assert f"{LONG} " in warning


@pytest.mark.parametrize("limit", [0, 1, 50, None])
def test_a_nas_that_counts_its_pages_makes_no_list_complete(fleet: Fleet, limit: int | None) -> None:
    state = gather(fleet["liar"], "queue", "admin_log", limit=limit)
    for section in state.sections.values():
        assert (section["total"], section["truncated"], section["summary"]["complete"]) == (None, None, None)
        assert section["returned"] == (LONG if limit is None else limit)
    assert len(state.warnings) == 2
    assert all("contradicts its own count" in warning for warning in state.warnings)


@pytest.mark.parametrize("limit", [50, None])
def test_a_nas_that_begins_anew_behind_the_end_gives_each_row_once_or_is_told_of(
    fleet: Fleet, limit: int | None
) -> None:
    state = gather(fleet["liar"], "transaction_log", limit=limit)
    section = state.sections["transaction_log"]
    assert section["truncated"] is not False
    assert section["summary"]["complete"] is not True
    assert len(state.warnings) == 1


@pytest.mark.parametrize("name", ["one", "capped"])
@pytest.mark.parametrize("fault", ["grow", "shrink"])
def test_lists_that_change_while_they_are_read(fleet: Fleet, name: str, fault: str) -> None:
    nas = fleet[name]
    lists = {
        "admin_log": (ADMIN_LOG, "log_list"),
        "transaction_log": (TRANSACTION_LOG, "items"),
        "queue": (QUEUE, "items"),
    }
    before = {section: {row_id(row) for row in rows_held(nas, api)} for section, (api, _key) in lists.items()}
    for api, _key in lists.values():
        nas.faults.add(fault, api=api, method="list", rows=3)
    state = gather(nas, limit=None)
    for section, (api, key) in lists.items():
        got = names_of(state.sections[section], key)
        stayed = before[section] & {row_id(row) for row in rows_held(nas, api)}
        assert len(set(got)) == len(got)
        assert stayed <= set(got)
        # What leaves unread is missing from what was counted first.
        assert state.sections[section]["truncated"] is (False if len(got) >= LONG else None)
    assert bool(state.warnings) == (fault == "shrink")


def rows_held(nas: Nas, api: str) -> list[dict[str, Any]]:
    rows = nas.mailplus.rows(api)
    return [rows._row(position) for position in range(len(rows))]  # past any cap on pages


def row_id(row: dict[str, Any]) -> Any:
    return row.get("id", row.get("queue_id"))


def test_a_nas_that_does_not_page_is_told_of(fleet: Fleet) -> None:
    nas = fleet["stubborn"]
    nas.mailplus.rows(ADMIN_LOG).grow(1000)
    state = gather(nas, limit=None)
    assert state.sections["queue"]["returned"] == LONG
    assert state.sections["transaction_log"]["returned"] == 40
    section = state.sections["admin_log"]
    assert (section["returned"], section["total"], section["truncated"]) == (PAGE_SIZE, 1600, True)
    assert section["summary"]["complete"] is False
    (warning,) = state.warnings
    assert "admin_log: 500 of 1600 rows" in warning


def test_a_nas_that_does_not_page_a_list_of_600_is_told_of(fleet: Fleet) -> None:
    section = gather(fleet["stubborn"], "admin_log", limit=None).sections["admin_log"]
    assert (section["returned"], section["total"], section["truncated"]) == (PAGE_SIZE, 600, True)


def test_a_limit_is_kept_over_http(nas: Nas) -> None:
    section = gather(nas, "queue", offset=100, limit=700).sections["queue"]
    assert names_of(section, "items") == [row_id(row) for row in rows_held(nas, QUEUE)[100:800]]
    assert section["truncated"] is True
    assert next(item["limit"] for item in items_of(nas, QUEUE)) == 500


@pytest.mark.parametrize("total", [None, 60])
def test_rows_left_out_for_an_id_that_came_before_are_told(total: int | None) -> None:
    """The ids of the first page are unique, and those behind it are not."""
    pager = Pager(0, 40 if total else None, ("id",))
    rows = [{"id": number % 30, "text": number} for number in range(60)]
    first = pager.first_page
    pager.feed(Page(first.offset, first.limit), rows[:20], total)
    while pages := pager.next_pages():
        for page in pages:
            pager.feed(page, rows[page.offset : page.offset + min(page.limit, 20)], total)
    assert pager.doubt is not None
