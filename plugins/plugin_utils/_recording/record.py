# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking one NAS for all that may be read, at each version that it has, one read a request."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from itertools import islice
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import Kind as ErrorKind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport, Transport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import codes
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import ALONE, READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Enter
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import API_PREFIX, Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import rows_key_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.reading import Params, named_by
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import (
    RECORDING_VERSION,
    Answer,
    NotAsked,
    Recording,
    RecordingError,
    dumps,
)

# What a NAS may say of an API has no bound; MailPlus Server has no API with more versions than 7.
MOST_VERSIONS = 12

# Rows of a page. Of a list, two pages are asked for, so that a recording tells how this NAS pages.
PAGE_SIZE = 50

# No answer has so many settings in one mapping. One that has more keys is by names, and is cut as lists are.
_MOST_SETTINGS = 300

# For so many entries of another section, such as domains, a section is read that is one of each.
MOST_ENTRIES = 5

# The largest file, in bytes. Where answers have more, rows are left out.
MOST_TEXT = 2_000_000
_FEWER_ROWS = (PAGE_SIZE, 20, 10, 5, 2, 1, 0)

_INFO_KEYS = ("path", "minVersion", "maxVersion", "requestFormat")
_INFO_API = "SYNO.API.Info"
_IS_CHECK = "It may do work on the NAS; name it in checks to have it asked."


class Listener:
    """A transport that remembers the last answer, and how long it took."""

    def __init__(self, transport: Transport) -> None:
        self.apis: dict[str, Any] = {}  # what SYNO.API.Info tells
        self._transport = transport
        self.forget()

    def forget(self) -> None:
        """Be ready for what comes of the next read."""
        self.is_asked, self.answer, self.seconds = False, None, 0.0

    is_asked: bool
    answer: dict[str, Any] | None
    seconds: float

    def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str], *, again: bool = True
    ) -> dict[str, Any]:
        """As Transport says."""
        self.is_asked, self.answer, begin = True, None, time.monotonic()
        try:
            answer = self._transport.post(path, form, headers, again=again)
        finally:
            self.seconds = time.monotonic() - begin
        if form.get("api") == _INFO_API:
            data = answer.get("data")
            self.apis |= data if isinstance(data, dict) else {}
        self.answer = answer
        return answer

    def pause(self, seconds: float) -> None:
        """As Transport says."""
        self._transport.pause(seconds)

    def extend(self, seconds: float) -> None:
        """As Transport says."""
        self._transport.extend(seconds)

    def interrupt(self) -> None:
        """As Transport says."""
        self._transport.interrupt()

    def close(self) -> None:
        """As Transport says."""
        self._transport.close()


def record(
    address: Address, credentials: Credentials, checks: Collection[tuple[str, str]] = (), enter: Enter = lambda one: one
) -> tuple[Recording, list[str]]:
    """Everything that the NAS answers, as it is, and what the reader should be told beside it.

    ``checks`` are pairs of the allowlist that may do work on the NAS and are to be asked all the same. There is one
    login, also where the session ends too early. Raises DsmError where the NAS was not reached, or let nobody in.
    """
    now = datetime.now(timezone.utc).replace(microsecond=0)
    listener = Listener(HttpTransport(address))
    client = Client(listener, credentials, READ_ALLOWLIST, codes.meaning, may_renew=False)
    with enter(client):
        recorder = _Recorder(client, listener, checks)
        recorder.ask_all()
    warnings = [f"{address.url}: The session was not closed: {client.logout_error}"] if client.logout_error else []
    recording: Recording = {
        "recording_version": RECORDING_VERSION,
        "recorded_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "strict": False,
        "auth_version": client.auth_version,
        "apis": recorder.apis(),
        "answers": recorder.answers,
        "not_asked": recorder.not_asked,
    }
    return recording, warnings


