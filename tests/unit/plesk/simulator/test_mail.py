# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of sites, accounts and preferences."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest
from ansible_collections.mailfleet.mailplus.tests.plesk.hosting import HOSTILE
from ansible_collections.mailfleet.mailplus.tests.unit.support.plesk import (
    PARTS,
    Asking,
    asking,
    get_info,
    get_sites,
    refusal,
    texts,
)

WHOLE = (
    "<result><status>ok</status><mailname><id>100001</id><name>anna</name>"
    "<mailbox><enabled>true</enabled><quota>1000000</quota><usage>4096</usage></mailbox>"
    "<forwarding><enabled>true</enabled><address>anna@example.net</address><address>team@example.net</address>"
    "</forwarding><alias>a</alias><alias>berger</alias>"
    "<autoresponder><enabled>true</enabled><subject>Away</subject><content_type>text/html</content_type>"
    "<charset>UTF-8</charset><text>&lt;b&gt;Monday&lt;/b&gt;</text>"
    "<attachment><tmp-name>/tmp/x</tmp-name><file-name>a.pdf</file-name></attachment>"
    "<forward>boss@example.net</forward></autoresponder>"
    "<password><value>Top-Secret-1</value><type>plain</type></password><antivir>inout</antivir>"
    "<outgoing-messages-mbox-limit>100</outgoing-messages-mbox-limit><description>The first</description>"
    "</mailname></result>"
)


def test_an_account_in_the_order_of_the_schema(server: Asking) -> None:
    anna, ben = server.accounts(1)
    assert ElementTree.tostring(anna, encoding="unicode") == WHOLE
    assert ElementTree.tostring(ben, encoding="unicode") == (
        "<result><status>ok</status><mailname><id>100002</id><name>ben</name>"
        "<mailbox><enabled>true</enabled><quota>-1</quota><usage>0</usage></mailbox>"
        "<forwarding><enabled>false</enabled></forwarding><autoresponder><enabled>false</enabled></autoresponder>"
        "<description /></mailname></result>"
    )


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ("", []),
        ("<mailbox/>", ["mailbox", "enabled", "quota"]),
        ("<mailbox-usage/>", ["mailbox", "usage"]),
        ("<aliases/>", ["alias", "alias"]),
        ("<forwarding/>", ["forwarding", "enabled", "address", "address"]),
    ],
)
def test_parts_are_told_when_they_are_asked_for(server: Asking, parts: str, told: list[str]) -> None:
    mailname = server.accounts(1, "anna", parts)[0].find("mailname")
    assert mailname is not None
    always = ["id", "name", "password", "value", "type", "antivir", "outgoing-messages-mbox-limit", "description"]
    assert [element.tag for element in mailname.iter()][1:] == [*always[:2], *told, *always[2:]]


def test_accounts_by_name(server: Asking) -> None:
    results = server.accounts(1, "ben nobody anna")
    assert [result.findtext("mailname/name") for result in results] == ["anna", "ben", None]
    assert results[-1].findtext("errcode") == "1013"


def test_a_site_without_accounts_is_a_result_without_one(server: Asking) -> None:
    (result,) = server.accounts(2)
    assert [element.tag for element in result] == ["status"]
    assert refusal(server.ask(get_info(99)), "*/*/result")[0] == 1015


def test_what_is_null_is_not_told() -> None:
    unknown = {"cp-access": True, "group": ["a", "b"], "repository": {"file": {"name": "x"}}}
    accounts = {
        "nothing": {"mailbox": None, "forwarding": None, "autoresponder": None, "description": None},
        "half": {"mailbox": {"quota": None, "usage": None}, "unknown": unknown, "user_guid": "g"},
    }
    with asking({"sites": {"example.com": {"accounts": accounts}}}) as server:
        nothing, half = server.accounts(1)
        assert [element.tag for element in nothing.iter()] == ["result", "status", "mailname", "id", "name"]
        assert [element.tag for element in half.iter("mailbox")][0:] == ["mailbox"]
        assert texts(half, "mailname/mailbox/*") == ["true"]
        assert texts(half, "mailname/group") == ["a", "b"]
        assert texts(half, "mailname/repository/file/name") == ["x"]


