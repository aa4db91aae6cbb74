# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of hosts, of the fleet and of one host, as the HTML report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    HostReport,
    Report,
    TableDefinition,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.tables import (
    Cells,
    in_words,
    of_fleet,
    rows_of_host,
    unknown_reason,
    worst_first,
)

# Of the fleet, and of a host.
MOST_ROWS, MOST_ROWS_OF_HOST = 25, 50


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
