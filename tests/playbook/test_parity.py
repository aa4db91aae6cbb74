# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook parity: who has moved from Plesk to MailPlus Server, told in a real run."""

from __future__ import annotations

import csv
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.tables import GATHERED
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import UNTOUCHABLE, connection_vars
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT, Ansible, Data, Run, Unsafe
from ansible_collections.mailfleet.mailplus.tests.plesk import Plesk, PleskServers, run_plesks
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

PLAYBOOK = "- import_playbook: mailfleet.mailplus.parity\n"
API = "SYNO.MailPlusServer"
NAS_OF = {
    "office": ("example.com", ["anna", "info"], [{"name": "office", "member_list": [{"name": "info", "type": 0}]}]),
    "shop": ("shop.example.com", ["orders", "returns"], []),
}
SITES = {
    "example.com": {
        "accounts": {
            "info": {"alias": ["office", "hello"]},
            "Anna": {"mailbox": {"quota": 1048576, "usage": 4096}},
            "ben": {"forwarding": {"enabled": True, "address": ["ben@example.net"]}},
        },
        "prefs": {"nonexistent_user": {"forward": "info@example.com"}},
    },
    "shop.example.com": {"webspace": "example.com", "accounts": {"orders": {}, "back": {}}},
}


def described(domain: str, users: list[str], aliases: list[Data]) -> Data:
    lists = {
        f"{API}.Domain.User": {"list": {"rows": [{"name": name} for name in users]}},
        f"{API}.Domain.Group": {"list": {"rows": []}},
        f"{API}.Domain.AdditionalDomain": {"list": {"rows": []}},
        f"{API}.Alias": {"list": {"rows": aliases}},
    }
    return {"domains": [domain], "lists": lists}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    nas: Data = {name: described(*told) for name, told in NAS_OF.items()}
    with run_fleet({"nas": {**nas, "gone": {"unreachable": True}}}) as running:
        yield running


@pytest.fixture(scope="module")
def servers() -> Iterator[PleskServers]:
    with run_plesks({"plesk": {"plesk1": {"sites": SITES}, "away": {"unreachable": True}}}) as running:
        yield running


def plesk_vars(plesk: Plesk) -> Data:
    told = {"plesk_port": plesk.port, "plesk_ca_path": str(plesk.ca_path)}
    return UNTOUCHABLE | told | {"ansible_host": plesk.host, "plesk_secret_key": Unsafe(plesk.secret_key)}


def inventory(fleet: Fleet, servers: PleskServers, nas: tuple[str, ...], plesk: tuple[str, ...]) -> Data:
    of_nas = {name: UNTOUCHABLE | role_vars(fleet, name) for name in nas}
    return {"nas": {"hosts": of_nas}, "plesk": {"hosts": {name: plesk_vars(servers[name]) for name in plesk}}}


def role_vars(fleet: Fleet, name: str) -> Data:
    return {
        key if key.startswith("ansible_") else key.replace("nas_", "mailplus_state_"): value
        for key, value in connection_vars(fleet, fleet[name]).items()
    }


def everyone(fleet: Fleet, servers: PleskServers) -> list[Nas | Plesk]:
    return [*fleet.values(), *servers.values()]


def run(
    ansible: Ansible,
    fleet: Fleet,
    servers: PleskServers,
    *arguments: str,
    nas: tuple[str, ...] = ("office", "shop"),
    plesk: tuple[str, ...] = ("plesk1",),
    **keywords: Any,
) -> Run:
    hosts = ("-e", "mailplus_hosts=nas", "-e", "plesk_hosts=plesk")
    return ansible.play(PLAYBOOK, inventory(fleet, servers, nas, plesk), *hosts, *arguments, **keywords)


def report(found: Run) -> Data:
    told: Data = json.loads((found.directory / "mailplus-parity" / "report.json").read_text(encoding="utf-8"))
    return told


def host(told: Data, name: str) -> Data:
    return next(one for one in told["hosts"] if one["host"] == name)


