# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps an answer of one DSM from arriving, each as one clear line."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    DsmError,
    connection_error,
    local_error,
)

_Explain = Callable[[BaseException, Address], DsmError]


def explain(exception: BaseException, address: Address) -> DsmError:
    """The error that an exception of the socket, of TLS or of a name that cannot be means."""
    for type_, explanation in _EXPLANATIONS:
        if isinstance(exception, type_):
            return explanation(exception, address)
    if getattr(exception, "errno", None) in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return connection_error(
            "no_route", f"There is no route to {address.url}.", "Check host, and the network of the controller."
        )
    return connection_error("request_failed", f"{address.url} cannot be asked.", "Check host, port, https and ca_path.")


def unusable_ca_path(error: OSError, ca_path: str | None) -> DsmError:
    """Certificates to trust cannot be read."""
    holds_none = isinstance(error, ssl.SSLError)
    what = f"holds no certificates ({_reason(error)})" if holds_none else "does not exist or cannot be read"
    hint = "Set ca_path to a PEM file, or to a directory of hashed certificates."
    return local_error("ca_path_unusable", f"{ca_path} {what}.", hint)


def not_resolved(address: Address, what: str = "cannot be resolved") -> DsmError:
    """The name of the NAS leads to no address."""
    return connection_error(
        "name_not_resolved", f"The name {address.host} {what}.", "Check host, and DNS on the controller."
    )


def no_answer(address: Address) -> DsmError:
    """The connection ended before anything came."""
    return connection_error(
        "connection_broken",
        f"{address.url} closed the connection without an answer.",
        "Check port and https; if they are right, DSM is restarting: try again later.",
    )


def not_http(address: Address) -> DsmError:
    """What came is not the head of an answer in HTTP."""
    return connection_error(
        "not_http", f"{address.url} does not answer in HTTP.", "Check that port is DSM's, and https."
    )


def cut_short(address: Address) -> DsmError:
    """The body of an answer ended before its end."""
    return _truncated(f"{address.url} closed the connection in the middle of its answer.")


def damaged(address: Address) -> DsmError:
    """The body of an answer cannot be decompressed."""
    return _truncated(f"{address.url} answers with data that is cut short or damaged.")


def _truncated(message: str) -> DsmError:
    hint = "Try again; if it stays, ask for fewer rows (limit) and see the log of the NAS."
    return connection_error("truncated_json", message, hint)


def too_large(address: Address) -> DsmError:
    """The body of an answer is larger than it may be."""
    return connection_error(
        "answer_too_large",
        f"{address.url} answers with more than {address.largest_answer >> 20} MiB.",
        "Ask for fewer rows (limit), or raise max_answer_size.",
    )


def timeout(address: Address) -> DsmError:
    """A wait for the NAS took too long."""
    return connection_error(
        "timeout",
        f"{address.url} did not answer within {address.timeout:g} seconds.",
        "Check the way to the NAS, or raise timeout.",
    )


def time_limit(address: Address) -> DsmError:
    """All together took too long."""
    return local_error(
        "time_limit",
        f"{address.url} took longer than the time limit allows.",
        "Raise time_limit (of an inventory source, host_time_limit or time_limit), or ask for fewer rows.",
    )


def interrupted(address: Address) -> DsmError:
    """Another thread of ours wanted no more of it."""
    return local_error(
        "interrupted", f"Asking {address.url} was interrupted.", "Ask again, when what ended it is mended."
    )


def _reason(exception: BaseException) -> str:
    reason = getattr(exception, "verify_message", None) or getattr(exception, "reason", None)
    return str(reason).rstrip(".")


def _not_trusted(exception: BaseException, address: Address) -> DsmError:
    return connection_error(
        "certificate_not_trusted",
        f"The certificate of {address.url} is not trusted: {_reason(exception)}.",
        "Set ca_path to the certificate, or the CA, that signed it, and host to a name that it holds.",
    )


def _tls_failed(exception: BaseException, address: Address) -> DsmError:
    return connection_error(
        "tls_failed",
        f"{address.url} does not speak TLS as expected ({_reason(exception)}).",
        "Check that port is DSM's HTTPS port.",
    )


def _unicode(exception: BaseException, address: Address) -> DsmError:
    if isinstance(exception, UnicodeEncodeError) and exception.encoding != "idna":
        return local_error(
            "not_sendable",
            f"Something to send to {address.url} holds characters that cannot be sent.",
            "Check the credentials for bytes that are not UTF-8.",
        )
    return connection_error(
        "name_not_resolved", f"{address.host} is not a host name.", "Set host to a name or an address."
    )


def _refused(_exception: BaseException, address: Address) -> DsmError:
    return connection_error(
        "connection_refused",
        f"{address.url} refuses the connection.",
        "Check that the NAS is up, and port (DSM listens on 5001 for HTTPS, on 5000 for HTTP).",
    )


def _forbidden(_exception: BaseException, address: Address) -> DsmError:
    return connection_error(
        "connection_forbidden",
        f"The controller is not allowed to connect to {address.url}.",
        "Check the firewall, and what the controller runs in.",
    )


# The first one that fits counts.
_EXPLANATIONS: tuple[tuple[type[BaseException], _Explain], ...] = (
    (ssl.SSLCertVerificationError, _not_trusted),
    (ssl.SSLError, _tls_failed),
    (socket.gaierror, lambda _exception, address: not_resolved(address)),
    (UnicodeError, _unicode),
    (ConnectionRefusedError, _refused),
    (PermissionError, _forbidden),
    (ConnectionError, lambda _exception, address: no_answer(address)),
)
