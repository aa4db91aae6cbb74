# SPDX-License-Identifier: GPL-3.0-or-later
"""How a section is read: what to ask next, what to make of the answers, and what comes of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count, islice
from typing import Any, NamedTuple, TypeGuard, cast

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Read, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    DsmError,
    Kind,
    answer_error,
    unsupported_error,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope, Error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    DSM_ADMINISTRATOR,
    DSM_USER,
    Section,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import TooDeepError, hide_secrets

Params = Mapping[str, Any]

# The name of the error where an entry was asked for by its name, and the NAS has not one of that name.
NO_SUCH_ENTRY = "no_such_entry"

# A boolean is a number to Python.
_TYPES: dict[type, str] = {list: "list", str: "text", bool: "boolean", int: "number", float: "number"}

_STATUS = {Kind.UNSUPPORTED: "unsupported", Kind.FORBIDDEN: "forbidden"}


class Entry(NamedTuple):
    """One entry of a list: what it is known by, the parameters that it was read with, and what it holds."""

    name: str
    params: Params
    row: Mapping[str, Any]


class Reading(ABC):
    """One section that is being read. Use it in a ``with`` block.

    Ask ``next_reads`` and hand the answers to ``receive`` until there are none; ``take`` may be called while the next
    answers are on their way. Then ``finish``, and ``envelope``.
    """

    def __init__(self, section: Section, params: Params, *, reveal_secrets: bool) -> None:
        self.section = section
        self.error: DsmError | None = None
        self._params = params
        self._reads = [replace(read, params={**read.params, **params}) for read in section.reads]
        self._reveal_secrets = reveal_secrets

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_exception: object) -> None:
        return

    @property
    @abstractmethod
    def is_over(self) -> bool:
        """Whether all answers are there, or an error."""

    @abstractmethod
    def next_reads(self) -> list[Read]:
        """What to ask now: nothing when the reading is over, or rests on another one that is not."""

    @abstractmethod
    def receive(self, replies: Sequence[Reply]) -> None:
        """The answers to ``next_reads``, in that order."""

    def take(self) -> None:  # noqa: B027 - most have nothing to do here
        """Take account of what was received so far."""

    def finish(self) -> None:  # noqa: B027
        """Bring to an end what was read."""

    def entries(self) -> list[Entry]:
        """Of what was read, the entries that other sections are read for."""
        return []

    @property
    def why_unknown(self) -> DsmError | None:
        """Why its entries are not known; None where they are."""
        return self.error

    def unread(self) -> list[tuple[str, DsmError]]:
        """Of what is read for several entries, those below which nothing is known, and why."""
        return []

    def envelope(self, now: datetime) -> Envelope:
        """What became of the section."""
        if self.error is None:
            try:
                return self._ok(now)
            except TooDeepError as error:
                self.error = self._failure(f"The answer is {error}")
        return self._failed(self._told(self.error))

    @property
    def warnings(self) -> list[str]:
        """What the reader of the section should be told."""
        return []

    @abstractmethod
    def _ok(self, now: datetime) -> Envelope:
        """The section that was read. Raises TooDeepError."""

    def _failed(self, error: DsmError) -> Envelope:
        return failed(error)

    def _told(self, error: DsmError) -> DsmError:
        """The error, with who may read the section where this account may not."""
        return may_be_read_by(self.section.privilege, error) if error.kind is Kind.FORBIDDEN else error

    def _envelope(self, data: Any) -> Envelope:
        """A section that was read. Where nothing is made of its answer, the summary is empty."""
        is_mapping = isinstance(data, dict)
        envelope: Envelope = {
            "status": "ok",
            "data": hide_secrets(data, reveal=self._reveal_secrets, secret=self.section.secret),
            "summary": self.section.summarise(data) if self.section.summarise and is_mapping else {},
            "error": None,
        }
        return envelope if is_mapping else {**envelope, "data_type": type_of(data)}

    def _has_other_read(self, reply: Reply) -> bool:
        """Whether the server has not what was asked, but may have what an older or newer one has instead."""
        is_missing = reply.error is not None and reply.error.kind is Kind.UNSUPPORTED
        if is_missing and len(self._reads) > 1:
            del self._reads[0]
            return True
        return False

    def _failure(self, message: str) -> DsmError:
        read = self._reads[0]
        return answer_error(message, api=read.api, method=read.method, version=max(read.versions))


def may_be_read_by(privilege: str | None, error: DsmError) -> DsmError:
    """An error that says who may read what this account may not. ``privilege`` is that of a section."""
    if privilege is None or privilege == DSM_USER:
        return error
    if privilege == DSM_ADMINISTRATOR:
        return error.with_hint("Use a DSM administrator: no delegation policy covers this section.")
    return error.with_hint(
        f"Give the account a policy in MailPlus Server > Account > Delegation with the option {privilege!r}, "
        "which by its name covers this section, or use a DSM administrator. Check that MailPlus Server is set up."
    )


def type_of(data: Any) -> str:
    """What JSON calls a value that is no mapping; ``nothing`` stands for null and for no value at all."""
    return next((name for kind, name in _TYPES.items() if isinstance(data, kind)), "nothing")


def failed(error: DsmError) -> Envelope:
    """What was not read, with the reason."""
    status = _STATUS.get(error.kind, "failed")
    return {"status": status, "data": None, "summary": None, "error": cast(Error, error.details.as_dict())}


Asked = Sequence[tuple[Reading, Sequence[Read]]]
"""What each reading wants to ask."""


def ask(readings: Iterable[Reading]) -> Asked:
    """What readings want to ask now; those that want nothing are left out."""
    return [(reading, reads) for reading in readings if (reads := reading.next_reads())]


def hand_out(asked: Asked, replies: Sequence[Reply]) -> None:
    """Give each reading the answers to what it asked."""
    left = iter(replies)
    for reading, reads in asked:
        reading.receive(list(islice(left, len(reads))))


class MappingReading(Reading):
    """One question, answered at once: by a mapping as a rule, and by whatever else a server sends."""

    _data: Any = None
    _over = False

    @property
    def is_over(self) -> bool:
        """Whether there is an answer."""
        return self._over or self.error is not None

    def next_reads(self) -> list[Read]:
        """The question, or what an older or newer server answers instead."""
        return [] if self.is_over else [self._reads[0]]

    def receive(self, replies: Sequence[Reply]) -> None:
        """The answer."""
        (reply,) = replies
        if not self._has_other_read(reply):
            self._data, self.error, self._over = reply.data, reply.error, True

    def _ok(self, now: datetime) -> Envelope:  # noqa: ARG002 - such an answer does not age
        return self._envelope(self._data)


class EachReading(Reading):
    """A section that is read for every entry of another one: all of them together, once that one is read.

    ``make`` makes the reading for an entry, from the parameters that name it. Only the entries ``only`` are read, all
    where none is named.
    """

    def __init__(
        self, section: Section, of: Reading, make: Callable[[Params], Reading], *, only: Sequence[str] = ()
    ) -> None:
        super().__init__(section, {}, reveal_secrets=False)
        self._params_of_each = section.each.params if section.each else {}
        self._of = of
        self._only = {name.casefold(): name for name in only}
        self._make = make
        self._each: dict[str, Reading] | None = None
        self._asked: Asked = []

    @property
    def is_over(self) -> bool:
        """Whether all entries are read."""
        return self.error is not None or (
            self._each is not None and all(reading.is_over for reading in self._each.values())
        )

    def next_reads(self) -> list[Read]:
        """What to ask for all entries, as soon as these are known."""
        if self._each is None and self._of.is_over:
            self._begin()
        self._asked = ask(self._readings)
        return [read for _reading, reads in self._asked for read in reads]

    def receive(self, replies: Sequence[Reply]) -> None:
        """The answers, to each its own."""
        hand_out(self._asked, replies)

    def take(self) -> None:
        """Take account of what was received for all entries."""
        for reading in self._readings:
            reading.take()

    def finish(self) -> None:
        """Bring all entries to an end."""
        for reading in self._readings:
            reading.finish()

    def entries(self) -> list[Entry]:
        """The entries below all entries."""
        return [
            Entry(f"{name}/{below.name}", below.params, below.row)
            for name, reading in (self._each or {}).items()
            for below in reading.entries()
        ]

    def unread(self) -> list[tuple[str, DsmError]]:
        """The entries that were not read."""
        each = (self._each or {}).items()
        return [(name, error) for name, reading in each if (error := reading.why_unknown)]

    def _failed(self, error: DsmError) -> Envelope:
        return {**failed(error), "each": {}}

    def _told(self, error: DsmError) -> DsmError:
        """The error as the section tells it whose entries are not known: it is that one's."""
        return self._of._told(error)

    def _ok(self, now: datetime) -> Envelope:
        found = {name: reading.envelope(now) for name, reading in (self._each or {}).items()}
        missing = next((envelope for envelope in found.values() if envelope["status"] != "ok"), None)
        is_empty = bool(found) and all(envelope["data"] is None for envelope in found.values())
        return {
            "status": missing["status"] if missing else "ok",
            "data": None if is_empty else {name: envelope["data"] for name, envelope in found.items()},
            "summary": None if missing else {},
            "error": missing["error"] if missing else None,
            "each": {name: without_data(envelope) for name, envelope in found.items()},
        }

    @property
    def warnings(self) -> list[str]:
        """Those of all entries."""
        return [f"{name}: {text}" for name, reading in (self._each or {}).items() for text in reading.warnings]

    @property
    def _readings(self) -> list[Reading]:
        return list((self._each or {}).values())

    def _begin(self) -> None:
        """Begin to read for each entry. Where these are not known, the section is read no better than they are."""
        if self._of.why_unknown:
            self.error = self._of.why_unknown
            return
        self._of.take()
        self._each = {}
        entries = self._of.entries()
        for entry in entries:
            if not self._only or entry.name.casefold() in self._only:
                self._each[free_name(entry.name, self._each)] = self._reading_of(entry)
        missing = self._only.keys() - {entry.name.casefold() for entry in entries}
        asked = [(self._only[name], self._no_entry(self._only[name], entries)) for name in missing]
        for name, error in (*asked, *self._of.unread()):
            reading = self._make({})
            reading.error = error
            self._each[free_name(name, self._each)] = reading

    def _reading_of(self, entry: Entry) -> Reading:
        found = named_by(entry.row, self._params_of_each)
        reading = self._make({**entry.params, **found})
        missing = [" or ".join(self._params_of_each[param]) for param, value in found.items() if value is None]
        if missing:
            reading.error = self._failure(f"An entry of {self._of.section.name} has no {', '.join(missing)}")
        return reading

    def _no_entry(self, name: str, others: Sequence[Entry]) -> DsmError:
        section = self._of.section.name
        hint = f"It has {', '.join(entry.name for entry in others)}." if others else "It has none."
        return unsupported_error(NO_SUCH_ENTRY, f"This NAS has no {name} among its {section}.", hint)


def is_name(value: object) -> TypeGuard[str | int]:
    """Whether ``value`` can name an entry."""
    return isinstance(value, (str, int)) and not isinstance(value, bool) and value != ""


def named_by(row: Mapping[str, Any], params: Mapping[str, Sequence[str]]) -> dict[str, str | int | None]:
    """The parameters that name an entry, each from the first of its keys that holds a name; None where none does."""
    return {param: next((row[key] for key in keys if is_name(row.get(key))), None) for param, keys in params.items()}


def free_name(name: str, taken: Container[str]) -> str:
    """``name``, or with a number behind it where it is taken."""
    numbered = (f"{name} ({number})" for number in count(2))
    return name if name not in taken else next(each for each in numbered if each not in taken)


def without_data(envelope: Envelope) -> dict[str, Any]:
    """An envelope without what the server sent."""
    return {key: value for key, value in envelope.items() if key != "data"}
