# SPDX-License-Identifier: GPL-3.0-or-later
"""What a section can be: its kind decides how it is read, compared and shown.

A section is one row in a file of ``catalogue``. Readings, documentation, schemas, choices and reports follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Read
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    Member,
    RowKeys,
    RowsSummary,
    Summary,
)

API_PREFIX = "SYNO.MailPlusServer."
_WHOLE_NAME = "SYNO."

# Who may read a section where no option of a delegation policy decides it.
DSM_ADMINISTRATOR = "DSM administrator"
DSM_USER = "DSM user"

# How far it is known that a section can be read, by the tags of ``Section.evidence``.
EVIDENCE = {
    "L": "listed by the package",
    "D": "allowed on the demo site",
    "M": "exists on hardware",
    "R": "recorded answer",
    "P": "parameters known",
    "U": "no key known",
}


# Units of figures and columns. Days are those that are left, and fewer than none where a time has passed.
SECONDS, DAYS, BYTES, PERCENT = "seconds", "days", "bytes", "percent"
UNITS = (SECONDS, DAYS, BYTES, PERCENT)


class Kind(Enum):
    """What a section is, as far as reading, comparing and showing it depend on that."""

    SETTINGS = "settings"  # one mapping, compared key by key
    STATUS = "status"  # one mapping that lives, never compared
    ENTRIES = "entries"  # a list that is configuration: read to its end, compared by identity
    LOG = "log"  # a list that grows: read in a window, never compared
    CHECK = "check"  # looks like a read and may do work: asked only by its name, in a request of its own


@dataclass(frozen=True)
class Breakdown:
    """What a figure is made of: counts by a word of the server, such as mails by status.

    ``path`` is where they stand in the envelope. ``metric`` and ``complete`` are metrics of Prometheus: the counts, and
    whether all rows were counted.
    """

    label: str
    path: str
    metric: str
    complete: str


@dataclass(frozen=True)
class Figure:
    """A number that tells at a glance how a section is. Reports render it without knowing the section.

    ``path`` is where it stands in the envelope: ``each.total`` is the sum over all entries, ``tables.TABLE.COLUMN`` the
    worst in a column of a table. ``unit`` is one of ``UNITS``, with which the name ends, or what is counted, in the
    plural. A ``brief`` one is in the line that sums up a host. ``metric`` is its name in Prometheus where figures of
    several sections share one, each with its section as a label; ``known`` is a metric that tells whether there is a
    number. Where a mapping stands at the path, the number is under a candidate key of the ``meaning``.
    """

    name: str
    label: str
    path: str
    unit: str
    brief: bool = False
    by: Breakdown | None = None
    metric: str = ""
    known: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Timeline:
    """Rows of a list by the hour: what a report draws as a flow."""

    name: str
    label: str


@dataclass(frozen=True)
class Members:
    """Things that each have a state, such as the servers of a cluster: ``find`` gets them out of the data.

    ``group`` is what several of them are together. ``names`` gets all names and addresses of each, in the same order:
    by these, hosts of the fleet are known to be such things of one group. ``nodes`` is the view with these hosts.
    """

    name: str
    label: str
    group: str
    find: Callable[[Any], list[Member] | None]
    names: Callable[[Any], list[list[str]]]
    nodes: str


@dataclass(frozen=True)
class Ranking:
    """A view of the fleet: words in the rows of all hosts, such as reasons, the most frequent first.

    ``find`` tells those of a row, each once. ``figure`` has the most frequent in the summary, for hosts whose rows are
    not kept. ``word`` is what they are, ``unit`` what is counted, in the plural. A ``brief`` one is in what a run
    prints.
    """

    name: str
    label: str
    find: Callable[[RowKeys, Any], list[str]]
    figure: str
    word: str
    unit: str
    brief: bool = False


Row = dict[str, Any]
"""A line of a table: by column a text, a number, true or false, or None where nobody knows."""

Envelopes = Mapping[str, Mapping[str, Any]]
"""The sections of a host."""


class Find(Protocol):
    """Makes the rows of a table."""

    def __call__(self, sections: Envelopes, now: datetime | None, /) -> list[Row] | None:
        """The rows, of the sections that a host has and of when it was asked; None where these do not tell."""


@dataclass(frozen=True)
class Column:
    """A column of a table. ``unit`` is one of ``UNITS``, empty where the cells are no such numbers."""

    name: str
    label: str
    unit: str = ""


@dataclass(frozen=True)
class Events:
    """A view of the fleet: the rows of a log of all hosts in one, the newest first.

    The columns, behind time and host, are named like meanings.
    """

    name: str
    label: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Grouping:
    """A view of the fleet: the hosts by what stands in some columns of a table, such as versions."""

    name: str
    label: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows that people look for, such as certificates with the days that are left.

    ``of`` are the sections that it is made of, ``find`` makes the rows. In the column ``worst``, what is worst is to
    be seen first. By ``grouping``, hosts are put together.
    """

    name: str
    label: str
    of: tuple[str, ...]
    columns: tuple[Column, ...]
    find: Find
    worst: str = ""
    grouping: Grouping | None = None


