# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import Dsm, serving


@pytest.fixture
def dsm() -> Iterator[Dsm]:
    """A client that is not logged in."""
    with serving() as client:
        yield client


@pytest.fixture
def logged_in(dsm: Dsm) -> Dsm:
    dsm.login()
    return dsm
