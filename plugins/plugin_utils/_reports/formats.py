# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of the fleet report: by name, what makes the text of each file from the report."""

from __future__ import annotations

import json
from collections.abc import Callable

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import Report


def _json(report: Report) -> str:
    return json.dumps(report, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


# Name of a format -> file name -> writer.
FORMATS: dict[str, dict[str, Callable[[Report], str]]] = {
    "json": {"report.json": _json},
}
