# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of answers beside those that are known: which were seen, which are missing, and which are new."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypedDict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Read, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.known_keys import known_keys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import Count
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import TooDeepError, hide_secrets

# Where the keys of a mapping are names, there may be any number of them.
MOST_NEW = 10_000
MOST_NAMED = 100

_DEEPEST = 64
_LONGEST = 100
_PLAIN = re.compile(rf"[A-Za-z0-9_-]{{1,{_LONGEST}}}", re.ASCII)
_ITEM = "[]"
_ANY = "*"


class KnownKeys(TypedDict):
    """How the keys of an answer compare with those that are known. A path is like C(alias_list[].name)."""

    seen: Count
    """How many known keys the answer has."""
    missing: list[str]
    """Known keys that it does not have, though it has what they belong into, such as a row. Where one of several keys
    is enough, these stand behind each other, as in C(domain_id|id)."""
    unknown: list[str]
    """Keys that nobody attested yet, the first hundred of them. A key can be the name of a person, where the NAS keeps
    something by name. So the files of the role have them as they have personal data."""
    unknown_total: Count | None
    """How many keys nobody attested yet. Null where they are more than 10,000."""


class OfCheckedKeys(TypedDict):
    """What every summary has where keys are checked."""

    known_keys: KnownKeys
    """How the keys of the answer, or of all answers of the section, compare with those that are known. A list whose
    rows were not found has this alone in its summary."""


@dataclass(frozen=True)
class KeysFound:
    """Paths of keys, in order: known ones that were seen, known ones that are missing, and those that are ``new``.

    ``is_cut`` tells that more keys are new than those.
    """

    seen: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    is_cut: bool = False

    def told(self) -> KnownKeys:
        """The same as it stands in a summary."""
        return {
            "seen": len(self.seen),
            "missing": [*self.missing],
            "unknown": [*self.new[:MOST_NAMED]],
            "unknown_total": None if self.is_cut else len(self.new),
        }


class _Place:
    """A place in answers: what is below it is the same place for all items of a list, and for all keys that are names.

    ``known`` is its path among those that are known; None where it is not below any of them.
    """

    __slots__ = ("is_filled", "items", "keys", "known", "path")

    def __init__(self, path: str, known: str | None) -> None:
        self.path = path
        self.known = known
        self.keys: dict[str, _Place] = {}
        self.items: _Place | None = None
        self.is_filled = False


class Keys:
    """The keys of all answers of one API, method and version."""

    def __init__(self, api: str, method: str, version: int) -> None:
        self._known = known_keys(api, method)
        self._version = version
        self._paths = {key.path for key in self._known}
        self._above_names = {above for path in self._paths for above in _above_names(path)}
        self._root = _Place("", "")
        self._filled: set[str] = set()
        self._seen: set[str] = set()
        self._new: set[str] = set()
        self._is_cut = False

    def add(self, data: Any) -> Keys:
        """Take account of an answer. What is deeper than any settings is left out."""
        self._add(self._root, data, 0)
        return self

    def found(self) -> KeysFound:
        """What was found in all answers."""
        due = [key for key in self._known if key.is_due(self._version) and _above(key.path) in self._filled]
        missing = dict.fromkeys(key.shown for key in due if self._seen.isdisjoint(key.group))
        seen = (key.path for key in self._known if key.path in self._seen)
        return KeysFound(tuple(seen), tuple(missing), tuple(sorted(self._new)), self._is_cut)

    def _add(self, place: _Place, value: Any, depth: int) -> None:
        if depth > _DEEPEST or value in (None, []):
            return
        if place.known is not None and not place.is_filled:
            self._filled.add(place.known)
        place.is_filled = True
        if isinstance(value, dict):
            self._add_keys(place, value, depth + 1)
        elif isinstance(value, list):
            known = None if place.known is None else place.known + _ITEM
            place.items = place.items or _Place(place.path + _ITEM, known)
            for item in value:
                self._add(place.items, item, depth + 1)

    def _add_keys(self, place: _Place, value: dict[str, Any], depth: int) -> None:
        for key, item in value.items():
            below = place.keys.get(key) or self._below(place, key)
            # Most rows are like the one before: of these, nothing but what is below them is to be looked at.
            if below and (not below.is_filled or isinstance(item, (dict, list))):
                self._add(below, item, depth)

    def _below(self, place: _Place, key: str) -> _Place | None:
        """The place below a key that was not seen before. None where so many are new that no more are noted."""
        step = key if _PLAIN.fullmatch(key) else json.dumps(key)[:_LONGEST]
        known = None if place.known is None else _join(place.known, step)
        if known in self._paths:
            self._seen.add(f"{known}")
        elif place.known in self._above_names:
            below = place.keys.setdefault(_ANY, _Place(_join(place.path, _ANY), _join(f"{place.known}", _ANY)))
            place.keys[key] = below
            return below
        elif len(self._new) < MOST_NEW:
            known = None
            self._new.add(_join(place.path, step))
        else:
            self._is_cut = True
            return None
        below = place.keys[key] = _Place(_join(place.path, step), known)
        return below


def compare_keys(api: str, method: str, version: int, data: Any) -> KeysFound:
    """The keys of one answer beside those that are known. The API has its whole name."""
    return Keys(api, method, version).add(data).found()


def together(found: Iterable[KeysFound]) -> KeysFound:
    """What was found at several versions of one method, each key once: one that some version has is not missing."""
    every = tuple(found)
    seen = {path: None for each in every for path in each.seen}
    missing = {path: None for each in every for path in each.missing if path not in seen}
    new = {path for each in every for path in each.new}
    return KeysFound(tuple(seen), tuple(missing), tuple(sorted(new)), any(each.is_cut for each in every))


class KeyCheck:
    """Looks at the keys of what sections are answered, secrets hidden: a key may be one."""

    def __init__(self, *, reveal_secrets: bool) -> None:
        self._reveal = reveal_secrets
        self._keys: dict[str, dict[tuple[str, str, int], Keys]] = {}

    def look(self, section: Section, read: Read, version: int, reply: Reply) -> None:
        """Take account of an answer."""
        if reply.error:
            return
        try:
            data = hide_secrets(reply.data, reveal=self._reveal, secret=section.secret)
        except TooDeepError:
            return  # the section fails for that
        asked = (read.api, read.method, version)
        self._keys.setdefault(section.name, {}).setdefault(asked, Keys(*asked)).add(data)

    def told(self, section: str) -> KnownKeys:
        """What was found in all answers of a section."""
        return together(keys.found() for keys in self._keys.get(section, {}).values()).told()


def _above_names(path: str) -> Iterator[str]:
    """The paths of mappings whose keys are names, on the way to a key."""
    steps = path.split(".")
    return (".".join(steps[:depth]) for depth, step in enumerate(steps) if step == _ANY)


def _above(path: str) -> str:
    return path.rpartition(".")[0]


def _join(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step
