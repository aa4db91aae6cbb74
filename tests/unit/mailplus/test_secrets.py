# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys hide their values, and which must not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER, hide_secrets

# Under these, whatever is not a number is hidden …
HIDING = (
    *("password", "Password", "PASSWORD", "relay_password", "relayPassword", "relay-password", "password2"),
    *("relay_password_1", "new_password_confirm", "passwd", "smtp_auth_passwd", "pwd", "ldap_pwd", "auth_pass", "pass"),
    *("passphrase", "key_passphrase", "secret", "client_secret", "shared_secret", "secret_key", "passcode"),
    *("synotoken", "token", "access_token", "token_value", "api_key", "apikey", "api-key", "shared_key", "access_key"),
    *("private_key", "privateKey", "dkim_private_key", "private_key_pem", "dkim_private_key_2048", "dkim_key"),
    *("psk", "wpa_psk", "preshared_key", "pre_shared_key", "pre-shared key", "psk_key", "auth_key", "authKey"),
    *("authentication_key", "encryption_key", "EncryptionKey", "signing_key", "session_key", "master_key", "hmac_key"),
    *("tls_key", "totp_seed", "otp_seed", "totpSeed", "pin", "user_pin", "PIN", "pin_code", "pin2", "otp_code"),
    *("recovery_codes", "authorization", "Authorization", "proxy_authorization", "bearer", "cookie", "Set-Cookie"),
    *("sid", "_sid", "session_id", "bind_pw", "ldap_bindpw", "credential"),
)
SHOWING = (
    *("enable", "server", "port", "account", "username", "user", "path", "key", "public_key", "dkim_public_key"),
    *("keyword", "keywords", "monkey", "compass_direction", "passive_mode", "tokens_left", "pass_through", "banner"),
    *("authentication", "sender", "description", "message_id", "queue_id", "id", "hash", "expire", "search_key"),
    *("token_count", "pin_code_enabled", "pinned", "spin", "opinion", "inside", "beside", "host_key", "design_key"),
    *("session_timeout", "authorization_method", "cookie_lifetime", "seed", "random_seed", "psk_identity", "key_types"),
    *("encryption", "signing_algorithm", "bypass", "spam_bypass", "compass", "code", "error_code"),
)
# … and under these, numbers too: none of them is a count.
HIDING_NUMBERS = (
    "password",
    "passcode",
    "pin_secret",
    "pin",
    "relay_pwd",
    "api_key",
    "auth_key",
    "signing_key",
    "bind_pw",
)
SHOWING_NUMBERS = ("pass", "spf_pass", "dkim_pass", "token", "access_token", "credentials", "sid", "cookies", "psk")


@pytest.mark.parametrize("key", HIDING)
def test_these_keys_hide_text(key: str) -> None:
    assert hide_secrets({key: "r3lay & s3cret"}) == {key: MARKER}
    assert hide_secrets({key: ["s3cret", "s3cret"]}) == {key: MARKER}
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


@pytest.mark.parametrize("key", HIDING_NUMBERS)
def test_a_number_may_be_a_password(key: str) -> None:
    assert hide_secrets({key: 12345678}) == {key: MARKER}


@pytest.mark.parametrize("key", SHOWING_NUMBERS)
def test_a_number_may_be_a_count(key: str) -> None:
    counts = {"dmarc": {key: 12, "fail": 0}, "rates": [{key: 0.5}]}
    assert hide_secrets(counts) == counts
    assert hide_secrets({key: "12"}) == {key: MARKER}


@pytest.mark.parametrize("key", ["pass", "credentials", "authorization"])
def test_settings_below_such_a_name_are_looked_through(key: str) -> None:
    sent = {key: [{"user": "a", "password": "s3cret"}, {"user": "b", "deep": {"token": "s3cret", "left": 3}}]}
    hidden = [{"user": "a", "password": MARKER}, {"user": "b", "deep": {"token": MARKER, "left": 3}}]
    assert hide_secrets(sent) == {key: hidden}
    assert hide_secrets({key: hidden[0]}) == {key: hidden[0]}


@pytest.mark.parametrize("title", ["name", "key", "id", "Name", "field", "option"])
@pytest.mark.parametrize("content", ["value", "Value", "val"])
@pytest.mark.parametrize("name", ["relay_password", "relayPassword", "Authorization", "DKIM private key", "psk", "pin"])
def test_pairs(title: str, content: str, name: str) -> None:
    sent = [{title: name, content: "s3cret", "other": 1}, {title: "port", content: "25"}]
    assert hide_secrets({"settings": sent}) == {"settings": [{title: name, content: MARKER, "other": 1}, sent[1]]}
    assert hide_secrets({"settings": sent}, reveal=True) == {"settings": sent}


@pytest.mark.parametrize(
    "pair",
    [
        {"name": "relay_password", "value": ""},
        {"name": "relay_password", "value": True},
        {"name": "spf_pass", "value": 12},
        {"name": "password_min_length", "value": 8},
        {"name": "public_key", "value": "AAAA"},
        {"name": None, "value": "x"},
        {"name": ["password"], "value": "x"},
        {"name": "password" * 1000, "values_left": "x"},
        {"name": "relay_password", "enabled": "yes"},
        {"value": "relay_password", "name": "x"},
    ],
)
def test_pairs_without_a_secret(pair: dict[str, Any]) -> None:
    assert hide_secrets([pair]) == [pair]


@pytest.mark.parametrize("key", ["passwords", "secrets", "app_passwords", "access_tokens", "api_keys", "private_keys"])
def test_several_secrets_are_hidden_too(key: str) -> None:
    assert "s3cret" not in str(hide_secrets({key: ["s3cret", "s3cret"]}))


@pytest.mark.parametrize("key", ["password_list", "secret_values"])
def test_a_list_under_a_telling_name_is_hidden_too(key: str) -> None:
    assert "s3cret" not in str(hide_secrets({key: ["s3cret"]}))


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
