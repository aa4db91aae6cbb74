# SPDX-License-Identifier: GPL-3.0-or-later
"""Viruses."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    log,
    read,
    settings,
    status,
    total,
)

_SECURITY = "Security: Security"

AREA = Area(
    "antivirus",
    (
        settings(
            "antivirus",
            "Settings of the antivirus engine",
            read("Security", "get_antivirus", (2, 3)),
            holds="Engine, updates, and what becomes of infected mail",
            place="Security > Antivirus",
            privilege=_SECURITY,
            evidence="LU",
        ),
        status(
            "mcafee",
            "State of McAfee",
            read("Security", "get_synoav_mcafee_status", (2,)),
            place="Security > Antivirus > Update Settings",
            privilege=_SECURITY,
            evidence="LU",
        ),
        status(
            "bitdefender",
            "State of Bitdefender",
            read("Security", "get_bitdefender_status", (3,)),
            place="Security > Antivirus > Update Settings",
            privilege=_SECURITY,
            evidence="LU",
        ),
        settings(
            "antivirus_template",
            "Texts that tell of infected mail",
            read("Security", "get_anti_virus_template", (1, 2)),
            place="Security > Antivirus > Template Settings",
            privilege=_SECURITY,
            evidence="LDU",
        ),
        log(
            "virus_quarantine",
            "Infected mails that are held back",
            read("Security.VirusQuarantine", "list", (1, 2)),
            place="Security > Antivirus > Quarantine List",
            privilege=_SECURITY,
            evidence="LMU",
            ids=("id", "mail_id"),
            personal=("*",),
            figures=(total("virus_quarantine_mails", "Mails held back for a virus", "mails"),),
        ),
    ),
    group="antivirus",
)
