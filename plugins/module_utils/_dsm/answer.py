# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON object in an HTTP answer, or why there is none."""

from __future__ import annotations

import json
import math
import re
from http import HTTPStatus
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import connection_error

# What Python reads from JSON and cannot write again: halves of characters. Most answers have none that are escaped.
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(status: int, content_type: str, body: bytes, url: str) -> dict[str, Any]:
    """The JSON object in an answer. DSM labels JSON with several content types, so only the body decides.

    Raises DsmError of kind CONNECTION when there is none.
    """
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise connection_error(
            "redirected",
            f"{url} answers with a redirect (HTTP {status}), which is not followed.",
            "Set host, port and https to where DSM really listens.",
        )
    text = body.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    if status != HTTPStatus.OK or text.startswith("<") or not text:
        raise connection_error(
            "not_json",
            f"{url} answers HTTP {status} with {_content(text, content_type)} instead of JSON.",
            "Check that host and port are DSM's; if they are, DSM or a proxy is restarting: try again later.",
        )
    try:
        answer = json.loads(text, strict=False, parse_float=_finite, parse_constant=lambda _name: None)
        if _ESCAPED_SURROGATE.search(text):
            answer = _writable(answer)
    except (ValueError, RecursionError):
        raise connection_error(
            "truncated_json",
            f"{url} answers with JSON that is cut short or damaged.",
            "Try again; if it stays, ask for fewer rows (limit) and see the log of the NAS.",
        ) from None
    if not isinstance(answer, dict):
        raise connection_error(
            "not_dsm", f"{url} answers with JSON that is not DSM's.", "Check that host and port are DSM's."
        )
    return answer


def _content(text: str, content_type: str) -> str:
    if not text:
        return "nothing"
    return (
        "HTML"
        if text.startswith("<")
        else re.sub(r"[^\w/.+-]", "", content_type.split(";", maxsplit=1)[0])[:40] or "text"
    )


def _finite(text: str) -> float | None:
    """A number, None where it is too large for Python."""
    number = float(text)
    return number if math.isfinite(number) else None


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if isinstance(value, dict):
        return {_writable(key): _writable(item) for key, item in value.items()}
    return value
