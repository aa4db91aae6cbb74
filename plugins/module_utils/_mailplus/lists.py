# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists as they are read: page by page, filtered, summarised, kept or written to a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.answer import as_key
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Read, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import PARAMETER_CODES, DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import (
    PAGE_SIZE,
    PAGES_AT_ONCE,
    Page,
    Pager,
    ProgressError,
    is_count,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    CANDIDATES,
    RowKeys,
    RowsSummary,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.newest import NewestFirst
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.reading import (
    Entry,
    Params,
    Reading,
    failed,
    is_name,
    type_of,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import RowFilter, Sieve
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import TooDeepError, hide_secrets
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import (
    When,
    check_order,
    check_past,
    zone_name,
)

# Reading ends here, whatever a NAS counts: far above what a list is read for, and what memory or a disk holds.
MOST_ROWS_IN_MEMORY = 250_000
MOST_ROWS_IN_FILE = 10_000_000

# What is configuration is read to its end, up to here.
MOST_ENTRIES = 10_000

# Stands for the entries of a list that were not read.
OTHERS = "(others)"

# The name of the error where a filter could judge no row.
NOT_JUDGED = "not_judged"


@dataclass(frozen=True)
class Window:
    """Which rows of a list: the first one, how many (None for all), which of them, and what becomes of them.

    Without ``keep``, rows are summarised and forgotten; with ``file``, they are written there. The limit is one of rows
    that the filter keeps, unless ``limits_read``. What ``since`` and ``until`` mean, ``at`` tells when reading begins.
    """

    offset: int = 0
    limit: int | None = 50
    filter: RowFilter = field(default_factory=RowFilter)
    keep: bool = True
    file: RowFile | None = None
    limits_read: bool = False
    since: When | None = None
    until: When | None = None

    def at(self, now: datetime, zone: tzinfo | None) -> Window:
        """The same, with the moments that are meant. Raises TimeError where that needs a zone, and there is none."""
        since = self.since.earliest(now, zone) if self.since else self.filter.since
        until = self.until.latest(now, zone) if self.until else self.filter.until
        check_order(self.since, self.until, now, zone)
        check_past(self.since, now, zone)
        return replace(self, filter=replace(self.filter, since=since, until=until, zone=zone))

    @property
    def most_kept(self) -> int | None:
        """How many rows are kept at most; None where that follows from how many are read."""
        return self.limit if self.filter.active and self.limit and not self.limits_read else None

    @property
    def most_rows(self) -> int:
        """How many rows are read at most."""
        is_small = not self.keep or self.file or (self.most_kept or MOST_ROWS_IN_FILE) <= MOST_ROWS_IN_MEMORY
        return MOST_ROWS_IN_FILE if is_small else MOST_ROWS_IN_MEMORY


class ListReading(Reading):
    """One list that is being read. Its ``with`` block opens its file, if it has one, and closes it."""

    def __init__(
        self, section: Section, params: Params, window: Window, *, reveal_secrets: bool, keys: RowKeys = CANDIDATES
    ) -> None:
        super().__init__(section, params, reveal_secrets=reveal_secrets)
        self.window = window
        self._keys = keys
        self.rows: list[Any] = []
        self.rows_key: str | None = None
        self._data: Any = None  # of the first answer
        self._is_begun = False
        self._is_bare = False  # the answer is the list
        self._is_paged = section.paged or section.kind is Kind.LOG
        self._pages: list[Page] = []  # those asked for
        self._fresh: list[Any] = []  # rows that were read, of which no account was taken yet
        self._ended = False  # some of them cannot be taken account of, so those behind must not be either
        self._over = False
        self._start_anew()

    def __enter__(self) -> ListReading:
        if self.window.file:
            try:
                self._resume(self.window.file)
            except BaseException:
                self.window.file.close()
                raise
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.window.file:
            self.window.file.close()

    @property
    def is_over(self) -> bool:
        """Whether all rows wanted are there, or no more can be had."""
        return self._over or self.error is not None

    def next_reads(self) -> list[Read]:
        """The pages to ask for now: first the one that begins, or takes up, the reading, and the row behind it."""
        if self.is_over:
            return []
        if not self._is_begun:
            behind = self.pager.page_behind if self._is_paged else None
            self._pages = [self.pager.first_page, *([behind] if behind else [])]
        else:
            self._pages = self._next_pages()
        self._over = not self._pages
        return [self._page_read(page) for page in self._pages]

    def _next_pages(self) -> list[Page]:
        """None where enough rows are kept, or those behind are seen to be older than those wanted."""
        if self.kept == self.window.most_kept:
            self.pager.stop()
            return []
        pages = self.pager.next_pages(self._at_once)
        self._ended_early = bool(pages and self._order and self._order.is_past)
        if self._ended_early:
            self.pager.stop()
        return [] if self._ended_early else pages

    @property
    def _at_once(self) -> int:
        """How many pages to ask for at once, so that few are read in vain."""
        of_order = self._order.at_once if self._order else PAGES_AT_ONCE
        if self.window.most_kept is None:
            return of_order
        wanted = (self.window.most_kept - self.kept) * max(1, self.sieve.read) // max(1, self.kept)
        return max(1, min(of_order, -(-wanted // PAGE_SIZE)))

    def receive(self, replies: Sequence[Reply]) -> None:
        """Rows, or an error."""
        if self._is_begun:
            for page, reply in zip(self._pages, replies, strict=True):
                self._feed(page, reply)
        else:
            self._begin(replies)
        if self.window.most_kept is not None:
            self.take()  # what to ask next depends on how many are kept

    def take(self) -> None:
        """Take account of the rows received: filter, summarise, keep or write them."""
        if not self._has_rows or self._ended:
            return
        rows, self._fresh = self._fresh, []
        try:
            self._take(rows)
        except TooDeepError as error:
            self.error = self._failure(f"A row is {error}")
            self._ended = True
            return
        if self.window.file:
            order = self._order.progress if self._order else None
            self.window.file.note({"pager": self.pager.progress, "order": order, "sieve": self.sieve.progress})

    def finish(self) -> None:
        """Give the file its name where it is whole; else keep the part, and the section has failed.

        Where no row could be judged, there is nothing to keep.
        """
        self.take()
        file = self.window.file
        if self.sieve.failure and not self.error:
            message, hint = self.sieve.failure
            error = self._failure(message)
            self.error = DsmError(error.kind, replace(error.details, name=NOT_JUDGED, hint=hint))
            if file:
                file.discard()
        if file is None or self.error or not self._has_rows:
            return
        if self.pager.gave_up:
            self.error = self._failure(f"The list cannot be read to its end; {file.rows} rows are in {file.path}.part")
        else:
            file.finish()

    def entries(self) -> list[Entry]:
        """The rows. One without a name of its own is known by its place; one that is no mapping holds nothing."""
        rows = ((place, row if isinstance(row, dict) else {}) for place, row in enumerate(self.rows, 1))
        return [Entry(entry_name(row, self.section.ids) or f"{place}", self._params, row) for place, row in rows]

    def unread(self) -> list[tuple[str, DsmError]]:
        """What stands for the rows that are missing, where it is known that some are."""
        is_whole = self.error or self._is_complete is not False
        return [] if is_whole else [(OTHERS, self._failure(f"Not all of {self.section.name} were read"))]

    @property
    def why_unknown(self) -> DsmError | None:
        """The error, or that the rows are nowhere to be found."""
        if self.error or self._has_rows:
            return self.error
        return self._failure("The answer does not show which of its keys holds the rows")

    @property
    def warnings(self) -> list[str]:
        """What the reader of the rows should be told."""
        doubts = [text for text in (self.pager.doubt, self._of_cap) if text]
        return [] if self.error else [*doubts, *self.sieve.warnings]

    @property
    def _of_cap(self) -> str | None:
        is_cut = self.section.kind is Kind.ENTRIES and self.pager.truncated and self.kept >= MOST_ENTRIES
        of_all = "" if self.pager.total is None else f" of {self.pager.total}"
        return f"{MOST_ENTRIES} entries were read{of_all}, and no more are read." if is_cut else None

    def _ok(self, now: datetime) -> Envelope:
        """``total`` is the list's length when reading began, as the server told it, ``returned`` how many rows were
        kept, ``truncated`` whether the server has rows behind them, and ``rows_key`` the key of the rows in the data.
        Each is None where it is not known, as are the last three and the summary where the answer does not show which
        of its keys holds the rows.
        """
        data, known = self._data, self._has_rows
        is_kept = self.window.keep and not self.window.file
        if self._is_bare:
            data = self.rows if is_kept else None
        elif known:
            data = {key: value for key, value in data.items() if key != self.rows_key}
            data |= {self.rows_key: self.rows} if is_kept else {}
        envelope: Envelope = {
            **self._envelope(data),
            "summary": self._summary.result(self._is_complete, now) if known else None,
            "total": self.pager.total if known else _total_of(data),
            "returned": self.kept if known else None,
            "truncated": self._truncated if known else None,
            "rows_key": self.rows_key,
        }
        if self._is_bare:
            envelope["data_type"] = type_of(self.rows)
        if self.window.filter.active:
            envelope["filtered"] = {
                "read": self.sieve.read,
                "kept": self.kept,
                "unjudged": self.sieve.unjudged,
                "ended_early": self._ended_early,
            }
        if self._keys.named:
            envelope["row_keys"] = {meaning: [*keys] for meaning, keys in self._keys.named.items()}
        if self.window.file:
            envelope["file"] = {"path": str(self.window.file.path), "rows": self.window.file.rows}
        return envelope

    def _failed(self, error: DsmError) -> Envelope:
        return {**failed(error), "total": None, "returned": None, "truncated": None, "rows_key": None}

    @property
    def _is_complete(self) -> bool | None:
        """Whether the rows are all that the server has; None where that is not known."""
        if self.window.offset or self._truncated:
            return False
        return None if self._truncated is None else True

    @property
    def _truncated(self) -> bool | None:
        """Whether the server has rows behind those that were judged; None where that is not known."""
        return True if self._left_out else self.pager.truncated

    def _begin(self, replies: Sequence[Reply]) -> None:
        """Take the first answers. Without rows in the first one, or with an error, the reading is over."""
        first, *behind = replies
        if self._has_other_read(first) or self._takes_no_pages(first):
            return
        self._data, self.error, self._is_begun = first.data, first.error, True
        if first.error:
            return
        self._is_bare = isinstance(first.data, list)
        self.rows_key = rows_key_of(self.section, first.data)
        self._over = not self._has_rows
        if self._has_rows:
            self._feed(self._pages[0], first)
            for reply in behind:
                if reply.error is None:  # a NAS may refuse to look behind the end
                    self.pager.look_behind(self._rows_of(reply.data), _total_of(reply.data))
            self._over = not self._is_paged and not self._counts_more(first.data)

    def _takes_no_pages(self, reply: Reply) -> bool:
        """Whether ``offset`` and ``limit``, which nobody has attested for this list, may be what the server refuses."""
        is_refused = reply.error is not None and reply.error.details.code in PARAMETER_CODES
        if not self._is_paged or not is_refused or "P" in self.section.evidence:
            return False
        self._is_paged = False
        return True

    @property
    def _has_rows(self) -> bool:
        """Whether the answer shows which of its parts are the rows."""
        return self._is_bare or self.rows_key is not None

    def _counts_more(self, data: Any) -> bool:
        """Whether the server says that there are more rows than it sent: so it sends them in pages."""
        total = _total_of(data)
        return total is not None and total > len(self._rows_of(data))

    def _feed(self, page: Page, reply: Reply) -> None:
        if reply.error and not self._is_paged:
            self._over = True  # it counts more rows than it sent, and how to ask for those is not known
        elif reply.error:
            self.error = self.error or reply.error
        elif self.error is None:
            fresh = self.pager.feed(page, self._rows_of(reply.data), _total_of(reply.data))
            if self._order:
                self._order.see([self._keys.time(row) for row in fresh])
            self._fresh += fresh

    def _judged(self, rows: list[Any]) -> Iterator[Any]:
        """Those of ``rows`` that the filter keeps, up to the limit."""
        for place, row in enumerate(rows):
            if self.kept == self.window.most_kept:
                self._left_out = len(rows) - place
                return
            if self.sieve.keeps(row):
                self.kept += 1
                yield row

    def _take(self, rows: list[Any]) -> None:
        if self.window.filter.active:
            rows = list(self._judged(rows))
        else:
            rows = self.sieve.sift(rows)
            self.kept += len(rows)
        self._summary.add(rows)
        if self.window.file:
            secret = self.section.secret
            self.window.file.write(hide_secrets(rows, reveal=self._reveal_secrets, secret=secret))
        elif self.window.keep or self.section.kind is Kind.ENTRIES:
            self.rows += rows

    def _rows_of(self, data: Any) -> list[Any]:
        rows = data if self._is_bare else _in(data, self.rows_key)
        return rows if isinstance(rows, list) else []

    def _start_anew(self) -> None:
        window, since = self.window, self.window.filter.since
        limit = window.limit if window.most_kept is None else None
        self.pager = Pager(window.offset, limit, self.section.ids, window.most_rows)
        self.sieve = Sieve(window.filter, self._keys)
        self.kept = 0
        self._left_out = 0  # rows behind the last one wanted, of the same page
        self._order: NewestFirst | None = NewestFirst(since) if since else None
        self._ended_early = False
        self._summary: RowsSummary = self.section.rows_summary(self._keys)

    def _resume(self, file: RowFile) -> None:
        file.add_purpose(self._meant)
        progress = file.begin()
        if progress is None:
            return
        try:
            self.pager.resume(progress.get("pager"))
            if self._order:
                self._order.resume(progress.get("order"))
            self.sieve.resume(progress.get("sieve"))
        except ProgressError:
            self._start_anew()
            file.start_anew()
            return
        for row in file.rows_so_far():
            self._summary.add([row])
            self.pager.remember([row])
            self.kept += 1

    @property
    def _meant(self) -> dict[str, Any]:
        """The moments and the zone that are meant: where these are others, a part holds other rows."""
        of = self.window.filter
        since, until = (moment.isoformat() if moment else None for moment in (of.since, of.until))
        return {"since": since, "until": until, "time_zone": zone_name(of.zone) if of.zone else None}

    def _page_read(self, page: Page) -> Read:
        read = self._reads[0]
        if not self._is_begun and not self._is_paged:
            return read
        return replace(read, params={**read.params, **page._asdict()})


def entry_name(row: Mapping[str, Any], ids: Sequence[str]) -> str | None:
    """What an entry is known by: the first key of ``ids`` that tells. None where none does."""
    return next((as_key(f"{row[key]}") for key in ids if is_name(row.get(key))), None)


def _in(data: Any, key: str | None) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _total_of(data: Any) -> int | None:
    """The length of a list as the server tells it; None where that is no number of rows."""
    total = _in(data, "total")
    return total if is_count(total) else None


def rows_key_of(section: Section, data: Any) -> str | None:
    """The key of the rows: the known one, or else the only list in the answer. None where neither is there."""
    known = section.rows_key
    if not isinstance(data, dict):
        return None
    if known in data:
        return known if isinstance(data[known], list) else None
    return only_list(data)


def only_list(data: Mapping[str, Any]) -> str | None:
    """The key of the only list in an answer; None where there is none, or more than one."""
    lists = [key for key, value in data.items() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else None
