# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one DSM: form-encoded POST in, JSON out, over one kept-alive connection.

Nothing of a request is ever in the URL, redirects are not followed, HTTPS never falls back to HTTP.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.answer import parse
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import connection_error

try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:  # pragma: no cover - the tests need requests themselves
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

    class _SharedTrust(requests.adapters.HTTPAdapter):
        """Checks certificates by a context that connections share, where requests would make one for each."""

        def __init__(self, context: ssl.SSLContext | None) -> None:
            self._context = context
            super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

        def init_poolmanager(self, *args: Any, **keywords: Any) -> None:
            """Give the context to the connections, None where there is nothing to check."""
            super().init_poolmanager(*args, **keywords, ssl_context=self._context)

        def get_connection_with_tls_context(
            self, request: requests.PreparedRequest, *_others: Any, **_more: Any
        ) -> Any:
            """A connection with that context: some versions of requests would put one of their own in its place."""
            return self.poolmanager.connection_from_url(request.url)

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ARG002
            """Have the certificate checked, without a bundle being read into the context once more."""
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"


_PIECE = 65536
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate"}


_reading = Lock()


@lru_cache(maxsize=8)  # reading the bundle of all public authorities takes longer than asking a NAS
def _trusting(ca_path: str, _changed: int) -> ssl.SSLContext:
    """What checks certificates against the file or directory ``ca_path``, read once a process until it changes."""
    context: ssl.SSLContext = create_urllib3_context()
    context.load_verify_locations(**{"capath" if os.path.isdir(ca_path) else "cafile": ca_path})  # noqa: PTH112
    return context


def _trust(address: Address) -> ssl.SSLContext | None:
    """What checks the NAS's certificate, None where there is none to check."""
    if not (address.https and address.validate_certs):
        return None
    ca_path = address.ca_path or requests.utils.DEFAULT_CA_BUNDLE_PATH
    try:
        if not os.access(ca_path, os.R_OK):
            raise PermissionError
        with _reading:  # not by many threads at once
            return _trusting(os.path.abspath(ca_path), os.stat(ca_path).st_mtime_ns)  # noqa: PTH100, PTH116
    except OSError as error:
        raise failures.explain(error, replace(address, ca_path=ca_path)) from None


class Transport:
    """One HTTP connection to one DSM, opened at the first request and kept until ``close``.

    Raises DsmError of kind CONNECTION when ``ca_path`` cannot be used.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._deadline = address.deadline
        if not address.validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        # An adapter without a requests.Session follows no redirects, keeps no cookies, and takes no proxy, no CA bundle
        # and no ~/.netrc from the environment.
        self._http = _SharedTrust(_trust(address))

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        """Send ``form`` to ``/webapi/<path>`` and return the JSON object that comes back.

        Raises DsmError of kind CONNECTION when no JSON object came back.
        """
        address = self._address
        try:
            url = f"{address.url}/webapi/{path}"
            request = requests.Request("POST", url, headers={**_HEADERS, **headers}, data=dict(form)).prepare()
            response = self._http.send(
                request, stream=True, timeout=self._seconds_left(), verify=address.validate_certs
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
