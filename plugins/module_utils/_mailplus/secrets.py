# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets inside answers, such as the password of a relay: replaced before anything else sees them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

MARKER = "[hidden]"

# Deeper than any settings; beyond it, what Ansible does with a result would fail.
MAX_DEPTH = 64

# The keys of most answers are not known, so a key is judged by its name. Whatever is under these is a secret, be it a
# number or a mapping …
_ANYTHING = (
    r"password|passwd|passphrase|passcode|pwd|secret|(private|api|shared|access)_?key|(^|_)(pw|bindpw|pin|pin_code)"
)
_KEYS = "auth|authentication|encryption|decryption|signing|session|master|hmac|aes|rsa|ssl|tls|dkim|psk"
# … under these, whatever is not a number, which would be a count or a limit …
_NO_NUMBER = r"token|(^|_)(psk|bearer|cookie|(totp|otp)_?seed|(otp|recovery|backup)_code)"
# … under these, text alone: mappings and numbers are settings and counts, such as those of SPF.
_TEXT = r"credential|(^|_)(pass|authorization|sid|session_id)"
_END = r"s?(_(value|text|string|hex|base64|pem|plain|old|new|confirm))?\d*$"
_KINDS = {
    "anything": re.compile(f"({_ANYTHING}|(^|_)({_KEYS})_?key){_END}"),
    "no_number": re.compile(f"({_NO_NUMBER}){_END}"),
    # Text under a name that holds one of these may be a secret: a policy or a length is not text.
    "text": re.compile(f"({_TEXT}){_END}|password|passwd|passphrase|secret|private_?key"),
}

# Settings may come as pairs, of which one part tells what the other one is.
_TITLES = frozenset({"attribute", "field", "id", "key", "name", "option", "param", "parameter", "property", "setting"})
_CONTENTS = frozenset({"val", "value", "values"})
_LONGEST_TITLE = 100


class TooDeepError(ValueError):
    """An answer nested deeper than MAX_DEPTH."""


def hide_secrets(value: Any, *, reveal: bool = False, depth: int = 0) -> Any:
    """``value`` with MARKER in place of every secret, at any depth; with ``reveal``, secrets stay. Nothing of the given
    value is changed; what holds neither secrets nor other values is handed on as it is.

    Empty text stays, since it tells that no secret is set; so do true, false and null. Raises TooDeepError.
    """
    if depth > MAX_DEPTH:
        raise TooDeepError(f"nested deeper than {MAX_DEPTH} levels")
    # Most values hold no others; copying them, and calling for each, would be most of what hiding costs.
    if isinstance(value, dict):
        suspects = {} if reveal else _suspects(value)
        changed = {
            key: MARKER
            if key in suspects and _is_secret(suspects[key], item)
            else hide_secrets(item, reveal=reveal, depth=depth + 1)
            for key, item in value.items()
            if key in suspects or isinstance(item, (dict, list))
        }
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        return [
            hide_secrets(item, reveal=reveal, depth=depth + 1) if isinstance(item, (dict, list)) else item
            for item in value
        ]
    return value


def _is_secret(kind: str, value: Any) -> bool:
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return False
    if kind == "text":
        return _holds_text(value)
    return kind == "anything" or not isinstance(value, (int, float))


def _suspects(value: dict[str, Any]) -> dict[str, str]:
    """The keys that may be those of secrets, each with what under it would be one."""
    by_name, titles, contents = _judged(tuple(value))
    if titles and contents:
        named = [value[title] for title in titles]
        kinds = [_kind(name) for name in named if isinstance(name, str) and len(name) <= _LONGEST_TITLE]
        kind = next(filter(None, kinds), None)
        if kind:
            return {**by_name, **dict.fromkeys(contents, kind)}
    return by_name


@lru_cache(maxsize=256)  # rows repeat their keys, and this is most of what hiding costs
def _judged(keys: tuple[str, ...]) -> tuple[dict[str, str], list[str], list[str]]:
    """What can be told of keys alone: the suspects, and those that make pairs."""
    kinds = {key: _kind(key) for key in keys}
    titles, contents = ([key for key in keys if key.lower() in names] for names in (_TITLES, _CONTENTS))
    return {key: kind for key, kind in kinds.items() if kind}, titles, contents


def _kind(key: str) -> str | None:
    name = _NOT_ALPHANUMERIC.sub("_", _CAMEL.sub("_", key).lower())
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(name)), None)


def _holds_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(map(_holds_text, value)))


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
