# SPDX-License-Identifier: GPL-3.0-or-later
"""How a host differs from a baseline, by path, with no knowledge of what the keys mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord


class BaselineError(ValueError):
    """A baseline that cannot be used."""


@dataclass(frozen=True)
class Difference:
    """One path where a host differs: ``kind`` is changed, added or removed; a value that is not there is None."""

    path: str
    kind: str
    severity: str
    baseline: Any
    actual: Any


@dataclass(frozen=True)
class Drift:
    """All differences of a host. ``status`` is same, different, unknown or not_compared; ``reason`` says why it is one
    of the last two."""

    status: str
    reason: str | None
    differences: Sequence[Difference]


@dataclass(frozen=True)
class Comparison:
    """What to leave out, by patterns of paths, and how severe a difference is, by the first pattern that fits.

    In a pattern, ``*`` stands for any text, dots included.
    """

    ignore: Sequence[str] = ()
    severities: Sequence[tuple[str, str]] = ()
    default_severity: str = "medium"

    def severity(self, path: str) -> str:
        """How severe a difference at ``path`` is."""
        return next(
            (severity for pattern, severity in self.severities if fnmatchcase(path, pattern)), self.default_severity
        )

    def ignores(self, path: str) -> bool:
        """Whether a difference at ``path`` does not count."""
        return any(fnmatchcase(path, pattern) for pattern in self.ignore)


NOT_COMPARED = Drift("not_compared", "There is no baseline.", ())


class Baseline:
    """A file of an earlier run: of one host, to compare all hosts with, or of a fleet, to compare each with itself."""

    def __init__(self, source: Any, clean: Callable[[Any], Any] = lambda value: value) -> None:
        if not isinstance(source, Mapping) or source.get("schema_version") != SCHEMA_VERSION:
            raise BaselineError(f"it is not a file that this role wrote (schema_version {SCHEMA_VERSION}).")
        hosts = source.get("hosts")
        if isinstance(hosts, Mapping):
            found = {host: _sections(record) for host, record in hosts.items()}
            self._fleet = {host: clean(sections) for host, sections in found.items() if sections is not None}
            self._one = None
        else:
            self._fleet = {}
            self._one = clean(_sections(source))
        if not self._fleet and self._one is None:
            raise BaselineError("it holds no gathered state.")

    def sections(self, host: str) -> Mapping[str, Any] | None:
        """The sections to compare ``host`` with; None where the baseline has none for it."""
        return self._fleet.get(host) if self._one is None else self._one

    def compare(self, record: HostRecord, comparison: Comparison) -> Drift:
        """How ``record`` differs."""
        if record.mailplus is None:
            return Drift("unknown", f"The host was not read: {record.reason}", ())
        before = self.sections(record.host)
        if before is None:
            return Drift("not_compared", "The baseline has no state of this host.", ())
        now = record.mailplus["sections"]
        found = [
            Difference(path, kind, comparison.severity(path), old, new)
            for path, kind, old, new in _differences(_comparable(before, now), _comparable(now, before), "")
            if not comparison.ignores(path)
        ]
        return Drift("different" if found else "same", None, found)


def parse_severities(source: Any) -> list[tuple[str, str]]:
    """The pairs of pattern and severity in a list of ``{path, severity}``. Raises BaselineError."""
    if not isinstance(source, list):
        raise BaselineError("mailplus_state_drift_severities is not a list.")
    for entry in source:
        if not isinstance(entry, Mapping) or set(entry) != {"path", "severity"} or entry["severity"] not in SEVERITIES:
            raise BaselineError(
                f"mailplus_state_drift_severities: each is a path and a severity, one of {', '.join(SEVERITIES)}."
            )
    return [(str(entry["path"]), str(entry["severity"])) for entry in source]


def _sections(record: Any) -> Any:
    """The sections in a record of a file; None where the host was not read."""
    state = record.get("mailplus") if isinstance(record, Mapping) else None
    sections = state.get("sections") if isinstance(state, Mapping) else None
    envelopes = sections.values() if isinstance(sections, Mapping) else []
    if not all(isinstance(envelope, Mapping) and {"status", "data"} <= set(envelope) for envelope in envelopes):
        raise BaselineError("its sections are not as this role writes them.")
    return sections if isinstance(sections, Mapping) else None


def _comparable(sections: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Of each section its status, and what the server sent; the rest is made from that, or is ours.

    Where one side has no data of a section, its status tells so, and nothing is said of its keys.
    """
    return {
        name: {"status": envelope["status"]}
        | ({"data": envelope["data"]} if _has_data(sections, name) and _has_data(other, name) else {})
        for name, envelope in sections.items()
    }


def _has_data(sections: Mapping[str, Any], name: str) -> bool:
    return (sections.get(name) or {}).get("data") is not None


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, str, Any, Any]]:
    """Path, kind, old and new value of every difference, in the order of paths."""
    if isinstance(old, list) and isinstance(new, list):
        old, new = ({str(number): item for number, item in enumerate(items)} for items in (old, new))
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        if type(old) is not type(new) or old != new:
            yield path, "changed", old, new
        return
    for key in sorted({*old, *new}):
        below = f"{path}.{key}" if path else key
        if key not in new:
            yield below, "removed", old[key], None
        elif key not in old:
            yield below, "added", None, new[key]
        else:
            yield from _differences(old[key], new[key], below)
