# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import BaselineError, Comparison, Differ
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.files import to_json
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.history import NamedRun
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import KEEP
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import HostSinceLastRun, Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.runs import ThisRun
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from ansible_collections.mailfleet.mailplus.tests.unit.support.nights import Nights

FIRST, SECOND, THIRD, FOURTH = (f"2026-01-0{day}T02:00:00Z" for day in range(1, 5))


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def imap(*, on: bool, host: str = "one", **sections: Any) -> Any:
    return samples.record(host, imap_pop3=samples.section({"enable_imap": on}), **sections)


def changed(report: Report, host: str = "one") -> HostSinceLastRun:
    found = next(each["since_last_run"] for each in report["hosts"] if each["host"] == host)
    assert found
    return found


def paths(report: Report) -> list[str]:
    return [each["path"] for each in changed(report)["differences"]["differences"]]


def findings(report: Report) -> dict[str, tuple[str, str | None, str]]:
    return {one["rule"]: (one["change"], one["now"], one["since"]) for one in changed(report)["findings"]}


def test_the_first_run_has_nothing_to_compare_with(nights: Nights) -> None:
    report = nights.run(FIRST, [imap(on=False)])
    assert report["since_last_run"]
    assert report["since_last_run"]["last"] is None
    assert report["since_last_run"]["line"] == [FIRST]
    found = changed(report)
    assert found["change"] == "appeared"
    assert found["differences"]["reason"] == "There is no earlier run: this is the first one."


def test_settings_that_changed_are_told_once(nights: Nights) -> None:
    nights.run(FIRST, [imap(on=False)])
    second = nights.run(SECOND, [imap(on=True)])
    assert paths(second) == ["imap_pop3.data.enable_imap"]
    assert second["since_last_run"]
    assert second["since_last_run"]["last"] == FIRST
    assert second["since_last_run"]["totals"]["changed"] == 1
    assert paths(nights.run(THIRD, [imap(on=True)])) == []


def test_a_night_without_an_answer_leaves_the_last_good_state(nights: Nights) -> None:
    nights.run(FIRST, [imap(on=False)])
    second = nights.run(SECOND, [samples.failed("one")])
    assert changed(second)["change"] == "lost"
    assert changed(second)["last_read"] == FIRST
    assert changed(second)["differences"]["status"] == "unknown"
    third = nights.run(THIRD, [samples.failed("one")])
    assert (changed(third)["change"], changed(third)["last_read"]) == ("unread", FIRST)
    fourth = nights.run(FOURTH, [imap(on=True)])
    assert (changed(fourth)["change"], changed(fourth)["last_read"]) == ("back", FIRST)
    assert paths(fourth) == ["imap_pop3.data.enable_imap"]


def test_a_section_that_could_not_be_read_for_a_night_is_compared_with_the_one_before(nights: Nights) -> None:
    core = samples.section({"a": 1})
    nights.run(FIRST, [imap(on=False, core=core)])
    nights.run(SECOND, [samples.record("one", imap_pop3=samples.refused(), core=core)])
    third = nights.run(THIRD, [imap(on=True, core=core)])
    assert paths(third) == ["imap_pop3.data.enable_imap"]
    assert changed(third)["differences"]["not_compared"] == []


def test_a_package_that_is_stopped_is_no_change_of_settings(nights: Nights) -> None:
    nights.run(FIRST, [imap(on=False)])
    stopped = samples.record("one", imap_pop3=samples.refused("unsupported"))
    second = nights.run(SECOND, [stopped], [samples.rule()])
    assert (changed(second)["change"], changed(second)["status_before"]) == ("lost", "ok")
    assert findings(second) == {}
    assert paths(nights.run(THIRD, [imap(on=False)])) == []


