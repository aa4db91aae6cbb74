# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading sections from one MailPlus Server: all in one request, further pages of all lists together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind, answer_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import codes
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import READ_ALLOWLIST, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import (
    Envelope,
    failed,
    ok,
    ok_list,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import ListReading, Window, read_on
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import TooDeepError

# Raised when a key of the gathered state is renamed, removed or gets another meaning.
SCHEMA_VERSION = 1


# How a client is used: its context, or one around it.
Enter = Callable[[Client], AbstractContextManager[Client]]


@dataclass(frozen=True)
class Plan:
    """What to read: sections, and which rows of those that are lists."""

    sections: Sequence[Section]
    window: Window = field(default_factory=Window)
    reveal_secrets: bool = False


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


def gather(address: Address, credentials: Credentials, plan: Plan, enter: Enter = lambda client: client) -> State:
    """Log in, read what ``plan`` names, log out. ``enter`` may look at the login, and after the client.

    Raises DsmError when nothing could be read: no connection, or no login. What goes wrong with one section is in
    that section's envelope.
    """
    now = datetime.now(timezone.utc).replace(microsecond=0)
    client = Client(HttpTransport(address), credentials, READ_ALLOWLIST, codes.meaning)
    try:
        with enter(client):
            sections, warnings = _read_sections(client, plan, now)
    except DsmError as error:
        if client.logout_error:
            raise error.beside(_not_closed(client.logout_error)) from error
        raise
    if client.logout_error:
        warnings.append(_not_closed(client.logout_error))
    server = {
        "host": address.host,
        "port": address.port,
        "https": address.https,
        "auth_version": client.auth_version,
    }
    return State(server, now, sections, [f"{address.url}: {warning}" for warning in warnings])


def _not_closed(error: DsmError) -> str:
    return f"The session was not closed: {error}"


def _read_sections(client: Client, plan: Plan, now: datetime) -> tuple[dict[str, Envelope], list[str]]:
    with ExitStack() as stack:
        lists = {
            section.name: stack.enter_context(ListReading(section, plan.window, reveal_secrets=plan.reveal_secrets))
            for section in plan.sections
            if section.is_list
        }
        replies = _begin(client, plan.sections, lists)
        read_on(client, list(lists.values()))
        for reading in lists.values():
            reading.end()
    envelopes = {}
    for section, reply in replies.items():
        try:
            envelopes[section.name] = _envelope(section, reply, lists.get(section.name), plan, now)
        except TooDeepError as error:
            read = section.read()
            deep = answer_error(f"The answer is {error}", api=read.api, method=read.method, version=reply.route.version)
            envelopes[section.name] = failed(section, deep)
    return envelopes, _warnings(envelopes, lists.values())


def _begin(client: Client, sections: Sequence[Section], lists: Mapping[str, ListReading]) -> dict[Section, Reply]:
    """Ask for all sections at once; of each, its first answer."""
    reads = {
        section: lists[section.name].first_reads if section.name in lists else [section.read()] for section in sections
    }
    answers = iter(client.read([read for each in reads.values() for read in each]))
    replies = {section: list(islice(answers, len(each))) for section, each in reads.items()}
    _raise_if_unreachable(each[0] for each in replies.values())
    for section, each in replies.items():
        if section.name in lists:
            lists[section.name].begin(each)
    return {section: each[0] for section, each in replies.items()}


def _envelope(section: Section, reply: Reply, reading: ListReading | None, plan: Plan, now: datetime) -> Envelope:
    error = reply.error or (reading.error if reading else None)
    if error:
        return failed(section, error)
    if reading is None:
        return ok(section, reply.data or {}, reveal_secrets=plan.reveal_secrets)
    return ok_list(reading, reply.data or {}, now, reveal_secrets=plan.reveal_secrets)


def _raise_if_unreachable(replies: Iterable[Reply]) -> None:
    errors = [reply.error for reply in replies]
    for error in errors:
        if error is None or error.kind not in (Kind.CONNECTION, Kind.LOGIN):
            return
    raise next(error for error in errors if error)


def _warnings(envelopes: dict[str, Envelope], lists: Iterable[ListReading]) -> list[str]:
    warnings = [warning for reading in lists for warning in reading.warnings]
    if all(envelope["status"] == "unsupported" for envelope in envelopes.values()):
        warnings.append(
            "None of the sections exists on this NAS: MailPlus Server is not installed, not started or older."
        )
    return warnings
