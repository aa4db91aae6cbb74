# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts as Ansible knows them: gathered at the start of a play, cached, read back."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import (
    CONNECTION,
    FACTS,
    GROUP,
    HERE,
    NAMESPACE,
    SECTIONS,
    debug,
    inventory,
    play,
    task,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Ansible, Data
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet

FLEET: dict[str, Any] = {"nas": {"one": {"hostile": True}, "two": {"queue": {"total": 3}}}}
LOOK = debug("Look", "{{ ansible_facts.mailplus }}")
GATHERED = {
    "gather_facts": True,
    "connection": "local",
    "vars": {"ansible_facts_modules": f"{NAMESPACE}.{FACTS}", **HERE},
}
HOST = "{{ ansible_host | default(inventory_hostname) }}"


def gathering(*tasks: Data, defaults: str = f"{NAMESPACE}.{FACTS}", **keywords: Any) -> Data:
    """A play that gathers these facts before its tasks."""
    return play(*tasks, **{**GATHERED, "module_defaults": {defaults: {**CONNECTION, "host": HOST}}, **keywords})


def cache_in(place: Any) -> dict[str, str]:
    return {"ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(place)}


def test_gather_facts_gathers_them(ansible: Ansible) -> None:
    with run_fleet(FLEET) as fleet:
        for defaults in (f"{NAMESPACE}.{FACTS}", GROUP):
            plays = [gathering(LOOK, defaults=defaults), play(task("Ask", FACTS))]
            run = ansible.play(plays, inventory(fleet))
            for name, nas in fleet.items():
                gathered, asked = run.ok("Look", name)["msg"], run.facts("Ask", name)
                assert list(gathered["sections"]) == SECTIONS[FACTS]
                assert gathered["server"] == asked["server"]
                assert gathered["sections"]["transaction_log"] == asked["sections"]["transaction_log"]
                assert nas.sessions == []


def test_gather_facts_that_fails_says_why(ansible: Ansible) -> None:
    with run_fleet({"nas": {"one": {"unreachable": True}}}) as fleet:
        run = ansible.play([gathering(LOOK)], inventory(fleet), "-vvvv", failing=True)
        message = f"{fleet['one'].url} refuses the connection."
    assert message in run.output
    assert "Traceback" not in run.output
    assert fleet["one"].password not in run.output


def test_facts_stay_for_later_plays(ansible: Ansible) -> None:
    with run_fleet(FLEET) as fleet:
        run = ansible.play([play(task("Ask", FACTS)), play(LOOK)], inventory(fleet))
        assert run.ok("Look", "one")["msg"] == run.facts("Ask", "one")
        assert run.ok("Look", "two")["msg"]["sections"]["queue"]["total"] == 3


def test_facts_are_not_variables_of_their_own(ansible: Ansible) -> None:
    with run_fleet(FLEET) as fleet:
        look = debug("Look", "{{ mailplus is defined }}")
        run = ansible.play([play(task("Ask", FACTS), look)], inventory(fleet, ["one"]))
        assert run.ok("Look")["msg"] in (False, "False")


def test_a_second_gather_replaces_the_first(ansible: Ansible) -> None:
    """Ansible merges facts of one level only; a section not asked for again must not stay behind unnoticed."""
    with run_fleet(FLEET) as fleet:
        tasks = [task("All", FACTS), task("Some", FACTS, {"gather_subset": ["queue"]}), LOOK]
        run = ansible.play([play(*tasks)], inventory(fleet, ["one"]))
        assert list(run.ok("Look")["msg"]["sections"]) == ["queue"]


def test_facts_in_a_json_cache(ansible: Ansible) -> None:
    with run_fleet(FLEET) as fleet:
        hosts = inventory(fleet)
        cache = ansible.directory / "cache"
        first = ansible.play([play(task("Ask", FACTS)), play(LOOK)], hosts, environment=cache_in(cache))
        second = ansible.play([play(LOOK)], hosts, environment=cache_in(cache))
        assert sum(nas.login_attempts for nas in fleet.values()) == 2
        for name, nas in fleet.items():
            facts = first.facts("Ask", name)
            assert first.ok("Look", name)["msg"] == facts
            assert second.ok("Look", name)["msg"] == facts
            (file,) = cache.glob(f"*{name}")  # some versions of ansible-core put a prefix before the name
            text = file.read_text(encoding="utf-8")
            assert "mailplus" in text
            assert nas.password not in text
            assert "r3lay" not in text


def test_cached_facts_carry_no_tag(ansible: Ansible) -> None:
    """A cache that is read elsewhere must neither name files of this controller nor need Ansible to be read."""
    with run_fleet(FLEET) as fleet:
        cache = ansible.directory / "cache"
        named = task("Ask", FACTS, {"host": "{{ ansible_host }}", "gather_subset": ["core"]})
        ansible.play([play(named)], inventory(fleet, ["one"]), environment=cache_in(cache))
        (file,) = cache.iterdir()
        assert "__ansible_type" not in file.read_text(encoding="utf-8")
        assert "inventory.yml" not in file.read_text(encoding="utf-8")


def test_gathered_facts_in_a_json_cache(ansible: Ansible) -> None:
    with run_fleet(FLEET) as fleet:
        hosts = inventory(fleet)
        environment = {**cache_in(ansible.directory / "cache"), "ANSIBLE_GATHERING": "smart"}
        first = ansible.play([gathering(LOOK)], hosts, environment=environment)
        second = ansible.play([play(LOOK)], hosts, environment=environment)
        for name in fleet:
            assert second.ok("Look", name)["msg"] == first.ok("Look", name)["msg"]
