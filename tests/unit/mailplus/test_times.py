# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as people say them, and the zones that they are meant in."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import times
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    LogSummary,
    QueueSummary,
    RowKeys,
    read_time,
    rows_by_hour,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import (
    TimeError,
    check_order,
    check_past,
    read_when,
    read_zone,
    zone_name,
    zone_noted,
    zone_told,
)

UTC = timezone.utc
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BERLIN = read_zone("Europe/Berlin")
# In the zone of the NAS it is another day than in UTC.
HONOLULU = read_zone("Pacific/Honolulu")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("3h", timedelta(hours=3)),
        ("90m", timedelta(minutes=90)),
        ("2d", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
        (" 3 H ", timedelta(hours=3)),
        ("99999w", timedelta(weeks=99999)),
    ],
)
def test_a_span_needs_no_zone(text: str, ago: timedelta) -> None:
    when = read_when(text)
    assert not when.needs_zone
    assert when.earliest(NOW, None) == when.latest(NOW, None) == NOW - ago


DAYS = {
    "2026-11-20": ("2026-11-19T23:00", "2026-11-20T23:00"),
    "2026/11/20": ("2026-11-19T23:00", "2026-11-20T23:00"),
    "today": ("2026-11-21T23:00", "2026-11-22T23:00"),
    "Yesterday": ("2026-11-20T23:00", "2026-11-21T23:00"),
    "2026-03-29": ("2026-03-28T23:00", "2026-03-29T22:00"),  # 23 hours
    "2026-10-25": ("2026-10-24T22:00", "2026-10-25T23:00"),  # 25 hours
}


@pytest.mark.parametrize("text", DAYS)
def test_a_day_is_from_its_beginning_to_its_end_where_the_nas_is(text: str) -> None:
    when = read_when(text)
    begin, end = map(utc, DAYS[text])
    assert when.needs_zone
    assert when.earliest(NOW, BERLIN) == begin
    assert end - timedelta(seconds=1) < when.latest(NOW, BERLIN) < end


def test_today_is_the_day_of_the_nas() -> None:
    assert read_when("today").earliest(NOW, HONOLULU) == utc("2026-11-21T10:00")
    assert read_when("yesterday").latest(NOW, HONOLULU) < utc("2026-11-21T10:00")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20 08:00", "2026-11-20T07:00"),
        ("2026-11-20T08:00:30", "2026-11-20T07:00:30"),
        ("2026/11/20 08:00:30.5", "2026-11-20T07:00:30.500000"),
    ],
)
def test_a_time_without_a_zone_is_one_of_the_nas(text: str, moment: str) -> None:
    when = read_when(text)
    assert when.needs_zone
    assert when.earliest(NOW, BERLIN) == when.latest(NOW, BERLIN) == utc(moment)


def test_an_hour_that_comes_twice_is_read_so_that_no_row_is_lost() -> None:
    when = read_when("2026-10-25 02:30")
    assert (when.earliest(NOW, BERLIN), when.latest(NOW, BERLIN)) == (utc("2026-10-25T00:30"), utc("2026-10-25T01:30"))


def test_an_hour_that_never_comes_is_read_so_that_no_row_is_lost() -> None:
    since, until = read_when("2026-03-29 02:10"), read_when("2026-03-29 02:50")
    assert (since.earliest(NOW, BERLIN), until.latest(NOW, BERLIN)) == (
        utc("2026-03-29T00:10"),
        utc("2026-03-29T01:50"),
    )
    check_order(since, until, NOW, BERLIN)


def test_a_day_that_begins_with_an_hour_that_never_comes_begins_behind_it() -> None:
    beirut = read_zone("Asia/Beirut")
    assert read_when("2025-03-30").earliest(NOW, beirut) == utc("2025-03-29T22:00")
    assert read_when("2025-03-29").latest(NOW, beirut) < utc("2025-03-29T22:00")


