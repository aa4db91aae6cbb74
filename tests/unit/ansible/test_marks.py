# SPDX-License-Identifier: GPL-3.0-or-later
"""Which text of an inventory's variables is marked as data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils import _marks

HOSTILE = "{{ lookup('pipe', 'id') }}"


def shown(value: Any) -> Any:
    """A value as ``ansible-inventory --list`` shows it."""
    return json.loads(json.dumps(value, cls=AnsibleJSONEncoder, preprocess_unsafe=True))


@pytest.mark.parametrize("word", ["ok", "not_gathered", "wrong_credentials", "2026-01-31T09:45:00Z"])
def test_words_of_our_own_are_plain(word: str) -> None:
    assert shown(_marks.own(word)) == word


@pytest.mark.parametrize("text", [HOSTILE, "ok {{ 1 }}", "ok\n", "OK", "[[ a ]]", "$(a)", "", "a" * 70, "٢٠٢٦"])
def test_what_a_cache_may_hold_there_is_data(text: str) -> None:
    assert shown(_marks.own(text)) == {"__ansible_unsafe": text}


def test_text_of_a_server_is_data_at_every_depth() -> None:
    section = {
        "status": "ok",
        "data": {"status": "ok", "deep": [{HOSTILE: HOSTILE}]},
        "summary": {"rows": 1},
        "error": {"kind": "failed", "name": "timeout", "message": HOSTILE, "hint": "ok"},
    }
    state = {"collected_at": "2026-01-31T09:45:00Z", "server": {"host": "nas"}, "sections": {"core": section}}
    mark = {"__ansible_unsafe": HOSTILE}
    assert shown(_marks.state(state)) == {
        "collected_at": "2026-01-31T09:45:00Z",
        "server": {"host": {"__ansible_unsafe": "nas"}},
        "sections": {
            "core": {
                "status": "ok",
                "data": {"status": {"__ansible_unsafe": "ok"}, "deep": [{HOSTILE: mark}]},
                "summary": {"rows": 1},
                "error": {"kind": "failed", "name": "timeout", "message": mark, "hint": {"__ansible_unsafe": "ok"}},
            }
        },
    }
    assert _marks.state(None) is _marks.error(None) is None
