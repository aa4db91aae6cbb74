# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys hide their values, and which must not."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta, timezone
from typing import Any

import hypothesis.strategies as st
import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import (
    MARKER,
    TooDeepError,
    hide_secrets,
)
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given

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
    *("auth_pass", "relay_pwd", "smtp_auth_password", "smtppass", "delegate_password", "refresh_token", "clientSecret"),
    *("activation_code", "activationCode", "licence_key", "license_key", "LicenseKey", "lic_key", "product_key"),
    *("license_code", "pass_phrase", "dkim_priv_key", "privkey", "Passwort", "relay_passwort", "kennwort"),
)
SHOWING = (
    *("enable", "server", "port", "account", "username", "user", "path", "key", "public_key", "dkim_public_key"),
    *("keyword", "keywords", "monkey", "compass_direction", "passive_mode", "tokens_left", "pass_through", "banner"),
    *("authentication", "sender", "description", "message_id", "queue_id", "id", "hash", "expire", "search_key"),
    *("token_count", "pin_code_enabled", "pinned", "spin", "opinion", "inside", "beside", "host_key", "design_key"),
    *("session_timeout", "authorization_method", "cookie_lifetime", "seed", "random_seed", "psk_identity", "key_types"),
    *("encryption", "signing_algorithm", "bypass", "spam_bypass", "compass", "code", "error_code"),
    *("license", "license_type", "activation", "activation_date", "private", "private_network", "is_private"),
    *("status_code", "country_code", "public_code", "trespass", "primary_key"),
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
    "activation_code",
    "license_key",
)
SHOWING_NUMBERS = (
    "pass",
    "auth_pass",
    "pass_count",
    "token_lifetime",
    "spf_pass",
    "dkim_pass",
    "token",
    "access_token",
    "credentials",
    "sid",
    "cookies",
    "psk",
)


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


@pytest.mark.parametrize("key", ["pass", "spf_pass", "token", "access_token", "credentials", "sid", "cookies", "psk"])
def test_text_under_the_same_name_is_hidden(key: str) -> None:
    assert hide_secrets({key: "12"}) == {key: MARKER}


def test_rules_about_passwords_are_shown() -> None:
    policy = {"password_policy": {"min_length": 8, "complex": True, "history": [1, 2]}, "token_lifetime": 3600}
    assert hide_secrets(policy) == policy


@pytest.mark.parametrize("key", ["pass", "credentials", "authorization"])
def test_settings_below_such_a_name_are_looked_through(key: str) -> None:
    sent = {key: [{"user": "a", "password": "s3cret"}, {"user": "b", "deep": {"token": "s3cret", "left": 3}}]}
    hidden = [{"user": "a", "password": MARKER}, {"user": "b", "deep": {"token": MARKER, "left": 3}}]
    assert hide_secrets(sent) == {key: hidden}
    assert hide_secrets({key: hidden[0]}) == {key: hidden[0]}


@pytest.mark.parametrize("title", ["name", "key", "id", "Name", "field", "option", "type"])
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


# ------------------------------------------------------------------------------------------------- secrets of a section


@pytest.mark.parametrize("name", ["license_key", "licenseKey", "LICENSE_KEY", "License-Key", "licensekey"])
def test_names_of_a_section_are_known_however_they_are_written(name: str) -> None:
    for key in ("serial_of_pack", "serialOfPack", "SerialOfPack", "serial-of-pack"):
        assert hide_secrets({"rows": [{key: "x", "n": 1}]}, secret=("serial_of_pack", name)) == {
            "rows": [{key: MARKER, "n": 1}]
        }


@pytest.mark.parametrize("value", ["x", 7, 1.5, ["x"], [["x"]], {"a": "x"}, [{"a": ["x"]}]])
def test_all_content_under_a_name_of_a_section_is_hidden(value: object) -> None:
    assert hide_secrets([{"deep": {"code": value}}], secret=("code",)) == [{"deep": {"code": MARKER}}]
    assert hide_secrets([{"deep": {"code": value}}], secret=("other",)) == [{"deep": {"code": value}}]
    assert hide_secrets({"name": "code", "value": value}, secret=("code",)) == {"name": "code", "value": MARKER}


