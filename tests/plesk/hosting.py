# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Plesk server hosts: its sites and their mail accounts, as the description numbers and names them."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator

from ansible_collections.mailfleet.mailplus.tests.plesk.description import Account, Accounts, Described, Site
from ansible_collections.mailfleet.mailplus.tests.simulator.rows import HOSTILE_TEXTS

_ACCOUNTS_OF_A_SITE = 100_000
_CONTROL = dict.fromkeys(code for code in range(32) if chr(code) not in "\t\n\r")

# No XML can hold other control characters.
HOSTILE = tuple(text.translate(_CONTROL) for text in HOSTILE_TEXTS)


class Words:
    """The texts of a server: those of the description, or hostile ones."""

    def __init__(self, *, hostile: bool) -> None:
        self._hostile = hostile

    def say(self, text: str, number: int) -> str:
        return HOSTILE[number % len(HOSTILE)] if self._hostile else text


@dataclasses.dataclass(frozen=True)
class MailAccount:
    name: str
    id: int
    account: Account
    number: str

    def fill(self, text: str) -> str:
        """The texts of accounts that are alike tell their number."""
        return text.replace("{n}", self.number) if self.number else text


@dataclasses.dataclass(frozen=True)
class HostedSite:
    name: str
    id: int
    site: Site
    groups: tuple[Accounts, ...]

    @property
    def ascii_name(self) -> str:
        try:
            return self.site.ascii_name or self.name.encode("idna").decode()
        except UnicodeError:
            return self.name

    @property
    def guid(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name))

    @property
    def is_primary(self) -> bool:
        return self.site.webspace is None

    def accounts(self) -> Iterator[MailAccount]:
        number = self.id * _ACCOUNTS_OF_A_SITE
        for group in self.groups:
            for name, of_name in group.names():
                number += 1
                yield MailAccount(name, group.account.id or number, group.account, of_name)


class Hosting:
    """The sites of a server, in their order."""

    def __init__(self, described: Described) -> None:
        self.sites: list[HostedSite] = []
        for group in described.sites:
            first = group.site.id or len(self.sites) + 1
            for number, name in enumerate(group.names(), first):
                self.sites.append(HostedSite(name, number, group.site, group.accounts))
        self._by_id = {site.id: site for site in self.sites}
        self._by_name = {site.name: site for site in self.sites}

    def by_id(self, number: str) -> HostedSite | None:
        return self._by_id.get(int(number)) if number.strip().lstrip("+").isdecimal() else None

    def webspace_of(self, site: HostedSite) -> HostedSite:
        """The primary site of a subscription has its number and its name."""
        return site if site.site.webspace is None else self._by_name[site.site.webspace]
