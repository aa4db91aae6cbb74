# SPDX-License-Identifier: GPL-3.0-or-later
"""plesk_mail_info without a wire: options, what fails the task, and secrets that never come back."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import plesk_question
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import Validator
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.plesk_question import PleskQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import Credentials
from ansible_collections.mailfleet.mailplus.plugins.modules import plesk_mail_info
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import MOST_REFUSALS, LoginGate
from ansible_collections.mailfleet.mailplus.tests.unit.support.fake_plesk import (
    NOISE,
    PREFS,
    FakePlesk,
    account,
    error,
    lost,
    parsed,
    result,
    site,
    site_id,
    system,
)

LOGIN = {"host": "plesk.example.com", "username": "admin", "password": "S3cret & 1"}
KEY = {"host": "plesk.example.com", "secret_key": "k3y-k3y-k3y"}
QUESTION = PleskQuestion()


@pytest.fixture
def plesk(monkeypatch: pytest.MonkeyPatch) -> FakePlesk:
    return use(monkeypatch, FakePlesk({12: "example.com", 13: "example.org"}))


def use(monkeypatch: pytest.MonkeyPatch, fake: FakePlesk) -> FakePlesk:
    monkeypatch.setattr(plesk_question, "HttpTransport", lambda _address: fake)
    return fake


def answer(**given: Any) -> dict[str, Any]:
    validated = Validator(QUESTION.argument_spec).validate(given)
    assert validated.error_messages == []
    found = QUESTION.answer(validated.validated_parameters, check_mode=True)
    json.dumps(found, ensure_ascii=False).encode()
    assert not NOISE.search(found.get("msg", ""))
    return found


def complaint(plesk: FakePlesk, **given: Any) -> str:
    """The one line that a bad option gets, before anything is sent."""
    found = answer(**given)
    assert (found["failed"], found["error"], plesk.packets) == (True, None, [])
    assert len(found["msg"].splitlines()) == 1
    assert "S3cret" not in found["msg"]
    assert "k3y" not in found["msg"]
    return str(found["msg"])


# -------------------------------------------------------------------------------------------------------------- options


@pytest.mark.parametrize("given", [LOGIN, KEY], ids=["login", "key"])
def test_a_login_or_a_key_is_enough(plesk: FakePlesk, given: dict[str, Any]) -> None:
    found = answer(**given)
    assert not found.get("failed")
    assert (found["changed"], found["warnings"], list(found["sites"])) == (False, [], ["example.com", "example.org"])
    assert len(plesk.packets) == 2


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"username": None, "password": None}, "secret_key missing, or username and password: set as options"),
        ({"username": None}, "username missing:"),
        ({"password": ""}, "password missing:"),
        ({"secret_key": "k3y"}, "secret_key stands alone, and username and password set beside it"),
        ({"secret_key": "k3y", "username": None}, "and password set beside it"),
        ({"host": None}, "host missing: set as options"),
        (
            {"host": "plesk.example.com:8443"},
            "host is a name or an address alone, not 'plesk.example.com:8443'; port is",
        ),
        ({"host": "https://plesk.example.com"}, "host is a name or an address alone"),
        ({"port": 0}, "port is between 1 and 65535, not 0."),
        ({"timeout": 0}, "timeout is more than 0 seconds"),
        ({"timeout": float("nan")}, "timeout is more than 0 seconds"),
        ({"password": "S3cret\r\nX: 1"}, "password holds what no header of a request can carry"),
        ({"password": "S3cret\x00"}, "password holds"),
        ({"password": " S3cret"}, "password holds"),
        ({"password": "S3cret-pässword"}, "a secret_key can take its place"),
        ({"password": "S3cret-\udc80"}, "password holds"),
        ({"username": "管理者"}, "username holds"),
        ({"username": None, "password": None, "secret_key": "k3y\n"}, "secret_key holds"),
        ({"sites": [""]}, "sites holds names of sites, such as example.com, not ''; leave it out for all sites."),
        ({"sites": ""}, "leave it out for all sites."),
        ({"sites": ["example.com", "a\x00b"]}, "sites holds names of sites, such as example.com, not 'a\\x00b'."),
        ({"sites": ["\ud800"]}, "sites holds names of sites"),
        ({"sites": ["anna@example.com"]}, "sites holds names of sites"),
        ({"sites": ["https://example.com/"]}, "sites holds names of sites"),
    ],
)
def test_a_bad_option_is_one_clear_line(plesk: FakePlesk, changes: dict[str, Any], part: str) -> None:
    assert part in complaint(plesk, **{**LOGIN, **changes})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"secret_key": ["k3y"]}, "secret_key is text, not a list."),
        ({"secret_key": {"a": "k3y"}}, "secret_key is text, not a mapping."),
        ({"username": ["a"], "password": "S3cret"}, "username is text, not a list."),
        ({"username": "a", "password": {"value": "S3cret"}}, "password is text, not a mapping."),
        ({"secret_key": "k3y", "sites": [None]}, "sites is a list of text, and holds null."),
        ({"secret_key": "k3y", "sites": ["a.com", {"b.com": 1}]}, "sites is a list of text, and holds a mapping."),
    ],
)
def test_what_is_no_text_is_not_made_to_be(given: dict[str, Any], message: str) -> None:
    assert Validator(QUESTION.argument_spec).validate(given).error_messages == [message]


def test_a_number_may_be_a_password(plesk: FakePlesk) -> None:
    assert not answer(host="plesk.example.com", username="admin", password=12345678).get("failed")
    assert plesk.headers[0]["HTTP_AUTH_PASSWD"] == "12345678"


def test_options_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "PORT": "9443", "USERNAME": "someone", "PASSWORD": "S3cret", "SECRET_KEY": "k3y", "VALIDATE_CERTS": "no",
        "CA_PATH": "/etc/ssl/plesk.pem", "TIMEOUT": "2.5", "HOST": "never", "SITES": "never",
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(f"PLESK_{name}", value)
    assert Validator(QUESTION.argument_spec).validate({}).validated_parameters == {
        "host": None,
        "port": 9443,
        "username": "someone",
        "password": "S3cret",
        "secret_key": "k3y",
        "validate_certs": False,
        "ca_path": "/etc/ssl/plesk.pem",
        "timeout": 2.5,
        "sites": [],
    }


def test_names_of_sites_may_be_of_any_script(plesk: FakePlesk) -> None:
    plesk.sites = {12: "bücher.example", 13: "例え.example"}
    assert list(answer(**KEY, sites=["例え.example", " bücher.example"])["sites"]) == ["例え.example", "bücher.example"]


# --------------------------------------------------------------------------------------------------- what fails a task


def test_a_refused_login_fails_with_what_plesk_says(monkeypatch: pytest.MonkeyPatch) -> None:
    plesk = use(monkeypatch, FakePlesk(before=lambda _number, _asked: system(1001, "S3cret &amp; 1 is wrong")))
    found = answer(**LOGIN)
    assert (found["failed"], found["error"]["kind"], found["error"]["code"]) == (True, "login", 1001)
    assert "Plesk says: '[hidden] is wrong'." in found["msg"]
    assert "S3cret" not in json.dumps(found)
    assert len(plesk.packets) == 1


def one_fails(code: int = 1006) -> FakePlesk:
    return FakePlesk(
        {12: "example.com", 13: "example.org"},
        accounts=lambda asked: error(code) if site_id(asked) == 12 else account("anna"),
    )


def test_a_site_that_fails_is_a_warning_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, one_fails())
    found = answer(**KEY)
    assert not found.get("failed")
    (warning,) = found["warnings"]
    assert "example.com" in warning
    assert "example.org" not in warning
    assert "code 1006" in warning
    assert found["sites"]["example.com"]["accounts"]["status"] == "forbidden"
    assert found["sites"]["example.org"]["accounts"]["status"] == "ok"


def test_names_of_a_server_stay_in_one_short_line(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {number: f"site{number}\u202e\n\u009b31m" for number in range(1, 41)} | {50: "example.com"}
    use(monkeypatch, FakePlesk(names, accounts=lambda asked: account("a") if site_id(asked) == 50 else error(1006)))
    (warning,) = answer(**KEY)["warnings"]
    assert "'site1\\u202e \\x9b31m'" in warning
    assert " and 30 more;" in warning
    assert warning.isprintable()


def test_a_site_that_fails_fails_the_task_that_names_it_and_all_that_was_read_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, one_fails())
    found = answer(**KEY, sites=["example.com", "example.org"])
    assert found["failed"] is True
    assert found["msg"].startswith("example.com: ")
    assert found["error"]["name"] == "permission_denied"
    assert found["sites"]["example.org"]["accounts"]["status"] == "ok"
    assert not answer(**KEY, sites=["example.org"]).get("failed")


def test_where_no_mail_can_be_read_the_task_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakePlesk(accounts=lambda _asked: error(1006), preferences=lambda _asked: error(1006)))
    assert answer(**KEY)["failed"] is True


def test_a_server_without_sites_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakePlesk({}))
    found = answer(**KEY)
    assert (found["sites"], found.get("failed")) == ({}, None)
    assert found["listing"] == {"status": "ok", "data": None, "summary": {"sites": 0, "all": True}, "error": None}
    (warning,) = found["warnings"]
    assert warning.startswith("https://plesk.example.com:8443: Plesk tells of no site")


def test_sites_that_may_be_missing_are_told_to_programs_and_people(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(number: int, _asked: Any) -> str | None:
        inner = f"<webspace><get>{error(1006)}</get></webspace><site><get>{site(12, 'example.com')}</get></site>"
        return f"<packet>{inner}</packet>" if number == 1 else None

    use(monkeypatch, FakePlesk(before=whole))
    found = answer(**KEY)
    assert not found.get("failed")
    assert (found["listing"]["status"], found["listing"]["error"]["code"]) == ("forbidden", 1006)
    assert len(found["warnings"]) == 1


# -------------------------------------------------------------------------------------------------------------- secrets

SENT = [
    "<password><value>HUSH</value><type>plain</type></password>",
    "<password>HUSH</password>",
    "<password><value>HUSH</value><value>HUSH</value></password>",
    "<mailbox><password><value>HUSH</value></password></mailbox>",
    "<passwd-hash>HUSH</passwd-hash>",
    "<mailbox_password>HUSH</mailbox_password>",
    "<pass>HUSH</pass>",
    "<mailpass><type>plain</type><text>HUSH</text></mailpass>",
    "<token><x>HUSH</x></token>",
    "<crypt>HUSH</crypt>",
    "<hash>HUSH</hash>",
    "<Passwort>HUSH</Passwort>",
    "<kennwort2><text>HUSH</text></kennwort2>",
    "<note>$6$saltsalt$HUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSH</note>",
    "<note>{CRYPT}$2y$10$HUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSH</note>",
    "<autoresponder><text>k3y-k3y-k3y</text><password>HUSH</password></autoresponder>",
    "<Password><x><y>HUSH</y></x></Password>",
    "<secret-key>HUSH</secret-key>",
    "<autoresponder><password><value>HUSH</value></password></autoresponder>",
    "<extra><deep><deeper><password><value>HUSH</value><type>crypt</type></password></deeper></deep></extra>",
    "<extra><item><name>password</name><value>HUSH</value></item></extra>",
    "<credentials><value>HUSH</value></credentials>",
    "<mailbox>1</mailbox><mailbox><password><value>HUSH</value></password></mailbox>",
    "<password><value>HUSH</value></password><password><value>HUSH</value></password>",
]


@pytest.mark.parametrize("sent", SENT)
def test_no_password_comes_back_wherever_it_stands(monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    beside = f"<site-id>12</site-id>{PREFS.replace('</prefs>', f'{sent}</prefs>')}"
    use(
        monkeypatch, FakePlesk(accounts=lambda _asked: account("anna", sent), preferences=lambda _asked: result(beside))
    )
    found = answer(**KEY)
    assert found["sites"]["example.com"]["accounts"]["status"] == "ok"
    assert "HUSH" not in json.dumps(found)
    assert "k3y-k3y" not in json.dumps(found)
    assert "[hidden]" in json.dumps(found)


def test_a_name_that_repeats_our_key_is_not_shown_as_another(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakePlesk({12: "example.com", 13: "k3y-k3y-k3y.example"}, lambda _asked: account("k3y-k3y-k3y")))
    found = answer(**KEY)
    assert list(found["sites"]) == ["example.com"]
    assert (found["listing"]["status"], found["sites"]["example.com"]["accounts"]["status"]) == ("failed", "failed")
    assert "k3y-k3y" not in json.dumps(found)


@pytest.mark.parametrize("name", ["example.pw", "my.secret", "password.example.com", "token", "example.pin"])
def test_the_name_of_a_site_hides_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    use(monkeypatch, FakePlesk({12: name}))
    assert answer(**KEY)["sites"][name]["accounts"]["data"][0]["address"] == f"anna@{name}"


# ------------------------------------------------------------------------------------------------- what is documented


def documented(described: dict[str, Any]) -> dict[str, Any]:
    return {key: documented(value["contains"]) if "contains" in value else {} for key, value in described.items()}


def keys(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return keys(value[0]) if value else {}
    return {key: keys(inner) for key, inner in value.items()} if isinstance(value, dict) else {}


def test_every_key_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = "<mailbox/><forwarding/><autoresponder><attachment><file-name>a</file-name></attachment></autoresponder>"
    prefs = "<prefs><nonexistent-user><reject/></nonexistent-user><mail-provider><local/></mail-provider></prefs>"
    use(
        monkeypatch, FakePlesk(accounts=lambda _asked: account("anna", whole), preferences=lambda _asked: result(prefs))
    )
    told = documented(yaml.safe_load(plesk_mail_info.RETURN))
    found = answer(**KEY)
    assert keys(found["sites"]["example.com"]) == told["sites"]["NAME"]
    assert keys(found["listing"]) == told["listing"]
    use(monkeypatch, FakePlesk(before=lambda _number, _asked: system(1001)))
    assert keys(answer(**KEY)["error"]) == told["error"]


# ------------------------------------------------------------------------------------------------------------- the gate


@pytest.mark.parametrize("who", [Credentials("admin", "wrong"), Credentials(secret_key="wrong")], ids=["login", "key"])
def test_where_host_after_host_refuses_the_rest_is_not_asked(monkeypatch: pytest.MonkeyPatch, who: Credentials) -> None:
    gate = LoginGate()
    plesk = use(monkeypatch, FakePlesk(before=lambda _number, _asked: system(1001)))
    given = {"username": who.username, "password": who.password, "secret_key": who.secret_key}
    names = []
    for number in range(50):
        params = Validator(QUESTION.argument_spec).validate({**given, "host": f"plesk{number}"})
        found = QUESTION.answer(params.validated_parameters, admit=gate.turn)
        names.append(found["error"]["name"])
    assert len(plesk.packets) == MOST_REFUSALS
    assert names == ["wrong_credentials"] * MOST_REFUSALS + ["not_asked"] * (50 - MOST_REFUSALS)
    assert "Plesk refused the same credentials on 3 hosts" in found["msg"]


def test_a_login_that_http_refuses_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = LoginGate()

    def unauthorized(_number: int, _asked: Any) -> str:
        parsed("", HTTPStatus.UNAUTHORIZED)
        return ""

    plesk = use(monkeypatch, FakePlesk(before=unauthorized))
    for number in range(8):
        params = Validator(QUESTION.argument_spec).validate({**KEY, "host": f"plesk{number}"})
        found = QUESTION.answer(params.validated_parameters, admit=gate.turn)
    assert len(plesk.packets) == MOST_REFUSALS
    assert found["error"]["name"] == "not_asked"


@pytest.mark.parametrize("code", [1003, 1005, 1014])
def test_what_says_nothing_of_the_credentials_stops_nobody(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    gate = LoginGate()
    plesk = use(monkeypatch, FakePlesk(before=lambda _number, _asked: system(code)))
    for number in range(10):
        params = Validator(QUESTION.argument_spec).validate({**KEY, "host": f"plesk{number}"})
        QUESTION.answer(params.validated_parameters, admit=gate.turn)
    assert len(plesk.packets) == 10


def test_a_plesk_that_is_lost_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_number: int, _asked: Any) -> str:
        raise lost()

    gate = LoginGate()
    plesk = use(monkeypatch, FakePlesk(before=silent))
    for number in range(10):
        params = Validator(QUESTION.argument_spec).validate({**KEY, "host": f"plesk{number}"})
        QUESTION.answer(params.validated_parameters, admit=gate.turn)
    assert len(plesk.packets) == 10


def test_a_refusal_in_the_middle_is_not_sent_again_by_a_later_task(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = LoginGate()
    plesk = use(monkeypatch, FakePlesk(before=lambda number, _asked: system(1004) if number > 1 else None))
    for expected in ("key_not_valid", "not_asked"):
        params = Validator(QUESTION.argument_spec).validate(KEY)
        found = QUESTION.answer(params.validated_parameters, admit=gate.turn)
        assert (found["failed"], found["error"]["name"]) == (True, expected)
    assert len(plesk.packets) == 2


class Marked(str):
    """Text as ansible-core before 2.19 marks it: whatever is made of it is marked too."""

    __slots__ = ()

    def __format__(self, form: str) -> str:  # pylint: disable=invalid-format-returned
        return Marked(super().__format__(form))

    def __str__(self) -> str:  # pylint: disable=invalid-str-returned
        return self


def test_marks_of_ansible_are_in_no_header_and_no_result(plesk: FakePlesk) -> None:
    params = Validator(QUESTION.argument_spec).validate(LOGIN).validated_parameters
    marked = {**params, "password": Marked("S3cret & 1"), "sites": [Marked("gone.example")]}
    found = QUESTION.answer(marked)
    assert {type(value) for value in plesk.headers[0].values()} == {str}
    assert {type(name) for name in found["sites"]} == {str}
