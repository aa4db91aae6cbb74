# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions that a rule puts on a value, and their three outcomes: met, not met, unknown.

A value of another type than the condition is about, such as the text "true" where true or false is expected, is
unknown: what it means depends on the NAS, and a verdict is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property, partial
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.moments import read_moment
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import has_mark
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.resemblance import closest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import RATIO, TIME, counted, in_unit


class Outcome(Enum):
    """What a condition comes to."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


class _Absent:
    """Stands for a value that is not there, which null is not."""


ABSENT = _Absent()

# Looked at for every row of every list: it takes longer to look up a name in an enumeration.
_MET, _NOT_MET, _UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
_WHEN_EMPTY = {"pass": Outcome.MET, "fail": Outcome.NOT_MET, "unknown": Outcome.UNKNOWN}
_DIGITS = re.compile(r"[0-9]{1,30}")
# Of a condition on a moment: the unit of the value, and the words around the days.
_DAYS = {
    "at_least_days_ahead": (TIME, "at least", "ahead"),
    "at_most_days_ago": (TIME, "at most", "ago"),
}
_MOST_DAYS = 36500
_MOST = 10**30

# What conditions are about, beside those that compare with a value.
_LIMITS = ("at_least", "at_most")
_WANTED = {
    **dict.fromkeys(_LIMITS, "a number"),
    **dict.fromkeys(("matches", "word"), "text"),
    **dict.fromkeys(_DAYS, "a time"),
    **dict.fromkeys(("all", "any"), "a list"),
    "parts": "a mapping",
    "present": "anything",
}

# How far the clock of a NAS may be ahead.
_CLOCKS_DIFFER = timedelta(days=1)


class ConditionError(ValueError):
    """A condition that cannot be."""


@dataclass(frozen=True)
class Condition:
    """One operator and what it compares with, such as ``at_most`` and 100."""

    operator: str
    operand: Any

    def look(self, value: object, now: datetime | None = None) -> Found:
        """What it comes to on ``value``. ABSENT is unknown to all but ``present``, and so is a time without ``now``."""
        if isinstance(self.operand, Items) and isinstance(value, list):
            return _look_at_items(self, value, now)
        if isinstance(self.operand, Parts) and value is not ABSENT and value is not None:
            return self.operand.look(value, now)
        found = self.operand.divided(value) if isinstance(self.operand, Ratio) else None
        return Found(self.check(value, now), self, value if found is None else found)

    def check(self, value: object, now: datetime | None = None) -> Outcome:
        """Whether ``value`` meets the condition."""
        if self.operator == "present":
            return _outcome((value is not ABSENT) == self.operand)
        if value is ABSENT or value is None or is_taken_out(value):
            return Outcome.UNKNOWN
        return self._operator.check(value, self.operand, now)

    @cached_property
    def _operator(self) -> _Operator:
        return _OPERATORS[self.operator]

    @property
    def unit(self) -> str:
        """The unit of the value that it compares; empty where it can be of any."""
        return RATIO if isinstance(self.operand, Ratio) else _DAYS.get(self.operator, ("",))[0]

    @property
    def wanted(self) -> str:
        """Which kind of value it is about, in words. A value of another kind is unknown to it."""
        if self.operator in ("equals", "in"):
            operands = self.operand if self.operator == "in" else [self.operand]
            return " or ".join(dict.fromkeys(map(kind_of, operands)))
        if isinstance(self.operand, Ratio):
            return f"two numbers that can be divided, {_path(self.operand.of)} and {_path(self.operand.to)}"
        if self.operator in _LIMITS and self.operand >= 0:
            return "a number that is not negative"
        return _WANTED[self.operator]

    def fits(self, value: object) -> bool:
        """Whether it can be about a value of this kind, whatever it comes to."""
        kinds: dict[str, type] = {"all": list, "any": list, "parts": dict, "word": str}
        if self.operator in _DAYS:
            return read_moment(value) is not None
        if self.operator in kinds:
            return isinstance(value, kinds[self.operator])
        return self.check(value) is not Outcome.UNKNOWN

    def in_words(self, unit: str = "") -> str:
        """What it requires of a value in that unit."""
        operand = self.operand
        if isinstance(operand, Items):
            return f"{self.operator} {operand.in_words(unit)}"
        if isinstance(operand, (Parts, Words)):
            return str(operand)
        if isinstance(operand, Ratio):
            return f"{_path(operand.of)} / {_path(operand.to)} {operand.condition.in_words(RATIO)}"
        if self.operator in _DAYS:
            least, end = _DAYS[self.operator][1:]
            return f"{least} {counted(operand, 'day')} {end}"
        return f"{self.operator.replace('_', ' ')} {in_unit(operand, unit) if unit else _text(operand)}"


@dataclass(frozen=True)
class Found:
    """What a condition comes to, and what decided that: ``condition`` on the ``value`` at ``path`` below the first one.

    ``needs_all`` tells that every item of a list had to be seen for it, ``empty`` that none was left to look at.
    """

    outcome: Outcome
    condition: Condition
    value: object
    path: tuple[str, ...] = ()
    needs_all: bool = False
    empty: bool = False


@dataclass(frozen=True)
class Items:
    """The items of a list that meet all of ``where``, and the condition on what stands at ``path`` in each of them."""

    path: tuple[str, ...]
    condition: Condition
    where: Parts
    when_empty: Outcome | None = None

    def in_words(self, unit: str) -> str:
        """What is required of which items."""
        return f"{self.selection}: {_path(self.path) + ' ' if self.path else ''}{self.condition.in_words(unit)}"

    @property
    def selection(self) -> str:
        """Which items, in words."""
        return f"item where {self.where}" if self.where.conditions else "item"

    def look(self, value: list[object], number: int, now: datetime | None) -> Found:
        """What one item rests on: the condition, or what leaves it open whether the item is one of them."""
        item = value[number]
        found = self.where.look(item, now) if self.where.check(item, now) is _UNKNOWN else None
        path = (f"{number}",) if found else (f"{number}", *self.path)
        found = found or self.condition.look(find(item, self.path), now)
        return replace(_below(path, found), needs_all=False)  # the item was read, so all of what is in it was


@dataclass(frozen=True)
class Parts:
    """A condition for each of some paths in a value, all of which are to be met."""

    conditions: tuple[tuple[tuple[str, ...], Condition], ...]

    def __str__(self) -> str:
        return " and ".join(f"{_path(path)} {condition.in_words()}" for path, condition in self.conditions)

    def check(self, value: object, now: datetime | None) -> Outcome:
        """The worst that comes of them; met where there are none."""
        return worst(condition.check(find(value, path), now) for path, condition in self.conditions)

    def look(self, value: object, now: datetime | None) -> Found:
        """The one that the worst comes of."""
        found = [_below(path, condition.look(find(value, path), now)) for path, condition in self.conditions]
        decides = worst(one.outcome for one in found)
        first = next(one for one in found if one.outcome is decides)
        return replace(first, needs_all=any(one.needs_all for one in found))


@dataclass(frozen=True)
class Words:
    """Words known as good and as bad, of which at least one is there. What any other word means is unknown."""

    good: re.Pattern[str] | None
    bad: re.Pattern[str] | None

    def __str__(self) -> str:
        known = (("good", self.good), ("bad", self.bad))
        return f"word {' and '.join(f'{name} {_text(pattern)}' for name, pattern in known if pattern)}"


@dataclass(frozen=True)
class Ratio:
    """One number of a mapping divided by another one."""

    of: tuple[str, ...]
    to: tuple[str, ...]
    condition: Condition

    def divided(self, value: object) -> float | None:
        """The ratio, None where one of the numbers is none."""
        return divided(find(value, self.of), find(value, self.to))


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


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of several outcomes; met where there are none."""
    found = {*outcomes}
    return next((one for one in (_NOT_MET, _UNKNOWN) if one in found), _MET)


