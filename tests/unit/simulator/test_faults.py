# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import FAULTS, FaultError, Faults
from ansible_collections.mailfleet.mailplus.tests.unit.simulator.dsm import PREFIX, QUEUE, Dsm, item, serving

REPORT = PREFIX + "Report"
INFO = {"api": "SYNO.API.Info", "method": "query", "version": 1, "query": "SYNO.API."}


def queue(dsm: Dsm, **kwargs: Any) -> requests.Response:
    return dsm.request(data={"api": QUEUE, "method": "list", "version": 1, "_sid": dsm.sid}, **kwargs)


@pytest.mark.parametrize(("status", "size"), [(502, 12_000), (404, 90), (200, 90)])
def test_html_instead_of_json(logged_in: Dsm, status: int, size: int) -> None:
    logged_in.nas.faults.add("html", status=status)
    answer = queue(logged_in)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert size <= len(answer.content) < size + 1000
    assert "<html>" in answer.text


def test_json_cut_short(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("cut_text")
    answer = queue(logged_in)
    assert answer.status_code == 200
    assert answer.text.startswith('{"data":')
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_the_connection_cut_short(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("cut_connection")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        queue(logged_in)


@pytest.mark.parametrize("https", [True, False])
def test_closed_without_an_answer(*, https: bool) -> None:
    with serving({"https": https}) as dsm:
        dsm.login()
        dsm.nas.faults.add("close", first=1)
        with pytest.raises(requests.exceptions.ConnectionError):
            queue(dsm)
        assert queue(dsm).json()["success"] is True


def test_no_answer_at_all(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("hang")
    with pytest.raises(requests.exceptions.ReadTimeout):
        queue(logged_in, timeout=0.1)


def test_latency(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("latency", seconds=0.15, api=QUEUE)
    started = time.monotonic()
    assert queue(logged_in).json()["success"] is True
    assert 0.15 <= time.monotonic() - started < 1


def test_a_constant_round_trip() -> None:
    with serving({"latency": 0.1}) as dsm:
        started = time.monotonic()
        dsm.login()
        assert time.monotonic() - started >= 0.1


def test_a_slow_body(logged_in: Dsm) -> None:
    whole = queue(logged_in).json()
    logged_in.nas.faults.add("drip", seconds=0.01, size=200)
    started = time.monotonic()
    assert queue(logged_in).json() == whole
    assert time.monotonic() - started >= 0.05


def test_a_redirect(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("redirect", location="https://elsewhere.example.org/")
    answer = queue(logged_in)
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://elsewhere.example.org/")


def test_an_empty_body(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("empty")
    answer = queue(logged_in)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("value", ["text/plain", "text/html; charset=UTF-8"])
def test_json_under_another_content_type(logged_in: Dsm, value: str) -> None:
    logged_in.nas.faults.add("content_type", value=value)
    answer = queue(logged_in)
    assert answer.headers["Content-Type"] == value
    assert answer.json()["success"] is True


def test_bytes_that_are_not_utf8(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("not_utf8", api=QUEUE)
    content = logged_in.compound([item("Queue", "list", limit=1)])["data"]["result"]
    assert content[0]["api"] == QUEUE
    answer = queue(logged_in)
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")
    assert json.loads(answer.content.decode("utf-8", "replace"))["success"] is True


def test_lone_surrogates(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("lone_surrogate")
    row = queue(logged_in).json()["data"]["items"][0]
    assert row["sender"].startswith("\ud800")


def test_a_result_that_is_not_what_was_asked(logged_in: Dsm) -> None:
    items = [item("Report", "get"), item("MailPlus", "get"), item("Queue", "list")]
    names = [item["api"] for item in items]
    logged_in.nas.faults.add("short_result", first=1)
    assert [r["api"] for r in logged_in.compound(items)["data"]["result"]] == names[:2]
    logged_in.nas.faults.add("reordered_result")
    assert [r["api"] for r in logged_in.compound(items)["data"]["result"]] == names[::-1]


@pytest.mark.parametrize("errors", [None, [{"code": 1}], {"name": "limit"}])
def test_an_error_of_one_api(logged_in: Dsm, errors: object) -> None:
    logged_in.nas.faults.add("error", api=QUEUE, method="list", code=117, errors=errors)
    error = {"code": 117} if errors is None else {"code": 117, "errors": errors}
    assert queue(logged_in).json() == {"success": False, "error": error}
    assert logged_in.code(REPORT, "get") is None
    results = logged_in.compound([item("Queue", "list"), item("Report", "get")])["data"]["result"]
    assert results[0]["error"] == error
    assert results[1]["success"] is True


def test_a_refused_login_is_counted(dsm: Dsm) -> None:
    dsm.nas.faults.add("error", api="SYNO.API.Auth", method="login", code=407)
    assert dsm.login_code() == 407
    assert dsm.nas.login_attempts == 1


def test_a_session_that_expires_at_a_request(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("expired", code=107, after=1, first=1)
    assert [logged_in.code(QUEUE, "list") for _i in range(3)] == [None, 107, 107]
    logged_in.login()
    assert logged_in.code(QUEUE, "list") is None


def test_a_session_that_expires_shows_in_the_items(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("expired", code=119, compound="items", api="SYNO.Entry.Request", first=1)
    answer = logged_in.compound([item("Report", "get")])
    assert answer["data"]["result"][0]["error"]["code"] == 119


def test_first_and_after_count_the_requests_that_match(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("error", api=QUEUE, code=117, after=1, first=2)
    codes = []
    for _i in range(5):
        assert logged_in.code(REPORT, "get") is None
        codes.append(logged_in.code(QUEUE, "list"))
    assert codes == [None, 117, 117, None, None]


def test_limited_to_a_path(dsm: Dsm) -> None:
    dsm.nas.faults.add("html", path="query.cgi")
    assert dsm.request(path="/webapi/query.cgi", data=INFO).status_code == 502
    assert dsm.request(data=INFO).status_code == 200


def test_faults_from_the_description_and_cleared() -> None:
    with serving({"faults": [{"fault": "html", "status": 502, "api": QUEUE}]}) as dsm:
        dsm.login()
        assert queue(dsm).status_code == 502
        dsm.nas.faults.clear()
        assert queue(dsm).status_code == 200
        dsm.nas.reset()
        assert queue(dsm).status_code == 502


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_every_fault_spares_other_apis(logged_in: Dsm, kind: str) -> None:
    logged_in.nas.faults.add(kind, api=QUEUE)
    assert logged_in.data(REPORT, "get")["enable"] is True


@pytest.mark.parametrize(
    ("fault", "message"),
    [({"fault": "flood"}, "unknown fault 'flood'"), ({"fault": "html", "code": 1}, "fault 'html' has no option code")],
)
def test_faults_nobody_knows(fault: dict[str, Any], message: str) -> None:
    with pytest.raises(FaultError, match=message):
        Faults([fault])
