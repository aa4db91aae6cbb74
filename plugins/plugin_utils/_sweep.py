# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking many NAS at once, in threads of one process: in time, and without one host ending what others answer."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# How long after its deadline a question may take to say that it was late, and after an interrupt to log out.
_SECONDS_TO_END = 6
_SECONDS_BETWEEN_LOOKS = 0.2


class LateError(Exception):
    """What is not answered in time."""


class Question(Protocol[T_co]):
    """What is asked of one host. ``deadline`` (``time.monotonic``) is when ``ask`` has come back."""

    deadline: float

    def ask(self, end: float) -> T_co:
        """The answer, by ``end`` at the latest. To be called once."""

    def interrupt(self) -> None:
        """End what runs in ``ask``, from another thread."""

    def failed(self, error: Exception) -> T_co:
        """The answer where ``ask`` raised ``error``, or did not come back in time (LateError)."""


def sweep(questions: Mapping[str, Question[T]], *, at_once: int, seconds_all: float) -> Generator[tuple[str, T]]:
    """The answer to every question by name, as they come, whatever becomes of a question.

    To close the sweep, or to leave it by Ctrl-C, ends what runs.
    """
    end = time.monotonic() + seconds_all
    waiting = deque(questions)
    running: set[str] = set()
    threads: list[Thread] = []
    answers: SimpleQueue[tuple[str, T]] = SimpleQueue()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                # Not by a pool: Python waits for those of a pool when it exits, however long they take.
                thread = Thread(target=_ask, args=(waiting[0], questions[waiting[0]], end, answers), daemon=True)
                try:
                    thread.start()
                except RuntimeError:  # the system gives no more threads
                    if not running:
                        raise
                    break
                threads.append(thread)
                running.add(waiting.popleft())
            for name, answer in _next(running, questions, end, answers):
                running.remove(name)
                yield name, answer
    finally:
        for name in running:
            questions[name].interrupt()
        _wait_for(threads)


def _ask(name: str, question: Question[T], end: float, answers: SimpleQueue[tuple[str, T]]) -> None:
    try:
        answer = question.ask(end)
    except Exception as error:  # noqa: BLE001 - it stays at this host
        answer = question.failed(error)
    answers.put((name, answer))


def _next(
    running: set[str], questions: Mapping[str, Question[T]], end: float, answers: SimpleQueue[tuple[str, T]]
) -> Iterator[tuple[str, T]]:
    """The next answer, or those of questions that are late."""
    try:
        name, answer = answers.get(timeout=_SECONDS_BETWEEN_LOOKS)
    except Empty:
        now = time.monotonic()
        for name in [name for name in running if now > min(end, questions[name].deadline) + _SECONDS_TO_END]:
            questions[name].interrupt()
            yield name, questions[name].failed(LateError())
    else:
        if name in running:
            yield name, answer


def _wait_for(threads: list[Thread]) -> None:
    """Let threads log out. One that hangs is left behind."""
    end = time.monotonic() + _SECONDS_TO_END
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
