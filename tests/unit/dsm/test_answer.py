# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the JSON in an answer: reserved names, bounds, numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm import answer
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, Kind, error_code
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import keys
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import assert_clear
from hypothesis import given
from hypothesis import strategies as st

LEVELS = answer.MOST_LEVELS


def parse(body: str | bytes, **bounds: int) -> dict[str, Any]:
    encoded = body.encode() if isinstance(body, str) else body
    return answer.parse(200, "application/json", encoded, "https://nas:5001", **bounds)


def refused(body: str | bytes, **bounds: int) -> str:
    """The name of the error, which is always of the connection, and one clear line."""
    with pytest.raises(DsmError) as caught:
        parse(body, **bounds)
    assert caught.value.kind is Kind.CONNECTION
    assert_clear(caught.value)
    return caught.value.details.name


# ------------------------------------------------------------------------------------------------------ reserved names

NAMES = (
    *("__ansible_type", "__ansible_vault", "__ansible_unsafe", "_ansible_no_log", "_ansible", "____ansible"),
    "~__ansible_type",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_reserved_name_has_a_tilde_in_front(name: str) -> None:
    sent = {name: {"a": [1, {name: [{name: None}]}]}, "b": [[{name: "x"}]]}
    shown = {f"~{name}": {"a": [1, {f"~{name}": [{f"~{name}": None}]}]}, "b": [[{f"~{name}": "x"}]]}
    assert parse(json.dumps(sent)) == shown


@pytest.mark.parametrize("spelling", ["\\u{:04x}", "\\u{:04X}"])
@pytest.mark.parametrize("name", NAMES)
def test_escapes_hide_no_reserved_name(name: str, spelling: str) -> None:
    escaped = [spelling.format(ord(letter)) for letter in name]
    for i in range(len(name)):
        assert parse(f'{{"a": [{{"{name[:i]}{escaped[i]}{name[i + 1 :]}": 1}}]}}') == {"a": [{f"~{name}": 1}]}
    assert parse(f'{{"{"".join(escaped)}": 1}}') == {f"~{name}": 1}


@pytest.mark.parametrize(
    "name", ["ansible_host", "ansible", "a__ansible_type", " _ansible_x", "_Ansible_x", "~", "~ansible", "_a_ansible"]
)
def test_other_names_stay_as_they_are(name: str) -> None:
    assert parse(json.dumps({name: 1, "__ansible_type": name})) == {name: 1, "~__ansible_type": name}


def test_text_is_no_name() -> None:
    sent = {"a": "__ansible_type", "b": ["_ansible_x", '{"__ansible_type": 1}']}
    assert parse(json.dumps(sent)) == sent


def test_names_that_differ_by_halves_of_characters_stay_apart() -> None:
    names = (
        "a\\ud800",
        "a\\ud801",
        "a\\udfff",
        "a\\ufffd",
        "a\\ufffd\\ufffd1",
        "a",
        "_ansible\\ud800",
        "_ansible\\ud801",
    )
    pairs = ", ".join(f'"{name}": {number}' for number, name in enumerate(names))
    assert sorted(parse(f"{{{pairs}}}").values()) == list(range(len(names)))


TEXTS = st.text(alphabet='[]{}"\\,:~_aä\U0001f600', max_size=6)
OBJECT_NAMES = st.sampled_from([*NAMES, "~_ansible", "ansible", "a"]) | TEXTS
VALUES = st.recursive(
    st.none() | st.integers(-(10**20) + 1, 10**20 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(OBJECT_NAMES, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(OBJECT_NAMES, VALUES, max_size=4)


def sent_of(value: Any) -> Any:
    """What the server sent, as everybody can find it out again."""
    if isinstance(value, list):
        return [sent_of(item) for item in value]
    if isinstance(value, dict):
        return {name[keys._RESERVED.match(name) is not None :]: sent_of(item) for name, item in value.items()}
    return value


def names_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {*value}.union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


@given(OBJECTS, st.booleans())
def test_no_reserved_name_is_left_and_none_is_lost(sent: dict[str, Any], escaped: bool) -> None:
    received = parse(json.dumps(sent, ensure_ascii=escaped))
    assert sent_of(received) == sent
    assert [
        name for name in names_in(received) if name.startswith("_") and name.lstrip("_").startswith("ansible")
    ] == []


# -------------------------------------------------------------------------------------------------------------- bounds


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":[', "]}]")])
def test_levels(opening: str, closing: str) -> None:
    each = opening.count("[") + opening.count("{")
    fitting = (LEVELS - 1) // each
    body = f'{{"a": {opening * fitting}1{closing * fitting}}}'
    assert json.dumps(parse(body), separators=(",", ":")) == body.replace(" ", "")
    for count in (fitting + 1, 150, 400, 2_000, 100_000):
        assert refused(f'{{"a": {opening * count}1{closing * count}}}') == "nested_too_deep", count


def test_levels_that_are_cut_short() -> None:
    for count in (10, 150, 2_000):
        assert refused('{"a": ' + "[" * count) in ("truncated_json", "nested_too_deep")


@pytest.mark.parametrize("text", ["[" * 500, "{[" * 500, '\\"[' * 500, '\\\\", "b": "[[' + "[" * 500, "]}" * 500])
def test_brackets_in_text_are_no_levels(text: str) -> None:
    assert parse(f'{{"a": "{text}", "c": [1]}}')["c"] == [1]


def test_brackets_in_text_close_no_level() -> None:
    assert refused('{"a": ' + '["]", ' * 150 + "1" + "]" * 150 + "}") == "nested_too_deep"


def levels_of(value: Any) -> int:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if items is None else 1 + max(map(levels_of, items), default=0)


@given(OBJECTS)
def test_levels_are_counted_as_they_are(sent: dict[str, Any]) -> None:
    body = json.dumps(sent, ensure_ascii=False).encode()
    levels = levels_of(sent)
    assert not answer._is_nested_beyond(levels, body)
    assert answer._is_nested_beyond(levels - 1, body)


@pytest.mark.parametrize("item", ["1,", "{},", "[],", '"a",', '{"a":1},'])
def test_values(item: str) -> None:
    body = f'{{"a": [{item * 1000}1]}}'
    assert len(parse(body, most_values=3000)["a"]) == 1001
    assert refused(body, most_values=1000) == "too_many_values"


def test_two_million_values_are_the_most_unless_more_are_allowed() -> None:
    body = b'{"a": [' + b"1," * answer.MOST_VALUES + b"1]}"
    assert refused(body) == "too_many_values"
    assert len(parse(body, most_values=3_000_000)["a"]) == answer.MOST_VALUES + 1


def test_usual_answers_are_not_gone_through_value_by_value() -> None:
    usual = {"subject": 'a "b" \\ c\n', "to": ["a@example.com"], "ansible": "Grüße"}
    assert not answer._needs_mending(json.dumps(usual, ensure_ascii=False).encode())
    assert not answer._needs_mending(json.dumps(usual).encode())


# ------------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize("sign", ["", "-"])
def test_whole_numbers(sign: str) -> None:
    for count in (1, 19, 20):
        assert parse(f'{{"a": [{sign}{"9" * count}]}}') == {"a": [int(f"{sign}{'9' * count}")]}
    for count in (21, 22, 400, 5_000, 1_000_000):
        assert parse(f'{{"a": [{sign}{"9" * count}]}}') == {"a": [f"{sign}{'9' * count}"]}


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "1" * 400 + ".5", "NaN", "Infinity", "-Infinity", "1E+999999999"]
)
def test_numbers_that_are_not_finite_are_null(number: str) -> None:
    assert parse(f'{{"a": {number}}}') == {"a": None}


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        *((105, 105), ("105", 105), (0, 0), (5615, 5615), (-1, -1), (999_999_999, 999_999_999)),
        *((10**9, 100), (-(10**9), 100), ("9" * 10, 100), ("8" * 5000, 100), (10**30, 100)),
        *((True, 100), (None, 100), (1.5, 100), ("", 100), ("1e3", 100), ("²", 100), ("-5", 100), ([105], 100)),
    ],
)
def test_codes(code: object, meant: int) -> None:
    assert error_code({"success": False, "error": {"code": code}}) == meant
    assert not isinstance(error_code({"error": {"code": code}}), bool)


@pytest.mark.parametrize("error", [None, [], "105", 105, {}, {"codes": [105]}])
def test_without_a_code(error: object) -> None:
    assert error_code({"success": False, "error": error}) == 100
    assert error_code({"success": False}) == 100
