# SPDX-License-Identifier: GPL-3.0-or-later
"""Times in recordings: recognised in the forms that a NAS has, and moved in the same form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.moments import read_moment
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.times import Shift, moved, moved_data, read

HOUR = Shift(3600, 0)


@pytest.mark.parametrize(
    ("value", "later"),
    [
        (1_773_000_001, 1_773_003_601),
        (1_773_000_001_500, 1_773_003_601_500),
        (1_773_000_001.5, 1_773_003_601.5),
        ("1773000001", "1773003601"),
        ("1773000001.250", "1773003601.250"),
        ("2026-12-31T23:49:37Z", "2027-01-01T00:49:37Z"),
        ("2026-12-31 23:49:37.123+01:00", "2027-01-01 00:49:37.123+01:00"),
        ("2026/03/16 15:49", "2026/03/16 16:49"),
        ("2026-03-16", "2026-03-16"),
        ("Mar 16 15:49:37 2027 GMT", "Mar 16 16:49:37 2027 GMT"),
        ("Feb  9 23:49:37 2027 GMT", "Feb 10 00:49:37 2027 GMT"),
        ("Sun Feb  1 23:30:00 2026", "Mon Feb  2 00:30:00 2026"),
        ("Mon, 16 Mar 2026 15:49:37 +0100", "Mon, 16 Mar 2026 16:49:37 +0100"),
    ],
)
def test_a_time_is_moved_in_its_form(value: Any, later: Any) -> None:
    assert moved(value, HOUR) == later
    assert type(moved(value, HOUR)) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -5,
        4711,
        900000000,
        5000000000,
        1073741824,
        1073741824.0,
        2100000000,
        10**400,
        float("nan"),
        "",
        "soon",
        *("2026-02-31", "2026-13-01", "26:00", "9000000001", "0177300000", "Foo 16 15:49:37 2027 GMT", "7.2.1-69057"),
    ],
)
def test_anything_else_stays(value: Any) -> None:
    assert read(value) is None
    assert moved_data({"time": [value]}, HOUR)["time"][0] is value


def test_what_is_read_as_a_moment_elsewhere_is_moved() -> None:
    for value in (
        1_773_000_001,
        "2026-03-16 15:49:37",
        "2026/03/16",
        "Mar 16 15:49:37 2027 GMT",
        "2026-03-16T15:49:37Z",
    ):
        before, after = read_moment(value), read_moment(moved(value, Shift(86400, 1)))
        assert before
        assert after
        assert (after.written - before.written).total_seconds() == 86400


def test_what_would_leave_the_calendar_stays() -> None:
    assert moved("2099-12-31 00:00:00", Shift(10**12, 0)) == "2099-12-31 00:00:00"


def test_data_is_copied() -> None:
    data = {"time": 1_773_000_001, "rows": [{"at": "2026-03-16 15:49:37"}, "x"], "1773000001": None}
    assert moved_data(data, Shift(60, 0)) == {
        "time": 1_773_000_061,
        "rows": [{"at": "2026-03-16 15:50:37"}, "x"],
        "1773000001": None,
    }
    assert data["time"] == 1_773_000_001


@pytest.mark.parametrize(
    ("before", "after", "later"),
    [
        ("2026-03-08T01", "2026-01-01T23", "2026-01-01"),
        ("2026-03-08T23", "2026-01-01T01", "2026-01-01"),
        ("2026-03-08T23", "2026-03-09T01", "2026-03-09"),
    ],
)
def test_a_day_is_moved_as_the_day_of_the_recording_is(before: str, after: str, later: str) -> None:
    shift = Shift.between(datetime.fromisoformat(f"{before}:00"), datetime.fromisoformat(f"{after}:00"))
    assert moved("2026-03-08", shift) == later
    assert moved_data(["2026-03-08"], shift) == [later]


@pytest.mark.parametrize(
    "data",
    [
        {"number": 1_773_000_001},
        {"size": "1773000001"},
        {"ip": {"start": 1_466_655_187, "end": 1_466_655_190}},
        {"ip_start": 1_466_655_187},
        {"ranges": [{"from": 1_466_655_187}]},
    ],
)
def test_a_number_is_a_time_under_keys_of_times_alone(data: Any) -> None:
    assert moved_data(data, HOUR) == data
