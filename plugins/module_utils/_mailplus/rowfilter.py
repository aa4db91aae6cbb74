# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rows of a list to keep: by time, status, address, reason and text.

A row that does not show what an option needs cannot be judged by it. Such a row is never taken for one that fits
without a word: rows that could not be judged are counted, told, and left out unless the user wants them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any, Protocol

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import ProgressError, is_count
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.addresses import domain_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import RowKeys

FAIL, DROP, KEEP = "fail_if_all", "drop", "keep"
UNJUDGED = (FAIL, DROP, KEEP)
"""What becomes of rows that could not be judged."""

# How much of unknown rows a message shows.
_MOST_SHOWN, _LONGEST_SHOWN = 12, 40


class Fits(Protocol):
    """Whether a row is as an option wants it, None where that cannot be told."""

    def __call__(self, row: Any, keys: RowKeys, /) -> bool | None:
        """Look at a row."""


@dataclass(frozen=True)
class RowFilter:
    """What a row has to be. A part that is None, or empty, asks for nothing.

    Times of rows that have no zone are those of ``zone``, and cannot be told where that is not known.
    """

    since: datetime | None = None
    until: datetime | None = None
    statuses: Sequence[str] = ()
    sender: str | None = None
    recipient: str | None = None
    domain: str | None = None
    reason: str | None = None
    text: str | None = None
    unjudged: str = FAIL
    zone: tzinfo | None = None

    @property
    def active(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.tests)

    @property
    def tests(self) -> dict[str, Fits]:
        """What is asked of a row, by the options that are given."""
        times = ", ".join(name for name in ("since", "until") if getattr(self, name))
        others: dict[str, Fits] = {
            "statuses": self._has_status,
            "sender": lambda row, keys: _has_address(row, keys, "sender", self.sender),
            "recipient": lambda row, keys: _has_address(row, keys, "recipient", self.recipient),
            "domain": self._is_of_domain,
            "reason": self._has_reason,
            "text": self._has_text,
        }
        given = {name: fits for name, fits in others.items() if getattr(self, name)}
        return {times: self._fits_time, **given} if times else given

    def judge(self, row: Any, keys: RowKeys) -> bool | None:
        """Whether to keep ``row``; None where that cannot be told, unless another part says no."""
        return _all(fits(row, keys) for fits in self.tests.values())

    def _fits_time(self, row: Any, keys: RowKeys) -> bool | None:
        time = keys.time(row)
        if time is None:
            return None
        return not (self.since and time < self.since) and not (self.until and time > self.until)

    def _has_status(self, row: Any, keys: RowKeys) -> bool | None:
        status = keys.word(row, "status")
        return None if status is None else status.casefold() in [wanted.casefold() for wanted in self.statuses]

    def _is_of_domain(self, row: Any, keys: RowKeys) -> bool | None:
        sides = [keys.addresses(row, meaning) for meaning in ("sender", "recipient")]
        domains = [domain_of(address) for found, _is_whole in sides for address in found]
        return _is_among(self.domain, domains, is_whole=all(is_whole for _found, is_whole in sides))

    def _has_reason(self, row: Any, keys: RowKeys) -> bool | None:
        reason = keys.find(row, "reason")
        is_told = isinstance(reason, (str, int, float))
        return (self.reason or "").casefold() in f"{reason}".casefold() if is_told else None

    def _has_text(self, row: Any, _keys: RowKeys) -> bool:
        return (self.text or "").casefold() in json.dumps(row, ensure_ascii=False).casefold()


# The meanings that options rest on, as a message names them.
_MEANINGS: Mapping[str, str] = {
    **dict.fromkeys(("since", "until", "since, until"), "time"),
    "statuses": "status",
    "sender": "sender",
    "recipient": "recipient",
    "domain": "sender, recipient",
    "reason": "reason",
}