def is_taken_out(value: object) -> bool:
    """Whether a text, or one in a list, is what stands for a secret or for personal data: that says nothing."""
    if isinstance(value, list):
        return any(map(is_taken_out, value))
    return isinstance(value, str) and (value == MARKER or has_mark(value))


def kind_of(value: object) -> str:
    """Which kind of value it is, in words."""
    if value is None:
        return "null"
    kinds = {bool: "true or false", float: "a number", str: "text", list: "a list"}
    return kinds.get(_type(value), "a mapping")


def find(value: object, path: tuple[str, ...]) -> object:
    """The value at ``path``, ABSENT where there is none.

    A number in a path is the position in a list, and of ``one|other`` it is the first key that is there.
    """
    for key in path:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, dict):
            value = next((value[name] for name in key.split("|") if name in value), ABSENT)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return ABSENT
    return value


def near(value: object, path: tuple[str, ...]) -> str | None:
    """A path that somebody may have meant by one at which nothing is: the same but for its last key that was found."""
    if find(value, ("data", *path)) is not ABSENT:
        return _path(("data", *path))
    for number, key in enumerate(path):
        below = find(value, (key,))
        if below is ABSENT:
            meant = closest(key, filter(str.isascii, value)) if isinstance(value, dict) else None
            return _path((*path[:number], meant)) if meant else None
        value = below
    return None


def spread(path: tuple[str, ...], condition: Condition) -> tuple[tuple[str, ...], Condition]:
    """A path up to its first ``*``, which stands for every item of a list, and the condition on that list."""
    if "*" not in path:
        return path, condition
    star = path.index("*")
    rest, condition = spread(path[star + 1 :], condition)
    return path[:star], Condition("all", Items(rest, condition, Parts(()), Outcome.UNKNOWN))


