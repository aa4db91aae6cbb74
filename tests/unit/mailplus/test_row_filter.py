# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rows a filter keeps, and what is said of those that it could not judge."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from time import perf_counter
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import ProgressError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.addresses import addresses_in
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import CANDIDATES, RowKeys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter, Sieve

SECONDS = 1769846400
MOMENT = datetime.fromtimestamp(SECONDS, timezone.utc)
MAIL = {
    "time": SECONDS,
    "status": "Deferred",
    "sender": "Anna <anna@Example.org>",
    "recipient": ["bob@example.com", "carl@mail.example.net"],
    "reason": "Mailbox FULL",
}


@pytest.mark.parametrize(
    ("option", "value", "fits"),
    [
        ("statuses", ["deferred"], True),
        ("statuses", ["sent", "DEFERRED"], True),
        ("statuses", ["sent"], False),
        ("sender", "ANNA@example.ORG", True),
        ("sender", "anna@example", False),
        ("sender", "bob@example.com", False),
        ("recipient", "Bob@Example.com", True),
        ("recipient", "anna@example.org", False),
        ("domain", "EXAMPLE.org", True),
        ("domain", "example.com", True),
        ("domain", "mail.example.net", True),
        ("domain", "example.net", False),
        ("domain", "ample.org", False),
        ("reason", "mailbox full", True),
        ("reason", "mailbox empty", False),
        ("text", "anna@example.ORG", True),
        ("text", "nobody", False),
        ("since", MOMENT, True),
        ("until", MOMENT, True),
    ],
)
def test_a_row_is_judged(option: str, value: Any, fits: bool) -> None:
    row_filter = RowFilter(**{option: value})
    assert row_filter.active
    assert row_filter.judge(MAIL, CANDIDATES) is fits
    if option != "text":
        assert row_filter.judge({"unheard of": 1}, CANDIDATES) is None
        assert row_filter.judge(None, CANDIDATES) is None


def test_nothing_is_asked_of_rows_by_options_that_are_empty() -> None:
    row_filter = RowFilter(statuses=[], sender="", recipient=None, domain="", reason="", text="")
    assert not row_filter.active
    sieve = Sieve(row_filter, CANDIDATES)
    assert sieve.sift([{}, None, 5]) == [{}, None, 5]
    assert (sieve.read, sieve.unjudged, sieve.warnings, sieve.failure) == (3, 0, [], None)


def test_a_row_that_is_out_for_another_reason_is_judged() -> None:
    row_filter = RowFilter(since=MOMENT, text="anna")
    assert row_filter.judge({"a": "bob"}, CANDIDATES) is False
    assert row_filter.judge({"a": "anna"}, CANDIDATES) is None


@pytest.mark.parametrize(
    ("row", "fits"),
    [
        ({"sender": "a@example.org"}, True),
        ({"sender": "a@example.com"}, None),
        ({"sender": "a@example.com", "recipient": "b@example.com"}, False),
        ({"sender": "", "recipient": ["root"]}, False),
        ({}, None),
    ],
)
def test_a_domain_is_unknown_where_one_of_both_is_and_the_other_does_not_fit(row: dict[str, Any], fits: bool) -> None:
    assert RowFilter(domain="example.org").judge(row, CANDIDATES) is fits


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("a@x.org", True),
        ("b@q a@x.org", True),
        ("b@q\na@x.org", True),
        ("b@q|a@x.org", True),
        ("b@q\tA@X.org.", True),
        ("a@x.org (Foo)", True),
        ("SMTP:a@x.org", True),
        ("mailto:a@x.org", True),
        ("'a@x.org'", True),
        ('Foo "Bar" <a@x.org>', True),
        ("a@x.org <a@x.org>", True),
        ([{"address": "b@q"}, "a@x.org"], True),
        ('"a@x.org" <b@q>', False),  # what somebody calls themselves is no address
        ('"Doe, Anna" <b@q>; c@q', False),
        ("ba@x.organ", False),
        (["b@q", "root"], False),
        ("", False),
        ("a@x.org <b@q>", None),
        ([{"address": "a@x.org"}], None),
        (["b@q", {"address": "a@x.org"}], None),
        (["b@q", None], None),
        ("Anna Doe", None),
        ("b@q <", False),
        ("a&x.org@", None),
        ('"a b"@q', None),
        ("a@x.org@q", None),
    ],
)
def test_an_address_is_found_in_any_form_or_not_known(value: Any, fits: bool | None) -> None:
    row = {"recipient": value, "sender": ""}
    assert RowFilter(recipient="a@x.org").judge(row, CANDIDATES) is fits
    assert RowFilter(domain="x.org").judge(row, CANDIDATES) is fits
    assert RowFilter(sender="a@x.org").judge({"sender": value}, CANDIDATES) is fits


@pytest.mark.parametrize("text", ["@" * 200_000, "<" * 200_000, '"' * 200_000, "a" * 200_000 + "@", "a.@ " * 50_000])
def test_text_that_is_long_is_read_in_no_time(text: str) -> None:
    before = perf_counter()
    addresses_in(text)
    assert perf_counter() - before < 2


def test_a_reason_that_is_empty_is_known_to_hold_nothing() -> None:
    assert RowFilter(reason="full").judge({"reason": ""}, CANDIDATES) is False


def sieved(rows: list[Any], keys: RowKeys = CANDIDATES, **options: Any) -> tuple[Sieve, list[Any]]:
    sieve = Sieve(RowFilter(**options), keys)
    return sieve, sieve.sift(rows)


STRANGE = [{"id": 1, "ts": SECONDS}, {"id": 2, "ts": 0}]


