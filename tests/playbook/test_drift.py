# SPDX-License-Identifier: GPL-3.0-or-later
"""Drift: hosts compared with the files of an earlier run, through the role."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import debug
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    IMAP_POP3,
    LENIENT,
    PREFIX,
    Project,
    hosts,
    play,
    requests_of,
    role,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

TRACEBACK = "An exception occurred"
CHECK = "mailfleet.mailplus.mailplus_state : Check variables, policies and the baseline"
# Hosts are alike but for these settings, which are other ones on each.
# Some of every kind but entries.
SUBSET = [
    "core",
    "server_list",
    "smtp_general",
    "smtp_security",
    "imap_pop3",
    "report",
    "admin_log",
    "queue",
    "security",
]
SUBSET += [f"!{name}" for name in ("content_scan", "mcp", "mcp_rules", "mcp_template", "mcp_quarantine")]
EACH = ["smtp_general.data.hostname", "smtp_general.data.relay.account"]
CHANGED = "imap_pop3.data.enable_imap"
# What a run that removes personal data cannot compare with a file that one such wrote.
HIDDEN = ("report.data.recipient", "smtp_general.data.external_postmaster.0")
HIDDEN_OF_EACH = ("smtp_general.data.relay.account",)


SECRET = "smtp_general.data.relay.password"
SECRET_REASON = "A secret is hidden here, so that a change cannot be seen."


def same_but_for(*paths: str) -> Data:
    reason = "Personal data was removed here, so that a change cannot be seen."
    reasons = {**dict.fromkeys(paths, reason), SECRET: SECRET_REASON}
    missing = [{"path": path, "reason": reasons[path], "count": 1} for path in sorted(reasons)]
    return {"status": "partial", "reason": None, "differences": [], "not_compared": missing}


SAME = same_but_for(*HIDDEN, *HIDDEN_OF_EACH)
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
    "ignored": {"mailplus_state_drift_ignore": ["imap_pop3.*"]},
    "one": {"mailplus_state_drift_ignore": EACH},
}
BAD: dict[str, tuple[Any, str]] = {
    "missing": (None, "it cannot be read: No such file or directory."),
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
    project.write("hosts.yml", hosts(fleet, {**LENIENT, "mailplus_state_subset": SUBSET}))
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
    sides = {"baseline": baseline, "actual": actual}
    return {"path": path, "kind": kind, "severity": severity, "fails": False, **sides}


def test_the_same_fleet_does_not_differ(project: Project) -> None:
    found = drifts(project, "same")
    assert {name: found[name] for name in ("one", "two", "three")} == dict.fromkeys(("one", "two", "three"), SAME)
    assert found["gone"]["status"] == "unknown"
    assert found["gone"]["reason"].startswith("The host was not read: ")


def test_what_changed_is_told_with_both_values(project: Project) -> None:
    found = drifts(project, "fleet")
    assert found["one"] == SAME
    assert found["two"]["differences"] == [difference(CHANGED, "changed", "medium", False, True)]
    assert found["three"]["differences"] == [
        difference("security.data.burst", "added", "medium", None, {"mails": 9}),
        difference("security.data.flow_limit_mails", "removed", "medium", 200, None),
    ]
    assert project.read("fleet/report.json")["totals"]["differences"]["medium"] == 3


def test_a_baseline_of_one_host_is_for_all(project: Project) -> None:
    found = drifts(project, "one")
    assert found["one"] == same_but_for(*HIDDEN)
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
    assert drifts(project, "ignored")["two"] == SAME


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
    messages = [result.returned["msg"] for result in run.results if result.task == CHECK and result.status == "failed"]
    for (name, (_content, said)), message in zip(BAD.items(), messages, strict=True):
        assert message == f"baseline {project.directory / f'bad-{name}.json'}: {said}"
    assert TRACEBACK not in run.output
    assert requests_of(fleet) == {}
    assert not (project.directory / "never").exists()


@pytest.fixture
def nightly(fleet: Fleet, tmp_path: Path) -> Project:
    """Runs that compare with what the one before wrote."""
    project = Project(tmp_path)
    state = str(tmp_path / "state")
    variables = {
        **LENIENT,
        "mailplus_state_directory": state,
        "mailplus_state_baseline": f"{state}/fleet.json",
        "mailplus_state_personal_data": "keep",
    }
    project.write("hosts.yml", hosts(fleet, variables))
    for nas in fleet.values():
        nas.set_answer(IMAP_POP3, "get", {"enable_imap": True})
    return project


def statuses(project: Project) -> dict[str, str]:
    return {name: drift["status"] for name, drift in drifts(project, "state").items()}


@pytest.mark.parametrize(
    "keywords", [{}, {"serial": 1}, {"strategy": "ansible.builtin.free"}], ids=["linear", "serial", "free"]
)
def test_the_files_of_the_last_run_are_a_baseline(nightly: Project, fleet: Fleet, keywords: Data) -> None:
    warnings = ["run_once"] if "strategy" in keywords else []  # Ansible warns that free does not heed it
    playbook = [play(role(), **keywords)]
    nightly.play(playbook, expected_warnings=warnings)
    first = drifts(nightly, "state")
    assert {drift["status"] for drift in first.values()} == {"not_compared"}
    assert {drift["reason"] for drift in first.values()} == {"There is no baseline yet: this run writes the first one."}
    nightly.play(playbook, expected_warnings=warnings)
    assert statuses(nightly) == {"one": "partial", "two": "partial", "three": "partial", "gone": "unknown"}
    fleet["two"].set_answer(IMAP_POP3, "get", {"enable_imap": False})
    nightly.play(playbook, expected_warnings=warnings)
    assert statuses(nightly) == {"one": "partial", "two": "different", "three": "partial", "gone": "unknown"}
    assert drifts(nightly, "state")["two"]["differences"] == [difference(CHANGED, "changed", "medium", True, False)]


def test_the_file_of_a_host_of_the_last_run_is_a_baseline(nightly: Project, fleet: Fleet) -> None:
    one = ("-e", f"mailplus_state_baseline={nightly.directory}/state/hosts/one.json")
    nightly.play("mailfleet.mailplus.state", *one)
    fleet["one"].set_answer(IMAP_POP3, "get", {"enable_imap": False})
    nightly.play("mailfleet.mailplus.state", *one)
    paths = {name: [each["path"] for each in drift["differences"]] for name, drift in drifts(nightly, "state").items()}
    assert CHANGED in paths["one"]
    assert CHANGED not in paths["two"]


def test_gathering_first_and_reporting_then_compares_with_the_last_run_too(nightly: Project, fleet: Fleet) -> None:
    playbook = [play(role("gather"), role("report"))]
    nightly.play(playbook)
    fleet["two"].set_answer(IMAP_POP3, "get", {"enable_imap": False})
    nightly.play(playbook)
    assert statuses(nightly) == {"one": "partial", "two": "different", "three": "partial", "gone": "unknown"}


def test_a_baseline_that_was_overwritten_is_refused(nightly: Project, fleet: Fleet) -> None:
    baseline = nightly.directory / "state" / "fleet.json"
    nightly.write("hosts.yml", hosts(fleet, {**LENIENT, "mailplus_state_directory": str(baseline.parent)}))
    nightly.play("mailfleet.mailplus.gather")
    unseen = role("report", mailplus_state_baseline=str(baseline))
    run = nightly.play([play(role("gather"), unseen)], failing=True)
    assert f"baseline {baseline}: this run wrote it before it was asked to compare with it." in run.output
    run = nightly.play("mailfleet.mailplus.report", "-e", f"mailplus_state_baseline={baseline}", failing=True)
    assert f"baseline {baseline}: what is reported was written there too" in run.output
    assert TRACEBACK not in run.output
    assert not (nightly.directory / "state" / "report.json").exists()
    # One host as the measure of all is no matter of time.
    nightly.play("mailfleet.mailplus.report", "-e", f"mailplus_state_baseline={baseline.parent}/hosts/one.json")
    assert drifts(nightly, "state")["one"]["status"] == "partial"


def test_what_was_not_compared_is_in_every_format(nightly: Project, fleet: Fleet) -> None:
    few = ["core", "report", "imap_pop3"]
    narrow = {**LENIENT, "mailplus_state_directory": str(nightly.directory / "state"), "mailplus_state_subset": few}
    nightly.write("hosts.yml", hosts(fleet, narrow))
    nightly.play("mailfleet.mailplus.state", "--limit", "one")
    (nightly.directory / "state" / "fleet.json").rename(nightly.directory / "last.json")
    with_baseline = ("-e", f"mailplus_state_baseline={nightly.directory}/last.json")
    run = nightly.play(
        "mailfleet.mailplus.state", *with_baseline, "-e", '{"mailplus_state_subset": ["core", "report"]}'
    )
    state = nightly.directory / "state"
    texts = {path.name: path.read_text(encoding="utf-8") for path in state.iterdir() if path.is_file()}
    without = "The baseline has no state of this host."
    for name in ("report.html", "report.json", "findings.csv", "junit.xml", "report.md"):
        assert without in texts[name], name
        assert "This section was not gathered." in texts[name] or name == "junit.xml"
        assert "report.data.recipient" in texts[name].replace("\\", "").replace("<wbr>", ""), name
    assert 'mailplus_drift_known{host="two"} 0' in texts["mailplus.prom"]
    assert 'mailplus_drift_not_compared{host="one"} 2' in texts["mailplus.prom"]
    assert re.search(r"^one,.*,partial,0,2(,.*)?\r?$", texts["hosts.csv"], re.MULTILINE)
    assert re.search(r"^two,.*,not_compared,unknown,unknown(,.*)?\r?$", texts["hosts.csv"], re.MULTILINE)
    summary = run.ok("mailfleet.mailplus.mailplus_state : Summary of the report")["msg"]
    assert summary[1].endswith("; 0 differences, 2 sections or values not compared")
    (of_fleet,) = (line for line in summary if line.startswith("4 hosts"))
    assert of_fleet.endswith("; 0 differences, not compared: 3 hosts and 2 sections or values")
