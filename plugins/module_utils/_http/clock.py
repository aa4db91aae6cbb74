# SPDX-License-Identifier: GPL-3.0-or-later
"""How long to wait for one server: for each piece of data, and for everything together."""

from __future__ import annotations

import math
import threading
import time

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ServerError


class Clock:
    """The time that is left. A wait that we end ourselves is not the server's fault, and is told apart."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._deadline = math.inf if address.deadline is None else address.deadline
        self._interrupted = threading.Event()

    def seconds(self) -> float:
        """How long the next wait may last. Raises ServerError when no time is left, or after an interruption."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise failures.time_limit(self._address)
        if self._interrupted.is_set():
            raise failures.interrupted(self._address)
        return min(self._address.timeout, left)

    def expired(self) -> ServerError:
        """The error of a wait that lasted too long."""
        late = time.monotonic() >= self._deadline
        return failures.time_limit(self._address) if late else failures.timeout(self._address)

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the deadline. Raises ServerError as ``seconds`` does."""
        left = self._deadline - time.monotonic()
        self._interrupted.wait(max(0.0, min(seconds, left)))
        self.seconds()

    def interrupt(self) -> None:
        """Allow no wait any more, until the deadline is put off."""
        self._interrupted.set()

    def extend(self, seconds: float) -> None:
        """Put the deadline off to so many seconds from now, unless it is later."""
        self._interrupted.clear()
        self._deadline = max(self._deadline, time.monotonic() + seconds)
