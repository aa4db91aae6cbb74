# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains, and what is in each of them."""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Area,
    Column,
    Each,
    Figure,
    Table,
    entries,
    log,
    read,
    settings,
    total,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.tables import entries_of

_GENERAL = "Domain: General"
_USERS = "Domain: User/Group"
_LIMITS = "Domain: Quota Usage"

_DOMAINS = entries(
    "domains",
    "The domains",
    read("Domain", "list"),
    place="Domain",
    privilege=_GENERAL,
    evidence="LP",
    rows_key="domains",
    ids=("name", "domain_id", "id"),
    paged=True,
    figures=(total("domains", "Domains", "domains"),),
)
# In the columns of the table of domains.
_OF_DOMAINS = {
    "users": "domain_users",
    "groups": "domain_groups",
    "aliases": "aliases",
    "additional": "additional_domains",
    "auto_bcc": "auto_bcc",
    "dkim_settings": "domain_security",
    "limit_settings": "domain_usage_limit",
    "general_settings": "domain_settings",
}
_EACH_DOMAIN = Each(_DOMAINS, {"domain_id": ("domain_id", "id")})


def _in_domains(name: str, label: str, unit: str) -> Figure:
    return Figure(name, label, "each.total", unit)


_GROUPS = entries(
    "domain_groups",
    "Groups of each domain",
    read("Domain.Group", "list", params={"action": "enum"}),
    place="Domain > Edit > User/Group",
    privilege=_USERS,
    evidence="LMP",
    ids=("name", "id", "group_id"),
    paged=True,
    each=_EACH_DOMAIN,
    personal=("*",),
    figures=(_in_domains("domain_groups", "Groups in domains", "groups"),),
)

AREA = Area(
    "domain",
    (
        _DOMAINS,
        settings(
            "domain_settings",
            "Settings of each domain",
            read("Domain.Settings", "get"),
            holds="Format of addresses, new users, and C(catch_all), whose keys are known from writing it",
            place="Domain > Edit > General",
            privilege=_GENERAL,
            evidence="LMP",
            each=_EACH_DOMAIN,
            personal=("setting", "catch_all_user", "user", "account"),
        ),
        settings(
            "domain_security",
            "DKIM of each domain",
            read("Domain", "get_security", (1, 2)),
            place="Domain > Edit > General > Advanced",
            privilege=_GENERAL,
            evidence="LU",
            secret=("private", "private_key", "priv_key", "privkey", "dkim_private"),
            each=_EACH_DOMAIN,
        ),
        settings(
            "domain_usage_limit",
            "Limits of each domain",
            read("Domain.Settings", "get_domain_usage_limit"),
            holds="Sizes of mails and attachments, forwarding, daily quota and traffic",
            place="Domain > Edit > Usage Limit",
            privilege=_LIMITS,
            evidence="LU",
            each=_EACH_DOMAIN,
        ),
        log(
            "domain_usage",
            "Mails that users of each domain sent today",
            read("Domain.Settings", "list_domain_usage"),
            place="Domain > Edit > Usage Limit > Outbound Usage",
            privilege=_LIMITS,
            evidence="LDU",
            ids=("id", "name", "user"),
            each=_EACH_DOMAIN,
            personal=("*",),
        ),
        entries(
            "additional_domains",
            "Further names of each domain",
            read("Domain.AdditionalDomain", "list"),
            place="Domain > Edit > General > Additional Domain",
            privilege=_GENERAL,
            evidence="LMU",
            ids=("name", "domain", "id"),
            each=_EACH_DOMAIN,
            figures=(_in_domains("additional_domains", "Further names of domains", "names"),),
        ),
        entries(
            "domain_users",
            "Users of each domain",
            read("Domain.User", "list", params={"action": "enum"}),
            place="Domain > Edit > User/Group",
            privilege=_USERS,
            evidence="LMP",
            ids=("name", "id", "uid"),
            paged=True,
            each=_EACH_DOMAIN,
            personal=("*",),
            figures=(_in_domains("domain_users", "Users in domains", "users"),),
        ),
        _GROUPS,
        entries(
            "domain_group_members",
            "Members of each group of each domain",
            read("Domain.Group", "get_member_status"),
            place="Domain > Edit > User/Group",
            privilege=_USERS,
            evidence="LP",
            ids=("name", "id", "uid"),
            each=Each(_GROUPS, {"id": ("id", "group_id")}),
            personal=("*",),
        ),
        entries(
            "aliases",
            "Aliases of each domain, with their members",
            read("Alias", "list", (1,), {"action": "enum", "additional": ["member"]}),
            read("Alias", "list", (2,), {"additional": ["member"]}),
            place="Domain > Edit > Alias",
            privilege="Domain: Alias",
            evidence="LMP",
            rows_key="alias_list",
            ids=("name", "id"),
            paged=True,
            each=_EACH_DOMAIN,
            personal=("*",),
            figures=(_in_domains("aliases", "Aliases", "aliases"),),
        ),
        entries(
            "auto_bcc",
            "Silent copies of the mails of each domain",
            read("Domain.BCC", "list"),
            place="Domain > Edit > Auto BCC",
            privilege="Domain: Auto BCC",
            evidence="LMU",
            ids=("id", "name"),
            each=_EACH_DOMAIN,
            personal=("*",),
            figures=(_in_domains("auto_bcc_rules", "Silent copies", "rules"),),
        ),
        settings(
            "disclaimers",
            "Disclaimers of each domain",
            read("Disclaimer", "get"),
            place="Domain > Edit > Disclaimer",
            privilege="Domain: Disclaimer",
            evidence="LMU",
            personal=("name", "text", "html", "plain", "plain_text", "content", "targets"),
            each=_EACH_DOMAIN,
        ),
    ),
    group="domains",
    tables=(
        Table(
            "domains",
            "Domains",
            (_DOMAINS.name, *_OF_DOMAINS.values()),
            (
                Column("name", "Domain"),
                Column("users", "Users"),
                Column("groups", "Groups"),
                Column("aliases", "Aliases"),
                Column("additional", "Further names"),
                Column("auto_bcc", "Silent copies"),
                Column("dkim_settings", "DKIM settings"),
                Column("limit_settings", "Limit settings"),
                Column("general_settings", "General settings"),
            ),
            entries_of(_DOMAINS.name, _DOMAINS.ids, _OF_DOMAINS),
            worst="users",
        ),
    ),
)
