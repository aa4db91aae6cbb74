# SPDX-License-Identifier: GPL-3.0-or-later
"""Misbehaviour on demand: which fault applies to which request, and for how long."""

from __future__ import annotations

import dataclasses
import threading
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Generic, TypeVar

Kinds = Mapping[str, Mapping[str, Any]]

# What each fault takes beside LIMITS. Those of the wire befall any server.
WIRE_FAULTS: dict[str, dict[str, Any]] = {
    "latency": {"seconds": 0.1},
    "hang": {},
    "close": {},
    "close_kept": {"seconds": 0.0},
    "html": {"status": 502},
    "redirect": {"location": "https://redirected.example.com/webapi/entry.cgi", "status": 302},
    "empty": {},
    "drip": {"seconds": 0.01, "size": 64, "part": "body", "length": None},
    "huge": {"size": 100_000_000, "filling": "text", "gzip": False},
    "cut_text": {},
    "cut_connection": {},
    "not_utf8": {},
    "content_type": {"value": "text/plain"},
}
REQUEST_FAULTS: dict[str, dict[str, Any]] = {
    **WIRE_FAULTS,
    "expired": {"code": 119, "compound": "request"},
    "lone_surrogate": {},
    "short_result": {"drop": 1},
    "reordered_result": {},
    "relabelled_result": {"labels": {"method": "other"}},
    "outer_success": {"value": False},
}
CALL_FAULTS: dict[str, dict[str, Any]] = {
    "error": {"code": 117, "errors": None},
    "answer": {"data": {}, "each": False},
    "grow": {"rows": 1},
    "shrink": {"rows": 1},
    "rotate": {"rows": 1},
}
FAULTS = {**REQUEST_FAULTS, **CALL_FAULTS}
CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("drip", "part"): ("body", "continue", "status", "header", "chunk_size", "trailer"),
    ("huge", "filling"): ("text", "dense", "deep"),
}
COUNTED: dict[str, Any] = {"first": None, "after": 0}
LIMITS: dict[str, Any] = {"api": None, "method": None, "version": None, "share": None, "path": None, **COUNTED}

# API, method, and the version as it came.
FaultyCall = tuple[str, str, object]

F = TypeVar("F", bound="Fault")


class FaultError(ValueError):
    """The fault is not one the simulator knows."""


@dataclasses.dataclass
class Fault:
    kind: str
    options: dict[str, Any]
    first: int | None = None
    after: int = 0
    seen: int = 0

    def __getitem__(self, option: str) -> Any:
        return self.options[option]

    def due(self) -> bool:
        """Count a matching request, and say whether the fault strikes it."""
        self.seen += 1
        return self.after < self.seen and (self.first is None or self.seen <= self.after + self.first)


@dataclasses.dataclass
class CallFault(Fault):
    """A fault of a NAS."""

    api: str | None = None
    method: str | None = None
    version: int | None = None
    share: float | None = None
    path: str | None = None

    def matches(self, calls: Iterable[FaultyCall], path: str | None = None) -> bool:
        if path is not None and self.path not in (None, path):
            return False
        return any(self._matches(*call) for call in calls)

    def _matches(self, api: str, method: str, version: object) -> bool:
        return (
            (self.api is None or fnmatchcase(api, self.api))
            and self.method in (None, method)
            and (self.version is None or str(self.version) == str(version))
            and (self.share is None or self._draws(f"{api} {method} {version}"))
        )

    def _draws(self, call: str) -> bool:
        """Whether a call is of the share that is struck: always the same ones, though others for another fault."""
        drawn = zlib.crc32(f"{self.kind} {self.options} {call}".encode()) % 1000
        return self.share is not None and drawn < 1000 * self.share


def checked(
    kind: str, given: Mapping[str, Any], kinds: Kinds, limits: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options of a fault and its limits, with those that were not given."""
    if kind not in kinds:
        raise FaultError(f"unknown fault {kind!r}; known: {', '.join(sorted(kinds))}")
    defaults = kinds[kind]
    unknown = set(given) - set(defaults) - set(limits)
    if unknown:
        known = ", ".join(sorted({*defaults, *limits}))
        raise FaultError(f"fault {kind!r} has no option {', '.join(sorted(unknown))}; known: {known}")
    for name, value in given.items():
        choices = CHOICES.get((kind, name))
        if choices and value not in choices:
            raise FaultError(f"fault {kind!r}: {name} is {value!r}; known: {', '.join(choices)}")
    return {name: given.get(name, default) for name, default in defaults.items()}, {
        name: given.get(name, default) for name, default in limits.items()
    }


class FaultList(ABC, Generic[F]):
    """The faults of one server. A test adds and clears them while the server's thread reads them."""

    def __init__(self, initial: Iterable[Mapping[str, Any]] = ()) -> None:
        self._faults: tuple[F, ...] = ()
        self._lock = threading.Lock()
        for options in initial:
            named = dict(options)
            self.add(named.pop("fault", ""), **named)

    @abstractmethod
    def _made(self, kind: str, options: Mapping[str, Any]) -> F: ...

    def add(self, kind: str, **options: Any) -> F:
        fault = self._made(kind, options)
        with self._lock:
            self._faults = (*self._faults, fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults = ()

    def _strike(self, matches: Callable[[F], bool]) -> dict[str, F]:
        """Those that are due, by kind: of two of a kind, the later one."""
        if not self._faults:
            return {}
        with self._lock:
            return {fault.kind: fault for fault in self._faults if matches(fault) and fault.due()}


class Faults(FaultList[CallFault]):
    """The faults of one NAS."""

    def _made(self, kind: str, options: Mapping[str, Any]) -> CallFault:
        own, limits = checked(kind, options, FAULTS, LIMITS)
        return CallFault(kind, own, **limits)

    def strike_request(self, calls: Iterable[FaultyCall], path: str) -> dict[str, CallFault]:
        """The faults of a whole request, by kind; `calls` are its API and, in a compound, those of the items."""
        called = list(calls)
        return self._strike(lambda fault: fault.kind in REQUEST_FAULTS and fault.matches(called, path))

    def strike_call(self, api: str, method: str, version: int, path: str) -> dict[str, CallFault]:
        """The faults of one call, be it a request of its own or an item of a compound."""
        call = (api, method, version)
        return self._strike(lambda fault: fault.kind in CALL_FAULTS and fault.matches([call], path))
