# SPDX-License-Identifier: GPL-3.0-or-later
"""The role over each recording of ``tests/recordings``, and over one that the simulator serves by its command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import state_file
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    Project,
    hosts,
    schema,
    text_of,
)
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.reports.test_fuzzed_reports import check
from ansible_collections.mailfleet.mailplus.tests.unit.support.contributed import FILES, PLACE, fleet_of
from jsonschema import Draft202012Validator

SIMULATOR = "ansible_collections.mailfleet.mailplus.tests.simulator"
WRITTEN = tuple(name for files in FORMATS.values() for name in files)


@pytest.fixture(scope="module", params=FILES)
def everyone(request: pytest.FixtureRequest) -> Iterator[Fleet]:
    with run_fleet(fleet_of(request.param)) as fleet:
        yield fleet


def test_the_role_gathers_judges_and_reports_it(project: Project, fleet: Fleet) -> None:
    ((name, nas),) = fleet.items()
    variables = {"mailplus_state_directory": "state", "mailplus_state_subset": sorted(BY_NAME), **LENIENT}
    project.write("hosts.yml", hosts(fleet, variables))
    project.play("mailfleet.mailplus.state", expected_warnings=[""])  # whatever is to be said of this NAS
    state = json.loads(state_file(project.directory / "state", name).read_text(encoding="utf-8"))
    Draft202012Validator(schema("state")).validate(state)
    assert set(state["mailplus"]["sections"]) == set(BY_NAME)
    report = project.read("state/report.json")
    Draft202012Validator(schema("report")).validate(report)
    for file in WRITTEN:
        check(file, text_of(project.directory / "state" / file), report)
    assert (nas.login_attempts, nas.sessions, nas.writes) == (1, [], [])


def test_the_command_serves_it(project: Project) -> None:
    arguments = ["--recording", str(PLACE / FILES[0]), "--directory", str(project.directory), "--exit-with-parent"]
    with subprocess.Popen(
        [sys.executable, "-m", SIMULATOR, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as simulator:
        assert simulator.stdout is not None
        assert simulator.stdin is not None
        assert simulator.stdout.readline().startswith("ready: 1 NAS")
        inventory = yaml.safe_load((project.directory / "inventory.yml").read_text(encoding="utf-8"))
        ((name, connection),) = inventory["nas"]["hosts"].items()
        assert name == Path(FILES[0]).stem
        names = ("port", "https", "username", "password", "ca_path")
        given = {f"mailplus_state_{each}": connection[f"mailplus_{each}"] for each in names}
        project.write("role.yml", {**given, "mailplus_state_directory": "state"})
        project.play("mailfleet.mailplus.gather", "-i", "inventory.yml", "-e", "@role.yml", expected_warnings=[""])
        simulator.stdin.close()
    assert project.read("state/fleet.json")["hosts"][name]["status"] in ("ok", "partial")