@pytest.mark.parametrize("value", ["", None, True, False, [], {}])
def test_that_no_secret_is_set_is_seen_under_a_name_of_a_section(value: object) -> None:
    assert hide_secrets({"code": value}, secret=("code", "*")) == {"code": value}


CODES = (
    *("ABCD-1234-EFGH-5678", "ABCD-EFGH-IJKL", "1234-5678-9012", "a1b2-c3d4-e5f6", "A1B2C-D3E4F-G5H6I-J7K8L"),
    *("1A2B3C4D5E6F7G8H", "9f86d081884c7d659a2feaa0c55ad015", "550e8400-e29b-41d4-a716-446655440000"),
    *("q7Zt9LmX2vRb4KpW", "SYNO-7F3K9-Q24", "MP7-9XK2-4LQ8-V1", "aB3dE5+fG7hI9/jK1lM3", "YWJj/ZGVmMTIzNDU2Nzg5MA=="),
    *("ABCD_1234_EFGH", "mailplus-7f3k9q2x1z", "X9X9X9X9X9X9"),
)
NO_CODES = (
    *("2026-01-31", "2026-01-31T10:00:00Z", "2026-01-31 10:00:00.123456+01:00", "20260131T100000Z", "31-Jan-2026"),
    *("20260131", "1767225600", "1767225600123", "10:00:00", "P1Y2M10DT2H30M", "2026-01-31_10-00-00", "31January2026"),
    *("3.3.1-21217", "7.2.1-69057", "DSM 7.2.1-69057 Update 5", "v1.2.3-rc1", "1.0.0-20260131"),
    *("192.0.2.1", "192.0.2.128/25", "2001:db8:85a3:0000:0000:8a2e:0370:7334", "00-11-32-AA-BB-CC"),
    *(
        "mail.example.com",
        "nas-01-backup",
        "mailserver01",
        "DISKSTATION12",
        "mailplus-server-2024",
        "ds920plus-backup-01",
    ),
    *("a1b2c3d4e5f6.example.com", "anna1985b2c3d4@example.com", "/volume1/licenses/ABCD-1234-EFGH-5678"),
    *(
        "/volume1/@appstore/MailPlus-Server",
        "administrator",
        "MailPlus-Server",
        "not yet activated",
        "valid_until_2027",
    ),
    *("ECDHE-RSA-AES256-GCM-SHA384", "read-only-mode", "offline_license_activated", "5 accounts", "perpetual", ""),
    *("https://example.com/licenses/mailplus", "Europe/Berlin", "ISO-8859-1", "application/x-tar", MARKER),
    *("MailPlus5Licenses", "12345678901234567890", "incomprehensibilities", "MailPlus Server 20 licenses"),
)


@pytest.mark.parametrize("code", CODES)
def test_codes_are_hidden_wherever_they_are_in_such_a_section(code: str) -> None:
    for text in (code, f"Licence {code}, valid.", f"code:{code}", f'"{code}"', f"https://e.example/x?code={code}&y=1"):
        sent: Any
        for sent in (text, [text], {"a": text}, [{"a": [text]}], {text: 1}):
            hidden = str(hide_secrets(sent, secret=("*",)))
            assert code.strip("=") not in hidden
            assert MARKER in hidden
    assert hide_secrets(code, secret=("*",)).rstrip("=") == MARKER
    assert hide_secrets([code], secret=("other",)) == [code]


@pytest.mark.parametrize("text", NO_CODES)
def test_what_has_to_be_readable_stays_in_such_a_section(text: str) -> None:
    for sent in (text, [text], {"expires": text}, {text: 1}):
        assert hide_secrets(sent, secret=("*",)) == sent


def test_no_value_is_lost_under_keys_that_are_codes() -> None:
    sent = {"ABCD-1234-EFGH-5678": 1, MARKER: 2, "ABCD-1234-EFGH-9999": 3, f"{MARKER} 2": 4}
    hidden = hide_secrets(sent, secret=("*",))
    assert sorted(hidden.values()) == [1, 2, 3, 4]
    assert (hidden[MARKER], hidden[f"{MARKER} 2"]) == (2, 4)
    assert hide_secrets(hidden, secret=("*",)) == hidden


LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
printed = st.lists(st.text("23456789" + LETTERS, min_size=5, max_size=5), min_size=3, max_size=5).map("-".join)
hexadecimal = st.binary(min_size=16, max_size=32).map(bytes.hex).filter(lambda text: not text.isdigit())


@given(code=printed | hexadecimal, before=st.sampled_from(["", "key ", "x: ", "(", "a,"]))
def test_any_printed_code_is_hidden(code: str, before: str) -> None:
    assert code not in str(hide_secrets([{"a": before + code}], secret=("*",)))


@given(
    st.datetimes(), st.sampled_from(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%d %b %Y", "%Y-%m-%d", "%d-%b-%Y"])
)
def test_any_time_stays(moment: datetime, how: str) -> None:
    text = moment.replace(year=1970 + moment.year % 100).strftime(how)
    assert hide_secrets({"expires": text}, secret=("*",)) == {"expires": text}


# ---------------------------------------------------------------------------------------------------- secrets by form


KEYS: dict[str, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey] = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "large": ec.generate_private_key(ec.SECP384R1()),
    "ec": ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}
FORMATS = {"pkcs1": PrivateFormat.TraditionalOpenSSL, "pkcs8": PrivateFormat.PKCS8, "openssh": PrivateFormat.OpenSSH}


def private_pem(kind: str, written: str) -> str:
    return KEYS[kind].private_bytes(Encoding.PEM, FORMATS[written], NoEncryption()).decode()


def bare(pem: str) -> str:
    """What stands between the lines of a PEM block."""
    return "".join(pem.splitlines()[1:-1])


PRIVATE = [(kind, how) for kind in KEYS for how in FORMATS if (kind, how) != ("ed25519", "pkcs1")]


@pytest.mark.parametrize(("kind", "written"), PRIVATE)
def test_private_keys_are_hidden_under_any_key(kind: str, written: str) -> None:
    pem = private_pem(kind, written)
    piece = bare(pem)[20:40]
    for text in (pem, pem.replace("\n", "\\n"), pem.replace("\n", "\r\n"), pem.replace("\n", " "), pem[:-40]):
        for sent in (text, [text], {"x": text}, [{"x": [text]}], {"name": "x", "value": text}):
            assert piece not in str(hide_secrets(sent)).replace("\\\\", "\\")
    assert hide_secrets({"x": f"before\n{pem}after"}) == {"x": f"before\n{MARKER}\nafter"}
    for text in (bare(pem), "\n".join(pem.splitlines()[1:-1])):
        assert piece not in str(hide_secrets({"dkim_private": text, "private": text, "dkimPrivate": [text]}))
        assert piece not in str(hide_secrets({"x": text, "y": [f"p={text}"]}))


@pytest.mark.parametrize("kind", KEYS)
def test_public_keys_stay(kind: str) -> None:
    public = KEYS[kind].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    sent = {"public_key": public, "x": bare(public), "dns": f"v=DKIM1; k=rsa; p={bare(public)}"}
    assert hide_secrets(sent) == sent


def test_of_a_bundle_the_certificate_stays() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.com")])
    now = datetime.now(timezone.utc)
    made = x509.CertificateBuilder(name, name, KEYS["rsa"].public_key(), 1, now, now + timedelta(1))
    certificate = made.sign(KEYS["rsa"], SHA256()).public_bytes(Encoding.PEM).decode()
    private = private_pem("rsa", "pkcs8")
    assert hide_secrets({"a": certificate + private}) == {"a": f"{certificate}{MARKER}\n"}
    assert hide_secrets({"a": private + certificate}) == {"a": f"{MARKER}\n{certificate}"}
    assert hide_secrets({"a": bare(certificate)}) == {"a": bare(certificate)}


TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    "text", [TOKEN, f"Bearer {TOKEN}", f"https://e.example/?t={TOKEN}&x=1", f"{TOKEN[:60]}..x.y.z"]
)
def test_tokens_are_hidden_under_any_key(text: str) -> None:
    for sent in (text, [text], {"x": text}, {"message": [text]}):
        assert TOKEN[:40] not in str(hide_secrets(sent))


def test_passwords_in_urls_are_hidden() -> None:
    assert hide_secrets({"proxy": "http://anna:s3cret@proxy.example:3128/"}) == {
        "proxy": f"http://anna:{MARKER}@proxy.example:3128/"
    }


@pytest.mark.parametrize(
    "text",
    [
        "3 1 1 0B9FA5A59EED715C26C1020C711B4F6EC42D58B0015E14337A39DAD301C5AFC3",
        "_25._tcp.mail.example.com. IN TLSA 3 1 1 0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3",
        "mail.example.com",
        "ABCD-1234-EFGH-5678",
        "https://mail.example.com:5001/path?x=a@b",
        "PRIVATE KEY",
        "eyJ is how a token begins",
    ],
)
def test_what_is_public_stays(text: str) -> None:
    for sent in (text, [text], {"record": text, "private": text}):
        assert hide_secrets(sent) == sent


@pytest.mark.parametrize(
    "piece",
    [
        "-----BEGIN PRIVATE KEY-----",
        "eyJ",
        "eyJ" * 10 + ".",
        "MIIEpAIBAAK",
        "://a:b",
        "a",
        "a1-",
        "A1+/",
        "-----BEGIN ",
        "1a",
    ],
)
def test_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    # Quadratic time would be minutes here.
    for text in (piece * (400_000 // len(piece)), piece * (400_000 // len(piece)) + "!"):
        hide_secrets({"private": text, "x": [text]}, secret=("*",))


def test_a_hidden_answer_stays_as_it_is() -> None:
    sent = {"a": private_pem("rsa", "pkcs8"), "b": TOKEN, "c": [CODES[0]], "d": "http://a:b@c/", "password": "x"}
    hidden = hide_secrets(sent, secret=("*", "code"))
    assert hide_secrets(hidden, secret=("*", "code")) == hidden
    assert hide_secrets(sent, secret=("*", "code"), reveal=True) == sent


@pytest.mark.parametrize("reveal", [False, True])
def test_an_answer_that_is_too_deep_is_refused(reveal: bool) -> None:
    deep: Any = "x"
    for _level in range(70):
        deep = [{"a": deep}]
    with pytest.raises(TooDeepError, match="nested deeper"):
        hide_secrets(deep, reveal=reveal, secret=("*",))


@pytest.mark.parametrize(
    "text",
    [
        "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
        "$2y$10$abcdefghijklmnopqrstuuN3Y1Yt6sQqQ1bQ0WQ0e9W1m1o9d5e9a",
        "$5$rounds=5000$saltsalt$0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefg",
        "$6$saltsalt$0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefg./",
        "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
        "$apr1$saltsalt$0aBcDeFgHiJkLmNoPqRsT.",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaA",
    ],
)
def test_a_hash_of_a_password_is_hidden_wherever_it_stands(text: str) -> None:
    assert hide_secrets({"note": f"root:{text}:1"}) == {"note": f"root:{MARKER}:1"}


@pytest.mark.parametrize(
    "text", ["it costs $5$ or $6$, or so they say", "$1$2$3$4$5$6$7", "${HOME}/$1/bin and $6$/tmp"]
)
def test_what_only_has_dollars_stays(text: str) -> None:
    assert hide_secrets({"note": text}) == {"note": text}


@pytest.mark.parametrize("key", ["mailpass", "credentials", "password_settings"])
def test_where_numbers_are_text_a_mapping_under_such_a_name_is_a_secret(key: str) -> None:
    sent = {"deep": [{key: {"kind": "plain", "text": "p4ss"}, "forwarding": {"address": "a@example.com"}}]}
    assert hide_secrets(sent) == sent
    hidden = hide_secrets(sent, whole=True)
    assert hidden == {"deep": [{key: MARKER, "forwarding": {"address": "a@example.com"}}]}
    assert hide_secrets({key: ""}, whole=True) == {key: ""}
