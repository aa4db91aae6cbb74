# SPDX-License-Identifier: GPL-3.0-or-later
"""Spam."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    entries,
    log,
    read,
    settings,
    status,
)

_SECURITY = "Security: Security"
_REPORTED = "Security > Antispam > Auto Learning > Reported Spam"

AREA = Area(
    "antispam",
    (
        settings(
            "antispam",
            "Settings of the antispam engine",
            read("Security", "get_spam", (2, 3, 4)),
            holds="Engine, threshold, learning and reporting",
            place="Security > Antispam",
            privilege=_SECURITY,
            evidence="LU",
        ),
        status(
            "antispam_update",
            "State of the antispam rules",
            read("Security", "get_anti_spam_update_status"),
            place="Security > Antispam > Update Settings",
            privilege=_SECURITY,
            evidence="LU",
        ),
        settings(
            "postscreen",
            "DNS block lists that are asked before mail is taken",
            read("Security.PostScreen", "get"),
            place="Security > Antispam > DNSBL Settings",
            privilege=_SECURITY,
            evidence="LMU",
        ),
        settings(
            "greylist",
            "Settings and exceptions of greylisting",
            read("Security.Greylist", "get"),
            place="Security > Antispam > Greylist",
            privilege=_SECURITY,
            evidence="LMU",
        ),
        entries(
            "attachment_filter",
            "Attachments that are filtered",
            read("Security.AttachmentFilter", "list"),
            place="Security > Antispam > Custom Spam Filter",
            privilege=_SECURITY,
            evidence="LMU",
            ids=("id", "name", "extension"),
        ),
        entries(
            "address_filter",
            "Addresses that are filtered",
            read("Spam.SpamAssassin", "list_filter"),
            place="Security > Antispam > Custom Spam Filter",
            privilege=_SECURITY,
            evidence="LDU",
            ids=("id", "address", "pattern", "name"),
            personal=("*",),
        ),
        entries(
            "spamassassin_rules",
            "Rules of SpamAssassin",
            read("Spam.SpamAssassin", "list_rule"),
            place="Security > Antispam > Advanced > SpamAssassin Rules",
            privilege=_SECURITY,
            evidence="LDU",
            ids=("id", "name"),
        ),
        entries(
            "spam_keywords",
            "Groups of keywords, with their scores",
            read("Spam.SpamAssassin", "list_keyword"),
            place="Security > Antispam > Advanced > Keyword Filter",
            privilege=_SECURITY,
            evidence="LDU",
            ids=("id", "name", "group"),
            personal=("*",),
        ),
        log(
            "reported_spam",
            "Mails that users reported as spam",
            read("Spam.ReportedSpam", "list"),
            place=_REPORTED,
            privilege=_SECURITY,
            evidence="LMU",
            ids=("id", "mail_id"),
            personal=("*",),
        ),
        log(
            "reported_ham",
            "Mails that users reported as no spam",
            read("Spam.ReportedHam", "list"),
            place=_REPORTED,
            privilege=_SECURITY,
            evidence="LMU",
            ids=("id", "mail_id"),
            personal=("*",),
        ),
    ),
    group="antispam",
)
