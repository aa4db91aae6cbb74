# SPDX-License-Identifier: GPL-3.0-or-later
"""RETURN of the modules, from the catalogue and the TypedDicts of what they return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_type_hints, is_typeddict

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import (
    Always,
    Error,
    Facts,
    OfEach,
    OfLists,
    OfOtherTypes,
    Unread,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.found_keys import OfCheckedKeys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import OfRows
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.tests.generate import known
from ansible_collections.mailfleet.mailplus.tests.generate.shapes import Field, Hint, fields, read_hint

Documented = dict[str, Any]

# A name that differs stands for every key of a mapping.
NAME = "NAME"

# When a key is returned that is not always there.
CONDITIONS = {
    "filtered": "when an option filters rows, such as O(since) or O(text)",
    "file": "when O(dest) is set, and not in check mode",
    "row_keys": "when O(row_keys) names keys of this section",
}
# Those that no option of mailplus_facts brings about.
_OF_INFO_MODULES = ("filtered", "file")
_OF_LISTS = "where the section is a list"
_OF_OTHER_TYPES = "where the answer is no mapping"
_OF_EACH = "where the section is read once for every entry of another one"
_ERROR_ELSEWHERE = "It has the keys of RV(error)."
_TYPES: dict[Any, str] = {
    Any: "raw",
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    dict: "dict",
    Mapping: "dict",
}
_SAMPLES: dict[str, Any] = {
    "status": "ok",
    "kind": "connection",
    "name": "connection_refused",
    "schema_version": 1,
    "collected_at": "2026-01-31T09:45:00Z",
    "host": "nas1.example.com",
    "port": 5001,
    "auth_version": 7,
    "time_zone": "Europe/Berlin",
    "total": 4200,
    "returned": 50,
    "truncated": True,
    "rows": 50,
    "complete": False,
    "by_status": {"deferred": 48, "active": 2},
    "oldest": "2026-01-31T08:15:00Z",
    "newest": "2026-01-31T09:45:00Z",
    "oldest_age_seconds": 5400,
    "path": "/var/log/mailplus/rows.jsonl",
}


def info_return(area: Area) -> Documented:
    """RETURN of the module that answers for an area."""
    condition = " and the section was asked for" if len(area.sections) > 1 else ""
    sections = {
        section.name: {
            "description": f"{section.title}.",
            "returned": f"when the NAS accepted the login{condition}",
            "type": "dict",
            "contains": _envelope(section),
        }
        for section in area.sections
    }
    return {**sections, "error": _task_error()}


def facts_return() -> Documented:
    """RETURN of mailplus_facts. What all sections share is described once."""
    keys = _described(fields(Always))
    keys["summary"]["description"] += " Its other keys are those that the module for the section alone documents."
    keys["summary"]["contains"] = _described(fields(OfCheckedKeys), returned="when O(check_keys)")
    keys["error"] = _error_of_section(keys["error"])
    of_lists = [field for field in fields(OfLists) if field.name not in _OF_INFO_MODULES]
    keys |= _described(of_lists, returned=_OF_LISTS)
    keys |= _described(fields(OfEach), returned=_OF_EACH)
    keys |= _described(fields(OfOtherTypes), returned=_OF_OTHER_TYPES)
    state = _described(fields(Facts))
    state["sections"] = {
        "description": [
            "The sections that were asked for, by name, each with the same envelope, which is described at NAME.",
            *(f"V({section.name}) - {section.title}.{_known(section)}" for section in CATALOGUE),
            "A key of the server that Ansible would take for one of its own, such as C(__ansible_type) or "
            "C(_ansible_no_log), has a tilde in front, C(~__ansible_type), and one more if it has tildes already.",
        ],
        "returned": "always",
        "type": "dict",
        "contains": {
            NAME: {
                "description": "A section.",
                "returned": "when the section was asked for",
                "type": "dict",
                "contains": keys,
            }
        },
    }
    mailplus = {"description": "The state of one MailPlus Server.", "returned": "always", "type": "dict"}
    facts = {"description": "Facts to add to the host.", "returned": "on success", "type": "dict"}
    return {
        "ansible_facts": {**facts, "contains": {"mailplus": {**mailplus, "contains": state}}},
        "error": _task_error(),
        "unread": _unread(),
    }


def api_return() -> Documented:
    """RETURN of mailplus_api_info."""
    keys = _described(fields(Always))
    keys["data"]["description"] = [
        keys["data"]["description"],
        "Nothing is made of it, and of a list no page is read but the one that O(params) asks for.",
    ]
    keys["summary"]["description"] = "Empty. Null unless C(status) is V(ok)."
    keys["error"] = {**_error_of_section(keys["error"]), "description": f"Null on success. {_ERROR_ELSEWHERE}"}
    keys |= _described(fields(OfOtherTypes), returned=_OF_OTHER_TYPES)
    returned = "when the NAS accepted the login"
    asked: dict[str, Documented] = {
        "api": {"description": "The API, by its whole name.", "sample": "SYNO.MailPlusServer.Queue", "type": "str"},
        "method": {"description": "The method.", "sample": "list", "type": "str"},
        "version": {"description": "The version that was asked last.", "sample": 1, "type": "int"},
    }
    always = {name: {"returned": "always", **about} for name, about in asked.items()}
    return {
        "asked": {"description": "What was asked.", "returned": returned, "type": "dict", "contains": always},
        "answer": {"description": "What became of it.", "returned": returned, "type": "dict", "contains": keys},
        "error": _task_error(),
    }


def summary_shapes(section: Section) -> list[type]:
    """The TypedDicts whose keys the summary of a section has."""
    makes = section.rows_summary.figures if section.has_rows else section.summarise
    made = get_type_hints(makes)["return"] if makes else None
    of_rows: list[type] = [OfRows] if section.has_rows else []
    return [*of_rows, made] if made and is_typeddict(made) else of_rows


def _task_error() -> Documented:
    described = "Why the task failed. Null where no NAS was asked, such as for a missing option."
    return {"description": described, "returned": "on failure", "type": "dict", "contains": _described(fields(Error))}


def _unread() -> Documented:
    """What mailplus_facts tells of sections where none could be read."""
    keys = _described(fields(Unread))
    keys["error"] = _error_of_section(keys["error"])
    described = "Where no section could be read, what became of all. Those with the same reason stand together."
    returned = "on failure, where the NAS accepted the login"
    return {"description": described, "returned": returned, "type": "list", "elements": "dict", "contains": keys}


def _envelope(section: Section) -> Documented:
    """The keys of one section."""
    answer = _answer(section)
    if not section.each:
        return answer
    whole = _described(fields(Always))
    whole["data"]["description"] = [
        f"By entry of the section C({section.each.of.name}), what the server sent, key for key.",
        "Null where nothing was read.",
        *_about_data(section),
    ]
    whole["summary"]["description"] = "Empty. Null unless C(status) is V(ok)."
    whole["error"] = _error_of_section(whole["error"])
    del answer["data"]
    each = _described(fields(OfEach))
    entry = {"description": "An entry.", "returned": "always", "type": "dict", "contains": answer}
    each["each"]["contains"] = {NAME: entry}
    return {**whole, **each}


def _answer(section: Section) -> Documented:
    keys = _described(fields(Always))
    keys["data"]["description"] = [keys["data"]["description"], *_about_data(section)]
    shapes = summary_shapes(section)
    if shapes:
        keys["summary"]["contains"] = _described(field for shape in shapes for field in fields(shape))
    else:
        keys["summary"]["description"] = "Empty: nothing is made of this section. Null unless C(status) is V(ok)."
    keys["error"] = _error_of_section(keys["error"])
    keys |= _described(fields(OfOtherTypes), returned=_OF_OTHER_TYPES)
    if section.has_rows:
        keys |= _described(field for field in fields(OfLists) if section.is_log or field.name not in CONDITIONS)
        if section.rows_key:
            keys["rows_key"]["sample"] = section.rows_key
    return keys


def _about_data(section: Section) -> list[str]:
    """What can be said of the answer, and where it is known from."""
    found = [f"{section.holds}."] if section.holds else []
    found += [f"Known from {evidence}: {known.in_words(keys, _code)}." for evidence, keys in known.by_evidence(section)]
    if known.keys_of(section):
        found.append("Which others there are depends on the NAS.")
    else:
        found.append("No key is documented; which there are depends on the version of MailPlus Server.")
    if section.rows_key and hasattr(dict, section.rows_key):
        key = section.rows_key
        found.append(f"In Jinja, write C(data['{key}']), since C(data.{key}) is a method of dictionaries.")
    return found


def _known(section: Section) -> str:
    keys = known.keys_of(section)
    return f" Known keys are {known.in_words(keys, _code)}." if keys else ""


def _code(text: str) -> str:
    return f"C({text})"


def _error_of_section(error: Documented) -> Documented:
    return {key: value for key, value in error.items() if key != "contains"} | {
        "description": f"{error['description']} {_ERROR_ELSEWHERE}"
    }


def _described(shape: Iterable[Field], returned: str = "always") -> Documented:
    return {field.name: _value(field, CONDITIONS.get(field.name, returned)) for field in shape}


def _value(field: Field, returned: str) -> Documented:
    described: Documented = {"description": field.text, "returned": returned, **_type(field.hint)}
    if field.name in _SAMPLES:
        described["sample"] = _SAMPLES[field.name]
    return described


def _type(hint: Hint) -> Documented:
    if is_typeddict(hint.type):
        return {"type": "dict", "contains": _described(fields(hint.type))}
    if hint.type is list:
        inner = _type(read_hint(hint.arguments[0]))
        return {"type": "list", "elements": inner.pop("type"), **inner}
    return {"type": _TYPES[type(hint.arguments[0]) if hint.type is Literal else hint.type]}
