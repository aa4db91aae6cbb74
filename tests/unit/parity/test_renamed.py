# SPDX-License-Identifier: GPL-3.0-or-later
"""Names on both sides of a migration, and the file that maps them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import (
    Address,
    MappingError,
    Renamed,
    address_of,
    domain_key,
    parse_renamed,
    read_renamed,
)
from hypothesis import given
from hypothesis import strategies as st


def test_a_mapping_renames_domains_and_accounts() -> None:
    renamed = parse_renamed(
        {"domains": {"Old.example": "new.example"}, "accounts": {"Ben@old.example": "b@new.example"}}
    )
    assert renamed(Address("anna", "old.example")) == Address("anna", "new.example")
    assert renamed(Address("ben", "old.example")) == Address("b", "new.example")
    assert renamed(Address("anna", "other.example")) == Address("anna", "other.example")
    assert parse_renamed({"domains": None}) == Renamed()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ([], "mapping: it has to be a mapping of domains and accounts."),
        ({"domain": {}}, "mapping: unknown key domain; did you mean domains?"),
        ({"x": {}}, "mapping: unknown key x; there are domains and accounts."),
        ({"domains": ["a"]}, "mapping, domains: it has to be a mapping of old names to new ones."),
        ({"domains": {"a@b": "c"}}, "mapping, domains: a domain is text such as example.com, not a@b."),
        ({"domains": {"a": "*"}}, "mapping, a, domains: a domain is text such as example.com, not *."),
        (
            {"accounts": {"a@b": "a@x@y"}},
            "mapping, a@b, accounts: an account is an address such as anna@example.com, not a@x@y.",
        ),
        ({"domains": {"a": 7}}, "mapping, a, domains: a domain is text such as example.com, not 7."),
        (
            {"accounts": {"anna": "b@c"}},
            "mapping, accounts: an account is an address such as anna@example.com, not anna.",
        ),
        (
            {"accounts": {"a@b": "c"}},
            "mapping, a@b, accounts: an account is an address such as anna@example.com, not c.",
        ),
        (
            {"domains": {"A.example": "b", "a.example": "c"}},
            "mapping, domains: two of the old names are the same but for how they are written.",
        ),
    ],
)
def test_a_mapping_that_cannot_be(source: Any, told: str) -> None:
    with pytest.raises(MappingError) as error:
        parse_renamed(source)
    assert str(error.value) == told


def test_a_mapping_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "moved.yml"
    with pytest.raises(MappingError, match=r"moved\.yml: it cannot be read: No such file or directory\.$"):
        read_renamed(path)
    path.write_text("domains: {old.example: new.example}\n", encoding="utf-8")
    assert read_renamed(path).domains == {"old.example": "new.example"}
    path.write_text("", encoding="utf-8")
    assert read_renamed(path) == Renamed()
    path.write_text("a: [\nb", encoding="utf-8")
    with pytest.raises(MappingError, match=r"moved\.yml: it is not YAML at line 2\.$"):
        read_renamed(path)
    path.write_bytes(b"\xff")
    with pytest.raises(MappingError, match=r"moved\.yml: it is not UTF-8 text\.$"):
        read_renamed(path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("domains:\n  a.example: b.example\n  a.example: c.example\n", "a.example stands twice at line 3"),
        ("domains: {2020-13-45: a.example}\n", "it holds what is no text"),
        ("domains: " + "[" * 5000, "it holds what is no text"),
        ("domains: {[a]: b}\n", "found unhashable key at line 1"),
    ],
)
def test_a_file_of_odd_form_gets_one_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "moved.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match=rf"moved\.yml: {re.escape(told)}\.$"):
        read_renamed(path)


def test_of_sites_whose_accounts_are_unknown_nothing_is_misspelt() -> None:
    renamed = parse_renamed({"accounts": {"ana@example.com": "b@c.example"}})
    assert [*renamed.unused(["example.com"], [], {"example.com"})] == []


def test_what_plesk_does_not_have_is_most_likely_misspelt() -> None:
    renamed = parse_renamed({"domains": {"exmple.com": "a"}, "accounts": {"ana@example.com": "b@c", "x@y": "b@c"}})
    assert [*renamed.unused(["example.com"], [Address("anna", "example.com")])] == [
        "The mapping, domains: no Plesk that was read has exmple.com; did you mean example.com?",
        "The mapping, accounts: no Plesk that was read has ana@example.com; did you mean anna@example.com?",
        "The mapping, accounts: no Plesk that was read has x@y.",
    ]


@given(st.text(), st.text())
def test_any_text_can_be_compared(name: str, domain: str) -> None:
    assert domain_key(domain_key(name)) == domain_key(name)
    assert address_of(f"{name}@{domain}").domain == domain_key(domain)
