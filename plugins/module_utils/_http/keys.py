# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of a server as keys that mean nothing but themselves."""

from __future__ import annotations

import re

# Names reserved by the program that reads us: it takes an object with such a key for one of its own, at worst for
# code, or drops the key. A tilde in front makes it a name like any other; one more where there is one already, so that
# no two names become the same, and who takes one tilde away has the server's name.
_RESERVED = re.compile(r"~*_+ansible")


def as_key(text: str) -> str:
    """Text of a server as a key, which nothing takes for one of Ansible's own."""
    return f"~{text}" if _RESERVED.match(text) else text
