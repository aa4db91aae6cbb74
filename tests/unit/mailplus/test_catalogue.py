# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue against what real servers advertise, and the names by which it is asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue import (
    ALL,
    BY_NAME,
    CATALOGUE,
    READ_ALLOWLIST,
    Section,
    SubsetError,
    groups,
    select,
)
from ansible_collections.mailfleet.mailplus.tests import simulator
from ansible_collections.mailfleet.mailplus.tests.unit.support import PREFIX

_READING = re.compile(r"(get|list|check|info)|conf_get$")
NAMES = [section.name for section in CATALOGUE]
sections = pytest.mark.parametrize("section", CATALOGUE, ids=NAMES)

# The page of the API client, whose ten reads must all be there: method of the client -> API.
TEN_READS = {
    "core": "MailPlus",
    "server_list": "ServerList",
    "smtp_general": "SMTP.General",
    "smtp_security": "SMTP.Security",
    "imap_pop3": "IMAP_POP3",
    "security": "Security",
    "report": "Report",
    "admin_log": "Audit.AdminLog",
    "transaction_log": "Audit.TransactionLog",
    "queue": "Queue",
}
# Attested by clients of live servers, see the known keys in the simulator's answers.
ROWS_KEYS = {"admin_log": "log_list", "transaction_log": "items", "queue": "items"}


def advertised() -> dict[str, dict[str, Any]]:
    text = (Path(next(iter(simulator.__path__))) / "mailplus_apis.yml").read_text(encoding="utf-8")
    apis: dict[str, dict[str, Any]] = yaml.safe_load(text)["apis"]
    return apis


@sections
def test_every_read_is_one_that_servers_list_in_exactly_these_versions(section: Section) -> None:
    methods = advertised()[PREFIX + section.api]["methods"]
    assert section.versions == tuple(sorted(version for version, listed in methods.items() if section.method in listed))


def test_the_ten_reads_of_the_api_client_are_there() -> None:
    assert {section.name: section.api for section in CATALOGUE} == TEN_READS
    assert {section.name: section.method for section in CATALOGUE} == {
        name: "list" if name in (*ROWS_KEYS, "server_list") else "get" for name in TEN_READS
    }


def test_only_reads_are_allowed() -> None:
    assert {(section.read().api, section.method) for section in CATALOGUE} == READ_ALLOWLIST
    assert [method for _api, method in READ_ALLOWLIST if not _READING.match(method)] == []


def test_lists_have_their_known_rows_key() -> None:
    assert {section.name: section.rows_key for section in CATALOGUE if section.is_list} == ROWS_KEYS


@sections
def test_a_section_has_a_summary_of_its_own_kind(section: Section) -> None:
    assert not (section.is_list and section.summarise)
    assert section.is_list == bool(section.rows_summary)
    assert section.is_list == bool(section.id_keys)


@sections
def test_a_section_says_where_it_belongs(section: Section) -> None:
    assert section.title
    assert section.groups
    assert section.guide
    assert re.fullmatch(r"mailplus_[a-z0-9_]+_info|mailplus_info", section.module)


def test_names_are_unique_and_no_name_means_two_things() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert not set(groups()) & {ALL}
    for group, members in groups().items():
        assert group not in NAMES or members == [group]


def test_the_questions_carry_their_parameters() -> None:
    read = BY_NAME["queue"].read(offset=3, limit=4)
    assert (read.api, read.method, read.params) == (PREFIX + "Queue", "list", {"offset": 3, "limit": 4})
    assert BY_NAME["core"].read().params == {}


# ------------------------------------------------------------------------------------------------------------ select


def test_all_is_all_in_the_order_of_the_catalogue() -> None:
    assert select([ALL]) == list(CATALOGUE)


@pytest.mark.parametrize("name", NAMES)
def test_a_section_is_itself(name: str) -> None:
    assert [section.name for section in select([name])] == [name]


@pytest.mark.parametrize("group", groups())
def test_a_group_is_its_members(group: str) -> None:
    chosen = select([group])
    assert [section.name for section in chosen] == groups()[group]
    assert all(group in section.groups for section in chosen)
    assert len(chosen) > 1


def test_groups_are_those_that_the_documentation_names() -> None:
    assert groups() == {
        "settings": ["core", "smtp_general", "smtp_security", "imap_pop3", "security", "report"],
        "smtp": ["smtp_general", "smtp_security"],
        "logs": ["admin_log", "transaction_log"],
    }


@pytest.mark.parametrize(
    ("subset", "expected"),
    [
        (["queue", "core"], ["core", "queue"]),
        (["queue", "queue", "!core"], ["queue"]),
        (["logs", "queue"], ["admin_log", "transaction_log", "queue"]),
        (["all", "!logs", "!settings"], ["server_list", "queue"]),
        (["!logs", "!settings"], ["server_list", "queue"]),
        (["settings", "!smtp"], ["core", "imap_pop3", "security", "report"]),
        (["smtp", "!smtp_general"], ["smtp_security"]),
        (["!queue", "settings", "!settings", "queue", "core", "report", "logs"], ["admin_log", "transaction_log"]),
        (["!queue"], [name for name in NAMES if name != "queue"]),
    ],
)
def test_what_is_excluded_is_excluded_wherever_it_stands(subset: list[str], expected: list[str]) -> None:
    assert [section.name for section in select(subset)] == expected


@pytest.mark.parametrize(
    "name",
    ["", "!", "!!queue", "Queue", " queue", "queue ", "que", "SYNO.MailPlusServer.Queue", "min", "!nothing", "{{ x }}"],
)
def test_an_unknown_name_is_refused_with_the_valid_ones(name: str) -> None:
    with pytest.raises(SubsetError) as caught:
        select(["core", name])
    message = str(caught.value)
    assert repr(name) in message
    assert len(message.splitlines()) == 1
    assert [valid for valid in (ALL, *groups(), *NAMES) if valid not in message] == []


def test_all_unknown_names_are_told_at_once() -> None:
    with pytest.raises(SubsetError, match=r"'one', '!two'"):
        select(["one", "core", "!two"])


@pytest.mark.parametrize(
    "subset", [[], ["all", "!all"], ["queue", "!queue"], ["!all"], ["logs", "!admin_log", "!transaction_log"]]
)
def test_a_subset_of_nothing_is_refused(subset: list[str]) -> None:
    with pytest.raises(SubsetError, match="selects nothing"):
        select(subset)
