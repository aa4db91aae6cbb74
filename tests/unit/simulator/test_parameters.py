# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of a domain, a group, a task; words that a parameter may have; and pages of every list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import default_answers
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, Dsm, item, serving

DOMAINS = ["a.example", "b.example", "c.example"]
OF_DOMAINS = [
    (api, method)
    for api, methods in default_answers().items()
    for method, read in methods.items()
    if list(read.get("needs", {})) == ["domain_id"]
]
LISTS = [
    (api, method)
    for api, methods in default_answers().items()
    for method, read in methods.items()
    if "rows" in read and not read.get("needs") and api.startswith(PREFIX)
]
BLACKWHITE, PACKAGES, BACKUPS = PREFIX + "Security.BlackwhiteList", "SYNO.Core.Package", "SYNO.Backup.Task"


def test_the_reads_of_a_domain_are_all_there() -> None:
    names = {f"{api.removeprefix(PREFIX)}.{method}" for api, method in OF_DOMAINS}
    assert names >= {
        *("Domain.Settings.get", "Domain.Settings.get_domain_usage_limit", "Domain.Settings.list_domain_usage"),
        *("Domain.get_security", "Domain.AdditionalDomain.list", "Domain.User.list", "Domain.Group.list"),
        *("Alias.list", "Domain.BCC.list", "Disclaimer.get"),
    }


@pytest.mark.parametrize(("api", "method"), OF_DOMAINS)
def test_a_domain_answers_for_itself(api: str, method: str) -> None:
    with serving({"domains": DOMAINS, "unlisted_methods": "none"}) as dsm:
        dsm.login()
        assert [row["name"] for row in dsm.data(PREFIX + "Domain", "list", limit=-1)["domains"]] == DOMAINS
        answers = [dsm.data(api, method, domain_id=number) for number in (1, 2, 3)]
        assert any(answer != answers[0] for answer in answers[1:])
        assert dsm.call(api, method)["error"] == {"code": 114, "errors": {"name": "domain_id", "reason": "required"}}
        wrong = [dsm.code(api, method, domain_id=given) for given in (4, 0, '"x"', "[]", "[1]", "null")]
        assert wrong == [120, 120, 120, 120, 120, 114]


def test_the_same_in_a_compound_and_as_text_of_json() -> None:
    with serving({"domains": DOMAINS}) as dsm:
        dsm.login()
        asked = [item("Domain.User", "list", domain_id=given, limit=1) for given in (2, "2")]
        first, second = (result["data"] for result in dsm.compound(asked)["data"]["result"])
        assert first == second
        assert first["user_list"][0]["address_list"][0].endswith("@b.example")
        assert first["total"] == 4


def test_the_domains_are_those_that_the_list_of_domains_tells(logged_in: Dsm) -> None:
    logged_in.nas.set_answer(PREFIX + "Domain", "list", {"domains": [{"id": 7, "name": "z.example"}, None, {"x": 1}]})
    assert logged_in.code(PREFIX + "Domain.Settings", "get", domain_id=1) == 120
    users = logged_in.data(PREFIX + "Domain.User", "list", domain_id=7)["user_list"]
    assert users[0]["address_list"][0].endswith("@z.example")


def test_the_members_of_a_group_of_a_domain() -> None:
    with serving({"domains": DOMAINS}) as dsm:
        dsm.login()
        api, method = PREFIX + "Domain.Group", "get_member_status"
        groups = [dsm.data(api, "list", domain_id=number)["group_list"] for number in (1, 2, 3)]
        assert [len(rows) for rows in groups] == [2, 1, 3]
        members = dsm.data(api, method, domain_id=3, id=3)
        assert (members["group"], members["total"]) == (groups[2][2]["name"], 3)
        assert dsm.code(api, method, domain_id=2, id=3) == 120
        assert dsm.code(api, method, domain_id=2) == 114


def test_an_alias_has_its_action_at_version_1(logged_in: Dsm) -> None:
    listed = [logged_in.data(PREFIX + "Alias", "list", 1, domain_id=1, action='"enum"', additional='["member"]')]
    listed += [logged_in.data(PREFIX + "Alias", "list", 2, domain_id=1)]
    assert listed[0] == listed[1]
    assert set(listed[0]["alias_list"][0]["member_list"][0]) == {"name", "type"}
    assert logged_in.code(PREFIX + "Alias", "list", 1, domain_id=1, action="find") == 120
    assert logged_in.code(PREFIX + "Alias", "list", 2, domain_id=1, action="find") is None


