# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that leave an answer standing but spoil its body."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.simulator.answers import ABSENT, override
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import CallFault

_AT_ONCE = 1 << 18

# The text values of a server's data, not those a client needs to recognise the answer by.
_TEXT = re.compile(rb'("(?!api"|method"|sid"|synotoken")[A-Za-z_]+":")')


def body(answer: bytes, struck: Mapping[str, CallFault]) -> bytes:
    for kind, spoil in _SPOIL.items():
        if kind in struck:
            answer = spoil(answer, struck[kind])
    return answer


def swollen(answer: bytes, fault: CallFault) -> Iterator[bytes]:
    """The answer in pieces, with a filling in its data, or in that of the item whose API the fault names."""
    item = rb'"api":"%b"[^{}]*"data":\{' % re.escape((fault.api or "").encode())
    found = re.search(item, answer) or re.search(rb'"data":\{', answer) or re.search(rb"\{", answer)
    assert found is not None, "an answer is an object"
    size, rest = fault["size"], answer[found.end() :]
    yield answer[: found.end()] + b'"filling":'
    if fault["filling"] == "text":
        yield from chain([b'"'], repeated(b"a", size), [b'"'])
    elif fault["filling"] == "dense":
        yield from chain([b"["], repeated(b"{},", size // 3), [b"{}]"])
    else:
        yield from chain(repeated(b"[", size), repeated(b"]", size))
    yield (b"" if rest.startswith(b"}") else b",") + rest


def repeated(unit: bytes, times: int) -> Iterator[bytes]:
    while times > 0:
        count = min(times, _AT_ONCE)
        yield unit * count
        times -= count


def _changed(change: Callable[[dict[str, Any], CallFault], dict[str, Any]]) -> Callable[[bytes, CallFault], bytes]:
    def spoil(answer: bytes, fault: CallFault) -> bytes:
        document = change(json.loads(answer), fault)
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")

    return spoil


def _result(change: Callable[[list[Any], CallFault], list[Any]]) -> Callable[[bytes, CallFault], bytes]:
    def spoil(document: dict[str, Any], fault: CallFault) -> dict[str, Any]:
        data = document.get("data")
        if isinstance(data, dict) and isinstance(data.get("result"), list):
            data["result"] = change(data["result"], fault)
        return document

    return _changed(spoil)


def _relabelled(result: list[Any], fault: CallFault) -> list[Any]:
    """The items of the API that the fault names, or all, as answers to another call."""
    return [
        override(item, fault["labels"])
        if fault.matches([(item.get("api", ""), item.get("method", ""), item.get("version"))])
        else item
        for item in result
    ]


def _with_success(document: dict[str, Any], fault: CallFault) -> dict[str, Any]:
    others = {key: value for key, value in document.items() if key != "success"}
    return others if fault["value"] == ABSENT else {**others, "success": fault["value"]}


_SPOIL: dict[str, Callable[[bytes, CallFault], bytes]] = {
    "short_result": _result(lambda result, fault: result[: -fault["drop"]]),
    "reordered_result": _result(lambda result, _fault: result[::-1]),
    "relabelled_result": _result(_relabelled),
    "outer_success": _changed(_with_success),
    "not_utf8": lambda answer, _fault: _TEXT.sub(rb"\1" + b"\xff\xfe\xe9", answer),
    "lone_surrogate": lambda answer, _fault: _TEXT.sub(rb"\1\\ud800", answer),
    "cut_text": lambda answer, _fault: answer[: len(answer) * 2 // 3],
    "empty": lambda _answer, _fault: b"",
}
