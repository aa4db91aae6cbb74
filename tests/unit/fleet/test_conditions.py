# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.conditions import (
    ABSENT,
    OPERATORS,
    ConditionError,
    Outcome,
    find,
    parse_condition,
    parse_path,
    spread,
)

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN


NOW = datetime(2026, 3, 10, 12, tzinfo=timezone.utc)


def check(source: Any, value: Any) -> Outcome:
    return parse_condition(source).check(value, NOW)


@pytest.mark.parametrize(
    ("operand", "value", "expected"),
    [
        (True, True, MET),
        (True, False, NOT_MET),
        (True, 1, UNKNOWN),
        (True, "true", UNKNOWN),
        (1, True, UNKNOWN),
        (1, 1, MET),
        (1, 1.0, MET),
        (1, 2, NOT_MET),
        (0, False, UNKNOWN),
        (0, "0", UNKNOWN),
        ("a", "a", MET),
        ("a", "A", NOT_MET),
        ("", "", MET),
        ([1], [1.0], MET),
        ([1], [True], NOT_MET),
        ([1, 2], [1], NOT_MET),
        ({"a": [1]}, {"a": [1]}, MET),
        ({"a": 1}, {"a": True}, NOT_MET),
        ({"a": 1}, {"b": 1}, NOT_MET),
        ([], {}, UNKNOWN),
    ],
)
def test_equals(operand: Any, value: Any, expected: Outcome) -> None:
    assert check({"equals": operand}, value) is expected


@pytest.mark.parametrize(
    ("operand", "value", "expected"),
    [
        (["a", "b"], "b", MET),
        (["a", "b"], "c", NOT_MET),
        ([1, "a"], "b", NOT_MET),
        ([1, 2], "1", UNKNOWN),
        ([1], True, UNKNOWN),
        ([True, 0], False, NOT_MET),
    ],
)
def test_in(operand: Any, value: Any, expected: Outcome) -> None:
    assert check({"in": operand}, value) is expected


@pytest.mark.parametrize(
    ("operator", "operand", "value", "expected"),
    [
        ("at_least", 2, 2, MET),
        ("at_least", 2, 1.9, NOT_MET),
        ("at_most", 2, 2, MET),
        ("at_most", 2, 3, NOT_MET),
        ("at_most", 2, "1", UNKNOWN),
        ("at_most", 2, True, UNKNOWN),
        ("at_least", 0, False, UNKNOWN),
        ("at_least", 0, [], UNKNOWN),
        ("matches", "^a", "abc", MET),
        ("matches", "^a", "xa", NOT_MET),
        ("matches", "1", 1, UNKNOWN),
        ("matches", "", "", MET),
        ("matches", ".", ["a"], UNKNOWN),
    ],
)
def test_comparisons(operator: str, operand: Any, value: Any, expected: Outcome) -> None:
    assert check({operator: operand}, value) is expected


@pytest.mark.parametrize(
    ("operand", "value", "expected"),
    [
        (True, 0, MET),
        (True, None, MET),
        (True, ABSENT, NOT_MET),
        (False, ABSENT, MET),
        (False, None, NOT_MET),
        (False, "", NOT_MET),
    ],
)
def test_present(operand: bool, value: Any, expected: Outcome) -> None:
    assert check({"present": operand}, value) is expected


VALID = {
    "equals": 1,
    "in": [1],
    "at_least": 1,
    "at_most": 1,
    "matches": "1",
    "word": {"bad": "1"},
    "parts": {"a": 1},
    "present": True,
    "at_least_days_ahead": 1,
    "at_most_days_ago": 1,
    "ratio": {"of": "used", "to": "total", "at_most": 1},
    "all": {"equals": 1},
    "any": {"equals": 1},
}


@pytest.mark.parametrize("operator", [operator for operator in OPERATORS if operator != "present"])
@pytest.mark.parametrize("value", [ABSENT, None])
def test_what_is_absent_or_null_is_unknown(operator: str, value: Any) -> None:
    assert check({operator: VALID[operator]}, value) is UNKNOWN


