# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of a fleet, one after the other, that keep what they found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Comparison, Differ
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.history import History, Recording
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.judge import Judge, Policies
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.runs import NewRun, ThisRun
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


def at(record: HostRecord, stamp: str) -> HostRecord:
    """A host as it was read at another time."""
    if record.mailplus is None:
        return record
    return replace(record, mailplus={**record.mailplus, "collected_at": stamp})


class Nights:
    """A directory into which a run writes every night; ``run`` is one of them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._runs = 0

    def run(
        self,
        stamp: str,
        records: Sequence[HostRecord],
        sources: Sequence[Mapping[str, Any]] = (),
        *,
        inventory: Sequence[str] | None = None,
        mode: str = "keep",
        most: int = 90,
        days: float | None = None,
        kept: Kept | None = None,
        now: str | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> Report:
        """The report of a run, which is the one of ``stamp``."""
        self._runs += 1
        place = self.directory / f"tmp{self._runs}"
        place.mkdir(parents=True)
        kept = kept or Kept(place)
        clean = privacy.cleaner(mode, "key")
        differ = Differ(Comparison(), clean)
        state = self.directory / "state"
        known = {record.host for record in records} if inventory is None else {*inventory}
        moment = read_time(now or stamp) or datetime.now(timezone.utc)
        this = ThisRun(state, stamp, now or stamp, kept.runs_of(state))
        history = History(this, differ, known.__contains__)
        policies = Policies(samples.rules(*sources), lambda _host: variables or {})
        judge = Judge(policies, history.compare, lambda _text, _variables: None, clean, moment, history)
        judge.recording = Recording(history, kept, most, days, NewRun(kept.place))
        report = judge.judged((at(record, stamp) for record in records), "Fleet")
        judge.recording.finish(report)
        return report

    @property
    def files(self) -> list[str]:
        """The names of the files of runs."""
        return sorted(path.name for path in (self.directory / "state" / "history").iterdir())
