# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.mailfleet.mailplus.tests.hypothesis_profile import use_profile
from ansible_collections.mailfleet.mailplus.tests.unit.conftest import fleet, nas, running_fleet

use_profile()

__all__ = ["fleet", "nas", "running_fleet"]
