# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking: who asks, what Plesk refuses, and what does not come back."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import (
    Kind,
    NotAllowedError,
    ServerError,
    connection_error,
    local_error,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk import packets
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import (
    MOST_OPERATIONS,
    Client,
    Credentials,
    Reply,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.packets import Operation
from ansible_collections.mailfleet.mailplus.tests.unit.support.fake_plesk import (
    NOISE,
    FakePlesk,
    account,
    error,
    lost,
    result,
    site_id,
    system,
)

ADMIN = Credentials("admin", "S3cret&Pass")
KEY = Credentials(secret_key="k3y-k3y-k3y")
SITES = packets.sites()


def client(plesk: FakePlesk, who: Credentials = ADMIN) -> Client:
    return Client(plesk, who, SITES)


def refusal(plesk: FakePlesk, who: Credentials = ADMIN) -> ServerError:
    """Why Plesk does not let us in, after one request."""
    with pytest.raises(ServerError) as caught, client(plesk, who):
        pytest.fail("let in")
    assert len(plesk.packets) == 1
    assert plesk.is_closed
    assert len(str(caught.value).splitlines()) == 1
    assert not NOISE.search(str(caught.value))
    return caught.value


# ---------------------------------------------------------------------------------------------------------- who asks


def test_a_login_is_in_headers_of_each_request() -> None:
    plesk = FakePlesk()
    with client(plesk) as asking:
        asking.ask([packets.accounts(12)])
    assert plesk.headers == [{"HTTP_AUTH_LOGIN": "admin", "HTTP_AUTH_PASSWD": "S3cret&Pass"}] * 2
    assert plesk.is_closed


def test_a_key_is_in_a_header_of_each_request_and_no_login_beside() -> None:
    plesk = FakePlesk()
    with client(plesk, KEY) as asking:
        asking.ask([packets.accounts(12)])
    assert plesk.headers == [{"KEY": "k3y-k3y-k3y"}] * 2


def test_secrets_are_in_no_packet_and_no_representation() -> None:
    plesk = FakePlesk()
    for who in (ADMIN, KEY):
        with client(plesk, who):
            pass
        assert not [text for text in [*plesk.packets, repr(who)] if "S3cret" in text or "k3y" in text]


# ------------------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (1001, "wrong_credentials"),
        (1002, "no_such_user"),
        (1004, "key_not_valid"),
        (1006, "permission_denied"),
        (11003, "key_not_found"),
    ],
)
def test_a_refused_login_is_not_repeated(code: int, name: str) -> None:
    failed = refusal(FakePlesk(before=lambda _number, _asked: system(code)))
    assert (failed.kind, failed.details.name, failed.details.code) == (Kind.LOGIN, name, code)
    assert (failed.details.api, failed.details.method, failed.details.version) == (None, None, None)


@pytest.mark.parametrize("code", [1001, 1004, 11003])
def test_a_login_that_is_refused_in_a_result_is_refused(code: int) -> None:
    assert refusal(FakePlesk(listing=lambda _asked: error(code))).kind is Kind.LOGIN


@pytest.mark.parametrize(("code", "kind"), [(1003, Kind.CONNECTION), (1005, Kind.UNSUPPORTED), (1014, Kind.FAILED)])
def test_a_packet_that_is_refused_for_something_else_is_no_refused_login(code: int, kind: Kind) -> None:
    assert refusal(FakePlesk(before=lambda _number, _asked: system(code))).kind is kind


@pytest.mark.parametrize("code", ["", "x", "-1", "9" * 5000, "1e3", "\u0661\u0660", "424242"])
def test_a_code_that_nobody_knows_is_a_failure(code: str) -> None:
    failed = refusal(FakePlesk(before=lambda _number, _asked: system(code)))
    assert (failed.kind, failed.details.name) == (Kind.FAILED, "error")
    assert failed.details.code == (424242 if code == "424242" else None)


def test_what_plesk_says_is_shown_as_one_short_line_of_data() -> None:
    text = "{{ 7 * 7 }}\n\tx &#x9b;31m&#x202e;" + "long " * 1000
    message = refusal(FakePlesk(before=lambda _number, _asked: system(1001, text))).details.message
    assert "'{{ 7 * 7 }} x \\x9b31m\\u202elong" in message
    assert len(message) < 400


@pytest.mark.parametrize("who", [ADMIN, KEY], ids=["login", "key"])
def test_what_plesk_says_does_not_tell_our_secrets(who: Credentials) -> None:
    text = f"Refused {who.username} {who.password} {who.secret_key}".replace("&", "&amp;")
    failed = refusal(FakePlesk(before=lambda _number, _asked: system(1001, text)), who)
    assert "[hidden]" in str(failed)
    assert "S3cret" not in str(failed)
    assert "k3y" not in str(failed)


