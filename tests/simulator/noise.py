# SPDX-License-Identifier: GPL-3.0-or-later
"""The answering side of Noise_IK_25519_ChaChaPoly_BLAKE2b, which a version 7 login of the web interface begins.

https://noiseprotocol.org/noise.html - only the handshake: DSM's clients need no more of it to log in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_PROTOCOL = b"Noise_IK_25519_ChaChaPoly_BLAKE2b".ljust(64, b"\0")
_KEY = 32
_SEALED_KEY = _KEY + 16


class HandshakeError(ValueError):
    """The message is not the first of a handshake with this key."""


def encode(data: bytes) -> str:
    """URL-safe base64 without padding, as DSM writes keys and messages."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Responder:
    """A NAS's static key; answers each first message with the second one."""

    def __init__(self) -> None:
        self._static = X25519PrivateKey.generate()

    @property
    def public_key(self) -> bytes:
        return self._static.public_key().public_bytes_raw()

    def answer(self, message: bytes) -> bytes:
        if len(message) < _KEY + _SEALED_KEY:
            raise HandshakeError("too short")
        try:
            return self._answer(message)
        except InvalidTag as error:
            raise HandshakeError("made for another key") from error

    def _answer(self, message: bytes) -> bytes:
        state = _Symmetric(self.public_key)
        ephemeral = message[:_KEY]
        state.mix_hash(ephemeral)
        peer = X25519PublicKey.from_public_bytes(ephemeral)
        state.mix_key(self._static.exchange(peer))
        peer_static = X25519PublicKey.from_public_bytes(state.open(message[_KEY : _KEY + _SEALED_KEY]))
        state.mix_key(self._static.exchange(peer_static))
        state.open(message[_KEY + _SEALED_KEY :])

        mine = X25519PrivateKey.generate()
        public = mine.public_key().public_bytes_raw()
        state.mix_hash(public)
        state.mix_key(mine.exchange(peer))
        state.mix_key(mine.exchange(peer_static))
        return public + state.seal(b"")


class _Symmetric:
    """The SymmetricState and CipherState of the specification."""

    def __init__(self, responder_static: bytes) -> None:
        self._hash = self._chaining = _PROTOCOL
        self._cipher = ChaCha20Poly1305(bytes(_KEY))
        self._nonce = 0
        self.mix_hash(b"")
        self.mix_hash(responder_static)

    def mix_hash(self, data: bytes) -> None:
        self._hash = hashlib.blake2b(self._hash + data).digest()

    def mix_key(self, shared: bytes) -> None:
        secret = _hmac(self._chaining, shared)
        self._chaining = _hmac(secret, b"\x01")
        self._cipher = ChaCha20Poly1305(_hmac(secret, self._chaining + b"\x02")[:_KEY])
        self._nonce = 0

    def open(self, sealed: bytes) -> bytes:
        plain = self._cipher.decrypt(self._next_nonce(), sealed, self._hash)
        self.mix_hash(sealed)
        return plain

    def seal(self, plain: bytes) -> bytes:
        sealed = self._cipher.encrypt(self._next_nonce(), plain, self._hash)
        self.mix_hash(sealed)
        return sealed

    def _next_nonce(self) -> bytes:
        nonce = bytes(4) + self._nonce.to_bytes(8, "little")
        self._nonce += 1
        return nonce


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.blake2b).digest()
