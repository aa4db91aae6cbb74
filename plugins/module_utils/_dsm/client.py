# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads from one DSM: many in one request, at versions that the NAS has, within one session."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, NamedTuple

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.batches import (
    FEW_ITEMS,
    MOST_WEIGHT,
    Batch,
    packed,
    pieces,
    scouts,
    split,
    weight,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.discovery import ENTRY, ApiInfo, Discovery
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    AUTH_API,
    BUSY_CODES,
    MISFIT_CODES,
    CodeMeaning,
    DsmError,
    Kind,
    NotAllowedError,
    api_error,
    error_code,
    no_meaning,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.losses import Losses, Question, question_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials, Session
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.transport import Transport

_LOGOUT_SECONDS = 5
_BUSY_SECONDS = 1.0

# Calls in a row that did not come back, after which no more is asked: where a package hangs as a whole, DSM itself
# answers still, and each further part of its reads would be waited for.
_MOST_FAILURES = 8

# Parameters that say what is called, and by whom: they are never those of a read, however they are written.
RESERVED = frozenset({"api", "method", "version", "_sid", "synotoken"})

_COMPOUND_API = "SYNO.Entry.Request"
_COMPOUND_VERSION = 1


@dataclass(frozen=True)
class Read:
    """One question: an API, a read method, the versions known to list that method, its parameters."""

    api: str
    method: str
    versions: tuple[int, ...]
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """How much of a request it takes: a read without rows is 1."""
        return weight(self.params.get("limit"))

    @property
    def question(self) -> Question:
        """What is asked, whichever rows of it."""
        return question_of(self.api, self.method, self.params)


class Route(NamedTuple):
    """Where, and in which version, an API is asked."""

    path: str
    version: int


@dataclass(frozen=True)
class Reply:
    """The answer to one Read. ``error`` alone tells whether there is one; its ``data`` may be anything, also None."""

    route: Route
    data: Any = None
    error: DsmError | None = None


class Client:
    """Reads from one DSM. Use it in a ``with`` block: it logs in at the start and always logs out at the end.

    ``allowed`` is the read allowlist, as pairs of API and method: nothing else can be sent. ``meaning`` tells what the
    codes of packages mean. A session that is too old is renewed once, if it ``may_renew``.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        allowed: Collection[tuple[str, str]],
        meaning: CodeMeaning = no_meaning,
        *,
        may_renew: bool = True,
    ) -> None:
        self._allowed = frozenset(allowed)
        self._transport = transport
        self._meaning = meaning
        self._discovery = Discovery(self._transport, {AUTH_API, _COMPOUND_API, *(api for api, _method in allowed)})
        self._session = Session(self._transport, self._discovery, credentials)
        self._most_items = MOST_WEIGHT  # of a compound
        self._routes: dict[tuple[str, str], Route] = {}
        self._may_renew = may_renew
        self._losses = Losses()
        self._given_up: DsmError | None = None  # why nothing more is asked
        self.logout_error: DsmError | None = None
        self.login_error: DsmError | None = None  # of a second login

    def __enter__(self) -> Client:
        try:
            self._session.login()
        except BaseException:
            self._transport.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.extend(_LOGOUT_SECONDS)  # a session that stays open costs the NAS more than a late logout
        try:
            self._session.logout()
        except DsmError as error:
            # What was read is read; the session stays open until DSM ends it, which the caller may want to say.
            self.logout_error = error
        finally:
            self._transport.close()

    def interrupt(self) -> None:
        """End the request that is under way in another thread; what it asked for fails."""
        self._transport.interrupt()

    @property
    def auth_version(self) -> int:
        """The version of SYNO.API.Auth that the login used: 7 on DSM 7, 6 on DSM 6."""
        return self._session.auth_version

    def find(self, api: str) -> ApiInfo | None:
        """What the NAS says of an API of the allowlist; None where it has not got it. Raises DsmError."""
        return self._discovery.find(api)

    def version_of(self, read: Read) -> int:
        """The version at which ``read`` is asked; after an answer, that of the answer."""
        return self._route(read).version

    def read(self, reads: Sequence[Read]) -> list[Reply]:
        """Ask all ``reads`` in as few requests as possible; the replies come in the same order, each with its error.

        Raises NotAllowedError, before anything is sent, for a read outside the allowlist.
        """
        for read in reads:
            names = {name.strip().casefold() for name in read.params}
            if (read.api, read.method) not in self._allowed or not RESERVED.isdisjoint(names):
                raise NotAllowedError(f"{read.api} {read.method} is not on the read allowlist")
        replies = self._ask(reads)
        self._ask_again_when_busy(reads, replies)
        while self._given_up is None:
            self._ask_again_after_expiry(reads, replies)
            misfits = [i for i, reply in enumerate(replies) if self._reroute(reads[i], reply)]
            if not misfits:
                break
            self._replace(replies, reads, misfits)
        return replies

    def _replace(self, replies: list[Reply], reads: Sequence[Read], chosen: list[int]) -> None:
        """Ask the chosen reads again and put their new replies in place of the old."""
        for i, reply in zip(chosen, self._ask([reads[i] for i in chosen]), strict=True):
            replies[i] = reply

    def _ask_again_when_busy(self, reads: Sequence[Read], replies: list[Reply]) -> None:
        """Ask once more, a little later, what DSM was too busy for."""
        busy = [i for i, reply in enumerate(replies) if reply.error and reply.error.details.code in BUSY_CODES]
        if not busy or self._given_up:
            return
        try:
            self._transport.pause(_BUSY_SECONDS)
        except DsmError:
            return  # no time is left, and that DSM is busy tells more
        self._replace(replies, reads, busy)

    def _ask_again_after_expiry(self, reads: Sequence[Read], replies: list[Reply]) -> None:
        """Log in a second time, once in the life of a client, and ask again what the old session was too old for."""
        expired = [i for i, reply in enumerate(replies) if reply.error and reply.error.kind is Kind.EXPIRED]
        if not expired or not self._may_renew or not self._session.renewable:
            return
        self._may_renew = False
        try:
            self._session.renew()
        except DsmError as error:
            self.login_error = error
            for i in expired:
                replies[i] = Reply(replies[i].route, error=error)
        else:
            self._replace(replies, reads, expired)

    def _reroute(self, read: Read, reply: Reply) -> bool:
        """After an answer that path or version does not fit: find a better route. False where there is none."""
        if reply.error is None or reply.error.details.code not in MISFIT_CODES:
            return False
        try:
            info = self._discovery.find(read.api)
        except DsmError:
            return False
        if info is None:
            return False
        if self._route(read) != reply.route:
            return True  # another read of the same method found the way
        tried = reply.route
        fitting = [
            version
            for version in read.versions
            if info.min_version <= version <= info.max_version and (version < tried.version or info.path != tried.path)
        ]
        if not fitting:
            return False
        self._routes[read.api, read.method] = Route(info.path, max(fitting))
        return True

    def _route(self, read: Read) -> Route:
        known, newest = self._routes.get((read.api, read.method)), max(read.versions)
        return known if known and known.version in read.versions else Route(known.path if known else ENTRY, newest)

    def _ask(self, reads: Sequence[Read]) -> list[Reply]:
        """Ask in batches, and then, in ever smaller parts, what did not come back: one read that hangs costs itself.

        The parts come last, so that whatever can be had is there before more time is spent on what may not.
        """
        replies: dict[int, Reply] = {}
        left = deque[Batch](packed([read.weight for read in reads]))
        end = self._given_up
        while left and end is None:
            batch = self._worth_asking(left.popleft(), reads, replies)
            chosen = [reads[i] for i in batch]
            most = self._most_of(chosen)
            if not batch or len(batch) > most:
                left.extendleft(reversed(pieces(batch, most)))
                continue
            try:
                found = self._ask_batch(chosen)
            except DsmError as error:
                end = self._end_after(error, chosen, is_only=len(reads) == 1)
                if len(batch) == 1:
                    replies[batch[0]] = self._failed(chosen[0], error)
                else:
                    left.extendleft(reversed(scouts(batch, _firsts(batch, reads))))
                    left.extend(split(batch))
                continue
            if found is None:
                self._most_items = FEW_ITEMS if len(batch) > FEW_ITEMS else 1
                left.appendleft(batch)
            else:
                replies.update(zip(batch, found, strict=True))
        replies |= {i: Reply(self._route(reads[i]), error=end) for batch in left for i in batch if i not in replies}
        return [replies[i] for i in range(len(reads))]

    def _worth_asking(self, batch: Batch, reads: Sequence[Read], replies: dict[int, Reply]) -> Batch:
        """What is left of a batch without what has its reply, and what gets one here since its like hang."""
        for i in batch:
            if i not in replies and (error := self._losses.why_unasked(reads[i].question)):
                replies[i] = self._failed(reads[i], error)
        return [i for i in batch if i not in replies]

    def _most_of(self, reads: Sequence[Read]) -> int:
        """How many of these reads one request may hold."""
        return self._most_items if all(self._route(read).path == ENTRY for read in reads) else 1

    def _end_after(self, error: DsmError, reads: Sequence[Read], *, is_only: bool) -> DsmError | None:
        """Why nothing more is asked after a request that failed; None where the NAS still answers others."""
        if error.kind is not Kind.CONNECTION:
            return error
        self._losses.note([read.question for read in reads], error)
        if is_only and self._losses.in_a_row == 1:
            return None  # nothing else waits for it
        try:
            self._discovery.knock()
        except DsmError as failure:
            self._given_up = error
            return failure if failure.kind is Kind.LOCAL else error
        if self._losses.in_a_row >= _MOST_FAILURES:
            self._given_up = error
        return self._given_up

    def _ask_batch(self, reads: Sequence[Read]) -> list[Reply] | None:
        """All ``reads`` in one request; None where this NAS refuses so many."""
        if len(reads) == 1:
            return [self._ask_one(reads[0])]
        routes = [self._route(read) for read in reads]
        compound = [
            {"api": read.api, "method": read.method, "version": route.version, **read.params}
            for read, route in zip(reads, routes, strict=True)
        ]
        answer = self._call(
            Read(_COMPOUND_API, "request", (_COMPOUND_VERSION,)),
            {"compound": compound, "mode": "sequential", "stop_when_error": False},
        )
        if answer.get("success") is not True:
            code = error_code(answer)
            error = api_error(code, api=_COMPOUND_API, method="request", version=_COMPOUND_VERSION)
            if error.kind is Kind.EXPIRED or code in BUSY_CODES:
                return [Reply(route, error=error) for route in routes]
        results = _results(answer, compound)
        if results is None:
            return None
        return [self._reply(read, route, result) for read, route, result in zip(reads, routes, results, strict=True)]

    def _ask_one(self, read: Read) -> Reply:
        return self._reply(read, self._route(read), self._call(read, read.params))

    def _call(self, read: Read, params: Mapping[str, Any]) -> dict[str, Any]:
        """One request. Every value but the call itself is a JSON document, as ``requestFormat: JSON`` asks for."""
        route = self._route(read)
        form = {"api": read.api, "version": str(route.version), "method": read.method}
        form |= {key: json.dumps(value, separators=(",", ":")) for key, value in params.items()}
        form, headers = self._session.sign(form)
        answer = self._transport.post(route.path, form, headers)
        self._losses.answered()
        return answer

    def _failed(self, read: Read, error: DsmError) -> Reply:
        route = self._route(read)
        return Reply(route, error=error.of(read.api, read.method, route.version))

    def _reply(self, read: Read, route: Route, answer: dict[str, Any]) -> Reply:
        call: dict[str, Any] = {"api": read.api, "method": read.method, "version": route.version}
        if answer.get("success") is not True:
            return Reply(route, error=api_error(error_code(answer), **call, meaning=self._meaning))
        return Reply(route, answer.get("data"))


def _firsts(batch: Batch, reads: Sequence[Read]) -> dict[int, tuple[str, str]]:
    """The first read of each question in a batch, and its call."""
    places = {reads[i].question: i for i in reversed(batch)}
    return {place: question.call for question, place in places.items()}


def _results(answer: dict[str, Any], compound: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]] | None:
    """The answers to the items of ``compound``; None where they are not told to be all, each of its item."""
    data = answer.get("data")
    results = data.get("result") if isinstance(data, dict) and answer.get("success") is True else None
    if not isinstance(results, list) or len(results) != len(compound):
        return None
    fit = all(_answers(result, item) for result, item in zip(results, compound, strict=True))
    return results if fit else None


def _answers(result: Any, item: Mapping[str, Any]) -> bool:
    """Whether a result is that of an item, as far as it says."""
    called = ("api", "method", "version")
    return isinstance(result, dict) and all(str(result.get(key, item[key])) == str(item[key]) for key in called)