@dataclass(frozen=True)
class Each:
    """That a section is read once for every entry of another one.

    ``params`` are the parameters that name the entry: each with candidates for the key of the entry that holds its
    value. An entry is known by the first of that section's ``ids`` that it has.
    """

    of: Section
    params: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Section:
    """One row of the catalogue: what can be read by one name.

    ``title`` tells in a line what it is, ``holds`` what the answer is about. ``reads`` are alternatives, of which the
    first counts that the server has; which keys of their answers are known, known_keys.py tells. ``place`` is the page
    of MailPlus Server's own pages, or of DSM's, ``privilege`` the option of a delegation policy that covers that page
    by its name, or whom DSM lets in; None where that is not known. ``evidence`` has tags of ``EVIDENCE``.

    A list has ``rows_key``, the key of its rows where that is known, and ``ids``, candidates for a key that tells two
    rows apart. Entries that are known to take ``offset`` and ``limit`` are ``paged``; a log is asked for them always.
    ``rows_summary`` makes a summary of rows, ``summarise`` one of another answer.

    ``personal`` are keys under which everything counts as personal data, ``secret`` those under which everything is a
    secret: anywhere in the answer, and however they are written (``bind_dn``, ``bindDn``). In ``personal``, ``*``
    stands for all text in the answer, in ``secret`` for all text in it that looks like a key or a code.
    """

    name: str
    title: str
    kind: Kind
    reads: tuple[Read, ...]
    place: str
    privilege: str | None
    evidence: str = ""
    holds: str = ""
    rows_key: str = ""
    ids: tuple[str, ...] = ()
    paged: bool = False
    each: Each | None = None
    personal: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    rows_summary: type[RowsSummary] = RowsSummary
    summarise: Callable[[dict[str, Any]], Summary] | None = None
    figures: tuple[Figure, ...] = ()
    timeline: Timeline | None = None
    members: Members | None = None
    rankings: tuple[Ranking, ...] = ()
    events: Events | None = None

    @property
    def has_rows(self) -> bool:
        """Whether the answer, or that for each entry, is a list."""
        return self.kind in (Kind.ENTRIES, Kind.LOG)

    @property
    def is_list(self) -> bool:
        """Whether it is one list, with a total of its own."""
        return self.has_rows and self.each is None

    @property
    def is_log(self) -> bool:
        """Whether it is one list that grows, whose rows can be filtered and written to a file."""
        return self.kind is Kind.LOG and self.each is None


@dataclass(frozen=True)
class Area:
    """The sections of one module, in a file of its name: ``smtp.py`` has those of ``mailplus_smtp_info``.

    ``group`` is their name as a group, none where that is empty. With ``by_name_only``, they are in no other group.
    """

    name: str
    sections: tuple[Section, ...]
    group: str = ""
    by_name_only: bool = False
    tables: tuple[Table, ...] = ()

    @property
    def module(self) -> str:
        """The module that answers for these sections."""
        return "mailplus_info" if self.name == "mailplus" else f"mailplus_{self.name}_info"


def read(api: str, method: str, versions: Sequence[int] = (1,), params: Mapping[str, Any] | None = None) -> Read:
    """A question: an API by the name it has below ``SYNO.MailPlusServer``, or by its whole name."""
    name = api if api.startswith(_WHOLE_NAME) else API_PREFIX + api
    return Read(name, method, tuple(versions), params or {})


def total(name: str, label: str, unit: str) -> Figure:
    """How long a list is."""
    return Figure(name, label, "total", unit)


def settings(name: str, title: str, *reads: Read, **more: Any) -> Section:
    """One mapping of settings. ``more`` are fields of :class:`Section`, here and below."""
    return Section(name, title, Kind.SETTINGS, reads, **more)


def status(name: str, title: str, *reads: Read, **more: Any) -> Section:
    """One mapping that lives."""
    return Section(name, title, Kind.STATUS, reads, **more)


def entries(name: str, title: str, *reads: Read, **more: Any) -> Section:
    """A list that is configuration."""
    return Section(name, title, Kind.ENTRIES, reads, **more)


def log(name: str, title: str, *reads: Read, **more: Any) -> Section:
    """A list that grows."""
    return Section(name, title, Kind.LOG, reads, **more)


def check(name: str, title: str, *reads: Read, **more: Any) -> Section:
    """What may do work on the NAS."""
    return Section(name, title, Kind.CHECK, reads, **more)
