# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the guide on troubleshooting that come from the same cases that are tested.

``make generate`` puts them into the guide. The tables after them are written by hand: they tell how a message begins,
with words in capitals for what differs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from ansible_collections.mailfleet.mailplus.tests.playbook.support.bad_input import CASES, THEMES, Case
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT

PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_troubleshooting.rst"
MESSAGES = "messages"
# What differs from message to message, in the tables that are written by hand.
PLACEHOLDERS = (
    "COUNT",
    "FILE",
    "HOST",
    "KEY",
    "NAME",
    "OPTION",
    "PATH",
    "PRODUCT",
    "REASON",
    "RULE",
    "SEVERITY",
    "STATUS",
    "TIME",
    "URL",
    "VERDICT",
)

_EXAMPLE = {"host": "nas1.example.com", "port": 5001, "file": "/etc/ssl/nas1.pem"}
_HEAD = """\
.. list-table::
   :header-rows: 1
   :widths: 44 28 28

   * - The task says
     - What it means
     - What to do"""
_LITERAL = re.compile(r"`([^`]+)`")
_SPECIAL = re.compile(r"[\\*|]")
_FIRST_CELL = re.compile(r"^   \* - ``(.+)``$", re.MULTILINE)
_SHORTEST = 4


def rows(cases: Sequence[Case] = CASES) -> Iterator[tuple[Case, str]]:
    """Each case with its row of a table."""
    for case in cases:
        message = case.message.format(reason=case.reasons[0], **_EXAMPLE)
        yield case, f"   * - ``{message}``\n     - {_cell(case.means)}\n     - {_cell(case.remedy)}"


def tables() -> str:
    """All tables, a heading and a table for each theme."""
    parts = []
    for theme in THEMES:
        lines = [row for _case, row in rows([case for case in CASES if case.theme == theme])]
        parts.append(f"{theme}\n{'-' * len(theme)}")
        parts.append("\n".join([_HEAD, *lines]))
    return "\n\n".join(parts)


def beginnings(page: str) -> list[str]:
    """How the messages begin that the tables written by hand are about."""
    found: list[str] = _FIRST_CELL.findall(page.replace(tables(), ""))
    return [message for message in found if message.lower() != "the task says"]


def pieces(beginning: str) -> list[str]:
    """What stands between the placeholders, colons and commas of a beginning, where it is long enough to be found."""
    parts = re.split(rf"(?<![A-Z])(?:{'|'.join(PLACEHOLDERS)})(?![A-Z])|[:,] ", beginning)
    bare = [part.strip(" ,:") for part in parts]
    return [part for part in bare if len(part) >= _SHORTEST]


def texts_of_the_code() -> Iterator[str]:
    """Every text that stands in the code of the collection, of its role and of its playbooks."""
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for place in (ROOT / "roles" / "mailplus_state" / "tasks", ROOT / "playbooks"):
        for path in sorted(place.rglob("*.yml")):
            yield path.read_text(encoding="utf-8")


def _cell(text: str) -> str:
    """Text of a case as RST, whose literals have two backticks."""
    parts = _LITERAL.split(text.replace("\n", " "))
    return "".join(f"``{part}``" if number % 2 else _SPECIAL.sub(r"\\\g<0>", part) for number, part in enumerate(parts))
