# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what a module returned with what its RETURN promises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import yaml

# Stands for every key of a mapping.
ANY_NAME = "NAME"
_ELSEWHERE = re.compile(r"\bhas the keys of RV\((\w+)\)")
# What Ansible adds to every result, or documents for every module.
COMMON = {"changed", "failed", "msg", "warnings", "deprecations", "invocation", "exception"}
TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
}
_NULL = re.compile(r"\bnull\b", re.IGNORECASE)
# A description of a mapping may say it for the values in it.
_NULL_INSIDE = re.compile(r"\bvalue\b[^.]*\bis null\b", re.IGNORECASE)
# Then not all keys are named.
_OTHER_KEYS = re.compile(r"\bIts other keys are\b")

Documented = Mapping[str, Mapping[str, Any]]


def documented(module: str) -> Documented:
    """RETURN of a module."""
    source = import_module(f"ansible_collections.mailfleet.mailplus.plugins.modules.{module}").RETURN
    return filled_in(yaml.safe_load(source))


def filled_in(described: Documented, whole: Documented | None = None) -> Documented:
    """What has the keys of another value has a copy of their documentation."""
    found = {}
    for key, about in described.items():
        elsewhere = _ELSEWHERE.search(str(about["description"]))
        contains = (whole or described)[elsewhere[1]]["contains"] if elsewhere else about.get("contains")
        found[key] = {**about, **({"contains": filled_in(contains, whole or described)} if contains else {})}
    return found


def deviations(described: Documented, returned: Mapping[str, Any], *, failed: bool) -> list[str]:
    """Where a result is not as documented; empty where it is."""
    own = {key: value for key, value in returned.items() if key not in COMMON and not key.startswith("_")}
    return list(_mapping(described, own, "", failed=failed, null_inside=False))


def _mapping(
    described: Documented, value: Mapping[str, Any], path: str, *, failed: bool, null_inside: bool
) -> Iterator[str]:
    if set(described) == {ANY_NAME}:
        described = dict.fromkeys(value, described[ANY_NAME])
    for key in value:
        if key not in described:
            yield f"{path}{key} is not documented"
    for key, about in described.items():
        due = _is_due(about["returned"], failed=failed)
        if key not in value:
            if due:
                yield f"{path}{key} is missing, though returned {about['returned']}"
        elif due is False:
            yield f"{path}{key} is there, though returned {about['returned']}"
        else:
            yield from _value(about, value[key], path + key, failed=failed, null_inside=null_inside)


def _is_due(returned: str, *, failed: bool) -> bool | None:
    """True where a key has to be there, False where it must not, None where that depends."""
    return {"always": True, "on success": not failed, "on failure": failed}.get(returned)


def _value(about: Mapping[str, Any], value: Any, path: str, *, failed: bool, null_inside: bool) -> Iterator[str]:
    description = about["description"]
    text = description if isinstance(description, str) else " ".join(description)
    if value is None:
        if not null_inside and not _NULL.search(text):
            yield f"{path} is null, which its description does not mention"
        return
    if not _has_type(value, about["type"]):
        yield f"{path} is {type(value).__name__}, not {about['type']}"
        return
    if about["type"] == "list":
        yield from _elements(about, value, path, failed=failed)
    elif "contains" in about:
        inside = bool(_NULL_INSIDE.search(text))
        if _OTHER_KEYS.search(text):
            value = {key: item for key, item in value.items() if key in about["contains"]}
        yield from _mapping(about["contains"], value, f"{path}.", failed=failed, null_inside=inside)


def _elements(about: Mapping[str, Any], value: list[Any], path: str, *, failed: bool) -> Iterator[str]:
    for number, item in enumerate(value):
        place = f"{path}[{number}]"
        if not _has_type(item, about["elements"]):
            yield f"{place} is {type(item).__name__}, not {about['elements']}"
        elif "contains" in about:
            yield from _mapping(about["contains"], item, f"{place}.", failed=failed, null_inside=False)


def _has_type(value: Any, name: str) -> bool:
    return name == "raw" or (isinstance(value, TYPES[name]) and (name == "bool" or not isinstance(value, bool)))
