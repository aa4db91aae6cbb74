# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of parity in the fleet report: domains, what is lost or unknown, and the migration tasks of NAS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import rows_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import keys_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import TableDefinition, TableRows
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import counted
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.items import (
    ACCOUNT,
    CATCH_ALL,
    DIFFERS,
    KEPT,
    MISSING,
    NEW,
    NEW_USER,
    SUBJECTS,
    UNKNOWN,
    DomainParity,
    Item,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.rules import PLURALS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.sides import NO_QUOTA, SECTIONS

MIGRATIONS = "migration_tasks"
GATHERED = (*SECTIONS, MIGRATIONS)
"""The sections that parity is made of, which the playbook gathers."""

_DOMAIN_COLUMNS = {
    "domain": "Domain",
    "new_domain": "On MailPlus Server",
    "nas": "NAS",
    "accounts": "Accounts",
    "on_both": "On both",
    "only_plesk": "Only on Plesk",
    "otherwise": "There otherwise",
    "only_mailplus": "Only on MailPlus Server",
    "unknown": "Unknown, with what belongs to them",
    **{subject: f"{PLURALS[subject].capitalize()} missing or different" for subject in SUBJECTS[1:]},
}
_ITEM_COLUMNS = {"domain": "Domain", "what": "What", "name": "Name", "outcome": "Outcome", "why": "How or why"}
_MIGRATION_COLUMNS = {"name": "Name", "type": "Type", "status": "Status", "time": "Time"}

_WORST_FIRST = (MISSING, DIFFERS, UNKNOWN, NEW, KEPT)
_IN_ORDER = (*SUBJECTS, NEW_USER)

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


DEFINITIONS = (
    _definition(DOMAINS, "Parity by domain", _DOMAIN_COLUMNS, "only_plesk"),
    _definition(ITEMS, "What is missing, different, unknown or renamed", _ITEM_COLUMNS),
    _definition(MIGRATIONS, "Migration tasks", _MIGRATION_COLUMNS),
)


def tables_of(found: Sequence[DomainParity], clean: Clean, *, is_read: bool) -> dict[str, TableRows | None]:
    """The tables of a host that was read, or none."""
    if not is_read:
        return {DOMAINS: None, ITEMS: None}
    domains = [clean(_domain_row(one)) for one in found]
    worst_first = sorted(((one.domain, item) for one in found for item in _items(one)), key=_badness)
    items = [clean(_item_row(domain, item)) for domain, item in worst_first]
    return {DOMAINS: {"status": "ok", "rows": domains}, ITEMS: {"status": "ok", "rows": items}}


def _items(one: DomainParity) -> Iterator[Item]:
    """The items of a domain; what no account is known of stands once."""
    common = Counter(item.subject for item in one.items if item.detail == NO_QUOTA.reason)
    for subject, count in common.items():
        yield Item(subject, f"*@{one.domain}", UNKNOWN, f"{NO_QUOTA.reason} ({counted(count, 'account')})")
    yield from (item for item in one.items if item.detail != NO_QUOTA.reason)


def _badness(row: tuple[str, Item]) -> tuple[int, int]:
    """What is lost comes first, accounts before what belongs to them."""
    _domain, item = row
    return _WORST_FIRST.index(item.outcome), _IN_ORDER.index(item.subject)


def _domain_row(one: DomainParity) -> dict[str, object]:
    """A domain in numbers; null is what Plesk does not tell."""
    counts = one.counts
    row: dict[str, object] = {
        "domain": one.domain,
        "new_domain": one.new_domain,
        "nas": "none" if one.is_absent else ", ".join(one.targets) or None,
        "accounts": one.accounts,
        "on_both": None if one.accounts is None else counts[ACCOUNT, KEPT],
        "only_plesk": None if one.accounts is None else counts[ACCOUNT, MISSING],
        "otherwise": None if one.accounts is None else counts[ACCOUNT, DIFFERS],
        "only_mailplus": None if counts[NEW_USER, UNKNOWN] else counts[NEW_USER, NEW],
        "unknown": sum(count for (_subject, outcome), count in counts.items() if outcome == UNKNOWN),
    }
    return row | {subject: _known_lost(one, subject) for subject in SUBJECTS[1:]}


def _known_lost(one: DomainParity, subject: str) -> int | None:
    is_known = one.accounts is not None
    if subject == CATCH_ALL and one.server:
        is_known = not one.counts[subject, UNKNOWN]
    return _lost(one.counts, subject) if is_known else None


def _lost(counts: Mapping[tuple[str, str], int], subject: str) -> int:
    return counts[subject, MISSING] + counts[subject, DIFFERS]


def _item_row(domain: str, item: Item) -> dict[str, object]:
    what = item.subject.replace("_", " ")
    return {"domain": domain, "what": what, "name": item.name, "outcome": item.outcome, "why": item.detail}


def migrations_of(envelope: Mapping[str, Any] | None, clean: Clean) -> TableRows | None:
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
