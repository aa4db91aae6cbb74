# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts and preferences as plain values: what is known has its type, all else is passed on."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk import mail
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.envelope import of_accounts
from ansible_collections.mailfleet.mailplus.tests.unit.support.fake_plesk import element


def account(inner: str) -> dict[str, Any]:
    return mail.account(element(f"<mailname><name>anna</name>{inner}</mailname>"), "example.com")


def preferences(inner: str) -> dict[str, Any]:
    return mail.preferences(element(f"<prefs>{inner}</prefs>"))


WHOLE = """
  <id>34</id>
  <mailbox><enabled>true</enabled><quota>104857600</quota><usage>52428800</usage></mailbox>
  <forwarding><enabled>false</enabled><address>a@example.org</address><address>b@example.org</address></forwarding>
  <alias>info</alias><alias>grüße</alias>
  <autoresponder><enabled>1</enabled><subject> Away </subject><content_type>text/plain</content_type>
    <charset>UTF-8</charset><text>Line 1
Line 2</text><attachment><tmp-name>x</tmp-name><file-name>map.pdf</file-name></attachment><forward/></autoresponder>
  <antivir>inout</antivir><outgoing-messages-mbox-limit>default</outgoing-messages-mbox-limit>
"""


def test_an_account_as_the_reference_has_it() -> None:
    assert account(WHOLE) == {
        "id": 34,
        "name": "anna",
        "address": "anna@example.com",
        "mailbox": {"enabled": True, "quota": 104857600, "unlimited": False, "usage": 52428800},
        "forwarding": {"enabled": False, "addresses": ["a@example.org", "b@example.org"]},
        "aliases": ["info", "grüße"],
        "autoresponder": {
            "enabled": True,
            "subject": " Away ",
            "content_type": "text/plain",
            "charset": "UTF-8",
            "text": "Line 1\nLine 2",
            "attachments": [{"name": "map.pdf", "tmp-name": "x"}],
            "forward": "",
        },
        "antivir": "inout",
        "outgoing-messages-mbox-limit": "default",
    }


def test_what_is_not_told_is_not_known() -> None:
    assert account("") == {
        "id": None,
        "name": "anna",
        "address": "anna@example.com",
        "mailbox": None,
        "forwarding": None,
        "aliases": [],
        "autoresponder": None,
    }
    assert account("<mailbox/>")["mailbox"] == {"enabled": None, "quota": None, "unlimited": None, "usage": None}


def test_no_limit_is_no_number() -> None:
    box = account("<mailbox><quota>-1</quota></mailbox>")["mailbox"]
    assert (box["quota"], box["unlimited"]) == (None, True)


@pytest.mark.parametrize("sent", ["", "much", "-2", "1e3", "1.5", "0x10", "٣", "9" * 5000, "+1", "<a/>"])
def test_what_is_no_number_is_not_known_and_stands_beside(sent: str) -> None:
    box = account(f"<mailbox><quota>{sent}</quota></mailbox>")["mailbox"]
    assert (box["quota"], box["unlimited"]) == (None, None)
    assert box["~quota"] == ({"a": ""} if sent == "<a/>" else sent)


@pytest.mark.parametrize("sent", ["yes", "TRUE", "", "2"])
def test_what_is_no_truth_is_not_known(sent: str) -> None:
    box = account(f"<mailbox><enabled>{sent}</enabled></mailbox>")["mailbox"]
    assert box["enabled"] is None
    assert box["~enabled"] == sent


def test_what_comes_twice_and_should_not_is_not_known() -> None:
    found = account("<mailbox><quota>1</quota></mailbox><mailbox><quota>2</quota></mailbox><id>1</id><id>2</id>")
    assert found["mailbox"] is None
    assert found["~mailbox"] == [{"quota": "1"}, {"quota": "2"}]
    assert (found["id"], found["~id"]) == (None, ["1", "2"])


def test_no_element_takes_the_place_of_a_value_of_ours() -> None:
    found = account("<address>x</address><aliases>y</aliases><_ansible_no_log>z</_ansible_no_log>")
    assert (found["address"], found["~address"]) == ("anna@example.com", "x")
    assert (found["aliases"], found["~aliases"]) == ([], "y")
    assert found["~_ansible_no_log"] == "z"


def test_an_alias_that_is_no_text_leaves_all_unknown() -> None:
    found = account("<alias>a</alias><alias><b/></alias>")
    assert (found["aliases"], found["alias"]) == (None, ["a", {"b": ""}])


