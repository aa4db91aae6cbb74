# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP and HTTPS: every NAS of a fleet on a port of its own, in one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import socket
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from ansible_collections.mailfleet.mailplus.tests.simulator import damage
from ansible_collections.mailfleet.mailplus.tests.simulator.certificates import Certificates
from ansible_collections.mailfleet.mailplus.tests.simulator.errors import NoAnswerError
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import Fault, FaultyCall
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, Request
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import COMPOUND
from ansible_collections.mailfleet.mailplus.tests.simulator.webapi import Incoming, Reply, WebApi, decode_items

PREFIX = "/webapi/"
LONGEST_URL = 8100
JSON_TYPE = 'application/json; charset="UTF-8"'
HTML_TYPE = "text/html; charset=UTF-8"
NGINX = {"Server": "nginx"}
_COMPRESS_FROM = 1024
_STOP_SECONDS = 0.2

_TITLES = {404: "Not Found", 405: "Method Not Allowed", 414: "Request-URI Too Large", 502: "Bad Gateway"}
_LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Synology DiskStation</title></head><body><form></form></body></html>"

Observer = Callable[[Nas, Request], None]


def html_page(status: int) -> bytes:
    """nginx's own pages; the one for a crashed back end is DSM's, about 12 kB."""
    if status == 200:
        return _LOGIN_PAGE.encode()
    title = f"{status} {_TITLES.get(status, 'Error')}"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><hr>nginx</body></html>"
    return page.encode() + (b"<!-- " + b"synology " * 1330 + b"-->" if status == 502 else b"")


class _Http(web.Server):
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


class NasServer:
    """One NAS on its port."""

    def __init__(
        self, nas: Nas, certificates: Certificates, numbers: itertools.count[int], observer: Observer | None
    ) -> None:
        self._nas = nas
        self._certificates = certificates
        self._numbers = numbers
        self._observer = observer
        self._webapi = WebApi(nas)
        self._http: _Http | None = None
        self._listener: asyncio.Server | None = None
        self._socket: socket.socket | None = None

    async def start(self) -> None:
        nas = self._nas
        bound = socket.socket(socket.AF_INET6 if ":" in nas.host else socket.AF_INET)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((nas.host, nas.description.port))
        except OSError:
            bound.close()
            raise
        nas.port = bound.getsockname()[1]
        if nas.description.unreachable:  # bound but not listening: refused, and nobody else can take the port
            self._socket = bound
            return
        bound.listen(1024)
        if nas.description.unresponsive:  # the kernel accepts, nobody reads
            self._socket = bound
            return
        self._http = _Http(self._handle, self._numbers, nas.description.keep_alive)
        context = self._certificates.context(nas.description.certificate) if nas.https else None
        self._listener = await asyncio.get_running_loop().create_server(
            self._http, sock=bound, ssl=context, backlog=1024
        )

    async def stop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._listener is not None:
            self._listener.close()
        if self._http is not None:
            self._http.abort()
            await self._http.shutdown(_STOP_SECONDS)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._http is not None and request.protocol in self._http.given_up:
            return _closed(request)
        recorded, incoming = await self._record(request)
        if len(request.raw_path) > LONGEST_URL:
            return _html(414)
        if request.method not in ("GET", "POST"):
            return _html(405)
        struck = self._nas.faults.strike_request(_calls(recorded), incoming.path)
        await self._wait(struck)
        if struck:
            instead = await _instead(request, struck)
            if instead is not None:
                return instead
        if incoming.path not in self._webapi.paths:
            return _html(200 if request.path == "/" else 404)
        return await self._answer(request, incoming, struck)

    async def _wait(self, struck: Mapping[str, Fault]) -> None:
        seconds = self._nas.description.latency + (struck["latency"]["seconds"] if "latency" in struck else 0)
        if seconds:
            await asyncio.sleep(seconds)

    async def _answer(
        self, request: web.BaseRequest, incoming: Incoming, struck: Mapping[str, Fault]
    ) -> web.StreamResponse:
        if "expired" in struck:
            self._nas.expire_sessions(struck["expired"]["code"], struck["expired"]["compound"])
        try:
            reply = self._webapi.answer(incoming)
        except NoAnswerError as error:
            if error.hangs:
                await asyncio.Event().wait()
            return _closed(request)
        if struck:
            reply.body = damage.body(reply.body, struck)
        response = await _respond(request, reply, struck)
        if "close_kept" in struck:
            await self._close_kept(request, response, struck["close_kept"]["seconds"])
        return response

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

    async def _record(self, request: web.BaseRequest) -> tuple[Request, Incoming]:
        body = await _form(request)
        form = dict(body)
        query = dict(request.query)
        protocol = request.protocol
        recorded = Request(
            method=request.method,
            path=request.path,
            url=request.raw_path,
            query=query,
            form=form,
            headers=request.headers,
            connection=self._http.numbers.get(protocol, 0) if self._http is not None else 0,
            items=decode_items(form.get("compound", query.get("compound", ""))),
        )
        self._nas.requests.append(recorded)
        if self._observer is not None:
            self._observer(self._nas, recorded)
        return recorded, Incoming(
            path=_cgi(request.path, query.get("api"), form.get("api")),
            query=query,
            form=form,
            has_body=request.method == "GET" or bool(form),
            cookie=request.cookies.get("id"),
            token=request.headers.get("X-SYNO-TOKEN", query.get("SynoToken")),
            source=request.remote or "",
        )


