# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording that is served as a NAS: what it answers as it was recorded, what it makes of it, and what it refuses."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.record import PAGE_SIZE, record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import (
    Answer,
    Recording,
    dumps,
)
from ansible_collections.mailfleet.mailplus.tests.simulator import DescriptionError, read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.__main__ import main
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, QUEUE, Dsm, item, serving
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import address_of, credentials_of

NOW = "2026-01-01T00:00:00Z"
EPOCH = 1_767_225_600
REPORT, SETTINGS, BLACKLIST = f"{PREFIX}Report", f"{PREFIX}Domain.Settings", f"{PREFIX}Security.BlackwhiteList"
JSON_API = {"path": "entry.cgi", "minVersion": 1, "maxVersion": 1, "requestFormat": "JSON"}


def answer(api: str, method: str, version: int = 1, /, **more: Any) -> Answer:
    """A success, unless ``more`` says otherwise; with ``params`` where it names them."""
    came = {} if "failed" in more else {"success": "error" not in more}
    asked = {"api": api, "method": method, "version": version, "params": {}, "seconds": 0.1, "size": 9}
    return cast(Answer, {**asked, **came, **more})


def recording_of(*answers: Answer, **changes: Any) -> Recording:
    made = {
        "recording_version": 1,
        "recorded_at": NOW,
        "strict": False,
        "auth_version": 7,
        "apis": {each["api"]: JSON_API for each in answers},
        "answers": list(answers),
        "not_asked": [],
        **changes,
    }
    return cast(Recording, made)


@contextlib.contextmanager
def replaying(directory: Path, recording: Recording, now: Any = NOW) -> Iterator[Dsm]:
    """A client that is logged in to the NAS of a recording."""
    path = directory / "nas.recording.json"
    path.write_text(dumps(recording), encoding="utf-8")
    with serving({"recording": str(path)}, now=now) as dsm:
        login = {"account": dsm.nas.username, "passwd": dsm.nas.password}
        dsm.sid = dsm.call("SYNO.API.Auth", "login", 3, cgi="auth.cgi", **login)["data"]["sid"]
        yield dsm


def page(total: int, offset: int, limit: int, **more: Any) -> Answer:
    rows = [{"id": number} for number in range(total)][offset : offset + limit]
    data = {"items": rows, "offset": offset, "total": total, "other": "kept"}
    return answer(QUEUE, "list", params={"offset": offset, "limit": limit}, data=data, **more)


def ids(data: Any) -> list[int]:
    return [row["id"] for row in data["items"]]


@pytest.mark.parametrize(
    "nas",
    [
        {"hostname": "mail.example.com", "domains": ["one.example", "two.example"], "seed": 3},
        {"hostname": "mail.example.com", "dsm": 6, "versions": "listed", "permissions": {REPORT: 5615}},
        {"hostname": "mail.example.com", "dsm": 5, "unlisted_methods": "none", "hostile": True},
    ],
)
def test_a_recording_of_what_is_replayed_is_the_same(tmp_path: Path, nas: dict[str, Any]) -> None:
    with serving({**nas, "transaction_log": {"total": 130}}, now=NOW) as dsm:
        recorded = recorded_from(dsm)
    with replaying(tmp_path, recorded) as again:
        assert recorded_from(again) == recorded
        info = again.call("SYNO.API.Info", "query", query="all", cgi="query.cgi")["data"]
    assert {answer["version"] for answer in recorded["answers"]} > {1}
    assert {answer["params"].get("offset") for answer in recorded["answers"]} == {None, 0, PAGE_SIZE}
    assert set(info) == {*recorded["apis"], "SYNO.API.Info"}


def recorded_from(dsm: Dsm) -> Recording:
    """All that a NAS answers, as it is, and as if it took no time."""
    made, warnings = record(address_of(dsm.nas), credentials_of(dsm.nas))
    assert warnings == []
    answers = [cast(Answer, {**answer, "seconds": 0}) for answer in made["answers"]]
    return {**made, "recorded_at": NOW, "answers": answers}


