# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one server, over HTTP: what was read is what the server holds, what was not is said so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION, State
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    ADMIN_LOG,
    AUTH,
    BATCH,
    COMPOUND,
    CORE,
    DISCOVERY,
    IMAP_POP3,
    INFO,
    LOGIN,
    LOGOUT,
    PREFIX,
    QUEUE,
    REPORT,
    SECURITY,
    SMTP_GENERAL,
    TEN,
    assert_clear,
    calls,
    gather,
    held,
    items_of,
    requests_of,
)

LONG = {"queue": {"total": 1300}, "admin_log": {"total": 1300}, "transaction_log": {"total": 700}}
FLEET = {
    "nas": {
        "one": {},
        "long": LONG,
        "bare": {"package": False},
        "partly": {
            "apis": {REPORT: "absent", SMTP_GENERAL: {"minVersion": 4, "maxVersion": 5}},
            "permissions": {QUEUE: 105, CORE: 402, IMAP_POP3: 160},
        },
        "hostile": {"hostile": True},
        "dsm6": {"dsm": 6},
        "down": {"unreachable": True},
    },
    "defaults": {"https": False},
}
KEYS = {"status", "data", "summary", "error"}
OF_OTHER_TYPES = {"data_type"}
LIST_KEYS = KEYS | {"total", "returned", "truncated", "rows_key"}
LISTS = [section.name for section in TEN if section.is_list]


def statuses(state: State) -> dict[str, str]:
    return {name: envelope["status"] for name, envelope in state.sections.items()}


def assert_shapes(state: State) -> None:
    """Every envelope has its keys and nothing but plain JSON."""
    for name, envelope in state.sections.items():
        assert set(envelope) - OF_OTHER_TYPES == (LIST_KEYS if BY_NAME[name].is_list else KEYS)
        assert (envelope["error"] is None) == (envelope["status"] == "ok")
        is_mapping = isinstance(envelope["data"], dict)
        assert is_mapping == (envelope["status"] == "ok" and "data_type" not in envelope)
    assert json.loads(json.dumps(state.as_facts(), allow_nan=False)) == state.as_facts()


def answer_queue(nas: Nas, **data: Any) -> dict[str, Any]:
    """The queue's envelope where its answer has these keys (``__absent__`` takes one away)."""
    nas.set_answer(QUEUE, "list", data)
    state = gather(nas)
    assert_shapes(state)
    assert {status for name, status in statuses(state).items() if name != "queue"} == {"ok"}
    envelope: dict[str, Any] = state.sections["queue"]
    return envelope


# ---------------------------------------------------------------------------------------------------- what was read


def test_everything_is_read_key_for_key_in_three_requests_on_one_connection(nas: Nas) -> None:
    state = gather(nas, reveal_secrets=True)
    assert_shapes(state)
    for section in TEN:
        params = {"offset": 0, "limit": 50} if section.is_list else {}
        assert state.sections[section.name]["data"] == held(
            nas, section.reads[0].api, section.reads[0].method, **params
        )
    assert calls(nas) == [LOGIN, BATCH, LOGOUT]
    assert len({request.connection for request in nas.requests}) == 1
    assert state.warnings == []


def test_the_sections_come_in_the_order_of_the_catalogue(nas: Nas) -> None:
    wanted = {"queue", "core", "admin_log", "transaction_log"}
    assert list(gather(nas, *wanted).sections) == [name for name in BY_NAME if name in wanted]


def test_only_what_was_asked_for_is_read(nas: Nas) -> None:
    state = gather(nas, "report", "queue")
    assert set(state.sections) == {"report", "queue"}
    assert {item["api"] for item in requests_of(nas, BATCH)[0].items} == {REPORT, QUEUE}


@pytest.mark.parametrize(("name", "version"), [("one", 7), ("dsm6", 6)])
def test_the_state_says_which_server_was_asked(fleet: Fleet, name: str, version: int) -> None:
    nas = fleet[name]
    facts = gather(nas).as_facts()
    told = {"host": nas.host, "port": nas.port, "https": False, "auth_version": version, "time_zone": None}
    assert facts["server"] == told
    assert facts["schema_version"] == SCHEMA_VERSION
    assert set(facts) == {"schema_version", "collected_at", "server", "sections"}
    assert len(facts["collected_at"]) == len("2026-01-31T08:15:00Z")


