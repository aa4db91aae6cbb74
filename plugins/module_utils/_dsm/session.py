# SPDX-License-Identifier: GPL-3.0-or-later
"""A login to DSM: opened once, renewed once when it expires, always closed. A refused login is never repeated."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.discovery import ENTRY, Discovery
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    AUTH_API,
    MISFIT_CODES,
    DsmError,
    Kind,
    answer_error,
    api_error,
    error_code,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import Transport

# Version 7 is DSM 7's, 6 is DSM 6's; a login does not exist below 3.
_NEWEST_LOGIN = 7
_OLDEST_LOGIN = 3

# What identifies a session: printable, in one piece.
_USABLE = re.compile(r"[\x21-\x7e]{1,4096}")


@dataclass(frozen=True)
class Credentials:
    """Who logs in. Secrets are kept out of ``repr``, so that no traceback or log can show them."""

    username: str
    password: str = field(repr=False)
    session_name: str = "MailPlusServer"
    otp_code: str | None = field(default=None, repr=False)
    device_id: str | None = field(default=None, repr=False)
    device_name: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """All that tells them apart."""
        return self.username, self.password, self.otp_code or "", self.device_id or ""


class Session:
    """One session on one DSM."""

    def __init__(self, transport: Transport, discovery: Discovery, credentials: Credentials) -> None:
        self._transport = transport
        self._discovery = discovery
        self._credentials = credentials
        self._path = ENTRY
        self._version = _NEWEST_LOGIN
        self._sid: str | None = None
        self._token: str | None = None

    @property
    def auth_version(self) -> int:
        """The version of SYNO.API.Auth that was used: 7 on DSM 7, 6 on DSM 6."""
        return self._version

    @property
    def renewable(self) -> bool:
        """Whether a second login could succeed: a one-time code cannot be sent twice."""
        return not self._credentials.otp_code

    def login(self) -> None:
        """Open a session. Raises DsmError of kind LOGIN when DSM refuses, without trying again."""
        answer = self._send_login()
        if answer.get("success") is not True and error_code(answer) in MISFIT_CODES and self._fit_to_nas():
            # The NAS did not look at the credentials yet: it has the API elsewhere, or in an older version.
            answer = self._send_login()
        if answer.get("success") is not True:
            raise self._error(error_code(answer), "login")
        data = answer.get("data")
        sid, token = (data.get("sid"), data.get("synotoken")) if isinstance(data, dict) else (None, None)
        if not isinstance(sid, str) or not sid:
            raise answer_error("DSM accepts the login and sends no session", **self._call("login"))
        self._sid, self._token = sid, token if isinstance(token, str) and token else None
        if not all(_USABLE.fullmatch(text) for text in (self._sid, self._token) if text):
            self._give_up()
            raise answer_error("DSM sends a session that cannot be used", **self._call("login"))

    def renew(self) -> None:
        """Open another session in place of one that is no longer valid, and close that first. Raises DsmError."""
        self._give_up()
        self.login()

    def _give_up(self) -> None:
        """Close the session if that can be done: what matters is told otherwise."""
        if self._token and not _USABLE.fullmatch(self._token):
            self._token = None  # no header can carry it
        with suppress(DsmError):
            self.logout()

    def logout(self) -> None:
        """Close the session. Raises DsmError when DSM does not confirm it."""
        if self._sid is None:
            return
        form, headers = self.sign(self._form("logout") | {"session": self._credentials.session_name})
        self._sid = self._token = None
        answer = self._transport.post(self._path, form, headers)
        if answer.get("success") is not True:
            error = self._error(error_code(answer), "logout")
            if error.kind is not Kind.EXPIRED:  # then it is closed already
                raise error

    def sign(self, form: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """``form`` and the headers that make a request part of this session.

        DSM reads the session id in the body, but its token only in a header.
        """
        headers = {"X-SYNO-TOKEN": self._token} if self._token else {}
        return form | {"_sid": self._sid or ""}, headers

    def _send_login(self) -> dict[str, Any]:
        credentials = self._credentials
        optional = {
            "otp_code": credentials.otp_code,
            "device_id": credentials.device_id,
            "device_name": credentials.device_name,
        }
        form = self._form("login") | {
            "account": credentials.username,
            "passwd": credentials.password,
            "session": credentials.session_name,
            "format": "sid",
            "enable_syno_token": "yes",
        }
        form |= {key: value for key, value in optional.items() if value}
        return self._transport.post(self._path, form, {}, again=False)

    def _fit_to_nas(self) -> bool:
        """Take path and version from the NAS. False when that changes nothing, so asking again is no use."""
        info = self._discovery.find(AUTH_API)
        if info is None or info.max_version < _OLDEST_LOGIN:
            return False
        before = (self._path, self._version)
        self._path, self._version = info.path, min(_NEWEST_LOGIN, info.max_version)
        return (self._path, self._version) != before

    def _call(self, method: str) -> dict[str, Any]:
        return {"api": AUTH_API, "method": method, "version": self._version}

    def _form(self, method: str) -> dict[str, str]:
        return {key: str(value) for key, value in self._call(method).items()}

    def _error(self, code: int, method: str) -> DsmError:
        return api_error(code, **self._call(method))
