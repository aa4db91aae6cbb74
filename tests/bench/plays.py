# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventories and playbooks of the contenders, as data. Written as JSON, which Ansible reads faster than YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.bench.reads import (
    READS,
    ROWS,
    login_form,
    logout_form,
)
from ansible_collections.mailfleet.mailplus.tests.bench.simulation import ADDRESS, PASSWORD, USERNAME, Simulation

Data = dict[str, Any]

# Sections by name, as many as in reads.py: what groups hold grows. The name of one is that of a group too.
_OF_GROUP = ("content_scan", "mcp", "mcp_rules", "mcp_template", "mcp_quarantine")
SUBSET = [
    *("core", "smtp_general", "smtp_security", "imap_pop3", "security", *(f"!{name}" for name in _OF_GROUP)),
    *("report", "queue", "admin_log", "transaction_log"),
]
ROLE_SUBSET = [*SUBSET, "server_list"]
ALL = ["all"]
AT_ONCE = 50

_CONDITIONS: tuple[tuple[str, str, Data], ...] = (
    ("imap_pop3", "data.enable_imap", {"equals": False}),
    ("imap_pop3", "data.enable_imaps", {"equals": True}),
    ("imap_pop3", "data.security_imappop3_auth", {"equals": True}),
    ("imap_pop3", "data.enable_pop3s", {"equals": True}),  # fails
    ("smtp_general", "data.enable_smtp_auth", {"equals": True}),
    ("smtp_general", "data.max_recipients", {"at_most": 200}),
    ("smtp_general", "data.relay.enable_tls", {"equals": True}),
    ("smtp_general", "data.max_hops", {"at_least": 30}),  # fails
    ("smtp_security", "data.max_mails_per_minute", {"at_most": 200}),
    ("smtp_security", "data.reject_unauth_pipelining", {"equals": True}),
    ("smtp_security", "data.no_such_key", {"equals": True}),  # unknown
    ("security", "data.flow_limit_mails", {"at_most": 500}),
    ("security", "data.sender_quota_period", {"in": ["day", "hour"]}),
    ("report", "data.enable", {"equals": True}),
    ("queue", "total", {"at_most": 1000}),
    ("core", "data.enable_pgp", {"equals": True}),
)
_FACTS = "mailfleet.mailplus.mailplus_facts"
_QUESTION = {"gather_subset": SUBSET, "limit": ROWS}
_HERE = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
_URL = "{{ 'https' if mailplus_https else 'http' }}://{{ ansible_host }}:{{ mailplus_port }}/webapi/entry.cgi"


def _connection(simulation: Simulation) -> Data:
    """As in the README: what is alike for all hosts is written as it is, the password is in a variable. So is the port,
    since all simulated NAS have one address."""
    return {
        "port": "{{ mailplus_port }}",
        "https": simulation.https,
        "username": USERNAME,
        "password": "{{ mailplus_password }}",
        "ca_path": simulation.ca_path,
    }


def inventory(simulation: Simulation, ports: Mapping[str, int], prefix: str = "mailplus_") -> Data:
    """The hosts, with variables of this prefix: that of all plays but the role's, which has its own."""
    hosts = {name: {"ansible_host": ADDRESS, f"{prefix}port": port} for name, port in ports.items()}
    variables = {
        f"{prefix}https": simulation.https,
        f"{prefix}username": USERNAME,
        f"{prefix}password": PASSWORD,
        f"{prefix}ca_path": simulation.ca_path,
    }
    return {"nas": {"hosts": hosts, "vars": variables}}


def inventory_source(simulation: Simulation, ports: Mapping[str, int], subset: list[str]) -> Data:
    """A file of the inventory plugin."""
    return {
        "plugin": "mailfleet.mailplus.mailplus",
        "hosts": {name: {"host": ADDRESS, "port": port} for name, port in ports.items()},
        "connection": {
            "https": simulation.https,
            "username": USERNAME,
            "password": PASSWORD,
            "ca_path": simulation.ca_path,
        },
        "gather_subset": subset,
        "limit": ROWS,
        "at_once": AT_ONCE,
    }


def policy() -> Data:
    """A policy of 200 rules, as long as that of a site with much to say: most pass, some fail, some are unknown."""
    return {"name": "bench", "rules": [_rule(number, *_CONDITIONS[number % len(_CONDITIONS)]) for number in range(200)]}


def _rule(number: int, section: str, path: str, condition: Data) -> Data:
    return {
        "id": f"rule_{number:03}",
        "title": f"What {path} of {section} is to be, number {number}",
        "severity": ("info", "low", "medium")[number % 3],
        "section": section,
        "path": path,
        "condition": condition,
        "why": "A sentence that says why it matters, as long as such a sentence is.",
        "remedy": "A sentence that says where in MailPlus Server to change it.",
    }


def listed(listing: Data) -> Data:
    """An inventory file with the hosts and variables that ``ansible-inventory --list`` printed."""
    return {"all": {"hosts": listing["_meta"]["hostvars"]}}


def empty(_simulation: Simulation) -> list[Data]:
    """What Ansible itself costs: nothing is asked."""
    return [_play({"ansible.builtin.debug": {"msg": "nothing"}})]


def action(simulation: Simulation) -> list[Data]:
    """Ours, in the controller's workers."""
    defaults = {"group/mailfleet.mailplus.mailplus": _connection(simulation)}
    return [_play({_FACTS: _QUESTION}, module_defaults=defaults)]


def module(simulation: Simulation) -> list[Data]:
    """Ours as a plain module, which gather_facts runs past the action."""
    options = {**_connection(simulation), **_QUESTION, "host": "{{ ansible_host }}"}
    return [
        _play(
            {"ansible.builtin.gather_facts": {}},
            connection="local",
            module_defaults={_FACTS: options},
            vars={**_HERE, "ansible_facts_modules": [_FACTS]},
        )
    ]


def uri(_simulation: Simulation) -> list[Data]:
    """A login, a task a read, a logout."""
    login = login_form("{{ mailplus_username }}", "{{ mailplus_password }}")
    tasks = [_request("login", login), *(_request("answer", _session(read)) for read in READS)]
    tasks.append(_request("answer", _session(logout_form())))
    return [_play(*tasks, connection="local", vars=_HERE)]


def _session(form: Mapping[str, Any]) -> Data:
    return {**form, "_sid": "{{ login.json.data.sid }}"}


def _request(name: str, form: Data) -> Data:
    options: Data = {"url": _URL, "method": "POST", "body_format": "form-urlencoded", "body": form}
    if "_sid" in form:
        options["headers"] = {"X-SYNO-TOKEN": "{{ login.json.data.synotoken }}"}
    options["ca_path"] = "{{ mailplus_ca_path }}"
    # The status of HTTP is 200 whatever DSM says.
    return {
        "ansible.builtin.uri": options,
        "register": name,
        "failed_when": f"not ({name}.json.success | default(false))",
    }


def _play(*tasks: Data, **keywords: Any) -> Data:
    return {"name": "Bench", "hosts": "nas", "gather_facts": False, **keywords, "tasks": list(tasks)}
