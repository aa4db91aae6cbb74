# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers without measure, from the login on: one clear line, and no more memory than an answer may have."""

from __future__ import annotations

import resource
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind
from ansible_collections.mailfleet.mailplus.tests.hypothesis_profile import LONG
from ansible_collections.mailfleet.mailplus.tests.simulator import Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import BATCH, LOGIN, assert_clear, gather

FLEET = {"nas": {"one": {"https": False}}}
MEGABYTE = 1_000_000
# Far below what the same answers take where nothing bounds them: several times their size.
MOST = 350 * MEGABYTE

HUGE: dict[str, dict[str, Any]] = {
    "text": {"size": 300 * MEGABYTE},
    "compressed": {"size": 600 * MEGABYTE, "gzip": True},
    "dense": {"size": 40 * MEGABYTE, "filling": "dense"},
    "dense and compressed": {"size": 40 * MEGABYTE, "filling": "dense", "gzip": True},
    "deep": {"size": 10 * MEGABYTE, "filling": "deep"},
}


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


FEW = {LOGIN: "compressed", BATCH: "dense"}


def kinds(call: tuple[str, str]) -> list[str]:
    return list(HUGE) if LONG else [FEW[call]]


@pytest.mark.parametrize("kind", kinds(LOGIN))
def test_a_huge_login_costs_little(nas: Nas, kind: str) -> None:
    nas.faults.add("huge", api=LOGIN[0], method=LOGIN[1], **HUGE[kind])
    before = peak()
    with pytest.raises(DsmError) as caught:
        gather(nas, timeout=30)
    assert peak() - before < MOST
    assert caught.value.kind is Kind.CONNECTION
    assert_clear(caught.value)
    nas.expire_sessions()  # nobody was told of it


@pytest.mark.parametrize("kind", kinds(BATCH))
def test_a_huge_batch_costs_little_and_is_read_one_by_one(nas: Nas, kind: str) -> None:
    nas.faults.add("huge", api=BATCH[0], method=BATCH[1], **HUGE[kind])
    before = peak()
    state = gather(nas, timeout=30)
    assert peak() - before < MOST
    assert {section["status"] for section in state.sections.values()} == {"ok"}