def test_blacklist_and_whitelist(logged_in: Dsm) -> None:
    for version in (1, 2):
        lists = [
            logged_in.data(BLACKWHITE, "list", version, list_type=name, action='"find"')
            for name in ("blacklist", "whitelist")
        ]
        assert [answer["total"] for answer in lists] == [3, 2]
        ids = [{row["id"] for row in answer["blackwhite_list"]} for answer in lists]
        assert not ids[0] & ids[1]
        assert logged_in.code(BLACKWHITE, "list", version) == 114
        assert logged_in.code(BLACKWHITE, "list", version, list_type="greylist") == 120
        assert logged_in.code(BLACKWHITE, "list", version, list_type="blacklist", action="enum") == 120


@pytest.mark.parametrize(
    ("api", "version", "word", "key"),
    [(PACKAGES, 1, "status", "status"), (PACKAGES, 2, "beta", "beta"), (BACKUPS, 1, "get_source", "source")],
)
def test_what_comes_when_it_is_asked_for(logged_in: Dsm, api: str, version: int, word: str, key: str) -> None:
    rows = default_answers()[api]["list"]["rows"]

    def row(**params: Any) -> dict[str, Any]:
        first: dict[str, Any] = logged_in.data(api, "list", version, **params)[rows][0]
        return {**first, **first.get("additional", {})}

    assert key not in row()
    assert key in row(additional=json.dumps([word]))
    assert key not in row(additional="[]")
    assert logged_in.code(api, "list", version, additional=json.dumps([word, "no_such_word"])) == 120


@pytest.mark.parametrize(
    ("name", "method", "value"),
    [
        ("Account.Detail", "get", {"user": '"annelore.winterfeld"'}),
        ("RemoteMigrate", "get_task_summary", {"id": 1}),
        ("RemoteMigrate", "list_log", {"id": 2}),
        ("RemoteMigrate", "get_general", {"id": 1}),
    ],
)
def test_what_is_read_of_one_entry(logged_in: Dsm, name: str, method: str, value: dict[str, Any]) -> None:
    assert logged_in.code(PREFIX + name, method) == 114
    assert logged_in.code(PREFIX + name, method, **dict.fromkeys(value, 99)) == 120
    assert logged_in.data(PREFIX + name, method, **value)


@pytest.mark.parametrize(("api", "method"), LISTS)
def test_every_list_can_be_read_by_the_page(api: str, method: str) -> None:
    read = default_answers()[api][method]
    version = 2 if method == "list" and api == PREFIX + "License" else 3 if "_by_" in method else 1
    with serving({"domains": ["a.example"]}) as dsm:
        dsm.login()

        def rows(**params: int) -> list[Any]:
            data = dsm.data(api, method, version, **params)
            listed: list[Any] = data[read["rows"]] if read["rows"] else data
            return listed

        whole = rows(offset=0, limit=-1)
        assert whole
        assert [row for offset in range(len(whole)) for row in rows(offset=offset, limit=1)] == whole
        assert rows(offset=len(whole), limit=10) == []
        assert rows() == whole[: read.get("limit", len(whole))]


def test_a_list_can_be_described() -> None:
    log = PREFIX + "Log.Mail"
    described = {"lists": {log: {"list": {"total": 1200, "page_cap": 100, "time_format": "iso"}}}, "seed": 4}
    with serving(described, now=1_767_225_600) as dsm:
        dsm.login()
        dsm.nas.faults.add("grow", api=log, rows=5)
        answer = dsm.data(log, "list")
        assert (answer["total"], len(answer["items"])) == (1200, 100)
        assert answer["items"][0]["time"].startswith("2026-01-01T00:00:00")
        assert dsm.data(log, "list")["total"] == 1205
        assert len(dsm.nas.mailplus.rows(log)) == 1210


def test_numbers_that_answers_are_made_with_can_be_described() -> None:
    with serving({"values": {"activated": 9, "licensed": 5, "certificate_days": 3}}, now=1_767_225_600) as dsm:
        dsm.login()
        licence = PREFIX + "License"
        assert dsm.data(licence, "get_active_user_num") == 9
        assert dsm.data(licence, "get_user_limit")["user_limit"] == 5
        assert dsm.data(licence, "list_active_member")["total"] == 9
        (certificate, _other) = dsm.data("SYNO.Core.Certificate.CRT", "list")["certificates"]
        assert certificate["valid_till"] == "Jan 04 00:00:00 2026 GMT"


def test_ldap_names_its_server_by_version(logged_in: Dsm) -> None:
    old, new = (logged_in.data("SYNO.Core.Directory.LDAP", "get", version) for version in (1, 2))
    assert (old["host"], "server_address" in old) == (new["server_address"], False)
    assert "host" not in new


def test_without_the_package_dsm_lists_it_no_longer() -> None:
    with serving({"package": False}) as dsm:
        dsm.login()
        assert [row["id"] for row in dsm.data(PACKAGES, "list", 2)["packages"]] == ["HyperBackup"]
