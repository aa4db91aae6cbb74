# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of fleets whose servers answer at random: each host is in each format, and each format can be read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    Baseline,
    Comparison,
    Drift,
    NoStateError,
    no_baseline,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy_files import read_policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, describe, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import ExpressionError, judge
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests import simulator
from ansible_collections.mailfleet.mailplus.tests.attack.support import wire
from ansible_collections.mailfleet.mailplus.tests.attack.support.mutations import Mutation, Spoiler, mutations
from ansible_collections.mailfleet.mailplus.tests.hypothesis_profile import one_in
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(simulator.__file__).parents[2]
POLICY = ROOT / "roles" / "mailplus_state" / "files" / "policies" / "hardening.yml"
RULES = read_policy(POLICY, "hardening")
WRITERS = {name: writer for files in FORMATS.values() for name, writer in files.items()}
TODAY = date(2026, 1, 10)


def record(host: str, changes: Sequence[Mutation]) -> HostRecord:
    """A host as the facts of its gather show it, after the way through a file."""
    run = wire.attack(Spoiler(changes))
    if run.state is None:
        assert run.error is not None
        return host_record(host, {"failed": True, "msg": str(run.error), "error": run.error.details.as_dict()})
    facts = json.loads(json.dumps(run.state.as_facts()))
    return host_record(host, {"ansible_facts": {"mailplus": facts}})


def never(_expression: str, _variables: Mapping[str, Any]) -> Any:
    raise ExpressionError("Nothing is evaluated here.")


def _not_compared(_record: HostRecord) -> Drift:
    return no_baseline()


def report(records: Sequence[HostRecord], baseline: HostRecord, mode: str) -> Report:
    clean = privacy.cleaner(mode, "key")
    try:
        compare: Callable[[HostRecord], Drift] = partial(
            Baseline(json.loads(json.dumps(baseline.as_dict())), clean).compare, comparison=Comparison()
        )
    except NoStateError:
        compare = _not_compared
    results = []
    for host in records:
        verdicts = judge(host, policy.for_host(RULES, {}, [], {}), TODAY, never)
        results.append(HostResult(host, verdicts, compare(host), clean))
    return build_report(results, RULES, title="Fleet", generated_at="2026-01-10T12:00:00Z")


def _csv_hosts(text: str) -> set[str]:
    return {row["host"] for row in csv.DictReader(text.splitlines())}


def _prometheus_hosts(text: str) -> set[str]:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    assert len({(sample.name, *sorted(sample.labels.items())) for sample in samples}) == len(samples)
    return {sample.labels["host"] for sample in samples if "host" in sample.labels}


def _junit_hosts(text: str) -> set[str]:
    root = ElementTree.fromstring(text)  # noqa: S314 - our own text
    return {suite.get("name") or "" for suite in root.findall("testsuite")}


# How to find the hosts in a file, for those that name every host.
HOSTS: dict[str, Callable[[str], set[str]]] = {
    "report.json": lambda text: {host["host"] for host in json.loads(text)["hosts"]},
    "hosts.csv": _csv_hosts,
    "mailplus.prom": _prometheus_hosts,
    "junit.xml": _junit_hosts,
}


@one_in(8)
@given(
    fleet=st.lists(mutations, min_size=1, max_size=3),
    before=mutations | st.just([]),
    mode=st.sampled_from(privacy.MODES),
)
def test_reports_of_changed_answers(fleet: Sequence[Sequence[Mutation]], before: Sequence[Mutation], mode: str) -> None:
    records = [record(f"host-{number}", changes) for number, changes in enumerate(fleet)]
    hosts = {host.host for host in records}
    built = report(records, record("base", before), mode)
    assert {host["host"] for host in built["hosts"]} == hosts
    texts = {name: writer(built) for name, writer in WRITERS.items()}
    for name, text in texts.items():
        text.encode()
        if name in HOSTS:
            assert hosts <= HOSTS[name](text), name
    unread = {host.host for host in records if host.mailplus is None}
    for name in ("report.html", "report.md"):
        assert [host for host in (hosts if name == "report.html" else unread) if host not in texts[name]] == []
    assert all(describe(host) for host in records)
