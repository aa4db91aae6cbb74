# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of rows: a figure where the keys tell, null where they do not, and never an exception."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    CANDIDATE_KEYS,
    CANDIDATES,
    MOST_FREQUENT,
    LogSummary,
    QueueSummary,
    read_time,
    rows_by_hour,
    summarise_servers,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter

NOW = datetime(2026, 1, 31, 9, 0, tzinfo=timezone.utc)
MOMENT = datetime(2026, 1, 31, 8, 15, tzinfo=timezone.utc)
SECONDS = int(MOMENT.timestamp())
ODD_ROWS: tuple[Any, ...] = (None, "text", 1, 1.5, True, [], [1, "a"], {}, {"": None}, [[{}]])


def queue(*rows: Any, complete: bool | None = True) -> Mapping[str, Any]:
    return QueueSummary().add(rows).result(complete, NOW)


def log(*rows: Any, complete: bool | None = True) -> Mapping[str, Any]:
    return LogSummary().add(rows).result(complete, NOW)


# ------------------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    "value",
    [
        SECONDS,
        float(SECONDS),
        SECONDS * 1000,
        str(SECONDS),
        f" {SECONDS}.0 ",
        str(SECONDS * 1000),
        "2026-01-31T08:15:00Z",
        "2026-01-31T08:15:00+00:00",
        "2026-01-31T09:15:00+01:00",
        "2026-01-31 03:15:00-05:00",
    ],
)
def test_a_moment_is_read_however_it_is_written(value: object) -> None:
    assert read_time(value) == MOMENT


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, "", " ", "yesterday", "08:15", "2026/01/31 08:15:00", "2026-01-31", "2026-01-31T08:15:00",
        "2026-13-31T08:15:00Z", "-1", "1e9", "NaN", "inf", "0x10", "1.2.3", ".", "..", "+5", 0, -1, 1, 1.5, -SECONDS,
        float("nan"), float("inf"), float("-inf"), 1e308, 946_684_799, 10**18, "9" * 400, [], {}, [SECONDS],
        {"seconds": SECONDS}, b"1",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_unknown(value: object) -> None:
    assert read_time(value) is None


