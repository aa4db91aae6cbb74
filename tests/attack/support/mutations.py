# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hostile, broken or unknown server may make of an honest answer, as data that hypothesis draws and shrinks."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.attack.support.wire import Exchange
from ansible_collections.mailfleet.mailplus.tests.unit.support.samples import HOSTILE
from hypothesis import strategies as st


def _nested(levels: int, *, mapping: bool) -> Any:
    value: Any = "bottom"
    for _level in range(levels):
        value = {"a": value} if mapping else [value]
    return value


MARKS = (
    {"__ansible_type": "os.system"},
    {"__ansible_type": "_AnsibleTaggedStr", "value": "{{ 1 }}", "tags": [{"__ansible_type": "TrustedAsTemplate"}]},
    {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n61"},
    {"__ansible_unsafe": "{{ 1 }}"},
)
KEYS = (
    *("__ansible_type", "__ansible_vault", "__ansible_unsafe", "{x}", "{}", "a}b", "{:>99}", "{{ 1 }}", "%s", "%(x)s"),
    *("", ".", "a.b", "0", "total", "items", "log_list", "success", "error", "data", "api", "method", "version"),
    *("password", "name", "status", "time", "[address] 2", "<b>", "\u202e", "\ud800", "\x00", "k" * 3000),
)
CODES = (
    *(100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 111, 114, 117, 118, 119, 120, 150, 160, 400, 402, 403, 407),
    *(
        5594,
        5615,
        0,
        -1,
        2**70,
        1.5,
        True,
        None,
        "",
        "119",
        "-119",
        "8" * 5000,
        "\u0663",
        "\u00b2",
        [119],
        {"code": 119},
    ),
)
NUMBERS = (0, -1, 1, 7, 2**53, 2**53 + 1, 2**63, 10**400, 1e308, float("inf"), float("nan"), -0.0, 1_767_225_600_000)
TEXTS = ("", "true", "{x}", "{{ 1 }}", "%s", "8" * 5000, "x" * 30_000, "2026-01-01T00:00:00+99:99", "9" * 20, *KEYS)

_numbers = st.sampled_from(NUMBERS) | st.integers() | st.floats()
_texts = st.sampled_from([*HOSTILE, *TEXTS]) | st.text(max_size=20)
_keys = st.sampled_from(KEYS) | st.text(max_size=10)
_plain = st.none() | st.booleans() | _numbers | _texts
_deep = st.builds(_nested, st.sampled_from([3, 63, 66, 200, 900]), mapping=st.booleans())
values = (
    _plain
    | st.sampled_from(MARKS)
    | _deep
    | st.recursive(_plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3))
)
_ODD: tuple[dict[str, Any], ...] = (
    {"data": {}},
    {"error": None},
    {"error": [1]},
    {"success": "true"},
    {"success": 1},
    {"success": None},
)


@st.composite
def refusals(draw: st.DrawFn) -> dict[str, Any]:
    """Mostly as a DSM refuses, with a code that it may send or not."""
    code = draw(st.sampled_from(CODES) if draw(st.integers(0, 4)) else values)
    extra = {} if draw(st.integers(0, 4)) else draw(st.sampled_from(_ODD))
    return {"success": False, "error": {"code": code}, **extra}


Slot = tuple[Any, Any]
"""A list or mapping, and the index or key of one of its values."""


def _slot(document: Any, steps: Sequence[int]) -> Slot | None:
    """Where the steps lead: each chooses a value of the one before."""
    found: Slot | None = None
    inside = document
    for step in steps:
        if not isinstance(inside, (dict, list)) or not inside:
            break
        key = list(inside)[step % len(inside)] if isinstance(inside, dict) else step % len(inside)
        found, inside = (inside, key), inside[key]
    return found


def _replace(slot: Slot, value: Any, _key: str) -> None:
    slot[0][slot[1]] = value


def _drop(slot: Slot, _value: Any, _key: str) -> None:
    del slot[0][slot[1]]


def _rename(slot: Slot, _value: Any, key: str) -> None:
    if isinstance(slot[0], dict):
        slot[0][key] = slot[0].pop(slot[1])


def _insert(slot: Slot, value: Any, key: str) -> None:
    if isinstance(slot[0], dict):
        slot[0][key] = value
    else:
        slot[0].insert(slot[1], value)


