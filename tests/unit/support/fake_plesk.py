# SPDX-License-Identifier: GPL-3.0-or-later
"""A Plesk without a wire: it answers packets with XML that a test writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from xml.etree import ElementTree

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ServerError, connection_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.wire import Answer
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.answer import parse
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import Client
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element

ADDRESS = Address("plesk.example.com", 8443)

# Makes what stands within an operation of the answer from the operation that was asked.
Answering = Callable[[ElementTree.Element], str]


def parsed(body: bytes | str, status: int = 200, content_type: str = "text/xml") -> Element:
    return parse(Answer(status, content_type, body if isinstance(body, bytes) else body.encode()), ADDRESS)


def element(body: str) -> Element:
    """An element as it stands in a packet."""
    return parsed(f"<packet>{body}</packet>").children[0]


def result(inner: str = "") -> str:
    return f"<result><status>ok</status>{inner}</result>"


def error(code: int | str, text: str = "That went wrong.", beside: str = "") -> str:
    return f"<result><status>error</status><errcode>{code}</errcode><errtext>{text}</errtext>{beside}</result>"


def system(code: int | str, text: str = "That went wrong.") -> str:
    inner = error(code, text).removeprefix("<result>").removesuffix("</result>")
    return f"<packet><system>{inner}</system></packet>"


def site(number: int, name: str, beside: str = "") -> str:
    general = f"<gen_info><name>{name}</name><ascii-name>{name}</ascii-name><status>0</status>{beside}</gen_info>"
    return result(f"<id>{number}</id><data>{general}</data>")


def account(name: str, inner: str = "") -> str:
    return result(f"<mailname><id>1</id><name>{name}</name>{inner}</mailname>")


PREFS = "<prefs><webmail>roundcube</webmail><greylisting>true</greylisting></prefs>"


class FakePlesk:
    """A transport. ``sites`` are the names of its sites, none of which is a subscription's primary one. Functions make
    what stands within an operation's answer.

    ``before`` may raise, or give a whole packet, for the number of the request and the operations in it.
    """

    def __init__(
        self,
        sites: Mapping[int, str] | None = None,
        accounts: Answering | None = None,
        preferences: Answering | None = None,
        listing: Answering | None = None,
        before: Callable[[int, list[ElementTree.Element]], str | None] | None = None,
    ) -> None:
        self.sites = {12: "example.com"} if sites is None else sites
        self._answers: dict[str, Answering] = {
            "get": listing or self._list,
            "get_info": accounts or (lambda _asked: account("anna")),
            "get_prefs": preferences or (lambda asked: result(f"<site-id>{site_id(asked)}</site-id>{PREFS}")),
        }
        self._before = before
        self.packets: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.is_closed = False

    def post(self, packet: bytes, headers: Mapping[str, str]) -> Element:
        self.packets.append(packet.decode())
        self.headers.append(dict(headers))
        asked = list(ElementTree.fromstring(packet))  # noqa: S314 - ours
        operations = [operation for operator in asked for operation in operator]
        whole = self._before(len(self.packets), operations) if self._before else None
        return parsed(whole or f"<packet>{''.join(map(self._answered, asked))}</packet>")

    def close(self) -> None:
        self.is_closed = True

    def _answered(self, operator: ElementTree.Element) -> str:
        answers = self._answers | ({"get": self._no_webspace} if operator.tag == "webspace" else {})
        inner = "".join(f"<{each.tag}>{answers[each.tag](each)}</{each.tag}>" for each in operator)
        return f"<{operator.tag}>{inner}</{operator.tag}>"

    def _no_webspace(self, asked: ElementTree.Element) -> str:
        return result() if asked.findtext("filter/name") is None else error(1013, "No such subscription")

    def _list(self, asked: ElementTree.Element) -> str:
        wanted = asked.findtext("filter/name")
        found = [site(number, name) for number, name in self.sites.items() if wanted in (None, name)]
        return "".join(found) or (result() if wanted is None else error(1013, "Site does not exist"))


def site_id(asked: ElementTree.Element) -> int:
    return int(asked.findtext("filter/site-id") or 0)


def entered(client: Client) -> AbstractContextManager[Client]:
    return client


def lost(name: str = "timeout") -> ServerError:
    return connection_error(name, "https://plesk.example.com:8443 did not answer within 30 seconds.", "Raise timeout.")


# What would show that an exception of Python's, or of a library, was printed as it is.
NOISE = re.compile(r"Traceback|<class|object at 0x|Errno|urllib3|requests\.|Expat|\b[A-Za-z]*[a-z](Error|Exception)\b")