@dataclass
class _Recorder:
    client: Client
    listener: Listener
    checks: Collection[tuple[str, str]]
    answers: list[Answer] = field(default_factory=list)
    not_asked: list[NotAsked] = field(default_factory=list)
    _params_below: dict[str, list[Params]] = field(default_factory=dict)  # by section, those of its first entries
    _end: DsmError | None = None  # why nothing more is asked

    def apis(self) -> dict[str, dict[str, Any]]:
        """What the NAS says of its APIs, as far as that is known to be in there."""
        return {
            name: {key: entry[key] for key in _INFO_KEYS if key in entry}
            for name, entry in self.listener.apis.items()
            if isinstance(entry, dict)
        }

    def ask_all(self) -> None:
        """Every pair of the allowlist, those before others that these are asked for."""
        for section in (*sorted(CATALOGUE, key=_depth), *ALONE):
            for read in section.reads:
                self._ask_section(section, read)

    def _ask_section(self, section: Section, read: Read) -> None:
        if section.kind is Kind.CHECK and (read.api, read.method) not in self.checks:
            self._leave_out(read, _IS_CHECK)
            return
        versions = self._versions(read)
        if section.each and section.each.of.name not in self._params_below and versions:
            self._leave_out(read, f"It is read for each of {section.each.of.name}, of which none was told.")
            return
        wanted = self._params_below[section.each.of.name] if section.each and versions else [{}]
        for version in versions:
            for params in wanted:
                self._ask_rows(section, replace(read, versions=(version,), params={**read.params, **params}))

    def _versions(self, read: Read) -> Sequence[int]:
        """All that the NAS has of the API, whether the method is known in them or not."""
        try:
            info = self.client.find(read.api)
        except DsmError as error:
            self._end = self._end or error
            info = None
        if info is None:
            return ()
        newest = range(info.max_version, info.min_version - 1, -1)[:MOST_VERSIONS]
        return sorted(newest)

    def _ask_rows(self, section: Section, read: Read) -> None:
        """A read; of a list that has pages, the first and the second one."""
        if not section.paged and section.kind is not Kind.LOG:
            self._note_entries(section, read, self._ask(read))
            return
        first = self._ask(_page(read, 0))
        self._note_entries(section, read, first)
        if len(_rows(section, first)) == PAGE_SIZE:
            self._ask(_page(read, PAGE_SIZE))

    def _note_entries(self, section: Section, read: Read, data: Any) -> None:
        """The parameters by which other sections are read for the first entries."""
        below = [each for each in CATALOGUE if each.each and each.each.of is section]
        if not below or not below[0].each:
            return
        own = {name: read.params[name] for name in (section.each.params if section.each else ())}
        rows = (row for row in _rows(section, data) if isinstance(row, dict))
        found = [named_by(row, below[0].each.params) for row in rows]
        known = self._params_below.setdefault(section.name, [])
        new = [{**own, **params} for params in found if None not in params.values()][:MOST_ENTRIES]
        known.extend(params for params in new if params not in known)

    def _ask(self, read: Read) -> Any:
        """The data of an answer; None where there is none."""
        if self._end:
            self._leave_out(read, f"Nothing more was asked: {self._end.details.name}.")
            return None
        self.listener.forget()
        (reply,) = self.client.read([read])
        if not self.listener.is_asked:
            name = reply.error.details.name if reply.error else "unknown"
            self._leave_out(read, f"It was not asked any more: {name}.")
        else:
            self.answers.append(self._answer(read, reply))
        if reply.error and reply.error.kind is ErrorKind.EXPIRED:
            self._end = reply.error
        return reply.data

    def _answer(self, read: Read, reply: Reply) -> Answer:
        answer, told = self.listener.answer, _called(read)
        told["seconds"] = round(self.listener.seconds, 3)
        if answer is None:
            told["failed"] = reply.error.details.name if reply.error else "unknown"
            return told
        told["size"] = len(json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))
        told["success"] = answer.get("success") is True
        if told["success"] and "data" in answer:
            told["data"], cut = shortened(answer["data"])
            told |= {"cut": cut} if cut else {}
        elif not told["success"]:
            error = answer.get("error")
            told["error"] = error if isinstance(error, dict) else {"code": error}
        return told

    def _leave_out(self, read: Read, reason: str) -> None:
        left: NotAsked = {"api": read.api, "method": read.method, "reason": reason}
        if left not in self.not_asked:
            self.not_asked.append(left)


def _called(read: Read) -> Answer:
    return {"api": read.api, "method": read.method, "version": read.versions[0], "params": dict(read.params)}


def _depth(section: Section) -> int:
    return 1 + _depth(section.each.of) if section.each else 0


def _page(read: Read, offset: int) -> Read:
    return replace(read, params={**read.params, "offset": offset, "limit": PAGE_SIZE})


def _rows(section: Section, data: Any) -> list[Any]:
    key = rows_key_of(section, data)
    rows = data if key is None else data[key]
    return rows if isinstance(rows, list) else []


def shortened(data: Any, most: int = 2 * PAGE_SIZE, most_keys: int = _MOST_SETTINGS) -> tuple[Any, dict[str, int]]:
    """``data`` with at most so many entries of each list, and keys of each mapping; and by the path of what was cut,
    how many it had.
    """
    cut: dict[str, int] = {}

    def walk(value: Any, path: str) -> Any:
        if not isinstance(value, (dict, list)):
            return value
        bound = most_keys if isinstance(value, dict) else most
        if len(value) > bound:
            cut[path] = max(len(value), cut.get(path, 0))
        if isinstance(value, dict):
            return {key: walk(item, f"{path}.{key}") for key, item in islice(value.items(), bound)}
        return [walk(item, f"{path}[]") for item in value[:bound]]

    return walk(data, "data"), cut


def fitted(recording: Recording) -> Recording:
    """The same, with so few rows that the file is no larger than MOST_TEXT. Raises RecordingError where it is."""
    fewer = iter(_FEWER_ROWS)
    while len(dumps(recording)) > MOST_TEXT:
        most = next(fewer, None)
        if most is None:
            raise RecordingError(f"The recording is larger than {MOST_TEXT} bytes, also without any row.")
        recording = {**recording, "answers": [_with_fewer(answer, most) for answer in recording["answers"]]}
    return recording


def _with_fewer(answer: Answer, most: int) -> Answer:
    if "data" not in answer:
        return answer
    data, cut = shortened(answer["data"], most, 10 * (most + 1))
    told: Answer = {**answer, "data": data}
    return {**told, "cut": {**cut, **answer.get("cut", {})}} if cut else told


def without(keys: Collection[str], recording: Recording) -> list[str]:
    """Those of ``keys`` that no answer has."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            found.update(value)
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(item)

    for answer in recording["answers"]:
        walk(answer.get("data"))
    return [key for key in keys if key not in found]


def check_pairs(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """The pairs of checks, by names such as Cluster.check_aa. Raises ValueError, with the names that there are."""
    known = {
        f"{read.api.removeprefix(API_PREFIX)}.{read.method}": (read.api, read.method)
        for section in (*CATALOGUE, *ALONE)
        if section.kind is Kind.CHECK
        for read in section.reads
    }
    for name in names:
        if name.removeprefix(API_PREFIX) not in known:
            raise ValueError(f"checks: {name!r} is none. There are {', '.join(sorted(known))}.")
        yield known[name.removeprefix(API_PREFIX)]
