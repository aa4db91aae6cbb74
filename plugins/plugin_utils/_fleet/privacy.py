# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal data in what servers sent: left out, or replaced by a keyed hash.

Addresses of mail and of IP are found in any text by their form, since the keys of answers are not known. Subjects have
no form, so they are found by the names of their keys. What else is personal is told by the row of the section.

What stands in the place of a piece, the mark, is ``[KIND]`` or ``[KIND HASH]``.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME

MODES = ("keep", "remove", "hash")

# An address begins at the edge of a word, so that no text is searched from each of its characters.
_EDGE = r"[^\s<>()\[\]\",;:@]"
_ADDRESS = re.compile(
    rf"(?:(?<!{_EDGE})(?:(?!%40){_EDGE})+|\"[^\"\n]{{1,64}}\")(?:@|%40)(?:\[[^\]\s]{{1,64}}\]|{_EDGE}+)", re.IGNORECASE
)
# Texts that may be, or hold, an IP address.
_WITH_DOTS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)")
_WITH_COLONS = re.compile(r"(?<![\w.:])[\w.]*(?::[\w.]*){2,}")
_GROUP = re.compile(r"[0-9A-Fa-f]{0,4}|\d{1,3}(?:\.\d{1,3}){3}")
_SUBJECT_KEY = re.compile(r"subject|title", re.IGNORECASE)
_SUBJECT, _PERSONAL = "subject", "personal"
_DIGITS = 12
# What tells apart keys that became the same.
_NUMBER = re.compile(r"(?<=\]) \d+$")
_MARK = re.compile(rf"\[(address|ip|personal|subject)( [0-9a-f]{{{_DIGITS}}})?\]")

Replace = Callable[[str, str], str]
"""Takes the kind of a piece of personal data, and the piece; returns what stands in its place."""


class PrivacyError(ValueError):
    """A mode that cannot be."""


