# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of the fleet report: by name, what makes the text of each file from the report."""

from __future__ import annotations

import json
from collections.abc import Callable

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html import html
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.junit import junit_xml
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.markdown import markdown
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.prometheus import prometheus
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.tables import findings_csv, hosts_csv
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.text import visible_lines


def _json(report: Report) -> str:
    # What visible_lines puts in place of a character is how JSON writes it.
    return visible_lines(json.dumps(report, indent=2, sort_keys=True, ensure_ascii=False)) + "\n"


# Name of a format -> file name -> writer.
FORMATS: dict[str, dict[str, Callable[[Report], str]]] = {
    "html": {"report.html": html},
    "json": {"report.json": _json},
    "csv": {"hosts.csv": hosts_csv, "findings.csv": findings_csv},
    "junit": {"junit.xml": junit_xml},
    "markdown": {"report.md": markdown},
    "prometheus": {"mailplus.prom": prometheus},
}
