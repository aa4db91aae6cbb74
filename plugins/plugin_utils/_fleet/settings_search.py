# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the path of a setting: by words that its key or its place resembles, or by what changes in two looks.

Nobody has published most keys, so a user tells them in ``mailplus_state_paths``. What is found is told in lines for the
user's own console: text of a server is made visible there, and personal data is not taken out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, groups
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.conditions import (
    Condition,
    kind_of,
    parse_condition,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.differences import Found, Sections, differ
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError, Rule, require_known
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import KEEP
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.resemblance import resemblance, words_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import ABSENT, code, counted, words

# How many settings are told, and how much of a value and of a path.
_MOST, _MOST_PATHS, _MOST_OF_VALUE, _MOST_OF_PATH = 20, 5, 60, 160
# How much it counts where a word is found: in the last key, in one above it, in what the catalogue says of the section.
_LAST, _ABOVE, _OF_SECTION = 6, 3, 1
_ITEM = "*"
# Words of titles and variables that say nothing of a key.
_IDLE = {
    *words_of("a an and are at by each for from in is most no not of off on only over than that the to with"),
    *words_of("disable disabled enable enabled inbound matches setting settings status use"),
}
# How to wait for a change by hand, with a terminal and without.
_WAIT = {"mailplus_seconds": "120"}
# Makes a command that looks at the same host, of variables.
Command = Callable[..., str]
_PLAIN_KEY = re.compile(r"[\w*|-]+", re.ASCII)
_ONE_NUMBER = parse_condition({"at_least": 0})
_COMPARED = (Kind.SETTINGS, Kind.ENTRIES)


@dataclass(frozen=True)
class Setting:
    """A value that a server sent. In ``path``, ``*`` is every item of a list; ``many`` have it, the first ``value``."""

    section: Section
    path: tuple[str, ...]
    value: object
    many: int = 1


@dataclass(frozen=True)
class Wanted:
    """A path that a rule looks at, and the condition on what stands there."""

    rule: Rule
    section: str
    path_variable: str | None
    condition: Condition

    def fits(self, setting: Setting) -> bool:
        """Whether the condition can be about this value."""
        return self.condition.fits(setting.value)

    def line(self, path: Sequence[str]) -> str:
        """What to set, as it stands in variables."""
        if self.path_variable:
            return f"mailplus_state_paths: {{{self.path_variable}: {_in_yaml(path)}}}"
        return f"mailplus_state_overrides: {{{self.rule.id}: {{path: {_in_yaml(path)}}}}}"

    def words(self) -> list[str]:
        """What the setting is called in the policy."""
        return words_of(self.path_variable or self.rule.id)


def wanted_of(rules: Sequence[Rule], rule: str) -> list[Wanted]:
    """What a rule looks at, as far as its paths have to be told, or all of it. Raises PolicyError."""
    by_id = {one.id: one for one in rules}
    require_known(set(by_id), [rule], "rule: no policy has a rule")
    found = list(_wanted(by_id[rule]))
    if not found:
        raise PolicyError(f"rule: {rule} is an expression, which names its keys itself.")
    return [one for one in found if one.path_variable] or found


def require_compared(wanted: Sequence[Wanted]) -> None:
    """Raises PolicyError for a rule on values that change by themselves, which a change by hand cannot tell."""
    if not any(_is_compared(one.section) for one in wanted):
        names = ", ".join(dict.fromkeys(one.section for one in wanted))
        raise PolicyError(
            f"rule: {wanted[0].rule.id} looks at {names}, whose values change without you. Leave out mailplus_seconds: "
            "its values are listed then."
        )


def by_rule(sections: Sections, wanted: Sequence[Wanted], terms: Sequence[str], command: Command) -> list[str]:
    """What is in the section of a rule, in lines: first what it can be about, then what its words resemble."""
    lines = [line for one in wanted for line in _of_rule(one, sections.get(one.section) or {}, terms, command)]
    return [*lines, *_unread(sections)]


def _of_rule(wanted: Wanted, envelope: Mapping[str, Any], terms: Sequence[str], command: Command) -> Iterator[str]:
    rule, section, condition = wanted.rule, BY_NAME[wanted.section], wanted.condition
    requirement = words(condition.in_words(), _MOST_OF_VALUE)
    yield f"{rule.id} wants {condition.wanted} ({requirement}) in {section.name}: {rule.title}"
    named, terms = terms or wanted.words(), terms or _terms_of(wanted, section)
    alike = [one for one in _settings(section, envelope) if _resembles(one, named)]
    ranked = sorted(
        _settings(section, envelope),
        key=lambda one: (not wanted.fits(one), one not in alike, -_score(one, terms)),
    )
    yield from _told(ranked)
    if not ranked:
        return
    if wanted.fits(ranked[0]) and ranked[0] in alike:
        yield f"Where the first is the setting: {wanted.line(ranked[0].path)}"
    else:
        other = command(find=",".join(_distinctive(named, section)))
        kind = f" and is {condition.wanted}" if alike else ""
        yield f"None of these resembles it{kind}. Look in other sections: {other}"
    if _is_compared(section.name):
        change = command(rule=rule.id, **_WAIT)
        yield f"Where you cannot tell which it is, change it by hand in DSM between two looks: {change}"


def _resembles(setting: Setting, named: Sequence[str]) -> bool:
    """Whether a path has every word that tells a setting from the others of its section: a shared one does not do."""
    keys = setting.path[1:]
    return all(any(resemblance([word], key) for key in keys) for word in _distinctive(named, setting.section))


def _distinctive(named: Sequence[str], section: Section) -> list[str]:
    telling = [word for word in named if word not in _IDLE]
    return [word for word in telling if word not in words_of(section.name)] or telling or [*named]


def _terms_of(wanted: Wanted, section: Section) -> list[str]:
    """What a rule is about, in words, without those that say nothing within its section."""
    found = dict.fromkeys(words_of(f"{wanted.path_variable or ''} {wanted.rule.title}"))
    return [word for word in found if word not in {*_IDLE, *words_of(section.name)}]


def by_words(sections: Sections, terms: Sequence[str], command: Command) -> list[str]:
    """Settings of all sections whose keys or places resemble words, in lines, the most alike first."""
    scored = [
        (score, setting)
        for name, envelope in sections.items()
        for setting in _settings(BY_NAME[name], envelope)
        if (score := _score(setting, terms))
    ]
    ranked = [setting for _score_of, setting in sorted(scored, key=lambda pair: -pair[0])]
    lines = list(_told(ranked))
    if not ranked:
        more = _wider(sections, ("settings", "entries", "status"), partial(command, find=",".join(terms)))
        read = counted(len(sections), "section")
        lines = [f"Nothing resembles {' '.join(terms)} in {read}. Try other words{more and f', or read more: {more}'}"]
    elif _resembles(ranked[0], terms):
        lines.append(
            f"For a rule that waits for the first: mailplus_state_paths: {{VARIABLE: {_in_yaml(ranked[0].path)}}}"
        )
    else:
        lines.append(
            "The first does not have all words. Where you cannot tell which it is, change it by hand in DSM between "
            f"two looks: {command(**_WAIT)}"
        )
    return [*lines, *_unread(sections)]


def _wider(sections: Sections, kinds: Sequence[str], command: Command) -> str:
    """The command that reads more sections of these kinds, the first of which are read without being named."""
    unread = [kind for kind in kinds if not set(groups()[kind]) <= sections.keys()]
    if not unread:
        return ""
    return command() if kinds[0] in unread else command(mailplus_subset=",".join(kinds))


def by_change(
    before: Sections, now: Sections, rules: Sequence[Rule], command: Command, of_rule: Sequence[Wanted] = ()
) -> list[str]:
    """What changed between two looks, in lines, each with what to set for a rule: for that one, where one is named."""
    both = [name for name in now if _is_read(before.get(name)) and _is_read(now[name])]
    compared = [name for name in both if _is_compared(name)]
    found = list(differ({name: before[name] for name in compared}, {name: now[name] for name in compared}, KEEP))
    changes = [one for one in found if not one.reason]
    wanted = of_rule or [one for rule in rules for one in _wanted(rule) if one.path_variable]
    lines = [line for change in changes[:_MOST] for line in _change(change, now, wanted, is_of_rule=bool(of_rule))]
    lines += [f"and {len(changes) - _MOST} more"] if len(changes) > _MOST else []
    if not changes:
        more = _wider(now, tuple(kind.value for kind in _COMPARED), command)
        lines.append(
            f"Nothing changed in {counted(len(compared), 'section')} of settings and entries. Was the change applied "
            f"in DSM?{more and f' It may be in a section that was not read: {more}'}"
        )
    reasons = dict.fromkeys(one.reason for one in found if one.reason)
    lines += [_not_compared(reason, [one.path for one in found if one.reason == reason]) for reason in reasons]
    return [*lines, *_unread({**before, **{name: now[name] for name in now if _is_read(before.get(name))}})]


def _wanted(rule: Rule) -> Iterator[Wanted]:
    for target in (rule.applies, rule.target):
        if target:
            condition = _ONE_NUMBER if target.per else target.condition
            for place in target.places:
                yield Wanted(rule, place.section, place.path_variable, condition)


def _settings(section: Section, envelope: Mapping[str, Any]) -> list[Setting]:
    """All values in the answer of a section. Of one that is read for each entry, paths are those below an entry."""
    data = envelope.get("data")
    parts = list((data or {}).values()) if envelope.get("each") else [data]
    found: dict[tuple[str, ...], Setting] = {}
    for path, value in (pair for part in parts if part is not None for pair in _values(part, ("data",))):
        one = found.get(path)
        found[path] = replace(one, many=one.many + 1) if one else Setting(section, path, value)
    return list(found.values())


def _values(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping) and value:
        for key, below in value.items():
            yield from _values(below, (*path, key))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for item in value:
            yield from _values(item, (*path, _ITEM))
    else:
        yield path, value


def _score(setting: Setting, terms: Sequence[str]) -> float:
    section, keys = setting.section, [key for key in setting.path[1:] if key != _ITEM] or [""]
    return (
        _LAST * resemblance(terms, keys[-1])
        + _ABOVE * resemblance(terms, " ".join(keys[:-1]))
        + _OF_SECTION * resemblance(terms, f"{section.name} {section.title} {section.place}")
    )


def _told(ranked: Sequence[Setting]) -> Iterator[str]:
    """A line for each of the first settings, and how many more there are."""
    width = max((len(one.section.name) for one in ranked[:_MOST]), default=0)
    for one in ranked[:_MOST]:
        many = f", the first of {one.many}" if one.many > 1 else ""
        value = f"{words(code(one.value), _MOST_OF_VALUE)} ({kind_of(one.value)}{many})"
        yield f"{one.section.name:{width}}  {_path('.'.join(one.path))} = {value}  {one.section.place}"
    if len(ranked) > _MOST:
        yield f"and {len(ranked) - _MOST} more"


def _change(found: Found, now: Sections, wanted: Sequence[Wanted], *, is_of_rule: bool) -> Iterator[str]:
    """What changed at a path, and what to set where a rule waits for that."""
    old, new = (
        ABSENT if found.kind == kind else words(code(value), _MOST_OF_VALUE)
        for kind, value in (("added", found.old), ("removed", found.new))
    )
    yield f"{_path(found.path)}: {old} -> {new}"
    section = BY_NAME[found.path.partition(".")[0]]
    setting = _setting_at(section, found, now[section.name])
    if setting:
        fitting = [one for one in wanted if one.section == section.name and one.fits(setting)]
        if is_of_rule and not fitting:
            yield f"{wanted[0].rule.id} wants {wanted[0].condition.wanted}, which this is not."
        else:
            yield fitting[0].line(setting.path) if len(fitting) == 1 else _for_one_of(fitting, setting)


def _not_compared(reason: str, paths: Sequence[str]) -> str:
    more = f", and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
    return f"Not compared: {', '.join(map(_path, paths[:_MOST_PATHS]))}{more}. {reason}"


def _for_one_of(fitting: Sequence[Wanted], setting: Setting) -> str:
    names = ", ".join(dict.fromkeys(f"{one.path_variable}" for one in fitting))
    meant = f"where VARIABLE is one of {names}" if names else "for a rule of yours with that path_variable"
    return f"mailplus_state_paths: {{VARIABLE: {_in_yaml(setting.path)}}}, {meant}"


def _setting_at(section: Section, found: Found, envelope: Mapping[str, Any]) -> Setting | None:
    """The setting that a difference is of: it tells entries and items by name or number, which a path leaves open."""
    below = found.path.removeprefix(f"{section.name}.")
    fitting = [one for one in _settings(section, envelope) if _is_at(section, ".".join(one.path), below)]
    return max(fitting, key=lambda one: len(one.path), default=None)


def _is_at(section: Section, path: str, below: str) -> bool:
    head, star, tail = path.rpartition(f".{_ITEM}.")
    if section.each:
        return below.endswith(f".{tail if star else path.removeprefix('data.')}")
    if star:
        return below.startswith(f"{head.partition(_ITEM)[0]}.".replace("..", ".")) and below.endswith(f".{tail}")
    return below == path or below.startswith(f"{path}.")


def _unread(sections: Sections) -> Iterator[str]:
    """A line for each reason why sections were not read."""
    found: dict[str, list[str]] = {}
    for name, envelope in sections.items():
        if not _is_read(envelope):
            error = envelope.get("error") or {}
            reason = f"{envelope['status']}: {error.get('hint') or error.get('message') or ''}"
            found.setdefault(reason, []).append(name)
    for reason, names in found.items():
        were = "was not read, it is" if len(names) == 1 else "were not read, they are"
        yield f"{', '.join(names)} {were} {words(reason)}"


def _is_compared(section: str) -> bool:
    return BY_NAME[section].kind in _COMPARED


def _is_read(envelope: Mapping[str, Any] | None) -> bool:
    return envelope is not None and envelope["status"] == "ok"


def _path(path: str) -> str:
    return words(path, _MOST_OF_PATH)


def _in_yaml(path: Sequence[str]) -> str:
    """A path as it stands in a flow mapping of YAML: text where that is clear, or else a list."""
    return ".".join(path) if all(map(_PLAIN_KEY.fullmatch, path)) else json.dumps(list(path))
