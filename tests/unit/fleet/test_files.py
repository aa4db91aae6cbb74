# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import errno
import json
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import state_file
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.mark.parametrize("mask", [0, 0o022, 0o077, 0o277])
def test_directories_are_for_their_owner_alone_parents_too(tmp_path: Path, mask: int) -> None:
    tmp_path.chmod(0o755)
    with umask(mask):
        files.make_directories([tmp_path / "a" / "b" / "c", tmp_path / "a" / "b" / "d"])
        files.write(tmp_path / "a" / "b" / "c" / "x", "text")
    for name in ("a", "a/b", "a/b/c", "a/b/d"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a/b/c/x").stat().st_mode & 0o077 == 0
    assert tmp_path.stat().st_mode & 0o777 == 0o755, "what was there stays"


def test_a_file_in_the_place_of_a_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(OSError) as raised:  # noqa: PT011 - what is wrong differs from system to system
        files.make_directories([tmp_path / "a" / "b"])
    assert str(raised.value.filename).startswith(str(tmp_path / "a"))
    assert files.differs(tmp_path / "a" / "b" / "c", "text")


@pytest.mark.parametrize("kind", ["pipe", "link", "dangling link"])
def test_what_is_no_file_is_replaced_and_never_opened(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "report.md", tmp_path / "other"
    if kind == "pipe":
        os.mkfifo(path)  # nobody writes into it, so that reading would never end
    else:
        path.symlink_to(other)
    if kind == "link":
        other.write_text("text", encoding="utf-8")
    assert files.differs(path, "text")
    assert files.differs_beyond_times(path, "{}")
    files.write(path, "text")
    assert path.is_file()
    assert not path.is_symlink()
    assert path.read_text(encoding="utf-8") == "text"
    assert not files.differs(path, "text")


def test_a_directory_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()
    assert files.differs(tmp_path / "report.md", "text")
    with pytest.raises(IsADirectoryError) as raised:
        files.write(tmp_path / "report.md", "text")
    assert raised.value.filename == str(tmp_path / "report.md")
    assert names(tmp_path) == ["report.md"]


def test_a_full_disk_is_told_of_the_file_and_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    files.write(tmp_path / "report.md", "old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as raised:
        files.write(tmp_path / "report.md", "new")
    assert raised.value.filename == str(tmp_path / "report.md")
    assert names(tmp_path) == ["report.md"]
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == "old"


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []

    def fsync(descriptor: int) -> None:
        assert not (tmp_path / "report.md").exists()
        synced.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", fsync)
    files.write(tmp_path / "report.md", "text")
    assert synced == [4]


def test_what_killed_runs_left_behind_is_removed_and_nothing_else(tmp_path: Path) -> None:
    yesterday = time.time() - 86400
    old, ours = (".mailplus-abcd1234.part", ".mailplus-x.part"), ".mailplus-efgh5678.part"
    for name in (*old, ours, ".other.part", "mailplus-y.part", "report.md"):
        (tmp_path / name).touch()
        if name != ours:
            os.utime(tmp_path / name, (yesterday, yesterday))
    (tmp_path / ".mailplus-directory.part").mkdir()
    os.utime(tmp_path / ".mailplus-directory.part", (yesterday, yesterday))
    files.make_directories([tmp_path])
    assert names(tmp_path) == sorted([ours, ".mailplus-directory.part", ".other.part", "mailplus-y.part", "report.md"])


def test_a_file_that_is_being_written_is_found_by_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: found.extend(names(tmp_path)))
    files.write(tmp_path / "report.md", "text")
    (name,) = found
    (tmp_path / name).touch()
    os.utime(tmp_path / name, (0, 0))
    files.make_directories([tmp_path])
    assert names(tmp_path) == ["report.md"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**5000], ids=["nan", "inf", "-inf", "huge"])
def test_json_has_null_for_what_is_no_number_there(value: Any) -> None:
    text = files.to_json({"a": [value, 10**400, 1.5, True], "b": (value,)})
    assert json.loads(text) == {"a": [None, None, 1.5, True], "b": [None]}


@pytest.mark.parametrize(
    "host", ["x" * 251, "x" * 5000, "\u65e5" * 29, "\u65e5" * 250, "/" * 100, "\udcff", "..", "a/../b", "x" * 240]
)
def test_any_host_has_a_file_of_its_own(tmp_path: Path, host: str) -> None:
    path = state_file(tmp_path, host)
    assert path.parent == tmp_path / "hosts"
    assert path != state_file(tmp_path, host + "y")
    assert path.suffix == ".json"
    files.make_directories([path.parent])
    files.write(path, "{}")
    assert names(path.parent) == [path.name]


def test_names_of_usual_length_stay_as_they_are(tmp_path: Path) -> None:
    assert state_file(tmp_path, "nas1.example.com").name == "nas1.example.com.json"
    assert state_file(tmp_path, "site/odd").name == "site%2Fodd.json"
    assert state_file(tmp_path, "x" * 240).name == "x" * 240 + ".json"


def test_a_figure_that_passes_with_time_is_no_change(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    young, old, longer = (
        samples.report([samples.record(queue=samples.listing([1], total=total, oldest_age_seconds=age))])
        for total, age in ((1, 10), (1, 20), (2, 20))
    )
    files.write(path, files.to_json(young))
    assert not files.differs_beyond_times(path, files.to_json(old))
    assert files.differs_beyond_times(path, files.to_json(longer))


def test_an_age_in_a_verdict_that_stays_is_no_change(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    rule = samples.rule(section="queue", path="summary.oldest_age_seconds", condition={"at_most": 100})
    young, old, too_old = (
        samples.report([samples.record(queue=samples.listing([1], total=1, oldest_age_seconds=age))], [rule])
        for age in (10, 20, 200)
    )
    files.write(path, files.to_json(young))
    assert not files.differs_beyond_times(path, files.to_json(old))
    assert files.differs_beyond_times(path, files.to_json(too_old))
