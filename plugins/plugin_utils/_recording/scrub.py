# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a NAS really answered to what may be shown to anybody.

What stays is chosen from closed lists, and all else is replaced: a harmless text that has a stand-in costs little.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import ALONE, ROWS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.known_keys import KNOWN, known_keys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import (
    ALL_CODES,
    MARKER,
    MAX_DEPTH,
    hide_secrets,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording import words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Answer, NotAsked, Recording
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.standins import (
    CODE_UNIT,
    IPV4,
    LONGEST,
    RUN,
    TOKEN,
    Standins,
    same,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.times import (
    Shift,
    Written,
    is_size_or_span,
    may_be_time,
    read,
)

# Every recording seems to be of this day.
_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - in UTC, as recorded_at is
_SECONDS_OF_A_DAY = 86400
_SECONDS_OF_A_YEAR = 365 * _SECONDS_OF_A_DAY
_RECORDED_AT = "%Y-%m-%dT%H:%M:%SZ"

# Times of settings and mails are near the day of the recording; what is not, is something else, such as a birthday.
_BEFORE, _AFTER = timedelta(days=20 * 366), timedelta(days=40 * 366)

# What stands in place of what is nested too deeply, or is no JSON.
CUT = "[cut]"
_MARKED_KEY = re.compile(re.escape(MARKER) + r"(?: [0-9]{1,3})?")

_SMALL_KEY = re.compile("[0-9]|[1-9][0-9]")
_SHORT_NUMBER = re.compile("^[0-9]{1,7}$")

_VERSION = re.compile(
    r"(?:DSM )?(?:[0-9]|[12][0-9]|30)(?:\.(?:0|[1-9][0-9]{0,2})){1,3}(?:-(?:0|[1-9][0-9]{0,4}))?"
    r"(?: Update [1-9][0-9]?)?"
)
_FIRST_PARTS = re.compile(r"[0-9]+(?:\.[0-9]+)+")
_MOST_PARTS_OF_BUILD, _LARGEST_BYTE, _MONTHS, _LEAST_YEAR = 3, 255, 12, 30
_MODEL = re.compile(r"(?:DS|RS|FS|SA|HD|UC|DVA|RC|DX|VDSM)[0-9]{2,5}[A-Za-z]{0,4}\+?")
_NUMERIC = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,6})?")
# It may be that of a birth as well.
_DAY_ALONE = re.compile(r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}")
_LOCAL_PART = re.compile(r"([^\s@<>\"',;:()]{1,64})@")

# Numbers that say little, under any key; under one of a program; under one of an amount.
_SMALL, _USUAL, _LARGE = 100, 1000, 10_000
_HUGE = 10**30
_FIRST_CHARACTER = 32
_LEAST_OF_SPELT, _MOST_SPELT, _LONGEST_SPELT = 3, 10**7, 8

_APIS = frozenset(api for api, _method in ROWS) | {
    "SYNO.API.Auth",
    "SYNO.API.Encryption",
    "SYNO.API.Info",
    "SYNO.Entry.Request",
}
_APIS_OF_PUBLISHED = ("SYNO.Core.Package", "SYNO.Core.Upgrade")
_API_OF_CERTIFICATES = "SYNO.Core.Certificate"
_API = re.compile(r"SYNO(?:\.[A-Za-z0-9_]{1,40}){1,5}")
_PATHS = frozenset({"entry.cgi", "auth.cgi", "query.cgi", "encryption.cgi"})
_REASON = re.compile(r"[A-Za-z_ .,;:]{1,160}")
_REASON_WORDS = words.of(
    """
    a and any asked by each for have in is it many may name no none not nothing of on or so than that the this told too
    was were which
    """
)


@lru_cache(maxsize=256)
def _known(api: str, method: str) -> frozenset[str]:
    """The names of the keys that are attested of a pair."""
    steps = (step for key in known_keys(api, method) for step in key.path.split("."))
    return frozenset(step.removesuffix("[]") for step in steps) - {"*"}


@lru_cache(maxsize=1)
def _known_anywhere() -> frozenset[str]:
    """The names of all keys that are attested, of whatever answer."""
    return frozenset().union(*(_known(api, method) for api, method in KNOWN))


