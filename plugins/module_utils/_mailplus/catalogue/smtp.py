# SPDX-License-Identifier: GPL-3.0-or-later
"""SMTP: delivery, relays, white lists and black lists."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    Section,
    entries,
    log,
    read,
    settings,
    total,
)

_PROTOCOL = "Server Management: Protocol"
_DELIVERY = "Server Management: Mail Delivery"
_SECURITY = "Security: Mail Delivery Security"

_LOGIN = ("account", "user", "username", "auth_user", "login")
_PASSWORD = ("pass", "password", "passwd", "pwd", "auth_pass", "token", "credential", "credentials")


def _listed(name: str, title: str, label: str) -> Section:
    """The black list or the white list: one method answers for both."""
    return entries(
        name,
        title,
        read("Security.BlackwhiteList", "list", (1, 2), {"list_type": name, "action": "find"}),
        place=f"Mail Delivery > Security > {name.capitalize()}",
        privilege=_SECURITY,
        evidence="LMP",
        rows_key="blackwhite_list",
        ids=("id", "pattern"),
        paged=True,
        personal=("pattern", "description", "name"),
        figures=(total(f"{name}_entries", label, "entries"),),
    )


AREA = Area(
    "smtp",
    (
        settings(
            "smtp_general",
            "General settings of SMTP",
            read("SMTP.General", "get", (1, 2, 3)),
            holds="Settings of the banner, host name, hops, recipients and authentication",
            place="Mail Delivery > General",
            privilege=_DELIVERY,
            evidence="LM",
        ),
        settings(
            "smtp_security",
            "Security settings of SMTP",
            read("SMTP.Security", "get"),
            holds="Limits on connections and mails a minute, parallel connections and junk commands",
            place="Mail Delivery > Security",
            privilege=_SECURITY,
            evidence="LM",
        ),
        settings(
            "smtp",
            "What SMTP has beside its general settings and its service",
            read("SMTP", "get"),
            place="Service > Protocol > SMTP",
            privilege=_PROTOCOL,
            evidence="LMU",
        ),
        settings(
            "smtp_service",
            "SMTP, SMTP over TLS and STARTTLS, with their ports",
            read("Service.SMTP", "get"),
            place="Service > Protocol > SMTP",
            privilege=_PROTOCOL,
            evidence="LMU",
        ),
        settings(
            "smtp_delivery_type",
            "Whether mail leaves at once or by a relay",
            read("SMTP.Delivery", "get_type", (1, 2)),
            place="Mail Delivery > Delivery",
            privilege=_DELIVERY,
            evidence="LDU",
        ),
        settings(
            "smtp_delivery",
            "The relay that all mail takes",
            read("SMTP.Delivery", "get"),
            holds="Server, port, TLS and account",
            place="Mail Delivery > Delivery",
            privilege=_DELIVERY,
            evidence="LDU",
            personal=_LOGIN,
            secret=_PASSWORD,
        ),
        entries(
            "smtp_relay_hosts",
            "Relays by sender and recipient",
            read("SMTP.Delivery", "get_multiple", (1, 2)),
            place="Mail Delivery > Delivery > Relay Host List",
            privilege=_DELIVERY,
            evidence="LDU",
            ids=("id", "name"),
            personal=_LOGIN,
            secret=_PASSWORD,
            figures=(total("smtp_relay_hosts", "Relays by sender and recipient", "relays"),),
        ),
        settings(
            "smtp_relay_control",
            "Who may relay",
            read("SMTP.RelayControl", "get"),
            holds="Trusted networks and domains",
            place="Mail Delivery > Relay Control",
            privilege=_DELIVERY,
            evidence="LMU",
        ),
        settings(
            "smtp_postmaster",
            "External postmasters",
            read("SMTP.General", "get_postmaster"),
            place="Mail Delivery > General > External Postmaster",
            privilege=_DELIVERY,
            evidence="LDU",
        ),
        _listed("blacklist", "The black list", "Entries of the black list"),
        _listed("whitelist", "The white list", "Entries of the white list"),
        entries(
            "daily_quota_rules",
            "Rules of daily quotas",
            read("Security.DailyQuota", "list_rule"),
            place="Not in the guide",
            privilege=None,
            evidence="LDU",
            ids=("id", "name"),
            personal=("*",),
        ),
        log(
            "daily_quota_usage",
            "Who has used how much of a daily quota",
            read("Security.DailyQuota", "list_usage_data"),
            place="Not in the guide",
            privilege=None,
            evidence="LDU",
            ids=("id", "name"),
            personal=("*",),
        ),
    ),
    group="smtp",
)
