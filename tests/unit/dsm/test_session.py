# SPDX-License-Identifier: GPL-3.0-or-later
"""Login, renewal and logout, over HTTP against simulated NAS of DSM 5, 6 and 7."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import HttpTransport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
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
    REPORT,
    assert_clear,
    calls,
    client,
    gather,
    read_of,
    requests_of,
    sent_text,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.raw_server import http, raw_server

OTP, DEVICE = "424242", "trusted-device-id"
PASSWORDS = (
    "a&b=c",
    "two words ",
    "\"double\" 'single' \\",
    "Grüße-Straße",
    "пароль",
    "🔑👩🏽‍💻",
    "100%+?#;,",
    "{{ x }}",
)

FLEET = {
    "nas": {
        "one": {},
        "dsm5": {"dsm": 5},
        "dsm6": {"dsm": 6},
        "auth6": {"apis": {AUTH: {"maxVersion": 6}}},
        "auth2": {"apis": {AUTH: {"maxVersion": 2}}},
        "tokens": {
            "accounts": [{"otp_codes": [OTP], "second_factors": ["otp", "fido"], "devices": {DEVICE: "controller"}}]
        },
        "tokens6": {"dsm": 6, "accounts": [{"otp_codes": [OTP]}]},
        "passwords": {
            "accounts": [{"username": f"user{i} ü", "password": password} for i, password in enumerate(PASSWORDS)]
        },
    },
    "defaults": {"https": False, "accounts": [{"password": "Secret & 1"}]},
}

# The reference's table of login codes, and the kind of error each is for a program.
LOGIN_CODES = {
    400: "wrong_credentials",
    401: "account_disabled",
    402: "login_not_permitted",
    403: "second_factor_needed",
    404: "second_factor_refused",
    406: "second_factor_not_set_up",
    407: "address_blocked",
    408: "password_expired",
    409: "password_expired",
    410: "password_change_required",
    411: "account_locked",
}
EXPIRED_CODES = {106: "session_timeout", 107: "session_interrupted", 119: "session_unknown"}
TWO_READS = [read_of(CORE), read_of(IMAP_POP3)]


def log_in(nas: Nas, **credentials: Any) -> None:
    with client(nas, **credentials):
        pass


def refused(nas: Nas, **credentials: Any) -> DsmError:
    with pytest.raises(DsmError) as caught:
        log_in(nas, **credentials)
    return caught.value


def names(replies: list[Reply]) -> list[str]:
    return [reply.error.details.name if reply.error else "ok" for reply in replies]


# ------------------------------------------------------------------------------------------------ path and version


def test_dsm_7_needs_one_request_to_log_in_and_one_to_log_out(nas: Nas) -> None:
    with client(nas) as dsm:
        assert dsm.auth_version == 7
    assert calls(nas) == [LOGIN, LOGOUT]
    assert [(request.path, request.form["version"]) for request in nas.requests] == [("/webapi/entry.cgi", "7")] * 2


@pytest.mark.parametrize(
    ("name", "path", "version"), [("dsm6", "auth.cgi", 6), ("dsm5", "auth.cgi", 4), ("auth6", "entry.cgi", 6)]
)
def test_an_older_dsm_is_asked_once_where_and_in_which_version(
    fleet: Fleet, name: str, path: str, version: int
) -> None:
    nas = fleet[name]
    with client(nas) as dsm:
        assert dsm.auth_version == version
    assert calls(nas) == [LOGIN, DISCOVERY, LOGIN, LOGOUT]
    second, logout = nas.requests[2:]
    assert {request.path for request in (second, logout)} == {f"/webapi/{path}"}
    assert {request.form["version"] for request in (second, logout)} == {str(version)}
    assert nas.login_attempts == 1


def test_a_dsm_without_a_login_that_we_know_is_asked_once(fleet: Fleet) -> None:
    nas = fleet["auth2"]
    error = refused(nas)
    assert (error.kind, error.details.name) == (Kind.LOGIN, "version_not_supported")
    assert calls(nas) == [LOGIN, DISCOVERY]


@pytest.mark.parametrize("code", [102, 103, 104])
def test_a_misfit_that_discovery_does_not_explain_is_not_asked_twice(nas: Nas, code: int) -> None:
    nas.faults.add("error", api=AUTH, method="login", code=code)
    error = refused(nas)
    assert (error.kind, error.details.code) == (Kind.LOGIN, code)
    assert calls(nas) == [LOGIN, DISCOVERY]
    assert nas.login_attempts == 1


# ------------------------------------------------------------------------------------------- what is sent, and where


@pytest.mark.parametrize("name", ["one", "dsm6"])
def test_the_token_is_in_the_header_and_the_session_in_the_body(fleet: Fleet, name: str) -> None:
    nas = fleet[name]
    with client(nas) as dsm:
        (session,) = nas.sessions
        assert names(dsm.read(TWO_READS)) == ["ok", "ok"]
    for request in requests_of(nas, BATCH) + requests_of(nas, LOGOUT):
        assert request.headers["X-SYNO-TOKEN"] == session.token
        assert request.form["_sid"] == session.sid
        assert "SynoToken" not in request.form
    for request in requests_of(nas, LOGIN):
        assert "X-SYNO-TOKEN" not in request.headers
        assert "_sid" not in request.form


def test_no_secret_is_in_any_url_or_header_but_the_token(fleet: Fleet) -> None:
    nas = fleet["tokens"]
    with client(nas, otp_code=OTP) as dsm:
        (session,) = nas.sessions
        dsm.read(TWO_READS)
    for request in nas.requests:
        assert request.url == "/webapi/entry.cgi"
        headers = " ".join(value for key, value in request.headers.items() if key != "X-SYNO-TOKEN")
        assert not any(secret in headers for secret in (session.sid, session.token, nas.password, OTP))


def test_the_session_name_is_sent_at_login_and_logout(nas: Nas) -> None:
    log_in(nas, session_name="Auditor")
    assert [request.form["session"] for request in nas.requests] == ["Auditor", "Auditor"]


def test_a_server_without_tokens_gets_none() -> None:
    login = http(b'{"success": true, "data": {"sid": "S", "synotoken": "", "did": ""}}')
    with raw_server(
        login, http(b'{"success": true, "data": {"enable_imap": true}}'), http(b'{"success": true}')
    ) as raw:
        with Client(
            HttpTransport(Address("127.0.0.1", raw.port, https=False)), Credentials("u", "p"), READ_ALLOWLIST
        ) as dsm:
            (reply,) = dsm.read([read_of(IMAP_POP3)])
        assert reply.data == {"enable_imap": True}
        assert not any(b"x-syno-token" in request.lower() for request in raw.received)
        assert all(b"_sid=S" in request for request in raw.received[1:])


# ------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(("code", "name"), LOGIN_CODES.items())
@pytest.mark.parametrize("dsm", ["one", "dsm6"])
def test_a_refused_login_is_sent_once_and_named(fleet: Fleet, dsm: str, code: int, name: str) -> None:
    nas = fleet[dsm]
    nas.faults.add("error", api=AUTH, method="login", code=code, errors={"token": "t0ken", "types": [{"type": "otp"}]})
    error = refused(nas)
    assert (error.kind, error.details.name, error.details.code) == (Kind.LOGIN, name, code)
    assert (error.details.api, error.details.method) == LOGIN
    assert nas.login_attempts == 1
    assert LOGOUT not in calls(nas)
    assert_clear(error, [nas.password, "t0ken"])


@pytest.mark.parametrize("code", [100, 105, 106, 107, 117, 119, 160, 405, 412, 9999])
def test_any_other_refusal_of_the_login_is_sent_once_too(nas: Nas, code: int) -> None:
    nas.faults.add("error", api=AUTH, method="login", code=code)
    error = refused(nas)
    assert (error.kind, error.details.code) == (Kind.LOGIN, code)
    assert calls(nas) == [LOGIN]
    assert_clear(error, [nas.password])


def test_a_wrong_password_is_tried_once(nas: Nas) -> None:
    error = refused(nas, password="Wrong & 1")
    assert error.details.name == "wrong_credentials"
    assert calls(nas) == [LOGIN]
    assert_clear(error, ["Wrong & 1"])


@pytest.mark.parametrize("fault", ["close", "html", "empty", "cut_text", "cut_connection"])
def test_a_login_whose_answer_is_lost_is_not_sent_again(nas: Nas, fault: str) -> None:
    nas.faults.add(fault, api=AUTH, method="login")
    error = refused(nas)
    assert error.kind is Kind.CONNECTION
    assert calls(nas) == [LOGIN]
    # Its answer is lost, so that nobody but the NAS can end the session it may have opened.
    nas.expire_sessions()


# A number, a text or a list where DSM has an object; and what lacks what everything else needs.
ODD_LOGINS = (
    "{}",
    "[]",
    "null",
    '"text"',
    '{"success": true}',
    '{"success": true, "data": null}',
    '{"success": true, "data": []}',
    '{"success": true, "data": {}}',
    '{"success": true, "data": {"sid": null}}',
    '{"success": true, "data": {"sid": ""}}',
    '{"success": true, "data": {"sid": 17}}',
    '{"success": "true", "data": {"sid": "S"}}',
    '{"success": 1, "data": {"sid": "S"}}',
    '{"success": false}',
    '{"success": false, "error": null}',
    '{"success": false, "error": 400}',
    '{"success": false, "error": []}',
    '{"success": false, "error": {"code": null}}',
    '{"success": false, "error": {"code": "400"}}',
    '{"success": false, "error": {"code": [400]}}',
    '{"success": false, "error": {"code": 403, "errors": [{"code": 1}]}}',
)


@pytest.mark.parametrize("answer", ODD_LOGINS)
def test_an_odd_answer_to_the_login_is_an_error_and_no_second_login(answer: str) -> None:
    with raw_server(http(answer.encode())) as raw:
        dsm = Client(
            HttpTransport(Address("127.0.0.1", raw.port, https=False)), Credentials("u", "S3cret"), READ_ALLOWLIST
        )
        with pytest.raises(DsmError) as caught:
            dsm.__enter__()
        assert_clear(caught.value, ["S3cret"])
        assert len(raw.received) == 1


UNUSABLE = ["nü☃", "a\\r\\nX-Injected: 1", "a b", "\\u0000", "x" * 5000]


@pytest.mark.parametrize("key", ["sid", "synotoken"])
@pytest.mark.parametrize("text", UNUSABLE)
def test_a_session_that_cannot_be_used_is_given_up_before_anything_is_read(key: str, text: str) -> None:
    data = ", ".join(f'"{name}": "{value}"' for name, value in {"sid": "S", "synotoken": "T", key: text}.items())
    login = http(f'{{"success": true, "data": {{{data}}}}}'.encode())
    with raw_server(login, http(b'{"success": true, "data": {}}')) as raw:
        dsm = Client(HttpTransport(Address("127.0.0.1", raw.port, https=False)), Credentials("u", "p"), READ_ALLOWLIST)
        with pytest.raises(DsmError) as caught:
            dsm.__enter__()
    assert caught.value.details.name == "unexpected_answer"
    assert_clear(caught.value, [text])
    assert len(raw.received) == 2
    assert b"method=logout" in raw.received[1]
    assert b"X-Injected" not in raw.received[1].partition(b"\r\n\r\n")[0]


# -------------------------------------------------------------------------------------------------- second factor


def test_a_second_factor_is_asked_for_by_name(fleet: Fleet) -> None:
    error = refused(fleet["tokens"])
    assert error.details.name == "second_factor_needed"
    assert "otp_code" in error.details.hint
    assert calls(fleet["tokens"]) == [LOGIN]


@pytest.mark.parametrize("name", ["tokens", "tokens6"])
def test_a_code_of_the_second_factor_is_used_once(fleet: Fleet, name: str) -> None:
    nas = fleet[name]
    with client(nas, otp_code=OTP) as dsm:
        assert names(dsm.read(TWO_READS)) == ["ok", "ok"]
    assert nas.login_attempts == 1
    assert not any(OTP in sent_text(request) for request in nas.requests if request.api_method != "login")
    assert refused(nas, otp_code=OTP).details.name == "second_factor_refused"


def test_a_wrong_code_is_sent_once(fleet: Fleet) -> None:
    nas = fleet["tokens"]
    error = refused(nas, otp_code="000000")
    assert error.details.name == "second_factor_refused"
    assert calls(nas) == [LOGIN]
    assert_clear(error, ["000000"])


def test_a_trusted_device_stands_in_for_the_code(fleet: Fleet) -> None:
    nas = fleet["tokens"]
    log_in(nas, device_id=DEVICE, device_name="controller")
    assert {key: nas.requests[0].form.get(key) for key in ("device_id", "device_name", "otp_code")} == {
        "device_id": DEVICE,
        "device_name": "controller",
        "otp_code": None,
    }
    assert refused(nas, device_id=DEVICE, device_name="another").details.name == "second_factor_needed"


def test_options_that_are_not_set_are_not_sent(nas: Nas) -> None:
    log_in(nas, otp_code="", device_id=None, device_name="")
    assert not {"otp_code", "device_id", "device_name", "enable_device_token"} & set(nas.requests[0].form)


# ------------------------------------------------------------------------------------------------------- passwords


@pytest.mark.parametrize("number", range(len(PASSWORDS)))
def test_any_password_arrives_as_it_is(fleet: Fleet, number: int) -> None:
    nas = fleet["passwords"]
    account = nas.description.accounts[number]
    log_in(nas, username=account.username, password=account.password)
    assert nas.requests[0].form["passwd"] == account.password


def test_a_password_of_bytes_that_are_no_text_is_one_clear_line(nas: Nas) -> None:
    # Python makes this of a byte that is not UTF-8 in an environment variable.
    assert_clear(refused(nas, password="pass\udce4word"), ["word"])


# --------------------------------------------------------------------------------------------------------- logout


def test_the_logout_carries_the_session_also_when_reading_failed(nas: Nas) -> None:
    for api in (COMPOUND, INFO):
        nas.faults.add("html", api=api, status=502)
    with client(nas) as dsm:
        (session,) = nas.sessions
        assert names(dsm.read(TWO_READS)) == ["not_json", "not_json"]
    assert calls(nas) == [LOGIN, BATCH, DISCOVERY, LOGOUT]
    assert nas.requests[-1].form["_sid"] == session.sid


@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_the_logout_is_sent_whatever_happens(nas: Nas, interruption: type[BaseException]) -> None:
    with pytest.raises(interruption), client(nas):
        raise interruption
    assert calls(nas) == [LOGIN, LOGOUT]


@pytest.mark.parametrize("fault", ["html", "error", "close"])
def test_a_failed_logout_costs_nothing_that_was_read(nas: Nas, fault: str) -> None:
    nas.faults.add(fault, api=AUTH, method="logout")
    state = gather(nas)
    assert {envelope["status"] for envelope in state.sections.values()} == {"ok"}
    (warning,) = state.warnings
    assert "session was not closed" in warning
    assert not any(session.sid in warning or session.token in warning for session in nas.sessions)
    assert calls(nas).count(LOGOUT) == (2 if fault == "close" else 1)  # without any answer, it is sent once more
    nas.expire_sessions()


@pytest.mark.parametrize("code", EXPIRED_CODES)
def test_a_session_that_is_gone_at_logout_is_closed(nas: Nas, code: int) -> None:
    nas.faults.add("error", api=AUTH, method="logout", code=code)
    try:
        assert gather(nas).warnings == []
    finally:
        nas.expire_sessions()


# ---------------------------------------------------------------------------------------------------------- expiry


@pytest.mark.parametrize("code", EXPIRED_CODES)
@pytest.mark.parametrize("compound", ["request", "items"])
def test_an_expired_session_is_renewed_once_and_asked_the_same(nas: Nas, code: int, compound: str) -> None:
    nas.faults.add("expired", api=COMPOUND, code=code, compound=compound, first=1)
    with client(nas) as dsm:
        (old,) = nas.sessions
        assert names(dsm.read(TWO_READS)) == ["ok", "ok"]
        (new,) = nas.sessions
    assert calls(nas) == [LOGIN, BATCH, LOGOUT, LOGIN, BATCH, LOGOUT]
    first, second = requests_of(nas, BATCH)
    assert second.items == first.items
    assert [first.form["_sid"], second.form["_sid"], nas.requests[-1].form["_sid"]] == [old.sid, new.sid, new.sid]
    assert second.headers["X-SYNO-TOKEN"] == nas.requests[-1].headers["X-SYNO-TOKEN"] == new.token


def test_a_single_read_is_renewed_too(nas: Nas) -> None:
    nas.faults.add("expired", api=IMAP_POP3, first=1)
    with client(nas) as dsm:
        assert names(dsm.read([read_of(IMAP_POP3)])) == ["ok"]
    assert calls(nas) == [LOGIN, (IMAP_POP3, "get"), LOGOUT, LOGIN, (IMAP_POP3, "get"), LOGOUT]


def test_only_what_expired_is_asked_again(nas: Nas) -> None:
    nas.faults.add("error", api=REPORT, method="get", code=119, first=1)
    with client(nas) as dsm:
        assert names(dsm.read([read_of(CORE), read_of(REPORT), read_of(IMAP_POP3)])) == ["ok", "ok", "ok"]
    # The session that DSM called unknown was open all the same: it is closed.
    assert calls(nas) == [LOGIN, BATCH, LOGOUT, LOGIN, (REPORT, "get"), LOGOUT]


@pytest.mark.parametrize(("code", "name"), EXPIRED_CODES.items())
@pytest.mark.parametrize("compound", ["request", "items"])
def test_a_session_that_expires_twice_is_not_renewed_again(nas: Nas, code: int, name: str, compound: str) -> None:
    nas.faults.add("expired", api=COMPOUND, code=code, compound=compound)
    with client(nas) as dsm:
        replies = dsm.read(TWO_READS)
        assert names(dsm.read(TWO_READS)) == [name, name]
    assert names(replies) == [name, name]
    assert calls(nas) == [LOGIN, BATCH, LOGOUT, LOGIN, BATCH, BATCH, LOGOUT]


def test_with_a_one_time_code_the_session_is_never_renewed(fleet: Fleet) -> None:
    nas = fleet["tokens"]
    nas.faults.add("expired", api=COMPOUND)
    with client(nas, otp_code=OTP) as dsm:
        replies = dsm.read(TWO_READS)
    assert names(replies) == ["session_unknown", "session_unknown"]
    assert calls(nas) == [LOGIN, BATCH, LOGOUT]


def test_with_a_one_time_code_the_error_does_not_claim_a_renewal(fleet: Fleet) -> None:
    nas = fleet["tokens"]
    nas.faults.add("expired", api=COMPOUND)
    state = gather(nas, "core", "report", credentials=Credentials(nas.username, nas.password, otp_code=OTP))
    assert "was renewed" not in state.sections["core"]["error"]["hint"]


def test_with_a_trusted_device_the_session_is_renewed(fleet: Fleet) -> None:
    nas = fleet["tokens"]
    nas.faults.add("expired", api=COMPOUND, first=1)
    with client(nas, device_id=DEVICE, device_name="controller") as dsm:
        assert names(dsm.read(TWO_READS)) == ["ok", "ok"]
    assert [request.form["device_id"] for request in requests_of(nas, LOGIN)] == [DEVICE, DEVICE]


@pytest.mark.parametrize(("code", "name"), [(400, "wrong_credentials"), (407, "address_blocked")])
def test_a_renewal_that_is_refused_is_not_repeated(nas: Nas, code: int, name: str) -> None:
    nas.faults.add("expired", api=COMPOUND)
    nas.faults.add("error", api=AUTH, method="login", code=code, after=1)
    with client(nas) as dsm:
        replies = [*dsm.read(TWO_READS), *dsm.read(TWO_READS)]
    assert names(replies)[:2] == [name, name]
    assert nas.login_attempts == 2


def test_a_session_that_expires_while_another_version_is_sought_is_renewed(nas: Nas) -> None:
    nas.faults.add("expired", api=COMPOUND, after=1, first=1)
    with client(nas) as dsm:
        replies = dsm.read([read_of(IMAP_POP3, versions=(1, 2)), read_of(REPORT, versions=(1, 2))])
    assert names(replies) == ["ok", "ok"]
    assert calls(nas) == [LOGIN, BATCH, DISCOVERY, BATCH, LOGOUT, LOGIN, BATCH, LOGOUT]


# ---------------------------------------------------------------------------------------------------------- secrets


def test_secrets_are_not_in_the_repr_of_credentials() -> None:
    shown = repr(Credentials("auditor", "S3cret-1", otp_code="424242", device_id="D3vice", device_name="controller"))
    assert not any(secret in shown for secret in ("S3cret-1", "424242", "D3vice"))
    assert "auditor" in shown


@pytest.mark.parametrize("fault", ["html", "redirect", "empty", "cut_text", "cut_connection", "close", "not_utf8"])
def test_no_error_shows_a_secret(nas: Nas, fault: str) -> None:
    with client(nas, device_id=DEVICE) as dsm:
        (session,) = nas.sessions
        nas.faults.add(fault)
        shown = [json.dumps(reply.error.details.as_dict()) for reply in dsm.read(TWO_READS) if reply.error]
    shown.append(f"{dsm.logout_error} {dsm!r}")
    nas.expire_sessions()
    for secret in (nas.password, DEVICE, session.sid, session.token):
        assert not any(secret in text for text in shown)
