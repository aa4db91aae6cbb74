# SPDX-License-Identifier: GPL-3.0-or-later
"""The floors of the house: each knows only those below it. And a few things that no file may hold."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus import plugins

PLUGINS = Path(next(iter(plugins.__path__)))
ROOT = PLUGINS.parent
COLLECTION = "ansible_collections.mailfleet.mailplus."
UTILS, CONTROLLER = COLLECTION + "plugins.module_utils.", COLLECTION + "plugins.plugin_utils."
MODULES = COLLECTION + "plugins.modules."

HTTP = ("http", "urllib.request", "requests", "urllib3", "socket", "ssl")
LIBRARIES = ("http.client", *HTTP[1:])  # which send; http itself knows the words of statuses
# Per floor: what of the collection it may import, and what of the rest it may not. A file is on the deepest floor.
FLOORS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "module_utils/_http": ((UTILS + "_http.",), ("ansible",)),
    "module_utils/_dsm": ((UTILS + "_http.", UTILS + "_dsm."), ("ansible", *LIBRARIES)),
    "module_utils/_plesk": ((UTILS + "_http.", UTILS + "_plesk."), ("ansible", *LIBRARIES)),
    "module_utils/_mailplus": ((UTILS + "_dsm.", UTILS + "_mailplus."), ("ansible", *HTTP)),
    "module_utils/_ansible": ((UTILS,), ("ansible.plugins", *HTTP)),
    "plugin_utils/_fleet": ((UTILS + "_mailplus.", CONTROLLER + "_fleet."), ("ansible", *HTTP)),
    "plugin_utils/_reports": (
        (UTILS + "_mailplus.", CONTROLLER + "_fleet.", CONTROLLER + "_reports."),
        ("ansible", *HTTP),
    ),
    "plugin_utils/_parity": (
        (UTILS + "_mailplus.", CONTROLLER + "_fleet.", CONTROLLER + "_parity."),
        ("ansible", *HTTP),
    ),
    "plugin_utils/_recording": (
        (UTILS + "_dsm.", UTILS + "_mailplus.", CONTROLLER + "_recording."),
        ("ansible", *HTTP),
    ),
    "plugin_utils": ((UTILS, CONTROLLER), HTTP),
    "action": ((UTILS, CONTROLLER, MODULES), HTTP),
    "inventory": ((UTILS + "_ansible.", UTILS + "_mailplus.", CONTROLLER), HTTP),
    "modules": ((UTILS + "_ansible.", UTILS + "_mailplus.catalogue."), HTTP),
    "doc_fragments": ((), ("ansible", *HTTP)),
}
PYTHON = sorted(path for path in PLUGINS.rglob("*.py") if "__pycache__" not in path.parts)
SKIPPED = {".git", ".venv", "build", ".ansible", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """The full name of everything that is imported anywhere in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(package.rstrip(".") + ".")


def names_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _docstrings(tree: ast.AST) -> Iterator[int]:
    """The identities of the nodes that are docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield id(first.value)


every_file = pytest.mark.parametrize("path", PYTHON, ids=shown)


def floor_of(path: Path) -> str | None:
    return max((floor for floor in FLOORS if (PLUGINS / floor) in path.parents), key=len, default=None)


def test_every_file_is_on_a_floor() -> None:
    assert [shown(path) for path in PYTHON if floor_of(path) is None] == []


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_knows_only_those_below(floor: str) -> None:
    own, forbidden = FLOORS[floor]
    files = [path for path in PYTHON if floor_of(path) == floor]
    assert files, "the floor is gone"
    for path in files:
        for name in imports(path):
            if name.startswith("ansible_collections."):
                assert any(is_of(name, allowed) for allowed in own), f"{shown(path)} imports {name}"
            else:
                assert not any(is_of(name, package) for package in forbidden), f"{shown(path)} imports {name}"


def test_only_the_lowest_floor_speaks_http() -> None:
    speaking = {
        path.parent for path in PYTHON for name in imports(path) if any(is_of(name, part) for part in LIBRARIES)
    }
    assert speaking == {PLUGINS / "module_utils" / "_http"}


def test_nothing_is_needed_beyond_python_ansible_core_and_requests() -> None:
    brought = {"ansible", "ansible_collections", "jinja2", "markupsafe", "yaml", *sys.stdlib_module_names}
    needed = {(name.split(".")[0], shown(path)) for path in PYTHON for name in imports(path)}
    wire = "plugins/module_utils/_http/wire.py"
    assert {use for use in needed if use[0] not in brought} == {("requests", wire), ("urllib3", wire)}


def test_what_is_sent_to_hosts_imports_nothing_that_stays_on_the_controller() -> None:
    for path in PYTHON:
        if path.is_relative_to(PLUGINS / "module_utils") or path.is_relative_to(PLUGINS / "modules"):
            assert not [name for name in imports(path) if name.startswith(CONTROLLER) or is_of(name, "yaml")], shown(
                path
            )


def test_only_one_place_ends_a_module() -> None:
    ending = {shown(path) for path in PYTHON if {"fail_json", "exit_json"} & set(names_in(path))}
    assert ending == {"plugins/module_utils/_ansible/question.py"}


@every_file
def test_the_product_does_not_know_of_its_tests(path: Path) -> None:
    assert not [name for name in imports(path) if is_of(name, COLLECTION + "tests")]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = set(_docstrings(tree))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation]
    assert not [text for text in [*names_in(path), *texts] if isinstance(text, str) and "simulat" in text.lower()]


@every_file
def test_nothing_is_printed_to_standard_output(path: Path) -> None:
    """That is where a module's result goes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            assert "file" in {keyword.arg for keyword in node.keywords}


