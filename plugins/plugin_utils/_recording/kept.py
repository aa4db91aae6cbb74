# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a recording stays in clear, for a person to read before it is written."""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Where a key has more different ones, a range tells enough of its numbers.
_MOST_NUMBERS = 8
_MOST_NAMES = 1000
_WIDTH = 118
_LONGEST = 60
_AT_TOP = "(the answer itself)"


@dataclass
class Kept:
    """Values that stayed, by the key that they stand under; keys that stayed though nobody attests them; and keys that
    were replaced, by their real names.
    """

    texts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    numbers: dict[str, Counter[float]] = field(default_factory=lambda: defaultdict(Counter))
    booleans: int = 0
    times: int = 0
    standins: int = 0
    unattested: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """All of it, texts first."""
        numbers = _grouped({key: _numbers(values) for key, values in self.numbers.items()})
        return [
            "Texts that stay as they are, by key, and how often:",
            *_indented([f"{_shown(key)}: {_counted(texts)}" for key, texts in sorted(self.texts.items())] or ["none"]),
            "Numbers that stay as they are, or are rounded:",
            *_indented([f"{values}: {', '.join(keys)}" for values, keys in sorted(numbers.items())] or ["none"]),
            f"True, false and null stay: {self.booleans} times. Times are all moved by the same span: {self.times}. "
            f"Everything else has a stand-in: {self.standins} values.",
            "Names of keys that stay, since all their words are those of programs, though nobody attests them:",
            *_names(dict.fromkeys(self.unattested, 1)),
            "Names of keys that have a stand-in, since they may be data (name those that are none in keep):",
            *_names(self.replaced),
        ]


def _counted(values: Counter[str]) -> str:
    return ", ".join(f"{_shown(value)} ({number})" for value, number in values.most_common())


def _numbers(values: Counter[float]) -> str:
    if len(values) <= _MOST_NUMBERS:
        return ", ".join(f"{value}" for value in sorted(values))
    return f"{min(values)} to {max(values)}, {len(values)} different ones"


def _grouped(values: dict[str, str]) -> dict[str, list[str]]:
    """The keys by what stands under them: most have 0, 1 or the like."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for key, text in sorted(values.items()):
        grouped[text].append(_shown(key))
    return grouped


def _names(names: Mapping[str, int]) -> list[str]:
    shown = [f"{_shown(name)} ({number})" if number > 1 else _shown(name) for name, number in sorted(names.items())]
    more = [f"and {len(shown) - _MOST_NAMES} more"] if len(shown) > _MOST_NAMES else []
    return _indented([", ".join([*shown[:_MOST_NAMES], *more]) or "none"])


def _indented(lines: Iterable[str]) -> list[str]:
    return [
        part
        for line in lines
        for part in textwrap.wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    ]


def _shown(text: str) -> str:
    """Text of a server on a terminal: nothing but what can be printed, and not too much of it."""
    if not text:
        return _AT_TOP
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in cut)
