# SPDX-License-Identifier: GPL-3.0-or-later
"""Personal data in what servers sent: mail addresses, IP addresses and subjects, left out or replaced by a keyed hash.

Addresses are found in any text by their form, since the keys of answers are not known. Subjects have no form, so they
are found by the names of their keys.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

MODES = ("keep", "remove", "hash")

# An address begins at the edge of a word, so that no text is searched from each of its characters.
_EDGE = r"[^\s<>()\[\]\",;:@]"
_ADDRESS = re.compile(
    rf"(?:(?<!{_EDGE})(?:(?!%40){_EDGE})+|\"[^\"\n]{{1,64}}\")(?:@|%40)(?:\[[^\]\s]{{1,64}}\]|{_EDGE}+)", re.IGNORECASE
)
# Texts that may be, or hold, an IP address.
_WITH_DOTS = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)")
_WITH_COLONS = re.compile(r"(?<![\w.:])[\w.]*(?::[\w.]*){2,}")
_GROUP = re.compile(r"[0-9A-Fa-f]{0,4}|\d{1,3}(?:\.\d{1,3}){3}")
_SUBJECT_KEY = re.compile(r"subject", re.IGNORECASE)
_REPLACED = re.compile(r"\[subject(?: [0-9a-f]+)?\]")
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
    """The same for a piece however it is written: in capitals, in a URL, quoted, or at the end of a sentence."""
    written = piece.lower().replace("%40", "@").strip("'\".").encode("utf-8", "replace")
    return hmac.new(key.encode("utf-8", "replace"), written, "sha256").hexdigest()[:_DIGITS]


def _clean(value: Any, replace: Replace, *, subject: bool = False) -> Any:
    if isinstance(value, str):
        return _clean_subject(value, replace) if subject else _clean_text(value, replace)
    if isinstance(value, list):
        return [_clean(item, replace, subject=subject) for item in value]
    if isinstance(value, dict):
        names = _clean_keys(value, replace)
        return {
            names[key]: _clean(item, replace, subject=subject or bool(_SUBJECT_KEY.search(key)))
            for key, item in value.items()
        }
    return value


def _clean_keys(keys: Iterable[str], replace: Replace) -> dict[str, str]:
    """What each key becomes. Two must not become one, or a value would be lost: the second one gets a number."""
    taken: Counter[str] = Counter()
    names = {}
    for key in sorted(keys):
        name = _clean_text(key, replace)
        taken[name] += 1
        names[key] = name if taken[name] == 1 else f"{name} {taken[name]}"
    return names


def _clean_subject(text: str, replace: Replace) -> str:
    return text if not text or _REPLACED.fullmatch(text) else replace("subject", text)


def _clean_text(text: str, replace: Replace) -> str:
    if "@" in text or "%40" in text:
        text = _ADDRESS.sub(lambda match: replace("address", match[0]), text)
    if ":" in text:
        text = _WITH_COLONS.sub(lambda match: _clean_groups(match[0], replace), text)
    return _WITH_DOTS.sub(lambda match: _clean_ip(match[0], replace), text)


def _clean_groups(text: str, replace: Replace) -> str:
    """Text with the IPv6 addresses in it replaced, which may follow a word and a colon."""
    bare = text.rstrip(".")
    runs = groupby(bare.split(":"), key=lambda group: bool(_GROUP.fullmatch(group)))
    return ":".join(_clean_ip(":".join(run), replace) for _fits, run in runs) + text[len(bare) :]


def _clean_ip(text: str, replace: Replace) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    # The unspecified address, :: or 0.0.0.0, is nobody's.
    return text if address.is_unspecified else replace("ip", str(address))
