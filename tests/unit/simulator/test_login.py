# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import totp_codes
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, QUEUE, Dsm, serving

DEVICE: dict[str, Any] = {"device_name": "controller"}


@pytest.mark.parametrize(("dsm_version", "newest"), [(5, 4), (6, 6), (7, 7)])
def test_login_versions(dsm_version: int, newest: int) -> None:
    with serving({"dsm": dsm_version}) as dsm:
        codes = {version: dsm.login_code(version) for version in range(1, 9)}
        assert codes == {v: 103 if v < 3 else None if v <= newest else 104 for v in range(1, 9)}
        assert len(dsm.nas.sessions) == dsm.nas.login_attempts == newest - 2


def test_what_version_6_and_7_answer(dsm: Dsm) -> None:
    six, seven = dsm.login(6, enable_device_token="yes"), dsm.login(7, enable_device_token="yes")
    assert set(six) == {"sid", "synotoken", "did", "is_portal_port"}
    assert set(seven) == {"sid", "synotoken", "device_id", "account", "ik_message", "is_portal_port"}
    assert six["did"]
    assert seven["device_id"]
    assert seven["account"] == dsm.nas.username
    assert dsm.login(7)["device_id"] == ""
    assert dsm.login(7)["synotoken"] == ""


@pytest.mark.parametrize(
    ("headers", "params", "body", "code"),
    [
        (True, False, False, None),
        (False, True, False, None),
        (False, False, True, 119),
        (False, False, False, 119),
    ],
)
def test_a_token_is_read_from_header_and_query_only(
    dsm: Dsm, *, headers: bool, params: bool, body: bool, code: int | None
) -> None:
    session = dsm.login(enable_syno_token="yes")
    token = session["synotoken"]
    assert token
    answer = dsm.request(
        headers={"X-SYNO-TOKEN": token} if headers else {},
        params={"SynoToken": token} if params else {},
        data={
            "api": QUEUE,
            "method": "list",
            "version": 1,
            "_sid": session["sid"],
            **({"SynoToken": token, "X-SYNO-TOKEN": token} if body else {}),
        },
    ).json()
    assert answer.get("error", {}).get("code") == code


def test_a_wrong_token(dsm: Dsm) -> None:
    dsm.login(enable_syno_token="yes")
    dsm.token = "wrong"
    assert dsm.code(QUEUE, "list") == 119
    assert dsm.code("SYNO.API.Auth", "logout") == 119
    assert len(dsm.nas.sessions) == 1


def test_the_session_id_in_url_body_or_cookie(dsm: Dsm) -> None:
    sid = dsm.login()["sid"]
    form: dict[str, Any] = {"api": QUEUE, "method": "list", "version": 1}
    assert dsm.request(params={"_sid": sid}, data=form).json()["success"] is True
    assert dsm.request(data={**form, "_sid": sid}).json()["success"] is True
    assert dsm.request(data=form, cookies={"id": sid}).json()["success"] is True
    assert dsm.request(data=form, cookies={"id": sid + "x"}).json()["error"]["code"] == 119
    assert "id" not in dsm.http.cookies


def test_a_cookie_where_asked_for(dsm: Dsm) -> None:
    sid = dsm.try_login(format="cookie")["data"]["sid"]
    assert dsm.http.cookies["id"] == sid
    assert dsm.code(QUEUE, "list") is None
    assert dsm.code("SYNO.API.Auth", "logout") is None
    assert dsm.nas.sessions == []


def test_logout_without_the_session_id_leaks_it(dsm: Dsm) -> None:
    sid = dsm.login()["sid"]
    dsm.sid = None
    assert dsm.call("SYNO.API.Auth", "logout") == {"success": True}
    assert len(dsm.nas.sessions) == 1
    assert dsm.code("SYNO.API.Auth", "logout", _sid=sid) is None
    assert dsm.nas.sessions == []
    assert dsm.code(QUEUE, "list", _sid=sid) == 119


@pytest.mark.parametrize("params", [{"account": "nobody"}, {"passwd": "wrong"}, {"passwd": ""}])
def test_wrong_account_or_password(dsm: Dsm, params: dict[str, Any]) -> None:
    assert dsm.login_code(**params) == 400
    assert dsm.nas.login_attempts == 1
    assert dsm.nas.sessions == []


@pytest.mark.parametrize("code", [401, 402, 406, 408, 409, 410, 411])
def test_accounts_that_are_refused(code: int) -> None:
    with serving({"accounts": [{"login_error": code}]}) as dsm:
        assert dsm.login_code() == code


