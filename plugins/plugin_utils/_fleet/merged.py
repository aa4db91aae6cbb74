# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of logs and queues of all hosts, as JSON Lines: a file a section, with the host on each line.

Hosts pass one after the other, so a fleet is never in memory at once. What they add is collected in a directory of the
run, and put in place when all have passed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import lost_rows, rows_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, spare

_NOT_ASKED = "The host was not asked for it."
_NOT_KEPT = "The rows were read, and not kept."
_ODD = "The rows of this host cannot be written, since they are not what a list has."


@dataclass
class Merged:
    """Collects rows in ``place``. In front of the rows of a host, a line tells how its section was read."""

    place: Path
    clean: Clean
    _hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    _told: dict[str, set[str]] = field(default_factory=dict)

    def passing(self, records: Iterable[HostRecord]) -> Iterator[HostRecord]:
        """The same hosts, each once its rows were collected. Raises OSError."""
        for record in records:
            self._add(record)
            yield record

    def collected(self, directory: Path) -> dict[Path, Path]:
        """By each file below ``directory``, where its text is. Raises OSError.

        A file that is there is one of them also where no host has its section: else it would tell of another run.
        """
        paths = {section.name: file_of(directory, section.name) for section in CATALOGUE if section.is_log}
        found = {name: path for name, path in paths.items() if name in self._told or os.path.lexists(path)}
        for section in found:
            told = self._told.get(section, set())
            self._append(section, (files.to_line(one) for host, one in self._hosts.items() if host not in told))
        return {path: self._path(section) for section, path in found.items()}

    def _add(self, record: HostRecord) -> None:
        sections = (record.mailplus or {}).get("sections", {})
        status = "not_asked" if record.mailplus else record.status
        reason = _NOT_ASKED if record.mailplus else record.reason
        self._hosts[record.host] = _told(record.host, status, reason)
        for section in CATALOGUE:
            if section.is_log and section.name in sections:
                envelope = sections[section.name]
                self._append(section.name, self._lines(record, section.name, envelope))
                self._told[section.name].add(record.host)

    def _lines(self, record: HostRecord, section: str, envelope: Mapping[str, Any]) -> list[str]:
        """How a section of a host was read, and its rows. What nobody foresaw stays at it."""
        host, clean = record.host, self.clean
        return spare(
            lambda: [
                files.to_line(one)
                for one in _of_section(host, clean.of_state(record.mailplus).section(section, envelope))
            ],
            lambda _error: [files.to_line(_told(host, "failed", _ODD))],
        )

    def _append(self, section: str, lines: Iterable[str]) -> None:
        is_new = section not in self._told
        self._told.setdefault(section, set())
        with self._path(section).open("w" if is_new else "a", encoding="utf-8", errors="replace") as file:
            file.writelines(lines)

    def _path(self, section: str) -> Path:
        return self.place / f"mailplus-rows-{section}"


def file_of(directory: Path, section: str) -> Path:
    """Where the rows of a section are written."""
    return directory / "rows" / f"{section}.jsonl"


def _of_section(host: str, envelope: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    rows = rows_of(envelope) or []
    error = envelope["error"]
    reason = error["message"] if error else (_NOT_KEPT if lost_rows(envelope) else None)
    yield _told(host, envelope["status"], reason, envelope, len(rows))
    yield from ({"host": host, "row": row} for row in rows)


def _told(
    host: str, status: str, reason: str | None, envelope: Mapping[str, Any] | None = None, rows: int = 0
) -> dict[str, Any]:
    """The line that tells how a section of a host was read, always with the same keys."""
    of_list = {key: (envelope or {}).get(key) for key in ("total", "truncated")}
    return {"host": host, "status": status, "reason": reason, "rows": rows, **of_list}
