# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet: who may ask, in which order, and what is refused where."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.unit.support.plesk import (
    PARTS,
    Asking,
    asking,
    get_info,
    get_sites,
    refusal,
    texts,
)

SITE = "<filter><site-id>1</site-id></filter>"
SERVER = "<server><get><gen_info/></get></server>"


def test_several_operations_are_answered_in_order(server: Asking) -> None:
    asked = [
        get_info(1),
        get_sites("site"),
        get_info(2),
        get_sites("webspace"),
        "<server><get><gen_info/></get></server>",
    ]
    answer = server.ask("".join(asked))
    assert [operator.tag for operator in answer] == ["mail", "site", "mail", "webspace", "server"]
    assert texts(answer, "mail/get_info/result/mailname/name") == ["anna", "ben"]
    both = server.ask(
        f"<mail><get_info>{SITE}</get_info><get_prefs>{SITE}</get_prefs><get_info>{SITE}</get_info></mail>"
    )
    assert [operation.tag for operation in both[0]] == ["get_info", "get_prefs", "get_info"]
    assert server.plesk.requests[-1].operations == [
        ("mail", "get_info", "example.com"),
        ("mail", "get_prefs", "example.com"),
        ("mail", "get_info", "example.com"),
    ]


@pytest.mark.parametrize(
    ("operations", "complaint"),
    [
        ("", "'packet': An element is missing"),
        ("<nobody/>", "'nobody': This element is not expected"),
        ("<mail/>", "'mail': An element is missing"),
        ("<mail>text</mail>", "'mail': Text is not allowed"),
        ("<mail><get_info/></mail>", "'get_info': An element is missing. Expected is one of ( filter )"),
        (f"<mail><get_info><mailbox/>{SITE}</get_info></mail>", "'mailbox': This element is not expected"),
        (
            f"<mail><get_info>{SITE}<forwarding/><mailbox/></get_info></mail>",
            "'mailbox': This element is not expected. Expected is one of ( aliases, autoresponder )",
        ),
        (f"<mail><get_info>{SITE}<mailbox/><mailbox/></get_info></mail>", "'mailbox': This element is not expected"),
        (f"<mail><get_info>{SITE}<alias/></get_info></mail>", "'alias': This element is not expected"),
        (f"<mail><get_info>{SITE}<mailbox> </mailbox></get_info></mail>", "has to be empty"),
        (f"<mail><get_info>{SITE}<mailbox><x/></mailbox></get_info></mail>", "'x': This element is not expected"),
        (f"<mail><get_info>{SITE}<mailbox x='1'/></get_info></mail>", "'mailbox': The attribute 'x'"),
        ("<mail><get_info><filter/></get_info></mail>", "'filter': An element is missing"),
        (get_info(1).replace("<site-id>1", "<site-id>one"), "'one' is not a valid value of the type 'id_type'"),
        (get_info(0), "'0' is not a valid value"),
        (get_info(1).replace("<filter>", "<filter><name>anna</name>"), "'name': This element is not expected"),
        (get_info(1).replace("</filter>", "<site-id>2</site-id></filter>"), "Expected is one of ( name )"),
        ("<mail><get_prefs/></mail>", "'get_prefs': An element is missing"),
        ("<mail><get_prefs><filter><name>x</name></filter></get_prefs></mail>", "'name': This element"),
        ("<site><get><dataset/><filter/></get></site>", "'dataset': This element is not expected"),
        ("<site><get><filter/></get></site>", "'get': An element is missing. Expected is one of ( dataset )"),
        (
            get_sites("site", "<id>1</id><name>x</name>"),
            "'name': This element is not expected. Expected",
        ),
        (get_sites("site", "<domain-name>x</domain-name>"), "'domain-name': This element is not expected"),
        (get_sites("site", dataset="<gen_info/><gen_info/>"), "'gen_info': This element is not expected"),
        (get_sites("site", dataset="<limits/>"), "'limits': This element is not expected"),
        ("<server><get><stat/><gen_info/></get></server>", "'gen_info': This element is not expected"),
    ],
)
def test_what_the_schema_does_not_want(server: Asking, operations: str, complaint: str) -> None:
    code, text = refusal(server.ask(operations))
    assert code == 1014
    assert complaint in text


