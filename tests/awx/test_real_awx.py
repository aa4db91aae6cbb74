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
from ansible_collections.mailfleet.mailplus.tests.awx.site import INVENTORY, SOURCE, Site, described
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Run

Saw = Callable[[str], None]

NAMES = described()
STATE, GATHER, REPORT = (template["name"] for template in NAMES["mailplus_awx_job_templates"])
WORKFLOW = NAMES["mailplus_awx_workflow"]["name"]
# Nothing fails for what the demo's NAS are set to.
NEVER = {"mailplus_state_fail_severity": "never", "mailplus_state_fail_unknown_severity": "never"}


@pytest.fixture(scope="module")
def first(site: Site, saw: Saw) -> Run:
    saw(f"AWX {site.awx.version}, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}")
    return site.set_up()


@pytest.fixture(scope="module")
def workflow(site: Site, first: Run) -> Data:
    assert first.returncode == 0
    return site.launch("workflow_job_templates", WORKFLOW)


def changed(run: Run) -> list[str]:
    return [result.task for result in run.results if result.returned.get("changed")]


def recap(run: Run) -> str:
    return " ".join(run.stdout.rstrip().rsplit("\n", 1)[-1].split())


def artifacts(job: Data) -> str:
    kept = job["artifacts"]["mailplus_state"]
    return f"artifacts: {len(kept['files'])} files, hosts {json.dumps(kept['totals']['hosts'])}"


def test_awx_takes_what_the_playbook_makes(first: Run, saw: Saw) -> None:
    assert first.returncode == 0, first.output[-5000:]
    saw(f"first run: {recap(first)}")


def test_a_second_run_changes_nothing_but_the_credential(site: Site, first: Run, saw: Saw) -> None:
    assert first.returncode == 0
    again = site.set_up()
    saw(f"second run: {recap(again)}, changed: {changed(again)}")
    assert again.returncode == 0, again.output[-5000:]
    assert changed(again) == ["Credential"]


def test_slices_gather_and_one_job_reports(site: Site, workflow: Data, saw: Saw) -> None:
    nodes = site.api.found(f"workflow_jobs/{workflow['id']}/workflow_nodes/")
    jobs = [site.api.send("GET", node["related"]["job"]) for node in nodes]
    sliced, report = sorted(jobs, key=lambda job: job["type"] != "workflow_job")
    slices = site.api.found("jobs/", job_template__name=GATHER, unified_job_node__workflow_job=sliced["id"])
    slices = [site.api.send("GET", job["url"]) for job in slices]
    hosts = [site.api.found(f"jobs/{job['id']}/job_host_summaries/") for job in slices]
    saw(f"workflow: {[job['status'] for job in slices]} slices of {[len(each) for each in hosts]} hosts")
    saw(f"report: {report['status']}, {artifacts(report)}")
    assert len(slices) == int(NAMES["mailplus_awx_slices"])
    assert sum(len(each) for each in hosts) == len(site.fleet)
    assert sum(report["artifacts"]["mailplus_state"]["totals"]["hosts"].values()) == len(site.fleet)


def test_the_report_is_on_the_node(site: Site, workflow: Data) -> None:
    assert workflow["finished"]
    (path,) = site.directory.glob("*/report.json")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert {host["host"] for host in report["hosts"]} == set(site.fleet)


def test_one_job_gathers_judges_and_reports(site: Site, first: Run, saw: Saw) -> None:
    assert first.returncode == 0
    job = site.launch("job_templates", STATE, limit="mail-berlin,mail-lisbon", answers=NEVER)
    saw(f"{STATE}: {job['status']}, {artifacts(job)}")
    assert job["status"] == "successful", site.api.output(job)[-3000:]
    assert sum(job["artifacts"]["mailplus_state"]["totals"]["hosts"].values()) == 2


def test_the_schedule_starts_the_workflow(site: Site, first: Run, saw: Saw) -> None:
    assert first.returncode == 0
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


def test_the_inventory_plugin_is_a_source(site: Site, first: Run, saw: Saw) -> None:
    assert first.returncode == 0
    api = site.api
    one: dict[str, Any] = {
        "inventory": api.one("inventories/", name=INVENTORY)["id"],
        "source_project": api.one("projects/", name="Fleet")["id"],
        "credential": api.one("credentials/", name=NAMES["mailplus_awx_credential"])["id"],
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
