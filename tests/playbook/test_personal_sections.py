# SPDX-License-Identifier: GPL-3.0-or-later
"""Sections of people in a whole run: a word in each text and name of theirs, which must be in nothing that is left."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    IMAP_POP3,
    LENIENT,
    PREFIX,
    Project,
    hosts,
    play,
    role,
    text_of,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import IDENTIFYING, PERSONAL, SECRETS

CANARY, CODE = "Canary", "K3YS-7C0D-9E5F"
# It is loaded before anything is asked, so that all that is forked has it.
MAKE_PERSONAL = """
from ansible.plugins.callback import CallbackBase
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME

DOCUMENTATION = "name: people"

for name in ("queue", "admin_log", "imap_pop3"):
    object.__setattr__(BY_NAME[name], "personal", ("*",))
object.__setattr__(BY_NAME["core"], "personal", ("serial", "bind_dn"))
object.__setattr__(BY_NAME["core"], "secret", ("*", "code"))


class CallbackModule(CallbackBase):
    CALLBACK_NAME = "people"
"""
FORMATS = ["html", "json", "csv", "junit", "markdown", "prometheus"]
KEYS = ("sender", "recipient", "subject", "status", "reason", "description", "type", "user", "event", "name", "owner")
numbers = count(1)


def word() -> str:
    return f"{CANARY}{next(numbers):04}"


def row(number: int) -> Data:
    """A row with a word under every key."""
    texts = {key: word() for key in KEYS}
    return {
        **texts,
        "id": f"{number}",
        "queue_id": word(),
        "recipient": [word(), f"{word()}@a.example"],
        "of": {word(): {word(): [word()]}},
        "path": f"/volume1/{word()}/x",
        "size": 4711,
        "time": 1767225600,
    }


def settings() -> Data:
    return {"enable_imap": word(), "owners": {word(): 1}, "members": [word()], "text": word(), "limit": 4711}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    core = {"licences": [{"number": CODE, "code": 4711815, "valid_until": "2027-01-31"}, CODE], CODE: {"left": 3}}
    described = {
        "data": {
            IMAP_POP3: {"get": settings()},
            f"{PREFIX}MailPlus": {"get": {**core, "bindDn": word(), "deep": [{"serial": word()}]}},
        },
        "queue": {"rows": [row(number) for number in range(3)]},
        "admin_log": {"rows": [row(number) for number in range(3)]},
    }
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": {"one": described, "two": described}}) as running:
        yield running


def nosy() -> Data:
    paths = [("queue", f"data.items.0.{key}") for key in KEYS]
    paths += [("admin_log", "data.log_list.0.user"), ("admin_log", "summary.by_type"), ("core", "data.bindDn")]
    paths += [("imap_pop3", f"data.{key}") for key in ("enable_imap", "owners", "members.0", "text")]
    rules: list[Data] = [
        {"id": f"{section} {path}", "severity": "high", "section": section, "path": path, "condition": {"equals": "x"}}
        for section, path in paths
    ]
    quoting = "sections.imap_pop3.data.text | ansible.builtin.to_datetime"
    return {"rules": [*rules, {"id": "quoting", "severity": "high", "expression": f"({quoting}) is true"}]}


def written(directory: Path) -> dict[str, str]:
    return {path.name: text_of(path) for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("mode", ["remove", "hash"])
@pytest.mark.parametrize("of_baseline", ["keep", "same"])
def test_nothing_of_people_is_left(project: Project, fleet: Fleet, mode: str, of_baseline: str) -> None:
    project.write("callbacks/people.py", MAKE_PERSONAL)
    callbacks = f"{Path(__file__).parent / 'callback_plugins'}:{project.directory / 'callbacks'}"
    environment = {"ANSIBLE_CALLBACKS_ENABLED": "recorder,people", "ANSIBLE_CALLBACK_PLUGINS": callbacks}
    given: Data = {
        "mailplus_state_policies": [nosy()],
        "mailplus_state_formats": FORMATS,
        "mailplus_state_personal_data_key": "a key, long enough",
        "mailplus_state_personal_data": mode,
    }
    before, after = (str(project.directory / name) for name in ("before", "after"))
    project.write("hosts.yml", hosts(fleet, {**given, **LENIENT}))
    kept = {"mailplus_state_personal_data": "keep"} if of_baseline == "keep" else {}
    project.play([play(role("gather", mailplus_state_directory=before, **kept))], environment=environment)
    for nas in fleet.values():
        nas.set_answer(IMAP_POP3, "get", {**settings(), "new": {word(): word()}})
    lenient = {"mailplus_state_directory": after, "mailplus_state_baseline": f"{before}/fleet.json"}
    strict = {**lenient, "mailplus_state_fail_severity": "low", "mailplus_state_fail_unknown_severity": "low"}
    run = project.play([play(role("main", **strict))], environment=environment, failing=True)
    found = written(Path(after))
    assert {"report.html", "report.json", "hosts.csv", "findings.csv", "junit.xml", "report.md", "mailplus.prom"} < set(
        found
    )
    _is_clean({**found, "console": run.output})
    assert "2027-01-31" in found["one.json"]
    assert "[personal" in run.output
    assert "4711" in found["one.json"]


def _is_clean(told: dict[str, str]) -> None:
    for name, text in told.items():
        for piece in (CANARY.lower(), CODE.lower(), "4711815"):
            place = text.lower().find(piece)
            assert place < 0, f"{name}: {text[max(0, place - 200) : place + 50]}"


def test_what_is_taken_for_personal_here_is_there_without(project: Project, fleet: Fleet) -> None:
    """The words do come from the NAS: without the sections marked, and kept, they are in the files."""
    project.write("hosts.yml", hosts(fleet, {**LENIENT, "mailplus_state_personal_data": "keep"}))
    project.play([play(role("gather", mailplus_state_directory=str(project.directory / "kept")))])
    text = "".join(written(project.directory / "kept").values())
    assert all(piece in text for piece in (CANARY, CODE, "4711815"))


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_nobody_is_named_in_what_is_written_of_all_sections(tmp_path: Path, mode: str) -> None:
    project = Project(tmp_path)
    variables = {
        **LENIENT,
        "mailplus_state_subset": ["all", "system"],
        "mailplus_state_formats": FORMATS,
        "mailplus_state_personal_data": mode,
        "mailplus_state_directory": str(tmp_path / "state"),
        **({"mailplus_state_personal_data_key": "a key, long enough"} if mode == "hash" else {}),
    }
    with run_fleet({"nas": {"one": {"domains": ["a.example", "b.example"]}}}) as fleet:
        project.write("hosts.yml", hosts(fleet, variables))
        output = project.play([play(role("main"))]).output
    texts = written(tmp_path / "state")
    assert len(texts) > len(FORMATS)
    hidden = {**SECRETS, **IDENTIFYING, **{name: name for name in PERSONAL}}
    for name, text in {**texts, "the console": output}.items():
        assert [what for what, word in hidden.items() if word.lower() in text.lower()] == [], name