def test_every_version_that_is_told_logs_in_and_no_other(tmp_path: Path) -> None:
    auth = {"path": "auth.cgi", "minVersion": 1, "maxVersion": 6}
    apis = {"SYNO.API.Auth": auth, REPORT: JSON_API}
    with replaying(tmp_path, recording_of(answer(REPORT, "get", data={}), apis=apis)) as dsm:
        login = {"account": dsm.nas.username, "passwd": dsm.nas.password, "cgi": "auth.cgi"}
        codes = {version: dsm.code("SYNO.API.Auth", "login", version, **login) for version in (2, 3, 6, 7)}
        assert codes == {2: 103, 3: None, 6: None, 7: 104}
        assert dsm.code("SYNO.API.Auth", "login", 6, **{**login, "cgi": "entry.cgi"}) == 102
        assert dsm.code("SYNO.API.Info", "query") == 102  # a DSM of that age has it at query.cgi alone
        dsm.sid = None
        dsm.http.cookies.clear()
        assert dsm.code(REPORT, "get") == 119


@pytest.mark.parametrize(
    "told",
    [
        {"data": {"a": 1, "b": [None, "text", 1.5]}},
        {"data": [1, 2]},
        {"data": None},
        {},
        {"error": {"code": 5594, "errors": {"name": "x", "lines": [1]}, "more": True}},
        {"error": {"code": None}},
        {"success": False},
    ],
)
def test_an_answer_is_whole_alone_and_in_a_compound(tmp_path: Path, told: dict[str, Any]) -> None:
    wanted = {"success": "error" not in told, **told}
    with replaying(tmp_path, recording_of(answer(REPORT, "get", **told))) as dsm:
        assert dsm.call(REPORT, "get") == wanted
        compound = dsm.compound([item("Report", "get")])
    assert compound["data"] == {"has_fail": not wanted["success"], "result": [{**item("Report", "get"), **wanted}]}


def test_what_was_not_recorded_has_the_error_of_a_nas(tmp_path: Path) -> None:
    apis = {REPORT: {**JSON_API, "minVersion": 2, "maxVersion": 4}, QUEUE: {**JSON_API, "path": "mail/queue.cgi"}}
    recording = recording_of(
        answer(REPORT, "get", 2, data={}), answer(REPORT, "get", 4, error={"code": 117}), apis=apis
    )
    with replaying(tmp_path, recording) as dsm:
        assert [dsm.code(REPORT, "get", version) for version in (1, 2, 3, 4, 5)] == [104, None, 103, 117, 104]
        assert dsm.code(REPORT, "list", 2) == 103
        assert dsm.code(PREFIX + "Alias", "list") == 102
        assert (dsm.code(QUEUE, "list"), dsm.code(QUEUE, "list", cgi="mail/queue.cgi")) == (102, 103)


def test_a_login_of_a_version_that_nobody_knows_yet(tmp_path: Path) -> None:
    apis = {"SYNO.API.Auth": {"path": "entry.cgi", "minVersion": 1, "maxVersion": 9}}
    with replaying(tmp_path, recording_of(apis=apis)) as dsm:
        login = {"account": dsm.nas.username, "passwd": dsm.nas.password}
        assert [dsm.code("SYNO.API.Auth", "login", version, **login) for version in (9, 10)] == [None, 104]


def test_info_tells_what_was_recorded(tmp_path: Path) -> None:
    told = {**JSON_API, "maxVersion": 9, "authLevel": 1}
    with replaying(tmp_path, recording_of(answer(REPORT, "get", data={}), apis={REPORT: told})) as dsm:
        assert dsm.data("SYNO.API.Info", "query", query=PREFIX) == {REPORT: told}


