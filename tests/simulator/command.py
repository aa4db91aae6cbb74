# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated servers on the command line: serve them until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from ansible_collections.mailfleet.mailplus.tests.simulator.running import Servers

# What to do with each request of a server.
Observer = Callable[[Any, Any], None]


def parser(prog: str, description: str) -> argparse.ArgumentParser:
    """With the options that do not depend on what is served."""
    made = argparse.ArgumentParser(prog=prog, description=description)
    made.add_argument("--directory", type=Path, required=True, help="where inventory.yml and ca.pem are written")
    made.add_argument("--requests", type=Path, help="append every request to this file, as lines of JSON")
    made.add_argument("--exit-with-parent", action="store_true", help="stop when standard input closes")
    return made


def serve(
    options: argparse.Namespace,
    make: Callable[[Path, Observer], Servers[Any]],
    as_line: Callable[[Any, Any], dict[str, object]],
    kind: str,
) -> int:
    """Make the servers, and serve them until SIGTERM or SIGINT. Returns the exit status."""
    _allow_many_sockets()
    options.directory.mkdir(parents=True, exist_ok=True)
    log = options.requests.open("a", encoding="utf-8", buffering=1) if options.requests else None
    try:
        return asyncio.run(_serve(make(options.directory, _observer(log, as_line)), options, kind))
    except OSError as error:
        print(f"cannot serve: {error}", file=sys.stderr)
        return 1
    finally:
        if log is not None:
            log.close()


async def _serve(servers: Servers[Any], options: argparse.Namespace, kind: str) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if options.exit_with_parent:
        threading.Thread(target=_wait_for_end_of_input, args=(loop, stop), daemon=True).start()
    try:
        await servers.start()
        inventory = options.directory / "inventory.yml"
        servers.write_inventory(inventory)
        print(f"ready: {len(servers)} {kind}, inventory {inventory}", flush=True)
        await stop.wait()
    finally:
        await servers.stop()
    return 0


def _observer(log: TextIO | None, as_line: Callable[[Any, Any], dict[str, object]]) -> Observer:
    """A server that runs for long must not keep every request in memory."""

    def observe(server: Any, request: Any) -> None:
        server.requests.clear()
        if log is not None:
            print(json.dumps(as_line(server, request), ensure_ascii=True), file=log)

    return observe


def _wait_for_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(0, 1024):
        pass
    loop.call_soon_threadsafe(stop.set)


def _allow_many_sockets() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
