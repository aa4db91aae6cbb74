# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of tables, of answers as they are known, and of those that nobody has seen."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import kinds
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, TABLES
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

AT = datetime(2026, 1, 10, 11, 0, tzinfo=timezone.utc)
BY_TABLE = {table.name: table for table in TABLES}
ODD: tuple[Any, ...] = (
    None,
    [],
    {},
    "text",
    5,
    True,
    [None, 1, "x", [], {}],
    {"a": [], "b": []},
    {"rows": [{"id": {}}]},
)


def rows(table: str, **sections: Any) -> list[dict[str, Any]] | None:
    return BY_TABLE[table].find(sections, AT)


def of_each(**each: Any) -> dict[str, Any]:
    return samples.section(dict.fromkeys(each)) | {"each": each}


def listed(*found: Any) -> dict[str, Any]:
    return samples.listing(found)


def one(total: int | None) -> dict[str, Any]:
    return {"status": "ok", "summary": {}, "error": None, "total": total}


def test_a_domain_has_what_was_read_of_it_and_why_the_rest_was_not() -> None:
    found = rows(
        "domains",
        domains=listed({"name": "a.example"}, {"domain_id": 7}),
        domain_users=of_each(**{"a.example": one(12), "7": one(None)}),
        aliases=of_each(**{"a.example": samples.refused("forbidden"), "7": one(0)}),
        domain_security=of_each(**{"a.example": {"status": "ok"}, "7": {"status": "failed"}}),
        domain_groups=samples.refused("unsupported") | {"each": {}},
    )
    assert found is not None
    cells = [[row[key] for key in ("name", "users", "aliases", "dkim_settings")] for row in found]
    assert cells == [["a.example", 12, "forbidden", "read"], ["7", None, 0, "failed"]]
    assert {row["groups"] for row in found} == {"unsupported"}
    assert {row["limit_settings"] for row in found} == {"not asked"}


def test_a_column_that_says_no_more_than_read_is_not_taken_for_one_that_says_on() -> None:
    labels = {column.name: column.label for column in BY_TABLE["domains"].columns}
    sections = [name for name in BY_TABLE["domains"].of if BY_NAME[name].kind is kinds.Kind.SETTINGS]
    found = rows("domains", **{name: of_each(**{"a.example": {"status": "ok"}}) for name in sections})
    said = [key for row in found or () for key, cell in row.items() if cell == "read"]
    assert len(said) == len(sections)
    assert [key for key in said if not (key.endswith("_settings") and labels[key].endswith(" settings"))] == []


def test_domains_are_known_by_what_was_read_for_each_where_they_are_not_listed() -> None:
    found = rows("domains", domain_users=of_each(**{"a.example": one(1)}))
    assert found is not None
    assert [(row["name"], row["users"]) for row in found] == [("a.example", 1)]
    assert rows("domains", domains=samples.refused(is_list=True)) is None
    assert rows("domains", domains=listed()) == []


@pytest.mark.parametrize("data", [None, 7, "oops", True, {"odd": 1}, {"list": None}], ids=repr)
@pytest.mark.parametrize("returned", [None, 0])
def test_an_answer_without_rows_is_no_empty_table(data: Any, returned: int | None) -> None:
    odd = samples.section(data) | {"returned": returned, "total": None, "rows_key": None}
    for name, table in BY_TABLE.items():
        assert rows(name, **dict.fromkeys(table.of, odd)) != []


def test_rows_without_names_and_rows_that_were_not_kept_are_no_empty_table() -> None:
    names = samples.section({"domains": ["a.example", "b.example"]}) | {
        "returned": 2,
        "total": 2,
        "rows_key": "domains",
    }
    assert rows("domains", domains=names) is None
    not_kept = {"returned": 0, "total": 3, "rows_key": "list"}
    for name, table in BY_TABLE.items():
        assert rows(name, **dict.fromkeys(table.of, samples.section({"list": []}) | not_kept)) != []


@pytest.mark.parametrize(
    ("key", "value", "ends", "left"),
    [
        ("valid_till", "Mar 16 15:49:37 2026 GMT", "2026-03-16", 65),
        ("valid_to", "Jan 10 12:00:00 2026 GMT", "2026-01-10", 0),
        ("valid_till", "Jan  9 12:00:00 2026 GMT", "2026-01-09", -1),
        ("valid_till", "2026-03-16", "2026-03-16", 63),  # of which zone is not known, so it is no later than that
        ("valid_till", "2026/03/16 15:49", "2026-03-16", 64),
        ("valid_till", "2026-02-30", None, None),
        ("valid_till", "0001-01-01", None, None),
        ("valid_till", "soon", None, None),
        ("valid_till", None, None, None),
        ("valid_till", 10**400, None, None),
    ],
)
def test_a_certificate_has_days_left_when_it_was_asked(key: str, value: Any, ends: str, left: int) -> None:
    found = rows("certificates", certificates=listed({"desc": "Mail", "is_default": True, key: value}))
    assert found is not None
    (row,) = found
    assert (row["name"], row["default"], row["ends"], row["left_days"]) == ("Mail", True, ends, left)
    assert (row["issuer"], row["services"]) == (None, None)


def test_what_uses_a_certificate_is_named() -> None:
    services = [{"display_name": "Mail"}, {"service": "dovecot"}, {}]
    found = rows("certificates", certificates=listed({"services": services}, {"services": []}))
    assert found is not None
    assert [row["services"] for row in found] == ["Mail, dovecot, unknown", "none"]


