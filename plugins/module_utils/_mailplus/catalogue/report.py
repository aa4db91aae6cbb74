# SPDX-License-Identifier: GPL-3.0-or-later
"""The report that MailPlus Server mails."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, read, settings

AREA = Area(
    "report",
    (
        settings(
            "report",
            "Settings of the mail report",
            read("Report", "get"),
            holds="Whether it is sent, to whom and when",
            place="Auditing > Report",
            privilege="Auditing: Report",
            evidence="LM",
        ),
    ),
)
