# SPDX-License-Identifier: GPL-3.0-or-later
"""A port of a simulated server, and answers that go wrong on their way."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import socket
import ssl
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import F, Fault

COMPRESS_FROM = 1024
_STOP_SECONDS = 0.2


class Http(web.Server):
    """Numbers the connections, so that a test can count them."""

    def __init__(self, handler: Any, numbers: itertools.count[int], keep_alive: float) -> None:
        super().__init__(
            handler, keepalive_timeout=keep_alive, access_log=None, max_line_size=1 << 17, max_field_size=1 << 17
        )
        self._next = numbers
        self.numbers: dict[RequestHandler, int] = {}
        self.given_up: set[RequestHandler] = set()  # closed as soon as something more arrives
        self._transports: dict[RequestHandler, asyncio.Transport] = {}

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self.numbers[handler] = next(self._next)
        self._transports[handler] = transport

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self.numbers.pop(handler, None)
        self.given_up.discard(handler)
        self._transports.pop(handler, None)

    def abort(self) -> None:
        """Drop connections at once: a TLS farewell would outlive the event loop."""
        for transport in list(self._transports.values()):
            transport.abort()


class Described(Protocol):
    """What a description says of the port."""

    @property
    def port(self) -> int: ...
    @property
    def unreachable(self) -> bool: ...
    @property
    def unresponsive(self) -> bool: ...
    @property
    def keep_alive(self) -> float: ...


class Ported(Protocol):
    """A server that has a port; which one, it learns here."""

    host: str
    port: int

    @property
    def description(self) -> Described: ...


class PortServer(ABC):
    """One simulated server on its port, in the event loop that starts it."""

    def __init__(self, server: Ported, context: ssl.SSLContext | None, numbers: itertools.count[int]) -> None:
        self._server = server
        self._context = context
        self._numbers = numbers
        self._http: Http | None = None
        self._listener: asyncio.Server | None = None
        self._socket: socket.socket | None = None

    async def start(self) -> None:
        server, described = self._server, self._server.description
        bound = socket.socket(socket.AF_INET6 if ":" in server.host else socket.AF_INET)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((server.host, described.port))
        except OSError:
            bound.close()
            raise
        server.port = bound.getsockname()[1]
        if described.unreachable:  # bound but not listening: refused, and nobody else can take the port
            self._socket = bound
            return
        bound.listen(1024)
        if described.unresponsive:  # the kernel accepts, nobody reads
            self._socket = bound
            return
        self._http = Http(self._handle, self._numbers, described.keep_alive)
        self._listener = await asyncio.get_running_loop().create_server(
            self._http, sock=bound, ssl=self._context, backlog=1024
        )

    async def stop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._listener is not None:
            self._listener.close()
        if self._http is not None:
            self._http.abort()
            await self._http.shutdown(_STOP_SECONDS)

    @abstractmethod
    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse: ...

    def _is_given_up(self, request: web.BaseRequest) -> bool:
        return self._http is not None and request.protocol in self._http.given_up

    def _connection(self, request: web.BaseRequest) -> int:
        return self._http.numbers.get(request.protocol, 0) if self._http is not None else 0

    async def _close_kept(self, request: web.BaseRequest, response: web.StreamResponse, seconds: float | None) -> None:
        """Close a connection that promised to stay: after a whole answer, or when more arrives on it."""
        if seconds is None:
            if self._http is not None:
                self._http.given_up.add(request.protocol)
            return
        await response.prepare(request)
        await response.write_eof()
        transport = request.transport
        if transport is not None:
            asyncio.get_running_loop().call_later(seconds, transport.close)


def closed(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def instead_of_answer(
    request: web.BaseRequest, struck: Mapping[str, Fault], html: Callable[[int], web.Response]
) -> web.StreamResponse | None:
    """What comes of the faults that leave the server's API no say."""
    if "hang" in struck:
        await asyncio.Event().wait()
    if "close" in struck:
        return closed(request)
    if "html" in struck:
        return html(struck["html"]["status"])
    if "redirect" in struck:
        redirect = html(struck["redirect"]["status"])
        redirect.headers["Location"] = struck["redirect"]["location"]
        return redirect
    return None


async def respond(
    request: web.BaseRequest,
    body: bytes,
    headers: dict[str, str],
    struck: Mapping[str, F],
    swollen: Callable[[bytes, F], Iterator[bytes]],
) -> web.StreamResponse:
    """The answer, whole or as the faults of its way leave it."""
    if "cut_connection" in struck:
        return await _cut(request, body, headers)
    if "drip" in struck:
        drip = _drip if struck["drip"]["part"] == "body" else _drip_part
        return await drip(request, body, headers, struck["drip"])
    if "huge" in struck:
        pieces = swollen(body, struck["huge"])
        return await _stream(request, pieces, headers, compressed=struck["huge"]["gzip"])
    if len(body) >= COMPRESS_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    response = web.Response(body=body, headers=headers)
    if request.version >= (1, 1):
        response.enable_chunked_encoding()
    return response


async def _cut(request: web.BaseRequest, body: bytes, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers={**headers, "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _drip(request: web.BaseRequest, body: bytes, headers: dict[str, str], fault: Fault) -> web.StreamResponse:
    response = web.StreamResponse(headers={**headers, "Content-Length": str(len(body))})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # whoever asked may be gone
        for start in range(0, len(body), fault["size"]):
            await response.write(body[start : start + fault["size"]])
            await asyncio.sleep(fault["seconds"])
    return response


async def _drip_part(
    request: web.BaseRequest, body: bytes, headers: dict[str, str], fault: Fault
) -> web.StreamResponse:
    """A whole answer, one part of which is filled up byte by byte, `length` fillings long or without end."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    wire = {
        "continue": b"",
        "status": b"HTTP/1.1 200 OK",
        "header": f"\r\n{lines}Connection: close\r\nTransfer-Encoding: chunked\r\nX-Slow: ".encode(),
        "chunk_size": b"\r\n\r\n%x;slow=" % len(body),
        "trailer": b"\r\n" + body + b"\r\n0\r\nX-Slow: ",
    }
    transport = request.transport
    assert transport is not None
    for part, before in wire.items():
        transport.write(before)
        if part == fault["part"]:
            for piece in _filling(part, fault["length"], fault["size"]):
                if transport.is_closing():
                    return web.Response()
                transport.write(piece)
                await asyncio.sleep(fault["seconds"])
    transport.write(b"\r\n\r\n")
    return closed(request)


def _filling(part: str, length: int | None, size: int) -> Iterator[bytes]:
    unit = b"HTTP/1.1 100 Continue\r\n\r\n" if part == "continue" else b"x"
    units = itertools.repeat(unit) if length is None else itertools.repeat(unit, length)
    stream = itertools.chain.from_iterable(units)
    while piece := bytes(itertools.islice(stream, size)):
        yield piece


async def _stream(
    request: web.BaseRequest, pieces: Iterator[bytes], headers: dict[str, str], *, compressed: bool
) -> web.StreamResponse:
    compressor = zlib.compressobj(level=9, wbits=31) if compressed else None
    response = web.StreamResponse(headers=headers | ({"Content-Encoding": "gzip"} if compressed else {}))
    response.enable_chunked_encoding()
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            if sent := compressor.compress(piece) if compressor else piece:
                await response.write(sent)
            await asyncio.sleep(0)  # others are served meanwhile
        if compressor:
            await response.write(compressor.flush())
    return response
