# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one DSM: form-encoded POST in, JSON out, over one kept-alive connection.

Nothing of a request is ever in the URL, and HTTPS never falls back to HTTP. ``http.client`` follows no redirects, keeps
no cookies, and takes no proxy and no ~/.netrc from the environment.
"""

from __future__ import annotations

import gzip
import math
import os
import select
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection, IncompleteRead
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.answer import parse
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, connection_error

_PIECE = 65536
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "mailfleet.mailplus",
}

_reading = Lock()


@lru_cache(maxsize=8)  # reading the bundle of all public authorities takes longer than asking a NAS
def _trusting(ca_path: str | None, _changed: int) -> ssl.SSLContext:
    """What checks certificates against a file or directory, read once until it changes, or the system's store."""
    # Not ssl.create_default_context: it writes keys where SSLKEYLOGFILE says, and differs from Python to Python.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which checks certificates and names
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # so that the certificate of a NAS can be named itself
    if ca_path is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(**{"capath" if os.path.isdir(ca_path) else "cafile": ca_path})  # noqa: PTH112
    return context


def read_system_store() -> None:
    """Read the certificates that the system trusts, so that processes which are forked later have them."""
    _trusting(None, 0)


def _trust(address: Address) -> ssl.SSLContext:
    """What checks the NAS's certificate, or does not where that is not asked for."""
    if not address.validate_certs:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    ca_path = os.path.abspath(address.ca_path) if address.ca_path else None  # noqa: PTH100 - of a long name too
    try:
        if ca_path and not os.access(ca_path, os.R_OK):
            raise PermissionError
        changed = os.stat(ca_path).st_mtime_ns if ca_path else 0  # noqa: PTH116
        with _reading:  # not by many threads at once
            return _trusting(ca_path, changed)
    except OSError as error:
        raise failures.unusable_ca_path(error, ca_path) from None


class _HttpsConnection(HTTPSConnection):
    """Checks the name as the certificate has it: without the zone of an address or the dot at the end of a name."""

    def __init__(self, address: Address) -> None:
        self._trust = _trust(address)
        super().__init__(address.host, address.port, context=self._trust)

    def connect(self) -> None:
        """Connect, and begin TLS."""
        HTTPConnection.connect(self)
        name = self.host.partition("%")[0].rstrip(".")
        self.sock = self._trust.wrap_socket(self.sock, server_hostname=name)


class Transport:
    """One HTTP connection to one DSM, opened at the first request and kept until ``close``.

    Raises DsmError of kind CONNECTION when ``ca_path`` cannot be used.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._deadline = address.deadline
        self._http = _HttpsConnection(address) if address.https else HTTPConnection(address.host, address.port)
        self._usable = False

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        """Send ``form`` to ``/webapi/<path>`` and return the JSON object that comes back.

        Raises DsmError of kind CONNECTION when no JSON object came back.
        """
        if not self._usable or self._was_closed():
            self._http.close()  # the next request opens it again
        self._usable = False
        try:
            self._wait_in_time()
            self._http.request("POST", f"/webapi/{path}", urlencode(form), {**_HEADERS, **headers})
            response = self._http.getresponse()
            body = self._read(response)
            if response.getheader("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip"):
                body = gzip.decompress(body)
        except failures.RAISED as exception:
            # A wait that the deadline cut short is not the NAS's.
            in_time = self._seconds_left() > 0
            raise failures.explain(exception, self._address) if in_time else self._too_late() from None
        self._usable = response.status >= HTTPStatus.OK  # behind what is below, the answer is still to come
        return parse(response.status, response.getheader("Content-Type", ""), body, self._address.url)

    def _was_closed(self) -> bool:
        """Whether the NAS closed the connection since its last answer: then something, its end, can be read."""
        if self._http.sock is None:
            return False
        poll = select.poll()
        poll.register(self._http.sock, select.POLLIN)
        return bool(poll.poll(0))

    def _wait_in_time(self) -> None:
        """Set how long to wait for the connection, and for data each time: not beyond the deadline."""
        seconds = min(self._address.timeout, self._seconds_left())
        if seconds <= 0:
            raise self._too_late()
        self._http.timeout = seconds
        if self._http.sock is not None:
            self._http.sock.settimeout(seconds)

    def _seconds_left(self) -> float:
        return math.inf if self._deadline is None else self._deadline - time.monotonic()

    def _too_late(self) -> DsmError:
        return connection_error(
            "time_limit",
            f"{self._address.url} took longer than the time limit allows.",
            "Raise the time limit, or ask for fewer rows.",
        )

    def _read(self, response: HTTPResponse) -> bytes:
        """The body, in pieces as they arrive, to notice the deadline while it drips."""
        pieces = []
        while piece := response.read1(_PIECE):
            pieces.append(piece)
            if self._seconds_left() <= 0:
                raise self._too_late()
        if response.length:
            raise IncompleteRead(b"", response.length)
        response.close()  # read1 does not, in Python up to 3.11.7 and 3.12.1
        return b"".join(pieces)

    def interrupt(self) -> None:
        """End the request that is under way in another thread."""
        if self._http.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._http.sock, socket.SHUT_RDWR)

    def extend(self, seconds: float) -> None:
        """Put the deadline off to so many seconds from now, unless it is later."""
        if self._deadline is not None:
            self._deadline = max(self._deadline, time.monotonic() + seconds)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()
