# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/playbook/test_row_files.py cannot bring about."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile, RowFileError


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