def test_one_account_is_left_behind_and_one_alias_is_missing(
    ansible: Ansible, fleet: Fleet, servers: PleskServers
) -> None:
    mapping = json.dumps(
        {"mailplus_state_parity_mapping": {"accounts": {"back@shop.example.com": "returns@shop.example.com"}}}
    )
    found = run(ansible, fleet, servers, "-e", mapping, failing=True)
    told = report(found)
    plesk = host(told, "plesk1")
    verdicts = {one["rule"]: one for one in plesk["verdicts"]}
    assert {rule: one["verdict"] for rule, one in verdicts.items()} == {
        "parity_account": "fail",
        "parity_alias": "fail",
        "parity_forwarding": "fail",
        "parity_autoresponder": "not_applicable",
        "parity_quota": "unknown",
        "parity_used_size": "unknown",
        "parity_catch_all": "fail",
    }
    assert verdicts["parity_account"]["message"] == "Of 5 accounts, 1 missing."
    assert verdicts["parity_account"]["actual"] == "ben@example.com (no ben@example.com on MailPlus Server)"
    assert "hello@example.com" in verdicts["parity_alias"]["actual"]
    assert "office@example.com" not in verdicts["parity_alias"]["actual"]
    domains = {row["domain"]: row for row in plesk["tables"]["parity_domains"]["rows"]}
    assert (domains["example.com"]["nas"], domains["example.com"]["on_both"], domains["example.com"]["only_plesk"]) == (
        "office",
        2,
        1,
    )
    assert (domains["shop.example.com"]["on_both"], domains["shop.example.com"]["only_mailplus"]) == (2, 0)
    assert {*host(told, "office")["sections"]} == {*GATHERED}
    assert host(told, "office")["tables"]["migration_tasks"]["rows"]
    # Who fails is the Plesk server, with what is to be done; the NAS do not.
    failed = [one for one in found.results if one.status == "failed"]
    assert [(one.host, one.task.rpartition(" : ")[2]) for one in failed] == [
        ("plesk1", "Fail the hosts that were not read, or whose findings are too severe")
    ]
    assert "Move the account, or name its new address" in failed[0].returned["msg"]
    directory = found.directory / "mailplus-parity"
    names = {"report.html", "report.md", "junit.xml", "mailplus.prom", "findings.csv", "hosts.csv"}
    assert names <= {path.name for path in directory.iterdir()}
    assert "ben@example.com" in (directory / "report.html").read_text(encoding="utf-8")
    assert "ben@example.com" in (directory / "junit.xml").read_text(encoding="utf-8")
    with (directory / "parity_items.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["outcome"] == "missing"]
    assert [(row["what"], row["name"]) for row in rows] == [
        ("account", "ben@example.com"),
        ("alias", "hello@example.com"),
        ("forwarding", "ben@example.com"),
    ]
    assert not [one for one in everyone(fleet, servers) if one.writes]


def code_blocks(path: Path, after: str) -> list[str]:
    text = path.read_text(encoding="utf-8").split(f"\n{after}\n", 1)[1]
    found = re.findall(r"\.\. code-block:: yaml\n\n((?:(?:   .*)?\n)+)", text)
    return [textwrap.dedent(one) for one in found]


def test_the_play_of_the_guide_compares(ansible: Ansible, fleet: Fleet, servers: PleskServers) -> None:
    guide = ROOT / "docs" / "docsite" / "rst" / "guide_moving_from_plesk.rst"
    play, judged, mapping = code_blocks(guide, "In a play of your own")[:3]
    play += textwrap.indent(judged, " " * 4)
    hosts = inventory(fleet, servers, ("office", "shop"), ("plesk1",))
    plesk = servers["plesk1"]
    for one in hosts["plesk"]["hosts"].values():
        one["vault_plesk_secret_key"] = one.pop("plesk_secret_key")
    environment = {"PLESK_PORT": f"{plesk.port}", "PLESK_CA_PATH": str(plesk.ca_path)}
    renamed = json.dumps({"mailplus_state_parity_mapping": yaml.safe_load(mapping)})
    warned = ["The mapping"]
    found = ansible.play(play, hosts, "-e", renamed, environment=environment, expected_warnings=warned, failing=True)
    failing = [one for one in found.results if one.status == "failed"]
    assert [one.task for one in failing] == ["Fail where not all has moved"]
    assert any("ben@example.com" in one for one in failing[0].returned["msg"])
    assert {one["rule"] for one in host(report(found), "plesk1")["verdicts"] if one["verdict"] == "fail"} == {
        "parity_account",
        "parity_alias",
        "parity_forwarding",
        "parity_catch_all",
    }


def test_what_a_limit_leaves_out_is_unknown(ansible: Ansible, fleet: Fleet, servers: PleskServers) -> None:
    told = report(run(ansible, fleet, servers, "--limit", "office,plesk1", failing=True))
    items = host(told, "plesk1")["tables"]["parity_items"]["rows"]
    accounts = {row["name"]: (row["outcome"], row["why"]) for row in items if row["what"] == "account"}
    assert accounts["orders@shop.example.com"] == ("unknown", "shop was not read")
    assert accounts["ben@example.com"][0] == "missing"
    both = ("plesk1", "away")
    told = report(run(ansible, fleet, servers, "--limit", "office,shop,plesk1", plesk=both, failing=True))
    assert [row["only_mailplus"] for row in host(told, "plesk1")["tables"]["parity_domains"]["rows"]] == [0, None]


def test_a_key_that_is_misspelt_in_the_inventory_is_told(ansible: Ansible, fleet: Fleet, servers: PleskServers) -> None:
    hosts = inventory(fleet, servers, ("office",), ("plesk1",))
    hosts["plesk"]["hosts"]["plesk1"]["plesk_secret_key"] = "{{ vault_plesk_secret_kye }}"
    found = ansible.play(PLAYBOOK, hosts, "-e", "mailplus_hosts=nas", "-e", "plesk_hosts=plesk", failing=True)
    assert "vault_plesk_secret_kye' is undefined" in host(report(found), "plesk1")["reason"]
    assert not servers["plesk1"].login_attempts


def test_a_play_that_tells_nothing_of_plesk_says_so(ansible: Ansible, fleet: Fleet, servers: PleskServers) -> None:
    hosts = inventory(fleet, servers, ("office",), ("plesk1",))
    tasks = [
        {"ansible.builtin.include_role": {"name": "mailfleet.mailplus.mailplus_state", "tasks_from": name}}
        for name in ("gather", "parity")
    ]
    play = {"hosts": "nas", "gather_facts": False, "tasks": tasks, "vars": {"mailplus_state_subset": ["domains"]}}
    given = {"mailplus_state_parity_plesk_hosts": ["plesk1"]}
    found = ansible.play([{"name": "Play", **play}], hosts, "-e", json.dumps(given))
    assert host(report(found), "plesk1")["reason"].startswith("It has no variable with what Plesk answered")
    given = {"mailplus_state_parity_plesk_hosts": ["plesk"]}
    found = ansible.play([{"name": "Play", **play}], hosts, "-e", json.dumps(given), failing=True)
    assert "plesk_hosts: plesk is no host of the inventory; name hosts, not groups." in found.output


def test_what_was_not_read_is_unknown(ansible: Ansible, fleet: Fleet, servers: PleskServers) -> None:
    found = run(ansible, fleet, servers, nas=("office", "gone"), plesk=("plesk1", "away"), failing=True)
    told = report(found)
    items = host(told, "plesk1")["tables"]["parity_items"]["rows"]
    accounts = {row["name"]: (row["outcome"], row["why"]) for row in items if row["what"] == "account"}
    assert accounts["orders@shop.example.com"] == ("unknown", "gone was not read")
    assert accounts["ben@example.com"][0] == "missing"
    assert [host(told, name)["status"] for name in ("gone", "away")] == ["failed", "failed"]
    assert host(told, "away")["tables"]["parity_domains"] is None
    assert {one["verdict"] for one in host(told, "away")["verdicts"]} == {"unknown"}
    assert {one.host for one in found.results if one.status == "failed" and "Fail" in one.task} == {
        "plesk1",
        "gone",
        "away",
    }


def test_severities_and_exceptions_decide_what_fails(ansible: Ansible, fleet: Fleet, servers: PleskServers) -> None:
    rules = {
        "mailplus_state_parity_overrides": {"parity_account": {"severity": "low"}, "parity_quota": {"enabled": False}},
        "mailplus_state_parity_exceptions": [
            {"rule": "parity_alias", "reason": "Gone for good", "expires": "2999-01-01"}
        ],
        "mailplus_state_parity_personal_data": "remove",
    }
    found = run(ansible, fleet, servers, "-e", json.dumps(rules))
    told = report(found)
    verdicts = {one["rule"]: (one["verdict"], one["severity"]) for one in host(told, "plesk1")["verdicts"]}
    assert verdicts["parity_account"] == ("fail", "low")
    assert verdicts["parity_alias"][0] == "excepted"
    assert "parity_quota" not in verdicts
    assert [one["rule"] for one in told["switched_off"]] == ["parity_quota"]
    for path in (found.directory / "mailplus-parity").iterdir():
        assert not path.is_file() or "ben@example.com" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"mailplus_state_parity_mapping": {"domain": {}}}, "mapping: unknown key domain; did you mean domains?"),
        ({"mailplus_state_parity_mapping": "nowhere.yml"}, "mapping nowhere.yml: there is no such file"),
        (
            {"mailplus_state_parity_overrides": {"parity_acount": {}}},
            "mailplus_state_parity_overrides: no policy has a rule parity_acount; did you mean parity_account?",
        ),
        (
            {"mailplus_state_parity_overrides": {"parity_quota": {"expression": "false"}}},
            "mailplus_state_parity_overrides, rule parity_quota: a rule of parity has no expression.",
        ),
        (
            {"mailplus_state_parity_exceptions": [{"rule": "parity_quota"}]},
            "missing required arguments: expires, reason found in mailplus_state_parity_exceptions",
        ),
        ({"plesk_hosts": "nas"}, "office, shop: a host is a Plesk server or a NAS."),
        ({"plesk_hosts": "plsk"}, "plesk_hosts is "),
        ({"plesk_hosts": ""}, "plesk_hosts is missing: name the hosts or groups to ask, as in -e plesk_hosts=plesk"),
        (
            {"mailplus_hosts": ""},
            "mailplus_hosts is missing: name the hosts or groups to ask, as in -e mailplus_hosts=nas",
        ),
    ],
)
def test_what_is_wrong_is_told_before_a_server_is_asked(
    ansible: Ansible, fleet: Fleet, servers: PleskServers, variables: Data, told: str
) -> None:
    for one in everyone(fleet, servers):
        one.reset()
    found = run(
        ansible, fleet, servers, "-e", json.dumps(variables), failing=True, expected_warnings=["Could not match"]
    )
    assert told in " ".join(found.output.split())
    assert "Traceback" not in found.output
    assert not [one for one in everyone(fleet, servers) if one.requests]


def test_a_name_in_the_mapping_that_plesk_does_not_have_is_told(
    ansible: Ansible, fleet: Fleet, servers: PleskServers
) -> None:
    mapping = json.dumps({"mailplus_state_parity_mapping": {"domains": {"exampel.com": "example.com"}}})
    expected = "The mapping, domains: no Plesk that was read has exampel.com; did you mean example.com?"
    found = run(ansible, fleet, servers, "-e", mapping, failing=True, expected_warnings=[expected[:40]])
    assert expected in " ".join(found.output.split())
