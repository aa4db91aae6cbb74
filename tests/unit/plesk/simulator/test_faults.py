# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that misbehaves: what arrives, and whom it strikes."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from ansible_collections.mailfleet.mailplus.tests.plesk.faults import FAULTS, Faults
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import FaultError
from ansible_collections.mailfleet.mailplus.tests.unit.support.plesk import (
    Asking,
    asking,
    get_info,
    get_sites,
    parsed,
    refusal,
    texts,
)

PACKET = f"<packet>{get_info(1)}</packet>"


def test_an_error_of_an_operation_or_of_a_site() -> None:
    sites = {"shop.example.com": {"count": 3, "accounts": {"anna": {}}}}
    with asking({"sites": sites}) as server:
        packet = get_info(1) + get_info(2) + get_info(3) + get_sites("webspace")
        server.plesk.faults.add("error", operator="webspace", code=1006)
        server.plesk.faults.add("error", operation="get_info", site="shop-0002.*", text="Later", after=1, first=1)
        first, second, third = (texts(server.ask(packet), "*//status") for _attempt in range(3))
        assert first == third == ["ok", "ok", "ok", "error"]
        assert second == ["ok", "error", "ok", "error"]
        server.plesk.faults.clear()
        assert "error" not in texts(server.ask(packet), "*//status")


def test_a_packet_that_is_refused_as_a_whole(server: Asking) -> None:
    server.plesk.faults.add("system", operator="mail", code=1003)
    assert refusal(server.ask(get_sites("site") + get_info(1)))[0] == 1003
    assert server.ask(get_sites("site")).find("system") is None


@pytest.mark.parametrize(
    ("fault", "path", "told"),
    [
        ({"fault": "unknown", "under": "mailname"}, "mailname/unknown-element", ["unknown", "unknown"]),
        ({"fault": "unknown", "name": "new", "value": {"a": [1, 2]}}, "new/a", ["1", "2", "1", "2"]),
        ({"fault": "duplicate", "name": "quota"}, "mailname/mailbox/quota", ["1000000", "1000000", "-1", "-1"]),
        ({"fault": "drop", "name": "name"}, "mailname/name", []),
        ({"fault": "replace", "name": "usage", "value": "much"}, "mailname/mailbox/usage", ["much", "much"]),
        ({"fault": "replace", "name": "mailbox", "value": "yes", "first": 1}, "mailname/mailbox", ["yes", ""]),
    ],
)
def test_results_that_are_spoiled(server: Asking, fault: dict[str, Any], path: str, told: list[str]) -> None:
    server.plesk.faults.add(fault.pop("fault"), **fault)
    results = server.accounts(1)
    assert [text for result in results for text in texts(result, path)] == told


def test_operations_that_are_not_answered_in_their_place(server: Asking) -> None:
    packet = get_sites("site") + get_info(1) + "<mail><get_prefs><filter/></get_prefs></mail>"
    server.plesk.faults.add("short_result", drop=1, first=1)
    assert [[operation.tag for operation in operator] for operator in server.ask(packet)] == [["get"], ["get_info"], []]
    server.plesk.faults.add("reordered_result", first=1)
    assert [operator.tag for operator in server.ask(packet)] == ["mail", "mail", "site"]
    server.plesk.faults.add("root", name="html", first=1)
    assert server.ask(packet).tag == "html"


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"fault": "doctype"}, b"<!ENTITY j "),
        ({"fault": "doctype", "content": "external"}, b"SYSTEM"),
        ({"fault": "doctype", "content": "plain"}, b"<!DOCTYPE packet>"),
        ({"fault": "encoding"}, b'encoding="UTF-16"'),
        ({"fault": "encoding", "declared": "x-nobody"}, b'encoding="x-nobody"'),
        ({"fault": "encoding", "declared": "latin-1", "used": "utf-16"}, b"\xff\xfe<\x00"),
        ({"fault": "bytes", "value": "not xml"}, b"not xml"),
        ({"fault": "empty"}, b""),
        ({"fault": "not_utf8"}, b"<name>\xff\xfe\xe9"),
        ({"fault": "cut_text"}, b"<packet "),
    ],
)
def test_packets_that_are_none(server: Asking, fault: dict[str, Any], seen: bytes) -> None:
    whole = server.send(PACKET).content
    server.plesk.faults.add(fault.pop("fault"), **fault)
    response = server.send(PACKET)
    assert (response.status_code, seen in response.content) == (200, True)
    assert response.content != whole


