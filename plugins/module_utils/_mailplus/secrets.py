# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets inside answers, such as the password of a relay: replaced before anything else sees them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

MARKER = "[hidden]"

# Deeper than any settings; beyond it, what Ansible does with a result would fail.
MAX_DEPTH = 64

# The keys of most answers are not known, so a key is judged by its name. Names that end like this hold a secret …
_SECRET_END = re.compile(
    r"(password|passwd|passphrase|passcode|pwd|secret|token|credential|(private|api|shared|access)_?key)s?\d*$"
    r"|(^|_)(pw|pass|bindpw)\d*$"
)
# … and text under a name that holds one of these may be one: a policy or a length is not text.
_SECRET_PART = re.compile(r"password|passwd|passphrase|secret|private_?key")


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
        suspects = {} if reveal else _suspects(tuple(value))
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
    return kind == "end" or _holds_text(value)


@lru_cache(maxsize=256)  # rows repeat their keys, and this is most of what hiding costs
def _suspects(keys: tuple[str, ...]) -> dict[str, str]:
    """The names that may be those of secrets: whether each ends as one does, or holds a part of one."""
    kinds = {key: _kind(key) for key in keys}
    return {key: kind for key, kind in kinds.items() if kind}


def _kind(key: str) -> str | None:
    name = _NOT_ALPHANUMERIC.sub("_", _CAMEL.sub("_", key).lower())
    if _SECRET_END.search(name):
        return "end"
    return "part" if _SECRET_PART.search(name) else None


def _holds_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(isinstance(item, str) for item in value))


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
