# SPDX-License-Identifier: GPL-3.0-or-later
"""What did not come back from a NAS that answers else, and what is not asked because of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.batches import Call
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError

# Questions of one call that do not come back alone, after which the call is not asked any more: one may be a domain
# that is too large, two are the call.
_MOST_QUESTIONS = 2

_WINDOW = frozenset({"offset", "limit"})


class Question(NamedTuple):
    """A call, and what it is asked, whichever of its rows are wanted."""

    call: Call
    params: str


def question_of(api: str, method: str, params: Mapping[str, Any]) -> Question:
    asked = {name: value for name, value in params.items() if name not in _WINDOW}
    return Question((api, method), json.dumps(asked, sort_keys=True))


class Losses:
    """The requests that did not come back."""

    def __init__(self) -> None:
        self._alone: dict[Call, dict[Question, DsmError]] = {}
        self._in_a_row: list[set[Call]] = []

    def note(self, questions: Sequence[Question], error: DsmError) -> None:
        """A request that asked these failed. Earlier ones that share a call with it may have failed for the same."""
        calls = {question.call for question in questions}
        self._in_a_row = [each for each in self._in_a_row if each.isdisjoint(calls)] + [calls]
        if len(questions) == 1:
            self._alone.setdefault(questions[0].call, {})[questions[0]] = error

    def answered(self) -> None:
        """A request came back."""
        self._in_a_row.clear()

    @property
    def in_a_row(self) -> int:
        """How many calls, at the least, keep the requests since the last answer from coming back."""
        return len(self._in_a_row)

    def why_unasked(self, question: Question) -> DsmError | None:
        """Why this is not asked; None where it is worth a try."""
        lost = self._alone.get(question.call, {})
        if question in lost:
            return _unasked(lost[question], "the same question did not come back")
        if len(lost) >= _MOST_QUESTIONS:
            return _unasked([*lost.values()][-1], f"{len(lost)} of its like did not come back")
        return None


def _unasked(error: DsmError, why: str) -> DsmError:
    return DsmError(error.kind, replace(error.details, message=f"{error.details.message} Not asked again: {why}."))
