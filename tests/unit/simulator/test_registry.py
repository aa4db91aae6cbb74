# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry, and the answers: which there are, of what, and how much of them is known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.found_keys import compare_keys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.known_keys import known_keys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import (
    IDENTIFYING,
    PERSONAL,
    SECRETS,
    default_answers,
    is_read,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import dsm_registry, mailplus_registry
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import PREFIX, TEN_READS, Dsm, serving
from ansible_collections.mailfleet.mailplus.tests.unit.support.methods import MAY_BE_SENT, NEVER

# Each names a method that a NAS of February 2026 has, beside what the package's own registry lists.
PROBED = (("Audit.DovecotLog", "list", 1), ("MailPlus", "get", 2), ("Alias", "list", 2), ("SMTP.General", "get", 3))
# Names as those of reads.
READING = re.compile(r"(get|list|check|info)|conf_get$")
# What the parameters are that a read has to have.
PARAMETERS: dict[str, Any] = {"domain_id": 1, "list_type": "blacklist", "user": "annelore.winterfeld", "id": 1}

# With which some tell more.
MORE: dict[str, Any] = {"domain_id": 2, "list_type": "whitelist"}


def methods_of(facts: dict[str, Any]) -> set[str]:
    return {method for methods in facts["methods"].values() for method in methods}


def pairs() -> Iterator[tuple[str, str, int]]:
    """API, method and version of every read."""
    registry = {**mailplus_registry(), **dsm_registry(), "SYNO.DSM.Info": {"methods": {1: ["getinfo"], 2: ["getinfo"]}}}
    for api, facts in registry.items():
        for version, methods in facts["methods"].items():
            yield from ((api, method, version) for method in methods if is_read(api, method))


def needed(api: str, method: str) -> dict[str, Any]:
    return {name: PARAMETERS[name] for name in default_answers()[api][method].get("needs", {})}


def test_the_registry_is_whole() -> None:
    registry = mailplus_registry()
    assert len(registry) == 66
    assert sum(len(methods_of(facts)) for facts in registry.values()) == 382
    assert all(facts["methods"] and facts["newest"] >= max(facts["methods"]) for facts in registry.values())


@pytest.mark.parametrize(("api", "method", "version"), PROBED)
def test_what_a_newer_nas_has_is_listed(api: str, method: str, version: int) -> None:
    facts = mailplus_registry()[PREFIX + api]
    assert (method in facts["methods"][version], facts["newest"]) == (True, version)


def test_everything_that_may_be_read_has_an_answer_and_nothing_else() -> None:
    assert {(api, method) for api, methods in default_answers().items() for method in methods} == MAY_BE_SENT
    assert {(api, method) for api, method, _version in pairs()} == MAY_BE_SENT


@pytest.mark.parametrize(("api", "method"), sorted(pair for pair in NEVER if READING.match(pair[1])))
def test_a_name_makes_no_read(logged_in: Dsm, api: str, method: str) -> None:
    facts = mailplus_registry()[api]["methods"]
    version = next(version for version, methods in facts.items() if method in methods)
    assert logged_in.code(api, method, version) is None
    assert [(write.api, write.method) for write in logged_in.nas.writes] == [(api, method)]


@pytest.mark.parametrize("api", sorted(default_answers()))
def test_answers_are_of_methods_that_exist_and_have_what_is_known(api: str) -> None:
    listed = {method for each, method, _version in pairs() if each == api}
    for method, answer in default_answers()[api].items():
        assert method in listed
        if answer["known"]:
            assert set(answer["known"]) <= set(answer["data"])
        explicit = answer["data"][answer["rows"]] if answer.get("rows") and "row" not in answer else []
        rows = [answer["row"]] if "row" in answer else explicit if isinstance(explicit, list) else []
        assert all(set(answer.get("known_row", ())) <= set(row) for row in rows)


@pytest.mark.parametrize("api", sorted(default_answers()))
def test_what_answers_yml_calls_known_is_what_is_known(api: str) -> None:
    for method, answer in default_answers()[api].items():
        paths = {key.path for key in known_keys(api, method)}
        data, rows = answer["data"], answer.get("rows")
        assert {*answer["known"]} == (paths & {*data} if isinstance(data, dict) else set())
        row = answer.get("row") or (data[rows][0] if rows and isinstance(data[rows], list) and data[rows] else {})
        known_row = {*answer.get("known_row", ())}
        assert not row or known_row == {key for key in row if f"{rows}[].{key}" in paths}


