# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's directory: inventory, variables, playbooks and what runs leave there, kept from one run to the next."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.playbook.support import running
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import UNTOUCHABLE
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import BIN, ROOT, Data, Run, Unsafe
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas

ROLE = "mailfleet.mailplus.mailplus_state"
PREFIX = "SYNO.MailPlusServer."
IMAP_POP3, QUEUE, TRANSACTION_LOG = f"{PREFIX}IMAP_POP3", f"{PREFIX}Queue", f"{PREFIX}Audit.TransactionLog"

# For hosts that fail, where that is not what a test is about.
LENIENT = {
    "mailplus_state_fail_on_error": False,
    "mailplus_state_fail_severity": "never",
    "mailplus_state_fail_unknown_severity": "never",
}
_SETTINGS = {
    "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.auto,ansible.builtin.yaml",
    "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
}


@dataclass
class Project:
    """Runs the commands of Ansible in ``directory``; ``warnings`` may come up in any of them."""

    directory: Path
    warnings: Sequence[str] = ()
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def write(self, name: str, content: Any) -> Path:
        """Put a file there, of text or of data as YAML."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            running._write(path, content)
        return path

    def read(self, name: str) -> Any:
        """The JSON in a file."""
        return json.loads((self.directory / name).read_text(encoding="utf-8"))

    def play(
        self,
        playbook: str | Sequence[Mapping[str, Any]],
        *arguments: str,
        failing: bool = False,
        expected_warnings: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Run:
        """Run a playbook, given by its name or as plays; ``failing`` says that hosts will fail.

        Those of the collection are told to look at the group ``nas``, unless ``arguments`` say otherwise.
        """
        if not isinstance(playbook, str):
            self.write("playbook.yml", playbook)
            playbook = "playbook.yml"
        elif "mailplus_hosts" not in " ".join(arguments):
            arguments = ("-e", "mailplus_hosts=nas", *arguments)
        if "-i" not in arguments:
            arguments = ("-i", "hosts.yml", *arguments)
        run = self.command("ansible-playbook", *arguments, playbook, environment=environment)
        running._check_warnings(run, [*self.warnings, *expected_warnings])
        assert (run.returncode != 0) == failing, f"returned {run.returncode}\n{run.output[-5000:]}"
        return run

    def listing(
        self,
        *sources: str,
        arguments: Sequence[str] = (),
        failing: bool = False,
        expected_warnings: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> tuple[Data, Run]:
        """What ``ansible-inventory --list`` shows of inventory sources."""
        named = [part for source in sources for part in ("-i", source)]
        run = self.command("ansible-inventory", *named, "--list", *arguments, environment=environment)
        running._check_warnings(run, [*self.warnings, *expected_warnings])
        assert (run.returncode != 0) == failing, f"returned {run.returncode}\n{run.output[-5000:]}"
        return json.loads(run.stdout, object_hook=_unwrap), run

    def command(self, name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Run:
        """Run any command of Ansible's."""
        results = self.directory / f"results-{next(self._numbers)}.jsonl"
        surroundings = running.surroundings(self.directory) | {"RECORDER_FILE": str(results)}
        everything = {**surroundings, **_SETTINGS, **(environment or {})}
        return running._run([str(BIN / name), *arguments], self.directory, everything)


def _unwrap(value: Data) -> Any:
    """Text is shown with the mark that it is no template."""
    return value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else value


def role_vars(fleet: Fleet, nas: Nas) -> Data:
    """Variables of a host, by which the role and the inventory plugin reach ``nas``."""
    return {
        "ansible_host": nas.host,
        "mailplus_state_port": nas.port,
        "mailplus_state_https": nas.https,
        "mailplus_state_username": Unsafe(nas.username),
        "mailplus_state_password": Unsafe(nas.password),
        "mailplus_state_ca_path": str(fleet.ca_path),
        "mailplus_state_timeout": 5,
    }


def hosts(fleet: Fleet, variables: Mapping[str, Any] | None = None, **each: Mapping[str, Any]) -> Data:
    """An inventory of untouchable hosts, one for each NAS: ``variables`` of all, ``each`` of the named ones."""
    found = {name: {**UNTOUCHABLE, **role_vars(fleet, nas), **each.get(name, {})} for name, nas in fleet.items()}
    return {"nas": {"hosts": found, "vars": dict(variables or {})}}


def role(entry: str = "main", **variables: Any) -> Data:
    """A task that runs an entry point of the role."""
    task: Data = {"name": f"Role {entry}", "ansible.builtin.include_role": {"name": ROLE, "tasks_from": entry}}
    return task | ({"vars": variables} if variables else {})


def play(*tasks: Mapping[str, Any], **keywords: Any) -> Data:
    return {"name": "Play", "hosts": "nas", "gather_facts": False, "tasks": list(tasks), **keywords}


def text_of(path: Path) -> str:
    """The text of a file that was written, also of one that is compressed."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def modes(directory: Path) -> dict[str, int]:
    """The permissions of everything below a directory, by relative path, and of itself."""
    paths = [directory, *directory.rglob("*")]
    return {str(path.relative_to(directory)): path.stat().st_mode & 0o777 for path in paths}


def requests_of(fleet: Fleet) -> dict[str, int]:
    """How many requests each NAS got, of those that got any."""
    return {name: len(nas.requests) for name, nas in fleet.items() if nas.requests}


def schema(name: str) -> Any:
    """A published JSON Schema."""
    return json.loads((ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8"))


def verdicts(report: Data, host: str) -> dict[str, str]:
    """The verdict of each rule on a host, in a report.json."""
    (found,) = (each for each in report["hosts"] if each["host"] == host)
    return {verdict["rule"]: verdict["verdict"] for verdict in found["verdicts"]}
