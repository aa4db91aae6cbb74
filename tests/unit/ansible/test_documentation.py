# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules document is what they do: options, results, sections, their actions and their group."""

from __future__ import annotations

from datetime import datetime, timezone
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus import plugins
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import (
    FactsQuestion,
    InfoQuestion,
    Question,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import ErrorDetails
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope, Error, Facts
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import State
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import (
    BY_NAME,
    CATALOGUE,
    groups,
)
from ansible_collections.mailfleet.mailplus.tests.generate.returns import summary_shapes
from ansible_collections.mailfleet.mailplus.tests.generate.shapes import fields

PLUGINS = Path(next(iter(plugins.__path__)))
PACKAGE = "ansible_collections.mailfleet.mailplus.plugins"
COLLECTION = "mailfleet.mailplus."
ALL_MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))


def load(kind: str, name: str) -> ModuleType:
    return import_module(f"{PACKAGE}.{kind}.{name}")


QUESTIONS: dict[str, Question] = {
    name: module.QUESTION for name in ALL_MODULES if hasattr(module := load("modules", name), "QUESTION")
}
CONNECTING = [*QUESTIONS, "mailplus_find_setting", "mailplus_record", "mailplus_state_gather"]
ACTIONS_ONLY = [name for name in ALL_MODULES if name not in CONNECTING]
INFO = [name for name, question in QUESTIONS.items() if isinstance(question, InfoQuestion)]
FACTS = [name for name, question in QUESTIONS.items() if isinstance(question, FactsQuestion)]
every_module = pytest.mark.parametrize("name", ALL_MODULES)
every_question = pytest.mark.parametrize("name", QUESTIONS)
every_info = pytest.mark.parametrize("name", INFO)


def documentation(name: str) -> dict[str, Any]:
    """DOCUMENTATION with its fragments merged in, as ansible-doc shows it."""
    own: dict[str, Any] = yaml.safe_load(load("modules", name).DOCUMENTATION)
    for fragment in own.get("extends_documentation_fragment", []):
        assert fragment.startswith(COLLECTION)
        file, _dot, part = fragment.removeprefix(COLLECTION).partition(".")
        text = getattr(load("doc_fragments", file).ModuleDocFragment, part.upper() or "DOCUMENTATION")
        for key, value in yaml.safe_load(text).items():
            if isinstance(value, dict):
                assert not set(value) & set(own.get(key, {})), "documented twice"
                own[key] = {**value, **own.get(key, {})}
    return own


def returned(name: str) -> dict[str, Any]:
    documented: dict[str, Any] = yaml.safe_load(load("modules", name).RETURN)
    return documented


def sections_of(name: str) -> list[Section]:
    return [section for area in AREAS for section in area.sections if area.module == name]


def argument_spec(name: str) -> dict[str, dict[str, Any]]:
    if name in QUESTIONS:
        return QUESTIONS[name].argument_spec
    spec: dict[str, dict[str, Any]] = load("action", name).ARGUMENT_SPEC
    return spec


def shape(option: dict[str, Any]) -> dict[str, Any]:
    """What an option is, in the terms that documentation and argument spec share."""
    keys = {"type": "str", "elements": None, "choices": None, "default": None, "required": False}
    return {key: option.get(key, default) for key, default in keys.items()} | {
        "options": {
            name: shape(inner) for name, inner in (option.get("options") or option.get("suboptions") or {}).items()
        }
    }


# ----------------------------------------------------------------------------------------------------------- options


@every_module
def test_documented_options_are_those_of_the_argument_spec(name: str) -> None:
    documented = documentation(name).get("options", {})
    spec = argument_spec(name)
    assert {key: shape(option) for key, option in documented.items()} == {
        key: shape(option) for key, option in spec.items()
    }


@every_module
def test_every_option_is_described(name: str) -> None:
    for key, option in documentation(name).get("options", {}).items():
        assert option.get("description"), key


@every_question
def test_the_fallback_of_an_option_is_documented(name: str) -> None:
    for key, option in documentation(name)["options"].items():
        text = str(option["description"])
        of_environment = "fallback" in QUESTIONS[name].argument_spec[key] or key == "host"  # which the action judges
        assert ("E(MAILPLUS_" in text) is of_environment
        assert ("fallback" not in QUESTIONS[name].argument_spec[key]) or f"E(MAILPLUS_{key.upper()})" in text


@every_info
def test_the_choices_of_sections_are_those_of_the_catalogue(name: str) -> None:
    names = [section.name for section in sections_of(name)]
    option = QUESTIONS[name].argument_spec.get("sections")
    if len(names) == 1:
        assert option is None
    else:
        assert option is not None
        assert (option["choices"], "default" in option) == (names, False)


@pytest.mark.parametrize("name", FACTS)
def test_facts_document_every_section_and_group(name: str) -> None:
    text = str(documentation(name)["options"]["gather_subset"]["description"])
    assert [word for word in ("all", *groups(), *BY_NAME) if f"V({word})" not in text] == []


# ----------------------------------------------------------------------------------------------------------- headers


@every_module
def test_a_module_says_who_it_is(name: str) -> None:
    documented = documentation(name)
    assert documented["module"] == name
    assert documented["short_description"]
    assert documented["description"]
    assert documented["author"]
    assert documented["version_added"]
    assert "check_mode" in documented["attributes"]
    assert documented["attributes"]["check_mode"]["support"] == "full"


