# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of hosts, as the catalogue tells of them: no section is known here by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Table
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import TABLES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import LEAST_IS_WORST, Envelopes
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    ColumnDefinition,
    HostReport,
    TableDefinition,
    TableRows,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import amount, as_amount, words

Cells = dict[str, object]
"""A row by column."""


def of_names(names: Set[str]) -> list[Table]:
    """The tables that are made of any of the named sections, in the order of the catalogue."""
    return [table for table in TABLES if not names.isdisjoint(table.of)]


def definitions(tables: Iterable[Table]) -> list[TableDefinition]:
    """What the tables are."""
    return [
        {
            "name": table.name,
            "label": table.label,
            "of": list(table.of),
            "columns": [{"name": column.name, "label": column.label, "unit": column.unit} for column in table.columns],
            "worst": table.worst or None,
        }
        for table in tables
    ]


def tables(found: Envelopes, collected_at: str | None, clean: Clean) -> dict[str, TableRows | None]:
    """The tables of a host by name, without personal data."""
    at = read_time(collected_at)
    return {table.name: _table(table, found, at, clean) for table in of_names({*found})}


def _table(table: Table, found: Envelopes, at: datetime | None, clean: Clean) -> TableRows:
    rows = table.find(found, at)
    statuses = [found[name]["status"] for name in table.of if name in found]
    if rows is None:
        return {"status": next((status for status in statuses if status != "ok"), "ok"), "rows": None}
    return {"status": "ok", "rows": [_cleaned(table, row, clean) for row in rows]}


def _cleaned(table: Table, row: Mapping[str, Any], clean: Clean) -> Cells:
    """A row without personal data, which some keys of its section hold."""
    if clean.replace is None:
        return {**row}
    return {name: clean.value_at(f"{table.of[0]}.data.{name}", cell) for name, cell in row.items()}


def rows_of_host(host: HostReport, definition: TableDefinition) -> list[Cells]:
    """The rows of a host, none where they are not known."""
    table = host["tables"].get(definition["name"])
    return (table and table["rows"]) or []


def unknown_reason(host: HostReport, definition: TableDefinition) -> str | None:
    """Why the rows of a host are not known; None where they are."""
    table = host["tables"].get(definition["name"])
    if table is None:
        return "not asked" if host["sections"] else "not read"
    if table["rows"] is not None:
        return None
    return "the answer does not tell" if table["status"] == "ok" else table["status"]


def cell_text(column: ColumnDefinition, cell: object) -> str | None:
    """A cell in words, None where nobody knows it."""
    if cell is None or isinstance(cell, bool):
        return None if cell is None else ("yes" if cell else "no")
    return amount(cell, column["unit"], separator=",") if isinstance(cell, int) else words(str(cell))


def of_fleet(
    definition: TableDefinition, hosts: Sequence[HostReport]
) -> tuple[list[tuple[int, str, Cells]], list[tuple[str, int]]]:
    """The rows of all hosts, the worst first, each with the number and the name of its host; and on how many hosts they
    are not known, by the reason."""
    rows = [
        (number, host["host"], row) for number, host in enumerate(hosts, 1) for row in rows_of_host(host, definition)
    ]
    unknown = Counter(reason for host in hosts if (reason := unknown_reason(host, definition)))
    return worst_first(definition, rows), unknown.most_common()


def in_words(columns: Iterable[ColumnDefinition], row: Cells) -> list[tuple[str, str | None]]:
    """The cells of a row in words, each behind the label of its column; None where nobody knows."""
    return [(column["label"], cell_text(column, row[column["name"]])) for column in columns]


def worst_first(definition: TableDefinition, rows: Iterable[tuple[int, str, Cells]]) -> list[tuple[int, str, Cells]]:
    """Rows of many hosts in the order in which people look at them: what is not known stands behind the worst."""
    column = definition["worst"]
    if column is None:
        return list(rows)
    unit = next(one["unit"] for one in definition["columns"] if one["name"] == column)
    sign = 1 if unit in LEAST_IS_WORST else -1

    def key(row: tuple[int, str, Cells]) -> tuple[bool, int]:
        known = as_amount(row[2][column], unit)
        return known is None, sign * (known or 0)

    return sorted(rows, key=key)
