# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of the fleet report: by name, what makes the text of each file from the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import TABLES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.files import to_json
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import of_catalogue
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.page import html
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.junit import junit_xml
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.markdown import markdown
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.prometheus import prometheus
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.tables import (
    changes_csv,
    findings_csv,
    hosts_csv,
    table_csv,
    view_csv,
)

# The format that is no report: the rows of all hosts, in files of their own.
ROWS = "jsonl"

# What other formats link to.
PAGE = "report.html"

Formats = dict[str, dict[str, Callable[[Report], str]]]
"""Name of a format -> file name -> writer."""

FORMATS: Formats = {
    "html": {PAGE: html},
    "json": {"report.json": to_json},
    "csv": {
        "hosts.csv": hosts_csv,
        "findings.csv": findings_csv,
        "changes.csv": changes_csv,
        **{
            f"{table.name}.csv": partial(table_csv, table.name, [column.name for column in table.columns])
            for table in TABLES
        },
        **{
            f"{name}.csv": partial(view_csv, name, [column.name for column in columns])
            for name, columns in of_catalogue().items()
        },
    },
    "junit": {"junit.xml": junit_xml},
    "markdown": {"report.md": markdown},
    "prometheus": {"mailplus.prom": prometheus},
}


def with_tables(columns: Mapping[str, Sequence[str]]) -> Formats:
    """The formats of a report that has tables of its own, by their names and the columns of each."""
    files = {f"{name}.csv": partial(table_csv, name, names) for name, names in columns.items()}
    return {**FORMATS, "csv": {"hosts.csv": hosts_csv, "findings.csv": findings_csv, **files}}
