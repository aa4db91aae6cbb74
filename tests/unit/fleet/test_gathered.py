# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, gathered, privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import (
    HANDED_OVER,
    Keeper,
    Known,
    fleet_text,
    sources,
    sources_of_files,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record, totals
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import (
    StatesError,
    last_good_file,
    state_file,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

NOW = "2026-01-31T12:00:00Z"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    place = tmp_path / "run"
    place.mkdir()
    clean = privacy.cleaner("remove", None)
    return Keeper("gather", Kept(place), tmp_path / "state", clean, only_on_change=False, dry=False)


def at(moment: str, host: str = "one", **settings: Any) -> dict[str, Any]:
    """The state of a host."""
    record = samples.record(host, core=samples.section(settings))
    return {**(record.mailplus or {}), "collected_at": moment}


def in_inventory(state: dict[str, Any] | None, status: str = "ok", reason: str | None = None) -> dict[str, Any]:
    return {"mailplus": state, "mailplus_status": status, "mailplus_reason": reason, "mailplus_error": None}


def told(place: Path = Path("/nonexistent"), **known: Known) -> dict[str, HostRecord]:
    return {source.host: source.record() for source in sources([*known], known.__getitem__, Kept(place))}


# ------------------------------------------------------------------------------------------------ handing over, writing


def test_what_is_handed_over_is_uncleaned_and_what_is_written_is_not(keeper: Keeper) -> None:
    record = samples.record(core=samples.section({"mail": "someone@example.com"}))
    handed = keeper.keep(record)
    assert handed.record() == record
    text = state_file(keeper.directory, record.host).read_text(encoding="utf-8")
    assert text == handed.text() == files.to_json(record.cleaned(keeper.clean).as_dict())
    assert "[address]" in text
    assert handed.path.stat().st_mode & 0o077 == 0
    head = handed.head()
    assert (head.status, head.changed, head.failure) == ("ok", True, None)
    assert keeper.keep(record).head().changed is False


def test_a_dry_run_writes_nothing_and_tells_what_it_would(keeper: Keeper) -> None:
    dry = replace(keeper, dry=True)
    assert dry.keep(samples.record()).head().changed
    assert not keeper.directory.exists()


def test_a_file_that_cannot_be_written_fails_later_and_the_host_is_handed_over(keeper: Keeper) -> None:
    keeper.directory.touch()
    head = keeper.keep(samples.record()).head()
    assert head.failure
    assert head.failure[2].startswith(str(keeper.directory))
    assert head.status == "ok"


def test_a_file_that_another_task_wrote_is_put_right(keeper: Keeper) -> None:
    handed = keeper.keep(samples.record())
    path = state_file(keeper.directory, handed.head().host)
    path.write_text("not gathered yet", encoding="utf-8")
    keeper.confirm(handed)
    assert path.read_text(encoding="utf-8") == handed.text()


def test_a_host_that_breaks_what_looks_at_it_is_handed_over_as_such(keeper: Keeper) -> None:
    broken = HostRecord("one", "ok", None, None, {"sections": {"queue": None}})
    head = keeper.keep(broken).head()
    assert head.status == "failed"
    assert str(head.reason).startswith("What was read of this host cannot be used")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_failure_of_reading_does_not_replace_what_was_read(keeper: Keeper) -> None:
    good = host_record("one", {"ansible_facts": {"mailplus": at(NOW, mail="someone@example.com")}})
    known = replace(keeper, clean=privacy.cleaner("keep", None))
    path, beside = state_file(keeper.directory, "one"), last_good_file(keeper.directory, "one")
    known.keep(good)
    assert read_json(path)["last_read"] == NOW
    assert not beside.parent.exists()
    for now in (known, known, keeper):  # the third one may not have personal data in files any more
        head = now.keep(samples.failed("one")).head()
        assert (head.status, head.last_read) == ("failed", NOW)
        assert head.described.endswith(f"Last read: {NOW}.")
        assert (read_json(path)["status"], read_json(path)["last_read"]) == ("failed", NOW)
        assert read_json(beside) == good.cleaned(now.clean).as_dict()
    assert "someone@example.com" not in beside.read_text(encoding="utf-8")
    assert beside.stat().st_mode & 0o077 == 0
    known.keep(good)
    assert read_json(path)["status"] == "ok"
    assert not beside.exists()


def test_a_host_that_was_never_read_has_no_last_state(keeper: Keeper) -> None:
    for _again in range(2):
        assert keeper.keep(samples.failed("one")).head().last_read is None
    assert not last_good_file(keeper.directory, "one").parent.exists()


def test_what_is_no_state_is_not_kept_as_the_last_good_one(keeper: Keeper) -> None:
    path = state_file(keeper.directory, "one")
    path.parent.mkdir(parents=True)
    path.write_text('{"schema_version": 1, "mailplus": {"sections": {}}}', encoding="utf-8")
    assert keeper.keep(samples.failed("one")).head().last_read is None
    assert not last_good_file(keeper.directory, "one").exists()


def test_a_package_that_is_stopped_leaves_the_last_good_state_too(keeper: Keeper) -> None:
    stopped = samples.record("one", core=samples.refused("unsupported"))
    keeper.keep(host_record("one", {"ansible_facts": {"mailplus": at(NOW)}}))
    for record in (stopped, samples.failed("one"), stopped):
        assert keeper.keep(record).head().last_read == NOW
        assert json.loads(last_good_file(keeper.directory, "one").read_text(encoding="utf-8"))["status"] == "ok"
    keeper.keep(samples.record("one"))
    assert not last_good_file(keeper.directory, "one").exists()


def test_a_dry_run_keeps_and_removes_no_last_state(keeper: Keeper) -> None:
    keeper.keep(host_record("one", {"ansible_facts": {"mailplus": at(NOW)}}))
    dry = replace(keeper, dry=True)
    assert dry.keep(samples.failed("one")).head().last_read == NOW
    assert not last_good_file(keeper.directory, "one").exists()
    keeper.keep(samples.failed("one"))
    dry.keep(samples.record("one"))
    assert last_good_file(keeper.directory, "one").exists()


@pytest.mark.parametrize("hosts", [[], ["one"], ["b", "\u65e5", 'a "quoted" \u2028 name']])
def test_the_file_of_a_fleet_is_the_same_as_in_one_piece(keeper: Keeper, hosts: list[str]) -> None:
    found = [samples.record(host, core=samples.section({"text": 'a\n"b"\u2028'})) for host in hosts]
    handed = {record.host: keeper.keep(record) for record in found}
    whole = {
        "schema_version": 1,
        "totals": totals(found),
        "hosts": {record.host: record.as_dict() for record in found},
    }
    assert "".join(fleet_text(handed, totals(found))) == files.to_json(whole)


def test_a_text_in_pieces_is_compared_as_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert files.differs_from_pieces(path, ["a"])
    files.write_pieces(path, ["a", "\u00e4", "b"])
    assert not files.differs_from_pieces(path, ["a\u00e4", "b"])
    for pieces in (["a"], ["a\u00e4b", "c"], ["x\u00e4b"]):
        assert files.differs_from_pieces(path, pieces)


def test_summary_of_no_hosts() -> None:
    assert gathered.summary([]) == ["0 hosts: "]


# ------------------------------------------------------------------------------------------ where a state is told


def test_what_this_run_gathered_comes_first(keeper: Keeper) -> None:
    record = samples.record("handed", core=samples.section({"a": 1}))
    handed = {HANDED_OVER: str(keeper.keep(record).path)}
    plain_result = {"ansible_facts": {"mailplus": at(NOW, a=2)}}
    older = in_inventory(at("2026-01-31T13:00:00Z", a=3))
    found = told(
        keeper.kept.place,
        handed=Known(handed, None, older),
        plain=Known(plain_result, None, older),
        other=Known(None, at(NOW)),
    )
    assert found["handed"] == record
    assert found["plain"].mailplus == at(NOW, a=2)
    assert found["other"].status == "not_gathered", "facts may be of an earlier run"


@pytest.mark.parametrize("name", ["../elsewhere", "other", "/etc/passwd", "mailplus-handed-over-/../../x"])
def test_a_result_of_another_machine_opens_no_file_but_one_of_this_run(keeper: Keeper, name: str) -> None:
    (keeper.kept.place / "other").write_text(keeper.keep(samples.record()).path.read_text(encoding="utf-8"), "utf-8")
    record = told(keeper.kept.place, one=Known({HANDED_OVER: f"{keeper.kept.place}/{name}", "msg": "No."}))["one"]
    assert (record.status, record.reason) == ("failed", "No.")


def test_the_newer_of_facts_and_inventory_counts() -> None:
    early, late = at("2026-01-31T11:00:00Z", a=1), at("2026-01-31T12:00:00Z", a=2)
    found = told(
        facts=Known(None, late, in_inventory(early)),
        inventory=Known(None, early, in_inventory(late)),
        alone=Known(None, None, in_inventory(early)),
        none=Known(),
    )
    assert {name: record.mailplus for name, record in found.items()} == {
        "facts": late,
        "inventory": late,
        "alone": early,
        "none": None,
    }


def test_a_host_that_the_inventory_could_not_read_is_failed_with_its_reason() -> None:
    error: Any = {"kind": "login", "name": "account_locked", "message": "It is locked.", "hint": "Wait."}
    variables = {**in_inventory(None, "failed", "It is locked."), "mailplus_error": error}
    record = told(one=Known(None, at(NOW), variables))["one"]
    assert record == HostRecord("one", "failed", "It is locked.", error, None)


@pytest.mark.parametrize("variables", [{}, {"mailplus": {"port": 1}}, {"mailplus": 1, "mailplus_status": "mine"}])
def test_a_variable_of_the_users_own_is_no_state(variables: dict[str, Any]) -> None:
    assert told(one=Known(None, None, variables))["one"].status == "not_gathered"


def test_a_state_that_breaks_what_looks_at_it_stays_at_its_host() -> None:
    record = told(one=Known(None, None, in_inventory({"sections": 5})))["one"]
    assert (record.status, record.mailplus) == ("failed", None)


def written(directory: Path, record: HostRecord, hours: float = 0) -> None:
    path = state_file(directory, record.host)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record.as_dict()), encoding="utf-8")
    os.utime(path, (time.time() - hours * 3600,) * 2)


