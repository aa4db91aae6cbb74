# SPDX-License-Identifier: GPL-3.0-or-later
"""What must never be sent is not sent, whatever the options are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.api_question import ApiQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import CONNECTION_SPEC
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import (
    FactsQuestion,
    InfoQuestion,
    Question,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import (
    BATCH,
    DISCOVERY,
    LOGIN,
    LOGOUT,
    PREFIX,
    calls,
)
from ansible_collections.mailfleet.mailplus.tests.unit.support.methods import MAY_BE_SENT, NEVER, column
from hypothesis import given
from hypothesis import strategies as st

FLEET = {"nas": {"one": {}}, "defaults": {"https": False}}
API, FACTS = ApiQuestion(), FactsQuestion()
INFOS = [InfoQuestion(area) for area in AREAS]
RESERVED = ("api", "method", "version", "_sid", "SynoToken", "compound", "mode", "stop_when_error")


def ask(nas: Nas, question: Question, **given_options: Any) -> dict[str, Any]:
    """The result of a task; what Ansible itself refuses is one that failed."""
    connection = {"host": nas.host, "port": nas.port, "https": False}
    login = {"username": nas.username, "password": nas.password}
    validated = ArgumentSpecValidator(question.argument_spec).validate({**connection, **login, **given_options})
    if validated.error_messages:
        return {"failed": True, "msg": "; ".join(validated.error_messages)}
    return question.answer(validated.validated_parameters)


def sent(nas: Nas) -> set[tuple[str, str]]:
    """Every pair that arrived, alone or within a batch."""
    items = {(str(item.get("api")), str(item.get("method"))) for request in nas.requests for item in request.items}
    return {*calls(nas), *items} - {LOGIN, LOGOUT, BATCH, DISCOVERY}


def names_of(pair: tuple[str, str]) -> list[str]:
    """Names under which a pair could be asked for."""
    api, method = pair
    short = api.removeprefix(PREFIX)
    return [f"{api}.{method}", f"{short}.{method}", f"{short} {method}", f"{api}/{method}", f"{short}:{method}", method]


def test_none_can_be_asked_by_name(nas: Nas) -> None:
    assert len(NEVER) == 246
    for api, method in sorted(NEVER):
        for name in (api, api.removeprefix(PREFIX)):
            result = ask(nas, API, api=name, method=method, allow_checks=True)
            assert (result["failed"], result["error"]) == (True, None), (api, method)
    assert nas.requests == []


def test_none_can_be_smuggled_in_with_what_may_be_asked(nas: Nas) -> None:
    for api, method in sorted(NEVER):
        call = {"api": api, "method": method, "version": 1}
        for params in (call, {"method": method}, {"compound": [call]}, {" method": method}, {"Method": method}):
            assert ask(nas, API, api="Queue", method="list", params=params)["failed"]
    assert nas.requests == []


def test_none_can_be_named_as_a_subset(nas: Nas) -> None:
    for pair in sorted(NEVER):
        for name in names_of(pair):
            assert "unknown subset" in ask(nas, FACTS, gather_subset=[name])["msg"], name
            assert "unknown subset" in ask(nas, FACTS, gather_subset=["all", f"!{name}"])["msg"], name
    assert nas.requests == []


@pytest.mark.parametrize("question", INFOS, ids=[area.name for area in AREAS])
def test_none_can_be_named_as_a_section(nas: Nas, question: InfoQuestion) -> None:
    for pair in sorted(NEVER):
        for name in names_of(pair):
            assert ask(nas, question, sections=[name])["failed"], name
    assert nas.requests == []


@pytest.mark.parametrize("question", [FACTS, *INFOS], ids=["facts", *(area.name for area in AREAS)])
def test_none_can_be_named_in_any_other_option(nas: Nas, question: Question) -> None:
    for option, spec in question.argument_spec.items():
        if option not in CONNECTION_SPEC and spec["type"] in ("str", "list"):
            for name in ("Queue.flush_all", f"{PREFIX}Queue&method=flush_all", '", "method": "flush_all'):
                ask(nas, question, **{option: name if spec["type"] == "str" else [name]})
    for option in ("device_name", "session_name"):
        ask(nas, question, **{option: "MailPlusServer&api=SYNO.MailPlusServer.Queue&method=flush_all"})
    assert sent(nas) <= MAY_BE_SENT
    assert nas.writes == []


# ---------------------------------------------------------------------------------------------------- whatever is given

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PAIRS = st.sampled_from(sorted(MAY_BE_SENT | NEVER))
EDGES = st.sampled_from(["", " ", "\n", "\0", ".", "SYNO.", PREFIX, "\u200b", "&method=set", "%00"])


Change = Callable[[str], str]
CHANGES: list[Change] = [str, str, str.lower, str.upper, str.title, lambda text: text.removeprefix(PREFIX)]


@st.composite
def names(draw: st.DrawFn, of: Iterable[str]) -> str:
    """A name that is known, or one that only looks like it."""
    name = draw(st.sampled_from(sorted(of)))
    change = draw(st.sampled_from(CHANGES))
    return f"{draw(st.just('') | EDGES)}{change(name)}{draw(st.just('') | EDGES)}"


APIS = names({api for api, _method in MAY_BE_SENT | NEVER})
METHODS = names({method for _api, method in MAY_BE_SENT | NEVER})
PARAMS = st.dictionaries(
    names({*RESERVED, "domain_id", "offset", "limit", "action", "query"}) | st.text(max_size=5), JSON, max_size=4
)
OPTIONS = st.fixed_dictionaries(
    {"api": APIS | JSON, "method": METHODS | JSON},
    optional={
        "version": st.integers(0, 9) | JSON,
        "params": PARAMS | JSON,
        "allow_checks": st.booleans() | JSON,
        "reveal_secrets": st.booleans(),
    },
)
OF_A_PAIR = st.builds(lambda pair, more: {**more, "api": pair[0], "method": pair[1]}, PAIRS, OPTIONS)


@pytest.fixture(scope="module")
def alone(running_fleet: Fleet) -> Nas:
    return running_fleet["one"]


@given(given_options=OPTIONS | OF_A_PAIR)
def test_whatever_the_options_are_nothing_but_the_allowlist_is_sent(alone: Nas, given_options: dict[str, Any]) -> None:
    alone.reset()
    result = ask(alone, API, **given_options)
    assert len(result.get("msg", "").splitlines()) <= 1
    assert sent(alone) <= MAY_BE_SENT
    assert alone.writes == []
    if given_options.get("allow_checks") in (None, False):
        assert not sent(alone) & column("checks").keys()
    for request in alone.requests:
        assert request.query == {}
        pair = (request.api, request.api_method)
        if pair in MAY_BE_SENT:
            assert pair == (result["asked"]["api"], result["asked"]["method"])
            own = request.form.keys() - {"api", "method", "version", "_sid"}
            assert own == {str(name) for name in json_mapping(given_options.get("params"))}


def json_mapping(value: Any) -> dict[str, Any]:
    """What Ansible makes of the option ``params``."""
    validated = ArgumentSpecValidator({"params": {"type": "dict", "default": {}}}).validate(
        {} if value is None else {"params": value}
    )
    found: dict[str, Any] = validated.validated_parameters["params"]
    return found