def scrub(
    raw: Recording,
    *,
    strict: bool = False,
    keep: Collection[str] = (),
    chance: random.Random | None = None,
) -> tuple[Recording, Kept]:
    """What may be shown of a recording, and what of it stayed in clear.

    ``keep`` are keys that somebody looked at and wants to stay. With ``strict``, values are the names of their types,
    and ``keep`` counts for nothing. What is drawn at random is drawn anew in every call, and not kept.
    """
    bounded: Any = {**raw, "answers": [_bounded(answer) for answer in raw["answers"]]}
    return _Scrubber(bounded, strict, frozenset(keep), chance or random.SystemRandom()).scrubbed()


def _bounded(value: Any, depth: int = 0) -> Any:
    """JSON no deeper than what hides secrets can take."""
    if isinstance(value, (dict, list)):
        if depth >= MAX_DEPTH:
            return CUT
        if isinstance(value, list):
            return [_bounded(item, depth + 1) for item in value]
        return {key if isinstance(key, str) else CUT: _bounded(item, depth + 1) for key, item in value.items()}
    return value if value is None or isinstance(value, (str, int, float)) else CUT


class _Place(NamedTuple):
    """Where a value stands: below which key, what that tells of it, and which keys of the answer are attested.

    ``spelt`` are the keys whose numbers may together be a text, ``spelt_below`` those of the mappings one level below.
    """

    key: str
    is_kept: bool
    is_private: bool
    known: frozenset[str]
    is_spelt: bool = False
    is_of_addresses: bool = False
    is_published: bool = False
    is_of_certificates: bool = False
    is_row: bool = False
    spelt: frozenset[str] = frozenset()
    spelt_below: frozenset[str] = frozenset()


@dataclass
class _Seen:
    """What a recording holds that no stand-in may be, and what is told under keys of names."""

    pieces: set[str] = field(default_factory=set)
    private: set[str] = field(default_factory=set)
    _texts: set[str] = field(default_factory=set)

    def take(self, value: Any, is_private: bool = False) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                self._text(key, False)
                self.take(item, words.is_private(key) or (is_private and not words.is_plain(key)))
        elif isinstance(value, list):
            for item in value:
                self.take(item, is_private)
        elif isinstance(value, str):
            self._text(value, is_private)
        elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < _HUGE:
            self.pieces.add(str(abs(value)))

    def _text(self, text: str, is_private: bool) -> None:
        text = text[: 4 * LONGEST]
        if is_private and len(text) <= LONGEST:
            self.private.add(same(text))
        if text in self._texts:
            return
        self._texts.add(text)
        for token in map(same, TOKEN.findall(text)):
            self.pieces.add(token)
            if not token.isalpha():
                self.pieces.update(RUN.findall(token))
        if "." in text:
            self.pieces.update(IPV4.findall(text))
        if "@" in text:
            self.private.update(map(same, _LOCAL_PART.findall(text)))


