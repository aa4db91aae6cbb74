# SPDX-License-Identifier: GPL-3.0-or-later
"""What both checks here share: parts that may be missing, and what they saw, which is printed at the end."""

from __future__ import annotations

import datetime
import os
import shutil
import socket
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.mailfleet.mailplus.tests import demo
from ansible_collections.mailfleet.mailplus.tests.awx import images
from ansible_collections.mailfleet.mailplus.tests.awx.running import Awx, run_awx, stop
from ansible_collections.mailfleet.mailplus.tests.awx.site import Site, prepare, serve
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

_SEEN: list[str] = []


@pytest.fixture(scope="session")
def saw() -> Callable[[str], None]:
    return _SEEN.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _SEEN:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def fleet() -> Iterator[Fleet]:
    with run_fleet(demo.FLEET) as running:
        yield running


@pytest.fixture(scope="session")
def awx() -> Iterator[Awx]:
    manage = os.environ.get("MAILPLUS_TEST_AWX_MANAGE")
    if not manage:
        pytest.skip("MAILPLUS_TEST_AWX_MANAGE does not say where awx-manage is")
    if [name for _number, name in socket.if_nameindex()] != ["lo"]:
        pytest.skip("AWX is started where tests/awx/alone.sh gives it a network and an /etc of its own")
    place = images.PLACE / "run"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    with run_awx(place, manage) as running:
        yield running


@pytest.fixture(scope="session")
def site(awx: Awx, fleet: Fleet) -> Iterator[Site]:
    project = Project(awx.place / "controller")
    project.directory.mkdir()
    daemon = serve(awx.place / "repositories")
    try:
        yield prepare(awx, fleet, project)
    finally:
        stop(daemon)


@pytest.fixture(scope="session")
def first(site: Site, saw: Callable[[str], None]) -> Run:
    """The first run of the playbook."""
    saw(f"AWX {site.awx.version}, {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}")
    run = site.set_up()
    assert run.returncode == 0, run.output[-5000:]
    return run
