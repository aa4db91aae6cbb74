# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.mailfleet.mailplus.tests.hypothesis_profile import use_profile
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

use_profile()


@pytest.fixture(scope="module")
def running_fleet(request: pytest.FixtureRequest) -> Iterator[Fleet]:
    """The fleet that a test module describes in FLEET."""
    with run_fleet(request.module.FLEET) as fleet:
        yield fleet


@pytest.fixture
def fleet(running_fleet: Fleet) -> Iterator[Fleet]:
    """That fleet as just started. After every test, the manners that hold for every request are checked."""
    for nas in running_fleet.values():
        nas.reset()
    yield running_fleet
    for nas in running_fleet.values():
        _check_manners(nas)


@pytest.fixture
def nas(fleet: Fleet) -> Nas:
    return fleet["one"]


def _check_manners(nas: Nas) -> None:
    assert {request.method for request in nas.requests} <= {"POST"}
    assert [request.url for request in nas.requests if "?" in request.url or request.query] == []
    assert [request.headers for request in nas.requests if "Cookie" in request.headers] == []
    assert nas.writes == []
    assert nas.sessions == [], "a session was leaked"
