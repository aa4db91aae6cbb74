# SPDX-License-Identifier: GPL-3.0-or-later
"""Honest answers of a NAS, changed at random: what is gathered from them keeps its form and its promises."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.mailfleet.mailplus.tests.attack.support import wire
from ansible_collections.mailfleet.mailplus.tests.attack.support.mutations import Mutation, Spoiler, mutations
from ansible_collections.mailfleet.mailplus.tests.attack.support.properties import broken
from hypothesis import given
from hypothesis import strategies as st


def test_an_honest_answer_breaks_nothing() -> None:
    run = wire.attack(wire.honest)
    assert broken(run) == []
    assert run.state is not None
    assert {envelope["status"] for envelope in run.state.sections.values()} == {"ok"}


@given(changes=mutations, limit=st.sampled_from([5, 50, None]))
def test_changed_answers(changes: Sequence[Mutation], limit: int | None) -> None:
    assert broken(wire.attack(Spoiler(changes), limit)) == []
