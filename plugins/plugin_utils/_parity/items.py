# SPDX-License-Identifier: GPL-3.0-or-later
"""What a comparison comes to: items, each of one subject with one outcome, and how many there are in a domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

ACCOUNT, ALIAS, FORWARDING, AUTORESPONDER = "account", "alias", "forwarding", "autoresponder"
QUOTA, USED_SIZE, CATCH_ALL = "quota", "used_size", "catch_all"
NEW_USER = "mailplus_user"  # one that is no account and no alias of Plesk
SUBJECTS = (ACCOUNT, ALIAS, FORWARDING, AUTORESPONDER, QUOTA, USED_SIZE, CATCH_ALL)

KEPT, MISSING, DIFFERS, UNKNOWN, NEW = "kept", "missing", "differs", "unknown", "only_mailplus"
OUTCOMES = (KEPT, MISSING, DIFFERS, UNKNOWN, NEW)


class Item(NamedTuple):
    """What one thing of Plesk comes to. ``detail`` says how or why, and is empty where there is nothing to say."""

    subject: str
    name: str
    outcome: str
    detail: str = ""


@dataclass
class DomainParity:
    """A domain: how often each outcome is, and the items that somebody may want to look at.

    ``server`` is the Plesk, empty for a domain that is on MailPlus Server alone; ``targets`` are the NAS that have it.
    ``accounts`` is how many Plesk has, None where it does not tell; ``is_absent`` is whether no NAS has the domain.
    """

    server: str
    domain: str
    new_domain: str
    targets: tuple[str, ...]
    accounts: int | None
    is_absent: bool = False
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    items: list[Item] = field(default_factory=list)

    def add(self, items: Iterable[Item]) -> None:
        """Count items. Of those that are kept as they were, nothing else is kept in memory."""
        for item in items:
            self.counts[item.subject, item.outcome] += 1
            if item.outcome != KEPT or item.detail:
                self.items.append(item)
