# SPDX-License-Identifier: GPL-3.0-or-later
"""What fails the run: the files of each format say the same as the exit status and the console, whatever is set.

And rules that are switched off, and values in words.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    IMAP_POP3,
    LENIENT,
    QUEUE,
    Project,
    hosts,
    play,
    role,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

REPORT = "mailfleet.mailplus.report"
AGE: Data = {
    "id": "age",
    "title": "No mail waits for long",
    "severity": "high",
    "section": "queue",
    "path": "summary.oldest_age_seconds",
    "condition": {"at_most": 86400},
    "applies": {"section": "queue", "path": "total", "condition": {"at_least": 1}},
    "remedy": "Look at the queue.",
}
IMAP: Data = {
    "id": "imap",
    "severity": "medium",
    "section": "imap_pop3",
    "path": "data.enable_imap",
    "condition": {"equals": False},
}
NOWHERE: Data = {**IMAP, "id": "nowhere", "severity": "low", "path": "data.nowhere"}
POLICY: Data = {"name": "own", "rules": [AGE, IMAP, NOWHERE]}
NEVER = {name.removeprefix("mailplus_state_"): value for name, value in LENIENT.items()}
# Of settings, whether the run fails: on all hosts, on those that were read, and on the one that is well.
WAYS: dict[str, tuple[Data, dict[str, bool]]] = {
    "default": ({}, {"all": True, "well": False}),
    "never": (NEVER, {"all": False}),
    "unread": (NEVER | {"fail_on_error": True}, {"all": True, "nas": False}),
    "critical": (NEVER | {"fail_severity": "critical"}, {"all": False}),
    "medium": (NEVER | {"fail_severity": "medium"}, {"nas": True}),
    "unknown high": (NEVER | {"fail_unknown_severity": "high"}, {"nas": False}),
    "unknown low": (NEVER | {"fail_unknown_severity": "low"}, {"well": True}),
}
RUNS = [(name, limit, fails) for name, (_given, runs) in WAYS.items() for limit, fails in runs.items()]


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    waiting = {"queue": {"total": 3}}
    described: Data = {"well": {"queue": {"total": 0}}, "bad": waiting, "gone": {"unreachable": True}}
    with run_fleet({"nas": described}) as running:
        arrived = datetime.now(timezone.utc) - timedelta(days=4, hours=23, minutes=10)
        row = {"id": "1", "status": "deferred", "arrival_time": f"{arrived:%Y-%m-%dT%H:%M:%SZ}"}
        running["bad"].set_answer(QUEUE, "list", {"items": [row], "total": 1})
        running["bad"].set_answer(IMAP_POP3, "get", {"enable_imap": True})
        yield running


@pytest.fixture(scope="module")
def project(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Gathered once, with a baseline from which one host differs."""
    project = Project(tmp_path_factory.mktemp("thresholds"))
    inventory = hosts(fleet, {"mailplus_state_subset": ["queue", "imap_pop3"], "mailplus_state_policies": [POLICY]})
    project.write("hosts.yml", inventory)
    baseline = str(project.directory / "baseline")
    project.play([play(role("gather"))])
    fleet["bad"].set_answer(IMAP_POP3, "get", {"enable_imap": True, "new": "https://x.example/a"})
    project.play([play(role("gather", mailplus_state_directory=baseline))], "--limit", "bad")
    return project


def report(project: Project, *arguments: str, failing: bool, **given: object) -> Run:
    found = {f"mailplus_state_{name}": value for name, value in given.items()}
    extra = {"mailplus_hosts": "nas", "mailplus_state_baseline": "baseline/hosts/bad.json", **found}
    return project.play(REPORT, *arguments, "-e", json.dumps(extra), failing=failing)


def rows(project: Project, name: str) -> list[dict[str, str]]:
    text = (project.directory / "mailplus-state" / name).read_text(encoding="utf-8")
    return [*csv.DictReader(text.splitlines())]


@pytest.mark.parametrize(("name", "limit", "fails"), RUNS)
def test_files_agree_with_the_exit_status(project: Project, name: str, limit: str, fails: bool) -> None:
    only = {"all": [], "nas": ["--limit", "well,bad"], "well": ["--limit", "well"]}[limit]
    run = report(project, *only, failing=fails, **WAYS[name][0])
    root = ElementTree.parse(project.directory / "mailplus-state" / "junit.xml").getroot()  # noqa: S314 - our own
    assert (int(root.attrib["failures"]) + int(root.attrib["errors"]) > 0) == fails
    failed = {result.host for result in run.results if result.status == "failed"}
    assert {suite.attrib["name"] for suite in root if suite.findall("*/failure") + suite.findall("*/error")} == failed
    told = project.read("mailplus-state/report.json")
    assert {host["host"] for host in told["hosts"] if host["fails"]} == failed
    assert told["totals"]["failing"] == len(failed)
    assert {row["host"] for row in rows(project, "hosts.csv") if row["fails"] == "true"} == failed
    assert {row["host"] for row in rows(project, "findings.csv") if row["fails"] == "true"} == failed
    assert (": fails the run\n" in (project.directory / "mailplus-state" / "report.md").read_text()) == fails