def _double(slot: Slot, _value: Any, key: str) -> None:
    again = copy.deepcopy(slot[0][slot[1]])
    _insert(slot, again, key)


def _repeat(slot: Slot, _value: Any, _key: str) -> None:
    found = slot[0][slot[1]]
    slot[0][slot[1]] = found * 40 if isinstance(found, (str, list)) else [found] * 40


def _swap(slot: Slot, _value: Any, _key: str) -> None:
    """With the value behind it."""
    container, key = slot
    keys = list(container) if isinstance(container, dict) else list(range(len(container)))
    other = keys[(keys.index(key) + 1) % len(keys)]
    container[key], container[other] = container[other], container[key]


def _turn(slot: Slot, _value: Any, _key: str) -> None:
    found = slot[0][slot[1]]
    slot[0][slot[1]] = found[::-1] if isinstance(found, (str, list)) else {"wrapped": found}


_ON_SLOTS: tuple[Callable[[Slot, Any, str], None], ...] = (
    *(_replace, _drop, _rename, _insert, _double, _repeat, _swap, _turn),
)

_SPLICES = (b"", b"\x00", b"\xff\xfe", b'"', b"{", b"}", b",", b"\\ud800", b"\xef\xbb\xbf", b"9" * 5000, b"[" * 3000)
_INSTEAD = (
    *(b"", b" ", b"null", b"[]", b"{}", b'""', b"0", b"<html></html>", b"[" * 100_000, b'{"success":true}'),
    *(b'{"success":true,"data":null}', b'{"success":true,"data":[]}', b'{"success":true,"data":{}}'),
    *(b'{"success":false}', b'{"success":false,"success":true}', b'{"success":true,"data":{"result":[]}}'),
)
_STATUSES = (200, 204, 206, 301, 307, 400, 401, 403, 404, 407, 429, 500, 502, 503)
_TYPES = ("text/html", "", "application/octet-stream", "application/json; charset=utf-16", "\u2028<b>", "x" * 5000)


@dataclass(frozen=True)
class Change:
    """One change. ``how`` is structure, refusal, bytes, instead or http; which of the others count depends on it."""

    how: str
    operation: int
    steps: tuple[int, ...]
    value: Any
    key: str
    place: float
    ascii: bool

    def apply(self, exchange: Exchange) -> Exchange:
        """The changed answer."""
        if self.how == "structure":
            return self._structure(exchange)
        if self.how == "refusal":
            return replace(exchange, body=self._text(self.value))
        if self.how == "instead":
            return replace(exchange, body=_pick(_INSTEAD, self.operation))
        if self.how == "http":
            status, content_type = _pick(_STATUSES, self.operation), _pick(_TYPES, len(self.steps))
            return replace(exchange, status=status, content_type=content_type)
        return self._bytes(exchange)

    def _structure(self, exchange: Exchange) -> Exchange:
        try:
            document = json.loads(exchange.body)
        except (ValueError, RecursionError):
            return exchange  # an earlier change left no JSON
        slot = _slot(document, self.steps)
        if slot is not None:
            _pick(_ON_SLOTS, self.operation)(slot, copy.deepcopy(self.value), self.key)
        return replace(exchange, body=self._text(document))

    def _text(self, document: Any) -> bytes:
        return json.dumps(document, ensure_ascii=self.ascii).encode("utf-8", "surrogatepass")

    def _bytes(self, exchange: Exchange) -> Exchange:
        """Cut behind a place, cut out, or put something in."""
        body, place = exchange.body, int(self.place * len(exchange.body))
        piece = _pick(_SPLICES, len(self.steps) + self.operation)
        end = place + self.operation
        changed = (body[:place], body[:place] + body[end:], body[:place] + piece + body[place:], body + piece)
        return replace(exchange, body=_pick(changed, self.operation))


def _pick(choices: Sequence[Any], number: int) -> Any:
    return choices[number % len(choices)]


CALLS = {
    "login": ("SYNO.API.Auth", "login"),
    "reads": ("SYNO.Entry.Request", "request"),
    "alone": None,  # reads that are not in a batch
    "logout": ("SYNO.API.Auth", "logout"),
    "discovery": ("SYNO.API.Info", "query"),
}
_KNOWN = [call for call in CALLS.values() if call]


