# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Each,
    Kind,
    entries,
    read,
    settings,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    Baseline,
    BaselineError,
    Comparison,
    Difference,
    Drift,
    NoStateError,
    no_baseline,
    parse_severities,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


def of_host(data: Any) -> HostRecord:
    return samples.record(core=samples.section(data))


def compare(before: HostRecord, after: HostRecord, **options: Any) -> Drift:
    return Baseline(before.as_dict()).compare(after, Comparison(**options))


def differences(old: Any, new: Any, **options: Any) -> list[tuple[str, str, Any, Any]]:
    found = compare(of_host(old), of_host(new), **options).differences
    return [(item.path.removeprefix("core.data."), item.kind, item.baseline, item.actual) for item in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", "changed", 1, 2)]),
        ({"a": 1}, {"a": True}, [("a", "changed", 1, True)]),
        ({"a": 1}, {"a": "1"}, [("a", "changed", 1, "1")]),
        ({"a": 0}, {"a": None}, [("a", "changed", 0, None)]),
        ({"a": None}, {}, [("a", "removed", None, None)]),
        ({}, {"a": None}, [("a", "added", None, None)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", "changed", 1, 2)]),
        ({"a": {"b": 1}}, {"a": [1]}, [("a", "changed", {"b": 1}, [1])]),
        ({"a": {}}, {"a": []}, [("a", "changed", {}, [])]),
        ({"a": [1, 2]}, {"a": [1, 3]}, [("a.1", "changed", 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [("a", "changed", [1], [1, 2])]),
        ({"a": [1, 2]}, {"a": [1]}, [("a", "changed", [1, 2], [1])]),
        ({"b": 1, "a": 1}, {"a": 2, "b": 2}, [("a", "changed", 1, 2), ("b", "changed", 1, 2)]),
    ],
)
def test_differences(old: Any, new: Any, expected: list[Any]) -> None:
    assert differences(old, new) == expected


def test_status_tells_same_from_different() -> None:
    assert compare(of_host({}), of_host({})) == Drift("same", None, [], [])
    assert compare(of_host({}), of_host({"a": 1})).status == "different"


def test_what_is_made_from_an_answer_is_not_compared() -> None:
    before, after = (samples.record(core=samples.section({"a": 1}, figure=figure)) for figure in (1, 2))
    assert compare(before, after).status == "same"


LIVING = [section.name for section in CATALOGUE if section.kind in (Kind.STATUS, Kind.LOG)]


@pytest.mark.parametrize("name", LIVING)
def test_what_lives_is_never_compared(name: str) -> None:
    core = samples.section({"a": 1})
    before = samples.record(**{name: samples.listing([{"id": 1}]), "core": core})
    after = samples.record(**{name: samples.listing([{"id": 2}, {"id": 1}], total=9), "core": core})
    for old, new in ((before, after), (before, samples.record(core=core)), (samples.record(core=core), after)):
        assert compare(old, new) == Drift("same", None, [], [])
    assert compare(samples.record(**{name: samples.listing([])}), after).status == "not_compared"


def test_a_section_that_this_release_does_not_know_is_not_compared() -> None:
    drift = compare(samples.record(core=samples.section({}), strange=samples.section({})), of_host({}))
    assert missing(drift) == {"strange": "This release does not know the section."}
    assert drift.status == "partial"


WHERE: Any = {"place": "Domain > Alias", "privilege": None}
DOMAINS = entries("domains", "Domains", read("Domain", "list"), rows_key="items", ids=("id", "name"), **WHERE)
ALIASES = entries(
    "aliases", "Aliases", read("Alias", "list"), rows_key="items", ids=("name",), personal=("name", "members"), **WHERE
)
BY_ALIAS = settings("by_alias", "By alias", read("Alias", "get"), each=Each(ALIASES, {"name": ("name",)}), **WHERE)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections that the catalogue has none of yet."""
    for section in (DOMAINS, ALIASES, BY_ALIAS):
        monkeypatch.setitem(BY_NAME, section.name, section)


def lists(name: str, old: list[Any], new: list[Any], **options: Any) -> Drift:
    before, after = (samples.record(**{name: samples.listing(side, **options)}) for side in (old, new))
    return compare(before, after)


FIFTY = [{"id": number, "name": f"n{number}", "quota": 1} for number in range(50)]


@pytest.mark.usefixtures("rows")
def test_one_entry_in_front_is_one_difference() -> None:
    more = {"id": 99, "name": "new", "quota": 2}
    drift = lists("domains", FIFTY, [more, *FIFTY])
    assert drift.differences == [Difference("domains.data.items.99", "added", "medium", None, more)]
    drift = lists("domains", [more, *FIFTY], FIFTY)
    assert [(each.path, each.kind) for each in drift.differences] == [("domains.data.items.99", "removed")]
    assert lists("domains", FIFTY, FIFTY[::-1]).status == "same"


@pytest.mark.usefixtures("rows")
def test_an_entry_that_changed_is_told_by_its_key() -> None:
    changed = [row | {"quota": 5} if row["id"] == 7 else row for row in FIFTY]
    (found,) = lists("domains", FIFTY, changed).differences
    assert found == Difference("domains.data.items.7.quota", "changed", "medium", 1, 5)


@pytest.mark.usefixtures("rows")
def test_where_entries_may_be_missing_none_is_said_to_be_added_or_removed() -> None:
    reasons = {True: "Not all entries were read", None: "It is not known whether these are all entries"}
    for truncated, reason in reasons.items():
        drift = lists("domains", FIFTY[:5], [*FIFTY[1:5], FIFTY[9] | {"quota": 3}], truncated=truncated)
        assert drift.differences == []
        assert missing(drift) == {"domains.data.items": f"{reason}, so that some may have been added or removed."}
    drift = lists("domains", FIFTY[:2], [FIFTY[0] | {"quota": 3}], truncated=True)
    assert [each.path for each in drift.differences] == ["domains.data.items.0.quota"]


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize(
    "rows_of", [[{"id": 1, "name": "x"}, {"id": 1, "name": "x"}], [{"other": 1}], [1, 2], [{"id": None}], [{"id": []}]]
)
def test_entries_that_cannot_be_told_apart_are_not_compared(rows_of: list[Any]) -> None:
    drift = lists("domains", rows_of, FIFTY[:3])
    assert (drift.status, drift.differences) == ("partial", [])
    assert missing(drift) == {"domains.data.items": "The entries cannot be told apart."}


@pytest.mark.usefixtures("rows")
def test_where_one_key_does_not_tell_entries_apart_the_next_one_may() -> None:
    rows_of = [{"id": 1, "name": "x"}, {"id": 1, "name": "y"}]
    assert lists("domains", rows_of, rows_of[::-1]).status == "same"
    assert [each.path for each in lists("domains", rows_of, rows_of[1:]).differences] == ["domains.data.items.x"]


@pytest.mark.usefixtures("rows")
def test_an_answer_without_its_rows_is_not_compared() -> None:
    odd = samples.listing([]) | {"data": {"total": 3}, "rows_key": None}
    drift = compare(samples.record(domains=odd), samples.record(domains=samples.listing(FIFTY)))
    assert missing(drift) == {"domains.data.items": "The answer does not show which of its keys holds the entries."}


def aliases_of_file(old: list[Any], clean: privacy.Clean, new: list[Any], run: privacy.Clean) -> Drift:
    before, after = (samples.record(aliases=samples.listing(side)) for side in (old, new))
    return Baseline(before.cleaned(clean).as_dict(), run).compare(after, Comparison())


SALES, SUPPORT = {"name": "sales", "members": ["anna"], "on": True}, {"name": "support", "members": ["bob"], "on": True}


@pytest.mark.usefixtures("rows")
def test_entries_with_personal_names_are_told_apart_by_their_hashes() -> None:
    hashed = HASH.of(ALIASES)({"name": "support"})["name"]
    assert hashed.startswith("[personal ")
    for clean in (KEEP, HASH):
        assert aliases_of_file([SALES, SUPPORT], clean, [SUPPORT, SALES], HASH).status == "same"
        (found,) = aliases_of_file([SALES, SUPPORT], clean, [SALES], HASH).differences
        assert (found.path, found.kind) == (f"aliases.data.items.{hashed}", "removed")
        (found,) = aliases_of_file([SALES, SUPPORT], clean, [SALES, SUPPORT | {"on": False}], HASH).differences
        assert found.path == f"aliases.data.items.{hashed}.on"


@pytest.mark.usefixtures("rows")
def test_entries_whose_names_were_removed_are_not_compared() -> None:
    for new in ([SALES, SUPPORT], [SALES, SUPPORT | {"name": "other"}]):
        drift = aliases_of_file([SALES, SUPPORT], REMOVE, new, REMOVE)
        assert drift.differences == []
        assert missing(drift) == {
            "aliases.data.items": "Personal data was removed here, so that a change cannot be seen."
        }


def each_of(**data: Any) -> HostRecord:
    each = {name: {"status": "ok" if value is not None else "failed", "error": None} for name, value in data.items()}
    return samples.record(by_alias=samples.section(data) | {"each": each}, core=samples.section({}))


@pytest.mark.usefixtures("rows")
def test_what_is_read_for_each_entry_is_compared_by_entry() -> None:
    drift = compare(each_of(sales={"a": 1}, support={"a": 1}), each_of(support={"a": 2}, sales={"a": 1}, new={"a": 1}))
    assert [each.path for each in drift.differences] == ["aliases.data.new", "by_alias.data.support.a"]
    drift = compare(each_of(sales={"a": 1}, support={"a": 1}), each_of(sales=None, support={"a": 1}))
    assert missing(drift) == {"by_alias.data.sales": "The section is failed on the host."}
    assert drift.differences == []


@pytest.mark.usefixtures("rows")
def test_entries_by_whose_personal_names_something_is_read_are_found_by_their_hashes() -> None:
    before, after = each_of(sales={"a": 1}, support={"a": 1}), each_of(support={"a": 2}, sales={"a": 1})
    (found,) = Baseline(before.cleaned(HASH).as_dict(), HASH).compare(after, Comparison()).differences
    assert found.path.startswith("by_alias.data.[personal ")
    removed = before.cleaned(REMOVE)
    assert removed.mailplus is not None
    assert list(removed.mailplus["sections"]["by_alias"]["data"]) == ["[personal]", "[personal] 2"]
    assert "sales" not in str(removed.mailplus["sections"])
    assert Baseline(removed.as_dict(), REMOVE).compare(after, Comparison()).status == "partial"


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        ([], ["a", "b.c", "b.d"]),
        (["core.data.b.*"], ["a"]),
        (["*.c"], ["a", "b.d"]),
        (["core.data.b"], ["a", "b.c", "b.d"]),
        (["*"], []),
    ],
)
def test_ignored_paths_do_not_count(ignore: list[str], left: list[str]) -> None:
    found = differences({"a": 1, "b": {"c": 1, "d": 1}}, {"a": 2, "b": {"c": 2, "d": 2}}, ignore=ignore)
    assert [path for path, *_rest in found] == left


def test_a_host_whose_differences_are_all_ignored_is_the_same() -> None:
    assert compare(of_host({"a": 1}), of_host({"a": 2}), ignore=["*"]).status == "same"


def test_the_first_pattern_that_fits_gives_the_severity() -> None:
    severities = parse_severities([{"path": "*.a", "severity": "critical"}, {"path": "core.*", "severity": "low"}])
    found = compare(of_host({"a": 1, "b": 1}), of_host({"a": 2, "b": 2}), severities=severities).differences
    assert [item.severity for item in found] == ["critical", "low"]
    (other,) = compare(of_host({"a": 1}), of_host({"a": 2}), default_severity="info").differences
    assert other.severity == "info"


@pytest.mark.parametrize(
    "source",
    [
        {"*": "low"},
        "low",
        ["low"],
        [{"path": "*"}],
        [{"path": "*", "severity": "urgent"}],
        [{"path": "*", "severity": ["low"]}],
        [{"path": "*", "severity": "low", "x": 1}],
    ],
)
def test_bad_severities_are_refused(source: Any) -> None:
    with pytest.raises(BaselineError, match="mailplus_state_drift_severities"):
        parse_severities(source)


def missing(drift: Drift) -> dict[str, str]:
    return {each.path: each.reason for each in drift.not_compared}


def test_a_section_that_became_forbidden_differs_in_its_status_and_is_not_compared() -> None:
    readable = samples.record(core=samples.section({"a": 1, "b": 2}), report=samples.section({}))
    refused = samples.record(core=samples.refused(), report=samples.section({}))
    drift = compare(readable, refused)
    assert drift.differences == [Difference("core.status", "changed", "medium", "ok", "forbidden")]
    assert missing(drift) == {"core.data": "The section is forbidden on the host."}
    drift = compare(refused, readable)
    assert [item.path for item in drift.differences] == ["core.status"]
    assert missing(drift) == {"core.data": "The section is forbidden in the baseline."}


def test_what_neither_side_could_read_is_not_the_same() -> None:
    before = samples.record(core=samples.refused("failed"), report=samples.section({}))
    after = samples.record(core=samples.refused("failed"), report=samples.section({}))
    drift = compare(before, after)
    assert (drift.status, drift.reason, drift.differences) == ("partial", None, [])
    assert missing(drift) == {"core.data": "The section is failed in the baseline and failed on the host."}


def test_a_server_that_has_no_such_section_is_known_to_hold_nothing() -> None:
    without = samples.record(core=samples.refused("unsupported"))
    assert compare(without, without).status == "same"
    drift = compare(without, of_host({"a": 1}))
    assert [item.path for item in drift.differences] == ["core.status"]
    assert drift.not_compared == []


def test_a_section_of_one_side_is_not_compared() -> None:
    before = samples.record(core=samples.section({"a": 1}), report=samples.section({"a": 1, "b": 2}))
    drift = compare(before, of_host({"a": 1}))
    assert (drift.status, drift.differences) == ("partial", [])
    assert missing(drift) == {"report": "This section was not gathered."}
    assert missing(compare(of_host({"a": 1}), before)) == {"report": "The baseline does not have this section."}
    assert compare(before, of_host({"a": 1}), ignore=["report*"]).status == "same"


def test_where_nothing_could_be_compared_the_status_says_so() -> None:
    drift = compare(samples.record(report=samples.section({})), of_host({}))
    assert drift.status == "not_compared"
    assert drift.reason
    assert len(drift.not_compared) == 2


def test_a_host_that_was_not_read_is_unknown() -> None:
    drift = compare(of_host({}), samples.failed())
    assert drift.status == "unknown"
    assert "refuses the connection" in (drift.reason or "")
    assert drift.differences == ()


def fleet(*records: HostRecord) -> dict[str, Any]:
    return {"schema_version": 1, "totals": {}, "hosts": {record.host: record.as_dict() for record in records}}


def test_a_baseline_of_one_host_is_for_all_hosts() -> None:
    baseline = Baseline(samples.record("good").as_dict())
    assert baseline.compare(samples.record("other"), Comparison()).status == "same"


def test_a_baseline_of_a_fleet_is_for_each_host_its_own() -> None:
    one = samples.record("one", core=samples.section({"name": "one"}))
    two = samples.record("two", core=samples.section({"name": "two"}))
    baseline = Baseline(fleet(one, two, samples.failed("broken")))
    assert [baseline.compare(record, Comparison()).status for record in (one, two)] == ["same", "same"]
    for host in ("broken", "new"):
        drift = baseline.compare(samples.record(host), Comparison())
        assert drift == Drift("not_compared", "The baseline has no state of this host.", ())


STATE = samples.record().as_dict()


def test_a_file_of_hosts_that_were_not_read_is_told_from_other_files() -> None:
    for source in (samples.failed().as_dict(), fleet(samples.failed()), fleet(samples.record(core=samples.refused()))):
        with pytest.raises(NoStateError):
            Baseline(source)


@pytest.mark.parametrize(
    "source",
    [
        None,
        [],
        "text",
        {},
        {"schema_version": 2},
        {"schema_version": 1},
        STATE | {"schema_version": 2},
        STATE | {"mailplus": None},
        STATE | {"mailplus": {"sections": None}},
        STATE | {"mailplus": {"sections": []}},
        STATE | {"mailplus": {"sections": {"core": "x"}}},
        STATE | {"mailplus": {"sections": {"core": {"status": "ok"}}}},
        samples.failed().as_dict(),
        fleet(),
        fleet(samples.failed()),
        {"schema_version": 1, "hosts": {"one": "x"}},
        {"schema_version": 1, "hosts": [STATE]},
        samples.report([samples.record()]),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(source: Any) -> None:
    with pytest.raises(BaselineError):
        Baseline(source)


REMOVE, HASH = privacy.cleaner("remove", None), privacy.cleaner("hash", "key")
KEEP = privacy.cleaner("keep", None)
PERSONAL = {"users": {"b@x.example": 1, "a@x.example": 2}, "title": ["Hello"], "from": "192.0.2.7", "n": 1}


def of_file(data: Any, clean: privacy.Clean, now: Any, run: privacy.Clean) -> Drift:
    """A file that a run wrote which cleans so, compared by a run that cleans as ``run`` does."""
    return Baseline(of_host(data).cleaned(clean).as_dict(), run).compare(of_host(now), Comparison())


@pytest.mark.parametrize("run", [KEEP, REMOVE, HASH], ids=["keep", "remove", "hash"])
def test_a_baseline_with_all_data_is_compared_with_all_data(run: privacy.Clean) -> None:
    assert of_file(PERSONAL, KEEP, PERSONAL, run).status == "same"
    changed = {**PERSONAL, "users": {"b@x.example": 1, "c@x.example": 2}, "title": ["Bye"], "from": "192.0.2.8"}
    paths = [item.path for item in of_file(PERSONAL, KEEP, changed, run).differences]
    assert paths == [
        "core.data.from",
        "core.data.title.0",
        "core.data.users.a@x.example",
        "core.data.users.c@x.example",
    ]


@pytest.mark.parametrize("run", [KEEP, REMOVE, HASH], ids=["keep", "remove", "hash"])
def test_what_was_removed_is_not_compared(run: privacy.Clean) -> None:
    attacked = {**PERSONAL, "users": {"z@x.example": 1, "a@x.example": 2}, "title": ["Bye"], "from": "203.0.113.9"}
    for now in (PERSONAL, attacked):
        drift = of_file(PERSONAL, REMOVE, now, run)
        assert (drift.status, drift.differences) == ("partial", [])
        assert set(missing(drift)) == {"core.data.users.[personal]", "core.data.title.0", "core.data.from"}


@pytest.mark.parametrize("run", [KEEP, REMOVE, HASH], ids=["keep", "remove", "hash"])
@pytest.mark.parametrize("written", [REMOVE, HASH], ids=["remove", "hash"])
def test_what_differs_beside_personal_data_is_seen(written: privacy.Clean, run: privacy.Clean) -> None:
    before = {"text": "from 192.0.2.7 here", "users": {"a@x.example": 1}, "n": 1}
    after = {"text": "from 192.0.2.7 there", "users": {"a@x.example": 2, "b@x.example": 1}, "n": 2}
    drift = of_file(before, written, after, run)
    paths = {item.path.split(" ")[0].rstrip("0123456789]") for item in drift.differences}
    assert {"core.data.n", "core.data.text"} <= paths
    assert any(path.startswith("core.data.users.[") for path in paths)


def test_a_hash_tells_the_same_from_a_change() -> None:
    assert of_file(PERSONAL, HASH, PERSONAL, HASH).status == "same"
    owners = [{"owner": owner, "by": {owner: 1}} for owner in ("a@x.example", "b@x.example")]
    assert len(of_file(owners[0], HASH, owners[1], HASH).differences) == 3
    assert of_file(owners[0], HASH, owners[1], REMOVE).differences == []
    assert of_file(owners[0], HASH, owners[1], REMOVE).status == "partial"


def test_a_name_below_a_subject_is_the_same_in_the_file_of_its_own_run() -> None:
    row = {"id": 1, "pattern": "a@example.com", "subject": {"name": "Bob"}}
    host = samples.record(blacklist=samples.listing([row]))
    assert Baseline(host.cleaned(HASH).as_dict(), HASH).compare(host, Comparison()).status == "same"


def test_files_that_hold_the_same_hashes_are_the_same_whatever_the_run_does() -> None:
    written = of_host(PERSONAL).cleaned(HASH)
    for run in (KEEP, REMOVE, HASH):
        assert Baseline(written.as_dict(), run).compare(written, Comparison()).status == "same"


def test_a_baseline_of_a_host_of_which_nothing_was_read_is_none() -> None:
    refused = samples.record("one", core=samples.refused())
    drift = Baseline(fleet(refused, samples.record("two"))).compare(samples.record("one"), Comparison())
    assert drift == no_baseline()
    assert compare(samples.record(), samples.record(core=samples.refused())).status == "unknown"


@pytest.mark.usefixtures("rows")
def test_keys_of_a_row_are_personal_in_its_data_alone() -> None:
    refused = samples.refused()
    record = samples.record(aliases=samples.listing([SALES]), by_alias=refused).cleaned(REMOVE)
    assert record.mailplus is not None
    sections = record.mailplus["sections"]
    assert sections["aliases"]["data"]["items"] == [{"name": "[personal]", "members": ["[personal]"], "on": True}]
    assert sections["by_alias"]["error"]["name"] == refused["error"]["name"]
    assert REMOVE.at("aliases.error.name", "x") == ("aliases.error.name", "x")
    assert REMOVE.at("aliases.data.items.0.members", ["anna"]) == ("aliases.data.items.0.members", ["[personal]"])


HIDDEN = "A secret is hidden here, so that a change cannot be seen."


def test_a_secret_that_is_hidden_is_not_compared() -> None:
    drift = compare(of_host({"relay": {"password": MARKER}}), of_host({"relay": {"password": MARKER}}))
    assert (drift.status, missing(drift)) == ("partial", {"core.data.relay.password": HIDDEN})
    for unset in ("", None):
        (found,) = compare(of_host({"password": unset}), of_host({"password": MARKER})).differences
        assert (found.path, found.baseline, found.actual) == ("core.data.password", unset, MARKER)


def test_a_secret_that_a_baseline_shows_is_in_no_report_of_a_run_that_hides_them() -> None:
    before = of_host({"relay": {"password": "r3lay", "port": 25}, "gone": {"api_key": "k3y"}})
    drift = compare(before, of_host({"relay": {"password": MARKER, "port": 587}}))
    assert missing(drift) == {"core.data.relay.password": HIDDEN}
    assert [each.path for each in drift.differences] == ["core.data.gone", "core.data.relay.port"]
    assert "k3y" not in str(drift)
    assert "r3lay" not in str(drift)
    shown = compare(before, of_host({"relay": {"password": "other", "port": 25}, "gone": {"api_key": "k3y"}}))
    assert [each.path for each in shown.differences] == ["core.data.relay.password"]


@pytest.mark.usefixtures("rows")
def test_hashes_meet_only_hashes_of_the_same_key() -> None:
    other = privacy.cleaner("hash", "another key")
    for written, run in ((HASH, KEEP), (HASH, REMOVE), (HASH, other), (REMOVE, HASH), (REMOVE, KEEP)):
        drift = aliases_of_file([SALES, SUPPORT], written, [SALES, SUPPORT], run)
        assert drift.differences == [], (written, run)
        assert "aliases.data.items" in missing(drift)
        before = each_of(sales={"a": 1}, support={"a": 1}).cleaned(written)
        drift = Baseline(before.as_dict(), run).compare(each_of(sales={"a": 2}, support={"a": 1}), Comparison())
        assert (drift.differences, list(missing(drift))) == ([], ["by_alias.data"])


@pytest.mark.usefixtures("rows")
def test_an_entry_that_came_or_went_is_told_though_the_entries_were_not_gathered() -> None:
    drift = compare(each_of(sales={"a": 1}), each_of(support={"a": 1}))
    found = [(each.kind, each.path) for each in drift.differences]
    assert found == [("removed", "aliases.data.sales"), ("added", "aliases.data.support")]
    drift = compare(each_of(sales={"a": 1}), each_of(**{"(others)": {"a": 1}}))
    assert (drift.status, drift.differences) == ("partial", [])
    assert set(missing(drift)) == {"by_alias.data.sales", "by_alias.data.(others)"}


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("run", [REMOVE, HASH], ids=["remove", "hash"])
def test_no_path_has_a_personal_name(run: privacy.Clean) -> None:
    drift = Baseline(each_of(sales={"a": 1}).as_dict(), run).compare(each_of(sales={"a": 2}), Comparison())
    (found,) = drift.differences
    assert found.path.startswith("by_alias.data.[personal")
    members = [SALES | {"members": {"anna": {"on": on}}} for on in (True, False)]
    drift = aliases_of_file(members[:1], KEEP, members[1:], run)
    (found,) = drift.differences
    assert found.path.endswith(".members")
    assert "anna" not in str(run.at(found.path, found.actual))
    assert aliases_of_file(members[:1], run, members[:1], run).differences == []


@pytest.mark.usefixtures("rows")
def test_what_a_list_says_beside_its_rows_is_compared_but_for_its_pages() -> None:
    before, after = (samples.listing(FIFTY[:1]) for _side in "ab")
    before["data"] |= {"enabled": True, "total": 1, "offset": 0}
    after["data"] |= {"enabled": False, "total": 2, "offset": 1}
    (found,) = compare(samples.record(domains=before), samples.record(domains=after)).differences
    assert found.path == "domains.data.enabled"


def without_rows(envelope: dict[str, Any]) -> dict[str, Any]:
    """What is left of a list of which no rows are kept."""
    key = envelope["rows_key"]
    data = {name: value for name, value in envelope["data"].items() if name != key} if key else None
    return {**envelope, "data": data}


@pytest.mark.parametrize("is_bare", [False, True])
def test_entries_that_were_not_kept_are_not_compared_and_do_not_differ(is_bare: bool) -> None:
    whole = samples.listing([{"id": 1, "name": "a"}])
    if is_bare:
        whole |= {"data": [{"id": 1, "name": "a"}], "rows_key": None, "data_type": "list", "returned": 1}
    drift = compare(samples.record(domains=whole), samples.record(domains=without_rows(whole)))
    assert drift.differences == []
    assert [each.reason for each in drift.not_compared] == [
        "The entries were not kept; mailplus_state_rows says whether they are."
    ]
