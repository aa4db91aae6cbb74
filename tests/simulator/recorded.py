# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of a recording: those of a NAS, as they were, with their times as if they were told now."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import ROWS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Answer, Recording
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.times import Shift, moved_data
from ansible_collections.mailfleet.mailplus.tests.simulator.errors import ApiError, NoAnswerError
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import recorded_at
from ansible_collections.mailfleet.mailplus.tests.simulator.mailplus import decoded, number, to_json
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import (
    AUTH,
    COMPOUND,
    ENTRY,
    INFO,
    Api,
    apis_of,
)

# What a strict recording has instead of values.
_OF_TYPE: dict[object, Any] = {"integer": 0, "number": 0.0, "boolean": False}

_OF_PAGE = ("offset", "limit")
_OF_SESSION = ("_sid", "SynoToken")


class RecordedError(ApiError):
    """An answer that is no success, as it was recorded."""

    def __init__(self, answer: Answer) -> None:
        error = answer.get("error")
        super().__init__(error.get("code") if isinstance(error, dict) else None)
        self._answer = answer

    @property
    def told(self) -> dict[str, Any]:
        """What the answer holds."""
        return {name: value for name, value in self._answer.items() if name in ("error", "success")}


class Recorded:
    """What one NAS answered, told at ``now``."""

    def __init__(self, recording: Recording, now: float) -> None:
        begin, end = (datetime.fromtimestamp(each, timezone.utc) for each in (recorded_at(recording), now))
        self._shift = Shift.between(begin, end)
        self._is_strict = recording["strict"]
        self._answers: dict[tuple[str, str, int], list[Answer]] = {}
        for answer in recording["answers"]:
            known = self._answers.setdefault((answer["api"], answer["method"], answer["version"]), [])
            known.append({**answer, "params": _decoded_all(self._valued(answer["params"]))})
        self.apis = self._apis(recording)

    def answer(self, api: str, method: str, version: int, params: Mapping[str, Any]) -> bytes:
        """The data as JSON; nothing where the answer had no data.

        Raises ApiError where it was no success, and NoAnswerError where none came.
        """
        asked = {name: value for name, value in _decoded_all(params).items() if name not in _OF_SESSION}
        answer = _answer_to(self._answers[api, method, version], asked)
        if "failed" in answer:
            raise NoAnswerError(hangs=answer["failed"] == "timeout")
        if answer.get("success") is not True:
            raise RecordedError(answer)
        return to_json(self._as_now(answer["data"])) if "data" in answer else b""

    def _as_now(self, data: Any) -> Any:
        data = self._valued(data)
        return moved_data(data, self._shift) if self._shift.seconds else data

    def _valued(self, data: Any) -> Any:
        """Of a strict recording, a value of each type that it names; of text, the name itself."""
        if not self._is_strict:
            return data
        if isinstance(data, dict):
            return {name: self._valued(value) for name, value in data.items()}
        if isinstance(data, list):
            return [self._valued(value) for value in data]
        return _OF_TYPE.get(data, data)

    def _apis(self, recording: Recording) -> Mapping[str, Api]:
        """Those that were recorded, with the methods that were asked; and what no NAS is without."""
        methods: dict[str, dict[int, frozenset[str]]] = {}
        for api, method, version in self._answers:
            known = methods.setdefault(api, {})
            known[version] = known.get(version, frozenset()) | {method}
        apis = dict(_needed_apis(recording))
        for name, told in recording["apis"].items():
            base = apis.get(name) or Api(ENTRY, max(methods.get(name, {}), default=1), methods.get(name, {}))
            apis[name] = dataclasses.replace(base, **_of_info(told), told=told)
        return apis


def _needed_apis(recording: Recording) -> Iterator[tuple[str, Api]]:
    """What is asked of every NAS, as one of this generation has it."""
    newest = _of_info(recording["apis"].get(AUTH, {})).get("newest", recording["auth_version"])
    apis = apis_of(7 if newest > 6 else 6 if newest > 4 else 5, "newest", "none", package=False)
    for name in (INFO, AUTH, COMPOUND):
        yield name, dataclasses.replace(apis[name], inherit=True)


def _of_info(told: Any) -> dict[str, Any]:
    """Where an API is and in which versions, as far as SYNO.API.Info tells it."""
    told = told if isinstance(told, dict) else {}
    numbers = {"oldest": told.get("minVersion"), "newest": told.get("maxVersion")}
    found: dict[str, Any] = {name: number for name, number in numbers.items() if isinstance(number, int)}
    path = told.get("path")
    return {**found, "json": told.get("requestFormat") == "JSON", **({"path": path} if isinstance(path, str) else {})}


def _answer_to(answers: Sequence[Answer], asked: Mapping[str, Any]) -> Answer:
    """What was answered to these parameters, or follows from other pages of the same list. Raises ApiError."""
    for answer in answers:
        if answer["params"] == asked:
            return answer
    question = _without_page(asked)
    pages = [answer for answer in answers if _without_page(answer["params"]) == question]
    if pages:
        return _part(sorted(pages, key=_offset), asked)
    first = answers[0]
    if first.get("success") is False and all(answer.get("error") == first.get("error") for answer in answers):
        return first  # whatever is asked is refused so
    raise ApiError(120, {"name": ", ".join(sorted(question)), "reason": "not recorded"})


def _part(pages: Sequence[Answer], asked: Mapping[str, Any]) -> Answer:
    """The rows that are asked for, out of recorded pages; where there are no rows or no pages, what came first."""
    first = pages[0]
    rows = _rows(first)
    if rows is None or not _has_pages(pages):
        return first
    for page in pages[1:]:
        if _offset(page) == len(rows):
            rows = rows + (_rows(page) or [])
    offset, limit = max(0, number(asked, "offset", 0)), number(asked, "limit", -1)
    end = len(rows) if limit < 0 else offset + limit
    data, part = first["data"], rows[offset:end]
    if isinstance(data, list):
        return {**first, "data": part}
    data = {**data, _rows_key(first): part}
    if "offset" in data:
        data["offset"] = offset
    if (limit < 0 or end > len(rows)) and number(data, "total", 0) > len(rows):
        data["total"] = len(rows)  # the list ends where its recording does
    return {**first, "data": data}


def _has_pages(pages: Sequence[Answer]) -> bool:
    """Whether this NAS heeded ``limit``, and ``offset``."""
    first = _rows(pages[0]) or []
    if any(0 <= number(page["params"], "limit", -1) < len(_rows(page) or []) for page in pages):
        return False
    alike = all(row == first[0] for row in first)  # such rows do not tell
    return alike or not any(_rows(page) == first and _offset(page) for page in pages)


def _rows(answer: Answer) -> list[Any] | None:
    data, key = answer.get("data"), _rows_key(answer)
    rows = data.get(key) if isinstance(data, dict) else data
    return rows if isinstance(rows, list) else None


def _rows_key(answer: Answer) -> str:
    """The key of the rows: the known one, or else that of the only list."""
    row = ROWS.get((answer["api"], answer["method"]))
    data = answer.get("data")
    if not isinstance(data, dict) or (row is not None and row.rows_key in data):
        return row.rows_key if row else ""
    lists = [key for key, value in data.items() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else ""


def _without_page(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in _OF_PAGE}


def _offset(answer: Answer) -> int:
    return number(answer["params"], "offset", 0)


def _decoded_all(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: decoded(value) for name, value in params.items()}
