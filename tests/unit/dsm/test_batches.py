# SPDX-License-Identifier: GPL-3.0-or-later
"""How much goes into one request, and what becomes of the rest where one read does not come back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.batches import MOST_WEIGHT
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Client, Read, Reply
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import (
    DsmError,
    Kind,
    connection_error,
    local_error,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    AUTH,
    BATCH,
    COMPOUND,
    DISCOVERY,
    IMAP_POP3,
    INFO,
    LOGIN,
    PREFIX,
    QUEUE,
    REPORT,
    SECURITY,
    calls,
    gather,
    requests_of,
)

THREE, TEN, THIRTY = ([f"d{number}.example" for number in range(count)] for count in (3, 10, 30))
FLEET = {
    "nas": {
        "one": {"https": False},
        "tls": {},
        "ten": {"https": False, "domains": TEN},
        "thirty": {"https": False, "domains": THIRTY},
        "ten_singly": {"https": False, "domains": TEN, "permissions": {COMPOUND: 105}},
        **{f"limit_{n}": {"https": False, "domains": THREE, "compound_limit": n} for n in (25, 50, 94)},
    }
}

TIMEOUT = connection_error("timeout", "Nothing came.", "Wait.")
NO_JSON = connection_error("not_json", "HTML came.", "Look.")
TIME_LIMIT = local_error("time_limit", "It took too long.", "Wait.")

Answer = dict[str, Any]
Ask = Callable[[Mapping[str, Any]], Answer]


def api(number: int) -> str:
    return f"SYNO.Test.N{number:03}"


READS = [Read(api(number), "get", (1,)) for number in range(91)]
ALLOWED = {(api(number), "get") for number in range(200)}


def fine(call: Mapping[str, Any]) -> Answer:
    return {"success": True, "data": {"of": call["api"]}}


def coded(code: int) -> Answer:
    return {"success": False, "error": {"code": code}}


class FakeNas:
    """A transport that answers of itself. ``failing`` names APIs that keep a whole request from coming back."""

    def __init__(self, failing: Mapping[str, DsmError] | None = None, ask: Ask = fine) -> None:
        self.failing = dict(failing or {})
        self.ask = ask
        self.sent: list[list[str]] = []  # the APIs of each request
        self.logins = 0
        self.dies_at = self.late_at = 10**6  # after so many requests, it is dead, or no time is left
        self.most_items = 10**6

    def post(self, path: str, form: Mapping[str, str], headers: Any, *, again: bool = True) -> Answer:
        del path, headers, again
        name = form["api"]
        if name == AUTH:
            self.logins += form["method"] == "login"
            return {"success": True, "data": {"sid": f"S{self.logins}", "synotoken": "T"}}
        items = json.loads(form["compound"]) if name == COMPOUND else [dict(form)]
        self.sent.append([item["api"] for item in items])
        if len(self.sent) > self.late_at:
            raise TIME_LIMIT
        if len(self.sent) > self.dies_at:
            raise TIMEOUT
        for item in items:
            if item["api"] in self.failing:
                raise self.failing[item["api"]]
        if name == COMPOUND and len(items) > self.most_items:
            return coded(120)
        if name == COMPOUND:
            return {"success": True, "data": {"result": [self.ask(item) for item in items]}}
        return {"success": True, "data": {}} if name == INFO else self.ask(form)

    def pause(self, seconds: float) -> None: ...
    def extend(self, seconds: float) -> None: ...
    def interrupt(self) -> None: ...
    def close(self) -> None: ...

    @property
    def sizes(self) -> list[int]:
        """How many reads each request asked, knocks left out."""
        return [len(apis) for apis in self.sent if apis != [INFO]]

    @property
    def knocks(self) -> int:
        return self.sent.count([INFO])


def read(nas: FakeNas, reads: list[Read] = READS) -> list[Reply]:
    with Client(nas, Credentials("u", "p"), ALLOWED) as dsm:
        return dsm.read(reads)


def lost(replies: list[Reply]) -> dict[int, str]:
    """The reads that have no answer, and the names of their errors. All others have the answer to just that read."""
    errors = {number: reply.error.details.name for number, reply in enumerate(replies) if reply.error}
    told = {number: reply.data for number, reply in enumerate(replies) if not reply.error}
    assert told == {number: {"of": api(number)} for number in told}
    return errors


# ------------------------------------------------------------------------------------------------------------- weight


@pytest.mark.parametrize(
    ("params", "weight"),
    [
        ({}, 1),
        ({"limit": 1}, 1),
        ({"limit": 99}, 1),
        ({"limit": 100}, 2),
        ({"limit": 500}, 6),
        ({"limit": 9999}, 100),
    ],
)
def test_rows_make_a_read_heavy(params: Mapping[str, Any], weight: int) -> None:
    assert Read("SYNO.A", "list", (1,), params).weight == weight


@pytest.mark.parametrize("limit", [-1, "500", None, [], 1.5])
def test_a_limit_that_counts_no_rows_weighs_nothing(limit: Any) -> None:
    assert Read("SYNO.A", "list", (1,), {"limit": limit}).weight == 1


def test_two_hundred_reads_are_two_requests_in_order() -> None:
    nas = FakeNas()
    assert lost(read(nas, [Read(api(number), "get", (1,)) for number in range(200)])) == {}
    assert nas.sizes == [100, 100]


def test_batches_are_packed_by_weight() -> None:
    nas = FakeNas()
    pages = [Read(api(number), "get", (1,), {"limit": 500}) for number in range(40)]
    huge = [Read(api(40), "get", (1,), {"limit": 100 * MOST_WEIGHT})]
    few = [Read(api(41 + number), "get", (1,), {"limit": 50}) for number in range(101)]
    assert lost(read(nas, [*pages, *huge, *few])) == {}
    assert nas.sizes == [16, 16, 8, 1, 100, 1]  # pages of 500 rows weigh 6 each


# ------------------------------------------------------------------------------------------ one that does not come back


@pytest.mark.parametrize("bad", [0, 45, 90])
@pytest.mark.parametrize("error", [TIMEOUT, NO_JSON])
def test_one_read_that_does_not_come_back_costs_itself(bad: int, error: DsmError) -> None:
    nas = FakeNas({api(bad): error})
    replies = read(nas)
    assert lost(replies) == {bad: error.details.name}
    details = replies[bad].error.details  # type: ignore[union-attr]
    assert (details.api, details.method, details.version) == (api(bad), "get", 1)
    assert nas.knocks == 3  # as many as timeouts: of all, of a tenth, of the one read
    assert len(nas.sizes) in (20, 21)
    assert nas.logins == 1


def test_each_read_that_does_not_come_back_keeps_its_own_error() -> None:
    nas = FakeNas({api(7): TIMEOUT, api(70): NO_JSON})
    assert lost(read(nas)) == {7: "timeout", 70: "not_json"}
    assert (nas.knocks, nas.logins) == (5, 1)


def test_what_can_be_had_is_read_before_more_time_is_spent_on_what_may_not() -> None:
    nas = FakeNas({api(0): TIMEOUT})
    read(nas, [Read(api(number), "get", (1,)) for number in range(200)])
    assert nas.sizes[:12] == [100, 100, *[10] * 10]
    assert set(nas.sizes[12:]) == {1}


@pytest.mark.parametrize("kind", ["too_large", "together"])
def test_what_is_too_much_together_is_read_in_parts(kind: str) -> None:
    class Slow(FakeNas):
        def post(self, path: str, form: Mapping[str, str], headers: Any, *, again: bool = True) -> Answer:
            answer = super().post(path, form, headers, again=again)
            if self.sizes and self.sizes[-1] > 20 and form["api"] == COMPOUND:
                raise TIMEOUT if kind == "together" else connection_error("answer_too_large", "Much came.", "Ask less.")
            return answer

    nas = Slow()
    assert lost(read(nas)) == {}
    assert nas.sizes == [91, *[9] * 9, 10]


def test_where_compounds_are_refused_one_read_that_hangs_costs_itself_too() -> None:
    nas = FakeNas({api(5): TIMEOUT})
    nas.most_items = 0
    with Client(nas, Credentials("u", "p"), ALLOWED) as dsm:
        dsm.read(READS[:3])
        assert nas.sizes == [3, 1, 1, 1]
        nas.sent.clear()
        assert lost(dsm.read(READS)) == {5: "timeout"}
    assert nas.sizes == [1] * 91
    assert nas.knocks == 1


@pytest.mark.parametrize("fault", ["hang", "html", "cut_text", "cut_connection", "close", "empty"])
@pytest.mark.parametrize("name", ["one", "tls"])
def test_one_section_that_hangs_or_breaks_costs_itself(fleet: Fleet, name: str, fault: str) -> None:
    nas = fleet[name]
    nas.faults.add(fault, api=SECURITY)
    state = gather(nas, timeout=0.5, ca_path=str(fleet.ca_path))
    broken = {name: each["error"] for name, each in state.sections.items() if each["status"] != "ok"}
    assert set(broken) == {"security"}
    assert (broken["security"]["kind"], broken["security"]["api"]) == ("connection", SECURITY)
    assert calls(nas).count(LOGIN) == 1
    assert DISCOVERY in calls(nas)


def test_a_section_that_hangs_and_one_that_breaks_cost_themselves(nas: Nas) -> None:
    nas.faults.add("hang", api=SECURITY)
    nas.faults.add("html", api=IMAP_POP3)
    state = gather(nas, timeout=0.5)
    errors = {name: each["error"]["name"] for name, each in state.sections.items() if each["status"] != "ok"}
    assert errors == {"security": "timeout", "imap_pop3": "not_json"}
    hung = requests_of(nas, BATCH)[0].connection
    assert [request.connection for request in nas.requests].count(hung) == 2  # it, and the login before it


# ------------------------------------------------------------------------------------------- what is asked per domain


def per_domain(domains: int) -> list[Read]:
    """Ten calls, each asked for a page of each domain and the row behind it."""
    windows = ({"offset": 0, "limit": 500}, {"offset": 500, "limit": 1})
    return [
        Read(api(call), "get", (1,), {"domain_id": domain, **window})
        for call in range(10)
        for domain in range(domains)
        for window in windows
    ]


def without_answer(reads: list[Read], replies: list[Reply]) -> set[tuple[str, int]]:
    """The lists, as pairs of API and domain, whose page has no answer."""
    pages = [(read, reply) for read, reply in zip(reads, replies, strict=True) if read.params["offset"] == 0]
    return {(read.api, read.params["domain_id"]) for read, reply in pages if reply.error}


@pytest.mark.parametrize("most_items", [10**6, 25, 0])
@pytest.mark.parametrize("domains", [2, 3, 10, 30])
def test_calls_that_hang_for_every_domain_cost_themselves(domains: int, most_items: int) -> None:
    nas = FakeNas({api(2): TIMEOUT, api(7): TIMEOUT})
    nas.most_items = most_items
    reads = per_domain(domains)
    replies = read(nas, reads)
    assert without_answer(reads, replies) == {(api(call), domain) for call in (2, 7) for domain in range(domains)}
    assert nas.knocks <= 2 * 3  # as many as timeouts
    errors = [reply.error for reply in replies if reply.error]
    assert {(error.kind, error.details.name, error.details.method) for error in errors} == {
        (Kind.CONNECTION, "timeout", "get")
    }
    assert {error.details.message for error in errors} == {
        "Nothing came.",
        "Nothing came. Not asked again: the same question did not come back.",
        *(["Nothing came. Not asked again: 2 of its like did not come back."] if domains > 2 else []),
    }


@pytest.mark.parametrize("most_items", [10**6, 25, 0])
@pytest.mark.parametrize("domains", [3, 10, 30])
def test_what_hangs_as_a_whole_costs_three_timeouts_for_each_of_eight_calls(domains: int, most_items: int) -> None:
    nas = FakeNas({api(call): TIMEOUT for call in range(10)})
    nas.most_items = most_items
    assert all(reply.error for reply in read(nas, per_domain(domains)))
    assert nas.knocks <= 8 * 3


def test_a_call_that_hangs_is_not_asked_later_either() -> None:
    nas = FakeNas({api(2): TIMEOUT})
    reads = per_domain(3)
    with Client(nas, Credentials("u", "p"), ALLOWED) as dsm:
        dsm.read(reads)
        nas.sent.clear()
        assert {call for call, _domain in without_answer(reads, dsm.read(reads))} == {api(2)}
    assert not any(api(2) in apis for apis in nas.sent)
    assert nas.knocks == 0


@pytest.mark.parametrize("most_items", [10**6, 0])
def test_one_domain_that_hangs_costs_itself(most_items: int) -> None:
    class Large(FakeNas):
        def post(self, path: str, form: Mapping[str, str], headers: Any, *, again: bool = True) -> Answer:
            answer = super().post(path, form, headers, again=again)
            items = json.loads(form["compound"]) if form["api"] == COMPOUND else [form]
            if any(item["api"] == api(4) and str(item["domain_id"]) == "5" for item in items):
                self.hung += 1
                raise TIMEOUT
            return answer

        hung = 0

    nas = Large()
    nas.most_items = most_items
    reads = per_domain(10)
    assert without_answer(reads, read(nas, reads)) == {(api(4), 5)}
    assert nas.hung <= 4


def test_pages_of_a_list_whose_page_hangs_are_not_asked() -> None:
    nas = FakeNas({api(0): TIMEOUT})
    replies = read(nas, [Read(api(0), "get", (1,), {"offset": 500 * page, "limit": 500}) for page in range(8)])
    assert [reply.error is None for reply in replies] == [False] * 8
    assert nas.sizes == [8, 1]


@pytest.mark.parametrize("name", ["ten", "thirty", "ten_singly"])
def test_sections_that_hang_for_every_domain_cost_themselves(fleet: Fleet, name: str) -> None:
    nas = fleet[name]
    for hanging in ("Domain.User", "Alias"):
        nas.faults.add("hang", api=PREFIX + hanging, method="list")
    state = gather(nas, "all", timeout=0.5)
    assert {name for name, each in state.sections.items() if each["status"] != "ok"} == {"domain_users", "aliases"}
    assert calls(nas).count(DISCOVERY) <= 2 * 3
    assert calls(nas).count(LOGIN) == 1


# -------------------------------------------------------------------------------------- how many items a compound holds


@pytest.mark.parametrize("name", ["limit_25", "limit_50", "limit_94"])
def test_a_limit_of_items_costs_few_requests(fleet: Fleet, name: str) -> None:
    nas = fleet[name]
    state = gather(nas, "all")
    assert {each["status"] for each in state.sections.values()} == {"ok"}
    assert len(nas.requests) < 12


@pytest.mark.parametrize(
    ("most_items", "first", "second"),
    [
        (91, [91], [91]),
        (90, [91, 25, 25, 25, 16], [25, 25, 25, 16]),
        (25, [91, 25, 25, 25, 16], [25, 25, 25, 16]),
        (24, [91, 25, *[1] * 91], [1] * 91),
        (0, [91, 25, *[1] * 91], [1] * 91),
    ],
)
def test_a_compound_that_is_refused_is_tried_smaller_once(most_items: int, first: list[int], second: list[int]) -> None:
    nas = FakeNas()
    nas.most_items = most_items
    with Client(nas, Credentials("u", "p"), ALLOWED) as dsm:
        assert lost(dsm.read(READS)) == {}
        assert nas.sizes == first
        nas.sent.clear()
        assert lost(dsm.read(READS)) == {}
    assert nas.sizes == second


# -------------------------------------------------------------------------------------------------------- the end of it


@pytest.mark.parametrize("dies_at", [0, 1, 4])
def test_a_dead_nas_costs_a_timeout_and_a_knock(dies_at: int) -> None:
    nas = FakeNas()
    nas.dies_at = dies_at
    reads = [Read(api(number), "get", (1,), {"limit": 1900}) for number in range(50)]  # five in a batch
    with Client(nas, Credentials("u", "p"), ALLOWED) as dsm:
        errors = lost(dsm.read(reads))
        assert errors == dict.fromkeys(range(5 * dies_at, 50), "timeout")
        assert len(nas.sent) == dies_at + 2
        assert lost(dsm.read(reads[:3])) == dict.fromkeys(range(3), "timeout")
        assert len(nas.sent) == dies_at + 2  # who is dead is not asked again


def test_a_nas_that_dies_while_parts_are_asked_keeps_what_it_answered() -> None:
    nas = FakeNas({api(0): NO_JSON})
    nas.dies_at = 6  # all, knock, the first tenth, knock, two more tenths
    assert lost(read(nas)) == dict.fromkeys([*range(9), *range(27, 91)], "timeout")
    assert len(nas.sent) == nas.dies_at + 2


def test_a_package_that_hangs_as_a_whole_is_given_up_though_dsm_answers() -> None:
    nas = FakeNas({api(number): TIMEOUT for number in range(200)})
    assert lost(read(nas)) == dict.fromkeys(range(91), "timeout")
    assert (len(nas.sizes), nas.knocks) == (9, 9)  # of all, which may be any, and of eight tenths


def test_a_single_read_that_fails_costs_no_knock() -> None:
    nas = FakeNas({api(0): TIMEOUT})
    assert lost(read(nas, READS[:1])) == {0: "timeout"}
    assert nas.sent == [[api(0)]]


def test_single_reads_of_a_dead_nas_are_given_up_too() -> None:
    nas = FakeNas()
    nas.dies_at = 0
    with Client(nas, Credentials("u", "p"), ALLOWED) as dsm:
        for number in range(5):
            assert dsm.read(READS[number : number + 1])[0].error is not None
    assert nas.sent == [[api(0)], [api(1)], [INFO]]


# All, knock, the first tenth, knock, the nine others, the first read, knock, the other eight.
@pytest.mark.parametrize(
    ("late_at", "unanswered"),
    [(0, 91), (1, 91), (2, 91), (3, 91), (4, 91), (5, 82), (12, 19), (13, 9), (14, 9), (15, 9), (16, 8), (22, 2)],
)
def test_what_the_deadline_leaves_unasked_says_so(late_at: int, unanswered: int) -> None:
    nas = FakeNas({api(0): TIMEOUT})
    nas.late_at = late_at
    errors = lost(read(nas))
    own = errors.pop(0)
    assert own == ("timeout" if late_at > 13 else "time_limit")
    assert list(errors.values()) == ["time_limit"] * (unanswered - 1)
    assert len(nas.sent) == late_at + 1  # be it a part or a knock: nothing is asked behind it


def test_an_interruption_ends_it() -> None:
    class Interrupted(FakeNas):
        def post(self, path: str, form: Mapping[str, str], headers: Any, *, again: bool = True) -> Answer:
            if len(self.sent) == 6:
                self.sent.append([])
                raise local_error("interrupted", "Enough.", "Go on.")
            return super().post(path, form, headers, again=again)

    nas = Interrupted({api(0): TIMEOUT})
    errors = lost(read(nas))
    assert set(errors.values()) == {"interrupted"}
    assert len(nas.sent) == 7


# ---------------------------------------------------------------------------------------- what else may go wrong in it


@pytest.mark.parametrize("code", [106, 107, 119])
def test_a_session_that_expires_in_a_part_is_renewed_once(code: int) -> None:
    nas = FakeNas({api(0): TIMEOUT})

    def ask(call: Mapping[str, Any]) -> Answer:
        return coded(code) if len(nas.sent) > 8 and nas.logins == 1 else fine(call)

    nas.ask = ask
    assert lost(read(nas)) == {0: "timeout"}
    assert nas.logins == 2


def test_a_part_that_dsm_is_too_busy_for_is_asked_once_more() -> None:
    nas = FakeNas({api(0): TIMEOUT})
    nas.ask = lambda call: coded(117) if len(nas.sent) == 8 else fine(call)
    assert lost(read(nas)) == {0: "timeout"}


def test_a_misfit_in_a_part_finds_its_version() -> None:
    nas = FakeNas({api(0): TIMEOUT})
    newer = [Read(api(number), "get", (1, 2)) for number in range(91)]

    class Older(FakeNas):
        def post(self, path: str, form: Mapping[str, str], headers: Any, *, again: bool = True) -> Answer:
            answer = super().post(path, form, headers, again=again)
            known = {"path": "entry.cgi", "minVersion": 1, "maxVersion": 1}
            return {"success": True, "data": {api(9): known}} if form["api"] == INFO else answer

    nas = Older({api(0): TIMEOUT})
    nas.ask = lambda call: coded(104) if call["api"] == api(9) and int(call["version"]) > 1 else fine(call)
    assert lost(read(nas, newer)) == {0: "timeout"}
    assert nas.sent[-1] == [api(9)]


def test_a_dead_nas_is_not_asked_for_what_did_not_fit() -> None:
    nas = FakeNas()
    nas.ask = lambda call: coded(104) if call["api"] == api(9) else fine(call)
    nas.dies_at = 1
    reads = [Read(api(number), "get", (1, 2), {"limit": 1900}) for number in range(10)]
    assert lost(read(nas, reads))[9] == "timeout"
    nas = FakeNas(ask=lambda call: coded(104) if call["api"] == api(1) else fine(call))
    nas.dies_at = 1
    assert lost(read(nas, reads)) == {1: "version_not_supported", **dict.fromkeys(range(5, 10), "timeout")}
    assert len(nas.sent) == 3


def test_a_section_that_hangs_among_others_that_expire(nas: Nas) -> None:
    nas.faults.add("hang", api=IMAP_POP3)
    nas.faults.add("expired", api=REPORT, after=1, first=1)
    state = gather(nas, "all", timeout=0.5)
    assert [name for name, each in state.sections.items() if each["status"] != "ok"] == ["imap_pop3"]
    assert calls(nas).count(LOGIN) == 2
    assert QUEUE in {item["api"] for request in nas.requests for item in request.items}
