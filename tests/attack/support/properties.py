# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every gather, whatever the server answers: each property names what breaks it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import (
    ALL,
    BY_NAME,
    select,
)
from ansible_collections.mailfleet.mailplus.tests.attack.support.wire import PASSWORD, Exchange, Run

AUTH, COMPOUND, INFO = "SYNO.API.Auth", "SYNO.Entry.Request", "SYNO.API.Info"
LOGIN, LOGOUT, BATCH = (AUTH, "login"), (AUTH, "logout"), (COMPOUND, "request")
MISFITS = (102, 103, 104)
STATUSES = ("ok", "unsupported", "forbidden", "failed")
ENVELOPE = {"status", "data", "summary", "error"}
LIST_ENVELOPE = ENVELOPE | {"total", "returned", "truncated"}
ERROR = {"name", "message", "hint", "api", "method", "version", "code"}
ANSIBLES = {"__ansible_type", "__ansible_vault", "__ansible_unsafe"}

_LARGEST = 2**53
_LONGEST = 1000
# A session id too odd for a client to have to send it back.
_PLAIN = re.compile(r"[\x21-\x7e]{1,200}")
_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.cgi")

Broken = Iterator[str]


# -------------------------------------------------------------------------------------------------- what came back


def shapes(run: Run) -> Broken:
    """Every envelope is in shape, of bounded numbers, and plain JSON that Ansible gives no meaning to."""
    if run.state is None:
        return
    if list(run.state.sections) != [section.name for section in select([ALL])]:
        yield f"sections are {list(run.state.sections)}"
    for name, envelope in run.state.sections.items():
        yield from (f"{name}: {what}" for what in _shape(BY_NAME[name], envelope))
    facts = run.state.as_facts()
    text = json.dumps(facts, allow_nan=False, ensure_ascii=False)
    text.encode()
    if json.loads(text) != facts:
        yield "the facts are not what their JSON says"
    if marks := ANSIBLES & set(_keys(facts)):
        yield f"the facts hold {marks}"


def _shape(section: Section, envelope: Mapping[str, Any]) -> Broken:
    if not (LIST_ENVELOPE if section.is_list else ENVELOPE) <= set(envelope):
        yield f"its keys are {list(envelope)}"
        return
    is_ok = envelope["status"] == "ok"
    if envelope["status"] not in STATUSES:
        yield f"its status is {envelope['status']}"
    is_mapping = isinstance(envelope["data"], dict)
    if section.each is None and is_mapping is not (is_ok and "data_type" not in envelope):
        yield f"{envelope['status']} has data {type(envelope['data'])} of type {envelope.get('data_type')}"
    if (envelope["error"] is None) is not is_ok:
        yield f"{envelope['status']} has the error {envelope['error']}"
    if not is_ok and envelope["data"] is not None and section.each is None:
        yield "it has data and is not ok"
    if envelope["error"] is not None:
        yield from _error(envelope["error"])
    if section.is_list:
        yield from _list_shape(envelope)


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _list_shape(envelope: Mapping[str, Any]) -> Broken:
    for key in ("total", "returned"):
        value = envelope[key]
        if value is not None and (not _is_whole(value) or not 0 <= value <= _LARGEST):
            yield f"{key} is {value!r:.50}"
    if envelope["truncated"] not in (None, True, False):
        yield f"truncated is {envelope['truncated']!r}"


def _error(error: dict[str, Any]) -> Broken:
    if not set(error) >= ERROR:
        yield f"an error has the keys {list(error)}"
        return
    for key in ("name", "message", "hint"):
        text = error[key]
        if not isinstance(text, str) or not text or len(text) > _LONGEST or not text.isprintable():
            yield f"an error's {key} is {text!r:.80}"
    if error["code"] is not None and (not _is_whole(error["code"]) or abs(error["code"]) > _LARGEST):
        yield f"an error's code is {error['code']!r:.50}"


def raised(run: Run) -> Broken:
    """What ends a gather is one clear line, of the connection or the login."""
    if run.error is not None:
        yield from _error(run.error.details.as_dict())
        if run.error.kind not in (Kind.LOCAL, Kind.CONNECTION, Kind.LOGIN, Kind.FAILED):
            yield f"a gather ended with {run.error.kind}"


def secrets(run: Run) -> Broken:
    """Nothing that opens the server is in what comes back, nor in a path."""
    facts = [run.state.as_facts(), run.state.warnings] if run.state else []
    shown = json.dumps([facts, str(run.error), repr(run.error), [exchange.path for exchange in run.exchanges]])
    known = {PASSWORD} | {secret for told in _logins(run) for secret in told if len(secret) >= len("12345678")}
    yield from (f"{secret:.20} is shown" for secret in known if json.dumps(secret)[1:-1] in shown)


# ------------------------------------------------------------------------------------------------------ what was sent


def sent(run: Run) -> Broken:
    """Only what reads, only where DSM has it, and in no header what breaks one."""
    for exchange in run.exchanges:
        if not _PATH.fullmatch(exchange.path):
            yield f"the path {exchange.path!r:.80}"
        if exchange.call == BATCH:
            calls = [(item["api"], item["method"]) for item in json.loads(exchange.form["compound"])]
        else:
            calls = [exchange.call]
        allowed = {*READ_ALLOWLIST, *((LOGIN, LOGOUT, (INFO, "query")) if exchange.call != BATCH else ())}
        yield from (f"{call} was sent" for call in calls if call not in allowed)
        for name, value in exchange.headers.items():
            if not (value.isascii() and value.isprintable()):
                yield f"the header {name} {value!r:.80}"


