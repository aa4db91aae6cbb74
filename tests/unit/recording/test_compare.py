# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings beside the keys that are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.found_keys import MOST_NEW
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.known_keys import (
    CLIENT,
    RECORDING,
    below,
    by,
    known_keys,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.compare import compare
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import (
    RECORDING_VERSION,
    Answer,
    Recording,
    dumps,
)
from ansible_collections.mailfleet.mailplus.tests.recordings.__main__ import main
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import PREFIX

# What these tests take as known, whatever is.
TABLE = {
    ("Alias", "list"): (by(CLIENT, "total", *below("alias_list[]", "name", "member_list[].name"), at=1),),
    ("Domain", "list"): (by(CLIENT, *below("domains[]", "domain_id|id", "name"), at=1),),
    ("Queue", "list"): (by(CLIENT, "items", "total"),),
}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dict[Any, Any]], None]]:
    """What is known; a test may say otherwise."""

    def be(table: dict[Any, Any]) -> None:
        monkeypatch.setattr(f"{known_keys.__module__}.KNOWN", table)
        known_keys.cache_clear()

    be(TABLE)
    yield be
    monkeypatch.undo()
    known_keys.cache_clear()


def answer(api: str, method: str, data: Any, version: int = 1, **more: Any) -> Answer:
    told: dict[str, Any] = {"api": PREFIX + api, "method": method, "version": version, "params": {}, "success": True}
    return Answer(**{**told, "data": data, **more})  # type: ignore[typeddict-item]


def recording(*answers: Answer) -> Recording:
    return Recording(
        recording_version=RECORDING_VERSION,
        recorded_at="2026-01-31T09:45:00Z",
        strict=False,
        auth_version=7,
        apis={},
        answers=[*answers],
        not_asked=[],
    )


REFUSED: Answer = {"api": PREFIX + "Report", "method": "get", "version": 1, "params": {}, "error": {"code": 5615}}
SOME = recording(
    answer("Queue", "list", {"items": [{"id": 1}], "total": 1}),
    answer("Domain", "list", {"domains": [{"domain_id": 1}]}),
    answer("Alias", "list", {"total": 0, "alias_list": []}, params={"domain_id": 1}),
    answer("Alias", "list", {"total": 1, "alias_list": [{"name": "x", "note": ""}]}, params={"domain_id": 2}),
    answer("Alias", "list", {"total": 1, "alias_list": [{"name": "x", "note": "", "owner": ""}]}, 2),
    REFUSED,
    {"api": PREFIX + "Security", "method": "get", "version": 4, "params": {}, "failed": "timeout"},
    answer("Version", "check", None),
)


def test_a_recording_is_compared_in_a_line_and_answer_by_answer() -> None:
    found = compare(SOME)
    assert found.line() == "7 known keys seen, 2 missing, 3 new"
    assert [*found.lines()] == [
        f"{PREFIX}Alias list v1: new alias_list[].note; missing alias_list[].member_list",
        f"{PREFIX}Alias list v2: new alias_list[].note, alias_list[].owner",
        f"{PREFIX}Domain list v1: missing domains[].name",
        f"{PREFIX}Queue list v1: new items[].id",
    ]


def test_nothing_recorded_is_nothing_seen() -> None:
    assert compare(recording()).line() == "0 known keys seen, 0 missing, 0 new"
    assert compare(recording(answer("Queue", "list", {"items": []}))).line() == "1 known key seen, 1 missing, 0 new"


def test_a_line_is_plain_text_and_has_an_end() -> None:
    many = {f"key{number}": {"x": 1} for number in range(MOST_NEW)}
    found = compare(recording(answer("Queue\x1b", "list\n", {"\x1b[2J": 1}), answer("Report", "get", many)))
    assert found.line() == f"0 known keys seen, 0 missing, more than {MOST_NEW + 1} new"
    odd, long = found.lines()
    assert odd == rf'"{PREFIX}Queue\u001b" "list\n" v1: new "\u001b[2J"'
    assert long.endswith(f"key1041.x and {MOST_NEW - 100} more")


def test_the_command_says_so_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "nas.json"
    file.write_text(dumps(SOME), encoding="utf-8")
    assert main([str(file)]) == 0
    assert capsys.readouterr().out == "7 known keys seen, 2 missing, 3 new\n"
    assert main([str(file), "--details"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5
    file.write_text("{}", encoding="utf-8")
    assert main([str(file)]) == 1
    assert "is no recording" in capsys.readouterr().err


def test_what_the_command_prints_for_known_keys_can_be_put_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], known: Callable[[dict[Any, Any]], None]
) -> None:
    file = tmp_path / "nas.json"
    file.write_text(dumps(SOME), encoding="utf-8")
    assert main([str(file), "--entries"]) == 0
    _line, *entries = capsys.readouterr().out.splitlines()
    known(eval("{" + "".join(entries) + "}", {"by": by, "RECORDING": RECORDING}))  # noqa: S307
    assert compare(SOME).line() == "10 known keys seen, 0 missing, 0 new"
    assert [key.path for key in known_keys(PREFIX + "Queue", "list")] == ["items", "items[].id", "total"]
    assert known_keys(PREFIX + "Queue", "list")[0].evidence == ("the recording nas.json",)
