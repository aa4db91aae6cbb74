# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of the fleet, and the rows of all hosts in one file, as the role writes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    CANDIDATES,
    destinations,
    reasons,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import LENIENT, Project, hosts
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

_NOW = "2026-01-31T09:45:00Z"
_VARIABLES = {
    **LENIENT,
    "mailplus_state_formats": ["json", "csv", "markdown", "jsonl"],
    "mailplus_state_personal_data": "keep",
    "mailplus_state_policies": [],
    "mailplus_state_subset": ["min", "admin_log", "imap_pop3"],
    "mailplus_state_directory": "state",
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    described: Data = {
        "ha1": {"hostname": "ha1.example.com", "cluster": "ha", "queue": {"total": 4}},
        "ha2": {"hostname": "ha2.example.com", "cluster": "ha", "queue": {"total": 60}},
        # Those of another cluster, whose servers have the same names.
        "berlin": {"hostname": "mail1.example.com", "cluster": "berlin"},
        "paris": {"hostname": "mail1.example.com", "cluster": "paris"},
        "gone": {"unreachable": True},
        "strict": {
            "accounts": [{"username": "clerk", "password": "Clerk & 1", "role": "delegated", "delegation": ["Queue"]}]
        },
    }
    with run_fleet({"now": _NOW, "nas": described}) as running:
        yield running


@pytest.fixture(scope="module")
def project(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("views"))
    project.write("hosts.yml", hosts(fleet, _VARIABLES))
    return project


@pytest.fixture(scope="module")
def run(project: Project) -> Run:
    return project.play("mailfleet.mailplus.state", "-e", "mailplus_hosts=nas")


@pytest.fixture(scope="module")
def views(run: Run, project: Project) -> dict[str, Data]:
    assert run
    return {view["name"]: view for view in project.read("state/report.json")["views"]}


def lines(project: Project, name: str) -> list[Data]:
    text = (project.directory / "state" / "rows" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_reasons_and_destinations_are_counted_over_all_hosts(views: dict[str, Data], project: Project) -> None:
    told = (project.read(f"state/hosts/{host}.json") for host in ("ha1", "ha2", "berlin", "paris", "strict"))
    rows = [row for one in told for row in one["mailplus"]["sections"]["queue"]["data"]["items"]]
    for name, of_row in (("queue_reasons", reasons), ("queue_destinations", destinations)):
        found = Counter(word for row in rows for word in of_row(CANDIDATES, row))
        assert {row["value"]: row["count"] for row in views[name]["rows"]} == found
        assert found
        assert views[name]["partial"] == 1, "a list of them was not read whole"
        assert views[name]["unknown"] == [{"reason": "not read", "hosts": ["gone"]}]


def test_the_summary_of_the_run_has_them_in_short(run: Run) -> None:
    assert "why mails wait: " in run.stdout
    assert "where waiting mails go: " in run.stdout


def test_what_administrators_did_is_one_table(views: dict[str, Data]) -> None:
    found = views["admin_changes"]
    assert [column["label"] for column in found["columns"]] == ["Time", "Host", "Who", "What"]
    assert all(row["time"] and row["actor"] and row["deed"] for row in found["rows"])
    assert {row["host"] for row in found["rows"]} == {"ha1", "ha2", "berlin", "paris"}
    assert found["unknown"] == [{"reason": "not read", "hosts": ["gone"]}, {"reason": "forbidden", "hosts": ["strict"]}]
    assert found["left_out"] == 4 * 40 - len(found["rows"])


def test_versions_are_known_without_asking_dsm(views: dict[str, Data]) -> None:
    (row,) = (row for row in views["package_versions"]["rows"] if row["name"] == "MailPlus-Server")
    assert (row["version"], row["names"]) == ("3.3.1-21217", "berlin, ha1, ha2, paris, strict")


def test_nodes_of_one_cluster_are_side_by_side_and_others_are_not(views: dict[str, Data]) -> None:
    assert [(row["host"], row["name"]) for row in views["cluster_nodes"]["rows"]] == [
        ("ha1", "ha1.example.com"),
        ("ha2", "ha2.example.com"),
    ]


def test_the_rows_of_all_hosts_are_in_one_file(run: Run, project: Project) -> None:
    assert run
    found = lines(project, "admin_log.jsonl")
    told = {line["host"]: line for line in found if "status" in line}
    assert {name: line["status"] for name, line in told.items()} == {
        "ha1": "ok",
        "ha2": "ok",
        "berlin": "ok",
        "paris": "ok",
        "gone": "failed",
        "strict": "forbidden",
    }
    for host in ("ha1", "paris"):
        rows = project.read(f"state/hosts/{host}.json")["mailplus"]["sections"]["admin_log"]["data"]["log_list"]
        assert [line["row"] for line in found if line["host"] == host and "row" in line] == rows
        assert (told[host]["rows"], told[host]["truncated"]) == (len(rows), False)
    assert "refuses the connection" in told["gone"]["reason"]
    cut = next(line for line in lines(project, "queue.jsonl") if line["host"] == "ha2")
    assert (cut["rows"], cut["total"], cut["truncated"]) == (50, 60, True)


def test_what_stays_the_same_is_not_written_again(run: Run, project: Project) -> None:
    assert run
    file = project.directory / "state" / "rows" / "queue.jsonl"
    before = file.stat().st_mtime_ns
    arguments = ("-e", "mailplus_hosts=nas", "-e", "mailplus_max_age=1")
    project.play("mailfleet.mailplus.report", *arguments)
    assert file.stat().st_mtime_ns == before
    file.write_text("odd", encoding="utf-8")
    project.play("mailfleet.mailplus.report", *arguments, "--check")
    assert file.read_text(encoding="utf-8") == "odd"
    project.play("mailfleet.mailplus.report", *arguments)
    assert len(lines(project, "queue.jsonl")) > 60


def test_no_row_of_people_is_in_a_file_without_personal_data(fleet: Fleet, tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("hosts.yml", hosts(fleet, {**_VARIABLES, "mailplus_state_personal_data": "remove"}))
    run = project.play("mailfleet.mailplus.state", "-e", "mailplus_hosts=nas")
    rows: list[Any] = fleet["ha1"].mailplus.rows("SYNO.MailPlusServer.Audit.AdminLog").page(0, 50)[1]
    people, deeds = {row["user"] for row in rows}, {row["event"] for row in rows}
    report = project.read("state/report.json")
    (view,) = (view for view in report["views"] if view["name"] == "admin_changes")
    told = [*view["rows"], *(line["row"] for line in lines(project, "admin_log.jsonl") if "row" in line)]
    for row in told:
        assert {str(value) for value in row.values()}.isdisjoint({*people, *deeds})
    assert all(row["time"].startswith("2026-01") and row["actor"] == "[personal]" for row in view["rows"])
    assert run


def test_a_nas_whose_keys_are_not_known_is_told_what_to_name(tmp_path: Path) -> None:
    renamed: Data = {"rename": {"recipient": "goal"}, "queue": {"total": 4}}
    with run_fleet({"now": _NOW, "nas": {"strange": renamed}}) as running:
        project = Project(tmp_path)
        project.write("hosts.yml", hosts(running, {**_VARIABLES, "mailplus_state_subset": ["queue"]}))
        run = project.play("mailfleet.mailplus.state", "-e", "mailplus_hosts=nas")
    assert "where waiting mails go: unknown on 1 host: no key that is known tells it; name the key in" in run.stdout
    text = (tmp_path / "state" / "report.md").read_text(encoding="utf-8")
    assert "## Where waiting mails go (unknown)" in text
