# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules of a policy come to on a host. Unknown is never passed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.conditions import (
    ABSENT,
    Condition,
    Outcome,
    find,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import HostPolicy, Rule, Target, Waiver
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord

# A section in an expression: sections.NAME, sections['NAME'].
_SECTION = re.compile(r"""\bsections(?:\.(\w+)|\[\s*["'](\w+))""")

VERDICTS = ("pass", "fail", "unknown", "not_applicable", "excepted")


class ExpressionError(Exception):
    """An expression that has no value for a host, such as one over a variable that is not defined."""


Evaluate = Callable[[str, Mapping[str, object]], object]
"""Evaluates a Jinja expression over variables. Raises ExpressionError."""


@dataclass(frozen=True)
class Verdict:
    """What a rule comes to on a host. ``expected`` and ``actual`` are None where there is nothing to compare.

    ``path`` is where the actual value stands; None where nothing was looked up. ``cause`` may be a part of the
    message, and quote any value of the host.
    """

    rule: str
    severity: str
    verdict: str
    expected: str | None
    actual: object
    message: str
    path: str | None = None
    cause: str = ""


def judge(record: HostRecord, policy: HostPolicy, today: date, evaluate: Evaluate) -> list[Verdict]:
    """The verdict of every rule on a host."""
    host = _Host(record, policy.paths, evaluate)
    return [_waived(host.judge(rule), policy.waivers.get(rule.id), today) for rule in policy.rules]


@dataclass(frozen=True)
class _Host:
    record: HostRecord
    paths: Mapping[str, tuple[str, ...]]
    evaluate: Evaluate

    def judge(self, rule: Rule) -> Verdict:
        if self.record.mailplus is None:
            return _verdict(rule, "unknown", f"The host was not read: {self.record.reason}")
        if rule.applies:
            outcome, message, _actual, _path = self._look(rule.applies)
            if outcome is Outcome.NOT_MET:
                return _verdict(rule, "not_applicable", "The rule does not apply to this host.")
            if outcome is Outcome.UNKNOWN:
                return _verdict(rule, "unknown", f"Whether the rule applies is not known: {message}")
        return self._judge_target(rule, rule.target) if rule.target else self._judge_expression(rule)

    def _judge_target(self, rule: Rule, target: Target) -> Verdict:
        outcome, message, actual, path = self._look(target)
        verdict = {Outcome.MET: "pass", Outcome.NOT_MET: "fail", Outcome.UNKNOWN: "unknown"}[outcome]
        return _verdict(rule, verdict, message, expected=str(target.condition), actual=actual, path=path)

    def _judge_expression(self, rule: Rule) -> Verdict:
        mailplus = self.record.mailplus or {}
        expression = rule.expression or ""
        try:
            value = self.evaluate(expression, {"mailplus": mailplus, "sections": mailplus.get("sections", {})})
        except ExpressionError as error:
            message = self._unread_section(expression) or f"The expression cannot be evaluated: {error}"
            return replace(_verdict(rule, "unknown", message, expected=expression), cause=f"{error}")
        if not isinstance(value, bool):
            message = self._unread_section(expression) or "The expression is neither true nor false here."
            return _verdict(rule, "unknown", message, expected=expression)
        verdict, word = ("pass", "true") if value else ("fail", "false")
        return _verdict(rule, verdict, f"The expression is {word}.", expected=expression, actual=value)

    def _unread_section(self, expression: str) -> str | None:
        """What is to say of the first section that an expression names and that was not read."""
        sections = (self.record.mailplus or {}).get("sections", {})
        named = (name for pair in _SECTION.findall(expression) for name in pair if name in BY_NAME)
        statuses = ((name, sections[name]["status"] if name in sections else "not gathered") for name in named)
        return next((f"The section {name} is {status}." for name, status in statuses if status != "ok"), None)

    def _look(self, target: Target) -> tuple[Outcome, str, object, str | None]:
        """What the condition comes to, a sentence about it, the value it was put on, and where that stands."""
        envelope = (self.record.mailplus or {})["sections"].get(target.section)
        status = envelope["status"] if envelope else "not gathered"
        if status != "ok":
            return Outcome.UNKNOWN, f"The section {target.section} is {status}.", None, None
        path = target.path or self.paths.get(target.path_variable or "")
        if path is None:
            message = f"The path is not set: mailplus_state_paths has no {target.path_variable}."
            return Outcome.UNKNOWN, message, None, None
        value = find(envelope, path)
        outcome = target.condition.check(value)
        where = f"{target.section}.{'.'.join(path)}"
        if _rests_on_missing_rows(path, target.condition, outcome, envelope):
            message = f"{where}: not all rows are there; raise mailplus_state_limit."
            return Outcome.UNKNOWN, message, _short(value), where
        return outcome, _sentence(where, target.condition, value, outcome), _short(value), where


def _sentence(where: str, condition: Condition, value: object, outcome: Outcome) -> str:
    if value is ABSENT:
        return f"{where} is not in the answer."
    if outcome is Outcome.UNKNOWN:
        return f"{where} cannot be compared with: {condition}."
    return f"{where} is{'' if outcome is Outcome.MET else ' not'} as required."


def _rests_on_missing_rows(path: tuple[str, ...], condition: Condition, outcome: Outcome, envelope: Envelope) -> bool:
    """Whether rows that were not read could turn the outcome."""
    if "total" not in envelope or _has_all_rows(envelope) or outcome is Outcome.UNKNOWN:
        return False
    if path[0] == "summary" and path[1:] not in (("complete",), ("rows",)):
        # More rows only raise counts and ages.
        return outcome is not {"at_most": Outcome.NOT_MET, "at_least": Outcome.MET}.get(condition.operator)
    return outcome is {"all": Outcome.MET, "any": Outcome.NOT_MET}.get(condition.operator)


def _has_all_rows(envelope: Envelope) -> bool:
    filtered = envelope.get("filtered") or {"read": 0, "kept": 0}
    return (envelope["summary"] or {}).get("complete") is True and filtered["read"] == filtered["kept"]


def _short(value: object) -> object:
    """A value to show: of a list or mapping, how much it holds."""
    if isinstance(value, (list, Mapping)):
        return f"{len(value)} {'items' if isinstance(value, list) else 'keys'}"
    return None if value is ABSENT else value


def _verdict(
    rule: Rule,
    verdict: str,
    message: str,
    *,
    expected: str | None = None,
    actual: object = None,
    path: str | None = None,
) -> Verdict:
    return Verdict(rule.id, rule.severity, verdict, expected, actual, message, path)


def _waived(verdict: Verdict, waiver: Waiver | None, today: date) -> Verdict:
    if waiver is None or verdict.verdict not in ("fail", "unknown"):
        return verdict
    if waiver.expires < today:
        message = f"{verdict.message} The exception expired on {waiver.expires}: {waiver.reason}"
        return replace(verdict, verdict="fail", message=message)
    return replace(verdict, verdict="excepted", message=f"Until {waiver.expires}: {waiver.reason}")
