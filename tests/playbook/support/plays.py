# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts that plays and inventories of these tests are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import DEFAULT, select
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data, Unsafe
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas

NAMESPACE = "mailfleet.mailplus"
GROUP = f"group/{NAMESPACE}.mailplus"
FACTS = "mailplus_facts"
SECTIONS = {
    **{area.module: [section.name for section in area.sections if section.kind is not Kind.CHECK] for area in AREAS},
    FACTS: [section.name for section in select(DEFAULT)],
}
MODULES = tuple(SECTIONS)

# What a play's module_defaults hold; ``host`` comes from the inventory.
CONNECTION = {
    "port": "{{ nas_port }}",
    "https": "{{ nas_https }}",
    "username": "{{ nas_username }}",
    "password": "{{ nas_password }}",
    "ca_path": "{{ nas_ca_path }}",
}
# What cannot be reached over SSH, and could not run a module: a NAS as it is.
UNTOUCHABLE = {
    "ansible_port": 1,
    "ansible_ssh_executable": "/nonexistent/ssh",
    "ansible_python_interpreter": "/nonexistent/python",
}
# This machine, for modules that are to run.
HERE = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
JUMP_HOST = {"ansible_connection": "jump", **HERE}


def connection_vars(fleet: Fleet, nas: Nas) -> Data:
    """Variables that CONNECTION refers to."""
    return {
        "ansible_host": nas.host,
        "nas_port": nas.port,
        "nas_https": nas.https,
        "nas_username": Unsafe(nas.username),
        "nas_password": Unsafe(nas.password),
        "nas_ca_path": str(fleet.ca_path),
    }


def inventory(fleet: Fleet, names: Iterable[str] | None = None, **others: Mapping[str, Any]) -> Data:
    """The group ``nas`` of untouchable hosts; ``others`` are further hosts with their variables."""
    hosts = {name: UNTOUCHABLE | connection_vars(fleet, fleet[name]) for name in names or fleet}
    return {"nas": {"hosts": hosts}, "others": {"hosts": {name: dict(variables) for name, variables in others.items()}}}


def play(*tasks: Mapping[str, Any], hosts: str = "nas", **keywords: Any) -> Data:
    """A play with the connection set once, in module_defaults."""
    return {
        "name": "Play",
        "hosts": hosts,
        "gather_facts": False,
        "module_defaults": {GROUP: CONNECTION},
        **keywords,
        "tasks": list(tasks),
    }


def task(name: str, module: str, options: Mapping[str, Any] | str | None = None, **keywords: Any) -> Data:
    """A task with a module of the collection; ``options`` may be a template of all."""
    if isinstance(options, str):
        return {"name": name, f"{NAMESPACE}.{module}": None, "args": options, **keywords}
    return {"name": name, f"{NAMESPACE}.{module}": dict(options or {}), **keywords}


def module_task(name: str, module: str, options: Mapping[str, Any] | str | None = None, **keywords: Any) -> Data:
    """A task that runs a module on this machine past its action. Nothing but ``options`` reaches it."""
    variables = {"ansible_connection": "local", **HERE, **keywords.pop("vars", {})}
    arguments = {"module": f"{NAMESPACE}.{module}", "options": options or {}}
    return {"name": name, "run_as_module": arguments, "vars": variables, **keywords}


def debug(name: str, message: Any, **keywords: Any) -> Data:
    """A task that returns ``message``, as Ansible makes it, as ``msg``."""
    return {"name": name, "ansible.builtin.debug": {"msg": message}, **keywords}
