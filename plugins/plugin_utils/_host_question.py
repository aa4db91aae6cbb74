# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking one NAS of a fleet from a thread: what became of it is always an outcome, in the shape of a task's result."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import PurePath
from threading import Event
from traceback import extract_tb
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import FactsQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    DsmError,
    ErrorDetails,
    Kind,
    local_error,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.failures import time_limit
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Enter
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import LoginGate, Turn
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._sweep import LateError

Outcome = dict[str, Any]


class HostQuestion:
    """What mailplus_facts asks, of one NAS. It may take ``seconds`` from its login on: to wait for the gate is free."""

    def __init__(self, params: Mapping[str, Any], seconds: float, gate: LoginGate) -> None:
        self.deadline = math.inf
        self._params = {**params, "time_limit": seconds}
        self._gate = gate
        self._interrupted = Event()
        self._client: Client | None = None

    def ask(self, end: float) -> Outcome:
        """What mailplus_facts would return."""
        if time.monotonic() >= end:
            what = f"{self._url} was not asked before the time limit of all was over."
            return failure(local_error("time_limit", what, "Raise time_limit, or ask fewer NAS."))
        try:
            state = FactsQuestion().ask(self._params, admit=partial(self._admit, end=end), deadline=end)
        except DsmError as error:
            return failure(error)
        return {"ansible_facts": {"mailplus": state.as_facts()}}

    def _admit(self, address: Address, credentials: Credentials, *, end: float) -> Enter:
        turn = self._gate.turn(address, credentials, until=end, stopped=self._interrupted.is_set)
        self.deadline = min(end, time.monotonic() + self._params["time_limit"])
        return partial(self._watched, turn=turn)

    @contextmanager
    def _watched(self, client: Client, turn: Turn) -> Iterator[Client]:
        self._client = client
        if self._interrupted.is_set():
            client.interrupt()  # so that the login fails, and the turn is given back
        with turn(client):
            yield client

    def interrupt(self) -> None:
        """End what is under way."""
        self._interrupted.set()
        if self._client is not None:
            self._client.interrupt()

    def failed(self, error: Exception) -> Outcome:
        """The outcome where the NAS was late, or something happened that nobody foresaw."""
        if isinstance(error, LateError):
            return failure(time_limit(options.address(self._params)))
        return unexpected(self._url, error)

    @property
    def _url(self) -> str:
        return options.address(self._params).url


class NoQuestion:
    """A host that cannot be asked, for a reason that is known before."""

    deadline = math.inf

    def __init__(self, reason: str) -> None:
        self._outcome: Outcome = {"msg": reason, "error": None, "asked_at": _now()}

    def ask(self, _end: float) -> Outcome:
        """The reason."""
        return self._outcome

    def interrupt(self) -> None:
        """Nothing runs."""

    def failed(self, _error: Exception) -> Outcome:
        """The reason."""
        return self._outcome


def failure(error: DsmError) -> Outcome:
    """The outcome of a host that could not be read."""
    return {"msg": str(error), "error": error.details.as_dict(), "asked_at": _now()}


def _now() -> str:
    return f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def unexpected(what: str, error: Exception) -> Outcome:
    """The outcome of a host whose reading, or whose state, raised what nobody foresaw.

    What the exception says is left out: it may hold anything, also a secret.
    """
    place = extract_tb(error.__traceback__)[-1]
    reason = f"{type(error).__name__} in line {place.lineno} of {PurePath(place.filename).name}"
    message = f"{words(what)} could not be read, for a defect of this collection: {reason}."
    return failure(
        DsmError(Kind.FAILED, ErrorDetails("unexpected", message, "Please report this with the DSM version."))
    )