def test_a_licence_tells_what_its_keys_tell() -> None:
    known = {"account_number": 30, "is_valid": False, "expire_time": 1_768_042_800 + 86_400 * 20}
    found = rows("licenses", licenses=listed(known, {"odd": 1}, {"expire_time": 0}))
    assert found == [
        {"accounts": 30, "state": False, "ends": "2026-01-30", "left_days": 20},
        {"accounts": None, "state": None, "ends": None, "left_days": None},
        {"accounts": None, "state": None, "ends": None, "left_days": None},
    ]


@pytest.mark.parametrize(
    ("size", "free"),
    [
        ({"total": "1000", "used": "850"}, 15),
        ({"total": 1000, "used": 1000}, 0),
        ({"total": 0, "used": 0}, None),
        ({"total": 10, "used": 11}, None),
        ({"total": "1e3", "used": 1}, None),
        ({"total": 10}, None),
        (None, None),
    ],
)
def test_a_volume_has_a_free_share_where_both_numbers_are_some(size: Any, free: int | None) -> None:
    found = rows(
        "volumes", storage=samples.section({"volumes": [{"id": "volume_1", "status": "normal", "size": size}]})
    )
    assert found is not None
    assert (found[0]["name"], found[0]["status"], found[0]["free_percent"]) == ("volume_1", "normal", free)


@pytest.mark.parametrize(
    ("time", "age"),
    [
        (1_768_042_800 - 3600, 3600),
        ("2026/01/10 02:00", 9 * 3600 + 14 * 3600),  # of which zone is not known, so it is no longer ago than that
        ("2026/01/12 02:00", None),  # later than the moment of asking
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_backup_is_as_old_as_it_can_be_at_most(time: Any, age: int | None) -> None:
    task = {"name": "Nightly", "last_bkp_time": time, "last_bkp_result": "done"}
    found = rows("backups", backup_tasks=samples.section({"task_list": [task]}))
    last = time if isinstance(time, (str, int)) else None
    assert found == [{"name": "Nightly", "last": last, "result": "done", "age_seconds": age}]


def test_of_packages_those_of_mail_are_told() -> None:
    others = {"id": "SynologyDrive", "version": "3"}
    mail = {"id": "MailPlus-Server", "version": "3.3.1", "additional": {"status": "running"}}
    found = rows("packages", dsm_packages=listed(mail, others, {"id": "MailClient"}))
    assert found == [
        {"name": "MailPlus-Server", "version": "3.3.1", "status": "running"},
        {"name": "MailClient", "version": None, "status": None},
    ]
    assert rows("packages", dsm_packages=listed(others)) == []
    assert rows("packages", dsm_packages=listed(others, {"package": "MailPlus-Server"})) is None
    assert rows("packages", dsm_packages=listed("MailPlus-Server")) is None


def test_a_system_tells_of_clock_and_directory_or_why_not() -> None:
    dsm = samples.section({"version_string": "DSM 7.2", "uptime": 60})
    found = rows("systems", dsm=dsm, time=samples.refused(), dsm_ldap=samples.section({"enable_client": False}))
    assert found is not None
    (row,) = found
    assert (row["version"], row["model"], row["uptime_seconds"], row["zone"]) == ("DSM 7.2", None, 60, "forbidden")
    assert (row["ldap"], row["ldap_encryption"]) == (False, None)
    assert (rows("systems", dsm=dsm) or [{}])[0]["ldap"] == "not asked"
    assert rows("systems", dsm=samples.refused()) is None


@pytest.mark.parametrize("table", TABLES, ids=list(BY_TABLE))
@pytest.mark.parametrize("data", ODD, ids=repr)
def test_an_odd_answer_is_no_row_that_tells_anything_else(table: kinds.Table, data: Any) -> None:
    for envelope in (samples.section(data), samples.section(data) | {"rows_key": "rows", "each": {"a": {}}}):
        found = table.find(dict.fromkeys(table.of, envelope), AT)
        for row in found or ():
            assert set(row) == {column.name for column in table.columns}
            assert all(cell is None or isinstance(cell, (str, int)) for cell in row.values())


@pytest.mark.parametrize("table", TABLES, ids=list(BY_TABLE))
def test_a_table_is_whole(table: kinds.Table) -> None:
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    assert not {"host", "read_status"} & set(names), "which every file has before them"
    assert table.worst in ("", *names)
    assert set(table.of) <= set(BY_NAME)
    for column in table.columns:
        assert column.unit in ("", *kinds.UNITS)
        assert column.name.endswith(column.unit)


def test_figures_that_name_a_table_name_a_column_of_it() -> None:
    figures = [figure for section in BY_NAME.values() for figure in section.figures]
    for figure in figures:
        if figure.unit in (kinds.DAYS, kinds.PERCENT, kinds.BYTES):
            assert figure.name.endswith(figure.unit)
        if figure.path.startswith("tables."):
            _tables, name, column = figure.path.split(".")
            (unit,) = (one.unit for one in BY_TABLE[name].columns if one.name == column)
            assert unit == figure.unit
    for section in BY_NAME.values():
        assert section.each or not any(figure.path == "each.total" for figure in section.figures)


def test_no_text_is_endless_and_no_number_is_no_count() -> None:
    found = rows(
        "packages", dsm_packages=listed({"id": "MailClient", "version": "x" * 9999, "additional": {"status": -1}})
    )
    assert found is not None
    assert (len(found[0]["version"]), found[0]["status"]) == (1000, None)
