# SPDX-License-Identifier: GPL-3.0-or-later
"""Times in what a server sent, moved by some seconds: numbers since 1970, and texts such as 2026-01-31 09:45:00."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

# From 2001 to 2099, in seconds and in milliseconds.
_EPOCH = range(978_307_200, 4_070_908_800)
_TEXT = re.compile(r"\d{4}([-/])\d{2}\1\d{2}[T ]\d{2}:\d{2}:\d{2}")


def moved_data(data: Any, seconds: int) -> Any:
    """``data`` with all its times so much later."""
    if isinstance(data, dict):
        return {name: moved_data(value, seconds) for name, value in data.items()}
    if isinstance(data, list):
        return [moved_data(value, seconds) for value in data]
    if isinstance(data, int) and not isinstance(data, bool):
        return data + seconds if data in _EPOCH else data + 1000 * seconds if data // 1000 in _EPOCH else data
    return _TEXT.sub(lambda found: _moved_text(found, seconds), data) if isinstance(data, str) else data


def _moved_text(found: re.Match[str], seconds: int) -> str:
    text, dash = found[0], found[1]
    form = f"%Y{dash}%m{dash}%d{text[10]}%H:%M:%S"
    try:
        return (datetime.strptime(text, form) + timedelta(seconds=seconds)).strftime(form)  # noqa: DTZ007
    except (ValueError, OverflowError):
        return text
