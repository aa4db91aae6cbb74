# SPDX-License-Identifier: GPL-3.0-or-later
"""A real ansible-playbook, in a world of its own: plays in as data, results out as data.

MAILPLUS_TEST_ANSIBLE_BIN names the directory of another ansible-playbook than the one beside this Python, so that the
same tests run on every supported ansible-core.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Data = dict[str, Any]

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("MAILPLUS_TEST_ANSIBLE_BIN") or Path(sys.executable).parent)
WARNING_MARKS = ("[WARNING]", "[DEPRECATION WARNING]", "[ERROR]: Unexpected")

_HERE = Path(__file__).resolve().parents[1]
_SECONDS = 240


@dataclass(frozen=True)
class TaskResult:
    """What one task returned on one host; ``status`` is ok, failed, unreachable or skipped."""

    host: str
    task: str
    status: str
    returned: Data


@dataclass(frozen=True)
class Run:
    """What a run of ansible-playbook left behind."""

    returncode: int
    stdout: str
    stderr: str
    results: list[TaskResult]
    directory: Path

    def __repr__(self) -> str:
        return f"Run({self.directory})"  # what it printed may be long

    @property
    def output(self) -> str:
        return f"{self.stdout}\n{self.stderr}"

    @property
    def jump_commands(self) -> list[str]:
        """The commands that ran on a jump host."""
        log = self.directory / "jump.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    @property
    def modules_on_jump_host(self) -> set[str]:
        """The names of the modules that ran there."""
        words = " ".join(self.jump_commands).replace("/", " ").replace("'", " ").split()
        return {word.removeprefix("AnsiballZ_").removesuffix(".py") for word in words if word.startswith("AnsiballZ_")}

    def result(self, task: str, host: str | None = None) -> TaskResult:
        """The one result of a task, on the one host or the named one."""
        found = [result for result in self.results if result.task == task and host in (None, result.host)]
        assert len(found) == 1, f"{len(found)} results of {task!r} on {host}, see {self.directory}/output.txt"
        return found[0]

    def ok(self, task: str, host: str | None = None) -> Data:
        """What a task returned that did not fail."""
        result = self.result(task, host)
        assert result.status == "ok", f"{result}, see {self.directory}/output.txt"
        return result.returned

    def failed(self, task: str, host: str | None = None) -> Data:
        """What a task returned that failed."""
        result = self.result(task, host)
        assert result.status == "failed", f"{result}, see {self.directory}/output.txt"
        return result.returned

    def facts(self, task: str, host: str | None = None) -> Data:
        """The facts of mailplus_facts."""
        facts: Data = self.ok(task, host)["ansible_facts"]["mailplus"]
        return facts


@dataclass
class Ansible:
    """Runs plays in ``directory``; nothing from outside gets in, nothing gets out."""

    directory: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def play(
        self,
        plays: Sequence[Mapping[str, Any]] | str,
        inventory: Mapping[str, Any],
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        expected_warnings: Sequence[str] = (),
        failing: bool = False,
    ) -> Run:
        """Run ``plays``, as data or as YAML. Warnings fail, unless they hold one of the expected texts.

        ``failing`` says that hosts will fail; without it, a failure of the run is an error.
        """
        directory = self.directory / f"run-{next(self._numbers)}"
        directory.mkdir()
        _write(directory / "inventory.yml", inventory)
        if isinstance(plays, str):
            (directory / "playbook.yml").write_text(plays, encoding="utf-8")
        else:
            _write(directory / "playbook.yml", plays)
        command = [str(BIN / "ansible-playbook"), "-i", "inventory.yml", "playbook.yml", *arguments]
        run = _run(command, directory, {**surroundings(directory), **(environment or {})})
        _check_warnings(run, expected_warnings)
        assert (run.returncode != 0) == failing, f"returned {run.returncode}\n{run.output[-5000:]}"
        return run


def surroundings(directory: Path) -> dict[str, str]:
    """The whole environment of a run in ``directory``."""
    (directory / "ansible.cfg").touch()
    (directory / "home").mkdir(exist_ok=True)
    places = {
        "HOME": "home",
        "ANSIBLE_HOME": "ansible",
        "ANSIBLE_LOCAL_TEMP": "local-tmp",
        "ANSIBLE_REMOTE_TMP": "remote-tmp",
        "ANSIBLE_CONFIG": "ansible.cfg",
        "RECORDER_FILE": "results.jsonl",
        "JUMP_LOG": "jump.log",
    }
    return {
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
        "LC_ALL": "C.UTF-8",
        "RES_OPTIONS": "attempts:1 timeout:1",  # a name server that is out of reach must not hold up the tests
        "PYTHONDONTWRITEBYTECODE": "1",
        # Newer versions of ansible-core open a socket there, whose path must be short.
        "TMPDIR": tempfile.gettempdir(),
        **{name: str(directory / place) for name, place in places.items()},
        **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")},
        **_SETTINGS,
    }


# For tests that are not about how a module gets to where it runs: much faster.
FAST = {"ANSIBLE_PIPELINING": "true"}

_SETTINGS = {
    "ANSIBLE_ACTION_PLUGINS": str(_HERE / "action_plugins"),
    "ANSIBLE_CALLBACKS_ENABLED": "recorder",
    "ANSIBLE_CALLBACK_PLUGINS": str(_HERE / "callback_plugins"),
    "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
    "ANSIBLE_CONNECTION_PLUGINS": str(_HERE / "connection_plugins"),
    "ANSIBLE_DEPRECATION_WARNINGS": "true",
    "ANSIBLE_FORKS": "5",
    "ANSIBLE_INJECT_FACT_VARS": "false",
    "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.yaml",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_NOCOWS": "1",
    "ANSIBLE_RETRY_FILES_ENABLED": "false",
}


@cache
def core_version() -> tuple[int, int]:
    """Major and minor version of the ansible-core under test."""
    return _version("[core ")


@cache
def python_version() -> tuple[int, int]:
    """Major and minor version of the Python that runs it."""
    return _version("python version = ")


def _version(after: str) -> tuple[int, int]:
    major, minor = _shown_versions().split(after)[1].split(".")[:2]
    return int(major), int(minor)


@cache
def _shown_versions() -> str:
    with tempfile.TemporaryDirectory() as place:
        command = [str(BIN / "ansible-playbook"), "--version"]
        environment = surroundings(Path(place))
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def _run(command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> Run:
    done = subprocess.run(
        command,
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        timeout=_SECONDS,
        check=False,
    )
    (directory / "output.txt").write_text(f"{done.stdout}\n{done.stderr}", encoding="utf-8")  # for whoever looks why
    return Run(done.returncode, done.stdout, done.stderr, _results(Path(environment["RECORDER_FILE"])), directory)


def _results(path: Path) -> list[TaskResult]:
    if not path.exists():
        return []
    # Not splitlines: text in results may hold line separators that are not line feeds.
    return [TaskResult(**json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _check_warnings(run: Run, expected: Sequence[str]) -> None:
    blocks = " ".join(run.output.split()).split("[")
    for block in ("[" + block for block in blocks):
        # The footnote of a deprecation; what it is about has a line of its own.
        if block.startswith(WARNING_MARKS) and "Deprecation warnings can be disabled" not in block:
            assert any(text in block for text in expected), f"{block[:1000]}, see {run.directory}/output.txt"


class _Dumper(yaml.SafeDumper):
    """Repeats what is there twice instead of referring to it: Ansible's reader is another one."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


class Unsafe(str):
    """Text that Ansible must not take for a template."""

    __slots__ = ()


def _represent(dumper: yaml.SafeDumper, text: Unsafe) -> yaml.ScalarNode:
    # Only where it matters: Ansible takes `!unsafe "true"`, in quotes as it is, for a truth value.
    tag = "!unsafe" if "{" in text else "tag:yaml.org,2002:str"
    return dumper.represent_scalar(tag, str(text), style='"')


_Dumper.add_representer(Unsafe, _represent)


def _write(path: Path, data: Any) -> None:
    path.write_text(yaml.dump(data, Dumper=_Dumper, allow_unicode=False, sort_keys=False, width=10_000), "utf-8")
