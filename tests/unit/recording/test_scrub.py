# SPDX-License-Identifier: GPL-3.0-or-later
"""What a recording keeps, what it replaces, and that the stand-ins tell the same things of each other."""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import dumps
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.scrub import CUT, scrub
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.times import read
from ansible_collections.mailfleet.mailplus.tests.unit.support.raw_recording import answer_of, recording_of, simulated

CHANCE = random.Random(7)  # noqa: S311 - always the same one


def scrubbed(data: Any, *pair: str, **options: Any) -> Any:
    recording, _kept = scrub(recording_of([answer_of(data, *pair)]), **options)
    return recording["answers"][0]["data"]


def of(recording: Any, api: str, method: str = "list") -> Any:
    found = [
        each for each in recording["answers"] if (each["api"], each["method"]) == (f"SYNO.MailPlusServer.{api}", method)
    ]
    return found[0]["data"]


def keys_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from keys_in(item)
    for item in value if isinstance(value, list) else ():
        yield from keys_in(item)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, (dict, list)):
        for name, item in value.items() if isinstance(value, dict) else ((key, item) for item in value):
            yield from leaves(item, name)
    else:
        yield key, value


# -------------------------------------------------------------------------------------------------------- what it keeps


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("enable", True),
        ("value", None),
        ("max_size", 25),
        ("max_size", 10240),
        ("port", 6514),
        ("ram", 32768),
        ("period", 86400),
        ("size", 1073741824),  # a moment of 2004 as well
        ("progress", 99.5),
        ("status", "running"),
        ("status", "not_installed"),
        ("engine", "rspamd"),
        ("encryption", "TLS"),
        ("role", "domain_user"),
        ("profile", "system administrator"),
        ("value", "yes"),
        ("value", ""),
        ("password", ""),
        ("version", "3.3.1-21217"),
        ("version_string", "DSM 7.2.1-69057 Update 5"),
        ("definition_version", "7.95"),
        ("model", "DS1821+"),
        ("id", "MailPlus-Server"),
        ("netmask", "255.255.255.0"),
        ("total", "16000000000000"),
        ("password", "[hidden]"),
    ],
)
def test_what_tells_nothing_of_anybody_stays(key: str, value: Any) -> None:
    assert scrubbed({key: value}) == {key: value}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pin", 42),
        ("password_hint", "enabled"),
        ("user", "running"),
        ("name", "deferred"),
        ("description", "none"),
        ("account", 7),
        ("pin", "0000"),
        ("recipient", "yes"),
        ("version", "192.168.1.7"),
        ("version", "12.04.1987"),
        ("version", "82640"),
        ("version", "1.02.3"),
        ("status", "Gudrun"),
        ("status", "running late"),
        ("id", 4711),
        ("id", 88442266),
        ("count", 4915123456789),
        ("status", 147.11),
        ("size", 1234.5678),
        ("time", 545184000),  # 1987
        ("number", 1780000123),  # no time, by its key
        ("value", "!§$%&/()=?"),
        ("value", "#~+*'-_.:;<>|"),
        ("value", "a"),
        ("value", "1987-04-12"),
        ("birthday", "2010-04-12"),
        ("value", 85000),
        ("value", "2019-04-12"),
        ("codes", [65, 110, 110, 97]),
        ("phone_parts", [151, 234, 56]),
        ("codes", ["65", "110", "110", "97"]),
        ("codes", [[65], [110], [110], [97]]),
        ("digits", [0, 5, 2, 1, 9]),
        ("value", 10**400),
        ("value", float("inf")),
    ],
)
def test_everything_else_is_replaced(key: str, value: Any) -> None:
    found = [[item for _key, item in leaves(scrubbed({key: value}))] for _each in range(12)]
    before = [item for _key, item in leaves(value)]
    assert {len(each) for each in found} == {len(before)}
    assert any(each != before for each in found), "a stand-in may be equal by chance"


@pytest.mark.parametrize(
    "key",
    re.findall(
        r"\S+",
        """
        gudrun gudrun_quota max.mustermann mail.example.com Max mark 192.0.2.1 vault07 berger.pst 4711 anna-size Sales
        00:11:32:aa:bb:01 correct-horse x1y2z3 mail01 mail1 support mail-admins BackupServer SMTP
        """,
    ),
)
def test_a_key_that_may_be_data_is_replaced(key: str) -> None:
    assert key not in scrubbed({key: {"count": 1}})
    assert [*scrubbed({key: {"count": 1}}).values()] == [{"count": 1}]


