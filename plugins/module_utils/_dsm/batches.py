# SPDX-License-Identifier: GPL-3.0-or-later
"""How reads, told by their places, are packed into requests, and how one that does not come back is taken apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

Batch: TypeAlias = Sequence[int]
Call: TypeAlias = tuple[str, str]  # API and method

# Of one request. No limit is documented. 100 reads of settings are some 200 kB, and 100 hundreds of rows some 5 MB, so
# that a request is no long work for a small machine, and its answer stays far below the largest one that is read.
MOST_WEIGHT = 100

# Rows that weigh as much as a read without any.
_ROWS = 100

# Items of a compound, where a larger one was refused. Nobody has published whether DSM has a limit, or which.
FEW_ITEMS = 25

# Into how many parts a batch goes that did not come back. Each level on the way to the one read that hangs costs a
# timeout, each part a request of some milliseconds: with tenths, one read of a hundred is found after three timeouts.
_PARTS = 10


def weight(limit: object) -> int:
    """What a read weighs that asks for at most ``limit`` rows, or for none that are counted."""
    return 1 + (max(0, limit) // _ROWS if isinstance(limit, int) else 0)


def packed(weights: Sequence[int]) -> list[range]:
    """Batches of reads in their order, none heavier than it may be, but for a single read that is."""
    batches: list[range] = []
    start = total = 0
    for place, each in enumerate(weights):
        if place > start and total + each > MOST_WEIGHT:
            batches.append(range(start, place))
            start, total = place, 0
        total += each
    return [*batches, range(start, len(weights))] if weights else []


def split(batch: Batch) -> list[Batch]:
    """The parts of a batch, about as large as each other."""
    count = min(_PARTS, len(batch))
    bounds = [len(batch) * part // count for part in range(count + 1)]
    return [batch[start:end] for start, end in pairwise(bounds)]


def pieces(batch: Batch, most: int) -> list[Batch]:
    """A batch in pieces of at most so many reads."""
    return [batch[start : start + most] for start in range(0, len(batch), most)]


def scouts(batch: Batch, calls: Mapping[int, Call]) -> list[Batch]:
    """Of each call, two reads alone, the first and the last, where a batch is many reads of a few calls; else none.

    Where one call hangs whatever it is asked, two timeouts show it, and not one for each part that holds it.
    """
    places: dict[Call, list[int]] = {}
    for place in batch:
        if place in calls:
            places.setdefault(calls[place], []).append(place)
    if len(places) > _PARTS or sum(map(len, places.values())) < 2 * len(places):
        return []
    return [[place] for each in places.values() for place in sorted({each[0], each[-1]})]
