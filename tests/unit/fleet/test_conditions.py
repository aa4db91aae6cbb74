# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date
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
)

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN


def check(source: Any, value: Any) -> Outcome:
    return parse_condition(source).check(value)


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
    "present": True,
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
    ],
)
def test_a_condition_reads_as_a_person_would_write_it(source: Any, text: str) -> None:
    assert str(parse_condition(source)) == text


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
