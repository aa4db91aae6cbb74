# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the server comes back as it is, is never taken for a template, and secrets stay hidden."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    CONNECTION,
    FACTS,
    JUMP_HOST,
    MODULES,
    debug,
    inventory,
    module_task,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import (
    BIN,
    FAST,
    Ansible,
    Data,
    Run,
    surroundings,
)
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.rows import HOSTILE_TEXTS

PREFIX = "SYNO.MailPlusServer."
RELAY_SECRET = "r3lay & s3cret"
WAYS = ("action", "jump_host", "module")


def make(way: str, name: str, module: str, options: Data | None = None, **keywords: Any) -> Data:
    """A task that runs one of the WAYS."""
    if way == "module":
        return module_task(name, module, {**CONNECTION, "host": "{{ ansible_host }}", **(options or {})}, **keywords)
    return task(name, module, options, **keywords, **({"delegate_to": "jump_host"} if way == "jump_host" else {}))


def ask(ansible: Ansible, fleet: Fleet, *tasks: Data, arguments: tuple[str, ...] = ()) -> Run:
    hosts = inventory(fleet, jump_host=JUMP_HOST)
    warnings: list[str] = []
    return ansible.play([play(*tasks)], hosts, *arguments, environment=FAST, expected_warnings=warnings)


@pytest.fixture(scope="module")
def hostile() -> Iterator[Fleet]:
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": {"one": {"hostile": True}}}) as fleet:
        yield fleet


@pytest.mark.parametrize("way", WAYS)
def test_text_comes_back_as_the_server_sent_it(ansible: Ansible, hostile: Fleet, way: str) -> None:
    run = ask(ansible, hostile, make(way, "Ask", FACTS))
    sections = run.facts("Ask")["sections"]
    lists = {"queue": ("Queue", "items"), "admin_log": ("Audit.AdminLog", "log_list")}
    for section, (api, key) in {**lists, "transaction_log": ("Audit.TransactionLog", "items")}.items():
        _offset, rows = hostile["one"].mailplus.rows(PREFIX + api).page(0, 50)
        assert sections[section]["data"][key] == rows
    assert {row["subject"] for row in sections["transaction_log"]["data"]["items"]} == set(HOSTILE_TEXTS)
    assert sections["smtp_general"]["data"]["banner"] == HOSTILE_TEXTS[8]


@pytest.mark.parametrize("way", WAYS)
def test_text_is_never_a_template(ansible: Ansible, hostile: Fleet, way: str) -> None:
    rows = "transaction_log.data['items']"
    run = ask(
        ansible,
        hostile,
        make(way, "Ask", "mailplus_log_info", register="answer"),
        {"name": "Keep", "ansible.builtin.set_fact": {"kept": f"{{{{ answer.{rows} }}}}"}},
        debug("Register", f"{{{{ answer.{rows} | map(attribute='subject') }}}}"),
        debug("Fact", "{{ kept | map(attribute='subject') }}"),
        debug("Variable", "{{ variable }}", vars={"variable": f"{{{{ answer.{rows}[-2].subject }}}}"}),
        debug("Loop", "{{ item.subject }}", loop="{{ kept }}", loop_control={"label": "row"}),
        {"name": "Show", "ansible.builtin.debug": {"var": f"answer.{rows}"}},
    )
    subjects = [row["subject"] for row in run.ok("Ask")["transaction_log"]["data"]["items"]]
    assert HOSTILE_TEXTS[8] in subjects
    assert run.ok("Register")["msg"] == subjects
    assert run.ok("Fact")["msg"] == subjects
    assert run.ok("Variable")["msg"] == subjects[-2]
    assert [item["msg"] for item in run.ok("Loop")["results"]] == subjects
    (shown,) = (value for key, value in run.ok("Show").items() if key.startswith("answer."))
    assert [row["subject"] for row in shown] == subjects


@pytest.mark.parametrize("fault", ["not_utf8", "lone_surrogate"])
def test_bytes_that_are_no_text_do_not_break_a_run(ansible: Ansible, fault: str) -> None:
    faults = [{"fault": fault, "api": "SYNO.Entry.Request"}, {"fault": fault, "api": f"{PREFIX}Queue"}]
    with run_fleet({"nas": {"one": {"faults": faults}}}) as fleet:
        asks = [make(way, way, FACTS) for way in WAYS] + [
            make(way, f"{way} queue", "mailplus_queue_info") for way in WAYS
        ]
        run = ask(ansible, fleet, *asks, debug("Look", "{{ ansible_facts.mailplus.sections.queue.data['items'] }}"))
        for way in WAYS:
            assert {section["status"] for section in run.facts(way)["sections"].values()} == {"ok"}
            (sender, *_others) = (row["sender"] for row in run.ok(f"{way} queue")["queue"]["data"]["items"])
            assert sender.startswith("\ufffd")
            assert "@example.com" in sender
        assert run.ok("Look")["msg"][0]["sender"] == sender


