# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import oldest, read_state, state_file
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

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
    written, read = read_state(record.host, write(tmp_path, record, hours=0.5), oldest(1))
    assert read == record
    assert written == pytest.approx(time.time() - 1800, abs=60)


def test_files_that_say_nothing_of_today_say_so(tmp_path: Path) -> None:
    old = write(tmp_path, samples.failed("old"), hours=2.1)
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    os.mkfifo(tmp_path / "pipe")  # nobody writes into it, so that reading would never end
    (tmp_path / "other.json").write_text('{"schema_version": 1}', encoding="utf-8")
    reasons = {
        old: f"Nothing was gathered lately: {old} is too old.",
        tmp_path / "missing.json": f"Nothing was gathered: there is no {tmp_path / 'missing.json'}.",
        tmp_path: f"{tmp_path} cannot be read.",
        tmp_path / "bytes.json": f"{tmp_path / 'bytes.json'} cannot be read.",
        tmp_path / "pipe": f"{tmp_path / 'pipe'} cannot be read.",
        tmp_path / "other.json": f"{tmp_path / 'other.json'} does not hold the state of a host.",
    }
    for path, reason in reasons.items():
        _written, record = read_state("one", path, oldest(2))
        assert (record.status, record.reason) == ("not_gathered", reason)


@pytest.mark.parametrize("name", ["nas", "../up", "a b/c%d", "\u65e5\u672c", "\udc80", "~x_y-z.0"])
def test_a_name_is_quoted_as_in_a_url(name: str) -> None:
    assert state_file(Path("at"), name) == Path("at/hosts") / f"{quote(name, safe='', errors='surrogatepass')}.json"


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        files.write(tmp_path / "taken", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
