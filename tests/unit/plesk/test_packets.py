# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent: reads alone, in the order of the schema, and text that stays text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import NotAllowedError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk import packets
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.packets import (
    READ_ALLOWLIST,
    Operation,
    packet,
)

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
# Everything that the reference knows of these operators, beside what only reads.
WRITES = {
    "mail": ("create", "update", "remove", "enable", "disable", "set_prefs", "rename"),
    "site": ("add", "set", "del", "set_traffic", "get_traffic", "get-physical-hosting-descriptor"),
    "webspace": ("add", "set", "del", "switch-subscription", "sync-subscription"),
    "server": ("set", "create_session", "get_protos", "srv_man", "lic-install"),
    "customer": ("get", "add", "del"),
    "secret_key": ("create", "get_info", "delete"),
    "session": ("get", "terminate"),
}


def test_all_that_can_be_sent() -> None:
    assert {
        ("mail", "get_info"),
        ("mail", "get_prefs"),
        ("mail", "get-available-mail-providers"),
        ("site", "get"),
        ("webspace", "get"),
        ("server", "get"),
    } == READ_ALLOWLIST


@pytest.mark.parametrize(
    ("operator", "name"), [(operator, name) for operator, names in WRITES.items() for name in names]
)
def test_nothing_else_can_be_built(operator: str, name: str) -> None:
    with pytest.raises(NotAllowedError, match=f"{operator} {name} is not on the read allowlist"):
        packet([*packets.sites(), Operation(operator, name)])


@pytest.mark.parametrize(
    "body",
    [
        Element("remove"),
        Element("x/></get_info><remove><filter/></remove><get_info"),
        Element("filter", [Element("site-id", [Element("set_prefs")])]),
        Element(""),
    ],
)
def test_no_element_of_another_operation_can_be_within_one(body: Element) -> None:
    with pytest.raises(NotAllowedError):
        packet([Operation("mail", "get_info", (body,))])


def test_every_operation_that_is_made_is_allowed() -> None:
    made = [*packets.sites(), *packets.sites("example.com"), packets.accounts(12), packets.preferences(12)]
    assert {operation.call for operation in made} <= READ_ALLOWLIST
    packet(made)


def test_all_sites_are_asked_for_with_an_empty_filter() -> None:
    asked = "<get><filter/><dataset><gen_info/></dataset></get>"
    asked = f"<webspace>{asked}</webspace><site>{asked}</site>"
    assert packet(packets.sites()).decode() == f"{HEAD}<packet>{asked}</packet>"


def test_elements_stand_in_the_order_of_the_schema() -> None:
    parts = "<mailbox/><mailbox-usage/><forwarding/><aliases/><autoresponder/>"
    asked = f"<mail><get_info><filter><site-id>12</site-id></filter>{parts}</get_info></mail>"
    assert packet([packets.accounts(12)]).decode() == f"{HEAD}<packet>{asked}</packet>"


def test_operations_of_many_sites_stand_in_one_packet_in_their_order() -> None:
    (mail,) = ElementTree.fromstring(packet(packets.mail(range(1, 101))))  # noqa: S314 - ours
    assert [each.tag for each in mail] == ["get_info", "get_prefs"] * 100
    assert [each.findtext("filter/site-id") for each in mail] == sorted([f"{at}" for at in range(1, 101)] * 2, key=int)


@pytest.mark.parametrize(
    "name",
    ["bücher.example", "例え.example", "</name><remove/>", "a&b;&lt;", "]]><!--", "\"quoted\" 'name'", "{{ 7 * 7 }}"],
)
def test_a_name_stays_text(name: str) -> None:
    sent = ElementTree.fromstring(packet(packets.sites(name)[1:]))  # noqa: S314 - ours
    assert sent.findtext("site/get/filter/name") == name
    assert [each.tag for each in sent.iter()] == ["packet", "site", "get", "filter", "name", "dataset", "gen_info"]
