# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import socket
import time
from typing import Any

import pytest
import requests
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import is_read
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import CHOICES, FAULTS, FaultError, Faults
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import mailplus_registry
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, QUEUE, Dsm, item, serving

REPORT = PREFIX + "Report"
OF_MANY = [
    (api.removeprefix(PREFIX), method, version)
    for api, facts in mailplus_registry().items()
    for version, methods in facts["methods"].items()
    for method in methods
    if is_read(api, method)
]
INFO: dict[str, Any] = {"api": "SYNO.API.Info", "method": "query", "version": 1, "query": "SYNO.API."}


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


@pytest.mark.parametrize("part", [part for part in CHOICES["drip", "part"] if part != "body"])
@pytest.mark.parametrize("https", [True, False])
def test_a_part_of_an_answer_that_comes_slowly(part: str, *, https: bool) -> None:
    with serving({"https": https}) as dsm:
        dsm.login()
        whole = queue(dsm).json()
        dsm.nas.faults.add("drip", part=part, length=4, seconds=0.03, size=1 if part != "continue" else 25)
        started = time.monotonic()
        answer = queue(dsm)
        assert time.monotonic() - started >= 0.1
        assert (answer.status_code, answer.json()) == (200, whole)
        assert answer.reason == ("OKxxxx" if part == "status" else "OK")


@pytest.mark.parametrize("part", [part for part in CHOICES["drip", "part"] if part != "body"])
def test_a_part_of_an_answer_that_never_ends(logged_in: Dsm, part: str) -> None:
    logged_in.nas.faults.add("drip", part=part, seconds=0.01, size=1)
    with socket.create_connection((logged_in.nas.host, logged_in.nas.port), timeout=2) as raw:
        raw.sendall(b"POST /webapi/entry.cgi HTTP/1.1\r\nHost: nas\r\nContent-Length: 3\r\n\r\na=b")
        received = b""
        filled = b"HTTP/1.1 100 Continue\r\n\r\n" * 2 if part == "continue" else b"x" * 20
        while filled not in received:
            received += raw.recv(1 << 16)


@pytest.mark.parametrize(("filling", "type_"), [("text", str), ("dense", list)])
@pytest.mark.parametrize("compressed", [True, False])
def test_a_huge_answer(logged_in: Dsm, filling: str, type_: type, *, compressed: bool) -> None:
    logged_in.nas.faults.add("huge", size=3_000_000, filling=filling, gzip=compressed, api=QUEUE)
    answer = queue(logged_in)
    assert len(answer.content) > 3_000_000
    assert (answer.headers.get("Content-Encoding") == "gzip") is compressed
    data = answer.json()["data"]
    assert isinstance(data["filling"], type_)
    assert data["total"] == 12
    content = logged_in.request(
        data={"api": "SYNO.Entry.Request", "method": "request", "version": 1, "_sid": logged_in.sid}
        | {"compound": json.dumps([item("Report", "get"), item("Queue", "list")])},
        headers={"X-SYNO-TOKEN": logged_in.token or ""},
    ).json()
    assert ["filling" in result["data"] for result in content["data"]["result"]] == [False, True]


def test_a_huge_answer_to_a_login_and_a_logout(dsm: Dsm) -> None:
    dsm.nas.faults.add("huge", size=1_000_000, api="SYNO.API.Auth")
    assert len(dsm.login()["filling"]) == 1_000_000
    assert len(dsm.call("SYNO.API.Auth", "logout")["filling"]) == 1_000_000
    assert dsm.nas.sessions == []