def test_where_no_row_can_be_judged_it_fails_and_says_what_to_do() -> None:
    sieve, kept = sieved(STRANGE, since=MOMENT, until=MOMENT)
    assert kept == []
    assert sieve.failure == (
        "None of 2 rows could be judged by since, until: no time can be told by a key that is known; the first has the "
        "keys 'id', 'ts'",
        "Name the key in row_keys, as in {time: KEY}, or set unjudged to drop or keep.",
    )


LOCAL = [{"time": "2026-01-10 11:59:00", "sender": "a@q"}, {"time": "2026-01-10 12:00:00", "sender": "b@q"}]


def test_times_without_a_zone_ask_for_the_zone_and_not_for_a_key() -> None:
    assert sieved(LOCAL, since=MOMENT)[0].failure == (
        "None of 2 rows could be judged by since: their times have no zone, and that of the NAS is not known",
        "Set time_zone to that of the NAS, as in Europe/Berlin, or set unjudged to drop or keep.",
    )
    assert sieved([MAIL, *LOCAL], until=MOMENT)[0].warnings == [
        "2 of 3 rows could not be judged by until and were left out: their times have no zone, and that of the NAS is "
        "not known. Set time_zone to that of the NAS, as in Europe/Berlin."
    ]
    hint = (sieved(LOCAL, since=MOMENT, recipient="a@q")[0].failure or ("", ""))[1]
    assert hint.startswith(
        "Set time_zone to that of the NAS, as in Europe/Berlin, and name the key in row_keys, as in {rec"
    )
    assert sieved(LOCAL, RowKeys(zone=timezone.utc), since=MOMENT)[0].failure is None


def test_one_option_that_could_judge_nothing_is_enough() -> None:
    sieve, kept = sieved([*STRANGE, {"status": "sent"}, {"status": "held"}], statuses=["sent"], since=MOMENT)
    assert kept == []
    assert sieve.failure is not None
    assert sieve.failure[0].startswith("None of 4 rows could be judged by since: no time")


@pytest.mark.parametrize(("unjudged", "number"), [("drop", 0), ("keep", 2)])
def test_another_choice_is_the_users(unjudged: str, number: int) -> None:
    sieve, kept = sieved(STRANGE, since=MOMENT, unjudged=unjudged)
    assert (sieve.failure, sieve.unjudged, len(kept)) == (None, 2, number)
    became = "kept" if number else "left out"
    assert sieve.warnings == [
        f"2 of 2 rows could not be judged by since and were {became}: no time can be told by a key that is known; the "
        "first has the keys 'id', 'ts'. Name the key in row_keys, as in {time: KEY}."
    ]


def test_where_some_rows_cannot_be_judged_they_are_left_out_and_counted() -> None:
    sieve, kept = sieved([MAIL, *STRANGE], since=MOMENT)
    assert (kept, sieve.failure, sieve.unjudged) == ([MAIL], None, 2)
    assert sieve.warnings[0].startswith("2 of 3 rows could not be judged by since and were left out")
    sieve, kept = sieved(STRANGE, RowKeys({"time": ["ts"]}), since=MOMENT)
    assert (len(kept), sieve.unjudged, sieve.warnings[0][:6]) == (1, 1, "1 of 2")  # 0 is no time


def test_no_rows_are_no_failure() -> None:
    sieve, _kept = sieved([], since=MOMENT, statuses=["sent"])
    assert (sieve.failure, sieve.warnings) == (None, [])


def test_a_status_that_no_row_has_is_said_with_those_that_rows_have() -> None:
    rows = [{"status": "Sent"}, {"status": "sent"}, {"status": "held"}]
    sieve, kept = sieved(rows, statuses=["SENT", "defered", "lost"])
    assert len(kept) == 2
    assert sieve.warnings == ["No row has the status 'defered', 'lost'; rows have 'Sent', 'held'."]
    assert sieved(rows, statuses=["Held"])[0].warnings == []


def test_what_is_said_of_rows_is_short() -> None:
    rows: list[Any] = [{f"key {number} {'x' * 99}": 1 for number in range(50)}]
    rows += [{"status": f"status {number} {'x' * 99}"} for number in range(50)]
    sieve, _kept = sieved([*rows, {"status": "sent"}], statuses=["gone", "sent"])
    assert max(map(len, sieve.warnings)) < 900
    assert "…" in sieve.warnings[1]
    assert "'sent'" not in sieve.warnings[1].partition(";")[0]
    assert len(json.dumps(sieve.progress)) < 2000


def test_a_reading_that_is_taken_up_says_the_same() -> None:
    rows = [*STRANGE, MAIL, {"status": "held"}]
    whole, _kept = sieved(rows, since=MOMENT, statuses=["defered", "held"])
    first = Sieve(RowFilter(since=MOMENT, statuses=["defered", "held"]), CANDIDATES)
    first.sift(rows[:2])
    second = Sieve(RowFilter(since=MOMENT, statuses=["defered", "held"]), CANDIDATES)
    second.resume(json.loads(json.dumps(first.progress)))
    second.sift(rows[2:])
    assert (second.warnings, second.failure) == (whole.warnings, whole.failure)
    assert second.progress == whole.progress


@pytest.mark.parametrize(
    "damage",
    [
        None,
        [],
        {},
        {"read": -1},
        {"read": True},
        {"unjudged": "1"},
        {"decided": "since"},
        {"shown": [1]},
        {"lacks_zone": None},
    ],
)
def test_damaged_progress_is_refused(damage: Any) -> None:
    sieve = Sieve(RowFilter(since=MOMENT), CANDIDATES)
    progress = {**sieve.progress, **damage} if damage else damage
    with pytest.raises(ProgressError):
        sieve.resume(progress)
