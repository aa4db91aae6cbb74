# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading sections from one MailPlus Server: all in one request, further pages of all lists together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind, answer_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import Page, Pager
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import READ_ALLOWLIST, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import (
    Envelope,
    Listing,
    failed,
    ok,
    ok_list,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import TooDeepError

# Raised when a key of the gathered state is renamed, removed or gets another meaning.
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Plan:
    """What to read: sections, and for lists the first row and how many (None for all).

    Without ``keep_rows``, rows are read for the summary and then left out of the data.
    """

    sections: Sequence[Section]
    offset: int = 0
    limit: int | None = 50
    reveal_secrets: bool = False
    keep_rows: bool = True


@dataclass(frozen=True)
class State:
    """What was read from one server, and what the reader should be told beside it."""

    server: dict[str, Any]
    collected_at: datetime
    sections: dict[str, Envelope]
    warnings: list[str]

    def as_facts(self) -> dict[str, Any]:
        """The state as plain JSON."""
        return {
            "schema_version": SCHEMA_VERSION,
            "collected_at": self.collected_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "server": self.server,
            "sections": self.sections,
        }


def gather(address: Address, credentials: Credentials, plan: Plan) -> State:
    """Log in, read what ``plan`` names, log out.

    Raises DsmError when nothing could be read: no connection, or no login. What goes wrong with one section is in
    that section's envelope.
    """
    now = datetime.now(timezone.utc).replace(microsecond=0)
    with Client(address, credentials, READ_ALLOWLIST) as client:
        sections, warnings = _read_sections(client, plan, now)
        server = {
            "host": address.host,
            "port": address.port,
            "https": address.https,
            "auth_version": client.auth_version,
        }
    if client.logout_error:
        warnings.append(f"The session was not closed: {client.logout_error}")
    return State(server, now, sections, [f"{address.url}: {warning}" for warning in warnings])


@dataclass
class _ListReading:
    """A list that is being read."""

    section: Section
    pager: Pager
    rows_key: str
    rows: list[Any] = field(default_factory=list)
    error: DsmError | None = None

    def feed(self, page: Page, reply: Reply) -> None:
        """Take the rows of an answer, or its error."""
        if reply.data is None:
            self.error = self.error or reply.error
        elif self.error is None:
            rows = reply.data.get(self.rows_key)
            self.rows += self.pager.feed(page, rows if isinstance(rows, list) else [], _total(reply.data))


def _read_sections(client: Client, plan: Plan, now: datetime) -> tuple[dict[str, Envelope], list[str]]:
    pagers = {
        section.name: Pager(plan.offset, plan.limit, section.id_keys) for section in plan.sections if section.is_list
    }
    reads = [
        section.read(**pagers[section.name].first_page._asdict()) if section.is_list else section.read()
        for section in plan.sections
    ]
    replies = dict(zip(plan.sections, client.read(reads), strict=True))
    _raise_if_unreachable(replies.values())
    lists = []
    for section, reply in replies.items():
        rows_key = _rows_key(section, reply.data) if section.is_list and reply.data else None
        if rows_key:
            reading = _ListReading(section, pagers[section.name], rows_key)
            reading.feed(reading.pager.first_page, reply)
            lists.append(reading)
    _read_further_pages(client, lists)
    readings = {reading.section: reading for reading in lists}
    envelopes = {}
    for section, reply in replies.items():
        try:
            envelopes[section.name] = _envelope(section, reply, readings.get(section), plan, now)
        except TooDeepError as error:
            read = section.read()
            deep = answer_error(f"The answer is {error}", api=read.api, method=read.method, version=reply.route.version)
            envelopes[section.name] = failed(section, deep)
    return envelopes, _warnings(envelopes, lists)


def _read_further_pages(client: Client, lists: Sequence[_ListReading]) -> None:
    """Read on in rounds: each asks for the next pages of all lists together."""
    while True:
        asked = [(reading, page) for reading in lists if not reading.error for page in reading.pager.next_pages()]
        if not asked:
            return
        replies = client.read([reading.section.read(**page._asdict()) for reading, page in asked])
        for (reading, page), reply in zip(asked, replies, strict=True):
            reading.feed(page, reply)


def _envelope(section: Section, reply: Reply, reading: _ListReading | None, plan: Plan, now: datetime) -> Envelope:
    error = reply.error or (reading.error if reading else None)
    if error:
        return failed(section, error)
    data = reply.data or {}
    if not section.is_list:
        return ok(section, data, reveal_secrets=plan.reveal_secrets)
    listing = Listing(None, _total(data), None, None)
    if reading:
        data = {key: value for key, value in data.items() if key != reading.rows_key}
        if plan.keep_rows:
            data[reading.rows_key] = reading.rows
        truncated = reading.pager.truncated
        complete = False if plan.offset or truncated else None if truncated is None else True
        listing = Listing(reading.rows, reading.pager.total, truncated, complete)
    return ok_list(section, data, listing, now, reveal_secrets=plan.reveal_secrets)


def _raise_if_unreachable(replies: Iterable[Reply]) -> None:
    errors = [reply.error for reply in replies]
    for error in errors:
        if error is None or error.kind not in (Kind.CONNECTION, Kind.LOGIN):
            return
    raise next(error for error in errors if error)


def _warnings(envelopes: dict[str, Envelope], lists: Iterable[_ListReading]) -> list[str]:
    warnings = [
        f"{reading.section.name}: {len(reading.rows)} of {reading.pager.total} rows were read: the list changed faster "
        f"than it could be read, or this NAS does not page it."
        for reading in lists
        if reading.pager.gave_up and not reading.error
    ]
    if all(envelope["status"] == "unsupported" for envelope in envelopes.values()):
        warnings.append(
            "None of the sections exists on this NAS: MailPlus Server is not installed, not started or older."
        )
    return warnings


def _rows_key(section: Section, data: dict[str, Any]) -> str | None:
    """The key of the rows: the known one, or else the only list in the answer. None where neither is there."""
    if section.rows_key in data:
        return section.rows_key if isinstance(data[section.rows_key], list) else None
    lists = [key for key, value in data.items() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else None


def _total(data: dict[str, Any]) -> int | None:
    total = data.get("total")
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None
