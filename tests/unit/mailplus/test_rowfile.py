# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/playbook/test_row_files.py cannot bring about."""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import answer_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import read_to_the_end
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import ListReading, Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile, RowFileError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME


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


def receive(reading: ListReading, answer: Reply) -> None:
    """Hand the reading an answer to the first of its next questions, and none to the others."""
    no = Reply(Route("entry.cgi", 1), error=answer_error("No", api="A", method="list", version=1))
    asked = reading.next_reads()
    reading.receive([answer, *[no] * (len(asked) - 1)])


def reading_into(path: Path) -> ListReading:
    window = Window(0, None, RowFilter(), file=RowFile(path, {}))
    return ListReading(BY_NAME["queue"], {}, window, reveal_secrets=False)


def reply(rows: list[Any], total: int | None = None) -> Reply:
    return Reply(Route("entry.cgi", 1), data={"items": rows, "total": len(rows) if total is None else total})


def test_a_row_that_is_nested_too_deep_fails_the_list_and_not_the_rest(tmp_path: Path) -> None:
    row: dict[str, Any] = {}
    for _level in range(100):
        row = {"a": row}
    with reading_into(tmp_path / "rows.jsonl") as reading:
        receive(reading, reply([row]))
        reading.take()
        assert reading.error is not None
        assert "A row is nested deeper than 64 levels" in str(reading.error)
        reading.finish()
        assert not (tmp_path / "rows.jsonl").exists()


def test_how_far_the_file_has_come_is_not_noted_beyond_a_row_that_is_nested_too_deep(tmp_path: Path) -> None:
    row: dict[str, Any] = {}
    for _level in range(100):
        row = {"a": row}
    with reading_into(tmp_path / "rows.jsonl") as reading:
        first, second = ([{"id": number} for number in range(10)], [*({"id": number} for number in range(5, 10)), row])
        receive(reading, reply(first, total=11))
        reading.take()
        receive(reading, reply(second, total=11))
        reading.take()
        reading.take()
        reading.finish()
        assert reading.error is not None
        notes = json.loads((tmp_path / "rows.jsonl.part.json").read_text(encoding="utf-8"))
        assert (notes["rows"], notes["progress"]["sieve"]["read"], notes["progress"]["pager"]["position"]) == (
            10,
            10,
            10,
        )


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
        first = client.read(reading.next_reads())
        rounds = []
        write = RowFile.write

        def write_once_more_is_asked(file: RowFile, rows: Sequence[Any]) -> None:
            if reading.pager.progress["position"] < len(client.rows):
                rounds.append(client.again.wait(10))
                client.again.clear()
            write(file, rows)

        monkeypatch.setattr(RowFile, "write", write_once_more_is_asked)
        client.again.clear()
        reading.receive(first)
        read_to_the_end(cast(Client, client), [reading], is_answered=True)
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
        first = client.read(reading.next_reads())
        client.again.clear()
        reading.receive(first)

        def full(*_args: Any) -> None:
            raise RowFileError("full")

        monkeypatch.setattr(RowFile, "write", full)
        with pytest.raises(RowFileError, match="full"):
            read_to_the_end(cast(Client, client), [reading], is_answered=True)
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


def a_link(part: Path, target: Path) -> None:
    part.symlink_to(target)


def a_hard_link(part: Path, target: Path) -> None:
    part.hardlink_to(target)


def a_pipe(part: Path, target: Path) -> None:  # noqa: ARG001 - like the others
    os.mkfifo(part)


@pytest.mark.parametrize("plant", [a_link, a_hard_link, a_pipe])
def test_nothing_is_written_through_what_is_no_part_of_ours(
    tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    target = tmp_path / "of_somebody"
    target.write_text("whole", encoding="utf-8")
    target.chmod(0o644)
    plant(tmp_path / "rows.jsonl.part", target)
    file = RowFile(tmp_path / "rows.jsonl", {})
    with pytest.raises(RowFileError, match=r"rows\.jsonl\.part is a link, no file, or another user's\. Delete it"):
        file.begin()
    file.close()
    assert target.read_text(encoding="utf-8") == "whole"
    assert target.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("plant", [a_link, a_hard_link, a_pipe])
@pytest.mark.parametrize("name", ["rows.jsonl.part.json", "rows.jsonl.part.json.new", "rows.jsonl"])
def test_nothing_is_written_through_what_is_no_note_of_ours(
    tmp_path: Path, plant: Callable[[Path, Path], None], name: str
) -> None:
    target = tmp_path / "of_somebody"
    part_of(tmp_path / "rows.jsonl", 5)
    (tmp_path / name).unlink(missing_ok=True)
    target.write_text('{"purpose": {}, "rows": 1, "bytes": 9, "progress": {}}', encoding="utf-8")
    plant(tmp_path / name, target)
    file = RowFile(tmp_path / "rows.jsonl", {})
    assert (file.begin() is None) == (name == "rows.jsonl.part.json")
    file.write([{"id": 7}])
    file.note({})
    file.finish()
    assert target.read_text(encoding="utf-8").startswith('{"purpose"')
    assert (tmp_path / "rows.jsonl").read_text(encoding="utf-8").endswith('{"id":7}\n')


def test_files_are_of_their_user_alone_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, int]] = []
    open_file = os.open

    def watch(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        number = open_file(path, flags, mode, **more)
        opened.append((Path(path).name, os.fstat(number).st_mode & 0o777))
        return number

    before = os.umask(0)
    try:
        monkeypatch.setattr(os, "open", watch)
        part_of(tmp_path / "rows.jsonl", 5)
    finally:
        os.umask(before)
    assert {mode for name, mode in opened if name.startswith("rows.jsonl.part")} == {0o600}
    assert len(opened) >= 2


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    part_of(tmp_path / "rows.jsonl", 5)
    (tmp_path / "rows.jsonl.part.json.ab12.new").touch()
    (tmp_path / "other.part.json.ab12.new").touch()
    file = RowFile(tmp_path / "rows.jsonl", {})
    file.begin()
    file.finish()
    assert {path.name for path in tmp_path.iterdir()} == {"rows.jsonl", "other.part.json.ab12.new"}


def test_a_file_is_on_the_disk_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    replace = Path.replace
    monkeypatch.setattr(os, "fsync", lambda _number: steps.append("sync"))

    def name(path: Path, to: Path) -> Path:
        steps.append(to.name)
        return replace(path, to)

    monkeypatch.setattr(Path, "replace", name)
    file = RowFile(tmp_path / "rows.jsonl", {})
    file.begin()
    file.write([{"id": 1}])
    file.finish()
    assert steps == ["sync", "rows.jsonl", "sync"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError("odd")])
