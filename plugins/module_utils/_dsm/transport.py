# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one DSM: form-encoded POST in, JSON out, over one kept-alive connection.

Nothing of a request is ever in the URL, redirects are not followed, HTTPS never falls back to HTTP.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.answer import parse
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import connection_error

try:
    import requests
    import requests.adapters
    import urllib3
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

_PIECE = 65536


class Transport:
    """One HTTP connection to one DSM, opened at the first request and kept until ``close``.

    Raises DsmError of kind CONNECTION when ``ca_path`` cannot be read.
    """

    def __init__(self, address: Address) -> None:
        if address.validate_certs and address.ca_path and not os.access(address.ca_path, os.R_OK):
            raise failures.explain(PermissionError(), address)
        self._address = address
        self._deadline = address.deadline
        self._http = requests.Session()
        # Neither a proxy, a CA bundle nor ~/.netrc credentials from the environment: only what the options say.
        self._http.trust_env = False
        self._http.verify = (address.ca_path or True) if address.validate_certs else False
        if not address.validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        # The session id travels in the body; a cookie would be a second, unseen one.
        self._http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = requests.adapters.HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
        self._http.mount(f"{address.url}/", adapter)

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        """Send ``form`` to ``/webapi/<path>`` and return the JSON object that comes back.

        Raises DsmError of kind CONNECTION when no JSON object came back.
        """
        address = self._address
        try:
            response = self._http.post(
                f"{address.url}/webapi/{path}",
                data=dict(form),
                headers=dict(headers),
                timeout=self._seconds_left(),
                allow_redirects=False,
                stream=self._deadline is not None,
            )
            body = response.content if self._deadline is None else self._read(response)
        except failures.raised() as exception:
            self._seconds_left()  # a wait that the deadline cut short is not the NAS's
            raise failures.explain(exception, address) from None
        return parse(response.status_code, response.headers.get("Content-Type", ""), body, address.url)

    def _seconds_left(self) -> float:
        if self._deadline is None:
            return self._address.timeout
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise connection_error(
                "time_limit",
                f"{self._address.url} took longer than the time limit allows.",
                "Raise the time limit, or ask for fewer rows.",
            )
        return min(self._address.timeout, left)

    def _read(self, response: requests.Response) -> bytes:
        """The body, in pieces as they arrive, to notice the deadline while it drips."""
        read = getattr(response.raw, "read1", response.raw.read)  # urllib3 1 has no read1
        pieces = []
        while piece := read(_PIECE, decode_content=True):
            pieces.append(piece)
            self._seconds_left()
        return b"".join(pieces)

    def extend(self, seconds: float) -> None:
        """Put the deadline off to so many seconds from now, unless it is later."""
        if self._deadline is not None:
            self._deadline = max(self._deadline, time.monotonic() + seconds)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()
