# SPDX-License-Identifier: GPL-3.0-or-later
"""Times as a playbook names them: of which rows they are, whose zone they have, and how much is read for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support import project as role_project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import CONNECTION, inventory, play, task
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import TRANSACTION_LOG, Project, role
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

UTC = timezone.utc
MILLION = 1_000_000
PAGE = 500
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ALL: Data = {"sections": ["transaction_log"], "limit": -1}
CLOCK = "SYNO.Core.Region.NTP"
# What a NAS calls its zone.
ODD_ZONE = {"data": {CLOCK: {"get": {"timezone": "Pacific"}}}}


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    month = {"span": 30 * 86400}
    described: Data = {
        "long": {"transaction_log": {"total": MILLION, **month}},
        "days": {"transaction_log": {"total": 700, "span": 7 * 86400}},
        "local": {"transaction_log": {"total": 700, "span": 7 * 86400, "time_format": "text"}},
        "odd": {"transaction_log": {"total": 20}, **ODD_ZONE},
        "auditor": {"transaction_log": {"total": 20}, "accounts": [{"role": "delegated"}]},
    }
    with run_fleet({"defaults": {"https": False}, "nas": described}) as fleet:
        yield fleet


@pytest.fixture
def project(tmp_path: Path, fleet: Fleet) -> Project:
    project = Project(tmp_path)
    project.write("hosts.yml", inventory(fleet))
    (tmp_path / "rows").mkdir()
    return project


def on(host: str, name: str, options: Data, **keywords: Any) -> Data:
    """A task that only one host runs."""
    return task(name, "mailplus_log_info", {**ALL, **options}, when=f"inventory_hostname == '{host}'", **keywords)


def result(run: Run, name: str, host: str, status: str = "ok") -> Data:
    (found,) = (each.returned for each in run.results if (each.task, each.host, each.status) == (name, host, status))
    returned: Data = found
    return returned


def rows_of(nas: Nas) -> list[Data]:
    rows: list[Data] = nas.mailplus.rows(TRANSACTION_LOG).page(0, -1)[1]
    return rows


def pages(nas: Nas) -> int:
    """How many pages of the log were asked for since the requests were cleared."""
    asked = (item for request in nas.requests for item in (request.items or [request.form]))
    return sum(item.get("api") == TRANSACTION_LOG and int(item["limit"]) > 1 for item in asked)


def test_three_hours_of_a_million_rows_are_a_few_pages(project: Project, fleet: Fleet) -> None:
    nas = fleet["long"]
    dest = project.directory / "rows" / "rows.jsonl"
    for options in ({}, {"dest": str(dest)}):
        nas.requests.clear()
        run = project.play([play(on("long", "Ask", {"since": "3h", **options}))])
        envelope = result(run, "Ask", "long")["transaction_log"]
        assert 4100 < envelope["returned"] <= 4167
        assert pages(nas) <= -(-envelope["returned"] // (PAGE - 5)) + 1
        assert envelope["filtered"]["ended_early"] is envelope["truncated"] is True
        assert envelope["total"] == MILLION
    assert len(dest.read_text().splitlines()) == envelope["returned"]
    assert [path.name for path in dest.parent.iterdir()] == ["rows.jsonl"]


def test_a_limit_finds_the_rows_that_match(project: Project, fleet: Fleet) -> None:
    nas = fleet["long"]
    number = 5 * PAGE
    text = str(nas.mailplus.rows(TRANSACTION_LOG).page(number, 1)[1][0]["message_id"])
    nas.requests.clear()
    run = project.play(
        [
            play(
                on("long", "Matching", {"text": text, "limit": 1}),
                on("long", "Read", {"text": text, "limit": 1, "limit_counts": "read"}),
            )
        ]
    )
    found = result(run, "Matching", "long")["transaction_log"]
    assert [row["message_id"] for row in found["data"]["items"]] == [text]
    assert (found["filtered"]["read"], found["truncated"]) == (number + 1, True)
    assert result(run, "Read", "long")["transaction_log"]["filtered"]["read"] == 1
    assert pages(nas) < 16


def test_a_day_is_one_of_the_nas(project: Project, fleet: Fleet) -> None:
    """Without an option, the NAS tells its zone: the simulated one is in Amsterdam."""
    today = datetime.now(AMSTERDAM).date()
    yesterday, before = today - timedelta(days=1), today - timedelta(days=3)
    project.write(
        "dates.yml",
        f"""
