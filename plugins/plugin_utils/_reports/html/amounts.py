# SPDX-License-Identifier: GPL-3.0-or-later
"""Amounts and ages over the fleet, as pictures: what figures with parts, and figures in seconds, come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import SECONDS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import has_nothing, is_partial
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    FigureDefinition,
    HostReport,
    Report,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import amount, words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.bars import Bar, Share, draw_bar

TOP_HOSTS = 12
_WORDS = 5
_HOUR, _DAY = 3600, 86400
# Where a range of ages ends, and what it is called. The rest is older than the last.
_AGES = ((_HOUR, "under 1 hour"), (4 * _HOUR, "1 to 4 hours"), (_DAY, "4 to 24 hours"), (3 * _DAY, "1 to 3 days"))
_OLDEST = "over 3 days"

Found = tuple[int, HostReport, int]
"""Number of a host, the host, and its number of something."""


@dataclass(frozen=True)
class Cell:
    """A figure of a host. ``text`` is None where nobody knows it, ``value`` where nothing can be sorted by it."""

    value: int | None
    text: str | None
    is_none: bool = False


@dataclass(frozen=True)
class AmountHost:
    """A host with some of an amount."""

    number: int
    host: str
    total: int
    made_of: Bar
    ages: list[Cell]


@dataclass(frozen=True)
class Amount:
    """An amount over the fleet. What no row tells the word of counts as unknown."""

    figure: FigureDefinition
    known: int
    unknown: int
    total: int
    made_of: Bar
    partial: int
    top: list[AmountHost]
    most_of_rest: int
    rest: int


@dataclass(frozen=True)
class Ages:
    """Hosts by the range in which a figure in seconds lies."""

    figure: FigureDefinition
    ranges: list[tuple[Share, Bar]]


@dataclass(frozen=True)
class Subject:
    """The amounts and ages of one section, which belong together."""

    number: int
    title: str
    amounts: list[Amount]
    ages: list[Ages]
    partial: int


def by_section(report: Report) -> dict[str, list[FigureDefinition]]:
    """The figures of each section."""
    found: dict[str, list[FigureDefinition]] = {}
    for figure in report["figures"]:
        found.setdefault(figure["section"], []).append(figure)
    return found


def subjects(report: Report) -> list[Subject]:
    """What there is to draw, section by section: of those that sum up a host."""
    brief = {figure["section"] for figure in report["figures"] if figure["brief"]}
    sections = (figures for name, figures in by_section(report).items() if name in brief)
    drawn = ([one for one in figures if one["by"] or one["unit"] == SECONDS] for figures in sections)
    return [_subject(number, figures, report["hosts"]) for number, figures in enumerate(filter(None, drawn), 1)]


def columns(report: Report) -> list[FigureDefinition]:
    """The figures in the table of hosts: those that sum up a host, and the ages that belong to them."""
    sections = {figure["section"] for figure in report["figures"] if figure["brief"]}
    return [
        figure
        for figure in report["figures"]
        if figure["brief"] or (figure["section"] in sections and figure["unit"] == SECONDS)
    ]


def cell(host: HostReport, figure: FigureDefinition, figures: Sequence[FigureDefinition]) -> Cell:
    """A figure of a host, where ``figures`` are others beside it."""
    value = host["figures"][figure["name"]]
    nothing = has_nothing(host, figure, figures)
    if nothing:
        return Cell(value, nothing, is_none=True)
    at_least = "at least " if figure["unit"] == SECONDS and is_partial(host, figure["section"]) else ""
    return Cell(value, None if value is None else at_least + amount(value, figure["unit"], separator=","))


def _subject(number: int, figures: Sequence[FigureDefinition], hosts: Sequence[HostReport]) -> Subject:
    ages = [figure for figure in figures if figure["unit"] == SECONDS]
    amounts = [_amount(figure, ages, figures, hosts) for figure in figures if figure["by"]]
    return Subject(
        number=number,
        title=figures[0]["label"],
        amounts=amounts,
        ages=[_ages(figure, figures, hosts) for figure in ages],
        partial=max((amount.partial for amount in amounts), default=0),
    )


def _amount(
    figure: FigureDefinition,
    ages: Sequence[FigureDefinition],
    figures: Sequence[FigureDefinition],
    hosts: Sequence[HostReport],
) -> Amount:
    name = figure["name"]
    numbered = ((number, host, host["figures"][name]) for number, host in enumerate(hosts, 1))
    known = [(number, host, total) for number, host, total in numbered if total is not None]
    top_words = _top_words(_made_of(host, name) for _number, host, _total in known)
    ranked = sorted((entry for entry in known if entry[2]), key=lambda entry: -entry[2])
    most = ranked[0][2] if ranked else 0
    total = sum(length for _number, _host, length in known)
    shares = _sum([_shares(figure, host, top_words, length) for _number, host, length in known])
    return Amount(
        figure=figure,
        known=len(known),
        unknown=len(hosts) - len(known),
        total=total,
        made_of=draw_bar([share for share in shares if share.count], total),
        partial=sum(is_partial(host, figure["section"]) for _number, host, _total in known),
        top=[
            AmountHost(
                number,
                host["host"],
                length,
                draw_bar([share for share in _shares(figure, host, top_words, length) if share.count], most),
                [cell(host, one, figures) for one in ages],
            )
            for number, host, length in ranked[:TOP_HOSTS]
        ],
        most_of_rest=ranked[TOP_HOSTS][2] if len(ranked) > TOP_HOSTS else 0,
        rest=max(0, len(ranked) - TOP_HOSTS),
    )


def _made_of(host: HostReport, name: str) -> Counter[str]:
    counts = host["breakdowns"][name] or {}
    return Counter({word: number for word, number in counts.items() if number is not None})


def _top_words(counts: Iterable[Counter[str]]) -> list[str]:
    """The words that get a colour of their own, the most frequent first."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return [word for word, _count in sorted(total.items(), key=lambda item: (-item[1], item[0]))[:_WORDS]]