def test_the_console_tells_values_in_words_the_remedy_and_where_to_look(project: Project) -> None:
    run = report(project, "--limit", "bad", failing=True, fail_severity="medium")
    (message,) = (result.returned["msg"] for result in run.results if result.status == "failed")
    where = project.directory / "mailplus-state" / "report.html#host-1"
    assert message.split(" differs from the baseline: ")[0] == (
        "age (high) fail: queue.summary.oldest_age_seconds is not as required. Required: at most 1 day; found: "
        "4 days 23 h. Look at the queue. imap (medium) fail: imap_pop3.data.enable_imap is not as required. Required: "
        "equals false; found: true. imap_pop3.data.new (medium)"
    )
    assert message.endswith(f' removed: "https://x.example/a". See {where}.')


def test_every_format_has_the_values_the_remedy_and_a_link(project: Project) -> None:
    report(project, "--limit", "bad", failing=True, fail_severity="medium")
    directory = project.directory / "mailplus-state"
    found = {name: (directory / name).read_text(encoding="utf-8") for name in ("junit.xml", "report.md", "report.html")}
    (row,) = (row for row in rows(project, "findings.csv") if row["rule"] == "age")
    told = [row[column] for column in ("expected", "actual", "remedy", "link")]
    assert told == ["at most 1 day", "4 days 23 h", "Look at the queue.", "report.html#host-1"]
    lines = found["junit.xml"].replace("</failure>", "").splitlines()
    for line in ("Expected: at most 1 day", "Actual: 4 days 23 h", "Remedy: Look at the queue."):
        assert line in lines
    assert "Report: report.html#host-1" in lines
    assert (
        "- [**No mail waits for long**](report.html#rule-1): bad (4 days 23 h). Expected: at most 1 day. "
        "Look at the queue.\n"
    ) in found["report.md"]
    assert '**imap\\_pop3.data.new** (medium): removed: "`https://x.example/a`" on bad' in found["report.md"]
    assert "<code>at most 1 day</code>" in found["report.html"]
    assert "<code>4 days 23 h</code>" in found["report.html"]
    assert "nothing" not in found["report.md"]
    verdict = project.read("mailplus-state/report.json")["hosts"][0]["verdicts"][0]
    assert (verdict["actual"] // 3600, verdict["unit"]) == (4 * 24 + 23, "seconds")


def test_a_rule_is_switched_off_where_the_user_says_so(project: Project) -> None:
    off = {"age": {"enabled": False}, "nowhere": {"enabled": False}}
    run = report(project, failing=False, fail_on_error=False, overrides=off)
    told = project.read("mailplus-state/report.json")
    assert told["switched_off"] == [{"rule": "age", "hosts": 3}, {"rule": "nowhere", "hosts": 3}]
    assert {verdict["rule"] for host in told["hosts"] for verdict in host["verdicts"]} == {"imap"}
    assert told["totals"]["switched_off"] == 2
    assert "switched off: age on 3 hosts, nowhere on 3 hosts" in run.output
    assert [row["rule"] for row in rows(project, "findings.csv") if row["finding"] == "switched_off"] == [
        "age",
        "nowhere",
    ]
    for name in ("report.md", "report.html"):
        assert "witched off" in (project.directory / "mailplus-state" / name).read_text(encoding="utf-8")


def test_a_rule_that_a_policy_has_switched_off_is_switched_on_for_a_host(project: Project) -> None:
    policy = {"name": "own", "rules": [{**AGE, "enabled": False}, IMAP]}
    report(project, failing=False, fail_on_error=False, policies=[policy])
    assert project.read("mailplus-state/report.json")["switched_off"] == [{"rule": "age", "hosts": 3}]
    on = {"age": {"enabled": True}}
    report(project, failing=True, fail_on_error=False, policies=[policy], overrides=on)
    assert project.read("mailplus-state/report.json")["switched_off"] == []


def test_a_misspelt_rule_is_told_with_what_it_may_be(project: Project) -> None:
    run = report(project, failing=True, overrides={"agee": {"enabled": False}})
    assert "mailplus_state_overrides: no policy has a rule agee; did you mean age?" in run.output


def test_an_expression_on_a_section_that_is_refused_says_which_one_once(tmp_path: Path) -> None:
    described: Data = {"one": {"permissions": {QUEUE: 105}}}
    rule = {"id": "agree", "severity": "high", "expression": "sections.queue.total <= sections.transaction_log.total"}
    with run_fleet({"nas": described}) as fleet:
        project = Project(tmp_path)
        variables = {"mailplus_state_policies": [[rule]], "mailplus_state_subset": ["queue", "transaction_log"]}
        project.write("hosts.yml", hosts(fleet, variables))
        run = project.play([play(role())], failing=True)
    (message,) = (result.returned["msg"] for result in run.results if result.status == "failed")
    where = tmp_path / "mailplus-state" / "report.html#host-1"
    assert message == f"agree (high) unknown: The section queue is forbidden. See {where}."
    text = (tmp_path / "mailplus-state" / "report.md").read_text(encoding="utf-8")
    assert text.count("The section queue is forbidden") == 1