@pytest.mark.parametrize("text", ["1769846400", " 1769846400.0 ", "1769846400000"])
def test_a_time_may_be_a_number_as_in_rows(text: str) -> None:
    when = read_when(text)
    assert not when.needs_zone
    assert when.earliest(NOW, None) == when.latest(NOW, BERLIN) == utc("2026-01-31T08:00")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T08:00:00Z",
        "2026-11-20T08:00:00.000Z",
        "2026-11-20 08:00 UTC",
        "2026-11-20T09:00:00+01:00",
        "2026-11-20 09:00+0100",
        "2026-11-20T09:00+01",
        "2026-11-19 22:00:00-10:00",
    ],
)
def test_a_time_with_a_zone_is_meant_there(text: str) -> None:
    when = read_when(text)
    assert not when.needs_zone
    assert when.earliest(NOW, BERLIN) == when.latest(NOW, None) == utc("2026-11-20T08:00")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "h", "3", "-3h", "3 hours", "3h2m", "1e3h", "100000h", "tomorrow", "2026-11", "2026-13-01",
        "2026-02-30", "20.11.2026", "08:00", "2026-11-20 25:00", "2026-11-20T08:00:00+25:00", "2026-11-20Z",
        "1969-12-31", "2100-01-01", "17698527", "17698527000000", "{{ now() }}", "٣h", "x" * 1000,
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_in_one_line_with_examples(text: str) -> None:
    with pytest.raises(TimeError) as caught:
        read_when(text)
    message = str(caught.value)
    assert message.startswith(
        "a span (3h, 90m, 2d, 1w), a day (today, yesterday, 2026-01-31) or a time (2026-01-31 08:00, "
        "2026-01-31T08:00:00Z), not "
    )
    assert "\n" not in message
    assert len(message) < 250


@pytest.mark.parametrize("text", ["today", "2026-11-20", "2026-11-20 08:00"])
def test_without_a_zone_no_moment_is_made_up(text: str) -> None:
    with pytest.raises(TimeError, match="has no time zone"):
        read_when(text).earliest(NOW, None)


@pytest.mark.parametrize(
    ("since", "until", "zone", "is_wrong"),
    [
        ("yesterday", "yesterday", None, False),
        ("today", "yesterday", None, True),
        ("2026-11-20", "2026-11-20", None, False),
        ("2026-11-20", "2026-11-19", None, True),
        ("1h", "2h", None, True),
        ("2026-11-20 12:00", "2026-11-20T11:00:00Z", None, False),  # it may be east of Greenwich
        ("2026-11-20 12:00", "2026-11-20T11:00:00Z", "Europe/Berlin", False),
        ("2026-11-20 12:00", "2026-11-20T11:00:00Z", "-03:00", True),
        ("2026-11-20 12:00", "2026-11-19T11:00:00Z", None, True),
        ("today", "2026-11-21", None, False),  # which may be today there
        ("today", "2026-11-21", "+01:00", True),
    ],
)
def test_a_span_that_ends_before_it_begins_is_refused_as_soon_as_that_is_certain(
    since: str, until: str, zone: str | None, is_wrong: bool
) -> None:
    def check() -> None:
        check_order(read_when(since), read_when(until), NOW, zone_noted(zone))

    if is_wrong:
        with pytest.raises(TimeError, match="is after until"):
            check()
    else:
        check()


# ------------------------------------------------------------------------------------------------------------- zones


