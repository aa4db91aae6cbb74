# SPDX-License-Identifier: GPL-3.0-or-later
"""The one shape in which every section comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import hide_secrets

Envelope = dict[str, Any]


class Listing(NamedTuple):
    """The rows of a list, None where the answer does not show which of its keys holds them.

    ``total`` is the list's length as the server tells it. ``truncated`` tells whether the server has rows behind these,
    ``complete`` whether these are all. Each is None where it is not known.
    """

    rows: list[Any] | None
    total: int | None
    truncated: bool | None
    complete: bool | None


_STATUS = {Kind.UNSUPPORTED: "unsupported", Kind.FORBIDDEN: "forbidden"}


def ok(section: Section, data: dict[str, Any], *, reveal_secrets: bool) -> Envelope:
    """A section that was read. Where nothing is made of its answer, the summary is empty."""
    return {
        "status": "ok",
        "data": hide_secrets(data, reveal=reveal_secrets),
        "summary": section.summarise(data) if section.summarise else {},
        "error": None,
    }


def ok_list(
    section: Section, data: dict[str, Any], listing: Listing, now: datetime, *, reveal_secrets: bool
) -> Envelope:
    """A list that was read."""
    summary = None
    if section.summarise_rows and listing.rows is not None:
        summary = section.summarise_rows(listing.rows, listing.complete, now)
    return ok(section, data, reveal_secrets=reveal_secrets) | {
        "summary": summary,
        "total": listing.total,
        "returned": None if listing.rows is None else len(listing.rows),
        "truncated": listing.truncated,
    }


def failed(section: Section, error: DsmError) -> Envelope:
    """A section that was not read, with the reason."""
    status = _STATUS.get(error.kind, "failed")
    envelope: Envelope = {"status": status, "data": None, "summary": None, "error": error.details.as_dict()}
    return envelope | (dict.fromkeys(("total", "returned", "truncated")) if section.is_list else {})
