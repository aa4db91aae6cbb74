# SPDX-License-Identifier: GPL-3.0-or-later
"""Who competes: a letter, what it is, and the command that runs it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.bench import plays
from ansible_collections.mailfleet.mailplus.tests.bench.measure import Place, measure
from ansible_collections.mailfleet.mailplus.tests.bench.simulation import (
    ADDRESS,
    PACKAGE,
    PASSWORD,
    USERNAME,
    Simulation,
)

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent

SOURCE, LISTED, ROLE = "bench.mailplus.yml", "listed.json", "role.json"
SOURCE_OF_ALL = "all.mailplus.yml"
JUDGING, ROLE_READS, ROLE_READS_ALL = "judging.json", "role-reads.json", "role-reads-all.json"
STATE = "mailfleet.mailplus.state"
_ON_ALL = ("-e", "mailplus_hosts=all")
# Of all sections, a rule of the policy that ships is not met by what is simulated.
_NO_HOST_FAILS = {"mailplus_state_fail_severity": "never", "mailplus_state_fail_unknown_severity": "never"}


@dataclass(frozen=True)
class Contender:
    """``programs`` are commands of Ansible's or modules of this package, with their arguments."""

    letter: str
    title: str
    program: Sequence[str]
    playbook: Callable[[Simulation], list[plays.Data]] | None = None
    pipelining: bool = False

    @property
    def command(self) -> list[str]:
        """The whole command line."""
        name, *arguments = self.program
        if name.startswith("ansible"):
            return [str(BIN / name), *arguments]
        return [sys.executable, "-m", f"{PACKAGE}.{name}", *arguments]


def _play(
    letter: str, title: str, playbook: Callable[[Simulation], list[plays.Data]], *, pipelining: bool = False
) -> Contender:
    program = ("ansible-playbook", "-i", "hosts.json", f"{letter}.json")
    return Contender(letter, title, program, playbook, pipelining)


def _role(letter: str, title: str, reads: str) -> Contender:
    return Contender(letter, title, ("ansible-playbook", "-i", ROLE, STATE, *_ON_ALL, "-e", f"@{reads}"))


CONTENDERS = {
    contender.letter: contender
    for contender in (
        _play("a", "an empty `debug` play", plays.empty),
        _play("b", "ours, action plugin", plays.action),
        _play("c", "ours, plain module, `connection: local`", plays.module),
        _play("d", "`ansible.builtin.uri`, a task a read", plays.uri),
        _play("dp", "as d, with pipelining", plays.uri, pipelining=True),
        Contender("e", "py-synologydsm-api in a loop", ("public_client", "task.json")),
        Contender("f0", "`ansible-inventory`, the same from a file", ("ansible-inventory", "-i", LISTED, "--list")),
        Contender("f", "ours, inventory plugin", ("ansible-inventory", "-i", SOURCE, "--list")),
        Contender("g", "the floor: minimal asyncio program", ("floor", "task.json")),
        Contender("fa", "ours, inventory plugin, all sections", ("ansible-inventory", "-i", SOURCE_OF_ALL, "--list")),
        _role("r", "ours, the whole role: playbook `state`, all formats", ROLE_READS),
        _role("ra", "as r, all sections", ROLE_READS_ALL),
        Contender(
            "ir",
            "ours, 200 rules and all formats, of what the inventory plugin reads",
            ("ansible-playbook", "-i", SOURCE, "mailfleet.mailplus.report", *_ON_ALL, "-e", f"@{JUDGING}"),
        ),
    )
}
DEFAULT = ("a", "b", "c", "d", "e", "f0", "f", "fa", "g", "r", "ra", "ir")


def place(directory: Path, simulation: Simulation, contender: Contender | None = None, seconds: float = 60) -> Place:
    """Where a contender runs."""
    environment = {
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
        "HOME": str(directory),
        "LC_ALL": "C.UTF-8",
        "TMPDIR": tempfile.gettempdir(),
        "ANSIBLE_HOME": str(directory / "ansible"),
        "ANSIBLE_CONFIG": str(directory / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_INVENTORY_ENABLED": "mailfleet.mailplus.mailplus,ansible.builtin.yaml",
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        "ANSIBLE_FORKS": str(plays.AT_ONCE),
        "ANSIBLE_INJECT_FACT_VARS": "false",
        "ANSIBLE_PIPELINING": str(bool(contender and contender.pipelining)),
        "ANSIBLE_RETRY_FILES_ENABLED": "false",
        "REQUESTS_CA_BUNDLE": simulation.ca_path,
    }
    return Place(directory, environment, seconds)


def prepare(directory: Path, simulation: Simulation, hosts: int, wanted: Sequence[Contender]) -> None:
    """Write what the contenders need to read the first ``hosts`` NAS."""
    directory.mkdir(parents=True)
    (directory / "ansible.cfg").touch()
    ports = dict(list(simulation.ports.items())[:hosts])
    scheme = "https" if simulation.https else "http"
    task = {
        "urls": [f"{scheme}://{ADDRESS}:{port}" for port in ports.values()],
        "username": USERNAME,
        "password": PASSWORD,
        "ca_path": simulation.ca_path,
        "at_once": plays.AT_ONCE,
    }
    _write(directory / "task.json", task)
    _write(directory / "hosts.json", plays.inventory(simulation, ports))
    _write(directory / JUDGING, {"mailplus_state_policies": [plays.policy()]})
    _write(directory / ROLE, plays.inventory(simulation, ports, "mailplus_state_"))
    _write(directory / ROLE_READS, {"mailplus_state_subset": plays.ROLE_SUBSET})
    _write(directory / ROLE_READS_ALL, {"mailplus_state_subset": plays.ALL, **_NO_HOST_FAILS})
    _write(directory / SOURCE, plays.inventory_source(simulation, ports, plays.SUBSET))
    _write(directory / SOURCE_OF_ALL, plays.inventory_source(simulation, ports, plays.ALL))
    for contender in wanted:
        if contender.playbook:
            _write(directory / f"{contender.letter}.json", contender.playbook(simulation))
    if any(contender.letter == "f0" for contender in wanted):
        _prepare_listing(directory, simulation)


def _prepare_listing(directory: Path, simulation: Simulation) -> None:
    """The file of f0, out of what f prints."""
    measure(CONTENDERS["f"].command, place(directory, simulation, seconds=600), simulation)
    text = (directory / "output.txt").read_text(encoding="utf-8")
    _write(directory / LISTED, plays.listed(json.loads(text[text.index("{") :])))


def _write(path: Path, data: Any) -> None:
    path.write_text(json.dumps(data, indent=1), encoding="utf-8")
