# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a recording stays in clear, for a person to read before it is written."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording import words

# Where a key has more different ones, a range tells enough of its numbers.
_MOST_NUMBERS = 8
_MOST_NAMES = 30
_PLAIN = re.compile("[a-z][a-z0-9_]{1,40}")
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

    def lines(self, *, strict: bool = False) -> list[str]:
        """All of it, texts first. A name that was replaced is not shown, unless all but one of its words are known:
        what is printed may be kept, and shown to others, as the recording is.
        """
        near = [name for name in sorted(self.replaced) if _is_nearly_known(name)]
        return [
            *(["Strict: every value is replaced by the name of its type."] if strict else self._values()),
            "Keys that nobody attests, and that stay since all their words are technical ones:",
            *_listed("", [_shown(name) for name in sorted(self.unattested)]),
            f"Keys that are replaced, since they may be names: {len(self.replaced)}."
            + (" To keep some of these, name them in keep:" if near else ""),
            *(_listed("", near[:_MOST_NAMES]) if near else ()),
        ]

    def _values(self) -> list[str]:
        numbers = _grouped({key: _numbers(values) for key, values in self.numbers.items()})
        return [
            "Texts that stay, by key, and how often:",
            *(line for key, texts in sorted(self.texts.items()) for line in _listed(_shown(key), _counted(texts))),
            "Numbers that stay, by key; large amounts are rounded to two digits:",
            *(
                line
                for values, keys in sorted(numbers.items(), key=_by_key)
                for line in _listed(", ".join(keys), values)
            ),
            f"True, false and null stay {self.booleans} times. {self.times} times are moved. "
            f"{self.standins} other values have a stand-in.",
        ]


def _is_nearly_known(name: str) -> bool:
    parts = words.words_of(name)
    return _PLAIN.fullmatch(name) is not None and len([part for part in parts if part not in words.WORDS]) < min(
        2, len(parts)
    )


def _by_key(numbers: tuple[tuple[str, ...], list[str]]) -> list[str]:
    return numbers[1]


def _counted(values: Counter[str]) -> list[str]:
    return [f"{_shown(value)} ({number})" for value, number in values.most_common()]


def _numbers(values: Counter[float]) -> tuple[str, ...]:
    if len(values) <= _MOST_NUMBERS:
        return tuple(f"{value}" for value in sorted(values))
    return (f"{min(values)} to {max(values)}", f"{len(values)} different ones")


def _grouped(values: dict[str, tuple[str, ...]]) -> dict[tuple[str, ...], list[str]]:
    """The keys by what stands under them: most have 0, 1 or the like."""
    grouped: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, told in sorted(values.items()):
        grouped[told].append(_shown(key))
    return grouped


def _listed(head: str, items: Iterable[str]) -> Iterator[str]:
    """A head and what belongs to it, in lines that end between two items."""
    line = f"  {head}:" if head else " "
    for number, item in enumerate([*items] or ["none"]):
        more = f"{',' if number else ''} {item}"
        if len(line) + len(more) > _WIDTH and number:
            yield f"{line},"
            line, more = "   ", f" {item}"
        line += more
    yield line


def _shown(text: str) -> str:
    """Text of a server on a terminal: nothing but what can be printed, and not too much of it."""
    if not text:
        return _AT_TOP
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in cut)
