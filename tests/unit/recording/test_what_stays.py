# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers, states, versions and times: what of them stays, and what goes since several together would tell more."""

from __future__ import annotations

import ast
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording import words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.record import record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import dumps
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.scrub import scrub
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.times import read
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import address_of, credentials_of, record_of
from ansible_collections.mailfleet.mailplus.tests.unit.support.raw_recording import answer_of, recording_of

_CODE = Path(__file__).parents[3] / "plugins"
CHECKS = [
    (read.api, read.method) for section in BY_NAME.values() if section.kind is Kind.CHECK for read in section.reads
]
NOW = "2026-03-08T20:00:00Z"


def scrubbed(data: Any, *pair: str, **more: Any) -> Any:
    return scrub(recording_of([answer_of(data, *pair, **more)]))[0]["answers"][0]["data"]


def ever_stays(data: Any, *pair: str) -> bool:
    """Whether it does not have stand-ins, which may be equal by chance."""
    return all(scrubbed(data, *pair) == data for _each in range(12))


def test_each_section_of_a_replayed_recording_is_what_it_was(tmp_path: Path) -> None:
    """With several domains, what is read of each is found by the number that the list of domains tells."""
    nas = {"hostname": "mail.example.com", "domains": ["one.example", "two.example", "three.example"], "https": False}
    with run_fleet({"now": NOW, "nas": {"one": nas}}) as fleet:
        (one,) = fleet.values()
        raw, _warnings = record(address_of(one), credentials_of(one), CHECKS)
        before = statuses(record_of("one", one, str(fleet.ca_path), sorted(BY_NAME)))
    path = tmp_path / "one.recording.json"
    path.write_text(dumps(scrub(raw)[0]), encoding="utf-8")
    with run_fleet({"now": None, "nas": {"one": {"recording": str(path), "https": False}}}) as fleet:
        (one,) = fleet.values()
        assert statuses(record_of("one", one, str(fleet.ca_path), sorted(BY_NAME))) == before


def statuses(host: Any) -> dict[str, str]:
    return {name: envelope["status"] for name, envelope in host.mailplus["sections"].items()}


@pytest.mark.parametrize("key", ["id", "domain_id", "user_id", "policyId", "uid", "gid", "user_ids", "index", "no"])
def test_numbers_of_entries_are_the_same_wherever_they_are(key: str) -> None:
    for number in (3, 512, "3", "512", 1026, "1026", 4711_4711):
        answer = {**answer_of({"groups": [{key: number, "owner": {key: number}}], "user": {key: number}})}
        told = scrub(recording_of([{**answer, "params": {key: number}}]))[0]["answers"][0]  # type: ignore[typeddict-item]
        row = told["data"]["groups"][0]
        found = {row[key], row["owner"][key], told["data"]["user"][key], told["params"][key]}
        assert len(found) == 1
        if int(number) < 1000:
            assert found == {number}
    assert scrubbed({"user_id": "running"}) != {"user_id": "running"}
    assert not ever_stays({f"phone_{key}": 512, "card": {"no": 4711}})
    rows = [{key: number} for number in (65, 110, 110, 97)]
    assert ever_stays({"users": rows, "ids": [3, 1, 2]})


def test_the_code_of_an_error_stays_though_code_is_a_secret_of_the_rows() -> None:
    answer: Any = answer_of(None, "SYNO.MailPlusServer.License", "list", success=False)
    answer["error"] = {"code": 5594, "errors": {"code": "AB12-CD34"}}
    error = scrub(recording_of([answer]))[0]["answers"][0]["error"]
    assert error["code"] == 5594
    assert "AB12" not in json.dumps(error)


# ---------------------------------------------------------------------------------------------------------------- times


