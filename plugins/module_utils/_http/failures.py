# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps an answer of one server from arriving, each as one clear line."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Callable

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address, Product
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import (
    ServerError,
    connection_error,
    local_error,
)

_Explain = Callable[[BaseException, Address], ServerError]


def explain(exception: BaseException, address: Address) -> ServerError:
    """The error that an exception of the socket, of TLS or of a name that cannot be means."""
    for type_, explanation in _EXPLANATIONS:
        if isinstance(exception, type_):
            return explanation(exception, address)
    if getattr(exception, "errno", None) in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return connection_error(
            "no_route", f"There is no route to {address.url}.", "Check host, and the network of the controller."
        )
    return connection_error(
        "request_failed",
        f"{address.url} cannot be asked.",
        f"Check {_listed('host', *address.product.ways, 'ca_path')}.",
    )


def unusable_ca_path(error: OSError, ca_path: str | None) -> ServerError:
    """Certificates to trust cannot be read."""
    holds_none = isinstance(error, ssl.SSLError)
    what = f"holds no certificates ({_reason(error)})" if holds_none else "does not exist or cannot be read"
    hint = "Set ca_path to a PEM file, or to a directory of hashed certificates."
    return local_error("ca_path_unusable", f"{ca_path} {what}.", hint)


def not_resolved(address: Address, what: str = "cannot be resolved") -> ServerError:
    """The name of the server leads to no address."""
    return connection_error(
        "name_not_resolved", f"The name {address.host} {what}.", "Check host, and DNS on the controller."
    )


def no_answer(address: Address) -> ServerError:
    """The connection ended before anything came."""
    return connection_error(
        "connection_broken",
        f"{address.url} closed the connection without an answer.",
        f"Check {_listed(*address.product.ways)}; if they are right, {address.product.name} is restarting: "
        "try again later.",
    )


def not_http(address: Address) -> ServerError:
    """What came is not the head of an answer in HTTP."""
    return connection_error(
        "not_http",
        f"{address.url} does not answer in HTTP.",
        f"Check {_listed(*address.product.ways)} ({address.product.ports}).",
    )


def cut_short(address: Address) -> ServerError:
    """The body of an answer ended before its end."""
    return truncated(address, "closed the connection in the middle of its answer")


def damaged(address: Address) -> ServerError:
    """The body of an answer cannot be decompressed."""
    return truncated(address, "answers with data that is cut short or damaged")


def truncated(address: Address, what: str) -> ServerError:
    """An answer is not whole."""
    product = address.product
    return connection_error(
        f"truncated_{product.language.lower()}", f"{address.url} {what}.", f"Try again; if it stays, {product.if_cut}."
    )


def redirected(status: int, url: str, product: Product) -> ServerError:
    """The server sends us elsewhere, where our credentials do not go."""
    return connection_error(
        "redirected",
        f"{url} answers with a redirect (HTTP {status}), which is not followed.",
        f"Set {_listed('host', *product.ways)} to where {product.name} really listens.",
    )


def content(text: str, content_type: str) -> str:
    """What an answer holds that is not in the language of its server."""
    if not text:
        return "nothing"
    named = re.sub(r"[^\w/.+-]", "", content_type.split(";", maxsplit=1)[0])[:40]
    return "HTML" if text.startswith("<") else named or "text"


def too_large(address: Address) -> ServerError:
    """The body of an answer is larger than it may be."""
    return connection_error(
        "answer_too_large",
        f"{address.url} answers with more than {address.largest_answer >> 20} MiB.",
        address.product.if_large,
    )


def timeout(address: Address) -> ServerError:
    """A wait for the server took too long."""
    return connection_error(
        "timeout",
        f"{address.url} did not answer within {address.timeout:g} seconds.",
        f"Check the way to {address.product.machine}, or raise timeout.",
    )


def time_limit(address: Address) -> ServerError:
    """All together took too long."""
    return local_error(
        "time_limit",
        f"{address.url} took longer than the time limit allows.",
        address.product.if_late,
    )


def interrupted(address: Address) -> ServerError:
    """Another thread of ours wanted no more of it."""
    return local_error(
        "interrupted", f"Asking {address.url} was interrupted.", "Ask again, when what ended it is mended."
    )


def _listed(*options: str) -> str:
    *most, last = dict.fromkeys(options)
    return f"{', '.join(most)} and {last}"


def _reason(exception: BaseException) -> str:
    reason = getattr(exception, "verify_message", None) or getattr(exception, "reason", None)
    return str(reason).rstrip(".")


def _not_trusted(exception: BaseException, address: Address) -> ServerError:
    return connection_error(
        "certificate_not_trusted",
        f"The certificate of {address.url} is not trusted: {_reason(exception)}.",
        "Set ca_path to the certificate, or the CA, that signed it, and host to a name that it holds.",
    )


def _tls_failed(exception: BaseException, address: Address) -> ServerError:
    return connection_error(
        "tls_failed",
        f"{address.url} does not speak TLS as expected ({_reason(exception)}).",
        f"Check that port is {address.product.name}'s HTTPS port.",
    )


def _unicode(exception: BaseException, address: Address) -> ServerError:
    if isinstance(exception, UnicodeEncodeError) and exception.encoding != "idna":
        return local_error(
            "not_sendable",
            f"Something to send to {address.url} holds characters that cannot be sent.",
            "Check the credentials for bytes that are not UTF-8.",
        )
    return connection_error(
        "name_not_resolved", f"{address.host} is not a host name.", "Set host to a name or an address."
    )


def _refused(_exception: BaseException, address: Address) -> ServerError:
    return connection_error(
        "connection_refused",
        f"{address.url} refuses the connection.",
        f"Check that {address.product.machine} is up, and port ({address.product.ports}).",
    )


def _forbidden(_exception: BaseException, address: Address) -> ServerError:
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
