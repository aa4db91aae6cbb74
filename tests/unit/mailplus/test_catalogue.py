# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue against what real servers advertise, and the names by which it is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins import modules
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import catalogue as rows
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    DSM_ADMINISTRATOR,
    DSM_USER,
    EVIDENCE,
    Kind,
    Section,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.known_keys import known_keys
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import (
    ALL,
    BY_NAME,
    CATALOGUE,
    SubsetError,
    groups,
    select,
)
from ansible_collections.mailfleet.mailplus.tests import simulator
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import PREFIX

MODULES = Path(next(iter(modules.__path__)))
NAMES = [section.name for section in CATALOGUE]
# What a delegation policy of MailPlus Server has, by the help on accounts.
OPTIONS = {
    f"{area}: {option}"
    for area, options in {
        "Server Management": (
            "Mail Monitor",
            "Server List",
            "Mail Migration",
            "Configuration Import",
            "Threat Monitor",
            "Protocol",
            "Mail Delivery",
            "MailPlus Client",
        ),
        "Domain": ("General", "User/Group", "Alias", "Auto BCC", "Quota Usage", "Disclaimer"),
        "Security": ("Mail Delivery Security", "Security", "Authentication", "Data Protection"),
        "Auditing": (
            "Queue",
            "Log",
            "Usage Analysis",
            "Log Management",
            "Log List",
            "Report",
            "Mail Search",
        ),
        "Account": ("Account", "User Policy", "Delegation"),
    }.items()
    for option in options
}
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
    for api, method in {(read.api, read.method) for read in section.reads if read.api.startswith(PREFIX)}:
        listed = {version for version, methods in advertised()[api]["methods"].items() if method in methods}
        asked = [read.versions for read in section.reads if read.method == method]
        assert sorted(version for versions in asked for version in versions) == sorted(listed)


def test_the_ten_reads_of_the_api_client_are_there() -> None:
    first_reads = {section.name: section.reads[0] for section in CATALOGUE}
    assert {name: PREFIX + api for name, api in TEN_READS.items()}.items() <= {
        name: read.api for name, read in first_reads.items()
    }.items()


def test_lists_have_their_known_rows_key() -> None:
    assert {name: BY_NAME[name].rows_key for name in ROWS_KEYS} == ROWS_KEYS


@sections
def test_a_section_has_what_its_kind_needs(section: Section) -> None:
    assert not (section.has_rows and section.summarise)
    assert section.has_rows == bool(section.ids)
    assert section.has_rows or not section.rows_key
    assert section.kind is Kind.ENTRIES or not section.paged
    assert section.each is None or (section.each.of in CATALOGUE and section.each.of.has_rows)
    assert section.timeline is None or section.is_list


@sections
def test_entries_are_asked_in_pages_only_where_that_is_known(section: Section) -> None:
    assert not section.paged or "P" in section.evidence


@sections
def test_a_section_says_where_it_belongs(section: Section) -> None:
    assert section.title
    assert not section.title.endswith(".")
    assert section.place


@sections
def test_a_section_says_how_much_is_known_of_it(section: Section) -> None:
    assert {*section.evidence} <= {*EVIDENCE}
    assert section.evidence
    assert ("U" in section.evidence) <= (not any(known_keys(read.api, read.method) for read in section.reads))


@sections
def test_an_option_is_one_that_a_delegation_policy_has(section: Section) -> None:
    assert section.privilege in {None, DSM_ADMINISTRATOR, DSM_USER, *OPTIONS}


def test_an_area_is_the_file_of_its_module() -> None:
    files = {path.stem for path in Path(next(iter(rows.__path__))).glob("*.py")}
    assert [area.name for area in AREAS] == sorted(files)
    assert all((MODULES / f"{area.module}.py").exists() for area in AREAS)


def test_names_are_unique_and_a_name_that_means_two_things_means_the_group() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert ALL not in {*groups(), *NAMES}
    assert [name for name in {*groups()} & {*NAMES} if name not in groups()[name]] == []


def test_figures_are_unique_and_share_a_metric_only_where_they_say_so() -> None:
    figures = [figure for section in CATALOGUE for figure in section.figures]
    names = [figure.name for figure in figures]
    assert len(set(names)) == len(names)
    shared = {figure.metric for figure in figures} - {""}
    assert not shared & set(names)


# ------------------------------------------------------------------------------------------------------------ select


