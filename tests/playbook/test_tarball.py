# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball that Galaxy gets: what is in it, and that it works where nothing else of the collection is."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support import packaging, plays
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    FACTS,
    HERE,
    MODULES,
    NAMESPACE,
    SECTIONS,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import Project, hosts
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

DIRECTORIES = {"LICENSES", "changelogs", "docs", "meta", "playbooks", "plugins", "roles"}
FILES = {"CHANGELOG.md", "CONTRIBUTING.md", "COPYING", "README.md", "REUSE.toml", "SECURITY.md", "requirements.txt"}
MADE = {"FILES.json", "MANIFEST.json"}
LEFT_OUT = {"changelogs/config.yaml", "changelogs/fragments"}
# Ansible's rule for collections: they work when nothing but these is left.
ESSENTIAL = {"meta", "playbooks", "plugins", "roles"}
CONNECTION = {**plays.CONNECTION, "host": "{{ ansible_host }}"}


@dataclass(frozen=True)
class Built:
    """The sources, and the tarball that was built from them."""

    source: Path
    tarball: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    source = packaging.export(tmp_path_factory.mktemp("source"))
    return Built(source, packaging.build(Project(tmp_path_factory.mktemp("build")), source))


@pytest.fixture(scope="module")
def members(built: Built) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(built.tarball) as file:
        return {member.name: member for member in file.getmembers()}


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment with the collection installed, and reduced to what it may rely on."""
    place = packaging.install(Project(tmp_path_factory.mktemp("install")), built.tarball)
    collection = place / "ansible_collections" / "mailfleet" / "mailplus"
    for path in collection.iterdir():
        if path.is_file():
            path.unlink()
        elif path.name not in ESSENTIAL:
            shutil.rmtree(path)
    return packaging.alone(place)


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    with run_fleet({"nas": {"one": {}, "two": {"queue": {"total": 3}}}}) as fleet:
        yield fleet


def files_below(directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir()}


def test_it_holds_what_a_user_needs_and_nothing_else(built: Built, members: dict[str, tarfile.TarInfo]) -> None:
    found = {name for name, member in members.items() if not member.isdir()}
    sources = {name for name in files_below(built.source) if name.split("/")[0] in DIRECTORIES | FILES}
    wanted = {name for name in sources if not any(name.startswith(left_out) for left_out in LEFT_OUT)}
    assert found == wanted | MADE


def test_it_has_everything_at_its_top(members: dict[str, tarfile.TarInfo]) -> None:
    assert {name.split("/")[0] for name in members} == DIRECTORIES | FILES | MADE


def test_nothing_in_it_is_hidden_or_compiled(members: dict[str, tarfile.TarInfo]) -> None:
    parts = {part for name in members for part in name.split("/")}
    assert not [part for part in parts if part.startswith((".", "__pycache__")) or part.endswith((".pyc", "~"))]


def test_every_module_runs_as_an_action_and_as_a_module(
    project: Project, fleet: Fleet, installed: dict[str, str]
) -> None:
    asked = [plays.task(f"{module} action", module) for module in MODULES]
    asked += [plays.module_task(f"{module} module", module, CONNECTION) for module in MODULES]
    project.write("hosts.yml", plays.inventory(fleet, ["one"]))
    run = project.play([plays.play(*asked)], environment=installed)
    for module in MODULES:
        for way in ("action", "module"):
            check_sections(run.ok(f"{module} {way}"), module)
    assert fleet["one"].sessions == []


def check_sections(returned: Data, module: str) -> None:
    sections = returned["ansible_facts"]["mailplus"]["sections"] if module == FACTS else returned
    assert {name: sections[name]["status"] for name in SECTIONS[module]} == dict.fromkeys(SECTIONS[module], "ok")


def test_gather_facts_gathers_with_it(project: Project, fleet: Fleet, installed: dict[str, str]) -> None:
    play = plays.play(
        plays.debug("Look", "{{ ansible_facts.mailplus.sections.queue.total }}"),
        gather_facts=True,
        connection="local",
        vars={"ansible_facts_modules": f"{NAMESPACE}.{FACTS}", **HERE},
        module_defaults={plays.GROUP: CONNECTION},
    )
    project.write("hosts.yml", plays.inventory(fleet))
    run = project.play([play], environment=installed)
    assert {name: str(run.ok("Look", name)["msg"]) for name in fleet} == {"one": "12", "two": "3"}


def test_the_inventory_plugin_reads_the_fleet(project: Project, fleet: Fleet, installed: dict[str, str]) -> None:
    project.write("hosts.yml", hosts(fleet))
    connection = {
        name: f"{{{{ mailplus_state_{name} }}}}" for name in ("port", "https", "username", "password", "ca_path")
    }
    source = {"plugin": "mailfleet.mailplus.mailplus", "from_group": "nas", "connection": connection}
    project.write("fleet.mailplus.yml", source)
    listing, _run = project.listing("hosts.yml", "fleet.mailplus.yml", environment=installed)
    found = listing["_meta"]["hostvars"]
    assert {name: found[name]["mailplus_status"] for name in fleet} == {"one": "ok", "two": "ok"}


def test_the_playbook_runs_the_role(project: Project, fleet: Fleet, installed: dict[str, str]) -> None:
    state = project.directory / "state"
    project.write("hosts.yml", hosts(fleet, {"mailplus_state_directory": str(state)}))
    project.play("mailfleet.mailplus.state", environment=installed)
    read = project.read("state/fleet.json")["hosts"]
    assert {name: host["status"] for name, host in read.items()} == {"one": "ok", "two": "ok"}
    assert "<style" in (state / "report.html").read_text(encoding="utf-8")  # made of files that are not Python
