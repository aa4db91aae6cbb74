# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way to fail that a guide lists whole: one clear line, no traceback, no secret, one login at most."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support import bad_input
from ansible_collections.mailfleet.mailplus.tests.playbook.support.bad_input import CASES, Case
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    FACTS,
    HERE,
    JUMP_HOST,
    UNTOUCHABLE,
    module_task,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Ansible, Data, Run, Unsafe
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

ACCOUNT = {"username": bad_input.USERNAME, "password": bad_input.PASSWORD}
# The task's action in the worker, and the module on its own.
WARNINGS = ("None of the sections exists on this NAS",)
WAYS = ("action", "module")


@dataclass(frozen=True)
class Failures:
    """All cases, having run one way."""

    run: Run
    fleet: Fleet
    files: Path
    way: str

    def expected(self, case: Case) -> set[str]:
        """The messages that are right, one for each wording of the TLS library."""
        template = case.as_module if self.way == "module" and case.as_module else case.message
        return {template.format(reason=reason, **self._places(case)) for reason in case.reasons}

    def _places(self, case: Case) -> dict[str, Any]:
        return places(case, self.fleet[case.name], self.files)


def places(case: Case, nas: Nas, files: Path) -> dict[str, Any]:
    return {"host": case.host or nas.host, "port": nas.port, "file": files / f"{case.name}.pem"}


@pytest.fixture(scope="module", params=WAYS)
def failures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Failures]:
    files = tmp_path_factory.mktemp("files")
    for case in CASES:
        if case.file is not None:
            (files / f"{case.name}.pem").write_text(case.file, encoding="utf-8")
    described = {case.name: {"accounts": [ACCOUNT], **case.nas} for case in CASES}
    with run_fleet({"nas": described}) as fleet:
        hosts = {case.name: variables(case, fleet, files, request.param) for case in CASES}
        modules = sorted({case.module for case in CASES})
        groups = {module: {"hosts": {c.name: hosts[c.name] for c in CASES if c.module == module}} for module in modules}
        make = task if request.param == "action" else module_task
        # Ansible stops after a play of which all hosts failed.
        asks = {module: make("Ask", module, "{{ options }}", ignore_errors=True) for module in modules}
        plays = [play(ask, hosts=module, module_defaults={}) for module, ask in asks.items()]
        ansible = Ansible(tmp_path_factory.mktemp("ansible"))
        run = ansible.play(plays, groups, "-vvvv", environment={"ANSIBLE_FORKS": "8"}, expected_warnings=WARNINGS)
        yield Failures(run, fleet, files, request.param)


def variables(case: Case, fleet: Fleet, files: Path, way: str) -> Data:
    """The host of a case. A module, unlike an action, does not take its host from the inventory."""
    nas = fleet[case.name]
    right = {**ACCOUNT, "port": nas.port, "https": nas.https, "ca_path": str(fleet.ca_path)}
    right["device_id"] = f"of {case.name}"  # with the same credentials, the refusals of some would stop the others
    if way == "module":
        right["host"] = case.host or nas.host
    changed = {name: _filled(value, places(case, nas, files)) for name, value in case.options.items()}
    options = {name: value for name, value in {**right, **changed}.items() if value is not None}
    address = {"ansible_host": case.host or nas.host}
    return {**UNTOUCHABLE, **address, "options": {name: _plain(value) for name, value in options.items()}}


def _filled(value: Any, known: Mapping[str, Any]) -> Any:
    return value.format(**known) if isinstance(value, str) and "{" in value and " " not in value else value


def _plain(value: Any) -> Any:
    """Passwords here hold braces, which are no template."""
    return Unsafe(value) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_failure_is_one_clear_line(failures: Failures, case: Case) -> None:
    returned = failures.run.failed("Ask", case.name)
    assert returned["msg"] in failures.expected(case)
    assert "\n" not in returned["msg"]
    assert returned["changed"] is False
    assert "ansible_facts" not in returned


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_failure_has_a_name_for_programs(failures: Failures, case: Case) -> None:
    error = failures.run.failed("Ask", case.name).get("error")
    assert (error or {}).get("name") == case.error
    if error:
        assert failures.run.failed("Ask", case.name)["msg"] == f"{error['message']} {error['hint']}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refused_login_is_not_repeated(failures: Failures, case: Case) -> None:
    nas = failures.fleet[case.name]
    assert nas.login_attempts == case.logins
    assert nas.sessions == []
    assert nas.writes == []
    if case.error is None:
        assert nas.requests == []


def test_there_is_no_traceback(failures: Failures) -> None:
    assert "Traceback" not in failures.run.output
    assert 'File "' not in failures.run.output


def test_no_secret_is_shown(failures: Failures) -> None:
    found = [secret for secret in secrets_of(failures.fleet) if secret in failures.run.output]
    assert found == []


def secrets_of(fleet: Fleet) -> set[str]:
    """What must not be seen, in every spelling that a log may give it."""
    requests = list(itertools.chain.from_iterable(nas.requests for nas in fleet.values()))
    issued = {request.form.get("_sid", "") for request in requests}
    issued |= {request.headers.get("X-SYNO-TOKEN", "") for request in requests}
    assert len(issued) > 2, "the simulator gave out sessions, or this test looks for nothing"
    spellings = (str, quote, quote_plus, _as_json, _as_json_ascii, _as_base64, repr)
    return {spell(secret).strip("\"'") for secret in (*bad_input.SECRETS, *issued) if secret for spell in spellings}


def _as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _as_json_ascii(text: str) -> str:
    return json.dumps(text)


def _as_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_retries_of_other_tasks_do_not_repeat_a_refused_login(ansible: Ansible) -> None:
    with run_fleet({"nas": {"one": {"accounts": [ACCOUNT]}}}) as fleet:
        right = {"host": fleet["one"].host, "port": fleet["one"].port, "ca_path": str(fleet.ca_path)}
        options = {**right, "username": bad_input.USERNAME, "password": bad_input.WRONG_PASSWORD}
        never = {"retries": 2, "delay": 0, "until": False, "ignore_errors": True}
        tasks = [
            task("Ask", FACTS, options, ignore_errors=True),
            {"name": "Try", "ansible.builtin.command": "false", "changed_when": False, "vars": HERE, **never},
        ]
        run = ansible.play(
            [play(*tasks, hosts="jump_host", module_defaults={})], {"all": {"hosts": {"jump_host": JUMP_HOST}}}
        )
        assert run.failed("Ask")["error"]["name"] == "wrong_credentials"
        assert run.failed("Try")["attempts"] == 2
        assert fleet["one"].login_attempts == 1