def divided(value: object, other: object) -> float | None:
    """One number divided by another one, None where that cannot be."""
    part, whole = _amount(value), _amount(other)
    return None if part is None or not whole else part / whole


def _outcome(met: bool) -> Outcome:
    return Outcome.MET if met else Outcome.NOT_MET


def _path(path: tuple[str, ...]) -> str:
    return ".".join(path).replace("|", " or ")


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
    check: Callable[[object, Any, datetime | None], Outcome]


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
        raise ConditionError(f"at_least, at_most and days take a number, not {operand!r}")
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


def _parse_days(operand: object) -> float:
    days = _parse_number(operand)
    if not 0 <= days <= _MOST_DAYS:
        raise ConditionError(f"days are from 0 to {_MOST_DAYS}, not {operand!r}")
    return days


def _parse_items(operand: object) -> Items:
    if not isinstance(operand, Mapping):
        raise ConditionError("all and any take a condition for the items, and the path in an item")
    rest = {key: value for key, value in operand.items() if key not in ("path", "where", "when_empty")}
    path = parse_path(operand["path"]) if "path" in operand else ()
    path, condition = spread(path, parse_condition(rest)) if "*" in path else (path, parse_condition(rest))
    return Items(path, condition, _parse_where(operand.get("where", {})), _parse_when_empty(operand))


def _parse_where(source: object) -> Parts:
    if not isinstance(source, Mapping):
        raise ConditionError("where and parts take a mapping from paths in an item to values or conditions")
    conditions = {path: value if isinstance(value, Mapping) else {"equals": value} for path, value in source.items()}
    return Parts(tuple((parse_path(path), parse_condition(value)) for path, value in conditions.items()))


def _parse_when_empty(operand: Mapping[str, object]) -> Outcome | None:
    """What it comes to where no item is left: without where, as in logic; with it, unknown unless the policy tells."""
    if "when_empty" not in operand:
        return Outcome.UNKNOWN if operand.get("where") else None
    word = operand["when_empty"]
    if not isinstance(word, str) or word not in _WHEN_EMPTY:
        raise ConditionError(f"when_empty is one of {', '.join(_WHEN_EMPTY)}, not {word!r}")
    return _WHEN_EMPTY[word]


def _parse_ratio(operand: object) -> Ratio:
    if not isinstance(operand, Mapping) or not {"of", "to"} < operand.keys():
        raise ConditionError("ratio takes the paths of two numbers, of and to, and a condition")
    rest = {key: value for key, value in operand.items() if key not in ("of", "to")}
    return Ratio(parse_path(operand["of"]), parse_path(operand["to"]), parse_condition(rest))


def _parse_parts(operand: object) -> Parts:
    parts = _parse_where(operand)
    if not parts.conditions:
        raise ConditionError("parts takes at least one path with its condition")
    return parts


def _parse_words(operand: object) -> Words:
    if not isinstance(operand, Mapping) or not operand or not operand.keys() <= {"good", "bad"}:
        raise ConditionError("word takes regular expressions: good, bad, or both")
    patterns = {key: _parse_pattern(value) for key, value in operand.items()}
    return Words(patterns.get("good"), patterns.get("bad"))


def _equals(value: object, operand: object, _now: datetime | None = None) -> Outcome:
    return _outcome(_same(value, operand)) if _type(value) is _type(operand) else Outcome.UNKNOWN


def _same(value: object, other: object) -> bool:
    """Whether two values are equal at every depth, where true is not 1."""
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_same, value, other))
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(_same(item, other[key]) for key, item in value.items())
    return _type(value) is _type(other) and bool(value == other)


def _in(value: object, operand: list[object], _now: datetime | None) -> Outcome:
    outcomes = [_equals(value, item) for item in operand]
    return next((one for one in (Outcome.MET, Outcome.NOT_MET) if one in outcomes), Outcome.UNKNOWN)


def _at_least(value: object, operand: float, _now: datetime | None) -> Outcome:
    number = _plausible(value, operand)
    return Outcome.UNKNOWN if number is None else _outcome(number >= operand)


def _at_most(value: object, operand: float, _now: datetime | None) -> Outcome:
    number = _plausible(value, operand)
    return Outcome.UNKNOWN if number is None else _outcome(number <= operand)


def _plausible(value: object, operand: float) -> float | None:
    """A number that can be compared. Where the policy counts from zero, one below is none: -1 often means no limit."""
    number = _number(value)
    return None if number is not None and number < 0 <= operand else number


def _matches(value: object, operand: re.Pattern[str], _now: datetime | None) -> Outcome:
    return _outcome(operand.search(value) is not None) if isinstance(value, str) else Outcome.UNKNOWN


