# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of a simulated NAS, in the form of real ones, without a scrub: nothing in it is real."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Read
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import ALONE
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Answer, Recording
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import Dsm

ROWS_OF_PAGE = 50
ENTRIES = 2


def record(dsm: Dsm, now: datetime) -> Recording:
    """All that a NAS answers, each at every version; the client is logged in."""
    apis = dsm.call("SYNO.API.Info", "query", query="all", cgi="query.cgi")["data"]
    asked = (*sorted(CATALOGUE, key=_depth), *ALONE)
    pairs = [(section, read) for section in asked for read in section.reads if section.kind is not Kind.CHECK]
    below: dict[str, list[dict[str, Any]]] = {}
    names = {read.api for _section, read in pairs} | {"SYNO.API.Auth", "SYNO.Entry.Request"}
    answers = [answer for section, read in pairs if read.api in apis for answer in _asked(dsm, section, read, below)]
    return {
        "recording_version": 1,
        "collection_version": "0.2.0",
        "recorded_at": now.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "strict": False,
        "auth_version": min(6, apis["SYNO.API.Auth"]["maxVersion"]),
        "apis": {name: apis[name] for name in sorted(names & apis.keys())},
        "answers": answers,
        "not_asked": [],
    }


def _depth(section: Section) -> int:
    return 1 + _depth(section.each.of) if section.each else 0


def _asked(dsm: Dsm, section: Section, read: Read, below: dict[str, list[dict[str, Any]]]) -> Iterator[Answer]:
    info = dsm.nas.apis[read.api]
    for version in range(info.oldest, info.newest + 1):
        for of in below.get(section.each.of.name, []) if section.each else [{}]:
            for answer in _pages(dsm, section, read, version, {**read.params, **of}):
                _note(section, answer, of, below)
                yield answer


def _pages(dsm: Dsm, section: Section, read: Read, version: int, params: Mapping[str, Any]) -> Iterator[Answer]:
    if not section.paged and section.kind is not Kind.LOG:
        yield _answer(dsm, read, version, params)
        return
    first = _answer(dsm, read, version, {**params, "offset": 0, "limit": ROWS_OF_PAGE})
    yield first
    if len(_rows(section, first)) == ROWS_OF_PAGE:
        yield _answer(dsm, read, version, {**params, "offset": ROWS_OF_PAGE, "limit": ROWS_OF_PAGE})


def _answer(dsm: Dsm, read: Read, version: int, params: Mapping[str, Any]) -> Answer:
    sent = {name: json.dumps(value) for name, value in params.items()}
    answer = dsm.call(read.api, read.method, version, cgi=dsm.nas.apis[read.api].path, **sent)
    size = len(json.dumps(answer, separators=(",", ":")))
    asked: Answer = {"api": read.api, "method": read.method, "version": version, "params": dict(params)}
    told: Any = {name: answer[name] for name in ("data", "error", "success") if name in answer}
    return {**asked, "seconds": 0.02, "size": size, **told}


def _note(section: Section, answer: Answer, of: dict[str, Any], below: dict[str, list[dict[str, Any]]]) -> None:
    """The parameters by which other sections are read for the first entries."""
    each = next((other.each for other in CATALOGUE if other.each and other.each.of is section), None)
    if each is None:
        return
    named = [
        {**of, **{name: row[key] for name, keys in each.params.items() for key in keys if key in row}}
        for row in _rows(section, answer)[:ENTRIES]
    ]
    known = below.setdefault(section.name, [])
    known += [params for params in named if params not in known]


def _rows(section: Section, answer: Answer) -> list[Any]:
    data = answer.get("data")
    if isinstance(data, dict):
        lists = [value for value in data.values() if isinstance(value, list)]
        data = data.get(section.rows_key, lists[0] if len(lists) == 1 else None)
    return data if isinstance(data, list) else []
