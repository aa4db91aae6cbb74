# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions that a rule puts on a value, and their three outcomes: met, not met, unknown.

A value of another type than the condition is about, such as the text "true" where true or false is expected, is
unknown: what it means depends on the NAS, and a verdict is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any


class Outcome(Enum):
    """What a condition comes to."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


class _Absent:
    """Stands for a value that is not there, which null is not."""


ABSENT = _Absent()


class ConditionError(ValueError):
    """A condition that cannot be."""


@dataclass(frozen=True)
class Condition:
    """One operator and what it compares with, such as ``at_most`` and 100. Text of it is what it requires."""

    operator: str
    operand: Any

    def check(self, value: object) -> Outcome:
        """Whether ``value`` meets the condition. ABSENT is unknown to all but ``present``."""
        if self.operator == "present":
            return _outcome((value is not ABSENT) == self.operand)
        if value is ABSENT or value is None:
            return Outcome.UNKNOWN
        return _OPERATORS[self.operator].check(value, self.operand)

    def __str__(self) -> str:
        return self._text

    @cached_property
    def _text(self) -> str:
        if self.operator in ("all", "any"):
            path, condition = self.operand
            return f"{self.operator} item: {'.'.join(path) + ' ' if path else ''}{condition}"
        return f"{self.operator.replace('_', ' ')} {_text(self.operand)}"


def parse_condition(source: object) -> Condition:
    """The condition that ``{operator: operand}`` describes. Raises ConditionError."""
    if not isinstance(source, Mapping) or len(source) != 1:
        raise ConditionError(f"a condition is one operator and its value, one of {', '.join(OPERATORS)}")
    operator, operand = next(iter(source.items()))
    if operator not in _OPERATORS:
        raise ConditionError(f"unknown operator {operator!r}; known are {', '.join(OPERATORS)}")
    return Condition(operator, _OPERATORS[operator].parse(operand))


def parse_path(source: object) -> tuple[str, ...]:
    """The keys of a path, from text with dots or from a list. Raises ConditionError."""
    keys = source.split(".") if isinstance(source, str) else source
    if not isinstance(keys, (list, tuple)) or not keys or not all(isinstance(key, str) and key for key in keys):
        raise ConditionError(f"a path is text such as data.enable_imap, or a list of keys, not {source!r}")
    return tuple(keys)


def find(value: object, path: tuple[str, ...]) -> object:
    """The value at ``path``, ABSENT where there is none. A number in a path is the position in a list."""
    for key in path:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return ABSENT
    return value


def _outcome(met: bool) -> Outcome:
    return Outcome.MET if met else Outcome.NOT_MET


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, re.Pattern):
        return repr(value.pattern)
    return repr(value) if isinstance(value, str) else str(value)


def _number(value: object) -> float | None:
    """A value that is a number; true is none."""
    return value if isinstance(value, (int, float)) and value is not True and value is not False else None


def _type(value: object) -> type:
    """The type that a value compares as: true is not 1, but 1 is 1.0."""
    return type(value) if _number(value) is None else float


@dataclass(frozen=True)
class _Operator:
    """``parse`` reads what a policy says, once; ``check`` puts a value beside what came of that."""

    parse: Callable[[object], object]
    check: Callable[[object, Any], Outcome]


def _parse_any(operand: object) -> object:
    if _type(operand) not in (str, float, bool, list, dict):
        raise ConditionError(f"equals and in take text, numbers, true, false, lists and mappings, not {operand!r}")
    return operand


def _parse_list(operand: object) -> list[object]:
    if not isinstance(operand, list) or not operand:
        raise ConditionError(f"in takes a list of values, not {operand!r}")
    return [_parse_any(item) for item in operand]


def _parse_number(operand: object) -> float:
    number = _number(operand)
    if number is None:
        raise ConditionError(f"at_least and at_most take a number, not {operand!r}")
    return number


def _parse_pattern(operand: object) -> re.Pattern[str]:
    if not isinstance(operand, str):
        raise ConditionError(f"matches takes a regular expression, not {operand!r}")
    try:
        return re.compile(operand)
    except (re.error, OverflowError, RecursionError):
        raise ConditionError(f"matches takes a regular expression, not {operand!r}") from None


def _parse_flag(operand: object) -> bool:
    if not isinstance(operand, bool):
        raise ConditionError(f"present takes true or false, not {operand!r}")
    return operand


def _parse_items(operand: object) -> tuple[tuple[str, ...], Condition]:
    if not isinstance(operand, Mapping):
        raise ConditionError("all and any take a condition for the items, and the path in an item")
    rest = {key: value for key, value in operand.items() if key != "path"}
    return parse_path(operand["path"]) if "path" in operand else (), parse_condition(rest)


def _equals(value: object, operand: object) -> Outcome:
    return _outcome(_same(value, operand)) if _type(value) is _type(operand) else Outcome.UNKNOWN


def _same(value: object, other: object) -> bool:
    """Whether two values are equal at every depth, where true is not 1."""
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_same, value, other))
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(_same(item, other[key]) for key, item in value.items())
    return _type(value) is _type(other) and bool(value == other)


def _in(value: object, operand: list[object]) -> Outcome:
    outcomes = [_equals(value, item) for item in operand]
    return next((one for one in (Outcome.MET, Outcome.NOT_MET) if one in outcomes), Outcome.UNKNOWN)


def _at_least(value: object, operand: float) -> Outcome:
    number = _number(value)
    return Outcome.UNKNOWN if number is None else _outcome(number >= operand)


def _at_most(value: object, operand: float) -> Outcome:
    number = _number(value)
    return Outcome.UNKNOWN if number is None else _outcome(number <= operand)


def _matches(value: object, operand: re.Pattern[str]) -> Outcome:
    return _outcome(operand.search(value) is not None) if isinstance(value, str) else Outcome.UNKNOWN


Items = tuple[tuple[str, ...], Condition]
"""The path in an item, and the condition on what stands there."""


def _of_items(decides: Outcome) -> Callable[[object, Items], Outcome]:
    """All or any: one item with the deciding outcome decides; else one unknown item makes the whole unknown."""

    def check(value: object, operand: Items) -> Outcome:
        path, condition = operand
        if not isinstance(value, list):
            return Outcome.UNKNOWN
        outcome = Outcome.MET if decides is Outcome.NOT_MET else Outcome.NOT_MET
        for item in value:
            found = condition.check(find(item, path))
            if found is decides:
                return decides
            if found is Outcome.UNKNOWN:
                outcome = found
        return outcome

    return check


_OPERATORS = {
    "equals": _Operator(_parse_any, _equals),
    "in": _Operator(_parse_list, _in),
    "at_least": _Operator(_parse_number, _at_least),
    "at_most": _Operator(_parse_number, _at_most),
    "matches": _Operator(_parse_pattern, _matches),
    "present": _Operator(_parse_flag, _equals),
    "all": _Operator(_parse_items, _of_items(Outcome.NOT_MET)),
    "any": _Operator(_parse_items, _of_items(Outcome.MET)),
}

OPERATORS = tuple(_OPERATORS)
