# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m ansible_collections.mailfleet.mailplus.tests.simulator: serve a fleet until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import DescriptionError, FleetDescription, read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, Request
from ansible_collections.mailfleet.mailplus.tests.simulator.running import Fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.server import Observer

DEMO = Path(__file__).parent / "fleets" / "demo.yml"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        description = read_fleet(_fleet_of(options.recording) if options.recording else options.fleet)
    except DescriptionError as error:
        print(error, file=sys.stderr)
        return 2
    _allow_many_sockets()
    options.directory.mkdir(parents=True, exist_ok=True)
    try:
        return asyncio.run(_serve(description, options))
    except OSError as error:
        print(f"cannot serve: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description="Serve a simulated fleet of NAS on loopback.")
    served = parser.add_mutually_exclusive_group()
    served.add_argument("--fleet", type=Path, default=DEMO, help="description of the fleet (default: the demo fleet)")
    served.add_argument(
        "--recording", type=Path, action="append", metavar="FILE", help="serve the NAS of this recording, or of several"
    )
    parser.add_argument("--directory", type=Path, required=True, help="where inventory.yml and ca.pem are written")
    parser.add_argument("--requests", type=Path, help="append every request to this file, as lines of JSON")
    parser.add_argument("--exit-with-parent", action="store_true", help="stop when standard input closes")
    return parser


def _fleet_of(recordings: Sequence[Path]) -> dict[str, Any]:
    """A NAS for each, of the name that its file has."""
    names = [path.name.removesuffix(".json").removesuffix(".recording") for path in recordings]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DescriptionError(f"two recordings would be a NAS {twice}: rename one of the files")
    return {"nas": {name: {"recording": str(path)} for name, path in zip(names, recordings, strict=True)}}


async def _serve(description: FleetDescription, options: argparse.Namespace) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.exit_with_parent:
        threading.Thread(target=_wait_for_end_of_input, args=(loop, stop), daemon=True).start()
    log = options.requests.open("a", encoding="utf-8", buffering=1) if options.requests else None
    fleet = Fleet(description, options.directory, _observer(log))
    try:
        await fleet.start()
        inventory = options.directory / "inventory.yml"
        fleet.write_inventory(inventory)
        print(f"ready: {len(fleet)} NAS, inventory {inventory}", flush=True)
        await stop.wait()
    finally:
        await fleet.stop()
        if log is not None:
            log.close()
    return 0


def _observer(log: TextIO | None) -> Observer:
    """A server that runs for long must not keep every request in memory."""

    def observe(nas: Nas, request: Request) -> None:
        nas.requests.clear()
        if log is not None:
            print(json.dumps(_as_line(nas, request), ensure_ascii=True), file=log)

    return observe


def _as_line(nas: Nas, request: Request) -> dict[str, object]:
    return {
        "nas": nas.name,
        "connection": request.connection,
        "method": request.method,
        "url": request.url,
        "api": request.api,
        "api_method": request.api_method,
        "form": request.form,
        "items": [item.get("api") for item in request.items],
    }


def _wait_for_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(0, 1024):
        pass
    loop.call_soon_threadsafe(stop.set)


def _allow_many_sockets() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
