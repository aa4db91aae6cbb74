# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal data in what servers sent: left out, or replaced by a keyed hash.

Addresses of mail and of IP are found in any text by their form, since the keys of answers are not known. Subjects have
no form, so they are found by the names of their keys. What else is personal is told by the row of the section (all
under some keys, or all text but times), and by the user, who names keys of any section.

What stands in the place of a piece, the mark, is ``[KIND]`` or ``[KIND HASH]``.
"""

from __future__ import annotations

import dataclasses
import hmac
import ipaddress
import json
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    CANDIDATES,
    FIGURE_MEANINGS,
    RowKeys,
    read_time,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import keys_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER, folded
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME

MODES = ("keep", "remove", "hash")

# An address begins at the edge of a word, so that no text is searched from each of its characters.
_EDGE = r"[^\s<>()\[\]\",;:@]"
_ADDRESS = re.compile(
    rf"(?:(?<!{_EDGE})(?:(?!%40){_EDGE})+|\"[^\"\n]{{1,64}}\")(?:@|%40)(?:\[[^\]\s]{{1,64}}\]|{_EDGE}+)", re.IGNORECASE
)
# Of a path, each part is looked at by itself. Other slashes may be part of an address: of X.400, or of a principal.
_TOKEN = re.compile(r"[^\s<>()\[\]\",;:]+")
_SLASH = re.compile(r"([/\\])")
_WITH_ONE_SLASH = 3  # parts, the slash among them
_OF_X400 = re.compile(r"[/\\](?:[A-Za-z]{1,4}=|@)")
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
_REMOVED = re.compile(r"\[(?:address|ip|personal|subject)\]")
_NUMBERED_MARK = re.compile(rf"{_MARK.pattern}(?: \d+)?")

# Among the personal keys of a section, it stands for all text.
_ALL_TEXT = "*"
# In a summary, what was found of the keys of an answer; among that, keys that nobody attested.
_KNOWN_KEYS, _UNKNOWN = "known_keys", "unknown"
# Times are nobody's. Digits may be anything, and are seconds under the key of a time only.
_TIME = re.compile(
    r"\d{4}([-/.])\d\d\1\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?"
    r"|\d\d:\d\d(?::\d\d)?",
    re.ASCII,
)
_TIME_KEY = re.compile(r"time|date|stamp|expir|_at$|until|since", re.IGNORECASE)

Replace = Callable[[str, str], str]
"""Takes the kind of a piece of personal data, and the piece; returns what stands in its place."""


class PrivacyError(ValueError):
    """A mode that cannot be."""


@dataclass(frozen=True)
class Clean:
    """Makes copies without personal data; without ``replace``, nothing is changed.

    ``personal`` are the keys, folded, under which everything is personal: those that the user named, and those of a
    section, see :meth:`of`. ``subjects`` are those under which the logs of a state hold subjects, beside those that say
    so, and ``figures`` those of summaries that tell what is under a personal key, see :meth:`of_state`.

    The other fields are of one section. ``all_text`` tells whether all text of the answer is personal: of its keys,
    those of rows and of the answer itself are names of fields and stay. ``names_are_personal`` tells it of the names of
    the entries that the section is read for: of the outermost first, where these are read for entries themselves.
    """

    replace: Replace | None = None
    personal: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    all_text: bool = False
    names_are_personal: tuple[bool, ...] = ()

    def __call__(self, value: Any) -> Any:
        """A value as it is without personal data. Where it is a mapping, its keys are names of fields."""
        return value if self.replace is None else self._value(value, self.replace)

    def below(self, path: str, value: Any) -> Any:
        """A value below the fields of a section, where keys may be names of people."""
        if self.replace is None or not self.all_text:
            return self.value_at(path, value)
        return self._all(value, self.replace, are_fields=False, key=path.rpartition(".")[2])

    def of(self, section: Section | None) -> Clean:
        """What cleans the data of a section."""
        if section is None:
            return self
        names = tuple(self._has_personal_names(each) for each in _above(section))
        subjects = self.subjects if section.kind is Kind.LOG else frozenset()
        if not section.personal and not any(names) and subjects == self.subjects:
            return self
        return dataclasses.replace(
            self,
            personal=self.personal | frozenset(map(folded, section.personal)),
            subjects=subjects,
            all_text=_ALL_TEXT in section.personal,
            names_are_personal=names,
        )

    def of_state(self, state: Mapping[str, Any] | None) -> Clean:
        """What cleans the sections of a host, whose rows may have keys that the user named by their meaning."""
        sections = (state or {}).get("sections", {}).values()
        named = [keys_of(envelope) for envelope in sections if "row_keys" in envelope]
        if not named or self.replace is None:
            return self
        subjects = (key.rpartition(".")[2] for keys in named for key in keys.named.get("subject", ()))
        figures = frozenset().union(*(_personal_figures(self.personal, keys) for keys in named))
        return dataclasses.replace(
            self, subjects=self.subjects | frozenset(map(folded, subjects)), figures=self.figures | figures
        )

    def takes_all_text(self, section: str) -> bool:
        """Whether all text of a section is taken out."""
        return self.replace is not None and self.of(BY_NAME.get(section)).all_text

    def is_personal(self, key: str) -> bool:
        """Whether all that stands under a key is personal."""
        return bool(self.personal) and folded(key) in self.personal

    def sections(self, sections: Mapping[str, Any]) -> dict[str, Any]:
        """All sections of a host."""
        return {name: self.section(name, envelope) for name, envelope in sections.items()}

    def section(self, name: str, envelope: Mapping[str, Any]) -> Any:
        """One section of a host. Beside what the server sent and what is made of it, words are ours."""
        cleaned, summary = self._section(name, envelope), envelope.get("summary")
        if self.replace is None or not isinstance(summary, Mapping) or _KNOWN_KEYS not in summary:
            return cleaned
        told = self._checked_keys(summary[_KNOWN_KEYS], self.replace)
        return {**cleaned, "summary": {**cleaned["summary"], _KNOWN_KEYS: told}}

    def _section(self, name: str, envelope: Mapping[str, Any]) -> Any:
        section = BY_NAME.get(name)
        clean = self.of(section)
        is_named = self.personal or self.subjects
        if section is None or (clean is self and not is_named) or self.replace is None:
            return self(envelope)
        return clean._of_each(section, envelope) if section.each else clean._envelope(section, envelope)

    def _of_each(self, section: Section, envelope: Mapping[str, Any]) -> dict[str, Any]:
        each, data = ({**(envelope.get(key) or {})} for key in ("each", "data"))
        entries = {name: {**each.get(name, {}), "data": data.get(name)} for name in {**data, **each}}
        names = dict(zip(entries, self.names(entries), strict=True))
        cleaned = {name: self._envelope(section, entry, names) for name, entry in entries.items()}
        found = self._envelope(section, {**envelope, "data": None, "each": None}, names)
        if envelope.get("data"):
            found["data"] = {names[name]: cleaned[name]["data"] for name in data}
        if envelope.get("each"):
            found["each"] = {
                names[name]: {key: item for key, item in cleaned[name].items() if key in each[name]} for name in each
            }
        return {key: found[key] if found[key] is not None else item for key, item in envelope.items()}

    def _envelope(
        self, section: Section, envelope: Mapping[str, Any], names: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """``names`` are those of the entries, which the error may name, with what stands in their place."""
        ours = Clean(self.replace)
        has_fields = not section.has_rows or bool(envelope.get("rows_key"))
        cleaners: dict[str, Callable[[Any], Any]] = {
            "data": self if has_fields else partial(self.below, f"{section.name}.data"),
            "summary": self if self.all_text else self._summary,
            "error": lambda error: ours(_renamed(error, names or {})),
            "row_keys": lambda named: named,
        }
        return {key: cleaners.get(key, ours)(item) for key, item in envelope.items()}

    def _checked_keys(self, told: Any, replace: Replace) -> Any:
        """What was found of the keys of an answer. Those that nobody attested may be names of people."""
        if not isinstance(told, Mapping):
            return told
        return {key: self._value(item, replace, _PERSONAL) if key == _UNKNOWN else item for key, item in told.items()}

    def _summary(self, summary: Any) -> Any:
        """What is made of rows, in words of ours but for those of the server that it counts."""
        ours, replace = Clean(self.replace), self.replace
        if not isinstance(summary, dict) or replace is None:
            return ours(summary)
        return {
            name: self._all(item, replace, are_fields=False) if name in self.figures else ours(item)
            for name, item in summary.items()
        }

    def names(self, by_name: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept by the names of entries, with these names cleaned."""
        if self.replace is None:
            return {**by_name}
        replace = self.replace
        names = _distinct({name: self._name(name, replace) for name in sorted(by_name)})
        return {names[name]: item for name, item in by_name.items()}

    def told(self, text: str, sections: Mapping[str, Any]) -> str:
        """Words of ours about a host, such as a warning, without the names of entries that are personal."""
        for name, envelope in sections.items() if self.replace else ():
            names = envelope.get("each") or {}
            text = _rename(text, dict(zip(names, self.of(BY_NAME.get(name)).names(names), strict=True)))
        return text

    def at(self, path: str, value: Any) -> tuple[str, Any]:
        """A path and the value there, both without personal data."""
        return (path if self.replace is None else _clean_text(path, self.replace)), self.value_at(path, value)

    def value_at(self, path: str, value: Any) -> Any:
        """The value at a path: some personal data is known by the key it stands under only."""
        if self.replace is None or value is None or isinstance(value, bool):
            return value
        name, _dot, below = path.partition(".")
        part, *keys = below.split(".")
        if part == "summary" and keys[:1] == [_KNOWN_KEYS]:
            is_of_nas = keys[1:2] == [_UNKNOWN]
            return self._value(value, self.replace, _PERSONAL) if is_of_nas else self._checked_keys(value, self.replace)
        clean = self.of(BY_NAME.get(name))
        if part == "data" and any(map(clean.is_personal, keys)):
            return clean._value(value, self.replace, _PERSONAL)
        if clean.all_text and part in ("data", "summary"):
            return clean._all(value, self.replace, are_fields=True, key=keys[-1] if keys else "")
        if part == "summary" and keys[:1] and keys[0] in clean.figures:
            return clean._all(value, self.replace, are_fields=False)
        is_subject = _SUBJECT_KEY.search(path) or (part == "data" and not clean.subjects.isdisjoint(map(folded, keys)))
        whole = _SUBJECT if is_subject else ""
        part_of_text = dataclasses.replace(clean, all_text=False) if clean.all_text else clean
        return part_of_text._value(value, self.replace, whole)

    def _name(self, name: str, replace: Replace) -> str:
        """The name of an entry, which has parts where entries are read for entries."""
        parts = name.split("/", len(self.names_are_personal) - 1) if self.names_are_personal else [name]
        if len(parts) != len(self.names_are_personal):
            return _clean_key(name, replace, _PERSONAL if any(self.names_are_personal) else "")
        kinds = (_PERSONAL if is_personal else "" for is_personal in self.names_are_personal)
        return "/".join(_clean_key(part, replace, kind) for part, kind in zip(parts, kinds, strict=True))

    def _value(self, value: Any, replace: Replace, whole: str = "") -> Any:
        """``whole`` is the kind of personal data that all text is, empty where only parts of it may be."""
        if self.all_text and not whole:
            return self._all(value, replace, are_fields=True)
        if isinstance(value, str):
            return _clean_whole(value, replace, whole) if whole else _clean_text(value, replace)
        if isinstance(value, list):
            return [self._value(item, replace, whole) for item in value]
        if isinstance(value, dict):
            names = _keys(value, replace, whole if whole == _PERSONAL else "")
            return {names[key]: self._value(item, replace, whole or self._kind(key)) for key, item in value.items()}
        if whole == _PERSONAL and isinstance(value, (int, float)) and not isinstance(value, bool):
            return replace(whole, f"{value}")
        return value

    def _all(self, value: Any, replace: Replace, *, are_fields: bool, key: str = "") -> Any:
        """A value of which all text is personal. ``are_fields`` tells whether its keys are names of fields."""
        if isinstance(value, str):
            return value if _is_time(value, key) else _clean_whole(value, replace, _PERSONAL)
        if isinstance(value, list):
            return [self._all(item, replace, are_fields=True, key=key) for item in value]
        if isinstance(value, dict):
            names = _keys(value, replace, "" if are_fields else _PERSONAL)
            return {
                names[name]: self._value(item, replace, _PERSONAL)
                if self.is_personal(name)
                else self._all(item, replace, are_fields=False, key=name)
                for name, item in value.items()
            }
        return value

    def _kind(self, key: str) -> str:
        if self.is_personal(key):
            return _PERSONAL
        return _SUBJECT if _SUBJECT_KEY.search(key) or folded(key) in self.subjects else ""

    def _has_personal_names(self, section: Section) -> bool:
        """Whether the entries of a section are known by something personal."""
        personal = self.personal | frozenset(map(folded, section.personal))
        return _ALL_TEXT in section.personal or not personal.isdisjoint(map(folded, section.ids))


