# SPDX-License-Identifier: GPL-3.0-or-later
"""TypedDicts as documentation: what each key is, and the text below it."""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import dataclass
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Hint:
    """A type: ``type`` is a plain one or a TypedDict, ``arguments`` those of a list or a mapping.

    ``bounds`` are what ``Annotated`` says beside it: a tuple of words, a range or a pattern.
    """

    type: Any
    arguments: tuple[Any, ...] = ()
    is_nullable: bool = False
    bounds: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Field:
    """A key of a TypedDict."""

    name: str
    hint: Hint
    text: str
    is_required: bool


def fields(shape: type) -> list[Field]:
    """The keys of a TypedDict, those of its bases first. Raises KeyError for a key without a text."""
    hints, texts, required = get_type_hints(shape, include_extras=True), _texts(shape), shape.__required_keys__  # type: ignore[attr-defined]
    return [Field(name, read_hint(hint), texts[name], name in required) for name, hint in hints.items()]


def read_hint(hint: Any) -> Hint:
    """A type as it is written."""
    if get_origin(hint) is Annotated:
        inner = read_hint(get_args(hint)[0])
        return Hint(inner.type, inner.arguments, inner.is_nullable, (*inner.bounds, *hint.__metadata__))
    if get_origin(hint) in (Union, UnionType):
        (other,) = (each for each in get_args(hint) if each is not NoneType)
        inner = read_hint(other)
        return Hint(inner.type, inner.arguments, is_nullable=True, bounds=inner.bounds)
    return Hint(get_origin(hint) or hint, get_args(hint))


def text_of(shape: type) -> str:
    """What the TypedDict itself is."""
    return _one_line(inspect.getdoc(shape) or "")


def _texts(shape: type) -> dict[str, str]:
    module = sys.modules[shape.__module__]
    tree = ast.parse(inspect.getsource(module))
    (written,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == shape.__name__)
    found: dict[str, str] = {}
    for base in written.bases:
        if isinstance(base, ast.Name) and base.id != "TypedDict":
            found |= _texts(getattr(module, base.id))
    for key, below in pairwise(written.body):
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name) and isinstance(below, ast.Expr):
            found[key.target.id] = _one_line(ast.literal_eval(below.value))
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
