# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of docs/troubleshooting.md, from the same cases that are tested.

``python -m ansible_collections.mailfleet.mailplus.tests.playbook.troubleshooting`` prints them; with ``--write`` it
puts them into the page, between its markers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from ansible_collections.mailfleet.mailplus.tests.playbook.bad_input import CASES, THEMES, Case
from ansible_collections.mailfleet.mailplus.tests.playbook.running import ROOT

PAGE = ROOT / "docs" / "troubleshooting.md"
BEGIN = "<!-- begin: made by tests/playbook/troubleshooting.py -->"
END = "<!-- end -->"

_EXAMPLE = {"host": "nas1.example.com", "port": 5001, "file": "/etc/ssl/nas1.pem"}


def rows(cases: Sequence[Case] = CASES) -> Iterator[tuple[Case, str]]:
    """Each case with its row of a table."""
    for case in cases:
        message = case.message.format(reason=case.reasons[0], **_EXAMPLE)
        yield case, f"| `{_cell(message)}` | {_cell(case.means)} | {_cell(case.remedy)} |"


def tables() -> str:
    """All tables, a heading and a table for each theme, between the markers."""
    parts = [BEGIN]
    for theme in THEMES:
        lines = [row for _case, row in rows([case for case in CASES if case.theme == theme])]
        parts.append(f"## {theme}")
        parts.append("\n".join(["| The task says | What it means | What to do |", "|---|---|---|", *lines]))
    return "\n\n".join([*parts, END])


def between_markers(page: str) -> str:
    """The generated part of the page, markers included."""
    start = page.index(BEGIN)
    return page[start : page.index(END, start) + len(END)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(arguments: Sequence[str]) -> None:
    """Print the tables, or write them into the page."""
    if "--write" in arguments:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(page.replace(between_markers(page), tables()), encoding="utf-8")
    else:
        print(tables())


if __name__ == "__main__":
    main(sys.argv[1:])
