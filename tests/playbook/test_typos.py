# SPDX-License-Identifier: GPL-3.0-or-later
"""A typo is told before the first host is asked, and costs no file of an earlier run; nor does a NAS that is down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    ROLE,
    Project,
    hosts,
    requests_of,
    schema,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from jsonschema import Draft202012Validator

CHECK = "mailfleet.mailplus.mailplus_state : Check variables, policies and the baseline"
SUBSET = {"mailplus_state_subset": ["queue", "smtp_general"]}


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    with run_fleet({"nas": {"one": {}, "two": {}}}) as fleet:
        yield fleet


@pytest.fixture(scope="module")
def reported(everyone: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """What a run wrote that went well."""
    project = Project(tmp_path_factory.mktemp("typos"))
    project.write("hosts.yml", hosts(everyone, _variables(project)))
    project.play("mailfleet.mailplus.state")
    return project


def _variables(project: Project) -> Data:
    return {**LENIENT, **SUBSET, "mailplus_state_directory": str(project.directory / "state")}


def contents(project: Project) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (project.directory / "state").rglob("*") if path.is_file()}


# What is wrong, and what is said of it.
TYPOS: dict[str, tuple[Data, str]] = {
    "subset": ({"mailplus_state_subset": ["queue", "smtp_genral"]}, "smtp_general"),
    "ca_path": ({"mailplus_state_ca_path": "/nonexistent/ca.pem"}, "ca_path: /nonexistent/ca.pem does not exist"),
    "paths": ({"mailplus_state_paths": {"smtp_authentcation": "data.a"}}, "did you mean smtp_authentication?"),
    "overrides": ({"mailplus_state_overrides": {"queue_lenght": {"severity": "low"}}}, "did you mean queue_length?"),
    "exceptions": (
        {"mailplus_state_exceptions": [{"rule": "queue_lenght", "reason": "a", "expires": "2099-01-01"}]},
        "did you mean queue_length?",
    ),
    "name": ({"mailplus_state_polices": []}, "unknown mailplus_state_polices; did you mean mailplus_state_policies."),
    "prefix": ({"mailplus_stat_subset": []}, "unknown mailplus_stat_subset; did you mean mailplus_state_subset."),
}
TYPOS |= {
    "undefined": ({"mailplus_state_password": "{{ vault_passwrod }}"}, "vault_passwrod is undefined"),
    "undefined device": (
        {"mailplus_state_device_id": "{{ nowhere }}"},
        "mailplus_state_device_id: nowhere is undefined",
    ),
    "empty": ({"mailplus_state_password": ""}, "two: mailplus_state_password is empty."),
}
OF_ALL: dict[str, tuple[Data, str]] = {
    "policies": ({"mailplus_state_policies": ["nosuch.yml"]}, "policy nosuch.yml: there is no such file"),
    "baseline": ({"mailplus_state_baseline": "nosuch.json"}, "baseline nosuch.json: it cannot be read"),
    "directory": ({"mailplus_state_directory": "/dev/null/state"}, "cannot be written: /dev/null is no directory."),
    "history": ({"mailplus_state_history_runs": -1}, "mailplus_state_history_runs is 0 or more, not -1."),
    "files": ({"mailplus_state_files": {"promtheus": {}}}, "there is no format promtheus; did you mean prometheus."),
    "mode": (
        {"mailplus_state_files": {"prometheus": {"mode": 644}}},
        'prometheus: mode is three octal digits in quotes, such as "0644", not 644.',
    ),
    "place": (
        {"mailplus_state_files": {"html": {"directory": "/dev/null/html"}}},
        "html: directory /dev/null/html: /dev/null is no directory.",
    ),
    "group": ({"mailplus_state_files": {"html": {"group": "nosuch"}}}, "html: group nosuch: there is none"),
}


def check(project: Project, fleet: Fleet, given: Data, said: str, **each: Data) -> None:
    before = contents(project)
    project.write("hosts.yml", hosts(fleet, {**_variables(project), **given}, **each))
    run = project.play("mailfleet.mailplus.state", failing=True)
    (failed,) = (result for result in run.results if result.status == "failed")
    assert failed.task == CHECK
    assert said in failed.returned["msg"]
    assert "\n" not in failed.returned["msg"]
    assert "An exception occurred" not in run.output
    assert requests_of(fleet) == {}
    assert contents(project) == before


@pytest.mark.parametrize("typo", TYPOS)
def test_a_typo_at_one_host_costs_nothing(reported: Project, fleet: Fleet, typo: str) -> None:
    wrong, said = TYPOS[typo]
    check(reported, fleet, {}, said, two=wrong)


@pytest.mark.parametrize("typo", OF_ALL)
def test_a_typo_costs_nothing(reported: Project, fleet: Fleet, typo: str) -> None:
    wrong, said = OF_ALL[typo]
    check(reported, fleet, wrong, said)


def test_variables_of_ones_own_are_nobodys_typo(reported: Project, fleet: Fleet) -> None:
    own: dict[str, Any] = {"mailplus_host": "a", "mailplus_port": 1, "mailplus_policies": [], "mailplus_stats": 1}
    reported.write("hosts.yml", hosts(fleet, {**_variables(reported), **own}))
    reported.play("mailfleet.mailplus.state")


def test_a_nas_that_is_down_does_not_cost_its_last_state(tmp_path: Path, fleet: Fleet) -> None:
    project = Project(tmp_path)
    variables = _variables(project)
    project.write("hosts.yml", hosts(fleet, variables))
    project.play("mailfleet.mailplus.state")
    good = project.read("state/hosts/two.json")
    assert good["last_read"] == good["mailplus"]["collected_at"]
    project.write("hosts.yml", hosts(fleet, variables, two={"mailplus_state_port": 1}))
    for playbook in ("state", "gather", "report"):
        project.play(f"mailfleet.mailplus.{playbook}")
        failed = project.read("state/fleet.json")["hosts"]["two"]
        assert (failed["status"], failed["last_read"]) == ("failed", good["last_read"])
        assert project.read("state/last_good/two.json") == good
        Draft202012Validator(schema("state")).validate(failed)
    project.write("hosts.yml", hosts(fleet, variables))
    project.play("mailfleet.mailplus.gather")
    assert project.read("state/hosts/two.json")["status"] == "ok"
    assert list((tmp_path / "state" / "last_good").iterdir()) == []


@pytest.mark.parametrize("place", ["environment", "module_defaults", "nowhere"])
def test_a_login_from_elsewhere_is_no_typo(tmp_path: Path, fleet: Fleet, place: str) -> None:
    project = Project(tmp_path)
    inventory = hosts(fleet, _variables(project))
    login = {}
    for found in inventory["nas"]["hosts"].values():
        login = {"username": found.pop("mailplus_state_username"), "password": found.pop("mailplus_state_password")}
    project.write("hosts.yml", inventory)
    defaults = {"group/mailfleet.mailplus.mailplus": login} if place == "module_defaults" else {}
    environment = {f"MAILPLUS_{name.upper()}": f"{login[name]}" for name in login} if place == "environment" else {}
    play = {"hosts": "nas", "gather_facts": False, "module_defaults": defaults, "roles": [ROLE]}
    run = project.play([play], environment=environment, failing=place == "nowhere")
    if place == "nowhere":
        assert "one: mailplus_state_username is not set, and neither is MAILPLUS_USERNAME." in run.output
        assert requests_of(fleet) == {}