@dataclass(frozen=True)
class Clean:
    """Makes copies without personal data; without ``replace``, nothing is changed.

    ``personal`` are keys under which all text is personal, ``has_personal_names`` tells whether the entries are that
    the section is read for: both are those of one section, see :meth:`of`.
    """

    replace: Replace | None = None
    personal: frozenset[str] = frozenset()
    has_personal_names: bool = False

    def __call__(self, value: Any) -> Any:
        """A value as it is without personal data."""
        return value if self.replace is None else self._value(value, self.replace)

    def of(self, section: Section | None) -> Clean:
        """What cleans the data of a section."""
        if section is None:
            return self
        of = section.each.of if section.each else section
        has_personal_names = section.each is not None and not {*of.personal}.isdisjoint(of.ids)
        if not section.personal and not has_personal_names:
            return self
        return Clean(self.replace, frozenset(section.personal), has_personal_names)

    def sections(self, sections: Mapping[str, Any]) -> dict[str, Any]:
        """All sections of a host."""
        return {name: self.section(name, envelope) for name, envelope in sections.items()}

    def section(self, name: str, envelope: Mapping[str, Any]) -> Any:
        """One section of a host. Beside its data, nothing stands under the keys of its row."""
        clean = self.of(BY_NAME.get(name))
        if clean is self or self.replace is None:
            return self(envelope)
        if clean.has_personal_names:
            named = {key: clean.names(envelope[key]) for key in ("data", "each") if envelope.get(key)}
            envelope = {**envelope, **named}
        data = {"data": clean(envelope["data"])} if "data" in envelope else {}
        return {**self({key: value for key, value in envelope.items() if key != "data"}), **data}

    def names(self, by_name: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept by the names of entries, with these names cleaned."""
        if self.replace is None:
            return {**by_name}
        names = self._keys(by_name, self.replace, _PERSONAL if self.has_personal_names else "")
        return {names[name]: item for name, item in by_name.items()}

    def at(self, path: str, value: Any) -> tuple[str, Any]:
        """A path and the value there: some personal data is known by the key it stands under only."""
        if self.replace is None:
            return path, value
        name, _dot, below = path.partition(".")
        part, *keys = below.split(".")
        clean = self.of(BY_NAME.get(name))
        is_personal = part == "data" and not clean.personal.isdisjoint(keys)
        whole = _PERSONAL if is_personal else _SUBJECT if _SUBJECT_KEY.search(path) else ""
        return _clean_text(path, self.replace), clean._value(value, self.replace, whole)

    def _value(self, value: Any, replace: Replace, whole: str = "") -> Any:
        """``whole`` is the kind of personal data that all text is, empty where only parts of it may be."""
        if isinstance(value, str):
            return _clean_whole(value, replace, whole) if whole else _clean_text(value, replace)
        if isinstance(value, list):
            return [self._value(item, replace, whole) for item in value]
        if isinstance(value, dict):
            names = self._keys(value, replace, whole if whole == _PERSONAL else "")
            return {names[key]: self._value(item, replace, whole or self._kind(key)) for key, item in value.items()}
        if whole == _PERSONAL and isinstance(value, (int, float)) and not isinstance(value, bool):
            return replace(whole, f"{value}")
        return value

    def _kind(self, key: str) -> str:
        return _PERSONAL if key in self.personal else _SUBJECT if _SUBJECT_KEY.search(key) else ""

    def _keys(self, keys: Iterable[str], replace: Replace, whole: str) -> dict[str, str]:
        """What each key becomes. Two must not become one, or a value would be lost: further ones get a number.

        Keys that stay as they are come first, since one may look like a key with a number.
        """
        names = {key: _clean_whole(key, replace, whole) if whole else _clean_text(key, replace) for key in sorted(keys)}
        taken = {key for key, name in names.items() if key == name}
        counted: Counter[str] = Counter()
        for key, name in names.items():
            if key != name:
                names[key] = _free(name, taken, counted)
                taken.add(names[key])
        return names


KEEP = Clean()


def cleaner(mode: str, key: str | None) -> Clean:
    """What makes copies without personal data. Raises PrivacyError.

    With ``hash`` the same piece always becomes the same text under the same ``key``, so that pieces can be told apart
    and followed, but not read.
    """
    if mode == "keep":
        return KEEP
    if mode == "remove":
        return _REMOVE
    if mode == "hash" and key:
        return Clean(lambda kind, piece: f"[{kind} {_digest(key, piece)}]")
    if mode == "hash":
        raise PrivacyError("mailplus_state_personal_data is hash, which needs mailplus_state_personal_data_key.")
    raise PrivacyError(f"mailplus_state_personal_data is one of {', '.join(MODES)}, not {mode!r}.")


def has_mark(text: str) -> bool:
    """Whether something personal was taken out of a text."""
    return "[" in text and _MARK.search(text) is not None


def tells(key: str) -> bool:
    """Whether a key is told from all others: it holds nothing personal, or the hash of it."""
    return not is_removed(key) and _REMOVE(key) == key


def without(path: str, value: Any) -> Any:
    """The value at a path as it can be compared without anything personal, however it was cleaned before."""
    return _without_hashes(_REMOVE.at(path, value)[1])


def same(path: str, one: str, other: str, clean: Clean) -> bool | None:
    """Whether two texts are the same where something personal may have been taken out of them.

    None where nobody can tell: what was removed may have been anything.
    """
    if not has_mark(one) and not has_mark(other):
        return one == other
    one, other = (clean.at(path, text)[1] for text in (one, other))
    if without(path, one) != without(path, other):
        return False
    if is_removed(one) or is_removed(other) or has_mark(one) != has_mark(other):
        return None
    return one == other


def is_removed(text: str) -> bool:
    """Whether something personal was taken out of a text, and no hash tells what."""
    return any(mark[2] is None for mark in _MARK.finditer(text))


def _without_hashes(value: Any) -> Any:
    """A value whose marks have no hashes, and mappings no order: numbers behind marks depend on how it was cleaned."""
    if isinstance(value, str):
        return _MARK.sub(r"[\1]", value)
    if isinstance(value, list):
        return [_without_hashes(item) for item in value]
    if isinstance(value, dict):
        pairs = ([_NUMBER.sub("", _without_hashes(key)), _without_hashes(item)] for key, item in value.items())
        return sorted(pairs, key=json.dumps)
    return value


def _digest(key: str, piece: str) -> str:
    """The same for a piece however it is written: in capitals, in a URL, quoted, or at the end of a sentence."""
    written = piece.lower().replace("%40", "@").strip("'\".").encode("utf-8", "replace")
    return hmac.new(key.encode("utf-8", "replace"), written, "sha256").hexdigest()[:_DIGITS]


def _free(name: str, taken: Container[str], counted: Counter[str]) -> str:
    """``name``, or the first one with a number that is not taken."""
    while True:
        counted[name] += 1
        numbered = name if counted[name] == 1 else f"{name} {counted[name]}"
        if numbered not in taken:
            return numbered


def _clean_whole(text: str, replace: Replace, kind: str) -> str:
    return text if not text or _MARK.fullmatch(text) else replace(kind, text)


def _clean_text(text: str, replace: Replace) -> str:
    if "@" in text or "%40" in text:
        text = _ADDRESS.sub(lambda match: replace("address", match[0]), text)
    if ":" in text:
        text = _WITH_COLONS.sub(lambda match: _clean_groups(match[0], replace), text)
    return _WITH_DOTS.sub(lambda match: _clean_ip(match[0], replace), text)


def _clean_groups(text: str, replace: Replace) -> str:
    """Text with the IPv6 addresses in it replaced, which may follow a word and a colon."""
    bare = text.rstrip(".")
    runs = groupby(bare.split(":"), key=lambda group: bool(_GROUP.fullmatch(group)))
    return ":".join(_clean_ip(":".join(run), replace) for _fits, run in runs) + text[len(bare) :]


def _clean_ip(text: str, replace: Replace) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    # The unspecified address, :: or 0.0.0.0, is nobody's.
    return text if address.is_unspecified else replace("ip", str(address))


_REMOVE = Clean(lambda kind, _piece: f"[{kind}]")
