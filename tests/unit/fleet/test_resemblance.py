# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import time

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.resemblance import (
    closest,
    resemblance,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("enable_smtp_auth", ["enable", "smtp", "auth"]),
        ("enableSMTPAuth", ["enable", "smtp", "auth"]),
        ("TLSv1_2-only", ["tl", "sv", "1", "2", "only"]),
        ("Mail Delivery > General", ["mail", "delivery", "general"]),
        ("größe", ["gr", "öß", "e"]),
        ("", []),
    ],
)
def test_a_key_is_made_of_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("word", "more", "less"),
    [
        ("tls", "enable_tls", "enable_ssl"),
        ("plaintext", "cleartext_login", "html_to_text"),
        ("authentication", "smtp_auth", "smtp_port"),
        ("greylist", "graylist", "whitelist"),
        ("limit", "max_connections", "connections"),
    ],
)
def test_a_word_is_like_some_and_less_like_others(word: str, more: str, less: str) -> None:
    assert resemblance([word], more) > resemblance([word], less)


@pytest.mark.parametrize(
    ("key", "keys", "found"),
    [
        ("imap", ["enable_imap", "enable_pop3"], "enable_imap"),
        ("enable_impa", ["enable_imap", "port"], "enable_imap"),
        ("enableImap", ["enable_imap"], "enable_imap"),
        ("greylist", ["port", "hostname"], None),
        ("x", [], None),
    ],
)
def test_the_closest_key(key: str, keys: list[str], found: str | None) -> None:
    assert closest(key, keys) == found


def test_many_long_keys_of_a_server_take_no_time() -> None:
    begin = time.monotonic()
    closest("enable_imap_" * 1000, [f"{number}" + "ab_" * 100_000 for number in range(2000)])
    assert time.monotonic() - begin < 10
