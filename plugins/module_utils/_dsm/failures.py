# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``http.client``, and TLS and the network below it, raise: made into one clear line."""

from __future__ import annotations

import errno
import socket
import ssl
import zlib
from collections.abc import Callable
from gzip import BadGzipFile
from http.client import HTTPException, IncompleteRead
from typing import NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, connection_error

# What a request may raise: ValueError for what cannot be sent, EOFError and that of zlib for damaged compression.
RAISED = (HTTPException, OSError, ValueError, EOFError, zlib.error)


class _Explanation(NamedTuple):
    """``fits`` judges an exception; ``message`` may name url, host, timeout and reason."""

    fits: Callable[[BaseException], bool]
    name: str
    message: str
    hint: str


def explain(exception: BaseException, address: Address) -> DsmError:
    """The error that ``exception`` means."""
    for explanation in _EXPLANATIONS:
        if explanation.fits(exception):
            message = explanation.message.format(
                url=address.url, host=address.host, timeout=f"{address.timeout:g}", reason=_reason(exception)
            )
            return connection_error(explanation.name, message, explanation.hint)
    return connection_error("request_failed", f"{address.url} cannot be asked.", "Check host, port, https and ca_path.")


def unusable_ca_path(error: OSError, ca_path: str | None) -> DsmError:
    """The error of certificates to trust that cannot be read."""
    holds_none = isinstance(error, ssl.SSLError)
    what = f"holds no certificates ({_reason(error)})" if holds_none else "does not exist or cannot be read"
    hint = "Set ca_path to a PEM file, or to a directory of hashed certificates."
    return connection_error("ca_path_unusable", f"{ca_path} {what}.", hint)


def _reason(exception: BaseException) -> str:
    reason = getattr(exception, "verify_message", None) or getattr(exception, "reason", None)
    return str(reason).rstrip(".")


def _of(*types: type[BaseException]) -> Callable[[BaseException], bool]:
    return lambda exception: isinstance(exception, types)


_CUT_HINT = "Try again; if it stays, ask for fewer rows (limit) and see the log of the NAS."

# The first one that fits counts.
_EXPLANATIONS = (
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
        _of(TimeoutError),
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
        lambda exception: isinstance(exception, UnicodeEncodeError) and exception.encoding != "idna",
        "not_sendable",
        "Something to send to {url} holds characters that cannot be sent.",
        "Check the credentials for bytes that are not UTF-8.",
    ),
    _Explanation(
        _of(UnicodeError),
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
        _of(PermissionError),
        "connection_forbidden",
        "The controller is not allowed to connect to {url}.",
        "Check the firewall, and what the controller runs in.",
    ),
    _Explanation(
        lambda exception: isinstance(exception, OSError) and exception.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH),
        "no_route",
        "There is no route to {url}.",
        "Check host, and the network of the controller.",
    ),
    _Explanation(
        _of(BadGzipFile, EOFError, zlib.error),
        "truncated_json",
        "{url} answers with data that is cut short or damaged.",
        _CUT_HINT,
    ),
    _Explanation(
        _of(IncompleteRead),
        "truncated_json",
        "{url} closed the connection in the middle of its answer.",
        _CUT_HINT,
    ),
    _Explanation(
        _of(ConnectionError),
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
