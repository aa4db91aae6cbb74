# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking one NAS of a fleet from a thread: what became of it is always an outcome, in the shape of a task's result."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePath
from threading import Event
from traceback import extract_tb
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    DsmError,
    ErrorDetails,
    Kind,
    connection_error,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Plan, gather
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.sweep import LateError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import LoginGate, Turn

Outcome = dict[str, Any]


class HostQuestion:
    """One NAS. It may take ``seconds``, from its login on: to wait for the gate does not count."""

    def __init__(self, address: Address, credentials: Credentials, plan: Plan, seconds: float, gate: LoginGate) -> None:
        self.deadline = math.inf
        self._address = address
        self._credentials = credentials
        self._plan = plan
        self._seconds = seconds
        self._gate = gate
        self._interrupted = Event()
        self._client: Client | None = None

    def ask(self, end: float) -> Outcome:
        """What mailplus_facts would return."""
        if time.monotonic() >= end:
            return failure(self._late("was not asked before the time limit of all was over"))
        try:
            turn = self._gate.turn(self._address, self._credentials, until=end, stopped=self._interrupted.is_set)
            self.deadline = min(end, time.monotonic() + self._seconds)
            address = replace(self._address, deadline=self.deadline)
            state = gather(address, self._credentials, self._plan, lambda client: self._watched(client, turn))
        except DsmError as error:
            return failure(error)
        return {"ansible_facts": {"mailplus": state.as_facts()}}

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
            return failure(self._late())
        return unexpected(self._address.url, error)

    def _late(self, what: str = "took longer than the time limit allows") -> DsmError:
        hint = "Raise the time limit, or ask for fewer rows."
        return connection_error("time_limit", f"{self._address.url} {what}.", hint)


class NoQuestion:
    """A host that cannot be asked, for a reason that is known before."""

    deadline = math.inf

    def __init__(self, reason: str) -> None:
        self._outcome: Outcome = {"msg": reason, "error": None}

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
    return {"msg": str(error), "error": error.details.as_dict()}


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