def test_the_shape_before_1_6_3() -> None:
    accounts = {
        "one": {"forwarding": {"address": ["x@example.net"]}, "password": {"value": "Top-Secret-1"}},
        "many": {"forwarding": {"address": ["x@example.net", "y@example.net"]}, "autoresponder": {"text": "Away"}},
    }
    with asking({"old_shapes": True, "sites": {"example.com": {"accounts": accounts}}}) as server:
        one, many = server.accounts(1)
        assert (one.findtext("*/redirect/enabled"), one.findtext("*/mailgroup/enabled")) == ("true", "false")
        assert one.findtext("mailname/password") == "Top-Secret-1"
        assert texts(many, "mailname/mailgroup/address") == ["x@example.net", "y@example.net"]
        assert many.findtext("mailname/autoresponders/autoresponder/text") == "Away"
        assert one.find(".//forwarding") is None


def test_primary_sites_are_subscriptions_and_all_others_are_sites(server: Asking) -> None:
    answer = server.ask(get_sites("webspace") + get_sites("site"))
    assert texts(answer, "webspace/get/result/id") == ["1", "3"]
    assert texts(answer, "webspace/get/result/data/gen_info/name") == ["example.com", "bücher.example"]
    assert texts(answer, "webspace/get/result/data/gen_info/ascii-name") == ["example.com", "xn--bcher-kva.example"]
    assert texts(answer, "webspace/get/result/data/gen_info/status") == ["0", "16"]
    assert texts(answer, "site/get/result/data/gen_info/name") == ["sub.example.com"]
    assert texts(answer, "site/get/result/data/gen_info/webspace-id") == ["1"]


@pytest.mark.parametrize(
    ("operator", "filters", "found"),
    [
        ("webspace", "<id>3</id><id>1</id>", ["bücher.example", "example.com"]),
        ("webspace", "<name>Example.COM</name>", ["example.com"]),
        ("webspace", "<name>xn--bcher-kva.example</name>", ["bücher.example"]),
        ("webspace", "<name>sub.example.com</name>", [None]),
        ("site", "<name>example.com</name><name>sub.example.com</name>", [None, "sub.example.com"]),
        ("site", "<parent-id>1</parent-id>", ["sub.example.com"]),
        ("site", "<parent-name>bücher.example</parent-name>", [None]),
        ("site", "<guid>nobody's</guid>", [None]),
    ],
)
def test_filters(server: Asking, operator: str, filters: str, found: list[str | None]) -> None:
    answer = server.ask(get_sites(operator, filters))
    results = answer.findall(f"{operator}/get/result")
    assert [result.findtext("data/gen_info/name") for result in results] == found
    assert [result.findtext("errcode") for result in results] == ["1013" if name is None else None for name in found]
    assert all(f">{result.findtext('filter-id')}<" in filters for result in results)


def test_a_server_without_sites() -> None:
    with asking({}) as server:
        answer = server.ask(get_sites("site") + get_sites("webspace") + "<mail><get_prefs><filter/></get_prefs></mail>")
        assert [[element.tag for element in result] for result in answer.iter("result")] == [["status"]] * 3


def test_other_datasets_are_empty(server: Asking) -> None:
    answer = server.ask(get_sites("site", dataset="<prefs/><hosting/><stat/><performance/>"))
    data = answer.find("site/get/result/data")
    assert data is not None
    assert [element.tag for element in data] == ["hosting", "stat", "prefs", "performance"]


def test_preferences_in_the_order_of_the_filter(server: Asking) -> None:
    asked = "".join(f"<site-id>{number}</site-id>" for number in (3, 99, 2))
    answer = server.ask(f"<mail><get_prefs><filter>{asked}</filter></get_prefs></mail>")
    none, error, sub = answer.iter("result")
    assert (none.findtext("site-id"), none.find("prefs/none") is not None) == ("3", True)
    assert error.findtext("errcode") == "1015"
    prefs = sub.find("prefs")
    assert prefs is not None
    assert [(element.tag, element.text) for element in prefs.iter()][1:] == [
        ("nonexistent-user", None),
        ("bounce", "Nobody"),
        ("webmail", "roundcube"),
        ("spam-protect-sign", "true"),
        ("greylisting", "true"),
        ("mailservice", "true"),
    ]


