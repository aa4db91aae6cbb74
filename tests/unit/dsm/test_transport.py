# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that keeps a JSON object from arriving, each as one clear line."""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import os
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import trust
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils import _worker
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    AUTH,
    BATCH,
    COMPOUND,
    DISCOVERY,
    INFO,
    LOGIN,
    LOGOUT,
    address_of,
    assert_clear,
    calls,
    client,
    gather,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.raw_server import http, raw_server

FLEET = {
    "nas": {
        "one": {"https": False},
        "other": {"https": False},
        "trusted": {},
        "self_signed": {"certificate": "self_signed"},
        "expired": {"certificate": "expired"},
        "wrong_name": {"certificate": "wrong_name"},
        "down": {"unreachable": True},
        "silent": {"unresponsive": True},
    }
}
SECRET = "S3cret & 1"
FORM = {"api": "A", "version": "1", "method": "get", "passwd": SECRET, "_sid": "Se55ion"}
SOON = 0.2
SOMEWHERE = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))


def post(address: Address, form: dict[str, str] | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    with contextlib.closing(HttpTransport(address)) as connection:
        return connection.post("entry.cgi", form or FORM, headers or {"X-SYNO-TOKEN": "T0ken"})


def failure(address: Address) -> DsmError:
    """The error of a request, which is always of the connection, clear and without secrets."""
    with pytest.raises(DsmError) as caught:
        post(address)
    error = caught.value
    assert error.kind in (Kind.LOCAL, Kind.CONNECTION)
    assert (error.details.api, error.details.method, error.details.version, error.details.code) == (None,) * 4
    assert_clear(error, [SECRET, "Se55ion", "T0ken"])
    # What Python would print beneath an uncaught error: nothing of the library that shows a request.
    assert error.__suppress_context__ or error.__context__ is None
    return error


def failure_name(address: Address) -> str:
    return failure(address).details.name


def answered(*answers: bytes, **address: Any) -> dict[str, Any]:
    with raw_server(*answers) as raw:
        return post(Address("127.0.0.1", raw.port, https=False, **{"timeout": 5, **address}))


def answered_name(*answers: bytes, **address: Any) -> str:
    with raw_server(*answers) as raw:
        return failure_name(Address("127.0.0.1", raw.port, https=False, **{"timeout": 5, **address}))


def at(nas: Nas, **changes: Any) -> Address:
    return address_of(nas, **changes)


# ------------------------------------------------------------------------------------------------------ certificates


def test_a_certificate_of_a_trusted_authority_is_accepted(fleet: Fleet) -> None:
    assert post(at(fleet["trusted"], ca_path=str(fleet.ca_path)))["success"] is False


@pytest.mark.parametrize("name", ["self_signed", "expired", "wrong_name"])
def test_a_certificate_that_is_not_trusted_is_said_so_and_nothing_is_sent(fleet: Fleet, name: str) -> None:
    error = failure(at(fleet[name], ca_path=str(fleet.ca_path)))
    assert error.details.name == "certificate_not_trusted"
    assert "ca_path" in error.details.hint
    assert fleet[name].requests == []


def test_the_reason_of_the_distrust_is_told(fleet: Fleet) -> None:
    messages = {name: failure(at(fleet[name], ca_path=str(fleet.ca_path))).details.message for name in FLEET["nas"] if
                name in ("self_signed", "expired", "wrong_name")}  # fmt: skip
    assert "self" in messages["self_signed"]
    assert "expired" in messages["expired"]
    assert "mismatch" in messages["wrong_name"]


def test_the_certificate_of_the_nas_itself_can_be_named(fleet: Fleet, tmp_path: Path) -> None:
    nas, path = fleet["trusted"], tmp_path / "nas.pem"
    path.write_text(ssl.get_server_certificate((nas.host, nas.port)), encoding="ascii")
    assert post(at(nas, ca_path=str(path)))["success"] is False


def test_keys_of_connections_are_not_written_down(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(fleet.ca_path, tmp_path))  # which nothing has read yet
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    post(at(fleet["trusted"], ca_path=str(path)))
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    ("host", "name"),
    [("nas.example.com.", "nas.example.com"), ("fe80::1%eth0", "fe80::1"), ("nas.example.com", "nas.example.com")],
)
def test_the_name_that_is_checked_is_that_of_a_certificate(
    monkeypatch: pytest.MonkeyPatch, host: str, name: str
) -> None:
    asked = []

    def wrap(_context: ssl.SSLContext, _sock: socket.socket, *, server_hostname: str, **_keywords: Any) -> None:
        asked.append(server_hostname)
        raise ConnectionResetError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: [SOMEWHERE])
    monkeypatch.setattr(socket.socket, "connect", lambda *_args: None)
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    failure(Address(host, 5001))
    assert asked == [name]


