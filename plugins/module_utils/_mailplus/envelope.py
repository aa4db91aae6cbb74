# SPDX-License-Identifier: GPL-3.0-or-later
"""The one shape in which every section comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import ListReading, total_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import hide_secrets

Envelope = dict[str, Any]


_STATUS = {Kind.UNSUPPORTED: "unsupported", Kind.FORBIDDEN: "forbidden"}


def ok(section: Section, data: dict[str, Any], *, reveal_secrets: bool) -> Envelope:
    """A section that was read. Where nothing is made of its answer, the summary is empty."""
    return {
        "status": "ok",
        "data": hide_secrets(data, reveal=reveal_secrets),
        "summary": section.summarise(data) if section.summarise else {},
        "error": None,
    }


def ok_list(reading: ListReading, data: dict[str, Any], now: datetime, *, reveal_secrets: bool) -> Envelope:
    """A list that was read.

    ``total`` is its length when reading began, as the server told it, ``returned`` how many rows were kept,
    ``truncated`` whether the server has rows behind them, and ``rows_key`` the key of the rows in the data. Each is
    None where it is not known, as are the last three and the summary where the answer does not show which of its keys
    holds the rows.
    """
    window, truncated = reading.window, reading.pager.truncated
    known = reading.rows_key is not None
    if known:
        data = {key: value for key, value in data.items() if key != reading.rows_key}
        if window.keep and not window.file:
            data[str(reading.rows_key)] = reading.rows
    complete = False if window.offset or truncated else None if truncated is None else True
    envelope = ok(reading.section, data, reveal_secrets=reveal_secrets) | {
        "summary": reading.summary(complete, now) if known else None,
        "total": reading.pager.total if known else total_of(data),
        "returned": reading.kept if known else None,
        "truncated": truncated if known else None,
        "rows_key": reading.rows_key,
    }
    if window.filter.active:
        envelope["filtered"] = {"read": reading.read, "kept": reading.kept, "unjudged": reading.unjudged}
    if window.file:
        envelope["file"] = {"path": str(window.file.path), "rows": window.file.rows}
    return envelope


def failed(section: Section, error: DsmError) -> Envelope:
    """A section that was not read, with the reason."""
    status = _STATUS.get(error.kind, "failed")
    envelope: Envelope = {"status": status, "data": None, "summary": None, "error": error.details.as_dict()}
    return envelope | (dict.fromkeys(("total", "returned", "truncated", "rows_key")) if section.is_list else {})


def reads_nothing(sections: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether nothing could be read, though the NAS may have it. One that has none of the sections was read."""
    statuses = {envelope["status"] for envelope in sections.values()}
    return "ok" not in statuses and bool(statuses - {"unsupported"})


def by_status(sections: Mapping[str, Mapping[str, Any]]) -> str:
    """Which sections are not ok, in words."""
    names: dict[str, list[str]] = {}
    for name, envelope in sections.items():
        if envelope["status"] != "ok":
            names.setdefault(envelope["status"], []).append(name)
    return "; ".join(f"{status}: {', '.join(found)}" for status, found in names.items())


def first_error(sections: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """Why the first section was not read that the NAS may have."""
    errors = (envelope["error"] for envelope in sections.values() if envelope["status"] not in ("ok", "unsupported"))
    return next(errors, None)
