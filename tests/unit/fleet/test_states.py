# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import StatesError, read_states
from ansible_collections.mailfleet.mailplus.tests.unit.fleet import samples

GOOD = samples.record("good", core=samples.section({"a": 1}))


def write(directory: Path, record: HostRecord, *, hours: float = 0) -> Path:
    path = directory / f"{record.host}.json"
    path.write_text(json.dumps(record.as_dict()), encoding="utf-8")
    moment = time.time() - hours * 3600
    os.utime(path, (moment, moment))
    return path


@pytest.mark.parametrize(
    "record",
    [GOOD, samples.failed("b"), samples.record("c", core=samples.refused("unsupported")), host_record("d", None)],
    ids=lambda record: record.status,
)
def test_what_was_written_is_read_again(tmp_path: Path, record: HostRecord) -> None:
    paths = {"good": write(tmp_path, GOOD), record.host: write(tmp_path, record)}
    assert read_states(paths, 1)[-1] == record


def test_files_that_say_nothing_of_today_say_so(tmp_path: Path) -> None:
    paths = {"good": write(tmp_path, GOOD, hours=1.9), "old": write(tmp_path, samples.failed("old"), hours=2.1)}
    paths |= {"missing": tmp_path / "missing.json", "directory": tmp_path}
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    paths["bytes"] = tmp_path / "bytes.json"
    paths["pipe"] = tmp_path / "pipe"
    os.mkfifo(paths["pipe"])  # nobody writes into it, so that reading would never end
    good, *others = read_states(paths, 2)
    assert good == GOOD
    assert {record.status for record in others} == {"not_gathered"}
    assert [record.reason for record in others] == [
        f"Nothing was gathered lately: {paths['old']} is too old.",
        f"Nothing was gathered: there is no {paths['missing']}.",
        f"{tmp_path} cannot be read.",
        f"{paths['bytes']} cannot be read.",
        f"{paths['pipe']} cannot be read.",
    ]


def test_no_state_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StatesError, match=f"^{tmp_path} has no state of these hosts that is younger than 12 hours"):
        read_states({"a": tmp_path / "a.json", "b": tmp_path / "b.json"}, 12)


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        files.write(tmp_path / "taken", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
