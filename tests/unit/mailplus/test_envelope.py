# SPDX-License-Identifier: GPL-3.0-or-later
"""The one shape of a section, whatever became of it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    DsmError,
    answer_error,
    api_error,
    connection_error,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope, unread
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import ListReading, Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.reading import MappingReading, Reading
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, CATALOGUE

NOW = datetime(2026, 1, 31, tzinfo=timezone.utc)
KEYS = {"status", "data", "summary", "error"}
LIST_KEYS = KEYS | {"total", "returned", "truncated", "rows_key"}
ERROR_KEYS = {"kind", "api", "method", "version", "code", "name", "message", "hint"}
QUEUE = BY_NAME["queue"]
CALL: dict[str, Any] = {"api": "SYNO.MailPlusServer.Queue", "method": "list", "version": 1}

# The status by code, as the reference tells the codes apart.
STATUSES = {
    **dict.fromkeys((102, 103, 104), "unsupported"),
    **dict.fromkeys((105, 160, 402, 116), "forbidden"),
    **dict.fromkeys((100, 101, 106, 107, 108, 109, 110, 111, 114, 117, 118, 119, 120, 150, 400, 403, 9999), "failed"),
}


def keys_of(section: Section) -> set[str]:
    return LIST_KEYS if section.has_rows else KEYS


def listed(rows: list[Any] | None, total: int | None, *, offset: int = 0, limit: int | None = None) -> Any:
    data = {"items": rows, "total": total}
    reading = ListReading(QUEUE, {}, Window(offset, limit), reveal_secrets=False)
    return answered(reading, Reply(Route("entry.cgi", 1), data))


def answered(reading: Reading, reply: Reply) -> Envelope:
    """What becomes of a section whose first question has this answer, and others none."""
    no = Reply(Route("entry.cgi", 1), error=answer_error("No", **CALL))
    with reading:
        for _alternative in reading.section.reads:
            reading.receive([reply, *[no] * (len(reading.next_reads()) - 1)])
            if reading.is_over:
                break
        reading.finish()
        return reading.envelope(NOW)


def reading_of(section: Section, *, reveal_secrets: bool = False) -> Reading:
    if section.has_rows:
        return ListReading(section, {}, Window(), reveal_secrets=reveal_secrets)
    return MappingReading(section, {}, reveal_secrets=reveal_secrets)


def failed(section: Section, error: DsmError) -> dict[str, Any]:
    return dict(answered(reading_of(section), Reply(Route("entry.cgi", 1), error=error)))


def ok(section: Section, data: dict[str, Any], *, reveal_secrets: bool) -> Envelope:
    return answered(reading_of(section, reveal_secrets=reveal_secrets), Reply(Route("entry.cgi", 1), data))


@pytest.mark.parametrize("section", CATALOGUE, ids=lambda section: section.name)
@pytest.mark.parametrize("code", [102, 105, 117])
def test_a_section_that_was_not_read_has_every_key(section: Section, code: int) -> None:
    envelope = failed(section, api_error(code, **CALL))
    assert set(envelope) == keys_of(section)
    assert {value for key, value in envelope.items() if key not in ("status", "error")} == {None}
    assert set(envelope["error"]) == ERROR_KEYS


@pytest.mark.parametrize("section", [row for row in CATALOGUE if not row.has_rows], ids=lambda section: section.name)
def test_a_section_that_was_read_has_every_key(section: Section) -> None:
    data = {"a": 1}
    envelope = ok(section, data, reveal_secrets=False)
    assert set(envelope) == keys_of(section)
    assert (envelope["status"], envelope["data"], envelope["error"]) == ("ok", data, None)
    assert isinstance(envelope["summary"], dict)


@pytest.mark.parametrize(
    ("offset", "limit", "total", "truncated", "complete"),
    [(0, None, 2, False, True), (0, 2, 9, True, False), (3, None, 5, False, False), (0, None, None, None, None)],
)
def test_a_list_has_its_figures(
    offset: int, limit: int | None, total: int | None, truncated: bool | None, complete: bool | None
) -> None:
    envelope = listed([{"id": 1}, {"id": 2}], total, offset=offset, limit=limit)
    assert set(envelope) == LIST_KEYS
    assert (envelope["total"], envelope["returned"], envelope["truncated"]) == (total, 2, truncated)
    assert (envelope["summary"]["rows"], envelope["summary"]["complete"]) == (2, complete)


def test_a_list_whose_rows_are_not_known_has_no_figures() -> None:
    envelope = listed(None, 7)
    assert (envelope["status"], envelope["total"]) == ("ok", 7)
    assert (envelope["returned"], envelope["truncated"], envelope["summary"]) == (None, None, None)


@pytest.mark.parametrize(("code", "status"), STATUSES.items())
def test_a_code_of_mailplus_has_its_status(code: int, status: str) -> None:
    envelope = failed(QUEUE, api_error(code, **CALL))
    assert envelope["status"] == status
    error = envelope["error"]
    assert {key: error[key] for key in ("api", "method", "version", "code")} == {**CALL, "code": code}
    assert error["name"]
    assert error["message"].endswith(".")
    assert error["hint"].endswith(".")


@pytest.mark.parametrize("error", [connection_error("timeout", "M.", "H."), answer_error("M", **CALL)])
def test_what_has_no_code_has_null(error: DsmError) -> None:
    envelope = failed(QUEUE, error)
    assert envelope["status"] == "failed"
    assert set(envelope["error"]) == ERROR_KEYS
    assert envelope["error"]["code"] is None


def test_a_code_of_the_login_is_not_that_of_a_package() -> None:
    login = api_error(402, api="SYNO.API.Auth", method="login", version=7)
    package = api_error(402, **CALL)
    assert (login.details.name, package.details.name) == ("login_not_permitted", "no_permission")


def test_secrets_are_hidden_unless_asked_for() -> None:
    data = {"relay": {"password": "r3lay"}, "items": [{"token": "t0ken"}]}
    hidden = ok(BY_NAME["smtp_general"], data, reveal_secrets=False)
    assert hidden["data"] == {"relay": {"password": MARKER}, "items": [{"token": MARKER}]}
    assert ok(BY_NAME["smtp_general"], data, reveal_secrets=True)["data"] == data


def test_sections_that_were_not_read_stand_together_where_what_to_do_is_the_same() -> None:
    def refused(status: str, message: str, hint: str) -> dict[str, Any]:
        return {"status": status, "error": {"message": message, "hint": hint}}

    sections = {
        "a": refused("forbidden", "1", "give"),
        "b": refused("failed", "2", "look"),
        "c": {"status": "ok", "error": None},
        "d": refused("forbidden", "4", "give"),
        "e": refused("failed", "5", "look"),
        "f": refused("failed", "2", "look"),
        "g": refused("unsupported", "6", "give"),
    }
    assert [(one["status"], one["error"]["message"], one["sections"]) for one in unread(sections)] == [
        ("forbidden", "1", ["a", "d"]),
        ("failed", "2", ["b", "f"]),
        ("failed", "5", ["e"]),
        ("unsupported", "6", ["g"]),
    ]
