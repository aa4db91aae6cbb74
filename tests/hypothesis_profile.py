# SPDX-License-Identifier: GPL-3.0-or-later
"""How many examples property-based tests try: a few that are always the same, or MAILPLUS_ATTACK_EXAMPLES at random.

The conftest of a directory that has such tests calls ``use_profile``.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

EXAMPLES = int(os.environ.get("MAILPLUS_ATTACK_EXAMPLES") or 0)
LONG = EXAMPLES > 0

_FEW = 60


def use_profile() -> None:
    """Set it for all tests that are loaded from now on."""
    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "mailplus-hypothesis")  # else it makes one in the checkout
    settings.register_profile(
        "mailplus",
        max_examples=EXAMPLES or _FEW,
        derandomize=not LONG,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("mailplus")


def one_in(number: int) -> settings:
    """For a test whose examples cost so many times as much."""
    return settings(max_examples=max(10, (EXAMPLES or _FEW) // number))