def test_answers_have_all_keys_that_are_known(logged_in: Dsm) -> None:
    params = {(read.api, read.method): read.params for section in CATALOGUE for read in section.reads}
    for api, method, version in pairs():
        of_section = {name: json.dumps(value) for name, value in params.get((api, method), {}).items()}
        asked = {**of_section, **needed(api, method)}
        if known_keys(api, method):
            found = compare_keys(api, method, version, logged_in.data(api, method, version, **asked))
            assert found.missing == (), (api, method, version)
            assert found.seen, (api, method, version)


@pytest.mark.parametrize(("name", "method"), [read for read in TEN_READS if known_keys(PREFIX + read[0], read[1])])
def test_of_the_ten_reads_no_key_is_made_up_where_some_are_known(logged_in: Dsm, name: str, method: str) -> None:
    found = compare_keys(PREFIX + name, method, 1, logged_in.data(PREFIX + name, method))
    assert [path for path in found.new if "[]" not in path] == []


def test_rows_have_the_keys_that_answers_yml_says(logged_in: Dsm) -> None:
    for api, method, version in pairs():
        answer = default_answers()[api][method]
        if "row" in answer and "rows" in answer:
            row = logged_in.data(api, method, version, **needed(api, method))[answer["rows"]][0]
            assert set(row) == set(answer["row"]), (api, method)
            assert "$" not in str(row), (api, method)


@pytest.mark.parametrize("versions", ["newest", "listed"])
def test_every_read_answers_at_each_version_that_lists_it(versions: str) -> None:
    with serving({"versions": versions}) as dsm:
        dsm.login()
        probed = {(PREFIX + api, version) for api, _method, version in PROBED}
        reads = [
            {"api": api, "method": method, "version": version, **needed(api, method)}
            for api, method, version in pairs()
            if versions == "newest" or (api, version) not in probed
        ]
        answer = dsm.compound(reads)["data"]
        assert [result for result in answer["result"] if not result["success"]] == []
        assert answer["has_fail"] is False
        assert "$" not in str([r["data"] for r in answer["result"] if "data" in r]).replace("$myhostname", "")
        assert dsm.nas.writes == []


def test_answers_have_many_shapes(logged_in: Dsm) -> None:
    shapes = {
        type(logged_in.call(api, method, version, **needed(api, method)).get("data", "none")).__name__
        for api, method, version in pairs()
    }
    assert shapes == {"dict", "list", "int", "str"}


@pytest.mark.parametrize("api", sorted(set(mailplus_registry()) | set(dsm_registry())))
def test_everything_else_is_noted_whoever_asks(api: str) -> None:
    with serving({"accounts": [{"role": "user"}]}) as dsm:
        dsm.login(session="webui")
        facts = {**mailplus_registry(), **dsm_registry()}[api]["methods"]
        asked = [(method, version) for version, methods in facts.items() for method in methods]
        dsm.compound([{"api": api, "method": method, "version": version} for method, version in asked])
        noted = [(write.method, write.version) for write in dsm.nas.writes]
        assert noted == [(method, version) for method, version in asked if not is_read(api, method)]


def test_secrets_and_personal_data_are_in_the_answers_to_be_found() -> None:
    described = {"lists": {PREFIX + "Log.Mail": {"list": {"total": 200}}}, "domains": ["a.example", "b.example"]}
    with serving(described) as dsm:
        dsm.login()
        asked = [
            {"api": api, "method": method, "version": version, **needed(api, method), **more}
            for api, method, version in pairs()
            for more in ({}, MORE)
        ]
        told = json.dumps(dsm.compound(asked)["data"], ensure_ascii=False)
    assert [name for name, text in {**SECRETS, **IDENTIFYING}.items() if text not in told] == []
    assert [text for text in PERSONAL if text not in told] == []
    texts = [*SECRETS.values(), *IDENTIFYING.values(), *PERSONAL]
    assert len(set(texts)) == len(texts)
    assert min(map(len, texts)) > 7
