# SPDX-License-Identifier: GPL-3.0-or-later
"""One read by name through ansible-playbook; and what must never be sent, by inventory, role and policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.tests.playbook.support import project as projects
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    CONNECTION,
    JUMP_HOST,
    inventory,
    module_task,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import PREFIX, QUEUE, Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.returns import deviations, documented
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Ansible, Data, Run, Unsafe
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.methods import NEVER

MODULE = "mailplus_api_info"
DETAIL = PREFIX + "Account.Detail"
CHECK = {"api": "Cluster", "method": "check_health"}
# What a task asks, and why it fails where it does.
ASKED: dict[str, tuple[Data, str]] = {
    "rows": ({"api": "Queue", "method": "list", "params": {"offset": 1, "limit": 2}}, ""),
    "templated": ({"api": "{{ 'Queue' }}", "method": "list", "params": {"limit": "{{ 1 + 1 }}"}}, ""),
    "whole_name": ({"api": PREFIX + "Report", "method": "get"}, ""),
    "dsm": ({"api": "SYNO.DSM.Info", "method": "getinfo", "version": 2}, ""),
    "bare_list": ({"api": "Domain", "method": "list"}, ""),
    "check": ({**CHECK, "allow_checks": True}, ""),
    "no_parameter": ({"api": "Account.Detail", "method": "get"}, "code 114"),
    "forbidden": ({"api": "Disclaimer", "method": "get"}, "code 5615"),
}
REFUSED: dict[str, tuple[Data, str]] = {
    "write": ({"api": "Queue", "method": "flush_all"}, "method is 'flush_all'"),
    "never": ({"api": "Personal.Forward", "method": "get"}, "api is 'Personal.Forward'"),
    "typo": ({"api": "queue", "method": "list"}, "Did you mean Queue?"),
    "as_list": ({"api": ["Queue"], "method": "list"}, "api is text, not a list."),
    "version": ({"api": "Queue", "method": "list", "version": 9}, "is known in 1."),
    "check_unasked": (CHECK, "Set allow_checks to true"),
    "smuggled": ({"api": "Queue", "method": "list", "params": {"Method": "flush_all"}}, "Method is not a parameter"),
    "not_json": ({"api": "Queue", "method": "list", "params": '{"limit": NaN}'}, "cannot be sent as JSON"),
    "template": ({"api": Unsafe("{{ 7*7 }}"), "method": "list"}, "api is '{{ 7*7 }}'"),
    "nothing": ({}, "missing required arguments: api, method"),
}
IN_THE_WORKER: dict[str, Data] = {"action": {}, "check_mode": {"check_mode": True}}
# A module takes a process each, so only some are asked that way too.
AS_MODULE = ("rows", "bare_list", "no_parameter", "write", "never", "as_list", "smuggled", "not_json")
DELEGATED = ("rows", "no_parameter", "smuggled")
WAYS = {**dict.fromkeys(IN_THE_WORKER, (*ASKED, *REFUSED)), "module": AS_MODULE, "delegated": DELEGATED}


def ways(names: Iterable[str]) -> list[tuple[str, str]]:
    """Every way with what is asked in it."""
    return [(way, name) for way, asked in WAYS.items() for name in names if name in asked]


@dataclass(frozen=True)
class Played:
    run: Run
    fleet: Fleet


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Everything in every way, on one NAS."""
    connection = {**CONNECTION, "host": "{{ ansible_host }}"}
    tasks = []
    for way, name in ways(ASKED) + ways(REFUSED):
        options, lenient = {**ASKED, **REFUSED}[name][0], {"ignore_errors": True}
        if way == "module":
            tasks.append(module_task(f"{name} {way}", MODULE, {**connection, **options}, **lenient))
        else:
            more = IN_THE_WORKER.get(way, {"delegate_to": "jump_host"})
            tasks.append(task(f"{name} {way}", MODULE, options, **lenient, **more))
    nas = {"permissions": {f"{PREFIX}Disclaimer": 5615}, "faults": [bare_list()]}
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": {"one": nas}}) as fleet:
        hosts = inventory(fleet, jump_host=JUMP_HOST)
        yield Played(Ansible(tmp_path_factory.mktemp("ansible")).play([play(*tasks)], hosts), fleet)


