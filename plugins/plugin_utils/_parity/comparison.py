# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether all that Plesk has is on MailPlus Server too: accounts, and what belongs to each.

Everything that is compared is an item of one subject with one outcome. What one side does not tell is unknown, with
the reason: it is never there, and never missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import amount
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
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.sides import (
    Account,
    Domain,
    Entry,
    Nas,
    Site,
    Unknown,
    user_key,
)

_USER, _GROUP, _ALIAS = "user", "group", "alias"
_MOST_NAMES = 5
_NEW = "Plesk has no account and no alias of this name"


class _Found(NamedTuple):
    """Where mail for an address goes: a user, a group or an alias of a domain."""

    kind: str
    entry: Entry
    domain: Domain


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

    def find(self, address: Address) -> _Found | Unknown | None:
        """What an address is. None where no NAS has it, which is known only where all is known that could be it."""
        domains = self.of(address.domain)
        for look in _LOOKS:
            for domain in domains:
                if found := look(domain, address):
                    return found
        if not domains:
            return self.gap
        return next(filter(None, map(_gap, domains)), None)


def _user(domain: Domain, address: Address) -> _Found | None:
    entry = domain.users.entries.get(address.local)
    return _Found(_USER, entry, domain) if entry else None


def _user_by_address(domain: Domain, address: Address) -> _Found | None:
    entry = domain.by_address.get(address)
    return _Found(_USER, entry, domain) if entry else None


def _group(domain: Domain, address: Address) -> _Found | None:
    entry = domain.groups.entries.get(address.local)
    return _Found(_GROUP, entry, domain) if entry else None


def _alias(domain: Domain, address: Address) -> _Found | None:
    entry = domain.aliases.entries.get(address.local)
    return _Found(_ALIAS, entry, domain) if entry else None


_LOOKS: tuple[Callable[[Domain, Address], _Found | None], ...] = (_user, _user_by_address, _group, _alias)


def _gap(domain: Domain) -> Unknown | None:
    gap = domain.users.gap or domain.groups.gap or domain.aliases.gap
    return gap and Unknown(f"{domain.nas}: {gap.reason}")


# ----------------------------------------------------------------------------------------------------------- comparing


def compare(
    sites: Iterable[Site], targets: Targets, renamed: Renamed, unread: Sequence[str] = ()
) -> list[DomainParity]:
    """Each site of Plesk, and then each domain that MailPlus Server alone has. ``unread`` are Plesk servers."""
    found: list[DomainParity] = []
    by_target: dict[int, DomainParity] = {}
    claims = _Claims(unread)
    for site in sites:
        comparison = _Comparison(site, targets, renamed)
        claims.add(comparison)
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


