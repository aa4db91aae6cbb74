# SPDX-License-Identifier: GPL-3.0-or-later
"""One read, asked by the names of its API and method: of the list of what may be sent, and nothing beside it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import Question, Result, failure
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import RESERVED, Read
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import PARAMETER_CODES
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import ROWS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan, State
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import API_PREFIX, Kind, Section

# The key of the result that holds the envelope.
ANSWER = "answer"

_MODULE = "mailfleet.mailplus.mailplus_api_info"
_APIS = {api for api, _method in ROWS}
_LONGEST_SHOWN = 60

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
# Those of a request that holds others are none of a read, either.
_NOT_OF_READS = RESERVED | {"compound", "mode", "stop_when_error"}
# A verb within a method: these are known to read.
_ACTION, _READING_ACTIONS = "action", ("enum", "find")

# Far more than a page of MailPlus Server sends.
_MOST_CHARACTERS = 65536
_DEEPEST = 16
_HIGHEST_NUMBER = 2**63

_HINT = "Correct params: the browser's developer tools show which parameters the page sends."


class ApiQuestion(Question):
    """One pair of API and method that may be sent, with the parameters that the task gives."""

    @property
    def argument_spec(self) -> options.ArgumentSpec:
        return {
            **options.CONNECTION_SPEC,
            **options.ANSWER_SPEC,
            "api": {"type": "str", "required": True},
            "method": {"type": "str", "required": True},
            "version": {"type": "int"},
            "params": {"type": "dict", "default": {}},
            "allow_checks": {"type": "bool", "default": False},
        }

    def _plan(self, params: Mapping[str, Any], *, check_mode: bool) -> Plan:  # noqa: ARG002 - it writes no file
        row, read = _find(params["api"], params["method"])
        if row.kind is Kind.CHECK and params["allow_checks"] is not True:
            raise options.OptionError(
                f"{read.api} {read.method} may do work on the NAS, or ask somebody else. "
                "Set allow_checks to true to send it all the same."
            )
        version, given = params["version"], _parameters(params["params"])
        versions = read.versions if version is None else (_version(read, version),)
        return Plan(
            [_alone(row, replace(read, versions=versions, params=given))], reveal_secrets=params["reveal_secrets"]
        )

    def _result(self, state: State, params: Mapping[str, Any]) -> Result:  # noqa: ARG002 - it is in the state
        envelope = state.sections[ANSWER]
        (((api, method), version),) = state.versions.items()
        asked = {"api": api, "method": method, "version": version}
        error = _with_hint(envelope["error"])
        if error is None:
            return {"asked": asked, ANSWER: envelope}
        told = failure(f"{error['message']} {error['hint']}", error)
        return {"asked": asked, ANSWER: {**envelope, "error": error}, **told}


def _find(api: str, method: str) -> tuple[Section, Read]:
    """The row of a pair, and its read. Names count letter by letter. Raises OptionError."""
    name = api if api in _APIS else API_PREFIX + api
    if name not in _APIS:
        alike = _alike(api.removeprefix(API_PREFIX), (each.removeprefix(API_PREFIX) for each in _APIS))
        raise options.OptionError(
            f"api is {_shown(api)}, which is none that can be asked.{alike} ansible-doc {_MODULE} names all."
        )
    if (name, method) not in ROWS:
        methods = sorted(each for of, each in ROWS if of == name)
        raise options.OptionError(
            f"method is {_shown(method)}, which is none of {name} that can be asked.{_alike(method, methods)} "
            f"It has {', '.join(methods)}."
        )
    row = ROWS[name, method]
    versions = {version for read in row.reads if (read.api, read.method) == (name, method) for version in read.versions}
    return row, Read(name, method, tuple(sorted(versions)))


def _alone(row: Section, read: Read) -> Section:
    """A row that asks ``read`` alone, and hands its answer on as it is. What is secret in it stays secret."""
    kind = Kind.CHECK if row.kind is Kind.CHECK else Kind.STATUS
    return Section(ANSWER, row.title, kind, (read,), row.place, row.privilege, secret=row.secret)


def _version(read: Read, wanted: int) -> int:
    if wanted in read.versions:
        return int(wanted)
    known = ", ".join(map(str, read.versions))
    raise options.OptionError(f"version is {wanted}; {read.api} {read.method} is known in {known}.")


def _parameters(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Parameters of a read, as plain values. Raises OptionError."""
    params = {_parameter(name): _plain(value, f"{name}") for name, value in given.items()}
    actions = [value for name, value in params.items() if name.casefold() == _ACTION]
    for action in (each for each in actions if each not in _READING_ACTIONS):
        known = " and ".join(_READING_ACTIONS)
        raise options.OptionError(f"params: action is {_shown(action)}; only {known} are known to read.")
    length = len(json.dumps(params))
    if length > _MOST_CHARACTERS:
        raise options.OptionError(f"params has {length} characters as JSON; at most {_MOST_CHARACTERS} are sent.")
    return params


def _parameter(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise options.OptionError(
            f"params: {_shown(name)} is no name of a parameter, which has letters, digits, _ and -, a letter first."
        )
    if name.casefold() in _NOT_OF_READS:
        raise options.OptionError(
            f"params: {name} is not a parameter of a read; api, method and version are options of the task."
        )
    return f"{name}"


def _plain(value: Any, name: str, depth: int = 0) -> Any:
    """``value`` as plain JSON: what comes from a playbook may carry tags. Raises OptionError."""
    if depth > _DEEPEST:
        raise options.OptionError(f"params: {name} is nested deeper than {_DEEPEST} levels.")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return f"{value}"
    if isinstance(value, int) and abs(value) < _HIGHEST_NUMBER:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, list):
        return [_plain(item, name, depth + 1) for item in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {f"{key}": _plain(item, name, depth + 1) for key, item in value.items()}
    raise options.OptionError(
        f"params: {name} holds what cannot be sent as JSON ({type(value).__name__}). Text, true, false, null, lists, "
        "mappings by text, and numbers of at most 63 bits can."
    )


def _with_hint(error: Error | None) -> Error | None:
    """An error that says what to do about a parameter that the NAS misses, or does not take."""
    if error is None or error["code"] not in PARAMETER_CODES:
        return error
    return {**error, "hint": _HINT}


def _shown(value: Any) -> str:
    """A value in one short line."""
    text = f"{value}"
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")


def _alike(wrong: str, names: Iterable[str]) -> str:
    """Which names may be meant."""
    folded = {name.casefold(): name for name in sorted(names)}
    found = get_close_matches(wrong[:_LONGEST_SHOWN].casefold(), list(folded))
    return f" Did you mean {' or '.join(folded[name] for name in found)}?" if found else ""
