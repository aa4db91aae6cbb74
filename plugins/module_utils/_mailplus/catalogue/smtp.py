# SPDX-License-Identifier: GPL-3.0-or-later
"""SMTP."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, read, settings

AREA = Area(
    "smtp",
    (
        settings(
            "smtp_general",
            "General settings of SMTP",
            read("SMTP.General", "get", (1, 2)),
            holds="Settings of the banner, host name, hops, recipients and authentication",
            place="Mail Delivery > General",
            privilege="Server Management: Mail Delivery",
        ),
        settings(
            "smtp_security",
            "Security settings of SMTP",
            read("SMTP.Security", "get"),
            holds="Limits on connections and mails a minute, parallel connections and junk commands",
            place="Mail Delivery > Security",
            privilege="Security: Mail Delivery Security",
        ),
    ),
)
