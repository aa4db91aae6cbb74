# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that leave an answer standing but spoil its body."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from ansible_collections.mailfleet.mailplus.tests.simulator.faults import Fault

# The text values of a server's data, not those a client needs to recognise the answer by.
_TEXT = re.compile(rb'("(?!api"|method"|sid"|synotoken")[A-Za-z_]+":")')


def body(answer: bytes, struck: Mapping[str, Fault]) -> bytes:
    for kind, spoil in _SPOIL.items():
        if kind in struck:
            answer = spoil(answer, struck[kind])
    return answer


def _result(change: Callable[[list[object], Fault], list[object]]) -> Callable[[bytes, Fault], bytes]:
    def spoil(answer: bytes, fault: Fault) -> bytes:
        document = json.loads(answer)
        data = document.get("data")
        if isinstance(data, dict) and isinstance(data.get("result"), list):
            data["result"] = change(data["result"], fault)
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")

    return spoil


_SPOIL: dict[str, Callable[[bytes, Fault], bytes]] = {
    "short_result": _result(lambda result, fault: result[: -fault["drop"]]),
    "reordered_result": _result(lambda result, _fault: result[::-1]),
    "not_utf8": lambda answer, _fault: _TEXT.sub(rb"\1" + b"\xff\xfe\xe9", answer),
    "lone_surrogate": lambda answer, _fault: _TEXT.sub(rb"\1\\ud800", answer),
    "cut_text": lambda answer, _fault: answer[: len(answer) * 2 // 3],
    "empty": lambda _answer, _fault: b"",
}