@pytest.mark.parametrize(
    "operations",
    [
        f"<request-settings><setting><name>x</name></setting></request-settings>{get_info(1)}",
        f"\n  <mail>\n <get_info>\n{SITE}\n<mailbox/> </get_info></mail>\n",
        f"<mail><get_info>{SITE}<!-- a comment --><autoresponder/></get_info></mail>",
        get_info(1).replace("<site-id>1", "<site-id> +01 "),
        get_sites("site", dataset="<stat/><gen_info/>"),
        "<server><get/></server>",
        get_sites("webspace", "<id>1</id><id>3</id>", "<limits/><mail/>"),
    ],
)
def test_what_the_schema_allows(server: Asking, operations: str) -> None:
    answer = server.ask(operations)
    assert answer.find("system") is None
    assert "error" not in texts(answer, "*/*/result/status")


@pytest.mark.parametrize("body", ["", "<packet>", "no xml", "<packet/><packet/>", "<!DOCTYPE packet><packet/>", "\x00"])
def test_what_is_no_packet(server: Asking, body: str) -> None:
    response = server.send(body)
    assert (response.status_code, b"<errcode>1014</errcode>" in response.content) == (200, True)


def test_entities_are_not_looked_at(server: Asking) -> None:
    body = '<!DOCTYPE p [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><packet><mail><get_info>&b;</get_info></mail></packet>'
    assert b"has a document type" in server.send(body).content
    assert server.plesk.requests[-1].operations == []


def test_only_xml_is_posted(server: Asking) -> None:
    assert b"<errcode>1014</errcode>" in server.send("<packet/>", headers={"Content-Type": "application/xml"}).content
    assert server.send("<packet/>", headers={"Content-Type": "text/xml; charset=utf-8"}).status_code == 200


@pytest.mark.parametrize(("version", "code"), [("1.6.9.1", None), ("1.6.6.0", None), ("1.6.99.0", 1005), ("x", 1005)])
def test_versions(server: Asking, version: str, code: int | None) -> None:
    answer = server.ask(get_info(1), version)
    assert (refusal(answer)[0] if code else None) == code
    assert answer.get("version") == (version if code is None else "1.6.9.1")
    assert server.ask(get_info(1)).get("version") == "1.6.9.1"


def test_a_login_and_a_key(server: Asking) -> None:
    login = {"KEY": None, "HTTP_AUTH_LOGIN": "admin", "HTTP_AUTH_PASSWD": server.plesk.password}
    assert texts(server.ask(get_info(1), headers=login), "*//name") == ["anna", "ben"]
    assert refusal(server.ask(get_info(1), headers={**login, "HTTP_AUTH_PASSWD": "no"}))[0] == 1001
    assert refusal(server.ask(get_info(1), headers={"KEY": None}))[0] == 1001
    assert refusal(server.ask(get_info(1), headers={"KEY": "no"}))[0] == 11003
    assert server.plesk.login_attempts == 3


def test_a_key_of_another_address() -> None:
    with asking({"users": [{"key_address": "192.0.2.1"}]}) as server:
        assert refusal(server.ask(get_info(1)))[0] == 1004


@pytest.mark.parametrize("operations", ["<nobody/>", get_info(1), "<mail><remove/></mail>"])
def test_who_asks_is_looked_at_before_what_is_asked(server: Asking, operations: str) -> None:
    assert refusal(server.ask(operations, headers={"KEY": "no"}))[0] == 11003
    assert refusal(server.ask(operations, "9.9", headers={"KEY": "no"}))[0] == 1005
    assert server.plesk.writes == []


def test_who_is_refused_too_often_is_locked_out() -> None:
    with asking({"block_after": 2, "users": [{}, {"username": "off", "secret_key": "off", "refused": 1010}]}) as server:
        assert refusal(server.ask(get_info(1), headers={"KEY": "off"}))[0] == 1010
        assert server.ask(get_sites("site")).find("system") is None  # and the count begins anew
        for _attempt in range(2):
            assert refusal(server.ask(get_info(1), headers={"KEY": "no"}))[0] == 11003
        assert refusal(server.ask(get_info(1)))[0] == 1012
        server.plesk.reset()
        assert server.ask(get_sites("site")).find("system") is None


