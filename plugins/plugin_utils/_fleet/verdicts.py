# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules of a policy come to on a host. Unknown is never passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope, lost_rows
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.conditions import (
    ABSENT,
    Found,
    Outcome,
    divided,
    find,
    is_taken_out,
    kind_of,
    near,
    spread,
    worst,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.expressions import keys_of_sections
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import (
    FIND_SETTING,
    HostPolicy,
    Place,
    Rule,
    Target,
    Waiver,
    extra_var,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import KEEP
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import ITEMS, KEYS, code, counted

# An expression that looks at these of a section knows that it may not have been read.
_OF_READING = {"status", "error"}

VERDICTS = ("pass", "fail", "unknown", "not_applicable", "excepted")

# The verdicts that somebody has to look at.
FINDINGS = ("fail", "unknown")

# Of a rule that cannot be judged on a host, since nobody told the path of the setting, and of one that is not to be
# judged there: no verdict, and told once.
NOT_CONFIGURED, SWITCHED_OFF = "not_configured", "switched_off"

_VERDICTS = {Outcome.MET: "pass", Outcome.NOT_MET: "fail", Outcome.UNKNOWN: "unknown"}
_MOST_NAMES = 10


class ExpressionError(Exception):
    """An expression that has no value for a host, such as one over a variable that is not defined."""


Evaluate = Callable[[str, Mapping[str, object]], object]
"""Evaluates a Jinja expression over variables. Raises ExpressionError."""


@dataclass(frozen=True)
class Lack:
    """What a rule needs that the user did not give: a section that is not gathered, or the path of a setting in it."""

    section: str
    path_variable: str | None = None


@dataclass(frozen=True)
class Quote:
    """What a message quotes of a host, behind words by which it is found in the message, and where it stands."""

    words: str
    value: object
    path: str

    def __str__(self) -> str:
        return f"{self.words} {code(self.value)}"


@dataclass(frozen=True)
class Verdict:
    """What a rule comes to on a host. ``expected`` and ``actual`` are None where there is nothing to compare.

    ``path`` is where the actual value stands; None where nothing was looked up. ``cause`` may be a part of the
    message, and quote any value of the host; ``quote`` is a part that quotes one. ``verdict`` is one of VERDICTS,
    NOT_CONFIGURED, or SWITCHED_OFF.
    """

    rule: str
    severity: str
    verdict: str
    expected: str | None
    actual: object
    message: str
    path: str | None = None
    cause: str = ""
    lack: Lack | None = None
    unit: str = ""
    quote: Quote | None = None


def judge(record: HostRecord, policy: HostPolicy, today: date, evaluate: Evaluate) -> list[Verdict]:
    """The verdict of every rule on a host."""
    host = _Host(record, policy.paths, evaluate)
    return [_waived(host.judge(rule), policy.waivers.get(rule.id), today) for rule in policy.rules]


@dataclass(frozen=True)
class _Look:
    """What a condition comes to, a sentence about it, the value it was put on, and where that stands.

    ``is_path_doubtful`` tells that nothing stands there, or a value of which the condition cannot be.
    """

    outcome: Outcome
    message: str
    actual: object = None
    path: str | None = None
    lack: Lack | None = None
    unit: str = ""
    quote: Quote | None = None
    is_path_doubtful: bool = False


@dataclass(frozen=True)
class _Host:
    record: HostRecord
    paths: Mapping[str, tuple[str, ...]]
    evaluate: Evaluate

    def judge(self, rule: Rule) -> Verdict:
        if not rule.enabled:
            return _verdict(rule, SWITCHED_OFF, _Look(Outcome.UNKNOWN, "The rule is switched off."))
        lack = self._unset_path(rule)
        if lack:
            message = f"The path is not set: mailplus_state_paths has no {lack.path_variable}."
            return _verdict(rule, NOT_CONFIGURED, _Look(Outcome.UNKNOWN, message, lack=lack))
        if self.record.mailplus is None:
            return _verdict(rule, "unknown", _Look(Outcome.UNKNOWN, f"The host was not read: {self.record.reason}"))
        if rule.applies:
            look = _advised(rule, rule.applies, self._look(rule.applies))
            if look.outcome is Outcome.NOT_MET:
                return _verdict(rule, "not_applicable", _Look(look.outcome, "The rule does not apply to this host."))
            if look.outcome is Outcome.UNKNOWN:
                message = f"Whether the rule applies is not known: {look.message}"
                return _verdict(rule, "unknown", _Look(look.outcome, message, lack=look.lack, quote=look.quote))
        return self._judge_target(rule, rule.target) if rule.target else self._judge_expression(rule)

    def _unset_path(self, rule: Rule) -> Lack | None:
        unset = (place for place in rule.places if place.path_variable and place.path_variable not in self.paths)
        return next((Lack(place.section, place.path_variable) for place in unset), None)

    def _judge_target(self, rule: Rule, target: Target) -> Verdict:
        look = _advised(rule, target, self._look(target))
        return _verdict(rule, _VERDICTS[look.outcome], look, expected=target.expected)

    def _judge_expression(self, rule: Rule) -> Verdict:
        mailplus = self.record.mailplus or {}
        expression = rule.expression or ""
        unread = self._unread_section(expression)
        if unread:
            return _verdict(rule, "unknown", unread, expected=expression)
        try:
            value = self.evaluate(expression, {"mailplus": mailplus, "sections": mailplus.get("sections", {})})
        except ExpressionError as error:
            look = _Look(Outcome.UNKNOWN, f"The expression cannot be evaluated: {error}")
            return replace(_verdict(rule, "unknown", look, expected=expression), cause=f"{error}")
        if not isinstance(value, bool):
            look = _Look(Outcome.UNKNOWN, "The expression is neither true nor false here.")
            return _verdict(rule, "unknown", look, expected=expression)
        verdict, word = ("pass", "true") if value else ("fail", "false")
        look = _Look(Outcome.MET, f"The expression is {word}.", value)
        return _verdict(rule, verdict, look, expected=expression)

    def _unread_section(self, expression: str) -> _Look | None:
        """What is to say of the first section that an expression names, that was not read, and that it takes for read.

        Without it, ``sections.NAME.total != 5`` would be true where nobody knows the total.
        """
        named = keys_of_sections(expression).items()
        unread = (self._not_ok(name) for name, keys in named if name in BY_NAME and not keys & _OF_READING)
        return next((look for look in unread if look), None)

    def _not_ok(self, section: str) -> _Look | None:
        """What is to say of a section that was not read."""
        envelope = (self.record.mailplus or {}).get("sections", {}).get(section)
        if envelope is None:
            message = f"The section {section} is not gathered; add it to mailplus_state_subset."
            return _Look(Outcome.UNKNOWN, message, lack=Lack(section))
        if envelope["status"] == "ok":
            return None
        return _Look(Outcome.UNKNOWN, f"The section {section} is {envelope['status']}.")

    def _look(self, target: Target) -> _Look:
        envelope = (self.record.mailplus or {})["sections"].get(target.section)
        not_ok = self._not_ok(target.per.section) if target.per else None
        if not_ok or not envelope or not envelope.get("each"):
            return not_ok or self._not_ok(target.section) or self._look_at(target, envelope)
        data = envelope["data"] or {}
        looks = {name: self._look_at(target, {**one, "data": data.get(name)}) for name, one in envelope["each"].items()}
        return _together(looks, can_name=not any(KEEP.of(BY_NAME[target.section]).names_are_personal))

    def _look_at(self, target: Target, envelope: Any) -> _Look:
        """What the condition comes to in an envelope, which is that of a section or of one of its entries."""
        if envelope["status"] != "ok":
            return _Look(Outcome.UNKNOWN, f"The section {target.section} is {envelope['status']}.")
        if "each" in envelope:
            return _Look(Outcome.UNKNOWN, f"The section {target.section} has no entries.")
        path, condition = spread(self._path(target), target.condition)
        value = find(envelope, path)
        where = ".".join((target.section, *path))
        if value is ABSENT and lost_rows(envelope):
            return _Look(Outcome.UNKNOWN, f"{where}: the rows were not kept; set mailplus_state_rows.", None, where)
        if target.per:
            whole = find((self.record.mailplus or {})["sections"][target.per.section], self._path(target.per))
            where = f"{where} / {'.'.join((target.per.section, *self._path(target.per)))}"
            value = divided(value, whole)
        found = condition.look(value, self._now)
        if not _comes_whole(BY_NAME[target.section], envelope) and _rests_on_missing_rows(path, found, envelope):
            message = f"{where}: not all rows are there; raise mailplus_state_limit."
            actual, unit = _short(value, target.unit)
            return _Look(Outcome.UNKNOWN, message, actual, where, unit=unit)
        where = ".".join((where, *found.path))
        actual, unit = _short(found.value, found.condition.unit or target.unit)
        quote = _quote(where, found, envelope, (*path, *found.path))
        is_doubtful = found.outcome is Outcome.UNKNOWN and (found.value is ABSENT or _is_misfit(found))
        message = _sentence(where, found, target, quote)
        return _Look(found.outcome, message, actual, where, unit=unit, quote=quote, is_path_doubtful=is_doubtful)

    def _path(self, place: Place) -> tuple[str, ...]:
        return place.path or self.paths[place.path_variable or ""]

    @cached_property
    def _now(self) -> datetime | None:
        """When the host was read: how old something is, and how long it holds, is counted from there."""
        return read_time((self.record.mailplus or {}).get("collected_at"))


def _together(looks: Mapping[str, _Look], *, can_name: bool) -> _Look:
    """What all entries of a section come to together: the worst, and on which of them. People are not named."""
    outcome = worst(look.outcome for look in looks.values())
    found = {name: look for name, look in looks.items() if look.outcome is outcome}
    first = next(iter(found.values()))
    if outcome is Outcome.MET:
        return first if len(found) == 1 else replace(first, actual=None, unit="")
    if not can_name:
        return replace(first, message=f"{len(found)} of {len(looks)} entries: {first.message}")
    names = [*found][:_MOST_NAMES]
    more = [f"{len(found) - _MOST_NAMES} more"] if len(found) > _MOST_NAMES else []
    return replace(first, message=f"{', '.join([*names, *more])}: {first.message}")


def _sentence(where: str, found: Found, target: Target, quote: Quote | None) -> str:
    if found.empty:
        return f"{where} has no {found.condition.operand.selection}."
    if found.value is ABSENT:
        return f"{where} is not in the answer.{f' {quote}?' if quote else ''}"
    if is_taken_out(found.value):
        return f"{where} was taken out, as a secret or as personal data."
    if found.outcome is not Outcome.UNKNOWN:
        return f"{where} is{'' if found.outcome is Outcome.MET else ' not'} as required."
    return f"{where} {_doubt(found, target, quote)}."


def _doubt(found: Found, target: Target, quote: Quote | None) -> str:
    """Why a value leaves open what its condition comes to."""
    condition, in_words = found.condition, found.condition.in_words(target.unit)
    if target.per and found.value is None:
        return "is no ratio: there have to be two numbers, the second of them above zero"
    if _is_misfit(found):
        return f"{quote or _holds(found.value)}, but the rule wants {condition.wanted}: {in_words}"
    if condition.operator == "word":
        return (
            "is a word of which is not known whether it is good; where it is, name it in the condition of the rule, in "
            "mailplus_state_overrides"
        )
    return f"cannot be compared with: {in_words}"


def _is_misfit(found: Found) -> bool:
    """Whether a value is of a kind that its condition cannot be about, so that the path may be a wrong one."""
    if found.empty or found.outcome is not Outcome.UNKNOWN or found.value is ABSENT or is_taken_out(found.value):
        return False
    return not found.condition.fits(found.value)


def _quote(where: str, found: Found, envelope: Any, path: tuple[str, ...]) -> Quote | None:
    """What the message quotes: a value that is a wrong one, or a path that may be meant where nothing stands."""
    if found.value is ABSENT and found.outcome is Outcome.UNKNOWN:
        meant = near(envelope, path)
        return Quote("Did you mean", meant, where) if meant else None
    is_short = found.value is not None and not isinstance(found.value, (list, Mapping))
    return Quote(_holds(found.value), found.value, where) if is_short and _is_misfit(found) else None


def _holds(value: object) -> str:
    """What stands somewhere, within a sentence, up to the value itself where that is short."""
    if isinstance(value, list):
        return f"holds a list of {counted(len(value), 'item')}"
    if isinstance(value, Mapping):
        return f"holds a mapping of {counted(len(value), 'key')}"
    if isinstance(value, bool):
        return "holds"
    return "holds null" if value is None else f"holds the {kind_of(value).removeprefix('a ')}"


def _advised(rule: Rule, target: Target, look: _Look) -> _Look:
    """A look with what to do, where its path may be a wrong one."""
    is_found = any(place.path_variable for place in target.places)
    if not look.is_path_doubtful or (look.actual is None and not is_found):
        return look
    steps = [f"find its path with {FIND_SETTING} {extra_var('rule', rule.id)}"] if is_found else []
    if look.actual is not None:
        steps.append(f"change its {'' if is_found else 'path or '}condition in mailplus_state_overrides")
    return replace(look, message=f"{look.message} To mend it, {', or '.join(steps)}.")


def _rests_on_missing_rows(path: tuple[str, ...], found: Found, envelope: Envelope) -> bool:
    """Whether rows that were not read could turn the outcome."""
    if "total" not in envelope or _has_all_rows(envelope) or found.outcome is Outcome.UNKNOWN:
        return False
    if path[0] == "summary" and path[1:] not in (("complete",), ("rows",)):
        # More rows only raise counts and ages.
        return found.outcome is not {"at_most": Outcome.NOT_MET, "at_least": Outcome.MET}.get(found.condition.operator)
    return found.needs_all


def _comes_whole(section: Section, envelope: Envelope) -> bool:
    """Whether a list is known to be sent in one piece, and counted by nobody."""
    is_whole = section.kind is Kind.ENTRIES and bool(section.rows_key) and not section.paged
    return is_whole and envelope.get("total") is None and envelope.get("truncated") is None


def _has_all_rows(envelope: Envelope) -> bool:
    filtered = envelope.get("filtered") or {"read": 0, "kept": 0}
    return (envelope["summary"] or {}).get("complete") is True and filtered["read"] == filtered["kept"]


def _short(value: object, unit: str) -> tuple[object, str]:
    """A value to show, and its unit: of a list or mapping, how much it holds."""
    if isinstance(value, (list, Mapping)):
        return len(value), ITEMS if isinstance(value, list) else KEYS
    return (None, "") if value is ABSENT or value is None else (value, unit)


def _verdict(rule: Rule, verdict: str, look: _Look, *, expected: str | None = None) -> Verdict:
    return Verdict(
        rule.id,
        rule.severity,
        verdict,
        expected,
        look.actual,
        look.message,
        look.path,
        lack=look.lack,
        unit=look.unit,
        quote=look.quote,
    )


def _waived(verdict: Verdict, waiver: Waiver | None, today: date) -> Verdict:
    if waiver is None or verdict.verdict not in ("fail", "unknown"):
        return verdict
    if waiver.expires < today:
        message = f"{verdict.message} The exception expired on {waiver.expires}: {waiver.reason}"
        return replace(verdict, verdict="fail", message=message)
    return replace(verdict, verdict="excepted", message=f"Until {waiver.expires}: {waiver.reason}")
