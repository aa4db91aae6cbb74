# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts come to in numbers, as the rows of the catalogue tell it: no section is known here by its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope, rows_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    DAYS,
    PERCENT,
    SECONDS,
    Breakdown,
    Figure,
    Section,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    CANDIDATES,
    Hour,
    Member,
    rows_by_hour,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import keys_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    BreakdownDefinition,
    FigureDefinition,
    HostReport,
    MembersDefinition,
    SectionReport,
    TableRows,
    TimelineDefinition,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    amount,
    as_amount,
    as_count,
    named_counts,
)

Envelopes = Mapping[str, Envelope | SectionReport]
"""The sections of a host."""

Tables = Mapping[str, TableRows | None]
"""The tables of a host."""

PREFIX = "mailplus_"
"""Of every metric of Prometheus."""

# How a metric ends whose figure ends with its unit: Prometheus has seconds and ratios.
_BASE_UNITS = {DAYS: SECONDS, PERCENT: "ratio"}

# Of these numbers, the least is the worst; of others, the most.
LEAST_IS_WORST = (DAYS, PERCENT)

_OF_EACH, _OF_TABLES = "each.total", "tables."


def rows(names: Collection[str]) -> list[Section]:
    """The rows of the named sections, in the order of the catalogue."""
    return [BY_NAME[name] for name in BY_NAME if name in names]


def figure_definitions(sections: Collection[Section]) -> list[FigureDefinition]:
    """What the figures of the sections are."""
    return [
        {
            "name": figure.name,
            "section": row.name,
            "label": figure.label,
            "unit": figure.unit,
            "path": figure.path,
            "brief": figure.brief,
            "metric": PREFIX + (figure.metric or metric_of(figure.name, figure.unit)),
            "known": PREFIX + figure.known if figure.known else None,
            "by": _by(figure.by) if figure.by else None,
        }
        for row in sections
        for figure in row.figures
    ]


def metric_of(name: str, unit: str) -> str:
    """The metric of a figure that shares none: it ends with the base unit."""
    return f"{name.removesuffix(unit)}{_BASE_UNITS[unit]}" if unit in _BASE_UNITS else name


def _by(by: Breakdown) -> BreakdownDefinition:
    return {"label": by.label, "path": by.path, "metric": PREFIX + by.metric, "complete": PREFIX + by.complete}


def timeline_definitions(sections: Collection[Section]) -> list[TimelineDefinition]:
    """What the timelines of the sections are."""
    return [
        {"name": row.timeline.name, "label": row.timeline.label, "section": row.name}
        for row in sections
        if row.timeline
    ]


def members_definitions(
    sections: Collection[Section], groups: Callable[[str], list[list[str]]]
) -> list[MembersDefinition]:
    """What things with a state the sections name. ``groups`` tells by their name which hosts are of one group."""
    return [
        {
            "name": row.members.name,
            "label": row.members.label,
            "group": row.members.group,
            "section": row.name,
            "groups": groups(row.members.name),
        }
        for row in sections
        if row.members
    ]


def figures(sections: Collection[Section], found: Envelopes, tables: Tables) -> dict[str, int | None]:
    """The figures of a host by name."""
    return {figure.name: _number(figure, found.get(row.name), tables) for row in sections for figure in row.figures}


def _number(figure: Figure, envelope: Envelope | SectionReport | None, tables: Tables) -> int | None:
    if figure.path == _OF_EACH:
        return _of_each(envelope)
    if figure.path.startswith(_OF_TABLES):
        return _worst(figure, tables)
    found = at(envelope, figure.path)
    return as_amount(
        CANDIDATES.find(found, figure.meaning) if figure.meaning and isinstance(found, dict) else found, figure.unit
    )


def _of_each(envelope: Envelope | SectionReport | None) -> int | None:
    """The sum over all entries; None where that of one is not known."""
    if envelope is None or envelope["status"] != "ok":
        return None
    totals = [as_count(one.get("total")) for one in envelope.get("each", {}).values()]
    known = [number for number in totals if number is not None]
    return as_count(sum(known)) if len(known) == len(totals) else None


