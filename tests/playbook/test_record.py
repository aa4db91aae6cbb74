# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that records a NAS."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import load
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import Project, hosts
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import BIN, Data, Run, surroundings
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import IDENTIFYING, PERSONAL, SECRETS

PLAYBOOK = "mailfleet.mailplus.record"
CONFIRMED = ("-e", "mailplus_record_confirmed=true")
DESCRIPTION: Data = {"nas": {"one": {"domains": ["secret-firm.example"]}, "two": {}}}
ASK = "Ask for everything that may be read"
NO_TERMINAL = ("Not waiting for response",)


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    with run_fleet(DESCRIPTION) as fleet:
        yield fleet


@pytest.fixture
def one(project: Project, fleet: Fleet) -> Project:
    project.write("hosts.yml", hosts(fleet))
    return project


def record(project: Project, *arguments: str, **more: object) -> Run:
    name = ("-e", f"mailplus_record_file={project.directory}/one.json")
    return project.play(PLAYBOOK, "-e", "mailplus_hosts=one", *name, *arguments, **more)  # type: ignore[arg-type]


def shown(run: Run) -> str:
    return "\n".join(run.ok("What stays in clear")["msg"])


def leaked(text: str, *more: str) -> list[str]:
    planted = [*SECRETS.values(), *PERSONAL, *IDENTIFYING.values(), "secret-firm", *more]
    return [each for each in planted if len(each) > 4 and each.casefold() in text.casefold()]


def test_a_recording_is_written_once_somebody_said_so(one: Project, fleet: Fleet) -> None:
    run = record(one, *CONFIRMED)
    path = one.directory / "one.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size < 2_000_000
    recording = load(path)
    text = path.read_text(encoding="utf-8")
    assert leaked(text, fleet["one"].password, fleet["one"].hostname) == []
    assert '"enable_imaps": true' in text
    answered, refused, unanswered, left_out, compared = run.ok("What was asked")["msg"]
    assert answered == f"{sum(answer['success'] for answer in recording['answers'])} reads answered"
    assert " times no such method; " in refused
    assert unanswered == "0 reads not answered"
    assert left_out == f"{len(recording['not_asked'])} reads not asked"
    assert compared.endswith(" new")
    assert len(run.ok("What stays in clear")["msg"]) < 250
    assert [request.api_method for request in fleet["one"].requests].count("login") == 1
    assert fleet["one"].writes == []
    assert fleet["one"].sessions == []


def test_nothing_is_written_without_a_yes(one: Project) -> None:
    run = record(one, failing=True, expected_warnings=NO_TERMINAL)
    assert run.failed("Write nothing without a yes")["msg"].startswith("Nothing was written, since nobody was there")
    assert shown(run)
    assert sorted(path.name for path in one.directory.glob("*.json")) == []


@pytest.mark.parametrize("said", ["yes", "no"])
def test_at_a_terminal_a_person_is_asked(one: Project, said: str) -> None:
    output, returncode = at_a_terminal(one.directory, said)
    assert "Nothing is written yet." in output
    assert (one.directory / "mailplus-recording.json").exists() == (said == "yes"), output
    assert (returncode == 0) == (said == "yes")


