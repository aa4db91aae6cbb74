# SPDX-License-Identifier: GPL-3.0-or-later
"""Where options come from: the task, module_defaults, the environments of task and controller, the inventory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import CONNECTION_SPEC
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    CONNECTION,
    FACTS,
    GROUP,
    JUMP_HOST,
    NAMESPACE,
    UNTOUCHABLE,
    connection_vars,
    inventory,
    module_task,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import (
    FAST,
    Ansible,
    Data,
    Run,
    TaskResult,
    Unsafe,
)
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

QUEUE, LOG = "mailplus_queue_info", "mailplus_log_info"
OTP_CODES = ["112233", "445566", "778899", "101112"]
ACCOUNTS: list[dict[str, Any]] = [
    {"username": "first", "password": "First & password"},
    {"username": "second", "password": "Second {{ 7*7 }} päss'wörd\" %20"},
    {"username": "factor", "password": "x", "otp_codes": OTP_CODES},
    {"username": "device", "password": "y", "otp_codes": OTP_CODES, "devices": {"d3vice": "the controller"}},
]


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    lists = {"queue": {"total": 90}, "admin_log": {"total": 90}, "transaction_log": {"total": 90}}
    described = {
        "one": lists,
        "plain": {"https": False},
        "self_signed": {"certificate": "self_signed"},
        "silent": {"unresponsive": True},
    }
    with run_fleet({"defaults": {"accounts": ACCOUNTS}, "nas": described}) as fleet:
        yield fleet


def logins(nas: Nas, key: str) -> list[str | None]:
    """What the logins to a NAS had under ``key``."""
    return [request.form.get(key) for request in nas.requests if request.api_method == "login"]


def returned_rows(run: Run, name: str, section: str) -> int:
    rows: int = run.ok(name)[section]["returned"]
    return rows


def test_defaults_of_one_module_reach_no_other(ansible: Ansible, fleet: Fleet) -> None:
    defaults = {
        GROUP: CONNECTION,
        f"{NAMESPACE}.{QUEUE}": {"limit": 7},
        f"{NAMESPACE}.{FACTS}": {"limit": 3, "gather_subset": ["queue"]},
        f"{NAMESPACE}.mailplus_smtp_info": {"sections": ["smtp_security"]},
    }
    run = ansible.play(
        [
            play(
                task("Queue", QUEUE),
                task("Own", QUEUE, {"limit": 9}),
                task("Log", LOG),
                task("Facts", FACTS),
                task("SMTP", "mailplus_smtp_info"),
                task("Core", "mailplus_info"),
                module_defaults=defaults,
            )
        ],
        inventory(fleet, ["one"]),
    )
    assert returned_rows(run, "Queue", "queue") == 7
    assert returned_rows(run, "Own", "queue") == 9
    assert returned_rows(run, "Log", "admin_log") == 50
    assert list(run.facts("Facts")["sections"]) == ["queue"]
    assert run.facts("Facts")["sections"]["queue"]["returned"] == 3
    assert {"smtp_general", "smtp_security"} & set(run.ok("SMTP")) == {"smtp_security"}
    assert run.ok("Core")["core"]["status"] == "ok"


def test_the_task_comes_before_defaults_before_the_environment(ansible: Ansible, fleet: Fleet) -> None:
    controller = {"MAILPLUS_SESSION_NAME": "controller", "MAILPLUS_DEVICE_NAME": "controller"}
    environment = {"MAILPLUS_SESSION_NAME": "environment"}
    defaults = {GROUP: CONNECTION}
    named = {GROUP: CONNECTION, f"{NAMESPACE}.{QUEUE}": {"session_name": "defaults"}}
    grouped = {GROUP: {**CONNECTION, "session_name": "group"}}
    tasks = [
        task("1", QUEUE, module_defaults=defaults),
        task("2", QUEUE, module_defaults=defaults, environment=environment),
        task("3", QUEUE, module_defaults=grouped, environment=environment),
        task("4", QUEUE, module_defaults={**grouped, **named}, environment=environment),
        task("5", QUEUE, {"session_name": "task"}, module_defaults={**grouped, **named}, environment=environment),
    ]
    ansible.play([play(*tasks)], inventory(fleet, ["one"]), environment=controller)
    assert logins(fleet["one"], "session") == ["controller", "environment", "group", "defaults", "task"]
    assert logins(fleet["one"], "device_name") == ["controller"] * 5


def test_without_ca_path_what_the_system_trusts_counts(ansible: Ansible, fleet: Fleet) -> None:
    connection = {name: value for name, value in CONNECTION.items() if name != "ca_path"}
    asked = play(task("Ask", FACTS, ignore_errors=True), module_defaults={GROUP: connection})
    hosts = inventory(fleet, ["one"])
    trusted = ansible.play([asked], hosts, environment={"SSL_CERT_FILE": str(fleet.ca_path)})
    assert trusted.facts("Ask")["server"]["https"] is True
    distrusted = ansible.play([asked], hosts)
    assert distrusted.failed("Ask")["error"]["name"] == "certificate_not_trusted"


# What is not resolved, and what the test below is about.
UNKNOWN = {("Ask", "named"), ("Delegated", "named"), ("Delegated", "127.0.0.1")}


def test_the_host_is_that_of_the_inventory(ansible: Ansible, fleet: Fleet) -> None:
    variables = connection_vars(fleet, fleet["one"])
    del variables["ansible_host"]
    hosts = {
        "127.0.0.1": variables,
        "plain": {**variables, "ansible_host": "127.0.0.1"},
        "templated": {**variables, "ansible_host": "{{ octets | join('.') }}", "octets": [127, 0, 0, 1]},
        "named": {**variables, "ansible_host": "nas1.invalid"},
    }
    asks = [
        task("Ask", FACTS, {"gather_subset": ["core"]}, ignore_errors=True),
        task("Delegated", FACTS, {"gather_subset": ["core"]}, ignore_errors=True, delegate_to="jump_host"),
    ]
    jump_host = {**JUMP_HOST, "ansible_host": "jump.invalid"}
    groups = {"nas": {"hosts": hosts}, "others": {"hosts": {"jump_host": jump_host}}}
    run = ansible.play([play(*asks)], groups)
    for ask in ("Ask", "Delegated"):
        asked = [run.facts(ask, name)["server"]["host"] for name in hosts if (ask, name) not in UNKNOWN]
        assert set(asked) == {"127.0.0.1"}
        assert run.failed(ask, "named")["msg"].startswith("The name nas1.invalid cannot be resolved.")


@pytest.mark.parametrize("delegate", ["localhost", "127.0.0.1", "controller", "jump_host"])
def test_a_delegated_task_asks_the_nas_and_not_the_delegate(ansible: Ansible, fleet: Fleet, delegate: str) -> None:
    variables = connection_vars(fleet, fleet["one"])
    del variables["ansible_host"]
    here = {"ansible_host": "127.0.0.1"}
    others = {"controller": {"ansible_connection": "local", **here}, "jump_host": {**JUMP_HOST, **here}}
    groups = {"nas": {"hosts": {"nas1.invalid": variables}}, "others": {"hosts": others}}
    ask = task("Ask", FACTS, delegate_to=delegate, ignore_errors=True)
    run = ansible.play([play(ask)], groups)
    assert fleet["one"].login_attempts == 0
    assert run.failed("Ask")["msg"].startswith("The name nas1.invalid cannot be resolved.")


def test_a_host_of_the_task_or_its_environment_comes_before_the_inventory(ansible: Ansible, fleet: Fleet) -> None:
    hosts = inventory(fleet, ["one"])
    hosts["nas"]["hosts"]["one"]["ansible_host"] = "nas1.invalid"
    subset = {"gather_subset": ["core"]}
    tasks = [
        task("Environment", FACTS, subset, environment={"MAILPLUS_HOST": "127.0.0.1"}),
        task("Task", FACTS, {**subset, "host": "127.0.0.1"}),
    ]
    run = ansible.play([play(*tasks)], hosts, environment={"MAILPLUS_HOST": "localhost"})
    asked = [run.facts(name)["server"]["host"] for name in ("Environment", "Task")]
    assert asked == ["127.0.0.1", "127.0.0.1"]


def test_a_host_of_the_controllers_environment_is_for_localhost_alone(ansible: Ansible, fleet: Fleet) -> None:
    """Or else a fleet would ask one NAS over and over, and every host would be well."""
    names = ("one", "plain", "self_signed")
    hosts = inventory(fleet, names, localhost={"ansible_connection": "local", **connection_vars(fleet, fleet["one"])})
    del hosts["others"]["hosts"]["localhost"]["ansible_host"]
    hosts["nas"]["hosts"]["named.invalid"] = {**hosts["nas"]["hosts"]["one"], "ansible_host": "named.invalid"}
    subset = {"gather_subset": ["core"]}
    asks = [
        task("Ask", FACTS, subset, ignore_errors=True),
        task("Delegated", FACTS, subset, ignore_errors=True, delegate_to="localhost"),
        module_task("Module", FACTS, subset, ignore_errors=True),
    ]
    environment = {"MAILPLUS_HOST": "127.0.0.1", "MAILPLUS_VALIDATE_CERTS": "false"}
    run = ansible.play([play(*asks, hosts="all")], hosts, environment=environment)
    ports = {name: run.facts("Ask", name)["server"]["port"] for name in names}
    assert ports == {name: fleet[name].port for name in names}
    for ask in ("Ask", "Delegated"):
        assert run.failed(ask, "named.invalid")["error"]["name"] == "name_not_resolved"
        assert run.facts(ask, "localhost")["server"]["host"] == "127.0.0.1"
    assert "host" in run.failed("Module", "one")["msg"].partition(" missing")[0]


def test_the_inventory_of_an_ipv6_address(ansible: Ansible) -> None:
    with run_fleet({"nas": {"six": {"address": "::1"}}}) as fleet:
        run = ansible.play([play(task("Ask", FACTS))], inventory(fleet))
    assert run.facts("Ask")["server"]["host"] == "::1"


@dataclass(frozen=True)
class Variable:
    """One MAILPLUS_ variable: a NAS that cannot be asked without it, or how else it shows that the variable worked.

    ``sent`` is what the login sends then, as key and value. ``options`` are what the environment sets.
    """

    name: str
    nas: str = "one"
    sent: tuple[str, str] | None = None
    message: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def environment(self, fleet: Fleet) -> dict[str, str]:
        nas = fleet[self.nas]
        place = {"host": nas.host, "port": nas.port, "ca_path": fleet.ca_path}
        options = {**place, "username": "second", "password": PASSWORDS["second"], **self.options}
        return {f"MAILPLUS_{name.upper()}": str(value) for name, value in options.items()}

    def check(self, result: TaskResult, nas: Nas) -> None:
        if self.message:
            assert self.message in result.returned["msg"]
            return
        assert result.status == "ok", result
        assert result.returned["core"]["status"] == "ok"
        if self.sent:
            assert self.sent[1] in logins(nas, self.sent[0])


PASSWORDS: dict[str, str] = {account["username"]: account["password"] for account in ACCOUNTS}
FACTOR = {"username": "factor", "password": "x", "otp_code": OTP_CODES[0]}
DEVICE = {"username": "device", "password": "y", "device_id": "d3vice", "device_name": "the controller"}
VARIABLES = (
    Variable("host"),
    Variable("port"),
    Variable("username", sent=("account", "first"), options={"username": "first", "password": PASSWORDS["first"]}),
    Variable("password", sent=("passwd", PASSWORDS["second"])),
    Variable("ca_path"),
    Variable("https", nas="plain", options={"https": "no"}),
    Variable("validate_certs", nas="self_signed", options={"validate_certs": "false"}),
    Variable("timeout", nas="silent", message="not answer within 0.25 seconds", options={"timeout": 0.25}),
    Variable("time_limit", nas="silent", message="longer than the time limit", options={"time_limit": 0.25}),
    Variable("max_answer_size", message="between 1 and 4096 MiB, not 0", options={"max_answer_size": 0}),
    Variable("otp_code", sent=("otp_code", OTP_CODES[0]), options=FACTOR),
    Variable("device_id", sent=("device_id", "d3vice"), options=DEVICE),
    Variable("device_name", sent=("device_name", "the controller"), options=DEVICE),
    Variable("session_name", sent=("session", "Another & name"), options={"session_name": "Another & name"}),
)
# Where the module runs.
PLACES: dict[str, Callable[..., Data]] = {
    "worker": task,
    "jump_host": partial(task, delegate_to="jump_host"),
    "module": module_task,
}
# The one host for which the environment of the controller may name the NAS.
SILENT_HOSTS = {"nas": {"hosts": {"localhost": UNTOUCHABLE}}, "others": {"hosts": {"jump_host": JUMP_HOST}}}


def test_there_is_a_test_for_every_variable() -> None:
    assert {variable.name for variable in VARIABLES} == set(CONNECTION_SPEC)


@pytest.mark.parametrize("place", PLACES)
def test_the_environment_of_the_task(ansible: Ansible, fleet: Fleet, place: str) -> None:
    tasks = []
    for variable in VARIABLES:
        # Passwords may look like templates.
        environment = {name: Unsafe(value) for name, value in variable.environment(fleet).items()}
        given = {"host": fleet[variable.nas].host} if place == "module" else {}  # which hosts of a play do not share
        tasks.append(PLACES[place](variable.name, "mailplus_info", given, environment=environment, ignore_errors=True))
    plays = [play(*tasks, module_defaults={})]
    run = ansible.play(plays, SILENT_HOSTS, environment=FAST)
    for variable in VARIABLES:
        variable.check(run.result(variable.name), fleet[variable.nas])


@pytest.mark.parametrize("variable", VARIABLES, ids=str)
def test_the_environment_of_the_controller(ansible: Ansible, fleet: Fleet, variable: Variable) -> None:
    ask = task("Ask", "mailplus_info", ignore_errors=True)
    environment = variable.environment(fleet)
    run = ansible.play([play(ask, module_defaults={})], SILENT_HOSTS, environment=environment)
    variable.check(run.result("Ask"), fleet[variable.nas])


def test_the_environment_of_the_controller_reaches_the_jump_host(ansible: Ansible, fleet: Fleet) -> None:
    ask = task("Ask", "mailplus_info", delegate_to="jump_host")
    environment = Variable("host").environment(fleet)
    run = ansible.play(
        [play(ask, module_defaults={})],
        SILENT_HOSTS,
        "-vvvv",
        environment=environment,
    )
    assert run.ok("Ask")["core"]["status"] == "ok"
    assert shown(run, PASSWORDS["second"]) == []


def test_a_password_in_the_environment_of_a_delegated_task_is_not_shown(ansible: Ansible, fleet: Fleet) -> None:
    environment = Variable("host").environment(fleet) | {"MAILPLUS_PASSWORD": Unsafe(PASSWORDS["second"])}
    ask = task("Ask", "mailplus_info", delegate_to="jump_host", environment=environment)
    run = ansible.play([play(ask, module_defaults={})], SILENT_HOSTS, "-vvvv")
    assert run.ok("Ask")["core"]["status"] == "ok"
    assert shown(run, PASSWORDS["second"]) == []


def shown(run: Run, secret: str) -> list[str]:
    """Lines of what was printed or run that hold a part of a secret that no shell quotes."""
    part = max(re.split(r"\W+", secret), key=len)
    lines = [*run.output.splitlines(), *run.jump_commands]
    return [line for line in lines if part in line]


def test_empty_variables_are_as_good_as_none(ansible: Ansible, fleet: Fleet) -> None:
    """As a CI system sets those that it has no value for."""
    empty = {f"MAILPLUS_{name.upper()}": "" for name in ("DEVICE_ID", "DEVICE_NAME", "OTP_CODE")}
    run = ansible.play([play(task("Ask", "mailplus_info"))], inventory(fleet, ["one"]), environment=empty)
    assert run.ok("Ask")["core"]["status"] == "ok"
