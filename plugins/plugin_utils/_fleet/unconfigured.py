# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules without a verdict, told once for the fleet and not on each host.

Nobody can judge one that lacks the path of a setting, since nobody has published it, or a section that no host was
asked for; and one that the user switched off is not to be judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import Rule, find_setting
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    HostReport,
    NotConfigured,
    SwitchedOff,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import (
    NOT_CONFIGURED,
    SWITCHED_OFF,
    Lack,
    Verdict,
)


class Unconfigured:
    """What rules lack, and which are switched off, host by host, and what that comes to over the fleet."""

    def __init__(self) -> None:
        self._without_path: dict[str, Counter[Lack]] = {}
        self._without_section: dict[str, Lack] = {}
        self._hosts: dict[tuple[str, Lack], tuple[bool, str]] = {}
        self._looked_at: set[str] = set()
        self._gathered: set[str] = set()
        self._off: Counter[str] = Counter()

    def add(self, host: HostReport, verdicts: Sequence[Verdict]) -> None:
        """Count what the rules lack on a host. One that was not read does not tell which sections it was asked for."""
        is_read = host["status"] not in UNREAD
        self._gathered.update(host["sections"])
        for verdict in verdicts:
            if verdict.lack:  # the command names a host that was read, where there is one
                which, found = (verdict.rule, verdict.lack), (not is_read, host["host"])
                self._hosts[which] = min(found, self._hosts.get(which, found))
            if verdict.verdict == SWITCHED_OFF:
                self._off[verdict.rule] += 1
            elif verdict.verdict == NOT_CONFIGURED and verdict.lack:
                self._without_path.setdefault(verdict.rule, Counter())[verdict.lack] += 1
            elif is_read and verdict.lack:
                self._without_section.setdefault(verdict.rule, verdict.lack)
            elif is_read:
                self._looked_at.add(verdict.rule)

    def unasked(self) -> Collection[str]:
        """Rules on a section that was not gathered on any host."""
        return self._without_section.keys() - self._looked_at

    def told(self, rules: Sequence[Rule], hosts: int) -> list[NotConfigured]:
        """The rules that are not configured, in their order, of so many hosts."""
        return list(self._told(rules, hosts))

    def _told(self, rules: Sequence[Rule], hosts: int) -> Iterator[NotConfigured]:
        unasked = self.unasked()
        for rule in rules:
            judged = hosts - self._off[rule.id]
            lacks = self._without_path.get(rule.id)
            if lacks:
                ((lack, _count),) = lacks.most_common(1)
                yield self._one(rule, lack, judged if rule.id in unasked else lacks.total())
            elif rule.id in unasked:
                yield self._one(rule, self._without_section[rule.id], judged)

    def switched_off(self, rules: Sequence[Rule]) -> list[SwitchedOff]:
        """The rules that are switched off on any host, in their order."""
        return [{"rule": rule.id, "hosts": self._off[rule.id]} for rule in rules if self._off[rule.id]]

    def _one(self, rule: Rule, lack: Lack, hosts: int) -> NotConfigured:
        is_gathered = lack.section in self._gathered
        _is_unread, host = self._hosts[rule.id, lack]
        return {
            "rule": rule.id,
            "section": lack.section,
            "gathered": is_gathered,
            "path_variable": lack.path_variable,
            "hosts": hosts,
            "remedy": " ".join(_remedy(rule, lack, host, is_gathered=is_gathered or not self._gathered)),
        }


def _remedy(rule: Rule, lack: Lack, host: str, *, is_gathered: bool) -> Iterator[str]:
    if not is_gathered:
        yield f"The section {lack.section} is not gathered; add it to mailplus_state_subset."
    if lack.path_variable:
        yield (
            f"To find the path, run: {find_setting(['INVENTORY'], host, rule=rule.id)}. "
            f"Then set it: mailplus_state_paths: {{{lack.path_variable}: data.KEY}}."
        )
