# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a DSM listens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """Where a DSM listens, and how far to trust the way there.

    ``timeout`` is in seconds, for the connection and for each wait for data. ``deadline`` is the moment
    (``time.monotonic``) by which all has to be done, however many waits that takes; None for none. ``ca_path`` names a
    PEM file or a directory of hashed certificates; None means the system's store.
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
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"
