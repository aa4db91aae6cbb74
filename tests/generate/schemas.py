# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Schemas of the files that the role writes, from the TypedDicts of what is in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, is_typeddict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import STATUSES as SECTION_STATUSES
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import OfEach, OfLists, OfOtherTypes
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import drift
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.history import FINDING_CHANGES, HOST_CHANGES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HOST_STATUSES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    ChangeTotals,
    DifferenceReport,
    DriftReport,
    FindingChange,
    Findings,
    HostReport,
    HostSinceLastRun,
    Report,
    RuleReport,
    SectionReport,
    Totals,
    VerdictReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.state_types import Fleet, Host
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import VERDICTS
from ansible_collections.mailfleet.mailplus.tests.generate.returns import CONDITIONS
from ansible_collections.mailfleet.mailplus.tests.generate.shapes import Field, Hint, fields, read_hint, text_of
from ansible_collections.mailfleet.mailplus.tests.generate.writing import BY, Rewrite, whole

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
_MARKUP = re.compile(r"\b[A-Z]+\(([^)]*)\)")
_SECTIONS = "sections"
_LIST = "list"
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_SUFFIX = re.compile(r"(?<=.)(Report|Definition)$")
# What a key of the report can be, or what the keys of a mapping are. The code that makes the values has the words.
_WORDS: dict[tuple[type, str], tuple[tuple[str, ...]]] = {
    (DifferenceReport, "kind"): (("changed", "added", "removed"),),
    (DifferenceReport, "severity"): (SEVERITIES,),
    (DriftReport, "status"): (drift.STATUSES,),
    (ChangeTotals, "findings"): (FINDING_CHANGES,),
    (ChangeTotals, "hosts"): (HOST_CHANGES,),
    (FindingChange, "before"): (VERDICTS,),
    (FindingChange, "change"): (FINDING_CHANGES,),
    (FindingChange, "now"): (VERDICTS,),
    (Findings, "fail"): (SEVERITIES,),
    (Findings, "unknown"): (SEVERITIES,),
    (HostReport, "status"): (HOST_STATUSES,),
    (HostSinceLastRun, "change"): (HOST_CHANGES,),
    (HostSinceLastRun, "status_before"): (HOST_STATUSES,),
    (RuleReport, "severity"): (SEVERITIES,),
    (SectionReport, "status"): (SECTION_STATUSES,),
    (Totals, "differences"): (SEVERITIES,),
    (Totals, "drift"): (drift.STATUSES,),
    (Totals, "hosts"): (HOST_STATUSES,),
    (Totals, "verdicts"): (VERDICTS,),
    (VerdictReport, "severity"): (SEVERITIES,),
    (VerdictReport, "verdict"): (VERDICTS,),
}


def files() -> Iterator[tuple[str, Rewrite]]:
    """Both schemas."""
    state = "The files hosts/NAME.json and fleet.json that the role mailplus_state writes."
    yield "docs/state.schema.json", _file("Gathered state of mailfleet.mailplus", state, Host, Fleet)
    yield "docs/report.schema.json", _file("Fleet report of mailfleet.mailplus", text_of(Report), Report)


def _file(title: str, text: str, *shapes: type) -> Rewrite:
    definitions = Definitions()
    refs = [definitions.refer(shape) for shape in shapes]
    schema = {
        "$schema": _DIALECT,
        "title": title,
        "description": text,
        "$comment": f"{BY}.",
        **(refs[0] if len(refs) == 1 else {"oneOf": refs}),
        "$defs": definitions.found,
    }
    return whole(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")


class Definitions:
    """The shapes that a schema refers to, each described once."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = {}

    def refer(self, shape: type) -> Schema:
        """A reference to a TypedDict."""
        name = _CAPITAL.sub("_", _SUFFIX.sub("", shape.__name__)).lower()
        return self._define(name, lambda: self._object(text_of(shape), _keys_of(shape)))

    def _define(self, name: str, make: Callable[[], Schema]) -> Schema:
        if name not in self.found:
            self.found[name] = {}  # takes its place before what it refers to
            self.found[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def _object(self, text: str, keys: list[Field]) -> Schema:
        return {
            "description": text,
            "type": "object",
            "properties": {key.name: {"description": _plain(key.text), **self._key(key)} for key in keys},
            "required": [key.name for key in keys if key.is_required],
            "additionalProperties": False,
        }

    def _key(self, key: Field) -> Schema:
        if key.name == _SECTIONS:
            return self._sections(read_hint(key.hint.arguments[1]).type)
        return self._value(key.hint)

    def _value(self, hint: Hint) -> Schema:
        schema = self._not_null(hint)
        if not hint.is_nullable:
            return schema
        if "$ref" in schema or "enum" in schema:
            return {"anyOf": [{"type": "null"}, schema]}
        return {**schema, "type": [schema["type"], "null"]}

    def _not_null(self, hint: Hint) -> Schema:
        if is_typeddict(hint.type):
            return self.refer(hint.type)
        if hint.type is Literal:
            return {"const": hint.arguments[0]}
        if hint.type is list:
            return {"type": "array", "items": self._value(read_hint(hint.arguments[0]))}
        if hint.type in (dict, Mapping):
            return self._mapping(hint)
        if hint.type not in _TYPES:
            return {}
        schema: Schema = {"type": _TYPES[hint.type]}
        for bound in hint.bounds:
            schema = _bounded(schema, bound)
        return schema

    def _mapping(self, hint: Hint) -> Schema:
        values = self._value(read_hint(hint.arguments[1]))
        keys = next(iter(hint.bounds), None)
        if keys is None:
            return {"type": "object", **({"additionalProperties": values} if values else {})}
        properties = {key: {"description": f"Of {key}.", **values} for key in keys}
        return {"type": "object", "properties": properties, "required": list(keys), "additionalProperties": False}

    def _sections(self, shape: type) -> Schema:
        """The sections by name, each as its kind is."""
        one = self._define("section", lambda: self._object("A section.", _keys_of_section(shape)))
        several = self._define(_LIST, lambda: self._object("A section that is a list.", _keys_of_list(shape)))
        named = {
            section.name: {
                "description": f"{section.title}.",
                **(several if section.is_list else one),
            }
            for section in CATALOGUE
        }
        return {"type": "object", "properties": named, "additionalProperties": False}


def _keys_of(shape: type) -> list[Field]:
    """The keys of a TypedDict, with the words that each can be."""
    return [
        replace(field, hint=replace(field.hint, bounds=_WORDS.get((shape, field.name), field.hint.bounds)))
        for field in fields(shape)
    ]


def _keys_of_section(shape: type) -> list[Field]:
    of_lists = _names(OfLists)
    sometimes = _names(OfEach) | _names(OfOtherTypes)
    return [
        replace(field, is_required=field.name not in sometimes)
        for field in _keys_of(shape)
        if field.name not in of_lists
    ]


def _keys_of_list(shape: type) -> list[Field]:
    of_lists, of_other_types = _names(OfLists), _names(OfOtherTypes)
    return [
        replace(field, is_required=field.name not in {*CONDITIONS, *of_other_types})
        for field in _keys_of(shape)
        if field.is_required or field.name in of_lists | of_other_types
    ]


def _names(part: type) -> set[str]:
    return {field.name for field in fields(part)}


def _bounded(schema: Schema, bound: Any) -> Schema:
    if isinstance(bound, tuple):
        return {"enum": list(bound)}
    if isinstance(bound, range):
        return {**schema, "minimum": bound.start, "maximum": bound.stop - 1}
    return {**schema, "pattern": bound.pattern}


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\1", text)
