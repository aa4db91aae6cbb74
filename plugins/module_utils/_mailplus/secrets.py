# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets inside answers, such as the password of a relay: replaced before anything else sees them."""

from __future__ import annotations

import re
from typing import Any

MARKER = "[hidden]"

# The keys of most answers are not known, so a key is judged by its name. Names that end like this hold a secret …
_SECRET_END = re.compile(r"(password|passwd|passphrase|passwort|pwd|secret|token|privatekey|apikey|sharedkey|pass)\d*$")
# … and text under a name that holds one of these may be one: a policy or a length is not text.
_SECRET_PART = re.compile(r"password|passwd|passphrase|secret|privatekey")


def hide_secrets(value: Any) -> Any:
    """A copy of ``value`` with MARKER in place of every secret, at any depth.

    Empty text stays, since it tells that no secret is set; so do true, false and null.
    """
    if isinstance(value, dict):
        return {key: MARKER if _is_secret(key, item) else hide_secrets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [hide_secrets(item) for item in value]
    return value


def _is_secret(key: str, value: Any) -> bool:
    if value is None or isinstance(value, bool) or value == "":
        return False
    name = re.sub(r"[^a-z0-9]", "", key.lower())
    return bool(_SECRET_END.search(name)) or (isinstance(value, str) and bool(_SECRET_PART.search(name)))
