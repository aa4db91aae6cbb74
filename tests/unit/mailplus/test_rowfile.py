# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/playbook/test_row_files.py cannot bring about."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import ListReading, Window, read_on
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile, RowFileError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter


def test_a_name_that_was_taken_meanwhile_keeps_the_part(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "rows.jsonl", {})
    file.begin()
    file.write([{"id": 1}])
    file.note({})
    (tmp_path / "rows.jsonl").mkdir()
    with pytest.raises(RowFileError, match=r"rows\.jsonl"):
        file.finish()
    assert (tmp_path / "rows.jsonl.part").read_text(encoding="utf-8") == '{"id":1}\n'


def test_a_file_that_was_never_opened_can_be_closed(tmp_path: Path) -> None:
    RowFile(tmp_path / "rows.jsonl", {}).close()
    assert list(tmp_path.iterdir()) == []


def reading_into(path: Path) -> ListReading:
    return ListReading(BY_NAME["queue"], Window(0, None, RowFilter(), file=RowFile(path, {})), reveal_secrets=False)


def reply(rows: list[Any], total: int | None = None) -> Reply:
    return Reply(Route("entry.cgi", 1), data={"items": rows, "total": len(rows) if total is None else total})


def test_a_row_that_is_nested_too_deep_fails_the_list_and_not_the_rest(tmp_path: Path) -> None:
    row: dict[str, Any] = {}
    for _level in range(100):
        row = {"a": row}
    reading = reading_into(tmp_path / "rows.jsonl")
    reading.begin(reply([row]))
    reading.take()
    assert reading.error is not None
    assert "A row is nested deeper than 64 levels" in str(reading.error)
    reading.end()
    assert not (tmp_path / "rows.jsonl").exists()


def test_how_far_the_file_has_come_is_not_noted_beyond_a_row_that_is_nested_too_deep(tmp_path: Path) -> None:
    row: dict[str, Any] = {}
    for _level in range(100):
        row = {"a": row}
    reading = reading_into(tmp_path / "rows.jsonl")
    first, second = ([{"id": number} for number in range(10)], [*({"id": number} for number in range(5, 10)), row])
    reading.begin(reply(first, total=11))
    ((page, _read),) = reading.next_reads()
    reading.take()
    reading.feed(page, reply(second, total=11))
    reading.take()
    reading.end()
    assert reading.error is not None
    notes = json.loads((tmp_path / "rows.jsonl.part.json").read_text(encoding="utf-8"))
    assert (notes["rows"], notes["progress"]["read"], notes["progress"]["pager"]["position"]) == (10, 10, 10)


class Asked:
    """A client of a NAS that gives ten rows at once. It tells when it is asked again."""

    def __init__(self, pages: int) -> None:
        self.rows = [{"id": number} for number in range(10 * pages)]
        self.again = threading.Event()

    def read(self, reads: Sequence[Read]) -> list[Reply]:
        self.again.set()
        return [reply(self.rows[read.params["offset"] :][:10], total=len(self.rows)) for read in reads]


def test_account_is_taken_of_rows_while_the_nas_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Asked(pages=20)
    reading = reading_into(tmp_path / "rows.jsonl")
    (first,) = client.read([reading.first_read])
    rounds = []
    write = RowFile.write

    def write_once_more_is_asked(file: RowFile, rows: Sequence[Any]) -> None:
        if reading.pager.progress["position"] < len(client.rows):
            rounds.append(client.again.wait(10))
            client.again.clear()
        write(file, rows)

    monkeypatch.setattr(RowFile, "write", write_once_more_is_asked)
    client.again.clear()
    reading.begin(first)
    read_on(cast(Client, client), [reading])
    reading.end()
    assert len(rounds) > 2
    assert all(rounds)
    lines = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == client.rows


def test_a_list_that_outruns_the_reading_leaves_its_file_in_part(tmp_path: Path) -> None:
    reading = reading_into(tmp_path / "rows.jsonl")
    reading.begin(reply([{"id": 1}]))
    reading.take()
    reading.pager.gave_up = True
    reading.end()
    assert "The list cannot be read to its end; 1 rows are in" in str(reading.error)
    assert not (tmp_path / "rows.jsonl").exists()