def logins(run: Run) -> Broken:
    """One login, a second one after the session ended; none after one that may have been refused."""
    told = [_outcome(exchange) for exchange in run.exchanges if exchange.call == LOGIN]
    if "refused" in told[:-1]:
        yield f"a login after a refused one: {told}"
    if told.count("open") > 2 or len(told) > 4:
        yield f"logins: {told}"


def logouts(run: Run) -> Broken:
    """What was opened is closed."""
    opened = [exchange for exchange in run.exchanges if exchange.call == LOGIN and _outcome(exchange) == "open"]
    closed = [exchange.form.get("_sid") for exchange in run.exchanges if exchange.call == LOGOUT]
    sids = {str((exchange.document or {})["data"]["sid"]) for exchange in opened}
    yield from (f"the session {sid!r:.20} stays open" for sid in sids if _PLAIN.fullmatch(sid) and sid not in closed)


def _outcome(login: Exchange) -> str:
    document = login.document or {}
    data = document.get("data")
    if document.get("success") is True:
        return "open" if isinstance(data, dict) and isinstance(data.get("sid"), str) and data["sid"] else "refused"
    error = document.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return "elsewhere" if str(code) in map(str, MISFITS) else "refused"


def _logins(run: Run) -> Iterator[tuple[str, ...]]:
    """The session ids and tokens that the server told."""
    for exchange in run.exchanges:
        data = (exchange.document or {}).get("data") if exchange.call == LOGIN else None
        if isinstance(data, dict):
            yield tuple(value for key in ("sid", "synotoken") if isinstance(value := data.get(key), str))


# ---------------------------------------------------------------------------------------------------- what is believed


def witnesses(run: Run) -> Broken:
    """A section is ok only where a whole answer, to just that question, said so, and its data is what that said."""
    if run.state is None:
        return
    said: dict[tuple[str, str], list[Any]] = {}
    for exchange in run.exchanges:
        for call, data in _successes(exchange):
            said.setdefault(call, []).append(data)
    for name, envelope in run.state.sections.items():
        if envelope["status"] == "ok":
            reads = [(read.api, read.method) for read in BY_NAME[name].reads]
            answers = [data for call in reads for data in said.get(call, [])]
            yield from (f"{name} {what}" for what in _unsaid(BY_NAME[name], envelope, answers))


def _unsaid(section: Section, envelope: Mapping[str, Any], answers: list[Any]) -> Broken:
    for one in _told(section, envelope):
        if not (_is_joined(one, answers) if section.has_rows else one["data"] in answers):
            yield "is ok, and no answer says what it holds"
    if section.is_list and envelope["truncated"] is False and _fewest(answers) > (envelope["returned"] or 0):
        yield f"has {envelope['returned']} rows of {_fewest(answers)}, and is not truncated"


def _told(section: Section, envelope: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The envelopes that hold an answer: one, or that of each entry."""
    if not section.each:
        return [envelope]
    return [{**one, "data": envelope["data"][name]} for name, one in envelope["each"].items()]


def _is_joined(envelope: Mapping[str, Any], answers: list[Any]) -> bool:
    """Whether every value stands in an answer, rows in any of them."""
    if not isinstance(envelope["data"], dict):
        lists = [answer for answer in answers if isinstance(answer, list)]
        rows = envelope["data"] if isinstance(envelope["data"], list) else []
        return envelope["data"] in answers or (bool(rows) and all(any(row in each for each in lists) for row in rows))
    answers = [answer for answer in answers if isinstance(answer, dict)]
    return bool(answers) and all(
        any(answer.get(key) == value and key in answer for answer in answers)
        or (isinstance(value, list) and all(any(row in _rows(answer, key) for answer in answers) for row in value))
        for key, value in envelope["data"].items()
    )


def _fewest(answers: list[Any]) -> int:
    """How many rows every answer says there are."""
    totals = [answer.get("total") for answer in answers if isinstance(answer, dict)]
    return min((total for total in totals if _is_whole(total)), default=0)


def _rows(answer: dict[str, Any], key: str) -> list[Any]:
    rows = answer.get(key)
    return rows if isinstance(rows, list) else []


def _successes(exchange: Exchange) -> Iterator[tuple[tuple[str, str], Any]]:
    document = exchange.document
    if document is None or document.get("success") is not True:
        return
    data = document.get("data")
    if exchange.call != BATCH:
        yield exchange.call, data
        return
    asked = json.loads(exchange.form["compound"])
    results = data.get("result") if isinstance(data, dict) else None
    if not isinstance(results, list) or len(results) != len(asked):
        return
    for item, result in zip(asked, results, strict=True):
        if not isinstance(result, dict) or result.get("success") is not True:
            continue
        if all(str(result.get(key, item[key])) == str(item[key]) for key in ("api", "method", "version")):
            yield (item["api"], item["method"]), result.get("data")


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)


PROPERTIES: tuple[Callable[[Run], Broken], ...] = (shapes, raised, secrets, sent, logins, logouts, witnesses)


def broken(run: Run) -> list[str]:
    """Everything that does not hold."""
    return [f"{check.__name__}: {what}" for check in PROPERTIES for what in check(run)]
