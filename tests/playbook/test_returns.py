# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules return, compared with their own RETURN, on NAS that are well, and on NAS that are not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    CONNECTION,
    FACTS,
    MODULES,
    inventory,
    module_task,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.returns import Documented, deviations, documented
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import FAST, Ansible, Data, Run, TaskResult
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet

PREFIX = "SYNO.MailPlusServer."
# What no summary can be made of.
VAGUE_ROWS = {"rename": {"time": "t", "status": "s", "recipient": "r", "description": "d", "type": "y", "event": "e"}}
FLEET: dict[str, dict[str, Any]] = {
    "healthy": {},
    "old": {"dsm": 6, "versions": "listed"},
    "pair": {"cluster": "pair"},
    "vague": dict.fromkeys(("queue", "admin_log", "transaction_log"), VAGUE_ROWS),
    "empty": {name: {"total": 0} for name in ("queue", "admin_log", "transaction_log")},
    "wordless": {
        "data": {
            f"{PREFIX}{api}": {"list": {"items": "__absent__", "log_list": "__absent__", "total": "__absent__"}}
            for api in ("Queue", "Audit.AdminLog", "Audit.TransactionLog")
        }
        | {f"{PREFIX}ServerList": {"list": {"server_list": "__absent__"}}}
    },
    "hostile": {"hostile": True},
    "damaged": {"faults": [{"fault": "not_utf8", "api": "SYNO.Entry.Request"}]},
    "forbidden": {
        "accounts": [{"role": "delegated"}],
        "permissions": {f"{PREFIX}Queue": 105, f"{PREFIX}SMTP.General": 402},
    },
    "all_forbidden": {"accounts": [{"role": "user"}]},
    "unsupported": {"package": False},
    "busy": {"faults": [{"fault": "error", "code": 117, "api": f"{PREFIX}{api}"} for api in ("Queue", "Report")]},
    "cut_short": {"faults": [{"fault": "cut_text", "api": "SYNO.Entry.Request"}]},
    "unreachable": {"unreachable": True},
    "stuck": {
        "queue": {"total": 1200},
        "transaction_log": {"total": 1200},
        # The first page comes, no other does.
        "faults": [
            {"fault": "close", "api": f"{PREFIX}{api}", "after": 1} for api in ("Queue", "Audit.TransactionLog")
        ],
    },
    "stuck_later": {
        "queue": {"total": 1200},
        "transaction_log": {"total": 1200},
        # The narrow questions before got all of their two pages, mailplus_facts gets one.
        "faults": [{"fault": "close", "api": f"{PREFIX}Queue", "after": 3}],
    },
    "refused": {"accounts": [{"login_error": 401}]},
}
WARNINGS = (
    "None of the sections exists on this NAS",
    "The session was not closed",
    "Not all sections were read",
    "rows were read of a list that changed meanwhile",
)


# A module takes a process each, so only a few NAS are asked that way too.
AS_MODULE = ("healthy", "forbidden", "stuck", "refused")


@pytest.fixture(scope="module")
def run_as_action(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(Ansible(tmp_path_factory.mktemp("ansible")), FLEET, task, {})


@pytest.fixture(scope="module")
def run_as_module(tmp_path_factory: pytest.TempPathFactory) -> Run:
    connection = {**CONNECTION, "host": "{{ ansible_host }}"}
    return run(Ansible(tmp_path_factory.mktemp("ansible")), AS_MODULE, module_task, connection)


def run(ansible: Ansible, names: Iterable[str], make: Callable[..., Data], connection: Mapping[str, str]) -> Run:
    """All modules on the named NAS, lists as long as they are."""
    tasks = []
    for module in MODULES:
        rows = {"limit": -1} if module in (FACTS, "mailplus_log_info", "mailplus_queue_info") else {}
        keys = {"check_keys": True} if module == FACTS else {}
        tasks.append(make(module, module, {**connection, **rows, **keys}, ignore_errors=True))
    with run_fleet({"nas": {name: FLEET[name] for name in names}}) as fleet:
        return ansible.play([play(*tasks)], inventory(fleet), environment=FAST, expected_warnings=WARNINGS)


def pairs(names: Iterable[str]) -> Iterator[Any]:
    """Every NAS with every module."""
    for nas, module in itertools.product(names, MODULES):
        yield pytest.param(nas, module, id=f"{nas}-{module}")


@pytest.mark.parametrize(("nas", "module"), list(pairs(FLEET)))
def test_a_result_is_as_documented(run_as_action: Run, nas: str, module: str) -> None:
    assert deviations_of(run_as_action.result(module, nas)) == []


@pytest.mark.parametrize(("nas", "module"), list(pairs(AS_MODULE)))
def test_a_result_is_as_documented_as_module(run_as_module: Run, nas: str, module: str) -> None:
    assert deviations_of(run_as_module.result(module, nas)) == []


def deviations_of(result: TaskResult) -> list[str]:
    return deviations(documented(result.task), result.returned, failed=result.status == "failed")


def test_the_fleet_shows_every_status(run_as_action: Run) -> None:
    """So that the comparisons above compare something."""
    for module in MODULES:
        assert {run_as_action.result(module, nas).status for nas in FLEET} == {"ok", "failed"}
    sections = run_as_action.facts(FACTS, "forbidden")["sections"]
    assert {envelope["status"] for envelope in sections.values()} == {"ok", "forbidden"}
    assert run_as_action.facts(FACTS, "stuck_later")["sections"]["queue"]["status"] == "failed"
    assert run_as_action.facts(FACTS, "vague")["sections"]["queue"]["summary"]["by_status"] is None
    assert run_as_action.facts(FACTS, "wordless")["sections"]["queue"]["returned"] is None
    unsupported = run_as_action.facts(FACTS, "unsupported")["sections"]
    assert {envelope["status"] for envelope in unsupported.values()} == {"unsupported"}


def test_the_validator_finds_what_is_wrong() -> None:
    described: Documented = {
        "a": {"description": "Number.", "type": "int", "returned": "always"},
        "b": {"description": "Text. Null where unknown.", "type": "str", "returned": "always"},
        "c": {
            "description": "Rows.",
            "type": "list",
            "elements": "dict",
            "returned": "on success",
            "contains": {"d": {"description": "A truth.", "type": "bool", "returned": "always"}},
        },
    }
    assert deviations(described, {"a": 1, "b": None, "c": [{"d": True}], "changed": False}, failed=False) == []
    assert deviations(described, {"a": 1, "b": "x"}, failed=True) == []
    wrong = {"a": None, "b": 1, "c": [{"d": 1}, 2, {}], "e": 1}
    assert deviations(described, wrong, failed=False) == [
        "e is not documented",
        "a is null, which its description does not mention",
        "b is int, not str",
        "c[0].d is int, not bool",
        "c[1] is int, not dict",
        "c[2].d is missing, though returned always",
    ]
    assert deviations(described, {"a": True}, failed=False) == [
        "a is bool, not int",
        "b is missing, though returned always",
        "c is missing, though returned on success",
    ]
    assert deviations(described, {"a": 1, "b": "", "c": []}, failed=True) == ["c is there, though returned on success"]
