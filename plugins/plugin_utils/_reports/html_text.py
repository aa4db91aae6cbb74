# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of servers and numbers as the HTML report shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    as_count,
    named_counts,
    pieces,
    visible_lines,
    words,
)
from markupsafe import Markup, escape

_LONGEST_VALUE = 160
_ENCODER = json.JSONEncoder(ensure_ascii=False)

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def marked(value: Any) -> Markup:
    """``value`` as HTML, with escapes that stand out for what is not seen. For text, not for attributes."""
    if isinstance(value, Markup):
        return value
    text = "unknown" if value is None else str(value)
    if visible_lines(text) == text:
        return escape(text)
    return Markup().join(_mark(piece) if is_escape else escape(piece) for piece, is_escape in pieces(text))


def plain(value: Any) -> Any:
    """What the template prints of any value: text without characters that are not seen, and None never as nothing."""
    if value is None:
        return "unknown"
    return value if isinstance(value, (Markup, int, float)) else visible_lines(str(value))


def code(value: Any) -> str:
    """A value as JSON, cut where it is long, so that ``true`` and ``"true"`` are told apart."""
    text = ""
    for piece in _ENCODER.iterencode(value[: _LONGEST_VALUE + 1] if isinstance(value, str) else value):
        text += piece
        if len(text) > _LONGEST_VALUE:
            return f"{text[:_LONGEST_VALUE]}… ({_size(value)})"
    return text


def number(value: Any) -> str:
    """A count, with its thousands apart; ``unknown`` where it is none."""
    known = as_count(value)
    return "unknown" if known is None else f"{known:,}"


def counted(many: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun, such as ``1 host`` and ``2 hosts``."""
    return f"{many:,} {noun if many == 1 else plural or noun + 's'}"


def age(value: Any) -> str:
    """A span of seconds in its two largest units."""
    seconds = as_count(value)
    if seconds is None:
        return "unknown"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY:,} d {seconds % _DAY // _HOUR} h"


def moment(text: Any) -> str:
    """ISO 8601 text as people write it."""
    if text is None:
        return "unknown"
    found = read_time(text)
    return words(str(text)) if found is None else f"{found:%Y-%m-%d %H:%M} UTC"


def span(first: Any, last: Any) -> str:
    """The time between two moments."""
    return f"{moment(first).removesuffix(' UTC')} to {moment(last)}"


def frequencies(counts: Mapping[str, Any] | None) -> str:
    """Counts by name in a line, such as ``12 sent, 3 failed``."""
    return "unknown" if counts is None else named_counts(counts, separator=",") or "none"


def ranking(entries: Sequence[Mapping[str, Any]] | None) -> str:
    """The most frequent values, a line each."""
    if entries is None:
        return "unknown"
    lines = [f"{number(entry['count'])} \N{MULTIPLICATION SIGN} {words(entry['value'])}" for entry in entries]
    return "\n".join(lines) or "none"


def basis(envelope: Mapping[str, Any]) -> str:
    """Which rows of a list the figures rest on, where it is not all."""
    returned, complete = as_count(envelope.get("returned")), (envelope.get("summary") or {}).get("complete")
    if complete is True:
        return ""
    if returned is None:
        return " (of rows that are unknown)"
    return f" (of the first {returned:,}" + (")" if complete is False else "; whether these are all is unknown)")


def _mark(escape_sequence: str) -> Markup:
    return Markup("<b class=esc>{}</b>").format(escape_sequence)


def _size(value: Any) -> str:
    if isinstance(value, Mapping):
        return counted(len(value), "key")
    return counted(len(value), "character") if isinstance(value, str) else counted(_length(value), "item")


def _length(value: Any) -> int:
    return len(value) if isinstance(value, Sequence) else 1
