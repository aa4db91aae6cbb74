# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a login may be sent: among threads, among forked processes, and from one task of a run to the next."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    AUTH_API,
    DsmError,
    api_error,
    connection_error,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils import _login_gate
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import MOST_REFUSALS, LoginGate

SOMEONE = Credentials("auditor", "a secret")


@dataclass
class FakeClient:
    """Logs in as it is told to."""

    login: Callable[[], None]
    login_error: DsmError | None = None

    def __enter__(self) -> FakeClient:
        self.login()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


def address(number: int) -> Address:
    return Address(f"nas{number}", 5001)


def refused(code: int = 400) -> DsmError:
    return api_error(code, api=AUTH_API, method="login", version=7)


UNREACHABLE = connection_error("timeout", "https://nas1:5001 did not answer within 30 seconds.", "Check the way.")


def ask(gate: LoginGate, number: int, error: DsmError | None = None, who: Credentials = SOMEONE) -> str:
    """What became of one NAS: accepted, or the error's name."""

    def login() -> None:
        if error:
            raise error

    client: Any = FakeClient(login)
    try:
        with gate.turn(address(number), who)(client):
            return "accepted"
    except DsmError as failed:
        return failed.details.name


def test_a_refusal_at_a_renewal_counts_as_well() -> None:
    gate = LoginGate()
    client: Any = FakeClient(lambda: None, login_error=refused())
    with gate.turn(address(1), SOMEONE)(client):
        pass
    assert ask(gate, 1) == "not_asked"


@pytest.mark.parametrize("host", ["NAS1", "nas1.", "Nas1"])
def test_a_nas_is_the_same_however_its_name_is_written(host: str) -> None:
    gate = LoginGate()
    assert ask(gate, 1, refused()) == "wrong_credentials"
    with pytest.raises(DsmError) as caught:
        gate.turn(Address(host, 5001), SOMEONE)
    assert "refused the same credentials" in str(caught.value)


def test_a_nas_with_several_names_gets_one_login_at_a_time() -> None:
    gate = LoginGate()
    gate.turn(address(1), SOMEONE)
    with pytest.raises(DsmError) as caught:
        gate.turn(address(1), SOMEONE, until=time.monotonic() + 0.1)
    assert caught.value.details.name == "time_limit"


def test_after_three_refusals_nobody_is_asked() -> None:
    gate = LoginGate()
    assert [ask(gate, number, refused()) for number in range(5)] == ["wrong_credentials"] * 3 + ["not_asked"] * 2
    with pytest.raises(DsmError) as caught:
        gate.turn(address(7), SOMEONE)
    assert caught.value.details.as_dict() == {
        "kind": "local",
        "name": "not_asked",
        "message": "https://nas7:5001 was not asked: DSM refused the same credentials on 3 hosts "
        "(nas0:5001, nas1:5001, nas2:5001).",
        "hint": "Correct the credentials; a new run asks again.",
        "api": None,
        "method": None,
        "version": None,
        "code": None,
    }


@pytest.mark.parametrize(
    "other",
    [
        Credentials("auditor", "another secret"),
        Credentials("somebody", "a secret"),
        Credentials("auditor", "a secret", otp_code="123456"),
        Credentials("auditor", "a secret", device_id="123456"),
        Credentials("auditora", " secret"),
    ],
)
def test_other_credentials_are_another_matter(other: Credentials) -> None:
    gate = LoginGate()
    for number in range(3):
        ask(gate, number, refused())
    assert ask(gate, 1, who=other) == "accepted"
    assert ask(gate, 9) == "not_asked"


def test_a_nas_that_refused_is_not_asked_again() -> None:
    gate = LoginGate()
    assert [ask(gate, 1, refused()), ask(gate, 1), ask(gate, 2)] == ["wrong_credentials", "not_asked", "accepted"]
    with pytest.raises(DsmError, match="https://nas1:5001 was not asked again: it refused the same credentials"):
        gate.turn(address(1), SOMEONE)


def test_refusals_may_exceed_acceptances_by_three() -> None:
    gate = LoginGate()
    assert {ask(gate, number) for number in range(10)} == {"accepted"}
    assert {ask(gate, 0) for _again in range(10)} == {"accepted"}  # one NAS, however often
    outcomes = [ask(gate, number, refused()) for number in range(10, 30)]
    assert outcomes == ["wrong_credentials"] * (10 + MOST_REFUSALS) + ["not_asked"] * 7
    assert ask(gate, 5) == "accepted"  # those that accepted them are asked on


@pytest.mark.parametrize("error", [UNREACHABLE, refused(109), refused(102), refused(100)], ids=str)
def test_what_says_nothing_about_the_credentials_does_not_count(error: DsmError) -> None:
    gate = LoginGate()
    assert {ask(gate, number, error) for number in range(9)} == {error.details.name}
    assert ask(gate, 1) == "accepted"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 407, 411, 499])
