# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of hosts, of the fleet and of one host, and views of the fleet, as the HTML report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    HostReport,
    Report,
    TableDefinition,
    ViewReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.tables import (
    Cells,
    in_words,
    of_fleet,
    rows_of_host,
    unknown_reason,
    worst_first,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import HOST_COLUMN

# Of the fleet, of a host, and of a view.
MOST_ROWS, MOST_ROWS_OF_HOST, MOST_ROWS_OF_VIEW = 25, 50, 10


@dataclass(frozen=True)
class Line:
    """A row: what its cells say, None where nobody knows, and all of it in a line.

    ``number`` and ``host`` tell whose it is.
    """

    number: int
    host: str
    cells: list[str | None]
    text: str


@dataclass(frozen=True)
class Table:
    """Some rows of a table, and how many there are. ``unknown`` are hosts whose rows are not known, by the reason."""

    definition: TableDefinition
    lines: list[Line]
    rows: int
    hosts: int
    unknown: list[tuple[str, int]]


@dataclass(frozen=True)
class ViewCell:
    """A cell of a view: what it says, None where nobody knows, and the number of the host that it names."""

    label: str
    text: str | None
    is_number: bool
    host: int | None


@dataclass(frozen=True)
class View:
    """The first rows of a view of the fleet, and how many more there are."""

    number: int
    definition: ViewReport
    numbers: set[str]
    rows: list[list[ViewCell]]
    more: int


def views(report: Report) -> list[View]:
    """The views that have rows, or of which something is unknown."""
    numbers = {host["host"]: number for number, host in enumerate(report["hosts"], 1)}
    shown = [view for view in report["views"] if view["rows"] or view["unknown"]]
    return [_view(number, view, numbers) for number, view in enumerate(shown, 1)]


def _view(number: int, view: ViewReport, numbers: Mapping[str, int]) -> View:
    rows = [_view_row(view, row, numbers) for row in view["rows"][:MOST_ROWS_OF_VIEW]]
    counts = {cell.label for row in rows for cell in row if cell.is_number}
    return View(number, view, counts, rows, len(view["rows"]) + view["left_out"] - len(rows))


def _view_row(view: ViewReport, row: Cells, numbers: Mapping[str, int]) -> list[ViewCell]:
    told = zip(view["columns"], in_words(view["columns"], row), strict=True)
    return [
        ViewCell(label, text, isinstance(row[column["name"]], int), _host(column["name"], row, numbers))
        for column, (label, text) in told
    ]


def _host(column: str, row: Cells, numbers: Mapping[str, int]) -> int | None:
    return numbers.get(str(row[column])) if column == HOST_COLUMN else None


def fleet_tables(report: Report) -> list[Table]:
    """The tables of the fleet, the worst rows first."""
    return [_of_fleet(definition, report["hosts"]) for definition in report["tables"]]


def host_tables(number: int, host: HostReport, definitions: Sequence[TableDefinition]) -> list[Table]:
    """The tables of a host that it was asked for."""
    return [_of_host(definition, number, host) for definition in definitions if host["tables"].get(definition["name"])]


def _of_fleet(definition: TableDefinition, hosts: Sequence[HostReport]) -> Table:
    rows, unknown = of_fleet(definition, hosts)
    known = len(hosts) - sum(count for _reason, count in unknown)
    return Table(definition, list(_lines(definition, rows[:MOST_ROWS])), len(rows), known, unknown)


def _of_host(definition: TableDefinition, number: int, host: HostReport) -> Table:
    rows = rows_of_host(host, definition)
    ranked = worst_first(definition, [(number, host["host"], row) for row in rows])[:MOST_ROWS_OF_HOST]
    reason = unknown_reason(host, definition)
    unknown = [(reason, 1)] if reason else []
    return Table(definition, list(_lines(definition, ranked)), len(rows), 1 - len(unknown), unknown)


def _lines(definition: TableDefinition, rows: Sequence[tuple[int, str, Cells]]) -> Iterator[Line]:
    for number, host, row in rows:
        cells = in_words(definition["columns"], row)
        text = "; ".join(f"{label}: {cell or 'unknown'}" for label, cell in cells)
        yield Line(number, host, [cell for _label, cell in cells], text)
