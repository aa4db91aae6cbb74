# SPDX-License-Identifier: GPL-3.0-or-later
"""Every block of the guide of recipes, run as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import PREFIX, QUEUE, Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.recipes import (
    LINES_AT_MOST,
    START,
    Reader,
    blocks,
    recipes,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

ACCOUNT = {"username": "auditor", "password": "a long {{ password }}"}
NAMES = ("nas1.example.com", "nas2.example.com", "nas3.example.com")
# What is about other things than the recipe must not fail its run.
QUIET = {"mailplus_state_fail_severity": "critical", "mailplus_state_fail_unknown_severity": "never"}

Follow = Callable[[str], Reader]


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    nas: Data = {name: {} for name in NAMES}
    with run_fleet({"defaults": {"accounts": [ACCOUNT], "queue": {"total": 12}}, "nas": nas}) as running:
        yield running


@pytest.fixture
def follow(project: Project, fleet: Fleet, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """Somebody who follows the recipe that the mark of the test names, to its end."""
    reader = Reader(project, fleet, request.param)
    yield reader
    reader.finish()


def recipe(heading: str) -> pytest.MarkDecorator:
    """The recipe that a test follows."""
    return pytest.mark.parametrize("follow", [pytest.param(heading, id="")], indirect=True)


def test_every_recipe_is_followed() -> None:
    followed = {
        mark.args[1][0].values[0]
        for test in globals().values()
        for mark in getattr(test, "pytestmark", ())
        if mark.name == "parametrize"
    }
    assert followed == set(recipes()) - {START}


def test_no_recipe_is_long() -> None:
    for heading in recipes():
        weight = sum(
            block.weight for block in blocks() if block.heading == heading and block.language.startswith("yaml")
        )
        assert weight <= LINES_AT_MOST, heading
    assert {block.language for block in blocks()} <= {"ini", "yaml", "yaml+jinja", "shell", "text", "groovy"}


@recipe("How do I make a script fail when more than 500 mails wait?")
def test_exit_status(follow: Reader, fleet: Fleet) -> None:
    follow.write()
    mails = fleet[NAMES[1]].mailplus.rows(QUEUE, "list")
    mails.grow(500 - len(mails))
    follow.again(follow.command)
    mails.grow(1)
    command = follow.command
    follow.check(follow.run(2))
    fleet[NAMES[1]].set_answer(QUEUE, "list", {"total": "many"})
    follow.again(command, 2)  # nobody knows how many
    fleet[NAMES[1]].faults.add("close")
    follow.again(command, 2)  # a NAS that is not read has no short queue


@recipe("How do I send findings to a chat, or make a ticket of them?")
def test_webhook(follow: Reader, fleet: Fleet) -> None:
    follow.write()
    follow.set(mailplus_state_subset=["queue", "smtp_general"], mailplus_state_policies=["one.yml"])
    rule = {"id": "few", "severity": "high", "section": "queue", "path": "total", "condition": {"at_most": 20}}
    follow.project.write(
        "one.yml", {"name": "one", "rules": [rule | {"title": "{{ 7 * 7 }} mails", "remedy": "Look."}]}
    )
    with webhook() as (url, received):
        follow.environment["CHAT_WEBHOOK"] = url
        follow.again(follow.command)
        assert received == []
        fleet[NAMES[0]].mailplus.rows(QUEUE, "list").grow(9)
        follow.run()
    (message,) = received
    report = (follow.project.directory / "mailplus-state" / "report.md").read_text(encoding="utf-8")
    assert message == {"text": report.rstrip("\n")}
    assert "7 \\* 7" in report
    assert "nas1" in report


@contextmanager
def webhook() -> Iterator[tuple[str, list[Any]]]:
    """A chat on this machine: its URL, and the messages that it gets."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/json"
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Nothing: the test tells what went wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="webhook")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", received
        finally:
            server.shutdown()
            thread.join()


@recipe("How do I see the findings in GitLab?")
def test_gitlab(follow: Reader) -> None:
    (path,) = follow.write()
    checked = [
        str(Path(sys.executable).with_name("check-jsonschema")),
        "--builtin-schema",
        "vendor.gitlab-ci",
        str(path),
    ]
    assert subprocess.run(checked, capture_output=True, check=False).returncode == 0
    (job,) = yaml.safe_load(path.read_text(encoding="utf-8")).values()
    follow.set(**QUIET)
    for line in job["script"]:
        follow.again(line)
    for file in [job["artifacts"]["reports"]["junit"], *job["artifacts"]["paths"]]:
        assert (follow.project.directory / file).is_file()
    check_junit(follow, job["artifacts"]["reports"]["junit"])


@recipe("How do I see the findings in Jenkins?")
def test_jenkins(follow: Reader) -> None:
    text = follow.take("groovy")
    assert text.count("{") == text.count("}")
    follow.set(**QUIET)
    (command,) = re.findall(r"sh '([^']+)'", text)
    follow.again(command)
    (file,) = re.findall(r"junit '([^']+)'", text)
    check_junit(follow, file)


def check_junit(follow: Reader, file: str) -> None:
    suites = ET.parse(follow.project.directory / file).getroot()  # noqa: S314 - a file of our own
    assert suites.tag == "testsuites"
    assert [suite.attrib["name"] for suite in suites] == list(NAMES)
    assert all(int(suite.attrib["tests"]) == len(suite.findall("testcase")) > 0 for suite in suites)


@recipe("How do I compare the nodes of a cluster?")
def test_nodes(follow: Reader, fleet: Fleet) -> None:
    follow.set(**QUIET)
    fleet[NAMES[2]].set_answer(f"{PREFIX}IMAP_POP3", "get", {"enable_pop3": "odd"})
    follow.run()
    asked = {name: len(nas.requests) for name, nas in fleet.items()}
    follow.again("true")
    report = read(follow, "report.json")
    assert [host["host"] for host in report["hosts"]] == list(NAMES[1:])
    different = {
        host["host"]: {difference["path"]: difference["actual"] for difference in host["drift"]["differences"]}
        for host in report["hosts"]
    }
    assert different[NAMES[2]]["imap_pop3.data.enable_pop3"] == "odd"
    assert "imap_pop3.data.enable_pop3" not in different[NAMES[1]]
    assert "enable_pop3" in (follow.project.directory / "mailplus-state" / "findings.csv").read_text(encoding="utf-8")
    assert asked == {name: len(nas.requests) for name, nas in fleet.items()}


@recipe("Which rights does the account need?")
def test_rights(follow: Reader, fleet: Fleet) -> None:
    for nas in fleet.values():
        nas.faults.add("error", code=105, api=f"{PREFIX}License*")
    follow.check(follow.run())


def read(follow: Reader, file: str) -> Any:
    return json.loads((follow.project.directory / "mailplus-state" / file).read_text(encoding="utf-8"))
