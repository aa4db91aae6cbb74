# SPDX-License-Identifier: GPL-3.0-or-later
"""What a call is refused with."""

from __future__ import annotations

from typing import Any


class NoAnswerError(Exception):
    """The connection ends without an answer, or hangs."""

    def __init__(self, *, hangs: bool) -> None:
        super().__init__(hangs)
        self.hangs = hangs


class ApiError(Exception):
    """The answer is an error of the API, not of HTTP."""

    def __init__(self, code: Any, errors: Any = None) -> None:
        super().__init__(code)
        self.code = code  # a number, unless a fault says otherwise
        self.errors = errors

    @property
    def told(self) -> dict[str, Any]:
        """What the answer holds."""
        error = {"code": self.code} if self.errors is None else {"code": self.code, "errors": self.errors}
        return {"error": error, "success": False}
