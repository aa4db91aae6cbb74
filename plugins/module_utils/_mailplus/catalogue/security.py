# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits on the flow of mail."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, read, settings

AREA = Area(
    "security",
    (
        settings(
            "security",
            "Mail flow limit and sender quota",
            read("Security", "get", (1, 2, 3, 4)),
            holds="Mails a period and the quota of a sender",
            place="Security",
            privilege="Security: Security",
        ),
    ),
)
