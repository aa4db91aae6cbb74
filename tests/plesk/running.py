# SPDX-License-Identifier: GPL-3.0-or-later
"""Running Plesk servers: in an event loop of the caller's (the command line) or in a thread of its own (tests)."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.plesk.description import Described, read_servers
from ansible_collections.mailfleet.mailplus.tests.plesk.plesk import Plesk
from ansible_collections.mailfleet.mailplus.tests.plesk.server import Observer, PleskServer
from ansible_collections.mailfleet.mailplus.tests.simulator.running import InventoryText, Servers, in_thread


class PleskServers(Servers[Plesk]):
    """The servers of a description."""

    def __init__(self, described: Mapping[str, Described], directory: Path, observer: Observer | None = None) -> None:
        super().__init__(next(iter(described.values())).server.address, directory)
        self._named = {name: Plesk(name, own, self.ca_path) for name, own in described.items()}
        numbers = itertools.count(1)
        self._servers = [PleskServer(plesk, self._certificates, numbers, observer) for plesk in self.values()]

    def inventory(self) -> dict[str, Any]:
        """An Ansible inventory with all of them in the group `plesk`."""
        hosts = {
            name: {
                "ansible_host": plesk.host,
                "plesk_port": plesk.port,
                "plesk_username": InventoryText(plesk.username),
                "plesk_password": InventoryText(plesk.password),
                "plesk_secret_key": InventoryText(plesk.secret_key),
                "plesk_ca_path": str(self.ca_path),
            }
            for name, plesk in self.items()
        }
        return {"plesk": {"hosts": hosts}}


@contextlib.contextmanager
def run_plesks(source: Path | Mapping[str, Any], observer: Observer | None = None) -> Iterator[PleskServers]:
    """Serve the described servers until the block ends."""
    described = read_servers(source)
    with in_thread(lambda directory: PleskServers(described, directory, observer)) as servers:
        yield servers


@contextlib.contextmanager
def run_plesk(server: Mapping[str, Any], observer: Observer | None = None) -> Iterator[Plesk]:
    """Serve one server, of the name `plesk`, until the block ends."""
    with run_plesks({"plesk": {"plesk": server}}, observer) as servers:
        yield servers["plesk"]
