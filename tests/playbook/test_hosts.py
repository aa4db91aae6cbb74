# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts the playbooks ask: those that are named, and never none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    Project,
    hosts,
    requests_of,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

PLAYBOOKS = ("state", "check_hosts", "gather", "report", "permissions", "find_setting")


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    with run_fleet({"nas": {"one": {}, "two": {}}}) as fleet:
        yield fleet


@pytest.fixture
def project(tmp_path: Path, fleet: Fleet) -> Project:
    project = Project(tmp_path)
    variables = {**LENIENT, "mailplus_state_subset": ["queue"], "mailplus_state_directory": str(tmp_path / "state")}
    project.write("hosts.yml", hosts(fleet, variables) | {"web": {"hosts": {"web1": {}}}})
    return project


def run(project: Project, playbook: str, *arguments: str, failing: bool = False) -> Run:
    """A playbook of the collection, whose hosts are what ``arguments`` say and nothing else."""
    project.write("playbook.yml", f"- ansible.builtin.import_playbook: mailfleet.mailplus.{playbook}\n")
    name = "playbook.yml" if playbook == "gather" else f"mailfleet.mailplus.{playbook}"
    if "-i" not in arguments:
        arguments = ("-i", "hosts.yml", *arguments)
    done = project.command("ansible-playbook", *arguments, name)
    assert (done.returncode != 0) == failing, f"returned {done.returncode}\n{done.output[-5000:]}"
    return done


def said(done: Run) -> str:
    return " ".join(done.stderr.split())


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("arguments", [(), ("-e", "mailplus_host=nas"), ("-e", "mailplus_hosts=")], ids=str)
def test_hosts_have_to_be_named(project: Project, fleet: Fleet, playbook: str, arguments: tuple[str, ...]) -> None:
    done = run(project, playbook, *arguments, failing=True)
    assert "mailplus_hosts is missing: name the hosts or groups to ask, as in -e mailplus_hosts=nas" in said(done)
    assert "Traceback" not in done.output
    assert done.results == []
    assert requests_of(fleet) == {}
    assert not (project.directory / "state").exists()


NONE_LEFT = {
    "misspelt": (("-e", "mailplus_hosts=nsa"), '"nsa", which matches no host of {place}/hosts.yml.'),
    "list": (("-e", "{mailplus_hosts: [nsa, '!web']}"), "which matches no host of {place}/hosts.yml."),
    "limited": (
        ("-e", "mailplus_hosts=nas", "--limit", "web1"),
        '"nas", which matches no host of {place}/hosts.yml with --limit web1.',
    ),
    "no inventory": (
        ("-i", "nosuch.yml", "-e", "mailplus_hosts=nas"),
        '"nas", which matches no host of {place}/nosuch.yml.',
    ),
    "empty inventory": (
        ("-i", "empty.yml", "-e", "mailplus_hosts=all"),
        '"all", which matches no host of {place}/empty.yml.',
    ),
}


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("case", NONE_LEFT)
def test_no_host_is_no_success(project: Project, fleet: Fleet, playbook: str, case: str) -> None:
    arguments, message = NONE_LEFT[case]
    project.write("empty.yml", "nas:\n  hosts: {}\n")
    command = ("ansible-playbook", *(() if "-i" in arguments else ("-i", "hosts.yml")), *arguments)
    lenient = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "false"}
    done = project.command(*command, f"mailfleet.mailplus.{playbook}", environment=lenient)
    assert done.returncode != 0
    assert message.format(place=project.directory) in said(done)
    assert "Traceback" not in done.output
    assert requests_of(fleet) == {}
    assert not (project.directory / "state").exists()


MISSPELT: dict[str, tuple[object, str]] = {
    "commas": ("one, nas9.example.com", "nas9.example.com"),
    "colons": ("one:nsa", "nsa"),
    "three": ("one:nsa:two", "nsa"),
    "list": (["nas", "nsa"], "nsa"),
    "commas in a list": (["two", "one,nsa"], "nsa"),
    "several": ("one,nsa,nsb", "nsa, nsb"),
    "address": ("one,2001:db8::9", "2001:db8::9"),
    "address in a list": (["one", "2001:db8::9"], "2001:db8::9"),
    "port": (["one", "two:5001"], "two:5001"),
}


@pytest.mark.parametrize(
    ("playbook", "case"), [*product(PLAYBOOKS, ["commas"]), *product(["state"], list(MISSPELT)[1:])]
)
def test_a_misspelt_name_beside_a_good_one(project: Project, fleet: Fleet, playbook: str, case: str) -> None:
    pattern, wrong = MISSPELT[case]
    done = run(project, playbook, "-e", json.dumps({"mailplus_hosts": pattern}), failing=True)
    told = f"mailplus_hosts names {wrong}, which is no host and no group of {project.directory}/hosts.yml."
    assert told in said(done)
    assert "Traceback" not in done.output
    assert done.results == []
    assert requests_of(fleet) == {}
    assert not (project.directory / "state").exists()


ASKED: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "group": (("-e", "mailplus_hosts=nas"), {"one", "two"}),
    "pattern": (("-e", "mailplus_hosts=all:!web"), {"one", "two"}),
    "list": (("-e", "{mailplus_hosts: [nas, '!one']}"), {"two"}),
    "names": (("-e", "mailplus_hosts=one,nas,!web,nosuch*,&all"), {"one", "two"}),
    "colons": (("-e", "mailplus_hosts=one:two:web:!web1"), {"one", "two"}),
    "subscript": (("-e", "mailplus_hosts=nas[0:0],ungrouped"), {"one"}),
    "regular expression": (("-e", "mailplus_hosts=~^(one|nosuch)$,~nosuch"), {"one"}),
    "limit": (("-e", "mailplus_hosts=nas", "--limit", "one,web1"), {"one"}),
    "limit in a file": (("-e", "mailplus_hosts=nas", "--limit", "@limit.txt"), {"two"}),
    "all": (("-e", "mailplus_hosts=all", "--limit", "!web"), {"one", "two"}),
}


@pytest.mark.parametrize("case", ASKED)
def test_the_hosts_that_are_asked(project: Project, fleet: Fleet, case: str) -> None:
    arguments, expected = ASKED[case]
    project.write("limit.txt", "two\n")
    run(project, "gather", *arguments)
    assert set(requests_of(fleet)) == expected


@pytest.mark.parametrize("pattern", ["one,2001:db8::1,none", ["one:none", "2001:db8::1"], "all:none"])
def test_names_that_are_split_with_care(project: Project, pattern: object) -> None:
    odd: dict[str, dict[str, object]] = {"one": {}, "2001:db8::1": {}}
    project.write("odd.json", json.dumps({"odd": {"hosts": odd}, "none": {"hosts": {}}}))
    given = json.dumps({"mailplus_hosts": pattern})
    done = run(project, "state", "-i", "odd.json", "-e", given, "--list-hosts")
    assert {line.strip() for line in done.output.splitlines()} >= {*odd}
    assert "Could not match" not in done.output


def test_an_imported_playbook_takes_its_hosts_from_there(project: Project, fleet: Fleet) -> None:
    imported = {"ansible.builtin.import_playbook": "mailfleet.mailplus.state", "vars": {"mailplus_hosts": "one"}}
    project.play([imported])
    assert set(requests_of(fleet)) == {"one"}
