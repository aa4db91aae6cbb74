# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTPS: every Plesk server on a port of its own, in one event loop."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from xml.etree import ElementTree

from aiohttp import web
from ansible_collections.mailfleet.mailplus.tests.plesk import damage
from ansible_collections.mailfleet.mailplus.tests.plesk.agent import CONTENT_TYPE, Agent, Incoming
from ansible_collections.mailfleet.mailplus.tests.plesk.plesk import Plesk, Request
from ansible_collections.mailfleet.mailplus.tests.simulator.certificates import Certificates
from ansible_collections.mailfleet.mailplus.tests.simulator.wire import (
    PortServer,
    closed,
    instead_of_answer,
    respond,
)

AGENT_PATH = "/enterprise/control/agent.php"
SERVER = {"Server": "sw-cp-server"}
HTML_TYPE = "text/html; charset=UTF-8"

Observer = Callable[[Plesk, Request], None]


class PleskServer(PortServer):
    """One server on its port."""

    def __init__(
        self, plesk: Plesk, certificates: Certificates, numbers: itertools.count[int], observer: Observer | None
    ) -> None:
        super().__init__(plesk, certificates.context(plesk.description.certificate), numbers)
        self._plesk = plesk
        self._observer = observer
        self._agent = Agent(plesk)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._is_given_up(request):
            return closed(request)
        body = await request.content.read()  # however long it is
        recorded = self._record(request, body)
        struck = self._plesk.faults.strike_packet(recorded.operations)
        await asyncio.sleep(
            self._plesk.description.latency + (struck["latency"]["seconds"] if "latency" in struck else 0)
        )
        instead = await instead_of_answer(request, struck, _html)
        if instead is not None:
            return instead
        if request.path != AGENT_PATH:
            return _html(200 if request.path == "/" else 404)
        response = await self._answer(request, body, struck)
        if "close_kept" in struck:
            await self._close_kept(request, response, struck["close_kept"]["seconds"])
        return response

    async def _answer(self, request: web.BaseRequest, body: bytes, struck: damage.Struck) -> web.StreamResponse:
        incoming = Incoming(request.method, request.headers, body, request.remote or "")
        if "system" in struck:
            answer = self._agent.refused(struck["system"]["code"], struck["system"]["text"])
        else:
            answer = self._agent.answer(incoming)
        answer = damage.packet(answer, struck)
        if "HTTP_PRETTY_PRINT" in request.headers:
            ElementTree.indent(answer)
        content_type = struck["content_type"]["value"] if "content_type" in struck else CONTENT_TYPE
        headers = {**SERVER, "Content-Type": content_type}
        return await respond(request, damage.body(answer, struck), headers, struck, damage.swollen)

    def _record(self, request: web.BaseRequest, body: bytes) -> Request:
        recorded = Request(
            method=request.method,
            path=request.path,
            headers=request.headers,
            body=body.decode("utf-8", "replace"),
            connection=self._connection(request),
            operations=self._agent.operations(body),
        )
        self._plesk.requests.append(recorded)
        if self._observer is not None:
            self._observer(self._plesk, recorded)
        return recorded


def _html(status: int) -> web.Response:
    title = "Plesk" if status == 200 else f"{status} Error"
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return web.Response(body=page.encode(), status=status, headers={**SERVER, "Content-Type": HTML_TYPE})
