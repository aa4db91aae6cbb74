# SPDX-License-Identifier: GPL-3.0-or-later
"""Which settings are found by words, by rules and by changes, and the line for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import groups
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.conditions import ABSENT, find, parse_path
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError, Rule, find_setting
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.settings_search import (
    by_change,
    by_rule,
    by_words,
    require_compared,
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


command = partial(find_setting, ["hosts.yml"], "nas1")
ANSIBLE = "ansible-playbook -i hosts.yml mailfleet.mailplus.find_setting -e mailplus_hosts=nas1"


def each(**data: Any) -> dict[str, Any]:
    return {**samples.section(data), "each": {name: samples.section({}) for name in data}}


def paths_in(lines: list[str]) -> list[str]:
    return [line.split(" = ")[0].split()[1] for line in lines if " = " in line]


def test_the_last_key_counts_most_then_those_above_then_the_place() -> None:
    data = {"plain": {"x": 1}, "x": {"plain": 2}, "z": 3}
    lines = by_words({"imap_pop3": samples.section(data)}, ["plain"], command)
    assert paths_in(lines) == ["data.x.plain", "data.plain.x"]
    assert paths_in(by_words({"imap_pop3": samples.section(data)}, ["imap"], command)) == [
        "data.plain.x",
        "data.x.plain",
        "data.z",
    ]


def test_items_of_a_list_and_entries_are_one_path() -> None:
    rows = {"relay_list": [{"tls": True}, {"tls": False}, {"other": 1}]}
    lines = by_words({"smtp_relay_hosts": samples.section(rows)}, ["tls"], command)
    assert "data.relay_list.*.tls = true (true or false, the first of 2)" in lines[0]
    lines = by_words(
        {"domain_settings": each(**{"a.example": {"tls": True}, "b.example": {"tls": False}})}, ["tls"], command
    )
    assert "  data.tls = true (true or false, the first of 2)  " in lines[0]


@pytest.mark.parametrize("key", ["plain", "a.b", "a b", "a: {b}", "{{ x }}", "a'b\"c", "\u202ex", "#", "yes, no"])
def test_the_line_is_yaml_whatever_the_key(key: str) -> None:
    data = {key: {"greylist": True}}
    lines = by_rule({"greylist": samples.section(data)}, wanted_of(rules(WAITS), "waits"), [], command)
    (line,) = [line.partition("setting: ")[2] for line in lines if line.startswith("Where the first")]
    path = parse_path(yaml.safe_load(line)["mailplus_state_paths"]["greylist_on"])
    assert find(samples.section(data), path) is True


def test_what_a_rule_can_be_about_comes_first() -> None:
    data = {"greylist": "on", "greylist_port": 25, "foo": True}
    lines = by_rule({"greylist": samples.section(data)}, wanted_of(rules(WAITS), "waits"), [], command)
    assert paths_in(lines) == ["data.foo", "data.greylist", "data.greylist_port"]


def test_where_nothing_is_of_the_kind_that_a_rule_wants_no_line_is_told() -> None:
    lines = by_rule({"greylist": samples.section({"greylist": "on"})}, wanted_of(rules(WAITS), "waits"), [], command)
    assert not any("mailplus_state_paths" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "section", "key", "resembles"),
    [
        ("smtp_plaintext", "smtp_general", "enable_smtp_auth", False),
        ("smtp_plaintext", "smtp_general", "permitCleartextAuth", True),
        ("smtp_auth_lan", "smtp_general", "enable_smtp_auth", False),
        ("smtp_authentication", "smtp_general", "enable_smtp_auth", True),
        ("sender_matches_login", "smtp_general", "enable_smtp_auth", False),
        ("sender_matches_login", "smtp_general", "check_sender_login", True),
        ("starttls", "smtp_service", "enable_smtps", False),
        ("inbound_dkim", "authentication", "enable_spf", False),
        ("inbound_dkim", "authentication", "enable_dkim", True),
        ("antivirus_on", "antivirus", "enable_antivirus", True),
        ("antivirus_on", "antivirus", "enable", False),
    ],
)
def test_a_line_is_told_for_a_key_that_has_the_words_of_the_rule(
    name: str, section: str, key: str, *, resembles: bool
) -> None:
    rule = WAITS | {"id": "one", "path_variable": name, "section": section}
    lines = by_rule({section: samples.section({key: True})}, wanted_of(rules(rule), "one"), [], command)
    assert paths_in(lines) == [f"data.{key}"]
    assert any("mailplus_state_paths" in line for line in lines) is resembles
    assert (
        any(line.startswith("None of these resembles it. Look in other sections: ") for line in lines) is not resembles
    )


def test_where_no_key_resembles_a_rule_whole_commands_say_where_to_look() -> None:
    rule = WAITS | {"path_variable": "smtp_plaintext", "section": "smtp_general"}
    sections = {"smtp_general": samples.section({"enable_smtp_auth": True})}
    assert by_rule(sections, wanted_of(rules(rule), "waits"), [], command)[2:] == [
        f"None of these resembles it. Look in other sections: {ANSIBLE} -e find=plaintext",
        "Where you cannot tell which it is, change it by hand in DSM between two looks: "
        f"{ANSIBLE} -e rule=waits -e mailplus_seconds=120",
    ]
    assert not any("VARIABLE" in line for line in by_words(sections, ["plaintext", "smtp"], command))


def test_what_resembles_a_rule_comes_before_what_has_its_general_words() -> None:
    data = {"greylisting_is_on": {"on": True}, "x": {"greylist": True}}
    rule = WAITS | {"path_variable": "greylist_x"}
    lines = by_rule({"greylist": samples.section(data)}, wanted_of(rules(rule), "waits"), [], command)
    assert paths_in(lines)[0] == "data.x.greylist"


def test_sections_that_were_not_read_for_one_reason_are_one_line() -> None:
    sections = {"security": samples.refused(), "greylist": samples.section({"a": 1}), "queue": samples.refused()}
    (line,) = [line for line in by_words(sections, ["a"], command) if "not read" in line]
    assert line.startswith("security, queue were not read, they are forbidden: ")


def test_a_rule_on_two_places_has_both_told() -> None:
    sections = {"license_usage": samples.section({"used": 3}), "license_limit": samples.section({"all": 5})}
    lines = by_rule(sections, wanted_of(rules(PER), "per"), [], command)
    assert [line for line in lines if line.startswith("Where the first")] == [
        "Where the first is the setting: mailplus_state_paths: {used: data.used}",
        "Where the first is the setting: mailplus_state_paths: {all: data.all}",
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
    return by_change(before, now, rules(*sources), command)


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


def test_a_change_for_one_rule_is_told_with_the_variable_of_that_rule() -> None:
    before, now = ({"greylist": samples.section({"a": value, "b": f"{value}"})} for value in (False, True))
    both = rules(WAITS, WAITS | {"id": "two", "path_variable": "on_too"})
    assert by_change(before, now, both, command, wanted_of(both, "two")) == [
        "greylist.data.a: false -> true",
        "mailplus_state_paths: {on_too: data.a}",
        'greylist.data.b: "False" -> "True"',
        "two wants true or false, which this is not.",
    ]


def test_a_rule_on_what_changes_by_itself_is_not_looked_for_by_a_change() -> None:
    require_compared(wanted_of(rules(WAITS), "waits"))
    with pytest.raises(PolicyError, match="per looks at license_usage, license_limit, whose values change without you"):
        require_compared(wanted_of(rules(PER), "per"))


@pytest.mark.parametrize(
    ("kinds", "advice"),
    [
        ([], f" It may be in a section that was not read: {ANSIBLE}"),
        (["settings"], f" It may be in a section that was not read: {ANSIBLE} -e mailplus_subset=settings,entries"),
        (["settings", "entries"], ""),
    ],
)
def test_where_nothing_changed_the_advice_fits_what_was_read(kinds: list[str], advice: str) -> None:
    read = {name: samples.section({"a": 1}) for kind in kinds for name in groups()[kind]}
    sections = read or {"security": samples.section({"a": 1})}
    line, *_not_compared = change(sections, sections)
    assert line.partition("Was the change applied in DSM?")[2] == advice


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
    for path in paths_in(by_words({"imap_pop3": samples.section(data)}, ["imap"], command)):
        assert find(samples.section(data), tuple(path.replace("*", "0").split("."))) is not ABSENT