@pytest.mark.parametrize(
    ("text", "hours"), [("+01:00", 1), ("-0330", -3.5), ("+14", 14), ("Z", 0), ("UTC", 0), ("Asia/Kolkata", 5.5)]
)
def test_a_zone_is_a_name_or_an_offset(text: str, hours: float) -> None:
    zone = read_zone(text)
    assert zone.utcoffset(NOW) == timedelta(hours=hours)
    assert read_zone(zone_name(zone)).utcoffset(NOW) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Berlin", "(did you mean Europe/Berlin?)"),
        ("Europe/Berlim", "(did you mean Europe/Berlin?)"),
        ("localtime", "not 'localtime'"),  # that of the controller
        ("../../etc/passwd", "not '../../etc/passwd'"),
        ("Europe", "not 'Europe'"),
        ("+24:00", "not '+24:00'"),
        ("a\0b", r"not 'a\x00b'"),
    ],
)
def test_a_zone_that_is_none_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(TimeError) as caught:
        read_zone(text)
    assert str(caught.value).startswith("an IANA name such as Europe/Berlin or an offset such as +01:00, not ")
    assert said in str(caught.value)


def test_a_machine_without_zones_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(times, "ZoneInfo", nothing)
    monkeypatch.setattr(times, "available_timezones", set)
    with pytest.raises(TimeError, match="this machine has no data of zones"):
        read_zone("Europe/Berlin")
    assert read_zone("+01:00").utcoffset(None) == timedelta(hours=1)
    assert zone_told("Amsterdam") is None


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Amsterdam", "Europe/Amsterdam"),
        ("Taipei", "Asia/Taipei"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        # Names that are no city, or of more than one: what Synology means by them is not certain.
        ("Pacific", None), ("Eastern", None), ("GMT", None), ("CET", None), ("localtime", None),
        ("Istanbul", None), ("US/Pacific", None), ("../Europe/Berlin", None), ("", None), (None, None), (7, None),
    ],
)  # fmt: skip
def test_of_what_a_nas_calls_its_zone_no_more_is_taken_than_is_certain(told: object, name: str | None) -> None:
    zone = zone_told(told)
    assert (zone and zone_name(zone)) == name


@pytest.mark.parametrize("noted", [None, "", 7, "no zone", "localtime"])
def test_a_noted_zone_that_is_none_is_unknown(noted: object) -> None:
    assert zone_noted(noted) is None


# -------------------------------------------------------------------------------------------------------------- rows


@pytest.mark.parametrize(
    "text", ["2026-11-22 01:22:33", "2026/11/22 01:22:33", "2026-11-22T01:22:33", " 2026-11-22 01:22:33.000 "]
)
def test_a_row_without_a_zone_is_read_in_that_of_the_nas(text: str) -> None:
    assert read_time(text) is None
    assert read_time(text, BERLIN) == utc("2026-11-22T00:22:33")
    assert rows_by_hour([{"time": text}]) is None
    assert rows_by_hour([{"time": text}], RowKeys(zone=BERLIN)) == [{"hour": "2026-11-22T00:00:00Z", "count": 1}]
    assert LogSummary().add([{"time": text}]).result(True, NOW)["newest"] is None
    assert LogSummary(RowKeys(zone=BERLIN)).add([{"time": text}]).result(True, NOW)["newest"] == "2026-11-22T00:22:33Z"
    summary = QueueSummary(RowKeys(zone=BERLIN)).add([{"time": text}]).result(True, NOW)
    assert summary["oldest_age_seconds"] == 97 * 60 + 27


@pytest.mark.parametrize(
    "text", ["2026-11-22", "01:22:33", "2026-02-30 01:22:33", "1970-01-01 00:00:00", "1999-12-30 00:00:00", "never"]
)
def test_a_zone_makes_no_moment_of_what_is_none(text: str) -> None:
    assert read_time(text, BERLIN) is None


def test_a_row_with_a_zone_keeps_it() -> None:
    assert read_time("2026-11-22T01:22:33Z", BERLIN) == read_time("2026-11-22T02:22:33+01:00", HONOLULU)


def test_since_in_the_future() -> None:
    now = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
    check_past(read_when("today"), now, None)
    check_past(read_when("2026-01-31T12:04:00Z"), now, None)
    for text in ("2026-01-31T12:06:00Z", "2026-02-02"):
        with pytest.raises(TimeError, match="lies in the future"):
            check_past(read_when(text), now, None)
