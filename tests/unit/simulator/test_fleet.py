# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.simulator import DescriptionError, read_fleet, run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, client, serving


def test_defaults_are_merged_into_every_nas() -> None:
    fleet = read_fleet({"defaults": {"dsm": 6, "queue": {"total": 7}}, "nas": {"a": {"queue": {"hold": 1}}, "b": None}})
    assert [nas.dsm for nas in fleet.nas.values()] == [6, 6]
    assert (fleet.nas["a"].queue.total, fleet.nas["a"].queue.hold) == (7, 1)
    assert fleet.nas["b"].queue.hold == 0.1


def test_many_alike() -> None:
    fleet = read_fleet({"nas": {"office": {"count": 1000, "seed": 5}}})
    assert list(fleet.nas)[::999] == ["office-0001", "office-1000"]
    assert len({nas.seed for nas in fleet.nas.values()}) == 1000


@pytest.mark.parametrize(
    ("fleet", "message"),
    [
        ([], r"fleet: \[\] is not a mapping"),
        ({}, "fleet: nas is empty"),
        ({"nas": {"a": {}}, "colour": 1}, "fleet: unknown key colour; known: defaults, nas, now"),
        ({"nas": {"a": {"colour": 1}}}, "nas.a: unknown key colour; known: accounts, address"),
        ({"nas": {"a": {"queue": {"colour": 1}}}}, "nas.a.queue: unknown key colour"),
        ({"nas": {"a": {"accounts": [{"colour": 1}]}}}, r"nas.a.accounts\[0\]: unknown key colour"),
        ({"nas": {"a": {"accounts": []}}}, "nas.a.accounts: a NAS has at least one account"),
        ({"nas": {"a": {"port": "x"}}}, "nas.a.port: 'x' is not a int"),
        ({"nas": {"a": {"port": True}}}, "nas.a.port: True is not a int"),
        ({"nas": {"a": {"accounts": {}}}}, "nas.a.accounts: {} is not a list"),
        ({"nas": {"a": {"dsm": 8}}}, "nas.a.dsm: 8 is none of 5, 6, 7"),
        ({"nas": {"a": {"certificate": "x"}}}, "nas.a.certificate: 'x' is none of trusted"),
        ({"nas": {"a": {"count": 0}}}, "nas.a.count: 0 is not a positive number"),
        ({"nas": {"a": {"faults": [{"fault": "x"}]}}}, "nas.a.faults: unknown fault 'x'"),
        ({"nas": {"a": {"apis": {"X": {"max": 1}}}}}, "nas.a.apis.X: unknown key max"),
        ({"nas": {"a": {"data": {"X": {"get": {}}}}}}, "nas.a.data: X is not an API"),
        ({"nas": {"a": {"data": {PREFIX + "Queue": {"flush": {}}}}}}, "nas.a.data.*Queue: flush does not read"),
        (
            {"nas": {"a": {"data": {PREFIX + "Personal.Forward": {"get": {}}}}}},
            "Forward: get does not read",
        ),
        (
            {"nas": {"a": {"lists": {PREFIX + "Queue": {"list": {}}}}}},
            "Queue.list is no list, or has a key",
        ),
        ({"nas": {"a": {"lists": {PREFIX + "Alias": {"list": {"x": 1}}}}}}, "nas.a.lists.*Alias.list: unknown key x"),
        ({"nas": {"a": {"lists": {PREFIX + "Alias": {"list": {"order": "x"}}}}}}, "Alias.list.order: 'x' is none of"),
        ({"nas": {"a": {"values": {"x": 1}}}}, "nas.a.values: unknown key x; known: activated"),
        ({"nas": {"a": {"accounts": [{"delegation": ["Mails"]}]}}}, r"accounts\[0\].delegation: unknown key Mails"),
        ({"nas": {"a": {}}, "now": "soon"}, "now: 'soon' is not an ISO 8601 time"),
    ],
)
def test_a_wrong_description_gets_one_line(fleet: Any, message: str) -> None:
    with pytest.raises(DescriptionError, match=message) as raised:
        read_fleet(fleet)
    assert "\n" not in str(raised.value)


def test_files_that_are_not_there_or_not_yaml(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="No such file"):
        read_fleet(tmp_path / "nothing.yml")
    path = tmp_path / "fleet.yml"
    path.write_text("nas: [", encoding="utf-8")
    with pytest.raises(DescriptionError, match=r"fleet\.yml: .*expected"):
        read_fleet(path)


def test_answers_are_merged_replaced_and_taken_away() -> None:
    smtp, report = PREFIX + "SMTP.General", PREFIX + "Report"
    described = {smtp: {"get": {"relay": {"enable_tls": False}, "banner": "__absent__"}}, report: {"get": [1]}}
    with serving({"data": described}) as dsm:
        dsm.login()
        data = dsm.data(smtp, "get", 2)
        assert (data["relay"]["enable_tls"], data["relay"]["server"]) == (False, "relay.example.net")
        assert "banner" not in data
        assert dsm.data(report, "get") == [1]
        dsm.nas.set_answer(smtp, "get", {"new": None})
        assert dsm.data(smtp, "get", 2)["new"] is None


def test_a_cluster_names_all_its_members() -> None:
    nas = {"a": {"cluster": "ha"}, "b": {"cluster": "ha", "hostname": "b.example.org"}, "c": {}}
    with run_fleet({"defaults": {"https": False}, "nas": nas}) as fleet:
        listed = {}
        for name in fleet:
            with client(fleet, name) as dsm:
                dsm.login()
                listed[name] = dsm.data(PREFIX + "ServerList", "list")
    hosts = {name: [server["hostname"] for server in data["server_list"]] for name, data in listed.items()}
    assert hosts == {"a": ["a.example.com", "b.example.org"], "b": hosts["a"], "c": ["c.example.com"]}
    assert [data["balancer_enabled"] for data in listed.values()] == [True, True, False]
    assert [server["role"] for server in listed["b"]["server_list"]] == ["primary", "secondary"]
