# SPDX-License-Identifier: GPL-3.0-or-later
"""How long an answer may take and how large it may be, and connections that a NAS closes when it likes."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import wire as wire_module
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.tests.simulator import Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    COMPOUND,
    IMAP_POP3,
    INFO,
    LOGIN,
    LOGOUT,
    REPORT,
    SECURITY,
    address_of,
    assert_clear,
    calls,
    gather,
    read_of,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.raw_server import RawServer, http, raw_server

FLEET = {"nas": {"one": {"https": False}, "tls": {}}}
FORM = {"api": "A", "version": "1", "method": "get"}
HEAD = b"HTTP/1.1 200 OK\r\n"
LOGGED_IN = http(b'{"success": true, "data": {"sid": "S"}}')
MIB = 1 << 20
# Generous: what is tested ends by itself only much later, or never.
LATE = 3.0


def local(raw: RawServer, **changes: Any) -> Address:
    return Address(**{"host": "127.0.0.1", "port": raw.port, "https": False, "timeout": 5, **changes})


def failure(address: Address) -> DsmError:
    with contextlib.closing(HttpTransport(address)) as connection, pytest.raises(DsmError) as caught:
        connection.post("entry.cgi", FORM, {})
    assert caught.value.kind in (Kind.LOCAL, Kind.CONNECTION)
    assert_clear(caught.value)
    return caught.value


# -------------------------------------------------------------------------------------------------------- deadlines


def dripping(*start: bytes, drop: bytes = b"x", seconds: float = 0.05) -> Callable[[], Iterator[bytes]]:
    """An answer that goes on and on."""

    def pieces() -> Iterator[bytes]:
        yield from start
        for _again in range(200):
            time.sleep(seconds)
            yield drop

    return pieces


DRIPS = {
    "status line": dripping(b"HTTP/1.1 200 "),
    "header": dripping(HEAD + b"X: "),
    "headers": dripping(HEAD, drop=b"X: y\r\n"),
    "100 Continue": dripping(drop=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers of 100 Continue": dripping(b"HTTP/1.1 100 Continue\r\n", drop=b"X: y\r\n"),
    "body": dripping(HEAD + b"Content-Length: 10000\r\n\r\n{"),
    "body to the end": dripping(HEAD + b"\r\n{"),
    "size of a chunk": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", drop=b"0"),
    "extension of a chunk": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;"),
    "chunks": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", drop=b"1\r\n \r\n"),
    "trailer": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: "),
    "trailers": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", drop=b"X: y\r\n"),
    "compressed body": dripping(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{" * 9)[:12]),
}


@pytest.mark.parametrize("part", DRIPS)
def test_no_part_of_an_answer_outlasts_the_deadline(part: str) -> None:
    begun = time.monotonic()
    with raw_server(DRIPS[part]) as raw:
        error = failure(local(raw, deadline=begun + 0.3))
        assert time.monotonic() < begun + LATE
    assert error.details.name == "time_limit"


def test_each_piece_that_comes_may_take_as_long_as_a_wait_may() -> None:
    answer = dripping(HEAD + b"Content-Length: 8\r\n\r\n", drop=b"{}"[:1], seconds=0.3)
    with raw_server(answer) as raw:
        assert failure(local(raw, timeout=0.1)).details.name == "timeout"


def addresses(*found: tuple[str, int]) -> Callable[..., list[Any]]:
    """What stands for the resolver."""
    return lambda *_args, **_keywords: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", each) for each in found]


@pytest.fixture
def deaf() -> Iterator[tuple[str, int]]:
    """Where no connection comes about: a full queue of those that nobody accepts."""
    with socket.socket() as listener, contextlib.ExitStack() as queue:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _each in range(3):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()


def test_all_addresses_of_a_name_share_the_time(deaf: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", addresses(*[deaf] * 20))
    begun = time.monotonic()
    assert failure(Address("nas", 1, https=False, timeout=60, deadline=begun + 0.5)).details.name == "time_limit"
    assert failure(Address("nas", 1, https=False, timeout=0.5)).details.name == "timeout"
    assert time.monotonic() < begun + LATE


def test_an_address_that_does_not_answer_leaves_time_for_the_next(
    nas: Nas, deaf: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", addresses(deaf, ("127.0.0.1", 1), (nas.host, nas.port)))
    address = Address("nas", 1, https=False, timeout=2, deadline=time.monotonic() + 3)
    with contextlib.closing(HttpTransport(address)) as connection:
        assert connection.post("entry.cgi", FORM, {})["success"] is False


@pytest.mark.parametrize(("seconds", "name"), [({"timeout": 0.2}, "name_not_resolved"), ({}, "time_limit")])
def test_looking_up_a_name_does_not_outlast_the_time(
    monkeypatch: pytest.MonkeyPatch, seconds: dict[str, Any], name: str
) -> None:
    found = threading.Event()

    def slow(*_args: Any, flags: int, **_keywords: Any) -> Any:
        if not flags:
            found.wait(2 * LATE)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    begun = time.monotonic()
    deadline = begun + (10 if seconds else 0.2)
    assert failure(Address("nas.example.com", 1, deadline=deadline, **seconds)).details.name == name
    assert time.monotonic() < begun + LATE
    found.set()


def test_an_interruption_ends_what_another_thread_waits_for(nas: Nas) -> None:
    nas.faults.add("hang")
    connection = HttpTransport(address_of(nas, timeout=60))
    timer = threading.Timer(0.3, connection.interrupt)
    timer.start()
    begun = time.monotonic()
    with contextlib.closing(connection), pytest.raises(DsmError) as caught:
        connection.post("entry.cgi", FORM, {})
    assert caught.value.details.name == "interrupted"
    assert time.monotonic() < begun + LATE
    with pytest.raises(DsmError):
        connection.pause(60)  # nor does a pause begin
    assert time.monotonic() < begun + LATE


def test_after_an_interruption_there_is_time_to_log_out(nas: Nas) -> None:
    with pytest.raises(DsmError) as caught:
        _gather_interrupted(nas)
    assert caught.value.details.name == "interrupted"
    assert calls(nas)[-1] == LOGOUT  # and the manners of the fixture look for sessions


def _gather_interrupted(nas: Nas) -> None:
    connection = HttpTransport(address_of(nas))
    with Client(connection, Credentials(nas.username, nas.password), READ_ALLOWLIST) as dsm:
        dsm.interrupt()
        (reply,) = dsm.read([read_of(IMAP_POP3)])
        assert reply.error is not None
        raise reply.error


# ------------------------------------------------------------------------------------------------------------- sizes


def endless(head: bytes, piece: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.chain([head], itertools.repeat(piece, 4096))


def bomb(size: int) -> bytes:
    """Spaces, compressed so that a MiB is a kB."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b" " * MIB) for _each in range(size >> 20)) + packer.flush()


