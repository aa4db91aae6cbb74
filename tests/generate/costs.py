# SPDX-License-Identifier: GPL-3.0-or-later
"""What each group costs a NAS, by the code that reads and packs: a NAS is imagined that has so many domains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from typing import Any, NamedTuple, cast

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.batches import packed
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.discovery import ENTRY
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan, read_sections
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import (
    ALL,
    BY_NAME,
    DEFAULT,
    groups,
    select,
)
from ansible_collections.mailfleet.mailplus.tests.generate.writing import Row, rst_table

_HEAD = ("Group", "Sections", "Reads, one domain", "Reads, each further one", "Requests, one domain", "Three", "Ten")
_LOGIN_AND_LOGOUT = 2


class Cost(NamedTuple):
    """Reads, as items of compounds or alone, and requests with login and logout."""

    reads: int
    requests: int


class _Counting:
    """Stands in for a client: the NAS has ``domains`` domains, a group in each of them, and no rows elsewhere."""

    def __init__(self, domains: int) -> None:
        names = [f"example{number}.com" for number in range(domains)]
        rows = [{"name": name, "domain_id": place} for place, name in enumerate(names, 1)]
        self._answers = {
            _call("domains"): {"domains": rows, "total": domains},
            _call("domain_groups"): {"groups": [{"name": "users", "id": 1}], "total": 1},
        }
        self.reads = self.requests = 0

    def read(self, reads: Sequence[Read]) -> list[Reply]:
        self.reads += len(reads)
        self.requests += len(packed([read.weight for read in reads]))
        return [Reply(Route(ENTRY, max(read.versions)), self._answer(read)) for read in reads]

    def _answer(self, read: Read) -> Any:
        return self._answers.get((read.api, read.method), {"rows": [], "total": 0})


def _call(section: str) -> tuple[str, str]:
    read = BY_NAME[section].reads[0]
    return read.api, read.method


def cost(subset: Sequence[str], domains: int) -> Cost:
    """What ``subset`` costs a NAS with so many domains, where no list is longer than a page."""
    counting = _Counting(domains)
    read_sections(cast(Client, counting), Plan(select(subset)), datetime.now(timezone.utc))
    return Cost(counting.reads, counting.requests + _LOGIN_AND_LOGOUT)


def table() -> Iterator[str]:
    """A row for each group."""
    subsets = {"the default": list(DEFAULT), **{f"``{name}``": [name] for name in (*groups(), ALL)}}
    rows = [_row(title, subset) for title, subset in subsets.items()]
    yield from rst_table((22, 12, 14, 16, 14, 10, 10), _HEAD, rows)


def _row(title: str, subset: Sequence[str]) -> Row:
    one, two, three, ten = (cost(subset, domains) for domains in (1, 2, 3, 10))
    further = two.reads - one.reads
    numbers = (len(select(subset)), one.reads, further, one.requests, three.requests, ten.requests)
    return (title, *map(str, numbers))
