# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys of a section are known and by what evidence, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.known_keys import KnownKey, known_keys

Quote = Callable[[str], str]


def keys_of(section: Section) -> list[KnownKey]:
    """The known keys of what a section asks for, each once."""
    pairs = dict.fromkeys((read.api, read.method) for read in section.reads)
    return [key for pair in pairs for key in known_keys(*pair)]


def by_evidence(section: Section) -> Iterator[tuple[str, list[KnownKey]]]:
    """Each evidence in words, with the keys that rest on it."""
    found: dict[str, list[KnownKey]] = {}
    for key in keys_of(section):
        found.setdefault("; ".join(_evidence(key)), []).append(key)
    yield from found.items()


def by_place(keys: Sequence[KnownKey], quote: Quote) -> Iterator[tuple[str, list[str]]]:
    """Each mapping that has some of the keys, by its path, with these in words. The path of an answer is empty."""
    found: dict[str, list[str]] = {}
    for key in keys:
        if key.path == key.group[0]:
            above = key.path.rpartition(".")[0]
            found.setdefault(above, []).append(_named(key, quote))
    yield from found.items()


def in_words(keys: Sequence[KnownKey], quote: Quote) -> str:
    """Keys, those of the answer first and then what each mapping below it has."""
    return "; ".join(
        (f"in {quote(above)} " if above else "") + _listed(names) for above, names in by_place(keys, quote)
    )


def _named(key: KnownKey, quote: Quote) -> str:
    names = " or ".join(quote(path.rpartition(".")[2]) for path in key.group)
    return f"{names} (not always)" if key.sometimes else names


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _evidence(key: KnownKey) -> Iterator[str]:
    for evidence in key.evidence:
        versions = sorted({version for each, at in key.attested if each == evidence for version in at})
        if not versions:
            yield evidence
        else:
            plural = "s" if len(versions) > 1 else ""
            yield f"{evidence}, version{plural} {_listed([f'{version}' for version in versions])}"
