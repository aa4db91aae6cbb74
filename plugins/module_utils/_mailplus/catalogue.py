# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of what can be read from MailPlus Server: a row a section.

Modules, their ``choices``, the documentation's tables, the action group, the read allowlist and the simulator's checks
come from it or are compared with it by a test. Adding a section is adding a row, see
docs/docsite/rst/guide_sections.rst.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Read
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    LogSummary,
    QueueSummary,
    RowsSummary,
    Summary,
    summarise_servers,
)

_API_PREFIX = "SYNO.MailPlusServer."

ALL = "all"


@dataclass(frozen=True)
class Section:
    """One read.

    ``versions`` are those known to list the method. A list section has ``rows_key``, the key of its rows in the
    answer, ``id_keys``, candidates for a key that tells two rows apart, and ``rows_summary``, which makes a summary of
    rows; another section may have ``summarise``, of the whole answer.
    ``guide`` is where the administrator's guide describes the section.
    """

    name: str
    title: str
    module: str
    api: str
    method: str
    versions: tuple[int, ...]
    groups: tuple[str, ...]
    guide: str
    rows_key: str | None = None
    id_keys: tuple[str, ...] = ()
    rows_summary: type[RowsSummary] | None = None
    summarise: Callable[[dict[str, Any]], Summary] | None = None

    @property
    def is_list(self) -> bool:
        """Whether the answer is a list that comes in pages."""
        return self.rows_key is not None

    def read(self, **params: int) -> Read:
        """The question to send for this section."""
        return Read(_API_PREFIX + self.api, self.method, self.versions, params)


CATALOGUE: tuple[Section, ...] = (
    Section(
        name="core",
        title="core settings: sender name, DSM access, mail export, PGP, POP3",
        module="mailplus_info",
        api="MailPlus",
        method="get",
        versions=(1,),
        groups=("settings",),
        guide="Service > MailPlus Client",
    ),
    Section(
        name="server_list",
        title="the servers of the cluster",
        module="mailplus_server_info",
        api="ServerList",
        method="list",
        versions=(1,),
        groups=("cluster",),
        guide="Server Management > Server List",
        summarise=summarise_servers,
    ),
    Section(
        name="smtp_general",
        title="SMTP: banner, host name, hops, recipients, authentication",
        module="mailplus_smtp_info",
        api="SMTP.General",
        method="get",
        versions=(1, 2),
        groups=("settings", "smtp"),
        guide="Mail Delivery > General",
    ),
    Section(
        name="smtp_security",
        title="SMTP: limits on connections, mails and junk commands",
        module="mailplus_smtp_info",
        api="SMTP.Security",
        method="get",
        versions=(1,),
        groups=("settings", "smtp"),
        guide="Mail Delivery > Security",
    ),
    Section(
        name="imap_pop3",
        title="IMAP and POP3: protocols and their authentication",
        module="mailplus_imap_pop3_info",
        api="IMAP_POP3",
        method="get",
        versions=(1,),
        groups=("settings",),
        guide="Service > Protocol > IMAP/POP3",
    ),
    Section(
        name="security",
        title="mail flow limit and sender quota",
        module="mailplus_security_info",
        api="Security",
        method="get",
        versions=(1, 2, 3, 4),
        groups=("settings",),
        guide="Security",
    ),
    Section(
        name="report",
        title="the mail report: recipient and schedule",
        module="mailplus_report_info",
        api="Report",
        method="get",
        versions=(1,),
        groups=("settings",),
        guide="Auditing > Report",
    ),
    Section(
        name="admin_log",
        title="what administrators did",
        module="mailplus_log_info",
        api="Audit.AdminLog",
        method="list",
        versions=(1,),
        groups=("logs",),
        guide="Auditing > Log",
        rows_key="log_list",
        id_keys=("id", "log_id"),
        rows_summary=LogSummary,
    ),
    Section(
        name="transaction_log",
        title="what became of each mail",
        module="mailplus_log_info",
        api="Audit.TransactionLog",
        method="list",
        versions=(1,),
        groups=("logs",),
        guide="Auditing > Log",
        rows_key="items",
        id_keys=("id", "log_id"),
        rows_summary=LogSummary,
    ),
    Section(
        name="queue",
        title="mails waiting for delivery",
        module="mailplus_queue_info",
        api="Queue",
        method="list",
        versions=(1,),
        groups=("queue",),
        guide="Queue",
        rows_key="items",
        id_keys=("id", "queue_id"),
        rows_summary=QueueSummary,
    ),
)

BY_NAME = {section.name: section for section in CATALOGUE}

# Nothing else can be sent to MailPlus Server.
READ_ALLOWLIST = frozenset((section.read().api, section.method) for section in CATALOGUE)


class SubsetError(ValueError):
    """A subset that names nothing known, or nothing at all."""


def groups() -> dict[str, list[str]]:
    """Section names by group, in the order of the catalogue. A section alone in its group needs no group."""
    names = dict.fromkeys(group for section in CATALOGUE for group in section.groups)
    found = {name: [section.name for section in CATALOGUE if name in section.groups] for name in names}
    return {name: members for name, members in found.items() if len(members) > 1}


def select(subset: Sequence[str]) -> list[Section]:
    """The sections that ``subset`` names: sections, groups, ``all``, and ``!name`` for all but that.

    Raises SubsetError with the valid names.
    """
    members = {ALL: list(BY_NAME), **groups(), **{name: [name] for name in BY_NAME}}
    unknown = [name for name in subset if name.removeprefix("!") not in members]
    if unknown:
        raise SubsetError(f"unknown subset {', '.join(map(repr, unknown))}; valid are {', '.join(members)}, and !name")
    wanted = {name for item in subset if not item.startswith("!") for name in members[item]}
    excluded = {name for item in subset if item.startswith("!") for name in members[item.removeprefix("!")]}
    if subset and all(item.startswith("!") for item in subset):
        wanted = set(BY_NAME)
    chosen = [section for section in CATALOGUE if section.name in wanted - excluded]
    if not chosen:
        raise SubsetError(f"subset {list(subset)} selects nothing; valid are {', '.join(members)}, and !name")
    return chosen