@pytest.mark.parametrize(
    ("operator", "items", "expected"),
    [
        ("all", [1, 1], MET),
        ("all", [], MET),
        ("all", [1, 2], NOT_MET),
        ("all", [1, "1"], UNKNOWN),
        ("all", [2, "1"], NOT_MET),
        ("all", [None], UNKNOWN),
        ("any", [2, 1], MET),
        ("any", [], NOT_MET),
        ("any", [2, 3], NOT_MET),
        ("any", [2, "1"], UNKNOWN),
        ("any", [1, "1"], MET),
        ("all", {"0": 1}, UNKNOWN),
        ("any", "1", UNKNOWN),
    ],
)
def test_items(operator: str, items: Any, expected: Outcome) -> None:
    assert check({operator: {"equals": 1}}, items) is expected


def test_items_by_path_and_nested() -> None:
    servers = [{"name": "a", "services": [{"up": True}, {"up": True}]}, {"name": "b", "services": [{"up": False}]}]
    up = {"path": "services", "any": {"path": "up", "equals": True}}
    assert check({"all": up}, servers) is NOT_MET
    assert check({"any": up}, servers) is MET
    assert check({"all": up}, servers[:1]) is MET
    assert check({"all": up}, [*servers[:1], {"name": "c"}]) is UNKNOWN
    assert check({"all": {"path": "name", "present": True}}, servers) is MET
    assert check({"any": {"path": "name", "present": False}}, servers) is NOT_MET


@pytest.mark.parametrize(
    "source",
    [
        None,
        [],
        "equals",
        {},
        {"equals": 1, "in": [1]},
        {"euqals": 1},
        {1: 1},
        {"equals": None},
        {"equals": date(2026, 1, 1)},
        {"in": []},
        {"in": "ab"},
        {"in": [None]},
        {"at_least": "1"},
        {"at_most": True},
        {"at_most": None},
        {"matches": "("},
        {"matches": 1},
        {"matches": b"a"},
        {"matches": "a{99999999999999999999}"},
        {"present": "yes"},
        {"present": 1},
        {"all": [1]},
        {"all": {}},
        {"all": {"path": "a"}},
        {"all": {"path": "", "equals": 1}},
        {"any": {"path": "a", "unknown": 1}},
        {"any": {"path": "a", "equals": 1, "in": [1]}},
        {"all": {"where": ["a"], "equals": 1}},
        {"all": {"where": {"a": None}, "equals": 1}},
        {"all": {"where": {"a": {"euqals": 1}}, "equals": 1}},
        {"all": {"when_empty": "maybe", "equals": 1}},
        {"all": {"when_empty": ["pass"], "equals": 1}},
        {"at_least_days_ahead": "21"},
        {"at_least_days_ahead": -1},
        {"at_most_days_ago": 1e9},
        {"at_most_days_ago": float("nan")},
        {"ratio": 5},
        {"ratio": {"of": "a", "at_most": 1}},
        {"ratio": {"of": "a", "to": "b"}},
        {"ratio": {"of": "a", "to": "b", "at_most": 1, "at_least": 0}},
        {"word": "good"},
        {"word": {}},
        {"word": {"godo": "a"}},
        {"word": {"good": "["}},
        {"parts": 5},
        {"parts": {}},
        {"parts": {"a": {"euqals": 1}}},
    ],
)
def test_a_condition_that_cannot_be_is_refused(source: Any) -> None:
    with pytest.raises(ConditionError):
        parse_condition(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ({"equals": True}, "equals true"),
        ({"equals": "a"}, "equals 'a'"),
        ({"at_most": 5}, "at most 5"),
        ({"matches": "^a\\d"}, r"matches '^a\\d'"),
        ({"all": {"path": "a.b", "equals": 1}}, "all item: a.b equals 1"),
        ({"any": {"present": True}}, "any item: present true"),
        (
            {"all": {"where": {"id": "x", "a.b": {"at_least": 1}}, "path": "status", "equals": "up"}},
            "all item where id equals 'x' and a.b at least 1: status equals 'up'",
        ),
        ({"at_least_days_ahead": 21}, "at least 21 days ahead"),
        ({"word": {"good": "^done$", "bad": "fail"}}, "word good '^done$' and bad 'fail'"),
        ({"parts": {"a.b": 1, "c": {"at_most": 2}}}, "a.b equals 1 and c at most 2"),
        ({"ratio": {"of": "size.used", "to": "size.total", "at_most": 0.85}}, "size.used / size.total at most 85 %"),
    ],
)
def test_a_condition_reads_as_a_person_would_write_it(source: Any, text: str) -> None:
    assert parse_condition(source).in_words() == text


