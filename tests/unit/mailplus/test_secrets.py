# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys hide their values, and which must not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER, hide_secrets

HIDING = (
    *("password", "Password", "PASSWORD", "relay_password", "relayPassword", "relay-password", "password2"),
    *("relay_password_1", "new_password_confirm", "passwd", "smtp_auth_passwd", "pwd", "ldap_pwd", "pass", "auth_pass"),
    *(
        "passphrase",
        "key_passphrase",
        "secret",
        "client_secret",
        "shared_secret",
        "secret_key",
        "token",
        "access_token",
    ),
    *("synotoken", "api_key", "apikey", "api-key", "shared_key", "private_key", "privateKey", "dkim_private_key"),
    *("private_key_pem", "dkim_private_key_2048"),
)
SHOWING = (
    *("enable", "server", "port", "account", "username", "user", "path", "key", "public_key", "dkim_public_key"),
    *("keyword", "keywords", "monkey", "compass_direction", "passive_mode", "tokens_left", "pass_through", "banner"),
    *("authentication", "sender", "description", "message_id", "queue_id", "id", "hash", "expire"),
)


@pytest.mark.parametrize("key", HIDING)
def test_these_keys_hide_text_and_numbers(key: str) -> None:
    assert hide_secrets({key: "r3lay & s3cret"}) == {key: MARKER}
    assert hide_secrets([{"deep": [{key: "x"}]}]) == [{"deep": [{key: MARKER}]}]


@pytest.mark.parametrize("key", SHOWING)
def test_these_keys_hide_nothing(key: str) -> None:
    value = {key: "text", "list": [{key: ["a", 1, None]}]}
    assert hide_secrets(value) == value


@pytest.mark.parametrize("key", ["password", "token", "private_key_pem", "pass"])
@pytest.mark.parametrize("value", ["", None, True, False])
def test_no_secret_is_told_as_none(key: str, value: object) -> None:
    assert hide_secrets({key: value}) == {key: value}


@pytest.mark.parametrize("key", ["password_min_length", "password_expiry_days", "max_password_age", "secret_count"])
def test_numbers_about_secrets_are_shown(key: str) -> None:
    assert hide_secrets({key: 8}) == {key: 8}


def test_a_number_may_be_a_password() -> None:
    assert hide_secrets({"password": 12345678, "pin_secret": 4711}) == {"password": MARKER, "pin_secret": MARKER}


@pytest.mark.parametrize("key", ["passwords", "secrets", "app_passwords", "access_tokens", "api_keys", "private_keys"])
def test_several_secrets_are_hidden_too(key: str) -> None:
    assert "s3cret" not in str(hide_secrets({key: ["s3cret", "s3cret"]}))


@pytest.mark.parametrize("key", ["password_list", "secret_values"])
def test_a_list_under_a_telling_name_is_hidden_too(key: str) -> None:
    assert "s3cret" not in str(hide_secrets({key: ["s3cret"]}))


@pytest.mark.parametrize("key", ["bypass", "spam_bypass", "compass"])
def test_a_word_that_ends_like_one_is_not_a_secret(key: str) -> None:
    assert hide_secrets({key: "192.0.2.0/24"}) == {key: "192.0.2.0/24"}


@pytest.mark.parametrize("key", ["bind_pw", "ldap_bindpw", "credential", "access_key", "passcode"])
def test_further_names_of_secrets(key: str) -> None:
    assert hide_secrets({key: "s3cret"}) == {key: MARKER}


@pytest.mark.parametrize("value", [["s3cret"], {"value": "s3cret"}, [{"a": "s3cret"}]])
def test_what_is_not_text_under_a_secret_key_is_hidden_whole(value: object) -> None:
    assert "s3cret" not in str(hide_secrets({"password": value}))


def test_the_original_stays_as_it_is() -> None:
    original: dict[str, Any] = {"relay": {"password": "x", "list": [{"token": "y"}]}}
    before = copy.deepcopy(original)
    hide_secrets(original)
    assert original == before


@pytest.mark.parametrize("value", [None, 1, "password", [], {}, [[[]]], {"": "x"}, {"пароль": "x"}, {"\x00": [None]}])
def test_anything_may_be_looked_through(value: object) -> None:
    assert hide_secrets(value) == value
