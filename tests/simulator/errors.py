# SPDX-License-Identifier: GPL-3.0-or-later
"""What a call is refused with."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """The answer is an error of the API, not of HTTP."""

    def __init__(self, code: Any, errors: Any = None) -> None:
        super().__init__(code)
        self.code = code  # a number, unless a fault says otherwise
        self.errors = errors
