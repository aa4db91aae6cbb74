# SPDX-License-Identifier: GPL-3.0-or-later
"""Options as Ansible validates them, their fallbacks in the environment, and one clear line for each bad one."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import (
    FactsQuestion,
    InfoQuestion,
    Question,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import log, queue, report
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import DEFAULT, select
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    BATCH,
    LOGIN,
    LOGOUT,
    QUEUE,
    calls,
    requests_of,
)

FLEET = {
    "nas": {
        "one": {},
        "down": {"unreachable": True},
        "bare": {"package": False},
        "partly": {"permissions": {QUEUE: 105}},
    },
    "defaults": {"https": False},
}
REQUIRED = {"host": "nas.example.com", "username": "auditor", "password": "S3cret & 1"}
FACTS, LOGS = FactsQuestion(), InfoQuestion(log.AREA)
QUEUE_INFO, SETTINGS = InfoQuestion(queue.AREA), InfoQuestion(report.AREA)

# A value in the environment for every option of the connection, and what it becomes.
ENVIRONMENT: dict[str, tuple[str, Any]] = {
    "port": ("5443", 5443),
    "https": ("no", False),
    "username": ("someone", "someone"),
    "password": ("pässword & more", "pässword & more"),
    "validate_certs": ("false", False),
    "ca_path": ("/etc/ssl/nas.pem", "/etc/ssl/nas.pem"),
    "timeout": ("2.5", 2.5),
    "time_limit": ("90", 90.0),
    "max_answer_size": ("16", 16),
    "otp_code": ("012345", "012345"),
    "device_id": ("D3vice", "D3vice"),
    "device_name": ("controller", "controller"),
    "session_name": ("Auditor", "Auditor"),
}


def validated(question: Question, **given: Any) -> dict[str, Any]:
    result = options.Validator(question.argument_spec).validate({**REQUIRED, **given})
    assert result.error_messages == []
    params: dict[str, Any] = result.validated_parameters
    return params


def answer(question: Question, **given: Any) -> dict[str, Any]:
    return question.answer(validated(question, **given))


def complaint(question: Question, **given: Any) -> str:
    """The one line that a bad option gets, before any NAS is asked."""
    result = answer(question, **given)
    assert result["failed"] is True
    assert result["error"] is None
    assert len(result["msg"].splitlines()) == 1
    assert REQUIRED["password"] not in result["msg"]
    return str(result["msg"])


def nas_options(nas: Nas, **given: Any) -> dict[str, Any]:
    return {
        "host": nas.host,
        "port": nas.port,
        "https": False,
        "username": nas.username,
        "password": nas.password,
        **given,
    }


# ------------------------------------------------------------------------------------------------------- environment


def test_every_connection_option_is_in_the_table() -> None:
    assert {*ENVIRONMENT, "host"} == set(options.CONNECTION_SPEC)


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_an_option_falls_back_to_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = ENVIRONMENT[name]
    monkeypatch.setenv(f"MAILPLUS_{name.upper()}", text)
    given = {key: item for key, item in REQUIRED.items() if key != name}
    params = options.Validator(SETTINGS.argument_spec).validate(given).validated_parameters
    assert params[name] == value
    assert type(params[name]) is type(value)


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_the_option_of_a_task_comes_before_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = ENVIRONMENT[name]
    monkeypatch.setenv(
        f"MAILPLUS_{name.upper()}", "17" if name in ("port", "timeout", "time_limit", "max_answer_size") else "yes"
    )
    assert validated(SETTINGS, **{name: text})[name] == value


@pytest.mark.parametrize("name", ["host", "offset", "limit", "reveal_secrets", "gather_subset", "sections"])
def test_what_is_asked_for_is_not_taken_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [validated(question) for question in (FACTS, LOGS)]
    monkeypatch.setenv(f"MAILPLUS_{name.upper()}", "1")
    assert [validated(question) for question in (FACTS, LOGS)] == before


def test_defaults_are_the_safe_ones() -> None:
    params = validated(FACTS)
    assert {name: params[name] for name in ("https", "validate_certs", "reveal_secrets", "offset", "limit")} == {
        "https": True,
        "validate_certs": True,
        "reveal_secrets": False,
        "offset": 0,
        "limit": 50,
    }
    assert (params["gather_subset"], params["timeout"], params["session_name"]) == ([*DEFAULT], 30.0, "MailPlusServer")


@pytest.mark.parametrize(
    "name", ["https", "validate_certs", "timeout", "reveal_secrets", "offset", "limit", "gather_subset"]
)
def test_null_does_not_switch_a_default_off(name: str) -> None:
    """An empty variable must not, for one, turn HTTPS or the check of certificates off."""
    assert options.Validator(FACTS.argument_spec).validate({**REQUIRED, name: None}).error_messages


def test_secret_options_are_marked_and_no_other() -> None:
    marked = {name for name, spec in options.CONNECTION_SPEC.items() if spec.get("no_log")}
    assert marked == {"password", "otp_code", "device_id"}


# ---------------------------------------------------------------------------------------------------------- address


@pytest.mark.parametrize(("https", "port"), [(True, 5001), (False, 5000)])
def test_the_port_follows_https(https: bool, port: int) -> None:
    assert options.address(validated(SETTINGS, https=https)).port == port
    assert options.address(validated(SETTINGS, https=https, port=8443)).port == 8443


@pytest.mark.parametrize("host", ["nas", "nas.example.com", "192.0.2.1", "::1", "[::1]", "2001:db8::1", "büro.example"])
def test_a_name_or_an_address_is_a_host(host: str) -> None:
    address = options.address(validated(SETTINGS, host=host))
    assert address.host == host.strip("[]")
    assert address.url == f"https://{'[' + address.host + ']' if ':' in host else host}:5001"


@pytest.mark.parametrize(
    "host",
    [
        "https://nas",
        "nas:5001",
        "nas/webapi",
        "user@nas",
        "nas?x",
        "nas#x",
        "my nas",
        " nas",
        "nas ",
        "http://[::1]:5000",
    ],
)
def test_what_is_more_than_a_host_is_refused(host: str) -> None:
    assert "host" in complaint(SETTINGS, host=host)


@pytest.mark.parametrize("host", ["[]", "nas\n", "nas\tx", "nas\\x", "\x00"])
def test_what_cannot_be_in_a_host_is_refused(host: str) -> None:
    with pytest.raises(options.OptionError, match="host"):
        options.address(validated(SETTINGS, host=host))


def test_a_password_written_into_the_host_is_not_shown() -> None:
    assert "hunter2" not in complaint(SETTINGS, host="https://admin:hunter2@nas")


@pytest.mark.parametrize("port", [-1, 65536, 10**6])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    assert f"not {port}" in complaint(SETTINGS, port=port)


def test_port_0_is_refused() -> None:
    with pytest.raises(options.OptionError, match="port"):
        options.address(validated(SETTINGS, port=0))


@pytest.mark.parametrize("timeout", [0, -1, -0.5, "-3"])
def test_a_timeout_that_cannot_be_is_refused(timeout: object) -> None:
    assert "timeout" in complaint(SETTINGS, timeout=timeout)


@pytest.mark.parametrize("timeout", ["nan", "inf", 1e12])
def test_a_timeout_that_no_socket_takes_is_refused(timeout: object) -> None:
    with pytest.raises(options.OptionError, match="timeout"):
        options.address(validated(SETTINGS, timeout=timeout))


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize("name", list(REQUIRED))
def test_a_missing_credential_is_named_with_the_ways_to_give_it(name: str, value: object) -> None:
    message = complaint(SETTINGS, **{name: value})
    assert message.startswith(f"{name} missing")
    assert (f"MAILPLUS_{name.upper()}" in message) is (name != "host")
    assert "module_defaults" in message


def test_all_missing_credentials_are_named_at_once() -> None:
    message = complaint(SETTINGS, username="", password="")
    assert "username and password missing" in message
    assert "MAILPLUS_USERNAME and MAILPLUS_PASSWORD" in message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"password": {"value": "p4ss"}}, "password is text, not a mapping."),
        ({"username": ["auditor"]}, "username is text, not a list."),
        ({"otp_code": [1]}, "otp_code is text, not a list."),
        ({"host": {"name": "nas1"}}, "host is text, not a mapping."),
        ({"ca_path": ["/a"]}, "ca_path is text, not a list."),
        ({"gather_subset": [None]}, "gather_subset is a list of text, and holds null."),
        ({"gather_subset": [["smtp"]]}, "gather_subset is a list of text, and holds a list."),
    ],
)
def test_what_is_no_text_is_not_made_to_be(given: dict[str, Any], message: str) -> None:
    assert options.Validator(FACTS.argument_spec).validate({**REQUIRED, **given}).error_messages == [message]


def test_a_number_is_text() -> None:
    assert validated(FACTS, password=12345678)["password"] == "12345678"


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", "many"), ("port", 1.5), ("timeout", "soon"), ("https", "perhaps"), ("limit", "all"), ("offset", [1])],
)
def test_a_value_of_another_type_is_refused_by_ansible(name: str, value: object) -> None:
    messages = options.Validator(FACTS.argument_spec).validate({**REQUIRED, name: value}).error_messages
    assert [message for message in messages if name in message] == messages
    assert len(messages) == 1


# ------------------------------------------------------------------------------------------------ rows and sections


@pytest.mark.parametrize(
    ("given", "expected"),
    [({}, (0, 50)), ({"limit": -1}, (0, None)), ({"limit": 0, "offset": 7}, (7, 0)), ({"limit": 501}, (0, 501))],
)
def test_a_window_of_rows(given: dict[str, int], expected: tuple[int, int | None]) -> None:
    window = options.window(validated(QUEUE_INFO, **given))
    assert (window.offset, window.limit) == expected


@pytest.mark.parametrize(
    ("given", "name"), [({"offset": -1}, "offset"), ({"limit": -2}, "limit"), ({"limit": -50}, "limit")]
)
def test_a_window_that_cannot_be_is_refused(given: dict[str, int], name: str) -> None:
    assert complaint(QUEUE_INFO, **given).startswith(name)


def test_an_empty_choice_of_sections_is_refused() -> None:
    assert "sections" in complaint(LOGS, sections=[])


@pytest.mark.parametrize("subset", [["nonsense"], [], ["all", "!all"], ["queue", "!que"]])
def test_a_bad_subset_is_refused_with_the_groups(subset: list[str]) -> None:
    message = complaint(FACTS, gather_subset=subset)
    assert "subset" in message
    assert "migrations" in message


def test_only_modules_of_lists_have_a_window() -> None:
    assert not set(options.LIST_SPEC) & set(SETTINGS.argument_spec)
    assert set(options.LIST_SPEC) <= set(QUEUE_INFO.argument_spec)


# ----------------------------------------------------------------------------------------------------------- results


def test_a_bad_option_asks_no_nas(nas: Nas) -> None:
    for given in ({"gather_subset": ["nonsense"]}, {"limit": -2}, {"timeout": -1}, {"username": ""}):
        assert answer(FACTS, **nas_options(nas, **given))["failed"] is True
    assert nas.requests == []


def test_facts_are_facts(nas: Nas) -> None:
    result = answer(FACTS, **nas_options(nas))
    assert set(result) == {"changed", "warnings", "ansible_facts"}
    assert result["changed"] is False
    assert set(result["ansible_facts"]["mailplus"]["sections"]) == {section.name for section in select(DEFAULT)}
    assert calls(nas) == [LOGIN, BATCH, BATCH, LOGOUT]


def test_a_section_of_several_may_be_chosen(nas: Nas) -> None:
    result = answer(LOGS, **nas_options(nas, sections=["transaction_log"]))
    assert set(result) == {"changed", "warnings", "transaction_log"}


def test_a_narrow_question_fails_unless_its_section_is_ok(fleet: Fleet) -> None:
    result = answer(QUEUE_INFO, **nas_options(fleet["partly"]))
    assert result["failed"] is True
    assert result["queue"]["status"] == "forbidden"
    assert result["error"] == result["queue"]["error"]
    assert result["msg"] == f"{result['error']['message']} {result['error']['hint']}"


def test_facts_fail_only_when_nothing_can_be_read(fleet: Fleet) -> None:
    assert "failed" not in answer(FACTS, **nas_options(fleet["bare"]))
    assert "failed" not in answer(FACTS, **nas_options(fleet["partly"]))
    result = answer(FACTS, **nas_options(fleet["down"]))
    assert result["failed"] is True
    assert result["error"]["name"] == "connection_refused"
    assert "ansible_facts" not in result


def test_no_result_echoes_an_option(fleet: Fleet) -> None:
    secrets = {"otp_code": "012345", "device_id": "D3vice-id"}
    for name in ("one", "down", "bare", "partly"):
        nas = fleet[name]
        for question in (FACTS, QUEUE_INFO):
            shown = repr(answer(question, **nas_options(nas, **secrets)))
            assert not any(secret in shown for secret in (nas.password, *secrets.values()))


def test_one_batch_holds_what_a_module_asks(nas: Nas) -> None:
    answer(LOGS, **nas_options(nas, sections=["admin_log", "transaction_log"]))
    (batch,) = requests_of(nas, BATCH)
    assert [(item["offset"], item["limit"]) for item in batch.items] == 2 * [(0, 50), (50, 1)]


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(options.OptionError, match=r"since \(2026-01-02T00:00:00Z\) is after until \(2026-01-01"):
        options.window({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"})


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("recipient", " A@x.org ", "a@x.org"),
        ("sender", "Anna <a@x.org.>", "a@x.org"),
        ("recipient", "root", "root"),
        ("domain", " X.org. ", "x.org"),
        ("domain", "@x.org", "x.org"),
        ("domain", "", None),
    ],
)
def test_an_address_is_taken_as_rows_have_it(name: str, value: str, taken: str | None) -> None:
    assert getattr(options.window({name: value}).filter, name) == taken


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("domain", "u@x.org", "domain is one domain, such as example.com, not 'u@x.org'."),
        ("domain", "*.x.org", "domain is one domain, such as example.com, not '*.x.org'."),
        ("recipient", "@x.org", "recipient is one address, such as anna@example.com, not '@x.org'."),
        (
            "recipient",
            "a@x.org, b@x.org",
            "recipient is one address, such as anna@example.com, not 'a@x.org, b@x.org'.",
        ),
        ("sender", " ", "sender is one address, such as anna@example.com, not ' '."),
    ],
)
def test_an_address_that_no_row_can_have_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(options.OptionError) as caught:
        options.window({name: value})
    assert str(caught.value) == said