@every_file
def test_certificates_are_not_left_unchecked_by_a_literal(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg in ("verify", "validate_certs"):
            assert not (isinstance(node.value, ast.Constant) and node.value.value is False)


# Where the house stops what nobody foresaw, so that it stays at one host: the functions that catch any exception.
LAST_RESORTS = {
    "plugins/inventory/mailplus.py": {"parse", "_kept", "_rendered"},
    "plugins/plugin_utils/_fleet/records.py": {"spare"},
    "plugins/plugin_utils/_sweep.py": {"_ask"},
}


def _is_blind(handler: ast.ExceptHandler) -> bool:
    assert handler.type is not None, "a bare except"
    caught = {name.id for name in ast.walk(handler.type) if isinstance(name, ast.Name)}
    raises_again = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(handler))
    return bool(caught & {"Exception", "BaseException"}) and not raises_again


# What takes its first operand, or what it is called on, for a format, a template or the like.
_FORMATTING = ("format", "format_map", "vformat")


def _is_literal(node: ast.expr) -> bool:
    """Text that stands in the file, also as Markup."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Markup":
        return len(node.args) == 1 and _is_literal(node.args[0])
    return isinstance(node, ast.Constant)


@every_file
def test_no_text_is_a_format_but_what_stands_in_the_file(path: Path) -> None:
    """Text of a server would be read for braces and percent signs."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _FORMATTING:
            assert _is_literal(node.func.value), f"{shown(path)}:{node.lineno}: a format that is no literal"
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            formats = isinstance(node.left, (ast.JoinedStr, ast.Name, ast.Attribute)) and isinstance(
                node.right, (ast.Tuple, ast.Dict)
            )
            assert not formats, f"{shown(path)}:{node.lineno}: a format that is no literal"
    assert not [name for name in imports(path) if is_of(name, "string.Template") or is_of(name, "string.Formatter")]


@every_file
def test_no_exception_is_caught_blindly(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    blind = {node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and _is_blind(node)}
    where = {function.name: blind & set(ast.walk(function)) for function in functions}
    assert {name for name, handlers in where.items() if handlers} == LAST_RESORTS.get(shown(path), set())
    assert blind == set().union(*where.values())


@every_file
def test_annotations_are_postponed(path: Path) -> None:
    assert "__future__.annotations" in set(imports(path))


@pytest.mark.parametrize(
    "path",
    [PLUGINS / "modules" / "mailplus_facts.py", *sorted((PLUGINS / "modules").glob("*_info.py"))],
    ids=lambda path: path.stem,
)
def test_every_module_has_an_action_that_asks_its_question(path: Path) -> None:
    action = importlib.import_module(f"{COLLECTION}plugins.action.{path.stem}").ActionModule
    module = importlib.import_module(f"{COLLECTION}plugins.modules.{path.stem}")
    assert action.question is module.QUESTION
    assert action.__module__.rpartition(".")[2] == path.stem


def _requirements(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "-r"))}


def test_the_unit_tests_have_the_requirements_of_the_collection_and_the_simulator() -> None:
    needed = _requirements("requirements.txt") | _requirements("tests/requirements-demo.txt")
    missing = needed - _requirements("tests/unit/requirements.txt")
    assert {re.split(r"[<>=]", line)[0] for line in missing} == {"ansible-core"}


LONGEST_FUNCTION = 40


@every_file
def test_a_function_fits_on_a_screen(path: Path) -> None:
    functions = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)
    ]
    lines = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lines.items() if length > LONGEST_FUNCTION} == {}
