# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows written to files: filters, what a reading that broke off leaves, and how it is taken up."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import debug, inventory, play, task
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    QUEUE,
    TRANSACTION_LOG,
    Project,
    modes,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import FAST, Data
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

LOG = "mailplus_log_info"
NOW = "2026-01-31T09:45:00Z"
TOTAL = 6000
ALL: Data = {"sections": ["transaction_log"], "limit": -1}
SECRET = "s3cret of a row"
ODD_ROWS = [
    {"id": 5, "time": 1769852700, "status": "sent", "password": SECRET, "nested": {"api_key": SECRET}},
    {"id": 4, "time": 1769800000, "status": "failed", "subject": "Old ÄRGER"},
    {"id": 3, "status": "sent"},
    {"id": 2, "time": "never", "status": "sent"},
    {"id": 1, "time": 1769852700},
]


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    log = {"total": TOTAL, "span": 86400}
    described: Data = {
        "one": {"transaction_log": log, "queue": {"total": 700}},
        "newest": {"transaction_log": log},
        "oldest": {"transaction_log": {**log, "order": "oldest_first"}},
        "odd": {"transaction_log": {"rows": ODD_ROWS}},
        "locked": {"accounts": [{"login_error": 411}]},
    }
    with run_fleet({"now": NOW, "defaults": {"https": False}, "nas": described}) as fleet:
        yield fleet


@pytest.fixture
def project(tmp_path: Path, fleet: Fleet) -> Project:
    project = Project(tmp_path)
    project.write("hosts.yml", inventory(fleet))
    (tmp_path / "rows").mkdir()
    return project


def on(host: str, name: str, options: Data, **keywords: Any) -> Data:
    """A task that only one host runs."""
    return task(name, keywords.pop("module", LOG), options, when=f"inventory_hostname == '{host}'", **keywords)


def to(project: Project, name: str, **options: Any) -> Data:
    return {**ALL, "dest": str(project.directory / "rows" / name), **options}


def lines(project: Project, name: str) -> list[Any]:
    path = project.directory / "rows" / name
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in text.decode().split("\n") if line]


def rows_of(nas: Nas, api: str = TRANSACTION_LOG) -> list[Data]:
    return nas.mailplus.rows(api).page(0, -1)[1]


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def files(project: Project) -> set[str]:
    return {path.name for path in (project.directory / "rows").iterdir()}


def result(run: Any, name: str, host: str, status: str = "ok") -> Data:
    (found,) = (each.returned for each in run.results if (each.task, each.host, each.status) == (name, host, status))
    returned: Data = found
    return returned


def test_rows_in_files(project: Project, fleet: Fleet) -> None:
    queue = {"limit": -1, "dest": str(project.directory / "rows" / "queue.jsonl")}
    run = project.play(
        [
            play(
                on("one", "Plain", to(project, "plain.jsonl")),
                on("one", "Packed", to(project, "packed.jsonl.gz")),
                on("one", "Window", to(project, "window.jsonl", offset=120, limit=1000)),
                on("one", "None", to(project, "none.jsonl", limit=0)),
                on("one", "Queue", queue, module="mailplus_queue_info"),
                on("one", "Check", to(project, "check.jsonl"), check_mode=True),
                on("one", "Again", to(project, "plain.jsonl")),
                on("odd", "Odd", to(project, "odd.jsonl")),
                on("odd", "Revealed", to(project, "revealed.jsonl", reveal_secrets=True)),
            )
        ]
    )
    rows = rows_of(fleet["one"])
    expected = {
        "Plain": ("plain.jsonl", rows),
        "Packed": ("packed.jsonl.gz", rows),
        "Window": ("window.jsonl", rows[120:1120]),
        "None": ("none.jsonl", []),
        "Again": ("plain.jsonl", rows),
    }
    for name, (file, wanted) in expected.items():
        returned = result(run, name, "one")
        envelope = returned["transaction_log"]
        assert returned["changed"] is True
        assert lines(project, file) == wanted
        assert envelope["file"] == {"path": str(project.directory / "rows" / file), "rows": len(wanted)}
        assert "items" not in envelope["data"]
        assert envelope["returned"] == envelope["summary"]["rows"] == len(wanted)
        assert envelope["total"] == TOTAL
        assert len(json.dumps(returned)) < 2000
    assert lines(project, "queue.jsonl") == rows_of(fleet["one"], QUEUE)
    assert "file" not in result(run, "Check", "one")["transaction_log"]
    assert result(run, "Check", "one")["changed"] is True
    odd = ("odd.jsonl", "revealed.jsonl")
    assert files(project) == {*(file for file, _rows in expected.values()), "queue.jsonl", *odd}
    assert {mode for name, mode in modes(project.directory / "rows").items() if name != "."} == {0o600}
    assert SECRET not in (project.directory / "rows" / "odd.jsonl").read_text()
    assert lines(project, "odd.jsonl")[0]["nested"] == {"api_key": "[hidden]"}
    assert lines(project, "revealed.jsonl") == ODD_ROWS
    assert [name for name, nas in fleet.items() if nas.sessions or nas.writes] == []


