# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists as they are read: page by page, filtered, summarised, kept or written to a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, answer_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import Page, Pager, ProgressError, is_count
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import RowsSummary
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import TooDeepError, hide_secrets

# Reading ends here, whatever a NAS counts: far above what a list is read for, and what memory or a disk holds.
MOST_ROWS_IN_MEMORY = 250_000
MOST_ROWS_IN_FILE = 10_000_000

# How much of an unknown row a warning shows.
_MOST_KEYS, _LONGEST_KEY = 12, 40


@dataclass(frozen=True)
class Window:
    """Which rows of a list: the first one, how many (None for all), which of them, and what becomes of them.

    Without ``keep``, rows are summarised and forgotten; with ``file``, they are written there.
    """

    offset: int = 0
    limit: int | None = 50
    filter: RowFilter = field(default_factory=RowFilter)
    keep: bool = True
    file: RowFile | None = None

    @property
    def most_rows(self) -> int:
        """How many rows are read at most."""
        return MOST_ROWS_IN_MEMORY if self.keep and not self.file else MOST_ROWS_IN_FILE


class ListReading:
    """One list that is being read. Use it in a ``with`` block, which opens its file, if it has one, and closes it."""

    def __init__(self, section: Section, window: Window, *, reveal_secrets: bool) -> None:
        self.section = section
        self.window = window
        self.rows: list[Any] = []
        self.rows_key: str | None = None
        self.error: DsmError | None = None
        self._reveal_secrets = reveal_secrets
        self._fresh: list[Any] = []  # rows that were read, of which no account was taken yet
        self._unjudged_row: Any = None
        self._ended = False  # some of them cannot be taken account of, so those behind must not be either
        self._start_anew()

    def __enter__(self) -> ListReading:
        if self.window.file:
            try:
                self._resume(self.window.file)
            except BaseException:
                self.window.file.close()
                raise
        self._page = self.pager.first_page
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.window.file:
            self.window.file.close()

    @property
    def first_reads(self) -> list[Read]:
        """The questions that begin, or take up, the reading."""
        behind = self.pager.page_behind
        return [self._read(self._page), *([self._read(behind)] if behind else [])]

    def begin(self, replies: Sequence[Reply]) -> None:
        """Take the first answers. Without rows in the first one, or with an error, the reading is over."""
        first, *behind = replies
        if first.data is None:
            self.error = first.error
            return
        self.rows_key = _rows_key(self.section, first.data)
        if self.rows_key:
            self.feed(self._page, first)
            for reply in behind:
                if reply.data is not None:  # a NAS may refuse to look behind the end
                    self.pager.look_behind(self._rows_of(reply.data), total_of(reply.data))

    def next_reads(self) -> list[tuple[Page, Read]]:
        """The further pages to ask for now, none when the reading is over."""
        if self.error or not self.rows_key:
            return []
        return [(page, self._read(page)) for page in self.pager.next_pages()]

    def feed(self, page: Page, reply: Reply) -> None:
        """Receive the rows of an answer, or its error."""
        if reply.data is None:
            self.error = self.error or reply.error
        elif self.error is None and self.rows_key:
            self._fresh += self.pager.feed(page, self._rows_of(reply.data), total_of(reply.data))

    def take(self) -> None:
        """Take account of the rows received: filter, summarise, keep or write them."""
        if not self.rows_key or self._ended:
            return
        rows, self._fresh = self._fresh, []
        try:
            self._take(rows)
        except TooDeepError as error:
            self.error = self._failure(f"A row is {error}")
            self._ended = True
            return
        if self.window.file:
            self.window.file.note({"pager": self.pager.progress, "read": self.read, "unjudged": self.unjudged})

    def end(self) -> None:
        """Give the file its name where it is whole; else keep the part, and the section has failed."""
        file = self.window.file
        if file is None or self.error or not self.rows_key:
            return
        if self.pager.gave_up:
            self.error = self._failure(f"The list cannot be read to its end; {file.rows} rows are in {file.path}.part")
        else:
            file.finish()

    @property
    def warnings(self) -> list[str]:
        """What the reader of the rows should be told."""
        if self.error:
            return []
        return [f"{self.section.name}: {text}" for text in (self.pager.doubt, self._of_unjudged) if text]

    @property
    def _of_unjudged(self) -> str | None:
        if not self.unjudged:
            return None
        row = self._unjudged_row
        keys = [repr(key[:_LONGEST_KEY]) for key in islice(row, _MOST_KEYS)] if isinstance(row, dict) else []
        of_first = f"; the first has the keys {', '.join(keys)}" if keys else ""
        return (
            f"{self.unjudged} of {self.read} rows could not be judged by {self.window.filter.needs} and were kept: "
            f"what they need is under no key that is known{of_first}."
        )

    def summary(self, complete: bool | None, now: Any) -> Mapping[str, Any]:
        """What the rows amount to."""
        return self._summary.result(complete, now)

    def _take(self, rows: list[Any]) -> None:
        self.read += len(rows)
        if self.window.filter.active:
            judged = [(row, self.window.filter.judge(row)) for row in rows]
            unjudged = [row for row, judgement in judged if judgement is None]
            self.unjudged += len(unjudged)
            self._unjudged_row = self._unjudged_row or next(iter(unjudged), None)
            rows = [row for row, judgement in judged if judgement is not False]
        self.kept += len(rows)
        self._summary.add(rows)
        if self.window.file:
            self.window.file.write(hide_secrets(rows, reveal=self._reveal_secrets))
        elif self.window.keep:
            self.rows += rows

    def _rows_of(self, data: Mapping[str, Any]) -> list[Any]:
        rows = data.get(str(self.rows_key))
        return rows if isinstance(rows, list) else []

    def _failure(self, message: str) -> DsmError:
        read = self._read(self._page)
        return answer_error(message, api=read.api, method=read.method, version=max(read.versions))

    def _start_anew(self) -> None:
        self.pager = Pager(self.window.offset, self.window.limit, self.section.id_keys, self.window.most_rows)
        self.read = self.unjudged = self.kept = 0
        self._summary: RowsSummary = self.section.rows_summary() if self.section.rows_summary else _no_summary()

    def _resume(self, file: RowFile) -> None:
        progress = file.begin()
        if progress is None:
            return
        try:
            self.pager.resume(progress.get("pager"))
            self.read, self.unjudged = (_count(progress, name) for name in ("read", "unjudged"))
        except ProgressError:
            self._start_anew()
            file.start_anew()
            return
        for row in file.rows_so_far():
            self._summary.add([row])
            self.pager.remember([row])
            self.kept += 1

    def _read(self, page: Page) -> Read:
        return self.section.read(**page._asdict())


