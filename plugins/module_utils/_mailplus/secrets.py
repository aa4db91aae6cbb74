# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets inside answers, such as the password of a relay: replaced before anything else sees them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secretforms import (
    MARKER,
    SHORTEST,
    hide_codes,
    hide_known,
    is_key_material,
)

__all__ = ["MARKER", "TooDeepError", "folded", "hide_secrets"]

# Stands among names of keys for all text that looks like a key or a code.
ALL_CODES = "*"

# Deeper than any settings; beyond it, what Ansible does with a result would fail.
MAX_DEPTH = 64

# The keys of most answers are not known, so a key is judged by its name. Whatever is under these is a secret, be it a
# number or a mapping …
_ANYTHING = (
    r"passwor(d|t(?!h))|passwd|kennwort|pass_(word|phrase)|passphrase|passcode|pwd|secret|(priv|private|api|shared|access)_?key"
    r"|(^|_)(pw|bindpw|pin|pin_code)|(activation|licen[cs]e|registration|(^|_)(lic|product))_?(key|code)"
)
_KEYS = "auth|authentication|encryption|decryption|signing|session|master|hmac|aes|rsa|ssl|tls|dkim|psk"
# … under these, whatever is not a number, which would be a count or a limit …
_NO_NUMBER = r"token|(^|_)(psk|bearer|cookie|(totp|otp)_?seed|(otp|recovery|backup)_code)"
# … under these, text alone: mappings and numbers are settings and counts, such as those of SPF.
_TEXT = r"credential|(^|_)(auth|bind|login|mail|relay|smtp|user)?pass|(^|_)(authorization|sid|session_id)"
_END = r"s?(_(value|text|string|hex|base64|pem|plain|old|new|confirm))?\d*$"
_KINDS = {
    "anything": re.compile(f"({_ANYTHING}|(^|_)({_KEYS})_?key){_END}"),
    "no_number": re.compile(f"({_NO_NUMBER}){_END}"),
    # Text under a name that holds one of these may be a secret: a policy or a length is not text.
    "text": re.compile(f"({_TEXT}){_END}|passwor(d|t(?!h))|passwd|kennwort|passphrase|secret|private_?key"),
    # Under such a name there may be the bare text of a key, or a network.
    "key_material": re.compile(r"(^|_)priv(ate)?(_|$)"),
}

# Where a name hides all that stands under it.
_WHOLE = {"no_number": "anything", "text": "anything"}

# Settings may come as pairs, of which one part tells what the other one is.
_TITLES = frozenset(
    {"attribute", "field", "id", "key", "label", "name", "option", "param", "parameter", "property", "setting", "type"}
)
_CONTENTS = frozenset({"val", "value", "values"})
_LONGEST_TITLE = 100


class TooDeepError(ValueError):
    """An answer nested deeper than MAX_DEPTH."""


def hide_secrets(value: Any, *, reveal: bool = False, secret: Collection[str] = (), whole: bool = False) -> Any:
    """``value`` with MARKER in place of every secret, at any depth; with ``reveal``, secrets stay. Nothing of the given
    value is changed.

    ``secret`` is what a row of the catalogue tells of its section, see there. ``whole`` is for a server whose numbers
    are text: what a name may hide is hidden there, whatever it is. Empty text stays, since it tells that no secret is
    set; so do true, false and null. Raises TooDeepError.
    """
    if reveal:
        _check_depth(value)
        return value
    return _hider(tuple(secret), whole).hide(value)


@lru_cache(maxsize=4096)
def folded(key: str) -> str:
    """A key as it is compared with names: ``bind_dn``, ``bindDn`` and ``Bind-DN`` are the same."""
    return _NOT_ALPHANUMERIC.sub("", key.lower())


def _check_depth(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise TooDeepError(f"nested deeper than {MAX_DEPTH} levels")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, (dict, list)):
            _check_depth(item, depth + 1)


@dataclass(frozen=True)
class _Hider:
    """``names`` are those of the section, ``codes`` tells whether all text is looked at for codes, ``whole`` whether
    what a name hides is hidden whatever it is.
    """

    names: frozenset[str]
    codes: bool
    whole: bool

    def hide(self, value: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            raise TooDeepError(f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            return self._mapping(value, depth)
        if isinstance(value, list):
            return [self._item(item, depth) for item in value]
        return self._item(value, depth)

    def _item(self, item: Any, depth: int) -> Any:
        # Most values hold no others; copying them, and calling for each, would be most of what hiding costs.
        if isinstance(item, str):
            return item if len(item) < SHORTEST else self._text(item)
        return self.hide(item, depth + 1) if isinstance(item, (dict, list)) else item

    def _mapping(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        suspects = self._suspects(value)
        if self.whole:
            suspects = {key: _WHOLE.get(kind, kind) for key, kind in suspects.items()}
        changed = {
            key: MARKER if key in suspects and _is_secret(suspects[key], item) else self._item(item, depth)
            for key, item in value.items()
            if key in suspects or isinstance(item, (str, dict, list))
        }
        return self._keys({**value, **changed}) if self.codes else {**value, **changed}

    def _text(self, text: str) -> str:
        text = hide_known(text)
        return hide_codes(text) if self.codes else text

    def _keys(self, value: dict[str, Any]) -> dict[str, Any]:
        """What stands by codes, without these. Two must not become one, or a value would be lost."""
        hidden: dict[str, Any] = {}
        for key, item in value.items():
            name = self._text(key)
            numbered = (f"{name} {number}" for number in count(2))
            taken = hidden if name == key else {*value, *hidden}
            hidden[name if name not in taken else next(each for each in numbered if each not in taken)] = item
        return hidden

    def _suspects(self, value: dict[str, Any]) -> dict[str, str]:
        """The keys that may be those of secrets, each with what under it would be one."""
        by_name, titles, contents = _judged(tuple(value), self.names)
        if titles and contents:
            named = [value[title] for title in titles]
            kinds = [_kind(name, self.names) for name in named if isinstance(name, str) and len(name) <= _LONGEST_TITLE]
            kind = next(filter(None, kinds), None)
            if kind:
                return {**by_name, **dict.fromkeys(contents, kind)}
        return by_name


@lru_cache(maxsize=256)
def _hider(secret: tuple[str, ...], whole: bool) -> _Hider:
    return _Hider(frozenset(map(folded, secret)) - {""}, ALL_CODES in secret, whole)


def _is_secret(kind: str, value: Any) -> bool:
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return False
    if kind == "key_material":
        return any(map(is_key_material, value if isinstance(value, list) else [value]))
    if kind == "text":
        return _holds_text(value)
    return kind == "anything" or not isinstance(value, (int, float))


@lru_cache(maxsize=1024)  # rows repeat their keys, and this is most of what hiding costs
def _judged(keys: tuple[str, ...], names: frozenset[str]) -> tuple[dict[str, str], list[str], list[str]]:
    """What can be told of keys alone: the suspects, and those that make pairs."""
    kinds = {key: _kind(key, names) for key in keys}
    titles, contents = ([key for key in keys if key.lower() in among] for among in (_TITLES, _CONTENTS))
    return {key: kind for key, kind in kinds.items() if kind}, titles, contents


def _kind(key: str, names: frozenset[str]) -> str | None:
    if names and folded(key) in names:
        return "anything"
    name = _NOT_ALPHANUMERIC.sub("_", _CAMEL.sub("_", key).lower())
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(name)), None)


def _holds_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(map(_holds_text, value)))


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
