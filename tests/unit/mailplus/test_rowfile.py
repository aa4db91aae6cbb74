# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/playbook/test_row_files.py cannot bring about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import ListReading, Window
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


def reply(rows: list[Any]) -> Reply:
    return Reply(Route("entry.cgi", 1), data={"items": rows, "total": len(rows)})


def test_a_row_that_is_nested_too_deep_fails_the_list_and_not_the_rest(tmp_path: Path) -> None:
    row: dict[str, Any] = {}
    for _level in range(100):
        row = {"a": row}
    reading = reading_into(tmp_path / "rows.jsonl")
    reading.begin(reply([row]))
    assert reading.error is not None
    assert "A row is nested deeper than 64 levels" in str(reading.error)
    reading.end()
    assert not (tmp_path / "rows.jsonl").exists()


def test_a_list_that_outruns_the_reading_leaves_its_file_in_part(tmp_path: Path) -> None:
    reading = reading_into(tmp_path / "rows.jsonl")
    reading.begin(reply([{"id": 1}]))
    reading.pager.gave_up = True
    reading.end()
    assert "The list cannot be read to its end; 1 rows are in" in str(reading.error)
    assert not (tmp_path / "rows.jsonl").exists()
