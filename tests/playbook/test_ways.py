# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module in every way to run it, with the same answer; and where it then runs."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, select
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    CONNECTION,
    FACTS,
    HERE,
    JUMP_HOST,
    MODULES,
    SECTIONS,
    debug,
    inventory,
    module_task,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Ansible, Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

# The controller as an inventory may have it, and as it could not run a module.
CRIPPLED_CONTROLLER = {"ansible_connection": "local", "ansible_python_interpreter": "/nonexistent/python"}
IN_THE_WORKER: dict[str, dict[str, Any]] = {
    "action": {},
    "check": {"check_mode": True},
    "diff": {"diff": True},
    "local": {"connection": "local"},
    "to_localhost": {"delegate_to": "localhost"},
    "to_127_0_0_1": {"delegate_to": "127.0.0.1"},
    "to_controller": {"delegate_to": "controller"},
    "to_controller_check": {"delegate_to": "controller", "check_mode": True},
}
ON_THE_JUMP_HOST: dict[str, dict[str, Any]] = {
    "to_jump_host": {"delegate_to": "jump_host"},
    "to_jump_host_check": {"delegate_to": "jump_host", "check_mode": True},
}
AS_MODULE: dict[str, dict[str, Any]] = {"module": {}}
WAYS = {**IN_THE_WORKER, **ON_THE_JUMP_HOST, **AS_MODULE}


@dataclass(frozen=True)
class Asked:
    """What was asked in a group of ways."""

    run: Run
    fleet: Fleet


@pytest.fixture(scope="module")
def in_the_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    tasks = [
        task(f"{module} {way}", module, **keywords) for module in MODULES for way, keywords in IN_THE_WORKER.items()
    ]
    with fleet_of_one() as fleet:
        yield Asked(ask(tmp_path_factory, fleet, tasks), fleet)


@pytest.fixture(scope="module")
def as_modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    connection = {**CONNECTION, "host": "{{ ansible_host }}"}
    tasks = []
    for module in MODULES:
        tasks += [task(f"{module} {way}", module, **keywords) for way, keywords in ON_THE_JUMP_HOST.items()]
        tasks += [module_task(f"{module} {way}", module, connection, **keywords) for way, keywords in AS_MODULE.items()]
    with fleet_of_one() as fleet:
        yield Asked(ask(tmp_path_factory, fleet, tasks), fleet)


def fleet_of_one() -> Any:
    """The same rows at the same time, whenever it is made."""
    return run_fleet({"now": "2026-01-31T09:45:00Z", "nas": {"one": {}}})


def ask(tmp_path_factory: pytest.TempPathFactory, fleet: Fleet, tasks: list[Data]) -> Run:
    ansible = Ansible(tmp_path_factory.mktemp("ansible"))
    hosts = inventory(fleet, jump_host=JUMP_HOST, controller=CRIPPLED_CONTROLLER)
    return ansible.play([play(*tasks)], hosts)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("way", [way for way in WAYS if way != "action"])
def test_all_ways_give_the_same_answer(in_the_worker: Asked, as_modules: Asked, module: str, way: str) -> None:
    asked = in_the_worker if way in IN_THE_WORKER else as_modules
    assert answer(asked.run, module, way) == answer(in_the_worker.run, module, "action")


@pytest.mark.parametrize("module", MODULES)
def test_an_answer_has_its_sections(in_the_worker: Asked, module: str) -> None:
    returned = in_the_worker.run.ok(f"{module} action")
    sections = returned["ansible_facts"]["mailplus"]["sections"] if module == FACTS else returned
    assert [name for name in sections if name in BY_NAME] == SECTIONS[module]
    assert {sections[name]["status"] for name in SECTIONS[module]} == {"ok"}


def answer(run: Run, module: str, way: str) -> Data:
    """What a way gave, without what depends on the moment and on who ran it."""
    returned = copy.deepcopy(run.ok(f"{module} {way}"))
    facts = returned.get("ansible_facts", {}).get("mailplus", {})
    facts.pop("collected_at", None)
    facts.get("server", {}).pop("port", None)  # each group of ways has a fleet of its own
    for section in (returned.get("queue"), facts.get("sections", {}).get("queue")):
        if section:
            del section["summary"]["oldest_age_seconds"]
    ours = {key for key in returned if key in (*BY_NAME, "ansible_facts", "changed")}
    own = {key: value for key, value in returned.items() if key in ours}
    other = {key for key in returned if not key.startswith("_")} - ours
    assert other <= {"warnings", "deprecations", "invocation"}
    assert not returned.get("warnings")
    assert not returned.get("invocation")
    assert not returned.get("deprecations")
    return own


def test_in_the_worker_no_process_is_started(in_the_worker: Asked) -> None:
    """Neither on the NAS, where SSH and Python are out of reach, nor on the controller."""
    assert in_the_worker.run.jump_commands == []
    assert not (in_the_worker.run.directory / "remote-tmp").exists()


