# SPDX-License-Identifier: GPL-3.0-or-later
"""Links to the HTML report in the files of other formats."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report


def linked(report: Report, directory: Path) -> Report:
    """The same report with its links as paths from the directory of a file."""
    return {
        **report,
        "rules": [{**rule, "link": _path_from(directory, rule["link"])} for rule in report["rules"]],
        "hosts": [{**host, "link": _path_from(directory, host["link"])} for host in report["hosts"]],
    }


def as_address(link: str) -> str:
    """A link as it stands in an address: every letter that means something in one, or in mark-up, is encoded."""
    path, _mark, place = link.rpartition("#")
    return f"{quote(os.fsencode(path))}#{place}"


def _path_from(directory: Path, link: str | None) -> str | None:
    return None if link is None else os.path.relpath(link, directory)
