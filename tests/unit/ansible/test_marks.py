# SPDX-License-Identifier: GPL-3.0-or-later
"""Which text of an inventory's variables is marked as data."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.utils.unsafe_proxy import AnsibleUnsafe
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils import _marks

try:
    from ansible.template import is_trusted_as_template
except ImportError:  # ansible-core before 2.19
    is_trusted_as_template = None

HOSTILE = "{{ lookup('pipe', 'id') }}"


def shown(value: Any) -> Any:
    """A value with a mapping around each text that Ansible does not take for a template."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if not isinstance(value, str):
        return value
    is_data = isinstance(value, AnsibleUnsafe) if is_trusted_as_template is None else not is_trusted_as_template(value)
    return {"data": str.__str__(value)} if is_data else value


@pytest.mark.parametrize("word", ["ok", "not_gathered", "wrong_credentials", "2026-01-31T09:45:00Z"])
def test_words_of_our_own_are_plain(word: str) -> None:
    assert shown(_marks.own(word)) == word


@pytest.mark.parametrize("text", [HOSTILE, "ok {{ 1 }}", "ok\n", "OK", "[[ a ]]", "$(a)", "", "a" * 70, "٢٠٢٦"])
def test_what_a_cache_may_hold_there_is_data(text: str) -> None:
    assert shown(_marks.own(text)) == {"data": text}


def test_text_of_a_server_is_data_at_every_depth() -> None:
    section = {
        "status": "ok",
        "data": {"status": "ok", "deep": [{HOSTILE: HOSTILE}]},
        "summary": {"rows": 1},
        "error": {"kind": "failed", "name": "timeout", "message": HOSTILE, "hint": "ok"},
    }
    state = {"collected_at": "2026-01-31T09:45:00Z", "server": {"host": "nas"}, "sections": {"core": section}}
    mark = {"data": HOSTILE}
    assert shown(_marks.state(state)) == {
        "collected_at": "2026-01-31T09:45:00Z",
        "server": {"host": {"data": "nas"}},
        "sections": {
            "core": {
                "status": "ok",
                "data": {"status": {"data": "ok"}, "deep": [{HOSTILE: mark}]},
                "summary": {"rows": 1},
                "error": {"kind": "failed", "name": "timeout", "message": mark, "hint": {"data": "ok"}},
            }
        },
    }
    assert _marks.state(None) is _marks.error(None) is None
