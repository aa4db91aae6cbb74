# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller: written whole or not at all, readable by their owner alone."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# Keys whose values pass with time while a fleet stays as it is.
_TIMES = {"generated_at", "collected_at", "oldest_age_seconds"}

# Half a surrogate pair, which UTF-8 cannot hold, but JSON can.
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def to_json(content: Any) -> str:
    """The same text for the same content, wherever it came from."""
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    return _HALF_PAIR.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def make_directories(directories: Iterable[Path]) -> None:
    """Make what is missing, for the owner alone. Raises OSError."""
    for directory in directories:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def differs(path: Path, text: str) -> bool:
    """Whether the file is missing or holds something else. Raises OSError."""
    return not path.exists() or path.read_bytes() != _encode(text)


def differs_beyond_times(path: Path, content: Any) -> bool:
    """Whether the file is missing, or its JSON differs from ``content`` in more than the times it states."""
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return bool(_without_times(before) != _without_times(json.loads(to_json(content))))


def write(path: Path, text: str) -> None:
    """Put a file in place. A reader sees the old one or the new one, never a part. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_encode(text))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def _encode(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _without_times(value: Any) -> Any:
    if isinstance(value, Mapping):
        # A verdict on such a value states it too.
        times = {*_TIMES, "actual"} if str(value.get("path")).rpartition(".")[2] in _TIMES else _TIMES
        return {key: _without_times(item) for key, item in value.items() if key not in times}
    if isinstance(value, list):
        return [_without_times(item) for item in value]
    return value
