# SPDX-License-Identifier: GPL-3.0-or-later
"""What a DSM has: API discovery (``SYNO.API.Info``), asked only when an answer says that an assumption does not fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import Transport

ENTRY = "entry.cgi"

# A path as DSM has them. Whatever else a server may name is not asked.
_PATH = re.compile(r"(?:[A-Za-z0-9_]{1,64}/){0,3}[A-Za-z0-9_]{1,64}\.cgi")

_INFO_API = "SYNO.API.Info"
_INFO_PATH = "query.cgi"  # the one path of SYNO.API.Info that DSM 6 and DSM 7 share


@dataclass(frozen=True)
class ApiInfo:
    """Where a NAS serves an API, and in which versions."""

    path: str
    min_version: int
    max_version: int


class Discovery:
    """The APIs of one DSM, asked at most once and only for ``names``."""

    def __init__(self, transport: Transport, names: Collection[str]) -> None:
        self._transport = transport
        self._names = sorted(names)
        self._found: dict[str, ApiInfo] | None = None

    def find(self, api: str) -> ApiInfo | None:
        """What the NAS says of ``api``; None when it does not have it, or does not say.

        Raises DsmError of kind CONNECTION.
        """
        if self._found is None:
            self._found = {}  # also when it cannot be asked: then it is not asked again
            self._found = self._ask()
        return self._found.get(api)

    def knock(self) -> None:
        """Ask the least that can be asked, without a session. Raises DsmError where that is not answered either."""
        self._query([_INFO_API])

    def _ask(self) -> dict[str, ApiInfo]:
        data = self._query(self._names).get("data")
        found = {name: _read(entry) for name, entry in data.items()} if isinstance(data, dict) else {}
        return {name: info for name, info in found.items() if info}

    def _query(self, names: Sequence[str]) -> dict[str, Any]:
        form = {"api": _INFO_API, "version": "1", "method": "query", "query": ",".join(names)}
        return self._transport.post(_INFO_PATH, form, {})


def _read(entry: Any) -> ApiInfo | None:
    if not isinstance(entry, dict):
        return None
    path, lowest, highest = (entry.get(key) for key in ("path", "minVersion", "maxVersion"))
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        return None
    return ApiInfo(path, lowest, highest) if isinstance(lowest, int) and isinstance(highest, int) else None
