# SPDX-License-Identifier: GPL-3.0-or-later
"""MailPlus Server as a whole."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, check, read, settings

AREA = Area(
    "mailplus",
    (
        settings(
            "core",
            "Core settings of MailPlus Server",
            read("MailPlus", "get", (1, 2)),
            holds="Settings of the sender name, DSM access, mail export, PGP and POP3",
            place="Service > MailPlus Client",
            privilege="Server Management: MailPlus Client",
            evidence="LM",
        ),
        settings(
            "full_text_search",
            "Settings of full-text search",
            read("FullTextSearch", "get"),
            place="Service > Protocol > Full-Text Search",
            privilege="Server Management: Protocol",
            evidence="LMU",
            personal=("*",),
        ),
        check(
            "setup_state",
            "Whether MailPlus Server is set up",
            read("Util", "initial_check", (1, 2)),
            place="The wizard that sets up MailPlus Server",
            privilege=None,
            evidence="LDU",
        ),
        check(
            "version_state",
            "What the package finds about its version",
            read("Version", "check"),
            holds="What is compared with what is not known",
            place="Not on a page",
            privilege=None,
            evidence="LDU",
        ),
    ),
)
