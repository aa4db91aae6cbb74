# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that mean something to Ansible, sent by a NAS, mean nothing but themselves on every way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    CONNECTION,
    FACTS,
    HERE,
    JUMP_HOST,
    NAMESPACE,
    connection_vars,
    debug,
    module_task,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import play as connected_play
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    IMAP_POP3,
    LENIENT,
    Project,
    hosts,
    play,
    requests_of,
    role,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import FAST, Data
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

ODD = "ansible_facts.mailplus.sections.imap_pop3.data.odd"


def command(canary: Path, tilde: str = "") -> Data:
    """What some caches of Ansible's read back as a template to be run; ``tilde`` before its keys."""
    trusted = {f"{tilde}__ansible_type": "TrustedAsTemplate"}
    text = f"{{{{ lookup('pipe', 'touch {canary}') }}}}"
    return {f"{tilde}__ansible_type": "_AnsibleTaggedStr", "value": text, "tags": [trusted]}


def marks(canary: Path, tilde: str = "") -> Data:
    """Every key that some version of ansible-core gives a meaning to."""
    return {
        "command": command(canary, tilde),
        "unknown": {f"{tilde}__ansible_type": "os.system"},
        "no_text": {f"{tilde}__ansible_type": {"a": [None]}},
        "vault": {f"{tilde}__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n6162"},
        "no_vault": [{f"{tilde}__ansible_vault": 1}],
        "unsafe": {f"{tilde}__ansible_unsafe": ["a", {"b": 1}], "beside": "kept"},
        f"{tilde}_ansible_no_log": True,
        f"{tilde}_ansible_delegated_vars": {"ansible_host": "192.0.2.1"},
        "deep": [{f"{tilde}_ansible_parsed": {f"{tilde}_ansible_item_label": "text"}}],
        f"{tilde}___ansible_later": 1,
        f"{tilde}~__ansible_type": "a tilde of the server's",
        "ansible_host": "192.0.2.2",
        "an__ansible_type": "in the middle",
    }


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canary") / "touched"


@pytest.fixture(scope="module")
def everyone(canary: Path) -> Iterator[Fleet]:
    row = {"id": "1", "sender": "a@example.com", "odd": marks(canary)}
    described = {
        "command": {"data": {IMAP_POP3: {"get": {"odd": command(canary)}}}},
        "marks": {"data": {IMAP_POP3: {"get": {"odd": marks(canary)}}}, "queue": {"rows": [row]}},
    }
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": described}) as running:
        yield running


def sources(fleet: Fleet, name: str) -> Data:
    """One NAS for the role and for modules, and a jump host."""
    state = {**LENIENT, "mailplus_state_personal_data": "keep"}
    every = hosts(fleet, state)["nas"]
    own = {**every["hosts"][name], **connection_vars(fleet, fleet[name])}
    return {"nas": {"hosts": {name: own}, "vars": every["vars"]}, "others": {"hosts": {"jump_host": JUMP_HOST}}}