@pytest.mark.parametrize(
    "key",
    [
        "max_size",
        "maxMailSize",
        "enable_pop3s",
        "use_dns1",
        "is_fqdn",
        "ssdCaches",
        "smtp",
        "7",
        "default-level",
        "ipv6",
    ],
)
def test_a_key_of_a_program_stays(key: str) -> None:
    assert [*scrubbed({key: 1})] == [key]


def test_a_key_that_is_a_name_elsewhere_is_replaced_unless_it_is_attested() -> None:
    data = {"alias_list": [{"name": "billing"}, {"name": "Queue"}], "queue": 5, "total": 2, "name": "total"}
    found = scrubbed(data, "SYNO.MailPlusServer.Alias", "list")
    assert "queue" not in found
    assert "total" in found, "attested"
    assert found["alias_list"][1]["name"].casefold() in found


def test_keys_that_somebody_wants_stay_and_none_is_lost() -> None:
    data = {"gudrun": 1, "Gudrun": 2, "GUDRUN": 3, "!": 4, "": 5, "a": 6, "b": 7}
    assert [*scrubbed(data).values()] == [*data.values()]
    assert scrubbed(data, keep=["gudrun"])["gudrun"] == 1


def test_nothing_given_is_changed() -> None:
    raw = simulated()
    before = dumps(raw)
    scrub(raw)
    assert dumps(raw) == before


def test_errors_reads_and_other_parts_keep_what_is_theirs() -> None:
    raw = recording_of(
        [
            {
                **answer_of(None, "SYNO.MailPlusServer.Security.BlackwhiteList", "list"),
                "params": {"list_type": "blacklist", "offset": 20, "query": "Gudrun"},
                "success": False,
                "error": {"code": 4711, "errors": {"name": "Gudrun", "reason": "required"}},
            },
            {**answer_of(None), "failed": "truncated_json"},
            {**answer_of(None), "failed": "Gudrun said no", "version": 2**80, "seconds": math.inf},
        ]
    )
    raw["apis"]["SYNO.API.Gudrun"] = {"path": "entry.cgi"}
    raw["apis"]["SYNO.MailPlusServer.Queue"] = {"path": "gudrun/entry.cgi", "maxVersion": 1, "gudrun": 1}
    told = scrub(raw)[0]
    first, second, third = told["answers"]
    assert {key: first["params"][key] for key in ("list_type", "offset")} == {"list_type": "blacklist", "offset": 20}
    assert first["error"]["code"] == 4711
    assert first["error"]["errors"]["reason"] == "required"
    assert (second["failed"], third["failed"], third["version"], third["seconds"]) == (
        "truncated_json",
        "error",
        0,
        0.0,
    )
    assert told["apis"] == {
        "SYNO.MailPlusServer.Alias": {"path": "entry.cgi", "minVersion": 1, "maxVersion": 2},
        "SYNO.MailPlusServer.Queue": {"maxVersion": 1},
    }
    assert told["not_asked"] == raw["not_asked"]
    assert "udrun" not in dumps(told)


def test_paths_of_cut_lists_lead_to_the_same_lists() -> None:
    data = {"gudrun.altmayer": {"items": [1]}, "items": [{"rows": []}, {"rows": [1]}]}
    cut = {"data.gudrun.altmayer.items": 70, "data.items": 80, "data.items[].rows": 90, "data.nowhere": 99}
    told = scrub(recording_of([answer_of(data, cut=cut)]))[0]["answers"][0]
    name = next(iter(told["data"]))
    assert told["cut"] == {f"data.{name}.items": 70, "data.items": 80, "data.items[].rows": 90}


def test_what_is_too_deep_or_no_json_is_cut() -> None:
    data: Any = "Gudrun"
    for _level in range(900):
        data = {"value": [data]}
    assert CUT in dumps(scrub(recording_of([answer_of(data)]))[0])
    assert scrubbed({"value": {1, 2}, 3: b"Gudrun"}) == {"value": CUT, CUT: CUT}


# -------------------------------------------------------------------------------------------- what stand-ins still tell


