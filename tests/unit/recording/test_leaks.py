# SPDX-License-Identifier: GPL-3.0-or-later
"""Planted names and secrets: no trace of any is in a recording."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import MARKER
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Answer, Recording, dumps
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.scrub import scrub
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import IDENTIFYING, PERSONAL, SECRETS
from ansible_collections.mailfleet.mailplus.tests.unit.support.planted import EVERY, PLANTS, forms, traces, writings
from ansible_collections.mailfleet.mailplus.tests.unit.support.raw_recording import answer_of, recording_of, simulated
from hypothesis import given
from hypothesis import strategies as st

# Keys as nobody has seen any: of a program in another language, of another style, and of none.
UNSEEN = (
    "benutzerliste",
    "Kennung",
    "anzeigeName",
    "meldung",
    "x-ngn-zone",
    "ユーザー",
    "props",
    "f1",
    "description",
    "name",
    "status",
    "version",
    "type",
    "value",
    "id",
    "time",
    "item_list",
    "maxSize",
    "extra.info",
    "",
)


_BY_CHANCE = 6


def chance() -> random.Random:
    return random.Random(7)  # noqa: S311 - always the same one


def left(recording: Recording, plants: list[str] = EVERY) -> list[tuple[str, str]]:
    """The traces of plants. Four or five digits within a longer number are there by chance."""
    found = writings(dumps(recording))
    numbers = set(re.findall("[0-9]+", found))
    return [
        (plant, trace)
        for plant in plants
        for trace in traces(plant)
        if (trace in numbers if len(trace) < _BY_CHANCE and trace.isdigit() else trace in found)
    ]


def second_dsm() -> Iterator[Answer]:
    """An answer a plant, with every form of it below keys of all kinds; and all of it where nobody looks."""
    keys = itertools.cycle(UNSEEN)
    for plant in EVERY:
        values = [*forms(plant)]
        data: Any = {"liste": [{next(keys): value, f"k{place}": [value]} for place, value in enumerate(values)]}
        yield answer_of(data)
        yield answer_of(values, "SYNO.MailPlusServer.Alias", "list", params={"domain_id": plant, plant: plant})
        yield answer_of(
            None,
            f"SYNO.{plant}",
            plant,
            success=False,
            error={"code": 400, "errors": [*values, {"name": plant, "reason": plant}], plant: plant},
        )
        answer = answer_of({plant: {"liste": [1]}}, failed=plant, cut={f"data.{plant}.liste": 7, f"data.{plant}": 9})
        yield {**answer, plant: plant, "seconds": plant, "size": plant, "version": plant}  # type: ignore[misc]


def second_recording() -> Recording:
    raw: Any = recording_of([*second_dsm()], recorded_at="2026-05-04T11:12:13Z")
    raw["apis"] |= {f"SYNO.{plant}": {"path": plant, plant: plant} for plant in EVERY}
    raw["apis"]["SYNO.MailPlusServer.Queue"] = {"path": EVERY[0], "minVersion": EVERY[1], EVERY[2]: 1}
    raw["not_asked"] += [{"api": plant, "method": plant, "reason": f"None of {plant} was told."} for plant in EVERY]
    return raw  # type: ignore[no-any-return]


def planted_in_the_simulator() -> Recording:
    """Every text of all answers is a form of a plant, and each mapping has a key that is one."""
    every = [value for plant in EVERY for value in forms(plant)]
    chance().shuffle(every)
    values = itertools.cycle(every)
    keys = itertools.cycle(EVERY)

    def planted(value: Any) -> Any:
        if isinstance(value, dict):
            return {**{key: planted(item) for key, item in value.items()}, next(keys): next(values)}
        if isinstance(value, list):
            return [*map(planted, value), next(values)]
        return next(values) if isinstance(value, str) else value

    recording = simulated()
    for answer in [*recording["answers"]] * 3:
        recording["answers"].append(answer_of(planted(answer.get("data")), answer["api"], answer["method"]))
    return recording


def test_there_are_enough_plants() -> None:
    assert len({*EVERY}) >= 200
    assert len(PLANTS) >= 12
    assert sum(len([*forms(plant)]) for plant in EVERY) > 200


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("make", [second_recording, planted_in_the_simulator])
def test_no_plant_is_in_a_recording(make: Any, strict: bool) -> None:
    raw = make()
    assert len({plant for plant, _trace in left(raw)}) == len(EVERY), "not all of them were planted"
    recording, _kept = scrub(raw, strict=strict, chance=chance())
    assert left(recording) == []


def test_what_is_personal_or_secret_in_the_simulator_is_in_no_recording() -> None:
    plants = [*SECRETS.values(), *PERSONAL, *IDENTIFYING.values()]
    raw = simulated()
    assert len(left(raw, plants)) > len(plants) // 2
    found = writings(dumps(scrub(raw, chance=chance())[0]))
    assert [plant for plant in plants if plant.casefold() in found] == []


token = st.sampled_from(EVERY)
json_with_it: st.SearchStrategy[Any] = st.deferred(
    lambda: st.one_of(
        token,
        token.flatmap(lambda plant: st.sampled_from([*forms(plant)])),
        st.builds(lambda text, plant: text + plant + text, st.text(max_size=6), token),
        st.lists(json_with_it, max_size=4),
        st.dictionaries(st.one_of(token, st.sampled_from(UNSEEN), st.text(max_size=6)), json_with_it, max_size=4),
    )
)


@given(json_with_it, st.sampled_from([("SYNO.MailPlusServer.Queue", "list"), ("SYNO.Of.Nobody", "get")]))
def test_a_plant_anywhere_leaves_no_trace(data: Any, pair: tuple[str, str]) -> None:
    raw = recording_of([answer_of(data, *pair)])
    planted = [*{plant for plant, _trace in left(raw)}]
    recording, _kept = scrub(raw, chance=chance())
    assert left(recording, planted) == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda below: st.lists(below, max_size=5) | st.dictionaries(st.text(max_size=10), below, max_size=5),
)


@given(anything, st.booleans())
def test_any_json_can_be_scrubbed_and_keeps_its_form(data: Any, strict: bool) -> None:
    recording, kept = scrub(recording_of([answer_of(data)]), strict=strict)
    assert all(line.isprintable() for line in kept.lines())
    if not strict:
        assert has_shape(recording["answers"][0]["data"], data)
    json.loads(dumps(recording))


def has_shape(told: Any, data: Any) -> bool:
    """Whether what is told has the values of what was answered; a secret of any shape is one text."""
    if told == MARKER:
        return True
    if isinstance(data, (dict, list)):
        items = data.values() if isinstance(data, dict) else data
        own = told.values() if isinstance(data, dict) else told
        return len(told) == len(data) and all(map(has_shape, own, items))
    return isinstance(told, str) is isinstance(data, str)
