# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator in a process of its own, which counts: on each line of standard input it tells what came and went since
the last one. It ends with its standard input."""

from __future__ import annotations

import asyncio
import itertools
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from aiohttp import web
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import FleetDescription, read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, Request
from ansible_collections.mailfleet.mailplus.tests.simulator.running import Fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.server import NasServer


class _Traffic:
    """Requests, and bytes of bodies, compressed ones as they travel."""

    def __init__(self) -> None:
        self.requests = self.received = self.sent = 0
        self._cpu = time.process_time()

    def as_dict(self) -> dict[str, float]:
        return {
            "requests": self.requests,
            "received": self.received,
            "sent": self.sent,
            "cpu": time.process_time() - self._cpu,
        }


class _CountedServer(NasServer):
    counted: _CountedFleet

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        response = await super()._handle(request)
        traffic = self.counted.traffic
        traffic.requests += 1
        traffic.received += request.content_length or 0
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            traffic.sent += len(response.body)
        return response


class _CountedFleet(Fleet):
    def __init__(self, description: FleetDescription, directory: Path) -> None:
        super().__init__(description, directory)
        self.traffic = _Traffic()
        numbers = itertools.count(1)
        servers = [_CountedServer(nas, self._certificates, numbers, _forget) for nas in self.values()]
        for server in servers:
            server.counted = self
        self._servers = [*servers]


def _forget(nas: Nas, _request: Request) -> None:
    """A server that runs for long must not keep every request in memory."""
    nas.requests.clear()


async def _serve(description: FleetDescription, directory: Path) -> None:
    fleet = _CountedFleet(description, directory)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        await fleet.start()
        _say({"ca_path": str(fleet.ca_path), "ports": {name: nas.port for name, nas in fleet.items()}})
        while await lines.readline():
            _say(fleet.traffic.as_dict())
            fleet.traffic = _Traffic()
    finally:
        await fleet.stop()


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


def main() -> None:
    """Serve the fleet that the first argument describes; files go to the directory that the second names."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_serve(read_fleet(Path(sys.argv[1])), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