def _worst(figure: Figure, tables: Tables) -> int | None:
    """The worst in a column; None where a cell is not known, or there is none."""
    _tables, name, column = figure.path.split(".")
    table = tables.get(name)
    cells = [as_amount(row[column], figure.unit) for row in (table and table["rows"]) or ()]
    known = [cell for cell in cells if cell is not None]
    if not known or len(known) < len(cells):
        return None
    return min(known) if figure.unit in LEAST_IS_WORST else max(known)


def breakdowns(sections: Collection[Section], found: Envelopes) -> dict[str, dict[str, int | None] | None]:
    """What those figures of a host are made of that tell it."""
    return {
        figure.name: _counts(found.get(row.name), figure.by) for row in sections for figure in row.figures if figure.by
    }


def timelines(
    sections: Collection[Section], found: Envelopes, zone: tzinfo | None = None
) -> dict[str, list[Hour] | None]:
    """The timelines of a host by name. Times without a zone are those of ``zone``."""
    return {row.timeline.name: _hours(found.get(row.name), zone) for row in sections if row.timeline}


def members(sections: Collection[Section], found: Envelopes, clean: Clean) -> dict[str, list[Member] | None]:
    """The things with a state that a host has, by name, without personal data."""
    return {
        row.members.name: row.members.find(clean.of(row)(at(found.get(row.name), "data")))
        for row in sections
        if row.members
    }


def has_nothing(host: HostReport, figure: FigureDefinition, figures: Collection[FigureDefinition]) -> str | None:
    """That a host has nothing that the figure could tell of, in words. ``figures`` are others beside it."""
    if figure["path"].startswith(_OF_TABLES):
        table = host["tables"].get(figure["path"].split(".")[1])
        return "none" if table and table["rows"] == [] else None
    if figure["unit"] != SECONDS:
        return None
    counted = (one for one in figures if one["section"] == figure["section"] and one["unit"] != SECONDS)
    return next((f"no {one['unit']}" for one in counted if host["figures"][one["name"]] == 0), None)


def is_partial(host: HostReport, section: str) -> bool:
    """Whether rows of a list were not read, or may not have been."""
    envelope = host["sections"].get(section)
    return envelope is not None and "total" in envelope and (envelope["summary"] or {}).get("complete") is not True


def brief(found: Envelopes) -> Iterator[str]:
    """The figures that sum up a host, in a few words each."""
    for row in rows(found):
        for figure in row.figures:
            if figure.brief:
                yield f"{figure.label[:1].lower()}{figure.label[1:]}: {_in_words(figure, found[row.name])}"


def _in_words(figure: Figure, envelope: Envelope | SectionReport) -> str:
    if envelope["status"] != "ok":
        return str(envelope["status"])
    number = amount(at(envelope, figure.path), figure.unit)
    made_of = named_counts(at(envelope, figure.by.path)) if figure.by and number != "unknown" else ""
    return f"{number} ({made_of}{_basis(envelope)})" if made_of else number


def _basis(envelope: Envelope | SectionReport) -> str:
    """Of which rows, where it is not all."""
    if "total" not in envelope or (envelope["summary"] or {}).get("complete"):
        return ""
    returned = as_count(envelope["returned"])
    return " of rows whose number is unknown" if returned is None else f" of the first {returned}"


def _counts(envelope: Envelope | SectionReport | None, by: Breakdown) -> dict[str, int | None] | None:
    counts = at(envelope, by.path)
    return {word: as_count(number) for word, number in counts.items()} if isinstance(counts, Mapping) else None


def _hours(envelope: Envelope | SectionReport | None, zone: tzinfo | None) -> list[Hour] | None:
    return rows_by_hour(rows_of(envelope), keys_of(envelope, zone)) if envelope else None


def at(envelope: object, path: str) -> Any:
    """What stands at a path in an envelope; None where nothing does."""
    value = envelope
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
