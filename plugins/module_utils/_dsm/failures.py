# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests, and the libraries and the network below it, raise: made into one clear line."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, connection_error

try:
    import requests
    import urllib3
except ImportError:  # pragma: no cover - the tests need requests themselves
    pass  # said where the first request would be made


class _Explanation(NamedTuple):
    """``fits`` judges one of the causes; ``message`` may name url, host, timeout, ca_path and reason."""

    fits: Callable[[BaseException], bool]
    name: str
    message: str
    hint: str


def raised() -> tuple[type[BaseException], ...]:
    """What a request may raise. ValueError stands for names and texts that cannot be sent."""
    return (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError)


def explain(exception: BaseException, address: Address) -> DsmError:
    """The error that ``exception`` means."""
    causes = list(_causes(exception))
    for explanation in _explanations():
        cause = next(filter(explanation.fits, causes), None)
        if cause is not None:
            reason = getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
            message = explanation.message.format(
                url=address.url,
                host=address.host,
                timeout=f"{address.timeout:g}",
                ca_path=address.ca_path,
                reason=str(reason).rstrip("."),
            )
            return connection_error(explanation.name, message, explanation.hint)
    return connection_error("request_failed", f"{address.url} cannot be asked.", "Check host, port, https and ca_path.")


_CA_HINT = "Set ca_path to a PEM file, or to a directory of hashed certificates."
_CUT_HINT = "Try again; if it stays, ask for fewer rows (limit) and see the log of the NAS."


def _forbidden(exception: BaseException) -> bool:
    return any(isinstance(cause, PermissionError) for cause in _causes(exception))


def _of(*types: type[BaseException]) -> Callable[[BaseException], bool]:
    return lambda cause: isinstance(cause, types)


def _explanations() -> tuple[_Explanation, ...]:
    """In the order of telling most: the first one that fits any of the causes counts."""
    return (
        _Explanation(
            lambda cause: isinstance(cause, ssl.SSLError) and cause.library in ("X509", "PEM"),
            "ca_path_unusable",
            "{ca_path} holds no certificates ({reason}).",
            _CA_HINT,
        ),
        _Explanation(
            lambda cause: isinstance(cause, urllib3.exceptions.NewConnectionError) and _forbidden(cause),
            "connection_forbidden",
            "The controller is not allowed to connect to {url}.",
            "Check the firewall, and what the controller runs in.",
        ),
        _Explanation(
            _of(PermissionError, FileNotFoundError, IsADirectoryError),
            "ca_path_unusable",
            "{ca_path} does not exist or cannot be read.",
            _CA_HINT,
        ),
        _Explanation(
            _of(ssl.SSLCertVerificationError),
            "certificate_not_trusted",
            "The certificate of {url} is not trusted: {reason}.",
            "Set ca_path to the certificate, or the CA, that signed it, and host to a name that it holds.",
        ),
        _Explanation(
            _of(ssl.SSLError),
            "tls_failed",
            "{url} does not speak TLS as expected ({reason}).",
            "Check that port is DSM's HTTPS port.",
        ),
        _Explanation(
            _of(requests.Timeout, TimeoutError),
            "timeout",
            "{url} did not answer within {timeout} seconds.",
            "Check the way to the NAS, or raise timeout.",
        ),
        _Explanation(
            _of(socket.gaierror),
            "name_not_resolved",
            "The name {host} cannot be resolved.",
            "Check host, and DNS on the controller.",
        ),
        _Explanation(
            lambda cause: isinstance(cause, UnicodeEncodeError) and cause.encoding != "idna",
            "not_sendable",
            "Something to send to {url} holds characters that cannot be sent.",
            "Check the credentials for bytes that are not UTF-8.",
        ),
        _Explanation(
            _of(urllib3.exceptions.LocationValueError, requests.exceptions.InvalidURL, UnicodeError),
            "name_not_resolved",
            "{host} is not a host name.",
            "Set host to a name or an address.",
        ),
        _Explanation(
            _of(ConnectionRefusedError),
            "connection_refused",
            "{url} refuses the connection.",
            "Check that the NAS is up, and port (DSM listens on 5001 for HTTPS, on 5000 for HTTP).",
        ),
        _Explanation(
            lambda cause: isinstance(cause, OSError) and cause.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH),
            "no_route",
            "There is no route to {url}.",
            "Check host, and the network of the controller.",
        ),
        _Explanation(
            _of(urllib3.exceptions.DecodeError, requests.exceptions.ContentDecodingError),
            "truncated_json",
            "{url} answers with data that is cut short or damaged.",
            _CUT_HINT,
        ),
        _Explanation(
            _of(requests.exceptions.ChunkedEncodingError, urllib3.exceptions.IncompleteRead),
            "truncated_json",
            "{url} closed the connection in the middle of its answer.",
            _CUT_HINT,
        ),
        _Explanation(
            _of(ConnectionError, BrokenPipeError),
            "connection_broken",
            "{url} closed the connection without an answer.",
            "Check port and https; if they are right, DSM is restarting: try again later.",
        ),
        _Explanation(
            _of(HTTPException),
            "not_http",
            "{url} does not answer in HTTP.",
            "Check that port is DSM's, and https.",
        ),
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
