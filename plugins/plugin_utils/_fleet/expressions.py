# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sections an expression of a rule looks at, as its syntax tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

# The variables of an expression: the second is also a key of the first, and holds the sections.
MAILPLUS, SECTIONS = "mailplus", "sections"

_PLAIN = Environment(autoescape=True)  # nothing is rendered
_WORD = re.compile(r"\w+")
# To Jinja, these are methods before they are keys.
_METHODS = frozenset(dir(dict))


@lru_cache(maxsize=256)
def keys_of_sections(expression: str) -> Mapping[str, frozenset[str]]:
    """By each name that may be one of a section, the keys that are looked at below it.

    Where an expression hands on all sections at once, each of its words may be a name, and each a key. A name that is
    in no word of it, such as one out of a variable, cannot be told. What is not Jinja has no names.
    """
    try:
        tree = Parser(_PLAIN, expression, state="variable").parse_expression()
    except TemplateSyntaxError:
        return {}
    looks = _Looks()
    looks.see(tree.set_environment(_PLAIN))
    return {name: frozenset(keys) for name, keys in looks.found.items()}


class _Looks:
    """What the parts of an expression look at."""

    def __init__(self) -> None:
        self._paths: list[tuple[str, ...]] = []
        self._words: set[str] = set()  # those that are no part of a path

    @property
    def found(self) -> dict[str, set[str]]:
        """By name, the keys."""
        found: dict[str, set[str]] = {}
        for _sections, name, *keys in (path for path in self._paths if path[:1] == (SECTIONS,) and path[1:]):
            found.setdefault(name, set()).update(keys[:1])
        if {(), (SECTIONS,)} & {*self._paths} or {MAILPLUS, SECTIONS} & self._words:
            for word in self._words:
                found.setdefault(word, set()).update(self._words)
        return found

    def see(self, node: nodes.Node) -> None:
        """Look at a part, and at all in it."""
        path, word = _path(node), _text(node)
        if word is not None:
            self._words.update(_WORD.findall(word))
        elif path is not None:
            self._paths.append(path)
            self._see_beside(node)
        elif not _asks_for_a_name(node):
            self._words.update([node.attr] if isinstance(node, nodes.Getattr) else [])
            for child in node.iter_child_nodes():
                self.see(child)

    def _see_beside(self, node: nodes.Node | None) -> None:
        """Look at what is to stand in for what a path does not find."""
        while node is not None and not isinstance(node, nodes.Name):
            node, _key, beside = _step(node)
            for other in beside:
                self.see(other)


def _path(node: nodes.Node) -> tuple[str, ...] | None:
    """The keys that lead from MAILPLUS to what a part of an expression is; None where it is reached in another way."""
    if isinstance(node, nodes.Name):
        return {MAILPLUS: (), SECTIONS: (SECTIONS,)}.get(node.name)
    base, key, _beside = _step(node)
    path = _path(base) if base else None
    if path is None or key is None:
        return path
    word = _text(key)
    is_method = isinstance(node, nodes.Getattr) and word in _METHODS
    return None if word is None or is_method else (*path, word)


def _step(node: nodes.Node) -> tuple[nodes.Node | None, nodes.Expr | None, list[nodes.Expr]]:
    """What a part of an expression is taken from, by which key (None: it is the same), and what stands in for it."""
    if isinstance(node, nodes.Getattr):
        return node.node, nodes.Const(node.attr), []
    if isinstance(node, nodes.Getitem):
        return node.node, node.arg, []
    if isinstance(node, nodes.Filter) and node.name in ("default", "d"):
        return node.node, None, node.args
    called: Any = node.node if isinstance(node, nodes.Call) else None
    if isinstance(node, nodes.Call) and isinstance(called, nodes.Getattr) and called.attr == "get" and node.args:
        return called.node, node.args[0], node.args[1:]
    return None, None, []


def _text(node: nodes.Node) -> str | None:
    """The text that a part of an expression always is."""
    try:
        value = node.as_const(nodes.EvalContext(_PLAIN)) if isinstance(node, nodes.Expr) else None
    except (nodes.Impossible, TypeError):
        return None
    return value if isinstance(value, str) else None


def _asks_for_a_name(node: nodes.Node) -> bool:
    """Whether it is the second half of ``'NAME' in sections``."""
    return isinstance(node, nodes.Operand) and node.op in ("in", "notin") and _path(node.expr) in ((), (SECTIONS,))
