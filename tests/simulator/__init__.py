# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of NAS with MailPlus Server, simulated. See README.md beside this file."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.tests.simulator.description import DescriptionError
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, Request, Session, Write
from ansible_collections.mailfleet.mailplus.tests.simulator.running import Fleet, run_fleet

__all__ = ["DescriptionError", "Fleet", "Nas", "Request", "Session", "Write", "read_fleet", "run_fleet"]
