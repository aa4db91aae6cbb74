# SPDX-License-Identifier: GPL-3.0-or-later
"""What no report of the browser's tests holds."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports import html_text
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_host import _log
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_pictures import _hours
from markupsafe import Markup


def test_html_stays_html() -> None:
    assert html_text.marked(Markup("<b>bold</b>")) == Markup("<b>bold</b>")


def test_nothing_is_never_shown_as_nothing() -> None:
    assert html_text.marked(None) == html_text.plain(None) == "unknown"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-01-31T08:00:00", "0001-01-01T00:00:00+23:59"])
def test_what_names_no_moment_is_shown_as_it_is(text: str) -> None:
    assert html_text.moment(text) == text


@pytest.mark.parametrize(
    "value",
    ["many", True, -1, 2**53 + 1, 10**4000, 0.5, None],
    ids=["text", "flag", "negative", "odd", "endless", "half", "null"],
)
def test_what_counts_nothing_is_unknown(value: object) -> None:
    assert {html_text.number(value), html_text.age(value)} == {"unknown"}


@pytest.mark.parametrize(
    ("envelope", "shown"),
    [
        ({"returned": None, "summary": None}, " (of rows that are unknown)"),
        ({"returned": 50, "summary": {"complete": False}}, " (of the first 50)"),
        ({"returned": 50, "summary": {"complete": None}}, " (of the first 50; whether these are all is unknown)"),
        ({"returned": 50, "summary": {"complete": True}}, ""),
    ],
)
def test_figures_say_which_rows_they_rest_on(envelope: dict[str, Any], shown: str) -> None:
    assert html_text.basis(envelope) == shown


def test_the_size_of_anything_can_be_told() -> None:
    assert [html_text._size(value) for value in ({"a": 1}, "ab", [1, 2, 3], 5)] == [
        "1 key",
        "2 characters",
        "3 items",
        "1 item",
    ]


def test_a_log_without_figures_has_its_length_alone() -> None:
    assert [name for name, _value in _log({"summary": {}, "total": 3})] == ["Rows"]


def test_an_hour_that_cannot_be_read_is_left_out_of_the_picture() -> None:
    hours = _hours([{"hour": "never", "count": 5}, {"hour": "2026-01-31T08:00:00Z", "count": 2}])
    assert list(hours.values()) == [2]