def test_a_full_disk_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    file = RowFile(tmp_path / "rows.jsonl", {})
    file.begin()
    file.write([{"id": 1}])

    def full(_number: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RowFileError, match=r"rows\.jsonl cannot be written: (No space left on device|odd)\.$"):
        file.finish()


JUNK: list[Any] = [None, True, 7, -1, 1.5, 2**60, "x", [], {}, [1], {"a": 1}]


def damaged_notes(notes: dict[str, Any]) -> list[Any]:
    """The notes with each key, at any depth, taken away or replaced by junk; and junk instead of them."""
    found: list[Any] = [*JUNK, "not JSON"]

    def damage(path: list[str], value: Any) -> None:
        if not isinstance(value, dict):
            return
        for key in value:
            for junk in [*JUNK, ...]:
                copy = json.loads(json.dumps(notes))
                held = copy
                for name in path:
                    held = held[name]
                if junk is ...:
                    del held[key]
                else:
                    held[key] = junk
                found.append(copy)
            damage([*path, key], value[key])

    damage([], notes)
    return [*found, {**notes, "odd": 1}, {**notes, "progress": {**notes["progress"], "odd": 1}}]


def test_damaged_notes_begin_anew_or_are_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    part, noted = path.with_name("rows.jsonl.part"), path.with_name("rows.jsonl.part.json")
    client = Asked(pages=3)
    with reading_into(path) as reading:
        reading.receive(client.read(reading.next_reads()))
        reading.take()
    rows, notes = part.read_bytes(), json.loads(noted.read_text(encoding="utf-8"))
    assert notes["progress"]["pager"]["version"]
    whole = 0
    for damaged in damaged_notes(notes):
        part.write_bytes(rows)
        noted.write_text(damaged if damaged == "not JSON" else json.dumps(damaged), encoding="utf-8")
        try:
            with reading_into(path) as reading:
                reading.receive(client.read(reading.next_reads()))
                read_to_the_end(cast(Client, client), [reading], is_answered=True)
        except RowFileError as error:
            assert str(error) == f"{part} is damaged. Delete it, and {noted}, to begin anew."  # noqa: PT017
            continue
        if reading.error is None and reading.pager.doubt is None and reading.pager.truncated is False:
            lines = path.read_text(encoding="utf-8").splitlines()
            assert [json.loads(line) for line in lines] == client.rows, damaged
            whole += 1
    assert whole > 100


def test_a_reading_that_ends_with_an_exception_closes_its_file(tmp_path: Path) -> None:
    def interrupted() -> None:
        with reading_into(tmp_path / "rows.jsonl") as reading:
            receive(reading, reply([{"id": 1}], total=9))
            reading.take()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with reading_into(tmp_path / "rows.jsonl") as again:
        assert again.kept == 1


def test_an_answer_without_rows_leaves_the_part_of_another_purpose(tmp_path: Path) -> None:
    part_of(tmp_path / "rows.jsonl", 5)
    before = (tmp_path / "rows.jsonl.part").read_bytes()
    path = tmp_path / "rows.jsonl"
    window = Window(0, None, RowFilter(), file=RowFile(path, {"another": "purpose"}))
    with ListReading(BY_NAME["queue"], {}, window, reveal_secrets=False) as reading:
        receive(reading, Reply(Route("entry.cgi", 1), error=answer_error("No", api="A", method="list", version=1)))
        read_to_the_end(cast(Client, Asked(pages=1)), [reading], is_answered=True)
    assert (tmp_path / "rows.jsonl.part").read_bytes() == before


def test_a_list_that_outruns_the_reading_leaves_its_file_in_part(tmp_path: Path) -> None:
    with reading_into(tmp_path / "rows.jsonl") as reading:
        receive(reading, reply([{"id": 1}]))
        reading.take()
        reading.pager.gave_up = True
        reading.finish()
        assert "The list cannot be read to its end; 1 rows are in" in str(reading.error)
        assert not (tmp_path / "rows.jsonl").exists()