def test_the_address_is_blocked_after_failures(dsm: Dsm) -> None:
    codes = [dsm.login_code(passwd="wrong") for _i in range(6)]
    assert codes == [400] * 5 + [407]
    assert dsm.login_code() == 407
    assert dsm.nas.login_attempts == 7


def test_a_success_forgives_and_blocking_can_be_changed() -> None:
    with serving({"block_after": 2}) as dsm:
        assert [dsm.login_code(passwd="wrong"), dsm.login_code(), dsm.login_code(passwd="wrong")] == [400, None, 400]
        assert [dsm.login_code(passwd="wrong"), dsm.login_code()] == [400, 407]
    with serving({"block_after": 0}) as dsm:
        assert {dsm.login_code(passwd="wrong") for _i in range(20)} == {400}


@pytest.mark.parametrize(
    ("role", "session", "login", "read"),
    [
        ("administrator", "MailPlusServer", None, None),
        ("delegated", "MailPlusServer", None, None),
        ("user", "MailPlusServer", 402, None),
        ("user", "webui", None, 5615),
    ],
)
def test_roles(role: str, session: str, login: int | None, read: int | None) -> None:
    with serving({"accounts": [{"role": role}]}) as dsm:
        assert dsm.login_code(session=session) == login
        if login is None:
            dsm.login(session=session)
            assert dsm.code(PREFIX + "MailPlus", "get") == read


def test_second_factor_is_asked_for_and_used_once() -> None:
    account = {"otp_codes": ["111111", "222222"], "second_factors": ["otp", "fido"]}
    with serving({"accounts": [account]}) as dsm:
        error = dsm.try_login()["error"]
        assert error["code"] == 403
        assert error["errors"]["token"]
        assert error["errors"]["types"] == [{"type": "otp"}, {"type": "fido"}]
        codes = [dsm.login_code(otp_code=code) for code in ("111111", "111111", "333333", "222222")]
        assert codes == [None, 404, 404, None]


def test_time_based_codes() -> None:
    secret = "JBSWY3DPEHPK3PXP"
    with serving({"accounts": [{"otp_secret": secret}]}) as dsm:
        code = min(totp_codes(secret))
        assert [dsm.login_code(otp_code=code), dsm.login_code(otp_code=code)] == [None, 404]


def test_the_time_based_code_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1111111109.0)
    assert "081804" in totp_codes("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")


@pytest.mark.parametrize("version", [6, 7])
def test_a_known_device_stands_in_for_the_code(version: int) -> None:
    with serving({"accounts": [{"otp_codes": ["111111"]}]}) as dsm:
        first = dsm.login(version, otp_code="111111", enable_device_token="yes", **DEVICE)
        device = first["did" if version == 6 else "device_id"]
        assert dsm.login_code(version, device_id=device, **DEVICE) is None
        assert dsm.login_code(version, device_id=device, device_name="another") == 403
        assert dsm.login_code(version, device_id="another", **DEVICE) == 403


def test_a_device_known_from_the_start() -> None:
    account = {"otp_codes": ["111111"], "devices": {"token": "controller"}}
    with serving({"accounts": [account]}) as dsm:
        assert dsm.login_code(device_id="token", **DEVICE) is None


@pytest.mark.parametrize("code", [106, 107, 119])
def test_sessions_expire(logged_in: Dsm, code: int) -> None:
    logged_in.nas.expire_sessions(code)
    assert [logged_in.code(QUEUE, "list"), logged_in.code(QUEUE, "list")] == [code, code]
    assert logged_in.nas.sessions == []
    logged_in.login()
    assert logged_in.code(QUEUE, "list") is None


def test_idle_sessions_expire() -> None:
    with serving({"session_timeout": -1}) as dsm:
        dsm.login()
        assert dsm.code(QUEUE, "list") == 106


def test_reset_forgets(logged_in: Dsm) -> None:
    logged_in.nas.faults.add("error", code=100)
    logged_in.nas.set_answer(QUEUE, "list", {"total": 99})
    logged_in.nas.reset()
    assert (logged_in.nas.requests, logged_in.nas.sessions, logged_in.nas.login_attempts) == ([], [], 0)
    assert logged_in.code(QUEUE, "list") == 119
    logged_in.login()
    assert logged_in.data(QUEUE, "list")["total"] == 12