@pytest.mark.parametrize("way", WAYS)
def test_a_short_password_punches_no_holes(ansible: Ansible, way: str) -> None:
    account = {"username": "e", "password": "a"}
    with run_fleet({"now": 1769852700, "nas": {"one": {"accounts": [account]}}}) as fleet:
        run = ask(ansible, fleet, make(way, "Ask", FACTS, {"device_id": "o", "device_name": "i"}), arguments=("-vvvv",))
        sections = run.facts("Ask")["sections"]
        _offset, rows = fleet["one"].mailplus.rows(f"{PREFIX}Queue").page(0, 50)
        assert sections["queue"]["data"]["items"] == rows
        assert sections["imap_pop3"]["data"]["enable_imaps"] is True
        assert "***" not in json.dumps(run.ok("Ask"))
        assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" not in run.output


@pytest.mark.parametrize("way", WAYS)
def test_no_argument_comes_back(ansible: Ansible, way: str) -> None:
    marked = {"device_name": "marked-device-name", "session_name": "marked-session-name", "device_id": "marked-device"}
    accounts = [{"username": "marked-user", "password": "marked-password"}]
    with run_fleet({"nas": {"one": {"accounts": accounts}}}) as fleet:
        modules = MODULES if way == "action" else ("mailplus_queue_info", FACTS)
        asks = [make(way, module, module, marked) for module in modules]
        run = ask(ansible, fleet, *asks, arguments=("-vvvv",))
    for module in modules:
        assert not run.ok(module).get("invocation")
    assert "marked-" not in run.output


@pytest.mark.parametrize("way", WAYS)
def test_secrets_in_answers(ansible: Ansible, way: str) -> None:
    with run_fleet({"nas": {"one": {}}}) as fleet:
        run = ask(
            ansible,
            fleet,
            make(way, "Hidden", FACTS),
            make(way, "Hidden, narrow", "mailplus_smtp_info"),
            arguments=("-vvvv",),
        )
        assert run.facts("Hidden")["sections"]["smtp_general"]["data"]["relay"]["password"] == "[hidden]"
        assert run.ok("Hidden, narrow")["smtp_general"]["data"]["relay"]["password"] == "[hidden]"
        assert RELAY_SECRET not in run.output
        reveal = {"reveal_secrets": True}
        asks = [make(way, "Shown", FACTS, reveal), make(way, "Shown, narrow", "mailplus_smtp_info", reveal)]
        run = ask(ansible, fleet, *asks)
        assert run.facts("Shown")["sections"]["smtp_general"]["data"]["relay"]["password"] == RELAY_SECRET
        assert run.ok("Shown, narrow")["smtp_general"]["data"]["relay"]["password"] == RELAY_SECRET


PASSWORDS = (
    "Tom & Jerry + 100% = \"fun\" 'quoted' \\ back; $HOME `id` #",
    "Grüße, 密码, пароль, كلمة, 🔑",
    "{{ 7*7 }} {% raw %} {# no #}",
    "@leading, -dash, =equals, !unsafe",
    " spaces around ",
    "tab\tand nothing else",
    "12345678901234567890",
    "true",
    "0123",
)


@pytest.mark.parametrize("way", WAYS)
def test_any_password_works(ansible: Ansible, way: str) -> None:
    described = {f"nas{n}": {"accounts": [{"username": "u&s=e r", "password": p}]} for n, p in enumerate(PASSWORDS)}
    with run_fleet({"nas": described}) as fleet:
        run = ask(ansible, fleet, make(way, "Ask", "mailplus_info"))
        for name in fleet:
            assert run.ok("Ask", name)["core"]["status"] == "ok"


@pytest.mark.parametrize("way", WAYS)
def test_a_password_in_a_vault(ansible: Ansible, way: str) -> None:
    password = "vaulted päss'word\" & 1"
    with run_fleet({"nas": {"one": {"accounts": [{"username": "auditor", "password": password}]}}}) as fleet:
        key = ansible.directory / "vault-key"
        key.write_text("the key of the vault", encoding="utf-8")
        hosts = inventory(fleet, jump_host=JUMP_HOST)
        hosts["nas"]["hosts"]["one"]["nas_password"] = "{{ vaulted }}"
        text = play_with_vault(make(way, "Ask", FACTS), encrypted(ansible, password, str(key)))
        arguments = ("-vvvv", "--vault-password-file", str(key))
        run = ansible.play(text, hosts, *arguments)
    assert run.facts("Ask")["sections"]["core"]["status"] == "ok"
    assert "vaulted päss" not in run.output
    assert "vaulted p" not in run.output


def encrypted(ansible: Ansible, secret: str, key: str) -> str:
    """``vaulted: !vault |`` and what follows, as ansible-vault writes it."""
    place = ansible.directory / "vault"
    place.mkdir()
    command = [str(BIN / "ansible-vault"), "encrypt_string", "--vault-password-file", key, "--stdin-name", "vaulted"]
    environment = {**os.environ, **surroundings(place)}
    done = subprocess.run(command, input=secret, env=environment, capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def play_with_vault(each: Data, vaulted: str) -> str:
    """A playbook as text, since its vaulted variable is a tag of Ansible's."""
    data = yaml.safe_dump([play(each)], sort_keys=False)
    indented = "".join(f"    {line}\n" for line in vaulted.splitlines())
    return data.replace("  tasks:\n", f"  vars:\n{indented}  tasks:\n", 1)
