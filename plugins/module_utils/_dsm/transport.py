# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP to one DSM: form-encoded POST in, JSON out, over one kept-alive connection.

Nothing of a request is ever in the URL, redirects are not followed, HTTPS never falls back to HTTP.
"""

from __future__ import annotations

import errno
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, connection_error

try:
    import requests
    import requests.adapters
    import urllib3
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

_PIECE = 65536

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Address:
    """Where a DSM listens, and how far to trust the way there.

    ``timeout`` is in seconds, for the connection and for each wait for data. ``deadline`` is the moment
    (``time.monotonic``) by which all has to be done, however many waits that takes; None for none. ``ca_path`` names a
    PEM file or a directory of hashed certificates; None means the bundle that requests uses.
    """

    host: str
    port: int
    https: bool = True
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 30
    deadline: float | None = None

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"


class Transport:
    """One HTTP connection to one DSM, opened at the first request and kept until ``close``.

    Raises DsmError of kind CONNECTION when ``ca_path`` does not exist.
    """

    def __init__(self, address: Address) -> None:
        if address.validate_certs and address.ca_path and not Path(address.ca_path).exists():
            raise connection_error(
                "ca_path_unusable",
                f"{address.ca_path} does not exist.",
                "Set ca_path to a PEM file, or to a directory of hashed certificates.",
            )
        self._address = address
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
        try:
            response = self._http.post(
                f"{self._address.url}/webapi/{path}",
                data=dict(form),
                headers=dict(headers),
                timeout=self._seconds_left(),
                allow_redirects=False,
                stream=self._address.deadline is not None,
            )
            body = response.content if self._address.deadline is None else self._read(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as exception:
            raise _explain(exception, self._address) from None
        return _parse(response.status_code, response.headers, body, self._address)

    def _seconds_left(self) -> float:
        deadline = self._address.deadline
        if deadline is None:
            return self._address.timeout
        if deadline <= time.monotonic():
            raise connection_error(
                "time_limit",
                f"{self._address.url} took longer than the time limit allows.",
                "Raise the time limit, or ask for fewer rows.",
            )
        return min(self._address.timeout, deadline - time.monotonic())

    def _read(self, response: requests.Response) -> bytes:
        """The body, in pieces as they arrive, to notice the deadline while it drips."""
        read = getattr(response.raw, "read1", response.raw.read)  # urllib3 1 has no read1
        pieces = []
        while piece := read(_PIECE, decode_content=True):
            pieces.append(piece)
            self._seconds_left()
        return b"".join(pieces)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def _parse(status: int, headers: Mapping[str, str], body: bytes, address: Address) -> dict[str, Any]:
    """The JSON object in an answer. DSM labels JSON with several content types, so only the body decides."""
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise connection_error(
            "redirected",
            f"{address.url} answers with a redirect (HTTP {status}), which is not followed.",
            "Set host, port and https to where DSM really listens.",
        )
    text = body.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    if status != HTTPStatus.OK or text.startswith("<") or not text:
        content = "nothing" if not text else "HTML" if text.startswith("<") else headers.get("Content-Type", "no JSON")
        raise connection_error(
            "not_json",
            f"{address.url} answers HTTP {status} with {content[:40]} instead of JSON.",
            "Check that host and port are DSM's; if they are, DSM or a proxy is restarting: try again later.",
        )
    try:
        answer = json.loads(text, strict=False, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        raise connection_error(
            "truncated_json",
            f"{address.url} answers with JSON that is cut short or damaged.",
            "Try again; if it stays, ask for fewer rows (limit) and see the log of the NAS.",
        ) from None
    if not isinstance(answer, dict):
        raise connection_error(
            "not_dsm",
            f"{address.url} answers with JSON that is not DSM's.",
            "Check that host and port are DSM's.",
        )
    return _without_lone_surrogates(answer) if _ESCAPED_SURROGATE.search(text) else answer


def _without_lone_surrogates(value: Any) -> Any:
    """Replace halves of characters, which JSON can escape but no output can encode."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_lone_surrogates(key): _without_lone_surrogates(item) for key, item in value.items()}
    return value


def _explain(exception: BaseException, address: Address) -> DsmError:
    """Turn what HTTP, TLS or the network raised into one clear line."""
    causes = list(_causes(exception))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _explain_tls(cause, address)
    if any(isinstance(cause, (requests.Timeout, TimeoutError)) for cause in causes):
        return connection_error(
            "timeout",
            f"{address.url} did not answer within {address.timeout:g} seconds.",
            "Check the way to the NAS, or raise timeout.",
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return connection_error(
            "name_not_resolved",
            f"The name {address.host} cannot be resolved.",
            "Check host, and DNS on the controller.",
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return connection_error(
            "connection_refused",
            f"{address.url} refuses the connection.",
            "Check that the NAS is up, and port (DSM listens on 5001 for HTTPS, on 5000 for HTTP).",
        )
    return _explain_break(causes, address)


def _explain_break(causes: list[BaseException], address: Address) -> DsmError:
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if numbers & {errno.EHOSTUNREACH, errno.ENETUNREACH}:
        return connection_error(
            "no_route", f"There is no route to {address.url}.", "Check host, and the network of the controller."
        )
    if any(isinstance(cause, (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.IncompleteRead))
           for cause in causes):  # fmt: skip
        return connection_error(
            "truncated_json",
            f"{address.url} closed the connection in the middle of its answer.",
            "Try again; if it stays, ask for fewer rows (limit) and see the log of the NAS.",
        )
    if any(isinstance(cause, OSError) and not isinstance(cause, requests.RequestException) for cause in causes):
        return connection_error(
            "connection_broken",
            f"{address.url} closed the connection without an answer.",
            "Check port and https; if they are right, DSM is restarting: try again later.",
        )
    return connection_error(
        "request_failed",
        f"{address.url} cannot be asked ({type(causes[0]).__name__}).",
        "Check host, port, https and ca_path.",
    )


def _explain_tls(error: ssl.SSLError, address: Address) -> DsmError:
    if error.library in ("X509", "PEM"):
        return connection_error(
            "ca_path_unusable",
            f"{address.ca_path} holds no certificates ({error.reason}).",
            "Set ca_path to a PEM file, or to a directory of hashed certificates.",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = str(error.verify_message).rstrip(".")
        return connection_error(
            "certificate_not_trusted",
            f"The certificate of {address.url} is not trusted: {reason}.",
            "Set ca_path to the certificate, or the CA, that signed it, and host to a name that it holds.",
        )
    return connection_error(
        "tls_failed",
        f"{address.url} does not speak TLS as expected ({error.reason or 'no reason given'}).",
        "Check that port is DSM's HTTPS port.",
    )


def _causes(exception: BaseException) -> Iterator[BaseException]:
    """The exception and all that it was made from: the libraries nest the telling one in arguments and reasons."""
    pending: list[Any] = [exception]
    seen: set[int] = set()
    while pending:
        current = pending.pop(0)
        if isinstance(current, BaseException) and id(current) not in seen:
            seen.add(id(current))
            yield current
            pending += [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
