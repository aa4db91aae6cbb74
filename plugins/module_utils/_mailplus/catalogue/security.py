# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits on the flow of mail, and what mails may hold."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    entries,
    log,
    read,
    settings,
    total,
)

_DATA_PROTECTION = "Security: Data Protection"

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
            evidence="LM",
        ),
        settings(
            "content_scan",
            "Settings of the content scan",
            read("Security", "get_contentscan", (2,)),
            holds="What becomes of partial mails, external bodies, phishing and dangerous HTML",
            place="Security > Content Scan",
            privilege="Security: Security",
            evidence="LU",
        ),
        settings(
            "mcp",
            "Settings of data protection (MCP)",
            read("Security.MCP", "get"),
            holds="Threshold, action and who is told",
            place="Security > Data Protection",
            privilege=_DATA_PROTECTION,
            evidence="LMU",
        ),
        entries(
            "mcp_rules",
            "Rules of data protection (MCP)",
            read("Security.MCP", "list_rule"),
            place="Security > Data Protection > Manage MCP Rules",
            privilege=_DATA_PROTECTION,
            evidence="LU",
            personal=("*",),
            ids=("id", "name"),
        ),
        settings(
            "mcp_template",
            "Text that data protection (MCP) sends",
            read("Security.MCP", "get_bounce_template"),
            place="Security > Data Protection > Template Settings",
            privilege=_DATA_PROTECTION,
            evidence="LU",
        ),
        log(
            "mcp_quarantine",
            "Mails that data protection (MCP) holds back",
            read("Security.MCPQuarantine", "list"),
            place="Security > Data Protection > Quarantine List",
            privilege=_DATA_PROTECTION,
            evidence="LMU",
            ids=("id", "mail_id"),
            personal=("*",),
            figures=(total("mcp_quarantine_mails", "Mails held back by data protection", "mails"),),
        ),
    ),
    group="security",
)
