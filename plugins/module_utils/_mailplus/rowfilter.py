# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rows of a list to keep, by time, status and text.

A row whose time or status cannot be told is kept, and counted: what is not known is not left out silently.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import find_status, find_time


@dataclass(frozen=True)
class RowFilter:
    """What a row has to be. A part that is None, or empty, asks for nothing.

    Times of rows that have no zone are those of ``zone``, and cannot be told where that is not known.
    """

    since: datetime | None = None
    until: datetime | None = None
    statuses: Sequence[str] = ()
    text: str | None = None
    zone: tzinfo | None = None

    @property
    def active(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.since or self.until or self.statuses or self.text)

    @property
    def needs(self) -> str:
        """The options that rest on a meaning, which a row may not show."""
        given = {"since": self.since, "until": self.until, "statuses": self.statuses}
        return ", ".join(name for name, value in given.items() if value)

    def judge(self, row: Any) -> bool | None:
        """Whether to keep ``row``; None where that cannot be told, unless another part says no."""
        judgements = [*self._judge_time(row), *self._judge_status(row), *self._judge_text(row)]
        if False in judgements:
            return False
        return None if None in judgements else True

    def _judge_time(self, row: Any) -> list[bool | None]:
        if not (self.since or self.until):
            return []
        time = find_time(row, self.zone)
        if time is None:
            return [None]
        return [not (self.since and time < self.since) and not (self.until and time > self.until)]

    def _judge_status(self, row: Any) -> list[bool | None]:
        if not self.statuses:
            return []
        status = find_status(row)
        return [None if status is None else status in self.statuses]

    def _judge_text(self, row: Any) -> list[bool | None]:
        if not self.text:
            return []
        return [self.text.casefold() in json.dumps(row, ensure_ascii=False).casefold()]