def test_secrets_of_the_server_are_hidden_unless_asked_for(nas: Nas) -> None:
    secret = held(nas, SMTP_GENERAL, "get")["relay"]["password"]
    hidden = gather(nas)
    assert hidden.sections["smtp_general"]["data"]["relay"]["password"] == MARKER
    assert secret not in json.dumps(hidden.as_facts())
    assert gather(nas, reveal_secrets=True).sections["smtp_general"]["data"]["relay"]["password"] == secret


def test_nothing_of_the_login_is_in_the_state(nas: Nas) -> None:
    text = json.dumps(gather(nas, reveal_secrets=True).as_facts())
    (batch,) = requests_of(nas, BATCH)
    assert not any(secret in text for secret in (nas.password, batch.form["_sid"], batch.headers["X-SYNO-TOKEN"]))


def test_hostile_text_comes_back_as_it_is(fleet: Fleet) -> None:
    nas = fleet["hostile"]
    state = gather(nas, limit=None)
    assert_shapes(state)
    for name, key in (("queue", "items"), ("transaction_log", "items"), ("admin_log", "log_list")):
        section = BY_NAME[name]
        expected = held(nas, section.reads[0].api, "list", offset=0, limit=500)
        assert state.sections[name]["data"][key] == expected[key]


def test_rows_and_figures_of_a_list_agree(fleet: Fleet) -> None:
    nas = fleet["long"]
    for limit in (0, 1, 50, 600, None):
        state = gather(nas, *LISTS, limit=limit)
        for name, total, key in (
            ("queue", 1300, "items"),
            ("admin_log", 1300, "log_list"),
            ("transaction_log", 700, "items"),
        ):
            section = state.sections[name]
            expected = total if limit is None else min(limit, total)
            assert (section["total"], section["returned"]) == (total, expected)
            assert len(section["data"][key]) == section["summary"]["rows"] == expected
            assert section["truncated"] is (expected < total)
            assert section["summary"]["complete"] is (expected == total)


def test_from_an_offset_on_no_list_is_complete(nas: Nas) -> None:
    section = gather(nas, "queue", offset=5, limit=None).sections["queue"]
    assert (section["returned"], section["truncated"], section["summary"]["complete"]) == (7, False, False)
    assert section["data"]["items"] == held(nas, QUEUE, "list", offset=5, limit=50)["items"]


def test_an_offset_behind_the_end_is_an_empty_page(nas: Nas) -> None:
    section = gather(nas, "queue", offset=5000).sections["queue"]
    assert (section["total"], section["returned"], section["truncated"]) == (12, 0, False)


# ------------------------------------------------------------------------------------------------ what was not read


def test_each_refusal_costs_its_own_section_alone(fleet: Fleet) -> None:
    state = gather(fleet["partly"])
    assert_shapes(state)
    found = statuses(state)
    assert {name: status for name, status in found.items() if status != "ok"} == {
        "report": "unsupported",
        "smtp_general": "unsupported",
        "queue": "forbidden",
        "core": "forbidden",
        "imap_pop3": "forbidden",
    }
    assert state.warnings == []


@pytest.mark.parametrize("section", TEN, ids=lambda section: section.name)
@pytest.mark.parametrize(
    ("code", "status"), [(102, "unsupported"), (105, "forbidden"), (117, "failed"), (100, "failed")]
)
def test_any_section_may_fail_alone(nas: Nas, section: Any, code: int, status: str) -> None:
    nas.faults.add("error", api=section.reads[0].api, code=code)
    state = gather(nas)
    assert_shapes(state)
    assert {name for name, found in statuses(state).items() if found != "ok"} == {section.name}
    assert state.sections[section.name]["status"] == status
    assert state.sections[section.name]["error"]["api"] == section.reads[0].api


def test_without_the_package_all_is_unsupported_and_said_so(fleet: Fleet) -> None:
    nas = fleet["bare"]
    state = gather(nas)
    assert_shapes(state)
    assert set(statuses(state).values()) == {"unsupported"}
    (warning,) = state.warnings
    assert "not installed" in warning
    assert calls(nas) == [LOGIN, BATCH, DISCOVERY, LOGOUT]


def test_a_server_that_cannot_be_reached_is_an_error(fleet: Fleet) -> None:
    with pytest.raises(DsmError) as caught:
        gather(fleet["down"])
    assert_clear(caught.value, [fleet["down"].password])


def test_a_refused_login_is_an_error(nas: Nas) -> None:
    nas.faults.add("error", api=AUTH, method="login", code=400)
    with pytest.raises(DsmError) as caught:
        gather(nas)
    assert caught.value.details.name == "wrong_credentials"
    assert calls(nas) == [LOGIN]