def test_delegated_it_runs_on_the_jump_host(as_modules: Asked) -> None:
    assert as_modules.run.modules_on_jump_host == set(MODULES)


def test_each_task_logs_in_once_and_out_again(in_the_worker: Asked, as_modules: Asked) -> None:
    for asked, ways in ((in_the_worker, IN_THE_WORKER), (as_modules, {**ON_THE_JUMP_HOST, **AS_MODULE})):
        nas = asked.fleet["one"]
        assert nas.login_attempts == len(MODULES) * len(ways)
        assert nas.sessions == []
        assert nas.writes == []


@pytest.mark.parametrize("asked", ["in_the_worker", "as_modules"])
def test_nothing_secret_is_in_a_url(asked: str, request: pytest.FixtureRequest) -> None:
    requests = request.getfixturevalue(asked).fleet["one"].requests
    assert {(r.method, r.url, bool(r.query)) for r in requests} == {("POST", "/webapi/entry.cgi", False)}


def test_facts_are_three_requests_on_one_connection(ansible: Ansible) -> None:
    with fleet_of_one() as fleet:
        ask_least = play(task("Ask", FACTS, {"gather_subset": ["min"]}))
        facts = ansible.play([ask_least], inventory(fleet)).facts("Ask")
        nas = fleet["one"]
    least = select(["min"])
    assert list(facts["sections"]) == [section.name for section in least]
    assert [(r.method, r.url, r.api, r.api_method) for r in nas.requests] == [
        ("POST", "/webapi/entry.cgi", "SYNO.API.Auth", "login"),
        ("POST", "/webapi/entry.cgi", "SYNO.Entry.Request", "request"),
        ("POST", "/webapi/entry.cgi", "SYNO.API.Auth", "logout"),
    ]
    assert len({r.connection for r in nas.requests}) == 1
    # Of a list that comes in pages, the row behind the first page as well.
    reads = [read for section in least for read in [section.reads[0]] * (2 if section.is_log else 1)]
    assert [(item["api"], item["method"]) for item in nas.requests[1].items] == [
        (read.api, read.method) for read in reads
    ]
    assert [item["limit"] for item in nas.requests[1].items if "limit" in item] == [50, 1]
    assert nas.login_attempts == 1
    assert nas.sessions == []
    assert nas.writes == []


def test_a_whole_play_in_check_mode(ansible: Ansible) -> None:
    with fleet_of_one() as fleet:
        run = ansible.play([play(task("Ask", FACTS))], inventory(fleet), "--check", "--diff")
    assert run.facts("Ask")["sections"]["queue"]["status"] == "ok"


def test_async_is_refused_in_one_line(ansible: Ansible) -> None:
    with fleet_of_one() as fleet:
        ask_in_background = task("Ask", FACTS) | {"async": 10, "poll": 1}
        run = ansible.play([play(ask_in_background)], inventory(fleet), "-vvvv", failing=True)
        assert fleet["one"].requests == []
    assert re.search(r"async is not supported|does not support async", run.failed("Ask")["msg"])
    assert "\n" not in run.failed("Ask")["msg"].strip()


def test_a_module_does_nothing_that_is_deprecated(ansible: Ansible) -> None:
    with fleet_of_one() as fleet:
        ansible.play([play(task("Ask", FACTS, delegate_to="jump_host"))], inventory(fleet, jump_host=JUMP_HOST))


def test_a_warning_reaches_the_user_in_every_way(ansible: Ansible) -> None:
    text = "None of the sections exists on this NAS"
    with run_fleet({"nas": {"one": {"package": False}}}) as fleet:
        connection = {**CONNECTION, "host": "{{ ansible_host }}"}
        tasks = [
            task("Action", FACTS),
            task("Delegated", FACTS, delegate_to="jump_host"),
            module_task("Module", FACTS, connection),
        ]
        warnings = [text]
        hosts = inventory(fleet, jump_host=JUMP_HOST)
        for each in tasks:
            assert text in " ".join(ansible.play([play(each)], hosts, expected_warnings=warnings).output.split())


def test_the_jump_host_s_failure_is_told(ansible: Ansible) -> None:
    with run_fleet({"nas": {"one": {"accounts": [{"login_error": 407}]}}}) as fleet:
        run = ansible.play(
            [play(task("Ask", FACTS, delegate_to="jump_host"))],
            inventory(fleet, jump_host=JUMP_HOST),
            failing=True,
        )
        assert fleet["one"].login_attempts == 1
    assert run.failed("Ask")["error"]["name"] == "address_blocked"


def test_delegated_facts_go_to_the_delegate(ansible: Ansible) -> None:
    with fleet_of_one() as fleet:
        tasks = [
            task("Ask", FACTS, delegate_to="controller", delegate_facts=True),
            debug("Look", "{{ hostvars.controller.ansible_facts.mailplus.server }}"),
        ]
        run = ansible.play([play(*tasks)], inventory(fleet, controller={**CRIPPLED_CONTROLLER, **HERE}))
        assert run.ok("Look")["msg"]["port"] == fleet["one"].port
