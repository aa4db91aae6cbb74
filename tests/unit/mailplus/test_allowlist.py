# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be sent, against the list of all methods that are known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Read
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import NotAllowedError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import allowlist
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import gather as gathering
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST, ROWS, Pair
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, status
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import (
    ALL,
    CATALOGUE,
    groups,
    select,
)
from ansible_collections.mailfleet.mailplus.tests.simulator import Nas
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import is_read
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import apis_of, mailplus_registry
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    LOGIN,
    LOGOUT,
    address_of,
    calls,
    client,
    credentials_of,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.methods import (
    COLUMNS,
    MAY_BE_SENT,
    NEVER,
    column,
    methods,
)

FLEET = {"nas": {"one": {}}, "defaults": {"https": False}}


def of_sections() -> dict[Pair, list[str]]:
    """The sections that read a pair."""
    found: dict[Pair, list[str]] = {}
    for section in CATALOGUE:
        for pair in dict.fromkeys((read.api, read.method) for read in section.reads):
            found.setdefault(pair, []).append(section.name)
    return found


def named(sections: Any) -> list[str]:
    """The names in a column, of which one stands alone and none is null."""
    return [] if sections is None else [sections] if isinstance(sections, str) else list(sections)


def reads() -> Iterator[Read]:
    for row in (*CATALOGUE, *ROWS.values()):
        yield from row.reads


def test_every_method_that_servers_list_is_in_exactly_one_column() -> None:
    for api, facts in mailplus_registry().items():
        listed = sorted({method for of_version in facts["methods"].values() for method in of_version})
        assert sorted(name for each in COLUMNS for name in methods()["mailplus"][api].get(each, ())) == listed, api
    assert methods()["mailplus"].keys() == mailplus_registry().keys()


def test_the_document_on_security_tells_how_many_methods_each_column_has() -> None:
    text = (Path(__file__).parents[3] / "docs" / "security.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.MULTILINE))
    assert told == {each: f"{len(column(each, 'mailplus'))}" for each in COLUMNS}
    assert f"a section reads; {len(column('sections', 'dsm'))} of the DSM below" in text
    assert f"Of the {sum(map(int, told.values()))} methods of MailPlus Server" in text


def test_each_method_without_a_section_has_one_row_and_others_have_none() -> None:
    """A row that stays behind where a method moves to a section would be read by nobody."""
    rows = Counter((read.api, read.method) for row in allowlist.ALONE for read in row.reads)
    assert [pair for pair, number in rows.items() if number > 1 or pair in of_sections()] == []


def test_what_can_be_sent_is_exactly_what_may_be_sent() -> None:
    assert READ_ALLOWLIST == MAY_BE_SENT
    assert not READ_ALLOWLIST & NEVER
    assert {(read.api, read.method) for read in reads()} == READ_ALLOWLIST


def test_sections_read_what_their_column_says() -> None:
    told = {pair: named(sections) for pair, sections in (column("sections") | column("checks")).items() if sections}
    assert of_sections() == told
    assert not of_sections().keys() & column("by_name").keys()


def test_checks_are_those_of_their_column_and_no_others() -> None:
    assert {pair for pair, row in ROWS.items() if row.kind is Kind.CHECK} == column("checks").keys()
    for section in CATALOGUE:
        pairs = {(read.api, read.method) for read in section.reads}
        assert (section.kind is Kind.CHECK) == bool(pairs & column("checks").keys()), section.name


@pytest.mark.parametrize("group", [ALL, *groups()])
def test_no_check_is_read_unless_it_is_named(group: str) -> None:
    assert [section.name for section in select([group]) if section.kind is Kind.CHECK] == []


@pytest.mark.parametrize("pair", sorted(READ_ALLOWLIST), ids=" ".join)
def test_every_read_is_asked_in_exactly_the_versions_that_list_it(pair: Pair) -> None:
    api, method = pair
    listed = {
        version for version, found in apis_of(7, "newest", "none", package=True)[api].methods.items() if method in found
    }
    for row in (ROWS[pair], *CATALOGUE):
        asked = [version for read in row.reads if (read.api, read.method) == pair for version in read.versions]
        of_dsm = api not in mailplus_registry() and set(asked) <= listed
        assert not asked or sorted(asked) == sorted(listed) or of_dsm, row


def test_the_simulator_takes_exactly_the_rest_for_a_write() -> None:
    """So that whoever sends it is found out by every test."""
    assert {pair for pair in MAY_BE_SENT | NEVER if is_read(*pair)} == MAY_BE_SENT


def test_a_row_that_names_what_must_never_be_sent_cannot_be_read(nas: Nas) -> None:
    """Not even where a row of the catalogue were wrong."""
    for api, method in sorted(NEVER):
        wrong = status("wrong", "", Read(api, method, (1,)), place="", privilege=None)
        assert gathering._allowed([wrong]) == set()
    with pytest.raises(NotAllowedError):
        gathering.gather(address_of(nas), credentials_of(nas), gathering.Plan([wrong]))
    assert calls(nas) == [LOGIN, LOGOUT]


def test_a_client_sends_only_what_its_sections_need(nas: Nas) -> None:
    allowed = gathering._allowed(select(["queue"]))
    assert allowed == {("SYNO.MailPlusServer.Queue", "list")}
    with client(nas, allowed) as dsm, pytest.raises(NotAllowedError):
        dsm.read([Read("SYNO.MailPlusServer.Report", "get", (1,))])