def test_filters(project: Project, fleet: Fleet) -> None:
    rows = rows_of(fleet["one"])
    since, until = rows[3000]["time"], rows[1000]["time"]
    text = rows[777]["message_id"][1:30]
    cases: dict[str, tuple[Data, list[Data]]] = {
        "since": ({"since": iso(since)}, [row for row in rows if row["time"] >= since]),
        "until": ({"until": iso(until)}, [row for row in rows if row["time"] <= until]),
        "both": ({"since": iso(since), "until": iso(until)}, [row for row in rows if since <= row["time"] <= until]),
        "statuses": ({"statuses": ["failed"]}, [row for row in rows if row["status"] == "failed"]),
        "text": ({"text": text.upper()}, [row for row in rows if text in row["message_id"]]),
        "nothing": ({"text": "nothing like it"}, []),
    }
    odd: dict[str, tuple[Data, list[int], int]] = {
        "odd since": ({"since": NOW}, [5, 1], 2),
        "odd statuses": ({"statuses": ["FAILED"]}, [4], 1),
        "odd both": ({"statuses": ["sent"], "since": NOW}, [5], 3),
        "odd text": ({"text": "ärger"}, [4], 0),
        "odd since kept": ({"since": NOW, "unjudged": "keep"}, [5, 3, 2, 1], 2),
        "odd both kept": ({"statuses": ["sent"], "since": NOW, "unjudged": "keep"}, [5, 3, 2, 1], 3),
        "odd both dropped": ({"statuses": ["sent"], "since": NOW, "unjudged": "drop"}, [5], 3),
    }
    tasks = []
    for name, (options, _rows) in cases.items():
        tasks.append(on("one", name, to(project, f"{name}.jsonl", **options)))
    for name, (options, _ids, _unjudged) in odd.items():
        tasks.append(on("odd", name, to(project, f"{name}.jsonl", **options)))
        tasks.append(on("odd", f"{name} returned", {**ALL, **options}))
    run = project.play([play(*tasks)], expected_warnings=["rows could not be judged by"])
    said = " ".join(run.output.split())
    for expected in (
        "transaction_log: 2 of 5 rows could not be judged by since and were left out: no time can be told by a key "
        "that is known; the first has the keys 'id', 'status'. Name the key in row_keys, as in {time: KEY}.",
        "transaction_log: 1 of 5 rows could not be judged by statuses and were left out: no status can be told by a "
        "key that is known; the first has the keys 'id', 'time'. Name the key in row_keys, as in {status: KEY}.",
        "transaction_log: 3 of 5 rows could not be judged by since, statuses and were left out: no time or status",
        "transaction_log: 2 of 5 rows could not be judged by since and were kept",
    ):
        assert expected in said
    for name, (_options, wanted) in cases.items():
        assert lines(project, f"{name}.jsonl") == wanted, name
        envelope = result(run, name, "one")["transaction_log"]
        read, ended_early = envelope["filtered"]["read"], envelope["filtered"]["ended_early"]
        assert envelope["filtered"] == {"read": read, "kept": len(wanted), "unjudged": 0, "ended_early": ended_early}
        assert ended_early is (name in ("since", "both")), name
        assert read == TOTAL if not ended_early else 3000 < read < 4500, name
        assert envelope["file"]["rows"] == envelope["returned"] == len(wanted)
    for name, (_options, ids, unjudged) in odd.items():
        assert [row["id"] for row in lines(project, f"{name}.jsonl")] == ids, name
        for each in (name, f"{name} returned"):
            filtered = result(run, each, "odd")["transaction_log"]["filtered"]
            counts = {"read": len(ODD_ROWS), "kept": len(ids), "unjudged": unjudged}
            assert filtered == {**counts, "ended_early": False}, each
        returned = result(run, f"{name} returned", "odd")["transaction_log"]["data"]["items"]
        assert [row["id"] for row in returned] == ids


FAULTS: dict[str, Data] = {"close": {}, "html": {}, "cut_text": {}, "error": {"code": 117}}


