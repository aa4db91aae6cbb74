# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a NAS for a recording, and what is noted of its answers."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import API_PREFIX, Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording import record as recorder
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.record import (
    MOST_ENTRIES,
    PAGE_SIZE,
    check_pairs,
    fitted,
    record,
    shortened,
    without,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Answer, Recording, dumps
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas

FLEET = {
    "nas": {
        "one": {"domains": [f"{name}.example" for name in "abcdefg"], "transaction_log": {"total": 100}},
        "old": {"dsm": 5, "versions": "listed"},
        "bare": {"package": False},
    }
}
QUEUE, STATISTIC = f"{API_PREFIX}Queue", f"{API_PREFIX}Statistic"


def recorded(fleet: Fleet, nas: Nas, **more: Any) -> Recording:
    address = Address(nas.host, nas.port, nas.https, ca_path=str(fleet.ca_path), timeout=1)
    found, warnings = record(address, Credentials(nas.username, nas.password), **more)
    assert warnings == []
    return found


def answers(recording: Recording, name: str, method: str) -> list[Answer]:
    return [
        answer for answer in recording["answers"] if (answer["api"], answer["method"]) == (API_PREFIX + name, method)
    ]


def logins(nas: Nas) -> int:
    return sum(request.api_method == "login" for request in nas.requests)


def test_every_pair_is_asked_at_every_version(fleet: Fleet, nas: Nas) -> None:
    found = recorded(fleet, nas)
    asked = {(answer["api"], answer["method"], answer["version"]) for answer in found["answers"]}
    pairs = {(api, method) for api, method, _version in asked}
    left_out = {(each["api"], each["method"]) for each in found["not_asked"]}
    assert pairs | left_out == READ_ALLOWLIST
    checks = {(read.api, read.method) for row in CATALOGUE if row.kind is Kind.CHECK for read in row.reads}
    assert checks <= left_out
    assert pairs.isdisjoint(left_out)
    for api, method in pairs:
        entry = found["apis"][api]
        versions = {version for of_api, of_method, version in asked if (of_api, of_method) == (api, method)}
        assert versions == set(range(entry["minVersion"], entry["maxVersion"] + 1))
    assert logins(nas) == 1


def test_no_read_is_asked_twice(fleet: Fleet, nas: Nas) -> None:
    found = recorded(fleet, nas)
    asked = Counter(f"{[answer[key] for key in ('api', 'method', 'version', 'params')]}" for answer in found["answers"])
    assert max(asked.values()) == 1


def test_answers_are_as_the_nas_gave_them(fleet: Fleet, nas: Nas) -> None:
    nas.set_answer(f"{API_PREFIX}Report", "get", {"enable": False, "wild": {"a": [1, None]}})
    nas.faults.add("error", code=5594, errors={"name": "x"}, api=f"{API_PREFIX}Security")
    found = recorded(fleet, nas)
    (report,) = answers(found, "Report", "get")
    assert report["success"] is True
    assert report["data"]["wild"] == {"a": [1, None]}
    assert report["size"] > 20
    assert report["seconds"] >= 0
    for answer in answers(found, "Security", "get"):
        assert answer["error"] == {"code": 5594, "errors": {"name": "x"}}
        assert "data" not in answer
    assert [answer["error"] for answer in answers(found, "Domain", "list") if answer["version"] == 2] == [{"code": 103}]


def test_a_list_is_asked_for_two_pages(fleet: Fleet, nas: Nas) -> None:
    found = recorded(fleet, nas)
    pages = [answer["params"] for answer in answers(found, "Audit.TransactionLog", "list")]
    assert pages == [{"offset": 0, "limit": PAGE_SIZE}, {"offset": PAGE_SIZE, "limit": PAGE_SIZE}]


def test_what_is_of_a_domain_is_asked_for_the_first_few(fleet: Fleet, nas: Nas) -> None:
    found = recorded(fleet, nas)
    asked = {answer["params"].get("domain_id") for answer in answers(found, "Alias", "list")}
    assert asked == set(range(1, MOST_ENTRIES + 1))
    of_groups = Counter(
        params["domain_id"]
        for params in (answer["params"] for answer in answers(found, "Domain.Group", "get_member_status"))
    )
    assert of_groups.keys() == asked
    assert max(of_groups.values()) <= MOST_ENTRIES


def test_checks_are_asked_by_name_alone(fleet: Fleet, nas: Nas) -> None:
    found = recorded(fleet, nas, checks=list(check_pairs(["Cluster.check_aa", f"{API_PREFIX}Version.check"])))
    assert len(answers(found, "Cluster", "check_aa")) == 3
    assert len(answers(found, "Version", "check")) == 1
    assert (f"{API_PREFIX}Cluster", "check_health") in {(one["api"], one["method"]) for one in found["not_asked"]}


def test_other_names_than_those_of_checks_are_refused() -> None:
    with pytest.raises(ValueError, match=r"checks: 'Cluster.stop' is none. There are Cluster.check_aa, "):
        list(check_pairs(["Cluster.stop"]))


def test_a_read_that_is_not_answered_costs_itself(fleet: Fleet, nas: Nas) -> None:
    nas.faults.add("hang", api=STATISTIC, method="get")
    found = recorded(fleet, nas)
    first, *others = answers(found, "Statistic", "get")
    assert "failed" in first
    assert "data" not in first
    assert others == [] or all("failed" in answer for answer in others)
    assert all(answer["success"] for answer in answers(found, "Report", "get"))


def test_a_session_that_ends_is_not_renewed(fleet: Fleet, nas: Nas) -> None:
    nas.faults.add("expired", api=QUEUE)
    found = recorded(fleet, nas)
    assert logins(nas) == 1
    assert any("Nothing more was asked" in each["reason"] for each in found["not_asked"])
    assert found["answers"]


def test_an_old_dsm_and_one_without_the_package(fleet: Fleet) -> None:
    old = recorded(fleet, fleet["old"])
    assert any(answer["success"] for answer in old["answers"])
    bare = recorded(fleet, fleet["bare"])
    assert not any(answer["api"].startswith(API_PREFIX) for answer in bare["answers"])


def test_a_refused_login_is_told(fleet: Fleet, nas: Nas) -> None:
    address = Address(nas.host, nas.port, nas.https, ca_path=str(fleet.ca_path))
    with pytest.raises(DsmError, match="password"):
        record(address, Credentials(nas.username, "wrong"))
    assert logins(nas) == 1


def test_versions_without_end_are_not_asked_without_end(fleet: Fleet, nas: Nas) -> None:
    apis = {"data": {"maxVersion": 10**9}, "each": True}
    nas.faults.add("answer", api="SYNO.API.Info", **apis)
    found = recorded(fleet, nas)
    versions = Counter((answer["api"], answer["method"]) for answer in found["answers"] if not answer["params"])
    assert max(versions.values()) == recorder.MOST_VERSIONS


def test_long_lists_are_cut_and_that_is_told() -> None:
    data, cut = shortened({"a": [1] * 50, "b": [{"c": [2] * 9}, {"c": [3] * 7}]}, 5)
    assert data == {"a": [1] * 5, "b": [{"c": [2] * 5}, {"c": [3] * 5}]}
    assert cut == {"data.a": 50, "data.b[].c": 9}


def test_a_mapping_by_very_many_names_is_cut() -> None:
    data, cut = shortened({"users": {f"user{number}": {} for number in range(5000)}})
    assert len(data["users"]) == 300
    assert cut == {"data.users": 5000}


def test_keys_that_no_answer_has_are_found() -> None:
    recording: Any = {"answers": [{"data": [{"a": {"b": 1}}]}, {"error": {"code": 1}}]}
    assert without(["a", "b", "c", "code"], recording) == ["c", "code"]


def test_a_recording_that_is_too_large_has_fewer_rows(fleet: Fleet, nas: Nas, monkeypatch: pytest.MonkeyPatch) -> None:
    found = recorded(fleet, nas)
    most = len(dumps(found)) * 2 // 3
    monkeypatch.setattr(recorder, "MOST_TEXT", most)
    small = fitted(found)
    assert len(dumps(small)) <= most
    assert [answer.keys() - {"cut"} for answer in small["answers"]] == [
        answer.keys() - {"cut"} for answer in found["answers"]
    ]
    (log, _second) = answers(small, "Audit.TransactionLog", "list")
    assert log["cut"] == {"data.items": PAGE_SIZE}
