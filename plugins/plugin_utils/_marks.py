# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of a host as variables of an inventory: text of its server is marked as data, words of our own are not.

``ansible-inventory --list`` shows a mark as a mapping around the text: before ansible-core 2.19 around text that is
marked, since then around all text that nobody trusts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible.utils.unsafe_proxy import wrap_var

try:
    from ansible.template import trust_as_template
except ImportError:  # pragma: no cover - ansible-core before 2.19 trusts every text
    trust_as_template = str

# A status, a kind, a name of an error, or a time: nothing in them could begin a template, however that is written.
_OWN_WORD = re.compile(r"[a-z][a-z0-9_]{0,60}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_OF_ERROR = ("kind", "name")


def own(value: Any) -> Any:
    """What is a word of our own, unless a cache that somebody wrote holds something else there."""
    is_ours = isinstance(value, str) and _OWN_WORD.fullmatch(value)
    return trust_as_template(str.__str__(value)) if is_ours else wrap_var(value)


def error(value: Mapping[str, Any] | None) -> Any:
    """The error of a host or a section."""
    return _with_own(value, *_OF_ERROR)


def state(value: Mapping[str, Any] | None) -> Any:
    """The state of a host, as mailplus_facts returns it."""
    if value is None:
        return None
    sections = {name: _section(envelope) for name, envelope in value["sections"].items()}
    return {**_with_own({**value, "sections": {}}, "collected_at"), "sections": sections}


def _section(envelope: Mapping[str, Any]) -> Any:
    return {**_with_own(envelope, "status"), "error": error(envelope["error"])}


def _with_own(value: Mapping[str, Any] | None, *keys: str) -> Any:
    if not isinstance(value, Mapping):
        return wrap_var(value)
    return {**wrap_var(value), **{key: own(value[key]) for key in keys if key in value}}