@pytest.mark.parametrize("who", [ADMIN, KEY], ids=["login", "key"])
def test_what_plesk_repeats_of_our_secrets_is_nowhere(who: Credentials) -> None:
    secret = (who.password or who.secret_key).replace("&", "&amp;")
    inner = (
        f"<note>hello {secret} there</note><deep><x>{secret}</x></deep><mailbox><enabled>{secret}</enabled></mailbox>"
    )
    name = "<k3y-k3y-k3y>x</k3y-k3y-k3y>"
    with client(FakePlesk(accounts=lambda _asked: account("anna", inner + name)), who) as asking:
        (reply,) = asking.ask([packets.accounts(12)])
    found = repr(reply)
    assert (who.password or who.secret_key) not in found
    assert found.count("[hidden]") >= 3
    assert ("k3y" in found) is (who is ADMIN)


@pytest.mark.parametrize("password", ["ok", "1", "true", "mail", "result", "get_info", "mailname"])
def test_a_password_that_is_a_word_of_plesk_does_not_keep_it_from_being_read(password: str) -> None:
    plesk = FakePlesk(accounts=lambda _asked: account("anna", "<mailbox><quota>1048576</quota></mailbox>"))
    with client(plesk, Credentials("admin", password)) as asking:
        (reply,) = asking.ask([packets.accounts(12)])
    assert [found.element.named("mailname")[0].word("name") for found in reply.results] == ["anna"]


def test_a_header_that_repeats_our_key_is_not_shown() -> None:
    def odd(_number: int, _asked: Any) -> str:
        raise connection_error("not_xml", "URL answers HTTP 200 with k3y-k3y-k3y instead of XML.", "Check it.")

    assert "k3y" not in str(refusal(FakePlesk(before=odd), KEY))
    assert "URL answers HTTP 200 with k3y" in str(refusal(FakePlesk(before=odd), Credentials("admin", "s")))


def test_a_later_refusal_ends_asking_and_is_told() -> None:
    plesk = FakePlesk(before=lambda number, _asked: system(1004) if number > 1 else None)
    with client(plesk) as asking:
        replies = asking.ask([packets.accounts(12), packets.preferences(12)])
    assert [reply.error.details.name for reply in replies if reply.error] == ["key_not_valid"] * 2
    assert asking.login_error is not None
    assert len(plesk.packets) == 2


def test_nothing_is_sent_where_one_operation_is_not_allowed() -> None:
    plesk = FakePlesk()
    with client(plesk) as asking, pytest.raises(NotAllowedError):
        asking.ask([packets.accounts(12), Operation("mail", "remove")])
    assert len(plesk.packets) == 1


# -------------------------------------------------------------------------------------------------------- not answered


def names(replies: list[Reply]) -> list[str | None]:
    return [reply.error.details.name if reply.error else None for reply in replies]


def test_where_plesk_never_answered_nothing_is_asked_again() -> None:
    def silent(_number: int, _asked: Any) -> str:
        raise lost()

    assert refusal(FakePlesk(before=silent)).details.name == "timeout"


@pytest.mark.parametrize(
    "name",
    [
        "timeout",
        "connection_broken",
        "answer_too_large",
        "truncated_xml",
        "not_utf8",
        "too_many_elements",
        "http_failed",
    ],
)
def test_what_does_not_come_back_is_asked_again_in_halves_and_costs_itself(name: str) -> None:
    def heavy(_number: int, asked: list[ElementTree.Element]) -> None:
        if any(site_id(each) == 7 for each in asked):
            raise lost(name)

    plesk = FakePlesk(before=heavy)
    with client(plesk) as asking:
        replies = asking.ask([packets.accounts(number) for number in range(1, 101)])
    assert names(replies) == [name if number == 7 else None for number in range(1, 101)]
    assert replies[6].error is not None
    assert (replies[6].error.details.api, replies[6].error.details.method) == ("mail", "get_info")
    assert len(plesk.packets) < 20


@pytest.mark.parametrize(
    "name",
    ["redirected", "not_xml", "not_plesk", "declarations", "nested_too_deep", "connection_refused", "tls_failed"],
)
def test_what_no_smaller_request_can_mend_is_not_asked_again(name: str) -> None:
    def odd(number: int, _asked: Any) -> None:
        if number > 1:
            raise lost(name)

    plesk = FakePlesk(before=odd)
    with client(plesk) as asking:
        assert set(names(asking.ask([packets.accounts(number) for number in range(1, 501)]))) == {name}
    assert len(plesk.packets) == 1 + 1


