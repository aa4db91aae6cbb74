# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that prints what an account can read, and what it lacks."""

from __future__ import annotations

import re
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
PAGES = "What MailPlus Server says that the account sees"
ALL = [section.name for section in select(["all"])]
TEMPLATE = "{{ 7 * 7 }} {% raw %}"

# Of the package's own refusals: pages that the auditor's policy does not tick.
MISSING = {f"{PREFIX}Queue": 5615, f"{PREFIX}Domain.User": 5615, f"{PREFIX}License": 5615, f"{PREFIX}Util": 5615}
AUDITOR = {"accounts": [{"username": "auditor", "role": "delegated", "permissions": MISSING}]}
DESCRIPTION = {
    "nas": {
        "nas1": {},
        "nas2": {**AUDITOR, "apis": {f"{PREFIX}Report": "absent"}, "faults": []},
        "nas3": {"accounts": [{"role": "delegated", "permissions": {f"{PREFIX}*": 5615}}]},
        "nas4": {"unreachable": True},
    }
}


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


def test_each_section_has_a_line_with_what_is_missing(project: Project, fleet: Fleet) -> None:
    fleet["nas2"].faults.add("error", code=5599, api=f"{PREFIX}Log.Mail")
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, failing=True)
    assert sorted(section for section, _ in lines(run.ok(LINES, "nas1")["msg"])["ok"]) == sorted(ALL)

    message = run.ok(LINES, "nas2")["msg"]
    assert [line.split()[0] for line in message] == sorted(
        (line.split()[0] for line in message), key=["ok", "forbidden", "unsupported", "failed"].index
    )
    found = lines(message)
    assert sorted(section for each in found.values() for section, _ in each) == sorted(ALL)
    forbidden = dict(found["forbidden"])
    for name in ("queue", "queue_settings", "domain_users"):
        assert forbidden[name] == f"give the option {BY_NAME[name].privilege}"
    assert forbidden["license_limit"] == "Use a DSM administrator: no delegation policy covers this section."
    assert forbidden["account_type"].startswith("Use a DSM administrator, or give the account a delegation policy")
    assert "report" in found["unsupported"][0]
    assert dict(found["failed"])["mail_log"].endswith("code 5599).")
    assert "permissions.data" in "".join(run.ok(PAGES, "nas2"))


def test_a_nas_that_tells_nothing_fails_with_the_reason(project: Project, fleet: Fleet) -> None:
    project.write("hosts.yml", hosts(fleet))
    run = project.play(PLAYBOOK, "--limit", "nas3:nas4", failing=True)
    ask = "Ask for every section, and for no row"
    assert "No section could be read" in run.failed(ask, "nas3")["msg"]
    assert run.failed(ask, "nas4")["error"]["name"] == "connection_refused"


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
    assert data == {"tabs": [TEMPLATE]}


def test_the_playbook_takes_every_option_of_the_connection() -> None:
    (play,) = yaml.safe_load((ROOT / "playbooks" / "permissions.yml").read_text(encoding="utf-8"))
    given = play["tasks"][0]["mailfleet.mailplus.mailplus_facts"]
    assert {name: given.get(name) for name in CONNECTION_SPEC} == {
        name: f"{{{{ mailplus_state_{name} | default(omit) }}}}" for name in CONNECTION_SPEC
    }