def test_each_entry_has_its_own_answer_and_one_that_was_not_recorded_none(tmp_path: Path) -> None:
    recording = recording_of(
        *(answer(SETTINGS, "get", params={"domain_id": number}, data={"of": number}) for number in (1, 2)),
        answer(REPORT, "get", params={"domain_id": 1}, error={"code": 117}),
        answer(REPORT, "get", params={"domain_id": 2}, data={}),
        answer(BLACKLIST, "list", params={"list_type": "blacklist"}, error={"code": 5615}),
        answer(BLACKLIST, "list", params={"list_type": "whitelist"}, error={"code": 5615}),
    )
    with replaying(tmp_path, recording) as dsm:
        assert [dsm.data(SETTINGS, "get", domain_id=number) for number in ("1", '"2"')] == [{"of": 1}, {"of": 2}]
        refused = dsm.call(SETTINGS, "get", domain_id=3)["error"]
        assert refused == {"code": 120, "errors": {"name": "domain_id", "reason": "not recorded"}}
        assert dsm.code(SETTINGS, "get") == 120
        assert dsm.code(REPORT, "get", domain_id=3) == 120
        assert dsm.code(BLACKLIST, "list", list_type="other") == 5615


def test_any_part_of_a_list_that_was_recorded_as_a_whole(tmp_path: Path) -> None:
    with replaying(tmp_path, recording_of(page(70, 50, 50), page(70, 0, 50), page(70, 0, 50))) as dsm:
        parts = {part: dsm.data(QUEUE, "list", offset=part[0], limit=part[1]) for part in ((0, 60), (48, 4), (69, 9))}
        assert {part: ids(data) for part, data in parts.items()} == {
            part: list(range(part[0], min(70, sum(part)))) for part in parts
        }
        assert [(data["offset"], data["total"], data["other"]) for data in parts.values()] == [
            (0, 70, "kept"),
            (48, 70, "kept"),
            (69, 70, "kept"),
        ]
        assert ids(dsm.data(QUEUE, "list")) == list(range(70))
        assert ids(dsm.data(QUEUE, "list", offset=5, limit=-1)) == list(range(5, 70))


def test_a_list_ends_where_its_recording_does(tmp_path: Path) -> None:
    with replaying(tmp_path, recording_of(page(812, 0, 50), page(812, 50, 50))) as dsm:
        parts = [dsm.data(QUEUE, "list", offset=offset, limit=limit) for offset, limit in ((0, 50), (50, 1), (0, 500))]
        assert [(len(data["items"]), data["total"]) for data in parts] == [(50, 812), (1, 812), (100, 100)]
        behind = dsm.data(QUEUE, "list", offset=500, limit=1)
        assert (behind["items"], behind["total"]) == ([], 100)


def test_pages_that_do_not_follow_each_other_are_not_joined(tmp_path: Path) -> None:
    short = page(812, 0, 50, cut={"data.items": 50})
    del short["data"]["items"][30:]
    with replaying(tmp_path, recording_of(short, page(812, 50, 50))) as dsm:
        assert ids(dsm.data(QUEUE, "list", offset=0, limit=500)) == list(range(30))


@pytest.mark.parametrize(
    "pages",
    [
        [page(70, 0, 70) | {"params": {"offset": 0, "limit": 50}}],
        [page(70, 0, 50), page(70, 0, 50) | {"params": {"offset": 50, "limit": 50}}],
    ],
    ids=["no limit", "no offset"],
)
def test_a_nas_without_pages_answers_any_part_alike(tmp_path: Path, pages: list[Any]) -> None:
    with replaying(tmp_path, recording_of(*pages)) as dsm:
        assert dsm.data(QUEUE, "list", offset=60, limit=1) == pages[0]["data"]


def test_settings_have_no_pages(tmp_path: Path) -> None:
    with replaying(tmp_path, recording_of(answer(REPORT, "get", data={"a": [1], "b": [2]}))) as dsm:
        assert dsm.data(REPORT, "get", offset=1, limit=1) == {"a": [1], "b": [2]}