def stamp(hours: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - hours * 3600))


def test_the_newer_of_file_and_inventory_counts_unless_it_is_too_old(tmp_path: Path) -> None:
    inventory = {
        "newer": in_inventory(at(stamp(1), "newer")),
        "older": in_inventory(at(stamp(3), "older")),
        "stale": in_inventory(at(stamp(13), "stale")),
        "unread": in_inventory(None, "failed", "No connection."),
        "file": {},
    }
    for name in inventory:
        if name != "stale":
            written(tmp_path, samples.failed(name), hours=2)
    found = sources_of_files(tmp_path, [*inventory], inventory.__getitem__, 12)
    records = {source.host: source.record() for source in found}
    assert {name: record.status for name, record in records.items()} == {
        "newer": "ok",
        "older": "failed",
        "stale": "not_gathered",
        "unread": "failed",
        "file": "failed",
    }
    assert records["unread"].reason == "No connection."
    assert "older than 12 hours" in str(records["stale"].reason)


def test_no_state_at_all_is_an_error(tmp_path: Path) -> None:
    message = f"^{tmp_path}/hosts has no state of these hosts that is younger than 12 hours"
    with pytest.raises(StatesError, match=message):
        list(sources_of_files(tmp_path, ["a", "b"], lambda _host: {}, 12))
    assert list(sources_of_files(tmp_path, ["a"], lambda _host: in_inventory(at(stamp(0))), 12))
