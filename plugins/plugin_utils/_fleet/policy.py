# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies: rules as data, checked before anything is gathered."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from functools import cached_property

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import UNITS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.conditions import (
    Condition,
    ConditionError,
    parse_condition,
    parse_path,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import RATIO
from jinja2 import Environment, TemplateSyntaxError

# From the least to the most severe.
SEVERITIES = ("info", "low", "medium", "high", "critical")


# The playbook that finds the path of a setting.
FIND_SETTING = "mailfleet.mailplus.find_setting"
FIND_A_PATH = f"ansible-playbook -i INVENTORY {FIND_SETTING} -e mailplus_hosts=HOST -e rule=RULE"

_PLAIN = re.compile(r"[\w.,-]+", re.ASCII)


class PolicyError(ValueError):
    """A policy, a waiver or an override that cannot be. The message names the policy and the rule, on one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.splitlines()))


@dataclass(frozen=True)
class Place:
    """A path in the envelope of a section.

    Where the key of a setting is not known from hardware, ``path`` is None and ``path_variable`` names the entry of
    ``mailplus_state_paths`` that holds it.
    """

    section: str
    path: tuple[str, ...] | None = None
    path_variable: str | None = None


@dataclass(frozen=True)
class Target(Place):
    """What a rule looks at, and the condition on the value there, or on that number divided by the one at ``per``."""

    condition: Condition = field(kw_only=True)
    per: Place | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it looks."""
        return (self, self.per) if self.per else (self,)

    @cached_property
    def unit(self) -> str:
        """The unit of the value it looks at, as far as that is a figure; empty where none is known."""
        if self.per:
            return RATIO
        path = ".".join(self.path or ())
        units = (figure.unit for figure in BY_NAME[self.section].figures if figure.path == path)
        return next((unit for unit in units if unit in UNITS), "")

    @cached_property
    def expected(self) -> str:
        """What it requires, in words."""
        return self.condition.in_words(self.unit)


@dataclass(frozen=True)
class Rule:
    """One requirement, by a target or by a Jinja expression. ``applies`` limits it to hosts that meet it.

    One that is not ``enabled`` is not looked at, and has no verdict.
    """

    id: str
    title: str
    severity: str
    policy: str
    target: Target | None
    expression: str | None
    applies: Target | None
    why: str
    remedy: str
    reference: str
    enabled: bool
    source: Mapping[str, object]

    @cached_property
    def places(self) -> list[Place]:
        """Where it looks."""
        return [place for target in (self.applies, self.target) if target for place in target.places]


@dataclass(frozen=True)
class Waiver:
    """A rule that a host need not meet until the day it expires: an entry of ``mailplus_state_exceptions``."""

    rule: str
    reason: str
    expires: date


@dataclass(frozen=True)
class HostPolicy:
    """The rules as they hold for one host, its waivers by rule, and the paths that it sets."""

    rules: Sequence[Rule]
    waivers: Mapping[str, Waiver]
    paths: Mapping[str, tuple[str, ...]]


_PLACE_KEYS = {"section", "path", "path_variable"}
_TARGET_KEYS = {"condition", "per"} | _PLACE_KEYS
_RULE_KEYS = {
    "id",
    "title",
    "severity",
    "expression",
    "applies",
    "why",
    "remedy",
    "reference",
    "enabled",
} | _TARGET_KEYS


def parse_policy(source: object, name: str) -> list[Rule]:
    """The rules of a policy, ``{rules: […]}`` or a list of rules. Raises PolicyError."""
    rules = source.get("rules") if isinstance(source, Mapping) else source
    if not isinstance(rules, list):
        raise PolicyError(f"policy {name}: it has no list of rules.")
    return [_parse_rule(rule, name, f"number {number}") for number, rule in enumerate(rules, 1)]


def combine(policies: Iterable[list[Rule]]) -> list[Rule]:
    """All rules of several policies. Raises PolicyError where two have the same id."""
    found: dict[str, Rule] = {}
    for rule in (rule for rules in policies for rule in rules):
        if rule.id in found:
            raise PolicyError(
                f"rule {rule.id}: it stands in policy {found[rule.id].policy} and again in {rule.policy}."
            )
        found[rule.id] = rule
    return list(found.values())


def for_host(
    rules: Sequence[Rule], overrides: object, exceptions: object, paths: object, prefix: str = "mailplus_state"
) -> HostPolicy:
    """The rules as they hold for one host. Raises PolicyError.

    ``overrides`` is ``{rule: {key: value}}``, ``exceptions`` a list of ``{rule, reason, expires}``, and ``paths`` is
    ``{name: path}`` for settings whose keys are not known from hardware. ``prefix`` is what the names of the variables
    begin with that they stand in.
    """
    of_overrides, of_exceptions = f"{prefix}_overrides", f"{prefix}_exceptions"
    overrides = _mapping(of_overrides, overrides)
    waivers = _parse_waivers(exceptions, of_exceptions)
    paths = _mapping("mailplus_state_paths", paths)
    parsed = {name: _parse_path(name, path) for name, path in paths.items()}
    own = [_overridden(rule, overrides[rule.id], of_overrides) if rule.id in overrides else rule for rule in rules]
    if rules:  # or else nothing is judged, whatever is set
        ids = {rule.id for rule in rules}
        require_known(ids, overrides, f"{of_overrides}: no policy has a rule")
        require_known(ids, waivers, f"{of_exceptions}: no policy has a rule")
        require_known(_path_variables([*rules, *own]), paths, "mailplus_state_paths: no rule has the path_variable")
    return HostPolicy(own, waivers, parsed)


def require_known(known: set[str], named: Iterable[str], what: str) -> None:
    """Raises PolicyError, with what was meant, for a name that is most likely misspelt."""
    unknown = sorted(str(name) for name in set(named) - known)
    if unknown:
        alike = sorted({one for name in unknown for one in get_close_matches(name, known, n=1)})
        raise PolicyError(f"{what} {', '.join(unknown)}{f'; did you mean {_or(alike)}?' if alike else '.'}")


def extra_var(name: str, value: str) -> str:
    """The option of ansible-playbook that sets a variable, to be pasted into a shell."""
    return f"-e {f'{name}={value}' if _PLAIN.fullmatch(value) else shlex.quote(json.dumps({name: value}))}"


def find_setting(inventory: Sequence[str], host: str, **variables: str) -> str:
    """The command that finds the path of a setting on a host, to be pasted into a shell."""
    sources = [f"-i {shlex.quote(source)}" for source in inventory]
    given = [extra_var(name, value) for name, value in {"mailplus_hosts": host, **variables}.items()]
    return " ".join(["ansible-playbook", *sources, FIND_SETTING, *given])


def _parse_rule(source: object, policy: str, fallback_name: str) -> Rule:
    identity = source.get("id") if isinstance(source, Mapping) else None
    name = f"policy {policy}, rule {identity or fallback_name}"
    if not isinstance(source, Mapping) or not isinstance(identity, str) or not identity:
        raise PolicyError(f"{name}: a rule is a mapping with an id, which is text.")
    _require_keys(source, _RULE_KEYS, name)
    severity = source.get("severity")
    if severity not in SEVERITIES:
        raise PolicyError(f"{name}: severity is one of {', '.join(SEVERITIES)}, not {severity!r}.")
    if ("expression" in source) == ("condition" in source):
        raise PolicyError(f"{name}: it needs either a condition on a section, or an expression.")
    return Rule(
        id=identity,
        title=_text(source, "title", name) or identity,
        severity=severity,
        policy=policy,
        target=_parse_target(source, name) if "condition" in source else None,
        expression=_parse_expression(source, name) if "expression" in source else None,
        applies=_parse_applies(source["applies"], f"{name}, applies") if "applies" in source else None,
        why=_text(source, "why", name),
        remedy=_text(source, "remedy", name),
        reference=_text(source, "reference", name),
        enabled=_parse_enabled(source.get("enabled", True), name),
        source=source,
    )


def _parse_enabled(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise PolicyError(f"{name}: enabled is true or false, not {value!r}.")
    return value


def _parse_applies(source: object, name: str) -> Target:
    _require_keys(source, _TARGET_KEYS, name)
    return _parse_target(source, name)


def _parse_target(source: object, name: str) -> Target:
    place = _parse_place(source, name)
    more = source if isinstance(source, Mapping) else {}
    try:
        condition = parse_condition(more.get("condition"))
    except ConditionError as error:
        raise PolicyError(f"{name}: {error}.") from None
    per = _parse_per(more["per"], f"{name}, per") if "per" in more else None
    return Target(place.section, place.path, place.path_variable, condition=condition, per=per)


def _parse_per(source: object, name: str) -> Place:
    _require_keys(source, _PLACE_KEYS, name)
    return _parse_place(source, name)


def _parse_place(source: object, name: str) -> Place:
    section = source.get("section") if isinstance(source, Mapping) else source
    if not isinstance(source, Mapping) or not isinstance(section, str) or section not in BY_NAME:
        raise PolicyError(f"{name}: unknown section {section!r}; {_sections_like(section)}.")
    if ("path" in source) == ("path_variable" in source):
        raise PolicyError(f"{name}: it needs either path or path_variable.")
    try:
        path = parse_path(source["path"]) if "path" in source else None
    except ConditionError as error:
        raise PolicyError(f"{name}: {error}.") from None
    return Place(section, path, _filled(source, "path_variable", name) if "path_variable" in source else None)


def _sections_like(section: object) -> str:
    alike = get_close_matches(f"{section}", BY_NAME)
    return f"did you mean {', '.join(alike)}" if alike else "ansible-doc mailfleet.mailplus.mailplus_facts names all"


def _overridden(rule: Rule, changes: object, name: str) -> Rule:
    if not isinstance(changes, Mapping) or "id" in changes:
        raise PolicyError(f"{name}, rule {rule.id}: it is not a mapping of what to change.")
    source = {key: value for key, value in {**rule.source, **changes}.items() if value is not None}
    return replace(_parse_rule(source, f"{rule.policy} with {name}", rule.id), policy=rule.policy)


def _mapping(name: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{name}: it is not a mapping.")
    return value


def _parse_waivers(entries: object, name: str) -> dict[str, Waiver]:
    if not isinstance(entries, list):
        raise PolicyError(f"{name}: it is not a list.")
    found: dict[str, Waiver] = {}
    for waiver in (_parse_waiver(entry, name) for entry in entries):
        if waiver.rule in found:
            raise PolicyError(f"{name}, rule {waiver.rule}: it has more than one exception.")
        found[waiver.rule] = waiver
    return found


def _parse_waiver(entry: object, name: str) -> Waiver:
    rule = entry.get("rule") if isinstance(entry, Mapping) else None
    name = f"{name}, rule {rule}" if rule else name
    if not isinstance(entry, Mapping) or not isinstance(rule, str) or set(entry) != {"rule", "reason", "expires"}:
        raise PolicyError(f"{name}: each needs rule, reason and expires (YYYY-MM-DD), and nothing else.")
    return Waiver(rule, _filled(entry, "reason", name), _parse_day(entry["expires"], name))


def _parse_day(source: object, name: str) -> date:
    """A day from YAML, which reads it as a date, or from text."""
    text = str(source)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # Newer versions of Python read other forms of ISO 8601 too.
    if day is None or day.isoformat() != text:
        raise PolicyError(f"{name}: expires is a day as YYYY-MM-DD, not {text!r}.")
    return day


def _parse_path(name: str, path: object) -> tuple[str, ...]:
    try:
        return parse_path(path)
    except ConditionError as error:
        raise PolicyError(f"mailplus_state_paths, {name}: {error}.") from None


def _parse_expression(source: Mapping[str, object], name: str) -> str:
    expression = _filled(source, "expression", name)
    try:
        Environment(autoescape=True).parse(f"{{{{ {expression} }}}}")
    except TemplateSyntaxError as error:
        reason = " ".join(str(error.message).split()).rstrip(".")
        raise PolicyError(f"{name}: the expression is not Jinja: {reason}.") from None
    return expression


def _path_variables(rules: Iterable[Rule]) -> set[str]:
    return {place.path_variable for rule in rules for place in rule.places if place.path_variable}


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)


def _require_keys(source: object, known: set[str], name: str) -> None:
    unknown = sorted(str(key) for key in set(source) - known) if isinstance(source, Mapping) else []
    if unknown:
        raise PolicyError(f"{name}: unknown key {', '.join(unknown)}; known are {', '.join(sorted(known))}.")


def _filled(source: Mapping[str, object], key: str, name: str) -> str:
    text = _text(source, key, name)
    if not text:
        raise PolicyError(f"{name}: {key} is empty.")
    return text


def _text(source: Mapping[str, object], key: str, name: str) -> str:
    value = source.get(key, "")
    if not isinstance(value, str):
        raise PolicyError(f"{name}: {key} is text, not {value!r}.")
    return value.strip()
