# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of all hosts as JSON Lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.merged import Merged
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import KEEP, Clean, cleaner
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


def written(place: Path, *records: HostRecord, clean: Clean = KEEP) -> dict[str, list[dict[str, Any]]]:
    merged = Merged(place, clean)
    assert list(merged.passing(records)) == [*records]
    return {
        str(target.relative_to(place)): [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for target, path in merged.collected(place).items()
    }


def told(host: str, status: str, reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {"host": host, "status": status, "reason": reason, "rows": 0, "total": None, "truncated": None} | more


def test_each_row_has_its_host_and_each_host_is_told(tmp_path: Path) -> None:
    log = samples.listing([{"host": "of the row", "user": "eve"}], total=9, truncated=True)
    found = written(
        tmp_path,
        samples.record("a", queue=samples.listing([]), admin_log=log),
        samples.record("b", queue=samples.refused(is_list=True)),
        samples.failed("c"),
        host_record("d", None),
    )
    assert found["rows/admin_log.jsonl"][:2] == [
        told("a", "ok", rows=1, total=9, truncated=True),
        {"host": "a", "row": {"host": "of the row", "user": "eve"}},
    ]
    assert [line["status"] for line in found["rows/admin_log.jsonl"][2:]] == ["not_asked", "failed", "not_gathered"]
    assert found["rows/queue.jsonl"][:2] == [
        told("a", "ok", total=0, truncated=False),
        told("b", "forbidden", samples.ERROR["message"]),
    ]
    assert {*found} == {"rows/admin_log.jsonl", "rows/queue.jsonl"}


def test_personal_data_is_cleaned_as_in_the_files_of_hosts(tmp_path: Path) -> None:
    clean = cleaner("remove", None)
    rows = [{"time": "2026-01-10", "user": "eve"}]
    record = samples.record("a", admin_log=samples.listing(rows))
    (_how, line) = written(tmp_path, record, clean=clean)["rows/admin_log.jsonl"]
    of_file = (record.cleaned(clean).mailplus or {})["sections"]["admin_log"]["data"]["items"]
    assert (
        line == {"host": "a", "row": of_file[0]} == {"host": "a", "row": {"time": "2026-01-10", "user": "[personal]"}}
    )


def test_a_line_is_a_line_whatever_a_server_sent(tmp_path: Path) -> None:
    rows = [{"text": text, text: float("nan")} for text in (*samples.HOSTILE, "\u2028\x85\r\n")]
    name = "rows/queue.jsonl"
    lines = written(tmp_path, samples.record("a", queue=samples.listing(rows)))[name]
    assert [line["row"]["text"] for line in lines[1:]] == [row["text"] for row in rows]


def test_a_second_batch_of_hosts_begins_anew(tmp_path: Path) -> None:
    first = written(tmp_path, samples.record("a", queue=samples.listing([{"id": 1}])))
    assert written(tmp_path, samples.record("a", queue=samples.listing([{"id": 1}]))) == first


def test_a_file_of_another_run_does_not_stay_as_it_is(tmp_path: Path) -> None:
    """One that nobody can read of today says so of each host; what is no file of a list is left alone."""
    (tmp_path / "rows").mkdir()
    for name in ("queue", "admin_log", "mine"):
        (tmp_path / "rows" / f"{name}.jsonl").write_text("{}\n", encoding="utf-8")
    found = written(tmp_path, samples.failed("a"), samples.record("b", admin_log=samples.listing([])))
    assert {name: [(line["host"], line["status"]) for line in lines] for name, lines in found.items()} == {
        "rows/queue.jsonl": [("a", "failed"), ("b", "not_asked")],
        "rows/admin_log.jsonl": [("b", "ok"), ("a", "failed")],
    }


def test_rows_that_are_odd_stay_at_their_host(tmp_path: Path) -> None:
    odd = samples.listing([{1, 2}])
    lines = written(tmp_path, samples.record("a", queue=odd), samples.record("b", queue=samples.listing([{}])))
    assert [(line["host"], line.get("status")) for line in lines["rows/queue.jsonl"]] == [
        ("a", "failed"),
        ("b", "ok"),
        ("b", None),
    ]
