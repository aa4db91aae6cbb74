# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import ansible_collections.mailfleet.mailplus.tests.hypothesis_profile  # noqa: F401 - importing it is enough
from ansible_collections.mailfleet.mailplus.tests.unit.conftest import fleet, nas, running_fleet

__all__ = ["fleet", "nas", "running_fleet"]
