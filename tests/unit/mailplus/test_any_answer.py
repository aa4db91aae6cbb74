# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a NAS answers to sections of any kind, each comes back in its shape, and nothing else is raised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from itertools import cycle
from typing import Any, cast

import hypothesis.strategies as st
import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply, Route
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import api_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import STATUSES
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan, read_sections
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Each,
    Section,
    entries,
    log,
    read,
    settings,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Baseline, Comparison
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import cleaner
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import host_record
from hypothesis import given

WHERE: dict[str, Any] = {"place": "Domain", "privilege": None}
DOMAINS = entries(
    "domains", "D", read("Domain", "list"), rows_key="domains", ids=("name",), personal=("name",), **WHERE
)
BY_DOMAIN = Each(DOMAINS, {"domain_id": ("domain_id",)})
SECTIONS = (
    settings("each_settings", "S", read("Domain.Settings", "get"), each=BY_DOMAIN, **WHERE),
    entries(
        "each_rows",
        "R",
        read("Alias", "list"),
        read("Alias", "list2"),
        rows_key="rows",
        ids=(),
        each=BY_DOMAIN,
        **WHERE,
    ),
    log("log", "L", read("Queue", "list"), rows_key="items", ids=("id",), **WHERE),
    DOMAINS,
)

CORE = {"status": "ok", "data": {"a": 1}, "summary": {}, "error": None}

texts = st.one_of(st.text(max_size=8), st.sampled_from(["a", "__ansible_type", "[personal]", "a.b", "$(x)", "{{ 1 }}"]))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False), texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
rows = st.lists(
    st.one_of(values, st.fixed_dictionaries({}, optional={"name": scalars, "domain_id": scalars, "x": values})),
    max_size=4,
)
answers = st.one_of(
    st.sampled_from([102, 103, 105, 117, 5615]),
    st.dictionaries(texts, values, max_size=3),
    st.fixed_dictionaries({"domains": rows, "total": scalars}),
    st.fixed_dictionaries({"rows": rows, "total": scalars}),
    st.fixed_dictionaries({"items": rows, "total": st.integers(0, 4)}),
)


class Answering:
    """A client of a NAS that gives these answers, one after the other, over and over."""

    def __init__(self, given: Sequence[Any]) -> None:
        self._answers = cycle(given)

    def read(self, reads: Sequence[Read]) -> list[Reply]:
        return [self._reply(read) for read in reads]

    def _reply(self, read: Read) -> Reply:
        answer, route = next(self._answers), Route("entry.cgi", max(read.versions))
        if isinstance(answer, int):
            return Reply(route, error=api_error(answer, api=read.api, method=read.method, version=route.version))
        return Reply(route, answer)


def state_of(given: Sequence[Any], window: Window | None = None) -> dict[str, Any]:
    plan = Plan(SECTIONS, window or Window())
    envelopes, _warnings = read_sections(cast(Client, Answering(given)), plan, datetime.now(timezone.utc))
    return dict(envelopes)


def shape_of(section: Section, envelope: dict[str, Any]) -> None:
    assert envelope["status"] in STATUSES
    assert (envelope["error"] is None) == (envelope["status"] == "ok")
    if section.each:
        assert set(envelope) == {"status", "data", "summary", "error", "each"}
        assert envelope["data"] is None or set(envelope["data"]) == set(envelope["each"])
    else:
        assert (envelope["data"] is None) == (envelope["status"] != "ok")
        assert {"total", "returned", "truncated", "rows_key"} <= set(envelope)


some = st.lists(answers, min_size=1, max_size=9)


@given(given_answers=some, limit=st.sampled_from([0, 2, None]), keep=st.booleans())
def test_every_section_comes_back_in_its_shape(given_answers: list[Any], limit: int | None, keep: bool) -> None:
    envelopes = state_of(given_answers, Window(limit=limit, keep=keep))
    assert set(envelopes) == {section.name for section in SECTIONS}
    for section in SECTIONS:
        shape_of(section, envelopes[section.name])


modes = st.sampled_from(["keep", "remove", "hash"])


@given(old=some, new=some, written=modes, run=modes)
def test_any_two_states_can_be_compared_however_they_were_cleaned(
    old: list[Any], new: list[Any], written: str, run: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for section in SECTIONS:
            patch.setitem(BY_NAME, section.name, section)
        before, now = (
            host_record("one", {"ansible_facts": {"mailplus": {"sections": {**state_of(each), "core": CORE}}}})
            for each in (old, new)
        )
        clean, clean_now = cleaner(written, "key"), cleaner(run, "key")
        for record in (before, now):
            baseline = Baseline({"schema_version": 1, **record.cleaned(clean).__dict__}, clean_now)
            drift = baseline.compare(now, Comparison())
            assert drift.status in ("same", "partial", "different")
        assert drift.differences == []
