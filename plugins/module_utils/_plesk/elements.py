# SPDX-License-Identifier: GPL-3.0-or-later
"""Elements of packets, and what they hold as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.keys import as_key

# No name of an element is this: what stands beside elements within one.
TEXT = "#text"


@dataclass(slots=True)
class Element:
    """A name, and what stands between its tags. Attributes are left out: Plesk uses none."""

    name: str
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def named(self, name: str) -> list[Element]:
        """Its elements of a name."""
        return [child for child in self.children if child.name == name]

    def only(self, name: str) -> Element | None:
        """Its one element of a name; None where there is none, or more than one."""
        found = self.named(name)
        return found[0] if len(found) == 1 else None

    def walk(self) -> Iterator[Element]:
        """It, and all within it."""
        left = [self]
        while left:
            element = left.pop()
            yield element
            left += element.children

    def word(self, name: str) -> str:
        """The text of its one element of a name, without blanks around; empty where there is none."""
        found = self.only(name)
        return found.text.strip() if found else ""


def plain(element: Element) -> Any:
    """What an element holds, as it was sent: text, or a mapping, in which what comes repeatedly is a list."""
    if not element.children:
        return element.text
    found = dict(_by_key(element.children))
    return {**found, TEXT: element.text} if element.text.strip() else found


def by_name(elements: Iterable[Element]) -> dict[str, list[Element]]:
    """Elements by their names."""
    found: dict[str, list[Element]] = {}
    for element in elements:
        found.setdefault(element.name, []).append(element)
    return found


def held(elements: list[Element]) -> Any:
    """What elements of one name hold."""
    return plain(elements[0]) if len(elements) == 1 else [plain(element) for element in elements]


def _by_key(elements: Iterable[Element]) -> Iterator[tuple[str, Any]]:
    return ((as_key(name), held(found)) for name, found in by_name(elements).items())
