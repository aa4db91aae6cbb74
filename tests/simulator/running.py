# SPDX-License-Identifier: GPL-3.0-or-later
"""A running fleet: in an event loop of the caller's (the command line) or in a thread of its own (tests)."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.mailfleet.mailplus.tests.simulator.certificates import Certificates
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import FleetDescription, read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, hostname_of
from ansible_collections.mailfleet.mailplus.tests.simulator.server import NasServer, Observer

_START_SECONDS = 60
_CLOSING_SECONDS = 0.01  # aborted connections are closed by the loop's next turns


class Fleet(Mapping[str, Nas]):
    """The NAS by name. Files (the authority's certificate, the inventory) go to `directory`."""

    def __init__(self, description: FleetDescription, directory: Path, observer: Observer | None = None) -> None:
        self.ca_path = directory.absolute() / "ca.pem"
        address = next(iter(description.nas.values())).address
        self._certificates = Certificates(address)
        clusters: dict[str, list[tuple[str, str]]] = {}
        for name, nas in description.nas.items():
            clusters.setdefault(nas.cluster or f"alone {name}", []).append((name, hostname_of(name, nas)))
        self._nas = {
            name: Nas(
                name, nas, description.now, clusters[nas.cluster or f"alone {name}"], description.recording_of(nas)
            )
            for name, nas in description.nas.items()
        }
        numbers = itertools.count(1)
        self._servers = [NasServer(nas, self._certificates, numbers, observer) for nas in self._nas.values()]

    def __getitem__(self, name: str) -> Nas:
        return self._nas[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._nas)

    def __len__(self) -> int:
        return len(self._nas)

    async def start(self) -> None:
        write_atomically(self.ca_path, self._certificates.ca_pem)
        for server in self._servers:
            await server.start()

    async def stop(self) -> None:
        await asyncio.gather(*(server.stop() for server in self._servers))
        await asyncio.sleep(_CLOSING_SECONDS)

    def inventory(self) -> dict[str, Any]:
        """An Ansible inventory with all NAS in the group `nas`."""
        hosts = {
            name: {
                "ansible_host": nas.host,
                "mailplus_port": nas.port,
                "mailplus_https": nas.https,
                "mailplus_username": _Text(nas.username),
                "mailplus_password": _Text(nas.password),
                "mailplus_ca_path": str(self.ca_path),
            }
            for name, nas in self._nas.items()
        }
        return {"nas": {"hosts": hosts}}

    def write_inventory(self, path: Path) -> None:
        text = yaml.dump(self.inventory(), Dumper=_InventoryDumper, sort_keys=False, allow_unicode=True)
        write_atomically(path, text.encode())


class _Text(str):
    """Written as `!unsafe` where Ansible would otherwise take it for a template."""

    __slots__ = ()


class _InventoryDumper(yaml.SafeDumper):
    pass


def _represent(dumper: yaml.SafeDumper, text: _Text) -> yaml.ScalarNode:
    tag = "!unsafe" if "{{" in text or "{%" in text or "{#" in text else "tag:yaml.org,2002:str"
    return dumper.represent_scalar(tag, str(text), style='"')


_InventoryDumper.add_representer(_Text, _represent)


def write_atomically(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        new.write(content)
    Path(new.name).chmod(0o644)
    os.replace(new.name, path)  # noqa: PTH105 - Path.replace says no more


@contextlib.contextmanager
def run_fleet(source: Path | Mapping[str, Any], observer: Observer | None = None) -> Iterator[Fleet]:
    """Serve a described fleet until the block ends."""
    description = read_fleet(source)
    with tempfile.TemporaryDirectory(prefix="mailplus-fleet-") as directory, _loop_thread() as loop:
        fleet = Fleet(description, Path(directory), observer)
        try:
            asyncio.run_coroutine_threadsafe(fleet.start(), loop).result(_START_SECONDS)
            yield fleet
        finally:
            asyncio.run_coroutine_threadsafe(fleet.stop(), loop).result(_START_SECONDS)


@contextlib.contextmanager
def _loop_thread() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="mailplus-simulator", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(_finish_tasks(), loop).result(_START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _finish_tasks() -> None:
    """Whatever is left, so that the loop is closed with nothing pending."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_asyncgens()