def test_a_plain_document_type_can_be_read_and_a_bomb_is_one(server: Asking) -> None:
    server.plesk.faults.add("doctype", content="plain", first=1)
    assert len(list(parsed(server.send(PACKET).content).iter("mailname"))) == 2
    server.plesk.faults.add("doctype", content="bomb")
    content = server.send(PACKET).content  # nobody reads it here: it grows to 8 GB
    assert (content.count(b"<!ENTITY "), content.count(b"&i;"), content.count(b"<name>&j;</name>")) == (10, 10, 2)


@pytest.mark.parametrize(("filling", "unit"), [("text", b"a"), ("dense", b"<i/>"), ("deep", b"<i>")])
def test_a_huge_packet(server: Asking, filling: str, unit: bytes) -> None:
    server.plesk.faults.add("huge", size=1000, filling=filling)
    content = server.send(PACKET).content
    assert unit * 250 in content
    assert len(list(parsed(content).iter("mailname"))) == 2


@pytest.mark.parametrize("fault", ["close", "cut_connection", "hang"])
def test_a_connection_that_ends_early(server: Asking, fault: str) -> None:
    server.plesk.faults.add(fault, first=1)
    with pytest.raises(requests.RequestException):
        server.send(PACKET, timeout=0.5)
    assert len(server.accounts(1)) == 2


@pytest.mark.parametrize(("status", "text"), [(502, "502"), (404, "404"), (200, "Plesk")])
def test_a_page_instead(server: Asking, status: int, text: str) -> None:
    server.plesk.faults.add("html", status=status)
    response = server.send(PACKET)
    assert (response.status_code, f"<h1>{text}" in response.text) == (status, True)


def test_a_redirect_and_another_type(server: Asking) -> None:
    server.plesk.faults.add("redirect", first=1)
    response = server.send(PACKET, allow_redirects=False)
    assert (response.status_code, response.headers["Location"][:8]) == (302, "https://")
    server.plesk.faults.add("content_type", value="text/html")
    assert server.send(PACKET).headers["Content-Type"] == "text/html"


def test_latency_and_dripping(server: Asking) -> None:
    server.plesk.faults.add("latency", seconds=0.2, first=1)
    assert server.send(PACKET).elapsed.total_seconds() >= 0.2
    server.plesk.faults.add("drip", seconds=0, size=100)
    assert len(server.accounts(1)) == 2


def test_described_faults_come_again_after_a_reset() -> None:
    with asking({"faults": [{"fault": "empty", "first": 1}]}) as server:
        for _round in range(2):
            assert server.send(PACKET).content == b""
            assert server.send(PACKET).content != b""
            server.plesk.reset()


@pytest.mark.parametrize("kind", sorted(FAULTS))
def test_every_fault_spares_other_operators(server: Asking, kind: str) -> None:
    server.plesk.faults.add(kind, operator="webspace")
    assert len(server.accounts(1)) == 2


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"fault": "expired"}, "unknown fault 'expired'"),
        ({"fault": "error", "site": "x", "status": 1}, "fault 'error' has no option status"),
        ({"fault": "drip", "part": "tail"}, "fault 'drip': part is 'tail'"),
        ({"fault": "doctype", "content": "none"}, "fault 'doctype': content is 'none'"),
    ],
)
def test_faults_nobody_knows(fault: dict[str, Any], message: str) -> None:
    with pytest.raises(FaultError, match=message):
        Faults([fault])
