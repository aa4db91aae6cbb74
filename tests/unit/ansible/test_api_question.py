# SPDX-License-Identifier: GPL-3.0-or-later
"""One read by name: what it sends, what it returns, and the one line of what it refuses before anything is sent."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.api_question import ApiQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import ROWS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    BATCH,
    LOGIN,
    LOGOUT,
    PREFIX,
    QUEUE,
    SECURITY,
    SMTP_GENERAL,
    calls,
    held,
    items_of,
    requests_of,
)

FLEET = {
    "nas": {
        "one": {},
        "bare": {"package": False},
        "older": {"apis": {SECURITY: {"maxVersion": 2}}},
        "partly": {"permissions": {QUEUE: 5615, "SYNO.Core.*": 105}},
    },
    "defaults": {"https": False},
}
QUESTION = ApiQuestion()
DETAIL = PREFIX + "Account.Detail"
NOWHERE = {"host": "nas.example.com", "username": "auditor", "password": "S3cret & 1"}
KEYS = {"status", "data", "summary", "error"}


def ask(nas: Nas, api: Any, method: Any, **given: Any) -> dict[str, Any]:
    connection = {"host": nas.host, "port": nas.port, "https": False}
    login = {"username": nas.username, "password": nas.password}
    return answer(**connection, **login, api=api, method=method, **given)


def answer(**given: Any) -> dict[str, Any]:
    validated = ArgumentSpecValidator(QUESTION.argument_spec).validate(given)
    assert validated.error_messages == []
    return QUESTION.answer(validated.validated_parameters)


def complaint(api: Any = "Queue", method: Any = "list", **given: Any) -> str:
    """The one line that a bad option gets, before any NAS is asked."""
    result = answer(**NOWHERE, api=api, method=method, **given)
    assert set(result) == {"changed", "failed", "msg", "error"}
    assert (result["changed"], result["failed"], result["error"]) == (False, True, None)
    assert len(result["msg"].splitlines()) == 1
    assert result["msg"].isprintable()
    assert len(result["msg"]) < 700
    return str(result["msg"])


# ------------------------------------------------------------------------------------------------------ what is asked


def test_a_pair_is_one_request_of_its_own_between_login_and_logout(nas: Nas) -> None:
    result = ask(nas, "Queue", "list")
    assert calls(nas) == [LOGIN, (QUEUE, "list"), LOGOUT]
    assert result["asked"] == {"api": QUEUE, "method": "list", "version": 1}
    assert result["answer"]["data"] == held(nas, QUEUE, "list")
    assert (result["changed"], result["warnings"]) == (False, [])
    assert set(result) == {"changed", "asked", "answer", "warnings"}
    assert set(result["answer"]) == KEYS


@pytest.mark.parametrize("api", ["Queue", QUEUE])
def test_an_api_goes_by_its_short_and_by_its_whole_name(nas: Nas, api: str) -> None:
    assert ask(nas, api, "conf_get")["asked"]["api"] == QUEUE


def test_dsm_goes_by_its_whole_name(nas: Nas) -> None:
    result = ask(nas, "SYNO.DSM.Info", "getinfo")
    assert result["asked"] == {"api": "SYNO.DSM.Info", "method": "getinfo", "version": 2}
    assert result["answer"]["data"]["model"]
    assert "api is 'DSM.Info'" in complaint("DSM.Info", "getinfo")


def test_parameters_are_sent_as_they_are(nas: Nas) -> None:
    given = {
        "name": "Ünïcode & more",
        "count": 3,
        "ratio": 0.5,
        "on": True,
        "none": None,
        "list": [1, ["a"], {}],
        "of-all_1": {"Key with {{ 7*7 }}": [None]},
        "text_of_json": "[1]",
    }
    ask(nas, "Queue", "list", params=given)
    (request,) = requests_of(nas, (QUEUE, "list"))
    own = {key: value for key, value in request.form.items() if key not in ("api", "method", "version", "_sid")}
    assert {key: json.loads(value) for key, value in own.items()} == given


def test_a_list_has_the_page_that_was_asked_for(nas: Nas) -> None:
    found = ask(nas, "Queue", "list", params={"offset": 1, "limit": 2})["answer"]["data"]
    assert found == held(nas, QUEUE, "list", offset=1, limit=2)
    assert len(found["items"]) == 2
    (item,) = items_of(nas, QUEUE)
    assert (item["offset"], item["limit"]) == ("1", "2")


def test_what_a_section_sends_of_itself_is_not_sent(nas: Nas) -> None:
    ask(nas, "SYNO.Core.Package", "list")
    (item,) = items_of(nas, "SYNO.Core.Package")
    assert "additional" not in item


@pytest.mark.parametrize(("name", "version"), [("one", 4), ("older", 2)])
def test_the_newest_version_that_the_nas_has_is_asked_and_told(fleet: Fleet, name: str, version: int) -> None:
    result = ask(fleet[name], "Security", "get")
    assert result["asked"]["version"] == version
    assert result["answer"]["status"] == "ok"


def test_the_version_that_is_named_is_asked_and_no_other(fleet: Fleet) -> None:
    assert ask(fleet["one"], "Security", "get", version="1")["asked"]["version"] == 1
    assert [item["version"] for item in items_of(fleet["one"], SECURITY)] == [1]
    result = ask(fleet["older"], "Security", "get", version=3)
    assert (result["failed"], result["answer"]["status"]) == (True, "unsupported")
    assert {item["version"] for item in items_of(fleet["older"], SECURITY)} == {3}


@pytest.mark.parametrize("pair", sorted(ROWS), ids=" ".join)
def test_every_pair_of_the_allowlist_can_be_asked(nas: Nas, pair: tuple[str, str]) -> None:
    result = ask(nas, *pair, allow_checks=True)
    error = result["answer"]["error"]
    assert error is None or error["code"] == 114, error
    assert set(calls(nas)) == {LOGIN, pair, LOGOUT}


def test_a_check_is_sent_only_with_the_wish_for_checks(nas: Nas) -> None:
    checks = [pair for pair, row in ROWS.items() if row.kind is Kind.CHECK]
    assert len(checks) == 11
    for pair in checks:
        for wish in ({}, {"allow_checks": False}, {"allow_checks": "no"}):
            result = ask(nas, *pair, **wish)
            assert "Set allow_checks to true" in result["msg"]
    assert nas.requests == []
    assert ask(nas, "Cluster", "check_health", allow_checks=True)["answer"]["status"] == "ok"


# ---------------------------------------------------------------------------------------------------- what comes back


@pytest.mark.parametrize(
    ("data", "data_type"),
    [([], "list"), ([{"a": 1}], "list"), (7, "number"), ("text", "text"), (False, "boolean"), (None, "nothing")],
)
def test_an_answer_of_any_type_comes_back_as_it_is(nas: Nas, data: Any, data_type: str) -> None:
    nas.faults.add("answer", api=QUEUE, data=data)
    envelope = ask(nas, "Queue", "list")["answer"]
    assert envelope == {"status": "ok", "data": data, "summary": {}, "error": None, "data_type": data_type}


def test_secrets_are_hidden_unless_they_are_wanted(nas: Nas) -> None:
    for reveal in (False, True):
        shown = json.dumps(ask(nas, "SMTP.General", "get", reveal_secrets=reveal))
        assert (held(nas, SMTP_GENERAL, "get")["relay"]["password"] in shown) is reveal


def test_what_a_section_holds_secret_is_secret_here_too() -> None:
    keys = BY_NAME["licenses"].secret
    assert keys
    for method in ("list", "list_by_device", "list_by_account"):
        assert plan_of("License", method).secret == keys
    assert plan_of("License.BitDefender", "list_and_check").secret == keys
    assert plan_of("RemoteMigrate", "get_general").secret


def plan_of(api: str, method: str) -> Any:
    (section,) = QUESTION._plan(
        {"api": api, "method": method, "version": None, "params": {}, "allow_checks": True, "reveal_secrets": False},
        check_mode=False,
    ).sections
    return section


@pytest.mark.parametrize("code", [114, 120])
def test_a_parameter_that_dsm_refuses_is_told_with_its_code_and_what_to_do(nas: Nas, code: int) -> None:
    nas.faults.add("error", api=DETAIL, code=code)
    result = ask(nas, "Account.Detail", "get", params={"wrong": 1})
    assert f"code {code}" in result["msg"]
    assert "developer tools" in result["msg"]
    assert result["error"] == result["answer"]["error"]
    assert (result["error"]["code"], result["failed"], result["answer"]["status"]) == (code, True, "failed")
    assert result["asked"] == {"api": DETAIL, "method": "get", "version": 1}


@pytest.mark.parametrize(
    ("api", "method", "hint"),
    [
        ("Queue", "list", f"option {BY_NAME['queue'].privilege!r}"),
        ("SYNO.Core.Certificate.CRT", "list", "Use a DSM administrator"),
    ],
)
def test_a_refusal_says_who_may_read_it(fleet: Fleet, api: str, method: str, hint: str) -> None:
    result = ask(fleet["partly"], api, method)
    assert (result["failed"], result["answer"]["status"]) == (True, "forbidden")
    assert hint in result["msg"]


def test_a_nas_without_the_api_fails_the_task(fleet: Fleet) -> None:
    result = ask(fleet["bare"], "Queue", "list")
    assert (result["failed"], result["answer"]["status"], result["error"]["code"]) == (True, "unsupported", 102)


# ------------------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("api", "meant"),
    [
        ("queue", "Did you mean Queue?"),
        ("Queu", "Queue"),
        ("SMTP.Generl", "SMTP.General"),
        (PREFIX + "quEUE", "Queue"),
        ("SYNO.MailPlusServer.SYNO.MailPlusServer.Queue", ""),
        ("SYNO.MailPlusServer.SYNO.DSM.Info", ""),
        ("Queue ", "Queue"),
        (" Queue", "Queue"),
        ("Queue\n", "Queue"),
        ("Queue\0", "Queue"),
        ("Queue.", "Queue"),
        (".Queue", "Queue"),
        ("Queue.list", ""),
        ("\u051aueue", ""),
        ("\uff31ueue", ""),
        ("Queue\u200b", ""),
        ("", ""),
        ("SYNO.MailPlusServer.", ""),
        ("SYNO.API.Auth", ""),
        ("SYNO.Entry.Request", ""),
        ("SYNO.Core.User", ""),
        ("Personal.Forward", ""),
        ("Audit.SearchTaskResult", ""),
        (["Queue"], ""),
        ({"Queue": "list"}, ""),
        (1, ""),
        (True, ""),
        ("Queue" * 10_000, ""),
        ("\x1b[31mQueue\r\n", ""),
        ("{{ lookup('env', 'HOME') }}", ""),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_an_unknown_api_is_refused_with_those_that_are_alike(api: Any, meant: str) -> None:
    text = complaint(api)
    assert text.startswith("api is ")
    assert meant in text


@pytest.mark.parametrize(
    "method",
    [
        "flush_all", "delete", "conf_set", "LIST", "list ", " list", "list\n", "list\0", "lis", "", "\uff4cist",
        "list&method=flush",
        ["list"], {"list": 1}, 0, None.__class__.__name__,
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_an_unknown_method_is_refused_with_those_of_the_api(method: Any) -> None:
    text = complaint("Queue", method)
    assert text.startswith("method is ")
    assert text.endswith("It has conf_get, list.")


def test_a_version_that_is_not_known_is_refused() -> None:
    assert complaint("RemoteMigrate", "get_general", version=5).endswith("is known in 1, 2, 3, 4.")
    for version in (0, -1, 99):
        assert complaint(version=version).endswith("is known in 1.")


RESERVED = ["api", "method", "version", "_sid", "SynoToken", "compound", "mode", "stop_when_error"]
SPELLED = [
    spelling
    for name in RESERVED
    for spelling in (name, name.upper(), name.title(), f" {name}", f"{name} ", f"{name}\t", f"\0{name}", f"{name}\n")
]


@pytest.mark.parametrize("name", SPELLED, ids=ascii)
def test_a_parameter_cannot_say_what_is_called_or_by_whom(name: str) -> None:
    assert "is not a parameter of a read" in (text := complaint(params={name: "x"})) or "is no name" in text


@pytest.mark.parametrize(
    "name",
    ["", "1a", "-a", "_a", "a b", "a=b", "a&b", "a.b", "a[]", "ä", "\uff41pi", "a\0", "a" * 65, 1, None, True, 1.5],
    ids=ascii,
)  # fmt: skip
def test_a_parameter_has_a_plain_name(name: Any) -> None:
    assert "is no name of a parameter" in complaint(params={name: 1})


def nested(levels: int) -> Any:
    value: Any = 0
    for _level in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, b"bytes", {1, 2}, object(), {1: 2}, {None: 1}, 2**63, -(10**5000), [math.nan],
     {"a": {"b": b""}}, 1j],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_value_that_json_has_not_is_refused(value: Any) -> None:
    assert "cannot be sent as JSON" in complaint(params={"a": value})


def test_a_value_that_is_too_deep_or_too_large_is_refused() -> None:
    assert "nested deeper than 16 levels" in complaint(params={"a": nested(17)})
    assert "nested deeper than 16 levels" in complaint(params={"a": nested(100)})
    assert "at most 65536 are sent" in complaint(params={"a": "x" * 70_000})
    assert "at most 65536 are sent" in complaint(params={f"a{number}": number for number in range(9000)})


@pytest.mark.parametrize("action", ["delete", "", "Find", "enum ", ["find"], {"find": 1}, None, True, 0])
def test_an_action_that_is_not_known_to_read_is_refused(action: Any) -> None:
    for name in ("action", "Action", "ACTION"):
        assert "only enum and find are known to read" in complaint(
            "Alias", "list", params={"domain_id": 1, name: action}
        )


@pytest.mark.parametrize("action", ["enum", "find"])
def test_an_action_that_is_known_to_read_is_sent(nas: Nas, action: str) -> None:
    ask(nas, "Alias", "list", params={"domain_id": 1, "action": action})
    assert [json.loads(item["action"]) for item in items_of(nas, PREFIX + "Alias")] == [action]
    assert BATCH not in calls(nas)
