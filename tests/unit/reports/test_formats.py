# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
import json

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import TABLES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    named_counts,
    shown,
    visible,
    visible_lines,
    words,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import of_catalogue
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

WRITERS = {name: writer for files in FORMATS.values() for name, writer in files.items()}

# Formats that show every host; the others name those that were not read.
_OF_TABLES = {f"{name}.csv" for name in (*(table.name for table in TABLES), *of_catalogue())}
_ALL_HOSTS = {"report.json", "hosts.csv", "report.html", "junit.xml", "mailplus.prom"}


def test_formats_and_their_files() -> None:
    assert {name: set(files) for name, files in FORMATS.items()} == {
        "json": {"report.json"},
        "csv": {"hosts.csv", "findings.csv", *_OF_TABLES},
        "html": {"report.html"},
        "junit": {"junit.xml"},
        "markdown": {"report.md"},
        "prometheus": {"mailplus.prom"},
    }


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_names_the_hosts_that_were_not_read(name: str) -> None:
    text = WRITERS[name](samples.mixed_report())
    hosts = samples.mixed_report()["hosts"]
    wanted = [host for host in hosts if name in _ALL_HOSTS or (not host["server"] and name not in _OF_TABLES)]
    assert [host["host"] for host in wanted if host["host"] not in text] == []


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_is_deterministic_and_leaves_the_report_alone(name: str) -> None:
    report = samples.mixed_report()
    before = copy.deepcopy(report)
    assert WRITERS[name](report) == WRITERS[name](json.loads(json.dumps(report)))
    assert report == before


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("kind", ["hostile", "failing", "empty"])
def test_every_format_can_be_written_and_holds_nothing_unseen(name: str, kind: str) -> None:
    reports = {
        "hostile": samples.hostile_report(),
        "failing": samples.report([samples.failed(f"host{number}") for number in range(3)], [samples.rule()]),
        "empty": samples.report([]),
    }
    text = WRITERS[name](reports[kind])
    text.encode()
    # Tab and line ends are in the templates of the formats.
    assert visible(text.translate(dict.fromkeys(map(ord, "\t\r\n")))) == text.translate(
        dict.fromkeys(map(ord, "\t\r\n"))
    )


def test_json_holds_hostile_text_unchanged() -> None:
    report = samples.hostile_report()
    assert json.loads(WRITERS["report.json"](report)) == report


@pytest.mark.parametrize("point", [0, 9, 10, 13, 27, 0x7F, 0x85, 0x9B, 0xAD, 0x200E, 0x200F, 0x2028, 0x202A, 0x202E])
def test_what_is_not_seen_is_made_visible(point: int) -> None:
    assert visible(f"a{chr(point)}b") == f"a\\u{point:04x}b"


@pytest.mark.parametrize("point", [0x2066, 0x2069, 0x061C, 0xFEFF, 0x200B, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_what_turns_or_breaks_text_is_made_visible(point: int) -> None:
    assert visible(chr(point)) == f"\\u{point:04x}"


def test_what_is_seen_stays() -> None:
    text = "Gr\u00fc\u00dfe \u65e5\u672c \u05e9\u05dc\u05d5\u05dd \U0001f468\u200d\U0001f469 \\u0041"
    assert visible(text) == text


def test_values_are_shown_as_text_and_cut() -> None:
    assert shown("a\tb") == "a\\u0009b"
    assert shown({"b": [None, True], "a": "\u202e"}) == '{"a": "\\u202e", "b": [null, true]}'
    assert shown("x" * 1001) == "x" * 1000 + "… (1001 characters)"
    assert visible_lines("a\n\tb") == "a\n\\u0009b"


@pytest.mark.parametrize("name", WRITERS)
def test_totals_without_end_are_unknown_alone_and_together(name: str) -> None:
    queue = samples.listing([], by_status={"deferred": 1}) | {"total": 10**4299 * 9}
    report = samples.report([samples.record(host, queue=queue) for host in ("one", "two")], [samples.rule()])
    assert [host["sections"]["queue"]["total"] for host in report["hosts"]] == [None, None]
    assert "999" not in WRITERS[name](report).replace("999px", "")


@pytest.mark.parametrize(
    "text", ["a\u200db", "a\ufe0f", "\u200d\u05d0", "\u3164", "\U000e0041", "\u05d0\u202e\u200d\u05d0"]
)
def test_joiners_and_variants_stay_within_words_only(text: str) -> None:
    assert visible(text) != text
    assert json.loads(f'"{visible(text)}"') == text


def test_words_are_cut_however_much_their_escapes_take() -> None:
    assert words("x" * 300) == "x" * 300
    assert words("x" * 20000) == "x" * 300 + "…"
    assert len(words("\0" * 20000)) == 301


def test_no_more_than_some_names_are_counted_in_a_line() -> None:
    counts = {f"status {number}": number for number in range(1000, 1010)}
    line = named_counts({"x" * 5000: 2**60} | counts, separator=",")
    assert line.startswith("unknown " + "x" * 300 + "…, 1,000 status 1000, ")
    assert line.endswith(", and 5 more kinds")
    assert named_counts(None) == named_counts({}) == ""
