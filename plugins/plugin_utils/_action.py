# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions that look at many hosts share: getting at what the hosts gathered, and failing with one line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import read_states

# With what follows, a name has to fit into 255 bytes, the limit of most file systems.
_LONGEST_NAME, _KEPT_OF_NAME = 240, 120


def plain(value: Any) -> Any:
    """Plain JSON, and dates, out of what variables are wrapped in."""
    if isinstance(value, Mapping):
        return {_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    # Before 2.19, text that Ansible marked unsafe stays marked in str().
    return str.__str__(value) if isinstance(value, str) else str(value)


def read_fleet(options: Mapping[str, Any], hostvars: Mapping[str, Any]) -> list[HostRecord]:
    """The state of every host: what was gathered, or with ``max_age`` what earlier runs wrote into the directory.

    Raises StatesError.
    """
    if options["max_age"] is None:
        return _gathered(hostvars, options["hosts"], options["variable"])
    directory = Path(options["directory"] or "").absolute()
    return read_states({host: state_file(directory, host) for host in options["hosts"]}, options["max_age"])


def state_file(directory: Path, host: str) -> Path:
    """Where the state of ``host`` is written. Its name is quoted, so that none leads out of the directory.

    Of a long name, a digest tells it from others that begin alike. It follows a plus, which no quoted name has.
    """
    name = quote(host, safe="", errors="surrogatepass")
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_KEPT_OF_NAME]}+{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    return directory / "hosts" / f"{name}.json"


def _gathered(hostvars: Mapping[str, Any], hosts: Sequence[str], variable: str) -> list[HostRecord]:
    """What each host gathered, as the result that it registered under ``variable``.

    Where no host of the play has one, nothing was gathered in this run, and the facts of an earlier one are taken.
    """
    outcomes = {host: plain(hostvars[host].get(variable)) for host in hosts}
    if not any(outcomes.values()):
        outcomes = {host: _from_facts(hostvars[host]) for host in hosts}
    return [host_record(host, outcome) for host, outcome in outcomes.items()]


def _from_facts(variables: Mapping[str, Any]) -> dict[str, Any] | None:
    state = (variables.get("ansible_facts") or {}).get("mailplus")
    return None if state is None else {"ansible_facts": {"mailplus": plain(state)}}
