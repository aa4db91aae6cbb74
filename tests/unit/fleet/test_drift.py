# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    Baseline,
    BaselineError,
    Comparison,
    Difference,
    Drift,
    parse_severities,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.tests.unit.fleet import samples


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
        ({"a": [1]}, {"a": [1, 2]}, [("a.1", "added", None, 2)]),
        ({"a": [1, 2]}, {"a": [1]}, [("a.1", "removed", 2, None)]),
        ({"b": 1, "a": 1}, {"a": 2, "b": 2}, [("a", "changed", 1, 2), ("b", "changed", 1, 2)]),
    ],
)
def test_differences(old: Any, new: Any, expected: list[Any]) -> None:
    assert differences(old, new) == expected


def test_status_tells_same_from_different() -> None:
    assert compare(of_host({}), of_host({})) == Drift("same", None, [])
    assert compare(of_host({}), of_host({"a": 1})).status == "different"


def test_what_is_made_from_an_answer_is_not_compared() -> None:
    before = samples.record(queue=samples.listing([1], oldest_age_seconds=1))
    after = samples.record(queue=samples.listing([1], total=9, oldest_age_seconds=5))
    assert compare(before, after).status == "same"


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


def test_a_section_that_became_forbidden_differs_in_its_status_only() -> None:
    readable = samples.record(core=samples.section({"a": 1, "b": 2}))
    refused = samples.record(core=samples.refused())
    expected = [Difference("core.status", "changed", "medium", "ok", "forbidden")]
    assert compare(readable, refused).differences == expected
    assert [item.path for item in compare(refused, readable).differences] == ["core.status"]
    assert compare(refused, refused).status == "same"


def test_a_section_that_was_not_gathered_is_one_difference() -> None:
    before = samples.record(core=samples.section({"a": 1}), report=samples.section({"a": 1, "b": 2}))
    expected = [Difference("report", "removed", "medium", {"status": "ok"}, None)]
    assert compare(before, of_host({"a": 1})).differences == expected


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


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_a_baseline_without_personal_data_compares_with_a_host_cleaned_alike(mode: str) -> None:
    clean = privacy.cleaner(mode, "key")
    data = {"users": {"b@x.example": 1, "a@x.example": 2}, "subject": ["Hello"], "from": "192.0.2.7"}
    record = of_host(data).cleaned(clean)
    for before in (of_host(data), record):
        assert Baseline(before.as_dict(), clean).compare(record, Comparison()).status == "same"


def test_a_hash_tells_that_an_address_changed() -> None:
    clean = privacy.cleaner("hash", "key")
    before, after = (of_host({"owner": owner}) for owner in ("a@x.example", "b@x.example"))
    assert Baseline(before.as_dict(), clean).compare(after.cleaned(clean), Comparison()).status == "different"