@pytest.mark.parametrize("fault", ["close", "html", "cut_text"])
def test_a_connection_lost_while_paging_costs_only_the_lists_that_go_on(fleet: Fleet, fault: str) -> None:
    nas = fleet["long"]
    nas.faults.add(fault, api=COMPOUND, after=1)
    nas.faults.add(fault, api=INFO)
    state = gather(nas, limit=600)
    assert_shapes(state)
    assert {name for name, status in statuses(state).items() if status != "ok"} == set(LONG)
    assert all(state.sections[name]["error"]["name"] for name in LONG)
    assert calls(nas)[-1] == LOGOUT


def test_an_error_while_paging_fails_that_list_rather_than_cutting_it(fleet: Fleet) -> None:
    nas = fleet["long"]
    nas.faults.add("error", api=ADMIN_LOG, code=117, after=1)
    state = gather(nas, limit=None)
    assert {name: status for name, status in statuses(state).items() if status != "ok"} == {"admin_log": "failed"}
    assert state.sections["queue"]["returned"] == 1300


def test_a_session_that_expires_while_paging_loses_nothing(fleet: Fleet) -> None:
    nas = fleet["long"]
    nas.faults.add("expired", api=COMPOUND, after=1, first=1)
    state = gather(nas, limit=None)
    assert set(statuses(state).values()) == {"ok"}
    assert [state.sections[name]["returned"] for name in ("queue", "admin_log", "transaction_log")] == [1300, 1300, 700]
    assert calls(nas) == [LOGIN, BATCH, BATCH, LOGOUT, LOGIN, BATCH, LOGOUT]


def test_a_session_that_expires_under_everything_is_renewed_once(nas: Nas) -> None:
    nas.faults.add("expired", api=COMPOUND, first=1)
    assert set(statuses(gather(nas)).values()) == {"ok"}
    assert calls(nas) == [LOGIN, BATCH, LOGOUT, LOGIN, BATCH, LOGOUT]


# ------------------------------------------------------------------------------------------------------ odd answers


@pytest.mark.parametrize("total", ["__absent__", None, "12", 12.0, True, -1, [], {"a": 1}])
def test_a_total_that_is_none_is_null_and_not_zero(nas: Nas, total: object) -> None:
    envelope = answer_queue(nas, total=total)
    assert (envelope["status"], envelope["total"], envelope["truncated"]) == ("ok", None, None)
    assert envelope["returned"] == 12
    assert envelope["summary"]["complete"] is None


@pytest.mark.parametrize("rows", ["__absent__", None, "text", 0, False, {"0": {}}])
def test_rows_that_are_none_are_null_and_not_zero(nas: Nas, rows: object) -> None:
    envelope = answer_queue(nas, items=rows)
    assert (envelope["status"], envelope["total"]) == ("ok", 12)
    assert (envelope["returned"], envelope["truncated"], envelope["summary"]) == (None, None, None)


def test_rows_under_another_key_are_found_where_nothing_else_can_be_meant(nas: Nas) -> None:
    envelope = answer_queue(nas, items="__absent__", mails=[{"status": "hold"}], total=1)
    assert (envelope["returned"], envelope["summary"]["by_status"]) == (1, {"hold": 1})
    assert envelope["data"] == {"mails": [{"status": "hold"}], "total": 1}


def test_rows_are_not_guessed_between_two_lists(nas: Nas) -> None:
    envelope = answer_queue(nas, items="__absent__", mails=[{"status": "hold"}], others=[1])
    assert envelope["returned"] is None
    assert envelope["data"]["mails"] == [{"status": "hold"}]


@pytest.mark.parametrize(
    "rows", [[None, None], ["text", 1, 1.5, True], [[], [1]], [{}], [{"status": [], "time": {}, "recipient": 1}]]
)
def test_odd_rows_are_returned_as_sent(nas: Nas, rows: list[Any]) -> None:
    envelope = answer_queue(nas, items=rows, total=len(rows))
    assert envelope["data"]["items"] == rows
    assert envelope["returned"] == len(rows)
    assert envelope["summary"]["oldest"] is None


def test_an_empty_answer_is_ok_and_tells_nothing(nas: Nas) -> None:
    envelope = answer_queue(nas, items="__absent__", total="__absent__")
    assert envelope["data"] == {}
    assert (envelope["total"], envelope["returned"], envelope["truncated"]) == (None, None, None)


