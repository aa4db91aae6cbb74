# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that each have a state, such as the servers of a cluster, as pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import Member
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    HostReport,
    MembersDefinition,
    Report,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.bars import Share

# Words that say that a member is well. Any other word is shown as it is, and never in green.
_WELL = ("active", "healthy", "normal", "ok", "online", "running")


@dataclass
class GroupMember:
    """A member of a group; more than one status where the hosts disagree."""

    name: str | None
    role: str | None
    statuses: list[str | None] = field(default_factory=list)

    @property
    def look(self) -> str:
        """How it is shown: in green only where every host says a word that is known to mean well."""
        if None in self.statuses:
            return "unknown"
        return "ok" if all(str(status).lower() in _WELL for status in self.statuses) else "word"


@dataclass
class Group:
    """Members that work together, and the hosts that name them."""

    members: list[GroupMember]
    hosts: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Groups:
    """The groups of two members and more; of single members only how they are. ``known`` groups have several hosts."""

    number: int
    definition: MembersDefinition
    several: list[Group]
    known: int
    single: int
    single_statuses: list[Share]
    unknown: int


def groups(report: Report) -> list[Groups]:
    """What there is to draw."""
    return [_groups(number, one, report["hosts"]) for number, one in enumerate(report["members"], 1)]


def _groups(number: int, definition: MembersDefinition, hosts: Sequence[HostReport]) -> Groups:
    """A host that is not known to be of a group with others stands alone, whatever its members are called."""
    group_of = {name: f"group {number}" for number, names in enumerate(definition["groups"]) for name in names}
    several: dict[str, Group] = {}
    single: Counter[tuple[str, str]] = Counter()
    unknown = 0
    for index, host in enumerate(hosts, 1):
        members = host["members"][definition["name"]]
        if not members:
            unknown += 1
        elif len(members) == 1:
            one = GroupMember(members[0]["name"], members[0]["role"], [members[0]["status"]])
            single[(one.look, members[0]["status"] or "unknown")] += 1
        else:
            group = several.setdefault(group_of.get(host["host"], f"{index}"), Group([]))
            _join(group, members)
            group.hosts.append((index, host["host"]))
    statuses = [Share(look, word, count) for (look, word), count in sorted(single.items(), key=lambda item: -item[1])]
    shown, known = list(several.values()), len(definition["groups"])
    return Groups(number, definition, shown, known, sum(single.values()), statuses, unknown)


def _join(group: Group, members: Sequence[Member]) -> None:
    if not group.members:
        group.members = [GroupMember(member["name"], member["role"]) for member in members]
        group.members.sort(key=lambda member: member.name or "")
    rows = sorted(members, key=lambda member: member["name"] or "")
    for known, row in zip(group.members, rows, strict=True):
        if row["status"] not in known.statuses:
            known.statuses.append(row["status"])