def test_no_other_row_is_looked_at_than_those_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a worker, which begins as a copy of the controller, each row that is looked at is memory to copy."""
    core = BY_NAME["core"]
    looked: list[str] = []

    def look(section: Section, name: str) -> Any:
        looked.append(object.__getattribute__(section, "name"))
        return object.__getattribute__(section, name)

    monkeypatch.setattr(Section, "__getattribute__", look, raising=False)
    chosen = select(["core", "queue", "!queue"])
    monkeypatch.undo()
    assert chosen == [core]
    assert not looked


def test_all_is_all_in_the_order_of_the_catalogue() -> None:
    assert select([ALL]) == [section for section in CATALOGUE if section.name in ORDINARY]


def test_what_may_do_work_and_what_is_of_dsm_is_read_by_its_name_alone() -> None:
    checks = {section.name for section in CATALOGUE if section.kind is Kind.CHECK}
    of_dsm = {section.name for area in AREAS if area.name == "system" for section in area.sections}
    assert (len(checks), len(of_dsm)) == (6, 9)
    assert {*ORDINARY} == {*NAMES} - checks - of_dsm
    for name, members in groups().items():
        assert not checks & {*members}
        assert not of_dsm & {*members} or name == "system"


def test_the_least_says_whether_a_server_runs_is_licensed_and_current_and_how_long_the_queue_is() -> None:
    assert {"server_list", "license_limit", "license_usage", "queue"} < {*groups()["min"]}


@pytest.mark.parametrize("name", sorted({*NAMES} - {*groups()}))
def test_a_section_is_itself(name: str) -> None:
    assert [section.name for section in select([name])] == [name]


@pytest.mark.parametrize("group", groups())
def test_a_group_is_its_members(group: str) -> None:
    chosen = select([group])
    assert [section.name for section in chosen] == groups()[group]
    assert len(chosen) > 1


def test_kinds_and_areas_are_groups() -> None:
    assert {"smtp_general", "smtp_security"} <= set(groups()["smtp"]) < set(NAMES)
    assert {"admin_log", "transaction_log"} <= set(groups()["logs"])
    assert groups()["settings"] == [name for name in ORDINARY if BY_NAME[name].kind is Kind.SETTINGS]


ORDINARY = [section.name for section in select([ALL])]
SETTINGS, LOGS = groups()["settings"], groups()["logs"]


@pytest.mark.parametrize(
    ("subset", "expected"),
    [
        (["queue", "core"], {"core", "queue"}),
        (["queue", "queue", "!core"], {"queue"}),
        (["logs", "queue"], {*LOGS, "queue"}),
        (["all", "!logs", "!settings"], {*ORDINARY} - {*LOGS, *SETTINGS}),
        (["!logs", "!settings"], {*ORDINARY} - {*LOGS, *SETTINGS}),
        (["settings", "!smtp"], {*SETTINGS} - {*groups()["smtp"]}),
        (["smtp", "!smtp_general"], {*groups()["smtp"]} - {"smtp_general"}),
        (["!queue", "settings", "!settings", "queue", "core", "logs"], {*LOGS} - {*SETTINGS}),
        (["!queue"], {*ORDINARY} - {"queue"}),
        (["all", "system", "setup_state"], {*ORDINARY, *groups()["system"], "setup_state"}),
    ],
)
def test_what_is_excluded_is_excluded_wherever_it_stands(subset: list[str], expected: set[str]) -> None:
    assert [section.name for section in select(subset)] == [name for name in NAMES if name in expected]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "!",
        "!!queue",
        "Queue",
        " queue",
        "queue ",
        "que",
        "SYNO.MailPlusServer.Queue",
        "minimum",
        "!nothing",
        "{{ x }}",
    ],
)
def test_an_unknown_name_is_refused_with_the_groups_and_where_all_are(name: str) -> None:
    with pytest.raises(SubsetError) as caught:
        select(["core", name])
    message = str(caught.value)
    assert repr(name) in message
    assert len(message.splitlines()) == 1
    assert [valid for valid in (ALL, *groups(), "ansible-doc") if valid not in message] == []


@pytest.mark.parametrize(
    ("name", "meant"), [("queu", "queue"), ("!smtp_generel", "smtp_general"), ("domian", "domains")]
)
def test_an_unknown_name_is_refused_with_one_that_is_alike(name: str, meant: str) -> None:
    with pytest.raises(SubsetError, match=f"did you mean [^?]*{meant}"):
        select([name])


def test_all_unknown_names_are_told_at_once() -> None:
    with pytest.raises(SubsetError, match=r"'one', '!two'"):
        select(["one", "core", "!two"])


@pytest.mark.parametrize(
    "subset", [[], ["all", "!all"], ["queue", "!queue"], ["!all"], ["logs", *(f"!{name}" for name in LOGS)]]
)
def test_a_subset_of_nothing_is_refused(subset: list[str]) -> None:
    with pytest.raises(SubsetError, match="selects nothing"):
        select(subset)