def test_findings_are_new_open_fixed_or_gone(nights: Nights) -> None:
    rule = [samples.rule()]
    nights.run(FIRST, [imap(on=False)], rule)
    assert findings(nights.run(SECOND, [imap(on=True)], rule)) == {"imap": ("new", "fail", SECOND)}
    assert findings(nights.run(THIRD, [imap(on=True)], rule)) == {"imap": ("open", "fail", SECOND)}
    assert findings(nights.run(FOURTH, [imap(on=False)], rule)) == {"imap": ("fixed", "pass", SECOND)}


def test_what_cannot_be_judged_any_more_is_not_fixed(nights: Nights) -> None:
    rule = [samples.rule()]
    nights.run(FIRST, [imap(on=True)], rule)
    unknown = samples.record("one", imap_pop3=samples.refused(), core=samples.section({}))
    assert findings(nights.run(SECOND, [unknown], rule)) == {"imap": ("open", "unknown", FIRST)}
    assert findings(nights.run(THIRD, [imap(on=True)], rule)) == {"imap": ("open", "fail", FIRST)}
    assert findings(nights.run(FOURTH, [imap(on=True)])) == {"imap": ("gone", None, FIRST)}


def test_a_rule_that_fails_after_it_was_unknown_is_new(nights: Nights) -> None:
    rule = [samples.rule()]
    nights.run(FIRST, [samples.record("one", imap_pop3=samples.refused(), core=samples.section({}))], rule)
    assert findings(nights.run(SECOND, [imap(on=True)], rule)) == {"imap": ("new", "fail", SECOND)}


def test_an_unread_night_does_not_end_a_finding(nights: Nights) -> None:
    rule = [samples.rule()]
    nights.run(FIRST, [imap(on=True)], rule)
    assert findings(nights.run(SECOND, [samples.failed("one")], rule)) == {"imap": ("open", "unknown", FIRST)}
    assert findings(nights.run(THIRD, [imap(on=True)], rule)) == {"imap": ("open", "fail", FIRST)}


def test_what_is_unknown_for_a_night_is_neither_new_nor_fixed(nights: Nights) -> None:
    rule = [samples.rule()]
    forbidden = samples.record("one", imap_pop3=samples.refused(), core=samples.section({}))
    nights.run(FIRST, [imap(on=False, core=samples.section({}))], rule)
    second = nights.run(SECOND, [forbidden], rule)
    assert findings(second) == {"imap": ("unknown", "unknown", SECOND)}
    assert paths(second) == []  # that it cannot be read is no change of settings
    assert [each["path"] for each in changed(second)["differences"]["not_compared"]] == ["imap_pop3.data"]
    assert findings(nights.run(THIRD, [imap(on=False)], rule)) == {"imap": ("known", "pass", SECOND)}


def test_a_domain_that_came_is_told_though_the_list_of_domains_was_not_gathered(nights: Nights) -> None:
    def limits(*domains: str) -> Any:
        each = {name: {"status": "ok", "error": None} for name in domains}
        of_each = samples.section({name: {"limit": 5} for name in domains}) | {"each": each}
        return imap(on=False, domain_usage_limit=of_each, domain_settings=of_each)

    nights.run(FIRST, [limits("a", "b")])
    second = nights.run(SECOND, [limits("a", "new")])
    found = [(one["kind"], one["path"]) for one in changed(second)["differences"]["differences"]]
    assert found == [("removed", "domains.data.b"), ("added", "domains.data.new")]
    assert changed(second)["differences"]["not_compared"] == []
    third = nights.run(THIRD, [limits("a", "(others)")])
    assert paths(third) == []
    assert {one["reason"] for one in changed(third)["differences"]["not_compared"]} == {
        "One side alone has this entry."
    }


def queue(total: int) -> Any:
    return samples.record("one", queue=samples.listing([], total=total))