def test_an_agent_that_is_off() -> None:
    with asking({"agent": False}) as server:
        assert refusal(server.ask(get_info(1)))[0] == 1003


@pytest.mark.parametrize(
    ("operator", "operation"),
    [
        *[("mail", name) for name in ("create", "update", "remove", "enable", "disable", "set_prefs", "rename")],
        ("server", "get_protos"),
        ("site", "del"),
        ("webspace", "set"),
        ("customer", "get"),
        ("secret_key", "create"),
    ],
)
def test_all_but_the_reads_is_noted_and_refused(server: Asking, operator: str, operation: str) -> None:
    answer = server.ask(f"<{operator}><{operation}><filter/></{operation}></{operator}>{get_info(1)}")
    assert refusal(answer, f"{operator}/{operation}/result")[0] == 1006
    assert texts(answer, "mail/get_info/result/mailname/name") == ["anna", "ben"]
    (write,) = server.plesk.writes
    assert (write.operator, write.operation, "<filter" in write.xml) == (operator, operation, True)


def test_an_operation_that_nobody_knows(server: Asking) -> None:
    assert refusal(server.ask(f"{get_info(1)}<mail><get_all/></mail>"))[0] == 1023
    assert server.plesk.writes == []


@pytest.mark.parametrize(
    ("permissions", "refused"),
    [({"server.*": 1006}, ["server"]), ({"mail.get_*": 1006, "webspace.get": 1010}, ["mail", "webspace"]), ({}, [])],
)
def test_permissions_cost_no_other_operation(permissions: dict[str, int], refused: list[str]) -> None:
    packet = f"{get_info(1)}{get_sites('webspace')}{SERVER}"
    users: list[dict[str, Any]] = [{"permissions": permissions}, {"secret_key": "all"}]
    with asking({"sites": {"example.com": {}}, "users": users}) as server:
        answer = server.ask(packet)
        assert [operator.tag for operator in answer if operator.findtext("*/result/status") == "error"] == refused
        assert "error" not in texts(server.ask(packet, headers={"KEY": "all"}), "*/*/result/status")
    with asking({"sites": {"example.com": {}}, "permissions": permissions}) as server:
        answer = server.ask(packet)
        assert [operator.tag for operator in answer if operator.findtext("*/result/status") == "error"] == refused


def test_a_user_sees_the_sites_that_are_its_own() -> None:
    users = [{"sites": ["two.example.com"]}]
    with asking({"sites": {"one.example.com": {}, "two.example.com": {}}, "users": users}) as server:
        assert texts(server.ask(get_sites("webspace")), "*//data/gen_info/name") == ["two.example.com"]
        assert refusal(server.ask(get_sites("webspace", "<id>1</id>")), "*/*/result")[0] == 1013
        assert refusal(server.ask(get_info(1)), "*/*/result")[0] == 1015
        prefs = server.ask("<mail><get_prefs><filter/></get_prefs></mail>")
        assert texts(prefs, "*//site-id") == ["2"]


def test_an_answer_is_laid_out_where_that_is_asked_for(server: Asking) -> None:
    packet = f"<packet>{get_info(1, parts=PARTS)}</packet>"
    assert b"\n      <result>\n" in server.send(packet, headers={"HTTP_PRETTY_PRINT": "TRUE"}).content
    assert server.send(packet).content.count(b"\n") == 1


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/enterprise/", 404), ("/enterprise/control/agent", 404)])
def test_other_paths_are_pages(server: Asking, path: str, status: int) -> None:
    response = server.send("<packet/>", url=f"https://{server.plesk.host}:{server.plesk.port}{path}")
    assert (response.status_code, "<html>" in response.text) == (status, True)


def test_a_packet_is_posted(server: Asking) -> None:
    assert b"<errcode>1014</errcode>" in server.send("<packet/>", method="GET").content
