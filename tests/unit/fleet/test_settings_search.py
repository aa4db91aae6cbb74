# SPDX-License-Identifier: GPL-3.0-or-later
"""Which settings are found by words, by rules and by changes, and the line for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.conditions import ABSENT, find, parse_path
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError, Rule
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.settings_search import (
    by_change,
    by_rule,
    by_words,
    wanted_of,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

WAITS = samples.rule(
    id="waits",
    title="Greylisting is on",
    path=None,
    path_variable="greylist_on",
    condition={"equals": True},
    section="greylist",
)
PER = samples.rule(
    id="per",
    section="license_usage",
    path=None,
    path_variable="used",
    per={"section": "license_limit", "path_variable": "all"},
    condition={"at_most": 1},
)


def rules(*sources: Mapping[str, Any]) -> list[Rule]:
    return list(samples.rules(*sources))


def each(**data: Any) -> dict[str, Any]:
    return {**samples.section(data), "each": {name: samples.section({}) for name in data}}


def paths_in(lines: list[str]) -> list[str]:
    return [line.split(" = ")[0].split()[1] for line in lines if " = " in line]


def test_the_last_key_counts_most_then_those_above_then_the_place() -> None:
    data = {"plain": {"x": 1}, "x": {"plain": 2}, "z": 3}
    lines = by_words({"imap_pop3": samples.section(data)}, ["plain"])
    assert paths_in(lines) == ["data.x.plain", "data.plain.x"]
    assert paths_in(by_words({"imap_pop3": samples.section(data)}, ["imap"])) == [
        "data.plain.x",
        "data.x.plain",
        "data.z",
    ]


def test_items_of_a_list_and_entries_are_one_path() -> None:
    rows = {"relay_list": [{"tls": True}, {"tls": False}, {"other": 1}]}
    lines = by_words({"smtp_relay_hosts": samples.section(rows)}, ["tls"])
    assert "data.relay_list.*.tls = true (true or false, the first of 2)" in lines[0]
    lines = by_words({"domain_settings": each(**{"a.example": {"tls": True}, "b.example": {"tls": False}})}, ["tls"])
    assert "  data.tls = true (true or false, the first of 2)  " in lines[0]


@pytest.mark.parametrize("key", ["plain", "a.b", "a b", "a: {b}", "{{ x }}", "a'b\"c", "\u202ex", "#", "yes, no"])
def test_the_line_is_yaml_whatever_the_key(key: str) -> None:
    data = {key: {"greylist": True}}
    lines = by_rule({"greylist": samples.section(data)}, wanted_of(rules(WAITS), "waits"), [])
    (line,) = [line.partition("setting: ")[2] for line in lines if line.startswith("Where the first")]
    path = parse_path(yaml.safe_load(line)["mailplus_state_paths"]["greylist_on"])
    assert find(samples.section(data), path) is True


def test_what_a_rule_can_be_about_comes_first() -> None:
    data = {"greylist": "on", "greylist_port": 25, "foo": True}
    lines = by_rule({"greylist": samples.section(data)}, wanted_of(rules(WAITS), "waits"), [])
    assert paths_in(lines) == ["data.foo", "data.greylist", "data.greylist_port"]


def test_where_nothing_is_of_the_kind_that_a_rule_wants_no_line_is_told() -> None:
    lines = by_rule({"greylist": samples.section({"greylist": "on"})}, wanted_of(rules(WAITS), "waits"), [])
    assert not any("mailplus_state_paths" in line for line in lines)


def test_a_rule_on_two_places_has_both_told() -> None:
    sections = {"license_usage": samples.section({"n": 3}), "license_limit": samples.section({"max": 5})}
    lines = by_rule(sections, wanted_of(rules(PER), "per"), [])
    assert [line for line in lines if line.startswith("Where the first")] == [
        "Where the first is the setting: mailplus_state_paths: {used: data.n}",
        "Where the first is the setting: mailplus_state_paths: {all: data.max}",
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [("wait", "no policy has a rule wait; did you mean waits?"), ("words", "words is an expression")],
)
def test_a_rule_that_has_no_path(name: str, message: str) -> None:
    words = {"id": "words", "severity": "low", "expression": "true"}
    with pytest.raises(PolicyError, match=message.replace("?", ".")):
        wanted_of(rules(WAITS, words), name)


# ------------------------------------------------------------------------------------------------------------ change


def change(before: dict[str, Any], now: dict[str, Any], *sources: Mapping[str, Any]) -> list[str]:
    return by_change(before, now, rules(*sources))


def test_a_change_is_told_with_the_variable_of_the_one_rule_that_it_fits() -> None:
    before, now = ({"greylist": samples.section({"a": {"b": value}, "c": 1})} for value in (False, True))
    other = WAITS | {"id": "other", "path_variable": "many", "condition": {"at_most": 5}}
    assert change(before, now, WAITS, other) == [
        "greylist.data.a.b: false -> true",
        "mailplus_state_paths: {greylist_on: data.a.b}",
    ]
    two = WAITS | {"id": "two", "path_variable": "on_too"}
    assert change(before, now, WAITS, two)[1] == (
        "mailplus_state_paths: {VARIABLE: data.a.b}, where VARIABLE is one of greylist_on, on_too"
    )


@pytest.mark.parametrize(
    ("section", "before", "now", "path"),
    [
        ("security", {"a": [1, 2]}, {"a": [1, 3]}, "data.a"),
        ("security", {"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "data.a.*.b"),
        ("security", {"a": {"b.c": 1}}, {"a": {"b.c": 2}}, '["data", "a", "b.c"]'),
        ("security", {}, {"new": 1}, "data.new"),
    ],
)
def test_the_path_of_a_change(section: str, before: Any, now: Any, path: str) -> None:
    lines = change({section: samples.section(before)}, {section: samples.section(now)})
    assert lines[1].startswith(f"mailplus_state_paths: {{VARIABLE: {path}}}")


def test_the_path_of_a_change_of_one_of_many_domains_is_that_below_a_domain() -> None:
    before, now = ({"domain_settings": each(**{"a.example": {"x": {"y": value}}})} for value in (1, 2))
    lines = change(before, now)
    assert lines[0] == "domain_settings.data.a.example.x.y: 1 -> 2"
    assert lines[1].startswith("mailplus_state_paths: {VARIABLE: data.x.y}")


def test_what_could_not_be_read_in_one_of_the_looks_is_told_and_is_no_change() -> None:
    read, refused = samples.section({"a": 1}), samples.refused()
    for before, now in ((read, refused), (refused, read), (refused, refused)):
        lines = change({"security": before, "greylist": read}, {"security": now, "greylist": read})
        assert lines[0].startswith("Nothing changed in 1 section of settings and entries. ")
        (line,) = lines[1:]
        assert line.startswith("security was not read, it is forbidden: ")


def test_no_more_changes_are_told_than_a_person_reads() -> None:
    before, now = ({"security": samples.section({f"k{n}": value for n in range(50)})} for value in (1, 2))
    lines = change(before, now)
    assert "and 30 more" in lines
    assert len(lines) == 41


def test_a_path_that_was_found_is_one_that_is_there() -> None:
    data = {"a": {"b": [{"c": [1]}]}, "d": [], "e": {}}
    for path in paths_in(by_words({"imap_pop3": samples.section(data)}, ["imap"])):
        assert find(samples.section(data), tuple(path.replace("*", "0").split("."))) is not ABSENT