def bare_list() -> Data:
    return {"fault": "answer", "api": f"{PREFIX}Domain", "method": "list", "data": [{"name": "example.com"}]}


def returned(played: Played, way: str, name: str) -> Data:
    """What a task returned, without what Ansible adds."""
    result = played.run.result(f"{name} {way}")
    found = result.returned
    keys = {"changed", "failed", "msg", "error", "asked", "answer"}
    assert {key for key in found if not key.startswith("_")} - keys <= {
        "warnings",
        "deprecations",
        "invocation",
        "exception",
    }
    return {key: found[key] for key in keys & set(found)} | {"failed": result.status == "failed"}


@pytest.mark.parametrize(("way", "name"), ways(ASKED))
def test_an_answer_is_the_same_in_every_way_and_as_documented(played: Played, way: str, name: str) -> None:
    options, why = ASKED[name]
    found = returned(played, way, name)
    assert found == returned(played, "action", name)
    assert deviations(documented(MODULE), found, failed=bool(why)) == []
    assert found["failed"] is bool(why), found
    assert why in found.get("msg", "")
    assert found["asked"]["method"] == options["method"]


@pytest.mark.parametrize(("way", "name"), ways(REFUSED))
def test_what_cannot_be_asked_fails_in_one_line(played: Played, way: str, name: str) -> None:
    found = returned(played, way, name)
    assert found["failed"] is True
    assert REFUSED[name][1] in found["msg"]
    assert len(found["msg"].strip().splitlines()) == 1
    assert found.get("error") is None


def test_values_of_a_playbook_reach_the_nas_as_what_they_are(played: Played) -> None:
    sent = [request.form for request in played.fleet["one"].requests if request.api == QUEUE]
    assert sent
    for form in sent:
        assert (form.get("offset"), form["limit"]) in (("1", "2"), (None, "2"), (None, '"2"'))


def test_nothing_but_what_was_asked_arrives(played: Played) -> None:
    nas = played.fleet["one"]
    pairs = {(request.api, request.api_method) for request in nas.requests}
    own = {("SYNO.API.Auth", "login"), ("SYNO.API.Auth", "logout")}
    assert pairs - own <= READ_ALLOWLIST
    assert len(pairs - own) == len(ASKED) - 1  # two of them ask the queue
    assert nas.login_attempts == len(ways(ASKED))
    assert nas.writes == []
    assert nas.sessions == []


# ----------------------------------------------------------------------------------- the inventory, the role, a policy

NAMES = sorted(
    {name for api, method in NEVER for name in (f"{api}.{method}", method, f"{api.removeprefix(PREFIX)}.{method}")}
)


def rule(number: int, section: str) -> Data:
    condition: Data = {"equals": True}
    return {"id": f"r{number}", "severity": "low", "section": section, "path": "data", "condition": condition}


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with run_fleet({"nas": {"one": {}}}) as found:
        yield found
        sent = {(item["api"], item["method"]) for request in found["one"].requests for item in request.items}
        assert sent <= READ_ALLOWLIST
        assert found["one"].writes == []


def test_an_inventory_sends_none(tmp_path: Path, fleet: Fleet) -> None:
    project = Project(tmp_path)
    nas = fleet["one"]
    connection: dict[str, Any] = {"username": nas.username, "password": nas.password, "ca_path": str(fleet.ca_path)}
    hosts = {"one": {"host": nas.host, "port": nas.port}}
    source = {"plugin": "mailfleet.mailplus.mailplus", "hosts": hosts, "connection": connection, "gather_subset": NAMES}
    project.write("fleet.mailplus.yml", source)
    run = project.command("ansible-inventory", "-i", "fleet.mailplus.yml", "--list")
    assert run.returncode != 0
    assert "unknown subset" in " ".join(run.output.split())
    assert nas.requests == []


def test_the_role_and_its_policies_send_none(tmp_path: Path, fleet: Fleet) -> None:
    project = Project(tmp_path)
    policy = {"name": "never", "rules": [rule(number, name) for number, name in enumerate(NAMES)]}
    project.write("hosts.yml", projects.hosts(fleet, projects.LENIENT))
    for variables in ({"mailplus_state_gather_subset": NAMES}, {"mailplus_state_policies": [policy]}):
        project.play([projects.play(projects.role(**variables))], failing=True)
        assert fleet["one"].requests == []
