# SPDX-License-Identifier: GPL-3.0-or-later
"""What parity comes to in the fleet report, in every format."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import KEEP, Clean, cleaner
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import Renamed, parse_renamed
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.report import (
    LeftOut,
    Made,
    PleskHost,
    Settings,
    parity_report,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.rules import policy_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.tables import COLUMNS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import with_tables
from ansible_collections.mailfleet.mailplus.tests.unit.support.parity import (
    account,
    alias,
    listed,
    nas,
    plesk,
    refused,
    rows,
    site,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.samples import failed
from jsonschema import Draft202012Validator

_ROOT = Path(__file__).resolve().parents[3]
SCHEMA = Draft202012Validator(json.loads((_ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8")))
SERVER = {"host": "nas.example.com", "port": 5001, "https": True, "auth_version": 7, "time_zone": None}
HTML = "<script>alert(1)</script>"


def record(host: str, sections: Mapping[str, Any]) -> HostRecord:
    state = {
        "schema_version": 1,
        "collected_at": "2026-01-31T09:45:00Z",
        "server": SERVER,
        "sections": {name: {"summary": {}, **envelope} for name, envelope in sections.items()},
    }
    return HostRecord(host, "ok", None, None, state, "2026-01-31T09:45:00Z")


def made(
    servers: Mapping[str, Any],
    fleet: Sequence[HostRecord],
    *,
    overrides: Any = None,
    clean: Clean = KEEP,
    renamed: Renamed | None = None,
    left_out: LeftOut | None = None,
) -> Made:
    settings = Settings(
        policy_of(overrides or {}, []),
        renamed or Renamed(),
        clean,
        Limits(),
        "From Plesk",
        "2026-01-31T10:00:00Z",
        "report.html",
    )
    hosts = [PleskHost(name, result) for name, result in servers.items()]
    sources: list[Any] = [lambda each=each: each for each in fleet]
    return parity_report(hosts, sources, settings, left_out or LeftOut())


def host(found: Made, name: str) -> Any:
    return next(one for one in found.report["hosts"] if one["host"] == name)


def verdicts(found: Made, name: str = "plesk") -> dict[str, str]:
    return {one["rule"]: one["verdict"] for one in host(found, name)["verdicts"]}


def hostile() -> tuple[dict[str, Any], list[HostRecord]]:
    sites = plesk(site(account(HTML, aliases=[HTML]), account("=1+1"), account("ben")), site(name="b.example"))
    task = {"name": HTML, "type": "imap", "status": "running", "start_time": 1}
    sections = nas({"example.com": {"users": rows("ben", HTML + "x")}}) | {"migration_tasks": listed("tasks", [task])}
    return {"plesk": sites, "none": None, "bad": {"failed": True, "msg": "No key."}}, [
        record("nas", sections),
        failed(),
    ]


def test_the_report_is_that_of_every_fleet() -> None:
    servers, fleet = hostile()
    found = made(servers, fleet)
    SCHEMA.validate(json.loads(json.dumps(found.report)))
    assert [(one["host"], one["status"]) for one in found.report["hosts"]] == [
        ("bad", "failed"),
        ("broken", "failed"),
        ("nas", "ok"),
        ("none", "not_gathered"),
        ("plesk", "ok"),
    ]
    assert set(verdicts(found, "bad").values()) == set(verdicts(found, "none").values()) == {"unknown"}
    assert verdicts(found)["parity_account"] == "fail"
    assert host(found, "nas")["tables"]["migration_tasks"]["rows"][0]["status"] == "running"
    for files in with_tables(COLUMNS).values():
        for name, write in files.items():
            assert HTML not in write(found.report) or name == "report.json" or name.endswith(".csv"), name


def test_personal_data_is_left_out_where_it_is_to_be() -> None:
    forwarding = {"enabled": True, "addresses": ["person05@example.net"]}
    told = site(
        *(account(f"person0{number}", aliases=[f"person1{number}"]) for number in range(5)),
        account("person06", mailbox={"enabled": False}, forwarding=forwarding, aliases=["person16"]),
        account("person07", autoresponder={"enabled": True}, aliases=None, forwarding=forwarding),
        nobody={"action": "forward", "address": "person02"},
    )
    domain = {
        "users": [
            *rows("person20", "D\\person00", "person11", "person12", "x\\person12"),
            {"name": "person22", "mail": "person03@example.com"},
        ],
        "groups": rows("person04", "person14", "person25 person26"),
        "aliases": [
            alias("person10", "D\\person29 person30"),
            alias("person02", "person21"),
            alias("person06", "person99"),
        ],
        "catch_all": {"enable": True, "setting": "person23"},
    }
    renamed = {"accounts": {f"person0{number}@example.com": "person20@example.com" for number in (1, 7)}}
    renamed["accounts"]["nobody@example.com"] = "person24@example.com"
    found = made(
        {"plesk": plesk(told)},
        [record("nas", nas({"example.com": domain}))],
        clean=cleaner("remove", None, []),
        renamed=parse_renamed(renamed),
    )
    assert host(found, "plesk")["tables"]["parity_items"]["rows"]
    assert not re.findall(r"person\d\d", json.dumps([found.report, found.described, found.warnings]))
    assert found.warnings == ["The mapping: no Plesk that was read has 1 name that it renames."]


@pytest.mark.parametrize(
    ("domain", "verdict"),
    [
        ({"users": rows("anna", "ben")}, "pass"),
        ({"users": rows("anna")}, "fail"),
        ({"users": rows("anna"), "aliases": refused()}, "unknown"),
        ({"users": refused()}, "unknown"),
    ],
)
def test_the_verdict_on_accounts(domain: Any, verdict: str) -> None:
    servers = {"plesk": plesk(site(account("anna"), account("ben")))}
    found = made(servers, [record("nas", nas({"example.com": domain}))])
    assert verdicts(found)["parity_account"] == verdict
    assert host(found, "plesk")["fails"] == (verdict != "pass")
    assert verdicts(found)["parity_alias"] == "not_applicable"


def test_what_plesk_does_not_tell_is_null_and_not_zero() -> None:
    servers = {"plesk": plesk(site(accounts=refused()))}
    found = made(servers, [record("nas", nas({"example.com": {"users": rows("anna")}}))])
    (row,) = host(found, "plesk")["tables"]["parity_domains"]["rows"]
    unknown = ("accounts", "on_both", "only_plesk", "only_mailplus", "alias", "forwarding", "quota", "used_size")
    assert [row[key] for key in unknown] == [None] * len(unknown)
    assert row["catch_all"] == 0
    assert host(found, "plesk")["status"] == "partial"
    assert verdicts(found)["parity_account"] == "unknown"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"listing": {"status": "forbidden", "error": {"message": "The user may not do this."}}},
            "Not all sites of this Plesk are known: The user may not do this.",
        ),
        ({"listing": None}, "Not all sites of this Plesk are known: not told."),
        ({"sites": {}}, "Plesk shows no site to who asked."),
        (
            {"listing": {"status": "ok", "summary": {"all": False}, "error": None}},
            "Only the sites that sites names were asked for.",
        ),
    ],
)
def test_nothing_passes_where_plesk_may_have_more_sites(changes: Any, told: str) -> None:
    fleet = [record("nas", nas({"example.com": {"users": rows("anna", "x")}}))]
    found = made({"plesk": plesk(site(account("anna")), **changes)}, fleet)
    assert (host(found, "plesk")["status"], host(found, "plesk")["reason"]) == ("partial", told)
    assert set(verdicts(found).values()) == {"unknown"}
    assert host(found, "plesk")["fails"]
    assert (
        host(found, "plesk" if "sites" not in changes else "nas")["tables"]["parity_domains"]["rows"][0][
            "only_mailplus"
        ]
        is None
    )


def test_a_verdict_tells_what_is_lost_and_what_is_unknown() -> None:
    told = plesk(
        site(account("anna"), account("ben"), account("carla")),
        site(accounts=refused("No."), name="b.example"),
    )
    domain = {"users": [{"name": "anna"}, {"name": "x", "mail": "ben@example.com"}]}
    found = made({"plesk": told}, [record("nas", nas({"example.com": domain}))])
    messages = {one["rule"]: one["message"] for one in host(found, "plesk")["verdicts"]}
    assert messages["parity_account"] == (
        "Of 3 accounts, 1 missing. 1 of 3 accounts unknown: ben@example.com (the row of the user x@example.com names "
        "ben@example.com, under a key whose meaning is not known). All accounts of 1 site unknown: b.example."
    )
    assert messages["parity_alias"] == "All aliases of 1 site unknown: b.example."


def test_what_is_known_of_no_account_is_told_once() -> None:
    told = plesk(site(*(account(f"user{number}") for number in range(20))))
    users = rows(*(f"user{number}" for number in range(20)))
    found = made({"plesk": told}, [record("nas", nas({"example.com": {"users": users}}))])
    reason = "MailPlus Server tells the quota of a user nowhere that is known"
    assert [
        (row["what"], row["name"], row["why"]) for row in host(found, "plesk")["tables"]["parity_items"]["rows"]
    ] == [(what, "*@example.com", f"{reason} (20 accounts)") for what in ("quota", "used size")]
    messages = {one["rule"]: one["message"] for one in host(found, "plesk")["verdicts"]}
    assert messages["parity_quota"] == f"20 of 20 quotas unknown: {reason} (20 quotas)."


def test_a_server_whose_answer_nobody_foresaw_costs_the_others_nothing() -> None:
    odd: dict[str, Any] = {f"odd{number}": told for number, told in enumerate(["text", [1], {"sites": {"a": {}}}])}
    servers = {**odd, "odd": plesk(site(accounts={"status": "ok", "data": 7})), "plesk": plesk(site(account("anna")))}
    fleet = [
        record("nas", nas({"example.com": {"users": rows("anna")}})),
        record("odd-nas", {"domains": {"status": 7}}),
    ]
    found = made(servers, fleet)
    statuses = {name: host(found, name)["status"] for name in ("nas", "plesk", "odd", "odd-nas", *odd)}
    assert statuses == {"nas": "ok", "plesk": "ok"} | dict.fromkeys(("odd", "odd-nas", *odd), "failed")
    assert "please report it" in host(found, "odd")["reason"]


def test_what_a_host_has_that_was_left_out_is_unknown() -> None:
    servers = {"plesk": plesk(site(account("anna"), name="example.net"), site(account("ben")))}
    fleet = [record("nas", nas({"example.com": {"users": rows("carla")}}))]
    found = made(servers, fleet, left_out=LeftOut(nas=["nas2"]))
    (items,) = (host(found, name)["tables"]["parity_items"]["rows"] for name in ["plesk"])
    accounts = {row["name"]: (row["outcome"], row["why"]) for row in items if row["what"] == "account"}
    assert accounts["anna@example.net"] == ("unknown", "nas2 was not read")
    assert accounts["ben@example.com"][0] == "missing"
    found = made(servers, fleet, left_out=LeftOut(plesk=["plesk2"]))
    items = host(found, "plesk")["tables"]["parity_items"]["rows"]
    assert [(row["name"], row["why"]) for row in items if row["outcome"] == "unknown" and "carla" in row["name"]] == [
        ("carla@example.com", "not all sites of plesk2 were read")
    ]


def test_severities_are_those_of_the_user() -> None:
    servers = {"plesk": plesk(site(account("anna")))}
    found = made(servers, [record("nas", nas({"example.com": {}}))], overrides={"parity_account": {"severity": "low"}})
    assert verdicts(found)["parity_account"] == "fail"
    assert not host(found, "plesk")["fails"]
    with pytest.raises(PolicyError, match="did you mean parity_account"):
        policy_of({"parity_acount": {"severity": "low"}}, [])


def test_a_mapping_that_plesk_does_not_have_is_warned_of_where_all_were_read() -> None:
    renamed = parse_renamed({"domains": {"exampel.com": "b.example"}})
    servers = {"plesk": plesk(site(account("anna")))}
    assert "did you mean example.com?" in made(servers, [], renamed=renamed).warnings[0]
    assert made({**servers, "away": None}, [], renamed=renamed).warnings == []


def test_two_thousand_accounts_in_a_hundred_sites_take_little_memory() -> None:
    names = [f"user{number}" for number in range(20)]
    servers = {
        "plesk": plesk(
            *(
                site(*(account(name, aliases=[f"{name}.alias"]) for name in names), name=f"s{at}.example")
                for at in range(100)
            )
        )
    }
    domain = {"users": rows(*names), "aliases": [alias(f"{name}.alias", name) for name in names]}
    fleet = [record("nas", nas({f"s{at}.example": domain for at in range(100)}))]
    tracemalloc.start()
    found = made(servers, fleet)
    _size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert verdicts(found)["parity_account"] == verdicts(found)["parity_alias"] == "pass"
    assert peak < 20 * 2**20
