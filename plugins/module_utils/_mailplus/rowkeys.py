# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of rows that a user names: for all logs and queues, and for single ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from difflib import get_close_matches
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import ROW_MEANINGS, RowKeys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME

Keys = Mapping[str, tuple[str, ...]]
"""Names of keys by meaning."""

# Nothing is made of what the rows of configuration mean.
_LOGS = tuple(name for name, section in BY_NAME.items() if section.kind is Kind.LOG)


class RowKeysError(ValueError):
    """What was named is no meaning, no log or no key."""


@dataclass(frozen=True)
class NamedKeys:
    """What the user named: keys of all logs and queues, and those of single ones, which come before them."""

    of_all: Keys = field(default_factory=dict)
    of_sections: Mapping[str, Keys] = field(default_factory=dict)

    def of(self, section: str, zone: tzinfo | None = None) -> RowKeys:
        """The keys of the rows of a section. Times without a zone are those of ``zone``."""
        own = self.of_sections.get(section, {})
        named = {meaning: (*own.get(meaning, ()), *self.of_all.get(meaning, ())) for meaning in ROW_MEANINGS}
        return RowKeys({meaning: keys for meaning, keys in named.items() if keys}, zone)


def named_keys(given: Mapping[Any, Any]) -> NamedKeys:
    """What ``{meaning: key or keys, section: {meaning: key or keys}}`` names. Raises RowKeysError."""
    _require_known(given, (*ROW_MEANINGS, *_LOGS), "row_keys")
    of_sections = {name: item for name, item in given.items() if isinstance(item, Mapping) and name in _LOGS}
    of_all = {name: item for name, item in given.items() if name not in of_sections}
    _require_known(of_all, ROW_MEANINGS, "row_keys")
    for name, item in of_sections.items():
        _require_known(item, ROW_MEANINGS, f"row_keys: {name}")
    return NamedKeys(_keys(of_all), {_plain(name): _keys(item) for name, item in of_sections.items()})


def keys_of(envelope: Mapping[str, Any], zone: tzinfo | None = None) -> RowKeys:
    """The keys that the rows of an envelope were read by. It may come from a file that anybody may have written."""
    named = envelope.get("row_keys")
    items = named.items() if isinstance(named, Mapping) else ()
    return RowKeys(
        {meaning: keys for meaning, keys in items if isinstance(keys, list) and all(isinstance(k, str) for k in keys)},
        zone,
    )


def _require_known(given: Iterable[Any], known: tuple[str, ...], where: str) -> None:
    unknown = [f"{name}" for name in given if name not in known]
    if unknown:
        alike = dict.fromkeys(name for wrong in unknown for name in get_close_matches(wrong, known))
        meant = f"Did you mean {', '.join(alike)}? " if alike else ""
        sections = ", and the names of logs and queues" if len(known) > len(ROW_MEANINGS) else ""
        raise RowKeysError(
            f"{where}: unknown {', '.join(map(repr, unknown))}. {meant}Known are {', '.join(ROW_MEANINGS)}{sections}."
        )


def _keys(given: Mapping[Any, Any]) -> Keys:
    return {_plain(meaning): _names(meaning, item) for meaning, item in given.items()}


def _names(meaning: str, item: Any) -> tuple[str, ...]:
    """The names of keys, in plain text: what comes from a playbook may carry tags, and ends up in results."""
    names = item if isinstance(item, list) else [item]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise RowKeysError(f"row_keys: {meaning} takes the name of a key, or a list of them, not {item!r}.")
    return tuple(map(_plain, names))


def _plain(text: str) -> str:
    return str.__str__(text)