def _above(section: Section) -> list[Section]:
    """The sections for whose entries a section is read, the outermost first."""
    return [*_above(section.each.of), section.each.of] if section.each else []


def _personal_figures(personal: frozenset[str], keys: RowKeys) -> frozenset[str]:
    """The figures of summaries that may tell what rows have under a personal key."""
    return frozenset(
        name
        for name, meaning in FIGURE_MEANINGS.items()
        if not personal.isdisjoint(folded(key.rpartition(".")[2]) for key in keys.of(meaning))
    )


KEEP = Clean()


def cleaner(mode: str, key: str | None, personal_keys: Iterable[str] = ()) -> Clean:
    """What makes copies without personal data. ``personal_keys`` are names of keys under which all is personal.

    Raises PrivacyError.

    With ``hash`` the same piece always becomes the same text under the same ``key``, so that pieces can be told apart
    and followed, but not read.
    """
    if mode not in MODES:
        raise PrivacyError(f"mailplus_state_personal_data is one of {', '.join(MODES)}, not {mode!r}.")
    if mode == "hash" and not key:
        raise PrivacyError("mailplus_state_personal_data is hash, which needs mailplus_state_personal_data_key.")
    personal = frozenset(map(folded, personal_keys)) - {""}
    replace = {
        "keep": None,
        "remove": _remove,
        "hash": lambda kind, piece: f"[{kind} {_digest(f'{key}', piece)}]",
    }[mode]
    return Clean(replace, personal, figures=_personal_figures(personal, CANDIDATES))


