# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with the state of a host each, as one run writes them and a later one reads them."""

from __future__ import annotations

import hashlib
import json
import stat
import string
import time
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HostRecord,
    host_record,
    is_error,
    spare,
    unusable,
    whole_state,
)

_SECONDS = 3600

# With what follows, a name has to fit into 255 bytes, the limit of most file systems.
_LONGEST_NAME, _KEPT_OF_NAME = 240, 120
_UNQUOTED = frozenset(f"{string.ascii_letters}{string.digits}_.-~".encode())


class StatesError(ValueError):
    """A directory without a state that is new enough."""


def fleet_file(directory: Path) -> Path:
    """Where the state of all hosts is written."""
    return directory / "fleet.json"


def state_file(directory: Path, host: str) -> Path:
    """Where the state of a host is written."""
    return directory / "hosts" / f"{_file_name(host)}.json"


def last_good_file(directory: Path, host: str) -> Path:
    """Where the last state of a host stays that was read, while the host cannot be read."""
    return directory / "last_good" / f"{_file_name(host)}.json"


def last_good(directory: Path, host: str) -> HostRecord | None:
    """The last state of a host that was read, None where there is none: of its file, or of the one beside it."""
    for path in (state_file(directory, host), last_good_file(directory, host)):
        record = spare(partial(_read_good, host, path), partial(unusable, host))
        if record.is_read:
            return record
    return None


def _read_good(host: str, path: Path) -> HostRecord:
    return read_state(host, path, 0)[1]


def _file_name(host: str) -> str:
    """The name of a host, quoted as in a URL, so that none leads out of the directory.

    Of a long name, a digest tells it from others that begin alike. It follows a plus, which no quoted name has.
    """
    encoded = host.encode(errors="surrogatepass")
    name = "".join(chr(byte) if byte in _UNQUOTED else f"%{byte:02X}" for byte in encoded)
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_KEPT_OF_NAME]}+{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    return name


def without_last_read(content: Any) -> Any:
    """What a file of a host or of a fleet holds, without when hosts were last read.

    Raises AttributeError, TypeError for what is no such file.
    """
    content = {**content, "last_read": None}
    if "hosts" in content:
        content["hosts"] = {host: {**record, "last_read": None} for host, record in content["hosts"].items()}
    return content


def oldest(max_age: float) -> float:
    """The time (``time.time``) since which a state must have been written to be one of today."""
    return time.time() - max_age * _SECONDS


def read_state(host: str, path: Path, since: float) -> tuple[float, HostRecord]:
    """When the file of a host was written, and what it says.

    One that is older than ``since``, or cannot be read, leaves the host not gathered, with the reason.
    """
    written, state = _read(path, since)
    return written, _record(host, state)


def no_state(directory: Path, max_age: float) -> StatesError:
    """What to say of a directory without any state that is new enough."""
    return StatesError(
        f"{directory / 'hosts'} has no state of these hosts that is younger than {max_age:g} hours. Gather first, into "
        "the same directory, or allow older ones (max_age; mailplus_state_max_age of the role; mailplus_max_age of the "
        "playbook report)."
    )


def _record(host: str, state: dict[str, Any] | str) -> HostRecord:
    if isinstance(state, str):
        return HostRecord(host, "not_gathered", state, None, None)
    if state["mailplus"]:
        return host_record(host, {"ansible_facts": {"mailplus": state["mailplus"]}})
    return HostRecord(host, state["status"], state["reason"], state["error"], None, state.get("last_read"))


def _read(path: Path, since: float) -> tuple[float, dict[str, Any] | str]:
    """When a file was written, and its content, or why there is none."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would hold the run for ever
            return 0, f"{path} cannot be read."
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0, f"Nothing was gathered: there is no {path}."
    except (OSError, UnicodeDecodeError):
        return 0, f"{path} cannot be read."
    if status.st_mtime < since:
        return 0, f"Nothing was gathered lately: {path} is too old."
    return status.st_mtime, _parsed(path, text)


def _parsed(path: Path, text: str) -> dict[str, Any] | str:
    try:
        state = json.loads(text)
        fits = state["schema_version"] == SCHEMA_VERSION and {"status", "reason", "error"} <= state.keys()
        fits = fits and (state["error"] is None or is_error(state["error"]))
        if state["mailplus"]:
            whole_state(state["mailplus"])
    except (ValueError, LookupError, TypeError, AttributeError):
        fits = False
    return state if fits else f"{path} does not hold the state of a host."