def cache_in(place: Path) -> dict[str, str]:
    return {"ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(place)}


@pytest.mark.parametrize("name", ["command", "marks"])
def test_facts_in_a_cache(project: Project, fleet: Fleet, canary: Path, name: str) -> None:
    project.write("hosts.yml", sources(fleet, name))
    look = debug("Look", f"{{{{ {ODD} }}}}")
    judge = [role(entry, mailplus_state_directory=str(project.directory / "state")) for entry in ("report", "assert")]
    environment = cache_in(project.directory / "cache")
    now = project.play([connected_play(task("Ask", FACTS)), play(look, *judge)], environment=environment)
    later = project.play([play(look, *judge)], environment=environment)
    expected = command(canary, "~") if name == "command" else marks(canary, "~")
    assert now.facts("Ask")["sections"]["imap_pop3"]["data"]["odd"] == expected
    assert now.ok("Look")["msg"] == expected
    assert later.ok("Look")["msg"] == expected
    assert fleet[name].login_attempts == 1
    assert not canary.exists()


def test_a_cached_inventory(project: Project, fleet: Fleet, canary: Path) -> None:
    nas = fleet["marks"]
    options: Data = {
        "plugin": f"{NAMESPACE}.mailplus",
        "hosts": {"marks": {"host": nas.host, "port": nas.port}},
        "connection": {"username": nas.username, "password": nas.password, "ca_path": str(fleet.ca_path)},
        "rows": True,
        "compose": {"odd": "mailplus.sections.imap_pop3.data.odd"},
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": "kept",
    }
    project.write("fleet.mailplus.yml", options)
    for _cached in range(2):
        listing, _run = project.listing("fleet.mailplus.yml")
        variables = listing["_meta"]["hostvars"]["marks"]
        assert variables["odd"] == marks(canary, "~")
        assert variables["mailplus"]["sections"]["queue"]["data"]["items"][0]["odd"] == marks(canary, "~")
    look = debug("Look", "{{ mailplus.sections.imap_pop3.data.odd }}")
    run = project.play([play(look, hosts="marks")], "-i", "fleet.mailplus.yml")
    assert run.ok("Look")["msg"] == marks(canary, "~")
    assert requests_of(fleet) == {"marks": 4}
    assert not canary.exists()


def test_results_and_files(project: Project, fleet: Fleet, canary: Path) -> None:
    project.write("hosts.yml", sources(fleet, "marks"))
    state, rows = project.directory / "state", project.directory / "rows.jsonl"
    arguments = {**CONNECTION, "host": "{{ ansible_host }}"}
    gathered: Data = {"connection": "local", "vars": {"ansible_facts_modules": f"{NAMESPACE}.{FACTS}", **HERE}}
    defaults = {f"{NAMESPACE}.{FACTS}": arguments}
    look = "imap_pop3.data.odd"
    run = project.play(
        [
            connected_play(
                task("Register", "mailplus_imap_pop3_info", register="answer"),
                task("Jump host", "mailplus_imap_pop3_info", delegate_to="jump_host", register="jumped"),
                module_task("Module", "mailplus_imap_pop3_info", arguments, register="sent"),
                debug("Look", [f"{{{{ {name}.{look} }}}}" for name in ("answer", "jumped", "sent")]),
                {"name": "Keep", "ansible.builtin.set_fact": {"kept": f"{{{{ answer.{look} }}}}", "cacheable": True}},
                debug("Kept", "{{ kept }}"),
                task("Rows", "mailplus_queue_info", {"dest": str(rows)}),
                debug("Row", f"{{{{ lookup('ansible.builtin.file', '{rows}') | from_json }}}}"),
                role("gather", mailplus_state_directory=str(state)),
                debug("State", f"{{{{ lookup('ansible.builtin.file', '{state}/fleet.json') | from_json }}}}"),
                {"name": "Tell", "ansible.builtin.set_stats": {"data": {"odd": f"{{{{ answer.{look} }}}}"}}},
            ),
            connected_play(
                debug("Gathered", f"{{{{ {ODD} }}}}"), gather_facts=True, module_defaults=defaults, **gathered
            ),
        ],
        environment={**FAST, **cache_in(project.directory / "cache"), "ANSIBLE_SHOW_CUSTOM_STATS": "true"},
    )
    expected = marks(canary, "~")
    for name in ("Register", "Jump host", "Module"):
        assert run.ok(name)["imap_pop3"]["data"]["odd"] == expected, name
    assert run.ok("Look")["msg"] == [expected] * 3
    assert run.ok("Kept")["msg"] == expected
    assert run.ok("Row")["msg"]["odd"] == expected
    state_of: dict[str, Any] = run.ok("State")["msg"]["hosts"]["marks"]
    assert state_of["mailplus"]["sections"]["imap_pop3"]["data"]["odd"] == expected
    assert run.ok("Gathered")["msg"] == expected
    assert "~__ansible_vault" in run.stdout.split("CUSTOM STATS")[1]
    assert not canary.exists()
