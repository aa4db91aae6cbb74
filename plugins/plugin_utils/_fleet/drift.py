# SPDX-License-Identifier: GPL-3.0-or-later
"""How a host differs from a baseline.

What cannot be compared is said, and is never the same: a section that one side lacks or could not read, and a value
whose personal data was removed from one side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import reads_nothing
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.differences import (
    Sections,
    differ,
    is_any_compared,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD, HostRecord

STATUSES = ("different", "partial", "same", "not_compared", "unknown")

# Where the differences of a host are known, if only in part.
COMPARED = ("different", "partial", "same")


class BaselineError(ValueError):
    """A baseline that cannot be used."""


class NoStateError(BaselineError):
    """A baseline of hosts none of which was read."""


@dataclass(frozen=True)
class Difference:
    """One path where a host differs: ``kind`` is changed, added or removed; a value that is not there is None."""

    path: str
    kind: str
    severity: str
    baseline: Any
    actual: Any


@dataclass(frozen=True)
class NotCompared:
    """A section or value of which nobody can tell whether it differs."""

    path: str
    reason: str


@dataclass(frozen=True)
class Drift:
    """All differences of a host. ``reason`` says why ``status`` is unknown (the host was not read) or not_compared.

    ``status`` is same only where everything was compared, and partial where what was compared is the same.
    """

    status: str
    reason: str | None
    differences: Sequence[Difference]
    not_compared: Sequence[NotCompared] = ()


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

# Stands for every host, where the baseline is one host's.
_ANY = ""

_NO_STATE = "The baseline has no state of this host."
_NOTHING_ALIKE = "The host and the baseline have no section to compare that both could read."


class Baseline:
    """A file of an earlier run: of one host, to compare all hosts with, or of a fleet, to compare each with itself.

    ``clean`` is how the run cleans its files, so that hashes can be compared with hashes.
    """

    def __init__(self, source: Any, clean: privacy.Clean = privacy.KEEP) -> None:
        if not isinstance(source, Mapping) or source.get("schema_version") != SCHEMA_VERSION:
            raise BaselineError(f"it is not a file that this role wrote (schema_version {SCHEMA_VERSION}).")
        hosts = source.get("hosts")
        self._of_fleet = isinstance(hosts, Mapping)
        records = hosts if isinstance(hosts, Mapping) else {_ANY: source}
        self._hosts = {host: _sections(record) for host, record in records.items()}
        if not any(self._hosts.values()):
            raise NoStateError("it holds no gathered state.")
        self._clean = clean

    def compare(self, record: HostRecord, comparison: Comparison) -> Drift:
        """How ``record`` differs."""
        before = self._hosts.get(record.host if self._of_fleet else _ANY)
        return Differ(comparison, self._clean).compare(record, before or None)


@dataclass(frozen=True)
class Differ:
    """Compares hosts with what was read of them before. ``clean`` is how the run cleans its files."""

    comparison: Comparison
    clean: privacy.Clean

    def compare(self, record: HostRecord, before: Sections | None, no_state: str = _NO_STATE) -> Drift:
        """How a host differs from the sections of an earlier state. ``no_state`` says why there are none."""
        if record.mailplus is None or record.status in UNREAD:
            return Drift("unknown", f"The host was not read: {record.reason}", ())
        if before is None:
            return no_baseline(no_state)
        return _compare(before, record.mailplus["sections"], self.comparison, self.clean)


def no_baseline(reason: str = _NO_STATE) -> Drift:
    """The drift of a host that there is nothing to compare with."""
    return Drift("not_compared", reason, ())


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
    """The sections in a record of a file; None where nothing of the host was read."""
    state = record.get("mailplus") if isinstance(record, Mapping) else None
    sections = state.get("sections") if isinstance(state, Mapping) else None
    envelopes = sections.values() if isinstance(sections, Mapping) else []
    if not all(isinstance(envelope, Mapping) and {"status", "data"} <= set(envelope) for envelope in envelopes):
        raise BaselineError("its sections are not as this role writes them.")
    return sections if isinstance(sections, Mapping) and not reads_nothing(sections) else None


def _compare(before: Sections, now: Sections, comparison: Comparison, clean: privacy.Clean) -> Drift:
    found = [each for each in differ(before, now, clean) if not comparison.ignores(each.path)]
    differences = [
        Difference(each.path, each.kind, comparison.severity(each.path), each.old, each.new)
        for each in found
        if not each.reason
    ]
    not_compared = [NotCompared(each.path, each.reason) for each in found if each.reason]
    if differences:
        return Drift("different", None, differences, not_compared)
    if not is_any_compared(before, now):
        return Drift("not_compared", _NOTHING_ALIKE, differences, not_compared)
    return Drift("partial" if not_compared else "same", None, differences, not_compared)
