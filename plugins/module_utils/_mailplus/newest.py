# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether rows of a list come newest first, as far as they were seen, and what that saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.paging import (
    PAGES_AT_ONCE,
    ProgressError,
    is_count,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time

# No order is told from fewer rows.
_ENOUGH_ROWS = 50
# Rows may be further apart in time where none was read yet: so no more is asked at once than this part of the way.
_CAREFUL = 4


class NewestFirst:
    """Looks at the times of rows, page by page. Where they are known and never rise, those behind are older still."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._holds = True
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._rows = self._pages = 0
        self._of_page = timedelta(0)  # how much time the last page spans
        self._page_is_older = False

    def see(self, times: Sequence[datetime | None]) -> None:
        """Look at the rows that a page added."""
        known = [time for time in times if time is not None]
        if not times or not self._holds:
            return
        before = self._last or known[0] if known else None
        self._holds = len(known) == len(times) and before is not None and _never_rise([before, *known])
        if not self._holds or before is None:
            return
        self._first, self._last = self._first or known[0], known[-1]
        self._rows, self._pages = self._rows + len(known), self._pages + 1
        self._of_page, self._page_is_older = before - self._last, known[0] < self._since

    @property
    def is_past(self) -> bool:
        """Whether all rows behind are older than ``since``, as those seen show: a whole page is."""
        is_seen = self._rows >= _ENOUGH_ROWS and self._first != self._last  # rows of one moment show no order
        return self._holds and is_seen and self._page_is_older

    @property
    def at_once(self) -> int:
        """How many pages to ask for at once, so that few are read in vain."""
        if not self._holds:
            return PAGES_AT_ONCE
        if self._first is None or self._last is None:
            return 1
        of_page = max(self._of_page, (self._first - self._last) / max(1, self._pages))
        left = max(self._last - self._since, timedelta(0))
        ahead = left // of_page // _CAREFUL if of_page else self._pages
        return max(1, min(PAGES_AT_ONCE, self._pages, ahead))

    @property
    def progress(self) -> dict[str, Any]:
        """What was seen, as plain JSON, for ``resume``."""
        first, last = (time.isoformat() if time else None for time in (self._first, self._last))
        return {"holds": self._holds, "first": first, "last": last, "rows": self._rows, "pages": self._pages}

    def resume(self, progress: Any) -> None:
        """Go on from what an earlier reading saw. Raises ProgressError."""
        noted: Mapping[str, Any] = progress if isinstance(progress, Mapping) else {}
        holds, rows, pages = (noted.get(name) for name in ("holds", "rows", "pages"))
        first, last = (read_time(noted.get(name)) for name in ("first", "last"))
        if (
            not isinstance(holds, bool)
            or not is_count(rows)
            or not is_count(pages)
            or (first is None) != (last is None)
        ):
            raise ProgressError("the progress noted is damaged")
        self._holds, self._rows, self._pages, self._first, self._last = holds, rows, pages, first, last


def _never_rise(times: Sequence[datetime]) -> bool:
    return all(later <= earlier for earlier, later in pairwise(times))
