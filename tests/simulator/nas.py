# SPDX-License-Identifier: GPL-3.0-or-later
"""One NAS: its accounts, sessions and recordings. Nothing here knows of HTTP."""

from __future__ import annotations

import base64
import collections
import dataclasses
import functools
import hashlib
import hmac
import secrets
import struct
import time
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Recording
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import (
    ADMINISTRATOR,
    ANY_DELEGATION,
    EVERYONE,
    default_answers,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.errors import ApiError
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import Faults
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import Account, NasDescription
from ansible_collections.mailfleet.mailplus.tests.simulator.mailplus import MailPlus
from ansible_collections.mailfleet.mailplus.tests.simulator.noise import Responder
from ansible_collections.mailfleet.mailplus.tests.simulator.recorded import Recorded
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import (
    MAILPLUS_PREFIX,
    OWN,
    apis_of,
    with_overrides,
)

YES = ("yes", "true")
NOT_DELEGATED = 5615  # DSM lets every user in; the package refuses
NO_PERMISSION = 105  # DSM itself refuses
TOTP_PERIOD = 30
_GUESSES = (400, 404)  # what DSM blocks an address for


@dataclasses.dataclass
class Session:
    sid: str
    token: str
    account: Account
    name: str
    used: float
    expired: int | None = None
    expired_in_items: bool = False


@dataclasses.dataclass(frozen=True)
class Request:
    """A recorded request, as it arrived."""

    method: str
    path: str
    url: str
    query: dict[str, str]
    form: dict[str, str]
    headers: Mapping[str, str]
    connection: int
    items: list[dict[str, Any]]

    @property
    def api(self) -> str:
        return self.form.get("api", self.query.get("api", ""))

    @property
    def api_method(self) -> str:
        return self.form.get("method", self.query.get("method", ""))


@dataclasses.dataclass(frozen=True)
class Write:
    """A call of a method that changes a server; the product must never make one."""

    api: str
    method: str
    version: int
    params: dict[str, Any]


class Nas:
    """The handle a test holds, and the state the server answers from."""

    def __init__(
        self,
        name: str,
        description: NasDescription,
        now: float,
        cluster: list[tuple[str, str]] | None = None,
        recording: Recording | None = None,
    ) -> None:
        self.name = name
        self.description = description
        self.hostname = hostname_of(name, description)
        self.host = description.address
        self.port = description.port
        self.https = description.https
        self.recorded = Recorded(recording, now) if recording else None
        apis = apis_of(description.dsm, description.versions, description.unlisted_methods, package=description.package)
        self.apis = with_overrides(self.recorded.apis if self.recorded else apis, description.apis)
        self._now = now
        self._cluster = cluster or [(name, self.hostname)]
        self._accounts = {account.username: account for account in description.accounts}
        self.reset()

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"

    @property
    def username(self) -> str:
        return self.description.accounts[0].username

    @property
    def password(self) -> str:
        return self.description.accounts[0].password

    @property
    def sessions(self) -> list[Session]:
        """Those logged in and neither logged out nor expired."""
        return [session for session in list(self._sessions.values()) if session.expired is None]

    @functools.cached_property
    def handshake(self) -> Responder:
        return Responder()

    def reset(self) -> None:
        """As just started: nothing recorded, nobody logged in, only the described faults and answers."""
        self.mailplus = MailPlus(self.name, self.hostname, self.description, self._now, self._cluster)
        self.requests: list[Request] = []
        self.writes: list[Write] = []
        self.login_attempts = 0
        self.faults = Faults(self.description.faults)
        self._sessions: dict[str, Session] = {}
        self._failures: collections.Counter[str] = collections.Counter()
        self._used_codes: set[tuple[str, str]] = set()
        self._devices = {
            (account.username, device): name
            for account in self.description.accounts
            for device, name in account.devices.items()
        }

    def set_answer(self, api: str, method: str, data: Any) -> None:
        self.mailplus.set_answer(api, method, data)

    def expire_sessions(self, code: int = 119, compound: str = "request") -> None:
        """Open sessions answer `code` from now on; a compound as a whole (`request`) or item by item (`items`)."""
        for session in list(self._sessions.values()):
            session.expired = code
            session.expired_in_items = compound == "items"

    def session(self, sid: str | None, token: str | None) -> Session:
        """The session of a request. Its token must come with it, or it is as good as unknown."""
        session = self._sessions.get(sid or "")
        if session is None:
            raise ApiError(119)
        now = time.monotonic()
        if session.expired is None and now - session.used > self.description.session_timeout:
            session.expired = 106
        if session.token and token != session.token:
            raise ApiError(119)
        session.used = now
        return session

    def rename(self, old_sid: str, sid: Any, token: Any) -> None:
        """Know a session by what its login told. A token that no header can hold is as good as none."""
        session = self._sessions[old_sid]
        if isinstance(sid, str):
            del self._sessions[old_sid]
            session.sid = sid
            self._sessions[sid] = session
        sendable = isinstance(token, str) and token.isascii() and token.isprintable()
        session.token = token if sendable else ""

    def logout(self, sid: str | None, token: str | None) -> None:
        """Without a session id this is a success too, and the session stays open."""
        if sid in self._sessions and self._sessions[sid].token not in ("", token):
            raise ApiError(119)
        if sid is not None:
            self._sessions.pop(sid, None)

    def refusal(self, account: Account, api: str, method: str) -> int | None:
        """The code that refuses this call to this account, before anything looks at its parameters."""
        code = _permission(account.permissions, api) or _permission(self.description.permissions, api)
        if code is not None or api in OWN or _may(account, _needed(api, method)):
            return code
        return NOT_DELEGATED if api.startswith(MAILPLUS_PREFIX) else NO_PERMISSION

    def login(self, params: Mapping[str, str], source: str) -> tuple[Session, str]:
        """The new session, and the device id where one was asked for."""
        limit = self.description.block_after
        if limit and self._failures[source] >= limit:
            raise ApiError(407)
        try:
            account = self._authenticated(params)
            device = self._second_factor(account, params)
        except ApiError as error:
            if error.code in _GUESSES:
                self._failures[source] += 1
            raise
        self._failures.pop(source, None)
        token = secrets.token_urlsafe(9) if params.get("enable_syno_token") in YES else ""
        name = params.get("session", "")
        session = Session(secrets.token_urlsafe(48), token, account, name, time.monotonic())
        self._sessions[session.sid] = session
        return session, device

    def _authenticated(self, params: Mapping[str, str]) -> Account:
        account = self._accounts.get(params.get("account", ""))
        if account is None or params.get("passwd") != account.password:
            raise ApiError(400)
        if account.login_error is not None:
            raise ApiError(account.login_error)
        if account.role == "user" and params.get("session") == "MailPlusServer":
            raise ApiError(402)
        return account

    def _second_factor(self, account: Account, params: Mapping[str, str]) -> str:
        device, device_name = params.get("device_id", ""), params.get("device_name", "")
        known = bool(device) and self._devices.get((account.username, device)) == device_name
        if account.has_second_factor and not known:
            self._check_code(account, params.get("otp_code", ""))
        if known or params.get("enable_device_token") not in YES:
            return device if known else ""
        device = secrets.token_urlsafe(32)
        self._devices[account.username, device] = device_name
        return device

    def _check_code(self, account: Account, code: str) -> None:
        if not code:
            types = [{"type": factor} for factor in account.second_factors]
            raise ApiError(403, {"token": secrets.token_urlsafe(16), "types": types})
        valid = code in account.otp_codes or code in totp_codes(account.otp_secret)
        if not valid or (account.username, code) in self._used_codes:
            raise ApiError(404)
        self._used_codes.add((account.username, code))


def _permission(permissions: Mapping[str, int], api: str) -> int | None:
    return next((code for pattern, code in permissions.items() if fnmatchcase(api, pattern)), None)


def _needed(api: str, method: str) -> str:
    """The option that a delegation has to cover; for what is no read, that of the API's reads."""
    reads = default_answers().get(api, {})
    others = [read["option"] for read in reads.values()]
    if api.startswith(f"{MAILPLUS_PREFIX}Personal."):
        return EVERYONE
    return str(reads[method]["option"]) if method in reads else next(iter(others), ADMINISTRATOR)


def _may(account: Account, option: str) -> bool:
    if account.role == "administrator" or option == EVERYONE:
        return True
    if account.role == "user" or option == ADMINISTRATOR:
        return False
    return option == ANY_DELEGATION or account.delegation is None or option in account.delegation


def hostname_of(name: str, description: NasDescription) -> str:
    return description.hostname or f"{name.replace('_', '-')}.example.com"


def totp_codes(secret: str | None) -> set[str]:
    """RFC 6238: the codes of now and of the periods beside it."""
    if not secret:
        return set()
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    period = int(time.time()) // TOTP_PERIOD
    return {_totp(key, counter) for counter in (period - 1, period, period + 1)}


def _totp(key: bytes, counter: int) -> str:
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    (value,) = struct.unpack_from(">I", digest, digest[-1] & 0xF)
    return f"{(value & 0x7FFFFFFF) % 1_000_000:06}"
