# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of parity, and their verdicts on a Plesk server. They stand in a policy, but are judged here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import (
    HostPolicy,
    Rule,
    for_host,
    parse_policy,
    require_known,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import counted, listed
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import SWITCHED_OFF, Verdict, waived
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.items import (
    ACCOUNT,
    ALIAS,
    AUTORESPONDER,
    CATCH_ALL,
    DIFFERS,
    FORWARDING,
    MISSING,
    OUTCOMES,
    QUOTA,
    SUBJECTS,
    UNKNOWN,
    USED_SIZE,
    DomainParity,
    Item,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.sides import Unknown

MOST_NAMES, _MOST_OF_A_REASON = 10, 3
_EXPECTED = "none is missing or different"
_WHY = "Mail for it is lost, or refused, once the domain points to MailPlus Server."


def _rule(subject: str, title: str, severity: str, why: str, remedy: str) -> dict[str, str]:
    """A rule as a policy has it, but for its condition: it is judged here."""
    told = {"id": f"parity_{subject}", "title": title, "severity": severity, "why": why, "remedy": remedy}
    return {**told, "expression": "true"}


RULES = parse_policy(
    [
        _rule(
            ACCOUNT,
            "Every account has moved",
            "high",
            _WHY,
            "Move the account, or name its new address, or the new name of its domain, in the mapping.",
        ),
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
PLURALS = {
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
            require_known(_CHANGEABLE, changes, f"{where}: a rule of parity has no")
    return for_host(RULES, overrides, exceptions, {}, prefix=_PREFIX)


def verdicts_of(
    record: HostRecord, found: Sequence[DomainParity], gap: Unknown | None, policy: HostPolicy, today: date
) -> Iterator[Verdict]:
    """What each rule comes to. ``gap`` tells why the server may have more sites than those that were compared."""
    for rule in policy.rules:
        if not rule.enabled:
            yield Verdict(rule.id, rule.severity, SWITCHED_OFF, None, None, "The rule is switched off.")
        elif not record.is_read:
            yield Verdict(rule.id, rule.severity, "unknown", None, None, f"The host was not read: {record.reason}")
        else:
            yield waived(_verdict(rule, found, gap), policy.waivers.get(rule.id), today)


def _verdict(rule: Rule, found: Sequence[DomainParity], gap: Unknown | None) -> Verdict:
    subject = _SUBJECTS[rule.id]
    what = PLURALS[subject]
    untold = [] if subject == CATCH_ALL else [one.domain for one in found if one.accounts is None]
    told = [one for one in found if one.accounts is not None or subject == CATCH_ALL]
    items = [item for one in told for item in one.items if item.subject == subject]
    total = sum(one.counts[subject, outcome] for one in told for outcome in OUTCOMES)
    missing, different = ([item for item in items if item.outcome == outcome] for outcome in (MISSING, DIFFERS))
    unknown = [*_unknown(what, total, [item for item in items if item.outcome == UNKNOWN], untold, gap)]
    if missing or different:
        counts = [f"{len(each)} {word}" for each, word in ((missing, "missing"), (different, "different")) if each]
        message = " ".join([f"Of {total} {what}, {' and '.join(counts)}.", *unknown])
        names = listed([*map(_told, (*missing, *different))], MOST_NAMES)
        return Verdict(rule.id, rule.severity, "fail", _EXPECTED, names, message)
    if unknown:
        return Verdict(rule.id, rule.severity, "unknown", None, None, " ".join(unknown))
    if not total:
        return Verdict(rule.id, rule.severity, "not_applicable", None, None, f"Plesk has no {what} to compare.")
    return Verdict(rule.id, rule.severity, "pass", _EXPECTED, None, f"{total} {what} compared, {_EXPECTED}.")


def _unknown(what: str, total: int, items: Sequence[Item], untold: Sequence[str], gap: Unknown | None) -> Iterator[str]:
    """Sentences on what is not known of a subject."""
    if items:
        yield f"{len(items)} of {total} {what} unknown: {'; '.join(_by_reason(what, items))}."
    if untold:
        yield f"All {what} of {counted(len(untold), 'site')} unknown: {listed(untold, MOST_NAMES)}."
    if gap:
        yield f"{gap.reason}."


def _by_reason(what: str, items: Sequence[Item]) -> Iterator[str]:
    """A reason that many share is told once."""
    reasons = Counter(item.detail for item in items)
    alone = [_told(item) for item in items if reasons[item.detail] <= _MOST_OF_A_REASON]
    yield from (f"{reason} ({count} {what})" for reason, count in reasons.items() if count > _MOST_OF_A_REASON)
    if alone:
        yield listed(alone, MOST_NAMES)


def _told(item: Item) -> str:
    return f"{item.name} ({item.detail})"
