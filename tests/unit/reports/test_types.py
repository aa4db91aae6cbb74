# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of the fleet and its reports has a type that says something, and how long a function is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus import plugins

UTILS = Path(next(iter(plugins.__path__))) / "plugin_utils"
MOST_LINES = 40
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(floor: str) -> Iterator[tuple[Path, Function]]:
    for path in sorted((UTILS / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                yield path, node


def parameters(function: Function) -> Iterator[ast.arg]:
    given = function.args
    found = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
    return (each for each in found if each is not None and each.arg not in ("self", "cls"))


def says_any(parameter: ast.arg) -> bool:
    assert parameter.annotation is not None
    return any(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(parameter.annotation))


@pytest.mark.parametrize("floor", ["_fleet", "_reports"])
def test_few_parameters_may_be_anything(floor: str) -> None:
    found = [(path.name, function.name, one) for path, function in functions(floor) for one in parameters(function)]
    anything = [f"{path} {function} {one.arg}" for path, function, one in found if says_any(one)]
    assert len(anything) * 10 < len(found), anything


@pytest.mark.parametrize("floor", ["_fleet", "_reports"])
def test_functions_are_short(floor: str) -> None:
    long = [
        f"{path.name} {function.name}"
        for path, function in functions(floor)
        if (function.end_lineno or 0) - function.lineno >= MOST_LINES
    ]
    assert long == []
