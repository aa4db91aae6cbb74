# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated NAS with no network in between: every answer is spoilt on its way, and all that was said is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.answer import parse
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import Transport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import gather as gathering
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import select
from ansible_collections.mailfleet.mailplus.tests.simulator import Nas
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.server import JSON_TYPE
from ansible_collections.mailfleet.mailplus.tests.simulator.webapi import Incoming, WebApi

ADDRESS = Address("nas.example", 5000, https=False)
PASSWORD = "Pa55word-of-the-attack"
_NOW = 1_767_225_600.0

# Pages of seven rows, so that a list takes further pages.
_NAS = read_fleet(
    {
        "now": _NOW,
        "nas": {
            "one": {
                "accounts": [{"password": PASSWORD}],
                "block_after": 0,
                "page_cap": 7,
                "queue": {"total": 12},
                "admin_log": {"total": 9},
                "transaction_log": {"total": 20},
            }
        },
    }
).nas["one"]


@dataclass(frozen=True)
class Exchange:
    """A request, and the answer as it arrives."""

    path: str
    form: Mapping[str, str]
    headers: Mapping[str, str]
    status: int
    content_type: str
    body: bytes

    @property
    def call(self) -> tuple[str, str]:
        """The API and the method that were asked."""
        return self.form.get("api", ""), self.form.get("method", "")

    @property
    def document(self) -> dict[str, Any] | None:
        """The JSON object in the answer, None where there is none."""
        try:
            return _parse(self)
        except DsmError:
            return None


Spoil = Callable[[Exchange], Exchange]


@dataclass
class Run:
    """One gather: what was said, and what came of it."""

    exchanges: list[Exchange] = field(default_factory=list)
    state: gathering.State | None = None
    error: DsmError | None = None


class SpoiltWire:
    """A transport that asks the simulated NAS itself."""

    def __init__(self, spoil: Spoil, exchanges: list[Exchange]) -> None:
        self._spoil = spoil
        self._exchanges = exchanges
        self._webapi = WebApi(Nas("one", _NAS, _NOW))

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        again: bool = True,  # noqa: ARG002 - the simulated NAS does not close a connection
    ) -> dict[str, Any]:
        token = headers.get("X-SYNO-TOKEN")
        incoming = Incoming(path, {}, dict(form), has_body=True, cookie=None, token=token, source="127.0.0.1")
        body = self._webapi.answer(incoming).body
        self._exchanges.append(self._spoil(Exchange(path, dict(form), dict(headers), 200, JSON_TYPE, body)))
        return _parse(self._exchanges[-1])

    def pause(self, seconds: float) -> None:
        pass

    def extend(self, seconds: float) -> None:
        pass

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


def attack(spoil: Spoil, limit: int | None = 50) -> Run:
    """Gather everything, each answer being spoilt. Raises what the gather raises beside DsmError."""
    run = Run()
    plan = gathering.Plan(select(("all",)), Window(limit=limit), reveal_secrets=True)
    wire: Transport = SpoiltWire(spoil, run.exchanges)
    with mock.patch.object(gathering, "HttpTransport", return_value=wire):
        try:
            run.state = gathering.gather(ADDRESS, Credentials(_NAS.accounts[0].username, PASSWORD), plan)
        except DsmError as error:
            run.error = error
    return run


def honest(exchange: Exchange) -> Exchange:
    """Nothing is spoilt."""
    return replace(exchange)


def _parse(exchange: Exchange) -> dict[str, Any]:
    return parse(exchange.status, exchange.content_type, exchange.body, ADDRESS.url)
