# SPDX-License-Identifier: GPL-3.0-or-later
"""One Plesk server: who may ask it, what it hosts, what it was asked. Nothing here knows of HTTP."""

from __future__ import annotations

import collections
import dataclasses
import hmac
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.plesk.description import Described, PleskDescription, User
from ansible_collections.mailfleet.mailplus.tests.plesk.faults import Faults, Operation
from ansible_collections.mailfleet.mailplus.tests.plesk.hosting import HostedSite, Hosting

PORT = 8443


@dataclasses.dataclass(frozen=True)
class Request:
    """A recorded request, as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str
    connection: int
    operations: list[Operation]


@dataclasses.dataclass(frozen=True)
class Write:
    """An operation that is none of the reads; the product must never ask for one."""

    operator: str
    operation: str
    xml: str


class PacketError(Exception):
    """The packet as a whole is refused."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


class Plesk:
    """The handle a test holds, and the state the server answers from."""

    def __init__(self, name: str, described: Described, ca_path: Path) -> None:
        self.name = name
        self.description: PleskDescription = described.server
        self.hostname = self.description.hostname or f"{name}.example.com"
        self.host = self.description.address
        self.port = self.description.port
        self.ca_path = ca_path
        self.hosting = Hosting(described)
        self.reset()

    def reset(self) -> None:
        """As just started: nothing recorded, nobody locked out, only the described faults."""
        self.requests: list[Request] = []
        self.writes: list[Write] = []
        self.login_attempts = 0
        self.faults = Faults(self.description.faults)
        self._failures: collections.Counter[str] = collections.Counter()

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}/enterprise/control/agent.php"

    @property
    def username(self) -> str:
        return self.description.users[0].username

    @property
    def password(self) -> str:
        return self.description.users[0].password

    @property
    def secret_key(self) -> str:
        return self.description.users[0].secret_key

    def authenticated(self, headers: Mapping[str, str], source: str) -> User:
        """Who asks. Whoever was refused too often is locked out, even with the right password."""
        limit = self.description.block_after
        if limit and self._failures[source] >= limit:
            raise PacketError(1012, "The login is locked: it was refused too often.")
        try:
            user = self._user(headers, source)
        except PacketError:
            self._failures[source] += 1
            self.login_attempts += 1
            raise
        self._failures.pop(source, None)
        return user

    def _user(self, headers: Mapping[str, str], source: str) -> User:
        user = self._of_key(headers["KEY"], source) if "KEY" in headers else self._of_login(headers)
        if user.refused is not None:
            raise PacketError(user.refused, "The user may not use the XML API.")
        return user

    def _of_key(self, key: str, source: str) -> User:
        user = next((user for user in self.description.users if _same(user.secret_key, key)), None)
        if user is None:
            raise PacketError(11003, "There is no such secret key.")
        if user.key_address not in (None, source):
            raise PacketError(1004, f"The secret key is not valid for the address {source}.")
        return user

    def _of_login(self, headers: Mapping[str, str]) -> User:
        login, password = headers.get("HTTP_AUTH_LOGIN", ""), headers.get("HTTP_AUTH_PASSWD", "")
        for user in self.description.users:
            if user.username == login and _same(user.password, password):
                return user
        raise PacketError(1001, "The user name or the password is wrong.")

    def sites_of(self, user: User) -> list[HostedSite]:
        return [site for site in self.hosting.sites if user.sites is None or site.name in user.sites]

    def refusal(self, user: User, operation: str) -> int | None:
        """The code that refuses an operation to this user, whatever it is about."""
        for permissions in (user.permissions, self.description.permissions):
            for pattern, code in permissions.items():
                if fnmatchcase(operation, pattern):
                    return code
        return None


def _same(known: str, given: str) -> bool:
    return bool(known) and hmac.compare_digest(known.encode(), given.encode("utf-8", "surrogateescape"))
