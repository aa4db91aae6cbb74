# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that the user names: they come first, the usual ones behind them, and what is wrong is told."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    CANDIDATE_KEYS,
    FIGURE_MEANINGS,
    ROW_MEANINGS,
    LogSummary,
    QueueSummary,
    RowKeys,
    rows_by_hour,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import (
    RowKeysError,
    keys_of,
    named_keys,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME

SECONDS = 1769846400
MOMENT = datetime.fromtimestamp(SECONDS, timezone.utc)


def test_what_is_named_wins_where_a_row_has_it_and_the_usual_keys_count_elsewhere() -> None:
    keys = named_keys({"status": "st", "reason": ["why", "note"]}).of("queue")
    assert keys.word({"st": "held", "status": "x"}, "status") == "held"
    assert keys.word({"st": None, "status": "sent"}, "status") == "sent"
    assert keys.word({"note": "full", "reason": "x"}, "reason") == "full"
    assert keys.word({"note": "full", "why": "late"}, "reason") == "late"


def test_a_named_time_that_cannot_be_read_does_not_hide_another() -> None:
    assert named_keys({"time": "ts"}).of("queue").time({"ts": "soon", "time": SECONDS}) == MOMENT


def test_a_dot_leads_into_a_mapping_unless_the_row_has_such_a_key() -> None:
    keys = RowKeys({"subject": ["mail.about"]})
    assert keys.find({"mail": {"about": "Lunch"}}, "subject") == "Lunch"
    assert keys.find({"mail.about": "Dinner", "mail": {"about": "Lunch"}}, "subject") == "Dinner"
    assert keys.find({"mail": "text", "title": "Tea"}, "subject") == "Tea"


def test_keys_of_one_log_come_before_those_of_all() -> None:
    named = named_keys({"time": "ts", "admin_log": {"time": "when", "type": "what"}})
    assert named.of("queue").named == {"time": ("ts",)}
    assert named.of("admin_log").named == {"time": ("when", "ts"), "type": ("what",)}
    assert named_keys({}).of("queue").named == {}


def test_what_stands_in_for_another_meaning_is_named_with_that() -> None:
    summary = LogSummary(RowKeys({"status": ["outcome"]})).add([{"outcome": "sent", "level": "info"}])
    assert summary.figures(MOMENT)["by_type"] == {"sent": 1}


def test_summaries_and_timelines_rest_on_what_is_named() -> None:
    keys = RowKeys({"time": ["ts"], "status": ["st"], "reason": ["why"], "recipient": ["target"]})
    row = {"ts": SECONDS, "st": "held", "why": "full", "target": "Anna <anna@Example.org>"}
    assert QueueSummary(keys).add([row]).figures(MOMENT) == {
        "by_status": {"held": 1},
        "oldest": "2026-01-31T08:00:00Z",
        "oldest_age_seconds": 0,
        "top_reasons": [{"value": "full", "count": 1}],
        "top_destinations": [{"value": "example.org", "count": 1}],
    }
    assert rows_by_hour([row], keys) == [{"hour": "2026-01-31T08:00:00Z", "count": 1}]
    assert rows_by_hour([row]) is None


@pytest.mark.parametrize("key", CANDIDATE_KEYS["sender"])
def test_a_sender_is_found_under_each_candidate(key: str) -> None:
    assert RowKeys().addresses({key: "Anna <ANNA@example.org>, b@c"}, "sender") == (["anna@example.org", "b@c"], True)


@pytest.mark.parametrize("key", CANDIDATE_KEYS["subject"])
def test_a_subject_is_found_under_each_candidate(key: str) -> None:
    assert RowKeys().find({key: "Lunch"}, "subject") == "Lunch"


def test_title_is_one_of_the_keys_of_subjects() -> None:
    assert "title" in CANDIDATE_KEYS["subject"]


@pytest.mark.parametrize(
    ("value", "is_whole"), [("", True), ([], True), ("<>", True), (None, False), (5, False), ([{}], False)]
)
def test_no_address_is_known_to_be_none_where_text_says_so(value: object, is_whole: bool) -> None:
    assert RowKeys().addresses({"sender": value}, "sender") == ([], is_whole)


def test_no_meaning_has_the_name_of_a_log() -> None:
    assert {*ROW_MEANINGS}.isdisjoint(name for name, section in BY_NAME.items() if section.kind is Kind.LOG)
    assert {*ROW_MEANINGS, *FIGURE_MEANINGS.values()} <= {*CANDIDATE_KEYS}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tmie": "ts"}, "row_keys: unknown 'tmie'. Did you mean time?"),
        ({5: "ts"}, "row_keys: unknown '5'. Known are time, status"),
        ({"queues": {"time": "ts"}}, "row_keys: unknown 'queues'. Did you mean queue?"),
        ({"aliases": {"time": "ts"}}, "row_keys: unknown 'aliases'."),
        ({"queue": "ts"}, "row_keys: unknown 'queue'. Known are"),
        ({"queue": {"server": "ts"}}, "row_keys: queue: unknown 'server'."),
        ({"queue": {"admin_log": {"time": "ts"}}}, "row_keys: queue: unknown 'admin_log'."),
        ({"time": ""}, "row_keys: time takes the name of a key"),
        ({"time": None}, "row_keys: time takes the name of a key, or a list of them, not None."),
        ({"time": ["ts", 5]}, "row_keys: time takes the name of a key"),
        ({"queue": {"time": {}}}, "row_keys: time takes the name of a key"),
    ],
)
def test_what_cannot_be_is_told(given: dict[Any, Any], said: str) -> None:
    with pytest.raises(RowKeysError) as caught:
        named_keys(given)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    "named", [None, 5, "time", [], {"time": 5}, {"time": "ts"}, {"time": [5]}, {"server": ["name"]}, {5: ["ts"]}]
)
def test_a_state_that_anybody_may_have_written_does_no_harm(named: object) -> None:
    keys = keys_of({"row_keys": named})
    assert keys.time({"time": SECONDS}) == MOMENT
    assert keys.time({"ts": SECONDS}) is None