class _Scrubber:
    """One recording, and what its stand-ins are."""

    def __init__(self, raw: Recording, strict: bool, keep: frozenset[str], chance: random.Random) -> None:
        self._raw, self._strict = raw, strict
        self._keep = frozenset() if strict else keep
        self._seen = _Seen()
        for answer in raw["answers"]:
            self._seen.take(answer)
        self._standins = Standins(self._seen.pieces, chance)
        self._kept = Kept()
        self._recorded = _recorded(raw.get("recorded_at"))
        self._begin = _DAY + timedelta(seconds=chance.randrange(_SECONDS_OF_A_DAY))
        self._shift = Shift.between(self._recorded, self._begin)
        self._shift_of_published = Shift.between(
            self._recorded, self._begin - timedelta(seconds=chance.randrange(_SECONDS_OF_A_YEAR))
        )
        self._names: dict[int, dict[str, str]] = {}

    def scrubbed(self) -> tuple[Recording, Kept]:
        told: Any = {
            "recording_version": _small(self._raw.get("recording_version")),
            "auth_version": _small(self._raw.get("auth_version")),
            "recorded_at": self._begin.strftime(_RECORDED_AT),
            "strict": self._strict,
            "apis": _apis(self._raw.get("apis")),
            "answers": [self._answer(answer) for answer in self._raw["answers"]],
            "not_asked": [self._not_asked(each) for each in self._raw.get("not_asked", ())],
        }
        ordered: Any = {key: told[key] for key in Recording.__annotations__ if key in told}
        return ordered, self._kept

    # ------------------------------------------------------------------------------------------------------- answers

    def _answer(self, raw: Answer) -> Answer:
        api, method = str(raw.get("api", "")), str(raw.get("method", ""))
        row = ROWS.get((api, method))
        self._names.clear()
        top = _Place("", True, False, _known(api, method))
        top = top._replace(
            is_published=api.startswith(_APIS_OF_PUBLISHED), is_of_certificates=api.startswith(_API_OF_CERTIFICATES)
        )
        parts = {key: value for key, value in raw.items() if key in ("params", "data")}
        error = raw.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        if isinstance(error, dict):
            parts["error"] = {key: value for key, value in error.items() if key != "code" or not _is_code(value)}
        hidden = hide_secrets(parts, secret=row.secret if row else (ALL_CODES,))
        told: Answer = {
            "api": self._api(api),
            "method": self._method(api, method),
            "version": _small(raw.get("version")),
        }
        told["params"] = self._params(hidden.get("params"), api, method, top)
        told |= {"seconds": _seconds(raw["seconds"])} if "seconds" in raw else {}
        told |= {"size": _rounded(_count(raw["size"]))} if "size" in raw else {}
        told |= {"success": raw["success"] is True} if "success" in raw else {}
        if "data" in raw:
            told["data"] = self._any(hidden["data"], top)
        if "error" in raw:
            told["error"] = self._error(code, hidden.get("error", {}), top)
        if "failed" in raw:
            told["failed"] = raw["failed"] if str(raw["failed"]) in words.FAILURES else "error"
        cut = {} if self._strict else self._cut(raw.get("cut"), hidden.get("data"), top)
        return {**told, "cut": cut} if cut else told

    def _api(self, api: str) -> str:
        parts = api.split(".")[1:]
        if api in _APIS or (_API.fullmatch(api) and all(map(_is_of_apis, parts))):
            return api
        return ".".join(["SYNO", *(self._standins.text(part) for part in parts if TOKEN.search(part))])

    def _method(self, api: str, method: str) -> str:
        is_known = (api, method) in ROWS or words.is_of_a_program(method)
        return method if is_known else self._standins.text(method)

    def _params(self, params: Any, api: str, method: str, top: _Place) -> dict[str, Any]:
        """What the catalogue itself sends with a read stays."""
        if not isinstance(params, dict):
            return {}
        own = _own_params().get((api, method), ())
        names = self._keys(params, top)
        return {
            names[key]: value if (key, value) in own else self._under(key, value, names[key] == key, top)
            for key, value in params.items()
        }

    def _error(self, code: Any, rest: dict[str, Any], top: _Place) -> dict[str, Any]:
        """An error of a code that is none of a row: whatever is a secret there, this one stays."""
        told = {"code": code} if _is_code(code) else {} if rest else {"code": 0}
        return {**told, **self._any(rest, top)}

    def _not_asked(self, raw: NotAsked) -> NotAsked:
        api, method, reason = (str(raw.get(key, "")) for key in ("api", "method", "reason"))
        found = set(re.findall("[A-Za-z]+", reason.lower()))
        is_own = _REASON.fullmatch(reason) and found <= (words.WORDS - words.AMBIGUOUS) | _REASON_WORDS
        return {"api": self._api(api), "method": self._method(api, method), "reason": reason if is_own else "other"}

    def _cut(self, cut: Any, data: Any, top: _Place) -> dict[str, int]:
        """How long lists were, by their paths as these are now. One that leads nowhere is left out."""
        if not isinstance(cut, dict) or not cut:
            return {}
        names: dict[str, str] = {}
        for before, now in self._lists(data, "data", "data", top):
            names.setdefault(before, now)
        found: dict[str, int] = {}
        for path, length in cut.items():
            if path in names:
                found[names[path]] = max(_count(length), found.get(names[path], 0))
        return found

    def _lists(self, value: Any, before: str, now: str, top: _Place) -> Iterator[tuple[str, str]]:
        """The path of each list, as it was and in stand-ins."""
        if isinstance(value, dict):
            for key, name in self._keys(value, top).items():
                yield from self._lists(value[key], f"{before}.{key}", f"{now}.{name}", top)
        elif isinstance(value, list):
            yield before, now
            for item in value:
                yield from self._lists(item, f"{before}[]", f"{now}[]", top)

    # --------------------------------------------------------------------------------------------------------- values

    def _any(self, value: Any, place: _Place) -> Any:
        if isinstance(value, dict):
            return self._mapping(value, place)
        if isinstance(value, list):
            return self._list(value, place)
        if self._strict:
            return _type(value)
        if value is None or value in (MARKER, CUT):
            return value
        if isinstance(value, bool):
            self._kept.booleans += 1
            return value
        return self._text(value, place) if isinstance(value, str) else self._number(value, place)

    def _mapping(self, value: dict[str, Any], place: _Place) -> dict[str, Any]:
        names = self._keys(value, place)
        if _spells([item for key, item in value.items() if key.isdigit()]):
            place = place._replace(is_private=True, is_spelt=True)
        place = place._replace(
            spelt=place.spelt | _spelt_by_siblings(value, place), spelt_below=_spelt_by_rows(value.values(), place)
        )
        told = {names[key]: self._under(key, item, names[key] == key, place) for key, item in value.items()}
        for key, name in names.items():
            self._note_key(key, name == key, place)
        return _of_shapes(told, {name for key, name in names.items() if name != key}) if self._strict else told

    def _under(self, key: str, value: Any, is_kept: bool, above: _Place) -> Any:
        """A value under a key, which what is above it makes private as well, unless it is attested; in a row of a list
        or below a name, a key may say as well that it holds a state, an amount or the like.
        """
        speaks = is_kept and (key in above.known or (above.is_row and words.is_plain(key)))
        is_private = words.is_private(key) or (above.is_private and not speaks)
        is_spelt = above.is_spelt or key in above.spelt
        return self._any(
            value,
            above._replace(
                key=key,
                is_kept=is_kept,
                is_private=is_private or is_spelt,
                is_spelt=is_spelt,
                is_row=not is_kept,
                spelt=above.spelt_below,
                spelt_below=frozenset(),
                is_of_addresses=above.is_of_addresses or words.is_of_addresses(above.key),
                is_published=above.is_published or words.is_published(key),
                is_of_certificates=above.is_of_certificates or words.is_of_certificates(key),
            ),
        )

    def _list(self, value: list[Any], place: _Place) -> list[Any]:
        if self._strict:
            shapes = {json.dumps(told, sort_keys=True): told for told in (self._any(item, place) for item in value)}
            return [*shapes.values()]
        if _spells(value, place.key):
            place = place._replace(is_private=True, is_spelt=True)
        place = place._replace(is_row=True, spelt=_spelt_by_rows(value, place))
        return [self._any(item, place) for item in value]

    def _text(self, text: str, place: _Place) -> str:
        if not text:
            return text
        if self._stays(text, place):
            self._kept.texts[_shown_key(place)][text] += 1
            return text
        if _NUMERIC.fullmatch(text) and (words.is_id(place.key) or not place.is_private):
            return self._numeric(text, place)
        is_day = _DAY_ALONE.fullmatch(text) and not (place.is_kept and words.is_of_times(place.key))
        return self._moved(None if place.is_private or is_day else read(text), place) or self._stand_in(text, place)

    def _numeric(self, text: str, place: _Place) -> str:
        """A number as text: one that stays keeps how it is written."""
        number = float(text) if "." in text else int(text)
        is_amount = words.is_measure(place.key) and not words.is_of_times(place.key)
        told = self._number(_rounded(int(number)) if is_amount and abs(number) >= _USUAL else number, place)
        return text if told == number else str(told)

    def _moved(self, written: Written | None, place: _Place) -> Any:
        """A time that is near, moved; None for any other. Those that are public get another span, or a day alone."""
        if not written or not self._recorded - _BEFORE < written.moment < self._recorded + _AFTER:
            return None
        self._kept.times += 1
        if place.is_published:
            return written.moved(self._shift_of_published)
        return written.moved_to_a_day(self._shift) if place.is_of_certificates else written.moved(self._shift)

    def _stand_in(self, text: str, place: _Place) -> str:
        self._kept.standins += 1
        return self._standins.text(text, place.is_spelt)

    def _stays(self, text: str, place: _Place) -> bool:
        if text in words.PRODUCTS or (place.key in ("model", "model_name") and _MODEL.fullmatch(text)):
            return True
        if place.is_private:
            return False
        is_plain = place.is_kept and words.is_plain(place.key)
        if (is_plain or same(text) not in self._seen.private) and self._is_state(text, place):
            return True
        return place.is_kept and words.is_of_versions(place.key) and _is_version(text)

    def _is_state(self, text: str, place: _Place) -> bool:
        is_attested = place.is_kept and place.key in place.known
        return words.is_state(text, is_attested, place.is_kept and words.is_plain(place.key))

    def _number(self, number: float, place: _Place) -> float | None:
        if isinstance(number, float):
            if not math.isfinite(number):
                return None
            if number.is_integer() and abs(number) < 2**53:
                return float(self._number(int(number), place) or 0)
        is_time = place.is_kept and not place.is_private and may_be_time(place.key, place.is_of_addresses)
        moved = self._moved(read(number), place) if is_time else None
        if moved is not None:
            return type(number)(moved)
        told = _kept_number(number, place)
        if told is None:
            self._kept.standins += 1
            return self._standins.number(number, place.is_spelt)
        self._kept.numbers[_shown_key(place)][told] += 1
        return told

    # ----------------------------------------------------------------------------------------------------------- keys

    def _keys(self, value: Mapping[str, Any], place: _Place) -> dict[str, str]:
        """What each key of a mapping is called from now on; no two the same."""
        if id(value) not in self._names:
            self._names[id(value)] = self._new_keys(value, place)
        return self._names[id(value)]

    def _new_keys(self, value: Mapping[str, Any], place: _Place) -> dict[str, str]:
        names = {key: key for key in value if self._is_kept(key, place.known)}
        taken = set(names)
        for key in value:
            if key in names:
                continue
            name = self._standins.text(key) or self._standins.fresh()
            while name in taken:
                name = f"{name}_{self._standins.fresh()}"
            names[key] = name
            taken.add(name)
        return {key: names[key] for key in value}

    def _is_kept(self, key: str, known: frozenset[str]) -> bool:
        if key in known or key in self._keep or _MARKED_KEY.fullmatch(key) or key == CUT or key in words.PRODUCTS:
            return True
        if key.isascii() and key.isdigit():
            return _SMALL_KEY.fullmatch(key) is not None
        is_name = same(key) in self._seen.private and not words.is_private(key) and key not in _known_anywhere()
        return words.is_of_a_program(key) and not is_name

    def _note_key(self, key: str, is_kept: bool, place: _Place) -> None:
        if not is_kept:
            self._kept.replaced[key] += 1
        elif key not in place.known and key not in self._keep:
            self._kept.unattested[key] += 1