def read_on(client: Client, readings: Sequence[ListReading]) -> None:
    """Read all lists to their ends, in rounds: each asks for the next pages of all lists together.

    While the NAS answers, account is taken of the rows that came before: a quarter of the time that a long list takes.
    """
    with ThreadPoolExecutor(max_workers=1) as asking:
        try:
            while asked := [(reading, page, read) for reading in readings for page, read in reading.next_reads()]:
                replies = asking.submit(client.read, [read for _reading, _page, read in asked])
                for reading in readings:
                    reading.take()
                for (reading, page, _read), reply in zip(asked, replies.result(), strict=True):
                    reading.feed(page, reply)
        except BaseException:
            client.interrupt()  # or else the end of the thread would be waited for as long as for the NAS
            raise
    for reading in readings:
        reading.take()


def total_of(data: Mapping[str, Any]) -> int | None:
    """The length of a list as the server tells it; None where that is no number of rows."""
    total = data.get("total")
    return total if is_count(total) else None


def _count(progress: Mapping[str, Any], name: str) -> int:
    count = progress.get(name)
    if not is_count(count):
        raise ProgressError("the progress noted is damaged")
    return count


def _rows_key(section: Section, data: Mapping[str, Any]) -> str | None:
    """The key of the rows: the known one, or else the only list in the answer. None where neither is there."""
    known = section.rows_key
    if known and known in data:
        return known if isinstance(data[known], list) else None
    lists = [key for key, value in data.items() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else None


def _no_summary() -> RowsSummary:  # pragma: no cover - a test of the catalogue makes sure of it
    raise TypeError("a list section has a rows_summary")
