# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal data in what servers sent: mail addresses, IP addresses and subjects, left out or replaced by a keyed hash.

Addresses are found in any text by their form, since the keys of answers are not known. Subjects have no form, so they
are found by the names of their keys.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Callable
from typing import Any

MODES = ("keep", "remove", "hash")

_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@]+@[^\s<>()\[\]\",;:@]+")
_MAYBE_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d+){0,3})(?![\w:])"
)
_SUBJECT_KEY = re.compile(r"subject", re.IGNORECASE)
_DIGITS = 12

Replace = Callable[[str, str], str]
"""Takes the kind of a piece of personal data, and the piece; returns what stands in its place."""


class PrivacyError(ValueError):
    """A mode that cannot be."""


def cleaner(mode: str, key: str | None) -> Callable[[Any], Any]:
    """A function that makes a copy of a value without personal data. Raises PrivacyError.

    With ``hash`` the same piece always becomes the same text under the same ``key``, so that pieces can be told apart
    and followed, but not read.
    """
    if mode == "keep":
        return lambda value: value
    if mode == "remove":
        return lambda value: _clean(value, lambda kind, _piece: f"[{kind}]")
    if mode == "hash" and key:
        return lambda value: _clean(value, lambda kind, piece: f"[{kind} {_digest(key, piece)}]")
    if mode == "hash":
        raise PrivacyError("mailplus_state_personal_data is hash, which needs mailplus_state_personal_data_key.")
    raise PrivacyError(f"mailplus_state_personal_data is one of {', '.join(MODES)}, not {mode!r}.")


def _digest(key: str, piece: str) -> str:
    return hmac.new(key.encode(), piece.lower().encode("utf-8", "replace"), "sha256").hexdigest()[:_DIGITS]


def _clean(value: Any, replace: Replace, *, subject: bool = False) -> Any:
    if isinstance(value, str):
        return replace("subject", value) if subject and value else _clean_text(value, replace)
    if isinstance(value, list):
        return [_clean(item, replace, subject=subject) for item in value]
    if isinstance(value, dict):
        return {
            _clean_text(key, replace): _clean(item, replace, subject=bool(_SUBJECT_KEY.search(key)))
            for key, item in value.items()
        }
    return value


def _clean_text(text: str, replace: Replace) -> str:
    if "@" in text:
        text = _ADDRESS.sub(lambda match: replace("address", match[0]), text)
    return _MAYBE_IP.sub(lambda match: _clean_ip(match[0], replace), text)


def _clean_ip(text: str, replace: Replace) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return text
    return replace("ip", text)