@every_question
def test_a_module_refers_to_others_that_exist(name: str) -> None:
    for reference in documentation(name)["seealso"]:
        assert reference["module"].removeprefix(COLLECTION) in ALL_MODULES


@every_module
def test_examples_are_tasks_or_plays_of_the_module(name: str) -> None:
    entries = yaml.safe_load(load("modules", name).EXAMPLES)
    tasks = [task for entry in entries for task in entry.get("tasks", [entry])]
    assert any(COLLECTION + name in task for task in tasks)
    for task in tasks:
        assert task.get("name") or task.get("hosts")
        given = task.get(COLLECTION + name) or {}
        assert set(given) <= set(argument_spec(name))


@every_module
def test_no_example_switches_the_check_of_certificates_off(name: str) -> None:
    text = load("modules", name).EXAMPLES
    assert "validate_certs" not in text
    assert "https: false" not in text


# ----------------------------------------------------------------------------------------------------------- results


def summary_keys(section: Section) -> set[str]:
    if section.has_rows:
        return set(section.rows_summary().result(True, datetime.now(timezone.utc)))
    return set(section.summarise({})) if section.summarise else set()


@pytest.mark.parametrize("section", CATALOGUE, ids=lambda section: section.name)
def test_the_types_of_a_summary_have_its_keys(section: Section) -> None:
    """What is documented of it is made from them."""
    assert {field.name for shape in summary_shapes(section) for field in fields(shape)} == summary_keys(section)


def test_the_type_of_the_error_has_its_keys() -> None:
    assert {field.name for field in fields(Error)} == set(ErrorDetails.__dataclass_fields__)


def test_the_type_of_the_facts_has_their_keys() -> None:
    assert {field.name for field in fields(Facts)} == set(State({}, datetime.now(timezone.utc), {}, []).as_facts())


@every_info
def test_return_has_the_sections_of_the_question_and_the_error(name: str) -> None:
    documented = returned(name)
    assert set(documented) == {section.name for section in sections_of(name)} | {"error"}
    for section in sections_of(name):
        contains = documented[section.name]["contains"]
        if section.each:
            (contains,) = (entry["contains"] for entry in contains["each"]["contains"].values())
        assert set(contains["summary"].get("contains", {})) == summary_keys(section)


@pytest.mark.parametrize("name", FACTS)
def test_return_of_facts_names_every_section_and_describes_the_envelope_once(name: str) -> None:
    facts = returned(name)["ansible_facts"]["contains"]["mailplus"]["contains"]
    told = " ".join(facts["sections"]["description"])
    assert [section.name for section in CATALOGUE if f"V({section.name}) - {section.title}." not in told] == []
    (envelope,) = facts["sections"]["contains"].values()
    assert set(envelope["contains"]) == {field.name for field in fields(Envelope)} - {"filtered", "file"}


def documented_values(documented: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for key, value in documented.items():
        found += [(key, value), *documented_values(value.get("contains", {}))]
    return found


@every_module
def test_every_returned_value_is_typed_and_described(name: str) -> None:
    for key, value in documented_values(returned(name)):
        assert value.get("description"), key
        assert value.get("returned"), key
        assert value.get("type") in ("str", "int", "float", "bool", "dict", "list", "raw"), key
        assert (value["type"] == "list") == ("elements" in value), key


# --------------------------------------------------------------------------------------------- actions and the group


def test_every_section_is_answered_by_a_module_of_its_own_name() -> None:
    assert {area.module for area in AREAS} == set(INFO)
    for name in INFO:
        question = QUESTIONS[name]
        assert isinstance(question, InfoQuestion)
        assert [section.name for section in question._sections] == [section.name for section in sections_of(name)]


@every_module
def test_every_module_has_an_action_of_its_own_name(name: str) -> None:
    assert (PLUGINS / "action" / f"{name}.py").is_file()
    assert hasattr(load("action", name), "ActionModule")


def test_every_action_has_documentation() -> None:
    assert sorted(path.stem for path in (PLUGINS / "action").glob("*.py")) == ALL_MODULES


def test_the_action_group_holds_every_module_that_connects() -> None:
    runtime = yaml.safe_load((PLUGINS.parent / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"]["mailplus"] == sorted(CONNECTING)
    for name in CONNECTING:
        assert documentation(name)["attributes"]["action_group"]["membership"] == ["mailfleet.mailplus.mailplus"]
    for name in ACTIONS_ONLY:
        assert "action_group" not in documentation(name)["attributes"]


def test_every_fragment_is_used() -> None:
    used = {
        fragment for name in ALL_MODULES for fragment in documentation(name).get("extends_documentation_fragment", [])
    }
    fragments = {
        COLLECTION + path.stem + ("" if part == "DOCUMENTATION" else f".{part.lower()}")
        for path in (PLUGINS / "doc_fragments").glob("*.py")
        for part in vars(load("doc_fragments", path.stem).ModuleDocFragment)
        if part.isupper()
    }
    assert used == fragments


@every_module
def test_a_module_that_can_write_a_file_does_not_say_that_it_only_reads(name: str) -> None:
    documented = documentation(name)
    if "dest" in documented["options"]:
        assert documented["attributes"]["idempotent"]["support"] == "partial"
