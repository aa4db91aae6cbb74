# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guide on fleets says a group costs is what a simulated NAS is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import ALL, BY_NAME, DEFAULT, groups
from ansible_collections.mailfleet.mailplus.tests.generate.costs import Cost, cost
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import gather

SHORT = {name: {"total": 20} for name in ("queue", "admin_log", "transaction_log")}
DOMAINS, GROUPS = BY_NAME["domains"].reads[0], BY_NAME["domain_groups"].reads[0]


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with run_fleet({"nas": {"nas": {"https": False, **SHORT}}}) as fleet:
        yield fleet


@pytest.mark.parametrize("domains", [1, 3, 10])
@pytest.mark.parametrize("subset", [*((name,) for name in groups()), (ALL,), DEFAULT], ids="+".join)
def test_it_costs_what_the_guide_says(fleet: Fleet, subset: tuple[str, ...], domains: int) -> None:
    nas = fleet["nas"]
    nas.reset()
    rows = [{"domain_id": number, "name": f"example{number}.com"} for number in range(1, domains + 1)]
    nas.set_answer(DOMAINS.api, DOMAINS.method, {"domains": rows, "total": domains})
    nas.set_answer(GROUPS.api, GROUPS.method, {"group_list": [{"id": 1, "name": "users"}], "total": 1})
    gather(nas, *subset)
    asked = sum(len(request.items) or 1 for request in nas.requests) - 2
    assert Cost(asked, len(nas.requests)) == cost(subset, domains)
