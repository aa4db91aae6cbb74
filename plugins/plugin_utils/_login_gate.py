# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a login may be sent: where host after host refuses the same credentials, the rest of the fleet is not asked.

DSM and Plesk block an address after a few refused logins, and one mistyped password is a refused login on every host.
What became of the logins of a run is noted in memory that all its workers share, since Ansible forks one for each host.
"""

from __future__ import annotations

import fcntl
import hmac
import math
import os
import secrets
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import (
    Kind,
    ServerError,
    local_error,
)

# By so many, refusals may exceed acceptances.
MOST_REFUSALS = 3

# A login that is accepted takes a tenth of this, one that is refused may be delayed on purpose. A host that is off must
# not hold up those behind it for longer.
_LOGIN_SECONDS = 5

_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.2
_OWN_CODES = 400  # codes from here on are the login's own; those below say nothing about the credentials
_EVENTS = (b"began", b"accepted", b"refused", b"ended")
# Errors of what did not come past the login.
_WITHOUT_LOGIN = (Kind.LOCAL.value, Kind.CONNECTION.value, Kind.LOGIN.value)
_NAMES_SHOWN = 10
_HINT = "Correct the credentials; a new run asks again."


class Credentials(Protocol):
    """Who logs in, to whatever."""

    @property
    def parts(self) -> tuple[str, ...]:
        """All that tells them apart."""


class Entered(AbstractContextManager[Any], Protocol):
    """What logs in when it is entered."""

    login_error: ServerError | None  # of a later login


_Entered = TypeVar("_Entered", bound=Entered)


class LoginGate:
    """Counts, by credentials, who refused and who accepted them. To be made before the processes that share it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._journal = _Journal()

    def turn(
        self,
        address: Address,
        credentials: Credentials,
        *,
        way: str = "",
        until: float = math.inf,
        stopped: Callable[[], bool] = bool,
    ) -> Turn:
        """Wait until the login may be sent. ``way`` tells hosts apart that have the same address on different ways.

        Raises ServerError when it may not, because the same credentials were refused, or when ``until``
        (``time.monotonic``) has come or ``stopped`` says so.
        """
        url = replace(address, host=address.host.lower().rstrip(".")).url  # however the name is written
        who, where = (
            self._digest(address.product.name, credentials),
            " ".join(f"{url} {way}".split()).encode(errors="replace"),
        )
        pause = _FIRST_PAUSE
        while not self._admits(who, where, address.product.name):
            if stopped() or time.monotonic() >= until:
                raise local_error("time_limit", f"{address.url} was not asked in time.", "Raise the time limit.")
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 1.5)
        return Turn(self._journal, who, where)

    def _digest(self, product: str, credentials: Credentials) -> bytes:
        """What tells credentials apart, and cannot be turned back into them without the key of this process."""
        text = "".join(f"{len(part)}:{part}" for part in (product, *credentials.parts))
        return hmac.new(self._key, text.encode(errors="surrogatepass"), "sha256").hexdigest()[:32].encode()

    def _admits(self, who: bytes, where: bytes, product: str) -> bool:
        """Whether the login may be sent now, which is noted then. False for not yet."""
        with self._journal.locked():
            events = self._journal.read()
            if _line(where, who, b"refused") in events:
                raise _not_asked(f"{where.decode()} was not asked again: it refused the same credentials in this run.")
            if _line(where, who, b"accepted") in events:
                return True
            if _is_under_way(events, where, who):
                return False
            begun, accepted, refused, ended = (events.count(b" %s %s " % (who, event)) for event in _EVENTS)
            allowed = MOST_REFUSALS + accepted - refused
            if allowed <= 0:
                raise _not_asked(f"{where.decode()} was not asked: {_refused_by(events, who, product)}.")
            without_end = begun - accepted - refused - ended
            if without_end >= allowed and _under_way(events, who) >= allowed:
                return False
            self._journal.note(where, who, b"began")
            return True


