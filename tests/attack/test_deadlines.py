# SPDX-License-Identifier: GPL-3.0-or-later
"""An answer of which some part drips: the deadline ends it, whatever part and step that is."""

from __future__ import annotations

import time

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind
from ansible_collections.mailfleet.mailplus.tests.hypothesis_profile import LONG
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import CHOICES
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    BATCH,
    LOGIN,
    LOGOUT,
    assert_clear,
    gather,
)

FLEET = {"nas": {"one": {"https": False}, "tls": {}}}
PARTS = CHOICES["drip", "part"]
DEADLINE = 0.6
SPARE = 1.0
LOGOUT_SECONDS = 5.0  # so long a logout may take behind the deadline
# A byte at a time, so that no wait for data is too long; and not for ever, so that a test that fails ends.
DRIP = {"seconds": 0.05, "size": 1}
LENGTHS = {"continue": 3}  # messages; else bytes


# The short run has a few of them, since tests/unit/dsm/test_bounds.py tries each part without a login.
ALL = [(name, call, part) for name in FLEET["nas"] for call in (LOGIN, BATCH, LOGOUT) for part in PARTS]
FEW = [("one", BATCH, "continue"), ("one", BATCH, "body"), ("tls", LOGIN, "trailer")]


def took(nas: Nas, fleet: Fleet) -> tuple[float, DsmError | None]:
    started = time.monotonic()
    error = None
    try:
        ca_path = str(fleet.ca_path) if nas.https else None
        gather(nas, timeout=0.4, deadline=started + DEADLINE, ca_path=ca_path)
    except DsmError as caught:
        error = caught
    return time.monotonic() - started, error


@pytest.mark.parametrize(("name", "call", "part"), ALL if LONG else FEW)
def test_the_deadline_holds(fleet: Fleet, name: str, call: tuple[str, str], part: str) -> None:
    nas = fleet[name]
    nas.faults.add("drip", api=call[0], method=call[1], part=part, length=LENGTHS.get(part, 80), **DRIP)
    seconds, error = took(nas, fleet)
    if call == LOGOUT:
        assert error is None, "what was read is read"
        assert seconds < DEADLINE + LOGOUT_SECONDS + SPARE
        return
    assert seconds < DEADLINE + SPARE
    assert error is not None
    assert (error.kind, error.details.name) == (Kind.LOCAL, "time_limit")
    assert_clear(error)
    if call == LOGIN:
        nas.expire_sessions()  # nobody was told of it
