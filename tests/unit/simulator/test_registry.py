# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.mailfleet.mailplus.tests.simulator.mailplus import default_answers
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import is_read, mailplus_registry
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, TEN_READS, Dsm, serving

KNOWN = {
    "ServerList": {"server_list", "balancer_enabled", "cluster_syncing"},
    "Audit.AdminLog": {"log_list", "offset", "total"},
    "Audit.TransactionLog": {"items", "offset", "total", "is_migrating"},
    "Queue": {"items", "total"},
    "IMAP_POP3": {"enable_imap", "enable_imaps", "enable_pop3", "enable_pop3s", "security_imappop3_auth"},
}


def test_the_registry_is_whole() -> None:
    registry = mailplus_registry()
    assert len(registry) == 66
    assert sum(1 for facts in registry.values() if facts["methods"]) == 65


@pytest.mark.parametrize("api", sorted(default_answers()))
def test_answers_are_of_apis_and_methods_that_exist(api: str) -> None:
    listed = {method for methods in mailplus_registry()[api]["methods"].values() for method in methods}
    for method, answer in default_answers()[api].items():
        assert method in listed
        assert is_read(method)
        assert set(answer["known"]) <= set(answer["data"])


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_known_keys_are_exactly_those_attested(logged_in: Dsm, name: str) -> None:
    method = dict(TEN_READS)[name]
    assert set(default_answers()[PREFIX + name][method]["known"]) == KNOWN[name]
    assert set(logged_in.data(PREFIX + name, method)) == KNOWN[name]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("ServerList", "server_list"),
        ("Audit.AdminLog", "log_list"),
        ("Audit.TransactionLog", "items"),
        ("Queue", "items"),
    ],
)
def test_rows_have_the_keys_that_answers_yml_says(logged_in: Dsm, name: str, rows: str) -> None:
    example = default_answers()[PREFIX + name]["list"]["row"]
    row = logged_in.data(PREFIX + name, "list")[rows][0]
    assert {key: type(value) for key, value in row.items()} == {key: type(value) for key, value in example.items()}


@pytest.mark.parametrize("versions", ["newest", "listed"])
def test_every_read_of_the_registry_answers(versions: str) -> None:
    with serving({"versions": versions}) as dsm:
        dsm.login()
        reads = [
            {"api": api, "method": method, "version": version}
            for api, facts in mailplus_registry().items()
            for version, methods in facts["methods"].items()
            for method in methods
            if is_read(method)
        ]
        assert len(reads) > 150
        answer = dsm.compound(reads)["data"]
        assert answer["has_fail"] is False
        assert all(isinstance(result["data"], dict) for result in answer["result"])
        assert dsm.nas.writes == []


@pytest.mark.parametrize("method", ["get", "get_spam", "list", "list_log", "conf_get", "check_health", "info_system"])
def test_methods_that_read(method: str) -> None:
    assert is_read(method)


@pytest.mark.parametrize("method", ["set", "conf_set", "flush", "delete_all", "export", "blacklist_check", "start"])
def test_methods_that_do_not(method: str) -> None:
    assert not is_read(method)
