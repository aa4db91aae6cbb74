# SPDX-License-Identifier: GPL-3.0-or-later
"""Judging a fleet: the policy of each host, what it comes to there, how the host differs, and the report of all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, report, verdicts
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    NOT_COMPARED,
    Baseline,
    BaselineError,
    Differ,
    Drift,
    NoStateError,
    no_baseline,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import plain
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.history import History, Recording
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HostRecord,
    describe,
    spare,
    unusable,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import fleet_file, state_file

Compare = Callable[[HostRecord], Drift]

# Variables of a host that bear on how it is judged, and what stands in for one that is not set.
HOST_VARIABLES: Mapping[str, Any] = {
    "mailplus_state_overrides": {},
    "mailplus_state_exceptions": [],
    "mailplus_state_paths": {},
}
_NO_BASELINE_YET = "There is no baseline yet: this run writes the first one."
_NO_STATE_YET = "The baseline holds no state: the run that wrote it could read no host."


class Policies:
    """The rules as they hold for each host. Hosts whose variables are the same share what is made of them."""

    def __init__(self, rules: Sequence[policy.Rule], variables: Callable[[str], Mapping[str, Any]]) -> None:
        self.rules = rules
        self._variables = variables
        self._made: dict[tuple[int, ...], tuple[list[Any], policy.HostPolicy]] = {}
        self._of: dict[str, policy.HostPolicy] = {}

    def of(self, host: str) -> policy.HostPolicy:
        """The policy of a host, by its HOST_VARIABLES. Raises PolicyError."""
        if host not in self._of:
            self._of[host] = self._find(host)
        return self._of[host]

    def _find(self, host: str) -> policy.HostPolicy:
        found = self._variables(host)
        values = [found.get(name, default) for name, default in HOST_VARIABLES.items()]
        key = tuple(map(id, values))
        if key not in self._made:
            try:
                made = policy.for_host(self.rules, *map(plain, values))
            except policy.PolicyError as error:
                raise policy.PolicyError(f"{host}: {error}") from None
            self._made[key] = values, made  # while the values are kept, nothing else gets their identities
        return self._made[key][1]


@dataclass(frozen=True)
class BaselineFile:
    """The file that hosts are compared with. ``hosts`` are those whose files the run writes, in ``directory``.

    With ``reads``, the run reports what earlier ones wrote there.
    """

    path: Path
    directory: Path
    hosts: Sequence[str]
    reads: bool
    kept: Kept

    def comparer(self, differ: Differ) -> Compare:
        """What compares a host with it. It is read here, which must be before it is written. Raises BaselineError."""
        try:
            baseline = self._read(differ.clean)
        except (ValueError, OSError) as error:
            raise BaselineError(f"baseline {self.path}: {_why(error)}") from None
        if isinstance(baseline, str):
            return lambda _record: no_baseline(baseline)
        return lambda record: baseline.compare(record, differ.comparison)

    def _read(self, clean: Clean) -> Baseline | str:
        """The baseline, or why there is none where the run writes that file itself."""
        of_fleet = _is(self.path, fleet_file(self.directory))
        if self.reads and of_fleet:
            raise BaselineError(
                "what is reported was written there too, so that nothing would ever differ. Keep a copy before "
                "gathering, and compare with that."
            )
        if self.reads or not (of_fleet or self._is_of_a_host()):
            return Baseline(json.loads(self.path.read_text(encoding="utf-8")), clean)
        text = self.kept.read(self.path, self.directory)
        try:
            return Baseline(json.loads(text), clean) if text else _NO_BASELINE_YET
        except NoStateError:
            return _NO_STATE_YET

    def _is_of_a_host(self) -> bool:
        return any(_is(self.path, state_file(self.directory, host)) for host in self.hosts)


def not_compared(_record: HostRecord) -> Drift:
    """The drift of every host, where there is no baseline."""
    return NOT_COMPARED


def _is(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _why(error: ValueError | OSError) -> str:
    if isinstance(error, OSError):
        return f"it cannot be read: {error.strerror}."
    return str(error) if isinstance(error, BaselineError) else "it is not JSON."


@dataclass
class Judge:
    """Judges hosts, one after the other: the state of a host is let go of before the next one is looked at."""

    policies: Policies
    compare: Compare
    evaluate: verdicts.Evaluate
    clean: Clean
    now: datetime
    history: History | None = None
    """What earlier runs found."""
    recording: Recording | None = None
    """What keeps this run for later ones."""
    limits: Limits = field(default_factory=Limits)
    described: dict[str, str] = field(default_factory=dict)
    """By host, what was read of it in a few words."""

    def judged(self, records: Iterable[HostRecord], title: str, page: str | None = None) -> Report:
        """The report of a fleet. ``page`` is the path of the HTML report."""
        stamp = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        results, rules = self._results(records), self.policies.rules
        return report.build_report(
            results, rules, title=title, generated_at=stamp, limits=self.limits, page=page, history=self.history
        )

    def _results(self, records: Iterable[HostRecord]) -> Iterator[report.HostResult]:
        for record in records:
            yield self._spared(record)
            if self.recording:
                self.recording.add(record)

    def _spared(self, record: HostRecord) -> report.HostResult:
        host_policy = self.policies.of(record.host)
        return spare(
            lambda: self._result(record, host_policy),
            lambda error: self._result(unusable(record.host, error), host_policy),
        )

    def _result(self, record: HostRecord, host_policy: policy.HostPolicy) -> report.HostResult:
        found = verdicts.judge(record, host_policy, self.now.date(), self.evaluate)
        compared = self.compare(record)
        changes = NOT_COMPARED
        if self.history:
            changes = compared if self.compare == self.history.compare else self.history.compare(record)
        clean = self.clean.of_state(record.mailplus)
        result = report.HostResult(record, found, compared, clean, changes)
        self.described[record.host] = describe(record, self.clean)
        return result