class _Comparison:
    """Compares one site."""

    def __init__(self, site: Site, targets: Targets, renamed: Renamed) -> None:
        self.site, self.targets, self.renamed = site, targets, renamed
        self.new_key = renamed.domains.get(site.key, site.key)
        self.domains = targets.of(self.new_key)

    def new(self, local: str) -> Address:
        """The new address of a name of the site."""
        return self.renamed(Address(local_key(local), self.site.key))

    def made(self) -> DomainParity:
        """What the site comes to."""
        new = self.domains[0].name if self.domains else self.new_key
        targets = tuple(domain.nas for domain in self.domains)
        accounts = self.site.accounts
        many = None if isinstance(accounts, Unknown) else len(accounts)
        parity = DomainParity(self.site.server, self.site.name, new, targets, many)
        if isinstance(accounts, Unknown):
            parity.add(Item(subject, f"*@{self.site.name}", UNKNOWN, accounts.reason) for subject in SUBJECTS[:-1])
        else:
            for account in accounts:
                parity.add(self._account(account))
        parity.add(self._catch_all())
        return parity

    def _account(self, account: Account) -> Iterator[Item]:
        address, new = f"{account.name}@{self.site.name}", self.new(account.name)
        found = self.targets.find(new)
        yield Item(ACCOUNT, address, *self._moved(Address(local_key(account.name), self.site.key), new, found))
        yield from self._aliases(account, address, new, found)
        yield from self._forwarding(account, address, found)
        yield from _autoresponder(account, address, found)
        if found:
            yield from _sizes(account, address, found)

    def _moved(self, old: Address, new: Address, found: _Found | Unknown | None) -> tuple[str, str]:
        """The outcome for an account or an alias, and how or why."""
        if isinstance(found, Unknown):
            return UNKNOWN, found.reason
        if found is None:
            has_domain = bool(self.targets.of(new.domain))
            return MISSING, f"no {new} on MailPlus Server" if has_domain else f"no NAS has the domain {new.domain}"
        if found.kind == _ALIAS and found.entry.members == frozenset():
            return DIFFERS, f"{new} is an alias of nobody"
        is_renamed = new != Address(old.local, self.new_key)
        if found.kind == _USER and user_key(found.entry.name) == new.local:
            return KEPT, f"is {new}" if is_renamed else ""
        return KEPT, f"{f'{new} ' if is_renamed else ''}is {_kind(found)}"

    def _aliases(self, account: Account, address: str, new: Address, found: _Found | Unknown | None) -> Iterator[Item]:
        if isinstance(account.aliases, Unknown):
            yield Item(ALIAS, f"*@{self.site.name}", UNKNOWN, f"{address}: {account.aliases.reason}")
            return
        for alias in account.aliases:
            old = Address(local_key(alias), self.site.key)
            there = self.targets.find(self.renamed(old))
            outcome, detail = self._moved(old, self.renamed(old), there)
            if outcome == KEPT and isinstance(there, _Found):
                outcome, detail = _leads_to(there, new, found) if there.kind == _ALIAS else (KEPT, f"is {_kind(there)}")
            yield Item(ALIAS, f"{alias}@{self.site.name}", outcome, detail)

    def _forwarding(self, account: Account, address: str, found: _Found | Unknown | None) -> Iterator[Item]:
        forwards = account.forwards
        if isinstance(forwards, Unknown):
            yield Item(FORWARDING, address, UNKNOWN, forwards.reason)
        elif forwards and found is None:
            yield Item(FORWARDING, address, MISSING, "its account is missing")
        elif forwards:
            yield Item(FORWARDING, address, *self._forwarded(forwards, found))

    def _forwarded(self, forwards: Sequence[str], found: _Found | Unknown | None) -> tuple[str, str]:
        to = f"on Plesk to {_names(forwards)}"
        if not isinstance(found, _Found):
            return UNKNOWN, f"{found.reason if found else ''}; {to}"
        if found.kind == _USER:
            return UNKNOWN, f"MailPlus Server lets only the user read where mail is forwarded; {to}"
        if found.kind == _GROUP:
            return UNKNOWN, f"it is a group on MailPlus Server, whose members are not compared; {to}"
        if isinstance(found.entry.members, Unknown):
            return UNKNOWN, f"{found.entry.members.reason}; {to}"
        wanted = {self.renamed(address_of(one, self.site.key)) for one in forwards}
        lacking = sorted(map(str, wanted - found.entry.members))
        return (DIFFERS, f"the alias on MailPlus Server lacks {_names(lacking)}") if lacking else (KEPT, "by an alias")

    def _catch_all(self) -> Iterator[Item]:
        told, name = self.site.catch_all, f"*@{self.site.name}"
        if isinstance(told, Unknown):
            yield Item(CATCH_ALL, name, UNKNOWN, told.reason)
        elif self.domains:
            wanted = self.renamed(address_of(told, self.site.key)) if told else None
            yield max((_caught(name, wanted, domain) for domain in self.domains), key=_worse)
        elif self.targets.gap:
            yield Item(CATCH_ALL, name, UNKNOWN, self.targets.gap.reason)
        else:
            yield Item(CATCH_ALL, name, MISSING, f"no NAS has the domain {self.new_key}")


def _kind(found: _Found) -> str:
    if found.kind == _USER:
        return f"the user {user_key(found.entry.name)}@{found.domain.name}"
    if found.kind == _GROUP:
        return f"the group {user_key(found.entry.name)}@{found.domain.name}"
    members = found.entry.members
    return f"an alias{'' if isinstance(members, Unknown) else f' of {_names(sorted(map(str, members)))}'}"


def _leads_to(there: _Found, new: Address, account: _Found | Unknown | None) -> tuple[str, str]:
    """Whether an alias on MailPlus Server is of the account that it is of on Plesk."""
    members = there.entry.members
    if isinstance(members, Unknown):
        return UNKNOWN, members.reason
    names = {new}
    if isinstance(account, _Found):
        names |= {address_of(account.entry.name, key) for key in (new.domain, *account.domain.keys)}
        names |= {Address(new.local, key) for key in account.domain.keys}
    if names & members:
        return KEPT, ""
    return DIFFERS, f"it is {_kind(there)} on MailPlus Server, and not of {new}"