def has_mark(text: str) -> bool:
    """Whether something personal was taken out of a text."""
    return "[" in text and _MARK.search(text) is not None


def tells(key: str) -> bool:
    """Whether a key is told from all others: it holds nothing personal, or the hash of it."""
    return not is_removed(key) and _REMOVE(key) == key


def without(path: str, value: Any, clean: Clean) -> Any:
    """The value at a path as it can be compared without anything personal, however it was cleaned before."""
    return _without_hashes(dataclasses.replace(clean, replace=_remove).value_at(path, value))


def same(path: str, one: str, other: str, clean: Clean) -> bool | None:
    """Whether two texts are the same where something personal may have been taken out of them.

    None where nobody can tell: what was removed may have been anything.
    """
    if not has_mark(one) and not has_mark(other):
        return one == other
    one, other = (clean.value_at(path, text) for text in (one, other))
    if one == other:
        return None if is_removed(one) else True
    if without(path, one, clean) != without(path, other, clean):
        return False
    return None if is_removed(one) or is_removed(other) or has_mark(one) != has_mark(other) else False


def is_removed(text: str) -> bool:
    """Whether something personal was taken out of a text, and no hash tells what."""
    return "[" in text and _REMOVED.search(text) is not None


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
    return hmac.digest(key.encode("utf-8", "replace"), written, "sha256").hex()[:_DIGITS]


