# SPDX-License-Identifier: GPL-3.0-or-later
"""All sections: by name and by group."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section

ALL = "all"

CATALOGUE: tuple[Section, ...] = tuple(section for area in AREAS for section in area.sections)

TABLES = tuple(table for area in AREAS for table in area.tables)

BY_NAME = {section.name: section for section in CATALOGUE}

# Is it running, licensed and current, and how long is the queue?
_MIN = {
    "server_list",
    "packages",
    "license_limit",
    "license_usage",
    "antispam_update",
    "mcafee",
    "bitdefender",
    "queue",
}

# What is read where nothing is named: what an administrator wants to know, and a small NAS bears in office hours.
DEFAULT = ("min", "settings", "admin_log", "transaction_log")

_ORDINARY = tuple(
    section
    for area in AREAS
    for section in area.sections
    # What may do work on a NAS, and what is not MailPlus Server's, is read by its name alone.
    if section.kind is not Kind.CHECK and not area.by_name_only
)
_KINDS_THAT_ARE_GROUPS = (Kind.SETTINGS, Kind.STATUS, Kind.ENTRIES)


class SubsetError(ValueError):
    """A subset that names nothing known, or nothing at all."""


def groups() -> dict[str, list[str]]:
    """Section names by group: ``min``, a kind or an area. A group may have the name of one of its sections."""
    found = {"min": [each.name for each in _ORDINARY if each.name in _MIN]}
    found |= {kind.value: [each.name for each in _ORDINARY if each.kind is kind] for kind in _KINDS_THAT_ARE_GROUPS}
    for area in AREAS:
        if area.group:
            found[area.group] = [each.name for each in area.sections if each.kind is not Kind.CHECK]
    return found


# Made here and not in each worker: there, a row or a name that is looked at is a page of memory to copy.
_MEMBERS = {ALL: [each.name for each in _ORDINARY], **{name: [name] for name in BY_NAME}, **groups()}
_PLACES = {name: place for place, name in enumerate(BY_NAME)}


def select(subset: Sequence[str]) -> list[Section]:
    """The sections that ``subset`` names: groups, sections, ``all``, and ``!name`` for all but that.

    Raises SubsetError.
    """
    unknown = [name for name in subset if name.removeprefix("!") not in _MEMBERS]
    if unknown:
        raise SubsetError(f"unknown subset {', '.join(map(repr, unknown))}; {_valid(unknown)}")
    wanted = {name for item in subset if not item.startswith("!") for name in _MEMBERS[item]}
    excluded = {name for item in subset if item.startswith("!") for name in _MEMBERS[item.removeprefix("!")]}
    if subset and all(item.startswith("!") for item in subset):
        wanted = {*_MEMBERS[ALL]}
    chosen = wanted - excluded
    if not chosen:
        raise SubsetError(f"subset {list(subset)} selects nothing; {_valid([])}")
    return [BY_NAME[name] for name in sorted(chosen, key=_PLACES.__getitem__)]


def _valid(unknown: Sequence[str]) -> str:
    """What can be named, those that are alike first."""
    alike = {name: None for wrong in unknown for name in get_close_matches(wrong.removeprefix("!"), list(_MEMBERS))}
    meant = f"did you mean {', '.join(alike)}? " if alike else ""
    return f"{meant}Groups are {', '.join([ALL, *groups()])}; ansible-doc mailfleet.mailplus.mailplus_facts names all."