def test_all_preferences() -> None:
    prefs = {
        "nonexistent_user": {"forward": "all@example.com"},
        "webmail": None,
        "greylisting": False,
        "ip_address": ["192.0.2.1", "2001:db8::1"],
        "mail_provider": {"aps": {"package-uid": "u"}},
        "unknown": {"later": "x"},
    }
    server = {"sites": {"example.com": {"prefs": prefs}}, "mail_providers": ["local", {"aps": {"package-uid": "u"}}]}
    with asking(server) as client:
        answer = client.ask("<mail><get_prefs><filter/></get_prefs><get-available-mail-providers/></mail>")
        told = answer.find("mail/get_prefs/result/prefs")
        assert told is not None
        assert texts(told, "*") == ["", "true", "false", "true", "192.0.2.1", "2001:db8::1", "", "x"]
        assert told.findtext("nonexistent-user/forward") == "all@example.com"
        assert told.findtext("mail-provider/aps/package-uid") == "u"
        providers = answer.findall("mail/get-available-mail-providers/mail-provider")
        assert [provider[0].tag for provider in providers] == ["local", "aps"]


def test_the_server_itself(server: Asking) -> None:
    answer = server.ask("<server><get><gen_info/><stat/></get></server>")
    assert answer.findtext("server/get/result/gen_info/server_name") == "plesk.example.com"
    assert answer.find("server/get/result/stat") is None


def test_2000_accounts_of_100_sites_cost_little() -> None:
    accounts = {"user": {"count": 19, "alias": ["alias-{n}"], "description": "Number {n}"}, "info": {}}
    with asking({"sites": {"shop.example.com": {"count": 100, "accounts": accounts}}}) as server:
        names = texts(server.ask(get_sites("webspace")), "*//gen_info/name")
        assert (len(names), names[0], names[-1]) == (100, "shop-0001.example.com", "shop-0100.example.com")
        asked = "".join(get_info(number) for number in range(1, 101))
        started = time.process_time()
        answer = server.ask(asked)
        assert time.process_time() - started < 5
        mailnames = list(answer.iter("mailname"))
        assert len(mailnames) == 2000
        assert texts(mailnames[18], "*")[1:2] == ["user-0019"]
        assert (mailnames[18].findtext("alias"), mailnames[18].findtext("description")) == ("alias-19", "Number 19")
        assert len({mailname.findtext("id") for mailname in mailnames}) == 2000


def test_a_packet_of_more_than_a_megabyte(server: Asking) -> None:
    asked = get_info(1) + get_info(2) * 10_000
    assert len(asked) > 1 << 20
    assert len(server.ask(asked)) == 10_001


def test_hostile_texts() -> None:
    account = {
        "count": 20,
        "alias": ["a"],
        "forwarding": {"address": ["x"]},
        "autoresponder": {"subject": "s", "text": "t"},
    }
    with asking({"hostile": True, "sites": {"example.com": {"accounts": {"user": account}}}}) as server:
        told = {element.text or "" for result in server.accounts(1) for element in result.iter() if len(element) == 0}
        assert told >= {text.replace("\r", "\n") for text in HOSTILE}


def test_a_site_that_fails_costs_no_other() -> None:
    errors = {"mail.get_info": {"code": 1006, "text": "Not this one"}, "webspace.get": {}}
    with asking({"sites": {"one.example.com": {"errors": errors}, "two.example.com": {}}}) as server:
        answer = server.ask(get_info(1) + get_info(2) + get_sites("webspace"))
        assert texts(answer, "*/*/result/status") == ["error", "ok", "error", "ok"]
        assert texts(answer, "*/*/result/errtext")[0] == "Not this one"
        assert texts(answer, "webspace/get/result/id") == ["1", "2"]
        assert server.accounts(1, parts=PARTS)[0].findtext("errcode") == "1006"
