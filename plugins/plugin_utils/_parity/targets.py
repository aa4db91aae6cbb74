# SPDX-License-Identifier: GPL-3.0-or-later
"""The domains of all NAS, and what an address is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import listed
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import Address, written
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.sides import (
    Domain,
    Entry,
    Listing,
    Nas,
    Unknown,
    user_key,
)

USER, GROUP, ALIAS = "user", "group", "alias"
MOST_NAMES = 5


class Found(NamedTuple):
    """Where mail for an address goes: a user, a group or an alias of a domain.

    ``gap`` tells why a group or an alias may be a user as well; None where it is none.
    """

    kind: str
    entry: Entry
    domain: Domain
    gap: Unknown | None = None

    @property
    def members(self) -> frozenset[Address] | Unknown:
        """Where all mail for an alias goes, or why some may go elsewhere."""
        return self.gap or self.domain.groups.gap or self.entry.members

    def __str__(self) -> str:
        if self.kind != ALIAS:
            return f"the {self.kind} {written(user_key(self.entry.name))}@{self.domain.name}"
        if isinstance(self.entry.members, Unknown):
            return "an alias"
        return f"an alias of {listed(sorted(map(str, self.entry.members)), MOST_NAMES) or 'nobody'}"


class Targets:
    """The domains of all NAS, by all their names."""

    def __init__(self, fleet: Iterable[Nas], unread: Iterable[str] = ()) -> None:
        self.domains: list[Domain] = []
        self._by_key: dict[str, list[Domain]] = {}
        gaps = [Unknown(f"{nas} was not read") for nas in unread]
        for nas in fleet:
            gaps += [nas.gap] if nas.gap else []
            for domain in nas.domains:
                self.domains.append(domain)
                for key in dict.fromkeys(domain.keys):
                    self._by_key.setdefault(key, []).append(domain)
        self.gap = gaps[0] if gaps else None

    def of(self, key: str) -> Sequence[Domain]:
        """The domains that a name is one of: on several NAS, such as those of a cluster."""
        return self._by_key.get(key, ())

    def canonical(self, address: Address) -> Address:
        """An address by the first name of its domain, whichever of its names it has."""
        domains = self.of(address.domain)
        return Address(address.local, domains[0].keys[0]) if domains else address

    def find(self, address: Address) -> Found | Unknown | None:
        """What an address is. None where no NAS has it, which is known only where all is known that could be it."""
        domains = self.of(address.domain)
        if not domains:
            return self.gap
        gaps = (Unknown(f"{domain.nas}: {gap.reason}") for domain in domains if (gap := _gap(domain)))
        found = _users(domains, address) or _by_address(domains, address) or _others(domains, address)
        return found or next(gaps, None)

    def quota(self, address: Address) -> int | Unknown | None:
        """The least quota of a user on any NAS that has it, which is known where all are; None is no limit."""
        gap = self.gap or next((domain.users.gap for domain in self.of(address.domain) if domain.users.gap), None)
        if gap:
            return gap
        entries = (domain.users.entries.get(address.local) for domain in self.of(address.domain))
        quotas = [entry.quota for entry in entries if entry]
        unknown = next((quota for quota in quotas if isinstance(quota, Unknown)), None)
        return unknown or min((quota for quota in quotas if isinstance(quota, int)), default=None)

    def ends(self, found: Found) -> bool | Unknown:
        """Whether mail for a group or an alias ends at somebody: a user of a NAS, or who is none of theirs."""
        left, seen, unknown = [found], set[Address](), None
        while left:
            one = left.pop()
            members = Unknown("the members of groups are not compared") if one.kind == GROUP else one.entry.members
            if isinstance(members, Unknown):
                unknown = members
                continue
            for member in {*map(self.canonical, members)} - seen:
                seen.add(member)
                there = self.find(member) if self.of(member.domain) else None
                if not self.of(member.domain) or (isinstance(there, Found) and there.kind == USER):
                    return True
                if isinstance(there, Found):
                    left.append(there)
                unknown = there if isinstance(there, Unknown) else unknown
        return unknown or False


def _users(domains: Sequence[Domain], address: Address) -> Found | Unknown | None:
    return next(_listed(USER, ((domain, domain.users) for domain in domains), address), None)


def _by_address(domains: Sequence[Domain], address: Address) -> Unknown | None:
    """A user whose row names the address: it may be one that mail comes to, or one that somebody wrote down."""
    for domain in domains:
        if entry := domain.by_address.get(address):
            user = f"the user {written(user_key(entry.name))}@{domain.name}"
            return Unknown(f"the row of {user} names {address}, under a key whose meaning is not known")
    return None


def _others(domains: Sequence[Domain], address: Address) -> Found | Unknown | None:
    """A group or an alias, which says whether it may be a user as well."""
    groups = _listed(GROUP, ((domain, domain.groups) for domain in domains), address)
    aliases = _listed(ALIAS, ((domain, domain.aliases) for domain in domains), address)
    found, *others = [*groups, *aliases] or (None,)
    if not isinstance(found, Found):
        return found
    same = all(isinstance(each, Found) and each[:2] == found[:2] for each in others)
    if not same:
        return Unknown(f"{address} is not the same everywhere: it is {found}, and something else as well")
    return found._replace(gap=next((domain.users.gap for domain in domains if domain.users.gap), None))


def _listed(kind: str, listings: Iterable[tuple[Domain, Listing]], address: Address) -> Iterator[Found | Unknown]:
    for domain, listing in listings:
        if address.local in listing.doubtful:
            yield Unknown(f"{domain.nas}: several rows may be the {kind} {written(address.local)}@{domain.name}")
        elif entry := listing.entries.get(address.local):
            yield Found(kind, entry, domain)


def _gap(domain: Domain) -> Unknown | None:
    return domain.users.gap or domain.groups.gap or domain.aliases.gap