def test_what_is_large_together_is_read_in_parts() -> None:
    def small(number: int, asked: list[ElementTree.Element]) -> None:
        if number > 1 and len(asked) > 30:
            raise lost("answer_too_large")

    plesk = FakePlesk(before=small)
    with client(plesk) as asking:
        assert names(asking.ask([packets.accounts(number) for number in range(1, 101)])) == [None] * 100
    assert len(plesk.packets) == 1 + 1 + 2 + 4


def test_a_packet_that_plesk_refuses_as_a_whole_is_taken_apart() -> None:
    def old(_number: int, asked: list[ElementTree.Element]) -> str | None:
        return system(1014) if any(each.tag == "get_info" for each in asked) else None

    plesk = FakePlesk(before=old)
    operations = [make(number) for make in (packets.accounts, packets.preferences) for number in range(1, 51)]
    with client(plesk) as asking:
        replies = asking.ask(operations)
    assert names(replies) == ["parse_error"] * 50 + [None] * 50
    assert len(plesk.packets) < 20


def test_a_plesk_that_falls_silent_is_left_alone() -> None:
    def silent(number: int, _asked: Any) -> None:
        if number > 1:
            raise lost()

    plesk = FakePlesk(before=silent)
    with client(plesk) as asking:
        assert set(names(asking.ask([packets.accounts(number) for number in range(1, 501)]))) == {"timeout"}
    assert len(plesk.packets) == 1 + 8


def test_after_the_deadline_nothing_is_asked() -> None:
    def late(number: int, _asked: Any) -> None:
        if number > 1:
            raise local_error("time_limit", "That took longer than it may.", "Name fewer sites (sites).")

    plesk = FakePlesk(before=late)
    with client(plesk) as asking:
        assert names(asking.ask([packets.accounts(1), packets.accounts(2)])) == ["time_limit"] * 2
    assert len(plesk.packets) == 2


def test_a_request_holds_no_more_than_a_small_server_bears() -> None:
    plesk = FakePlesk()
    with client(plesk) as asking:
        asking.ask([packets.accounts(number) for number in range(1, 2 * MOST_OPERATIONS + 2)])
    assert [packet.count("<get_info>") for packet in plesk.packets] == [0, MOST_OPERATIONS, MOST_OPERATIONS, 1]


# ----------------------------------------------------------------------------------------------------- other answers


@pytest.mark.parametrize(
    "whole",
    [
        "<packet/>",
        "<packet>text</packet>",
        "<packet><mail/></packet>",
        "<packet><mail><get_prefs><result><status>ok</status></result></get_prefs></mail></packet>",
        "<packet><site><get_info/></site></packet>",
        "<packet><mail><get_info/><get_info/></mail></packet>",
        "<packet><mail><remove><result><status>ok</status></result></remove></mail></packet>",
    ],
)
def test_an_answer_to_something_else_is_none(whole: str) -> None:
    plesk = FakePlesk(before=lambda number, _asked: whole if number > 1 else None)
    with client(plesk) as asking:
        assert names(asking.ask([packets.accounts(1)])) == ["unexpected_answer"]


def test_operations_may_be_answered_apart() -> None:
    inner = "<mail><get_info><result><status>ok</status></result></get_info></mail>"
    plesk = FakePlesk(
        before=lambda number, _asked: f"<packet>{inner * 2}<output>x</output></packet>" if number > 1 else None
    )
    with client(plesk) as asking:
        assert names(asking.ask([packets.accounts(1), packets.accounts(2)])) == [None, None]


@pytest.mark.parametrize("status", ["", "OK", "done", "error2"])
def test_a_result_that_does_not_say_what_became_of_it_is_an_error(status: str) -> None:
    told = f"<result><status>{status}</status></result>"
    with client(FakePlesk(accounts=lambda _asked: told)) as asking:
        (reply,) = asking.ask([packets.accounts(1)])
    assert [found.error.details.name for found in reply.results if found.error] == ["unexpected_answer"]


def test_one_result_that_is_an_error_leaves_the_others() -> None:
    plesk = FakePlesk(accounts=lambda asked: error(1013) if site_id(asked) == 2 else account("anna") + result())
    with client(plesk) as asking:
        replies = asking.ask([packets.accounts(number) for number in (1, 2, 3)])
    assert [[found.error is None for found in reply.results] for reply in replies] == [
        [True, True],
        [False],
        [True, True],
    ]
    failed = replies[1].results[0].error
    assert failed is not None
    assert failed.kind is Kind.UNSUPPORTED
    assert failed.details.as_dict() == {
        "kind": "unsupported",
        "api": "mail",
        "method": "get_info",
        "version": None,
        "code": 1013,
        "name": "no_such_object",
        "message": "This Plesk does not have it (mail get_info, code 1013). Plesk says: 'That went wrong.'.",
        "hint": "Check the names of sites (sites).",
    }