class Turn:
    """Leave to send one login."""

    def __init__(self, journal: _Journal, who: bytes, where: bytes) -> None:
        self._journal = journal
        self._who = who
        self._where = where

    @contextmanager
    def __call__(self, client: _Entered) -> Iterator[_Entered]:
        """The client, logged in, and out at the end."""
        with ExitStack() as stack:
            try:
                stack.enter_context(client)
            except ServerError as error:
                self._note(b"refused" if _refuses(error.kind.value, error.details.code) else b"ended")
                raise
            self._note(b"accepted")
            try:
                yield client
            finally:
                late = client.login_error  # of a second login, in place of a session that expired
                if late and _refuses(late.kind.value, late.details.code):
                    self._note(b"refused")

    def settle(self, error: Mapping[str, Any] | None) -> None:
        """Note what became of a login that somebody else sent; ``error`` is what ended the task, if anything did."""
        kind, code = (error["kind"], error["code"]) if error else (None, None)
        if _refuses(kind, code):
            self._note(b"refused")
        else:
            self._note(b"ended" if kind in _WITHOUT_LOGIN else b"accepted")

    def _note(self, event: bytes) -> None:
        with self._journal.locked():
            known = event != b"refused" and _line(self._where, self._who, b"accepted") in self._journal.read()
            if not known:
                self._journal.note(self._where, self._who, event)


def _refuses(kind: str | None, code: int | None) -> bool:
    return kind == Kind.LOGIN.value and code is not None and code >= _OWN_CODES


class _Journal:
    """Lines of bytes in memory that threads and forked processes share: address, credentials, event, moment."""

    def __init__(self) -> None:
        self._file = _nameless_file()  # never closed: processes that were forked use it until they end
        self._threads = threading.Lock()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else reads or notes meanwhile."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)  # which the system ends when it ends a process
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def read(self) -> bytes:
        return os.pread(self._file, os.fstat(self._file).st_size, 0)

    def note(self, where: bytes, who: bytes, event: bytes) -> None:
        line = _line(where, who, event) + b"%.3f" % time.monotonic()
        os.pwrite(self._file, line, os.fstat(self._file).st_size)


def _line(where: bytes, who: bytes, event: bytes) -> bytes:
    """A line but for its moment."""
    return b"\n%s %s %s " % (where, who, event)


def _nameless_file() -> int:
    """The descriptor of a file that is in memory where the system knows such, and in any case in no directory."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("mailplus")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _is_under_way(events: bytes, where: bytes, who: bytes) -> bool:
    """Whether a login to this host was begun a short time ago, and has not ended: it may have several names."""
    start = b"\n%s %s " % (where, who)
    _before, found, behind = events.rpartition(start)
    event, moment = behind.partition(b"\n")[0].split(b" ") if found else (b"", b"0")
    return event == b"began" and time.monotonic() - float(moment) <= _LOGIN_SECONDS


def _under_way(events: bytes, who: bytes) -> int:
    """How many logins were begun a short time ago, and have not ended."""
    ended: Counter[bytes] = Counter()
    count = 0
    for line in reversed(events.splitlines()[1:]):
        where, of, event, moment = line.rsplit(b" ", 3)
        if time.monotonic() - float(moment) > _LOGIN_SECONDS:
            break
        if of != who:
            continue
        if event != b"began":
            ended[where] += 1
        elif ended[where]:
            ended[where] -= 1
        else:
            count += 1
    return count


def _refused_by(events: bytes, who: bytes, product: str) -> str:
    lines = [line.partition(b" %s refused " % who) for line in events.splitlines()]
    names = [where.decode().partition("://")[2] for where, found, _moment in lines if found]
    shown = ", ".join(names[:_NAMES_SHOWN]) + (", …" if len(names) > _NAMES_SHOWN else "")
    return f"{product} refused the same credentials on {len(names)} hosts ({shown})"


def _not_asked(message: str) -> ServerError:
    return local_error("not_asked", message, _HINT)


# Shared by what one run of Ansible asks: loaded before the workers are forked.
GATE = LoginGate()
