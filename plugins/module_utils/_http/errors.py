# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between us and a server, as one exception that a person and a program can read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import Enum


class Kind(Enum):
    """What an error means for whoever asked."""

    LOCAL = "local"  # the server was not asked, or not long enough: what is wrong is on this side
    CONNECTION = "connection"  # the server was not reached, or what answered is not one of its kind
    LOGIN = "login"  # the server was reached and did not let us in
    UNSUPPORTED = "unsupported"  # this server does not have what was asked
    FORBIDDEN = "forbidden"  # this account may not read it
    EXPIRED = "expired"  # the session is no longer valid
    FAILED = "failed"  # the server could not answer


@dataclass(frozen=True)
class ErrorDetails:
    """An error as data: what happened (kind, name, message), where (api, method, version, code), what to do (hint).

    ``kind`` is the value of the ServerError's kind, which sets it.
    ``api``, ``method`` and ``version`` are None where no API call was under way; ``code`` is None where the
    server sent none.
    """

    name: str
    message: str
    hint: str
    api: str | None = None
    method: str | None = None
    version: int | None = None
    code: int | None = None
    kind: str = ""

    def as_dict(self) -> dict[str, str | int | None]:
        """Plain JSON, always with the same keys."""
        return asdict(self)


class ServerError(Exception):
    """A call that gave no usable answer."""

    def __init__(self, kind: Kind, details: ErrorDetails) -> None:
        super().__init__(f"{details.message} {details.hint}".strip())
        self.kind = kind
        self.details = replace(details, kind=kind.value)

    def of(self, api: str, method: str, version: int | None = None) -> ServerError:
        """The same error, of this call."""
        return ServerError(self.kind, replace(self.details, api=api, method=method, version=version))

    def beside(self, sentence: str) -> ServerError:
        """The same error, with a sentence more in what to do about it."""
        return self.with_hint(f"{self.details.hint} {sentence}")

    def with_hint(self, hint: str) -> ServerError:
        """The same error, with another thing to do about it."""
        return ServerError(self.kind, replace(self.details, hint=hint))


class NotAllowedError(RuntimeError):
    """A call outside the read allowlist was about to be sent: a defect of this collection, never of a server."""


def connection_error(name: str, message: str, hint: str) -> ServerError:
    """The server was not reached, or what answered is not one of its kind."""
    return ServerError(Kind.CONNECTION, ErrorDetails(name, message, hint))


def local_error(name: str, message: str, hint: str) -> ServerError:
    """The server was not asked, or not long enough."""
    return ServerError(Kind.LOCAL, ErrorDetails(name, message, hint))


def unsupported_error(name: str, message: str, hint: str) -> ServerError:
    """The server has not what was asked for."""
    return ServerError(Kind.UNSUPPORTED, ErrorDetails(name, message, hint))