def test_what_is_public_does_not_tell_by_how_much_times_are_moved() -> None:
    packages = answer_of(
        {"packages": [{"id": "x", "timestamp": 1_770_000_001}, {"id": "y", "timestamp": 1_770_000_501}]},
        "SYNO.Core.Package",
        "list",
    )
    rest = answer_of({"time": 1_770_000_001, "firmware_date": "2026-02-02 02:40:01", "not_before": 1_770_000_001})
    for _each in range(5):
        told = scrub(recording_of([packages, rest]))[0]
        first, second = (row["timestamp"] for row in told["answers"][0]["data"]["packages"])
        found = told["answers"][1]["data"]
        begin = datetime.strptime(told["recorded_at"], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007
        shift = round((begin - datetime(2026, 3, 8, 20)).total_seconds())  # noqa: DTZ001
        assert found["time"] == 1_770_000_001 + shift
        assert second - first == 500
        assert first != found["time"]
        firmware = read(found["firmware_date"])
        assert firmware
        assert (firmware.moment - datetime(1970, 1, 1)).total_seconds() == first  # noqa: DTZ001
        assert found["not_before"] == found["time"] // 86400 * 86400


def test_the_validity_of_a_certificate_is_told_by_the_day() -> None:
    row = {"valid_from": "Mar 16 15:49:37 2025 GMT", "valid_till": "Mar 16 15:49:37 2027 GMT"}
    told = scrubbed({"certificates": [row]}, "SYNO.Core.Certificate.CRT", "list")["certificates"][0]
    for key, text in told.items():
        assert text != row[key]
        assert " 00:00:00 20" in text


@pytest.mark.parametrize("key", ["ip", "ip_range", "dhcp_lease"])
def test_an_address_is_no_time(key: str) -> None:
    data = {key: {"start": 1_466_655_187, "end": 1_466_655_190}}
    assert {str(value)[0] for value in scrubbed(data)[key].values()} == {"9"}


# -------------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    "key",
    [f"{whose}_number" for whose in ("account", "client", "member", "user", "card")]
    + ["security_code", "extension", "slot", "mode", "value"],
)
def test_a_number_of_three_digits_needs_a_key_that_says_why(key: str) -> None:
    assert not ever_stays({key: 815})
    assert not ever_stays({key: "815"})
    assert not ever_stays({key: 86400})
    assert not ever_stays({key: 65536})


@pytest.mark.parametrize("key", ["account_number", "security_code", "extension", "card_number"])
def test_of_somebody_no_number_stays(key: str) -> None:
    assert not ever_stays({key: 42})


@pytest.mark.parametrize("key", ["users_num", "user_count", "mails_total", "num_users", "max_users", "size"])
def test_an_amount_stays(key: str) -> None:
    assert ever_stays({key: 815})


def test_an_attested_number_stays_and_a_coordinate_does_not() -> None:
    assert ever_stays({"hour": 815}, "SYNO.Core.Region.NTP", "get")
    assert not ever_stays({"hour": 815})
    assert ever_stays({"load": 1.25, "progress": 99.5, "score": "1.50", "rate": "0.10"})
    assert not ever_stays({"latitude": 48.13})
    assert not ever_stays({"status": 48.13})


def test_numbers_that_spell_something_together_go() -> None:
    data = {"first": 192, "second": 168, "third": 178, "fourth": 63}
    assert not ever_stays(data)
    for codes in (b"Anna", b"Bogdan"):
        rows = [{"c": code, "mode": code} for code in codes]
        found = [[row["mode"] for row in scrubbed(rows)] for _each in range(8)]
        assert any(each != [*codes] for each in found)
        siblings = dict(zip(("mode", "type", "slot", "kind", "role", "style"), codes, strict=False))
        assert not ever_stays(siblings)
        assert not ever_stays([{"slot": str(code)} for code in codes])
    assert not ever_stays({"server": {"mode": {"slot": 65}, "type": {"slot": 110}, "kind": {"slot": 110}}})
    assert not ever_stays({"smtp": {"slot": 65}, "imap": {"slot": 110}, "pop3": {"slot": 110}})
    assert not ever_stays({"mode": [1, 2, 3]})
    assert ever_stays({"weekdays": [1, 2, 3]})
    assert ever_stays({"mode": 1, "type": 3, "kind": 2, "role": 0, "spam": 41, "virus": 3})