def at_a_terminal(directory: Path, said: str) -> tuple[str, int]:
    """What ansible-playbook shows at a terminal where somebody answers its question, and what it returns."""
    ours, theirs = pty.openpty()
    command = [str(BIN / "ansible-playbook"), "-i", "hosts.yml", "-e", "mailplus_hosts=one", PLAYBOOK]
    environment = {**surroundings(directory), "TERM": "dumb"}
    with subprocess.Popen(
        ["/usr/bin/setsid", "--ctty", "--wait", *command],
        cwd=directory,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        output = _answered(ours, said)
        watchdog.cancel()
    os.close(ours)
    return output, process.returncode


def _answered(terminal: int, said: str) -> str:
    output = ""
    while True:
        is_quiet = not select.select([terminal], [], [], 1)[0]
        if is_quiet and "(yes or no)" in output:  # earlier, it would be thrown away
            os.write(terminal, f"{said}\r".encode())
        if is_quiet:
            continue
        try:
            output += os.read(terminal, 4096).decode("utf-8", "replace")
        except OSError:  # the other end is closed
            return output


def test_in_check_mode_it_only_shows(one: Project) -> None:
    run = record(one, "--check")
    assert shown(run)
    assert list(one.directory.glob("*.json")) == []


def test_a_file_that_exists_is_not_replaced(one: Project, fleet: Fleet) -> None:
    one.write("one.json", "mine")
    run = record(one, *CONFIRMED, failing=True)
    assert f"path: {one.directory}/one.json exists already" in run.failed(ASK)["msg"]
    assert (one.directory / "one.json").read_text(encoding="utf-8") == "mine"
    assert fleet["one"].requests == []


@pytest.mark.parametrize(("name", "said"), [("", "is a directory"), ("no/such.json", "does not exist; make it first")])
def test_a_place_that_cannot_be_is_told_before_anything_is_asked(
    one: Project, fleet: Fleet, name: str, said: str
) -> None:
    run = one.play(
        PLAYBOOK, "-e", f"mailplus_hosts=one mailplus_record_file={one.directory}/{name}", *CONFIRMED, failing=True
    )
    assert said in run.failed(ASK)["msg"]
    assert fleet["one"].requests == []


def test_a_relative_name_begins_where_the_user_is(one: Project) -> None:
    one.play(PLAYBOOK, "-e", "mailplus_hosts=one", *CONFIRMED, environment={"PWD": "/nowhere"})
    assert load(one.directory / "mailplus-recording.json")["answers"]


def test_a_key_to_keep_that_no_answer_has_is_told(one: Project) -> None:
    run = record(one, *CONFIRMED, "-e", '{"mailplus_record_keep": ["nosuch"]}', expected_warnings=("nosuch",))
    assert "keep: no answer has a key 'nosuch'." in run.output


def test_names_that_are_keys_are_not_printed(one: Project, fleet: Fleet) -> None:
    fleet["one"].set_answer("SYNO.MailPlusServer.Report", "get", {"AKIA1234567890": 1, "anna.meier@x.example": 2})
    run = record(one, *CONFIRMED)
    assert "AKIA" not in run.output
    assert "anna" not in run.output


def test_a_recording_is_of_one_nas(one: Project, fleet: Fleet) -> None:
    run = one.play(PLAYBOOK, *CONFIRMED, failing=True)
    assert {result.returned["msg"] for result in run.results if result.status == "failed"} == {
        "A recording is of one NAS, and mailplus_hosts names 2: name one."
    }
    assert [nas.requests for nas in fleet.values()] == [[], []]


def test_an_unknown_check_is_refused_before_anything_is_asked(one: Project, fleet: Fleet) -> None:
    run = record(one, *CONFIRMED, "-e", '{"mailplus_record_checks": ["Cluster.stop"]}', failing=True)
    assert "checks: 'Cluster.stop' is none." in run.failed(ASK)["msg"]
    assert fleet["one"].requests == []


def test_a_strict_recording_has_types_alone(one: Project) -> None:
    record(one, *CONFIRMED, "-e", "mailplus_record_strict=true")
    recording = load(one.directory / "one.json")
    assert recording["strict"] is True
    (answer,) = (one for one in recording["answers"] if one["api"].endswith(".IMAP_POP3"))
    assert answer["data"]["enable_imap"] == "boolean"


def test_what_a_nas_sends_stays_data(one: Project, fleet: Fleet) -> None:
    hostile = {
        "{{ 7 * 7 }}": "{{ 7 * 7 }}",
        "ansible_facts": {"x": "\x1b[2J"},
        "__ansible_unsafe": "a",
        "_ansible_x": 1,
    }
    fleet["one"].set_answer("SYNO.MailPlusServer.Report", "get", hostile)
    run = record(one, *CONFIRMED)
    assert "\x1b" not in run.output
    text = (one.directory / "one.json").read_text(encoding="utf-8")
    assert "49" not in set(text.split(chr(34)))
    assert load(one.directory / "one.json")["answers"]


def test_a_nas_that_cannot_be_reached_leaves_nothing(one: Project, fleet: Fleet) -> None:
    one.write("hosts.yml", hosts(fleet, one={"mailplus_state_password": "wrong"}))
    run = record(one, *CONFIRMED, failing=True)
    assert "password" in run.failed(ASK)["msg"]
    assert fleet["one"].login_attempts == 1
    assert list(one.directory.glob("*.json")) == []