def broken_off(project: Project, nas: Nas, host: str, file: str, fault: str = "close", **options: Any) -> int:
    """Begin a reading that breaks off, and check what it leaves. Returns how many rows are in the part."""
    nas.faults.add(fault, api=TRANSACTION_LOG, after=5 if fault == "error" else 1, **FAULTS[fault])
    run = project.play([play(on(host, "Ask", to(project, file, **options)))], failing=True, environment=FAST)
    message = result(run, "Ask", host, "failed")["msg"]
    assert "\n" not in message
    assert files(project) == {f"{file}.part", f"{file}.part.json"}
    assert set(modes(project.directory / "rows").values()) == {0o755, 0o600}
    notes = project.read(f"rows/{file}.part.json")
    nas.faults.clear()
    nas.requests.clear()
    rows: int = notes["rows"]
    return rows


def read_rows(nas: Nas) -> int:
    """How many rows the NAS was asked for since the requests were cleared."""
    asked = [
        item
        for request in nas.requests
        for item in (request.items or [request.form])
        if item.get("api") == TRANSACTION_LOG
    ]
    return sum(int(item["limit"]) for item in asked)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_reading_that_broke_off_goes_on(project: Project, fleet: Fleet, fault: str) -> None:
    nas = fleet["one"]
    got = broken_off(project, nas, "one", "rows.jsonl", fault)
    assert 0 < got < TOTAL
    run = project.play([play(on("one", "Ask", to(project, "rows.jsonl")))])
    assert lines(project, "rows.jsonl") == rows_of(nas)
    assert files(project) == {"rows.jsonl"}
    assert read_rows(nas) < TOTAL - got + 2000
    envelope = result(run, "Ask", "one")["transaction_log"]
    assert envelope["file"]["rows"] == envelope["returned"] == envelope["summary"]["rows"] == TOTAL
    assert sum(envelope["summary"]["by_type"].values()) == TOTAL


@pytest.mark.parametrize("grown", [3, 2000])
@pytest.mark.parametrize("host", ["newest", "oldest"])
@pytest.mark.parametrize("file", ["rows.jsonl", "rows.jsonl.gz"])
def test_the_log_grew_before_it_was_taken_up(project: Project, fleet: Fleet, host: str, grown: int, file: str) -> None:
    nas = fleet[host]
    before = rows_of(nas)
    got = broken_off(project, nas, host, file)
    nas.mailplus.rows(TRANSACTION_LOG).grow(grown)
    project.play([play(on(host, "Ask", to(project, file)))])
    found = lines(project, file)
    # Rows that came in at the head are above those wanted; those at the end are read with them.
    assert found == (before if host == "newest" else rows_of(nas))
    assert found[:TOTAL] == before
    assert read_rows(nas) < TOTAL - got + grown + 3000


def test_a_filtered_reading_goes_on(project: Project, fleet: Fleet) -> None:
    nas = fleet["one"]
    broken_off(project, nas, "one", "rows.jsonl", statuses=["failed"])
    run = project.play([play(on("one", "Ask", to(project, "rows.jsonl", statuses=["failed"])))])
    wanted = [row for row in rows_of(nas) if row["status"] == "failed"]
    assert lines(project, "rows.jsonl") == wanted
    filtered = result(run, "Ask", "one")["transaction_log"]["filtered"]
    assert filtered == {"read": TOTAL, "kept": len(wanted), "unjudged": 0, "ended_early": False}


def test_another_purpose_starts_anew(project: Project, fleet: Fleet) -> None:
    nas = fleet["one"]
    broken_off(project, nas, "one", "rows.jsonl")
    project.play([play(on("newest", "Ask", to(project, "rows.jsonl", text="message_id", limit=2000)))])
    assert lines(project, "rows.jsonl") == rows_of(fleet["newest"])[:2000]
    assert files(project) == {"rows.jsonl"}
    assert nas.requests == []
    # What was whole stays until the next is whole.
    nas.faults.add("close", api=TRANSACTION_LOG, after=1)
    project.play([play(on("one", "Ask", to(project, "rows.jsonl")))], failing=True)
    assert lines(project, "rows.jsonl") == rows_of(fleet["newest"])[:2000]
    assert files(project) == {"rows.jsonl", "rows.jsonl.part", "rows.jsonl.part.json"}


