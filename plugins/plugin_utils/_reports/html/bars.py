# SPDX-License-Identifier: GPL-3.0-or-later
"""Bars of shares, with their legends.

Shapes are in per cent of their picture, so that a picture takes any width. Of the words of servers none is a class.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A piece of a bar: where it begins and how long it is, in per cent. ``look`` is its class."""

    look: str
    start: float
    width: float


@dataclass(frozen=True)
class Share:
    """One line of a legend."""

    look: str
    label: str
    count: int


@dataclass(frozen=True)
class Bar:
    """A bar with its legend."""

    shares: list[Share]
    parts: list[Part]


def draw_bar(shares: list[Share], whole: int | None = None) -> Bar:
    """A bar that is full at ``whole``, or at the sum of its shares."""
    return Bar(shares, parts(shares, sum(share.count for share in shares) if whole is None else whole))


def parts(shares: Iterable[Share], whole: int) -> list[Part]:
    """The pieces of a bar that is full at ``whole``."""
    found, start = [], 0.0
    for share in shares:
        if share.count > 0:
            width = round(100 * share.count / max(whole, 1), 3)
            found.append(Part(share.look, round(start, 3), max(width, 0.4)))
            start += width
    return found
