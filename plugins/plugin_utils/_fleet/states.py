# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with the state of a host each, as one run writes them and a later one reads them."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record

_SECONDS = 3600


class StatesError(ValueError):
    """A directory without a state that is new enough."""


def read_states(files: Mapping[str, Path], max_age: float) -> list[HostRecord]:
    """What the file of each host says. Those older than ``max_age`` hours, and those that cannot be read, leave their
    hosts not gathered, with the reason. Raises StatesError when there is no other.
    """
    oldest = time.time() - max_age * _SECONDS
    states = {host: _read(path, oldest) for host, path in files.items()}
    if all(isinstance(state, str) for state in states.values()):
        directories = ", ".join({str(path.parent) for path in files.values()})
        raise StatesError(
            f"{directories} has no state of these hosts that is younger than {max_age:g} hours. Gather first, into the "
            "same directory, or allow older ones (max_age; mailplus_max_age of the playbook report)."
        )
    return [_record(host, state) for host, state in states.items()]


def _record(host: str, state: dict[str, Any] | str) -> HostRecord:
    if isinstance(state, str):
        return HostRecord(host, "not_gathered", state, None, None)
    if state["mailplus"]:
        return host_record(host, {"ansible_facts": {"mailplus": state["mailplus"]}})
    return HostRecord(host, state["status"], state["reason"], state["error"], None)


def _read(path: Path, oldest: float) -> dict[str, Any] | str:
    """The content of a file, or why there is none."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would hold the run for ever
            return f"{path} cannot be read."
        written, text = status.st_mtime, path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return f"Nothing was gathered: there is no {path}."
    except (OSError, UnicodeDecodeError):
        return f"{path} cannot be read."
    if written < oldest:
        return f"Nothing was gathered lately: {path} is too old."
    try:
        state = json.loads(text)
        fits = state["schema_version"] == SCHEMA_VERSION and {"status", "reason", "error"} <= state.keys()
        if state["mailplus"]:
            host_record(path.stem, {"ansible_facts": {"mailplus": state["mailplus"]}})  # fails where it has no sections
    except (ValueError, LookupError, TypeError, AttributeError):
        fits = False
    return state if fits else f"{path} does not hold the state of a host."
