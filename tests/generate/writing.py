# SPDX-License-Identifier: GPL-3.0-or-later
"""Text for files: between markers, and as YAML that people read."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

# What becomes of a file's text, which is empty where there is no such file.
Rewrite = Callable[[str], str]

# Of a table: what stands in its cells.
Row = Sequence[str]

BY = "Written by make generate"
END = "End of what make generate writes"
_WIDTH = 120


class GenerateError(ValueError):
    """A file that has no place for what belongs into it."""


def between(name: str, lines: list[str]) -> Rewrite:
    """Put ``lines`` between the markers of that name, indented as these are."""

    def rewrite(text: str) -> str:
        begin = rf"^(?P<indent> *)\S+ {BY}: {re.escape(name)}\b.*\n"
        found = re.search(rf"(?P<begin>{begin})(?P<old>(?:.*\n)*?)(?= *\S+ {END}\b)", text, re.MULTILINE)
        if not found:
            raise GenerateError(f"it has no line '{BY}: {name}', or no '{END}' below it; put them where it belongs")
        indented = textwrap.indent("".join(f"{line}\n" for line in lines), found["indent"])
        return text[: found.start("old")] + indented + text[found.end("old") :]

    return rewrite


def whole(text: str) -> Rewrite:
    """The file is ``text``."""
    return lambda _text: text


def rst_table(widths: Sequence[int], head: Row, rows: Iterable[Row]) -> Iterator[str]:
    """A table of reStructuredText; a cell may have paragraphs."""
    yield from ("", ".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}", "")
    for row in (head, *rows):
        for place, cell in enumerate(row):
            first, *others = cell.splitlines()
            yield f"{'     -' if place else '   * -'} {first}"
            yield from (f"       {line}".rstrip() for line in others)
    yield ""


def yaml_lines(value: Mapping[str, Any], indent: int = 0) -> Iterator[str]:
    """A mapping as YAML: what fits on a line is on one, longer text is folded."""
    for key, item in value.items():
        yield from _entry(f"{' ' * indent}{key}:", item, indent)


def _entry(begin: str, item: Any, indent: int) -> Iterator[str]:
    one_line = f"{begin} {_flow(item)}"
    is_item = begin.endswith("-") and isinstance(item, Mapping)
    if len(one_line) <= _WIDTH and not (is_item or _has_mappings(item) or _is_long_list(item)):
        yield one_line
    elif isinstance(item, Mapping):
        inner = list(yaml_lines(item, indent + 2))
        yield from (f"{begin} {inner[0].lstrip()}", *inner[1:]) if is_item else (begin, *inner)
    elif isinstance(item, list):
        yield begin
        for each in item:
            yield from _entry(f"{' ' * (indent + 2)}-", each, indent + 2)
    else:
        yield from textwrap.wrap(
            one_line, _WIDTH, subsequent_indent=" " * (indent + 2), break_long_words=False, break_on_hyphens=False
        )


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=math.inf, sort_keys=False, allow_unicode=True)
    return text.removesuffix("...\n").strip()


def _has_mappings(item: Any) -> bool:
    """Whether it is better read over several lines."""
    return isinstance(item, Mapping) and any(isinstance(each, Mapping) for key, each in item.items() if key != "sample")


def _is_long_list(item: Any) -> bool:
    """Whether it is one of sentences or of mappings."""
    return isinstance(item, list) and any(" " in str(each) for each in item)
