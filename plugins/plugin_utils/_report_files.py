# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a report, for each action that makes one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import Options, directory_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.history import is_quiet, without_times
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports import places
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import PAGE, Formats
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.links import linked


def page(options: Options, found: Mapping[str, places.Place], generated_at: str) -> str | None:
    """The path of the HTML report; None where none is written."""
    if "html" not in options["formats"]:
        return None
    return str(found["html"].path(PAGE, generated_at))


def write_report(
    built: Report, options: Options, found: Mapping[str, places.Place], *, dry: bool, formats: Formats | None = None
) -> dict[str, Any]:
    """Write a report as the options say: which files there are, and whether one changed, or would. Raises OSError."""
    stamp = built["generated_at"]
    targets = places.targets(found, options["formats"], directory_of(options), stamp, formats)
    paths = [str(path) for path in targets]
    complete = all(path.exists() and target.access.holds(path) for path, target in targets.items())
    if options["only_on_change"] and complete:
        less = partial(without_times, is_quiet=is_quiet(built))
        path = found["json"].path("report.json", stamp)
        if not files.differs_beyond_times(path, files.to_json(linked(built, path.parent)), less):
            return {"changed": False, "files": paths}
    changed = [
        _write_one(path, target.write(linked(built, path.parent)), target.access, dry=dry)
        for path, target in targets.items()
    ]
    return {"changed": any(changed), "files": paths}


def _write_one(path: Path, text: str, access: files.Access, *, dry: bool) -> bool:
    """Whether a file changed, or would change. Of a big fleet, only one text at a time has room in memory."""
    changed = files.differs(path, text) or not access.holds(path)
    if changed and not dry:
        files.make_directories([path.parent], access)
        files.write(path, text, access)
    return changed
