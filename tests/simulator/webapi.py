# SPDX-License-Identifier: GPL-3.0-or-later
"""The DSM WebAPI: parameters, versions, sessions, and what DSM's own APIs answer. As strict as hardware is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.simulator import noise
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import ABSENT, described, is_read, override
from ansible_collections.mailfleet.mailplus.tests.simulator.errors import ApiError
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import Fault
from ansible_collections.mailfleet.mailplus.tests.simulator.mailplus import to_json
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, Session, Write
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import (
    AUTH,
    COMPOUND,
    INFO,
    OWN,
    UI_CONFIG,
    Api,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.rows import RowList

WITHOUT_SESSION = (INFO, AUTH, UI_CONFIG)
MOVES = {"grow": RowList.grow, "shrink": RowList.shrink, "rotate": RowList.rotate}
REQUEST_ERRORS = {119: "unauth", 105: "noprivilege"}
_ROUTING = ("api", "version", "method", "_sid", "SynoToken")


@dataclasses.dataclass(frozen=True)
class Incoming:
    """What of a HTTP request matters to the WebAPI."""

    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    has_body: bool
    cookie: str | None
    token: str | None
    source: str


@dataclasses.dataclass
class Reply:
    body: bytes
    headers: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Call:
    api: str
    method: str
    version: int
    params: dict[str, Any]


def decode_items(compound: str) -> list[dict[str, Any]]:
    """The items of a compound; nothing where the text is not an array of objects."""
    try:
        items = json.loads(compound)
    except ValueError:
        return []
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def read_json_parameter(text: str) -> Any:
    """A JSON document or a bare string; so `True` is a text, which nothing takes for a boolean."""
    try:
        return json.loads(text)
    except ValueError:
        return text


class WebApi:
    def __init__(self, nas: Nas) -> None:
        self._nas = nas
        self._own: dict[str, Callable[[Call, Incoming, Reply], bytes]] = {
            INFO: self._query,
            AUTH: self._auth,
            UI_CONFIG: self._ui_config,
        }
        self.paths = {"entry.cgi", "query.cgi", "auth.cgi"} | {api.path for api in nas.apis.values()}

    def answer(self, incoming: Incoming) -> Reply:
        reply = Reply(b"")
        try:
            data = self._answer(incoming, reply)
        except ApiError as error:
            if isinstance(error.code, int) and error.code in REQUEST_ERRORS:
                reply.headers["x-request-error"] = REQUEST_ERRORS[error.code]
            reply.body = to_json(error.told)
        else:
            reply.body = b'{"data":%b,"success":true}' % data if data else b'{"success":true}'
        return reply

    def _answer(self, incoming: Incoming, reply: Reply) -> bytes:
        if not incoming.has_body:
            raise ApiError(101)
        params = {**incoming.query, **incoming.form}
        call = _outer_call(params)
        api = self._resolve(call, incoming.path)
        if api.json:
            call = dataclasses.replace(call, params=_json_parameters(params))
        session = None
        if call.api not in WITHOUT_SESSION:
            session = self._session(call, params, incoming)
        return self._run(call, session, incoming, reply)

    def _resolve(self, call: Call, path: str | None = None) -> Api:
        api = self._nas.apis.get(call.api)
        if api is None or (path is not None and path != api.path and path not in api.also_at):
            raise ApiError(102)
        if not api.oldest <= call.version <= api.newest:
            raise ApiError(104)
        if call.method not in api.methods_at(call.version):
            raise ApiError(103)
        return api

    def _session(self, call: Call, params: Mapping[str, str], incoming: Incoming) -> Session:
        session = self._nas.session(params.get("_sid", incoming.cookie), incoming.token)
        if session.expired is not None and not (call.api == COMPOUND and session.expired_in_items):
            raise ApiError(session.expired)
        return session

    def _run(self, call: Call, session: Session | None, incoming: Incoming, reply: Reply) -> bytes:
        """One call, whose API, version and method have been found to exist."""
        if call.api not in OWN and not is_read(call.api, call.method):
            self._nas.writes.append(Write(call.api, call.method, call.version, call.params))
        if session is not None:
            refused = self._nas.refusal(session.account, call.api, call.method)
            if refused is not None:
                raise ApiError(refused)
        if (call.api, call.method) == (AUTH, "login"):
            self._nas.login_attempts += 1
        struck = self._nas.faults.strike_call(call.api, call.method, call.version, incoming.path)
        if "error" in struck:
            raise ApiError(struck["error"]["code"], struck["error"]["errors"])
        if call.api == COMPOUND and session is not None:
            return self._compound(call, session, incoming, reply)
        if call.api in self._own:
            answer = self._own[call.api](call, incoming, reply)
        else:
            answer = self._read(call, session, struck)
        return self._altered(call, answer, struck["answer"]) if "answer" in struck else answer

    def _altered(self, call: Call, answer: bytes, fault: Fault) -> bytes:
        """An answer with other data; a session is then known by what its login tells."""
        before = json.loads(answer or b"{}")
        names = list(before) if fault["each"] else []
        if fault["data"] == ABSENT:
            return b""
        data = override(before, dict.fromkeys(names, fault["data"]) if names else fault["data"])
        if (call.api, call.method) == (AUTH, "login") and isinstance(data, dict):
            self._nas.rename(before["sid"], data.get("sid"), data.get("synotoken"))
        return to_json(data)

    def _read(self, call: Call, session: Session | None, struck: Mapping[str, Fault]) -> bytes:
        if self._nas.recorded is not None:
            return self._nas.recorded.answer(call.api, call.method, call.version, call.params)
        if not is_read(call.api, call.method):
            return b"{}"
        mailplus = self._nas.mailplus
        account = session.account if session else None
        answer = mailplus.answer(call.api, call.method, call.params, call.version, account)
        moves = [kind for kind in MOVES if kind in struck and "rows" in described(call.api, call.method, call.version)]
        for kind in moves:
            MOVES[kind](mailplus.rows(call.api, call.method, call.params, call.version), struck[kind]["rows"])
        return answer

    def _compound(self, call: Call, session: Session, incoming: Incoming, reply: Reply) -> bytes:
        items = call.params.get("compound")
        if items is None:
            raise ApiError(114, {"name": "compound", "reason": "required"})
        limit = self._nas.description.compound_limit
        if not isinstance(items, list) or (limit is not None and len(items) > limit):
            raise ApiError(120, {"name": "compound", "reason": "type"})
        stop = call.params.get("stop_when_error") is True
        results, failed = [], False
        for item in items:
            result, success = self._item(item, session, incoming, reply)
            results.append(result)
            failed = failed or not success
            if failed and stop:
                break
        return b'{"has_fail":%b,"result":[%b]}' % (b"true" if failed else b"false", b",".join(results))

    def _item(self, item: Any, session: Session, incoming: Incoming, reply: Reply) -> tuple[bytes, bool]:
        head = {key: item[key] for key in ("api", "method", "version") if key in item} if isinstance(item, dict) else {}
        start = to_json(head)[:-1] + (b"," if head else b"")
        try:
            data = self._run_item(item, session, incoming, reply)
        except ApiError as error:
            return start + to_json(error.told)[1:], False
        told = b'"data":%b,' % data if data else b""
        return b'%b%b"success":true}' % (start, told), True

    def _run_item(self, item: Any, session: Session, incoming: Incoming, reply: Reply) -> bytes:
        if not isinstance(item, dict):
            raise ApiError(101)
        call = _outer_call(item)
        if call.api in (COMPOUND, *WITHOUT_SESSION):
            raise ApiError(102)
        self._resolve(call)
        if session.expired is not None:
            raise ApiError(session.expired)
        return self._run(call, session, incoming, reply)

    def _query(self, call: Call, _incoming: Incoming, _reply: Reply) -> bytes:
        apis = self._nas.apis
        asked = call.params.get("query", "all")
        if asked == "all":
            return to_json({name: api.as_info() for name, api in apis.items()})
        wanted = asked.split(",")
        prefixes = tuple(name for name in wanted if name.endswith("."))
        return to_json(
            {name: api.as_info() for name, api in apis.items() if name in wanted or name.startswith(prefixes)}
        )

    def _auth(self, call: Call, incoming: Incoming, reply: Reply) -> bytes:
        params = call.params
        if call.method == "logout":
            self._nas.logout(params.get("_sid", incoming.cookie), incoming.token)
            return b""
        session, device = self._nas.login(params, incoming.source)
        if params.get("format", "cookie") == "cookie":
            secure = "; secure" if self._nas.https else ""
            reply.headers["Set-Cookie"] = f"id={session.sid}; path=/; HttpOnly{secure}"
        answer: dict[str, Any] = {"is_portal_port": False, "sid": session.sid, "synotoken": session.token}
        if call.version == 6:
            answer["did"] = device
        if call.version >= 7:
            answer.update(account=session.account.username, device_id=device, ik_message=self._handshake(params))
        return to_json(answer)

    def _handshake(self, params: Mapping[str, str]) -> str:
        message = params.get("ik_message")
        if not message:
            return ""
        try:
            return noise.encode(self._nas.handshake.answer(noise.decode(message)))
        except ValueError:
            return ""

    def _ui_config(self, _call: Call, _incoming: Incoming, reply: Reply) -> bytes:
        reply.headers["Set-Cookie"] = f"_SSID={noise.encode(self._nas.handshake.public_key)}; path=/"
        return b"{}"


def _outer_call(params: Mapping[str, Any]) -> Call:
    api, method, version = params.get("api"), params.get("method"), params.get("version")
    if not api or not method or not str(version).isdecimal():
        raise ApiError(101)
    return Call(
        str(api), str(method), int(str(version)), {k: v for k, v in params.items() if k not in _ROUTING or k == "_sid"}
    )


def _json_parameters(params: Mapping[str, str]) -> dict[str, Any]:
    return {key: read_json_parameter(value) for key, value in params.items() if key not in _ROUTING}
