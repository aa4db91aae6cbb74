# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading many NAS at once, in threads of one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

T = TypeVar("T")


def sweep(
    questions: Mapping[str, Callable[[float], T]], *, at_once: int, seconds_each: float, seconds_all: float
) -> Iterator[tuple[str, T]]:
    """The answer to every question by name, as they come.

    A question is called with the moment (``time.monotonic``) by which it has to be done: so many seconds after it is
    asked, and not later than so many after the sweep began. It keeps that moment itself, and does not raise.
    """
    end = time.monotonic() + seconds_all

    def ask(question: Callable[[float], T]) -> T:
        return question(min(end, time.monotonic() + seconds_each))

    with ThreadPoolExecutor(max_workers=max(1, min(at_once, len(questions)))) as pool:
        futures = {pool.submit(ask, question): name for name, question in questions.items()}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)  # whoever asks for no more answers waits for no more
