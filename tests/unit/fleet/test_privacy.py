# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import PrivacyError, cleaner

remove = cleaner("remove", None)
hashed = cleaner("hash", "key")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna@example.com", "[address]"),
        ("Anna <anna@example.com>, bob@example.com;c@d", "Anna <[address]>, [address];[address]"),
        ("mailto:anna@example.com", "mailto:[address]"),
        ("Write to anna@example.com.", "Write to [address]"),
        ('"anna b"@example.com', "[address]"),
        ("anna@[192.0.2.1]", "[address]"),
        ("?to=anna%40example.com&x", "[address]"),
        ("root@localhost", "[address]"),
        ("m\u00fcller@b\u00fccher.example", "[address]"),
        ("/var/mail/anna@example.com/cur", "/var/mail/[address]/cur"),
        ("/volume1/anna@example.com", "/volume1/[address]"),
        ("mail/anna@example.com/x: bob@example.com", "mail/[address]/x: [address]"),
        ("C:\\mail\\anna@example.com\\x", "C:\\mail\\[address]\\x"),
        ("/a@b.example/c@d.example", "/[address]/[address]"),
        ("https://nas.example/mail/anna%40example.com/", "https://nas.example/mail/[address]/"),
        ("smtp/anna@EXAMPLE.COM", "[address]"),
        ("/C=de/G=Anna/S=Muster/@gw.example.com", "[address]"),
        ("a @ b", "a @ b"),
        ("@example.com", "@example.com"),
    ],
)
def test_addresses_are_found_in_text(text: str, expected: str) -> None:
    assert remove(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "[ip]"),
        ("192.0.2.1:25", "[ip]:25"),
        ("https://192.0.2.1:5001/x", "https://[ip]:5001/x"),
        ("client=unknown[192.0.2.1]", "client=unknown[[ip]]"),
        ("from:192.0.2.1.", "from:[ip]."),
        ("192.0.2.0/24", "[ip]/24"),
        ("2001:db8::1", "[ip]"),
        ("[2001:db8::1]:25", "[[ip]]:25"),
        ("ip6:2001:db8::/32", "ip6:[ip]/32"),
        ("IPv6:2001:db8::1", "IPv6:[ip]"),
        ("source:2001:db8::1.", "source:[ip]."),
        ("fe80::1%eth0", "[ip]%eth0"),
        ("::1", "[ip]"),
        ("::ffff:192.0.2.1", "[ip]"),
        ("2001:DB8:0:0:0:0:0:1", "[ip]"),
    ],
)
def test_ip_addresses_are_found_in_text(text: str, expected: str) -> None:
    assert remove(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "12:30:45",
        "2026-01-10T12:30:45Z",
        "10.01.2026 12:30:45.123",
        "3.3.1-21217",
        "DSM 7.2.1.69057",
        "v1.2.3.4",
        "1.2.3.4.5",
        "300.1.1.1",
        "1.5",
        "00:11:32:aa:bb:cc",
        "std::vector",
        "a :: b",
        "0.0.0.0",
        "data.items.0.1.2.3",
        "C:\\Windows",
        "",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert remove(text) == text


@pytest.mark.parametrize("key", ["subject", "Subject", "mail_subject", "subjects", "title", "Mail_Title"])
def test_subjects_are_known_by_their_key_at_any_depth(key: str) -> None:
    value = {key: "Offer", "rows": [{key: ["Offer", {"text": "Offer"}]}], "other": "Offer"}
    assert remove(value) == {
        key: "[subject]",
        "rows": [{key: ["[subject]", {"text": "[subject]"}]}],
        "other": "Offer",
    }


def test_what_is_no_text_stays() -> None:
    value = {"subject": True, "subject_length": 5, "empty_subject": "", "none": None, "number": 1.5, "list": []}
    assert remove(value) == value


def test_keys_are_cleaned_and_none_is_lost() -> None:
    value = {"b@x.example": 1, "a@x.example": 2, "sent": 3}
    assert remove(value) == {"[address] 2": 1, "[address]": 2, "sent": 3}
    assert list(remove(value).values()) == [1, 2, 3]
    assert remove(dict(sorted(value.items()))) == remove(value)
    assert len(hashed(value)) == 3


@pytest.mark.parametrize("clean", [remove, hashed], ids=["remove", "hash"])
def test_no_key_of_a_server_costs_a_value(clean: Any) -> None:
    value = {"[address]": 1, "[address] 2": 2, "[address] 3": 3, "a@x.example": 4, "b@x.example": 5, "[address] 5": 6}
    assert sorted(clean(value).values()) == [1, 2, 3, 4, 5, 6]
    assert {key: clean(value)[key] for key in ("[address]", "[address] 2")} == {"[address]": 1, "[address] 2": 2}
    alike = {**{f"[address {number:012x}]": number for number in range(3)}, "x@y.example": "x"}
    assert len(clean(alike)) == 4


def test_the_original_is_left_alone() -> None:
    value = {"a": ["x@y.example"]}
    remove(value)
    assert value == {"a": ["x@y.example"]}
    assert cleaner("keep", None)(value) == value


def test_a_hash_is_stable_and_depends_on_the_key() -> None:
    assert hashed("anna@example.com") == cleaner("hash", "key")("anna@example.com")
    assert hashed("anna@example.com") != cleaner("hash", "other")("anna@example.com")
    assert hashed("anna@example.com") != hashed("bob@example.com")
    assert re.fullmatch(r"\[address [0-9a-f]{12}\]", hashed("anna@example.com"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna@example.com", "ANNA@Example.com"),
        ("anna@example.com", "anna@example.com."),
        ("anna@example.com", "'anna@example.com'"),
        ("anna@example.com", "anna%40example.com"),
        ("2001:db8::1", "2001:DB8:0:0:0:0:0:1"),
    ],
)
def test_a_hash_is_the_same_however_the_piece_is_written(one: str, other: str) -> None:
    assert hashed(one) == hashed(other)


@pytest.mark.parametrize("clean", [remove, hashed], ids=["remove", "hash"])
def test_cleaning_twice_is_cleaning_once(clean: Any) -> None:
    value = {"subject": ["Offer"], "a@b.example": "192.0.2.1 2001:db8::1", "c@d.example": None}
    assert clean(clean(value)) == clean(value)


@pytest.mark.parametrize("clean", [remove, hashed], ids=["remove", "hash"])
def test_nothing_personal_is_left_anywhere(clean: Any) -> None:
    value = {"a": [{"anna@example.com": {"subject": "Offer", "x": ["192.0.2.1", {"y": "2001:db8::1"}]}}]}
    text = json.dumps(clean(value))
    assert [piece for piece in ("anna", "example.com", "Offer", "192.0.2.1", "2001") if piece in text] == []


def test_half_a_surrogate_pair_can_be_hashed() -> None:
    assert hashed("\ud800@example.com").startswith("[address ")
    assert cleaner("hash", "\ud800")("a@b")


@pytest.mark.parametrize(("mode", "key"), [("hash", None), ("hash", ""), ("erase", "key"), ("", None)])
def test_a_mode_that_cannot_be_is_refused(mode: str, key: str | None) -> None:
    with pytest.raises(PrivacyError, match="mailplus_state_personal_data"):
        cleaner(mode, key)


@pytest.mark.parametrize(
    "text",
    [
        "/a" * 200_000 + "@",
        "a@/" * 100_000,
        "a" * 200_000 + "/@@",
        "a" * 200_000 + "@@",
        '"a' * 50_000 + "@",
        ":" * 200_000,
        "1." * 100_000,
        "1:" * 100_000,
        "%40" * 50_000,
    ],
)
def test_long_text_takes_no_longer_than_its_length(text: str) -> None:
    # Quadratic time would be minutes here.
    assert isinstance(remove(text), str)


@pytest.mark.parametrize("section", ["imap_pop3", "aliases", "disclaimers", "nobody_knows"])
def test_keys_that_nobody_attested_may_be_names_of_people(section: str) -> None:
    told: dict[str, Any] = {"seen": 1, "missing": ["total"], "unknown": ["quota.anna", "x"], "unknown_total": 2}
    envelope = {"status": "ok", "data": {}, "summary": {"rows": 1, "known_keys": told}, "error": None}
    assert cleaner("keep", None).section(section, envelope) == envelope
    cleaned = remove.section(section, envelope)["summary"]
    assert cleaned == {"rows": 1, "known_keys": {**told, "unknown": ["[personal]", "[personal]"]}}
    first, second = hashed.section(section, envelope)["summary"]["known_keys"]["unknown"]
    assert first != second
    assert re.fullmatch(r"\[personal [0-9a-f]{12}\]", first)


def test_such_keys_are_so_at_a_path_too() -> None:
    told: dict[str, Any] = {"seen": 1, "missing": ["total"], "unknown": ["anna"], "unknown_total": 1}
    path = "imap_pop3.summary.known_keys"
    assert remove.value_at(path, told) == {**told, "unknown": ["[personal]"]}
    assert remove.value_at(f"{path}.unknown", ["anna"]) == ["[personal]"]
    assert remove.value_at(f"{path}.unknown", "anna") == "[personal]"
    assert remove.value_at(f"{path}.missing", ["total"]) == ["total"]
    assert remove.value_at(f"{path}.seen", 1) == 1