- hosts: days
  gather_facts: false
  module_defaults: {{group/mailfleet.mailplus.mailplus: {json.dumps(CONNECTION)}}}
  tasks:
    - {{name: Date, mailfleet.mailplus.mailplus_log_info:
         {{sections: [transaction_log], limit: -1, since: {before}, until: {before}}}}}
    - {{name: Moment, mailfleet.mailplus.mailplus_log_info:
         {{sections: [transaction_log], limit: -1, since: {before} 08:00:00, until: {before}T12:00:00+01:00}}}}
""",
    )
    run = project.play("dates.yml")
    found = result(run, "Date", "days")["transaction_log"]["data"]["items"]
    moments = [datetime.fromtimestamp(row["time"], AMSTERDAM) for row in rows_of(fleet["days"])]
    assert len(found) == sum(moment.date() == before for moment in moments) > 0
    begin = datetime(before.year, before.month, before.day, 8, tzinfo=AMSTERDAM)
    end = datetime(before.year, before.month, before.day, 11, tzinfo=UTC)
    found = result(run, "Moment", "days")["transaction_log"]["data"]["items"]
    assert len(found) == sum(begin <= moment <= end for moment in moments) > 0
    spans = {"since": "yesterday", "until": "yesterday"}
    named = play(on("days", "Day", spans), on("days", "East", {**spans, "time_zone": "Pacific/Kiritimati"}))
    run = project.play([named])
    day_there = datetime.now(ZoneInfo("Pacific/Kiritimati")).date() - timedelta(days=1)
    for name, zone, day in (("Day", AMSTERDAM, yesterday), ("East", ZoneInfo("Pacific/Kiritimati"), day_there)):
        found = result(run, name, "days")["transaction_log"]["data"]["items"]
        wanted = [row for row in rows_of(fleet["days"]) if datetime.fromtimestamp(row["time"], zone).date() == day]
        assert found == wanted, name
        assert wanted


def test_rows_without_a_zone_are_read_in_that_of_the_nas(project: Project, fleet: Fleet) -> None:
    rows = rows_of(fleet["local"])
    newest = datetime.strptime(rows[0]["time"], "%Y/%m/%d %H:%M:%S").replace(tzinfo=AMSTERDAM).astimezone(UTC)
    since = (newest - timedelta(hours=5)).isoformat()
    run = project.play(
        [
            play(
                on("local", "Told", {"since": since}),
                on("local", "Named", {"since": since, "time_zone": "+09:00"}),
                task("Facts", "mailplus_facts", {"gather_subset": ["transaction_log", "time"]}),
                task("Named facts", "mailplus_facts", {"gather_subset": ["transaction_log"], "time_zone": "+09:00"}),
                task("Unknown", "mailplus_facts", {"gather_subset": ["transaction_log"]}),
                hosts="local",
            )
        ]
    )
    told, named = (result(run, name, "local")["transaction_log"] for name in ("Told", "Named"))
    assert (told["returned"], told["filtered"]["unjudged"], named["returned"]) == (21, 0, 0)
    assert told["summary"]["newest"] == f"{newest:%Y-%m-%dT%H:%M:%SZ}"
    east = newest.astimezone(AMSTERDAM).replace(tzinfo=UTC) - timedelta(hours=9)
    expected = {"Facts": ("Europe/Amsterdam", newest), "Named facts": ("+09:00", east)}
    for name, (zone, moment) in expected.items():
        facts = run.facts(name, "local")
        assert facts["server"]["time_zone"] == zone
        assert facts["sections"]["transaction_log"]["summary"]["newest"] == f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    unknown = run.facts("Unknown", "local")
    assert unknown["server"]["time_zone"] is None
    assert unknown["sections"]["transaction_log"]["summary"]["newest"] is None


WITHOUT = (
    "'yesterday' has no time zone, and that of this NAS cannot be known. Set time_zone, such as Europe/Berlin, or "
    "write a span such as 24h or a time with its zone, such as 2026-01-31T08:00:00Z."
)


@pytest.mark.parametrize("host", ["odd", "auditor"])
def test_a_zone_that_nobody_tells_is_never_that_of_the_controller(project: Project, fleet: Fleet, host: str) -> None:
    tasks = [
        on(host, "Unknown", {"since": "yesterday"}, ignore_errors=True),
        on(host, "Named", {"since": "yesterday", "time_zone": "Europe/Berlin"}),
        on(host, "Span", {"since": "24h"}),
    ]
    run = project.play([play(*tasks, hosts=host)])
    assert result(run, "Unknown", host, "failed")["msg"] == WITHOUT
    assert result(run, "Named", host)["transaction_log"]["status"] == "ok"
    assert result(run, "Span", host)["transaction_log"]["status"] == "ok"
    assert fleet[host].sessions == []


def test_what_is_no_time_is_told_before_a_nas_is_asked(project: Project, fleet: Fleet) -> None:
    cases: dict[str, tuple[Data, str]] = {
        "since": ({"since": "tomorrow"}, "since is a span (3h, 90m, 2d, 1w), a day (today, yesterday, 2026-01-31) or"),
        "until": ({"until": "2026-02-30"}, "until is a span"),
        "zone": ({"time_zone": "Berlin"}, "not 'Berlin' (did you mean Europe/Berlin?)."),
        "order": ({"since": "1h", "until": "2h"}, "since (1h) is after until (2h)."),
    }
    tasks = [on("days", name, options, ignore_errors=True) for name, (options, _said) in cases.items()]
    run = project.play([play(*tasks, hosts="days")])
    for name, (_options, said) in cases.items():
        message = result(run, name, "days", "failed")["msg"]
        assert said in message
        assert "\n" not in message
    assert fleet["days"].requests == []


def test_the_role_and_the_inventory_read_rows_in_the_zone_that_is_named(tmp_path: Path, fleet: Fleet) -> None:
    project = Project(tmp_path)
    names = {"mailplus_state_subset": ["transaction_log"], "mailplus_state_time_zone": "Asia/Tokyo"}
    found = role_project.hosts(fleet, names)
    found["nas"]["hosts"] = {"local": found["nas"]["hosts"]["local"]}
    project.write("hosts.yml", found)
    project.play([role_project.play(role(mailplus_state_policies=[], mailplus_state_formats=["json"]))])
    (host,) = project.read("mailplus-state/report.json")["hosts"]
    assert host["server"]["time_zone"] == "Asia/Tokyo"
    hours = host["timelines"]["mail_flow"]
    written = datetime.strptime(rows_of(fleet["local"])[0]["time"], "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC)
    assert hours[-1]["hour"] == f"{written - timedelta(hours=9):%Y-%m-%dT%H:00:00Z}"

    nas = fleet["local"]
    connection = {"host": nas.host, "port": nas.port, "https": False, "username": nas.username}
    source: Data = {"plugin": "mailfleet.mailplus.mailplus", "hosts": ["one"], "gather_subset": ["transaction_log"]}
    source |= {"connection": {**connection, "password": nas.password}, "time_zone": "Asia/Tokyo"}
    project.write("fleet.mailplus.yml", source)
    listed, _run = project.listing("fleet.mailplus.yml")
    variables = listed["_meta"]["hostvars"]["one"]
    assert variables["mailplus"]["sections"]["transaction_log"]["summary"]["newest"] is not None
    project.write("fleet.mailplus.yml", source | {"time_zone": "Tokyo"})
    run = project.command("ansible-inventory", "-i", "fleet.mailplus.yml", "--list")
    assert "did you mean Asia/Tokyo?" in " ".join(run.output.split())
