# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed since the last run, told by the role night after night."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    IMAP_POP3,
    LENIENT,
    QUEUE,
    Project,
    hosts,
    requests_of,
    schema,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

SUBSET = ["core", "imap_pop3", "queue", "security"]
STATE = "mailfleet.mailplus.state"
REPORT = "mailfleet.mailplus.report"


@pytest.fixture(scope="module")
def running() -> Iterator[Fleet]:
    with run_fleet({"nas": {"one": {}, "two": {}, "three": {}}}) as fleet:
        yield fleet


@pytest.fixture
def fleet(running: Fleet) -> Fleet:
    for nas in running.values():
        nas.reset()
    return running


@pytest.fixture
def project(fleet: Fleet, tmp_path: Path) -> Project:
    project = Project(tmp_path)
    write_hosts(project, fleet)
    return project


def write_hosts(project: Project, fleet: Fleet, *names: str, **variables: Any) -> None:
    own = {
        **LENIENT,
        "mailplus_state_subset": SUBSET,
        "mailplus_state_directory": "state",
        "mailplus_state_formats": ["json", "html", "markdown", "csv"],
        **variables,
    }
    described: Data = hosts(fleet, own)
    found = described["nas"]["hosts"]
    for name in [*found]:
        if names and name not in names:
            del found[name]
    project.write("hosts.yml", described)


def night(project: Project, *arguments: str, **more: Any) -> Data:
    project.play(STATE, "-e", "mailplus_hosts=nas", *arguments, **more)
    report: Data = project.read("state/report.json")
    jsonschema.validate(report, schema("report"))
    return report


def changes(report: Data, host: str) -> Data:
    return next(each["since_last_run"] for each in report["hosts"] if each["host"] == host)


def kept(project: Project) -> list[str]:
    return sorted(path.name for path in (project.directory / "state/history").iterdir())


def test_a_change_is_told_once_and_a_host_that_is_lost_keeps_its_state(project: Project, fleet: Fleet) -> None:
    assert night(project)["since_last_run"]["last"] is None
    fleet["two"].set_answer(IMAP_POP3, "get", {"enable_imap": True})
    fleet["one"].mailplus.rows(QUEUE).grow(5)
    second = night(project)
    (difference,) = changes(second, "two")["differences"]["differences"]
    assert (difference["path"], difference["baseline"], difference["actual"]) == (
        "imap_pop3.data.enable_imap",
        False,
        True,
    )
    mails = next(one for one in changes(second, "one")["figures"] if one["name"] == "queue_mails")
    assert mails["line"] == [mails["before"], mails["now"]]
    assert mails["now"] == mails["before"] + 5
    write_hosts(project, fleet, "one", "two")
    third = night(project, "--limit", "one")
    assert changes(third, "one")["differences"]["differences"] == []
    assert {each["host"]: each["in_inventory"] for each in third["since_last_run"]["missing"]} == {
        "three": False,
        "two": True,
    }
    assert len(kept(project)) == 3


def test_the_last_run_and_a_named_one_are_baselines(project: Project, fleet: Fleet) -> None:
    night(project)
    first = project.read("state/report.json")["since_last_run"]["run"]
    fleet["two"].set_answer(IMAP_POP3, "get", {"enable_imap": True})
    night(project)
    failing = ("-e", "mailplus_state_drift_severity=critical", "-e", "mailplus_state_fail_severity=critical")
    last = night(project, "-e", "mailplus_state_baseline=last", *failing)
    assert {each["host"]: len(each["drift"]["differences"]) for each in last["hosts"]} == {
        "one": 0,
        "two": 0,
        "three": 0,
    }
    named = night(project, "-e", f"mailplus_state_baseline={first}", *failing, failing=True)
    assert {each["host"]: len(each["drift"]["differences"]) for each in named["hosts"]} == {
        "one": 0,
        "two": 1,
        "three": 0,
    }


def test_a_run_that_is_not_kept_is_told_before_any_nas_is_asked(project: Project, fleet: Fleet) -> None:
    run = project.play(STATE, "-e", "mailplus_hosts=nas", "-e", "mailplus_state_baseline=2020-02-02", failing=True)
    (failed,) = (result for result in run.results if result.status == "failed")
    place = project.directory / "state/history"
    assert failed.returned["msg"] == f"baseline 2020-02-02: no such run is kept in {place}; there is none."
    assert requests_of(fleet) == {}
    assert not (project.directory / "state").exists()


def test_a_check_keeps_no_run_and_none_is_kept_where_none_is_wanted(project: Project) -> None:
    project.play(STATE, "-e", "mailplus_hosts=nas", "--check")
    assert not (project.directory / "state").exists()
    report = night(project, "-e", "mailplus_state_history_runs=0")
    assert report["since_last_run"] is None
    assert not (project.directory / "state/history").exists()


def alike(report: Data) -> str:
    views = [view for view in report["views"] if view["name"] != "queue_destinations"]
    return json.dumps({**report, "views": views, "generated_at": ""})


def test_a_report_made_again_is_the_same_but_for_its_time(project: Project, fleet: Fleet) -> None:
    night(project)
    fleet["two"].set_answer(IMAP_POP3, "get", {"enable_imap": True})
    once = night(project)
    runs = kept(project)
    for _again in range(2):
        project.play(REPORT, "-e", "mailplus_hosts=nas")
        again = project.read("state/report.json")
        # Without recipients, destinations are those of the summary alone.
        assert [view["name"] for view in again["views"] if view["partial"]] == ["queue_destinations"]
        assert alike(again) == alike(once)
    assert kept(project) == runs


def test_old_runs_are_removed(project: Project) -> None:
    for _night in range(3):
        night(project, "-e", "mailplus_state_history_runs=2")
    assert len(kept(project)) == 2


def test_files_stay_as_they_are_while_nothing_changes(project: Project) -> None:
    on_change = ("-e", "mailplus_state_only_on_change=true")
    night(project, *on_change)
    night(project, *on_change)
    before = {path: path.stat().st_mtime_ns for path in (project.directory / "state").glob("report.*")}
    night(project, *on_change)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(kept(project)) == 3
