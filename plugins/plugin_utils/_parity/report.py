# SPDX-License-Identifier: GPL-3.0-or-later
"""What parity comes to in the fleet report: verdicts of Plesk servers, and tables of these and of NAS.

The report is that of every fleet, so each format shows it without knowing it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import HostPolicy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HostRecord,
    describe,
    spare,
    unusable,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report, TableRows
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import counted, listed, visible
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.comparison import compare
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.items import (
    ACCOUNT,
    DIFFERS,
    KEPT,
    MISSING,
    OUTCOMES,
    UNKNOWN,
    DomainParity,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import Renamed, address_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.rules import MOST_NAMES, verdicts_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.sides import (
    Nas,
    Site,
    Unknown,
    gap_of,
    nas_of,
    sites_of,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.tables import (
    DEFINITIONS,
    MIGRATIONS,
    migrations_of,
    tables_of,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.targets import Targets

_NOT_TOLD = (
    "It has no variable with what Plesk answered: it was not asked, failed earlier, or its task registers another one."
)


@dataclass(frozen=True)
class PleskHost:
    """A Plesk server, and what plesk_mail_info returned there; None where it was not asked."""

    host: str
    result: Mapping[str, Any] | None


class LeftOut(NamedTuple):
    """Hosts that were not to be asked in this run, so that what they have is unknown."""

    nas: Sequence[str] = ()
    plesk: Sequence[str] = ()


@dataclass(frozen=True)
class Settings:
    """How parity is judged and told."""

    policy: HostPolicy
    renamed: Renamed
    clean: Clean
    limits: Limits
    title: str
    generated_at: str
    page: str | None = None


@dataclass(frozen=True)
class Made:
    """The report, what was read of each host in a few words, and what the user is to be warned of."""

    report: Report
    described: Mapping[str, str]
    warnings: Sequence[str]


def parity_report(
    servers: Sequence[PleskHost],
    fleet: Sequence[Callable[[], HostRecord]],
    settings: Settings,
    left_out: LeftOut = LeftOut(),  # noqa: B008 - it never changes
) -> Made:
    """Compare, and report. Each NAS is looked at twice, so that its domains alone stay in memory."""
    plesk = [_read(server) for server in servers]
    warnings: list[str] = []
    targets = _targets(fleet, left_out.nas, warnings)
    sites = [site for one in plesk for site in one.sites]
    found = compare(sites, targets, settings.renamed, [*(one.record.host for one in plesk if one.gap), *left_out.plesk])
    by_host: dict[str, list[DomainParity]] = {}
    for each in found:
        by_host.setdefault(each.server or each.targets[0], []).append(each)
    telling = _Telling(settings, by_host)
    hosts = chain((telling.of_plesk(one) for one in plesk), (telling.of_nas(each()) for each in fleet))
    built = build_report(
        hosts,
        settings.policy.rules,
        title=settings.title,
        generated_at=settings.generated_at,
        limits=settings.limits,
        page=settings.page,
    )
    built["tables"] = [*DEFINITIONS]
    for host in built["hosts"]:
        host["tables"] = telling.tables[host["host"]]
    if not left_out.plesk and not any(one.gap for one in plesk):
        warnings += _misspelt(sites, settings)
    return Made(built, telling.described, warnings)


@dataclass(frozen=True)
class _Read:
    """What was read of a Plesk server; ``gap`` tells why it may have more sites."""

    record: HostRecord
    sites: Sequence[Site]
    gap: Unknown | None


def _read(server: PleskHost) -> _Read:
    """The sites of a server, which no answer of another one can cost its report."""
    unread = Unknown(f"{server.host} was not read")
    return spare(partial(_told_by, server, unread), lambda error: _Read(unusable(server.host, error), [], unread))


def _told_by(server: PleskHost, unread: Unknown) -> _Read:
    record = _record(server)
    if not record.is_read:
        return _Read(record, [], unread)
    result = server.result or {}
    gap = gap_of(result)
    if gap:
        record = replace(record, status="partial", reason=" ".join(filter(None, [f"{gap.reason}.", record.reason])))
    return _Read(record, [*sites_of(server.host, result)], gap)


def _targets(fleet: Iterable[Callable[[], HostRecord]], left_out: Sequence[str], warnings: list[str]) -> Targets:
    nas, unread = [], [*left_out]
    for record in (each() for each in fleet):
        found = spare(partial(_nas, record), partial(unusable, record.host))
        if isinstance(found, HostRecord):
            warnings.append(f"{record.host}: {found.reason}")
        if isinstance(found, Nas):
            nas.append(found)
        else:
            unread.append(record.host)
    return Targets(nas, unread)


def _nas(record: HostRecord) -> Nas | HostRecord | None:
    """The domains of a NAS; None where it was not read."""
    return nas_of(record.host, record.mailplus["sections"]) if record.is_read and record.mailplus else None


class _Telling:
    """What is told of each host, beside what the report tells of every host."""

    def __init__(self, settings: Settings, found: Mapping[str, Sequence[DomainParity]]) -> None:
        self.tables: dict[str, dict[str, TableRows | None]] = {}
        self.described: dict[str, str] = {}
        self._settings, self._found = settings, found

    def of_plesk(self, server: _Read) -> HostResult:
        """A Plesk server, which the rules are about."""
        record, settings = server.record, self._settings
        own = self._found.get(record.host, ())
        migrations: TableRows | None = {"status": "ok", "rows": []} if record.is_read else None
        told = tables_of(own, settings.clean, is_read=record.is_read)
        self.tables[record.host] = told | {MIGRATIONS: migrations}
        self.described[record.host] = visible("; ".join(_described(record, own)))
        today = date.fromisoformat(settings.generated_at[:10])
        verdicts = [*verdicts_of(record, own, server.gap, settings.policy, today)]
        return HostResult(record, verdicts, clean=settings.clean)

    def of_nas(self, record: HostRecord) -> HostResult:
        """A NAS, with the domains that Plesk does not have."""
        clean = self._settings.clean.of_state(record.mailplus)
        envelope = (record.mailplus or {}).get("sections", {}).get(MIGRATIONS)
        own = self._found.get(record.host, ())
        told = tables_of(own, clean, is_read=record.is_read)
        self.tables[record.host] = told | {MIGRATIONS: migrations_of(envelope, clean)}
        self.described[record.host] = describe(record, self._settings.clean)
        return HostResult(record, clean=clean)


def _described(record: HostRecord, found: Sequence[DomainParity]) -> Iterator[str]:
    """How many accounts of a Plesk server have moved, and what was not read of it."""
    if record.is_read:
        told = [one.counts for one in found if one.accounts is not None]
        counts = {outcome: sum(each[ACCOUNT, outcome] for each in told) for outcome in OUTCOMES}
        words = {KEPT: "moved", MISSING: "missing", DIFFERS: "different", UNKNOWN: "unknown"}
        yield counted(len(found), "site")
        yield f"accounts: {', '.join(f'{counts[outcome]} {word}' for outcome, word in words.items())}"
    if record.reason:
        yield record.reason


def _record(server: PleskHost) -> HostRecord:
    """How well a Plesk server was read."""
    result = server.result
    if result is None:
        return HostRecord(server.host, "not_gathered", _NOT_TOLD, None, None)
    sites = result.get("sites")
    if sites is None:
        error = result.get("error")
        reason = error["message"] if error else f"{result.get('msg') or 'Plesk could not be read.'}"
        return HostRecord(server.host, "failed", reason, error, None)
    parts = ("site", "accounts", "preferences")
    unread = [name for name, site in sites.items() if any(site[part]["status"] != "ok" for part in parts)]
    if unread:
        reason = f"Not all was read of {listed(unread, MOST_NAMES)}."
        return HostRecord(server.host, "partial", reason, None, None)
    return HostRecord(server.host, "ok", None, None, None)


def _misspelt(sites: Sequence[Site], settings: Settings) -> Sequence[str]:
    """What the mapping names though Plesk does not have it, as far as that is known."""
    told = [site for site in sites if not isinstance(site.accounts, Unknown)]
    untold = {site.key for site in sites} - {site.key for site in told}
    accounts = (
        address_of(name, site.key)
        for site in told
        for account in (() if isinstance(site.accounts, Unknown) else site.accounts)
        for name in (account.name, *(() if isinstance(account.aliases, Unknown) else account.aliases))
    )
    unused = [*settings.renamed.unused((site.key for site in sites), accounts, untold)]
    if unused and settings.clean.replace:
        return [f"The mapping: no Plesk that was read has {counted(len(unused), 'name')} that it renames."]
    return unused
