# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists as they are read: page by page, filtered, summarised, kept or written to a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, answer_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import Page, Pager
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import RowsSummary
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import TooDeepError, hide_secrets


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


class ListReading:
    """One list that is being read."""

    def __init__(self, section: Section, window: Window, *, reveal_secrets: bool) -> None:
        self.section = section
        self.window = window
        self.pager = Pager(window.offset, window.limit, section.id_keys)
        self.rows: list[Any] = []
        self.rows_key: str | None = None
        self.error: DsmError | None = None
        self.read = self.unjudged = self.kept = 0
        self._summary: RowsSummary = section.rows_summary() if section.rows_summary else _no_summary()
        self._reveal_secrets = reveal_secrets
        self._fresh: list[Any] = []  # rows that were read, of which no account was taken yet
        self._ended = False  # some of them cannot be taken account of, so those behind must not be either
        if window.file:
            self._resume(window.file)
        self._page = self.pager.first_page

    @property
    def first_read(self) -> Read:
        """The question that begins, or takes up, the reading."""
        return self._read(self._page)

    def begin(self, reply: Reply) -> None:
        """Take the first answer. Without rows in it, or with an error, the reading is over."""
        if reply.data is None:
            self.error = reply.error
            return
        self.rows_key = _rows_key(self.section, reply.data)
        if self.rows_key:
            self.feed(self._page, reply)

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
            rows = reply.data.get(self.rows_key)
            self._fresh += self.pager.feed(page, rows if isinstance(rows, list) else [], total_of(reply.data))

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
        if file is None:
            return
        if self.error is None and self.rows_key and not self.pager.gave_up:
            file.finish()
            return
        file.close()
        if self.error is None:
            self.error = self._failure(f"The list cannot be read to its end; {file.rows} rows are in {file.path}.part")

    def summary(self, complete: bool | None, now: Any) -> Mapping[str, Any]:
        """What the rows amount to."""
        return self._summary.result(complete, now)

    def _take(self, rows: list[Any]) -> None:
        self.read += len(rows)
        if self.window.filter.active:
            judged = [(row, self.window.filter.judge(row)) for row in rows]
            self.unjudged += sum(judgement is None for _row, judgement in judged)
            rows = [row for row, judgement in judged if judgement is not False]
        self.kept += len(rows)
        self._summary.add(rows)
        if self.window.file:
            self.window.file.write(hide_secrets(rows, reveal=self._reveal_secrets))
        elif self.window.keep:
            self.rows += rows

    def _failure(self, message: str) -> DsmError:
        read = self.first_read
        return answer_error(message, api=read.api, method=read.method, version=max(read.versions))

    def _resume(self, file: RowFile) -> None:
        progress = file.begin()
        if progress:
            self.pager.resume(progress["pager"])
            self.read, self.unjudged, self.kept = progress["read"], progress["unjudged"], file.rows
            self._summary.add(file.rows_so_far())

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
    """The length of a list as the server tells it."""
    total = data.get("total")
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def _rows_key(section: Section, data: Mapping[str, Any]) -> str | None:
    """The key of the rows: the known one, or else the only list in the answer. None where neither is there."""
    known = section.rows_key
    if known and known in data:
        return known if isinstance(data[known], list) else None
    lists = [key for key, value in data.items() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else None


def _no_summary() -> RowsSummary:  # pragma: no cover - a test of the catalogue makes sure of it
    raise TypeError("a list section has a rows_summary")