def test_who_is_who_is_still_seen() -> None:
    told = scrub(simulated())[0]
    users = {user["name"] for user in of(told, "Domain.User")["user_list"]}
    members = {member["name"] for alias in of(told, "Alias")["alias_list"] for member in alias["member_list"]}
    assert members & users
    assert {user["name"] for user in of(told, "License", "list_active_member")["member_list"]} & users
    domain = of(told, "Domain")["domains"][0]["name"]
    assert domain.endswith(".example")
    assert {mail["sender"].partition("@")[2] for mail in of(told, "Log.Mail")["items"]} == {domain}
    assert of(told, "SMTP.General", "get")["hostname"].endswith(domain)


def test_stand_ins_have_the_same_form() -> None:
    data = {
        "sender": "Gudrun Altmayer <gudrun.altmayer@kanzlei-berger.de>",
        "user": "gudrun.altmayer",
        "ip": "87.123.45.211/24",
        "source": "2a02:8109:9ac0:5d4::1",
        "mac": "00:11:32:77:8a:1b",
        "uuid": "6f1c2b9e-77aa-4c1d-9e2f-0b5a8d3c4e71",
        "hash": "d41d8cd98f00b204e9800998ecf8427e",
        "number": 88442266,
        "pattern": "*@kanzlei-berger.de",
        "text": json.dumps({"user": "GUDRUN", "n": [1, 2]}),
    }
    found = scrubbed(data, "SYNO.MailPlusServer.Queue", "list")
    patterns = {
        "sender": r"[A-Z][a-z]+ [A-Z][a-z]+ <([a-z]+\.[a-z]+)@([a-z]+\.example)>",
        "ip": r"198\.1[89](\.\d{3}){2}/24",
        "source": r"2001:db8:f000::[0-9a-f]+",
        "mac": r"[0-9a-f]{2}(:[0-9a-f]{2}){5}",
        "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        "hash": r"[0-9a-f]{32}",
        "number": r"\d{8}",
    }
    for key, pattern in patterns.items():
        assert re.fullmatch(pattern, str(found[key])), key
    sender = re.fullmatch(patterns["sender"], found["sender"])
    assert sender
    assert (found["user"], found["pattern"]) == (sender[1], f"*@{sender[2]}")
    assert json.loads(found["text"]).popitem()[0].isalpha()
    assert sender[1].partition(".")[0].upper() in found["text"]


def test_no_two_originals_share_a_stand_in() -> None:
    names = [f"{first}{second}" for first in ("gud", "kow", "ben", "win", "xy") for second in map(str, range(40))]
    words = ["".join(map(chr, CHANCE.choices(range(97, 123), k=4))) for _each in range(3000)]
    for texts in (names, sorted({*words})):
        assert len({*scrubbed(texts)}) == len(texts)
    numbers = [*range(100_000, 103_000)]
    CHANCE.shuffle(numbers)
    assert len({*scrubbed({"id": numbers})["id"]}) == len(numbers)
    addresses = [f"10.{third}.7.{last}" for third in range(20) for last in range(100)]
    assert len({*scrubbed(addresses)}) == len(addresses)


def test_what_is_spelled_out_is_no_cipher() -> None:
    name = "annaannaannaannaanna"
    for spelled in ([*name], [f"{ord(each):02x}" for each in name], [f"u{ord(each):04x}" for each in name]):
        assert len({found for found, letter in zip(scrubbed(spelled), name, strict=True) if letter == "n"}) > 1
    text = scrubbed({"value": " ".join(name)})["value"].split()
    assert len({found for found, letter in zip(text, name, strict=True) if letter == "n"}) > 1


def test_a_stand_in_does_not_tell_what_it_stands_for() -> None:
    """Not even by never being it: of enough copies, what is missing would be the original."""
    for value in ("8", 8, "x", "78", "7"):
        assert value in {scrubbed({"pin_parts": value})["pin_parts"] for _each in range(4000)}


@pytest.mark.parametrize("value", [42, 815, 4711, 88442266, "ab", "42", "c1", "4711", 47.5])
def test_a_short_value_has_one_stand_in_in_a_recording(value: Any) -> None:
    found = scrubbed([{"account": value}] * 30)
    assert len({row["account"] for row in found}) == 1


def test_short_stand_ins_are_shared_by_no_two() -> None:
    assert len({row["account"] for row in scrubbed([{"account": number} for number in range(1500)])}) == 1500


def test_recordings_do_not_share_stand_ins() -> None:
    found = {scrubbed({"user": "gudrun.altmayer"})["user"] for _each in range(5)}
    assert len(found) == 5