async def _form(request: web.BaseRequest) -> list[tuple[str, str]]:
    if request.method != "POST":
        return []
    if request.content_type.startswith("multipart/"):
        return [(key, value) for key, value in (await request.post()).items() if isinstance(value, str)]
    return parse_qsl((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)


def _cgi(path: str, *apis: str | None) -> str:
    """The web interface's form, `entry.cgi/SYNO.Name`, means the same as `entry.cgi`."""
    if not path.startswith(PREFIX):
        return ""
    cgi = path[len(PREFIX) :]
    base, _slash, last = cgi.rpartition("/")
    return base if base and last in apis else cgi


def _calls(recorded: Request) -> list[FaultyCall]:
    calls: list[FaultyCall] = [(recorded.api, recorded.api_method, recorded.form.get("version"))]
    if recorded.api == COMPOUND:
        calls += [(str(item.get("api")), str(item.get("method")), item.get("version")) for item in recorded.items]
    return calls


async def _instead(request: web.BaseRequest, struck: Mapping[str, Fault]) -> web.StreamResponse | None:
    """The faults that leave the WebAPI no say."""
    if "hang" in struck:
        await asyncio.Event().wait()
    if "close" in struck:
        return _closed(request)
    if "html" in struck:
        return _html(struck["html"]["status"])
    if "redirect" in struck:
        redirect = struck["redirect"]
        return web.Response(status=redirect["status"], headers={**NGINX, "Location": redirect["location"]})
    return None


def _closed(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def _html(status: int) -> web.Response:
    return web.Response(body=html_page(status), status=status, headers={**NGINX, "Content-Type": HTML_TYPE})


async def _respond(request: web.BaseRequest, reply: Reply, struck: Mapping[str, Fault]) -> web.StreamResponse:
    content_type = struck["content_type"]["value"] if "content_type" in struck else JSON_TYPE
    headers = {**NGINX, **reply.headers, "Content-Type": content_type, "Keep-Alive": "timeout=20"}
    if "cut_connection" in struck:
        return await _cut(request, reply.body, headers)
    if "drip" in struck:
        drip = _drip if struck["drip"]["part"] == "body" else _drip_part
        return await drip(request, reply.body, headers, struck["drip"])
    if "huge" in struck:
        pieces = damage.swollen(reply.body, struck["huge"])
        return await _stream(request, pieces, headers, compressed=struck["huge"]["gzip"])
    body = reply.body
    if len(body) >= _COMPRESS_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
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
    return _closed(request)


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
