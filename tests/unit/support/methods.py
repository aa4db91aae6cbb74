# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of all methods that are known, see ``methods.yml``: which may be sent, and which never."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import Pair

COLUMNS = ("sections", "by_name", "checks", "never")


@functools.cache
def methods() -> dict[str, dict[str, dict[str, Any]]]:
    """Of ``mailplus`` and of ``dsm``, by API, the columns."""
    text = (Path(__file__).parents[1] / "mailplus" / "methods.yml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(text)
    return found


def column(name: str, *systems: str) -> dict[Pair, Any]:
    """The pairs of a column, each with the names of its sections where it has some."""
    found: dict[Pair, Any] = {}
    for system in systems or methods():
        for api, columns in methods()[system].items():
            of_api = columns.get(name, {})
            found |= {(api, method): of_api[method] if isinstance(of_api, dict) else None for method in of_api}
    return found


MAY_BE_SENT = {pair for name in COLUMNS if name != "never" for pair in column(name)}
NEVER = set(column("never"))
