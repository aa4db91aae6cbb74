# SPDX-License-Identifier: GPL-3.0-or-later
"""What checks the certificate of a server: one TLS context per file of certificates and per process."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from threading import Lock

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address

_reading = Lock()


def tls_context(address: Address) -> ssl.SSLContext:
    """What checks the certificate, or does not where that is not asked for.

    Raises ServerError when ``ca_path`` cannot be used.
    """
    if not address.validate_certs:
        return _trusting_anybody()
    ca_path = os.path.abspath(address.ca_path) if address.ca_path else None  # noqa: PTH100 - of a long name too
    try:
        if ca_path and not os.access(ca_path, os.R_OK):
            raise PermissionError
        changed = os.stat(ca_path).st_mtime_ns if ca_path else 0  # noqa: PTH116
        with _reading:  # not by many threads at once
            return _trusting(ca_path, changed)
    except OSError as error:
        raise failures.unusable_ca_path(error, ca_path) from error


def read_system_store() -> None:
    """Read the certificates that the system trusts, so that processes which are forked later have them."""
    _trusting(None, 0)


@lru_cache(maxsize=8)  # reading the bundle of all public authorities takes longer than asking a server
def _trusting(ca_path: str | None, _changed: int) -> ssl.SSLContext:
    """What checks certificates against a file or directory, read once until it changes, or the system's store."""
    # Not ssl.create_default_context: it writes keys where SSLKEYLOGFILE says, and differs from Python to Python.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # which checks certificates and names
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # so that the certificate of a server can be named itself
    if ca_path is None:
        context.load_default_certs()
    elif os.path.isdir(ca_path):  # noqa: PTH112 - Path.is_dir raises for a long name
        context.load_verify_locations(capath=ca_path)
    else:
        context.load_verify_locations(cafile=ca_path)
    return context


@lru_cache(maxsize=1)
def _trusting_anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
