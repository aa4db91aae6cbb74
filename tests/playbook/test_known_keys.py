# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that a NAS has beside those that are known: in the facts where they are asked for, and nowhere else."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    FACTS,
    inventory,
    module_task,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import IMAP_POP3, PREFIX, QUEUE, Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT, Ansible, Data
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

SUBSET = ["imap_pop3", "queue", "domains", "aliases", "license_usage", "core"]
ALIAS = f"{PREFIX}Alias"
PERSON = "annelore.winterfeld"
AS_KNOWN = {
    "seen": 5,
    "missing": [],
    "unknown": [],
    "unknown_total": 0,
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    other: Data = {
        "domains": ["a.example", "b.example"],
        "lists": {ALIAS: {"list": {"rename": {"member_list": "members"}}}},
        "data": {
            IMAP_POP3: {
                "get": {
                    "security_imappop3_auth": "__absent__",
                    "quotas": {PERSON: {"size": 1}},
                    "{{ 7 * 6 }}\x1b": 1,
                }
            },
            QUEUE: {"list": {"items": "__absent__", "mails": [{"id": 1}], "held": [{"id": 2}]}},
        },
        "apis": {f"{PREFIX}MailPlus": "absent"},
    }
    with run_fleet({"defaults": {"https": False}, "nas": {"usual": {}, "other": other}}) as running:
        yield running


def found(facts: Data) -> dict[str, Any]:
    return {name: (envelope["summary"] or {}).get("known_keys") for name, envelope in facts["sections"].items()}


def test_keys_are_compared_where_that_is_asked_for(ansible: Ansible, fleet: Fleet) -> None:
    options: Data = {"gather_subset": SUBSET, "rows": False, "check_keys": True}
    tasks = [task("Check", FACTS, options), task("Ask", FACTS, {"gather_subset": SUBSET})]
    run = ansible.play([play(*tasks)], inventory(fleet))
    for name in fleet:
        assert {*found(run.facts("Ask", name)).values()} == {None}
    usual, other = (found(run.facts("Check", name)) for name in ("usual", "other"))
    assert usual["imap_pop3"] == AS_KNOWN
    assert (usual["aliases"]["seen"], usual["aliases"]["missing"], usual["aliases"]["unknown"]) == (6, [], [])
    assert usual["queue"]["missing"] == []
    assert "items[].sender" in usual["queue"]["unknown"]
    assert other["imap_pop3"] == {
        "seen": 4,
        "missing": ["security_imappop3_auth"],
        "unknown": [r'"{{ 7 * 6 }}\u001b"', "quotas", f'quotas."{PERSON}"', f'quotas."{PERSON}".size'],
        "unknown_total": 4,
    }
    assert other["aliases"]["missing"] == ["alias_list[].member_list"]
    assert "alias_list[].members[].name" in other["aliases"]["unknown"]
    assert other["queue"]["missing"] == ["items"]
    assert {"held", "held[].id", "mails"} <= {*other["queue"]["unknown"]}
    assert other["core"] is None
    assert run.facts("Check", "other")["sections"]["core"]["status"] == "unsupported"


def test_a_list_without_rows_tells_its_keys_alone(ansible: Ansible, fleet: Fleet) -> None:
    run = ansible.play([play(task("Check", FACTS, {"gather_subset": ["queue"], "check_keys": True}))], inventory(fleet))
    queue = run.facts("Check", "other")["sections"]["queue"]
    assert ({*queue["summary"]}, queue["rows_key"], queue["status"]) == ({"known_keys"}, None, "ok")


def test_a_plain_module_compares_too(ansible: Ansible, fleet: Fleet) -> None:
    nas = fleet["usual"]
    options = {
        "host": nas.host,
        "port": nas.port,
        "https": False,
        "username": nas.username,
        "password": nas.password,
        "gather_subset": ["imap_pop3"],
        "check_keys": True,
    }
    run = ansible.play([play(module_task("Check", FACTS, options))], inventory(fleet, ["usual"]))
    assert found(run.facts("Check"))["imap_pop3"] == AS_KNOWN


def test_the_play_of_the_guide_shows_what_differs(ansible: Ansible, fleet: Fleet) -> None:
    text = (ROOT / "docs/docsite/rst/guide_coverage.rst").read_text(encoding="utf-8")
    block = text.partition("**Compare them with your NAS.**")[2].partition(".. code-block:: yaml")[2]
    (of_guide,) = yaml.safe_load(textwrap.dedent(block.partition("\n\nIt tells")[0]))
    run = ansible.play([play(*of_guide["tasks"])], inventory(fleet, ["other"]))
    shown = {item["item"]["key"]: item.get("msg") for item in run.ok("Show what differs")["results"]}
    assert shown["imap_pop3"]["missing"] == ["security_imappop3_auth"]
    assert shown["core"] is None


@pytest.mark.parametrize("mode", ["keep", "remove", "hash"])
def test_keys_that_nobody_attested_are_personal_data_in_files(
    ansible: Ansible, fleet: Fleet, tmp_path: Path, mode: str
) -> None:
    options: Data = {"directory": str(tmp_path / "state"), "hosts": ["other"], "personal_data": mode}
    if mode == "hash":
        options["personal_data_key"] = "key"
    tasks = [
        task("Check", FACTS, {"gather_subset": ["imap_pop3", "aliases"], "check_keys": True}),
        task("Write", "mailplus_state_export", options),
    ]
    ansible.play([play(*tasks)], inventory(fleet, ["other"]))
    files = Project(tmp_path)
    sections = files.read("state/hosts/other.json")["mailplus"]["sections"]
    told = sections["imap_pop3"]["summary"]["known_keys"]
    assert (told["seen"], told["missing"], told["unknown_total"]) == (4, ["security_imappop3_auth"], 4)
    assert sections["aliases"]["summary"]["known_keys"]["missing"] == ["alias_list[].member_list"]
    assert (f'quotas."{PERSON}"' in told["unknown"]) == (mode == "keep")
    assert len(told["unknown"]) == 4
    if mode == "remove":
        assert {*told["unknown"]} == {"[personal]"}
