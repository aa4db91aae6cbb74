# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that grows with the rows of a list is done for those rows alone that an answer rests on."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import conditions, differences, privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Baseline, Comparison
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

ROWS = [{"id": number, "state": "active", "parts": [{"size": number}]} for number in range(1000)]
ANY_OTHER = {"any": {"path": "state", "equals": "other"}}


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[tuple[Any, ...]]:
    """The calls of a function of a module, from now on."""
    calls: list[tuple[Any, ...]] = []
    function = getattr(module, name)

    def call(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        return function(*arguments, **options)

    monkeypatch.setattr(module, name, call)
    return calls


@pytest.mark.parametrize(
    "source",
    [
        {"all": {"path": "id", "at_most": 1000}},
        {"all": {"path": "id", "at_most": 998}},
        {"all": {"path": "no_such_key", "at_most": 1}},
        ANY_OTHER,
        {"all": {"path": "parts.*.size", "at_most": 1000}},
        {"any": {"path": "id", "equals": -1, "where": {"state": "active"}}},
        {"any": {"path": "id", "equals": -1, "where": {"no_such_key": 1}}},
    ],
)
def test_of_a_list_no_more_is_made_than_of_its_deciding_item(
    source: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = counted(monkeypatch, conditions, "Found")
    conditions.parse_condition(source).look(ROWS)
    assert 0 < len(found) <= 4


def test_a_condition_in_a_condition_makes_nothing_of_any_item(monkeypatch: pytest.MonkeyPatch) -> None:
    found = counted(monkeypatch, conditions, "Found")
    outcome = conditions.parse_condition({"all": {"path": "parts", "any": {"path": "size", "at_least": 0}}}).check(ROWS)
    assert outcome is conditions.Outcome.MET
    assert not found


@pytest.mark.parametrize("mode", ["keep", "hash"])
def test_where_all_is_the_same_no_value_is_looked_at(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clean = privacy.cleaner(mode, "key")
    people = [{"name": f"user{number}", "mail": f"user{number}@example.com", "quota": 1} for number in range(50)]
    host = samples.record(
        core=samples.section({"a": {"b": [1, 2]}, "from": "root@example.com"}), domain_users=samples.listing(people)
    )
    baseline = Baseline(host.cleaned(clean).as_dict(), clean)
    values = counted(monkeypatch, differences, "_values"), counted(monkeypatch, differences, "_personal")
    drift = baseline.compare(host, Comparison())
    assert drift.status == "same"
    assert [path for calls in values for _old, _new, path, _clean in calls if not path.endswith(".status")] == []
