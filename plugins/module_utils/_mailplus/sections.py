# SPDX-License-Identifier: GPL-3.0-or-later
"""All sections: by name, by group, and what may be sent to read them."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section

ALL = "all"

CATALOGUE: tuple[Section, ...] = tuple(section for area in AREAS for section in area.sections)

BY_NAME = {section.name: section for section in CATALOGUE}

# Nothing else can be sent.
READ_ALLOWLIST = frozenset((read.api, read.method) for section in CATALOGUE for read in section.reads)

# What may do work on a NAS is read by its name alone.
_ORDINARY = tuple(section for section in CATALOGUE if section.kind is not Kind.CHECK)
_KINDS_THAT_ARE_GROUPS = (Kind.SETTINGS, Kind.STATUS)


class SubsetError(ValueError):
    """A subset that names nothing known, or nothing at all."""


def groups() -> dict[str, list[str]]:
    """Section names by group, a kind or an area. A section alone in its group needs no group."""
    found = {kind.value: [each.name for each in _ORDINARY if each.kind is kind] for kind in _KINDS_THAT_ARE_GROUPS}
    for area in AREAS:
        found[area.group or area.name] = [each.name for each in area.sections if each in _ORDINARY]
    return {name: members for name, members in found.items() if len(members) > 1}


def select(subset: Sequence[str]) -> list[Section]:
    """The sections that ``subset`` names: sections, groups, ``all``, and ``!name`` for all but that.

    Raises SubsetError with the valid names.
    """
    ordinary = [section.name for section in _ORDINARY]
    members = {ALL: ordinary, **groups(), **{name: [name] for name in BY_NAME}}
    unknown = [name for name in subset if name.removeprefix("!") not in members]
    if unknown:
        raise SubsetError(f"unknown subset {', '.join(map(repr, unknown))}; valid are {', '.join(members)}, and !name")
    wanted = {name for item in subset if not item.startswith("!") for name in members[item]}
    excluded = {name for item in subset if item.startswith("!") for name in members[item.removeprefix("!")]}
    if subset and all(item.startswith("!") for item in subset):
        wanted = set(ordinary)
    chosen = [section for section in CATALOGUE if section.name in wanted - excluded]
    if not chosen:
        raise SubsetError(f"subset {list(subset)} selects nothing; valid are {', '.join(members)}, and !name")
    return chosen