# -------------------------------------------------------------------------------------------------------------- values


def _kept_number(number: float, place: _Place) -> float | None:
    """A number that stays, or what it is rounded to; None where it has to go."""
    size = abs(number)
    if isinstance(number, float):
        is_told = place.is_kept and not place.is_private and words.is_rate(place.key)
        return number if is_told and size < _USUAL and round(number, 2) == number else None
    if words.is_id(place.key) and not place.is_spelt:
        return number if place.is_kept and size < _USUAL else None
    if place.is_private:
        return None
    if size < _SMALL:
        return number
    return _kept_amount(int(number), place) if place.is_kept else None


def _kept_amount(number: int, place: _Place) -> int | None:
    """A number of three digits or more, under a key that stays."""
    size, is_attested = abs(number), place.key in place.known
    if words.is_measure(place.key):
        return number if size < _LARGE or is_size_or_span(number) else _rounded(number)
    if words.is_of_versions(place.key):
        return number if size < _USUAL or (is_attested and _LARGE <= size < 10 * _LARGE) else None
    return number if is_attested and (size < _USUAL or is_size_or_span(number)) else None


def _is_version(text: str) -> bool:
    """Whether a text is a version, and neither an address nor a day."""
    if not _VERSION.fullmatch(text):
        return False
    parts = [int(part) for part in _FIRST_PARTS.findall(text)[0].split(".")]
    if "-" in text:
        return len(parts) <= _MOST_PARTS_OF_BUILD and max(parts) < _SMALL
    is_address = len(parts) > _MOST_PARTS_OF_BUILD and max(parts) <= _LARGEST_BYTE
    may_be_day = len(parts) == len("dmy") and 1 <= parts[1] <= _MONTHS and parts[2] >= _LEAST_YEAR
    return not is_address and not may_be_day


