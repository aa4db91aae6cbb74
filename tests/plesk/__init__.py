# SPDX-License-Identifier: GPL-3.0-or-later
"""Plesk servers with mail accounts, simulated. See README.md beside this file."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.tests.plesk.description import read_servers
from ansible_collections.mailfleet.mailplus.tests.plesk.plesk import Plesk, Request, Write
from ansible_collections.mailfleet.mailplus.tests.plesk.running import PleskServers, run_plesk, run_plesks
from ansible_collections.mailfleet.mailplus.tests.simulator.description import DescriptionError

__all__ = ["DescriptionError", "Plesk", "PleskServers", "Request", "Write", "read_servers", "run_plesk", "run_plesks"]
