# SPDX-License-Identifier: GPL-3.0-or-later
"""IMAP and POP3."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, read, settings

_PROTOCOL = "Server Management: Protocol"

AREA = Area(
    "imap_pop3",
    (
        settings(
            "imap_pop3",
            "Settings of IMAP and POP3",
            read("IMAP_POP3", "get"),
            place="Service > Protocol > IMAP/POP3",
            privilege=_PROTOCOL,
            evidence="LM",
        ),
        settings(
            "imap_pop3_advanced",
            "Limits on connections by IMAP and POP3",
            read("IMAP_POP3_ADVANCED", "get"),
            holds="How many connections a user may have from one address",
            place="Service > Protocol > IMAP/POP3 > Advanced",
            privilege=_PROTOCOL,
            evidence="LMU",
        ),
    ),
)