def _rounded(number: int) -> int:
    """Its first two digits: how large it is, and no more."""
    digits = str(abs(number)) if abs(number) < _HUGE else "9" * 18
    return int(digits[:2].ljust(len(digits), "0")) * (-1 if number < 0 else 1)


def _spells(values: list[Any], key: str = "") -> bool:
    """Whether numbers may be characters, or the parts of one number: days and hours that are in order are not."""
    codes = [value for value in values if isinstance(value, str) and CODE_UNIT.fullmatch(same(value[:_LONGEST_SPELT]))]
    numbers = [*_numbers_in(values)]
    if words.is_id(key) and len({*numbers}) == len(numbers):
        return False
    if len(codes) >= _LEAST_OF_SPELT:
        return True
    is_small = all(0 <= number < _FIRST_CHARACTER for number in numbers)
    is_harmless = is_small and words.is_of_series(key) and numbers == sorted(numbers)
    return len(numbers) >= _LEAST_OF_SPELT and not is_harmless


def _spelt_by_siblings(value: Mapping[str, Any], place: _Place) -> frozenset[str]:
    """The keys of a mapping whose numbers may together be an address or a text."""
    keys = [key for key in value if not _is_amount_of(key, place)]
    return frozenset(keys) if _may_be_characters([value[key] for key in keys]) else frozenset()


