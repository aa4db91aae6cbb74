# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that the user names: what is under them is personal, or a subject, wherever it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Baseline, Comparison
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean, cleaner
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import describe
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

NAMES = ("who-is", "serialNumber", "cause")
SECRETS = ("Anna Muster", "Lunch", "S3rial", "Anna is away", 4711)
ROW = {"who_is": "Anna Muster", "mail": {"about": "Lunch"}, "cause": "Anna is away", "id": 1, "state": "held"}
ROW_KEYS = {"subject": ["mail.about"], "reason": ["cause"]}
SUMMARY = {
    "rows": 1,
    "complete": True,
    "by_status": {"held": 1},
    "top_reasons": [{"value": "Anna is away", "count": 1}],
}
IMAP = {"enable": True, "serial_number": "S3rial", "deep": [{"WhoIs": ["Anna Muster", 4711]}]}


def record(**imap: Any) -> Any:
    queue = samples.listing([ROW]) | {"summary": SUMMARY, "row_keys": ROW_KEYS}
    return samples.record(queue=queue, imap_pop3=samples.section({**IMAP, **imap}))


def shown(value: Any) -> list[Any]:
    text = json.dumps(value)
    return [secret for secret in SECRETS if str(secret) in text]


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_what_is_under_a_named_key_is_in_no_file(mode: str) -> None:
    clean = cleaner(mode, "key", NAMES)
    state = record().cleaned(clean).mailplus
    assert state is not None
    assert shown(state) == []
    queue = state["sections"]["queue"]
    assert queue["row_keys"] == ROW_KEYS
    assert {**queue["summary"], "top_reasons": 0} == {**SUMMARY, "top_reasons": 0}
    assert queue["summary"]["top_reasons"][0]["count"] == 1
    assert queue["data"]["items"][0]["mail"]["about"].startswith("[subject")
    assert queue["data"]["items"][0]["state"] == "held"
    assert shown(describe(record(), clean)) == []
    assert record().cleaned(clean).cleaned(clean) == record().cleaned(clean)


def test_without_a_name_it_stays_and_words_of_ours_stay_always() -> None:
    state = record().cleaned(cleaner("remove", None)).mailplus
    assert shown(state) == [secret for secret in SECRETS if secret != "Lunch"]
    names = ("status", "message", "name", "error", "summary", "data", "total", "rows", "value", "count", "kind")
    broken = samples.record(queue=samples.refused(is_list=True))
    assert broken.cleaned(cleaner("remove", None, names)) == broken
    assert cleaner("keep", None, NAMES)(IMAP) == IMAP


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_no_finding_and_no_report_shows_it(mode: str) -> None:
    paths = {
        "data.items.0.who_is": "queue",
        "data.items.0.mail.about": "queue",
        "summary.top_reasons.0.value": "queue",
        "data.serial_number": "imap_pop3",
    }
    sources = [
        samples.rule(id=f"rule_{number}", section=section, path=path, condition={"equals": "other"})
        for number, (path, section) in enumerate(paths.items())
    ]
    host = record()
    clean = cleaner(mode, "key", NAMES)
    found = samples.judge(host, *sources)
    compared = Baseline(record(serial_number="other").as_dict(), clean).compare(host, Comparison())
    results = [HostResult(host, found, compared, clean.of_state(host.mailplus))]
    report = build_report(results, samples.rules(*sources), title="Fleet", generated_at=samples.NOW)
    assert shown(report) == []
    (difference,) = report["hosts"][0]["drift"]["differences"]
    assert difference["path"] == "imap_pop3.data.serial_number"


@pytest.mark.parametrize(("written", "run"), [("remove", "keep"), ("remove", "remove"), ("remove", "hash")])
def test_what_was_removed_cannot_be_compared_and_is_not_told_as_changed(written: str, run: str) -> None:
    baseline = Baseline(record().cleaned(cleaner(written, "key", NAMES)).as_dict(), cleaner(run, "key", NAMES))
    compared = baseline.compare(record(serial_number="another"), Comparison())
    assert compared.differences == []
    assert "imap_pop3.data.serial_number" in [each.path for each in compared.not_compared]


def test_hashes_are_compared() -> None:
    clean = cleaner("hash", "key", NAMES)
    baseline = Baseline(record().cleaned(clean).as_dict(), clean)
    assert baseline.compare(record(), Comparison()).differences == []
    assert [each.path for each in baseline.compare(record(serial_number="x"), Comparison()).differences] == [
        "imap_pop3.data.serial_number"
    ]


def test_names_of_entries_are_hidden_where_the_key_that_names_them_is_named() -> None:
    domains = samples.listing([{"name": "secret.example"}])
    aliases = {**samples.section({"secret.example": {"alias_list": []}}), "each": {"secret.example": {"total": 0}}}
    state = samples.record(domains=domains, aliases=aliases).cleaned(cleaner("remove", None, ["name"])).mailplus
    assert state is not None
    assert "secret.example" not in json.dumps(state["sections"])


def test_the_same_keys_make_the_same_cleaner() -> None:
    clean = cleaner("remove", None, NAMES)
    assert clean.of_state(record().mailplus) == clean.of_state(record().mailplus) != clean
    assert clean.of_state(None) == clean.of_state(samples.record().mailplus) == clean
    assert isinstance(clean, Clean)
