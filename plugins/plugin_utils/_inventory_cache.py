# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory source keeps in a cache: outcomes, and what tells whether they answer what is asked now.

The whole is one text, so that no cache gives a meaning to what a server sent, and damage to a part of it is noticed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

Outcomes = Mapping[str, Mapping[str, Any]]

# So many hexadecimal digits tell whether a secret changed, in all but one of 4,096 cases, and are too few to find it.
# The key is constant: with others for each host or each time, every trace would tell a little more.
_DIGITS_OF_SECRET = 3
_KEY = b"mailfleet.mailplus"


def pack(asked: Any, outcomes: Outcomes, secrets_of: Mapping[str, str]) -> dict[str, str]:
    """What to put into a cache: the answers to ``asked``, with what each host was asked with.

    No secret is in it; of a host that refused its login, or was not asked for the refusals of others, it is kept
    whether they are still the same.
    """
    refused = {host: _trace(secrets_of.get(host, "")) for host in outcomes if _is_refused(outcomes[host])}
    text = json.dumps({"asked": _digest(json.dumps(asked)), "refused": refused, "outcomes": outcomes})
    return {"digest": _digest(text), "text": text}


def unpack(cached: Any, asked: Any, secrets_of: Mapping[str, str]) -> dict[str, Any] | None:
    """The outcomes in a cache; None where it is damaged, answers something else, or refused secrets changed since."""
    if not isinstance(cached, Mapping) or not isinstance(text := cached.get("text"), str):
        return None
    if cached.get("digest") != _digest(text):
        return None
    kept = json.loads(text)
    if kept["asked"] != _digest(json.dumps(asked)):
        return None
    if any(trace != _trace(secrets_of.get(host, "")) for host, trace in kept["refused"].items()):
        return None
    outcomes: dict[str, Any] = kept["outcomes"]
    return outcomes


def _is_refused(outcome: Mapping[str, Any]) -> bool:
    return (outcome.get("error") or {}).get("kind") == "login"


def _trace(secret: str) -> str:
    return hmac.new(_KEY, secret.encode(errors="surrogatepass"), "sha256").hexdigest()[:_DIGITS_OF_SECRET]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
