# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook that finds the path of a setting whose key nobody has published."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support import running
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    PREFIX,
    Project,
    hosts,
    requests_of,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import BIN, ROOT, Run
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

PLAYBOOK = "mailfleet.mailplus.find_setting"
_ROLE = "mailfleet.mailplus.mailplus_state : "
FOUND, CHANGED = f"{_ROLE}Paths that may be those of the setting", f"{_ROLE}What changed"
LOOK, LOOK_BEFORE = f"{_ROLE}Look for the setting", f"{_ROLE}Look at the settings"
NO_WORDS = f"{_ROLE}Is it a change that is looked for?"
ONE_HOST, TIME = f"{_ROLE}Is it one host?", f"{_ROLE}Was there time for it?"
GENERAL, RELAY_HOSTS = f"{PREFIX}SMTP.General", f"{PREFIX}SMTP.Delivery"
SERVICE = f"{PREFIX}Service.SMTP"
NEVER_SEEN = "permitCleartextAuth"
SECRET = "hunter2-planted"
BEFORE = {"mail": {NEVER_SEEN: False}, "banner": "hello", "admin_password": SECRET}
HOSTILE = "{{ 7 * 7 }} \x1b[31m\u202e{% raw %}<b>"


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    with run_fleet({"nas": {"nas1": {}, "nas2": {}, "off": {"unreachable": True}}}) as fleet:
        yield fleet


@pytest.fixture
def project(project: Project, fleet: Fleet) -> Project:
    fleet["nas1"].set_answer(GENERAL, "get", BEFORE)
    project.write("hosts.yml", hosts(fleet))
    return project


def find(project: Project, *arguments: str, host: str = "nas1", failing: bool = False, **more: Any) -> Run:
    return project.play(PLAYBOOK, "-e", f"mailplus_hosts={host}", *arguments, failing=failing, **more)


@contextmanager
def between_looks(nas: Nas, change: Callable[[], None]) -> Iterator[None]:
    """Change something as soon as the first look is over."""
    done: list[bool] = []

    def wait() -> None:
        while not done and not any(request.api_method == "logout" for request in nas.requests):
            time.sleep(0.02)
        change()

    thread = Thread(target=wait)
    thread.start()
    try:
        yield
    finally:
        done.append(True)
        thread.join()


# ------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize("words", ["find=plaintext auth", "find=plaintext,auth", "find=Cleartext login"])
def test_words_find_a_key_that_nobody_has_seen(project: Project, words: str) -> None:
    lines = find(project, "-e", words).ok(FOUND)["msg"]
    assert " ".join(lines[0].split()) == (
        f"smtp_general data.mail.{NEVER_SEEN} = false (true or false) Mail Delivery > General"
    )
    assert f"For a rule that waits for the first: mailplus_state_paths: {{VARIABLE: data.mail.{NEVER_SEEN}}}" in lines


def test_several_hosts_have_a_block_each(project: Project) -> None:
    run = find(project, "-e", "find=cleartext", host="nas1,nas2")
    assert NEVER_SEEN in run.ok(FOUND, "nas1")["msg"][0]
    assert run.ok(FOUND, "nas2")["msg"] == [
        "Nothing resembles cleartext in 37 sections. Try other words, or read more: ansible-playbook -i hosts.yml "
        f"{PLAYBOOK} -e mailplus_hosts=nas2 -e find=cleartext -e mailplus_subset=settings,entries,status"
    ]


def test_no_more_is_told_than_a_person_reads(project: Project) -> None:
    lines = find(project, "-e", "find=enable").ok(FOUND)["msg"]
    assert len([line for line in lines if " = " in line]) == 20
    assert any(line.startswith("and ") and line.endswith(" more") for line in lines)


def test_what_is_read_can_be_widened(project: Project, fleet: Fleet) -> None:
    find(project, "-e", "find=enable", "-e", "mailplus_subset=smtp_relay_hosts,smtp_service")
    asked = {item["api"] for request in fleet["nas1"].requests for item in request.items}
    assert asked == {RELAY_HOSTS, SERVICE}


def test_a_run_that_tells_more_does_not_tell_the_state(project: Project) -> None:
    run = find(project, "-e", "find=cleartext", "-vvv")
    assert NEVER_SEEN in run.stdout
    assert SECRET not in run.output
    assert "relay.example.net" not in run.output  # a value of the same section