def test_figures_have_a_line_over_the_runs(nights: Nights) -> None:
    nights.run(FIRST, [queue(5)])
    nights.run(SECOND, [samples.failed("one")])
    nights.run(THIRD, [queue(5)])
    report = nights.run(FOURTH, [queue(9)])
    assert report["since_last_run"]
    assert report["since_last_run"]["line"] == [FIRST, SECOND, THIRD, FOURTH]
    mails = next(one for one in changed(report)["figures"] if one["name"] == "queue_mails")
    assert mails == {"name": "queue_mails", "before": 5, "now": 9, "line": [5, None, 5, 9]}


def test_a_line_has_no_more_points_than_fit(nights: Nights) -> None:
    for day in range(1, 33):
        nights.run(f"2026-03-{day:02}T00:00:00Z", [queue(day)])
    report = nights.run("2026-04-01T00:00:00Z", [queue(0)])
    assert report["since_last_run"]
    assert len(report["since_last_run"]["line"]) == 30
    mails = next(one for one in changed(report)["figures"] if one["name"] == "queue_mails")
    assert mails["line"] == [*range(4, 33), 0]


def test_hosts_that_vanished_are_told_from_those_that_were_left_out(nights: Nights) -> None:
    hosts = [imap(on=False, host=name) for name in ("one", "two", "three")]
    nights.run(FIRST, hosts)
    second = nights.run(SECOND, hosts[:1], inventory=["one", "two"])
    assert second["since_last_run"]
    assert second["since_last_run"]["missing"] == [
        {"host": "three", "in_inventory": False, "last_read": FIRST},
        {"host": "two", "in_inventory": True, "last_read": FIRST},
    ]
    third = nights.run(THIRD, hosts[:1], inventory=["one", "two"])
    assert third["since_last_run"]
    assert third["since_last_run"]["missing"] == []  # it is told once
    fourth = nights.run(FOURTH, [imap(on=True, host="two"), hosts[2]])
    assert changed(fourth, "two")["change"] == "read"
    assert [each["path"] for each in changed(fourth, "two")["differences"]["differences"]] == [
        "imap_pop3.data.enable_imap"
    ]
    assert changed(fourth, "three")["change"] == "appeared"
    assert changed(fourth, "three")["differences"]["status"] == "same"


def test_a_report_that_is_made_again_is_of_the_same_run(nights: Nights) -> None:
    nights.run(FIRST, [imap(on=False)], [samples.rule()])
    once = to_json(nights.run(SECOND, [imap(on=True)], [samples.rule()]))
    kept = {name: (nights.directory / "state/history" / name).read_bytes() for name in nights.files}
    assert to_json(nights.run(SECOND, [imap(on=True)], [samples.rule()])) == once
    assert {name: (nights.directory / "state/history" / name).read_bytes() for name in nights.files} == kept
    assert len(kept) == 2


def test_a_run_in_batches_is_one_run(nights: Nights, tmp_path: Path) -> None:
    nights.run(FIRST, [imap(on=False), imap(on=False, host="two")])
    (tmp_path / "run").mkdir()
    kept = Kept(tmp_path / "run")
    nights.run(SECOND, [imap(on=True), host_record("two", None)], kept=kept)
    report = nights.run(THIRD, [imap(on=True), imap(on=True, host="two")], kept=kept)
    assert report["since_last_run"]
    assert report["since_last_run"]["last"] == FIRST
    assert paths(report) == ["imap_pop3.data.enable_imap"]
    assert nights.files == ["2026-01-01T02-00-00Z.jsonl.gz", "2026-01-03T02-00-00Z.jsonl.gz"]


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "other", "state", "pipe", "hosts"])
def test_a_damaged_file_is_told_and_stops_nothing(nights: Nights, damage: str) -> None:
    nights.run(FIRST, [imap(on=False)])
    nights.run(SECOND, [imap(on=True)])
    path = nights.directory / "state/history" / nights.files[-1]
    content = path.read_bytes()
    path.unlink()
    if damage == "pipe":
        path.mkdir()
    else:
        path.write_bytes(
            {
                "cut": content[:40],
                "empty": b"",
                "text": b"no gzip",
                "other": gzip.compress(b"[1]"),
                "state": content[:-20],
                "hosts": gzip.compress(json.dumps({"run_version": 1, "hosts": {"one": {"status": 5}}}).encode()),
            }[damage]
        )
    report = nights.run(THIRD, [imap(on=True)])
    assert paths(report) == ["imap_pop3.data.enable_imap"]  # since the first night
    assert report["since_last_run"]
    told = report["since_last_run"]["unreadable"]
    assert [one["file"] for one in told] == ["2026-01-02T02-00-00Z.jsonl.gz"]
    assert told[0]["reason"].startswith(("it ", "what it", "the state of a host"))


