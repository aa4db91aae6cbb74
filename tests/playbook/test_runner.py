# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-runner, which AWX runs its jobs with: events, artifacts, and how AWX and Ansible pass cached facts."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support import running
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import FACTS, NAMESPACE, debug, task
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    Project,
    hosts,
    play,
    requests_of,
    role,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import BIN, Data, core_version
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

ansible_runner = pytest.importorskip("ansible_runner", reason="ansible-runner is not installed")

PASSWORD = "S3cret of the NAS"
RELAY = "S3cret of the relay"
NAS: Data = {
    "well": {
        "queue": {"total": 3},
        "data": {"SYNO.MailPlusServer.SMTP.General": {"get": {"relay": {"password": RELAY}}}},
    },
    "gone": {"unreachable": True},
}
# Since 2.19, ansible-core prefixes the names of cached facts with the version of its own format, and wraps them in it.
OWN_FORMAT = core_version() >= (2, 19)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    described = {"defaults": {"accounts": [{"username": "auditor", "password": PASSWORD}]}, "nas": NAS}
    with run_fleet({"now": "2026-01-31T09:45:00Z", **described}) as served:
        yield served


@dataclass
class Job:
    """A finished job: what ansible-runner returned, and the private data directory."""

    runner: Any
    directory: Path

    @property
    def artifacts(self) -> Path:
        return Path(self.runner.config.artifact_dir)

    @property
    def cached(self) -> dict[str, Data]:
        """The files of the fact cache, by their names."""
        return {path.name: json.loads(path.read_text("utf-8")) for path in (self.artifacts / "fact_cache").iterdir()}

    def results(self, task: str) -> dict[str, Data]:
        """What a task returned, by host, as events tell it."""
        ends = ("runner_on_ok", "runner_on_failed")
        found = [event["event_data"] for event in self.runner.events if event["event"] in ends]
        return {each["host"]: each["res"] for each in found if each["task"].rpartition(" : ")[2] == task}


@dataclass
class Awx:
    """Starts jobs as AWX does, one private data directory each, and passes cached facts between them as AWX does."""

    directory: Path
    fleet: Fleet
    # Of each host: what AWX has in its database.
    facts: dict[str, Data] = field(default_factory=dict)

    def run(self, plays: Any, name: str) -> Job:
        project = Project(self.directory / name / "project")
        project.write("playbook.yml", plays)
        inventory = hosts(self.fleet, {**LENIENT, "mailplus_state_directory": str(self.directory / "state")})
        Project(self.directory / name / "inventory").write("hosts.yml", inventory)
        cache = self.directory / name / "artifacts" / "job" / "fact_cache"
        written = self._write_facts(cache)
        runner = ansible_runner.run(
            private_data_dir=str(self.directory / name),
            playbook="playbook.yml",
            ident="job",
            fact_cache_type="jsonfile",
            quiet=True,
            envvars=environment(self.directory / name),
            settings={"suppress_env_files": True},
        )
        job = Job(runner, self.directory / name)
        assert runner.status == "successful", (job.artifacts / "stdout").read_text(encoding="utf-8")
        self._read_facts(cache, written)
        return job

    def _write_facts(self, cache: Path) -> dict[str, float]:
        """As AWX's start_fact_cache: plain JSON, the host's name as the name of the file."""
        cache.mkdir(parents=True)
        for host, facts in self.facts.items():
            (cache / host).write_text(json.dumps(facts), encoding="utf-8")
            before = time.time() - 2
            os.utime(cache / host, (before, before))
        return {host: (cache / host).stat().st_mtime for host in self.facts}

    def _read_facts(self, cache: Path, written: dict[str, float]) -> None:
        """As AWX's finish_fact_cache: a file that is newer is taken, one that is missing clears the host's facts."""
        for host in NAS:
            path = cache / host
            if not path.exists():
                self.facts.pop(host, None)
            elif path.stat().st_mtime != written.get(host):
                self.facts[host] = json.loads(path.read_text(encoding="utf-8"))


def environment(directory: Path) -> dict[str, str]:
    surroundings = running.surroundings(directory)
    # Those are ansible-runner's to set.
    kept = {name: value for name, value in surroundings.items() if "CALLBACK" not in name}
    return kept | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "MAILPLUS_PASSWORD": PASSWORD}


@pytest.fixture
def awx(tmp_path: Path, fleet: Fleet) -> Awx:
    for nas in fleet.values():
        nas.reset()
    return Awx(tmp_path, fleet)


STATE = [play(roles=[f"{NAMESPACE}.mailplus_state"])]
REPORT = [play(role("report"))]


