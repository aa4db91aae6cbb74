# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of servers and users as it may be shown: no character acts on a reader's screen without being seen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Controls (C0, DEL, C1), separators of lines, marks that are not seen or turn the direction of writing, halves of
# surrogate pairs, and what is no character at all. The joiners U+200C and U+200D stay: words are written with them.
_UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)

# Stands for a value that is not there, which null is not.
ABSENT = "absent"

_MOST = 1000


def visible(text: str) -> str:
    r"""``text`` with ``\uXXXX`` in place of every character that is not seen; tab and newline are among them."""
    return text if text.isprintable() else _UNSEEN.sub(_escape, text)


def visible_lines(text: str) -> str:
    """The same, but newlines stay."""
    return _UNSEEN.sub(lambda match: "\n" if match[0] == "\n" else _escape(match), text)


def shown(value: Any, most: int = _MOST) -> str:
    """A value as visible text of at most so many characters: text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    cut = f"… ({len(text)} characters)" if len(text) > most else ""
    return visible(text[:most]) + cut


def sides(difference: Mapping[str, Any]) -> tuple[str, str]:
    """What stands in the baseline, and what stands here."""
    baseline = ABSENT if difference["kind"] == "added" else shown(difference["baseline"])
    return baseline, ABSENT if difference["kind"] == "removed" else shown(difference["actual"])


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
