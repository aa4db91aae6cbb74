# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the simulated Plesk that hides nothing of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import requests
from ansible_collections.mailfleet.mailplus.tests.plesk import Plesk, run_plesk

PARTS = "<mailbox/><mailbox-usage/><forwarding/><aliases/><autoresponder/>"


class Asking:
    """Sends packets to a server; anything else about a request can be told."""

    def __init__(self, plesk: Plesk, session: requests.Session) -> None:
        self.plesk = plesk
        self._session = session

    def send(self, packet: str | bytes, url: str = "", method: str = "POST", **more: Any) -> requests.Response:
        headers = {"Content-Type": "text/xml", "KEY": self.plesk.secret_key, **more.pop("headers", {})}
        told = {name: value for name, value in headers.items() if value is not None}
        body = packet.encode() if isinstance(packet, str) else packet
        options = {"verify": str(self.plesk.ca_path), "timeout": 20, **more}
        return self._session.request(method, url or self.plesk.url, data=body, headers=told, **options)

    def ask(self, operations: str, version: str = "", **more: Any) -> Element:
        """The answer to a packet of these operations."""
        attribute = f' version="{version}"' if version else ""
        response = self.send(f"<packet{attribute}>{operations}</packet>", **more)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/xml"
        return parsed(response.content)

    def accounts(self, site: int, names: str = "", parts: str = PARTS) -> list[Element]:
        """The results for the accounts of a site."""
        answer = self.ask(get_info(site, names, parts))
        return answer.findall("mail/get_info/result")


def get_info(site: int, names: str = "", parts: str = PARTS) -> str:
    named = "".join(f"<name>{name}</name>" for name in names.split())
    filtered = f"<filter><site-id>{site}</site-id>{named}</filter>"
    return f"<mail><get_info>{filtered}{parts}</get_info></mail>"


def get_sites(operator: str, filters: str = "", dataset: str = "<gen_info/>") -> str:
    return f"<{operator}><get><filter>{filters}</filter><dataset>{dataset}</dataset></get></{operator}>"


def parsed(content: bytes) -> Element:
    return ElementTree.fromstring(content)  # noqa: S314 - from our own simulator


def texts(element: Element, path: str) -> list[str]:
    return [found.text or "" for found in element.iterfind(path)]


def refusal(answer: Element, path: str = "system") -> tuple[int, str]:
    """The code and text of an error."""
    (found,) = answer.iterfind(path)
    assert found.findtext("status") == "error"
    return int(found.findtext("errcode", "0")), found.findtext("errtext", "")


@contextlib.contextmanager
def asking(server: Mapping[str, Any]) -> Iterator[Asking]:
    with run_plesk(server) as plesk, requests.Session() as session:
        session.trust_env = False
        yield Asking(plesk, session)
