# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import DEFAULT, select
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, privacy, records
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["ok", "ok"], "ok"),
        (["ok", "forbidden"], "partial"),
        (["forbidden", "forbidden"], "failed"),
        (["forbidden", "failed"], "failed"),
        (["unsupported", "unsupported"], "unsupported"),
        (["unsupported", "ok"], "partial"),
        (["unsupported", "failed"], "failed"),
        (["unsupported", "forbidden"], "failed"),
    ],
)
def test_status_of_a_host_that_was_asked(statuses: list[str], expected: str) -> None:
    names = ("imap_pop3", "report")
    sections = {
        name: samples.section({}) if status == "ok" else samples.refused(status)
        for name, status in zip(names, statuses, strict=True)
    }
    record = samples.record(**sections)
    assert record.status == expected
    assert (record.reason is None) == (expected == "ok")


def test_a_host_that_refuses_everything_says_why_and_keeps_what_is_known() -> None:
    record = samples.record(core=samples.refused(), queue=samples.refused("unsupported", is_list=True))
    assert record.reason == "No section could be read (forbidden: core; unsupported: queue)."
    assert record.error == samples.ERROR
    assert record.mailplus is not None
    assert records.describe(record) == record.reason


def test_an_old_server_is_not_called_empty_for_one_section() -> None:
    record = samples.record(report=samples.refused("unsupported"))
    assert record.reason == "MailPlus Server is not installed, not started or older, or does not know report."


@pytest.mark.parametrize("subset", [("min",), DEFAULT, ("all",)])
def test_a_nas_that_has_nothing_of_what_every_server_has_is_said_to_have_no_server(subset: tuple[str, ...]) -> None:
    record = samples.record(**{section.name: samples.refused("unsupported") for section in select(subset)})
    assert record.reason == "MailPlus Server is not installed, not started or older."


def test_an_exception_stays_at_its_host() -> None:
    def break_down() -> records.HostRecord:
        raise KeyError("x" * 500 + "\x1b[2J\n")

    record = records.spare(break_down, lambda error: records.unusable("one", error))
    assert record.status == "failed"
    assert record.reason is not None
    assert record.reason.startswith("What was read of this host cannot be used; please report it (KeyError: ")
    assert record.reason.isprintable()
    assert len(record.reason) < 300
    assert records.spare(lambda: 1, lambda _error: 2) == 1


def test_reason_names_the_sections_that_were_not_read() -> None:
    record = samples.record(
        core=samples.section({}), queue=samples.refused("forbidden"), report=samples.refused("failed")
    )
    assert record.reason == "forbidden: queue; failed: report"


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        (None, "not_gathered", "not asked"),
        ({"failed": True, "msg": "unused", "error": samples.ERROR}, "failed", "refuses the connection"),
        ({"failed": True, "msg": "host is missing", "error": None}, "failed", "host is missing"),
        ({"failed": True}, "failed", "could not be gathered"),
        ({"skipped": True}, "failed", "could not be gathered"),
        ({"ansible_facts": None, "msg": "x"}, "failed", "x"),
    ],
)
def test_a_host_without_state_says_why(outcome: dict[str, Any] | None, status: str, reason: str) -> None:
    record = records.host_record("one", outcome)
    assert record.status == status
    assert record.mailplus is None
    assert reason in (record.reason or "")


def test_the_record_always_has_the_same_keys() -> None:
    keys = {"schema_version", "host", "status", "reason", "error", "mailplus", "last_read"}
    for record in (samples.record(), samples.failed(), records.host_record("x", None)):
        assert set(record.as_dict()) == keys


def test_cleaning_changes_the_sections_only_and_makes_a_copy() -> None:
    record = samples.record(core=samples.section({"owner": "a@b.example"}))
    remove = privacy.cleaner("remove", None)
    cleaned = record.cleaned(remove)
    assert cleaned.mailplus is not None
    assert record.mailplus is not None
    assert cleaned.mailplus == record.mailplus | {"sections": {"core": samples.section({"owner": "[address]"})}}
    assert record.mailplus["sections"]["core"]["data"] == {"owner": "a@b.example"}
    assert samples.failed().cleaned(remove) == samples.failed()


def test_totals_count_every_status() -> None:
    counted = records.totals([samples.record(), samples.record("two"), samples.failed()])
    assert counted == {"ok": 2, "partial": 0, "unsupported": 0, "failed": 1, "not_gathered": 0}


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        (samples.listing([], by_status={}), "mails waiting: 0"),
        (samples.listing([1, 2], by_status={"active": 2}), "mails waiting: 2 (2 active)"),
        (
            samples.listing([1], total=9, truncated=True, by_status={"active": 1}),
            "mails waiting: 9 (1 active of the first 1)",
        ),
        (samples.listing([1]) | {"total": None}, "mails waiting: unknown"),
        (samples.refused(is_list=True), "mails waiting: forbidden"),
    ],
)
def test_summary_never_shows_an_unknown_queue_as_empty(queue: dict[str, Any], expected: str) -> None:
    line = records.describe(samples.record(queue=queue, core=samples.section({})))
    assert expected in line.split("; ")


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_a_file_holds_text_of_a_server_unchanged(text: str, tmp_path: Path) -> None:
    content = samples.record(core=samples.section({text: text})).as_dict()
    path = tmp_path / "one.json"
    files.write(path, files.to_json(content))
    assert json.loads(path.read_text(encoding="utf-8")) == content
    assert not files.differs(path, files.to_json(content))
    assert not files.differs_beyond_times(path, files.to_json(content))


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_a_line_of_the_summary_steers_no_terminal(text: str) -> None:
    assert records.describe(records.host_record("one", {"msg": text, "error": None})).isprintable()


def test_a_line_of_the_summary_is_short_whatever_the_server_said() -> None:
    statuses = {f"{number} " + "x" * 20000: 1 for number in range(1000)}
    queue = samples.listing([], by_status=statuses) | {"total": 10**4000}
    queue_line = records.describe(samples.record(queue=queue))
    assert queue_line == "1 of 1 sections; mails waiting: unknown"
    assert len(records.describe(samples.record(queue=queue | {"total": 1000}))) < 2000
    assert len(records.describe(records.host_record("one", {"msg": "x" * 20000, "error": None}))) == 301