def test_only_runs_beyond_the_limits_are_removed(nights: Nights) -> None:
    stray = nights.directory / "state/history" / "notes.txt"
    for stamp in (FIRST, SECOND, THIRD):
        nights.run(stamp, [imap(on=False)])
        stray.write_text("mine", encoding="utf-8")
    nights.run(FOURTH, [imap(on=False)], most=3)
    assert nights.files == [*(f"2026-01-0{day}T02-00-00Z.jsonl.gz" for day in (2, 3, 4)), "notes.txt"]
    nights.run("2026-01-04T03:00:00Z", [imap(on=False)], days=1.5)
    assert [name[:13] for name in nights.files] == ["2026-01-03T02", "2026-01-04T02", "2026-01-04T03", "notes.txt"]
    nights.run("2027-01-01T00:00:00Z", [imap(on=False)], days=1)
    assert nights.files == ["2027-01-01T00-00-00Z.jsonl.gz", "notes.txt"]


def test_the_file_of_a_run_is_text_that_zcat_prints(nights: Nights) -> None:
    nights.run(FIRST, [imap(on=False), imap(on=True, host="two"), samples.failed("three")], [samples.rule()])
    path = nights.directory / "state/history" / nights.files[0]
    head, *hosts = map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines())
    assert head["run"] == FIRST
    assert {host: one["status"] for host, one in head["hosts"].items()} == {"one": "ok", "two": "ok", "three": "failed"}
    assert head["hosts"]["two"]["verdicts"] == {"fail": ["imap"]}
    assert [host["host"] for host in hosts] == ["one", "two"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_no_personal_data_is_kept_also_of_earlier_runs(nights: Nights, mode: str) -> None:
    section = samples.section({"postmaster": "anna@example.com"})
    nights.run(FIRST, [imap(on=False, core=section), imap(on=False, host="two", core=section)])
    nights.run(SECOND, [samples.failed("one")], mode=mode, inventory=["one", "two"])
    text = gzip.decompress((nights.directory / "state/history" / nights.files[-1]).read_bytes()).decode()
    assert "anna" not in text
    assert text.count("[address") == 2


@pytest.mark.parametrize("name", [FIRST, "2026-01-01"])
def test_a_run_can_be_named(nights: Nights, name: str) -> None:
    nights.run("2026-01-01T01:00:00Z", [imap(on=True)])
    nights.run(FIRST, [imap(on=False)])
    nights.run(SECOND, [imap(on=True)])
    run = NamedRun(ThisRun(nights.directory / "state", FOURTH, FOURTH), name, Differ(Comparison(), KEEP))
    assert [each.path for each in run.compare(imap(on=True)).differences] == ["imap_pop3.data.enable_imap"]
    assert run.compare(imap(on=True, host="two")).reason == f"The run of {FIRST} has no state of this host."


def test_a_run_that_is_not_there_is_told_with_those_that_are(nights: Nights) -> None:
    this, differ = ThisRun(nights.directory / "state", FOURTH, FOURTH), Differ(Comparison(), KEEP)
    with pytest.raises(BaselineError, match=r"no such run is kept in .*history; there is none"):
        NamedRun(this, "2026-01-01", differ)
    nights.run(FIRST, [imap(on=False)])
    with pytest.raises(BaselineError, match=f"there are {FIRST}"):
        NamedRun(this, "2025-01-01", differ)
    (nights.directory / "state/history" / nights.files[0]).write_bytes(b"x")
    with pytest.raises(BaselineError, match="there is none"):
        NamedRun(this, "2025-01-01", differ)
    report = nights.run(SECOND, [imap(on=False)])
    assert changed(report)["differences"]["reason"] == "No earlier run can be read."


def test_of_what_is_read_for_each_entry_the_last_good_state_of_each_is_kept(nights: Nights) -> None:
    def aliases(**by_domain: str | None) -> Any:
        each = {name: {"status": "ok" if value else "forbidden", "error": None} for name, value in by_domain.items()}
        status = "ok" if all(by_domain.values()) else "forbidden"
        data = {name: value and {"setting": value} for name, value in by_domain.items()}
        return {"status": status, "data": data, "summary": None, "error": None, "each": each}

    nights.run(FIRST, [imap(on=False, domain_usage_limit=aliases(a="1", b="1"))])
    nights.run(SECOND, [imap(on=False, domain_usage_limit=aliases(a="2", b=None))])
    third = nights.run(THIRD, [imap(on=False, domain_usage_limit=aliases(a="2", b="3"))])
    assert [path for path in paths(third) if "status" not in path] == ["domain_usage_limit.data.b.setting"]


def test_a_report_of_a_part_of_the_fleet_forgets_nothing_of_the_rest(nights: Nights) -> None:
    rule = [samples.rule()]
    nights.run(FIRST, [imap(on=False), imap(on=False, host="two")], rule)
    nights.run(SECOND, [imap(on=True), imap(on=False, host="two")], rule)
    part = nights.run(SECOND, [imap(on=False, host="two")], rule, inventory=["one", "two"])
    assert part["since_last_run"]
    assert part["since_last_run"]["missing"] == []  # it is of this run
    third = nights.run(THIRD, [imap(on=True), imap(on=False, host="two")], rule)
    assert paths(third) == []
    assert findings(third) == {"imap": ("open", "fail", SECOND)}


def test_a_failure_after_a_report_does_not_replace_what_the_same_run_read(nights: Nights) -> None:
    rule = [samples.rule()]
    nights.run(FIRST, [imap(on=False), imap(on=False, host="two")], rule)
    nights.run(SECOND, [imap(on=True), imap(on=False, host="two")], rule)
    again = nights.run(SECOND, [samples.failed("one"), imap(on=False, host="two")], rule)
    assert (changed(again)["change"], changed(again)["last_read"]) == ("lost", SECOND)
    third = nights.run(THIRD, [imap(on=True), imap(on=False, host="two")], rule)
    assert (changed(third)["change"], paths(third)) == ("back", [])
    assert findings(third) == {"imap": ("open", "fail", SECOND)}


def test_plays_that_each_report_a_part_are_one_run(nights: Nights, tmp_path: Path) -> None:
    both = ["one", "two"]
    for night, (on, stamps) in enumerate([(False, (FIRST, SECOND)), (True, (THIRD, FOURTH))]):
        place = tmp_path / f"run{night}"
        place.mkdir()
        nights.run(stamps[0], [imap(on=on)], kept=Kept(place), inventory=both)
        last = nights.run(stamps[1], [imap(on=on, host="two")], kept=Kept(place), inventory=both)
    assert paths_of(last, "two") == ["imap_pop3.data.enable_imap"]
    assert nights.files == [f"{stamp.replace(':', '-')}.jsonl.gz" for stamp in (SECOND, FOURTH)]


def paths_of(report: Report, host: str) -> list[str]:
    return [each["path"] for each in changed(report, host)["differences"]["differences"]]


def test_a_report_of_what_is_older_than_a_run_is_none(nights: Nights) -> None:
    nights.run(FIRST, [imap(on=False)])
    nights.run(THIRD, [imap(on=True)])
    nights.run(SECOND, [imap(on=False)], now=FOURTH)
    assert nights.files == [f"{stamp.replace(':', '-')}.jsonl.gz" for stamp in (FIRST, THIRD)]


def entries(*names: str, truncated: bool | None = False, kept: bool = True) -> Any:
    rows = [{"id": name} for name in names]
    found = samples.listing(rows, truncated=truncated)
    return found if kept else {**found, "data": {}}


@pytest.mark.parametrize(
    "second",
    [entries("a", truncated=True), entries("a", "b", kept=False), samples.refused(is_list=True)],
    ids=["truncated", "not kept", "refused"],
)
def test_a_list_that_is_not_whole_does_not_replace_one_that_is(nights: Nights, second: Any) -> None:
    for stamp, found in ((FIRST, entries("a", "b", "c")), (SECOND, second), (THIRD, entries("a", "b", "d"))):
        report = nights.run(stamp, [imap(on=False, spam_keywords=found)])
    assert paths(report) == ["spam_keywords.data.items.c", "spam_keywords.data.items.d"]


def test_a_section_that_a_server_has_not_for_a_night_keeps_its_answer(nights: Nights) -> None:
    core = samples.section({})
    nights.run(FIRST, [imap(on=True, core=core)])
    gone = samples.record("one", imap_pop3=samples.refused("unsupported"), core=core)
    assert paths(nights.run(SECOND, [gone])) == ["imap_pop3.status"]
    assert paths(nights.run(THIRD, [gone])) == []
    assert paths(nights.run(FOURTH, [imap(on=False, core=core)])) == [
        "imap_pop3.data.enable_imap",
        "imap_pop3.status",
    ]


@pytest.mark.parametrize("order", [("unsupported", "failed"), ("failed", "unsupported")])
def test_the_order_of_entries_decides_nothing(nights: Nights, order: tuple[str, str]) -> None:
    def limits(**values: int | str) -> Any:
        each = {
            name: {"status": value if isinstance(value, str) else "ok", "error": None} for name, value in values.items()
        }
        data = {name: None if isinstance(value, str) else {"limit": value} for name, value in values.items()}
        worst = next((value for value in values.values() if isinstance(value, str)), "ok")
        one = {"status": worst, "data": data, "summary": None, "error": None, "each": each}
        return imap(on=False, domain_usage_limit=one)

    nights.run(FIRST, [limits(a=1, b=1, c=1)])
    nights.run(SECOND, [limits(a=1, b=order[0], c=order[1])])
    third = nights.run(THIRD, [limits(a=1, b=9, c=9)])
    assert {path for path in paths(third) if path.endswith("limit")} == {
        "domain_usage_limit.data.b.limit",
        "domain_usage_limit.data.c.limit",
    }


@pytest.mark.parametrize(
    "place", [[10**30, 5], [0, 2**40], [-1, 5], [0, 0], [0, 10**30]], ids=["far", "long", "before", "none", "huge"]
)
def test_a_place_outside_the_file_is_damage(nights: Nights, place: list[int]) -> None:
    nights.run(FIRST, [imap(on=False)])
    nights.run(SECOND, [imap(on=False)])
    forge(nights, lambda head: head["hosts"]["one"].update(place=place))
    assert paths(nights.run(THIRD, [imap(on=True)])) == ["imap_pop3.data.enable_imap"]


def test_the_state_of_another_host_is_damage(nights: Nights) -> None:
    nights.run(FIRST, [imap(on=False), imap(on=True, host="two")])
    places: dict[str, Any] = {}
    forge(nights, lambda head: places.update(head["hosts"]["two"]))
    forge(nights, lambda head: head["hosts"]["one"].update(place=places["place"]))
    report = nights.run(SECOND, [imap(on=False)], inventory=["one", "two"])
    assert changed(report)["differences"]["status"] == "not_compared"


@pytest.mark.parametrize("odd", [{"each": []}, {"each": {"a": 1}}, {"each": {"a": {"status": "ok"}}, "data": []}])
@pytest.mark.parametrize("mode", ["keep", "remove", "hash"])
def test_an_odd_state_costs_no_host_its_report(nights: Nights, odd: dict[str, Any], mode: str) -> None:
    limits = samples.section({"a": {"limit": 1}}) | {"each": {"a": {"status": "ok", "error": None}}}
    nights.run(FIRST, [imap(on=False, domain_usage_limit=limits)])
    path = nights.directory / "state/history" / nights.files[-1]
    head, line = gzip.decompress(path.read_bytes()).decode().splitlines()
    state = json.loads(line)
    state["sections"]["domain_usage_limit"].update(odd)
    packed = [gzip.compress(f"{json.dumps(one)}\n".encode()) for one in (json.loads(head), state)]
    told = json.loads(head)
    told["hosts"]["one"]["place"] = [0, len(packed[1])]
    path.write_bytes(gzip.compress(f"{json.dumps(told)}\n".encode()) + packed[1])
    for record in (imap(on=False, domain_usage_limit=limits), samples.failed("one")):
        report = nights.run(SECOND, [record], mode=mode)
        assert report["hosts"][0]["status"] == record.status


def forge(nights: Nights, change: Any) -> None:
    """Change what the head of the last run says."""
    path = nights.directory / "state/history" / nights.files[-1]
    content = path.read_bytes()
    line = gzip.decompress(content).decode().splitlines()[0]
    size = next(size for size in range(1, len(content) + 1) if is_member(content[:size]))
    head = json.loads(line)
    change(head)
    path.write_bytes(gzip.compress(f"{json.dumps(head)}\n".encode()) + content[size:])


def is_member(content: bytes) -> bool:
    try:
        return bool(gzip.decompress(content))
    except (EOFError, OSError):
        return False


def test_a_run_of_a_time_to_come_stops_neither_keeping_nor_telling(nights: Nights) -> None:
    nights.run("2030-01-01T00:00:00Z", [imap(on=False)])
    nights.run(FIRST, [imap(on=False)], days=30, most=1)
    second = nights.run(SECOND, [imap(on=True)], days=30, most=1)
    assert paths(second) == ["imap_pop3.data.enable_imap"]
    assert second["since_last_run"]
    assert second["since_last_run"]["unreadable"] == [
        {"file": "2030-01-01T00-00-00Z.jsonl.gz", "reason": "it is of a time to come"}
    ]
    assert nights.files == ["2026-01-02T02-00-00Z.jsonl.gz", "2030-01-01T00-00-00Z.jsonl.gz"]


def test_what_was_known_outlives_the_runs_that_are_kept(nights: Nights) -> None:
    rule = [samples.rule()]
    nights.run(FIRST, [imap(on=True)], rule)
    for day in range(2, 8):
        nights.run(f"2026-01-0{day}T02:00:00Z", [samples.failed("one")], rule, most=2)
    back = nights.run("2026-01-09T02:00:00Z", [imap(on=False)], rule, most=2)
    assert findings(back) == {"imap": ("fixed", "pass", FIRST)}
    assert changed(back)["last_read"] == FIRST


def test_what_is_excepted_for_a_time_is_open_again_when_that_ends(nights: Nights) -> None:
    rule = [samples.rule()]
    nights.run(FIRST, [imap(on=True)], rule)
    waived = {"mailplus_state_exceptions": [{"rule": "imap", "reason": "soon", "expires": "2026-01-02"}]}
    assert findings(nights.run(SECOND, [imap(on=True)], rule, variables=waived)) == {
        "imap": ("excepted", "excepted", FIRST)
    }
    assert findings(nights.run(THIRD, [imap(on=True)], rule)) == {"imap": ("open", "fail", FIRST)}
