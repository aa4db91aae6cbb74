# SPDX-License-Identifier: GPL-3.0-or-later
"""How much mail there is, and how much of it is stopped."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, log, read, status

_THREATS = "Server Management: Threat Monitor"

AREA = Area(
    "statistics",
    (
        status(
            "mail_statistics",
            "Mails by kind",
            read("Statistic", "get", (1, 2)),
            place="Server Management > Mail Monitor",
            privilege="Server Management: Mail Monitor",
            evidence="LDU",
            personal=("*",),
        ),
        log(
            "usage_analysis",
            "Mails received by address",
            read(
                "Statistic",
                "get_analysis",
                (1, 2, 3, 4),
                {"type": "receive", "group_by": "original_receiver_address"},
            ),
            place="Auditing > Usage Analysis",
            privilege="Auditing: Usage Analysis",
            evidence="LDP",
            rows_key="result_list",
            ids=("name",),
            personal=("*",),
        ),
        status(
            "threats",
            "Threats that were stopped",
            read("SecurityDashboard", "get_threat_info"),
            place="Threat Monitor > Overview",
            privilege=_THREATS,
            evidence="LDU",
        ),
        status(
            "threats_inbound",
            "Mails from outside that were stopped",
            read("SecurityDashboard", "get_inbound_info"),
            place="Threat Monitor > Inbound",
            privilege=_THREATS,
            evidence="LDU",
            personal=("*",),
        ),
        status(
            "threats_outbound",
            "Mails to the outside that were stopped",
            read("SecurityDashboard", "get_outbound_info"),
            place="Threat Monitor > Outbound",
            privilege=_THREATS,
            evidence="LDU",
            personal=("*",),
        ),
        log(
            "blocked_addresses",
            "Addresses whose mails were stopped",
            read("SecurityDashboard", "list_blocked_address"),
            place="Threat Monitor > Inbound, Outbound",
            privilege=_THREATS,
            evidence="LDU",
            ids=("id", "address", "name"),
            personal=("*",),
        ),
        status(
            "dnsbl_selfcheck",
            "DNS block lists that name this NAS, as of the last look",
            read("Diagnosis", "blacklist_check_cache"),
            place="Threat Monitor > Overview",
            privilege=_THREATS,
            evidence="LU",
        ),
    ),
    group="statistics",
)
