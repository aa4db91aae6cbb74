# SPDX-License-Identifier: GPL-3.0-or-later
"""Known elements as the values that they mean, and all others beside them as they were sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.keys import as_key
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import TEXT, Element, by_name, held

_Value = TypeVar("_Value")

_NUMBER = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def text(element: Element) -> str | None:
    """Text, also none of it."""
    return None if element.children else element.text


def word(element: Element) -> str | None:
    """Text without blanks around, also none of it."""
    return None if element.children else element.text.strip()


def filled(element: Element) -> str | None:
    """Text without blanks around, of which there is some."""
    return word(element) or None


def number(element: Element) -> int | None:
    """A whole number."""
    found = word(element)
    return int(found) if found and _NUMBER.fullmatch(found) else None


def count(element: Element) -> int | None:
    """A number of something."""
    found = number(element)
    return None if found is None or found < 0 else found


def boolean(element: Element) -> bool | None:
    """Whether something is so."""
    return _BOOLEANS.get(word(element) or "")


class Fields:
    """The elements within one, taken by their names. What is not taken stands beside as it was sent.

    So does what cannot be read as what it should be, or comes more than once: its value is None, and what was sent has
    a tilde in front of its key, as has whatever would stand in the place of a value of ours.
    """

    def __init__(self, element: Element) -> None:
        self._left = by_name(element.children)
        self._text = element.text

    def take(self, name: str, read: Callable[[Element], _Value | None]) -> _Value | None:
        """What the one element of a name means; None where there is none, or it means nothing."""
        found = self._left.get(name, [])
        value = read(found[0]) if len(found) == 1 else None
        if value is not None:
            del self._left[name]
        return value

    def take_all(self, name: str, read: Callable[[Element], _Value | None]) -> list[_Value] | None:
        """What all elements of a name mean; None where one of them means nothing."""
        values = [value for value in map(read, self._left.get(name, [])) if value is not None]
        if len(values) != len(self._left.get(name, [])):
            return None
        self._left.pop(name, None)
        return values

    def beside(self, values: dict[str, Any]) -> dict[str, Any]:
        """Values of ours, and what was not taken."""
        found = {**values, TEXT: self._text} if self._text.strip() else dict(values)
        for name, elements in self._left.items():
            key = as_key(name)
            while key in found:
                key = f"~{key}"
            found[key] = held(elements)
        return found
