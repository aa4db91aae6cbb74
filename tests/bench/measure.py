# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a command: how long it took, and what it used with all its children."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.bench.simulation import Simulation, Traffic

_SHOWN = 3000


class RunError(Exception):
    """A command failed, or took too long."""


@dataclass(frozen=True)
class Measurement:
    """Seconds by the clock and of CPU, memory of the largest process in MiB, and what the simulator counted."""

    wall: float
    cpu: float
    peak: float
    traffic: Traffic


@dataclass(frozen=True)
class Place:
    """Where commands run: their directory, which also takes their output, their environment and their time limit."""

    directory: Path
    environment: Mapping[str, str]
    seconds: float


def measure(command: Sequence[str], place: Place, simulation: Simulation) -> Measurement:
    """Run ``command`` and wait for its end. Raises RunError."""
    output = place.directory / "output.txt"
    simulation.traffic()
    with output.open("wb") as file:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=place.directory,
            env=dict(place.environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with _ended(process, place.seconds):
            _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RunError(f"{' '.join(command)} returned {process.returncode}\n{output.read_text()[-_SHOWN:]}")
    return Measurement(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, simulation.traffic())


@contextlib.contextmanager
def _ended(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """See that the command and its children end: at the time limit, or when the benchmark is interrupted."""

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    except BaseException:
        kill()
        raise
    finally:
        timer.cancel()