def test_a_job_leaves_its_artifacts(awx: Awx, fleet: Fleet) -> None:
    job = awx.run(STATE, "first")
    gathered = job.results("Gather the state of MailPlus Server")
    assert ("ansible_facts" in gathered["well"]) == (core_version() < (2, 21)), "the state, with personal data"
    assert gathered["gone"]["error"]["name"] == "connection_refused"
    assert job.runner.stats["ok"].keys() == set(NAS)
    (told,) = [
        event["event_data"]["artifact_data"] for event in job.runner.events if "artifact_data" in event["event_data"]
    ]
    assert told["mailplus_state"]["totals"]["hosts"]["ok"] == 1
    assert all(Path(name).is_file() for name in told["mailplus_state"]["files"])
    assert len(json.dumps(told)) < 4500, "AWX keeps it in its database, and gives it to the next job as variables"
    assert [name for name, nas in fleet.items() if nas.sessions] == []


def test_no_secret_is_in_what_a_job_leaves(awx: Awx) -> None:
    job = awx.run(STATE, "first")
    files = [path for path in job.artifacts.rglob("*") if path.is_file()]
    assert len(list((job.artifacts / "job_events").iterdir())) > 5
    texts = {str(path): path.read_text(encoding="utf-8") for path in files}
    holding = {name for name, text in texts.items() if PASSWORD in text or RELAY in text}
    # Of ansible-runner itself: the whole environment, for the owner alone. AWX removes it with the job's directory.
    assert holding == {str(job.artifacts / "command")}
    assert (job.artifacts / "command").stat().st_mode & 0o77 == 0
    assert [name for name, text in texts.items() if "[hidden]" in text] != []


def test_what_awx_reads_back_of_cached_facts(awx: Awx) -> None:
    """This fails when ansible-core changes what it does, and the guide about AWX with it."""
    job = awx.run(STATE, "first")
    if OWN_FORMAT:
        assert {name.partition("_")[0] for name in job.cached} == {"s1"}
        assert set(job.cached["s1_well"]) == {"__payload__"}
        assert job.runner.get_fact_cache("well") == {}
        assert awx.facts == {}
    else:
        assert set(job.cached) == {"well"}
        assert job.runner.get_fact_cache("well") == awx.facts["well"] == job.cached["well"]
        assert awx.facts["well"]["mailplus"]["sections"]["queue"]["total"] == 3
    assert "gone" not in awx.facts


LOOK = debug("Look", "{{ ansible_facts.mailplus.sections.queue.total | default('nothing') }}")


def test_what_a_later_job_sees_of_cached_facts(awx: Awx, fleet: Fleet) -> None:
    state = json.loads(json.dumps({"mailplus": facts_of(awx)}))
    awx.facts = {"well": state}
    for nas in fleet.values():
        nas.reset()
    job = awx.run([*REPORT, play(LOOK)], "later")
    report = json.loads((awx.directory / "state" / "report.json").read_text(encoding="utf-8"))
    found = {host["host"]: host for host in report["hosts"]}
    assert requests_of(fleet) == {}
    assert f"{job.results('Look')['well']['msg']}" == ("nothing" if OWN_FORMAT else "3")
    assert found["well"]["status"] == ("not_gathered" if OWN_FORMAT else "ok")
    # AWX goes on to show what it had, however old, while no job sees it.
    assert awx.facts == {"well": state}


def facts_of(awx: Awx) -> Data:
    """The facts of a host, from the result of a task."""
    job = awx.run([play(task("Ask", FACTS, CONNECTION, ignore_errors=True))], "asked")
    facts: Data = job.results("Ask")["well"]["ansible_facts"]["mailplus"]
    awx.facts = {}
    return facts


CONNECTION = {
    name: f"{{{{ mailplus_state_{name} }}}}" for name in ("port", "https", "username", "password", "ca_path", "timeout")
}


def test_a_report_without_cached_facts_says_what_is_missing(awx: Awx, fleet: Fleet) -> None:
    job = awx.run(REPORT, "only")
    shown = json.dumps(job.results("Summary of the report"))
    report = json.loads((awx.directory / "state" / "report.json").read_text(encoding="utf-8"))
    assert {host["host"]: host["status"] for host in report["hosts"]} == dict.fromkeys(NAS, "not_gathered")
    missing = "nothing was gathered in this run and no facts are cached"
    assert [host["host"] for host in report["hosts"] if missing in host["reason"]] == sorted(NAS)
    assert missing in shown
    assert report["totals"]["verdicts"]["pass"] == 0
    assert requests_of(fleet) == {}


def test_facts_that_ansible_caches_by_itself_are_reported_by_the_next_job(awx: Awx, fleet: Fleet) -> None:
    """With a cache of the project's own, on storage that both jobs see, no format has to fit but Ansible's own."""
    cache = {
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(awx.directory / "own"),
    }
    project = Project(awx.directory, ["None of the sections exists"])
    project.write("hosts.yml", hosts(fleet, {**LENIENT, "mailplus_state_directory": str(awx.directory / "state")}))
    project.play("mailfleet.mailplus.gather", environment=cache)
    for nas in fleet.values():
        nas.reset()
    project.play(REPORT, environment=cache)
    assert requests_of(fleet) == {}
    statuses = {host["host"]: host["status"] for host in project.read("state/report.json")["hosts"]}
    # Why it failed is not among the facts.
    assert statuses == {"well": "ok", "gone": "not_gathered"}
