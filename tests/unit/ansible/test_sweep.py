# SPDX-License-Identifier: GPL-3.0-or-later
"""Many questions at once: each has an answer in time, whatever becomes of the others."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils import _sweep as sweeping
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._sweep import LateError, sweep


class Asked:
    """A question that does what it is told, and remembers what was done with it."""

    def __init__(self, answer: Callable[[Asked], str], seconds: float = math.inf) -> None:
        self.deadline = math.inf
        self.interrupted = threading.Event()
        self.began = False
        self._answer = answer
        self._seconds = seconds

    def ask(self, end: float) -> str:
        self.began = True
        self.deadline = min(end, time.monotonic() + self._seconds)
        return self._answer(self)

    def interrupt(self) -> None:
        self.interrupted.set()

    def failed(self, error: Exception) -> str:
        return "late" if isinstance(error, LateError) else f"failed: {error}"


def well(_asked: Asked) -> str:
    return "well"


def broken(_asked: Asked) -> str:
    raise RuntimeError("a defect")


def until_interrupted(asked: Asked) -> str:
    asked.interrupted.wait(20)
    return "interrupted"


def hanging(_asked: Asked) -> str:
    time.sleep(5)
    return "hung"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_SECONDS_TO_END", 0.2)
    monkeypatch.setattr(sweeping, "_SECONDS_BETWEEN_LOOKS", 0.02)


def answers(questions: dict[str, Asked], *, at_once: int = 50, seconds_all: float = 60) -> dict[str, str]:
    return dict(sweep(questions, at_once=at_once, seconds_all=seconds_all))


@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_an_unforeseen_exception_stays_at_its_host(at_once: int) -> None:
    questions = {f"well{number}": Asked(well) for number in range(20)} | {"broken": Asked(broken)}
    expected = dict.fromkeys(questions, "well") | {"broken": "failed: a defect"}
    assert answers(questions, at_once=at_once) == expected


def test_no_more_are_asked_at_once_than_may_be() -> None:
    running: list[int] = []
    most = 0

    def count(_asked: Asked) -> str:
        nonlocal most
        running.append(1)
        most = max(most, len(running))
        time.sleep(0.01)
        running.pop()
        return "well"

    assert len(answers({str(number): Asked(count) for number in range(20)}, at_once=4)) == 20
    assert most <= 4


@pytest.mark.parametrize("answer", [until_interrupted, hanging])
def test_one_that_is_late_is_interrupted_and_has_failed(answer: Callable[[Asked], str]) -> None:
    questions = {"late": Asked(answer, 0.1), "well": Asked(well)}
    start = time.monotonic()
    assert answers(questions, at_once=1) == {"late": "late", "well": "well"}
    assert time.monotonic() - start < 2
    assert questions["late"].interrupted.is_set()
    assert not questions["well"].interrupted.is_set()


@pytest.mark.parametrize("answer", [until_interrupted, hanging])
def test_the_end_of_all_holds(answer: Callable[[Asked], str]) -> None:
    questions = {str(number): Asked(answer) for number in range(5)}
    start = time.monotonic()
    assert set(answers(questions, seconds_all=0.1).values()) == {"late"}
    assert time.monotonic() - start < 2


def test_a_closed_sweep_ends_what_runs_and_begins_nothing() -> None:
    questions = {"first": Asked(well)} | {str(number): Asked(until_interrupted) for number in range(60)}
    start = time.monotonic()
    with closing(sweep(questions, at_once=5, seconds_all=60)) as asking:
        assert next(asking) == ("first", "well")
    assert time.monotonic() - start < 2
    begun = [asked for asked in questions.values() if asked.began]
    assert len(begun) <= 6
    assert all(asked.interrupted.is_set() for asked in begun if asked is not questions["first"])


def test_threads_that_hang_do_not_keep_python_from_exiting() -> None:
    with closing(sweep({"a": Asked(well), "b": Asked(hanging)}, at_once=2, seconds_all=60)) as asking:
        next(asking)
    assert all(thread.daemon for thread in threading.enumerate() if "(_ask)" in thread.name)


def test_where_the_system_gives_no_more_threads_fewer_are_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start
    running = threading.Semaphore(2)

    def scarce(thread: threading.Thread) -> None:
        if not running.acquire(blocking=False):
            raise RuntimeError("can't start new thread")
        start(thread)

    class Quick:
        deadline = math.inf

        def ask(self, _end: float) -> int:
            time.sleep(0.01)
            running.release()
            return 1

        def interrupt(self) -> None: ...

        def failed(self, _error: Exception) -> int:
            return 0

    monkeypatch.setattr(threading.Thread, "start", scarce)
    questions = {f"{number}": Quick() for number in range(10)}
    assert dict(sweep(questions, at_once=10, seconds_all=20)) == dict.fromkeys(questions, 1)
