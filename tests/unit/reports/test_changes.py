# SPDX-License-Identifier: GPL-3.0-or-later
"""What the formats show of changes since the last run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.changes import FINDING_WORDS, changes
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.history import FINDING_CHANGES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.changes import run_line
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.page import html
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.markdown import markdown
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.tables import changes_csv
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from ansible_collections.mailfleet.mailplus.tests.unit.support.nights import Nights

FIRST, SECOND = "2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z"


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """A night in which something of every kind changed."""
    nights = Nights(tmp_path)
    rules = [samples.rule(), samples.rule(id="two", title="Two", condition={"equals": True})]

    def host(name: str, *, on: bool, mails: int = 5) -> HostRecord:
        settings = samples.section({"enable_imap": on})
        return samples.record(name, imap_pop3=settings, queue=samples.listing([], total=mails))

    names = ["a", "b", "c", "gone", "left"]
    nights.run(FIRST, [host(name, on=name == "b") for name in names], rules)
    now = [host("a", on=True, mails=900), host("b", on=False, mails=2), samples.failed("c"), host("new", on=False)]
    return nights.run(SECOND, now, rules, inventory=[*"abc", "new", "left"])


def test_what_changed_is_told_in_a_sentence(report: Report) -> None:
    found = changes(report)
    assert found
    assert found.sentence == (
        "Since the run of 2026-01-01 02:00 UTC: 2 settings or entries changed on 2 hosts; findings: 2 newly failed, "
        "2 fixed, 1 still open; hosts: 1 not read any more, 1 new, 1 not asked, 1 gone from the inventory."
    )
    assert {*FINDING_WORDS} == {*FINDING_CHANGES}


def test_markdown_has_a_section(report: Report) -> None:
    text = markdown(report)
    part = text[text.index("## Since the last run") :].split("\n\n## ", maxsplit=1)[0]
    assert "- **not read any more** c \\(last read 2026-01-01 02:00 UTC, 1 d 0 h ago\\)" in part
    assert "- **gone from the inventory** gone" in part
    assert "- **IMAP is off** newly failed: a" in part
    assert "- **IMAP is off** fixed: b \\(since 2026-01-01 02:00 UTC\\)" in part
    assert "- **imap\\_pop3.data.enable\\_imap** changed: a \\(false → true\\), b \\(true → false\\)" in part
    assert "- **Mails waiting**: up on 1 host, down on 1 host; a: 5 → 900" in part


def test_csv_has_a_row_for_each(report: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(changes_csv(report))))
    found = {(row["kind"], row["host"], row["change"], row["name"]): (row["before"], row["now"]) for row in rows}
    assert found["host", "c", "lost", ""] == ("ok", "")
    assert found["host", "gone", "vanished", ""] == found["host", "left", "left_out", ""] == ("", "")
    assert found["setting", "a", "changed", "imap_pop3.data.enable_imap"] == ("false", "true")
    assert found["finding", "a", "new", "imap"] == ("pass", "fail")
    assert found["figure", "b", "changed", "queue_mails"] == ("5", "2")


def test_html_has_a_part(report: Report) -> None:
    text = html(report)
    assert '<h2 id="since-last-run-title">Since the last run</h2>' in text
    assert "1 not read any more" in text
    assert "5 → 900" in text
    assert text.count("run-line") >= 2


def test_without_kept_runs_no_format_says_a_word() -> None:
    told = samples.mixed_report()
    assert "last run" not in html(told) + markdown(told)
    assert changes_csv(told) == "kind,host,change,name,before,now,since,reason\r\n"


def test_hostile_text_of_earlier_runs_is_text(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    for stamp, value in ((FIRST, "old"), (SECOND, "new")):
        hosts = [
            samples.record(f"{place} {text}", imap_pop3=samples.section({text: f"{value} {text}", "enable_imap": text}))
            for place, text in enumerate(samples.HOSTILE)
        ]
        told = nights.run(stamp, hosts[1:] if value == "new" else hosts, [samples.rule(title=samples.HOSTILE[7])])
    assert "<script>alert(1)" not in html(told) + markdown(told)
    assert not [row for row in csv.reader(io.StringIO(changes_csv(told))) for cell in row if cell.startswith("=")]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ([], ""),
        ([None, None], ""),
        ([5], "M50 12h0"),
        ([0, 10], "M25 22L75 2h0"),
        ([0, None, 10], "M16.67 22 M83.33 2h0"),
    ],
)
def test_lines_have_gaps_where_nothing_is_known(values: list[int | None], path: str) -> None:
    assert run_line(values) == path


def test_files_that_cannot_be_read_are_told_in_every_format(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.run(FIRST, [samples.record("a")])
    (tmp_path / "state/history" / nights.files[0]).write_bytes(b"no gzip")
    told = nights.run(SECOND, [samples.record("a")])
    said = "No earlier run can be read: 1 file of earlier runs cannot be read."
    found = changes(told)
    assert found
    assert found.sentence == said
    assert said in markdown(told)
    assert said in html(told)
    assert changes_csv(told).splitlines()[1:] == ["run,,unreadable,2026-01-01T02-00-00Z.jsonl.gz,,,,it is damaged"]


def test_an_age_that_looks_the_same_is_no_change(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    for stamp, seconds in ((FIRST, 700_000), (SECOND, 700_001)):
        queue = samples.listing([], total=5, oldest_age_seconds=seconds)
        told = nights.run(stamp, [samples.record("a", queue=queue)])
    found = changes(told)
    assert found
    assert found.figures == []