def test_secrets_stay_hidden_whatever_the_role_is_told(project: Project) -> None:
    run = find(project, "-e", "find=admin_password", "-e", "mailplus_state_reveal_secrets=true")
    assert 'data.admin_password = "[hidden]" (text)' in run.ok(FOUND)["msg"][0]


# -------------------------------------------------------------------------------------------------------------- rule


def test_a_rule_finds_what_it_waits_for_in_its_section(project: Project, fleet: Fleet) -> None:
    lines = find(project, "-e", "rule=smtp_plaintext").ok(FOUND)["msg"]
    assert lines[:2] == [
        "smtp_plaintext wants true or false (equals true) in smtp_general: Passwords are not accepted over unencrypted "
        "SMTP",
        f"smtp_general  data.mail.{NEVER_SEEN} = false (true or false)  Mail Delivery > General",
    ]
    assert f"Where the first is the setting: mailplus_state_paths: {{smtp_plaintext: data.mail.{NEVER_SEEN}}}" in lines
    assert lines[-1].endswith(
        f"looks: ansible-playbook -i hosts.yml {PLAYBOOK} -e mailplus_hosts=nas1 -e rule=smtp_plaintext "
        "-e mailplus_seconds=120"
    )
    assert {request.api for request in fleet["nas1"].requests if request.api.startswith(PREFIX)} == {GENERAL}


def test_where_nothing_resembles_a_rule_no_line_is_offered_and_the_commands_run(project: Project, fleet: Fleet) -> None:
    nas = fleet["nas1"]
    nas.reset()
    lines = find(project, "-e", "rule=smtp_plaintext").ok(FOUND)["msg"]
    assert any("data.enable_smtp_auth = true" in line for line in lines)
    assert not any("mailplus_state_paths" in line for line in lines)
    other, by_hand = (line.partition(": ansible-playbook ")[2] for line in lines[-2:])
    assert lines[-2].startswith("None of these resembles it. Look in other sections: ")
    assert project.command("ansible-playbook", *other.split()).ok(FOUND)["msg"]
    nas.set_answer(GENERAL, "get", BEFORE)
    nas.requests.clear()
    with between_looks(nas, lambda: nas.set_answer(GENERAL, "get", BEFORE | {"mail": {NEVER_SEEN: True}})):
        run = project.command("ansible-playbook", *by_hand.replace("=120", "=3").split())
    assert run.ok(CHANGED)["msg"][:2] == [
        f"smtp_general.data.mail.{NEVER_SEEN}: false -> true",
        f"mailplus_state_paths: {{smtp_plaintext: data.mail.{NEVER_SEEN}}}",
    ]
    assert f"TASK [{_ROLE}Change the setting by hand in DSM now, and apply it]" in run.stdout
    assert {request.api for request in nas.requests if request.api.startswith(PREFIX)} == {GENERAL}


def test_words_are_not_looked_for_around_a_change(project: Project, fleet: Fleet) -> None:
    run = find(project, "-e", "find=greylist", "-e", "mailplus_seconds=5", failing=True)
    assert run.failed(NO_WORDS)["msg"].endswith("that you make by hand: leave out one of both.")
    assert requests_of(fleet) == {}


def test_a_rule_on_what_changes_by_itself_is_refused_for_a_change(project: Project, fleet: Fleet) -> None:
    run = find(project, "-e", "rule=license_sufficient", "-e", "mailplus_seconds=5", failing=True)
    assert "whose values change without you. Leave out mailplus_seconds" in run.failed(LOOK_BEFORE)["msg"]
    assert requests_of(fleet) == {}


def test_the_command_of_the_report_finds_the_path_and_the_path_judges(project: Project) -> None:
    """What a user does: reads the report, pastes its command, pastes the line, and has a verdict."""
    state = ["-e", f"mailplus_state_directory={project.directory}/state", "-e", json.dumps(LENIENT)]
    project.play("mailfleet.mailplus.state", "-e", "mailplus_hosts=nas1", *state)
    told = {one["rule"]: one["remedy"] for one in project.read("state/report.json")["not_configured"]}
    command = told["smtp_plaintext"].partition("run: ")[2].partition(". Then")[0]
    name, *arguments = command.replace("INVENTORY", "hosts.yml").split()
    run = project.command(name, *arguments)
    (line,) = [line for line in run.ok(FOUND)["msg"] if line.startswith("Where the first is the setting: ")]
    project.write("paths.yml", line.partition("setting: ")[2])
    project.play("mailfleet.mailplus.state", "-e", "mailplus_hosts=nas1", *state, "-e", "@paths.yml")
    (host,) = project.read("state/report.json")["hosts"]
    (verdict,) = [one for one in host["verdicts"] if one["rule"] == "smtp_plaintext"]
    assert (verdict["verdict"], verdict["actual"]) == ("fail", False)


