# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import (
    PREFIX,
    QUEUE,
    TEN_READS,
    Dsm,
    item,
    serving,
)

GOOD, BAD = item("Report", "get"), item("Domain", "list", 2)


def test_the_ten_reads_in_one_request(logged_in: Dsm) -> None:
    before = len(logged_in.nas.requests)
    data = logged_in.compound([item(*read) for read in TEN_READS])["data"]
    assert data["has_fail"] is False
    assert [(r["api"], r["method"], r["version"]) for r in data["result"]] == [
        (PREFIX + name, method, 1) for name, method in TEN_READS
    ]
    assert all(result["success"] is True for result in data["result"])
    (request,) = logged_in.nas.requests[before:]
    assert [item["api"] for item in request.items] == [PREFIX + name for name, _method in TEN_READS]


def test_an_item_answers_what_the_call_alone_answers(logged_in: Dsm) -> None:
    result = logged_in.compound([item("Queue", "list", limit=2, offset=3)])["data"]["result"]
    assert result[0]["data"] == logged_in.data(QUEUE, "list", limit=2, offset=3)


def test_failures_stay_inside(logged_in: Dsm) -> None:
    answer = logged_in.compound([BAD, GOOD, item("Nobody", "get"), item("Queue", "list", 9), {"api": QUEUE}, 7])
    assert answer["success"] is True
    assert answer["data"]["has_fail"] is True
    results = answer["data"]["result"]
    assert [result.get("error", {}).get("code") for result in results] == [103, None, 102, 104, 101, 101]
    assert results[0] == {**BAD, "success": False, "error": {"code": 103}}


@pytest.mark.parametrize(("stop", "left"), [("true", 2), ("false", 3), ("True", 3)])
def test_stop_when_error(logged_in: Dsm, stop: str, left: int) -> None:
    data = logged_in.compound([GOOD, BAD, GOOD], stop_when_error=stop)["data"]
    assert len(data["result"]) == left


def test_a_refused_section_is_an_item() -> None:
    with serving({"permissions": {QUEUE: 105}}) as dsm:
        dsm.login()
        results = dsm.compound([GOOD, item("Queue", "list")])["data"]["result"]
        assert [result["success"] for result in results] == [True, False]
        assert results[1]["error"] == {"code": 105}


def test_without_a_session(dsm: Dsm) -> None:
    assert dsm.compound([GOOD])["error"]["code"] == 119


def test_an_expired_session_shows_at_the_top_or_in_every_item(logged_in: Dsm) -> None:
    logged_in.nas.expire_sessions(106)
    assert logged_in.compound([GOOD, GOOD])["error"] == {"code": 106}
    logged_in.login()
    logged_in.nas.expire_sessions(107, compound="items")
    data = logged_in.compound([GOOD, GOOD])["data"]
    assert [result["error"]["code"] for result in data["result"]] == [107, 107]
    assert logged_in.code(PREFIX + "Report", "get") == 107


@pytest.mark.parametrize(
    ("described", "code"),
    [
        ({"apis": {"SYNO.Entry.Request": "absent"}}, 102),
        ({"permissions": {"SYNO.Entry.Request": 105}}, 105),
        ({"compound_limit": 1}, 120),
        ({"faults": [{"fault": "error", "api": "SYNO.Entry.Request", "code": 117}]}, 117),
    ],
)
def test_the_whole_can_be_refused(described: dict[str, object], code: int) -> None:
    with serving(described) as dsm:
        dsm.login()
        assert dsm.compound([GOOD, GOOD])["error"]["code"] == code
        assert dsm.code(PREFIX + "Report", "get") is None


@pytest.mark.parametrize("nested", ["SYNO.Entry.Request", "SYNO.API.Auth"])
def test_a_compound_holds_no_compound_and_no_login(logged_in: Dsm, nested: str) -> None:
    sessions = len(logged_in.nas.sessions)
    method = "request" if nested == "SYNO.Entry.Request" else "login"
    nested_item = {"api": nested, "method": method, "version": 1 if method == "request" else 6}
    result = logged_in.compound([{**nested_item, "account": "mailfleet", "passwd": "Simulated-1"}])["data"]["result"]
    assert result[0]["error"]["code"] == 102
    assert len(logged_in.nas.sessions) == sessions
