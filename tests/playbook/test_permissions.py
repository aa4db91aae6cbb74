# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that prints what an account can read, and what it lacks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import CONNECTION_SPEC
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, select
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import PREFIX, Project, hosts
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

PLAYBOOK = "mailfleet.mailplus.permissions"
LINES = "What the account can read"
LACKS = "What the account lacks for the rest"
PAGES = "What MailPlus Server says that the account sees"
ALL = [section.name for section in select(["all"])]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_credentials.rst"
TEMPLATE = "{{ 7 * 7 }} {% raw %}"

# As in the guide on credentials: what the policy of the auditor ticks.
AUDITOR = {"role": "delegated", "delegation": ["Server List", "Queue", "General", "Alias"]}
DESCRIPTION = {
    "nas": {
        "nas1": {},
        "nas4.example.com": {"accounts": [AUDITOR], "apis": {f"{PREFIX}Domain.BCC": "absent"}},
        "nobody": {"accounts": [{"role": "delegated", "permissions": {f"{PREFIX}*": 5615}}]},
        "off": {"unreachable": True},
    }
}
ORDER = ["ok", "forbidden", "unsupported", "failed"]


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    with run_fleet(DESCRIPTION) as fleet:
        yield fleet


def lines(message: list[str]) -> dict[str, list[tuple[str, str]]]:
    """By status the sections, each with what is said of it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in message:
        status, section, said = re.fullmatch(r"(\w+) +(\w+)(?:: (.+))?", line).groups("")  # type: ignore[union-attr]
        found.setdefault(status, []).append((section, said))
    return found


def test_an_administrator_can_read_every_section(project: Project, fleet: Fleet) -> None:
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nas1")
    assert lines(run.ok(LINES, "nas1")["msg"]) == {"ok": [(name, "") for name in ALL]}
    assert run.result(LACKS, "nas1").status == "skipped"


def test_each_section_has_a_line_with_what_the_account_lacks(project: Project, fleet: Fleet) -> None:
    fleet["nas4.example.com"].faults.add("error", code=5599, api=f"{PREFIX}Alias")
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nas4*")
    message = run.ok(LINES)["msg"]
    found = lines(message)
    assert list(found) == ORDER
    assert sorted(section for each in found.values() for section, _option in each) == sorted(ALL)
    forbidden = dict(found["forbidden"])
    assert {forbidden[name] for name in ("log_settings", "log_files", "domain_users", "domain_group_members")} == {
        f"give the option {BY_NAME[name].privilege}" for name in ("log_settings", "log_files", "domain_users")
    }
    assert forbidden["licenses"] == "use a DSM administrator"
    assert found["unsupported"] == [("auto_bcc", "")]
    assert re.fullmatch(r"MailPlus Server refuses the request \(.* code 5599\)\.", dict(found["failed"])["aliases"])
    assert run.ok(LACKS)["msg"] == sorted(set(forbidden.values()))
    assert dict(found["ok"]).keys() >= {"permissions", "queue", "server_list", "domains"}


def test_where_no_option_is_known_that_is_said(project: Project, fleet: Fleet) -> None:
    for api in ("Util", "Security.DailyQuota"):
        fleet["nas1"].faults.add("error", code=5615, api=f"{PREFIX}{api}")
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nas1")
    assert run.ok(LACKS)["msg"] == ["use a DSM administrator, or find the option: it is not known"]


def test_the_guide_shows_what_is_printed(project: Project, fleet: Fleet) -> None:
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nas4*", "-e", "mailplus_subset=min,domains")
    printed = run.stdout[run.stdout.index(f"TASK [{LINES}]") : run.stdout.index(f"TASK [{PAGES}]")].strip()
    assert textwrap.indent(printed, "   ") in GUIDE.read_text(encoding="utf-8")


def test_an_account_that_may_read_nothing_gets_the_list_too(project: Project, fleet: Fleet) -> None:
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nobody")
    found = lines(run.ok(LINES, "nobody")["msg"])
    assert found.keys() == {"forbidden"}
    forbidden = dict(found["forbidden"])
    assert sorted(forbidden) == sorted(ALL)
    assert forbidden["log_files"] == f"give the option {BY_NAME['log_files'].privilege}"
    assert forbidden["licenses"] == "use a DSM administrator"
    assert run.ok(LACKS, "nobody")["msg"] == sorted(set(forbidden.values()))
    assert run.result(PAGES, "nobody").status == "skipped"


def test_a_nas_that_tells_nothing_fails_with_the_reason(project: Project, fleet: Fleet) -> None:
    fleet["nas1"].faults.add("error", code=5599, api=f"{PREFIX}*")
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nas1,off", failing=True)
    ask = "Ask for every section, and for no row"
    assert "No section could be read" in run.failed(ask, "nas1")["msg"]
    assert run.failed(ask, "off")["error"]["name"] == "connection_refused"


def test_it_asks_for_what_is_named_and_for_no_row(project: Project, fleet: Fleet) -> None:
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nas1", "-e", "mailplus_subset=min,dsm")
    assert [line.split()[1] for line in run.ok(LINES, "nas1")["msg"]] == [
        section.name for section in select(["min", "dsm"])
    ]
    assert run.result(PAGES, "nas1").status == "skipped"
    asked = [item for request in fleet["nas1"].requests for item in request.items if item["api"] == f"{PREFIX}Queue"]
    assert {item["limit"] for item in asked} == {1}


def test_text_of_a_server_stays_text(project: Project, fleet: Fleet) -> None:
    fleet["nas1"].set_answer(f"{PREFIX}Delegation", "list_enable_tab", {"tabs": [TEMPLATE]})
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nas1")
    (data,) = [value for key, value in run.ok(PAGES, "nas1").items() if key.endswith("permissions.data")]
    assert data["tabs"] == [TEMPLATE]


@pytest.mark.parametrize(("name", "module"), [("permissions", "mailplus_facts"), ("record", "mailplus_record")])
def test_the_playbook_takes_every_option_of_the_connection(name: str, module: str) -> None:
    (play,) = yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8"))
    (given,) = (task[key] for task in play["tasks"] if (key := f"mailfleet.mailplus.{module}") in task)
    assert {name: given.get(name) for name in CONNECTION_SPEC} == {
        name: f"{{{{ mailplus_state_{name} | default(omit) }}}}" for name in CONNECTION_SPEC
    }