@dataclass(frozen=True)
class Mutation:
    """A change to the first answers of a call, or to those behind them."""

    call: str
    after: int
    times: int
    change: Change

    def strikes(self, call: tuple[str, str], seen: int) -> bool:
        """Whether to change the answer to this call, which was asked so many times before."""
        name = CALLS[self.call]
        return (call == name if name else call not in _KNOWN) and self.after <= seen < self.after + self.times


# Where most goes on: the items of a batch, and the data of one; the walk begins there, or at the top.
_starts = st.sampled_from([(), (0,), (0, 1), (0, 1), (0, 1)])
_steps = st.builds(
    lambda start, further: (*start, *further), _starts, st.lists(st.integers(0, 12), min_size=1, max_size=5)
)
_items = st.builds(lambda number: (0, 1, number), st.integers(0, 20))
_hows = st.sampled_from(["structure"] * 6 + ["item"] * 2 + ["refusal", "bytes", "instead", "http"])


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Any change."""
    how = draw(_hows)
    in_json = how == "structure"
    return Change(
        "structure" if how == "item" else how,
        0 if how == "item" else draw(st.integers(0, 60)),
        draw(_items if how == "item" else _steps),
        draw(refusals() if how in ("item", "refusal") else values | refusals() if in_json else st.none()),
        draw(_keys) if in_json else "",
        draw(st.floats(0, 1)) if how == "bytes" else 0,
        draw(st.booleans()),
    )


def _put(call: str, steps: tuple[int, ...], value: Any) -> Mutation:
    """Put a value where the steps lead, in the first answer to a call; without steps, in place of the answer."""
    return Mutation(call, 0, 1, Change("structure" if steps else "refusal", 0, steps, value, "", 0, ascii=True))


_anywhere = st.builds(
    Mutation,
    st.sampled_from(["reads", "reads", "reads", "reads", "reads", "login", "alone", "logout", "discovery"]),
    st.sampled_from([0, 0, 0, 0, 1, 2]),
    st.sampled_from([1, 1, 2, 99]),
    changes(),
).map(lambda mutation: (mutation,))
# What takes more than one change, or just the right one: a session that cannot be used, a session that ends, and a way
# to an API that is none, which is only asked for where something did not fit.
_session = st.builds(
    lambda place, value: (_put("login", (0, place), value),),
    st.sampled_from([1, 2]),
    st.sampled_from(["a\r\nX: y", "a\r\n X: y", "\x00", "\u2603", "a b", " ", "a" * 100_000, *HOSTILE]),
)
_ended = st.builds(
    lambda code, more: (_put("reads", (), {"success": False, "error": {"code": code}}), *more),
    st.sampled_from([106, 107, 119]),
    _anywhere,
)
_astray = st.builds(
    lambda call, number, code, value: (
        _put(call, (0, 1, number) if call == "reads" else (), {"success": False, "error": {"code": code}}),
        _put("discovery", (0, number, 2), value),
    ),
    st.sampled_from(["login", "reads"]),
    st.integers(0, 12),
    st.sampled_from([102, 103, 104]),
    st.sampled_from(
        [
            "entry.cgi?api=SYNO.Core.User&method=delete",
            "../../x",
            "http://elsewhere/",
            "a\r\nb.cgi",
            "auth.cgi",
            "x.cgi",
        ]
    ),
)
# The lists come last in a batch; their lengths are among the first values of their data.
_counts = st.builds(
    lambda number, place, value: (_put("reads", (0, 1, number, 3, place), value),),
    st.sampled_from([7, 8, 9]),
    st.integers(0, 3),
    st.sampled_from(NUMBERS) | st.integers(-1, 30),
)

mutations = st.lists(
    st.sampled_from([_anywhere] * 4 + [_session, _ended, _astray, _counts]).flatmap(lambda kind: kind),
    min_size=1,
    max_size=8,
).map(lambda groups: [mutation for group in groups for mutation in group])


class Spoiler:
    """Applies mutations to the answers of one gather."""

    def __init__(self, mutations: Sequence[Mutation]) -> None:
        self._mutations = mutations
        self._seen: Counter[Any] = Counter()

    def __call__(self, exchange: Exchange) -> Exchange:
        call = exchange.call if exchange.call in _KNOWN else None
        seen = self._seen[call]
        self._seen[call] += 1
        for mutation in self._mutations:
            if mutation.strikes(exchange.call, seen):
                exchange = mutation.change.apply(exchange)
        return exchange
