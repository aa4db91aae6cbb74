# SPDX-License-Identifier: GPL-3.0-or-later
"""Every recording of ``tests/recordings``, replayed: answers, envelopes, summaries, policies and reports."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.allowlist import READ_ALLOWLIST
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, privacy, verdicts
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import NOT_COMPARED
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy_files import read_policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Answer
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.reports.test_fuzzed_reports import WRITERS, check
from ansible_collections.mailfleet.mailplus.tests.unit.reports.test_schema import REPORT, assert_valid, fleet_file
from ansible_collections.mailfleet.mailplus.tests.unit.reports.test_schema import STATE as STATE_SCHEMA
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from ansible_collections.mailfleet.mailplus.tests.unit.support.contributed import FILES, INDEX, fleet_of, recording_of
from ansible_collections.mailfleet.mailplus.tests.unit.support.dsm import Dsm, client
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import record_of

_POLICIES = Path(__file__).parents[3] / "roles" / "mailplus_state" / "files" / "policies"
RULES = read_policy(_POLICIES / "hardening.yml", "hardening")
_OF_TYPE = {str: "text", bool: "boolean", int: "integer", float: "number"}

each_file = pytest.mark.parametrize("file", FILES)


@contextlib.contextmanager
def logged_in(file: str) -> Iterator[Dsm]:
    recording = recording_of(file)
    described = fleet_of(file, recording["recorded_at"])
    with run_fleet(described) as fleet, client(fleet, Path(file).stem) as dsm:
        auth = recording["apis"]["SYNO.API.Auth"]
        form = {"account": dsm.nas.username, "passwd": dsm.nas.password}
        answer = dsm.call("SYNO.API.Auth", "login", auth["maxVersion"], cgi=auth["path"], **form)
        dsm.sid = answer["data"]["sid"]
        yield dsm


@pytest.fixture(scope="module", params=FILES)
def host(request: pytest.FixtureRequest) -> Iterator[HostRecord]:
    """All sections, those that are read by their name alone included."""
    with run_fleet(fleet_of(request.param)) as fleet:
        (nas,) = fleet.values()
        yield record_of(nas.name, nas, str(fleet.ca_path), sorted(BY_NAME))
        assert (nas.writes, nas.sessions) == ([], [])


def test_the_index_names_every_file_and_no_other() -> None:
    recordings = yaml.safe_load(INDEX.read_text(encoding="utf-8"))["recordings"]
    assert sorted(each["file"] for each in recordings) == FILES
    for each in recordings:
        assert set(each) == {"file", "source", "model", "dsm", "mailplus"}
        assert each["source"] in ("simulator", "hardware")
        assert (each["source"] == "simulator") == each["file"].startswith("simulator-")
        assert [
            each[name] for name in ("model", "dsm", "mailplus") if not isinstance(each[name], (str, type(None)))
        ] == []


@each_file
def test_it_holds_nothing_that_may_not_be_asked(file: str) -> None:
    assert {(answer["api"], answer["method"]) for answer in recording_of(file)["answers"]} <= READ_ALLOWLIST


@each_file
def test_every_answer_is_the_one_that_was_recorded(file: str) -> None:
    recording = recording_of(file)
    first: dict[str, Answer] = {}
    for answer in recording["answers"]:  # what was asked twice is answered as the first time
        first.setdefault(json.dumps([answer[name] for name in ("api", "method", "version", "params")]), answer)
    with logged_in(file) as dsm:
        wrong = [key for key, answer in first.items() if "failed" not in answer and _differs(dsm, answer, recording)]
    assert wrong == []


def _differs(dsm: Dsm, answer: Answer, recording: Mapping[str, Any]) -> bool:
    values = {"integer": 0, "number": 0.0, "boolean": False} if recording["strict"] else {}
    params = {name: json.dumps(values.get(str(value), value)) for name, value in answer["params"].items()}
    path = recording["apis"][answer["api"]]["path"]
    told = dsm.call(answer["api"], answer["method"], answer["version"], cgi=path, **params)
    if recording["strict"] and "data" in told:
        told["data"] = _types(told["data"])
    return told != {name: answer[name] for name in ("data", "error", "success") if name in answer}


def _types(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _types(value) for name, value in data.items()}
    return [_types(value) for value in data] if isinstance(data, list) else _OF_TYPE.get(type(data))


@each_file
def test_what_is_told_of_the_apis_is_what_was_recorded(file: str) -> None:
    apis = recording_of(file)["apis"]
    with logged_in(file) as dsm:
        told = dsm.call("SYNO.API.Info", "query", query=",".join(apis), cgi="query.cgi")["data"]
    assert told == apis


def test_every_section_has_its_shape(host: HostRecord) -> None:
    assert_valid(STATE_SCHEMA, host.as_dict())
    assert_valid(STATE_SCHEMA, fleet_file([host]))
    sections = host.mailplus["sections"] if host.mailplus else {}
    assert set(sections) == set(BY_NAME)
    for name, envelope in sections.items():
        is_ok = envelope["status"] == "ok"
        assert (envelope["error"] is None, envelope["summary"] is not None) == (is_ok, is_ok), name


def test_the_policies_that_ship_judge_it(host: HostRecord) -> None:
    assert [verdict.rule for verdict in judged(host)] == [rule.id for rule in RULES]


def judged(host: HostRecord) -> list[verdicts.Verdict]:
    return verdicts.judge(host, policy.for_host(RULES, {}, [], {}), samples.TODAY, samples.never)


@pytest.mark.parametrize("mode", privacy.MODES)
def test_every_file_of_its_report_is_whole(host: HostRecord, mode: str) -> None:
    result = HostResult(host, judged(host), NOT_COMPARED, privacy.cleaner(mode, "key"))
    report = build_report([result], RULES, title="Replayed", generated_at=samples.NOW, limits=samples.STRICT)
    assert_valid(REPORT, report)
    for name, writer in WRITERS.items():
        check(name, writer(report), report)