def test_an_authority_that_nobody_named_is_not_trusted(fleet: Fleet) -> None:
    assert failure_name(at(fleet["trusted"])) == "certificate_not_trusted"


@pytest.mark.parametrize("name", ["trusted", "self_signed", "expired", "wrong_name"])
def test_without_validation_any_certificate_does_and_ca_path_is_not_looked_at(fleet: Fleet, name: str) -> None:
    assert post(at(fleet[name], validate_certs=False, ca_path="/does/not/exist"))["success"] is False


def test_a_ca_path_that_does_not_exist_is_named_before_anything_is_sent(fleet: Fleet, tmp_path: Path) -> None:
    error = failure(at(fleet["trusted"], ca_path=str(tmp_path / "missing.pem")))
    assert error.details.name == "ca_path_unusable"
    assert "missing.pem" in error.details.message
    assert fleet["trusted"].requests == []


@pytest.mark.parametrize("content", [b"", b"no certificate", b"\x00\xff\xfe", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_ca_path_that_is_no_certificate_is_named(fleet: Fleet, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    error = failure(at(fleet["trusted"], ca_path=str(path)))
    assert error.details.name == "ca_path_unusable"
    assert str(path) in error.details.message


def test_a_broken_certificate_in_ca_path_is_named(fleet: Fleet, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", encoding="ascii")
    assert failure_name(at(fleet["trusted"], ca_path=str(path))) == "ca_path_unusable"


def test_an_empty_directory_as_ca_path_trusts_nobody(fleet: Fleet, tmp_path: Path) -> None:
    assert failure_name(at(fleet["trusted"], ca_path=str(tmp_path))) == "certificate_not_trusted"


def test_certificates_are_read_once_for_many_connections(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(fleet.ca_path, tmp_path))
    read = []
    load = ssl.SSLContext.load_verify_locations

    def count(context: ssl.SSLContext, *arguments: Any, **keywords: Any) -> None:
        read.append(keywords)
        load(context, *arguments, **keywords)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", count)
    address = at(fleet["trusted"], ca_path=str(path))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(post, [address] * 16))
    assert [answer["success"] for answer in answers] == [False] * 16
    assert len(read) == 1


def test_certificates_that_change_are_read_again(fleet: Fleet, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    with run_fleet({"nas": {"other": {}}}) as others:
        shutil.copy(others.ca_path, path)
        os.utime(path, (0, 0))
        assert failure_name(at(fleet["trusted"], ca_path=str(path))) == "certificate_not_trusted"
        shutil.copy(fleet.ca_path, path)
        assert post(at(fleet["trusted"], ca_path=str(path)))["success"] is False
        assert failure_name(at(others["other"], ca_path=str(path))) == "certificate_not_trusted"


@pytest.fixture
def system_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The variables that tell OpenSSL where the system's store is, read anew."""
    trust._trusting.cache_clear()
    yield monkeypatch
    trust._trusting.cache_clear()


def test_without_ca_path_the_store_of_the_system_counts(fleet: Fleet, system_store: pytest.MonkeyPatch) -> None:
    system_store.setenv("SSL_CERT_FILE", str(fleet.ca_path))
    assert post(at(fleet["trusted"]))["success"] is False


def test_the_store_of_the_system_is_read_when_an_action_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is before a worker is forked."""
    read: list[bool] = []
    monkeypatch.setattr(trust, "read_system_store", lambda: read.append(True))
    importlib.reload(_worker)
    assert read == [True]


def test_with_ca_path_the_store_of_the_system_does_not_count(
    fleet: Fleet, tmp_path: Path, system_store: pytest.MonkeyPatch
) -> None:
    system_store.setenv("SSL_CERT_FILE", str(fleet.ca_path))
    assert failure_name(at(fleet["trusted"], ca_path=str(tmp_path))) == "certificate_not_trusted"


def test_connections_that_share_certificates_each_check_the_name(fleet: Fleet) -> None:
    assert post(at(fleet["trusted"], ca_path=str(fleet.ca_path)))["success"] is False
    assert failure_name(at(fleet["wrong_name"], ca_path=str(fleet.ca_path))) == "certificate_not_trusted"
    assert post(at(fleet["trusted"], ca_path=str(fleet.ca_path)))["success"] is False


def test_a_ca_path_that_may_not_be_read_is_named(fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shutil.copy(fleet.ca_path, tmp_path)  # which nothing has read yet

    def deny(*_args: Any, **_kwargs: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", deny)
    assert failure_name(at(fleet["trusted"], ca_path=str(path))) == "ca_path_unusable"


def test_a_ca_path_behind_a_closed_directory_is_named(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", deny)
    assert failure_name(at(fleet["trusted"], ca_path="/closed/ca.pem")) == "ca_path_unusable"


# ------------------------------------------------------------------------------------------------------ no connection


def test_a_name_that_cannot_be_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: Any, **_kwargs: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure(Address("nas.invalid", 5001))
    assert error.details.name == "name_not_resolved"
    assert "nas.invalid" in error.details.message


def test_a_refused_connection(fleet: Fleet) -> None:
    error = failure(at(fleet["down"]))
    assert error.details.name == "connection_refused"
    assert str(fleet["down"].port) in error.details.message


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETUNREACH])
def test_no_route(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def unreachable(*_args: Any) -> None:
        raise OSError(number, "unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert failure_name(Address("127.0.0.1", 5001)) == "no_route"


@pytest.mark.parametrize("name", ["one", "silent"])
def test_a_timeout_of_the_answer_or_the_handshake(fleet: Fleet, name: str) -> None:
    fleet["one"].faults.add("hang")
    error = failure(at(fleet[name], timeout=SOON))
    assert error.details.name == "timeout"
    assert "0.2 seconds" in error.details.message


def test_a_timeout_in_the_middle_of_an_answer(nas: Nas) -> None:
    nas.faults.add("drip", size=5, seconds=SOON * 5)
    assert failure_name(at(nas, timeout=SOON)) == "timeout"


def test_a_timeout_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_args: Any) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", late)
    assert failure_name(Address("127.0.0.1", 5001)) == "timeout"


@pytest.mark.parametrize("number", [errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED])
def test_a_connection_that_breaks(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def broken(*_args: Any) -> None:
        raise OSError(number, "broken")

    monkeypatch.setattr(socket.socket, "connect", broken)
    assert failure_name(Address("127.0.0.1", 5001)) == "connection_broken"


@pytest.mark.parametrize("number", [errno.EPERM, errno.EACCES])
def test_a_connection_that_the_controller_forbids(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """A firewall of the controller answers so."""

    def forbidden(*_args: Any) -> None:
        raise OSError(number, "forbidden")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    error = failure(Address("127.0.0.1", 5001))
    assert error.details.name != "ca_path_unusable"
    assert "None" not in error.details.message


def test_a_connection_closed_without_an_answer(nas: Nas) -> None:
    nas.faults.add("close")
    assert failure_name(at(nas)) == "connection_broken"


def test_http_where_https_is_expected(nas: Nas) -> None:
    assert failure_name(at(nas, https=True)) == "tls_failed"


def test_https_where_http_is_expected_is_never_tried_as_https(fleet: Fleet) -> None:
    failure(at(fleet["trusted"], https=False))
    assert fleet["trusted"].requests == []


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\x01\x02\xff\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ],
)
def test_what_is_no_http_is_an_error_without_noise(garbage: bytes) -> None:
    assert answered_name(garbage) in ("connection_broken", "truncated_json", "not_http")


@pytest.mark.parametrize("host", ["a" * 64 + ".example.com", "nas..example.com", ".nas", "*"])
def test_a_host_that_no_name_can_be_is_an_error_without_noise(host: str) -> None:
    failure(Address(host, 5001))


# ---------------------------------------------------------------------------------------------------- the connection


@pytest.mark.parametrize("name", ["one", "trusted"])
def test_all_requests_go_over_one_connection(fleet: Fleet, name: str) -> None:
    nas = fleet[name]
    with contextlib.closing(HttpTransport(at(nas, ca_path=str(fleet.ca_path)))) as connection:
        for _request in range(3):
            connection.post("entry.cgi", FORM, {})
    assert len({request.connection for request in nas.requests}) == 1


@pytest.mark.parametrize("seconds", [None, 5])
@pytest.mark.parametrize(
    "framed", [b"Content-Length: 2\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"]
)
def test_a_connection_is_kept_however_the_end_of_an_answer_is_told(framed: bytes, seconds: float | None) -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\n" + framed, keep=True) as raw:
        deadline = None if seconds is None else time.monotonic() + seconds
        address = Address("127.0.0.1", raw.port, https=False, deadline=deadline)
        with contextlib.closing(HttpTransport(address)) as connection:
            assert [connection.post("entry.cgi", FORM, {}) for _request in range(3)] == [{}] * 3
        assert raw.connections == 1


@pytest.mark.parametrize("seconds", [None, 5])
@pytest.mark.parametrize("length", [b"100", b"1" + b"0" * 11, b"1" + b"0" * 20])
def test_an_answer_shorter_than_it_says_is_cut_short(length: bytes, seconds: float | None) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b'\r\n\r\n{"a": 1}'
    assert answered_name(answer, deadline=seconds and time.monotonic() + seconds) == "truncated_json"


def test_a_chunk_shorter_than_it_says_is_cut_short() -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"F" * 20 + b'\r\n{"a": 1}'
    assert answered_name(answer) == "truncated_json"


def test_what_comes_before_the_answer_is_not_taken_for_the_next_one() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + b'{"a": 1}'
    with (
        raw_server(early, b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 2}') as raw,
        contextlib.closing(HttpTransport(Address("127.0.0.1", raw.port, https=False))) as connection,
    ):
        with pytest.raises(DsmError):
            connection.post("entry.cgi", FORM, {})
        assert connection.post("entry.cgi", FORM, {}) == {"a": 2}


def test_a_request_tells_who_asks(nas: Nas) -> None:
    post(at(nas))
    assert nas.requests[0].headers["User-Agent"] == "mailfleet.mailplus"


@pytest.mark.parametrize("https", [False, True])
def test_a_connection_that_the_nas_closed_meanwhile_is_opened_again(https: bool) -> None:
    with run_fleet({"nas": {"one": {"https": https, "keep_alive": SOON / 10}}}) as fleet:
        nas = fleet["one"]
        with contextlib.closing(HttpTransport(at(nas, ca_path=str(fleet.ca_path)))) as connection:
            assert connection.post("entry.cgi", FORM, {})["success"] is False
            time.sleep(SOON)
            assert connection.post("entry.cgi", FORM, {})["success"] is False
        assert len({request.connection for request in nas.requests}) == len(nas.requests) == 2


@pytest.mark.parametrize("fault", ["cut_connection", "hang"])
def test_after_a_failure_the_next_request_has_a_connection_of_its_own(nas: Nas, fault: str) -> None:
    nas.faults.add(fault, first=1)
    with contextlib.closing(HttpTransport(at(nas, timeout=SOON))) as connection:
        with pytest.raises(DsmError):
            connection.post("entry.cgi", FORM, {})
        assert connection.post("entry.cgi", FORM, {})["success"] is False


def test_an_answer_that_the_deadline_cut_short_is_not_taken_for_the_next_one(nas: Nas) -> None:
    nas.faults.add("drip", first=1, size=5, seconds=SOON / 4)
    address = at(nas, deadline=time.monotonic() + SOON)
    with contextlib.closing(HttpTransport(address)) as connection:
        with pytest.raises(DsmError) as caught:
            connection.post("entry.cgi", FORM, {})
        assert caught.value.details.name == "time_limit"
        connection.extend(5)
        assert connection.post("entry.cgi", FORM, {})["success"] is False


def test_a_wait_that_the_deadline_ends_is_not_blamed_on_the_nas(nas: Nas) -> None:
    nas.faults.add("hang")
    assert failure_name(at(nas, deadline=time.monotonic() + SOON)) == "time_limit"


def test_on_a_connection_that_is_kept_each_request_waits_as_long_as_it_may(nas: Nas) -> None:
    nas.faults.add("latency", after=1, seconds=2 * SOON)
    with contextlib.closing(HttpTransport(at(nas, deadline=time.monotonic() + SOON))) as connection:
        connection.post("entry.cgi", FORM, {})
        connection.extend(5)
        assert connection.post("entry.cgi", FORM, {})["success"] is False


# ------------------------------------------------------------------------------------------------------- not an answer


@pytest.mark.parametrize("status", [502, 404, 200, 503, 414])
def test_html_instead_of_json(nas: Nas, status: int) -> None:
    nas.faults.add("html", status=status)
    error = failure(at(nas))
    assert error.details.name == "not_json"
    assert f"HTTP {status} with HTML" in error.details.message


@pytest.mark.parametrize("status", ["500 Internal Server Error", "401 Unauthorized", "204 No Content", "201 Created"])
def test_any_other_status_than_200_is_no_answer(status: str) -> None:
    body = b"" if status.startswith("204") else b'{"success": true, "data": {}}'
    assert answered_name(http(body, status)) == "not_json"


def test_a_body_without_anything(nas: Nas) -> None:
    nas.faults.add("empty")
    error = failure(at(nas))
    assert error.details.name == "not_json"
    assert "nothing" in error.details.message


@pytest.mark.parametrize("body", [b" \r\n\t", b"\xef\xbb\xbf", b"\n<html>", b"\xef\xbb\xbf<!DOCTYPE html>"])
def test_blanks_and_html_behind_blanks_are_no_json(body: bytes) -> None:
    assert answered_name(http(body)) == "not_json"


@pytest.mark.parametrize("fault", ["cut_text", "cut_connection"])
def test_json_that_is_cut_short(nas: Nas, fault: str) -> None:
    nas.faults.add(fault)
    assert failure_name(at(nas)) == "truncated_json"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"success": true,',
        b'{"success": tru',
        b'{"success": "\\u12',
        b'{"success": true}}',
        b'{"success": true} trailing',
        b"{'success': true}",
        b"hello",
        b"\x00",
    ],
)
def test_json_that_is_damaged(body: bytes) -> None:
    assert answered_name(http(body)) == "truncated_json"


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"true", b'[{"success": true}]', b"NaN"])
def test_json_that_is_no_object(body: bytes) -> None:
    assert answered_name(http(body)) == "not_dsm"


def test_a_broken_compression_is_an_error_without_noise() -> None:
    assert answered_name(http(b"no gzip", "200 OK", "application/json", "Content-Encoding: gzip")) == "truncated_json"


# ---------------------------------------------------------------------------------------- answers that are only unusual


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_nested_beyond_reason_is_an_error(opening: str) -> None:
    body = b'{"success": true, "data": ' + opening.encode() * 100_000
    assert answered_name(http(body)) == "nested_too_deep"


@pytest.mark.parametrize(
    "depth",
    [
        50,
        800,
    ],
)
def test_deep_json_with_escaped_characters_is_read_or_refused(depth: int) -> None:
    body = '{"success": true, "data": ' + "[" * depth + '"\\ud83d\\ude00"' + "]" * depth + "}"
    try:
        assert answered(http(body.encode()))["success"] is True
    except DsmError as error:
        assert_clear(error)


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert answered(http(b'{"a": "\xff\xfe caf\xe9", "\xe9": "\xf0\x9f\x98"}')) == {
        "a": "\ufffd\ufffd caf\ufffd",
        "\ufffd": "\ufffd",
    }


def test_text_in_any_script_arrives_intact() -> None:
    sent = {"a": "Grüße Счёт 請求書 حساب ใบแจ้งหนี้ 👩🏽‍💻 \u202e \u2028 \x7f \ufeff", "ключ": [None, True, 1.5, -0, "😀"]}
    assert answered(http(json.dumps(sent, ensure_ascii=False).encode())) == sent
    assert answered(http(json.dumps(sent).encode())) == sent


@pytest.mark.parametrize("text", ["\\ud800", "\\udfff", "\\ud83d x", "x\\ude00\\ud83d"])
def test_halves_of_characters_are_replaced(text: str) -> None:
    answer = answered(http(f'{{"a": "{text}", "{text}": ["{text}"], "b": {{"c": "{text}"}}}}'.encode()))
    json.dumps(answer, ensure_ascii=False).encode()  # what a lone surrogate would fail
    assert "\ufffd" in answer["a"]
    assert len(answer) == 3


def test_control_characters_inside_text_are_kept() -> None:
    assert answered(http(b'{"a": "tab\there\nline\x07\x1b\x00"}')) == {"a": "tab\there\nline\x07\x1b\x00"}


def test_numbers_that_json_does_not_have_are_null() -> None:
    assert answered(http(b'{"a": NaN, "b": [Infinity, -Infinity]}')) == {"a": None, "b": [None, None]}


def test_numbers_too_large_are_plain_json_again() -> None:
    json.dumps(answered(http(b'{"a": 1e999, "b": [-1e999]}')), allow_nan=False)


def test_a_byte_order_mark_is_skipped() -> None:
    assert answered(http(b'\xef\xbb\xbf {"a": 1}')) == {"a": 1}


@pytest.mark.parametrize(
    "content_type",
    ['application/json; charset="UTF-8"', "text/plain", "text/html", "", "nonsense", "text/plain; charset=latin-1"],
)
def test_any_content_type_may_carry_json(content_type: str) -> None:
    assert answered(http('{"a": "ü"}'.encode(), "200 OK", content_type)) == {"a": "ü"}


@pytest.mark.parametrize(
    "fault", [("content_type", {"value": "text/html"}), ("drip", {"seconds": 0}), ("not_utf8", {})]
)
def test_unusual_answers_of_a_nas_do_not_break_a_gather(nas: Nas, fault: tuple[str, dict[str, Any]]) -> None:
    nas.faults.add(fault[0], **fault[1])
    state = gather(nas)
    assert {envelope["status"] for envelope in state.sections.values()} == {"ok"}
    json.dumps(state.as_facts(), ensure_ascii=False).encode()


# ------------------------------------------------------------------------------------- redirects and the environment


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(fleet: Fleet, status: int) -> None:
    one, other = fleet["one"], fleet["other"]
    one.faults.add("redirect", location=f"{other.url}/webapi/entry.cgi", status=status)
    error = failure(at(one))
    assert error.details.name == "redirected"
    assert str(status) in error.details.message
    assert other.requests == []
    assert len(one.requests) == 1


def test_credentials_are_not_sent_after_a_redirect(fleet: Fleet) -> None:
    one, other = fleet["one"], fleet["other"]
    one.faults.add("redirect", api=AUTH, location=f"{other.url}/webapi/entry.cgi", status=307)
    with pytest.raises(DsmError), client(one):
        pytest.fail("logged in")
    assert (calls(one), other.requests) == ([LOGIN], [])


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which every proxy leads nowhere."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            monkeypatch.setenv(variable, "http://user:secret@127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)


@pytest.mark.usefixtures("proxies")
@pytest.mark.parametrize("name", ["one", "trusted"])
def test_proxies_of_the_environment_are_not_used(fleet: Fleet, name: str) -> None:
    assert post(at(fleet[name], ca_path=str(fleet.ca_path)))["success"] is False


def test_netrc_is_not_used(nas: Nas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    post(at(nas))
    assert "Authorization" not in nas.requests[0].headers


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_an_authority_of_the_environment_is_not_trusted(
    fleet: Fleet, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(fleet.ca_path))
    assert failure_name(at(fleet["trusted"])) == "certificate_not_trusted"


def test_cookies_are_not_kept(nas: Nas) -> None:
    form = {"api": AUTH, "version": "7", "method": "login", "account": nas.username, "passwd": nas.password}
    with contextlib.closing(HttpTransport(at(nas))) as connection:
        assert connection.post("entry.cgi", form, {})["success"] is True  # with format=cookie, the default of DSM
        connection.post("entry.cgi", form, {})
    assert not any("Cookie" in request.headers for request in nas.requests)
    nas.expire_sessions()


# ------------------------------------------------------------------------------------------------------ a whole gather


@pytest.mark.parametrize(
    ("fault", "name"),
    [("html", "not_json"), ("cut_text", "truncated_json"), ("cut_connection", "truncated_json"), ("empty", "not_json")],
)
def test_a_connection_that_fails_while_reading_fails_the_gather_and_logs_out(nas: Nas, fault: str, name: str) -> None:
    for api in (COMPOUND, INFO):
        nas.faults.add(fault, api=api)
    with pytest.raises(DsmError) as caught:
        gather(nas)
    assert caught.value.details.name == name
    assert calls(nas) == [LOGIN, BATCH, DISCOVERY, LOGOUT]
    assert_clear(caught.value, [nas.password])
    assert calls(nas)[-1] == LOGOUT
