# SPDX-License-Identifier: GPL-3.0-or-later
"""A recording beside the keys that are known: which of them it has, which it lacks, and which are new."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.found_keys import (
    MOST_NAMED,
    Keys,
    KeysFound,
    together,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Recording

Pair = tuple[str, str]


@dataclass(frozen=True)
class Comparison:
    """What was found, by API and method and then by version."""

    found: Mapping[Pair, Mapping[int, KeysFound]]

    def line(self) -> str:
        """What it comes to, in a line. A key of several versions of a method counts once."""
        every = [together(versions.values()) for versions in self.found.values()]
        seen = sum(len(each.seen) for each in every)
        missing = sum(len(each.missing) for each in every)
        new = sum(len(each.new) for each in every)
        more = "more than " if any(each.is_cut for each in every) else ""
        return f"{seen} known {'key' if seen == 1 else 'keys'} seen, {missing} missing, {more}{new} new"

    def lines(self) -> Iterator[str]:
        """A line for each answer that has new keys or lacks known ones."""
        for (api, method), versions in self.found.items():
            for version, found in versions.items():
                named = {"new": found.new, "missing": found.missing}
                parts = [f"{word} {_listed(keys)}" for word, keys in named.items() if keys]
                if parts:
                    yield f"{_printable(api)} {_printable(method)} v{version}: {'; '.join(parts)}"


def compare(recording: Recording) -> Comparison:
    """All answers of a recording that have data."""
    found: dict[Pair, dict[int, Keys]] = {}
    for answer in recording["answers"]:
        if answer.get("success") and "data" in answer:
            api, method, version = answer["api"], answer["method"], answer["version"]
            found.setdefault((api, method), {}).setdefault(version, Keys(api, method, version)).add(answer["data"])
    return Comparison(
        {pair: {version: keys.found() for version, keys in sorted(found[pair].items())} for pair in sorted(found)}
    )


def _listed(keys: Sequence[str]) -> str:
    left = len(keys) - MOST_NAMED
    return ", ".join(keys[:MOST_NAMED]) + (f" and {left} more" if left > 0 else "")


def _printable(name: str) -> str:
    """A name as it can be printed: the file may be somebody else's."""
    return name if name.isascii() and name.isprintable() else json.dumps(name)
