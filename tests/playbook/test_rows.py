# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of long lists a play gets: ``limit`` and ``offset``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import FACTS, inventory, play, task
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Ansible, Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

PREFIX = "SYNO.MailPlusServer."
TOTALS = {"queue": 1203, "admin_log": 700, "transaction_log": 2501}
LISTS = {
    section.name: (area.module, section.reads[0].api, section.rows_key)
    for area in AREAS
    for section in area.sections
    if section.name in TOTALS
}
# Name: offset and limit as options, and the first row and the one behind the last that come back.
WINDOWS: dict[str, tuple[dict[str, int], int, int | None]] = {
    "default": ({}, 0, 50),
    "none": ({"limit": 0}, 0, 0),
    "one": ({"limit": 1}, 0, 1),
    "all": ({"limit": -1}, 0, None),
    "offset": ({"offset": 10, "limit": 20}, 10, 30),
    "offset, all": ({"offset": 600, "limit": -1}, 600, None),
    "more than a page": ({"limit": 600}, 0, 600),
    "more than all": ({"limit": 5000}, 0, None),
    "at the end": ({"offset": 699, "limit": 50}, 699, 749),
    "behind the end": ({"offset": 9999, "limit": 10}, 9999, 10009),
}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    lists = {name: {"total": total} for name, total in TOTALS.items()}
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": {"one": lists, "growing": lists}}) as running:
        yield running


@pytest.fixture(scope="module")
def run(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Run:
    modules = (FACTS, *dict.fromkeys(module for module, _api, _key in LISTS.values()))
    asks = [task(f"{m} {name}", m, options) for name, (options, *_rows) in WINDOWS.items() for m in modules]
    return Ansible(tmp_path_factory.mktemp("ansible")).play([play(*asks)], inventory(fleet, ["one"]))


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("section", LISTS)
def test_the_rows_are_those_asked_for(run: Run, fleet: Fleet, section: str, window: str) -> None:
    module, api, key = LISTS[section]
    _options, first, end = WINDOWS[window]
    _offset, rows = fleet["one"].mailplus.rows(api).page(0, -1)
    for envelope in (
        run.ok(f"{module} {window}")[section],
        run.facts(f"{FACTS} {window}")["sections"][section],
    ):
        assert envelope["data"][key] == rows[first:end]
        assert envelope["returned"] == envelope["summary"]["rows"] == len(rows[first:end])
        assert envelope["total"] == len(rows) == TOTALS[section]
        assert envelope["truncated"] == (end is not None and end < len(rows))
        assert envelope["summary"]["complete"] == (first == 0 and len(rows[first:end]) == len(rows))


def test_all_rows_of_all_lists_are_few_requests(ansible: Ansible, fleet: Fleet) -> None:
    nas = fleet["one"]
    nas.reset()
    ansible.play([play(task("Ask", FACTS, {"limit": -1}))], inventory(fleet, ["one"]))
    calls = [(request.api, request.api_method) for request in nas.requests]
    assert calls == [
        ("SYNO.API.Auth", "login"),
        ("SYNO.Entry.Request", "request"),
        ("SYNO.Entry.Request", "request"),
        ("SYNO.API.Auth", "logout"),
    ]
    assert len({request.connection for request in nas.requests}) == 1


def test_a_list_that_grows_is_read_whole_and_once(ansible: Ansible, fleet: Fleet) -> None:
    nas = fleet["growing"]
    nas.faults.add("grow", api=f"{PREFIX}Audit.TransactionLog", rows=7)
    before = ids(nas.mailplus.rows(f"{PREFIX}Audit.TransactionLog").page(0, -1)[1])
    ask = task("Ask", "mailplus_log_info", {"limit": -1, "sections": ["transaction_log"]})
    run = ansible.play([play(ask)], inventory(fleet, ["growing"]))
    found = ids(run.ok("Ask")["transaction_log"]["data"]["items"])
    assert len(set(found)) == len(found)
    assert set(before) <= set(found)


def ids(rows: list[Data]) -> list[Any]:
    return [row["id"] for row in rows]
