# SPDX-License-Identifier: GPL-3.0-or-later
"""What no report of the browser's tests holds."""

from __future__ import annotations

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import shown
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html import text
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.timeline import _by_hour
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from markupsafe import Markup


def test_html_stays_html() -> None:
    assert text.marked(Markup("<b>bold</b>")) == Markup("<b>bold</b>")


def test_nothing_is_never_shown_as_nothing() -> None:
    assert text.marked(None) == text.plain(None) == "unknown"


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-01-31T08:00:00", "0001-01-01T00:00:00+23:59"])
def test_what_names_no_moment_is_shown_as_it_is(moment: str) -> None:
    assert text.moment(moment) == moment


@pytest.mark.parametrize(
    "value",
    ["many", True, -1, 2**53 + 1, 10**4000, 0.5, None],
    ids=["text", "flag", "negative", "odd", "endless", "half", "null"],
)
def test_what_counts_nothing_is_unknown(value: object) -> None:
    assert {text.number(value), shown.amount(value, "seconds"), shown.amount(value, "mails")} == {"unknown"}


@pytest.mark.parametrize(
    ("returned", "complete", "expected"),
    [
        (None, None, " (of rows that are unknown)"),
        (50, False, " (of the first 50)"),
        (50, None, " (of the first 50; whether these are all is unknown)"),
        (50, True, ""),
    ],
)
def test_figures_say_which_rows_they_rest_on(returned: int | None, complete: bool | None, expected: str) -> None:
    envelope = samples.listing([]) | {"returned": returned, "summary": {"complete": complete}}
    (host,) = samples.report([samples.record(queue=envelope)])["hosts"]
    assert text.basis(host, "queue") == expected


def test_settings_rest_on_no_rows() -> None:
    (host,) = samples.report([samples.record(core=samples.section({}))])["hosts"]
    assert text.basis(host, "core") == ""


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("oldest", None, "unknown"),
        ("by_type", {"sent": 1200}, "1,200 sent"),
        ("by_type", {}, "none"),
        ("top_reasons", [{"value": "busy", "count": 2}, "odd"], "2 \N{MULTIPLICATION SIGN} busy"),
        ("top_reasons", [], "none"),
        ("age_seconds", 90_000, "1 d 1 h"),
        ("oldest", "2026-01-31T08:00:00Z", "2026-01-31 08:00 UTC"),
        ("servers", 3, "3"),
        ("is_migrating", True, "true"),
    ],
)
def test_a_summary_is_told_by_the_shape_of_its_values(key: str, value: object, expected: str) -> None:
    assert text.told(key, value) == expected


def test_the_size_of_anything_can_be_told() -> None:
    assert [shown._size(value) for value in ({"a": 1}, "ab", [1, 2, 3], 5)] == [
        "1 key",
        "2 characters",
        "3 items",
        "1 item",
    ]


def test_an_hour_that_cannot_be_read_is_left_out_of_the_picture() -> None:
    hours = _by_hour([{"hour": "never", "count": 5}, {"hour": "2026-01-31T08:00:00Z", "count": 2}])
    assert list(hours.values()) == [2]