LARGE: dict[str, Any] = {
    "of a told length": endless(HEAD + b"Content-Length: 99999999999\r\n\r\n", b" " * 65536),
    "to the end": endless(HEAD + b"\r\n", b" " * 65536),
    "in chunks": endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"),
    "in one chunk": endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", b" " * 65536),
    "in a chunk of less than nothing": endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", b" " * 65536),
    "in trailers": endless(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"X: " + b"y" * 65000 + b"\r\n"
    ),
    "compressed": http(bomb(64 * MIB), "200 OK", "application/json", "Content-Encoding: gzip"),
    "an x-gzip": http(bomb(64 * MIB), "200 OK", "application/json", "Content-Encoding: X-GZIP"),
}


@pytest.mark.parametrize("kind", LARGE)
def test_an_answer_has_a_largest_size(kind: str) -> None:
    with raw_server(LARGE[kind]) as raw:
        error = failure(local(raw, largest_answer=2 * MIB))
    assert error.details.name == "answer_too_large"
    assert "more than 2 MiB" in error.details.message


def test_a_login_has_a_largest_size_too() -> None:
    with raw_server(LARGE["compressed"]) as raw:
        dsm = Client(HttpTransport(local(raw, largest_answer=MIB)), Credentials("u", "p"), READ_ALLOWLIST)
        with pytest.raises(DsmError) as caught:
            dsm.__enter__()
        assert caught.value.details.name == "answer_too_large"
        assert len(raw.received) == 1


def test_an_answer_of_the_largest_size_is_read() -> None:
    body = b'{"a": 1}'.ljust(MIB)
    packed = http(gzip.compress(body), "200 OK", "application/json", "Content-Encoding: gzip")
    for answer in (http(body), packed):
        with raw_server(answer) as raw, contextlib.closing(HttpTransport(local(raw, largest_answer=MIB))) as connection:
            assert connection.post("entry.cgi", FORM, {}) == {"a": 1}


@pytest.mark.parametrize("cut", [5, 20, -1])
def test_compressed_data_that_is_cut_short_is_damaged(cut: int) -> None:
    body = gzip.compress(b'{"success": true, "data": {"a": "some text that takes a while"}}')[:cut]
    with raw_server(http(body, "200 OK", "application/json", "Content-Encoding: gzip")) as raw:
        assert failure(local(raw)).details.name == "truncated_json"


# ------------------------------------------------------------------------------------------------ kept connections


def kept(body: bytes) -> bytes:
    """An answer that says nothing of an end of the connection."""
    return HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def closing(body: bytes, seconds: float) -> Callable[[], Iterator[bytes]]:
    """The same, and then the connection is closed after a moment, without having said so."""

    def pieces() -> Iterator[bytes]:
        yield kept(body)
        time.sleep(seconds)

    return pieces


