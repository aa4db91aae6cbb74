# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide of recipes as its reader would use it: blocks that name a file are written to it, shell is run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.playbook.support import running
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import Project, role_vars
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import BIN, ROOT
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_recipes.rst"
START = "What the recipes start from"
LINES_AT_MOST = 10

_HEADING = re.compile(r"^(?P<heading>\S.*)\n(?P<line>([-=])\3+)$", re.MULTILINE)
_BLOCK = re.compile(r"^\.\. code-block:: (?P<language>\S+)\n\n(?P<text>(?:(?: {3}.*)?\n)+)", re.MULTILINE)
_FILE = re.compile(r"^(?:#|//) (?P<name>[\w./-]+)(?:,.*)?$")
_SECONDS = 240
_VAULT_PASSWORD = "the password of the vault\n"


@dataclass(frozen=True)
class Block:
    """A block of the guide: its language, and its text as it stands there."""

    heading: str
    number: int
    language: str
    text: str

    @property
    def file(self) -> str | None:
        """The file that the reader is to write, which the first line names."""
        lines = [line for line in self.text.split("\n") if not line.startswith("#!")]
        found = _FILE.match(lines[0])
        return found["name"] if found else None

    @property
    def weight(self) -> int:
        """Its lines, without those that are empty or a remark."""
        return len([line for line in self.text.splitlines() if line.strip() and not line.strip().startswith("#")])


def blocks(guide: Path = GUIDE) -> list[Block]:
    """Every block of a guide, in its order."""
    text = guide.read_text(encoding="utf-8")
    marks = [(found.start(), found["heading"]) for found in _HEADING.finditer(text)]
    found = []
    for number, block in enumerate(_BLOCK.finditer(text)):
        heading = [heading for start, heading in marks if start < block.start()][-1]
        lines = [line.removeprefix("   ") for line in block["text"].rstrip("\n").split("\n")]
        found.append(Block(heading, number, block["language"], "\n".join(lines) + "\n"))
    return found


@dataclass
class Reader:
    """Who follows one recipe, in a directory of theirs; what was not used of it is a mistake of the test."""

    project: Project
    fleet: Fleet
    heading: str
    environment: dict[str, str] = field(default_factory=dict)
    _left: list[Block] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = [block for block in blocks() if block.heading == self.heading]
        assert self._left, f"{GUIDE} has no recipe {self.heading!r}"
        self.project.write("vault-password", _VAULT_PASSWORD)
        for block in blocks():
            if block.heading == START and block.file:
                self.project.write(block.file, block.text)
        self.ask(self.fleet)

    def ask(self, fleet: Fleet) -> None:
        """Let the inventory be of this fleet."""
        hosts = {name: role_vars(fleet, nas) for name, nas in fleet.items()}
        (password,) = {variables.pop("mailplus_state_password") for variables in hosts.values()}
        for name, variables in hosts.items():
            self.project.write(f"host_vars/{name}.yml", variables)
        self.project.write("inventory.yml", {"nas": {"hosts": dict.fromkeys(hosts)}})
        variables = {"mailplus_state_password": "{{ vault_mailplus_password }}"}
        self.project.write("group_vars/nas/main.yml", variables)
        vault = self.project.write("group_vars/nas/vault.yml", {"vault_mailplus_password": password})
        self._bash(f"ansible-vault encrypt {vault}").check_returncode()

    def set(self, **variables: object) -> None:
        """Variables of the group that a reader has for reasons of their own."""
        self.project.write("group_vars/nas/own.yml", variables)

    def write(self) -> list[Path]:
        """Write every file that the recipe gives."""
        found = [self.project.write(block.file, self._use(block).text) for block in list(self._left) if block.file]
        for path in found:
            path.chmod(0o755 if path.suffix == ".sh" else 0o644)
        return found

    @property
    def command(self) -> str:
        """The next block of shell."""
        return self._next("shell").text

    def run(self, status: int = 0) -> str:
        """Run it; what it printed."""
        return self.again(self.take("shell"), status)

    def again(self, command: str, status: int = 0) -> str:
        """Run a command of the recipe."""
        done = self._bash(command)
        assert done.returncode == status, f"returned {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert not [mark for mark in running.WARNING_MARKS if mark in done.stderr + done.stdout], done.stderr
        return done.stdout

    def check(self, shown: str) -> None:
        """The next block of text has to stand in ``shown``, line by line; an ellipsis is any text."""
        place = 0
        for line in filter(str.strip, self.take("text").splitlines()):
            pattern = ".*?".join(re.escape(part.strip()) for part in line.split("…"))
            found = re.compile(pattern).search(shown, place)
            assert found, f"{line!r} is not there, or not in its place, in:\n{shown}"
            place = found.end()

    def take(self, language: str) -> str:
        """The text of the next block of a language, for a test that does more with it."""
        return self._use(self._next(language)).text

    def finish(self) -> None:
        assert not self._left, f"not tried: {self._left}"

    def _next(self, language: str) -> Block:
        return next(block for block in self._left if block.language == language and not block.file)

    def _use(self, block: Block) -> Block:
        self._left.remove(block)
        return block

    def _bash(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.project.directory,
            env=self.surroundings(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def surroundings(self) -> Mapping[str, str]:
        """As of a reader's shell: ansible.cfg of the directory counts, and no setting of these tests."""
        kept = {"PATH", "LC_ALL", "RES_OPTIONS", "PYTHONDONTWRITEBYTECODE", "TMPDIR", "HOME", "ANSIBLE_HOME"}
        kept |= {"ANSIBLE_LOCAL_TEMP", "ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_NOCOLOR", "ANSIBLE_NOCOWS"}
        everything = running.surroundings(self.project.directory)
        found = {name: value for name, value in everything.items() if name in kept or name.startswith("COVERAGE_")}
        assert str(BIN) in found["PATH"]
        return found | self.environment


def recipes() -> Iterator[str]:
    """The headings that have blocks, each once."""
    yield from dict.fromkeys(block.heading for block in blocks())
