# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of a fleet: one authority, and a server context for each kind of certificate."""

from __future__ import annotations

import datetime
import functools
import ssl
import tempfile
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_YESTERDAY = datetime.timedelta(days=1)


class Certificates:
    """Server contexts, made when first asked for and shared by every NAS that wants the same kind."""

    def __init__(self, address: str) -> None:
        self._identities = tuple(dict.fromkeys(("localhost", "127.0.0.1", "::1", address)))
        self._authority = trustme.CA(organization_name="MailPlus simulator")
        self.context = functools.cache(self._context)

    @property
    def ca_pem(self) -> bytes:
        return self._authority.cert_pem.bytes()

    def _context(self, kind: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if kind == "self_signed":
            _load_self_signed(context)
            return context
        now = datetime.datetime.now(datetime.timezone.utc)
        names = ("nas.wrong-name.test",) if kind == "wrong_name" else self._identities
        until = now - _YESTERDAY if kind == "expired" else None
        self._authority.issue_cert(*names, not_after=until).configure_cert(context)
        return context


def _load_self_signed(context: ssl.SSLContext) -> None:
    """What a NAS has out of the box: nobody vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "synology")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _YESTERDAY)
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "self-signed.pem"
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(path)
