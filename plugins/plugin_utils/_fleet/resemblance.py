# SPDX-License-Identifier: GPL-3.0-or-later
"""How much keys of a server resemble words of a user, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice

# A key is made of words: with underscores, dashes or capital letters between them.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
# How words begin that say the same of a mail server.
_ALIKE = (("auth", "login"), ("cleartext", "plain", "unencrypted"), ("limit", "max"), ("ssl", "starttls", "tls"))
_SHORTEST_BEGINNING, _SPELT_ALIKE = 3, 0.8
# How alike two words are: the same, of one meaning, one the beginning of the other.
_SAME, _OF_ONE_MEANING, _BEGINNING = 1.0, 0.9, 0.8
# From here on, a key is taken for a misspelt one.
_CLOSE = 0.7
# A server may send any number of keys, of any length.
_LONGEST, _MOST_KEYS = 100, 1000


def words_of(text: str) -> list[str]:
    """The words in a key, a title or what a user typed, in small letters."""
    return [word.lower() for word in _WORD.findall(text[:_LONGEST])]


def resemblance(wanted: Iterable[str], text: str) -> float:
    """How many of the wanted words are in a text, each as far as it is like one there."""
    there = words_of(text)
    return sum(max((_likeness(word, other) for other in there), default=0.0) for word in wanted)


def closest(key: str, keys: Iterable[str]) -> str | None:
    """The key that somebody may have meant by another one."""
    found = max(((_closeness(key, one), one) for one in islice(keys, _MOST_KEYS)), default=(0.0, ""))
    return found[1] if found[0] >= _CLOSE else None


def _closeness(key: str, other: str) -> float:
    """From 0 to 1: by their letters, or by the words of the first."""
    words = words_of(key)
    return max(
        SequenceMatcher(None, key[:_LONGEST], other[:_LONGEST]).ratio(), resemblance(words, other) / max(len(words), 1)
    )


@lru_cache(maxsize=10_000)
def _likeness(word: str, other: str) -> float:
    if word == other:
        return _SAME
    if any(word.startswith(alike) and other.startswith(alike) for alike in _ALIKE):
        return _OF_ONE_MEANING
    short, long = sorted((word, other), key=len)
    if len(short) >= _SHORTEST_BEGINNING and long.startswith(short):
        return _BEGINNING
    ratio = SequenceMatcher(None, word, other).ratio()
    return ratio * _BEGINNING if ratio >= _SPELT_ALIKE else 0.0
