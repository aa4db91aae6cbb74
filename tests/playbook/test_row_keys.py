# SPDX-License-Identifier: GPL-3.0-or-later
"""The daily jobs on a NAS whose rows have keys that nobody has seen: honest before the user names them, right after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import inventory, play, task
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    PREFIX,
    ROLE,
    TRANSACTION_LOG,
    Project,
    hosts,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import FAST, Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

NOW = "2026-01-31T09:45:00Z"
YESTERDAY = "2026-01-30T00:00:00Z"
ADMIN_LOG = f"{PREFIX}Audit.AdminLog"
LOG, MAIL_QUEUE, FACTS = "mailplus_log_info", "mailplus_queue_info", "mailplus_facts"
# What the simulated NAS calls its keys.
RENAME = {
    "time": "stamp",
    "status": "outcome",
    "description": "cause",
    "sender": "origin",
    "recipient": "target",
    "subject": "mail.about",
    "type": "sort",
    "event": "what",
    "user": "who",
}
ROW_KEYS = {
    "time": "stamp",
    "status": ["nowhere", "outcome"],
    "reason": "cause",
    "sender": "origin",
    "recipient": "target",
    "subject": "mail.about",
    "admin_log": {"type": "sort"},
}
COMMON = {
    "https": False,
    "hostname": "mail.example.com",
    "queue": {"total": 40},
    "admin_log": {"total": 60, "span": 4 * 86400},
    "transaction_log": {"total": 300, "span": 86400},
}
SUBSET = ["queue", "admin_log", "transaction_log"]


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    described: Data = {"strange": {"rename": RENAME}, "long": {"rename": RENAME, "transaction_log": {"total": 4000}}}
    with run_fleet({"now": NOW, "defaults": COMMON, "nas": described}) as fleet:
        yield fleet


@pytest.fixture
def project(tmp_path: Path, fleet: Fleet) -> Project:
    project = Project(tmp_path)
    project.write("hosts.yml", inventory(fleet))
    return project


def rows_of(fleet: Fleet, api: str, name: str = "strange") -> list[Data]:
    """The rows of a NAS under the usual keys."""
    rows = fleet[name].mailplus.rows(api).page(0, -1)[1]
    return [{key: _at(row, RENAME.get(key, key)) for key in (*RENAME, "id", "message_id")} for row in rows]


def _at(row: Data, key: str) -> Any:
    for part in key.split("."):
        row = row.get(part, {})
    return row or None


def summary_of(fleet: Fleet, section: str) -> Data:
    """The summary of the rows under the usual keys."""
    row = BY_NAME[section]
    moment = datetime.fromisoformat(NOW.replace("Z", "+00:00"))
    return dict(row.rows_summary().add(rows_of(fleet, row.reads[0].api)).result(True, moment))


def without_age(summary: Data) -> Data:
    """A summary without what depends on the clock."""
    return {key: value for key, value in summary.items() if key != "oldest_age_seconds"}


def on(host: str, name: str, module: str, options: Data, **keywords: Any) -> Data:
    return task(name, module, options, when=f"inventory_hostname == '{host}'", **keywords)


def message(run: Run, name: str, host: str = "strange") -> str:
    found: str = run.failed(name, host)["msg"]
    assert "\n" not in found
    return found


# ------------------------------------------------------------------------------------------------------------ modules


def test_which_mails_are_stuck_and_why(project: Project, fleet: Fleet) -> None:
    everything: Data = {"limit": -1, "row_keys": ROW_KEYS}
    run = project.play(
        [
            play(
                on("strange", "Before", MAIL_QUEUE, {"limit": -1}),
                on("strange", "After", MAIL_QUEUE, everything),
                on("strange", "Facts", FACTS, {**everything, "gather_subset": SUBSET}),
            )
        ],
        environment=FAST,
    )
    before = run.ok("Before", "strange")["queue"]["summary"]
    unknown = ("by_status", "oldest", "oldest_age_seconds", "top_reasons", "top_destinations")
    assert {key: before[key] for key in unknown} == dict.fromkeys(unknown)
    stuck = run.ok("After", "strange")["queue"]["summary"]
    assert stuck["top_reasons"]
    assert stuck["oldest_age_seconds"] is not None
    strange = run.facts("Facts", "strange")["sections"]
    for name in SUBSET:
        assert without_age(strange[name]["summary"]) == without_age(summary_of(fleet, name)), name
    assert "row_keys" not in run.ok("Before", "strange")["queue"]
    assert strange["transaction_log"]["row_keys"]["status"] == ["nowhere", "outcome"]
    assert strange["queue"]["row_keys"].keys() == {"time", "status", "reason", "sender", "recipient", "subject"}
    assert strange["admin_log"]["row_keys"]["type"] == ["sort"]


def test_who_changed_what_since_yesterday(project: Project, fleet: Fleet) -> None:
    options: Data = {"sections": ["admin_log"], "limit": -1, "since": YESTERDAY}
    cases: dict[str, Data] = {
        "Before": options,
        "After": {**options, "row_keys": {"time": "stamp"}},
        "Of the log alone": {**options, "row_keys": {"admin_log": {"time": "stamp"}}},
        "Of another": {**options, "row_keys": {"queue": {"time": "stamp"}}},
        "Dropped": {**options, "unjudged": "drop"},
        "Kept": {**options, "unjudged": "keep"},
        "With others": {"limit": -1, "since": YESTERDAY, "row_keys": {"transaction_log": {"time": "stamp"}}},
    }
    tasks = [on("strange", name, LOG, one, ignore_errors=True) for name, one in cases.items()]
    expected = ["could be judged by since", "could not be judged by since", "Not all sections were read"]
    run = project.play([play(*tasks)], environment=FAST, expected_warnings=expected)
    assert run.ok("With others", "strange")["admin_log"]["error"]["name"] == "not_judged"
    assert "None of 60 rows could be judged by since" in " ".join(run.output.partition("With others")[2].split())
    for name in ("Before", "Of another"):
        assert message(run, name) == (
            "None of 60 rows could be judged by since: no time can be told by a key that is known; the first has the "
            "keys 'id', 'stamp', 'sort', 'what', 'who', 'ip', 'server_name' (SYNO.MailPlusServer.Audit.AdminLog list, "
            "version 1). Name the key in row_keys, as in {time: KEY}, or set unjudged to drop or keep."
        )
    moment = 1769731200
    wanted = [row["id"] for row in rows_of(fleet, ADMIN_LOG) if row["time"] >= moment]
    assert 0 < len(wanted) < 60
    for name in ("After", "Of the log alone"):
        assert [row["id"] for row in run.ok(name, "strange")["admin_log"]["data"]["log_list"]] == wanted
    counts = {name: run.ok(name, "strange")["admin_log"]["filtered"] for name in ("Dropped", "Kept")}
    assert counts["Dropped"] == {"read": 60, "kept": 0, "unjudged": 60, "ended_early": False}
    assert counts["Kept"] == {"read": 60, "kept": 60, "unjudged": 60, "ended_early": False}


def test_rejected_mails_of_a_domain_as_json_lines(project: Project, fleet: Fleet) -> None:
    rows = rows_of(fleet, TRANSACTION_LOG)
    domain = next(row["recipient"].rpartition("@")[2] for row in rows if row["status"] == "failed")
    wanted = [
        row["id"]
        for row in rows
        if row["status"] == "failed" and domain in (row["sender"] + row["recipient"]).split("@")
    ]
    of_sender = [row["id"] for row in rows if row["sender"] == rows[0]["sender"]]
    options: Data = {"sections": ["transaction_log"], "limit": -1, "statuses": ["Failed"], "domain": domain.upper()}
    sender: Data = {"sections": ["transaction_log"], "limit": -1, "sender": rows[0]["sender"].upper()}
    (project.directory / "before.jsonl").write_text("of yesterday")

    def to(name: str, options: Data, **more: Any) -> Data:
        return {**options, "dest": str(project.directory / f"{name}.jsonl"), **more}

    tasks = [
        on("strange", "before", LOG, to("before", options), ignore_errors=True),
        on("strange", "sender before", LOG, to("sender before", sender), ignore_errors=True),
        on("strange", "after", LOG, to("after", options, row_keys=ROW_KEYS)),
        on("strange", "after sender", LOG, to("after sender", sender, row_keys=ROW_KEYS)),
    ]
    run = project.play([play(*tasks)], environment=FAST)
    said = message(run, "before")
    assert said.startswith(
        "None of 300 rows could be judged by statuses, domain: no status or sender or recipient can be"
    )
    assert "Name the key in row_keys, as in {status: KEY, sender: KEY, recipient: KEY}, or set" in said
    assert "could be judged by sender: no sender can be told" in message(run, "sender before")
    assert (project.directory / "before.jsonl").read_text() == "of yesterday"
    for name, ids in {"after": wanted, "after sender": of_sender}.items():
        text = (project.directory / f"{name}.jsonl").read_text(encoding="utf-8")
        assert [json.loads(line)["id"] for line in text.splitlines()] == ids
    found = {path.name for path in project.directory.glob("*.jsonl*") if not path.name.startswith("results")}
    assert found == {"before.jsonl", "after.jsonl", "after sender.jsonl"}


def test_a_part_is_gone_on_from_where_the_same_keys_are_named(project: Project, fleet: Fleet) -> None:
    options: Data = {"sections": ["transaction_log"], "limit": -1, "dest": str(project.directory / "rows.jsonl")}
    options |= {"row_keys": ROW_KEYS, "statuses": ["failed", "lost"]}
    wanted = [row["id"] for row in rows_of(fleet, TRANSACTION_LOG, "long") if row["status"] == "failed"]
    fleet["long"].faults.add("close", api=TRANSACTION_LOG, after=1)
    broken = project.play([play(on("long", "Ask", LOG, options))], failing=True, environment=FAST)
    assert "\n" not in message(broken, "Ask", "long")
    notes = json.loads((project.directory / "rows.jsonl.part.json").read_text(encoding="utf-8"))
    so_far = notes["progress"]["sieve"]["read"]
    assert 0 < so_far < 4000
    fleet["long"].faults.clear()
    said = ["No row has the status 'lost'; rows have"]
    run = project.play([play(on("long", "Go on", LOG, options))], environment=FAST, expected_warnings=said)
    assert run.ok("Go on", "long")["transaction_log"]["filtered"] == {
        "read": 4000,
        "kept": len(wanted),
        "unjudged": 0,
        "ended_early": False,
    }
    text = (project.directory / "rows.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["id"] for line in text.splitlines()] == wanted
    assert not (project.directory / "rows.jsonl.part").exists()

    fleet["long"].faults.add("close", api=TRANSACTION_LOG, after=1)
    project.play([play(on("long", "Ask", LOG, options))], failing=True, environment=FAST)
    fleet["long"].faults.clear()
    other = {**options, "row_keys": {"status": "sort"}, "unjudged": "drop"}
    run = project.play(
        [play(on("long", "Another", LOG, other))],
        environment=FAST,
        expected_warnings=["4000 of 4000 rows could not be"],
    )
    assert run.ok("Another", "long")["transaction_log"]["filtered"] == {
        "read": 4000,
        "kept": 0,
        "unjudged": 4000,
        "ended_early": False,
    }


def test_a_status_that_no_row_has_is_said(project: Project) -> None:
    options: Data = {"sections": ["transaction_log"], "limit": -1, "row_keys": ROW_KEYS}
    run = project.play(
        [play(on("strange", "Ask", LOG, {**options, "statuses": ["defered", "SENT"]}))],
        environment=FAST,
        expected_warnings=["No row has the status"],
    )
    said = " ".join(run.output.split())
    assert "transaction_log: No row has the status 'defered'; rows have 'sent', 'failed', 'received'." in said or (
        "No row has the status 'defered'; rows have" in said
    )
    assert run.ok("Ask", "strange")["transaction_log"]["filtered"]["kept"] > 0


MISTAKES: dict[str, tuple[Any, str]] = {
    "a meaning": ({"tme": "stamp"}, "row_keys: unknown 'tme'. Did you mean time?"),
    "a log": ({"admin_logs": {"time": "stamp"}}, "row_keys: unknown 'admin_logs'. Did you mean admin_log"),
    "a section that is no log": ({"domains": {"time": "stamp"}}, "row_keys: unknown 'domains'."),
    "a meaning of a log": ({"queue": {"stats": "st"}}, "row_keys: queue: unknown 'stats'. Did you mean status?"),
    "no key": ({"time": []}, "row_keys: time takes the name of a key, or a list of them, not []."),
    "a mapping": ({"time": {"key": "stamp"}}, "row_keys: time takes the name of a key, or a list of them, not {"),
}


def test_mistakes_are_told_before_anything_is_asked(project: Project, fleet: Fleet) -> None:
    tasks = [
        on("strange", f"{module} {name}", module, {"row_keys": given}, ignore_errors=True)
        for name, (given, _said) in MISTAKES.items()
        for module in (LOG, FACTS)
    ]
    run = project.play([play(*tasks)], environment=FAST)
    for name, (_given, said) in MISTAKES.items():
        for module in (LOG, FACTS):
            assert message(run, f"{module} {name}").startswith(said), name
    assert fleet["strange"].requests == []


# --------------------------------------------------------------------------------------------------- role and inventory


def test_the_role_reads_each_host_by_its_own_keys(project: Project, fleet: Fleet) -> None:
    settings = {**LENIENT, "mailplus_state_subset": SUBSET, "mailplus_state_limit": -1, "mailplus_state_rows": True}
    project.write("hosts.yml", hosts(fleet, settings))
    project.write("group_vars/all.yml", {"mailplus_state_personal_keys": ["queueID", "cause"]})
    whole = {"name": "Role", "hosts": "nas", "gather_facts": False, "roles": [ROLE]}
    project.play([whole], environment=FAST)
    before = {host["host"]: host for host in project.read("mailplus-state/report.json")["hosts"]}["strange"]
    assert before["timelines"]["mail_flow"] is None
    assert before["figures"]["queue_oldest_age_seconds"] is None

    project.write("host_vars/strange.yml", {"mailplus_state_row_keys": ROW_KEYS})
    project.play([whole], environment=FAST)
    report = {host["host"]: host for host in project.read("mailplus-state/report.json")["hosts"]}
    flow = report["strange"]["timelines"]["mail_flow"]
    assert sum(hour["count"] for hour in flow) == 300
    assert report["strange"]["figures"]["queue_oldest_age_seconds"] > 0
    # All text of this log is personal, and so are the types.
    by_type = report["strange"]["sections"]["admin_log"]["summary"]["by_type"]
    assert sorted(by_type.values()) == sorted(summary_of(fleet, "admin_log")["by_type"].values())
    assert report["long"]["timelines"]["mail_flow"] is None
    text = (project.directory / "mailplus-state" / "hosts" / "strange.json").read_text(encoding="utf-8")
    state = json.loads(text)["mailplus"]["sections"]
    assert state["transaction_log"]["row_keys"]["subject"] == ["mail.about"]
    assert [row["subject"] for row in rows_of(fleet, TRANSACTION_LOG) if f'"{row["subject"]}"' in text] == []
    assert {row["queue_id"] for row in state["queue"]["data"]["items"]} == {"[personal]"}
    assert {row["cause"] for row in state["queue"]["data"]["items"]} == {"[personal]", ""}
    for summary in (state["queue"]["summary"], report["strange"]["sections"]["queue"]["summary"]):
        assert {reason["value"] for reason in summary["top_reasons"]} == {"[personal]"}
        assert sum(reason["count"] for reason in summary["top_reasons"]) > 0

    # The report of earlier files knows the keys by the files.
    (project.directory / "host_vars" / "strange.yml").unlink()
    options = ("-e", "mailplus_hosts=nas", "-e", "mailplus_state_max_age=1")
    project.play("mailfleet.mailplus.report", *options, environment=FAST)
    again = {host["host"]: host for host in project.read("mailplus-state/report.json")["hosts"]}["strange"]
    assert again["timelines"]["mail_flow"] == flow


def test_a_mistake_in_a_variable_leaves_all_files_as_they_are(project: Project, fleet: Fleet) -> None:
    variables = {"mailplus_state_row_keys": {"tyme": "stamp"}}
    project.write("hosts.yml", hosts(fleet, {"mailplus_state_subset": SUBSET}, strange=variables))
    play_of_role = {"name": "Role", "hosts": "nas", "gather_facts": False, "roles": [ROLE]}
    run = project.play([play_of_role], failing=True, environment=FAST)
    assert "strange: row_keys: unknown 'tyme'. Did you mean type, time?" in " ".join(run.output.split())
    assert [name for name, nas in fleet.items() if nas.requests] == []
    assert not (project.directory / "mailplus-state").exists()


def test_the_inventory_plugin_takes_keys(project: Project, fleet: Fleet) -> None:
    nas = fleet["strange"]
    source: Data = {
        "plugin": "mailfleet.mailplus.mailplus",
        "hosts": {"strange": {"host": nas.host}},
        "connection": {"port": nas.port, "https": False, "username": nas.username, "password": nas.password},
        "gather_subset": SUBSET,
        "limit": -1,
        "row_keys": ROW_KEYS,
    }
    project.write("fleet.mailplus.yml", source)
    shown, _run = project.listing("fleet.mailplus.yml")
    sections = shown["_meta"]["hostvars"]["strange"]["mailplus"]["sections"]
    for name in SUBSET:
        assert without_age(sections[name]["summary"]) == without_age(summary_of(fleet, name)), name
    project.write("fleet.mailplus.yml", {**source, "row_keys": {"times": "stamp"}})
    run = project.command("ansible-inventory", "-i", "fleet.mailplus.yml", "--list")
    assert run.returncode != 0
    assert "row_keys: unknown 'times'. Did you mean time?" in " ".join(run.output.split())
