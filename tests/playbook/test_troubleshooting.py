# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.bad_input import CASES, THEMES, Case
from ansible_collections.mailfleet.mailplus.tests.playbook.support.troubleshooting import (
    PAGE,
    beginnings,
    pieces,
    rows,
    tables,
    texts_of_the_code,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_page_has_a_row_for_the_message(case: Case) -> None:
    ((_case, row),) = rows([case])
    assert f"\n{row}\n" in PAGE.read_text(encoding="utf-8")


def test_the_page_has_the_tables_of_the_cases() -> None:
    assert tables() in PAGE.read_text(encoding="utf-8")


def test_the_other_messages_of_the_page_are_in_the_code() -> None:
    texts = list(texts_of_the_code())
    found = beginnings(PAGE.read_text(encoding="utf-8"))
    assert len(found) > len(THEMES)
    for beginning in found:
        assert pieces(beginning), f"{beginning}: nothing but placeholders"
        for piece in pieces(beginning):
            assert any(piece in text for text in texts), f"{beginning}: {piece!r} is said nowhere"


def test_cases_are_told_apart() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.theme for case in CASES} == set(THEMES)