def test_files_that_cannot_be(project: Project, fleet: Fleet) -> None:
    (project.directory / "file").touch()
    directory = project.directory
    cases: dict[str, tuple[Data, str]] = {
        "missing": ({"dest": str(directory / "no" / "rows.jsonl")}, "dest is a file in a directory that exists, not "),
        "directory": ({"dest": str(directory / "rows")}, "dest is a file in a directory that exists, not "),
        "below a file": ({"dest": str(directory / "file" / "rows")}, "dest is a file in a directory that exists, not "),
        "long": ({"dest": str(directory / "rows" / ("x" * 252))}, "cannot be written: File name too long."),
        "two": (
            {"dest": str(directory / "rows" / "two"), "sections": ["admin_log", "transaction_log"]},
            "dest takes the rows of one section; set sections to one of admin_log, transaction_log.",
        ),
        "time": ({"since": "3 hours"}, "since is a span (3h, 90m, 2d, 1w), a day (today, yesterday, 2026-01-31) or a "),
        "zone": (
            {"time_zone": "Berlin"},
            "time_zone is an IANA name such as Europe/Berlin or an offset such as +01:00",
        ),
    }
    (directory / "rows" / "held.part").mkdir()
    cases["held"] = ({"dest": str(directory / "rows" / "held")}, "cannot be written: Is a directory.")
    whole = project.write("whole", "whole")
    (directory / "rows" / "linked.part").symlink_to(whole)
    (directory / "rows" / "named_twice.part").hardlink_to(whole)
    os.mkfifo(directory / "rows" / "pipe.part")
    for name in ("linked", "named_twice", "pipe"):
        cases[name] = (
            {"dest": str(directory / "rows" / name)},
            f"{name}.part is a link, no file, or another user's. Delete it, or name another file.",
        )
    tasks = [on("one", name, {**ALL, **options}, ignore_errors=True) for name, (options, _said) in cases.items()]
    tasks.append(on("locked", "Refused", to(project, "refused.jsonl"), ignore_errors=True))
    run = project.play([play(*tasks, debug("End", ""))])
    for name, (_options, said) in cases.items():
        message = result(run, name, "one", "failed")["msg"]
        assert said in message, (name, message)
        assert "\n" not in message
    # Whether the file can be written shows with the first rows.
    assert fleet["one"].login_attempts == 5
    assert fleet["one"].sessions == []
    assert files(project) == {"held.part", "linked.part", "named_twice.part", "pipe.part"}
    assert whole.read_text() == "whole"
    assert whole.stat().st_mode & 0o777 == 0o644


NOTES: dict[str, Any] = {
    "no JSON": "{",
    "a list": "[]",
    "no progress": {"progress": {}},
    "of an earlier release": {
        "progress": {"pager": {"start": 0, "position": 4, "known": []}, "read": 4, "unjudged": 0}
    },
    "odd counts": {"rows": "5", "bytes": True},
}


@pytest.mark.parametrize("damaged", NOTES)
def test_damaged_notes_begin_the_reading_anew(project: Project, fleet: Fleet, damaged: str) -> None:
    nas = fleet["one"]
    broken_off(project, nas, "one", "rows.jsonl")
    notes = NOTES[damaged]
    if isinstance(notes, dict):
        notes = json.dumps(project.read("rows/rows.jsonl.part.json") | notes)
    project.write("rows/rows.jsonl.part.json", notes)
    project.play([play(on("one", "Ask", to(project, "rows.jsonl")))])
    assert lines(project, "rows.jsonl") == rows_of(nas)
    assert files(project) == {"rows.jsonl"}


READ = """
import json, resource, sys
from pathlib import Path
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan, gather
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile

given = json.loads(sys.argv[1])
window = Window(0, given["limit"], file=RowFile(Path(given["dest"]), {}), keep=False)
plan = Plan([BY_NAME["transaction_log"]], window)
address = Address(host=given["host"], port=given["port"], https=False)
state = gather(address, Credentials(given["username"], given["password"]), plan)
rows = state.sections["transaction_log"]["file"]["rows"]
print(json.dumps([rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def test_memory_stays_flat(tmp_path: Path) -> None:
    many = 100_000

    def read(nas: Nas, limit: int) -> int:
        given = {"host": nas.host, "port": nas.port, "username": nas.username, "password": nas.password}
        given |= {"limit": limit, "dest": str(tmp_path / f"{limit}.jsonl")}
        command = [sys.executable, "-c", READ, json.dumps(given)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows, kibibytes = json.loads(done.stdout)
        assert rows == limit
        return int(kibibytes)

    with run_fleet({"nas": {"one": {"https": False, "transaction_log": {"total": many}}}}) as fleet:
        few = read(fleet["one"], 1000)
        assert read(fleet["one"], many) - few < 60 * 1024
    with (tmp_path / f"{many}.jsonl").open() as file:
        assert sum(1 for _line in file) == many
