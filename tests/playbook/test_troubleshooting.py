# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.bad_input import CASES, THEMES, Case
from ansible_collections.mailfleet.mailplus.tests.playbook.troubleshooting import (
    PAGE,
    between_markers,
    main,
    rows,
    tables,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_page_has_a_row_for_the_message(case: Case) -> None:
    ((_case, row),) = rows([case])
    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert between_markers(page) == tables(), (
        "run: python -m ansible_collections.mailfleet.mailplus.tests.playbook.troubleshooting --write"
    )


def test_the_tables_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    assert capsys.readouterr().out.strip() == tables()


def test_cases_are_told_apart() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.theme for case in CASES} == set(THEMES)