def test_a_rule_of_ones_own_and_words(project: Project) -> None:
    rule = {
        "id": "hello",
        "severity": "low",
        "section": "smtp_general",
        "path": "data.x",
        "condition": {"matches": "x"},
    }
    project.write("own.yml", {"mailplus_state_policies": [[rule]]})
    lines = find(project, "-e", "rule=hello", "-e", "find=banner", "-e", "@own.yml").ok(FOUND)["msg"]
    assert "data.banner" in lines[1]
    assert "Where the first is the setting: mailplus_state_overrides: {hello: {path: data.banner}}" in lines


def test_an_unknown_rule_fails_before_a_nas_is_asked(project: Project, fleet: Fleet) -> None:
    run = find(project, "-e", "rule=smtp_plaintxt", failing=True)
    message = "rule: no policy has a rule smtp_plaintxt; did you mean smtp_plaintext?"
    assert run.failed(LOOK)["msg"] == message
    assert run.returncode == 2
    assert requests_of(fleet) == {}


# ------------------------------------------------------------------------------------------------- what goes wrong


def test_a_section_that_the_account_may_not_read_is_said(project: Project, fleet: Fleet) -> None:
    fleet["nas1"].faults.add("error", code=5615, api=GENERAL)
    lines = find(project, "-e", "find=greylist").ok(FOUND)["msg"]
    (line,) = [line for line in lines if " not read, " in line]
    assert line.partition(": ")[0] == "smtp_general, smtp_postmaster were not read, they are forbidden"
    run = find(project, "-e", "rule=smtp_plaintext", failing=True)
    assert "No section could be read" in run.failed(LOOK)["msg"]
    assert "smtp_general" in run.failed(LOOK)["msg"]


def test_a_nas_that_is_off_fails_with_the_reason(project: Project) -> None:
    run = find(project, "-e", "find=greylist", host="off", failing=True)
    assert "refuses the connection" in run.failed(LOOK)["msg"]
    assert "Traceback" not in run.output


def test_text_of_a_server_stays_data(project: Project, fleet: Fleet) -> None:
    fleet["nas1"].set_answer(GENERAL, "get", {HOSTILE: {"greylist": HOSTILE}})
    for arguments in (["-e", "find=greylist"], ["-e", "rule=smtp_plaintext"]):
        run = find(project, *arguments)
        (line, *_more) = [line for line in run.ok(FOUND)["msg"] if "{{ 7 * 7 }}" in line]
        shown = r"{{ 7 * 7 }} \u001b[31m\u202e{% raw %}<b>"
        assert f'data.{shown}.greylist = "{shown}" (text)' in line
        assert "\x1b" not in run.output
        assert "\u202e" not in run.output


# ------------------------------------------------------------------------------------------------------------ change


def test_a_change_by_hand_is_told_with_the_line_to_set(project: Project, fleet: Fleet) -> None:
    nas = fleet["nas1"]
    now = BEFORE | {"mail": {NEVER_SEEN: True}, "banner": HOSTILE}
    with between_looks(nas, lambda: nas.set_answer(GENERAL, "get", now)):
        run = find(project, "-e", "mailplus_seconds=3")
    lines = run.ok(CHANGED)["msg"]
    assert lines[0].startswith('smtp_general.data.banner: "hello" -> "{{ 7 * 7 }} ')
    assert lines[1] == "mailplus_state_paths: {VARIABLE: data.banner}, for a rule of yours with that path_variable"
    assert f"smtp_general.data.mail.{NEVER_SEEN}: false -> true" in lines
    line = lines[lines.index(f"smtp_general.data.mail.{NEVER_SEEN}: false -> true") + 1]
    assert line.startswith(
        f"mailplus_state_paths: {{VARIABLE: data.mail.{NEVER_SEEN}}}, where VARIABLE is one of smtp_pl"
    )
    assert "\x1b" not in run.output
    assert run.returncode == 0
    assert nas.login_attempts == 2