def test_every_refusal_of_the_login_counts(code: int) -> None:
    gate = LoginGate()
    assert [ask(gate, number, refused(code)) for number in range(4)][3] == "not_asked"


def test_the_same_address_on_another_way_is_another_nas() -> None:
    gate = LoginGate()
    error = refused().details.as_dict()
    gate.turn(address(1), SOMEONE, way="by way of jump1").settle(error)
    gate.turn(address(1), SOMEONE, way="by way of jump2").settle(None)
    gate.turn(address(2), SOMEONE, way="by way of jump2").settle({"kind": "forbidden", "code": 105})
    with pytest.raises(DsmError, match=r"https://nas1:5001 by way of jump1 was not asked again"):
        gate.turn(address(1), SOMEONE, way="by way of jump1")


def test_threads_send_three_logins_before_the_first_answer() -> None:
    gate = LoginGate()
    sent = []

    def login() -> None:
        sent.append(1)
        time.sleep(0.1)
        raise refused()

    client: Any = FakeClient(login)

    def one(number: int) -> str:
        try:
            with gate.turn(address(number), SOMEONE)(client):
                return "accepted"
        except DsmError as error:
            return error.details.name

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(one, range(50)))
    assert len(sent) == 3
    assert sorted(outcomes) == ["not_asked"] * 47 + ["wrong_credentials"] * 3


def test_forked_processes_share_what_is_known() -> None:
    gate = LoginGate()
    fork = multiprocessing.get_context("fork")
    counted = fork.Value("i", 0)

    def worker(number: int) -> None:
        def login() -> None:
            with counted.get_lock():
                counted.value += 1
            time.sleep(0.05)
            raise refused()

        client: Any = FakeClient(login)
        try:
            with gate.turn(address(number), SOMEONE)(client):
                pass
        except DsmError:
            pass
        os._exit(0)

    for task in range(2):
        workers = [fork.Process(target=worker, args=(task * 100 + number,)) for number in range(12)]
        for process in workers:
            process.start()
        for process in workers:
            process.join()
        assert counted.value == 3


def test_a_process_that_is_killed_leaves_the_gate_open() -> None:
    gate = LoginGate()
    fork = multiprocessing.get_context("fork")

    def killed() -> None:
        with gate._journal.locked():
            os._exit(9)

    process = fork.Process(target=killed)
    process.start()
    process.join()
    assert ask(gate, 1) == "accepted"


@contextmanager
def silent(gate: LoginGate, count: int) -> Iterator[None]:
    """So many logins that are not answered."""
    for number in range(100, 100 + count):
        gate.turn(address(number), SOMEONE)
    yield


def test_those_that_do_not_answer_hold_nobody_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_login_gate, "_LOGIN_SECONDS", 0.2)
    gate = LoginGate()
    with silent(gate, MOST_REFUSALS):
        start = time.monotonic()
        assert ask(gate, 1) == "accepted"
        assert 0.15 < time.monotonic() - start < 1


def test_waiting_ends_when_it_is_too_late_or_stopped() -> None:
    gate = LoginGate()
    with silent(gate, MOST_REFUSALS):
        with pytest.raises(DsmError, match="https://nas1:5001 was not asked in time"):
            gate.turn(address(1), SOMEONE, until=time.monotonic() + 0.1)
        stopped = threading.Event()
        threading.Timer(0.1, stopped.set).start()
        with pytest.raises(DsmError, match="was not asked in time"):
            gate.turn(address(1), SOMEONE, stopped=stopped.is_set)


def test_once_accepted_more_are_asked_at_once() -> None:
    gate = LoginGate()
    ask(gate, 1)
    ask(gate, 2)
    with silent(gate, MOST_REFUSALS + 2), pytest.raises(DsmError, match="not asked in time"):
        gate.turn(address(3), SOMEONE, until=0)
    assert ask(gate, 1) == "accepted"


def test_no_secret_is_kept() -> None:
    gate = LoginGate()
    ask(gate, 1, refused(), Credentials("auditor", "a secret", otp_code="135246", device_id="d3vice"))
    kept = gate._journal.read()
    assert not [secret for secret in (b"secret", b"135246", b"d3vice", b"auditor") if secret in kept]
    other = LoginGate()
    ask(other, 1, refused(), Credentials("auditor", "a secret", otp_code="135246", device_id="d3vice"))
    assert other._journal.read().split()[1] != kept.split()[1]


def test_a_thousand_nas_cost_little() -> None:
    gate = LoginGate()
    start = time.process_time()
    for number in range(1000):
        ask(gate, number)
    assert time.process_time() - start < 3
