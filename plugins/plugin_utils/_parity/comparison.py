# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether all that Plesk has is on MailPlus Server too: accounts, and what belongs to each.

Everything that is compared is an item of one subject with one outcome. What one side does not tell is unknown, with
the reason: it is never there, and never missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import amount, listed
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.items import (
    ACCOUNT,
    ALIAS,
    AUTORESPONDER,
    CATCH_ALL,
    DIFFERS,
    FORWARDING,
    KEPT,
    MISSING,
    NEW,
    NEW_USER,
    QUOTA,
    SUBJECTS,
    UNKNOWN,
    USED_SIZE,
    DomainParity,
    Item,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import (
    Address,
    Renamed,
    address_of,
    local_key,
    written,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.sides import (
    Account,
    Domain,
    Site,
    Unknown,
    user_key,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.targets import (
    GROUP,
    MOST_NAMES,
    USER,
    Found,
    Targets,
)

_NEW = "Plesk has no account and no alias of this name"

Outcome = tuple[str, str]
"""The outcome of an item, and how or why."""


def compare(
    sites: Sequence[Site], targets: Targets, renamed: Renamed, unread: Sequence[str] = ()
) -> list[DomainParity]:
    """Each site of Plesk, and then each domain that MailPlus Server alone has.

    ``unread`` are Plesk servers of which not all sites are known.
    """
    found: list[DomainParity] = []
    by_target: dict[int, DomainParity] = {}
    claims = _Claims(sites, targets, renamed, unread)
    for site in sites:
        comparison = _Comparison(site, targets, renamed, claims)
        found.append(comparison.made())
        for domain in comparison.domains:
            by_target.setdefault(id(domain), found[-1])
    for domain in targets.domains:
        left, parity = claims.left(domain), by_target.get(id(domain))
        if parity is None:  # it has nothing to do with Plesk, so how many there are is enough
            found.append(parity := DomainParity("", domain.name, domain.name, (domain.nas,), None if unread else 0))
            parity.counts.update((item.subject, item.outcome) for item in left)
            continue
        told = {item.name for item in parity.items if item.subject == NEW_USER}  # of another NAS of a cluster
        parity.add(item for item in left if item.name not in told)
    return found


class _Claim(NamedTuple):
    """An account of Plesk that keeps mail, at the address that it has on MailPlus Server."""

    server: str
    old: Address
    usage: int | Unknown


class _Claims:
    """Which addresses of MailPlus Server are an account or an alias of Plesk, and where that is not known."""

    def __init__(self, sites: Iterable[Site], targets: Targets, renamed: Renamed, unread: Sequence[str]) -> None:
        self._targets, self._renamed = targets, renamed
        self._unread = Unknown(f"not all sites of {unread[0]} were read") if unread else None
        self._taken: set[Address] = set()
        self._unclear: dict[int, Unknown] = {}
        self._keeping: dict[Address, list[_Claim]] = {}
        for site in sites:
            self._add(site)

    def _add(self, site: Site) -> None:
        here = [*map(id, self._targets.of(self._renamed.domains.get(site.key, site.key)))]
        if isinstance(site.accounts, Unknown):
            self._unclear.update(dict.fromkeys(here, site.accounts))
            return
        for account in site.accounts:
            new = self._take(site, account.name)
            if account.mailbox is not False:
                old = Address(local_key(account.name), site.key)
                self._keeping.setdefault(new, []).append(_Claim(site.server, old, account.usage))
            if isinstance(account.aliases, Unknown):
                self._unclear.update(dict.fromkeys(here, account.aliases))
                continue
            for alias in account.aliases:
                self._take(site, alias)

    def _take(self, site: Site, local: str) -> Address:
        new = self._targets.canonical(self._renamed(Address(local_key(local), site.key)))
        self._taken.add(new)
        return new

    def beside(self, site: Site, old: Address, new: Address) -> list[_Claim]:
        """The other accounts whose mail is to be kept at the same address."""
        return [one for one in self._keeping.get(self._targets.canonical(new), ()) if one[:2] != (site.server, old)]

    def left(self, domain: Domain) -> Iterator[Item]:
        """The users of a domain that Plesk does not have, or why that is not known."""
        unclear = self._unclear.get(id(domain)) or self._unread
        named = {
            user_key(one.name) for at, one in domain.by_address.items() if self._targets.canonical(at) in self._taken
        }
        for key in domain.users.entries:
            if self._targets.canonical(Address(key, domain.keys[0])) in self._taken:
                continue
            reason = unclear or (Unknown("its row names an address of Plesk") if key in named else None)
            yield Item(
                NEW_USER, f"{written(key)}@{domain.name}", *((UNKNOWN, reason.reason) if reason else (NEW, _NEW))
            )


class _Comparison:
    """Compares one site."""

    def __init__(self, site: Site, targets: Targets, renamed: Renamed, claims: _Claims) -> None:
        self.site, self.targets, self.renamed, self.claims = site, targets, renamed, claims
        self.new_key = renamed.domains.get(site.key, site.key)
        self.domains = targets.of(self.new_key)

    def made(self) -> DomainParity:
        """What the site comes to."""
        new = self.domains[0].name if self.domains else self.new_key
        targets = tuple(domain.nas for domain in self.domains)
        accounts = self.site.accounts
        many = None if isinstance(accounts, Unknown) else len(accounts)
        is_absent = not self.domains and not self.targets.gap
        parity = DomainParity(self.site.server, self.site.name, new, targets, many, is_absent)
        if isinstance(accounts, Unknown):
            parity.add(Item(subject, f"*@{self.site.name}", UNKNOWN, accounts.reason) for subject in SUBJECTS[:-1])
        else:
            for account in accounts:
                parity.add(self._account(account))
        parity.add(self._catch_all())
        return parity

    def _account(self, account: Account) -> Iterator[Item]:
        address, old = f"{written(account.name)}@{self.site.name}", Address(local_key(account.name), self.site.key)
        new = self.renamed(old)
        found, beside = self.targets.find(new), self.claims.beside(self.site, old, new)
        yield Item(ACCOUNT, address, *self._moved(account, old, found, beside))
        yield from self._aliases(account, address, new, found)
        yield from self._forwarding(account, address, found)
        yield from _autoresponder(account, address, found)
        yield from self._sizes(account, address, found, beside)

    def _moved(
        self, account: Account, old: Address, found: Found | Unknown | None, beside: Sequence[_Claim]
    ) -> Outcome:
        new = self.renamed(old)
        if not isinstance(found, Found):
            return self._absent(new, found)
        if found.kind == USER:
            return self._is_user(old, found, beside)
        if found.gap:
            return UNKNOWN, f"{new} is {found}, and whether it is a user as well is unknown: {found.gap.reason}"
        if account.mailbox is True:
            return DIFFERS, f"{new} is {found}, and no mailbox"
        end = account.mailbox or self.targets.ends(found)
        if isinstance(end, Unknown):
            return UNKNOWN, f"{new} is {found}; {end.reason}"
        return (KEPT, f"{new} is {found}") if end else (DIFFERS, f"{new} is {found}, and nobody gets its mail")

    def _absent(self, new: Address, found: Unknown | None) -> Outcome:
        """The outcome for what was not found."""
        if found:
            return UNKNOWN, found.reason
        has_domain = bool(self.targets.of(new.domain))
        return MISSING, f"no {new} on MailPlus Server" if has_domain else f"no NAS has the domain {new.domain}"

    def _is_user(self, old: Address, found: Found, beside: Sequence[_Claim]) -> Outcome:
        """The outcome for an account that is a user. Several are one where the mapping says so."""
        new = self.renamed(old)
        said = self.renamed.accounts.keys()
        unsaid = [one for one in beside if one.old == old or not {one.old, old} & said]
        if unsaid:
            return DIFFERS, f"{new} is to be {_claimed(unsaid)} too, and one user has one mailbox"
        if beside:
            return KEPT, f"is {new}, as {_claimed(beside)} is"
        if new != Address(old.local, self.new_key):
            return KEPT, f"is {found}"
        is_plain = local_key(found.entry.name) == new.local
        return KEPT, "" if is_plain else f"is {found}, whose name in the list of users is longer"

    def _aliases(self, account: Account, address: str, new: Address, found: Found | Unknown | None) -> Iterator[Item]:
        if isinstance(account.aliases, Unknown):
            yield Item(ALIAS, f"*@{self.site.name}", UNKNOWN, f"{address}: {account.aliases.reason}")
            return
        for alias in account.aliases:
            at = self.renamed(Address(local_key(alias), self.site.key))
            there = self.targets.find(at)
            outcome = self._leads_to(there, new, found) if isinstance(there, Found) else self._absent(at, there)
            if found is None and outcome[0] == KEPT:
                outcome = MISSING, "its account is missing"
            yield Item(ALIAS, f"{written(alias)}@{self.site.name}", *outcome)

    def _leads_to(self, there: Found, new: Address, account: Found | Unknown | None) -> Outcome:
        """Whether an alias of Plesk leads to the same account on MailPlus Server."""
        if there.kind == USER:
            if isinstance(account, Found) and account.entry is there.entry:
                return KEPT, f"is {there}"
            return DIFFERS, f"it is {there}, who is not {new}"
        if there.kind == GROUP:
            return UNKNOWN, f"it is {there}, whose members are not compared"
        members = there.members
        if isinstance(members, Unknown):
            return UNKNOWN, f"it is {there}; {members.reason}"
        names = {new}
        if isinstance(account, Found):
            names.add(address_of(account.entry.name, account.domain.keys[0]))
        if {*map(self.targets.canonical, names)} & {*map(self.targets.canonical, members)}:
            return KEPT, ""
        return DIFFERS, f"it is {there} on MailPlus Server, and not of {new}"

    def _forwarding(self, account: Account, address: str, found: Found | Unknown | None) -> Iterator[Item]:
        forwards = account.forwards
        if isinstance(forwards, Unknown):
            yield Item(FORWARDING, address, UNKNOWN, forwards.reason)
        elif forwards and found is None:
            yield Item(FORWARDING, address, MISSING, "its account is missing")
        elif forwards:
            yield Item(FORWARDING, address, *self._forwarded(forwards, found))

    def _forwarded(self, forwards: Sequence[str], found: Found | Unknown | None) -> Outcome:
        to = f"on Plesk to {listed([str(address_of(one, self.site.key)) for one in forwards], MOST_NAMES)}"
        if not isinstance(found, Found):
            return UNKNOWN, f"{found.reason if found else ''}; {to}"
        if found.kind == USER:
            return UNKNOWN, f"MailPlus Server lets only the user read where mail is forwarded; {to}"
        if found.kind == GROUP:
            return UNKNOWN, f"it is a group on MailPlus Server, whose members are not compared; {to}"
        if isinstance(found.members, Unknown):
            return UNKNOWN, f"{found.members.reason}; {to}"
        members = {*map(self.targets.canonical, found.members)}
        wanted = {self.targets.canonical(self.renamed(address_of(one, self.site.key))) for one in forwards}
        lacking = listed(sorted(map(str, wanted - members)), MOST_NAMES)
        return (DIFFERS, f"the alias on MailPlus Server lacks {lacking}") if lacking else (KEPT, "by an alias")

    def _sizes(
        self, account: Account, address: str, found: Found | Unknown | None, beside: Sequence[_Claim]
    ) -> Iterator[Item]:
        """Its quota, and whether what it holds fits. One that keeps no mail on Plesk has neither."""
        if account.mailbox is False or found is None:
            return
        there: int | Unknown | None
        if isinstance(found, Unknown):
            there = found
        elif found.kind != USER:
            there = Unknown(f"it is {found}, and no mailbox")
        else:
            there = self.targets.quota(Address(user_key(found.entry.name), found.domain.keys[0]))
        told = account.mailbox if isinstance(account.mailbox, Unknown) else None
        yield Item(QUOTA, address, *_at_least(told or account.quota, there))
        yield Item(
            USED_SIZE, address, *_at_least(told or _total([account.usage, *(one.usage for one in beside)]), there)
        )

    def _catch_all(self) -> Iterator[Item]:
        told, name = self.site.catch_all, f"*@{self.site.name}"
        if isinstance(told, Unknown):
            yield Item(CATCH_ALL, name, UNKNOWN, told.reason)
        elif self.domains:
            wanted = self.renamed(address_of(told, self.site.key)) if told else None
            gaps = [Item(CATCH_ALL, name, UNKNOWN, self.targets.gap.reason)] if self.targets.gap else []
            yield max([*(self._caught(name, wanted, domain) for domain in self.domains), *gaps], key=_worse)
        elif self.targets.gap:
            yield Item(CATCH_ALL, name, UNKNOWN, self.targets.gap.reason)
        else:
            yield Item(CATCH_ALL, name, MISSING, f"no NAS has the domain {self.new_key}")

    def _caught(self, name: str, wanted: Address | None, domain: Domain) -> Item:
        there = domain.catch_all
        if isinstance(there, Unknown):
            return Item(CATCH_ALL, name, UNKNOWN, f"{domain.nas}: {there.reason}")
        canonical = self.targets.canonical
        if (there and canonical(there)) == (wanted and canonical(wanted)):
            return Item(CATCH_ALL, name, KEPT)
        told = (f"goes to {one}" if one else "is refused" for one in (wanted, there))
        return Item(CATCH_ALL, name, DIFFERS, "mail for nobody {} on Plesk, and {} on ".format(*told) + domain.nas)


def _claimed(claims: Iterable[_Claim]) -> str:
    return listed([f"{one.old} of {one.server}" for one in claims], MOST_NAMES)


def _autoresponder(account: Account, address: str, found: Found | Unknown | None) -> Iterator[Item]:
    if isinstance(account.responds, Unknown):
        yield Item(AUTORESPONDER, address, UNKNOWN, account.responds.reason)
    elif account.responds and found is None:
        yield Item(AUTORESPONDER, address, MISSING, "its account is missing")
    elif account.responds:
        reason = "MailPlus Server lets only the user read whether it answers by itself; on Plesk it does"
        yield Item(AUTORESPONDER, address, UNKNOWN, reason)


def _total(sizes: Iterable[int | Unknown]) -> int | Unknown:
    """What several mailboxes hold together."""
    total = 0
    for size in sizes:
        if isinstance(size, Unknown):
            return size
        total += size
    return total


def _at_least(here: int | Unknown | None, there: int | Unknown | None) -> Outcome:
    """Whether a quota of MailPlus Server is at least a size of Plesk; None is no limit."""
    for side in (here, there):
        if isinstance(side, Unknown):
            return UNKNOWN, side.reason
    if there is None or (isinstance(here, int) and isinstance(there, int) and here <= there):
        return KEPT, ""
    return DIFFERS, f"{_size(here)} on Plesk, a quota of {_size(there)} on MailPlus Server"


def _size(value: int | Unknown | None) -> str:
    return amount(value, "bytes") if isinstance(value, int) else "no limit"


def _worse(item: Item) -> int:
    return (KEPT, UNKNOWN, DIFFERS).index(item.outcome)
