# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a server listens, and what listens there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

LARGEST_ANSWER = 64 << 20


@dataclass(frozen=True)
class Product:
    """What listens at an address, in the words of messages."""

    name: str
    machine: str  # what it runs on
    language: str  # of its answers
    ways: tuple[str, ...]  # the options that tell how to reach it
    ports: str  # which ones it listens on
    if_late: str  # what to do where all together takes too long
    if_large: str  # what to do about an answer that is too large
    if_cut: str  # what to do about one that is cut short, where trying again does not help


@dataclass(frozen=True)
class Address(ABC):
    """Where a server listens, how far to trust the way there, and the bounds of an answer.

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
    @abstractmethod
    def product(self) -> Product:
        """What listens there."""

    @property
    def authority(self) -> str:
        """Host and port, as a URL has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self.https else 'http'}://{self.authority}"