def _autoresponder(account: Account, address: str, found: _Found | Unknown | None) -> Iterator[Item]:
    if isinstance(account.responds, Unknown):
        yield Item(AUTORESPONDER, address, UNKNOWN, account.responds.reason)
    elif account.responds and found is None:
        yield Item(AUTORESPONDER, address, MISSING, "its account is missing")
    elif account.responds:
        reason = "MailPlus Server lets only the user read whether it answers by itself; on Plesk it does"
        yield Item(AUTORESPONDER, address, UNKNOWN, reason)


def _sizes(account: Account, address: str, found: _Found | Unknown) -> Iterator[Item]:
    """Its quota, and whether what it holds fits. One that keeps no mail on Plesk has neither."""
    if account.mailbox is False:
        return
    there: int | Unknown | None
    if isinstance(found, Unknown):
        there = found
    elif found.kind != _USER:
        there = Unknown(f"it is {_kind(found)} on MailPlus Server, which has no mailbox")
    else:
        there = found.entry.quota
    told = account.mailbox if isinstance(account.mailbox, Unknown) else None
    yield Item(QUOTA, address, *_at_least(told or account.quota, there))
    yield Item(USED_SIZE, address, *_at_least(told or account.usage, there))


def _at_least(here: int | Unknown | None, there: int | Unknown | None) -> tuple[str, str]:
    """Whether a quota of MailPlus Server is at least a size of Plesk; None is no limit."""
    for side in (here, there):
        if isinstance(side, Unknown):
            return UNKNOWN, side.reason
    if there is None or (isinstance(here, int) and isinstance(there, int) and here <= there):
        return KEPT, ""
    return DIFFERS, f"{_size(here)} on Plesk, a quota of {_size(there)} on MailPlus Server"


def _size(value: int | Unknown | None) -> str:
    return amount(value, "bytes") if isinstance(value, int) else "no limit"


def _caught(name: str, wanted: Address | None, domain: Domain) -> Item:
    there = domain.catch_all
    if isinstance(there, Unknown):
        return Item(CATCH_ALL, name, UNKNOWN, f"{domain.nas}: {there.reason}")
    if (there and _in(domain, there)) == (wanted and _in(domain, wanted)):
        return Item(CATCH_ALL, name, KEPT)
    told = (f"goes to {one}" if one else "is refused" for one in (wanted, there))
    return Item(CATCH_ALL, name, DIFFERS, "mail for nobody {} on Plesk, and {} on ".format(*told) + domain.nas)


def _in(domain: Domain, address: Address) -> Address:
    """An address by the first name of the domain, whichever of its names it has."""
    return Address(address.local, domain.keys[0]) if address.domain in domain.keys else address


def _worse(item: Item) -> int:
    return (KEPT, UNKNOWN, DIFFERS).index(item.outcome)


def _names(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


# ------------------------------------------------------------------------------------------- only on MailPlus Server


class _Claims:
    """Which users of MailPlus Server are an account or an alias of Plesk, and where that is not known."""

    def __init__(self, unread: Sequence[str]) -> None:
        self._unread = Unknown(f"{unread[0]} was not read") if unread else None
        self._taken: dict[int, set[str]] = {}
        self._unclear: dict[int, Unknown] = {}

    def add(self, comparison: _Comparison) -> None:
        """Note the names that a site has."""
        here = [*map(id, comparison.domains)]
        accounts = comparison.site.accounts
        if isinstance(accounts, Unknown):
            self._unclear.update(dict.fromkeys(here, accounts))
            return
        for account in accounts:
            if isinstance(account.aliases, Unknown):
                self._unclear.update(dict.fromkeys(here, account.aliases))
            aliases = () if isinstance(account.aliases, Unknown) else account.aliases
            for name in (account.name, *aliases):
                self._take(comparison.targets, comparison.new(name))

    def _take(self, targets: Targets, new: Address) -> None:
        for domain in targets.of(new.domain):
            taken = self._taken.setdefault(id(domain), set())
            taken.add(new.local)
            if entry := domain.by_address.get(new):
                taken.add(user_key(entry.name))

    def left(self, domain: Domain) -> Iterator[Item]:
        """The users of a domain that Plesk does not have, or why that is not known."""
        taken, unclear = self._taken.get(id(domain), set()), self._unclear.get(id(domain)) or self._unread
        for key in domain.users.entries:
            if key not in taken:
                outcome, detail = (UNKNOWN, unclear.reason) if unclear else (NEW, _NEW)
                yield Item(NEW_USER, f"{key}@{domain.name}", outcome, detail)
