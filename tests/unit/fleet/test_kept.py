# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import BaselineError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    (tmp_path / "run").mkdir()
    (tmp_path / "state").mkdir()
    return Kept(tmp_path / "run")


def test_what_was_read_first_is_read_again(kept: Kept, tmp_path: Path) -> None:
    baseline = tmp_path / "state" / "fleet.json"
    baseline.write_text("käse", encoding="utf-8")
    assert kept.read(baseline, tmp_path / "state") == "käse"
    baseline.write_text("new", encoding="utf-8")
    kept.note_written(tmp_path / "state")
    (tmp_path / "link").symlink_to(tmp_path / "state")
    assert kept.read(tmp_path / "link" / "fleet.json", tmp_path / "link") == "käse"
    assert {path.stat().st_mode & 0o777 for path in kept.place.iterdir() if path.stat().st_size} == {0o600}


def test_what_was_not_there_stays_so(kept: Kept, tmp_path: Path) -> None:
    baseline = tmp_path / "state" / "fleet.json"
    assert kept.read(baseline, tmp_path / "state") is None
    baseline.write_text("new", encoding="utf-8")
    assert kept.read(baseline, tmp_path / "state") is None


def test_what_the_run_wrote_before_it_read_is_refused(kept: Kept, tmp_path: Path) -> None:
    kept.note_written(tmp_path / "state")
    with pytest.raises(BaselineError, match="this run wrote it before"):
        kept.read(tmp_path / "state" / "fleet.json", tmp_path / "state")
    (tmp_path / "other.json").write_text("x", encoding="utf-8")
    assert kept.read(tmp_path / "other.json", tmp_path / "other") == "x"
