# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that are known, and answers beside them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus import tests
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import known_keys as module
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.found_keys import (
    MOST_NAMED,
    MOST_NEW,
    Keys,
    KeysFound,
    compare_keys,
    together,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.known_keys import (
    CLIENT,
    KNOWN,
    LIVE,
    RECORDING,
    WORDS,
    by,
    known_keys,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import PREFIX
from hypothesis import given
from hypothesis import strategies as st

RECORDINGS = Path(next(iter(tests.__path__))) / "recordings"
API, METHOD = "SYNO.Test", "get"
STEP = re.compile(r"(\[\]|[\w-]+(\[\])*|\*)(\|[\w-]+)*\??", re.ASCII)

NOTHING = KeysFound()


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets a test say what is known of an answer."""

    def say(*attested: module.Attested) -> None:
        monkeypatch.setitem(KNOWN, (API, METHOD), attested)
        known_keys.cache_clear()

    yield say
    monkeypatch.undo()
    known_keys.cache_clear()


def compare(data: Any, version: int = 1) -> KeysFound:
    return compare_keys(API, METHOD, version, data)


# ------------------------------------------------------------------------------------------------------ what is known


def whole(api: str) -> str:
    return api if api.startswith("SYNO.") else PREFIX + api


@pytest.mark.parametrize("pair", KNOWN, ids=" ".join)
def test_what_is_known_is_of_a_read_and_says_by_what(pair: tuple[str, str]) -> None:
    api, method = pair
    assert (whole(api), method) in READ_ALLOWLIST
    for attested in KNOWN[pair]:
        name = attested.evidence.removeprefix(RECORDING)
        assert attested.evidence in WORDS or (name != attested.evidence and (RECORDINGS / name).is_file())
        assert attested.paths
        assert all(STEP.fullmatch(step) for path in attested.paths for step in path.split("."))
    assert known_keys(whole(api), method)


def test_whoever_attests_a_key_attests_those_above(known: Any) -> None:
    known(by(LIVE, "list[].names.*.key", at=2), by(CLIENT, "list[].id|number", "list[].note?"))
    keys = {key.path: key for key in known_keys(API, METHOD)}
    assert [*keys] == ["list", "list[].names", "list[].names.*.key", "list[].id", "list[].number", "list[].note"]
    assert keys["list"].evidence == (LIVE, CLIENT)
    assert keys["list"].attested == ((LIVE, (2,)), (CLIENT, ()))
    assert keys["list[].id"].shown == keys["list[].number"].shown == "list[].id|number"
    assert [key.path for key in keys.values() if key.sometimes] == ["list[].note"]


# ---------------------------------------------------------------------------------------------------------- comparing


@pytest.mark.parametrize(
    ("data", "seen", "missing", "new"),
    [
        ({"list": [{"name": 1}]}, ("list", "list[].name"), (), ()),
        ({"list": []}, ("list",), (), ()),
        ({"list": None}, ("list",), (), ()),
        ({"list": [{}]}, ("list",), ("list[].name",), ()),
        ({"list": [{"x": 1}, {"name": 1}]}, ("list", "list[].name"), (), ("list[].x",)),
        ({"list": ["text"]}, ("list",), ("list[].name",), ()),
        ({"list": {"name": 1}}, ("list",), (), ("list.name",)),
        ({}, (), ("list",), ()),
        ({"rows": [{"name": 1}]}, (), ("list",), ("rows", "rows[].name")),
        ([{"name": 1}], (), ("list",), ("[].name",)),
        ([], (), (), ()),
        (None, (), (), ()),
        ("text", (), ("list",), ()),
        (0, (), ("list",), ()),
    ],
)
def test_a_key_is_missing_only_where_what_it_belongs_into_is_there(
    known: Any, data: Any, seen: tuple[str, ...], missing: tuple[str, ...], new: tuple[str, ...]
) -> None:
    known(by(CLIENT, "list[].name"))
    assert compare(data) == KeysFound(seen, missing, new)


def test_of_several_keys_one_is_enough(known: Any) -> None:
    known(by(CLIENT, "list[].id|number"))
    assert compare({"list": [{"id": 1}]}).missing == ()
    assert compare({"list": [{"number": 1}]}).missing == ()
    assert compare({"list": [{"number": 1, "id": 2}]}).seen == ("list", "list[].id", "list[].number")
    assert compare({"list": [{"x": 1}]}).missing == ("list[].id|number",)


def test_what_is_not_always_there_is_never_missing(known: Any) -> None:
    known(by(CLIENT, "note?", "name"))
    assert compare({"name": 1}) == KeysFound(("name",))
    assert compare({"name": 1, "note": ""}) == KeysFound(("note", "name"))


def test_what_another_version_has_is_known_and_not_missing(known: Any) -> None:
    known(by(CLIENT, "host", at=1), by(LIVE, "address", at=2), by(LIVE, "name"))
    assert compare({"host": 1, "name": 1}) == KeysFound(("host", "name"))
    assert compare({"name": 1}, 2).missing == ("address",)
    assert compare({"host": 1, "name": 1}, 3) == KeysFound(("host", "name"))
    assert compare({}, 3).missing == ("name",)


def test_keys_that_are_names_are_one_place(known: Any) -> None:
    known(by(LIVE, "services.*.level", "services.*.title"))
    data = {"services": {"mail": {"level": 1}, "web": {"colour": 1}, "*": {"level": 2}, "title": 3}}
    assert compare(data) == KeysFound(("services", "services.*.level"), ("services.*.title",), ("services.*.colour",))
    assert compare({"services": {}}) == KeysFound(("services",))


def test_answers_of_a_method_are_looked_at_together(known: Any) -> None:
    known(by(LIVE, "list[].name", "list[].id"))
    keys = Keys(API, METHOD, 1).add({"list": []}).add({"list": [{"name": 1}]}).add({"list": [{"id": 1}], "x": 1})
    assert keys.found() == KeysFound(("list", "list[].name", "list[].id"), (), ("x",))


def test_a_key_that_some_version_has_counts_once_and_is_not_missing() -> None:
    one = KeysFound(("a", "b"), ("c", "d"), ("x", "y"))
    other = KeysFound(("a", "c"), ("b", "d"), ("y", "z"), is_cut=True)
    assert together([one, other]) == KeysFound(("a", "b", "c"), ("d",), ("x", "y", "z"), is_cut=True)
    assert together([]) == NOTHING


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("a b", '"a b"'),
        ("", '""'),
        ("list[].name", '"list[].name"'),
        ("\x1b[2J\n", r'"\u001b[2J\n"'),
        ("\u202eé", r'"\u202e\u00e9"'),
        ("*", '"*"'),
        ("x" * 5000, '"' + "x" * 99),
    ],
)
def test_a_key_is_text_of_a_server(known: Any, key: str, path: str) -> None:
    known(by(LIVE, "list[].name"))
    found = compare({"list": [], key: {"y": 1}})
    assert found == KeysFound(("list",), (), (path, f"{path}.y"))
    assert all(text.isascii() and text.isprintable() for text in found.new)


def test_where_keys_are_names_not_all_are_told() -> None:
    data = {f"user{number}": {"quota": 1} for number in range(MOST_NEW)}
    found = compare_keys(API, METHOD, 1, data)
    assert (len(found.new), found.is_cut) == (MOST_NEW, True)
    assert found.told() == {
        "seen": 0,
        "missing": [],
        "unknown": [*found.new[:MOST_NAMED]],
        "unknown_total": None,
    }
    assert KeysFound(("a",), ("b",), ("c",)).told() == {
        "seen": 1,
        "missing": ["b"],
        "unknown": ["c"],
        "unknown_total": 1,
    }


def test_nothing_is_too_deep() -> None:
    deep: Any = {}
    for _level in range(10_000):
        deep = {"x": [deep]}
    assert 10 < len(compare(deep).new) < 100


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["domains", "domain_id", "id", "name", "x", "[]", "*"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_answer_is_compared(data: Any) -> None:
    found = compare_keys(PREFIX + "Domain", "list", 1, data)
    every = {key.path for key in known_keys(PREFIX + "Domain", "list")}
    assert {*found.seen} <= every
    assert not {*found.new} & every
    assert not {*found.missing} & {*found.seen}
