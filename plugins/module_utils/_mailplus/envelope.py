# SPDX-License-Identifier: GPL-3.0-or-later
"""The one shape in which every section comes back.

The text under each key is its documentation: what modules and schemas say of it is made from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypedDict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import Count, Moment, Summary

DATA_TYPES = ("list", "number", "text", "boolean", "nothing")
STATUSES = ("ok", "unsupported", "forbidden", "failed")
_ERROR_KINDS = tuple(kind.value for kind in Kind)


class OfNewerErrors(TypedDict, total=False):
    """What errors have that were written by 0.2.0 and later."""

    kind: Annotated[str, _ERROR_KINDS]
    """What the error means: V(local) (the NAS was not asked, or not long enough), V(connection), V(login),
    V(unsupported), V(forbidden), V(expired) or V(failed)."""


class Error(OfNewerErrors):
    """What went wrong, and what to do about it."""

    api: str | None
    """The API that was asked. Null where no answer came."""
    method: str | None
    """The method that was asked. Null where no answer came."""
    version: Count | None
    """The version that was asked last. Null where no answer came."""
    code: int | None
    """DSM's error code. Null where DSM sent none."""
    name: str
    """A stable name of the error for programs."""
    message: str
    """What happened."""
    hint: str
    """What to do about it."""


class Always(TypedDict):
    """What every section has, whatever became of it."""

    status: Annotated[str, STATUSES]
    """V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or V(failed)."""
    data: Any
    """What the server sent, key for key: a mapping, or else C(data_type) tells. Null unless C(status) is V(ok)."""
    summary: Summary | None
    """What is made of the data. A value in it that nobody can know is null. Null as a whole unless C(status) is V(ok),
    and for a list whose rows were not found."""
    error: Error | None
    """Why the section was not read. Null where C(status) is V(ok)."""


class OfOtherTypes(TypedDict, total=False):
    """What a section has beside that whose answer is no mapping."""

    data_type: Annotated[str, DATA_TYPES]
    """What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the answer has none."""


class Filtered(TypedDict):
    """What a filter left."""

    read: Count
    """How many rows were read."""
    kept: Count
    """How many were kept."""
    unjudged: Count
    """How many could not be judged, since they do not show what the filter needs. They were left out, or kept where
    O(unjudged=keep)."""
    ended_early: bool
    """Whether reading ended before the end of the list: a page was older than O(since), and all rows before came newest
    first. Then C(truncated) is true for rows that are older still. A row behind that page that is newer after all, such
    as one that was logged late, is missing, and nothing else tells. Leave out O(since) where none may be."""


class File(TypedDict):
    """Where rows are, instead of in the data."""

    path: str
    """The file."""
    rows: Count
    """How many rows it holds."""


class OfLists(TypedDict, total=False):
    """What lists have beside that: always, but for the last three, which come with a filter, with a file, and with keys
    that the user named."""

    total: Count | None
    """How many rows the server had when reading began, as it said. Null where it does not tell, or where its answers
    contradict that."""
    returned: Count | None
    """How many rows were kept. Null where the answer does not show which of its keys holds the rows."""
    truncated: bool | None
    """Whether the server has rows behind the returned ones. Null where that cannot be known. Where the list changed
    while it was read, a warning tells the numbers."""
    rows_key: str | None
    """The key of the rows in the data. Null where the answer does not show it."""
    filtered: Filtered
    """What the filter left."""
    file: File
    """Where the rows are, instead of in the data."""
    row_keys: dict[str, list[str]]
    """The keys of rows that the user named, by their meaning."""


class OfEach(TypedDict, total=False):
    """What a section has that is read for every entry of another one. Its data holds what the server sent by entry.

    It is ok where every entry is. Else its status and its error are those of the first entry that is not.
    """

    each: dict[str, dict[str, Any]]
    """By entry the envelope of its own, without the data. That is by entry too, and null where nothing was read."""


class Envelope(Always, OfOtherTypes, OfLists, OfEach):
    """A section. The keys that come from the last three are there where it, or its answer, is of that kind."""


class OfNewerServers(TypedDict, total=False):
    """What is known of servers that were asked by 0.2.0 and later."""

    time_zone: str | None
    """The time zone in which times without one are read: that of the option C(time_zone), or the one that the NAS told
    because it was asked for C(time). Null where it is not known."""


class Server(OfNewerServers):
    """Which server was asked."""

    host: str
    """The name or address it was asked at."""
    port: Annotated[int, range(1, 65536)]
    """The port it was asked at."""
    https: bool
    """Whether it was asked over HTTPS."""
    auth_version: Count | None
    """The version of SYNO.API.Auth that the login used, V(7) on DSM 7 and V(6) on DSM 6. Null where that is not
    known."""


class Facts(TypedDict):
    """The state of one MailPlus Server."""

    schema_version: Literal[1]
    """The version of this shape. It is raised when a key is renamed, removed or means something else."""
    collected_at: Moment
    """When the server was asked, in UTC."""
    server: Server
    """Which server was asked."""
    sections: dict[str, Envelope]
    """The sections that were asked for, by name."""


def reads_nothing(sections: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether nothing could be read, though the NAS may have it. One that has none of the sections was read."""
    statuses = {envelope["status"] for envelope in sections.values()}
    return "ok" not in statuses and bool(statuses - {"unsupported"})


def rows_of(envelope: Mapping[str, Any]) -> list[Any] | None:
    """The rows of a list: what stands at the key that it tells, or the answer itself. None where they are not there."""
    data, key = envelope.get("data"), envelope.get("rows_key")
    rows = data.get(key) if isinstance(data, Mapping) and key is not None else data
    return rows if isinstance(rows, list) else None


def lost_rows(envelope: Mapping[str, Any]) -> bool:
    """Whether rows were read of a list, and not kept."""
    return bool(envelope.get("returned")) and rows_of(envelope) is None


def by_status(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """Which sections are not ok, in words."""
    names: dict[str, list[str]] = {}
    for name, envelope in sections.items():
        if envelope["status"] != "ok":
            names.setdefault(envelope["status"], []).append(name)
    return "; ".join(f"{status}: {', '.join(found)}" for status, found in names.items())


class Unread(TypedDict):
    """Sections that were not read for the same reason."""

    status: Annotated[str, STATUSES[1:]]
    """What became of them."""
    error: Error
    """Why the first of them was not read."""
    sections: list[str]
    """Their names."""


def unread(sections: Mapping[str, Mapping[str, Any]]) -> list[Unread]:
    """The sections that are not ok: together where what to do is the same, or where they failed in the same way."""
    found: dict[tuple[str, str], Unread] = {}
    for name, envelope in sections.items():
        status, error = envelope["status"], envelope["error"]
        if status != "ok":
            reason = error["message" if status == "failed" else "hint"]
            one = found.setdefault((status, reason), {"status": status, "error": error, "sections": []})
            one["sections"].append(name)
    return list(found.values())


def first_error(sections: Mapping[str, Mapping[str, Any]]) -> Error | None:
    """Why the first section was not read that the NAS may have."""
    errors = (envelope["error"] for envelope in sections.values() if envelope["status"] not in ("ok", "unsupported"))
    return next(errors, None)