def test_long_text_is_cut() -> None:
    assert len(scrubbed({"value": "x" * 10_000_000})["value"]) < 300
    assert len(scrubbed({"value": "ab " * 1_000_000})["value"]) < 600


# ---------------------------------------------------------------------------------------------------------------- times


def test_times_keep_their_distances_from_one_another_and_from_the_recording() -> None:
    raw = simulated()
    told = scrub(raw)[0]
    moved = datetime.strptime(told["recorded_at"], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007
    assert moved.year == 2026
    assert (moved.month, moved.day) == (1, 1)
    shift = moved - datetime.strptime(raw["recorded_at"], "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007
    pairs = zip(leaves(raw["answers"]), leaves(told["answers"]), strict=True)
    other = ("timestamp", "valid_from", "valid_till")  # of packages and certificates, which are public
    times = [(read(before), read(now)) for (key, before), (_same, now) in pairs if key not in other and read(before)]
    distances = Counter(now.moment - before.moment for before, now in times if before and now)
    assert set(distances) == {shift}
    assert distances[shift] > 250
    assert None not in {now for _before, now in times}


def test_no_stand_in_looks_like_a_time() -> None:
    data = [{"user": number, "number": number, "name": str(number)} for number in range(1_780_000_000, 1_780_000_300)]
    data += [{"user": number} for number in (20_260_101, 999_999_999, 4_000_000_000_000, 20_260_101_101_010)]
    assert [value for _key, value in leaves(scrubbed(data)) if read(value)] == []


# ----------------------------------------------------------------------------------------------------- use, and strict


def test_most_of_the_simulator_stays() -> None:
    raw = simulated()
    told = scrub(raw)[0]
    lost = {*keys_in(raw["answers"])} - {*keys_in(told["answers"])}
    assert len(lost) < 0.05 * len({*keys_in(raw["answers"])}), lost
    pairs = [*zip(leaves(raw["answers"]), leaves(told["answers"]), strict=True)]
    states = ("status", "role", "type", "action", "encryption", "engine", "state", "protocol", "version")
    kept = Counter((key in states, before == now) for (key, before), (_key, now) in pairs if isinstance(before, str))
    assert kept[True, True] > 0.95 * (kept[True, True] + kept[True, False])
    assert all(before == now for (_key, before), (_same, now) in pairs if before is None or isinstance(before, bool))


def test_a_strict_one_keeps_nothing_but_types() -> None:
    raw = simulated()
    told = scrub(raw, strict=True, keep=["gudrun"])[0]
    assert told["strict"] is True
    values = [value for each in told["answers"] for _key, value in leaves([each.get("data"), each.get("error")])]
    assert {*values} <= {"text", "integer", "number", "boolean", None}
    assert of(told, "Queue") == {
        "items": [{**dict.fromkeys(of(raw, "Queue")["items"][0], "text"), "time": "integer", "size": "integer"}],
        "total": "integer",
    }
    assert scrubbed([], strict=True) == []
    assert scrubbed([1, 2, "x", [1], {}, {}], strict=True) == ["integer", "text", ["integer"], {}]
    people = {"gudrun": {"count": 1}, "bogdan": {"count": 2}, "status": "running"}
    assert scrubbed(people, strict=True, keep=["gudrun"]) == {"status": "text", "key2": {"count": "integer"}}


def test_what_stays_is_told_in_few_lines() -> None:
    lines = scrub(simulated())[1].lines()
    assert len(lines) < 250
    assert max(map(len, lines)) <= 160
    text = "\n".join(lines)
    assert "role: domain_user (8)" in text
    assert lines.index("Numbers that stay, by key; large amounts are rounded to two digits:") > lines.index(lines[0])


def test_what_is_told_cannot_speak_to_a_terminal() -> None:
    raw = recording_of([answer_of({"\x1b[2Jgudrun\u202e": 1, "status": "running", "gudrun\n": "x"})])
    lines = scrub(raw)[1].lines()
    assert all(line.isprintable() for line in lines)


def test_no_stand_in_of_a_number_is_another_original() -> None:
    pins = [*range(1007, 9000, 20)]
    told = scrub(recording_of([answer_of({"user": [{"pin": pin, "note": f"Raum {pin}"} for pin in pins]})]))[0]
    found = set(re.findall(r"(?<![0-9])[0-9]{4}(?![0-9])", dumps(told)))
    assert found.isdisjoint(map(str, pins))
