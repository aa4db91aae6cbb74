# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON object in an HTTP answer, within bounds and safe to hand on, or why there is none.

Everything that a server sends passes here, so whatever holds for all of it is seen to here: how much it may be, how
large its numbers are, that it can be written again, and that none of its keys means anything but itself.
"""

from __future__ import annotations

import json
import math
import re
from http import HTTPStatus
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import DSM
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import connection_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.keys import as_key

__all__ = ["MOST_LEVELS", "MOST_VALUES", "as_key", "parse"]

# More than DSM nests its answers, and less than what reads them further on can bear.
MOST_LEVELS = 100

# How many values an answer may hold unless the caller says otherwise: each takes some 100 bytes of memory.
MOST_VALUES = 2_097_152

# Digits of a whole number; 64 bits have up to 20. What has more is no number that anybody counts with.
_MOST_DIGITS = 20

_RESERVED_PART = b"_ansible"

# What Python reads from JSON and cannot write again: halves of characters.
_SURROGATE = re.compile("[\ud800-\udfff]")

# Letters of such names, and such halves, as JSON may spell them. Most answers have none that are spelt so.
_ESCAPED = re.compile(rb"\\u(?:00[567]|[dD][89a-fA-F])")

_ONE_BRACKET = bytes.maketrans(b"{}", b"[]")
_NO_BRACKET = bytes(set(range(256)) - set(b'[]{}"'))
_TEXT = re.compile(rb'"[^"]*"')


def parse(status: int, content_type: str, body: bytes, url: str, *, most_values: int = MOST_VALUES) -> dict[str, Any]:
    """The JSON object in an answer. DSM labels JSON with several content types, so only the body decides.

    A key that matches ``~*_+ansible`` has one more tilde in front; a whole number of more than 20 digits is text; a
    number too large for Python is None. Raises DsmError of kind CONNECTION when there is no object, or too large a one.
    """
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise failures.redirected(status, url, DSM)
    text = body.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    if status != HTTPStatus.OK or text.startswith("<") or not text:
        raise connection_error(
            "not_json",
            f"{url} answers HTTP {status} with {failures.content(text, content_type)} instead of JSON.",
            "Check that host and port are DSM's; if they are, DSM or a proxy is restarting: try again later.",
        )
    if _counts_more_than(most_values, body):
        raise connection_error(
            "too_many_values", f"{url} answers with more than {most_values} values.", "Ask for fewer rows (limit)."
        )
    answer = _read(text, body, url)
    if not isinstance(answer, dict):
        raise connection_error(
            "not_dsm", f"{url} answers with JSON that is not DSM's.", "Check that host and port are DSM's."
        )
    return answer


def _read(text: str, body: bytes, url: str) -> Any:
    """The JSON value in ``text``, which is ``body`` decoded."""
    try:
        answer = json.loads(text, strict=False, parse_int=_whole, parse_float=_finite, parse_constant=_no_number)
        too_deep = _is_nested_beyond(MOST_LEVELS, body)
    except RecursionError:
        too_deep = True
    except ValueError:
        raise connection_error(
            "truncated_json",
            f"{url} answers with JSON that is cut short or damaged.",
            "Try again; if it stays, ask for fewer rows (limit) and see the log of the NAS.",
        ) from None
    if too_deep:
        raise connection_error(
            "nested_too_deep",
            f"{url} answers with JSON that is nested deeper than {MOST_LEVELS} levels.",
            "Check that host and port are DSM's.",
        ) from None
    return _mended(answer) if _needs_mending(body) else answer


def _counts_more_than(most: int, body: bytes) -> bool:
    """Whether there are more values than that: counted by what is in front of them, in texts as well."""
    return len(body) > most and body.count(b",") + body.count(b"[") + body.count(b"{") > most


def _is_nested_beyond(levels: int, body: bytes) -> bool:
    """Whether JSON, which is known to be whole, has more levels: what is left of it once so many are taken away."""
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = _TEXT.sub(b"", body.translate(_ONE_BRACKET, _NO_BRACKET).replace(b'""', b""))
    for _level in range(levels):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _whole(digits: str) -> int | str:
    """A number, or its digits where there are too many."""
    return int(digits) if len(digits) <= _MOST_DIGITS or len(digits.lstrip("-")) <= _MOST_DIGITS else digits


def _finite(text: str) -> float | None:
    """A number, None where it is too large for Python."""
    number = float(text)
    return number if math.isfinite(number) else None


def _no_number(_name: str) -> None:
    """What takes the place of NaN and Infinity."""


def _needs_mending(body: bytes) -> bool:
    """Whether a key may be reserved, or a text be none: a cheap look, since most answers need no walk over values."""
    return _RESERVED_PART in body or (b"\\u" in body and _ESCAPED.search(body) is not None)


def _mended(value: Any) -> Any:
    """``value`` with no reserved key, and without halves of characters."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if not isinstance(value, dict):
        return value
    mended: dict[str, Any] = {}
    for key, item in value.items():
        name = _SURROGATE.sub("\ufffd", as_key(key))
        while name in mended:  # keys that differ in nothing but halves of characters
            name = f"{name}\ufffd{len(mended)}"
        mended[name] = _mended(item)
    return mended
