# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of answers.yml with what it names filled in: `$name`, `$gmt(+9)`, a word for each row, a choice by a word."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.tests.simulator.answers import words

DAY = 86400
Row = dict[str, Any]


class Spot(NamedTuple):
    """Where a row stands: its number, its time, and a scramble of its number."""

    number: int
    when: int
    mix: int


Filler = Callable[[Spot], Any]


class _Constant:
    """The same for all rows, and for all who ask: nobody may change it."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __call__(self, _spot: Spot) -> Any:
        return self._value


def _settled(filler: Filler, parts: Iterable[Filler]) -> Filler:
    """A filler whose parts are all constant is constant."""
    return _Constant(filler(Spot(0, 0, 0))) if all(isinstance(part, _Constant) for part in parts) else filler


_NAMED = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>\w+)(?:\((?P<sign>[+-]?)(?P<days>[\w.]+)\))?)")
_BY, _ELSE = "$by", "else"

_OF_ROWS: dict[str, Filler] = {
    "index": lambda spot: spot.number,
    "number": lambda spot: spot.number + 1,
    "time": lambda spot: spot.when,
    "mix": lambda spot: f"{spot.mix:08X}",
    "size": lambda spot: 1024 + spot.mix % 5_000_000,
    "few": lambda spot: spot.mix % 100,
    "ip": lambda spot: f"192.0.2.{1 + (spot.mix >> 8) % 200}",
    "queue_id": lambda spot: f"{spot.when & 0xFFFFF:05X}{spot.mix & 0xFFFF:04X}{spot.number:X}",
}


def _moment(form: str) -> Callable[[float], str]:
    return lambda seconds: datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime(form)


_MOMENTS: dict[str, Callable[[float], Any]] = {
    "epoch": int,
    "gmt": _moment("%b %d %H:%M:%S %Y GMT"),
    "clock": _moment("%a %b %d %H:%M:%S %Y"),
    "text": _moment("%Y/%m/%d %H:%M:%S"),
}


class Templates:
    """What the texts of answers.yml name, for one NAS or for one of its domains."""

    def __init__(
        self, names: Mapping[str, Any], now: float, of_rows: Mapping[str, Filler] | None = None, *, start: int = 0
    ) -> None:
        self._names = names
        self._now = now
        self._of_rows = {**_OF_ROWS, **(of_rows or {})}
        self._start = start

    def filled(self, value: Any, seed: int = 0) -> Any:
        """Data that is no row."""
        return self.compiled(value)(Spot(0, int(self._now), mixed(0, seed)))

    def compiled(self, value: Any) -> Filler:
        if isinstance(value, str):
            return self._text(value) if "$" in value else _Constant(value)
        if isinstance(value, dict):
            return self._chosen(value) if _BY in value else self._mapping(value)
        if isinstance(value, list):
            items = [self.compiled(item) for item in value]
            return _settled(lambda spot: [item(spot) for item in items], items)
        return _Constant(value)

    def _mapping(self, value: Mapping[str, Any]) -> Filler:
        fillers = [(key, self.compiled(item)) for key, item in value.items()]
        return _settled(
            lambda spot: {key: filler(spot) for key, filler in fillers}, [filler for _key, filler in fillers]
        )

    def _chosen(self, value: Mapping[str, Any]) -> Filler:
        """`{$by: $status, failed: X, else: Y}`: by another text."""
        decides = self.compiled(value[_BY])
        fillers = {name: self.compiled(item) for name, item in value.items() if name != _BY}
        return lambda spot: fillers.get(str(decides(spot)), fillers[_ELSE])(spot)

    def _text(self, text: str) -> Filler:
        names = [self._named(found) for found in _NAMED.finditer(text)]
        around = _NAMED.split(text)[:: _NAMED.groups + 1]
        if len(names) == 1 and around == ["", ""]:  # a number stays a number
            return names[0]
        form = "%s".join(part.replace("%", "%%") for part in around)
        return _settled(lambda spot: form % tuple([name(spot) for name in names]), names)

    def _named(self, found: re.Match[str]) -> Filler:
        name = found["name"]
        if found["dollar"]:
            return _Constant("$")
        if name in _MOMENTS:
            return _Constant(_MOMENTS[name](self._now + self._days(found) * DAY))
        if name in self._names:
            return _Constant(self._names[name])
        return self._of_rows.get(name) or _word(words()[name], self._start)

    def _days(self, found: re.Match[str]) -> float:
        """`(+9)`, `(-0.5)`, or a value by its name, `(-antivirus_days)`."""
        days = found["days"] or "0"
        number = float(self._names.get(days, days))
        return -number if found["sign"] == "-" else number


def mixed(number: int, seed: int) -> int:
    """A fixed scramble of a row's number: stable between runs and cheap at any index."""
    value = (number * 0x9E3779B1 + seed * 0x85EBCA6B + 0x27D4EB2F) & 0xFFFFFFFF
    value = ((value ^ (value >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
    return value ^ (value >> 13)


def _word(word: Any, start: int) -> Filler:
    """A list gives its words in turn, `unique` ones numbered from the second turn on; `of`, as good as at random."""
    if isinstance(word, list):
        return lambda spot: word[spot.number % len(word)]
    if "unique" in word:
        return functools.partial(_unique, word["unique"], start if "by_domain" in word else 0)
    shift, of = word["shift"], word["of"]
    return lambda spot: of[(spot.mix >> shift) % len(of)]


def _unique(texts: list[str], start: int, spot: Spot) -> str:
    turn, text = spot.number // len(texts), texts[(spot.number + start) % len(texts)]
    return f"{text}{turn + 1}" if turn else text
