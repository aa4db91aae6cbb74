# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark compares what asks the same, and holds what comes of it against limits."""

from __future__ import annotations

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import select
from ansible_collections.mailfleet.mailplus.tests.bench import plays, reads, table
from ansible_collections.mailfleet.mailplus.tests.bench.measure import Measurement
from ansible_collections.mailfleet.mailplus.tests.bench.simulation import Traffic


def test_ours_reads_what_the_others_read() -> None:
    asked = sorted((section.reads[0].api, section.reads[0].method) for section in select(plays.SUBSET))
    assert asked == sorted((read["api"], read["method"]) for read in reads.READS)
    assert len(select(plays.ROLE_SUBSET)) == len(asked) + 1


@pytest.mark.parametrize(("letter", "hosts", "most"), [("ra", 200, 1024), ("fa", 200, 400), ("r", 1000, 400)])
def test_memory_has_a_limit(letter: str, hosts: int, most: int) -> None:
    run = Measurement(wall=1, cpu=1, peak=123, traffic=Traffic(0, 0, 0, 0))
    (line,) = [line for line in table.targets({hosts: {letter: [run]}}, {}, https=False) if "MiB" in line]
    assert f"({letter})" in line
    assert f"≤ {most} | 123 |" in line
