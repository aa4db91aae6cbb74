# SPDX-License-Identifier: GPL-3.0-or-later
"""The last good state of a host, of its settings and entries: a failure of reading never replaces an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import lost_rows
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import OTHERS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME

Envelope = Mapping[str, Any]
Sections = Mapping[str, Envelope]

# What is configuration, and so can be compared.
_KEPT = (Kind.SETTINGS, Kind.ENTRIES)


def last_good(old: Sections, new: Sections, read_at: str | None) -> dict[str, Envelope]:
    """Of each section the last good state: of ``new``, which was read at ``read_at``, or of ``old``."""
    kept = {name: one for name, one in new.items() if name in BY_NAME and BY_NAME[name].kind in _KEPT}
    fresh = {name: {**one, "summary": None, "read_at": read_at} for name, one in kept.items()}
    known = [name for name in {**old, **fresh} if name in BY_NAME]
    return {name: _of_section(old.get(name), fresh.get(name), BY_NAME[name]) for name in known}


def _of_section(old: Envelope | None, new: Envelope | None, section: Section) -> Envelope:
    if old is None or new is None:
        return new or old or {}
    if section.each and old.get("each") and new.get("each"):
        return _of_entries(old, new, section)
    return _better(old, new, section)


def _better(old: Envelope, new: Envelope, section: Section) -> Envelope:
    """The new state where it is whole, or the old one is not either; of what a server has no more, the last answer."""
    if new["status"] == "unsupported":
        return {**old, "status": "unsupported"}
    is_whole = _is_whole(new, section) or (new["status"] == "ok" and not _is_whole(old, section))
    return new if is_whole else old


def _is_whole(envelope: Envelope, section: Section) -> bool:
    if envelope["status"] != "ok":
        return False
    return not section.has_rows or (envelope.get("truncated") is False and not lost_rows(envelope))


def _of_entries(old: Envelope, new: Envelope, section: Section) -> Envelope:
    """Of a section that is read for every entry of another one, that of each. It is as good as its best entry."""
    olds, news = _by_entry(old), _by_entry(new)
    left_out = {} if OTHERS in news else olds.keys() - news.keys()
    found = {name: one for name, one in olds.items() if name not in left_out and name != OTHERS}
    for name, one in news.items():
        if name != OTHERS:
            found[name] = _better(found[name], one, section) if name in found else one
    return {
        **new,
        "status": "ok" if any(one["status"] == "ok" for one in found.values()) else new["status"],
        "each": {name: {key: item for key, item in one.items() if key != "data"} for name, one in found.items()},
        "data": {name: one["data"] for name, one in found.items()},
    }


def _by_entry(envelope: Envelope) -> dict[str, Envelope]:
    data = envelope["data"] or {}
    return {name: {**one, "data": data.get(name)} for name, one in envelope["each"].items()}