def _word(value: object, operand: Words, _now: datetime | None) -> Outcome:
    if not isinstance(value, str):
        return Outcome.UNKNOWN
    if operand.bad and operand.bad.search(value):
        return Outcome.NOT_MET
    return Outcome.MET if operand.good and operand.good.search(value) else Outcome.UNKNOWN


def _days_ahead(value: object, operand: float, now: datetime | None) -> Outcome:
    return _not_before(value, now, operand)


def _days_ago(value: object, operand: float, now: datetime | None) -> Outcome:
    moment = read_moment(value)
    if moment is None or now is None or moment.earliest > now + _CLOCKS_DIFFER:
        return Outcome.UNKNOWN
    return _not_before(value, now, -operand)


def _not_before(value: object, now: datetime | None, days: float) -> Outcome:
    moment = read_moment(value)
    if moment is None or now is None:
        return Outcome.UNKNOWN
    limit = now + timedelta(days=days)
    if moment.earliest < limit <= moment.latest:
        return Outcome.UNKNOWN
    return _outcome(moment.earliest >= limit)


def _ratio(value: object, operand: Ratio, now: datetime | None) -> Outcome:
    return operand.condition.check(operand.divided(value), now)


def _amount(value: object) -> float | None:
    """A number that is not negative. DSM writes large ones as text."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    number = _number(value)
    return number if number is not None and 0 <= number < _MOST else None


_DECIDES = {"all": Outcome.NOT_MET, "any": Outcome.MET}


def _below(path: tuple[str, ...], found: Found) -> Found:
    """What was found below a path, seen from above it."""
    return replace(found, path=(*path, *found.path))


def _check_parts(value: object, parts: Parts, now: datetime | None) -> Outcome:
    return parts.check(value, now)


def _look_at_items(condition: Condition, value: list[object], now: datetime | None) -> Found:
    """What the items come to, with the one that this rests on; where all were seen for it, the whole list."""
    items: Items = condition.operand
    decides = _DECIDES[condition.operator]
    outcome, number = _decide(value, items, decides, now)
    if outcome is not None and number is not None:
        found = items.look(value, number, now)
        return found if found.outcome is outcome else replace(found, outcome=outcome)
    is_empty = outcome is None and items.when_empty is not None
    return Found(outcome or _of_none(items, decides), condition, value, needs_all=True, empty=is_empty)


def _check_items(decides: Outcome, value: object, items: Items, now: datetime | None) -> Outcome:
    if not isinstance(value, list):
        return Outcome.UNKNOWN
    return _decide(value, items, decides, now)[0] or _of_none(items, decides)


def _decide(
    value: list[object], items: Items, decides: Outcome, now: datetime | None
) -> tuple[Outcome | None, int | None]:
    """What all or any items come to, None where none is left; and the number of the one that this rests on.

    One item with the deciding outcome decides; else one unknown item makes the whole unknown. Lists are long and looked
    at by many rules, so nothing is made of an item but its outcome.
    """
    contrary, is_any_sure = _other(decides), False
    check, path, is_limited, others = items.condition.check, items.path, bool(items.where.conditions), []
    for number, item in enumerate(value):
        is_one = items.where.check(item, now) if is_limited else _MET
        if is_one is _NOT_MET:
            continue
        outcome = check(find(item, path), now)
        if is_one is _MET:
            if outcome is decides:
                return decides, number
            is_any_sure = True
        if outcome is not contrary or is_one is not _MET:
            others.append((number, outcome))
    doubtful = next((number for number, outcome in others if not is_any_sure or outcome is not contrary), None)
    if doubtful is not None:
        return _UNKNOWN, doubtful
    return contrary if is_any_sure else None, None


def _of_none(items: Items, decides: Outcome) -> Outcome:
    return items.when_empty or _other(decides)


def _other(outcome: Outcome) -> Outcome:
    return Outcome.MET if outcome is Outcome.NOT_MET else Outcome.NOT_MET


_OPERATORS = {
    "equals": _Operator(_parse_any, _equals),
    "in": _Operator(_parse_list, _in),
    "at_least": _Operator(_parse_number, _at_least),
    "at_most": _Operator(_parse_number, _at_most),
    "matches": _Operator(_parse_pattern, _matches),
    "word": _Operator(_parse_words, _word),
    "present": _Operator(_parse_flag, _equals),
    "at_least_days_ahead": _Operator(_parse_days, _days_ahead),
    "at_most_days_ago": _Operator(_parse_days, _days_ago),
    "ratio": _Operator(_parse_ratio, _ratio),
    "parts": _Operator(_parse_parts, _check_parts),
    "all": _Operator(_parse_items, partial(_check_items, _DECIDES["all"])),
    "any": _Operator(_parse_items, partial(_check_items, _DECIDES["any"])),
}

OPERATORS = tuple(_OPERATORS)
