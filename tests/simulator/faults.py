# SPDX-License-Identifier: GPL-3.0-or-later
"""Misbehaviour on demand: which fault applies to which request, and for how long."""

from __future__ import annotations

import dataclasses
import threading
import zlib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

# What each fault takes beside LIMITS.
REQUEST_FAULTS: dict[str, dict[str, Any]] = {
    "latency": {"seconds": 0.1},
    "hang": {},
    "close": {},
    "close_kept": {"seconds": 0.0},
    "html": {"status": 502},
    "redirect": {"location": "https://redirected.example.com/webapi/entry.cgi", "status": 302},
    "empty": {},
    "expired": {"code": 119, "compound": "request"},
    "drip": {"seconds": 0.01, "size": 64, "part": "body", "length": None},
    "huge": {"size": 100_000_000, "filling": "text", "gzip": False},
    "cut_text": {},
    "cut_connection": {},
    "not_utf8": {},
    "lone_surrogate": {},
    "content_type": {"value": "text/plain"},
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
LIMITS: dict[str, Any] = {
    "api": None,
    "method": None,
    "version": None,
    "share": None,
    "path": None,
    "first": None,
    "after": 0,
}

# API, method, and the version as it came.
FaultyCall = tuple[str, str, object]


class FaultError(ValueError):
    """The fault is not one the simulator knows."""


@dataclasses.dataclass
class Fault:
    kind: str
    options: dict[str, Any]
    api: str | None = None
    method: str | None = None
    version: int | None = None
    share: float | None = None
    path: str | None = None
    first: int | None = None
    after: int = 0
    seen: int = 0

    def __getitem__(self, option: str) -> Any:
        return self.options[option]

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

    def due(self) -> bool:
        """Count a matching request, and say whether the fault strikes it."""
        self.seen += 1
        return self.after < self.seen and (self.first is None or self.seen <= self.after + self.first)


def make_fault(kind: str, options: Mapping[str, Any]) -> Fault:
    if kind not in FAULTS:
        raise FaultError(f"unknown fault {kind!r}; known: {', '.join(sorted(FAULTS))}")
    defaults = FAULTS[kind]
    unknown = set(options) - set(defaults) - set(LIMITS)
    if unknown:
        known = ", ".join(sorted({*defaults, *LIMITS}))
        raise FaultError(f"fault {kind!r} has no option {', '.join(sorted(unknown))}; known: {known}")
    for name, value in options.items():
        choices = CHOICES.get((kind, name))
        if choices and value not in choices:
            raise FaultError(f"fault {kind!r}: {name} is {value!r}; known: {', '.join(choices)}")
    limits = {name: options.get(name, default) for name, default in LIMITS.items()}
    return Fault(kind, {name: options.get(name, default) for name, default in defaults.items()}, **limits)


class Faults:
    """The faults of one NAS. A test adds and clears them while the server's thread reads them."""

    def __init__(self, initial: Iterable[Mapping[str, Any]] = ()) -> None:
        self._faults: tuple[Fault, ...] = ()
        self._lock = threading.Lock()
        for options in initial:
            named = dict(options)
            self.add(named.pop("fault", ""), **named)

    def add(self, kind: str, **options: Any) -> Fault:
        fault = make_fault(kind, options)
        with self._lock:
            self._faults = (*self._faults, fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults = ()

    def strike_request(self, calls: Iterable[FaultyCall], path: str) -> dict[str, Fault]:
        """The faults of a whole request, by kind; `calls` are its API and, in a compound, those of the items."""
        if not self._faults:
            return {}
        return self._strike(REQUEST_FAULTS, list(calls), path)

    def strike_call(self, api: str, method: str, version: int, path: str) -> dict[str, Fault]:
        """The faults of one call, be it a request of its own or an item of a compound."""
        if not self._faults:
            return {}
        return self._strike(CALL_FAULTS, [(api, method, version)], path)

    def _strike(self, kinds: Iterable[str], calls: list[FaultyCall], path: str) -> dict[str, Fault]:
        with self._lock:
            return {f.kind: f for f in self._faults if f.kind in kinds and f.matches(calls, path) and f.due()}
