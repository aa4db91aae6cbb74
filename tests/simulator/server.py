# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP and HTTPS: every NAS of a fleet on a port of its own, in one event loop."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from aiohttp import web
from ansible_collections.mailfleet.mailplus.tests.simulator import damage
from ansible_collections.mailfleet.mailplus.tests.simulator.certificates import Certificates
from ansible_collections.mailfleet.mailplus.tests.simulator.errors import NoAnswerError
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import CallFault, FaultyCall
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, Request
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import COMPOUND
from ansible_collections.mailfleet.mailplus.tests.simulator.webapi import Incoming, WebApi, decode_items
from ansible_collections.mailfleet.mailplus.tests.simulator.wire import (
    PortServer,
    closed,
    instead_of_answer,
    respond,
)

PREFIX = "/webapi/"
LONGEST_URL = 8100
JSON_TYPE = 'application/json; charset="UTF-8"'
HTML_TYPE = "text/html; charset=UTF-8"
NGINX = {"Server": "nginx"}

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


class NasServer(PortServer):
    """One NAS on its port."""

    def __init__(
        self, nas: Nas, certificates: Certificates, numbers: itertools.count[int], observer: Observer | None
    ) -> None:
        super().__init__(nas, certificates.context(nas.description.certificate) if nas.https else None, numbers)
        self._nas = nas
        self._observer = observer
        self._webapi = WebApi(nas)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._is_given_up(request):
            return closed(request)
        recorded, incoming = await self._record(request)
        if len(request.raw_path) > LONGEST_URL:
            return _html(414)
        if request.method not in ("GET", "POST"):
            return _html(405)
        struck = self._nas.faults.strike_request(_calls(recorded), incoming.path)
        await self._wait(struck)
        if struck:
            instead = await instead_of_answer(request, struck, _html)
            if instead is not None:
                return instead
        if incoming.path not in self._webapi.paths:
            return _html(200 if request.path == "/" else 404)
        return await self._answer(request, incoming, struck)

    async def _wait(self, struck: Mapping[str, CallFault]) -> None:
        seconds = self._nas.description.latency + (struck["latency"]["seconds"] if "latency" in struck else 0)
        if seconds:
            await asyncio.sleep(seconds)

    async def _answer(
        self, request: web.BaseRequest, incoming: Incoming, struck: Mapping[str, CallFault]
    ) -> web.StreamResponse:
        if "expired" in struck:
            self._nas.expire_sessions(struck["expired"]["code"], struck["expired"]["compound"])
        try:
            reply = self._webapi.answer(incoming)
        except NoAnswerError as error:
            if error.hangs:
                await asyncio.Event().wait()
            return closed(request)
        if struck:
            reply.body = damage.body(reply.body, struck)
        content_type = struck["content_type"]["value"] if "content_type" in struck else JSON_TYPE
        headers = {**NGINX, **reply.headers, "Content-Type": content_type, "Keep-Alive": "timeout=20"}
        response = await respond(request, reply.body, headers, struck, damage.swollen)
        if "close_kept" in struck:
            await self._close_kept(request, response, struck["close_kept"]["seconds"])
        return response

    async def _record(self, request: web.BaseRequest) -> tuple[Request, Incoming]:
        body = await _form(request)
        form = dict(body)
        query = dict(request.query)
        recorded = Request(
            method=request.method,
            path=request.path,
            url=request.raw_path,
            query=query,
            form=form,
            headers=request.headers,
            connection=self._connection(request),
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


def _html(status: int) -> web.Response:
    return web.Response(body=html_page(status), status=status, headers={**NGINX, "Content-Type": HTML_TYPE})
