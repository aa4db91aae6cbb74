# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift: hosts compared with the files of an earlier run, through the role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.plays import debug
from ansible_collections.mailfleet.mailplus.tests.playbook.project import (
    IMAP_POP3,
    LENIENT,
    PREFIX,
    Project,
    hosts,
    play,
    requests_of,
    role,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.running import Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

JUDGE = "mailfleet.mailplus.mailplus_state : Judge the state of the fleet"
# Hosts are alike but for these settings, which are other ones on each.
EACH = ["smtp_general.data.hostname", "smtp_general.data.relay.account", "server_list.data.server_list.*"]
CHANGED = "imap_pop3.data.enable_imap"
DEFAULT_IGNORE = ["*.data.items*", "*.data.log_list*", "*.data.total"]
WAYS: dict[str, Data] = {
    "fleet": {},
    "severity": {"mailplus_state_drift_severity": "critical"},
    "severities": {
        "mailplus_state_drift_severities": [
            {"path": "smtp*", "severity": "info"},
            {"path": "*enable_imap", "severity": "high"},
            {"path": "*", "severity": "critical"},
        ]
    },
    "ignored": {"mailplus_state_drift_ignore": [*DEFAULT_IGNORE, "imap_pop3.*"]},
    "one": {"mailplus_state_drift_ignore": [*DEFAULT_IGNORE, *EACH]},
    "rows": {"mailplus_state_drift_ignore": []},
}
BAD: dict[str, tuple[Any, str]] = {
    "missing": (None, "cannot be read or written: No such file or directory."),
    "broken": ("{", "it is not JSON."),
    "list": ([], "it is not a file that this role wrote (schema_version 1)."),
    "version": ({"schema_version": 99, "hosts": {}}, "it is not a file that this role wrote (schema_version 1)."),
    "empty": ({"schema_version": 1, "hosts": {}}, "it holds no gathered state."),
    "unread": ({"schema_version": 1, "host": "x", "mailplus": None}, "it holds no gathered state."),
    "report": ({"report_version": 1, "hosts": []}, "it is not a file that this role wrote (schema_version 1)."),
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    described: Data = {"one": {}, "two": {}, "three": {"queue": {"total": 3}}, "gone": {"unreachable": True}}
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": described}) as running:
        yield running


@pytest.fixture(scope="module")
def project(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A baseline, then changes on two hosts, and what comparing says of them."""
    project = Project(tmp_path_factory.mktemp("drift"))
    project.write("hosts.yml", hosts(fleet, LENIENT))
    baseline = project.directory / "baseline"
    same = role("report", mailplus_state_directory=str(project.directory / "same"), **compared(baseline / "fleet.json"))
    project.play([play(role("gather", mailplus_state_directory=str(baseline)), same)])
    fleet["two"].set_answer(IMAP_POP3, "get", {"enable_imap": True})
    fleet["three"].set_answer(f"{PREFIX}Security", "get", {"flow_limit_mails": "__absent__", "burst": {"mails": 9}})
    fleet["three"].mailplus.rows(f"{PREFIX}Queue").grow(5)
    files = {name: baseline / ("hosts/one.json" if name == "one" else "fleet.json") for name in WAYS}
    reports = [
        role("report", mailplus_state_directory=str(project.directory / name), **compared(files[name]), **variables)
        for name, variables in WAYS.items()
    ]
    again = role("gather", mailplus_state_directory=str(project.directory / "again"))
    failing = {
        "name": "Fail",
        "block": [role("assert", **compared(files["fleet"]), mailplus_state_fail_severity="medium")],
        "rescue": [debug("Failed", "{{ ansible_failed_result.msg }}")],
    }
    project.write("run.json", json.dumps(drift_failures(project.play([play(again, *reports, failing)]))))
    return project


def compared(path: Path) -> Data:
    return {"mailplus_state_baseline": str(path), "mailplus_state_formats": ["json"]}


def drift_failures(run: Run) -> dict[str, str]:
    return {result.host: result.returned["msg"] for result in run.results if result.task == "Failed"}


def drifts(project: Project, name: str) -> dict[str, Data]:
    return {host["host"]: host["drift"] for host in project.read(f"{name}/report.json")["hosts"]}


def difference(path: str, kind: str, severity: str, baseline: Any, actual: Any) -> Data:
    return {"path": path, "kind": kind, "severity": severity, "baseline": baseline, "actual": actual}


def test_the_same_fleet_does_not_differ(project: Project) -> None:
    found = drifts(project, "same")
    same: Data = {"status": "same", "reason": None, "differences": []}
    assert {name: found[name] for name in ("one", "two", "three")} == dict.fromkeys(("one", "two", "three"), same)
    assert found["gone"]["status"] == "unknown"
    assert found["gone"]["reason"].startswith("The host was not read: ")


def test_what_changed_is_told_with_both_values(project: Project) -> None:
    found = drifts(project, "fleet")
    assert found["one"]["status"] == "same"
    assert found["two"]["differences"] == [difference(CHANGED, "changed", "medium", False, True)]
    assert found["three"]["differences"] == [
        difference("security.data.burst", "added", "medium", None, {"mails": 9}),
        difference("security.data.flow_limit_mails", "removed", "medium", 200, None),
    ]
    assert project.read("fleet/report.json")["totals"]["differences"]["medium"] == 3


def test_a_baseline_of_one_host_is_for_all(project: Project) -> None:
    found = drifts(project, "one")
    assert found["one"]["status"] == "same"
    assert found["two"]["differences"] == [difference(CHANGED, "changed", "medium", False, True)]
    assert {each["path"] for each in found["three"]["differences"]} == {
        "security.data.burst",
        "security.data.flow_limit_mails",
    }


def test_severities_and_what_is_ignored(project: Project) -> None:
    assert drifts(project, "severity")["two"]["differences"][0]["severity"] == "critical"
    severities = drifts(project, "severities")
    assert severities["two"]["differences"][0]["severity"] == "high"
    assert [each["severity"] for each in severities["three"]["differences"]] == ["critical", "critical"]
    assert drifts(project, "ignored")["two"] == {"status": "same", "reason": None, "differences": []}
    rows = [each["path"] for each in drifts(project, "rows")["three"]["differences"]]
    assert "queue.data.total" in rows
    assert any(path.startswith("queue.data.items.") for path in rows)


def test_a_difference_fails_its_host(project: Project) -> None:
    failed: dict[str, str] = project.read("run.json")
    assert f"{CHANGED} (medium) differs from the baseline: changed" in failed["two"]
    assert "security.data.burst (medium) differs from the baseline: added" in failed["three"]


def test_bad_baselines_fail_before_anything_is_asked(project: Project, fleet: Fleet) -> None:
    for nas in fleet.values():
        nas.reset()
    tasks = []
    for name, (content, _message) in BAD.items():
        path = project.directory / f"bad-{name}.json"
        if content is not None:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        block = [role("main", mailplus_state_baseline=str(path)), debug("Passed", name)]
        tasks.append({"name": name, "block": block, "rescue": [debug("Rescued", name)]})
    run = project.play([play(*tasks, vars={"mailplus_state_directory": str(project.directory / "never")})])
    messages = [result.returned["msg"] for result in run.results if result.task == JUDGE and result.status == "failed"]
    for (name, (_content, said)), message in zip(BAD.items(), messages, strict=True):
        assert message.endswith(f"bad-{name}.json {said}" if name == "missing" else f"bad-{name}.json: {said}")
    assert requests_of(fleet) == {}
    assert not (project.directory / "never").exists()
