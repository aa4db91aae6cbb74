# SPDX-License-Identifier: GPL-3.0-or-later
"""Gathers without end, one in ten disturbed: no session, thread or descriptor is left, and memory stays as it is."""

from __future__ import annotations

import random
import resource
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm import client as client_module
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import State
from ansible_collections.mailfleet.mailplus.tests.hypothesis_profile import LONG
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import BATCH, LOGIN, LOGOUT, gather

FLEET = {"nas": {"one": {"https": False, "block_after": 0}, "tls": {"block_after": 0}}}
GATHERS = 3000 if LONG else 60
DISTURBED = 0.1 if LONG else 0.2
SEED = 20260101
# How long to wait for a NAS that is disturbed, and for one that is not: long enough where the machine is busy.
IMPATIENT, PATIENT = 1.5, 20.0
MIB = 1 << 20
# What Python itself may come to need while new kinds of faults are met: in the short run, they are new to the end.
SPARE_MEMORY = (8 if LONG else 64) * MIB

# Faults that an answer, or the lack of one, may have at any step.
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "hang"},
    {"kind": "close"},
    *({"kind": "close_kept", "seconds": seconds} for seconds in (None, 0.0, 0.001)),
    *({"kind": "html", "status": status} for status in (200, 404, 502)),
    {"kind": "redirect"},
    {"kind": "empty"},
    {"kind": "cut_text"},
    {"kind": "cut_connection"},
    {"kind": "not_utf8"},
    {"kind": "lone_surrogate"},
    {"kind": "content_type"},
    {"kind": "outer_success"},
    *({"kind": "drip", "part": part, "seconds": 0.05, "size": 1} for part in ("body", "continue", "status", "trailer")),
    *({"kind": "huge", "size": 2 * MIB, "filling": filling} for filling in ("text", "deep")),
    {"kind": "huge", "size": 4 * MIB, "gzip": True},
    *({"kind": "error", "code": code} for code in (100, 105, 117, 119, "8" * 5000, [1])),
)
# Faults of the batch alone.
OF_READS: tuple[dict[str, Any], ...] = (
    {"kind": "expired"},
    {"kind": "expired", "compound": "items"},
    {"kind": "short_result"},
    {"kind": "reordered_result"},
    {"kind": "relabelled_result"},
)
# Faults of a login that leave its answer whole, and those of a logout that leave the session, whatever a client tries.
TELLS_ALL = ("close_kept", "content_type", "not_utf8", "lone_surrogate")
CLOSES_NOTHING = ("hang", "close", "html", "redirect", "error")


def disturb(nas: Nas, chance: random.Random) -> tuple[tuple[str, str], str]:
    """Add a fault to one step of the next gather."""
    step = chance.choice([LOGIN, BATCH, BATCH, LOGOUT])
    fault = dict(chance.choice([*FAULTS, *OF_READS] if step == BATCH else FAULTS))
    kind = fault.pop("kind")
    nas.faults.add(kind, api=step[0], method=step[1], **fault)
    return step, kind


def may_stay(step: tuple[str, str], kind: str) -> bool:
    """Whether the client had no way to close the session: nobody told it of it, or the logout was refused."""
    return (step == LOGIN and kind not in TELLS_ALL) or (step == LOGOUT and kind in CLOSES_NOTHING)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def memory() -> int:
    """What of this process is in memory now, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def settled(count: Callable[[], int], most: int) -> int:
    """The count, once connections have come to their ends."""
    for _again in range(100):
        if count() <= most:
            break
        time.sleep(0.02)
    return count()


def test_nothing_is_left(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_BUSY_SECONDS", 0.01)
    chance = random.Random(SEED)  # noqa: S311 - the same cases each time
    left: Counter[str] = Counter()
    seen: list[int] = []
    outcomes: Counter[str] = Counter()
    one_each(fleet)
    threads, files = threading.active_count(), descriptors()
    for number in range(GATHERS):
        nas = fleet["tls" if number % 10 == 9 else "one"]
        disturbed = disturb(nas, chance) if chance.random() < DISTURBED else None
        try:
            state = gather_from(nas, fleet, IMPATIENT if disturbed else PATIENT)
            outcomes["partial" if {e["status"] for e in state.sections.values()} != {"ok"} else "ok"] += 1
        except DsmError as error:
            outcomes[error.details.name if disturbed else f"undisturbed: {error}"] += 1
        if nas.sessions and not (disturbed and may_stay(*disturbed)):
            left[str(disturbed)] += 1
        nas.reset()
        seen.append(memory())
    assert left == Counter()
    assert [outcome for outcome in outcomes if outcome.startswith("undisturbed")] == []
    assert settled(threading.active_count, threads) <= threads
    assert settled(descriptors, files) <= files
    assert average(seen[-GATHERS // 3 :]) < average(seen[: GATHERS // 3]) + SPARE_MEMORY, outcomes
    assert outcomes["ok"] > GATHERS // 2


def one_each(fleet: Fleet) -> None:
    """What is made once, such as the certificates to trust, is not left over."""
    for nas in fleet.values():
        gather_from(nas, fleet, PATIENT)
        nas.reset()


def gather_from(nas: Nas, fleet: Fleet, timeout: float) -> State:
    ca_path = str(fleet.ca_path) if nas.https else None
    state: State = gather(nas, ca_path=ca_path, timeout=timeout, deadline=time.monotonic() + 2 * timeout)
    return state


def average(values: list[int]) -> float:
    return sum(values) / len(values)
