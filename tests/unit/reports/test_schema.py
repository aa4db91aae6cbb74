# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import ALL, BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, privacy, records, verdicts
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import record_of
from jsonschema import Draft202012Validator

_ROOT = Path(__file__).parents[3]
REPORT, STATE = (
    Draft202012Validator(json.loads((_ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8")))
    for name in ("report", "state")
)


@pytest.fixture(scope="module")
def demo() -> Iterator[list[records.HostRecord]]:
    """What the hosts of the demo's fleet say of themselves."""
    with run_fleet(_ROOT / "tests" / "simulator" / "fleets" / "demo.yml") as fleet:
        yield [record_of(name, nas, str(fleet.ca_path), [ALL]) for name, nas in fleet.items()]


def fleet_file(found: list[records.HostRecord]) -> dict[str, Any]:
    hosts = {record.host: record.as_dict() for record in found}
    return {"schema_version": 1, "totals": records.totals(found), "hosts": hosts}


def assert_valid(validator: Draft202012Validator, value: Any) -> None:
    """Valid, and still so once it went through a file."""
    validator.validate(value)
    validator.validate(json.loads(json.dumps(value)))


@pytest.mark.parametrize("validator", [REPORT, STATE], ids=["report", "state"])
def test_the_schema_is_one(validator: Draft202012Validator) -> None:
    validator.check_schema(validator.schema)
    assert validator.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"  # type: ignore[index]


@pytest.mark.parametrize("validator", [REPORT, STATE], ids=["report", "state"])
def test_every_key_is_described_and_every_shape_of_ours_is_closed(validator: Draft202012Validator) -> None:
    for schema in _schemas(validator.schema):
        if "properties" in schema:
            assert schema["additionalProperties"] is False
            assert [key for key, value in schema["properties"].items() if not value.get("description")] == []


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _schemas(item)
    elif isinstance(value, list):
        for item in value:
            yield from _schemas(item)


@pytest.mark.parametrize("validator", [REPORT, STATE], ids=["report", "state"])
def test_the_schema_knows_the_sections_of_the_catalogue(validator: Draft202012Validator) -> None:
    (sections,) = (
        schema["properties"]["sections"]["properties"]
        for schema in _schemas(validator.schema)
        if "sections" in schema.get("properties", {})
    )
    kinds = {name: "list" if section.is_list else "section" for name, section in BY_NAME.items()}
    assert {name: value["$ref"].rpartition("/")[2] for name, value in sections.items()} == kinds


def test_the_schema_knows_the_severities_and_verdicts() -> None:
    definitions = REPORT.schema["$defs"]  # type: ignore[index]
    assert tuple(definitions["rule"]["properties"]["severity"]["enum"]) == policy.SEVERITIES
    assert tuple(definitions["verdict"]["properties"]["verdict"]["enum"]) == verdicts.VERDICTS


@pytest.mark.parametrize("mode", privacy.MODES)
def test_the_demo_is_valid(demo: list[records.HostRecord], mode: str) -> None:
    assert {record.status for record in demo} >= {"ok", "failed", "unsupported"}
    report = samples.report(demo, [samples.rule()], baseline=demo[0], mode=mode)
    assert_valid(REPORT, report)
    cleaned = [record.cleaned(privacy.cleaner(mode, "key")) for record in demo]
    assert_valid(STATE, fleet_file(cleaned))
    for record in cleaned:
        assert_valid(STATE, record.as_dict())


@pytest.mark.parametrize(
    "report",
    [
        samples.report([]),
        samples.report([samples.failed(), records.host_record("x", None)], [samples.rule()]),
        samples.mixed_report(),
        samples.hostile_report(),
    ],
    ids=["empty", "failing", "mixed", "hostile"],
)
def test_reports_are_valid(report: Report) -> None:
    assert_valid(REPORT, report)
    (writer,) = FORMATS["json"].values()
    REPORT.validate(json.loads(writer(report)))


@pytest.mark.parametrize(
    "found", [[], [samples.failed()], [samples.record(core=samples.refused())]], ids=["empty", "failing", "refused"]
)
def test_files_of_the_state_are_valid(found: list[records.HostRecord]) -> None:
    assert_valid(STATE, fleet_file(found))
    for record in found:
        assert_valid(STATE, record.as_dict())


def test_a_list_may_tell_of_its_filter_and_its_file() -> None:
    more = {
        "filtered": {"read": 3, "kept": 1, "unjudged": 0, "ended_early": False},
        "file": {"path": "queue.jsonl", "rows": 1},
    }
    record = samples.record(queue=samples.listing([1]) | more)
    assert_valid(STATE, record.as_dict())
    assert_valid(REPORT, samples.report([record]))


def _changed(report: Report, path: tuple[str | int, ...], value: Any) -> Report:
    changed = copy.deepcopy(report)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("extra",), 1),
        (("report_version",), 1),
        (("figures", 0, "by"), 1),
        (("hosts", 0, "figures", "queue_mails"), "many"),
        (("hosts", 0, "breakdowns", "queue_mails"), {"active": -1}),
        (("generated_at",), "today"),
        (("totals", "hosts", "ok"), -1),
        (("hosts", 0, "extra"), 1),
        (("hosts", 0, "status"), "fine"),
        (("hosts", 0, "sections", "queue", "data"), {}),
        (("hosts", 0, "sections", "nothing"), {}),
        (("hosts", 0, "verdicts", 0, "verdict"), "maybe"),
        (("hosts", 0, "verdicts", 0, "severity"), None),
        (("hosts", 0, "drift", "status"), None),
        (("rules", 0, "why"), None),
    ],
)
def test_another_shape_is_not_valid(path: tuple[str | int, ...], value: Any) -> None:
    assert not REPORT.is_valid(_changed(samples.mixed_report(), path, value))
