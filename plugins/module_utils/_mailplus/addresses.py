# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of mail in text of any form. What cannot be told is not known, which is not the same as not there."""

from __future__ import annotations

import re
from typing import Any

# What most rows hold, for speed.
_PLAIN = re.compile(r"[\w.+=-]+@[\w-]+(?:\.[\w-]+)*")
# "Doe, Anna" <anna@example.com>: whatever is quoted is no address.
_QUOTED_NAME = re.compile(r'"[^"]*"\s*<')
_BETWEEN = re.compile(r"[,;|\r\n]")
_IN_ANGLES = re.compile(r"<([^<>]*)>")
_BETWEEN_WORDS = re.compile(r"[\s()<>]+")
# Of a whole address: Unicode is allowed, what quotes or separates is not.
_LOCAL_PART = re.compile(r"""[^\s"\\,;:<>()\[\]@|]+""")
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*|\[[0-9A-Za-z.:]+\]")


class AddressError(ValueError):
    """An option that no address can ever be equal to."""


def addresses_in(value: Any) -> tuple[list[str], bool]:
    """The addresses in text, or in a list of it, in lower case, and whether these are known to be all."""
    found: dict[str, None] = {}
    is_whole = True
    for item in value if isinstance(value, list) else [value]:
        known, is_all = _in_text(item) if isinstance(item, str) else ([], False)
        found.update(dict.fromkeys(known))
        is_whole = is_whole and is_all
    return [*found], is_whole


def domain_of(address: str) -> str:
    """The domain of an address, empty where it has none."""
    return address.rpartition("@")[2] if "@" in address else ""


def read_address(text: str) -> str:
    """The one address that an option is. Raises AddressError."""
    found, is_whole = addresses_in(text)
    if len(found) != 1 or not is_whole:
        raise AddressError(f"one address, such as anna@example.com, not {text[:60]!r}")
    return found[0]


def read_domain(text: str) -> str:
    """The domain that an option is. Raises AddressError."""
    domain = text.strip().removeprefix("@").rstrip(".").lower()
    if not _DOMAIN.fullmatch(domain):
        raise AddressError(f"one domain, such as example.com, not {text[:60]!r}")
    return domain


def _in_text(text: str) -> tuple[list[str], bool]:
    if _PLAIN.fullmatch(text):
        return [text.lower()], True
    parts = [_in_part(part) for part in _BETWEEN.split(_QUOTED_NAME.sub("<", text))]
    return [address for found, _is_all in parts for address in found], all(is_all for _found, is_all in parts)


def _in_part(part: str) -> tuple[list[str], bool]:
    """What may be ``Name <name@example.com>``, ``name@example.com (Name)``, ``SMTP:name@example.com`` or ``name``."""
    in_angles, beside = " ".join(_IN_ANGLES.findall(part)), _IN_ANGLES.sub(" ", part)
    if beside == part:
        return _in_words(part)
    found, is_all = _in_words(in_angles)
    of_name, is_all_of_name = _in_words(beside) if "@" in beside else ([], True)
    return found, is_all and is_all_of_name and {*of_name} <= {*found}


def _in_words(text: str) -> tuple[list[str], bool]:
    """An address is a word with an @; one without is a mailbox of the server, where it stands alone."""
    words = [word for word in _BETWEEN_WORDS.split(text) if word]
    if "@" not in text:
        return [word.lower() for word in words if len(words) == 1], len(words) <= 1
    addresses = [_address(word) for word in words if "@" in word]
    return [address for address, _is_one in addresses if address], all(is_one for _one, is_one in addresses)


def _address(word: str) -> tuple[str, bool]:
    """The address that a word is, and whether that is certain. Empty where not even its domain is."""
    local, _at, domain = word.rpartition("@")
    local = local.rpartition(":")[2].lstrip("'\"[{")
    domain = domain.rstrip("'\"}.:" if domain.startswith("[") else "'\"}.:]")
    if not _DOMAIN.fullmatch(domain):
        return "", False
    return f"{local}@{domain}".lower(), bool(_LOCAL_PART.fullmatch(local))
