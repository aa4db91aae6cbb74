# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of receptor, on one node: as much of its control protocol as AWX asks for.

``python receptor.py SOCKET NODE DIRECTORY COMMAND...`` runs COMMAND (``ansible-runner worker``), with the parameters
that AWX gives, for each unit of work. Needs nothing beyond Python, so that AWX's own can run it.
"""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PIECE = 65536


@dataclass
class Unit:
    """A unit of work: a process, what it reads and what it writes."""

    directory: Path
    process: subprocess.Popen[bytes]
    cancelled: bool = False

    def status(self) -> dict[str, Any]:
        returned = self.process.poll()
        state = "Running" if returned is None else "Failed" if returned else "Succeeded"
        return {
            "StateName": "Canceled" if self.cancelled and returned is not None else state,
            "Detail": "" if returned in (None, 0) else f"exit status {returned}",
            "StdoutSize": (self.directory / "stdout").stat().st_size,
            "ExtraData": None,
        }


class Receptor(socketserver.ThreadingUnixStreamServer):
    """The control service of a node."""

    daemon_threads = True

    def __init__(self, address: str, node: str, directory: Path, command: list[str]) -> None:
        self.node = node
        self.units: dict[str, Unit] = {}
        self._directory = directory
        self._command = command
        super().__init__(address, _Control)

    def start(self, name: str, parameters: str) -> None:
        directory = self._directory / name
        with (directory / "stdin").open("rb") as given, (directory / "stdout").open("wb") as said:
            command = [*self._command, *shlex.split(parameters)]
            process = subprocess.Popen(
                command, stdin=given, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.units[name] = Unit(directory, process)

    def place(self, name: str) -> Path:
        directory = self._directory / name
        directory.mkdir(parents=True)
        return directory


class _Control(socketserver.StreamRequestHandler):
    """One connection: commands in lines, each of them text or JSON."""

    server: Receptor

    def handle(self) -> None:
        self._say(f"Receptor Control, node {self.server.node}")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for line in self.rfile:
                text = line.decode().strip()
                try:
                    going_on = self._obey(text)
                except (KeyError, ValueError) as error:
                    self._say(f"ERROR: unknown work unit {error}")
                    continue
                if not going_on:
                    return

    def _obey(self, text: str) -> bool:
        if text.startswith("{"):
            self._submit(json.loads(text))
            return False
        words = text.split()
        if words[:2] == ["work", "results"]:
            self._stream(words[2], int(words[3]))
            return False
        self._say(json.dumps(self._answer(words)))
        return True

    def _answer(self, words: list[str]) -> dict[str, Any]:
        units = self.server.units
        if words == ["status"]:
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            node = {"NodeID": self.server.node, "Time": now, "ConnType": 0, "WorkCommands": []}
            return {"NodeID": self.server.node, "Advertisements": [node], "KnownConnectionCosts": {}}
        if words == ["work", "list"]:
            return {name: unit.status() for name, unit in units.items()}
        _work, verb, name = words
        if verb == "cancel":
            units[name].cancelled = True
            with contextlib.suppress(ProcessLookupError):
                units[name].process.send_signal(signal.SIGTERM)
            return {"cancelled": name}
        if verb == "release":
            shutil.rmtree(units.pop(name).directory)
            return {"released": name}
        return units[name].status()

    def _submit(self, asked: dict[str, str]) -> None:
        name = uuid.uuid4().hex[:8]
        self._say(f"Work unit created with ID {name}. Send stdin data and EOF.")
        with (self.server.place(name) / "stdin").open("wb") as given:
            shutil.copyfileobj(self.rfile, given)
        self.server.start(name, asked.get("params", ""))
        self._say(json.dumps({"result": "Job Started", "unitid": name}))

    def _stream(self, name: str, start: int) -> None:
        """What the unit writes, from a position on and until it has ended."""
        unit = self.server.units[name]
        self._say(f"Streaming results for work unit {name}")
        with (unit.directory / "stdout").open("rb") as said:
            said.seek(start)
            while True:
                ended = unit.process.poll() is not None  # before it is read: what comes later is not missed
                while piece := said.read(_PIECE):
                    self.wfile.write(piece)
                if ended:
                    return
                time.sleep(0.1)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\n".encode())


def main() -> None:
    """Serve until SIGTERM."""
    address, node, directory, *command = sys.argv[1:]
    with Receptor(address, node, Path(directory), command) as server:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        server.serve_forever()


if __name__ == "__main__":
    main()
