# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables and their figures in every format, of hosts that have rows, none, or of which nobody knows."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.reports.test_markdown import elements, render
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

WRITERS = {name: writer for files in FORMATS.values() for name, writer in files.items()}
EXPIRED, LATER = "Jan  7 10:00:00 2026 GMT", "Feb 10 12:00:00 2026 GMT"


def certificate(end: str | None, name: str = "mail") -> dict[str, Any]:
    return {"subject": {"common_name": name}, "valid_till": end, "is_default": True, "services": []}


def volumes(used: int) -> dict[str, Any]:
    return samples.section(
        {"volumes": [{"id": "volume_1", "status": "normal", "size": {"total": "100", "used": used}}]}
    )


def report() -> Report:
    of_domains = {name: {"status": "ok", "total": total} for name, total in (("a.example", 3), ("b.example", 4))}
    return samples.report(
        [
            samples.record(
                "one",
                certificates=samples.listing([certificate(LATER), certificate(EXPIRED)]),
                storage=volumes(82),
                domain_users=samples.section(dict.fromkeys(of_domains)) | {"each": of_domains},
                queue=samples.listing([], by_status={}, oldest_age_seconds=None),
            ),
            samples.record("two", certificates=samples.listing([]), storage=samples.refused()),
            samples.record("three", certificates=samples.listing([certificate(None), certificate(LATER)])),
            samples.failed("four"),
        ]
    )


def figures(name: str) -> dict[str, int | None]:
    return {host["host"]: host["figures"][name] for host in report()["hosts"]}


def table(name: str, found: Report | None = None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(WRITERS[name](found or report()), newline=""), strict=True))


def test_a_figure_is_the_worst_in_its_column_and_unknown_where_any_cell_is() -> None:
    assert figures("certificate_left_days") == {"one": -4, "two": None, "three": None, "four": None}
    assert figures("volume_free_percent") == {"one": 18, "two": None, "three": None, "four": None}


def test_a_figure_over_all_entries_is_their_sum_or_unknown() -> None:
    assert figures("domain_users")["one"] == 7
    each = {"a": {"status": "ok", "total": 3}, "b": {"status": "ok", "total": None}}
    (host,) = samples.report([samples.record(domain_users=samples.section({}) | {"each": each})])["hosts"]
    assert host["figures"]["domain_users"] is None


@pytest.mark.parametrize(("data", "accounts"), [(55, 55), ({"user_limit": 55}, 55), ({"odd": 55}, None), ("55", None)])
def test_a_number_may_be_the_answer_or_stand_under_a_key_of_its_meaning(data: Any, accounts: int | None) -> None:
    (host,) = samples.report([samples.record(license_limit=samples.section(data))])["hosts"]
    assert host["figures"]["license_accounts_allowed"] == accounts


def test_the_columns_of_hosts_tell_nothing_there_from_unknown() -> None:
    rows = {row["host"]: row for row in table("hosts.csv")}
    assert [rows[host]["certificate_left_days"] for host in ("one", "two", "three", "four")] == [
        "-4",
        "none",
        "unknown",
        "unknown",
    ]
    assert rows["one"]["queue_oldest_age_seconds"] == "none"
    assert rows["two"]["queue_oldest_age_seconds"] == "unknown"


def test_a_file_of_a_table_has_a_line_for_every_host() -> None:
    rows = [(row["host"], row["read_status"], row["name"], row["left_days"]) for row in table("certificates.csv")]
    assert rows == [
        ("four", "failed", "unknown", "unknown"),
        ("one", "ok", "mail", "31"),
        ("one", "ok", "mail", "-4"),
        ("three", "ok", "mail", "unknown"),
        ("three", "ok", "mail", "31"),
        ("two", "ok", "none", "none"),
    ]
    assert [(row["host"], row["read_status"]) for row in table("volumes.csv")] == [
        ("four", "failed"),
        ("one", "ok"),
        ("three", "not asked"),
        ("two", "forbidden"),
    ]
    assert table("backups.csv") == []


def test_prometheus_has_seconds_and_ratios() -> None:
    text = WRITERS["mailplus.prom"](report())
    assert 'mailplus_certificate_left_seconds{host="one"} -345600\n' in text
    assert 'mailplus_volume_free_ratio{host="one"} 0.18\n' in text
    assert "# HELP mailplus_certificate_left_seconds Time until a certificate ends.\n" in text
    assert "# TYPE mailplus_volume_free_ratio gauge\n" in text
    assert not re.search(r'_(days|percent)|_left_seconds{host="(two|three|four)"}', text)


def test_markdown_has_the_worst_rows_first_and_says_of_whom_they_are_unknown() -> None:
    text = WRITERS["report.md"](report())
    section = text.partition("## Certificates (4)")[2].partition("##")[0]
    lines = section.strip().splitlines()
    assert [line.rpartition("Left: ")[2] for line in lines[:4]] == ["-4 days", "31 days", "31 days", "unknown"]
    assert lines[4:] == ["- unknown on 1 host: not read"]


def test_answers_of_servers_are_not_in_the_report() -> None:
    record = samples.record(core=samples.section({"who": "me"}), queue=samples.listing([{"id": "q1"}]))
    text = json.dumps(samples.report([record]))
    assert "who" not in text
    assert "q1" not in text


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_personal_data_is_taken_out_of_cells(mode: str) -> None:
    rows = [certificate(LATER, "anna@example.com"), certificate(LATER, "198.51.100.9")]
    found = samples.report([samples.record(certificates=samples.listing(rows))], mode=mode)
    for name in ("report.json", "certificates.csv", "report.md", "report.html"):
        text = WRITERS[name](found)
        assert "anna" not in text
        assert "198.51.100.9" not in text


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_text_in_a_cell_is_inert(text: str) -> None:
    host = samples.record(
        certificates=samples.listing([certificate(text, text)]),
        dsm_packages=samples.listing([{"id": "MailClient", "version": text, "additional": {"status": text}}]),
        domain_users=samples.section({}) | {"each": {text: {"status": "ok", "total": 1}}},
    )
    found = samples.report([host])
    for name in ("certificates.csv", "packages.csv", "domains.csv"):
        for row in table(name, found):
            for cell in row.values():
                assert cell.isprintable()
                assert cell.lstrip()[:1] not in tuple("=+-@\uff1d")
    html = WRITERS["report.html"](found)
    assert "<script>alert" not in html
    assert elements(render(WRITERS["report.md"](found))) <= {"h1", "h2", "p", "ul", "li", "strong", "code"}