@pytest.mark.parametrize("sent", ["<alias> </alias>", "<alias/>", "<alias>a</alias><alias/>"])
def test_an_alias_without_a_name_leaves_all_unknown(sent: str) -> None:
    found = account(sent)
    assert found["aliases"] is None
    assert "alias" in found


@pytest.mark.parametrize("sent", ["", "<address/>", "<address> </address>"])
def test_mail_that_goes_on_to_nobody_knows_where_is_not_told_to_stay(sent: str) -> None:
    assert account(f"<forwarding><enabled>true</enabled>{sent}</forwarding>")["forwarding"]["addresses"] is None
    assert account("<forwarding><enabled>false</enabled></forwarding>")["forwarding"]["addresses"] == []


def test_text_where_elements_should_be_is_not_lost() -> None:
    assert account("<mailbox>full</mailbox>")["mailbox"]["#text"] == "full"


def test_shapes_of_older_versions_are_passed_on() -> None:
    old = """<cp_access><enabled>true</enabled></cp_access>
    <redirect><enabled>true</enabled><address>x@example.org</address></redirect><mailgroup><address>a@example.org</address><address>b@example.org</address></mailgroup><group>g</group>
    <autoresponders><enabled>true</enabled><autoresponder><name>n</name></autoresponder></autoresponders>
    <repository><file><name>f</name></file></repository><permissions/>"""
    found = account(old)
    assert found["redirect"] == {"enabled": "true", "address": "x@example.org"}
    assert found["mailgroup"] == {"address": ["a@example.org", "b@example.org"]}
    assert found["autoresponders"] == {"enabled": "true", "autoresponder": {"name": "n"}}
    assert (found["group"], found["permissions"]) == ("g", "")
    assert found["forwarding"] is None


@pytest.mark.parametrize(
    ("sent", "action", "message", "address"),
    [
        ("<bounce>Nobody here</bounce>", "bounce", "Nobody here", None),
        ("<bounce/>", "bounce", "", None),
        ("<forward>all@example.com</forward>", "forward", None, "all@example.com"),
        ("<reject/>", "reject", None, None),
    ],
)
def test_what_happens_to_mail_for_nobody(sent: str, action: str, message: str | None, address: str | None) -> None:
    found = preferences(f"<nonexistent-user>{sent}</nonexistent-user>")
    assert found["nonexistent_user"] == {"action": action, "message": message, "address": address}


@pytest.mark.parametrize("sent", ["", "<bounce/><reject/>", "<discard/>"])
def test_what_happens_else_to_mail_for_nobody_is_not_known(sent: str) -> None:
    found = preferences(f"<nonexistent-user>{sent}</nonexistent-user>")
    assert found["nonexistent_user"] is None
    assert "nonexistent-user" in found


def test_preferences_as_the_reference_has_them() -> None:
    sent = """<webmail>roundcube</webmail><spam-protect-sign>false</spam-protect-sign><greylisting>true</greylisting>
    <mailservice>true</mailservice><ip_address>192.0.2.1</ip_address><ip_address>2001:db8::1</ip_address>
    <mail-provider><local/></mail-provider>"""
    assert preferences(sent) == {
        "nonexistent_user": None,
        "webmail": "roundcube",
        "spam_protect_sign": False,
        "greylisting": True,
        "mailservice": True,
        "ip_addresses": ["192.0.2.1", "2001:db8::1"],
        "mail_provider": {"kind": "local", "package": None},
    }


def test_a_provider_of_others() -> None:
    found = preferences("<mail-provider><aps><package-uid>u</package-uid><x>1</x></aps></mail-provider>")
    assert found["mail_provider"] == {"kind": "aps", "package": "u", "x": "1"}


def test_no_preferences_are_not_known_and_said_so() -> None:
    found = preferences("<none/>")
    assert found.pop("none") == ""
    assert found.pop("ip_addresses") == []
    assert set(found.values()) == {None}


def test_what_accounts_come_to() -> None:
    rows = [account(WHOLE), account("<mailbox><enabled>false</enabled><usage>10</usage></mailbox>"), account("")]
    assert of_accounts(rows[:1]) == {
        "accounts": 1,
        "mailboxes": 1,
        "usage": 52428800,
        "aliases": 2,
        "forwardings": 0,
        "autoresponders": 1,
    }
    assert of_accounts(rows) == {
        "accounts": 3,
        "mailboxes": None,
        "usage": None,
        "aliases": 2,
        "forwardings": None,
        "autoresponders": None,
    }
