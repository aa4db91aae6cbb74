# SPDX-License-Identifier: GPL-3.0-or-later
"""The XML API of one Plesk over HTTPS: a packet in, a packet out. There is no session: each request says who asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.wire import Wire
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.answer import parse
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element

_PATH = "enterprise/control/agent.php"
_HEADERS = {"Accept": "text/xml", "Content-Type": "text/xml"}


class Transport(Protocol):
    """What carries packets to one Plesk. A client is given one, so that it can be tried without a server."""

    def post(self, packet: bytes, headers: Mapping[str, str]) -> Element:
        """Send a packet, and return the one that comes back.

        Raises ServerError of kind CONNECTION when none came back.
        """

    def close(self) -> None:
        """Close the connection."""


class HttpTransport(Wire):
    """One connection to one Plesk."""

    def post(self, packet: bytes, headers: Mapping[str, str]) -> Element:
        """As Transport says."""
        return parse(self.send(_PATH, packet, {**_HEADERS, **headers}), self._address)