def test_an_answer_nested_deeply(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("huge", size=200_000, filling="deep")
    assert queue(logged_in).content.startswith(b'{"data":{"filling":' + b"[" * 200_000 + b"]" * 200_000)


@pytest.mark.parametrize("https", [True, False])
@pytest.mark.parametrize("seconds", [0.0, 0.05, None])
def test_a_kept_connection_that_is_closed(seconds: float | None, *, https: bool) -> None:
    with serving({"https": https}) as dsm:
        dsm.login()
        dsm.nas.faults.add("close_kept", seconds=seconds, api=QUEUE)
        assert queue(dsm).json()["success"] is True
        if seconds is None:  # nothing shows that it is closed until something is sent
            with pytest.raises(requests.exceptions.ConnectionError):
                queue(dsm)
            assert len(dsm.nas.requests) == 2
        else:
            time.sleep(seconds + 0.1)
        assert queue(dsm).json()["success"] is True
        assert len({request.connection for request in dsm.nas.requests}) == 2


@pytest.mark.parametrize("value", [False, "true", 1, None, "__absent__"])
def test_a_batch_whose_outer_success_is_not_true(logged_in: Dsm, value: object) -> None:
    logged_in.nas.faults.add("outer_success", value=value, api="SYNO.Entry.Request")
    answer = logged_in.compound([item("Report", "get")])
    assert answer.get("success", "__absent__") == value
    assert answer["data"]["result"][0]["success"] is True


@pytest.mark.parametrize("labels", [{"method": "conf_get"}, {"version": 9}, {"api": REPORT}, {"method": "__absent__"}])
def test_an_item_that_answers_another_call(logged_in: Dsm, labels: dict[str, Any]) -> None:
    logged_in.nas.faults.add("relabelled_result", labels=labels, api=QUEUE)
    report, rows = logged_in.compound([item("Report", "get"), item("Queue", "list")])["data"]["result"]
    assert {key: report[key] for key in ("api", "method", "version")} == item("Report", "get")
    honest = item("Queue", "list") | labels
    wanted = {key: value for key, value in honest.items() if value != "__absent__"}
    assert {key: rows[key] for key in ("api", "method", "version") if key in rows} == wanted
    assert rows["data"]["total"] == 12


def test_an_answer_that_says_something_else(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("answer", data={"total": "many", "items": "__absent__"}, api=QUEUE, first=1)
    assert logged_in.data(QUEUE, "list") == {"total": "many"}
    assert logged_in.data(QUEUE, "list")["total"] == 12
    logged_in.nas.faults.add("answer", data=[1], api=REPORT)
    assert logged_in.compound([item("Report", "get")])["data"]["result"][0]["data"] == [1]


@pytest.mark.parametrize("path", ["entry.cgi?api=SYNO.Core.User&method=delete", "../../x", "http://elsewhere/"])
def test_paths_of_apis_that_are_none(dsm: Dsm, path: str) -> None:
    dsm.nas.faults.add("answer", data={"path": path}, each=True, api="SYNO.API.Info")
    dsm.nas.faults.add("answer", data={"SYNO.API.\r\nAuth": {"path": path}}, api="SYNO.API.Info", after=1)
    apis = dsm.call(**INFO)["data"]
    assert {api["path"] for api in apis.values()} == {path}
    assert apis["SYNO.API.Auth"]["maxVersion"] == 7
    assert "SYNO.API.\r\nAuth" in dsm.call(**INFO)["data"]


@pytest.mark.parametrize("sid", ["a\r\nX: y", "\x00", "\u2603", "a" * 100_000, "plain"])
@pytest.mark.parametrize("token", ["a\r\nX: y", "\x00", "\u2603", "b" * 5000, "plain"])
def test_a_login_that_tells_an_odd_session(dsm: Dsm, sid: str, token: str) -> None:
    """The session is the one that was told, so that a client can close it."""
    dsm.nas.faults.add("answer", data={"sid": sid, "synotoken": token}, api="SYNO.API.Auth", method="login")
    told = dsm.login()
    assert (told["sid"], told["synotoken"]) == (sid, token)
    assert [session.sid for session in dsm.nas.sessions] == [sid]
    if not (token.isascii() and token.isprintable()):
        dsm.token = None
    assert dsm.call("SYNO.API.Auth", "logout")["success"] is True
    assert dsm.nas.sessions == []


@pytest.mark.parametrize("code", ["8" * 5000, -1, 1.5, [117], {"code": 1}, None, True, "119"])
def test_codes_that_are_none(logged_in: Dsm, code: object) -> None:
    logged_in.nas.faults.add("error", api=QUEUE, code=code)
    assert queue(logged_in).json() == {"success": False, "error": {"code": code}}
    assert logged_in.compound([item("Queue", "list")])["data"]["result"][0]["error"] == {"code": code}


@pytest.mark.parametrize("api", ["SYNO.Entry.Request", QUEUE])
def test_busy_once(logged_in: Dsm, api: str) -> None:
    logged_in.nas.faults.add("error", api=api, code=109, first=1)
    codes = []
    for _i in range(2):
        answer = logged_in.compound([item("Queue", "list")])
        inner = answer if not answer["success"] else answer["data"]["result"][0]
        codes.append(inner.get("error", {}).get("code"))
    assert codes == [109, None]


def test_all_apis_of_the_package_refuse() -> None:
    with serving({"permissions": {f"{PREFIX}*": 5615}}) as dsm:
        dsm.login()
        assert {dsm.code(QUEUE, "list"), dsm.code(REPORT, "get")} == {5615}
        assert dsm.code(REPORT, "no_such_method") == 103
        assert dsm.code("SYNO.API.Info", "query") is None


def test_a_pattern_of_apis(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("error", api=f"{PREFIX}Q*", code=111)
    assert (logged_in.code(QUEUE, "list"), logged_in.code(REPORT, "get")) == (111, None)


def test_a_fault_of_one_version(logged_in: Dsm) -> None:
    security = PREFIX + "Security"
    logged_in.nas.faults.add("error", api=security, version=4, code=103)
    assert [logged_in.code(security, "get", version) for version in (3, 4)] == [None, 103]
    results = logged_in.compound([item("Security", "get", 4), item("Security", "get", 2)])["data"]["result"]
    assert [result["success"] for result in results] == [False, True]


def test_a_fault_of_a_share_of_all_reads_is_always_of_the_same(logged_in: Dsm) -> None:
    reads = [item(api, method, version) for api, method, version in OF_MANY]
    faults = logged_in.nas.faults
    faults.add("error", api=f"{PREFIX}*", code=5615, share=0.33)
    struck = []
    for _i in range(2):
        results = logged_in.compound(reads)["data"]["result"]
        struck.append([number for number, result in enumerate(results) if result.get("error") == {"code": 5615}])
    assert struck[0] == struck[1]
    assert 0.2 < len(struck[0]) / len(reads) < 0.46
    faults.add("error", api=f"{PREFIX}*", code=103, share=0.5)
    codes = [result.get("error", {}).get("code") for result in logged_in.compound(reads)["data"]["result"]]
    assert 0.36 < codes.count(103) / len(reads) < 0.64
    assert codes.count(5615) > 0


@pytest.mark.parametrize("kind", ["hang", "html", "close", "cut_text"])
def test_an_item_takes_the_whole_compound_with_it(logged_in: Dsm, kind: str) -> None:
    """The whole answer of HTTP is lost, and with it that of all others in it; without the item, nothing is."""
    logged_in.nas.faults.add(kind, api=QUEUE, method="conf_get")

    def answered(*items: dict[str, Any]) -> bool:
        form = {"api": "SYNO.Entry.Request", "method": "request", "version": 1, "_sid": logged_in.sid}
        headers = {"X-SYNO-TOKEN": logged_in.token or ""}
        try:
            answer = logged_in.request(data={**form, "compound": json.dumps(items)}, headers=headers, timeout=0.5)
            return bool(answer.json()["success"])
        except (requests.exceptions.RequestException, ValueError):
            return False

    others = item("Report", "get"), item("Queue", "list"), item("Log", "conf_get")
    assert answered(*others)
    assert not answered(*others, item("Queue", "conf_get"))
    assert answered(*others)


@pytest.mark.parametrize(("data", "told"), [([1, 2], [1, 2]), (7, 7), ("x", "x"), (None, None), ("__absent__", "none")])
def test_any_read_can_answer_in_another_shape(logged_in: Dsm, data: object, told: object) -> None:
    logged_in.nas.faults.add("answer", data=data, api=REPORT, first=2)
    assert logged_in.call(REPORT, "get").get("data", "none") == told
    (result,) = logged_in.compound([item("Report", "get")])["data"]["result"]
    assert (result["success"], result.get("data", "none")) == (True, told)
    logged_in.nas.set_answer(REPORT, "get", data)
    assert logged_in.call(REPORT, "get").get("data", "none") == told


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_every_fault_spares_other_apis(logged_in: Dsm, kind: str) -> None:
    logged_in.nas.faults.add(kind, api=QUEUE)
    assert logged_in.data(REPORT, "get")["enable"] is True


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"fault": "flood"}, "unknown fault 'flood'"),
        ({"fault": "html", "code": 1}, "fault 'html' has no option code"),
        ({"fault": "drip", "part": "tail"}, "fault 'drip': part is 'tail'; known: body, continue"),
    ],
)
def test_faults_nobody_knows(fault: dict[str, Any], message: str) -> None:
    with pytest.raises(FaultError, match=message):
        Faults([fault])
