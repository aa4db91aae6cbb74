# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/playbook/test_row_files.py cannot bring about."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import answer_error
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
    window = Window(0, None, RowFilter(), file=RowFile(path, {}))
    return ListReading(BY_NAME["queue"], window, reveal_secrets=False)


def reply(rows: list[Any], total: int | None = None) -> Reply:
    return Reply(Route("entry.cgi", 1), data={"items": rows, "total": len(rows) if total is None else total})


def test_a_row_that_is_nested_too_deep_fails_the_list_and_not_the_rest(tmp_path: Path) -> None:
    row: dict[str, Any] = {}
    for _level in range(100):
        row = {"a": row}
    with reading_into(tmp_path / "rows.jsonl") as reading:
        reading.begin([reply([row])])
        reading.take()
        assert reading.error is not None
        assert "A row is nested deeper than 64 levels" in str(reading.error)
        reading.end()
        assert not (tmp_path / "rows.jsonl").exists()


def test_how_far_the_file_has_come_is_not_noted_beyond_a_row_that_is_nested_too_deep(tmp_path: Path) -> None:
    row: dict[str, Any] = {}
    for _level in range(100):
        row = {"a": row}
    with reading_into(tmp_path / "rows.jsonl") as reading:
        first, second = ([{"id": number} for number in range(10)], [*({"id": number} for number in range(5, 10)), row])
        reading.begin([reply(first, total=11)])
        ((page, _read),) = reading.next_reads()
        reading.take()
        reading.feed(page, reply(second, total=11))
        reading.take()
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

    def interrupt(self) -> None:
        self.again.set()

    def read(self, reads: Sequence[Read]) -> list[Reply]:
        self.again.set()
        return [reply(self.rows[read.params["offset"] :][:10], total=len(self.rows)) for read in reads]


def test_account_is_taken_of_rows_while_the_nas_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Asked(pages=20)
    with reading_into(tmp_path / "rows.jsonl") as reading:
        first = client.read(reading.first_reads)
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


class Hanging(Asked):
    """A client of a NAS that gives no second answer."""

    def read(self, reads: Sequence[Read]) -> list[Reply]:
        if reads[0].params["offset"]:
            assert self.again.wait(10)
            return [reply([], total=len(self.rows))]
        return super().read(reads)


def test_what_ends_the_reading_does_not_wait_for_the_nas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Hanging(pages=2)
    with reading_into(tmp_path / "rows.jsonl") as reading:
        first = client.read(reading.first_reads)
        client.again.clear()
        reading.begin(first)

        def full(*_args: Any) -> None:
            raise RowFileError("full")

        monkeypatch.setattr(RowFile, "write", full)
        with pytest.raises(RowFileError, match="full"):
            read_on(cast(Client, client), [reading])
        assert client.again.is_set()


def part_of(path: Path, rows: int, tail: bytes = b"") -> None:
    """What a reading leaves that broke off behind ``rows`` rows, and behind what it had not noted yet."""
    file = RowFile(path, {})
    file.begin()
    file.write([{"id": number} for number in range(rows)])
    file.note({"rows": rows})
    file.close()
    with path.with_name(f"{path.name}.part").open("ab") as part:
        part.write(tail)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
@pytest.mark.parametrize("tail", [b"", b'{"id":', b'{"id":7}\n', b"\x1f\x8b\x08"])
def test_what_came_behind_the_last_note_is_neither_counted_nor_kept(tmp_path: Path, name: str, tail: bytes) -> None:
    part_of(tmp_path / name, 5, tail)
    file = RowFile(tmp_path / name, {})
    assert file.begin() == {"rows": 5}
    assert list(file.rows_so_far()) == [{"id": number} for number in range(5)]
    file.write([{"id": 5}])
    file.finish()
    opened = gzip.open if name.endswith("gz") else open
    with opened(tmp_path / name, "rt", encoding="utf-8") as whole:
        assert [json.loads(line)["id"] for line in whole] == list(range(6))


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_a_part_that_is_damaged_is_said_so(tmp_path: Path, name: str) -> None:
    part_of(tmp_path / name, 5)
    with (tmp_path / f"{name}.part").open("r+b") as part:
        part.write(b"damaged")
    file = RowFile(tmp_path / name, {})
    file.begin()
    with pytest.raises(RowFileError, match=rf"{name}\.part is damaged\. Delete it, and .*{name}\.part\.json"):
        list(file.rows_so_far())
    file.close()


@pytest.mark.parametrize("rows", [0, 5])
def test_two_at_once_do_not_write_one_file(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "rows.jsonl"
    if rows:
        part_of(path, rows)
    one, other = RowFile(path, {}), RowFile(path, {})
    one.begin()
    one.write([{"id": rows}])
    with pytest.raises(RowFileError, match=r"rows\.jsonl is being written by another task"):
        other.begin()
    one.finish()
    assert len(path.read_text(encoding="utf-8").splitlines()) == rows + 1


def test_of_two_that_begin_at_once_one_goes_on(tmp_path: Path) -> None:
    one, other = (RowFile(tmp_path / "rows.jsonl", {}) for _task in range(2))
    one.begin()
    other.begin()
    one.write([{"id": 1}])
    one.note({})
    with pytest.raises(RowFileError, match="another task"):
        other.write([{"id": 2}])
    one.finish()
    assert (tmp_path / "rows.jsonl").read_text(encoding="utf-8") == '{"id":1}\n'


def test_an_answer_without_rows_leaves_the_part_of_another_purpose(tmp_path: Path) -> None:
    part_of(tmp_path / "rows.jsonl", 5)
    before = (tmp_path / "rows.jsonl.part").read_bytes()
    path = tmp_path / "rows.jsonl"
    window = Window(0, None, RowFilter(), file=RowFile(path, {"another": "purpose"}))
    with ListReading(BY_NAME["queue"], window, reveal_secrets=False) as reading:
        reading.begin([Reply(Route("entry.cgi", 1), error=answer_error("No", api="A", method="list", version=1))])
        read_on(cast(Client, Asked(pages=1)), [reading])
        reading.end()
    assert (tmp_path / "rows.jsonl.part").read_bytes() == before


def test_a_list_that_outruns_the_reading_leaves_its_file_in_part(tmp_path: Path) -> None:
    with reading_into(tmp_path / "rows.jsonl") as reading:
        reading.begin([reply([{"id": 1}])])
        reading.take()
        reading.pager.gave_up = True
        reading.end()
        assert "The list cannot be read to its end; 1 rows are in" in str(reading.error)
        assert not (tmp_path / "rows.jsonl").exists()
