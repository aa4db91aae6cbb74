# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory source keeps in a cache: outcomes, and what tells whether they answer what is asked now.

The whole is one text, so that no cache gives a meaning to what a server sent, and damage to a part of it is noticed.
Nothing in it is made of a secret.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def pack(asked: Any, outcomes: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What to put into a cache: the answers to ``asked``, which holds no secret."""
    text = json.dumps({"asked": _digest(json.dumps(asked)), "outcomes": outcomes})
    return {"digest": _digest(text), "text": text}


def unpack(cached: Any, asked: Any) -> dict[str, Any] | None:
    """The outcomes in a cache; None where it is damaged or answers something else."""
    if not isinstance(cached, Mapping) or not isinstance(text := cached.get("text"), str):
        return None
    if cached.get("digest") != _digest(text):
        return None
    kept = json.loads(text)
    outcomes: dict[str, Any] = kept["outcomes"]
    return outcomes if kept["asked"] == _digest(json.dumps(asked)) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
