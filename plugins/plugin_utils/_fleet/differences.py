# SPDX-License-Identifier: GPL-3.0-or-later
"""Where two states of a host differ, by path. The kind of a section says how it is compared; what its keys mean is not
known.

Settings are compared key by key, entries by what they are known by, and logs and statuses never.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import lost_rows, rows_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import OTHERS, entry_name
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import (
    MARKER,
    TooDeepError,
    hide_secrets,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import privacy

Sections = Mapping[str, Mapping[str, Any]]
Keys = Mapping[str, Any]

_COMPARED = (Kind.SETTINGS, Kind.ENTRIES)

_NO_SECTION = "The baseline does not have this section."
_NOT_GATHERED = "This section was not gathered."
_NOT_KNOWN = "This release does not know the section."
_PERSONAL = "Personal data was removed here, so that a change cannot be seen."
_NOT_ALL = "Not all entries were read, so that some may have been added or removed."
_MAYBE_NOT_ALL = "It is not known whether these are all entries, so that some may have been added or removed."
_NO_ROWS = "The answer does not show which of its keys holds the entries."
_NOT_KEPT = "The entries were not kept; mailplus_state_rows says whether they are."
_ALIKE = "The entries cannot be told apart."
_ONE_SIDE = "One side alone has this entry."
_TOO_DEEP = "The section is nested too deep to be compared."
_HIDDEN = "A secret is hidden here, so that a change cannot be seen."

# A secret is hidden only where there is one.
_NO_SECRET: tuple[Any, ...] = ("", None, True, False, [], {})

_in_order = json.JSONEncoder(sort_keys=True).encode

# What a list says beside its rows that is no configuration.
_OF_PAGES = ("total", "offset", "limit")


@dataclass(frozen=True)
class Found:
    """A path that differs, or with a ``reason`` one that was not compared."""

    path: str
    kind: str = "not_compared"
    old: Any = None
    new: Any = None
    reason: str = ""
    is_entry: bool = False
    """Whether it is an entry for which sections are read, which several of them show."""


def differ(before: Sections, now: Sections, clean: privacy.Clean) -> Iterator[Found]:
    """Of each section its status, and what the server sent; the rest is made from that, or is ours."""
    entries: set[str] = set()  # several sections show the same ones
    for name in sorted({*before, *now}):
        for found in _of_section(name, before, now, clean):
            if not found.is_entry or found.path not in entries:
                yield found
            if found.is_entry:
                entries.add(found.path)


def _of_section(name: str, before: Sections, now: Sections, clean: privacy.Clean) -> Iterator[Found]:
    section = BY_NAME.get(name)
    if section is None:
        yield Found(name, reason=_NOT_KNOWN)
        return
    if section.kind not in _COMPARED:
        return
    is_listed = section.each is not None and section.each.of.name in {*before} & {*now}
    try:
        old, new = _without_secrets(section, before.get(name), now.get(name))
    except TooDeepError:
        yield Found(name, reason=_TOO_DEEP)
    else:
        yield from _differ(section, old, new, clean.of(section), is_listed=is_listed)


def _without_secrets(section: Section, old: Keys | None, new: Keys | None) -> tuple[Keys | None, Keys | None]:
    """Both sides, the baseline without secrets where those of the host are hidden: no report holds such a value."""
    if old and new and hide_secrets(new["data"], secret=section.secret) == new["data"]:
        old = {**old, "data": hide_secrets(old["data"], secret=section.secret)}
    return old, new


def is_any_compared(before: Sections, now: Sections) -> bool:
    """Whether there is a section that both sides have, and that is compared."""
    return any(
        BY_NAME[name].kind in _COMPARED and _unreadable(before[name], now[name]) is None
        for name in {*before} & {*now} & {*BY_NAME}
    )


def _differ(
    section: Section, old: Keys | None, new: Keys | None, clean: privacy.Clean, *, is_listed: bool
) -> Iterator[Found]:
    """``is_listed`` tells of a section that is read for every entry of another one whether both sides have that."""
    reason = _unreadable(old, new)
    if old is None or new is None:
        yield Found(section.name, reason=str(reason))
        return
    path = f"{section.name}.data"
    if section.each:
        yield from _each(section, old, new, path, clean, is_listed=is_listed)
    elif _is_read(old) and _is_read(new):
        yield from _data(section, old, new, path, clean)
    yield from _values(old["status"], new["status"], f"{section.name}.status", clean)  # a word of ours
    if reason:
        yield Found(path, reason=reason)


def _unreadable(old: Keys | None, new: Keys | None) -> str | None:
    """Why a section cannot be compared. One that a server does not have is known to hold nothing."""
    if old is None:
        return _NO_SECTION
    if new is None:
        return _NOT_GATHERED
    unread = [
        f"{side['status']} {where}"
        for side, where in ((old, "in the baseline"), (new, "on the host"))
        if not _is_read(side) and side["status"] != "unsupported"
    ]
    return f"The section is {' and '.join(unread)}." if unread else None


def _is_read(envelope: Keys) -> bool:
    """Whether there is an answer, be it in part. One that holds nothing is an answer too."""
    return envelope["status"] == "ok" or envelope["data"] is not None


def _each(
    section: Section, old: Keys, new: Keys, path: str, clean: privacy.Clean, *, is_listed: bool
) -> Iterator[Found]:
    """A section that is read for every entry of another one, by entry.

    Which entries there are is told by that one where it was gathered (``is_listed``), or else here.
    """
    before, now = (_of_entries(side) for side in (old, new))
    if any(map(privacy.has_mark, {*before, *now})):
        before, now = clean.names(before), clean.names(now)
        if not _can_meet(before, now):
            yield Found(path, reason=_PERSONAL)
            return
    is_whole = OTHERS not in {*before, *now}
    shown = clean.names(dict.fromkeys(sorted({*before, *now})))
    for name, shown_name in zip(sorted({*before, *now}), shown, strict=True):
        below = f"{path}.{shown_name}"
        if name not in before or name not in now:
            can_tell = is_whole and not is_listed
            yield _entry(section, shown_name, is_there=name in now) if can_tell else Found(below, reason=_ONE_SIDE)
            continue
        reason = _unreadable(before[name], now[name])
        if reason:
            yield Found(below, reason=reason)
        elif _is_read(before[name]) and _is_read(now[name]):
            yield from _data(section, before[name], now[name], below, clean)


def _entry(section: Section, name: str, *, is_there: bool) -> Found:
    """An entry that came, or went."""
    path = f"{section.each.of.name if section.each else section.name}.data.{name}"
    kind, old, new = ("added", None, name) if is_there else ("removed", name, None)
    return Found(path, kind, old, new, is_entry=True)


def _of_entries(envelope: Keys) -> dict[str, Keys]:
    """The envelope of each entry, with its data."""
    data = envelope["data"] or {}
    return {name: {**each, "data": data.get(name)} for name, each in envelope.get("each", {}).items()}


def _data(section: Section, old: Keys, new: Keys, path: str, clean: privacy.Clean) -> Iterator[Found]:
    if section.kind is Kind.ENTRIES and _may_hold_rows(old) and _may_hold_rows(new):
        yield from _entries(section, old, new, path, clean)
    elif not _are_alike(old["data"], new["data"], clean):
        yield from _differences(old["data"], new["data"], path, clean)


def _may_hold_rows(envelope: Keys) -> bool:
    return isinstance(envelope["data"], (list, Mapping)) or envelope.get("data_type") == "list"


def _entries(section: Section, old: Keys, new: Keys, path: str, clean: privacy.Clean) -> Iterator[Found]:
    """Entries by what they are known by, wherever they stand, and what the answer holds beside them."""
    has_fields = not clean.all_text or all(side.get("rows_key") for side in (old, new))
    compare = _differences if has_fields else _personal
    yield from compare(_beside_rows(section, old), _beside_rows(section, new), path, clean)
    key = new.get("rows_key") or old.get("rows_key") or section.rows_key
    place = f"{path}.{key}" if key else path
    if lost_rows(old) or lost_rows(new):
        yield Found(place, reason=_NOT_KEPT)
        return
    rows = [_rows(section, side) for side in (old, new)]
    before, now, reason = _by_name(section, rows, clean)
    if reason:
        yield Found(place, reason=reason)
        return
    are_all_there = old.get("truncated") is False and new.get("truncated") is False
    if not are_all_there:
        yield Found(place, reason=_NOT_ALL if True in (old.get("truncated"), new.get("truncated")) else _MAYBE_NOT_ALL)
    for name in sorted({*before, *now}):
        if name in before and name in now and _are_alike(before[name], now[name], clean):
            continue
        below = f"{place}.{_shown(section, name, clean, now.get(name, before.get(name)))}"
        if name in before and name in now:
            yield from _differences(before[name], now[name], below, clean)
        elif are_all_there:
            yield from _on_one_side(name, before, now, below)


def _rows_key(section: Section, envelope: Keys) -> str:
    return str(envelope.get("rows_key") or section.rows_key)


def _beside_rows(section: Section, envelope: Keys) -> Keys:
    """What an answer holds beside its rows: nothing where it is a list."""
    left_out = (*_OF_PAGES, _rows_key(section, envelope))
    data = envelope["data"] if isinstance(envelope["data"], Mapping) else {}
    return {key: value for key, value in data.items() if key not in left_out}


def _rows(section: Section, envelope: Keys) -> Sequence[Any] | None:
    return rows_of({**envelope, "rows_key": _rows_key(section, envelope)})


def _by_name(section: Section, sides: Sequence[Sequence[Any] | None], clean: privacy.Clean) -> tuple[Keys, Keys, str]:
    """The entries of both sides by what they are known by, or why that does not tell them apart.

    Where names of a baseline were cleaned, all are cleaned as the run cleans its files, so that hashes are found again.
    """
    reason = _NO_ROWS if None in sides else _ALIKE
    for key in section.ids if None not in sides else ():
        names = [[_name_of(row, key) for row in side or ()] for side in sides]
        if any(privacy.has_mark(name) for side in names for name in side if name):
            reason = _PERSONAL
            names = [
                [name and _shown(section, name, clean, row) for name, row in zip(side, found or (), strict=True)]
                for side, found in zip(names, sides, strict=True)
            ]
            if not _can_meet(*([name for name in side if name] for side in names)):
                continue
        if all(None not in side and len(set(side)) == len(side) for side in names):
            before, now = (
                dict(zip(map(str, name), side or (), strict=True)) for name, side in zip(names, sides, strict=True)
            )
            return before, now, ""
    return {}, {}, reason


def _can_meet(old: Iterable[str], new: Iterable[str]) -> bool:
    """Whether names of both sides can be found again on the other one: none was removed, and hashes are of one key."""
    if not all(map(privacy.tells, {*old, *new})):
        return False
    hashed, others = ({name for name in side if privacy.has_mark(name)} for side in (old, new))
    return not any(old) or not any(new) or bool(hashed & others)


def _shown(section: Section, name: str, clean: privacy.Clean, row: Keys) -> str:
    """The name of an entry without personal data. Where all text is personal, a number is not."""
    key = next((key for key in section.ids if _name_of(row, key) == name), "")
    if clean.all_text and not isinstance(row.get(key), str) and key and not clean.is_personal(key):
        return name
    shown: str = clean.value_at(".".join([section.name, "data", *section.ids]), name)
    return shown


def _name_of(row: Any, key: str) -> str | None:
    return entry_name(row, (key,)) if isinstance(row, Mapping) else None


def _on_one_side(key: str, old: Keys, new: Keys, path: str) -> Iterator[Found]:
    if key not in new:
        yield Found(path, "removed", old[key], None)
    elif key not in old:
        yield Found(path, "added", None, new[key])


def _are_alike(old: Any, new: Any, clean: privacy.Clean) -> bool:
    """Whether a baseline and a host are known to be the same here, which they mostly are: no path needs a look then."""
    text = _in_order(old)
    if MARKER in text or privacy.is_removed(text):
        return False
    return text == _in_order(new) or (privacy.has_mark(text) and text == _in_order(clean(new)))


def _differences(old: Any, new: Any, path: str, clean: privacy.Clean) -> Iterator[Found]:
    """Every path that differs, in the order of paths. Lists of one length are compared by position, others whole."""
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        old, new = ({str(number): item for number, item in enumerate(items)} for items in (old, new))
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        compare = _personal if clean.all_text else _values
        yield from compare(old, new, path, clean)
        return
    old, new, hidden = _paired(old, new, path, clean)
    yield from hidden
    for key in sorted({*old, *new}):
        below = f"{path}.{key}" if path else key
        if key in old and key in new:
            compare = _personal if clean.all_text or clean.is_personal(key) else _differences
            yield from compare(old[key], new[key], below, clean)
        else:
            for found in _on_one_side(key, old, new, below):
                yield replace(found, old=clean.below(below, found.old), new=clean.below(below, found.new))


def _personal(old: Any, new: Any, path: str, clean: privacy.Clean) -> Iterator[Found]:
    """Values of which all is personal, as a whole: what is below has no name that could be shown."""
    if MARKER in (old, new):
        yield from _values(old, new, path, clean)
        return
    texts = [_in_order(side) for side in (old, new)]
    alike: bool | None = texts[0] == texts[1]
    if not alike or privacy.has_mark(texts[0]):
        has_marks = any(map(privacy.has_mark, texts))
        old, new = (clean.below(path, side) for side in (old, new))
        if has_marks:
            texts = [_in_order(side) for side in (old, new)]
            can_tell = not any(map(privacy.is_removed, texts)) and all(map(privacy.has_mark, texts))
            alike = texts[0] == texts[1] if can_tell else None
    if alike and f'"{MARKER}"' in texts[0]:
        yield Found(path, reason=_HIDDEN)
    yield from _told(alike, old, new, path)


def _values(old: Any, new: Any, path: str, clean: privacy.Clean) -> Iterator[Found]:
    if MARKER in (old, new) and not any(side in _NO_SECRET for side in (old, new)):
        yield Found(path, reason=_HIDDEN)
        return
    if not isinstance(old, str) or not isinstance(new, str):
        alike: bool | None = type(old) is type(new) and bool(old == new)
    else:
        alike = privacy.same(path, old, new, clean)
    yield from _told(alike, old, new, path)


def _told(alike: bool | None, old: Any, new: Any, path: str) -> Iterator[Found]:
    """What there is to say of two values. None stands for personal data, of which nobody can tell."""
    if alike is None:
        yield Found(path, reason=_PERSONAL)
    elif not alike:
        yield Found(path, "changed", old, new)


def _paired(old: Keys, new: Keys, path: str, clean: privacy.Clean) -> tuple[Keys, Keys, list[Found]]:
    """Both mappings with the keys that can be told from each other, and what there is to say of the others.

    Entries under keys whose personal data was removed can only be compared all together.
    """
    if not privacy.has_mark("\n".join({*old, *new})):
        return old, new, []
    old, new = (dict(zip(clean(dict.fromkeys(side)), side.values(), strict=True)) for side in (old, new))
    if all(map(privacy.tells, {*old, *new})):
        return old, new, []
    (old, lost_old), (new, lost_new) = map(_split, (old, new))
    place = f"{path}.[personal]"
    if privacy.without(place, lost_old, clean) == privacy.without(place, lost_new, clean):
        return old, new, [Found(place, reason=_PERSONAL)]
    return old, new, [Found(place, "changed", lost_old, lost_new)]


def _split(entries: Keys) -> tuple[Keys, Keys]:
    """The entries whose keys have nothing personal, and the others."""
    others = {key: value for key, value in entries.items() if privacy.has_mark(key) or not privacy.tells(key)}
    return {key: value for key, value in entries.items() if key not in others}, others
