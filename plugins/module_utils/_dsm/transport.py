# SPDX-License-Identifier: GPL-3.0-or-later
"""The WebAPI of one DSM over HTTP: form-encoded POST in, JSON out. Nothing of a request is ever in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.answer import parse
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.wire import Wire

_HEADERS = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
# Of an answer as large as may be; real ones have fewer values.
_BYTES_A_VALUE = 32


class Transport(Protocol):
    """What carries requests to one DSM. A client is given one, so that it can be tried without a server."""

    def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str], *, again: bool = True
    ) -> dict[str, Any]:
        """Send ``form`` to ``/webapi/<path>`` and return the JSON object that comes back.

        ``again`` tells whether a request that a kept connection left without any answer may be sent a second time.
        Raises DsmError of kind CONNECTION when no JSON object came back.
        """

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the deadline."""

    def extend(self, seconds: float) -> None:
        """Put the deadline off to so many seconds from now, unless it is later."""

    def interrupt(self) -> None:
        """End what is under way in another thread, and let nothing begin any more."""

    def close(self) -> None:
        """Close the connection."""


class HttpTransport(Wire):
    """One HTTP connection to one DSM."""

    def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str], *, again: bool = True
    ) -> dict[str, Any]:
        """As Transport says."""
        try:
            body = urlencode(form).encode()
        except UnicodeError as error:
            raise failures.explain(error, self._address) from error
        answer = self.send(f"webapi/{path}", body, {**_HEADERS, **headers}, again=again)
        most = self._address.largest_answer // _BYTES_A_VALUE
        return parse(answer.status, answer.content_type, answer.body, self._address.url, most_values=most)