@pytest.mark.parametrize(
    ("source", "unit", "text"),
    [
        ({"at_most": 86400}, "seconds", "at most 1 day"),
        ({"at_most": 129600}, "seconds", "at most 1 day 12 h"),
        ({"at_least": 0.5}, "seconds", "at least 0.5 seconds"),
        ({"at_most": 1}, "ratio", "at most 100 %"),
        ({"at_least": 5}, "days", "at least 5 days"),
        ({"at_most": 1 << 30}, "bytes", "at most 1 GiB"),
        ({"at_least": 15}, "percent", "at least 15 %"),
        ({"equals": "a"}, "seconds", 'equals "a"'),
        ({"in": [60]}, "seconds", "in [60]"),
        ({"present": True}, "seconds", "present true"),
        ({"at_most_days_ago": 1}, "", "at most 1 day ago"),
    ],
)
def test_a_limit_is_told_in_the_unit_of_the_value(source: Any, unit: str, text: str) -> None:
    assert parse_condition(source).in_words(unit) == text


SERVER = {"id": "a", "up": True}


@pytest.mark.parametrize(
    ("operator", "items", "expected"),
    [
        ("all", [SERVER, {"id": "b", "up": False}], MET),
        ("all", [SERVER, {"id": "a", "up": False}], NOT_MET),
        ("all", [SERVER, {"id": "a"}], UNKNOWN),
        # Nothing is left to look at, or nobody knows whether something is.
        ("all", [{"id": "b", "up": True}], UNKNOWN),
        ("all", [], UNKNOWN),
        ("all", [{"up": True}], UNKNOWN),
        ("all", [{"id": 5, "up": True}], UNKNOWN),
        # An item that may be one of them decides nothing, and hides nothing.
        ("all", [SERVER, {"up": True}], MET),
        ("all", [SERVER, {"up": False}], UNKNOWN),
        ("any", [SERVER, {"up": False}], MET),
        ("any", [{"id": "a", "up": False}, {"up": True}], UNKNOWN),
        ("any", [{"id": "a", "up": False}, {"up": False}], NOT_MET),
        ("any", [{"id": "b", "up": True}], UNKNOWN),
    ],
)
def test_items_that_are_selected(operator: str, items: Any, expected: Outcome) -> None:
    assert check({operator: {"where": {"id": "a"}, "path": "up", "equals": True}}, items) is expected


@pytest.mark.parametrize(("when_empty", "expected"), [("pass", MET), ("fail", NOT_MET), ("unknown", UNKNOWN)])
def test_a_policy_tells_what_an_empty_selection_comes_to(when_empty: str, expected: Outcome) -> None:
    items = {"where": {"id": "a"}, "equals": 1, "when_empty": when_empty}
    assert check({"all": items}, []) is expected
    assert check({"any": items}, [{"id": "b"}]) is expected
    assert check({"all": items}, [{}]) is UNKNOWN


def test_the_item_that_decides_is_told() -> None:
    source = {"all": {"path": "services", "all": {"path": "up", "equals": True}}}
    found = parse_condition(source).look([{"services": []}, {"services": [{"up": True}, {"up": False}]}])
    assert (found.outcome, found.path, found.value) == (NOT_MET, ("1", "services", "1", "up"), False)
    assert found.condition.in_words() == "equals true"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("done", MET), ("Failed", NOT_MET), ("done, failed", NOT_MET), ("other", UNKNOWN), ("", UNKNOWN), (1, UNKNOWN)],
)
def test_a_word_that_nobody_knows_is_unknown(value: Any, expected: Outcome) -> None:
    assert check({"word": {"good": "^done", "bad": "(?i)fail"}}, value) is expected
    assert check({"word": {"bad": "(?i)fail"}}, value) is (NOT_MET if expected is NOT_MET else UNKNOWN)