class Sieve:
    """A filter at work on the rows of a list: which it keeps, and what is to tell of that."""

    def __init__(self, row_filter: RowFilter, keys: RowKeys) -> None:
        self.read = 0
        self.unjudged = 0
        self._keep_unjudged = row_filter.unjudged == KEEP
        self._fails = row_filter.unjudged == FAIL
        self._keys = keys
        self._tests = row_filter.tests
        self._wanted = {_folded(status): status for status in row_filter.statuses}
        self._decided: set[str] = set()  # options by which any row could be judged
        self._undecided: set[str] = set()  # those by which any could not, that no other option leaves out
        self._statuses: dict[str, str] = {}  # those that rows have, by their lower case
        self._lacks_zone = False  # a time of one that could not be judged has none, and none is known
        self._shown: list[str] = []  # keys of the first row that could not be judged

    def sift(self, rows: list[Any]) -> list[Any]:
        """The rows to keep."""
        if self._tests:
            return [row for row in rows if self.keeps(row)]
        self.read += len(rows)
        return rows

    def keeps(self, row: Any) -> bool:
        """Whether to keep a row, of which account is taken."""
        self.read += 1
        judgements = {name: fits(row, self._keys) for name, fits in self._tests.items()}
        if len(self._decided) < len(self._tests):
            self._decided |= {name for name, judgement in judgements.items() if judgement is not None}
        if self._wanted:
            self._see_status(row)
        judgement = _all(judgements.values())
        if judgement is None:
            self._note_unjudged(row, judgements)
        return self._keep_unjudged if judgement is None else judgement

    @property
    def progress(self) -> dict[str, Any]:
        """What a later reading goes on from."""
        return {
            "read": self.read,
            "unjudged": self.unjudged,
            "decided": sorted(self._decided),
            "undecided": sorted(self._undecided),
            "statuses": [*self._statuses.values()],
            "shown": self._shown,
            "lacks_zone": self._lacks_zone,
        }

    def resume(self, progress: Any) -> None:
        """Go on from there. Raises ProgressError where it is damaged."""
        found = progress if isinstance(progress, dict) else {}
        counts = [found.get(name) for name in ("read", "unjudged")]
        texts = [found.get(name) for name in ("decided", "undecided", "statuses", "shown")]
        are_texts = all(isinstance(text, list) and all(isinstance(item, str) for item in text) for text in texts)
        if not all(map(is_count, counts)) or not are_texts or not isinstance(found.get("lacks_zone"), bool):
            raise ProgressError("the progress noted is damaged")
        self.read, self.unjudged = found["read"], found["unjudged"]
        self._decided, self._undecided = {*found["decided"]}, {*found["undecided"]}
        self._statuses = {_folded(status): status for status in found["statuses"]}
        self._shown, self._lacks_zone = found["shown"], found["lacks_zone"]

    @property
    def failure(self) -> tuple[str, str] | None:
        """That nothing is known of any row, and what to do about it; None where that is not so, or not to fail."""
        never = self._undecided - self._decided
        if not self.unjudged or not never or not self._fails:
            return None
        what = f"None of {self.read} rows could be judged by {_listed(never)}: {self._why(never)}"
        return what, f"{self._remedy(never)}, or set unjudged to {DROP} or {KEEP}."

    @property
    def warnings(self) -> list[str]:
        """What the reader of the rows should be told."""
        return [text for text in (self._of_unjudged, self._of_statuses) if text]

    @property
    def _of_unjudged(self) -> str | None:
        if not self.unjudged:
            return None
        options, became = self._undecided, "and were kept" if self._keep_unjudged else "and were left out"
        return (
            f"{self.unjudged} of {self.read} rows could not be judged by {_listed(options)} {became}: "
            f"{self._why(options)}. {self._remedy(options)}."
        )

    @property
    def _of_statuses(self) -> str | None:
        missing = [status for folded, status in self._wanted.items() if folded not in self._statuses]
        if not missing or not self._statuses:
            return None
        return f"No row has the status {_shown(missing)}; rows have {_shown(self._statuses.values())}."

    def _why(self, options: Iterable[str]) -> str:
        if self._is_for_lack_of_zone(options):
            return "their times have no zone, and that of the NAS is not known"
        of_first = f"; the first has the keys {_shown(self._shown)}" if self._shown else ""
        return f"no {_meanings(options, ' or ')} can be told by a key that is known{of_first}"

    def _remedy(self, options: Iterable[str]) -> str:
        zone = "Set time_zone to that of the NAS, as in Europe/Berlin"
        others = [option for option in options if not self._is_for_lack_of_zone([option])]
        if not others:
            return zone
        keys = ", ".join(f"{meaning}: KEY" for meaning in _meanings(others, ", ").split(", "))
        name = f"ame the key in row_keys, as in {{{keys}}}"
        return f"N{name}" if len(others) == len([*options]) else f"{zone}, and n{name}"

    def _is_for_lack_of_zone(self, options: Iterable[str]) -> bool:
        return self._lacks_zone and all(_MEANINGS[option] == "time" for option in options)

    def _note_unjudged(self, row: Any, judgements: Mapping[str, bool | None]) -> None:
        self.unjudged += 1
        self._undecided |= {name for name, judgement in judgements.items() if judgement is None}
        self._lacks_zone = self._lacks_zone or self._keys.has_local_time(row)
        if not self._shown and isinstance(row, dict):
            self._shown = [key[:_LONGEST_SHOWN] for key in islice(row, _MOST_SHOWN)]

    def _see_status(self, row: Any) -> None:
        status = self._keys.word(row, "status")
        if status is not None and (len(self._statuses) <= _MOST_SHOWN or _folded(status) in self._wanted):
            self._statuses.setdefault(_folded(status), status[:_LONGEST_SHOWN])


def _folded(status: str) -> str:
    return status[:_LONGEST_SHOWN].casefold()


def _has_address(row: Any, keys: RowKeys, meaning: str, wanted: str | None) -> bool | None:
    found, is_whole = keys.addresses(row, meaning)
    return _is_among(wanted, found, is_whole=is_whole)


def _is_among(wanted: str | None, found: Iterable[str], *, is_whole: bool) -> bool | None:
    """None where something is found that does not fit, but not all of it is known."""
    return (wanted or "").lower() in found or (False if is_whole else None)


def _all(judgements: Iterable[bool | None]) -> bool | None:
    known = [*judgements]
    return False if False in known else None if None in known else True


def _meanings(options: Iterable[str], between: str) -> str:
    """The meanings that options rest on, in the order of the options."""
    found = (_MEANINGS[option] for option in _MEANINGS if option in {*options})
    return between.join(dict.fromkeys(meaning for item in found for meaning in item.split(", ")))


def _listed(options: Iterable[str]) -> str:
    return ", ".join(option for option in _MEANINGS if option in {*options})


def _shown(texts: Iterable[str]) -> str:
    """Texts of rows: the first few, each as far as it is short."""
    shown = [repr(text[:_LONGEST_SHOWN]) for text in islice(texts, _MOST_SHOWN + 1)]
    return ", ".join(shown[:_MOST_SHOWN]) + (", …" if len(shown) > _MOST_SHOWN else "")
