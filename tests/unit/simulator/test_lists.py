# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import collections
import datetime
import json
import time
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.simulator.rows import HOSTILE_TEXTS
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, QUEUE, Dsm, item, serving

ADMIN_LOG, TRANSACTION_LOG = PREFIX + "Audit.AdminLog", PREFIX + "Audit.TransactionLog"
NOW = 1_767_225_600
LISTS = [(ADMIN_LOG, "admin_log", "log_list"), (TRANSACTION_LOG, "transaction_log", "items"), (QUEUE, "queue", "items")]


def numbers(count: int) -> list[dict[str, Any]]:
    return [{"n": number} for number in range(count)]


def read(dsm: Dsm, offset: int, limit: int) -> list[int]:
    return [row["n"] for row in dsm.data(QUEUE, "list", offset=offset, limit=limit)["items"]]


@pytest.mark.parametrize(("api", "key", "rows_key"), LISTS)
def test_pages_make_up_the_whole(api: str, key: str, rows_key: str) -> None:
    with serving({key: {"total": 130}}) as dsm:
        dsm.login()
        whole = dsm.data(api, "list", limit=-1)
        assert whole["total"] == len(whole[rows_key]) == 130
        pages = [dsm.data(api, "list", offset=offset, limit=50) for offset in (0, 50, 100, 150)]
        assert [len(page[rows_key]) for page in pages] == [50, 50, 30, 0]
        assert [row for page in pages for row in page[rows_key]] == whole[rows_key]
        if api != QUEUE:
            assert [page["offset"] for page in pages] == [0, 50, 100, 150]
        assert len(dsm.data(api, "list")[rows_key]) == 50


def test_a_million_rows_cost_nothing_until_asked_for() -> None:
    started = time.monotonic()
    with serving({key: {"total": 1_000_000} for _api, key, _rows in LISTS}) as dsm:
        dsm.login()
        for api, _key, rows_key in LISTS:
            page = dsm.data(api, "list", offset=999_990, limit=50)
            assert (page["total"], len(page[rows_key])) == (1_000_000, 10)
    assert time.monotonic() - started < 2


def test_rows_are_the_same_every_time() -> None:
    def queue(seed: int) -> Any:
        with serving({"seed": seed}, now=NOW) as dsm:
            dsm.login()
            return dsm.data(QUEUE, "list")

    assert queue(1) == queue(1) != queue(2)


@pytest.mark.parametrize(
    ("total", "deferred", "hold", "expected"),
    [
        (4200, 0.9, 0.02, {"deferred": 3780, "hold": 84, "active": 336}),
        (10, 1.0, 0.0, {"deferred": 10}),
        (10, 0.0, 0.0, {"active": 10}),
        (10, 0.5, 0.5, {"deferred": 5, "hold": 5}),
    ],
)
def test_the_queue_has_the_shares_asked_for(total: int, deferred: float, hold: float, expected: dict[str, int]) -> None:
    with serving({"queue": {"total": total, "deferred": deferred, "hold": hold}}) as dsm:
        dsm.login()
        items = dsm.data(QUEUE, "list", limit=-1)["items"]
        assert collections.Counter(row["status"] for row in items) == expected
        assert all(bool(row["description"]) == (row["status"] == "deferred") for row in items)
        assert len({row["queue_id"] for row in items}) == total


def test_logs_are_newest_first_and_the_queue_oldest_first() -> None:
    with serving(now=NOW) as dsm:
        dsm.login()
        times = {key: [r["time"] for r in dsm.data(api, "list")[rows]] for api, key, rows in LISTS}
        assert times["admin_log"] == sorted(times["admin_log"], reverse=True)
        assert times["queue"] == sorted(times["queue"])
        assert times["admin_log"][0] == times["queue"][-1] == NOW


def test_the_order_can_be_turned() -> None:
    with serving({"admin_log": {"order": "oldest_first"}}) as dsm:
        dsm.login()
        assert [row["id"] for row in dsm.data(ADMIN_LOG, "list", limit=3)["log_list"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("time_format", "expected"), [("text", "2026/01/01 00:00:00"), ("iso", "2026-01-01T00:00:00+00:00")]
)
def test_times_can_be_text(time_format: str, expected: str) -> None:
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc).isoformat()
    with serving({"admin_log": {"time_format": time_format}}, now=now) as dsm:
        dsm.login()
        assert dsm.data(ADMIN_LOG, "list")["log_list"][0]["time"] == expected