@pytest.mark.parametrize("compound", [False, True], ids=["alone", "compound"])
def test_an_answer_that_never_came_does_not_come(tmp_path: Path, compound: bool) -> None:
    recording = recording_of(
        answer(SETTINGS, "get", params={"domain_id": 1}, failed="connection_broken"),
        answer(SETTINGS, "get", params={"domain_id": 2}, failed="timeout"),
        answer(SETTINGS, "get", params={"domain_id": 3}, data={}),
    )

    def ask(domain: int) -> Any:
        asked = item("Domain.Settings", "get", domain_id=domain)
        if compound:
            return dsm.compound([asked], timeout=0.3)
        form = {**asked, "_sid": dsm.sid}
        return dsm.request(data=form, timeout=0.3).json()

    with replaying(tmp_path, recording) as dsm:
        with pytest.raises(requests.ConnectionError, match=r"closed|aborted"):
            ask(1)
        with pytest.raises(requests.ReadTimeout):
            ask(2)
        assert ask(3)["success"] is True


def test_times_are_as_if_they_were_told_now(tmp_path: Path) -> None:
    data = {"time": EPOCH - 60, "text": "2025-12-31 23:59:00", "count": 3}
    with replaying(tmp_path, recording_of(answer(REPORT, "get", data=data)), EPOCH + 86400) as dsm:
        assert dsm.data(REPORT, "get") == {"time": EPOCH + 86340, "text": "2026-01-01 23:59:00", "count": 3}


def test_of_a_strict_recording_each_type_has_a_value(tmp_path: Path) -> None:
    data = {"a": "text", "b": ["integer", {"c": "number"}], "d": "boolean", "e": None}
    recording = recording_of(answer(SETTINGS, "get", params={"domain_id": "integer"}, data=data), strict=True)
    with replaying(tmp_path, recording) as dsm:
        assert dsm.data(SETTINGS, "get", domain_id=0) == {"a": "text", "b": [0, {"c": 0.0}], "d": False, "e": None}


def test_faults_and_overrides_of_a_description_hold_for_a_recording(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(dumps(recording_of(answer(REPORT, "get", data={}))), encoding="utf-8")
    described = {
        "now": NOW,
        "defaults": {"https": False},
        "nas": {"one": {"recording": "one.json", "apis": {REPORT: {"maxVersion": 3}}, "permissions": {REPORT: 105}}},
    }
    path = tmp_path / "fleet.yml"
    path.write_text(json.dumps(described), encoding="utf-8")
    fleet = read_fleet(path)
    assert fleet.recording_of(fleet.nas["one"]) is not None
    described["nas"]["one"]["recording"] = str(tmp_path / "one.json")  # type: ignore[index]
    with serving(described["nas"]["one"], now=NOW) as dsm:  # type: ignore[index]
        dsm.login()
        assert dsm.data("SYNO.API.Info", "query", query=REPORT)[REPORT]["maxVersion"] == 3
        assert dsm.code(REPORT, "get") == 105


WRONG = {
    "{": "is no recording: it is not JSON",
    "{}": "is no recording: it does not have what one has",
    dumps(recording_of(recording_version=7)): "is a recording of version 7; only 1 is known here",
    dumps(recording_of(recorded_at="soon")): "recorded_at is 'soon', and no time",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_bad_file_gets_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    path = tmp_path / "nas.recording.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DescriptionError, match=r"^nas\.one\.recording: .*nas\.recording\.json") as raised:
        read_fleet({"nas": {"one": {"recording": str(path)}}})
    assert WRONG[text] in str(raised.value)
    assert main(["--recording", str(path), "--directory", str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines() == [str(raised.value).replace("nas.one.", "nas.nas.")]


def test_files_of_the_same_name_and_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(tmp_path / "a" / "nas.json"), str(tmp_path / "b" / "nas.recording.json")]
    assert main(["--recording", files[0], "--recording", files[1], "--directory", str(tmp_path)]) == 2
    assert main(["--recording", files[0], "--directory", str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "two recordings would be a NAS nas: rename one of the files",
        f"nas.nas.recording: {files[0]} cannot be read: No such file or directory.",
    ]
    with pytest.raises(SystemExit):
        main(["--recording", files[0], "--fleet", files[1], "--directory", str(tmp_path)])
