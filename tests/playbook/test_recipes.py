# SPDX-License-Identifier: GPL-3.0-or-later
"""Every block of the guide of recipes, run as it stands there."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import MOST_ROWS
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import IMAP_POP3, PREFIX, QUEUE, Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.prometheus import ALERTS
from ansible_collections.mailfleet.mailplus.tests.playbook.support.recipes import (
    GUIDE,
    LINES_AT_MOST,
    START,
    Reader,
    blocks,
    recipes,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT, Data, surroundings
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

ACCOUNT = {"username": "auditor", "password": "a long {{ password }}"}
ADMINS = {"admin", "mailadmin", "anna"}
NAMES = ("nas1.example.com", "nas2.example.com", "nas3.example.com")
# What is about other things than the recipe must not fail its run.
QUIET = {"mailplus_state_fail_severity": "critical", "mailplus_state_fail_unknown_severity": "never"}


def fleet_with(**variables: Any) -> Data:
    """Three NAS, of which each has what ``variables`` say."""
    return {
        "defaults": {"accounts": [ACCOUNT], "queue": {"total": 12}, **variables},
        "nas": {name: {} for name in NAMES},
    }


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    with run_fleet(fleet_with()) as running:
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
        if mark.name == "parametrize" and mark.args[0] == "follow"
    }
    assert followed == set(recipes()) - {START}


def test_no_recipe_is_long() -> None:
    for heading in recipes():
        weight = sum(
            block.weight for block in blocks() if block.heading == heading and block.language.startswith("yaml")
        )
        assert weight <= LINES_AT_MOST, heading
    assert {block.language for block in blocks()} <= {"ini", "yaml", "yaml+jinja", "python", "shell", "text", "groovy"}


def test_the_plays_are_as_ansible_lint_wants_them(project: Project) -> None:
    plays = [block for block in blocks() if "  tasks:\n" in block.text]
    assert len(plays) >= 3
    paths = [str(project.write(str(block.file), f"---\n{block.text}")) for block in plays]
    lint = Path(sys.executable).with_name("ansible-lint")
    command = [str(lint), "--offline", "-c", str(ROOT / ".ansible-lint")]
    env = surroundings(project.directory)
    env = {**env, "PATH": f"{lint.parent}:{env['PATH']}"}  # it wants the ansible-core that it imports
    done = subprocess.run(
        [*command, *paths],
        cwd=project.directory,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@recipe("Which mails are stuck, and why?")
def test_stuck(follow: Reader) -> None:
    follow.write()
    follow.check(follow.run())
    stuck = follow.project.directory / "stuck"
    for name in ("queue_reasons.csv", "queue_destinations.csv"):
        assert len((stuck / name).read_text(encoding="utf-8").splitlines()) > 1
    sections = read(follow, f"hosts/{NAMES[0]}.json", "stuck")["mailplus"]["sections"]
    assert len(sections["queue"]["data"]["items"]) == 12
    assert not (follow.project.directory / "mailplus-state").exists()


@recipe("Who changed what since yesterday?")
def test_changes(follow: Reader) -> None:
    follow.write()
    shown = follow.run()
    for name in NAMES:
        assert f"ok: [{name}]" in shown
    found = [int(number) for number in re.findall(r'"id": (\d+)', shown)]
    assert 0 < len(found) < 3 * 40  # the simulator's rows go further back


@recipe("Who changed what on any NAS, in one table?")
def test_admin_table(follow: Reader) -> None:
    follow.write()
    follow.check(follow.run())
    table = follow.project.directory / "admin_log" / "admin_changes.csv"
    with table.open(encoding="utf-8", newline="") as file:
        *rows, last = csv.DictReader(file)
    times = [row["time"] for row in rows]
    assert len(times) == MOST_ROWS
    assert times == sorted(times, reverse=True)
    assert {row["actor"] for row in rows} <= ADMINS
    assert all(row["deed"] for row in rows)
    everything = (table.parent / "rows" / "admin_log.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [row["row"] for row in map(json.loads, everything) if "row" in row]
    assert int(last["rows_left_out"]) == len(kept) - MOST_ROWS > 0
    assert {row["user"] for row in kept} <= ADMINS
    assert {path.stat().st_mode & 0o077 for path in [table, table.parent]} == {0}


REJECTED = {
    "status": "rejected",
    "sender": "someone@example.net",
    "recipient": "office@example.org",
    "subject": "An offer",
    "size": 1000,
}


@recipe("Which mails of a domain were rejected in the last three hours?")
def test_rejected(follow: Reader) -> None:
    follow.write()
    now = int(time.time())
    rows = [
        REJECTED | {"id": 4, "time": now - 60},
        REJECTED | {"id": 3, "time": now - 120, "status": "sent"},
        REJECTED | {"id": 2, "time": now - 180, "recipient": "office@mail.example.org"},
        REJECTED | {"id": 1, "time": now - 3 * 3600 - 60},
    ]
    with run_fleet(fleet_with(transaction_log={"rows": rows})) as rejecting:
        follow.ask(rejecting)
        follow.run()
    for name in NAMES:
        (path,) = follow.project.directory.glob(f"rejected-{name}-*.jsonl")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{6}Z", path.stem.removeprefix(f"rejected-{name}-"))
        assert [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()] == [4]


STRANGE = {
    "admin_log": {"rename": {"time": "when", "type": "what"}},
    "queue": {"rename": {"time": "since", "description": "note"}, "total": 12},
    "transaction_log": {"rename": {"time": "ts", "status": "state", "recipient": "to_whom"}, "span": 3600},
}


@recipe("None of the rows could be judged: what do I do?")
def test_row_keys(follow: Reader) -> None:
    with run_fleet(fleet_with(**STRANGE)) as strange:
        follow.ask(strange)
        follow.project.write("before.yml", text_of("changes.yml"))
        before = follow.again("ansible-playbook before.yml", 2)
        for part in ("None of ", " could be judged", "when", "row_keys"):
            assert part in before
        follow.set(**QUIET)
        follow.again(follow.command)
        assert summary(follow, "queue")["oldest"] is None
        follow.write()
        follow.run()
        assert summary(follow, "queue")["oldest"]
        assert summary(follow, "queue")["top_reasons"]
        assert summary(follow, "admin_log")["by_type"]
        check_other_recipes(follow)


def check_other_recipes(follow: Reader) -> None:
    """Once the keys are named, other recipes work there too."""
    assert '"when"' in follow.again("ansible-playbook before.yml")
    task = text_of("rejected.yml").replace("rejected]", "sent]").replace("example.org", "partner.example.org")
    follow.project.write("after.yml", task)
    follow.again("ansible-playbook after.yml")
    (path,) = follow.project.directory.glob(f"rejected-{NAMES[0]}-*.jsonl")
    rows = path.read_text(encoding="utf-8").splitlines()
    assert {json.loads(row)["state"] for row in rows} == {"sent"}
    assert {json.loads(row)["to_whom"] for row in rows} == {"kontakt@partner.example.org"}


def text_of(file: str) -> str:
    """A file of another recipe."""
    return next(block.text for block in blocks() if block.file == file)


def summary(follow: Reader, section: str) -> Any:
    return read(follow, f"hosts/{NAMES[0]}.json")["mailplus"]["sections"][section]["summary"]


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
        command = follow.command
        follow.run()
    (message,) = received
    report = (follow.project.directory / "mailplus-state" / "report.md").read_text(encoding="utf-8")
    (page,) = re.findall(r'page: "([^"]+)"', text_of("tell.yml"))
    assert "](report.html#rule-1)" in report
    assert message == {"text": report.rstrip("\n").replace("](report.html", f"]({page}")}
    assert "7 \\* 7" in report
    assert "nas1" in report
    failing = "|| { ansible-playbook tell.yml; false; }"
    assert f"``{failing}``" in GUIDE.read_text(encoding="utf-8")
    with webhook() as (url, received):
        follow.environment["CHAT_WEBHOOK"] = url
        follow.again(command.replace("|| ansible-playbook tell.yml", failing), 1)
        assert len(received) == 1


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
    follow.project.directory.chmod(0o777)
    follow.environment.update(job["variables"])
    for line in job["script"]:
        follow.again(line)
    for file in [job["artifacts"]["reports"]["junit"], *job["artifacts"]["paths"]]:
        assert (follow.project.directory / file).is_file()
    check_junit(follow, job["artifacts"]["reports"]["junit"])


@recipe("How do I see the findings in Jenkins?")
def test_jenkins(follow: Reader) -> None:
    (path,) = follow.write()
    text = path.read_text(encoding="utf-8")
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
    follow.write()
    fleet[NAMES[2]].set_answer(IMAP_POP3, "get", {"enable_pop3": "odd"})
    follow.run()
    asked = {name: len(nas.requests) for name, nas in fleet.items()}
    with (follow.project.directory / "nodes" / "findings.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["kind"] == "drift"]
    assert NAMES[0] not in {row["host"] for row in found}
    different = [row for row in found if "imap_pop3.data.enable_pop3" in row.values()]
    assert [row["host"] for row in different] == [NAMES[2]]
    assert "odd" in different[0]["actual"]
    report = (follow.project.directory / "nodes" / "report.md").read_text(encoding="utf-8")
    assert "enable\\_pop3" in report
    assert asked == {name: len(nas.requests) for name, nas in fleet.items()}


@recipe("Which rights does the account need?")
def test_rights(follow: Reader, fleet: Fleet) -> None:
    for nas in fleet.values():
        nas.faults.add("error", code=105, api=f"{PREFIX}License*")
    follow.check(follow.run())


@recipe("How do I get a mail only when something changed?")
def test_mail_on_change(follow: Reader, fleet: Fleet) -> None:
    follow.write()
    follow.set(
        **QUIET,
        mailplus_state_subset=["queue", "imap_pop3", "antivirus"],
        mailplus_state_policies=["policies/operation.yml"],
    )
    *variables, job = follow.take("text").splitlines()[1:]
    assert [variable.split("=")[0] for variable in variables] == ["MAILTO", "PATH"]
    command = cron(follow, job)
    assert "nas1" in follow.again(command)  # the first run
    assert follow.again(command) == ""
    fleet[NAMES[0]].set_answer(f"{PREFIX}Security", "get_antivirus", {"update_time": 1})
    assert follow.again(command) == ""  # it moves by itself
    fleet[NAMES[0]].mailplus.rows(QUEUE, "list").grow(3)
    assert follow.again(command) == ""  # a number is no change
    fleet[NAMES[0]].mailplus.rows(QUEUE, "list").grow(600)
    assert "more than 500" in follow.again(command)  # a finding is
    fleet[NAMES[1]].set_answer(IMAP_POP3, "get", {"enable_pop3": "odd"})
    follow.check(follow.again(command))
    fleet[NAMES[2]].faults.add("close")
    assert NAMES[2] in follow.again(command)
    assert follow.again(command) == ""  # nothing new
    fleet[NAMES[2]].faults.clear()
    assert NAMES[2] in follow.again(command)
    follow.set(mailplus_state_subset=["queu"])
    assert "queu" in follow.again(command)  # a run that makes no report


def cron(follow: Reader, job: str) -> str:
    """The command of a line of a crontab, as cron runs it: by sh, in the home directory."""
    *times, command = job.split(None, 5)
    assert all(re.fullmatch(r"\*|\d+", time) for time in times)
    home = follow.project.directory.parent
    (home / "mailplus").symlink_to(follow.project.directory)
    return f"cd {shlex.quote(str(home))} && exec sh -c {shlex.quote(command)}"


NIGHTLY = {
    "None of the rows could be judged: what do I do?",
    "How do I get a mail only when something changed?",
    "How do I send findings to a chat, or make a ticket of them?",
    "How do I watch the fleet with Prometheus and Grafana?",
    "How do I see the findings in GitLab?",
    "How do I see the findings in Jenkins?",
}


@pytest.mark.parametrize("heading", [each for each in recipes() if each not in NIGHTLY | {START}])
def test_nothing_of_the_nightly_run_is_replaced(heading: str, project: Project) -> None:
    """A run for one question leaves what the nightly one wrote, also where a format of it goes elsewhere."""
    assert set(recipes()) > NIGHTLY
    with run_fleet(fleet_with(transaction_log={"rows": [REJECTED | {"id": 1, "time": int(time.time())}]})) as nightly:
        reader = Reader(project, nightly, heading)
        elsewhere = {name: {"directory": f"{project.directory}/elsewhere"} for name in ("csv", "jsonl", "markdown")}
        files = elsewhere | yaml.safe_load(text_of("group_vars/nas/metrics.yml"))["mailplus_state_files"]
        reader.set(**QUIET, mailplus_state_files=files)
        reader.again("ansible-playbook mailfleet.mailplus.state -e mailplus_hosts=nas")
        before = nightly_files(project)
        assert {"metrics", "elsewhere", "mailplus-state"} == {name.split("/")[0] for name in before}
        assert any("/history/" in name for name in before)
        reader.write()
        for block in blocks():
            if block.heading == heading and block.language == "shell":
                reader.again(block.text)
    assert nightly_files(project) == before


def nightly_files(project: Project) -> dict[str, tuple[int, bytes]]:
    """What the nightly run wrote, as text and when."""
    return {
        str(path.relative_to(project.directory)): (path.stat().st_mtime_ns, path.read_bytes())
        for place in ("mailplus-state", "metrics", "elsewhere")
        for path in (project.directory / place).rglob("*")
        if path.is_file()
    }


@recipe("How do I watch the fleet with Prometheus and Grafana?")
def test_prometheus(follow: Reader) -> None:
    *_others, config = follow.write()
    follow.set(**QUIET)
    follow.run()
    metrics = follow.project.directory / "metrics"
    assert [path.name for path in metrics.iterdir()] == ["mailplus.prom"]
    assert metrics.stat().st_mode & 0o777 == 0o755
    assert (metrics / "mailplus.prom").stat().st_mode & 0o777 == 0o644
    assert "mailplus_up{" in (metrics / "mailplus.prom").read_text(encoding="utf-8")
    written = yaml.safe_load(config.read_text(encoding="utf-8"))
    assert [str(ROOT / "docs" / "recipes" / name) for name in written["rule_files"]] == [str(ALERTS)]
    if shutil.which("promtool"):
        shutil.copy(ALERTS, follow.project.directory)
        follow.again("promtool check config prometheus.yml")


def read(follow: Reader, file: str, directory: str = "mailplus-state") -> Any:
    return json.loads((follow.project.directory / directory / file).read_text(encoding="utf-8"))
