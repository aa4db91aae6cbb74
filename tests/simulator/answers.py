# SPDX-License-Identifier: GPL-3.0-or-later
"""answers.yml: what a NAS answers where its description says nothing else, and so what may be read of one at all."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ABSENT = "__absent__"

# What is needed to read something: a delegation that covers an option of this name, or one of these.
ANY_DELEGATION = "any"
ADMINISTRATOR = "administrator"
EVERYONE = "everyone"

Described = Mapping[str, Any]


@functools.cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "answers.yml").read_text(encoding="utf-8"))
    return document


def default_answers() -> dict[str, dict[str, dict[str, Any]]]:
    """API -> method -> what answers.yml has of it."""
    answers: dict[str, dict[str, dict[str, Any]]] = _document()["answers"]
    return answers


def is_read(api: str, method: str) -> bool:
    """Whether there is an answer. Whatever has none must not be asked, be it a write or the content of mails."""
    return method in default_answers().get(api, {})


def choices() -> dict[str, dict[str, Any]]:
    """Which read tells what values a parameter may have, by the name of the choice."""
    found: dict[str, dict[str, Any]] = _document()["choices"]
    return found


def values() -> dict[str, Any]:
    """The numbers that answers are made with, where the description of a NAS has no other."""
    found: dict[str, Any] = _document()["values"]
    return found


def names() -> dict[str, Any]:
    """What a text of answers.yml may name beside the NAS's own and the words: values, secrets and the like."""
    return {**values(), **SECRETS, **IDENTIFYING, **_document()["personal"]}


def words() -> dict[str, Any]:
    found: dict[str, Any] = _document()["words"]
    return found


@functools.cache
def delegation_options() -> frozenset[str]:
    """What a delegation may cover."""
    needed = {read["option"] for methods in default_answers().values() for read in methods.values()}
    return frozenset(needed - {ANY_DELEGATION, ADMINISTRATOR, EVERYONE})


@functools.cache
def described(api: str, method: str, version: int) -> Described:
    """What answers.yml says of a method at a version."""
    read = default_answers()[api][method]
    return dict(override(read, read.get("at", {}).get(version, {})))


def override(base: Any, over: Any) -> Any:
    """Mappings are merged, the marker `__absent__` takes a key away, everything else is replaced."""
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    merged = {**base, **{key: override(base.get(key, {}), value) for key, value in over.items()}}
    return {key: value for key, value in merged.items() if value != ABSENT}


# What must never be found in what the collection shows or writes, unless it is asked to reveal it: name -> text.
SECRETS: Mapping[str, str] = _document()["secrets"]

# Serial numbers and hosts: name -> text.
IDENTIFYING: Mapping[str, str] = _document()["identifying"]

# Names and addresses of people and of their groups, what they write of, and what is searched for among it.
PERSONAL: tuple[str, ...] = (
    *_document()["personal"].values(),
    *itertools.chain.from_iterable(
        word.get("unique") or word["of"] for word in words().values() if isinstance(word, dict) and "personal" in word
    ),
)
