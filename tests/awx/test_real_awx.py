# SPDX-License-Identifier: GPL-3.0-or-later
"""A real AWX: what the playbook sets up there, and what its jobs do. Minutes long, see README.md."""

from __future__ import annotations

import datetime
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.awx.api import Data
from ansible_collections.mailfleet.mailplus.tests.awx.site import (
    GATHER,
    INVENTORY,
    NAMES,
    NEVER,
    SOURCE,
    STATE,
    TITLE,
    WORKFLOW,
    Site,
    changed,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Run

Saw = Callable[[str], None]

pytestmark = pytest.mark.usefixtures("first")


@pytest.fixture(scope="module")
def workflow(site: Site) -> Data:
    return site.launch("workflow_job_templates", WORKFLOW)


def recap(run: Run) -> str:
    return " ".join(run.stdout.rstrip().rsplit("\n", 1)[-1].split())


def artifacts(job: Data) -> str:
    kept = job["artifacts"].get("mailplus_state")
    return f"artifacts: {len(kept['files'])} files, hosts {json.dumps(kept['totals']['hosts'])}" if kept else "nothing"


def test_a_second_run_changes_nothing_but_the_credential(site: Site, first: Run, saw: Saw) -> None:
    saw(f"first run: {recap(first)}")
    again = site.set_up()
    saw(f"second run: {recap(again)}, changed: {changed(again)}")
    assert again.returncode == 0, again.output[-5000:]
    assert changed(again) == ["Credential"]


def test_slices_gather_and_one_job_reports(site: Site, workflow: Data, saw: Saw) -> None:
    sliced, report = sorted(site.slices(workflow), key=lambda job: job["type"] != "workflow_job")
    slices = site.slices(sliced)
    hosts = [len(site.api.found(f"jobs/{job['id']}/job_host_summaries/")) for job in slices]
    saw(f"workflow: {[job['status'] for job in slices]} slices of {hosts} hosts")
    saw(f"report: {report['status']}, {artifacts(report)}")
    assert len(slices) == int(NAMES["mailplus_awx_slices"])
    assert sum(hosts) == len(site.fleet), site.api.output(slices[0])[-3000:]
    assert sum(report["artifacts"]["mailplus_state"]["totals"]["hosts"].values()) == len(site.fleet)


def test_answers_that_are_defaults_reach_the_slices(site: Site, workflow: Data) -> None:
    (sliced,) = (job for job in site.slices(workflow) if job["type"] == "workflow_job")
    (template,) = (each for each in NAMES["mailplus_awx_job_templates"] if each["name"] == GATHER)
    assert template["questions"] == "{{ mailplus_awx_questions_reading }}"
    defaults = {each["variable"]: each["default"] for each in NAMES["mailplus_awx_questions_reading"]}
    for job in site.slices(sliced):
        given = json.loads(job["extra_vars"])
        assert {name: given.get(name) for name in defaults} == defaults


def test_the_report_is_on_the_node(site: Site, workflow: Data, saw: Saw) -> None:
    assert workflow["finished"]
    path = site.directory / "sliced" / "report.json"
    report = json.loads(path.read_text(encoding="utf-8"))
    assert {host["host"] for host in report["hosts"]} == set(site.fleet)
    saw(f"title of the report, from group_vars of the project: {report['title']}")
    assert report["title"] == TITLE


def test_one_job_gathers_judges_and_reports(site: Site, saw: Saw) -> None:
    job = site.launch("job_templates", STATE, limit="mail-berlin,mail-lisbon", answers=NEVER)
    saw(f"{STATE}: {job['status']}, {artifacts(job)}")
    assert job["status"] == "successful", site.api.output(job)[-3000:]
    assert sum(job["artifacts"]["mailplus_state"]["totals"]["hosts"].values()) == 2


def test_the_api_launches_it_without_answers(site: Site) -> None:
    template = site.template("job_templates", STATE)
    job = site.api.ended(site.api.send("POST", f"{template['url']}launch/", limit="mail-berlin"))
    assert sum(job["artifacts"]["mailplus_state"]["totals"]["hosts"].values()) == 1, site.api.output(job)[-3000:]


def test_the_schedule_starts_the_workflow(site: Site, saw: Saw) -> None:
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=90)
    rule = f"DTSTART;TZID=Etc/UTC:{soon:%Y%m%dT%H%M%S} RRULE:FREQ=DAILY;INTERVAL=1"
    assert changed(site.set_up(mailplus_awx_rrule=rule)) == ["Credential", "Schedule"]
    for _second in range(300):
        started = site.api.found("workflow_jobs/", launch_type="scheduled", name=WORKFLOW)
        if started:
            break
        time.sleep(1)
    (job,) = started
    ended = site.api.ended(job)
    saw(f"schedule: due {soon:%H:%M:%S}, started {job['created']}, {ended['status']}")
    assert job["created"] >= f"{soon:%Y-%m-%dT%H:%M:%S}"


def test_the_inventory_plugin_is_a_source(site: Site, saw: Saw) -> None:
    api = site.api
    one: dict[str, Any] = {
        "inventory": site.template("inventories", INVENTORY)["id"],
        "source_project": site.template("projects", "Fleet")["id"],
        "credential": site.template("credentials", NAMES["mailplus_awx_credential"])["id"],
        "execution_environment": api.one("execution_environments/", name="MailPlus")["id"],
    }
    source = api.send("POST", "inventory_sources/", name="Fleet", source="scm", source_path=SOURCE, **one)
    update = api.ended(api.send("POST", f"{source['url']}update/"))
    assert update["status"] == "successful", api.output(update)[-3000:]
    groups = {group["name"]: group["id"] for group in api.found("groups/", inventory=one["inventory"])}
    counts = {name: len(api.found(f"groups/{number}/hosts/")) for name, number in groups.items()}
    saw(f"inventory source: {update['status']}, hosts of groups {counts}")
    assert "mailplus_unreachable" in counts


def test_no_password_is_in_the_database(site: Site, workflow: Data, saw: Saw) -> None:
    assert workflow["finished"]
    dump = site.awx.dump()
    passwords = {nas.password for nas in site.fleet.values()}
    found = {word: len(re.findall(re.escape(word), dump)) for word in passwords}
    saw(f"passwords in a dump of the database ({len(dump)} bytes): {sum(found.values())}")
    assert not any(found.values())
