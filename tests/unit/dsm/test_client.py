# SPDX-License-Identifier: GPL-3.0-or-later
"""Many reads in one request, their versions and paths, and what can never be sent."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm import client as client_module
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import Kind, NotAllowedError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.tests import simulator
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    AUTH,
    BATCH,
    COMPOUND,
    CORE,
    DISCOVERY,
    IMAP_POP3,
    INFO,
    LOGIN,
    LOGOUT,
    QUEUE,
    REPORT,
    SECURITY,
    SMTP_GENERAL,
    TEN,
    address_of,
    assert_clear,
    calls,
    client,
    credentials_of,
    gather,
    held,
    items_of,
    read_of,
    requests_of,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.raw_server import http, raw_server

FLEET = {
    "nas": {
        "one": {},
        "tls": {"https": True},
        "dsm6": {"dsm": 6, "versions": "listed"},
        "dsm5": {"dsm": 5},
        "old": {"apis": {SMTP_GENERAL: {"maxVersion": 1}, SECURITY: {"maxVersion": 2}, REPORT: "absent"}},
        "newer": {
            "apis": {SMTP_GENERAL: {"minVersion": 4, "maxVersion": 5}, SECURITY: {"minVersion": 5, "maxVersion": 6}}
        },
        "bare": {"package": False},
        "no_compound": {"apis": {COMPOUND: "absent"}},
        "compound_refused": {"permissions": {COMPOUND: 105}},
        "compound_small": {"compound_limit": 5},
        "refusing": {"permissions": {CORE: 105, QUEUE: 402, IMAP_POP3: 160}},
    },
    "defaults": {"https": False},
}
ALL = [replace(section.reads[0], params={"offset": 0, "limit": 50} if section.is_list else {}) for section in TEN]
BUSY = (108, 109, 110, 111, 117, 118)


def read(nas: Nas, *reads: Read) -> list[Reply]:
    with client(nas) as dsm:
        return dsm.read(reads or ALL)


def names(replies: list[Reply]) -> list[str]:
    return [reply.error.details.name if reply.error else "ok" for reply in replies]


def data_held(nas: Nas) -> list[Any]:
    return [held(nas, read.api, read.method, **read.params) for read in ALL]


# ----------------------------------------------------------------------------------------------- many in one request


def test_all_reads_are_one_request_answered_in_order(nas: Nas) -> None:
    replies = read(nas)
    assert calls(nas) == [LOGIN, BATCH, LOGOUT]
    assert [reply.data for reply in replies] == data_held(nas)
    assert [(item["api"], item["method"], item["version"]) for item in requests_of(nas, BATCH)[0].items] == [
        (read.api, read.method, max(read.versions)) for read in ALL
    ]
    assert items_of(nas, QUEUE) == [{"api": QUEUE, "method": "list", "version": 1, "offset": 0, "limit": 50}]


def test_the_order_is_that_of_the_question(nas: Nas) -> None:
    backwards = [held(nas, read.api, read.method, **read.params) for read in ALL[::-1]]
    assert [reply.data for reply in read(nas, *ALL[::-1])] == backwards


@pytest.mark.parametrize("name", ["one", "tls"])
def test_all_is_posted_on_one_connection(fleet: Fleet, name: str) -> None:
    nas = fleet[name]
    with client(nas, ca_path=str(fleet.ca_path)) as dsm:
        dsm.read(ALL)
        dsm.read(ALL[:1])
    assert len(nas.requests) == 4
    assert len({request.connection for request in nas.requests}) == 1
    assert {request.headers["Content-Type"] for request in nas.requests} == {"application/x-www-form-urlencoded"}


def test_nothing_asked_is_nothing_sent(nas: Nas) -> None:
    with client(nas) as dsm:
        assert dsm.read([]) == []
    assert calls(nas) == [LOGIN, LOGOUT]


def test_one_read_needs_no_batch(nas: Nas) -> None:
    replies = read(nas, read_of(QUEUE, "list", offset=3, limit=2, note='a "b" ü'))
    assert names(replies) == ["ok"]
    (request,) = requests_of(nas, (QUEUE, "list"))
    assert {key: request.form[key] for key in ("offset", "limit", "note")} == {
        "offset": "3",
        "limit": "2",
        "note": '"a \\"b\\" \\u00fc"',
    }


def test_each_error_belongs_to_its_read_alone(fleet: Fleet) -> None:
    nas = fleet["refusing"]
    replies = dict(zip([read.api for read in ALL], read(nas), strict=True))
    errors = {api: reply.error for api, reply in replies.items() if reply.error}
    assert {api: (error.kind, error.details.name) for api, error in errors.items()} == {
        CORE: (Kind.FORBIDDEN, "no_permission"),
        QUEUE: (Kind.FORBIDDEN, "no_permission"),
        IMAP_POP3: (Kind.FORBIDDEN, "no_application_privilege"),
    }
    assert all((reply.data is None) == (reply.error is not None) for reply in replies.values())
    for api, error in errors.items():
        assert (error.details.api, error.details.version) == (api, 2 if api == CORE else 1)
    assert calls(nas) == [LOGIN, BATCH, LOGOUT]


@pytest.mark.parametrize("code", BUSY)
@pytest.mark.parametrize("api", [QUEUE, COMPOUND])
def test_a_busy_dsm_is_asked_once_more_and_only_for_what_it_was_too_busy_for(
    nas: Nas, monkeypatch: pytest.MonkeyPatch, code: int, api: str
) -> None:
    monkeypatch.setattr(client_module, "_BUSY_SECONDS", 0.01)
    nas.faults.add("error", api=api, code=code, first=1)
    assert [reply.data for reply in read(nas)] == data_held(nas)
    assert calls(nas) == [LOGIN, BATCH, BATCH if api == COMPOUND else (QUEUE, "list"), LOGOUT]


@pytest.mark.parametrize("api", [QUEUE, COMPOUND])
def test_a_dsm_that_stays_busy_is_not_asked_a_third_time(nas: Nas, monkeypatch: pytest.MonkeyPatch, api: str) -> None:
    monkeypatch.setattr(client_module, "_BUSY_SECONDS", 0.01)
    nas.faults.add("error", api=api, code=117)
    replies = read(nas)
    assert len(calls(nas)) == 4
    busy = ALL if api == COMPOUND else [read for read in ALL if read.api == QUEUE]
    assert names(replies).count("system_busy") == len(busy)


def test_where_no_time_is_left_a_busy_dsm_is_called_so(nas: Nas) -> None:
    nas.faults.add("error", api=QUEUE, code=117)
    transport = HttpTransport(address_of(nas, deadline=time.monotonic() + 0.5))
    with Client(transport, credentials_of(nas), READ_ALLOWLIST) as dsm:
        replies = dsm.read(ALL)
    assert names(replies).count("system_busy") == 1
    assert calls(nas) == [LOGIN, BATCH, LOGOUT]


@pytest.mark.parametrize("name", ["no_compound", "compound_refused", "compound_small"])
def test_where_a_batch_is_refused_each_read_is_sent_alone_and_once(fleet: Fleet, name: str) -> None:
    nas = fleet[name]
    with client(nas) as dsm:
        replies = dsm.read(ALL)
        again = dsm.read(ALL)
    assert [reply.data for reply in replies] == data_held(nas)
    assert [reply.data for reply in again] == data_held(nas)
    singles = [(read.api, read.method) for read in ALL]
    assert calls(nas) == [LOGIN, BATCH, *singles, *singles, LOGOUT]


@pytest.mark.parametrize(
    "fault", [("short_result", {}), ("short_result", {"drop": len(ALL)}), ("reordered_result", {})]
)
def test_a_batch_answered_short_or_in_another_order_is_asked_one_by_one(
    nas: Nas, fault: tuple[str, dict[str, int]]
) -> None:
    nas.faults.add(fault[0], api=COMPOUND, **fault[1])
    assert [reply.data for reply in read(nas)] == data_held(nas)


ODD_BATCHES = (
    '{"success": true}',
    '{"success": true, "data": null}',
    '{"success": true, "data": []}',
    '{"success": true, "data": {"result": null}}',
    '{"success": true, "data": {"result": {"0": {}, "1": {}}}}',
    '{"success": true, "data": {"has_fail": false, "result": [null, 1]}}',
    '{"success": false}',
    '{"success": false, "error": {"code": 100, "errors": {"a": 1}}}',
    *(
        f'{{{outer}"data": {{"has_fail": false, "result": [{items}]}}}}'
        for outer, items in (
            # Whole, but not said to be a success …
            ('"success": false, ', '{"success": true, "data": {"b": 1}}, {"success": true, "data": {"b": 2}}'),
            ('"success": false, "error": {"code": 105}, ', '{"success": true, "data": {}}, {"success": true}'),
            ('"success": 1, ', '{"success": true, "data": {"b": 1}}, {"success": true, "data": {"b": 2}}'),
            ("", '{"success": true, "data": {"b": 1}}, {"success": true, "data": {"b": 2}}'),
            # … or not what was asked.
            *(
                (
                    '"success": true, ',
                    f'{{"success": true, {other}, "data": {{"b": 1}}}}, {{"success": true, "data": {{}}}}',
                )
                for other in ('"api": "SYNO.Other"', '"method": "set"', '"version": 2', '"version": null')
            ),
        )
    ),
)
ODD_ANSWERS = {
    '{"success": null}': "unknown_error",
    '{"error": {"code": 105}}': "no_permission",
    '{"success": false, "error": {"code": 105, "errors": [{"code": 1}]}}': "no_permission",
    '{"success": false, "error": {"code": 31337}}': "error",
    '{"success": false, "error": {"code": "105"}}': "no_permission",
    "{}": "unknown_error",
}
LOGGED_IN = http(b'{"success": true, "data": {"sid": "S", "synotoken": "T"}}')
LOGGED_OUT = http(b'{"success": true}')


def read_raw(*answers: bytes, reads: int = 1) -> tuple[list[Reply], int]:
    """The replies to ``reads`` where a server answers so; and how many requests it took beside login and logout."""
    with raw_server(LOGGED_IN, *answers, LOGGED_OUT) as raw:
        with Client(
            HttpTransport(Address("127.0.0.1", raw.port, https=False)), Credentials("u", "p"), READ_ALLOWLIST
        ) as dsm:
            replies = dsm.read([read_of(CORE), read_of(IMAP_POP3)][:reads])
        return replies, len(raw.received) - 2


@pytest.mark.parametrize("answer", ODD_BATCHES)
def test_an_odd_answer_to_a_batch_leads_to_single_reads(answer: str) -> None:
    single = http(b'{"success": true, "data": {"a": 1}}')
    replies, count = read_raw(http(answer.encode()), single, single, reads=2)
    assert [reply.data for reply in replies] == [{"a": 1}, {"a": 1}]
    assert count == 3


@pytest.mark.parametrize(("answer", "name"), ODD_ANSWERS.items())
def test_an_odd_answer_to_a_read_is_an_error_of_that_read(answer: str, name: str) -> None:
    replies, count = read_raw(http(answer.encode()))
    assert names(replies) == [name]
    assert count == 1


@pytest.mark.parametrize("data", [None, [], [1], {}, "", "text", 0, 1.5, True, False])
def test_a_success_is_handed_on_whatever_its_data_is(data: Any) -> None:
    item = {"success": True, "data": data}
    alone, count = read_raw(http(json.dumps(item).encode()))
    assert (names(alone), [reply.data for reply in alone], count) == (["ok"], [data], 1)
    both = {"success": True, "data": {"result": [item, {"success": True}]}}
    together, count = read_raw(http(json.dumps(both).encode()), reads=2)
    assert (names(together), [reply.data for reply in together], count) == (["ok", "ok"], [data, None], 1)


def test_items_that_do_not_name_their_api_are_taken_in_order() -> None:
    result = b'{"success": true, "data": {"result": [{"success": true, "data": {"a": 1}}, {"success": false}]}}'
    replies, count = read_raw(http(result), reads=2)
    assert replies[0].data == {"a": 1}
    assert names(replies) == ["ok", "unknown_error"]
    assert count == 1


# -------------------------------------------------------------------------------------------------- version and path


@pytest.mark.parametrize("name", ["one", "refusing", "no_compound"])
def test_discovery_is_not_asked_without_need(fleet: Fleet, name: str) -> None:
    read(fleet[name])
    assert DISCOVERY not in calls(fleet[name])


def test_discovery_is_asked_once_and_only_misfits_are_asked_again(fleet: Fleet) -> None:
    nas = fleet["old"]
    with client(nas) as dsm:
        replies = dict(zip([read.api for read in ALL], dsm.read(ALL), strict=True))
        again = dsm.read([read for read in ALL if read.api in (SMTP_GENERAL, CORE, QUEUE)])
    assert calls(nas) == [LOGIN, BATCH, DISCOVERY, BATCH, BATCH, LOGOUT]
    assert [item["version"] for item in items_of(nas, SMTP_GENERAL)] == [3, 1, 1]
    assert [item["version"] for item in items_of(nas, SECURITY)] == [4, 2]
    assert {api: reply.error.details.name for api, reply in replies.items() if reply.error} == {REPORT: "no_such_api"}
    assert len(items_of(nas, REPORT)) == 1
    assert names(again) == ["ok"] * 3


def test_a_misfit_of_one_api_says_nothing_of_another(nas: Nas) -> None:
    nas.faults.add("error", api=SMTP_GENERAL, code=103, first=1)
    assert names(read(nas)) == ["ok"] * len(ALL)
    assert calls(nas) == [LOGIN, BATCH, DISCOVERY, (SMTP_GENERAL, "get"), LOGOUT]
    assert [item["version"] for item in items_of(nas, SMTP_GENERAL)] == [3, 2]


@pytest.mark.parametrize("code", [102, 103, 104])
def test_a_misfit_at_every_version_ends_at_the_lowest(nas: Nas, code: int) -> None:
    nas.faults.add("error", api=SECURITY, code=code)
    replies = read(nas, *ALL)
    assert [item["version"] for item in items_of(nas, SECURITY)] == [4, 3, 2, 1]
    (error,) = [reply.error for reply in replies if reply.error]
    assert (error.kind, error.details.code, error.details.version) == (Kind.UNSUPPORTED, code, 1)
    assert calls(nas).count(DISCOVERY) == 1


def test_versions_nobody_knows_to_list_the_method_are_never_tried(fleet: Fleet) -> None:
    nas = fleet["newer"]
    replies = dict(zip([read.api for read in ALL], read(nas), strict=True))
    assert {api: reply.error.details.name for api, reply in replies.items() if reply.error} == {
        SMTP_GENERAL: "version_not_supported",
        SECURITY: "version_not_supported",
    }
    assert {item["version"] for item in items_of(nas, SMTP_GENERAL) + items_of(nas, SECURITY)} == {3, 4}


def test_a_newer_version_than_the_catalogue_knows_is_no_misfit(nas: Nas) -> None:
    assert nas.apis[SMTP_GENERAL].newest == 3
    assert names(read(nas, read_of(SMTP_GENERAL, versions=(1, 2)))) == ["ok"]
    assert DISCOVERY not in calls(nas)


def test_dsm_6_asks_discovery_once_for_login_and_reads(fleet: Fleet) -> None:
    nas = fleet["dsm6"]
    assert names(read(nas)) == ["ok"] * len(ALL)
    assert calls(nas).count(DISCOVERY) == 1


def test_another_path_is_found_and_kept(fleet: Fleet) -> None:
    nas = fleet["dsm5"]
    with client(nas) as dsm:
        assert names(dsm.read(ALL)) == ["ok"] * len(ALL)
        before = len(nas.requests)
        assert names(dsm.read(ALL)) == ["ok"] * len(ALL)
    path = nas.apis[QUEUE].path
    assert {request.path for request in nas.requests[before:-1]} == {f"/webapi/{path}"}
    assert calls(nas).count(DISCOVERY) == 1


def test_without_the_package_it_takes_four_requests(fleet: Fleet) -> None:
    nas = fleet["bare"]
    replies = read(nas)
    assert {reply.error.kind for reply in replies if reply.error} == {Kind.UNSUPPORTED}
    assert calls(nas) == [LOGIN, BATCH, DISCOVERY, LOGOUT]


def test_discovery_names_only_what_may_be_read(fleet: Fleet) -> None:
    nas = fleet["bare"]
    read(nas)
    (request,) = requests_of(nas, DISCOVERY)
    assert set(request.form["query"].split(",")) == {AUTH, COMPOUND, *(api for api, _method in READ_ALLOWLIST)}
    assert "_sid" not in request.form


@pytest.mark.parametrize("fault", ["html", "close", "cut_text"])
def test_discovery_that_fails_is_not_asked_for_every_read(fleet: Fleet, fault: str) -> None:
    nas = fleet["bare"]
    nas.faults.add(fault, api=INFO)
    replies = read(nas)
    assert {reply.error.kind for reply in replies if reply.error} == {Kind.UNSUPPORTED}
    assert calls(nas).count(DISCOVERY) == (2 if fault == "close" else 1)  # without any answer, it is sent once more


ODD_DISCOVERIES = (
    '{"success": false, "error": {"code": 100}}',
    '{"success": true}',
    '{"success": true, "data": []}',
    '{"success": true, "data": {"SYNO.MailPlusServer.MailPlus": null}}',
    '{"success": true, "data": {"SYNO.MailPlusServer.MailPlus": {"path": 1, "minVersion": 1, "maxVersion": 1}}}',
    '{"success": true, "data": {"SYNO.MailPlusServer.MailPlus": {"path": "entry.cgi", "maxVersion": "1"}}}',
    '{"success": true, "data": {"SYNO.MailPlusServer.MailPlus": {"path": "e.cgi", "minVersion": 9, "maxVersion": 1}}}',
    *(
        f'{{"success": true, "data": {{"{CORE}": {{"path": {path}, "minVersion": 1, "maxVersion": 1}}}}}}'
        for path in (
            '"entry.cgi?api=SYNO.Core.User&method=delete"',
            '"/webapi/entry.cgi"',
            '"../../x.cgi"',
            '"a/../x.cgi"',
            '"http://elsewhere.example.com/entry.cgi"',
            '"entry.cgi#x.cgi"',
            '"entry.cgi\\r\\nX: y"',
            '"%2e%2e/entry.cgi"',
            '"entry"',
            '""',
        )
    ),
)


@pytest.mark.parametrize("answer", ODD_DISCOVERIES)
def test_an_odd_answer_to_discovery_leaves_the_misfit_as_it_is(answer: str) -> None:
    misfit = http(b'{"success": false, "error": {"code": 104}}')
    replies, count = read_raw(misfit, http(answer.encode()))
    assert names(replies) == ["version_not_supported"]
    assert count == 2


@pytest.mark.parametrize(("code", "name"), [(114, "parameter_missing"), (120, "parameter_invalid")])
def test_a_parameter_that_does_not_fit_may_not_be_known(nas: Nas, code: int, name: str) -> None:
    nas.faults.add("error", api=QUEUE, code=code)
    (reply,) = read(nas, read_of(QUEUE, "list"))
    assert reply.error is not None
    assert (reply.error.kind, reply.error.details.name) == (Kind.FAILED, name)
    assert "may not be publicly known: mailplus_api_info can ask with other parameters." in str(reply.error)
    assert_clear(reply.error)


# --------------------------------------------------------------------------------------------------------- allowlist


def registry() -> dict[str, dict[str, Any]]:
    path = next(iter(simulator.__path__)) + "/mailplus_apis.yml"
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a package's path is a string
        apis: dict[str, dict[str, Any]] = yaml.safe_load(file)["apis"]
    return apis


def test_no_method_outside_the_allowlist_can_be_sent(nas: Nas) -> None:
    tried = 0
    with client(nas) as dsm:
        before = len(nas.requests)
        for api, facts in registry().items():
            for method in {method for methods in facts["methods"].values() for method in methods}:
                if (api, method) not in READ_ALLOWLIST:
                    tried += 1
                    with pytest.raises(NotAllowedError, match="read allowlist"):
                        dsm.read([*ALL, read_of(api, method)])
        assert len(nas.requests) == before
    assert tried > 200


@pytest.mark.parametrize(
    ("api", "method"),
    [
        (QUEUE, "flush_all"),
        (QUEUE, "LIST"),
        (QUEUE.lower(), "list"),
        (QUEUE, ""),
        ("", ""),
        LOGIN,
        LOGOUT,
        BATCH,
        DISCOVERY,
        ("SYNO.Core.System", "shutdown"),
    ],
)
def test_nothing_that_only_resembles_an_allowed_read_can_be_sent(nas: Nas, api: str, method: str) -> None:
    with client(nas) as dsm, pytest.raises(NotAllowedError):
        dsm.read([read_of(api, method)])
    assert calls(nas) == [LOGIN, LOGOUT]


@pytest.mark.parametrize("beside", [[], [read_of(CORE)]])
@pytest.mark.parametrize(
    "name", ["api", "method", "version", "_sid", "SynoToken", "METHOD", " method", "Method\t", "_SID"]
)
def test_parameters_cannot_say_what_is_called_or_by_whom(nas: Nas, name: str, beside: list[Read]) -> None:
    with client(nas) as dsm, pytest.raises(NotAllowedError):
        dsm.read([Read(QUEUE, "list", (1,), {name: "flush_all"}), *beside])
    assert calls(nas) == [LOGIN, LOGOUT]


def test_a_whole_gather_sends_nothing_but_the_allowlist(nas: Nas) -> None:
    gather(nas, limit=None)
    sent = {(item["api"], item["method"]) for request in nas.requests for item in request.items}
    assert sent == {(read.api, read.method) for read in ALL}
    assert set(calls(nas)) == {LOGIN, BATCH, LOGOUT}
