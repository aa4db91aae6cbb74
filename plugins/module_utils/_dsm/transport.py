# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one DSM, by ``requests``: form-encoded POST in, JSON out, over one kept-alive connection.

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
from typing import Any, Protocol
from urllib.parse import urlencode

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.answer import parse
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.clock import Clock
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, local_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.line import Line, TooMuchError, dial
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.trust import tls_context

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
    # What a request may raise beside DsmError, which the socket raises. ValueError stands for what cannot be sent.
    _FAILURES = (RequestException, HTTPError, HTTPException, OSError, ValueError)

    class _Connection(HTTPConnection):
        """A connection whose socket the transport makes, TLS included."""

        def __init__(self, transport: HttpTransport, *arguments: Any, **keywords: Any) -> None:
            super().__init__(*arguments, **keywords)
            self._transport = transport

        def connect(self) -> None:
            """Have the transport connect."""
            self.sock = self._transport.connect()

    class _Adapter(HTTPAdapter):
        """Sends over the transport's own connection, which has checked the certificate when it was made."""

        def __init__(self, transport: HttpTransport) -> None:
            super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
            self._pool = HTTPConnectionPool("nas", maxsize=1)
            self._pool.ConnectionCls = partial(_Connection, transport)  # type: ignore[assignment]

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
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "mailfleet.mailplus",
}
# What may come beside the body of an answer: heads, sizes of chunks, trailers.
_HEADS = 1 << 20
# Of an answer as large as may be; real ones have fewer values.
_BYTES_A_VALUE = 32
_GZIP = zlib.MAX_WBITS | 16


class Transport(Protocol):
    """What carries requests to one DSM. A client is given one, so that it can be tried without a server."""

    def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str], *, again: bool = True
    ) -> dict[str, Any]:
        """Send ``form`` to ``/webapi/<path>`` and return the JSON object that comes back.

        ``again`` tells whether a request that a kept connection left without any answer may be sent a second time.
        Raises DsmError of kind CONNECTION when no JSON object came back.
        """

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the deadline."""

    def extend(self, seconds: float) -> None:
        """Put the deadline off to so many seconds from now, unless it is later."""

    def interrupt(self) -> None:
        """End what is under way in another thread, and let nothing begin any more."""

    def close(self) -> None:
        """Close the connection."""


class HttpTransport:
    """One HTTP connection to one DSM, opened at the first request and kept until ``close``.

    That raises DsmError of kind CONNECTION when ``ca_path`` cannot be used, or ``requests`` is not there.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._clock = Clock(address)
        self._http = _Adapter(self) if HAS_REQUESTS else None
        self._line: Line | None = None

    def connect(self) -> Line:
        """A new socket to the NAS, for the adapter. Raises DsmError."""
        context = tls_context(self._address) if self._address.https else None
        return dial(self._address, context, self._clock, self._hold)

    def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str], *, again: bool = True
    ) -> dict[str, Any]:
        """As Transport says."""
        kept = self._line
        if kept is not None:
            kept.received = 0
        try:
            response = self._send(path, form, headers)
        except TooMuchError as error:
            raise failures.too_large(self._address) from error
        except _FAILURES as error:
            self._clock.seconds()  # raises where it was we who ended it
            if again and kept is not None and kept is self._line and self._nothing_came:
                # The NAS closed the connection behind its last answer, and did not read this.
                self._line = None
                return self.post(path, form, headers, again=False)
            raise self._explained(error) from error
        body = self._body(response)
        kind, most = response.headers.get("Content-Type", ""), self._address.largest_answer // _BYTES_A_VALUE
        return parse(response.status_code, kind, body, self._address.url, most_values=most)

    def pause(self, seconds: float) -> None:
        """As Transport says."""
        self._clock.pause(seconds)

    def extend(self, seconds: float) -> None:
        """As Transport says."""
        self._clock.extend(seconds)

    def interrupt(self) -> None:
        """As Transport says."""
        self._clock.interrupt()
        if self._line is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)  # not that of TLS, which another thread may be in

    def close(self) -> None:
        """As Transport says."""
        if self._http is not None:
            self._http.close()

    def _send(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Response:
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
        request.url = f"http://nas/webapi/{path}"  # the connection knows the NAS; no more than the path is sent
        request.prepare_headers({**_HEADERS, "Host": name, **headers})
        request.prepare_body(urlencode(form), None)
        return self._http.send(request, stream=True, timeout=self._address.timeout)

    def _hold(self, line: Line) -> None:
        line.most = self._address.largest_answer + _HEADS
        self._line = line

    def _body(self, response: Response) -> bytes:
        try:
            body = b"".join(self._pieces(response))
        except DsmError:
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

    def _explained(self, error: Exception) -> DsmError:
        if isinstance(error, UnicodeError):
            return failures.explain(error, self._address)
        return failures.no_answer(self._address) if self._nothing_came else failures.not_http(self._address)