@pytest.mark.parametrize(
    "value", ["²", "1¹", 10**400, -(10**400), "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_beyond_any_calendar_is_unknown(value: object) -> None:
    assert read_time(value) is None


@pytest.mark.parametrize(
    "value", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1999-12-31T00:00:00Z", "9999-12-31T00:00:00Z"]
)
def test_a_placeholder_in_iso_is_unknown_as_one_in_seconds_is(value: str) -> None:
    assert read_time(value) is None


def test_times_are_told_in_utc_whatever_the_zone() -> None:
    summary = log({"time": "2026-01-31T01:00:00+02:00"}, {"time": SECONDS})
    assert (summary["oldest"], summary["newest"]) == ("2026-01-30T23:00:00Z", "2026-01-31T08:15:00Z")


@pytest.mark.parametrize("key", CANDIDATE_KEYS["time"])
def test_a_time_is_found_under_each_candidate(key: str) -> None:
    assert queue({key: SECONDS})["oldest_age_seconds"] == 45 * 60


def test_a_time_of_tomorrow_is_no_negative_age() -> None:
    assert queue({"time": int((NOW + timedelta(days=1)).timestamp())})["oldest_age_seconds"] == 0


@pytest.mark.parametrize("unreadable", ["09:45:00", "never", "", 0, True, [], {}])
def test_a_time_that_cannot_be_read_does_not_hide_one_that_can(unreadable: object) -> None:
    row = {"time": unreadable, "timestamp": 1767225600}
    assert CANDIDATES.time(row) == datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert rows_by_hour([row]) == [{"hour": "2026-01-01T00:00:00Z", "count": 1}]


@pytest.mark.parametrize("status", [None, "", [], {"code": 1}])
def test_a_status_that_is_no_word_cannot_be_judged(status: object) -> None:
    assert RowFilter(statuses=["sent"]).judge({"status": status}, CANDIDATES) is None


def test_rows_without_a_readable_time_do_not_hide_the_others() -> None:
    summary = log(*ODD_ROWS, {"time": "yesterday"}, {"time": SECONDS}, {"time": None}, {"time": [SECONDS]})
    assert summary["oldest"] == summary["newest"] == "2026-01-31T08:15:00Z"


# ------------------------------------------------------------------------------------------------------------ queues


def test_a_queue_is_counted() -> None:
    rows = [{"status": "deferred", "time": SECONDS, "reason": "full", "recipient": "a@b.test"}] * 3
    rows += [{"status": "active", "time": SECONDS + 60, "recipient": "c@D.test"}]
    assert queue(*rows) == {
        "rows": 4,
        "complete": True,
        "by_status": {"deferred": 3, "active": 1},
        "oldest": "2026-01-31T08:15:00Z",
        "oldest_age_seconds": 2700,
        "top_reasons": [{"value": "full", "count": 3}],
        "top_destinations": [{"value": "b.test", "count": 3}, {"value": "d.test", "count": 1}],
    }


def test_an_empty_queue_is_known_to_be_empty() -> None:
    assert queue() == {
        "rows": 0,
        "complete": True,
        "by_status": {},
        "oldest": None,
        "oldest_age_seconds": None,
        "top_reasons": [],
        "top_destinations": [],
    }


@pytest.mark.parametrize("rows", [[{"a": 1}], list(ODD_ROWS), [{"status": None, "time": None, "recipient": None}]])
def test_what_no_key_tells_is_unknown_not_empty(rows: list[Any]) -> None:
    summary = queue(*rows)
    unknown = {key: value for key, value in summary.items() if key not in ("rows", "complete")}
    assert set(unknown.values()) == {None}
    assert summary["rows"] == len(rows)


@pytest.mark.parametrize("key", CANDIDATE_KEYS["status"])
def test_a_status_is_found_under_each_candidate(key: str) -> None:
    assert queue({key: "hold"}, {key: 3}, {key: "hold"})["by_status"] == {"hold": 2, "3": 1}


@pytest.mark.parametrize("status", [[], {}, ["a"], {"code": 1}, ""])
def test_a_status_that_is_no_word_is_unknown(status: object) -> None:
    assert queue({"status": status})["by_status"] is None


@pytest.mark.parametrize("key", CANDIDATE_KEYS["reason"])
def test_a_reason_is_found_under_each_candidate(key: str) -> None:
    assert queue({key: "full"})["top_reasons"] == [{"value": "full", "count": 1}]


def test_the_column_that_the_guide_names_is_a_reason() -> None:
    assert queue({"description": "full"})["top_reasons"] == [{"value": "full", "count": 1}]


def test_only_the_most_frequent_are_told_and_those_first() -> None:
    rows = [{"reason": f"r{number}"} for number in range(20) for _i in range(number + 1)]
    top = queue(*rows)["top_reasons"]
    assert top == [{"value": f"r{number}", "count": number + 1} for number in range(19, 19 - MOST_FREQUENT, -1)]


@pytest.mark.parametrize(
    ("recipients", "domains"),
    [
        ("a@b.test", ["b.test"]),
        ("A <a@B.Test>", ["b.test"]),
        ("a@b.test, c@b.test; d@e.test", ["b.test", "e.test"]),
        (["a@b.test", "c@b.test", "d@e.test"], ["b.test", "e.test"]),
        ("a@x@b.test", ["b.test"]),
        ("ä@büro.test", ["büro.test"]),
        (["a@b.test", None, 1, {}], ["b.test"]),
    ],
)
def test_a_mail_counts_once_a_domain(recipients: object, domains: list[str]) -> None:
    assert queue({"recipient": recipients})["top_destinations"] == [{"value": name, "count": 1} for name in domains]


@pytest.mark.parametrize("recipients", ["anna", "", [], [1], 5, {"a": "b@c.test"}, None, True])
def test_a_recipient_without_a_domain_is_unknown(recipients: object) -> None:
    assert queue({"recipient": recipients})["top_destinations"] is None


@pytest.mark.parametrize("recipients", ["anna@", "@", "<anna@>"])
def test_an_empty_domain_is_no_destination(recipients: str) -> None:
    assert queue({"recipient": recipients})["top_destinations"] is None


# -------------------------------------------------------------------------------------------------------- logs, servers


@pytest.mark.parametrize("key", CANDIDATE_KEYS["type"])
def test_a_type_is_found_under_each_candidate(key: str) -> None:
    assert log({key: "smtp"})["by_type"] == {"smtp": 1}


def test_the_first_candidate_with_a_value_counts() -> None:
    assert log({"type": None, "event": "login", "action": "x"})["by_type"] == {"login": 1}


def test_an_empty_log_is_known_to_be_empty() -> None:
    assert log() == {"rows": 0, "complete": True, "by_type": {}, "oldest": None, "newest": None}


@pytest.mark.parametrize("complete", [True, False, None])
def test_a_summary_says_what_it_rests_on(complete: bool | None) -> None:
    assert (log({}, complete=complete)["complete"], queue({}, complete=complete)["complete"]) == (complete, complete)


@pytest.mark.parametrize(
    ("data", "servers"),
    [
        ({"server_list": [{}, {}]}, 2),
        ({"server_list": []}, 0),
        ({"server_list": None}, None),
        ({"server_list": {"a": 1}}, None),
        ({"server_list": "two"}, None),
        ({}, None),
    ],
)
def test_servers_are_counted_where_there_is_a_list(data: dict[str, Any], servers: int | None) -> None:
    assert summarise_servers(data) == {"servers": servers}


@pytest.mark.parametrize("row", ODD_ROWS)
def test_a_summary_of_odd_rows_is_plain_json(row: Any) -> None:
    rows = [row, {"status": 1.5, "type": True, "time": SECONDS, "reason": "x\ud83d"}]
    for summary in (queue(*rows), log(*rows)):
        assert json.loads(json.dumps(summary, allow_nan=False)) == summary