@pytest.mark.parametrize(
    ("data", "kind"), [([], "list"), (None, "nothing"), ("text", "text"), (5, "number"), (True, "boolean")]
)
def test_an_answer_that_is_no_mapping_is_kept_and_said_so(nas: Nas, data: object, kind: str) -> None:
    nas.set_answer(SECURITY, "get", data)
    state = gather(nas)
    assert_shapes(state)
    assert state.sections["security"]["data"] == data
    assert state.sections["security"]["data_type"] == kind
    assert set(statuses(state).values()) == {"ok"}


@pytest.mark.parametrize(("data", "kind"), [(5, "number"), ("text", "text"), (True, "boolean"), (None, "nothing")])
def test_a_list_that_is_none_is_kept_and_said_so(nas: Nas, data: object, kind: str) -> None:
    envelope = answer_queue_whole(nas, data)
    assert (envelope["data"], envelope["data_type"]) == (data, kind)
    assert [envelope[key] for key in ("total", "returned", "truncated", "rows_key", "summary")] == [None] * 5


def test_a_list_without_a_key_is_read_as_one(nas: Nas) -> None:
    rows = held(nas, QUEUE, "list", offset=0, limit=50)["items"]
    envelope = answer_queue_whole(nas, rows)
    assert (envelope["data"], envelope["data_type"], envelope["rows_key"]) == (rows, "list", None)
    assert (envelope["total"], envelope["returned"], envelope["truncated"]) == (None, 12, None)
    assert envelope["summary"]["by_status"]


def answer_queue_whole(nas: Nas, data: object) -> dict[str, Any]:
    """The queue's envelope where its answer is ``data``."""
    nas.set_answer(QUEUE, "list", data)
    state = gather(nas)
    assert_shapes(state)
    assert set(statuses(state).values()) == {"ok"}
    envelope: dict[str, Any] = state.sections["queue"]
    return envelope


@pytest.mark.parametrize(
    "data", [[], None, 5, {"server_list": None}, {"server_list": "x"}, {"server_list": "__absent__"}]
)
def test_an_odd_list_of_servers_does_not_break_the_rest(nas: Nas, data: object) -> None:
    nas.set_answer(PREFIX + "ServerList", "list", data)
    state = gather(nas)
    assert_shapes(state)
    summary = state.sections["server_list"]["summary"]
    assert summary in ({}, {"servers": None})


@pytest.mark.parametrize(
    "time",
    [
        "²",
        10**400,
        "0001-01-01T00:00:00+14:00",
        -1,
        "never",
        1e300,
    ],
)
def test_one_odd_time_does_not_break_the_rest(nas: Nas, time: object) -> None:
    assert answer_queue(nas, items=[{"time": time, "status": "hold"}], total=1)["summary"]["oldest"] is None


def test_an_answer_that_is_very_deep_is_read_or_refused(nas: Nas) -> None:
    nas.set_answer(SECURITY, "get", b'{"a":' + b"[" * 900 + b"]" * 900 + b"}")
    try:
        assert_shapes(gather(nas))
    except DsmError as error:
        assert_clear(error)
    assert calls(nas)[-1] == LOGOUT


@pytest.mark.parametrize("total", [0, 3, 11])
def test_a_total_below_what_was_given_is_not_believed(nas: Nas, total: int) -> None:
    envelope = answer_queue(nas, total=total)
    assert (envelope["total"], envelope["returned"], envelope["truncated"]) == (None, 12, None)
    assert envelope["summary"]["complete"] is None
    assert envelope["data"]["total"] == total
    (warning,) = gather(nas, "queue").warnings
    assert f"queue: 12 rows were read. This NAS contradicts its own count of {total}" in warning


@pytest.mark.parametrize("total", [2**53, 2**53 + 1, 10**400])
def test_a_total_that_no_list_can_have_is_none(nas: Nas, total: int) -> None:
    envelope = gather_with_total(nas, total)
    assert envelope["total"] == (total if total == 2**53 else None)
    assert envelope["truncated"] is not False


def gather_with_total(nas: Nas, total: int) -> dict[str, Any]:
    nas.set_answer(QUEUE, "list", {"total": total})
    envelope: dict[str, Any] = gather(nas, "queue").sections["queue"]
    return envelope


def test_a_total_far_above_what_there_is_ends_with_a_warning(nas: Nas) -> None:
    nas.set_answer(QUEUE, "list", {"total": 5000})
    state = gather(nas, "queue", limit=None)
    assert (state.sections["queue"]["returned"], state.sections["queue"]["truncated"]) == (12, True)
    assert len(state.warnings) == 1
    assert len(items_of(nas, QUEUE)) < 40