@pytest.mark.parametrize("seconds", [0, 0.001, 0.01])
def test_what_a_kept_connection_did_not_answer_at_all_is_sent_once_more(seconds: float) -> None:
    ok = closing(b'{"success": true, "data": {"sid": "S"}}', seconds)
    with raw_server(ok) as raw:  # each connection ends behind one answer
        for _again in range(20):
            with Client(HttpTransport(local(raw)), Credentials("u", "p"), READ_ALLOWLIST) as dsm:
                replies = [dsm.read([read_of(api)])[0] for api in (IMAP_POP3, REPORT, SECURITY)]
            assert [reply.error for reply in replies] == [None] * 3
            assert dsm.logout_error is None
        assert sum(b"method=login" in request for request in raw.received) == 20
        assert sum(b"method=logout" in request for request in raw.received) >= 20


def test_it_is_not_sent_a_third_time() -> None:
    with raw_server(kept(b'{"success": true, "data": {"sid": "S"}}'), b"", keep=True) as raw:
        dsm = Client(HttpTransport(local(raw)), Credentials("u", "p"), READ_ALLOWLIST)
        with dsm:
            (reply,) = dsm.read([read_of(IMAP_POP3)])
        assert sum(b"IMAP_POP3" in request for request in raw.received) == 2
    assert reply.error is not None
    assert reply.error.details.name == "connection_broken"


@pytest.mark.parametrize("answer", [b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
def test_what_was_answered_in_part_is_not_sent_again(answer: bytes) -> None:
    reads = 0
    with raw_server(kept(b'{"success": true, "data": {"sid": "S"}}'), answer, LOGGED_IN) as raw:
        raw.keep = True
        dsm = Client(HttpTransport(local(raw, timeout=0.3)), Credentials("u", "p"), READ_ALLOWLIST)
        with dsm:
            dsm.read([read_of(IMAP_POP3)])
        reads = sum(b"IMAP_POP3" in request for request in raw.received)
    assert reads == 1


@pytest.mark.parametrize("name", ["one", "tls"])
def test_no_session_stays_open_where_connections_close(fleet: Any, name: str) -> None:
    nas = fleet[name]
    nas.faults.add("close", api=COMPOUND, first=1)
    state = gather(nas, ca_path=str(fleet.ca_path))
    assert {envelope["status"] for envelope in state.sections.values()} == {"ok"}
    assert nas.login_attempts == 1


def test_a_login_is_not_sent_again_on_a_new_connection() -> None:
    """Discovery was answered on the connection, and then it closes: the second login could be a second attempt."""
    misfit = kept(b'{"success": false, "error": {"code": 104}}')
    info = kept(
        b'{"success": true, "data": {"SYNO.API.Auth": {"path": "entry.cgi", "minVersion": 1, "maxVersion": 6}}}'
    )
    with raw_server(misfit, info, b"", keep=True) as raw:
        dsm = Client(HttpTransport(local(raw)), Credentials("u", "p"), READ_ALLOWLIST)
        with pytest.raises(DsmError) as caught:
            dsm.__enter__()
        assert caught.value.details.name == "connection_broken"
        assert len(raw.received) == 3


def test_a_gather_that_fails_tells_of_a_logout_that_failed_too(nas: Nas) -> None:
    for api in (COMPOUND, INFO):
        nas.faults.add("html", api=api)
    nas.faults.add("error", api="SYNO.API.Auth", method="logout", code=100)
    with pytest.raises(DsmError) as caught:
        gather(nas)
    assert caught.value.details.name == "not_json"
    assert "The session was not closed: DSM reports an unknown error" in str(caught.value)
    assert_clear(caught.value)
    assert calls(nas)[0] == LOGIN
    nas.expire_sessions()


# --------------------------------------------------------------------------------------------------- the library


def test_where_requests_is_missing_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_module, "HAS_REQUESTS", False)
    with contextlib.closing(HttpTransport(Address("127.0.0.1", 1))) as connection, pytest.raises(DsmError) as caught:
        connection.post("entry.cgi", FORM, {})
    assert caught.value.details.name == "requests_missing"
    assert "requests is missing for /" in caught.value.details.message
    assert str(caught.value).endswith("-m pip install requests.")


def test_a_client_can_be_tried_without_a_server() -> None:
    """A transport is handed in, so anything that has its methods does."""

    class Recorded:
        def __init__(self) -> None:
            self.sent: list[str] = []

        def post(self, path: str, form: Any, headers: Any, *, again: bool = True) -> dict[str, Any]:
            self.sent.append(f"{path} {form['method']} {again} {sorted(headers)}")
            return {"success": True, "data": {"sid": "S", "synotoken": "T"}}

        def pause(self, seconds: float) -> None: ...
        def extend(self, seconds: float) -> None: ...
        def interrupt(self) -> None: ...
        def close(self) -> None: ...

    recorded = Recorded()
    with Client(recorded, Credentials("u", "p"), READ_ALLOWLIST) as dsm:
        assert dsm.read([read_of(IMAP_POP3)])[0].data == {"sid": "S", "synotoken": "T"}
    assert recorded.sent == [
        "entry.cgi login False []",
        "entry.cgi get True ['X-SYNO-TOKEN']",
        "entry.cgi logout True ['X-SYNO-TOKEN']",
    ]
