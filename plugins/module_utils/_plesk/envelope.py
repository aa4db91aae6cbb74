# SPDX-License-Identifier: GPL-3.0-or-later
"""The one shape in which everything comes back, that of the sections of MailPlus Server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import Kind, ServerError

_STATUSES = {Kind.UNSUPPORTED: "unsupported", Kind.FORBIDDEN: "forbidden"}


class Envelope(TypedDict):
    """What became of one question about one site."""

    status: str
    data: Any
    summary: dict[str, Any] | None
    error: dict[str, Any] | None


class Site(TypedDict):
    """What is known of one site."""

    id: int | None
    site: Envelope
    accounts: Envelope
    preferences: Envelope


def envelopes(site: Site) -> tuple[Envelope, ...]:
    """What became of each question about a site."""
    return site["site"], site["accounts"], site["preferences"]


def answered(data: Any, summary: Mapping[str, Any]) -> Envelope:
    """What was read."""
    return {"status": "ok", "data": data, "summary": dict(summary), "error": None}


def failed(error: ServerError) -> Envelope:
    """Why it was not read."""
    status = _STATUSES.get(error.kind, "failed")
    return {"status": status, "data": None, "summary": None, "error": error.details.as_dict()}


def of_accounts(accounts: Iterable[Mapping[str, Any]]) -> dict[str, int | None]:
    """What accounts come to. What one of them does not tell is not known of all."""
    rows = list(accounts)
    mailboxes = [row["mailbox"] for row in rows]
    return {
        "accounts": len(rows),
        "mailboxes": _enabled(mailboxes),
        "usage": _total([box["usage"] if box else None for box in mailboxes]),
        "aliases": _total([None if row["aliases"] is None else len(row["aliases"]) for row in rows]),
        "forwardings": _enabled([row["forwarding"] for row in rows]),
        "autoresponders": _enabled([row["autoresponder"] for row in rows]),
    }


def _enabled(found: Iterable[Mapping[str, Any] | None]) -> int | None:
    return _total([one["enabled"] if one else None for one in found])


def _total(found: list[int | None]) -> int | None:
    known = [one for one in found if one is not None]
    return sum(known) if len(known) == len(found) else None
