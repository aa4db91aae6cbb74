# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Ansible
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    return Ansible(tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def fleet(everyone: Fleet) -> Fleet:
    """The fleet that the fixture ``everyone`` of a test module runs, as just started."""
    for nas in everyone.values():
        nas.reset()
    return everyone
