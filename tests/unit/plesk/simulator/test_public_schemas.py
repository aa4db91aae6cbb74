# SPDX-License-Identifier: GPL-3.0-or-later
"""The public schemas: what the simulator takes for valid is valid, and so is what it answers."""

from __future__ import annotations

import copy
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from ansible_collections.mailfleet.mailplus.tests.plesk import schema
from ansible_collections.mailfleet.mailplus.tests.unit.support.plesk import Asking, asking, get_info, get_sites, parsed

SCHEMAS = Path(os.environ.get("PLESK_API_SCHEMAS", ""))
SERVER = "<server><get><gen_info/></get></server>"
PREFS = "<mail><get_prefs><filter><site-id>1</site-id><site-id>2</site-id></filter></get_prefs></mail>"
PROVIDERS = "<mail><get-available-mail-providers/></mail>"
SEEDS = (
    get_info(1, "anna ben") + PREFS + PROVIDERS,
    get_sites("site", "<name>a</name><name>b</name>", "<stat/><gen_info/>") + get_sites("webspace", "<id>1</id>"),
    SERVER + get_sites("site") + get_sites("site", "<parent-id>1</parent-id>", "<performance/>"),
)
NAMES = (
    *("mail", "site", "webspace", "server", "get", "get_info", "get_prefs", "get-available-mail-providers", "nobody"),
    *("filter", "dataset", "site-id", "id", "name", "guid", "parent-id", "gen_info", "stat", "limits", "prefs", "key"),
    *("mailbox", "mailbox-usage", "forwarding", "aliases", "autoresponder"),
)
TEXTS = ("", "1", "0", "-1", " 7 ", "+5", "007", "abc", "\n")


@pytest.fixture(scope="module", autouse=True)
def schemas() -> None:
    if shutil.which("xmllint") is None:
        pytest.skip("xmllint is not installed (Debian: libxml2-utils)")
    if not (SCHEMAS / "agent_output.xsd").is_file():
        pytest.skip("PLESK_API_SCHEMAS names no directory with the public schemas of Plesk's XML API")


def valid(packets: Iterable[bytes], against: str, directory: Path) -> list[bool]:
    """Of each packet, whether it is valid."""
    files = []
    for number, packet in enumerate(packets):
        files.append(directory / f"{number:04}.xml")
        files[-1].write_bytes(packet)
    command = ["xmllint", "--noout", "--schema", str(SCHEMAS / against), *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    said = set(run.stderr.splitlines())
    assert all({f"{file} validates", f"{file} fails to validate"} & said for file in files), run.stderr[:2000]
    return [f"{file} validates" in said for file in files]


def _remove(element: Element, chance: random.Random) -> None:
    if len(element):
        element.remove(chance.choice(list(element)))


def _insert(element: Element, chance: random.Random) -> None:
    element.insert(chance.randrange(len(element) + 1), Element(chance.choice(NAMES)))


def _repeat(element: Element, chance: random.Random) -> None:
    if len(element):
        element.append(copy.deepcopy(chance.choice(list(element))))


def _shuffle(element: Element, chance: random.Random) -> None:
    element[:] = chance.sample(list(element), len(element))


def _say(element: Element, chance: random.Random) -> None:
    element.text = chance.choice(TEXTS)


def _mark(element: Element, chance: random.Random) -> None:
    element.set(chance.choice(["version", "id"]), "1")


CHANGES: tuple[Callable[[Element, random.Random], None], ...] = (_remove, _insert, _repeat, _shuffle, _say, _mark)


def changed(number: int) -> Element:
    chance = random.Random(number)  # noqa: S311 - the same packets each time
    packet = parsed(f"<packet>{chance.choice(SEEDS)}</packet>".encode())
    for _change in range(chance.randrange(3)):
        chance.choice(CHANGES)(chance.choice(list(packet.iter())), chance)
    return packet


def is_taken(packet: Element) -> bool:
    try:
        schema.check(packet)
    except schema.SchemaError:
        return False
    return True


def test_packets_are_taken_and_refused_as_the_schemas_do(tmp_path: Path) -> None:
    packets = [changed(number) for number in range(1000)]
    taken = [is_taken(packet) for packet in packets]
    written = [ElementTree.tostring(packet) for packet in packets]
    assert 200 < sum(taken) < 800
    theirs = valid(written, "agent_input.xsd", tmp_path)
    assert [packet for packet, ours, other in zip(written, taken, theirs, strict=True) if ours is not other] == []


def test_answers_are_valid(server: Asking, tmp_path: Path) -> None:
    datasets = "<gen_info/><hosting/><stat/><prefs/><disk_usage/><performance/>"
    asked = [
        *SEEDS[:2],
        SERVER,
        PROVIDERS + get_info(2) + get_info(99) + get_info(1, "nobody ben", ""),
        get_sites("site", dataset=datasets) + get_sites("webspace", dataset=f"{datasets}<limits/><hosting-basic/>"),
        "<mail><get_prefs><filter/></get_prefs></mail>",
        "<mail><remove><filter/></remove></mail>",
        "<mail/>",
    ]
    answers = [server.send(f"<packet>{operations}</packet>").content for operations in asked]
    answers.append(server.send("<packet", headers={"KEY": "no"}).content)
    assert valid(answers, "agent_output.xsd", tmp_path) == [True] * len(answers)


def test_answers_with_little_and_with_much_are_valid(tmp_path: Path) -> None:
    nothing = {"mailbox": None, "forwarding": None, "autoresponder": None, "description": None}
    little = {"mailbox": {"quota": None, "usage": None}, "password": {"type": None}, "antivir": "off", "alias": [""]}
    much = {"autoresponder": {"attachment": [{}, {"file_name": "<"}], "charset": ""}, "user_guid": "g"}
    prefs = {"nonexistent_user": {"forward": "x"}, "ip_address": ["192.0.2.1"], "mail_provider": "local"}
    sites = {
        "a.example.com": {"accounts": {"nothing": nothing, "little": little, "much": much}, "prefs": prefs},
        "b.example.com": {"prefs": {"nonexistent_user": None, "webmail": None, "mailservice": None}},
        "c.example.com": {"errors": {"mail.get_prefs": {"code": 1006}, "webspace.get": {}}, "webspace": None},
    }
    for hostile in (False, True):
        with asking({"hostile": hostile, "sites": sites, "permissions": {"site.*": 1006}}) as server:
            asked = [
                get_info(1),
                get_info(2) + PREFS.replace("2", "3"),
                get_sites("webspace") + get_sites("site"),
                SERVER,
            ]
            answers = [server.send(f"<packet>{operations}</packet>").content for operations in asked]
            assert valid(answers, "agent_output.xsd", tmp_path) == [True] * len(answers)
