# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations of one Plesk: many in one request, in ever smaller parts where that does not come back."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import Kind, ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk import codes
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.packets import Call, Operation, packet
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.transport import Transport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.values import count

# Of one request: accounts and preferences of a hundred sites. No limit is documented.
MOST_OPERATIONS = 200

# Requests in a row that did not come back, after which no more is asked.
_MOST_FAILURES = 8

# After an error of these kinds, nothing more is asked.
_ENDS = (Kind.LOCAL, Kind.LOGIN)

# Of the connection, those that a smaller request may not meet.
_OF_SIZE = frozenset({
    "timeout", "connection_broken", "truncated_xml", "not_utf8", "answer_too_large", "too_many_elements", "http_failed",
})  # fmt: skip

HIDDEN = "[hidden]"
# Shorter ones would be found in numbers and words that are none of them.
_SHORTEST_FOUND = 6
_PLAIN_NAME = re.compile(r"[a-z_-]+")


@dataclass(frozen=True)
class Credentials:
    """Who asks: a user, or whoever has a secret key. Secrets are kept out of ``repr``."""

    username: str = ""
    password: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)

    @property
    def parts(self) -> tuple[str, ...]:
        """All that tells them apart."""
        return self.username, self.password, self.secret_key

    @property
    def headers(self) -> dict[str, str]:
        """What tells Plesk of them, with each request."""
        if self.secret_key:
            return {"KEY": self.secret_key}
        return {"HTTP_AUTH_LOGIN": self.username, "HTTP_AUTH_PASSWD": self.password}

    def hidden(self, text: str, shortest: int = 1) -> str:
        """Text without those that are so long."""
        for secret in (self.password, self.secret_key):
            if len(secret) >= shortest:
                text = text.replace(secret, HIDDEN)
        return text

    def hide_in(self, packet: Element) -> None:
        """Take them out of all that Plesk says, whatever it repeats of what it heard from us."""
        for element in packet.walk():
            element.text = self.hidden(element.text, _SHORTEST_FOUND)
            if not _PLAIN_NAME.fullmatch(element.name):  # or else it may be one of Plesk's own
                element.name = self.hidden(element.name, _SHORTEST_FOUND)


class Result(NamedTuple):
    """One result of an operation, which may be an error."""

    element: Element
    error: ServerError | None = None


class Reply(NamedTuple):
    """What became of one operation: its results, or why there are none."""

    results: Sequence[Result] = ()
    error: ServerError | None = None


class Client:
    """Asks one Plesk. Use it in a ``with`` block: it asks ``opening`` at the start.

    There is no login before that, so its answer shows whether Plesk lets us in. Later requests are refused in the same
    way, which ``login_error`` tells.
    """

    def __init__(self, transport: Transport, credentials: Credentials, opening: Sequence[Operation]) -> None:
        self._transport = transport
        self._credentials = credentials
        self._opening = opening
        self._failures = 0
        self._is_answered = False
        self.opened: list[Reply] = []
        self.login_error: ServerError | None = None

    def __enter__(self) -> Client:
        try:
            self.opened = self.ask(self._opening)
        except BaseException:
            self._transport.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def ask(self, operations: Sequence[Operation]) -> list[Reply]:
        """The replies, in the same order.

        Raises ServerError where Plesk has never answered, or lets nobody in; NotAllowedError before anything is sent.
        """
        packet(operations)  # raises
        replies: dict[int, Reply] = {}
        left = deque(
            range(start, min(start + MOST_OPERATIONS, len(operations)))
            for start in range(0, len(operations), MOST_OPERATIONS)
        )
        end: ServerError | None = None
        while left and end is None:
            batch = left.popleft()
            try:
                found = self._ask_batch([operations[i] for i in batch])
            except ServerError as error:
                end = self._end_after(error)
                if len(batch) == 1:
                    replies[batch[0]] = Reply(error=error)
                else:
                    left.extend(_halves(batch))  # last, so that whatever can be had is there before
            else:
                self._failures, self._is_answered = 0, True
                replies.update(zip(batch, found, strict=True))
        replies |= {i: Reply(error=end) for batch in left for i in batch}
        return [_named(replies[i], operation) for i, operation in enumerate(operations)]

    def _end_after(self, error: ServerError) -> ServerError | None:
        """Why nothing more is asked after a request that failed; None where a smaller one may come back."""
        if not self._is_answered:
            raise error
        if error.kind is Kind.LOGIN:
            self.login_error = error
        self._failures += 1
        if error.kind is Kind.CONNECTION and error.details.name not in _OF_SIZE:
            return error
        return error if error.kind in _ENDS or self._failures >= _MOST_FAILURES else None

    def _ask_batch(self, operations: Sequence[Operation]) -> list[Reply]:
        """All ``operations`` in one request. Raises ServerError where that does not come back as it should."""
        answer = self._sent(operations)
        for system in answer.named("system"):
            raise self._error(system, None)
        answered = [(part.name, found) for part in answer.children for found in part.children]
        if [(operator, found.name) for operator, found in answered] != [one.call for one in operations]:
            raise codes.unexpected("Plesk does not answer what was asked, in its order", operations[0].call)
        replies = [
            Reply([self._result(result, operation) for result in found.named("result")])
            for (_operator, found), operation in zip(answered, operations, strict=True)
        ]
        for result in (result for reply in replies for result in reply.results):
            if result.error and result.error.kind is Kind.LOGIN:
                raise result.error
        return replies

    def _sent(self, operations: Sequence[Operation]) -> Element:
        """What Plesk answers, without our credentials."""
        try:
            answer = self._transport.post(packet(operations), self._credentials.headers)
        except ServerError as error:
            message = self._credentials.hidden(error.details.message, _SHORTEST_FOUND)  # it may tell a header
            raise ServerError(error.kind, replace(error.details, message=message)) from error
        self._credentials.hide_in(answer)
        return answer

    def _result(self, result: Element, operation: Operation) -> Result:
        """A result. Raises ServerError where it is of another site: then so may be the others of the answer."""
        status, call = result.word("status"), operation.call
        if operation.site is not None and any(count(told) != operation.site for told in result.named("site-id")):
            raise codes.unexpected("Plesk answers about another site than was asked", call, codes.OTHER_SITE)
        if status == "ok":
            return Result(result)
        if status == "error":
            return Result(result, self._error(result, call))
        return Result(result, codes.unexpected("Plesk does not say what became of it", call))

    def _error(self, result: Element, call: Call | None) -> ServerError:
        """What Plesk says, without what it may have heard from us."""
        for text in result.named("errtext"):
            text.text = self._credentials.hidden(text.text)
        return codes.error_of(result, call)


def _halves(batch: range) -> list[range]:
    """Two halves. Two operations that stand side by side stay so, as long as there are more."""
    middle = (len(batch) + 1) // 2
    if middle > 1:
        middle += middle % 2
    return [batch[:middle], batch[middle:]]


def _named(reply: Reply, operation: Operation) -> Reply:
    """A reply whose error tells what was asked."""
    if reply.error is None or reply.error.details.api:
        return reply
    return Reply(error=reply.error.of(*operation.call))
