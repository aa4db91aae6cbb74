# SPDX-License-Identifier: GPL-3.0-or-later
"""Misbehaviour of Plesk on demand: which fault applies to which operation, and for how long."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.tests.simulator.faults import (
    COUNTED,
    WIRE_FAULTS,
    Fault,
    FaultError,
    FaultList,
    checked,
)

# What each fault takes beside LIMITS.
PACKET_FAULTS: dict[str, dict[str, Any]] = {
    **WIRE_FAULTS,
    "system": {"code": 1023, "text": None},
    "doctype": {"content": "bomb"},
    "encoding": {"declared": "UTF-16", "used": "utf-8"},
    "bytes": {"value": ""},
    "root": {"name": "response"},
    "short_result": {"drop": 1},
    "reordered_result": {},
}
SPOILING_FAULTS: dict[str, dict[str, Any]] = {
    "unknown": {"name": "unknown-element", "value": "unknown", "under": None},
    "duplicate": {"name": "name"},
    "drop": {"name": "name"},
    "replace": {"name": "name", "value": ""},
}
FAULTS = {**PACKET_FAULTS, **SPOILING_FAULTS, "error": {"code": 1023, "text": None}}
DOCTYPES = ("bomb", "external", "plain")
LIMITS: dict[str, Any] = {"operator": None, "operation": None, "site": None, **COUNTED}


class Operation(NamedTuple):
    """One that was asked for, and the site that it names."""

    operator: str
    name: str
    site: str | None = None


@dataclasses.dataclass
class OperationFault(Fault):
    operator: str | None = None
    operation: str | None = None
    site: str | None = None

    def matches(self, operation: Operation) -> bool:
        return (
            self.operator in (None, operation.operator)
            and self.operation in (None, operation.name)
            and (self.site is None or (operation.site is not None and fnmatchcase(operation.site, self.site)))
        )


class Faults(FaultList[OperationFault]):
    """The faults of one server."""

    def _made(self, kind: str, options: Mapping[str, Any]) -> OperationFault:
        own, limits = checked(kind, options, FAULTS, LIMITS)
        if kind == "doctype" and own["content"] not in DOCTYPES:
            raise FaultError(f"fault 'doctype': content is {own['content']!r}; known: {', '.join(DOCTYPES)}")
        return OperationFault(kind, own, **limits)

    def strike_packet(self, operations: Iterable[Operation]) -> dict[str, OperationFault]:
        """The faults of a packet, by kind. Only one without limits strikes a packet that nobody can read."""
        asked = list(operations) or [Operation("", "")]
        return self._strike(lambda fault: fault.kind in PACKET_FAULTS and any(map(fault.matches, asked)))

    def strike_operation(self, operation: Operation) -> OperationFault | None:
        """The error that a whole operation gets; or the one that one of its sites gets."""
        is_whole = operation.site is None
        struck = self._strike(
            lambda fault: fault.kind == "error" and (fault.site is None) is is_whole and fault.matches(operation)
        )
        return struck.get("error")

    def strike_result(self, operation: Operation) -> dict[str, OperationFault]:
        """The faults that spoil one result."""
        return self._strike(lambda fault: fault.kind in SPOILING_FAULTS and fault.matches(operation))