def test_a_change_of_an_entry_is_known_by_its_name(project: Project, fleet: Fleet) -> None:
    nas = fleet["nas1"]
    rows = [{"name": "a.example", "encrypt": False}, {"name": "b.example", "encrypt": False}]
    nas.set_answer(RELAY_HOSTS, "get_multiple", {"relay_list": rows})
    changed = [rows[0], rows[1] | {"encrypt": True}]
    with between_looks(nas, lambda: nas.set_answer(RELAY_HOSTS, "get_multiple", {"relay_list": changed})):
        run = find(project, "-e", "mailplus_seconds=3", "-e", "mailplus_subset=smtp_relay_hosts")
    assert f"TASK [{_ROLE}Change the setting by hand in DSM now, and apply it]" in run.stdout
    assert run.ok(CHANGED)["msg"][:2] == [
        "smtp_relay_hosts.data.relay_list.b.example.encrypt: false -> true",
        "mailplus_state_paths: {relay_hosts_tls: data.relay_list.*.encrypt}",
    ]


def test_where_nothing_changed_it_says_what_to_check(project: Project, fleet: Fleet) -> None:
    fleet["nas1"].faults.add("error", code=5615, api=SERVICE)
    lines = find(project, "-e", "mailplus_seconds=1").ok(CHANGED)["msg"]
    assert lines[0].startswith("Nothing changed in 36 sections of settings and entries. Was the change applied in DSM?")
    assert any(line.startswith("Not compared: ") and "smtp_general.data.admin_password" in line for line in lines)
    assert any(line.startswith("smtp_service was not read, it is forbidden: ") for line in lines)
    assert lines[0].endswith("-e mailplus_hosts=nas1 -e mailplus_seconds=1 -e mailplus_subset=settings,entries")
    lines = find(project, "-e", "mailplus_seconds=1", "-e", "mailplus_subset=smtp_general").ok(CHANGED)["msg"]
    assert lines[0].endswith(f"ansible-playbook -i hosts.yml {PLAYBOOK} -e mailplus_hosts=nas1 -e mailplus_seconds=1")


def test_without_a_terminal_it_says_how_to_wait(project: Project) -> None:
    run = find(project, failing=True, expected_warnings=["Not waiting for response to prompt"])
    assert run.failed(TIME)["msg"].endswith("Say how long to wait, in seconds: -e mailplus_seconds=120.")
    assert run.returncode == 2


def test_at_a_terminal_it_waits_for_enter(project: Project, fleet: Fleet) -> None:
    nas = fleet["nas1"]
    controller, terminal = pty.openpty()
    environment = running.surroundings(project.directory) | {"RECORDER_FILE": str(project.directory / "terminal.jsonl")}
    command = [
        "setsid",
        "--ctty",
        "--wait",
        str(BIN / "ansible-playbook"),
        "-i",
        "hosts.yml",
        PLAYBOOK,
        "-e",
        "mailplus_hosts=nas1",
    ]
    with subprocess.Popen(command, cwd=project.directory, env=environment, stdin=terminal, stdout=terminal) as process:
        os.close(terminal)
        printed = b""
        while b"press Enter" not in printed:
            printed += os.read(controller, 4096)
        time.sleep(1.5)
        nas.set_answer(GENERAL, "get", {"mail": {NEVER_SEEN: True}})
        os.write(controller, b"\r")
        try:
            while piece := os.read(controller, 4096):
                printed += piece
        except OSError:  # the terminal is closed
            pass
        assert process.wait() == 0
    os.close(controller)
    assert f"smtp_general.data.mail.{NEVER_SEEN}: false -> true".encode() in printed


def test_a_change_is_looked_for_on_one_host(project: Project, fleet: Fleet) -> None:
    run = find(project, host="nas1,nas2", failing=True)
    (result,) = [result for result in run.results if result.task == ONE_HOST]
    assert result.returned["msg"].endswith("on one host by hand; mailplus_hosts names 2.")
    assert requests_of(fleet) == {}


# ----------------------------------------------------------------------------------------------------- documentation


def test_the_guide_shows_what_is_printed(project: Project, fleet: Fleet) -> None:
    nas = fleet["nas1"]
    nas.reset()
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_policies.rst").read_text(encoding="utf-8")
    text = printed(find(project, "-e", "rule=starttls"), FOUND).replace("-i hosts.yml", "-i inventory.yml")
    assert textwrap.indent(text, "   ") in guide
    nas.reset()
    with between_looks(nas, lambda: nas.set_answer(SERVICE, "get", {"enable_starttls": False})):
        run = find(project, "-e", "mailplus_seconds=3")
    assert textwrap.indent(printed(run, CHANGED), "   ") in guide


def printed(run: Run, task: str) -> str:
    return run.stdout[run.stdout.index(f"TASK [{task}]") : run.stdout.index("PLAY RECAP")].strip()
