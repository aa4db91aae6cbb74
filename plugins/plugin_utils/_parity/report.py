# SPDX-License-Identifier: GPL-3.0-or-later
"""What parity comes to in the fleet report: verdicts of Plesk servers, and tables of these and of NAS.

The report is that of every fleet, so each format shows it without knowing it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import rows_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import keys_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import (
    HostPolicy,
    Rule,
    for_host,
    parse_policy,
    require_known,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, describe
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    Report,
    TableDefinition,
    TableRows,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import counted, visible
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import SWITCHED_OFF, Verdict, waived
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.comparison import (
    Targets,
    compare,
)
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
    OUTCOMES,
    QUOTA,
    SUBJECTS,
    UNKNOWN,
    USED_SIZE,
    DomainParity,
    Item,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import Renamed, address_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.sides import (
    SECTIONS,
    Site,
    Unknown,
    nas_of,
    sites_of,
)

MIGRATIONS = "migration_tasks"
GATHERED = (*SECTIONS, MIGRATIONS)
"""The sections that parity is made of, which the playbook gathers."""

_MOST_NAMES = 10
_WHY = "Mail for it is lost, or refused, once the domain points to MailPlus Server."


def _rule(subject: str, title: str, severity: str, why: str, remedy: str) -> dict[str, str]:
    """A rule as a policy has it, but for its condition: it is judged here."""
    told = {"id": f"parity_{subject}", "title": title, "severity": severity, "why": why, "remedy": remedy}
    return {**told, "expression": "true"}


RULES = parse_policy(
    [
        _rule(ACCOUNT, "Every account has moved", "high", _WHY, "Move the account, or name it in the mapping."),
        _rule(ALIAS, "No alias is lost", "high", _WHY, "Add the alias to the domain on MailPlus Server."),
        _rule(
            FORWARDING,
            "Every forwarding has a counterpart",
            "medium",
            "Who read the mail elsewhere gets none any more.",
            "Have the user set it up in MailPlus, or make an alias of these members.",
        ),
        _rule(
            AUTORESPONDER,
            "Every autoresponder has a counterpart",
            "low",
            "Senders do not learn that nobody reads their mail.",
            "Have the user set it up in MailPlus.",
        ),
        _rule(
            QUOTA,
            "No quota shrank",
            "medium",
            "What the customer had is promised, and a mailbox fills up sooner.",
            "Raise the quota of the user.",
        ),
        _rule(
            USED_SIZE,
            "What is used fits",
            "medium",
            "A migration stops in the middle of a mailbox that is full, and new mail is refused.",
            "Raise the quota of the user before the migration.",
        ),
        _rule(
            CATCH_ALL,
            "Mail for nobody goes where it went",
            "medium",
            "Mail that was delivered is refused, or mail that was refused comes in.",
            "Set the catch-all of the domain as it is on Plesk.",
        ),
    ],
    "parity",
)
_SUBJECTS = {f"parity_{subject}": subject for subject in SUBJECTS}
_PLURALS = {
    ACCOUNT: "accounts",
    ALIAS: "aliases",
    FORWARDING: "forwardings",
    AUTORESPONDER: "autoresponders",
    QUOTA: "quotas",
    USED_SIZE: "used sizes",
    CATCH_ALL: "catch-alls",
}


_PREFIX = "mailplus_state_parity"
_CHANGEABLE = {"enabled", "severity", "title", "why", "remedy", "reference"}


def policy_of(overrides: object, exceptions: object) -> HostPolicy:
    """The rules as the user wants them. Raises PolicyError."""
    for rule, changes in overrides.items() if isinstance(overrides, Mapping) else ():
        if isinstance(changes, Mapping):
            where = f"{_PREFIX}_overrides, rule {rule}"
            require_known(_CHANGEABLE, changes, f"{where}: what a rule of parity looks at cannot be changed by")
    return for_host(RULES, overrides, exceptions, {}, prefix=_PREFIX)


@dataclass(frozen=True)
class PleskHost:
    """A Plesk server, and what plesk_mail_info returned there; None where it was not asked."""

    host: str
    result: Mapping[str, Any] | None


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


def parity_report(servers: Sequence[PleskHost], fleet: Sequence[Callable[[], HostRecord]], settings: Settings) -> Made:
    """Compare, and report. Each NAS is looked at twice, so that its domains alone stay in memory."""
    plesk = [(server, _record(server)) for server in servers]
    sites = [site for server, record in plesk if record.is_read for site in sites_of(server.host, server.result or {})]
    lost = [record.host for _server, record in plesk if not record.is_read]
    found = compare(sites, _targets(fleet), settings.renamed, lost)
    by_host: dict[str, list[DomainParity]] = {}
    for one in found:
        by_host.setdefault(one.server or one.targets[0], []).append(one)
    telling = _Telling(settings, by_host)
    hosts = chain((telling.of_plesk(record) for _server, record in plesk), (telling.of_nas(each()) for each in fleet))
    built = build_report(
        hosts,
        settings.policy.rules,
        title=settings.title,
        generated_at=settings.generated_at,
        limits=settings.limits,
        page=settings.page,
    )
    built["tables"] = [*_DEFINITIONS]
    for host in built["hosts"]:
        host["tables"] = telling.tables[host["host"]]
    return Made(built, telling.described, [] if lost else [*_warnings(sites, settings.renamed)])


def _targets(fleet: Iterable[Callable[[], HostRecord]]) -> Targets:
    nas, unread = [], []
    for record in (each() for each in fleet):
        if record.is_read and record.mailplus:
            nas.append(nas_of(record.host, record.mailplus["sections"]))
        else:
            unread.append(record.host)
    return Targets(nas, unread)


class _Telling:
    """What is told of each host, beside what the report tells of every host."""

    def __init__(self, settings: Settings, found: Mapping[str, Sequence[DomainParity]]) -> None:
        self.tables: dict[str, dict[str, TableRows | None]] = {}
        self.described: dict[str, str] = {}
        self._settings, self._found = settings, found

    def of_plesk(self, record: HostRecord) -> HostResult:
        """A Plesk server, which the rules are about."""
        own, settings = self._found.get(record.host, ()), self._settings
        migrations: TableRows | None = {"status": "unsupported", "rows": None} if record.is_read else None
        self.tables[record.host] = _tables(record, own, settings.clean) | {MIGRATIONS: migrations}
        self.described[record.host] = visible("; ".join(_described(record, own)))
        verdicts = [*_verdicts(record, own, settings.policy, date.fromisoformat(settings.generated_at[:10]))]
        return HostResult(record, verdicts, clean=settings.clean)

    def of_nas(self, record: HostRecord) -> HostResult:
        """A NAS, with the domains that Plesk does not have."""
        clean = self._settings.clean.of_state(record.mailplus)
        envelope = (record.mailplus or {}).get("sections", {}).get(MIGRATIONS)
        own = self._found.get(record.host, ())
        self.tables[record.host] = _tables(record, own, clean) | {MIGRATIONS: _migrations(envelope, clean)}
        self.described[record.host] = describe(record, self._settings.clean)
        return HostResult(record, clean=clean)


def _described(record: HostRecord, found: Sequence[DomainParity]) -> Iterator[str]:
    """How many accounts of a Plesk server have moved, and what was not read of it."""
    if record.is_read:
        told = [one.counts for one in found if one.accounts is not None]
        counts = {outcome: sum(each[ACCOUNT, outcome] for each in told) for outcome in OUTCOMES}
        lost = counts[MISSING] + counts[DIFFERS]
        yield counted(len(found), "site")
        yield f"accounts: {counts[KEPT]} moved, {lost} left behind, {counts[UNKNOWN]} unknown"
    if record.reason:
        yield record.reason


def _record(server: PleskHost) -> HostRecord:
    """How well a Plesk server was read."""
    result = server.result
    if result is None:
        return HostRecord(
            server.host, "not_gathered", "Plesk was not asked: it failed earlier in the play.", None, None
        )
    sites = result.get("sites")
    if sites is None:
        error = result.get("error")
        reason = error["message"] if error else f"{result.get('msg') or 'Plesk could not be read.'}"
        return HostRecord(server.host, "failed", reason, error, None)
    parts = ("site", "accounts", "preferences")
    unread = [name for name, site in sites.items() if any(site[part]["status"] != "ok" for part in parts)]
    if unread:
        reason = f"Not all was read of {_listed(unread)}."
        return HostRecord(server.host, "partial", reason, None, None)
    return HostRecord(server.host, "ok", None, None, None)


def _warnings(sites: Sequence[Site], renamed: Renamed) -> Iterator[str]:
    accounts = (
        address_of(name, site.key)
        for site in sites
        if not isinstance(site.accounts, Unknown)
        for account in site.accounts
        for name in (account.name, *(() if isinstance(account.aliases, Unknown) else account.aliases))
    )
    return renamed.unused((site.key for site in sites), accounts)


# ------------------------------------------------------------------------------------------------------------ verdicts


def _verdicts(record: HostRecord, found: Sequence[DomainParity], policy: HostPolicy, today: date) -> Iterator[Verdict]:
    for rule in policy.rules:
        if not rule.enabled:
            yield Verdict(rule.id, rule.severity, SWITCHED_OFF, None, None, "The rule is switched off.")
        elif not record.is_read:
            yield Verdict(rule.id, rule.severity, "unknown", None, None, f"The host was not read: {record.reason}")
        else:
            yield waived(_verdict(rule, found), policy.waivers.get(rule.id), today)


def _verdict(rule: Rule, found: Sequence[DomainParity]) -> Verdict:
    subject = _SUBJECTS[rule.id]
    counts = Counter({outcome: sum(one.counts[subject, outcome] for one in found) for outcome in OUTCOMES})
    items = [item for one in found for item in one.items if item.subject == subject]
    lost = [item for item in items if item.outcome in (MISSING, DIFFERS)]
    unknown = [item for item in items if item.outcome == UNKNOWN]
    total, what = sum(counts.values()), _PLURALS[subject]
    if not total:
        return Verdict(rule.id, rule.severity, "not_applicable", None, None, f"Plesk has no {what} to compare.")
    if lost:
        names, message = _listed(list(map(_told, lost))), f"{len(lost)} of {total} {what} lost."
        return Verdict(rule.id, rule.severity, "fail", "none is lost", names, message)
    if unknown:
        message = f"{len(unknown)} of {total} {what} unknown: {_listed(list(map(_told, unknown)))}."
        return Verdict(rule.id, rule.severity, "unknown", None, None, message)
    return Verdict(rule.id, rule.severity, "pass", "none is lost", None, f"{total} {what} compared, none is lost.")


def _told(item: Item) -> str:
    return f"{item.name} ({item.detail})"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


# -------------------------------------------------------------------------------------------------------------- tables

_DOMAIN_COLUMNS = {
    "domain": "Domain",
    "new_domain": "On MailPlus Server",
    "nas": "NAS",
    "accounts": "Accounts",
    "on_both": "On both",
    "only_plesk": "Only on Plesk",
    "only_mailplus": "Only on MailPlus Server",
    "unknown": "Unknown",
    **{subject: f"{_PLURALS[subject].capitalize()} lost" for subject in SUBJECTS[1:]},
}
_ITEM_COLUMNS = {"domain": "Domain", "what": "What", "name": "Name", "outcome": "Outcome", "why": "How or why"}
_MIGRATION_COLUMNS = {"name": "Name", "type": "Type", "status": "Status", "time": "Time"}

_WORST_FIRST = (MISSING, DIFFERS, UNKNOWN, NEW, KEPT)
_IN_ORDER = (*SUBJECTS, NEW_USER)
_MEANINGS = ("type", "status", "time")

DOMAINS, ITEMS = "parity_domains", "parity_items"
COLUMNS = {DOMAINS: [*_DOMAIN_COLUMNS], ITEMS: [*_ITEM_COLUMNS], MIGRATIONS: [*_MIGRATION_COLUMNS]}
"""The columns of the tables by name."""


def _definition(name: str, label: str, columns: Mapping[str, str], worst: str | None = None) -> TableDefinition:
    told: TableDefinition = {
        "name": name,
        "label": label,
        "of": [*GATHERED] if name != MIGRATIONS else [MIGRATIONS],
        "columns": [{"name": key, "label": text, "unit": ""} for key, text in columns.items()],
        "worst": worst,
    }
    return told


_DEFINITIONS = (
    _definition(DOMAINS, "Parity by domain", _DOMAIN_COLUMNS, "only_plesk"),
    _definition(ITEMS, "What is lost, unknown or elsewhere", _ITEM_COLUMNS),
    _definition(MIGRATIONS, "Migration tasks", _MIGRATION_COLUMNS),
)


def _tables(record: HostRecord, found: Sequence[DomainParity], clean: Clean) -> dict[str, TableRows | None]:
    if not record.is_read:
        return {DOMAINS: None, ITEMS: None}
    domains = [clean(_domain_row(one)) for one in found]
    worst_first = sorted(((one.domain, item) for one in found for item in one.items), key=_badness)
    items = [clean(_item_row(domain, item)) for domain, item in worst_first]
    return {DOMAINS: {"status": "ok", "rows": domains}, ITEMS: {"status": "ok", "rows": items}}


def _badness(row: tuple[str, Item]) -> tuple[int, int]:
    """What is lost comes first, accounts before what belongs to them."""
    _domain, item = row
    return _WORST_FIRST.index(item.outcome), _IN_ORDER.index(item.subject)


def _domain_row(one: DomainParity) -> dict[str, object]:
    """A domain in numbers; null is what Plesk does not tell."""
    counts = one.counts
    row: dict[str, object] = {
        "domain": one.domain,
        "new_domain": one.new_domain if one.targets else None,
        "nas": ", ".join(one.targets) or None,
        "accounts": one.accounts,
        "on_both": None if one.accounts is None else counts[ACCOUNT, KEPT],
        "only_plesk": None if one.accounts is None else _lost(counts, ACCOUNT),
        "only_mailplus": None if counts[NEW_USER, UNKNOWN] else counts[NEW_USER, NEW],
        "unknown": sum(count for (_subject, outcome), count in counts.items() if outcome == UNKNOWN),
    }
    return row | {subject: _lost(counts, subject) for subject in SUBJECTS[1:]}


def _lost(counts: Mapping[tuple[str, str], int], subject: str) -> int:
    return counts[subject, MISSING] + counts[subject, DIFFERS]


def _item_row(domain: str, item: Item) -> dict[str, object]:
    what = item.subject.replace("_", " ")
    return {"domain": domain, "what": what, "name": item.name, "outcome": item.outcome, "why": item.detail}


def _migrations(envelope: Mapping[str, Any] | None, clean: Clean) -> TableRows | None:
    """The migration tasks of a NAS, by keys that may be theirs: none is attested."""
    if not envelope:
        return None
    rows, keys = rows_of(envelope), keys_of(envelope)
    if envelope["status"] != "ok" or rows is None:
        return {"status": envelope["status"], "rows": None}
    told = (
        {"name": _text(row, "name"), **{key: _meant(keys, row, key) for key in COLUMNS[MIGRATIONS][1:]}} for row in rows
    )
    cleaned = [{key: _cleaned(clean, key, cell) for key, cell in row.items()} for row in told]
    return {"status": "ok", "rows": cleaned}


def _cleaned(clean: Clean, key: str, cell: str | None) -> object:
    return cell if clean.replace is None else clean.value_at(f"{MIGRATIONS}.data.{key}", cell)


def _text(row: Any, key: str) -> str | None:
    value = row.get(key) if isinstance(row, Mapping) else None
    return value if isinstance(value, str) else None


def _meant(keys: Any, row: Any, meaning: str) -> str | None:
    if meaning == "time":
        moment = keys.time(row)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
    value = keys.find(row, meaning)
    return None if value is None or isinstance(value, (dict, list)) else f"{value}"
