# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket to one server, with TLS or without. No wait on it, for whatever part of an answer, outlasts the clock."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.clock import Clock

# Family, type, protocol and address, as the system's resolver has them.
_Found = list[tuple[Any, Any, int, str, Any]]


class TooMuchError(Exception):
    """An answer is larger than it may be."""


class Line(socket.socket):
    """A socket that looks at the clock at each wait, counts what it ``received``, and takes no more than ``most``."""

    clock: Clock
    received = 0
    most = 0

    def recv_into(self, *arguments: Any, **keywords: Any) -> int:
        """Receive, for no longer than the clock allows."""
        self.settimeout(self.clock.seconds())
        try:
            count: int = super().recv_into(*arguments, **keywords)
        except TimeoutError as error:
            raise self.clock.expired() from error
        self.received += count
        if self.received > self.most:  # whatever part of an answer it is: no library bounds them all
            raise TooMuchError
        return count

    def sendall(self, *arguments: Any, **keywords: Any) -> None:
        """Send all, for no longer than the clock allows."""
        self.settimeout(self.clock.seconds())
        try:
            super().sendall(*arguments, **keywords)
        except TimeoutError as error:
            raise self.clock.expired() from error


class TlsLine(Line, ssl.SSLSocket):
    """The same over TLS."""


Hold = Callable[[Line], None]
"""Is told of each socket before something is waited for, so that another thread can end the wait."""


def dial(address: Address, context: ssl.SSLContext | None, clock: Clock, hold: Hold) -> Line:
    """Connect, over TLS where there is a ``context``. Raises ServerError."""
    try:
        line = _connect(_resolve(address, clock), clock, hold)
        return line if context is None else _begin_tls(line, address, context, hold)
    except (OSError, ValueError) as error:
        clock.seconds()  # raises where it was we who ended it
        late = isinstance(error, TimeoutError)
        raise (clock.expired() if late else failures.explain(error, address)) from error


def _begin_tls(line: Line, address: Address, context: ssl.SSLContext, hold: Hold) -> TlsLine:
    clock = line.clock
    # The name as a certificate has it: without the zone of an address or the dot at the end of a name.
    name = address.host.partition("%")[0].rstrip(".")
    context.sslsocket_class = TlsLine
    with _closed_on_failure(line):
        secure = cast(TlsLine, context.wrap_socket(line, server_hostname=name, do_handshake_on_connect=False))
    secure.clock = clock
    with _closed_on_failure(secure):
        hold(secure)
        secure.settimeout(clock.seconds())  # of the whole handshake
        secure.do_handshake()
    return secure


def _connect(found: _Found, clock: Clock, hold: Hold) -> Line:
    """A connection to the first address that answers. Each gets a fair share of the time that is left for all."""
    end = time.monotonic() + clock.seconds()
    error: OSError = TimeoutError("no address")
    for left, (family, kind, protocol, _name, sockaddr) in zip(range(len(found), 0, -1), found, strict=True):
        line = Line(family, kind, protocol)
        line.clock = clock
        try:
            with _closed_on_failure(line):
                hold(line)
                clock.seconds()  # raises after an interruption
                line.settimeout(max(0.001, (end - time.monotonic()) / left))
                line.connect(sockaddr)
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as refused:
            error = refused
        else:
            return line
    raise error


@contextmanager
def _closed_on_failure(line: Line) -> Iterator[None]:
    """Close the socket where something fails."""
    try:
        yield
    except BaseException:
        line.close()
        raise


def _resolve(address: Address, clock: Clock) -> _Found:
    """The addresses of the server. The system's resolver knows no time limit, so a name is looked up in a thread."""
    try:
        return _look_up(address, socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass
    found: list[_Found | Exception] = []
    thread = threading.Thread(target=lambda: found.append(_outcome(address)), daemon=True)
    thread.start()
    thread.join(clock.seconds())
    if not found:
        clock.seconds()  # raises where it was the deadline that ended the wait
        raise failures.not_resolved(address, f"was not resolved within {address.timeout:g} seconds")
    (outcome,) = found
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _outcome(address: Address) -> _Found | Exception:
    try:
        return _look_up(address, 0)
    except (OSError, ValueError) as error:
        return error


def _look_up(address: Address, flags: int) -> _Found:
    return socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=flags)
