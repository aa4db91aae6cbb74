# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No option comes from the environment of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith(("MAILPLUS_", "PLESK_")):
            monkeypatch.delenv(name)
