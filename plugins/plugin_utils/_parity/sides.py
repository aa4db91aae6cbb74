# SPDX-License-Identifier: GPL-3.0-or-later
"""Both sides of a migration in one small shape: sites as Plesk tells of them, domains as MailPlus Server does.

What a side does not tell is Unknown, with the reason. Few keys of MailPlus Server are attested, so a value is looked
for under those, and under candidates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import rows_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import (
    Address,
    address_of,
    domain_key,
    local_key,
    written,
)

SECTIONS = ("domains", "additional_domains", "domain_users", "domain_groups", "aliases", "domain_settings")
"""What has to be gathered of a NAS."""

Value = TypeVar("Value")

# Attested for aliases and domains, and for users where all of them are listed.
_NAME = "name"
_ADDRESSES = ("address_list", "addresses", "address", "email", "mail")
_UNITS = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}


@dataclass(frozen=True)
class Unknown:
    """What a side does not tell, and why."""

    reason: str


NO_QUOTA = Unknown("MailPlus Server tells the quota of a user nowhere that is known")


@dataclass(frozen=True)
class Account:
    """An account of Plesk. ``mailbox`` tells whether mail is kept; a ``quota`` of None is no limit."""

    name: str
    mailbox: bool | Unknown
    quota: int | Unknown | None
    usage: int | Unknown
    forwards: tuple[str, ...] | Unknown
    aliases: tuple[str, ...] | Unknown
    responds: bool | Unknown


@dataclass(frozen=True)
class Site:
    """A site of a Plesk server. ``catch_all`` is where mail for nobody goes, None where it is refused."""

    server: str
    name: str
    key: str
    accounts: tuple[Account, ...] | Unknown
    catch_all: str | Unknown | None


@dataclass(frozen=True)
class Entry:
    """A user, a group or an alias of MailPlus Server; ``members`` are those of an alias."""

    name: str
    members: frozenset[Address] | Unknown = frozenset()
    quota: int | Unknown | None = NO_QUOTA


@dataclass(frozen=True)
class Listing:
    """Entries by what they are compared by; ``gap`` tells why there may be more, None where these are all.

    ``doubtful`` is what several rows are compared by, so that nobody knows which of them it is.
    """

    entries: Mapping[str, Entry]
    gap: Unknown | None = None
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Domain:
    """A domain of a NAS. ``by_address`` are its users by further addresses that their rows tell."""

    nas: str
    name: str
    keys: tuple[str, ...]
    users: Listing
    groups: Listing
    aliases: Listing
    by_address: Mapping[Address, Entry]
    catch_all: Address | Unknown | None


@dataclass(frozen=True)
class Nas:
    """The domains of a NAS; ``gap`` tells why there may be more, or further names of these."""

    name: str
    domains: tuple[Domain, ...]
    gap: Unknown | None


# ---------------------------------------------------------------------------------------------------------------- Plesk


def sites_of(server: str, result: Mapping[str, Any]) -> Iterator[Site]:
    """The sites in what plesk_mail_info returned."""
    for asked, one in (result.get("sites") or {}).items():
        told = one["site"]["data"] or {}
        name = told.get("name") or f"{asked}"
        accounts = one["accounts"]
        if accounts["status"] == "ok" and accounts["data"] is not None:
            found: tuple[Account, ...] | Unknown = tuple(map(_account, accounts["data"]))
        else:
            found = _refused("its accounts", accounts)
        yield Site(server, name, domain_key(told.get("ascii_name") or name), found, _nobody(one["preferences"]))


def gap_of(result: Mapping[str, Any]) -> Unknown | None:
    """Why a Plesk server may have more sites than those in what plesk_mail_info returned."""
    listing = result.get("listing") or {"status": "not told"}
    if listing["status"] != "ok":
        reason = (listing.get("error") or {}).get("message") or listing["status"]
        return Unknown(f"Not all sites of this Plesk are known: {reason}".rstrip("."))
    if not (listing.get("summary") or {}).get("all"):
        return Unknown("Only the sites that sites names were asked for")
    return None if result.get("sites") else Unknown("Plesk shows no site to who asked")


def _account(row: Mapping[str, Any]) -> Account:
    mailbox, forwarding = row.get("mailbox") or {}, row.get("forwarding") or {}
    name = row.get("name") or f"{row.get('address') or ''}".rpartition("@")[0]
    aliases = _told(row.get("aliases"), "its aliases")
    return Account(
        name=name,
        mailbox=_told(mailbox.get("enabled"), "whether it has a mailbox"),
        quota=None if mailbox.get("unlimited") else _told(mailbox.get("quota"), "its quota"),
        usage=_told(mailbox.get("usage"), "how much it holds"),
        forwards=_forwards(forwarding),
        aliases=aliases if isinstance(aliases, Unknown) else tuple(aliases),
        responds=_told((row.get("autoresponder") or {}).get("enabled"), "whether it answers by itself"),
    )


def _forwards(forwarding: Mapping[str, Any]) -> tuple[str, ...] | Unknown:
    enabled = forwarding.get("enabled")
    if enabled is False:
        return ()
    addresses = None if enabled is None else forwarding.get("addresses")
    return Unknown("Plesk does not tell where it forwards to") if addresses is None else tuple(addresses)


def _nobody(preferences: Mapping[str, Any]) -> str | Unknown | None:
    if preferences["status"] != "ok":
        return _refused("what happens to mail for nobody", preferences)
    told = (preferences["data"] or {}).get("nonexistent_user") or {}
    action, address = told.get("action"), told.get("address")
    if action in ("bounce", "reject"):
        return None
    return (
        address if action == "forward" and address else Unknown("Plesk does not tell what happens to mail for nobody")
    )


def _told(value: Value | None, what: str) -> Value | Unknown:
    return Unknown(f"Plesk does not tell {what}") if value is None else value


def _refused(what: str, envelope: Mapping[str, Any]) -> Unknown:
    reason = (envelope.get("error") or {}).get("message") or envelope["status"]
    return Unknown(f"Plesk did not tell {what}: {reason}".rstrip("."))


# ------------------------------------------------------------------------------------------------------ MailPlus Server


def nas_of(name: str, sections: Mapping[str, Mapping[str, Any]]) -> Nas:
    """The domains in the state of a NAS."""
    rows, gap = _rows(sections.get("domains"), "domains")
    named = [row[_NAME] for row in rows if _has_name(row)]
    if len(named) < len(rows):
        gap = gap or Unknown(f"{len(rows) - len(named)} rows of domains tell no name")
    domains = tuple(_domain(name, domain, sections) for domain in named)
    found = gap or next((each for domain in named if (each := _further_names(sections, domain)[1])), None)
    return Nas(name, domains, found and Unknown(f"{name}: {found.reason}"))


def _domain(nas: str, name: str, sections: Mapping[str, Mapping[str, Any]]) -> Domain:
    key = domain_key(name)
    users, of_users = _listing(sections, "domain_users", name)
    aliases, of_aliases = _listing(sections, "aliases", name)
    members = {user_key(row[_NAME]): _members(row, key) for row in of_aliases}
    by_address = {address: users.entries[user_key(row[_NAME])] for row in of_users for address in _addresses(row)}
    return Domain(
        nas=nas,
        name=name,
        keys=(key, *map(domain_key, _further_names(sections, name)[0])),
        users=users,
        groups=_listing(sections, "domain_groups", name)[0],
        aliases=replace(aliases, entries={at: Entry(one.name, members[at]) for at, one in aliases.entries.items()}),
        by_address=by_address,
        catch_all=_catch_all(sections, name, key),
    )


def _further_names(sections: Mapping[str, Mapping[str, Any]], domain: str) -> tuple[list[str], Unknown | None]:
    """The other names of a domain, and why there may be more."""
    rows, gap = _of(sections, "additional_domains", domain)
    names = [row[_NAME] for row in rows if _has_name(row)]
    if len(names) < len(rows):
        gap = gap or Unknown(f"{len(rows) - len(names)} rows of additional_domains tell no name")
    return names, gap


def user_key(name: str) -> str:
    """A name without that of the domain or directory it is from, such as DOMAIN\\anna or anna@ldap.example.com."""
    return local_key(name.rpartition("\\")[2].partition("@")[0])


def _listing(
    sections: Mapping[str, Mapping[str, Any]], section: str, domain: str
) -> tuple[Listing, list[Mapping[str, Any]]]:
    """The named rows of a section for a domain, by their names, and the rows themselves."""
    rows, gap = _of(sections, section, domain)
    named = [row for row in rows if _has_name(row)]
    if len(named) < len(rows):
        gap = gap or Unknown(f"{len(rows) - len(named)} rows of {section} tell no name")
    entries = {user_key(row[_NAME]): Entry(row[_NAME], quota=_quota(row)) for row in named}
    doubtful = (key for key, count in Counter(user_key(row[_NAME]) for row in named).items() if count > 1)
    return Listing(entries, gap, frozenset(doubtful)), named


def _has_name(row: Any) -> bool:
    return isinstance(row, Mapping) and isinstance(row.get(_NAME), str) and bool(row[_NAME].strip())


def _of(sections: Mapping[str, Mapping[str, Any]], section: str, domain: str) -> tuple[list[Any], Unknown | None]:
    """The rows of a section that is read for each domain, and why there may be more."""
    whole = sections.get(section) or {}
    envelope = (whole.get("each") or {}).get(domain)
    if envelope is None:
        return _rows(whole if whole.get("status") != "ok" else None, section)
    return _rows({**envelope, "data": (whole.get("data") or {}).get(domain)}, section)


def _rows(envelope: Mapping[str, Any] | None, section: str) -> tuple[list[Any], Unknown | None]:
    if not envelope:
        return [], Unknown(f"{section} was not read")
    if envelope["status"] != "ok":
        reason = (envelope.get("error") or {}).get("message") or envelope["status"]
        return [], Unknown(f"{section}: {reason}".rstrip("."))
    rows = rows_of(envelope)
    if rows is None:
        return [], Unknown(f"{section}: the answer does not show its rows")
    if envelope.get("truncated") is False:
        return rows, None
    cut = "there are more rows than were read" if envelope.get("truncated") else "whether these are all rows is unknown"
    return rows, Unknown(f"{section}: {cut}")


def _members(row: Mapping[str, Any], domain: str) -> frozenset[Address] | Unknown:
    members = row.get("member_list")
    if not isinstance(members, list) or not all(map(_has_name, members)):
        return Unknown(f"aliases: the members of {written(user_key(row[_NAME]))}@{domain} are not told")
    return frozenset(address_of(member[_NAME], domain) for member in members)


def _addresses(row: Mapping[str, Any]) -> Iterator[Address]:
    for key in _ADDRESSES:
        told = row.get(key)
        for one in told if isinstance(told, list) else [told]:
            if isinstance(one, str) and "@" in one:
                yield address_of(one)


def _quota(row: Mapping[str, Any]) -> int | Unknown | None:
    """A quota with its unit. What 0 stands for is not known."""
    quota, unit = row.get("quota"), row.get("unit")
    if (
        isinstance(quota, int)
        and not isinstance(quota, bool)
        and quota > 0
        and isinstance(unit, str)
        and unit in _UNITS
    ):
        return quota * _UNITS[unit]
    return NO_QUOTA


def _catch_all(sections: Mapping[str, Mapping[str, Any]], name: str, key: str) -> Address | Unknown | None:
    whole = sections.get("domain_settings") or {}
    envelope = (whole.get("each") or {}).get(name) or whole
    if envelope.get("status") != "ok":
        reason = (envelope.get("error") or {}).get("message") or "it was not read"
        return Unknown(f"domain_settings: {reason}".rstrip("."))
    settings = (whole.get("data") or {}).get(name)
    told = settings.get("catch_all") if isinstance(settings, Mapping) else None
    enabled, user = (told.get("enable"), told.get("setting")) if isinstance(told, Mapping) else (None, None)
    if enabled is False:
        return None
    if enabled is True and isinstance(user, str) and user.strip():
        return address_of(user, key)
    return Unknown("domain_settings: catch_all is not told under the keys that are known")