@pytest.mark.parametrize(
    ("value", "expected", "path"),
    [
        ({"a": 1, "b": {"c": 2}}, MET, ("a",)),
        ({"a": 1, "b": {"c": 3}}, NOT_MET, ("b", "c")),
        ({"b": {"c": 3}}, NOT_MET, ("b", "c")),
        ({"a": 1, "b": None}, UNKNOWN, ("b", "c")),
        ("text", UNKNOWN, ("a",)),
    ],
)
def test_of_parts_the_worst_decides(value: Any, expected: Outcome, path: tuple[str, ...]) -> None:
    found = parse_condition({"parts": {"a": 1, "b.c": {"at_most": 2}}}).look(value)
    assert (found.outcome, found.path) == (expected, path)


def test_parts_need_all_rows_where_one_of_them_does() -> None:
    found = parse_condition({"parts": {"a": 1, "rows": {"all": {"equals": 1}}}}).look({"a": 1, "rows": [1]})
    assert (found.outcome, found.needs_all) == (MET, True)


def test_what_leaves_open_whether_an_item_is_selected_is_told() -> None:
    source = {"any": {"where": {"apps": {"any": {"equals": "x"}}}, "path": "up", "equals": True}}
    found = parse_condition(source).look([{"apps": None, "up": True}])
    assert (found.outcome, found.path) == (UNKNOWN, ("0", "apps"))


@pytest.mark.parametrize(
    ("value", "ahead", "ago"),
    [
        ("Mar 31 12:00:00 2026 GMT", MET, UNKNOWN),
        ("Mar 31 11:59:59 2026 GMT", NOT_MET, UNKNOWN),
        ("Apr  1 12:00:00 2026 GMT", MET, UNKNOWN),
        ("2026-03-31T12:00:00Z", MET, UNKNOWN),
        (1774958400, MET, UNKNOWN),
        ("1774958399", NOT_MET, UNKNOWN),
        ("Mar 10 11:00:00 2026 GMT", NOT_MET, MET),
        ("Feb 10 11:00:00 2026 GMT", NOT_MET, NOT_MET),
        ("Mar 11 11:00:00 2026 GMT", NOT_MET, MET),
        # The zone of the NAS is not known: where it matters, so is the outcome.
        ("2026/03/09 12:00", NOT_MET, MET),
        ("2026/03/08 12:00", NOT_MET, UNKNOWN),
        ("2026/03/07 12:00:30", NOT_MET, NOT_MET),
        ("2026-03-31 12:00", UNKNOWN, UNKNOWN),
        ("Foo 31 12:00:00 2026 GMT", UNKNOWN, UNKNOWN),
        ("Feb 31 12:00:00 2026 GMT", UNKNOWN, UNKNOWN),
        ("2026/13/09 12:00", UNKNOWN, UNKNOWN),
        ("0001-01-01 00:00", UNKNOWN, UNKNOWN),
        # Nor is the hour of a day.
        ("2026/04/02", MET, UNKNOWN),
        ("2026-03-31", UNKNOWN, UNKNOWN),
        ("2026-03-29", NOT_MET, UNKNOWN),
        ("2026-03-10", NOT_MET, MET),
        ("2026/03/08", NOT_MET, UNKNOWN),
        ("2026/03/06", NOT_MET, NOT_MET),
        ("2026-02-30", UNKNOWN, UNKNOWN),
        ("0001-01-01", UNKNOWN, UNKNOWN),
        ("9999-12-31", MET, UNKNOWN),
        ("31/12/2026", UNKNOWN, UNKNOWN),
        ("yesterday", UNKNOWN, UNKNOWN),
        ("", UNKNOWN, UNKNOWN),
        (True, UNKNOWN, UNKNOWN),
        (0, UNKNOWN, UNKNOWN),
        (["Mar 31 12:00:00 2026 GMT"], UNKNOWN, UNKNOWN),
    ],
)
def test_times(value: Any, ahead: Outcome, ago: Outcome) -> None:
    assert check({"at_least_days_ahead": 21}, value) is ahead
    assert check({"at_most_days_ago": 2}, value) is ago
    assert parse_condition({"at_least_days_ahead": 21}).check(value) is UNKNOWN  # when is now?


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ({"used": 85, "total": 100}, MET),
        ({"used": "85", "total": "100"}, MET),
        ({"used": "86", "total": 100}, NOT_MET),
        ({"used": 0, "total": 100}, MET),
        ({"used": 0, "total": 0}, UNKNOWN),
        ({"used": -1, "total": 100}, UNKNOWN),
        ({"used": "-1", "total": 100}, UNKNOWN),
        ({"used": True, "total": 100}, UNKNOWN),
        ({"used": "1 GB", "total": 100}, UNKNOWN),
        ({"used": 10**400, "total": 1}, UNKNOWN),
        ({"used": float("nan"), "total": 1}, UNKNOWN),
        ({"used": 1}, UNKNOWN),
        ([85, 100], UNKNOWN),
        ("85", UNKNOWN),
    ],
)
def test_ratios(size: Any, expected: Outcome) -> None:
    assert check({"ratio": {"of": "used", "to": "total", "at_most": 0.85}}, size) is expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [({"rows": [{"on": [1, 1]}]}, MET), ({"rows": [{"on": [1, 2]}]}, NOT_MET), ({"rows": []}, UNKNOWN), ({}, UNKNOWN)],
)
def test_a_star_in_a_path_is_every_item(data: Any, expected: Outcome) -> None:
    path, condition = spread(parse_path("rows.*.on.*"), parse_condition({"equals": 1}))
    assert condition.check(find(data, path)) is expected


