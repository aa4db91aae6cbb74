# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated NAS answers to every read that is allowed, as a raw recording."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Answer, Recording
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import choices, default_answers, described
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.mailplus import MailPlus

RECORDED_AT = 1_773_000_000  # 2026-03-08T20:00:00Z
_MOST_ENTRIES = 2
_PAGE = 40


@lru_cache(maxsize=1)
def _text() -> str:
    return json.dumps(_recording())


def simulated() -> Recording:
    """A new one each time."""
    recording: Recording = json.loads(_text())
    return recording


def recording_of(answers: list[Answer], recorded_at: str = "2026-03-08T20:00:00Z") -> Recording:
    recording: Any = {
        "recording_version": 1,
        "recorded_at": recorded_at,
        "strict": False,
        "auth_version": 7,
        "apis": {"SYNO.MailPlusServer.Alias": {"path": "entry.cgi", "minVersion": 1, "maxVersion": 2}},
        "answers": answers,
        "not_asked": [{"api": "SYNO.MailPlusServer.Alias", "method": "list", "reason": "It may do work on the NAS."}],
    }
    return recording  # type: ignore[no-any-return]


def answer_of(data: Any, api: str = "SYNO.Core.Unheard.Of", method: str = "get", **more: Any) -> Answer:
    answer: Any = {"api": api, "method": method, "version": 1, "params": {}, "seconds": 0.02, "size": 100}
    answer |= {"success": True, "data": data, **more}
    return answer  # type: ignore[no-any-return]


def _recording() -> Recording:
    description = read_fleet({"now": RECORDED_AT, "nas": {"one": {}}}).nas["one"]
    mailplus = MailPlus("one", "mail.firma-testa.example.net", description, RECORDED_AT, [("one", "mail.example.net")])
    answers = [
        _answer(mailplus, api, method, params)
        for api, methods in default_answers().items()
        for method in methods
        if (api, method) in READ_ALLOWLIST
        for params in _params(mailplus, api, method)
    ]
    return recording_of(answers)


def _answer(mailplus: MailPlus, api: str, method: str, params: Mapping[str, Any]) -> Answer:
    body = mailplus.answer(api, method, {**params, "limit": _PAGE})
    answer = answer_of(json.loads(body or b"null"), api, method, params=dict(params))
    if not body:
        del answer["data"]
    return answer


def _params(mailplus: MailPlus, api: str, method: str) -> list[dict[str, Any]]:
    """Those that the read needs: of what another read tells, those of its first entries."""
    found: list[dict[str, Any]] = [{}]
    for name, choice in described(api, method, 1).get("needs", {}).items():
        found = [{**one, name: value} for one in found for value in _values(mailplus, choice, one)[:_MOST_ENTRIES]]
    return found


def _values(mailplus: MailPlus, choice: str | list[str], params: Mapping[str, Any]) -> list[Any]:
    if isinstance(choice, list):
        return choice
    told = choices()[choice]
    api, method = told["read"]
    data = json.loads(mailplus.answer(api, method, params))
    return [next(row[key] for key in told["keys"] if key in row) for row in data[told["rows"]]]