# --------------------------------------------------------------------------------------------------- privacy and states


def test_what_is_private_is_so_at_any_depth_unless_it_is_attested() -> None:
    assert not ever_stays({"phone": {"status": "enabled"}})
    assert not ever_stays({"phone": {"parts": {"mode": 42}}})
    assert not ever_stays({"phone": {"size": 42}})
    assert ever_stays({"phone": {"enabled": True, "value": None}})
    assert ever_stays({"users": [{"status": "enabled", "quota": 512, "active": True}]})
    assert not ever_stays({"users": [{"hobby": 42}]})
    row = {"action": "enabled", "type": "domain user"}
    assert ever_stays({"blackwhite_list": [row]}, "SYNO.MailPlusServer.Security.BlackwhiteList", "list")


@pytest.mark.parametrize(
    ("version", "stays"),
    [
        ("7.2.1-69057 Update 5", True),
        ("3.3.1-21217", True),
        ("1.0.300.4", True),
        ("7.95", True),
        ("30.1", True),
        ("31.1", False),
        ("24.12.984", False),
        ("24.12.84", False),
        ("5.9.77.142", False),
        ("1.2.3.4-5", False),
        ("1.200-30", False),
    ],
)
def test_a_version_is_no_day_and_no_address(version: str, stays: bool) -> None:
    assert ever_stays({"version": version}) is stays


def test_one_state_stays_and_more_where_they_are_known() -> None:
    assert ever_stays({"status": "not_installed", "role": "domain user", "mode": "strict"})
    assert not ever_stays({"status": "private mail user"})
    assert not ever_stays({"value": "link"})
    assert not ever_stays({"value": "day"})
    assert ever_stays({"priority": "low", "level": "high", "value": "running"})
    rows = [{"name": "Spam"}, {"value": "spam", "status": "spam"}]
    assert scrubbed(rows)[1]["value"] != "spam"
    assert words.AMBIGUOUS_STATES & words.STATES


def test_the_names_of_failures_are_those_of_the_code() -> None:
    place = {"connection_error": 0, "local_error": 0, "unsupported_error": 0, "ErrorDetails": 0, "Meaning": 1}
    found = {"unknown", "no_such_entry"}
    asked = [path for path in (_CODE / "module_utils").rglob("*.py") if "_plesk" not in path.parts]
    for path in asked:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in place:
                argument = node.args[place[node.func.id]]  # type: ignore[attr-defined]
                found |= {str(argument.value)} if isinstance(argument, ast.Constant) else set()
    assert found == words.FAILURES
    told = scrub(recording_of([answer_of(None, failed=name) for name in ("timeout", "support_team")]))[0]["answers"]
    assert [answer["failed"] for answer in told] == ["timeout", "error"]


# ------------------------------------------------------------------------------------------------------ lists and sizes


def test_a_strict_recording_tells_no_lengths_and_a_size_is_rounded() -> None:
    answer = answer_of({"items": [1]}, cut={"data.items": 4711}, size=123_456)
    told = [scrub(recording_of([answer]), strict=strict)[0]["answers"][0] for strict in (False, True)]
    assert told[0]["cut"] == {"data.items": 4711}
    assert "cut" not in told[1]
    assert {each["size"] for each in told} == {120_000}


def test_many_cut_lists_below_many_keys_are_found_at_once() -> None:
    data = {f"gudrun{number}": {"": [number]} for number in range(3000)}
    cut = {f"data.{key}.": 70 for key in data}
    told = scrub(recording_of([answer_of(data, cut=cut)]))[0]["answers"][0]
    names = {f"data.{key}.{name}" for key, value in told["data"].items() for name in value}
    assert {*told["cut"]} == names