def _shares(figure: FigureDefinition, host: HostReport, top_words: Sequence[str], total: int) -> list[Share]:
    counts = _made_of(host, figure["name"])
    named = [Share(f"k{number}", words(word), counts[word]) for number, word in enumerate(top_words, 1)]
    other = counts.total() - sum(share.count for share in named)
    label = f"{figure['by']['label']} unknown" if figure["by"] else "unknown"
    return [*named, Share("k6", "other", other), Share("unknown", label, max(0, total - counts.total()))]


def _sum(all_shares: Sequence[list[Share]]) -> list[Share]:
    return [
        Share(shares[0].look, shares[0].label, sum(share.count for share in shares))
        for shares in zip(*all_shares, strict=True)
    ]


def _ages(figure: FigureDefinition, figures: Sequence[FigureDefinition], hosts: Sequence[HostReport]) -> Ages:
    counts = Counter(_range(host, figure, figures) for host in hosts)
    order = [
        ("ok", "nothing there"),
        *((f"a{number}", label) for number, (_end, label) in enumerate(_AGES, 1)),
        (f"a{len(_AGES) + 1}", _OLDEST),
        ("unknown", "unknown"),
    ]
    shares = [Share(look, label, counts[label]) for look, label in order]
    most = max((share.count for share in shares), default=0)
    return Ages(figure, [(share, draw_bar([share], most)) for share in shares])


def _range(host: HostReport, figure: FigureDefinition, figures: Sequence[FigureDefinition]) -> str:
    if has_nothing(host, figure, figures):
        return "nothing there"
    seconds = host["figures"][figure["name"]]
    if seconds is None:
        return "unknown"
    return next((label for end, label in _AGES if seconds < end), _OLDEST)