def test_find_takes_the_first_of_several_keys() -> None:
    assert find({"valid_to": 1}, ("valid_till|valid_to",)) == 1
    assert find({"valid_to": 1, "valid_till": 2}, ("valid_till|valid_to",)) == 2
    assert find({"a|b": 1, "a": 2}, ("a|b",)) == 1
    assert find({}, ("a|b",)) is ABSENT


def test_find() -> None:
    value = {"a": {"b.c": [{"d": None}]}, "1": "key"}
    assert find(value, ("a", "b.c", "0", "d")) is None
    assert find(value, ("a", "b.c", "1")) is ABSENT
    assert find(value, ("a", "b.c", "-1")) is ABSENT
    assert find(value, ("a", "b.c", "\u00b2")) is ABSENT
    assert find(value, ("1",)) == "key"
    assert find("text", ("0",)) is ABSENT
    assert find(None, ("a",)) is ABSENT


@pytest.mark.parametrize("source", ["", ".", "a..b", "a.", [], ["a", ""], ["a", 0], None, 5, {"a": 1}])
def test_a_path_that_cannot_be_is_refused(source: Any) -> None:
    with pytest.raises(ConditionError):
        parse_path(source)


def test_a_path_is_text_or_a_list() -> None:
    assert parse_path("data.enable") == ("data", "enable")
    assert parse_path(["data", "a.b"]) == ("data", "a.b")


@pytest.mark.parametrize(
    "taken_out", ["[personal]", "[address 0123456789ab]", "a [ip]", "[hidden]", ["x", "[personal]"]]
)
@pytest.mark.parametrize(
    "condition", [{"equals": "x"}, {"matches": "."}, {"all": {"matches": "."}}, {"any": {"equals": "[personal]"}}]
)
def test_what_was_taken_out_of_a_value_says_nothing(taken_out: object, condition: dict[str, object]) -> None:
    assert parse_condition(condition).look(taken_out).outcome is Outcome.UNKNOWN