def _keys(keys: Iterable[str], replace: Replace, whole: str) -> dict[str, str]:
    return _distinct({key: _clean_key(key, replace, whole) for key in sorted(keys)})


def _distinct(names: dict[str, str]) -> dict[str, str]:
    """What each key becomes. Two must not become one, or a value would be lost: further ones get a number.

    Keys that stay as they are come first, since one may look like a key with a number.
    """
    taken = {key for key, name in names.items() if key == name}
    counted: Counter[str] = Counter()
    for key, name in names.items():
        if key != name:
            names[key] = _free(name, taken, counted)
            taken.add(names[key])
    return names


def _free(name: str, taken: Container[str], counted: Counter[str]) -> str:
    """``name``, or the first one with a number that is not taken."""
    while True:
        counted[name] += 1
        numbered = name if counted[name] == 1 else f"{name} {counted[name]}"
        if numbered not in taken:
            return numbered


def _renamed(error: Any, names: Mapping[str, str]) -> Any:
    """An error, which may name the entry that could not be read."""
    if not isinstance(error, Mapping):
        return error
    return {key: _rename(item, names) if isinstance(item, str) else item for key, item in error.items()}


def _rename(text: str, names: Mapping[str, str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        if name != names[name] and name in text:
            text = names[name].join(re.split(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    return text


def _is_time(text: str, key: str) -> bool:
    if _TIME.fullmatch(text):
        return True
    return text.isdecimal() and _TIME_KEY.search(key) is not None and read_time(text) is not None


def _clean_key(key: str, replace: Replace, whole: str) -> str:
    if not whole:
        return _clean_text(key, replace)
    return key if _is_time(key, "") else _clean_whole(key, replace, whole)


def _clean_whole(text: str, replace: Replace, kind: str) -> str:
    return text if text in ("", MARKER) or _NUMBERED_MARK.fullmatch(text) else replace(kind, text)


def _clean_text(text: str, replace: Replace) -> str:
    if "@" in text or "%40" in text:
        if "/" in text or "\\" in text:
            text = _TOKEN.sub(lambda match: _clean_path(match[0], replace), text)
        text = _clean_addresses(text, replace)
    if ":" in text:
        text = _WITH_COLONS.sub(lambda match: _clean_groups(match[0], replace), text)
    return _WITH_DOTS.sub(lambda match: _clean_ip(match[0], replace), text)


def _clean_path(token: str, replace: Replace) -> str:
    """A path with the addresses among its parts replaced; what is no path stays."""
    parts = _SLASH.split(token)
    is_path = len(parts) > _WITH_ONE_SLASH or token[0] in "/\\.~" or _SLASH.search(token.rpartition("@")[2])
    if len(parts) < _WITH_ONE_SLASH or not is_path or _OF_X400.search(token):
        return token
    return "".join(_clean_addresses(part, replace) for part in parts)


def _clean_addresses(text: str, replace: Replace) -> str:
    return _ADDRESS.sub(lambda match: replace("address", match[0]), text)


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


def _remove(kind: str, _piece: str) -> str:
    return f"[{kind}]"


_REMOVE = Clean(_remove)
