# SPDX-License-Identifier: GPL-3.0-or-later
"""Many NAS in one play: whatever happens on one, the others carry on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    FACTS,
    JUMP_HOST,
    UNTOUCHABLE,
    connection_vars,
    debug,
    inventory,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Ansible
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

FAILING: dict[str, tuple[dict[str, Any], str]] = {
    "gone": ({"unreachable": True}, "connection_refused"),
    "silent": ({"unresponsive": True}, "timeout"),
    "locked": ({"accounts": [{"login_error": 411}]}, "account_locked"),
    "broken": ({"faults": [{"fault": "html"}]}, "not_json"),
}
WELL = {f"well{number}": {"queue": {"total": number}} for number in range(6)}
WAYS: dict[str, tuple[dict[str, Any], int]] = {
    "linear, 10 forks": ({"strategy": "ansible.builtin.linear"}, 10),
    "linear, 1 fork": ({"strategy": "ansible.builtin.linear"}, 1),
    "free, 10 forks": ({"strategy": "ansible.builtin.free"}, 10),
    "free, 1 fork": ({"strategy": "ansible.builtin.free"}, 1),
    "host_pinned": ({"strategy": "ansible.builtin.host_pinned"}, 5),
    "serial": ({"serial": [5, "50%"]}, 5),
    "throttle": ({"throttle": 2}, 5),
}


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    # The failing ones come first in some batches and last in others.
    names = ("well0", "gone", "well1", "silent", "well2", "locked", "well3", "broken", "well4", "well5")
    described = {name: WELL[name] if name in WELL else FAILING[name][0] for name in names}
    with run_fleet({"nas": described}) as fleet:
        yield fleet


@pytest.mark.parametrize("way", WAYS)
def test_a_failing_nas_does_not_stop_the_others(ansible: Ansible, fleet: Fleet, way: str) -> None:
    keywords, forks = WAYS[way]
    asks = (task("Ask", FACTS, {"timeout": 0.5}), debug("After", "{{ ansible_facts.mailplus.sections.queue.total }}"))
    run = ansible.play([play(*asks, **keywords)], inventory(fleet), "--forks", str(forks), failing=True)
    for name in WELL:
        assert run.facts("Ask", name)["server"]["port"] == fleet[name].port
        assert int(run.ok("After", name)["msg"]) == WELL[name]["queue"]["total"]
    for name, (_described, error) in FAILING.items():
        assert run.failed("Ask", name)["error"]["name"] == error
        assert [result for result in run.results if (result.task, result.host) == ("After", name)] == []
    check_logins(fleet)


def check_logins(fleet: Fleet) -> None:
    """Each NAS that listens was logged in to once, and out again."""
    assert {name: nas.login_attempts for name, nas in fleet.items() if name in WELL} == dict.fromkeys(WELL, 1)
    assert fleet["locked"].login_attempts == 1
    assert [name for name, nas in fleet.items() if nas.sessions or nas.writes] == []


def test_a_loop_over_hosts_in_one_task(ansible: Ansible, fleet: Fleet) -> None:
    ask = task(
        "Ask",
        "mailplus_queue_info",
        {
            "host": "{{ hostvars[item].ansible_host }}",
            "port": "{{ hostvars[item].nas_port }}",
            "ca_path": "{{ hostvars[item].nas_ca_path }}",
            "timeout": 0.5,
        },
        loop="{{ groups.nas }}",
        register="answers",
        ignore_errors=True,
    )
    hosts = inventory(fleet, one={**UNTOUCHABLE, **connection_vars(fleet, fleet["well0"])})
    run = ansible.play([play(ask, hosts="one")], hosts)
    results = {result["item"]: result for result in run.failed("Ask")["results"]}
    assert {name: results[name]["queue"]["total"] for name in WELL} == {n: WELL[n]["queue"]["total"] for n in WELL}
    assert {name: results[name]["error"]["name"] for name in FAILING} == {n: FAILING[n][1] for n in FAILING}
    check_logins(fleet)


def test_a_failure_can_be_rescued(ansible: Ansible, fleet: Fleet) -> None:
    rescued = {
        "name": "Block",
        "block": [task("Ask", FACTS, {"timeout": 0.5})],
        "rescue": [debug("Why", "{{ ansible_failed_result.error.name }}")],
    }
    run = ansible.play([play(rescued)], inventory(fleet))
    assert {name: run.ok("Why", name)["msg"] for name in FAILING} == {name: FAILING[name][1] for name in FAILING}
    check_logins(fleet)


MISTYPED = "S1mulated-One"
REFUSING = "DSM refused the login: no such account, or wrong password"
NOT_ASKED = "was not asked: DSM refused the same credentials on 3 hosts (127.0.0.1:"


@pytest.fixture(scope="module")
def sixty() -> Iterator[Fleet]:
    with run_fleet({"nas": {"nas": {"count": 60, "https": False}}}) as fleet:
        yield fleet


def with_password(fleet: Fleet, password: str, *names: str) -> dict[str, Any]:
    """The inventory, with another password on these hosts, or on all."""
    hosts = inventory(fleet)
    for name in names or fleet:
        hosts["nas"]["hosts"][name]["nas_password"] = password
    return hosts


def login_attempts(fleet: Fleet) -> int:
    attempts = sum(nas.login_attempts for nas in fleet.values())
    for nas in fleet.values():
        nas.reset()
    return attempts


def test_a_mistyped_password_is_not_sent_to_the_whole_fleet(ansible: Ansible, sixty: Fleet) -> None:
    run = ansible.play([play(task("Ask", FACTS))], with_password(sixty, MISTYPED), "--forks", "50", failing=True)
    assert login_attempts(sixty) == 3
    messages = [run.failed("Ask", name)["msg"] for name in sixty]
    assert len([message for message in messages if message.startswith(REFUSING)]) == 3
    assert len([message for message in messages if NOT_ASKED in message]) == 57
    assert MISTYPED not in run.output


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_a_refused_login_is_not_repeated_by_other_tasks(ansible: Ansible, sixty: Fleet, strategy: str) -> None:
    names = [*sixty][:5]
    tasks = [
        task("Ask", FACTS, ignore_errors=True),
        task("Again", FACTS, ignore_errors=True),
        task("Until", "mailplus_queue_info", ignore_errors=True, until=False, retries=1, delay=0),
        task("Delegated", FACTS, ignore_errors=True, delegate_to="jump_host"),
    ]
    hosts = inventory(sixty, names, jump_host=JUMP_HOST)
    for name in names:
        hosts["nas"]["hosts"][name]["nas_password"] = MISTYPED
    plays = [play(*tasks, strategy=f"ansible.builtin.{strategy}"), play(task("Later", FACTS, ignore_errors=True))]
    run = ansible.play(plays, hosts, "--forks", "10")
    assert login_attempts(sixty) == 3
    for name in names:
        assert {run.failed(ask, name)["error"]["kind"] for ask in ("Ask", "Again", "Until", "Later")} <= {
            "login",
            "local",
        }
        assert {run.failed(ask, name)["error"]["name"] for ask in ("Again", "Delegated", "Later")} == {"not_asked"}


def test_a_delegated_task_does_not_send_a_mistyped_password_to_the_whole_fleet(ansible: Ansible, sixty: Fleet) -> None:
    names = [*sixty][:6]
    hosts = inventory(sixty, names, jump_host=JUMP_HOST)
    for name in names[1:]:
        hosts["nas"]["hosts"][name]["nas_password"] = MISTYPED
    ask = task("Ask", FACTS, ignore_errors=True, delegate_to="jump_host")
    run = ansible.play([play(ask)], hosts, "--forks", "1")
    assert run.result("Ask", names[0]).status == "ok"
    assert "by way of jump_host was not asked: DSM refused" in run.failed("Ask", names[5])["msg"]
    assert login_attempts(sixty) == 1 + 3


def test_nas_that_refuse_what_others_accept_do_not_stop_a_fleet(ansible: Ansible, sixty: Fleet) -> None:
    names = [*sixty]
    refusing = names[1:60:4]
    for name in refusing:
        sixty[name].faults.add("error", api="SYNO.API.Auth", method="login", code=400)
    run = ansible.play([play(task("Ask", FACTS))], inventory(sixty), "--forks", "50", failing=True)
    assert {name for name in names if run.result("Ask", name).status == "failed"} == set(refusing)
    assert login_attempts(sixty) == 60


def test_other_credentials_are_asked_with(ansible: Ansible, sixty: Fleet) -> None:
    mistyped = [*sixty][:6]
    ask = task("Ask", FACTS, ignore_errors=True)
    run = ansible.play([play(ask)], with_password(sixty, MISTYPED, *mistyped), "--forks", "6")
    assert [name for name in sixty if run.result("Ask", name).status == "failed"] == mistyped
    assert login_attempts(sixty) == 3 + 54


def test_hosts_that_do_not_answer_do_not_hold_up_a_fleet(ansible: Ansible) -> None:
    described = {"silent": {"count": 4, "unresponsive": True}, "well": {"count": 3, "https": False}}
    with run_fleet({"nas": described}) as fleet:
        ask = task("Ask", FACTS, {"timeout": 20}, ignore_errors=True)
        start = time.monotonic()
        hosts = inventory(fleet)
        run = ansible.play([play(ask, strategy="ansible.builtin.free")], hosts, "--forks", "10")
        assert time.monotonic() - start < 40
        assert {run.result("Ask", name).status for name in fleet if name.startswith("well")} == {"ok"}
