# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated fleet, seen from the benchmark: where it listens, and what it counted."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "ansible_collections.mailfleet.mailplus.tests.bench"
ADDRESS = "127.0.0.1"
USERNAME, PASSWORD = "mailfleet", "Simulated-1"
LARGE = "large"

_STOP_SECONDS = 30


@dataclass(frozen=True)
class Traffic:
    """What the simulator counted: requests, bytes of bodies in and out, its own CPU seconds."""

    requests: int
    received: int
    sent: int
    cpu: float


class Simulation:
    """A running simulator. ``ports`` are those of the NAS by name, the one with the large log apart."""

    def __init__(self, process: subprocess.Popen[str], *, https: bool) -> None:
        self._process = process
        self.https = https
        ready = self._hear()
        self.ca_path = str(ready["ca_path"])
        self.ports: dict[str, int] = dict(ready["ports"])
        self.large_port = self.ports.pop(LARGE)

    def traffic(self) -> Traffic:
        """What was counted since the last call."""
        print(file=self._process.stdin, flush=True)
        return Traffic(**self._hear())

    def _hear(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("the simulator ended")
        return dict(json.loads(line))


@contextlib.contextmanager
def simulated(directory: Path, hosts: int, *, https: bool, round_trip: float, rows: int) -> Iterator[Simulation]:
    """Serve ``hosts`` NAS, and one with a log of ``rows`` rows, until the block ends."""
    description = directory / "fleet.json"
    description.write_text(json.dumps(_description(hosts, https=https, round_trip=round_trip, rows=rows)))
    command = [sys.executable, "-m", f"{PACKAGE}.server", str(description), str(directory)]
    # In a session of its own, so that an interrupt at the keyboard leaves its end to us.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield Simulation(process, https=https)
        finally:
            if process.stdin:
                process.stdin.close()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _description(hosts: int, *, https: bool, round_trip: float, rows: int) -> Mapping[str, Any]:
    lists = ("queue", "admin_log", "transaction_log")
    return {
        "now": "2026-01-01T00:00:00Z",
        "defaults": {"https": https, "latency": round_trip, **{name: {"total": 500} for name in lists}},
        "nas": {"nas": {"count": hosts}, LARGE: {"transaction_log": {"total": rows}}},
    }
