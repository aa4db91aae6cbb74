# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading sections from one MailPlus Server, in rounds: all that can be asked now goes in one request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone, tzinfo
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import Kind as ErrorKind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import codes
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import (
    READ_ALLOWLIST,
    Pair,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.found_keys import KeyCheck
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import (
    MOST_ENTRIES,
    ListReading,
    Window,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.reading import (
    Asked,
    EachReading,
    MappingReading,
    Params,
    Reading,
    ask,
    hand_out,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import NamedKeys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import TimeError, zone_name, zone_told

# Raised when a key of the gathered state is renamed, removed or gets another meaning.
SCHEMA_VERSION = 1


# What tells the time zone of a NAS, and under which key.
_CLOCK, _ZONE_KEY = BY_NAME["time"], "timezone"

_NOT_ANSWERED = (ErrorKind.LOCAL, ErrorKind.CONNECTION, ErrorKind.LOGIN)

# How a client is used: its context, or one around it.
Enter = Callable[[Client], AbstractContextManager[Client]]


@dataclass(frozen=True)
class Plan:
    """What to read: sections, which rows of those that are lists, and for which domains (all where none is named).

    ``row_keys`` are keys of rows that the user named. With ``check_keys``, summaries tell how the keys of answers
    compare with those that are known.
    """

    sections: Sequence[Section]
    window: Window = field(default_factory=Window)
    reveal_secrets: bool = False
    domains: Sequence[str] = ()
    row_keys: NamedKeys = field(default_factory=NamedKeys)
    check_keys: bool = False

    @property
    def asks_zone(self) -> bool:
        """Whether the NAS is asked for its time zone: times matter or it is asked anyway, and nobody has named it."""
        times_matter = self.window.since or self.window.until or _CLOCK in self.sections
        has_logs = any(section.kind is Kind.LOG for section in self.sections)
        return bool(times_matter and has_logs and self.window.filter.zone is None)


@dataclass(frozen=True)
class State:
    """What was read from one server, and what the reader should be told beside it.

    ``versions`` are those at which the plan's pairs of API and method were asked, those not asked included.
    """

    server: dict[str, Any]
    collected_at: datetime
    sections: dict[str, Envelope]
    warnings: list[str]
    versions: dict[Pair, int] = field(default_factory=dict)

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

    Raises DsmError when nothing could be read: no connection, or no login; and TimeError where the time zone of the NAS
    is needed, and not known. What goes wrong with one section is in that section's envelope.
    """
    now = datetime.now(timezone.utc).replace(microsecond=0)
    allowed = _allowed([*plan.sections, _CLOCK] if plan.asks_zone else plan.sections)
    client = Client(HttpTransport(address), credentials, allowed, codes.meaning)
    try:
        with enter(client):
            zone = _zone(client, plan)
            meant = replace(plan, window=_window(plan.window, now, zone))
            sections, warnings = read_sections(client, meant, now)
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
        "time_zone": zone_name(zone) if zone else None,
    }
    versions = {(read.api, read.method): client.version_of(read) for each in plan.sections for read in each.reads}
    return State(server, now, sections, [f"{address.url}: {warning}" for warning in warnings], versions)


def _allowed(sections: Iterable[Section]) -> set[Pair]:
    """What may be sent to read sections: no more than the allowlist holds, and no more than they need."""
    pairs: set[Pair] = set()
    for section in sections:
        pairs |= {(read.api, read.method) for read in section.reads}
        pairs |= _allowed([section.each.of]) if section.each else set()
    return pairs & READ_ALLOWLIST


def _not_closed(error: DsmError) -> str:
    return f"The session was not closed: {error}"


def read_sections(client: Client, plan: Plan, now: datetime) -> tuple[dict[str, Envelope], list[str]]:
    """What becomes of each section of ``plan``, and what the reader should be told beside it.

    Raises DsmError where the NAS was not reached.
    """
    readings = _readings(plan)
    check = KeyCheck(reveal_secrets=plan.reveal_secrets) if plan.check_keys else None
    with ExitStack() as stack:
        for reading in readings.values():
            stack.enter_context(reading)
        ordinary = [reading for reading in readings.values() if reading.section.kind is not Kind.CHECK]
        checks = [[reading] for reading in readings.values() if reading.section.kind is Kind.CHECK]
        is_answered = False
        for together in (ordinary, *checks):
            is_answered = read_to_the_end(client, together, is_answered=is_answered, check=check)
    wanted = {section.name: readings[section.name] for section in plan.sections}
    envelopes = {name: reading.envelope(now) for name, reading in wanted.items()}
    if check:
        envelopes = {name: _with_keys(envelope, name, check) for name, envelope in envelopes.items()}
    warnings = [f"{name}: {warning}" for name, reading in readings.items() for warning in reading.warnings]
    if all(map(_is_missing, envelopes.values())):
        warnings.append(
            "None of the sections exists on this NAS: MailPlus Server is not installed, not started or older."
        )
    return envelopes, warnings


def _with_keys(envelope: Envelope, section: str, check: KeyCheck) -> Envelope:
    """A section that was read, with what was found of its keys in its summary."""
    if envelope["status"] != "ok":
        return envelope
    return {**envelope, "summary": {**(envelope["summary"] or {}), "known_keys": check.told(section)}}


def _zone(client: Client, plan: Plan) -> tzinfo | None:
    """The time zone of the NAS: the one that the user names, or else the one that it tells, asked before all else.

    None where it is not needed, or cannot be known. Where the NAS does not answer, the next request tells of that.
    """
    if not plan.asks_zone:
        return plan.window.filter.zone
    (reply,) = client.read(_CLOCK.reads)
    return zone_told(reply.data.get(_ZONE_KEY)) if isinstance(reply.data, dict) else None


def _window(window: Window, now: datetime, zone: tzinfo | None) -> Window:
    """The window with the moments that are meant. Raises TimeError."""
    try:
        return window.at(now, zone)
    except TimeError as error:
        if zone:
            raise
        raise TimeError(
            f"{error}, and that of this NAS cannot be known. Set time_zone, such as Europe/Berlin, or write a span "
            "such as 24h or a time with its zone, such as 2026-01-31T08:00:00Z."
        ) from None


def _is_missing(envelope: Envelope) -> bool:
    """Whether this NAS has not the API, rather than what was asked of it."""
    error = envelope["error"]
    return envelope["status"] == "unsupported" and error is not None and error["code"] is not None


def _readings(plan: Plan) -> dict[str, Reading]:
    """How each section is read. Those that others are read for come before them, whether they are wanted or not."""
    readings: dict[str, Reading] = {}

    def add(section: Section) -> Reading:
        if section.name not in readings:
            of = add(section.each.of) if section.each else None
            readings[section.name] = _reading(section, of, plan)
        return readings[section.name]

    for section in plan.sections:
        add(section)
    return readings


def _reading(section: Section, of: Reading | None, plan: Plan) -> Reading:
    def make(params: Params) -> Reading:
        if not section.has_rows:
            return MappingReading(section, params, reveal_secrets=plan.reveal_secrets)
        window = plan.window if section.kind is Kind.LOG else Window(limit=MOST_ENTRIES, keep=plan.window.keep)
        if section.each:
            window = replace(window, file=None)
        named = plan.row_keys if section.kind is Kind.LOG else NamedKeys()
        keys = named.of(section.name, plan.window.filter.zone)
        return ListReading(section, params, window, reveal_secrets=plan.reveal_secrets, keys=keys)

    if not section.each or not of:
        return make({})
    return EachReading(section, of, make, only=() if section.each.of.each else plan.domains)


def read_to_the_end(
    client: Client, readings: Sequence[Reading], *, is_answered: bool, check: KeyCheck | None = None
) -> bool:
    """Ask in rounds, each for what all readings want next. Returns whether the NAS has answered anything.

    While it answers, account is taken of what came before: a quarter of the time that a long list takes.
    Raises DsmError where the NAS has never answered.
    """
    with ThreadPoolExecutor(max_workers=1) as asking:
        try:
            while asked := ask(readings):
                wanted = [read for _reading, reads in asked for read in reads]
                if is_answered:
                    under_way = asking.submit(client.read, wanted)
                    for reading in readings:
                        reading.take()
                    replies = under_way.result()
                else:  # there is nothing yet to take account of, and a thread costs
                    replies = client.read(wanted)
                    is_answered = _is_answered(replies)
                if check:
                    _look(check, client, asked, replies)
                hand_out(asked, replies)
        except BaseException:
            client.interrupt()  # or else the end of the thread would be waited for as long as for the NAS
            raise
    for reading in readings:
        reading.finish()
    return is_answered


def _look(check: KeyCheck, client: Client, asked: Asked, replies: Sequence[Reply]) -> None:
    """Take account of the keys of what was answered."""
    every = [(reading.section, read) for reading, reads in asked for read in reads]
    for (section, read), reply in zip(every, replies, strict=True):
        check.look(section, read, client.version_of(read), reply)


def _is_answered(replies: Sequence[Reply]) -> bool:
    """True where the NAS answered any. Raises DsmError where it was not reached, or let nobody in."""
    errors = [reply.error for reply in replies]
    for error in errors:
        if error is None or error.kind not in _NOT_ANSWERED:
            return True
    raise next(error for error in errors if error)