def test_explicit_rows_renamed_keys_and_what_is_beside_the_rows() -> None:
    described = {
        "queue": {"rows": numbers(3)},
        "admin_log": {"rename": {"time": "date", "event": "descr"}},
        "data": {TRANSACTION_LOG: {"list": {"is_migrating": True, "offset": "__absent__"}}},
    }
    with serving(described) as dsm:
        dsm.login()
        assert dsm.data(QUEUE, "list") == {"items": numbers(3), "total": 3}
        row = dsm.data(ADMIN_LOG, "list")["log_list"][0]
        assert {"date", "descr"} <= set(row)
        assert not {"time", "event"} & set(row)
        log = dsm.data(TRANSACTION_LOG, "list", limit=0)
        assert log == {"items": [], "total": 40, "is_migrating": True}


def test_keys_of_all_rows_that_grow_are_renamed_and_a_dot_leads_into_a_mapping() -> None:
    described = {"rename": {"time": "stamp", "sender": "mail.from"}, "admin_log": {"rename": {"time": "when"}}}
    with serving(described) as dsm:
        dsm.login()
        row = dsm.data(QUEUE, "list")["items"][0]
        assert {"stamp", "mail"} <= set(row)
        assert not {"time", "sender"} & set(row)
        assert set(row["mail"]) == {"from"}
        assert {"when"} <= set(dsm.data(ADMIN_LOG, "list")["log_list"][0])
        assert "name" in dsm.data("SYNO.MailPlusServer.Domain", "list")["domains"][0]


@pytest.mark.parametrize("where", ["nas", "list"])
def test_a_cap_on_the_page(where: str) -> None:
    cap: dict[str, Any] = {"page_cap": 4}
    with serving(
        {"queue": {"rows": numbers(10), **(cap if where == "list" else {})}, **(cap if where == "nas" else {})}
    ) as dsm:
        dsm.login()
        assert read(dsm, 0, -1) == [0, 1, 2, 3]
        assert read(dsm, 8, 100) == [8, 9]


def test_servers_that_ignore_paging() -> None:
    with serving({"queue": {"rows": numbers(5), "ignore_offset": True}}) as dsm:
        dsm.login()
        assert read(dsm, 3, 2) == [0, 1]
    with serving({"queue": {"rows": numbers(5), "ignore_limit": True}}) as dsm:
        dsm.login()
        assert read(dsm, 3, 1) == [3, 4]


def test_a_log_that_grows_shifts_its_pages() -> None:
    with serving({"admin_log": {"total": 10}}, now=NOW) as dsm:
        dsm.login()
        dsm.nas.faults.add("grow", api=ADMIN_LOG, rows=2, first=1)
        first, second = (dsm.data(ADMIN_LOG, "list", offset=offset, limit=4) for offset in (0, 4))
        assert [row["id"] for row in first["log_list"]] == [10, 9, 8, 7]
        assert [row["id"] for row in second["log_list"]] == [8, 7, 6, 5]
        assert (first["total"], second["total"]) == (10, 12)
        again = dsm.data(ADMIN_LOG, "list", offset=0, limit=4)["log_list"]
        assert [row["id"] for row in again] == [12, 11, 10, 9]
        newest = dsm.data(ADMIN_LOG, "list", limit=2)["log_list"]
        assert [(row["id"], row["time"] - NOW) for row in newest] == [(12, 2), (11, 1)]


def test_a_log_grows_in_a_compound_too() -> None:
    with serving({"admin_log": {"total": 10}}) as dsm:
        dsm.login()
        dsm.nas.faults.add("grow", api=ADMIN_LOG)
        result = dsm.compound(
            [item("Audit.AdminLog", "list", limit=2), item("Audit.AdminLog", "list", limit=2, offset=2)]
        )
        assert [row["id"] for r in result["data"]["result"] for row in r["data"]["log_list"]] == [10, 9, 9, 8]


def test_a_queue_that_is_delivered_while_it_is_read() -> None:
    with serving({"queue": {"rows": numbers(10)}}) as dsm:
        dsm.login()
        dsm.nas.faults.add("shrink", api=QUEUE, rows=3)
        assert [read(dsm, 0, 4), read(dsm, 4, 4)] == [[0, 1, 2, 3], [7, 8, 9]]
        assert dsm.data(QUEUE, "list")["total"] == 4


def test_hostile_text_arrives_as_it_is() -> None:
    with serving({"hostile": True, "admin_log": {"total": len(HOSTILE_TEXTS)}}) as dsm:
        dsm.login()
        rows = dsm.data(ADMIN_LOG, "list")["log_list"]
        assert {row["event"] for row in rows} == set(HOSTILE_TEXTS)
        answer = dsm.request(data={"api": ADMIN_LOG, "method": "list", "version": 1, "_sid": dsm.sid})
        assert "請求書".encode() in answer.content
        assert json.loads(answer.content)["success"] is True
        assert "{{ 7*7 }}" in dsm.data(PREFIX + "SMTP.General", "get", 2)["banner"]
