# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.judge import Judge, Policies, not_compared
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

NOW = datetime(2026, 1, 31, tzinfo=timezone.utc)
ID = samples.rule()["id"]


def policies(**variables: Mapping[str, Any]) -> Policies:
    return Policies(policy.parse_policy([samples.rule()], "own"), lambda host: variables.get(host, {}))


def judge(made: Policies) -> Judge:
    return Judge(made, not_compared, lambda _expression, _variables: None, privacy.cleaner("remove", None), NOW)


def test_hosts_with_the_same_variables_share_what_is_made_of_them() -> None:
    overrides = {"mailplus_state_overrides": {ID: {"severity": "low"}}}
    made = policies(one=overrides, two=overrides, other={"mailplus_state_overrides": {ID: {"severity": "info"}}})
    assert made.of("one") is made.of("two")
    assert made.of("three") is made.of("four")
    severities = [made.of(host).rules[0].severity for host in ("one", "other", "three")]
    assert severities == ["low", "info", made.rules[0].severity]


def test_a_variable_that_cannot_be_is_told_with_its_host() -> None:
    made = policies(one={"mailplus_state_exceptions": 5})
    with pytest.raises(policy.PolicyError, match=r"^one: mailplus_state_exceptions: it is not a list"):
        made.of("one")


def test_the_state_of_a_host_is_let_go_of_before_the_next_one_is_looked_at() -> None:
    alive: list[weakref.ref[HostRecord]] = []
    most = 0

    def records() -> Iterator[HostRecord]:
        nonlocal most
        for number in range(9):
            gc.collect()
            most = max(most, sum(each() is not None for each in alive))
            record = samples.record(f"{number}", imap_pop3=samples.section({"enable_imap": False}))
            alive.append(weakref.ref(record))
            yield record
            del record

    judged = judge(policies())
    report = judged.judged(records(), "Fleet")
    assert most <= 2
    assert [host["host"] for host in report["hosts"]] == [*judged.described] == [f"{number}" for number in range(9)]


def test_a_host_that_breaks_what_looks_at_it_costs_no_other_its_report() -> None:
    broken = HostRecord("broken", "ok", None, None, {"sections": {"imap_pop3": 5}})
    report = judge(policies()).judged([broken, samples.record("well")], "Fleet")
    assert [(host["host"], host["status"]) for host in report["hosts"]] == [("broken", "failed"), ("well", "ok")]