def _spelt_by_rows(rows: Collection[Any], place: _Place) -> frozenset[str]:
    """The keys whose numbers in the rows of a list may together be a text."""
    mappings = [row for row in rows if isinstance(row, dict)]
    if len(mappings) < _LEAST_OF_SPELT:
        return frozenset()
    keys = {key for row in mappings for key in row if not _is_amount_of(key, place, place.is_private)}
    return frozenset(
        key
        for key in keys
        if _may_be_characters([row[key] for row in mappings if key in row], place.is_private or words.is_private(key))
    )


def _may_be_characters(values: list[Any], is_private: bool = False) -> bool:
    """Whether numbers may be those of characters. What is private has stand-ins anyway: of these, only a cipher counts,
    in which characters are there again.
    """
    numbers = [*_numbers_in([value for value in values if not isinstance(value, list)])]
    large = [number for number in numbers if _FIRST_CHARACTER <= number <= _LARGEST_BYTE]
    if is_private and len({*large}) == len(large):
        return False
    return len(large) >= _LEAST_OF_SPELT and len({*large}) > 1


def _is_amount_of(key: str, place: _Place, is_strict: bool = False) -> bool:
    """Whether numbers under a key are what the key says, and no parts of anything."""
    if words.is_id(key):
        return True
    is_told = words.is_measure(key) or words.is_of_versions(key) or words.is_of_times(key)
    return not is_strict and (key in place.known or is_told)


def _numbers_in(values: list[Any]) -> Iterator[int]:
    for value in values:
        if isinstance(value, list):
            yield from _numbers_in(value)
        elif isinstance(value, str):
            yield from map(int, _SHORT_NUMBER.findall(value) if len(value) < _LONGEST_SPELT else ())
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST_SPELT:
            yield int(value)


def _type(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None if value is None else "boolean"
    return "text" if isinstance(value, str) else "integer" if isinstance(value, int) else "number"


def _of_shapes(told: dict[str, Any], replaced: set[str]) -> dict[str, Any]:
    """Of what stands under keys that may be data, each shape once, under a key that tells nothing."""
    strict = {name: value for name, value in told.items() if name not in replaced}
    shapes = {json.dumps(told[name], sort_keys=True): told[name] for name in told if name in replaced}
    for value in shapes.values():
        number = len(strict) + 1
        while f"key{number}" in strict:
            number += 1
        strict[f"key{number}"] = value
    return strict


def _shown_key(place: _Place) -> str:
    return place.key if place.is_kept else "(under other keys)"


# ------------------------------------------------------------------------------------- what the collection itself says


@lru_cache(maxsize=1)
def _own_params() -> dict[tuple[str, str], list[tuple[str, Any]]]:
    own: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    for row in (*CATALOGUE, *ALONE):
        for each in row.reads:
            own.setdefault((each.api, each.method), []).extend(each.params.items())
    return own


@lru_cache(maxsize=1024)
def _is_of_apis(part: str) -> bool:
    return any(part in api.split(".") for api in _APIS) or words.is_of_a_program(part)


def _apis(raw: Any) -> dict[str, dict[str, Any]]:
    entries = raw.items() if isinstance(raw, dict) else ()
    return {name: _api_entry(entry) for name, entry in entries if name in _APIS and isinstance(entry, dict)}


def _api_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if entry.get("path") in _PATHS:
        told["path"] = entry["path"]
    told |= {key: _small(entry[key]) for key in ("minVersion", "maxVersion") if key in entry}
    return {**told, "requestFormat": "JSON"} if entry.get("requestFormat") == "JSON" else told


def _is_code(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGE


def _small(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _SMALL else 0


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40 else 0


def _seconds(value: Any) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _SECONDS_OF_A_DAY
    return round(float(value), 3) if is_number else 0.0


def _recorded(text: Any) -> datetime:
    try:
        return datetime.strptime(str(text), _RECORDED_AT)  # noqa: DTZ007 - in UTC
    except ValueError:
        return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
