# SPDX-License-Identifier: GPL-3.0-or-later
"""Many NAS in one play: whatever happens on one, the others carry on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.plays import (
    FACTS,
    UNTOUCHABLE,
    connection_vars,
    debug,
    inventory,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.running import Ansible
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
