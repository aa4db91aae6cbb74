# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one server, by ``requests``: POST of bytes in, bytes out, over one kept-alive connection.

Nothing of a request is ever in the URL, and HTTPS never falls back to HTTP. An adapter without a ``requests.Session``
follows no redirect, keeps no cookie, and takes no proxy, no certificates and no ~/.netrc from the environment.
"""

from __future__ import annotations

import socket
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.clock import Clock
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ServerError, local_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.line import Line, TooMuchError, dial
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.trust import tls_context

try:
    from requests import PreparedRequest, RequestException, Response
    from requests.adapters import HTTPAdapter
    from requests.structures import CaseInsensitiveDict
    from urllib3 import HTTPConnectionPool
    from urllib3.connection import HTTPConnection
    from urllib3.exceptions import HTTPError
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True
    # What a request may raise beside ServerError, which the socket raises. ValueError stands for what cannot be sent.
    _FAILURES = (RequestException, HTTPError, HTTPException, OSError, ValueError)

    class _Connection(HTTPConnection):
        """A connection whose socket the wire makes, TLS included."""

        def __init__(self, wire: Wire, *arguments: Any, **keywords: Any) -> None:
            super().__init__(*arguments, **keywords)
            self._wire = wire

        def connect(self) -> None:
            """Have the wire connect."""
            self.sock = self._wire.connect()

    class _Adapter(HTTPAdapter):
        """Sends over the wire's own connection, which has checked the certificate when it was made."""

        def __init__(self, wire: Wire) -> None:
            super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
            self._pool = HTTPConnectionPool("server", maxsize=1)
            self._pool.ConnectionCls = partial(_Connection, wire)  # type: ignore[assignment]

        def get_connection_with_tls_context(self, *_arguments: Any, **_keywords: Any) -> HTTPConnectionPool:
            """The one pool, which holds the one connection."""
            return self._pool

        def get_connection(self, *_arguments: Any, **_keywords: Any) -> HTTPConnectionPool:
            """The same for requests before 2.32."""
            return self._pool

        def cert_verify(self, *_arguments: Any, **_keywords: Any) -> None:
            """Leave the pool as it is."""

        def build_response(self, req: PreparedRequest, resp: Any) -> Response:
            """Status, headers and what is still to be read. Cookies are not looked at."""
            response = Response()
            response.status_code, response.headers, response.raw = resp.status, CaseInsensitiveDict(resp.headers), resp
            response.request, response.connection = req, self
            return response

        def close(self) -> None:
            """Close the connection."""
            self._pool.close()


_PIECE = 65536
_HEADERS = {"Accept-Encoding": "gzip", "User-Agent": "mailfleet.mailplus"}
# What may come beside the body of an answer: heads, sizes of chunks, trailers.
_HEADS = 1 << 20
_GZIP = zlib.MAX_WBITS | 16


class Answer(NamedTuple):
    """What came back."""

    status: int
    content_type: str
    body: bytes


class Wire:
    """One HTTP connection to one server, opened at the first request and kept until ``close``.

    That raises ServerError of kind CONNECTION when ``ca_path`` cannot be used, or ``requests`` is not there.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._clock = Clock(address)
        self._http = _Adapter(self) if HAS_REQUESTS else None
        self._line: Line | None = None

    def connect(self) -> Line:
        """A new socket to the server, for the adapter. Raises ServerError."""
        context = tls_context(self._address) if self._address.https else None
        return dial(self._address, context, self._clock, self._hold)

    def send(self, path: str, body: bytes, headers: Mapping[str, str], *, again: bool = True) -> Answer:
        """Post ``body`` to ``path``, and return what comes back.

        ``again`` tells whether a request that a kept connection left without any answer may be sent a second time.
        Raises ServerError of kind CONNECTION when no answer came back, or one that is too large.
        """
        kept = self._line
        if kept is not None:
            kept.received = 0
        try:
            response = self._send(path, body, headers)
        except TooMuchError as error:
            raise failures.too_large(self._address) from error
        except _FAILURES as error:
            self._clock.seconds()  # raises where it was we who ended it
            if again and kept is not None and kept is self._line and self._nothing_came:
                # The server closed the connection behind its last answer, and did not read this.
                self._line = None
                return self.send(path, body, headers, again=False)
            raise self._explained(error) from error
        return Answer(response.status_code, response.headers.get("Content-Type", ""), self._body(response))

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the deadline."""
        self._clock.pause(seconds)

    def extend(self, seconds: float) -> None:
        """Put the deadline off to so many seconds from now, unless it is later."""
        self._clock.extend(seconds)

    def interrupt(self) -> None:
        """End what is under way in another thread, and let nothing begin any more."""
        self._clock.interrupt()
        if self._line is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)  # not that of TLS, which another thread may be in

    def close(self) -> None:
        """Close the connection."""
        if self._http is not None:
            self._http.close()

    def _send(self, path: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """The head of an answer; its body is still to come."""
        if self._http is None:
            raise local_error(
                "requests_missing",
                f"The Python library requests is missing for {sys.executable}.",
                f"Install it there, as by: {sys.executable} -m pip install requests.",
            )
        self._clock.seconds()  # raises where no time is left
        host = self._address.host.partition("%")[0].encode("idna").decode()
        name = replace(self._address, host=host).authority
        request = PreparedRequest()
        request.method = "POST"
        request.url = f"http://server/{path}"  # the connection knows the server; no more than the path is sent
        request.prepare_headers({**_HEADERS, "Host": name, **headers})
        request.prepare_body(body, None)
        return self._http.send(request, stream=True, timeout=self._address.timeout)

    def _hold(self, line: Line) -> None:
        line.most = self._address.largest_answer + _HEADS
        self._line = line

    def _body(self, response: Response) -> bytes:
        try:
            body = b"".join(self._pieces(response))
        except ServerError:
            response.close()
            raise
        except TooMuchError as error:
            response.close()
            raise failures.too_large(self._address) from error
        except zlib.error as error:
            response.close()
            raise failures.damaged(self._address) from error
        except _FAILURES as error:
            response.close()
            self._clock.seconds()  # raises where it was we who ended it
            raise failures.cut_short(self._address) from error
        if response.status_code < HTTPStatus.OK:
            response.close()  # behind this, the answer is still to come
        return body

    def _pieces(self, response: Response) -> Iterator[bytes]:
        """The body in pieces as they arrive, decompressed. Its size is bounded, as it travels and decompressed."""
        packed = response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip")
        unpacker = zlib.decompressobj(_GZIP) if packed else None
        travelled = size = 0
        response.raw.enforce_content_length = True  # urllib3 before 2 does not by itself
        for piece in response.raw.stream(_PIECE, decode_content=False):
            travelled += len(piece)
            plain = unpacker.decompress(piece, self._address.largest_answer - size + 1) if unpacker else piece
            size += len(plain)
            if max(travelled, size) > self._address.largest_answer:
                raise failures.too_large(self._address)
            yield plain
        if unpacker and not unpacker.eof:
            raise zlib.error("cut short")

    @property
    def _nothing_came(self) -> bool:
        return self._line is None or not self._line.received

    def _explained(self, error: Exception) -> ServerError:
        if isinstance(error, UnicodeError):
            return failures.explain(error, self._address)
        return failures.no_answer(self._address) if self._nothing_came else failures.not_http(self._address)
