# SPDX-License-Identifier: GPL-3.0-or-later
"""MailPlus Server as a whole."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, read, settings

AREA = Area(
    "mailplus",
    (
        settings(
            "core",
            "Core settings of MailPlus Server",
            read("MailPlus", "get"),
            holds="Settings of the sender name, DSM access, mail export, PGP and POP3",
            place="Service > MailPlus Client",
            privilege="Server Management: MailPlus Client",
        ),
    ),
)
