# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a DSM listens."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_ANSWER = 64 << 20


@dataclass(frozen=True)
class Address:
    """Where a DSM listens, how far to trust the way there, and the bounds of an answer.

    ``timeout`` is in seconds, for the connection and for each wait for data. ``deadline`` is the moment
    (``time.monotonic``) by which all has to be done, however many waits that takes; None for none. ``ca_path`` names a
    PEM file or a directory of hashed certificates; None means the system's store. ``largest_answer`` is in bytes, as an
    answer travels and decompressed.
    """

    host: str
    port: int
    https: bool = True
    validate_certs: bool = True
    ca_path: str | None = None
    timeout: float = 30
    deadline: float | None = None
    largest_answer: int = LARGEST_ANSWER

    @property
    def authority(self) -> str:
        """Host and port, as a URL has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self.https else 'http'}://{self.authority}"
