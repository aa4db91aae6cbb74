# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin through ansible-inventory and ansible-playbook."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook.support import running
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import UNTOUCHABLE, debug
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    PREFIX,
    Project,
    play,
    requests_of,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import BIN, Data, Unsafe
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

SOURCE = "fleet.mailplus.yml"
PASSWORD = "Secret & {{ pass }} word"
ACCOUNTS = [{"username": "auditor", "password": PASSWORD}]
# Kind of failure: what the NAS is like, the groups of its host, its status, and the error's name.
KINDS: dict[str, tuple[Data, set[str], str, str | None]] = {
    "well": ({}, set(), "ok", None),
    "gone": ({"unreachable": True}, {"mailplus_unreachable"}, "failed", "connection_refused"),
    "untrusted": ({"certificate": "self_signed"}, {"mailplus_unreachable"}, "failed", "certificate_not_trusted"),
    "broken": ({"faults": [{"fault": "html"}]}, {"mailplus_unreachable", "mailplus_failed"}, "failed", "not_json"),
    "locked": (
        {"accounts": [{**ACCOUNTS[0], "login_error": 411}]},
        {"mailplus_refused"},
        "failed",
        "account_locked",
    ),
    "empty": ({"package": False}, {"mailplus_unsupported"}, "unsupported", None),
    "forbidden": ({"permissions": {f"{PREFIX}Queue": 105}}, {"mailplus_forbidden"}, "partial", None),
    "odd": (
        {"faults": [{"fault": "error", "api": f"{PREFIX}Report", "code": 117}]},
        {"mailplus_failed"},
        "partial",
        None,
    ),
}
UNREAD = ["NAS could not be read"]
VARIABLES = {"mailplus", "mailplus_status", "mailplus_reason", "mailplus_error"}


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    described = {name: described for name, (described, *_others) in KINDS.items()}
    fleet = {"now": "2026-01-31T09:45:00Z", "defaults": {"accounts": ACCOUNTS}, "nas": described}
    with run_fleet(fleet) as running_fleet:
        yield running_fleet


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, warnings=UNREAD)


def connection(fleet: Fleet, **others: Any) -> Data:
    return {
        "username": "auditor",
        "password": Unsafe(PASSWORD),
        "ca_path": str(fleet.ca_path),
        "timeout": 5,
        **others,
    }


def where(nas: Nas, **others: Any) -> Data:
    return {"host": nas.host, "port": nas.port, "https": nas.https, **others}


def source(fleet: Fleet, hosts: Any = None, **options: Any) -> Data:
    """The plugin's file."""
    named = {name: where(nas) for name, nas in fleet.items()} if hosts is None else hosts
    return {"plugin": "mailfleet.mailplus.mailplus", "hosts": named, "connection": connection(fleet), **options}


def hostvars(listing: Data) -> dict[str, Data]:
    found: dict[str, Data] = listing["_meta"]["hostvars"]
    return found


def groups_of(listing: Data, host: str) -> set[str]:
    return {name for name, group in listing.items() if host in group.get("hosts", []) and name != "ungrouped"}


def check_sessions(fleet: Fleet) -> None:
    assert [name for name, nas in fleet.items() if nas.sessions or nas.writes or nas.login_attempts > 1] == []


DOCUMENTED = sorted({
    expression
    for page in ("README.md", "docs/docsite/rst/guide_fleets.rst", "plugins/inventory/mailplus.py")
    for expression in re.findall(r"long_queue: ([^#\n]+)", (running.ROOT / page).read_text(encoding="utf-8"))
})  # fmt: skip


@pytest.mark.parametrize("expression", DOCUMENTED)
def test_expressions_of_the_documentation_hold_for_nas_that_were_not_read(
    project: Project, fleet: Fleet, expression: str
) -> None:
    project.write(SOURCE, source(fleet, groups={"long_queue": expression.strip()}, strict=True))
    listing, _run = project.listing(SOURCE)
    assert set(hostvars(listing)) == set(KINDS)
    assert all(set(variables) >= VARIABLES for variables in hostvars(listing).values())


def test_every_kind_of_host_stays_in_the_inventory(project: Project, fleet: Fleet) -> None:
    options: Data = {
        "compose": {"queue_length": "mailplus.sections.queue.total", "at": "ansible_host | default('nowhere')"},
        "groups": {"long": "mailplus.sections.queue.total > 10", "read": "mailplus is not none"},
        "keyed_groups": [{"key": "mailplus_status", "prefix": "status"}],
    }
    project.write(SOURCE, source(fleet, **options))
    listing, run = project.listing(SOURCE)
    for name, (_described, groups, status, error) in KINDS.items():
        variables = hostvars(listing)[name]
        found = groups_of(listing, name)
        mailplus = {group for group in found if group.startswith("mailplus_")}
        assert mailplus <= groups, name
        assert len(mailplus) == min(1, len(groups)), name
        assert f"status_{status}" in found
        assert set(variables) >= VARIABLES
        assert variables["mailplus_status"] == status
        assert (variables["mailplus_reason"] is None) == (status == "ok")
        assert (variables["mailplus_error"] or {}).get("name") == error
        assert (variables["mailplus"] is None) == (status == "failed")
        assert ("read" in found) == (status != "failed")
        assert (str(variables.get("queue_length")) == "12") == (name in ("well", "odd"))
    assert "long" in groups_of(listing, "well")
    assert hostvars(listing)["well"]["at"] == "nowhere"
    assert "NAS read" not in run.output  # nobody watches a terminal
    assert "4 of 8 NAS could not be read: gone, untrusted, broken, locked." in " ".join(run.stderr.split())
    check_sessions(fleet)
    check_secrets(run.output)


def check_secrets(text: str) -> None:
    assert PASSWORD not in text
    assert "r3lay & s3cret" not in text
    assert "Secret &" not in text


def test_rows_are_left_out_unless_wanted(project: Project, fleet: Fleet) -> None:
    hosts = {"well": where(fleet["well"])}
    project.write(SOURCE, source(fleet, hosts))
    project.write("rows.mailplus.yml", source(fleet, hosts, rows=True, limit=7, gather_subset=["queue"]))
    bare, _run = project.listing(SOURCE)
    rows, _run = project.listing("rows.mailplus.yml")
    queue = hostvars(bare)["well"]["mailplus"]["sections"]["queue"]
    assert "items" not in queue["data"]
    assert (queue["total"], queue["returned"], queue["summary"]["rows"]) == (12, 12, 12)
    full = hostvars(rows)["well"]["mailplus"]["sections"]
    assert list(full) == ["queue"]
    assert full["queue"]["data"]["items"] == fleet["well"].mailplus.rows(f"{PREFIX}Queue").page(0, 7)[1]
    assert len(json.dumps(hostvars(bare)["well"])) < 20_000


def test_hosts_as_a_list_and_the_environment(project: Project) -> None:
    with run_fleet({"defaults": {"accounts": ACCOUNTS}, "nas": {"one": {"https": False}}}) as fleet:
        nas = fleet["one"]
        project.write(SOURCE, {"plugin": "mailfleet.mailplus.mailplus", "hosts": [nas.host, "127.0.0.2"]})
        environment = {
            "MAILPLUS_USERNAME": "auditor",
            "MAILPLUS_PASSWORD": PASSWORD,
            "MAILPLUS_PORT": str(nas.port),
            "MAILPLUS_HTTPS": "false",
            "MAILPLUS_TIMEOUT": "3",
            "MAILPLUS_HOST": "198.51.100.1",  # each host has an address of its own
        }
        listing, run = project.listing(SOURCE, environment=environment)
        assert hostvars(listing)[nas.host]["mailplus_status"] == "ok"
        assert hostvars(listing)["127.0.0.2"]["mailplus_error"]["name"] == "connection_refused"
        check_secrets(run.output)
        bare, run = project.listing(SOURCE)
        assert "127.0.0.2. 2 times: Its connection: username and password missing" in " ".join(run.stderr.split())
        assert "MAILPLUS_USERNAME and MAILPLUS_PASSWORD" in hostvars(bare)[nas.host]["mailplus_reason"]


def test_bad_options_of_one_host_fail_it_alone(project: Project, fleet: Fleet) -> None:
    well = where(fleet["well"])
    bad: dict[str, tuple[Data, str]] = {
        "port": ({"port": 70000}, "port is between 1 and 65535, not 70000."),
        "text": ({"port": "https"}, "port"),
        "host": ({"host": "https://nas"}, "host is a name or an address alone"),
        "password": ({"password": ""}, "password missing"),
        "timeout": ({"timeout": 0}, "timeout is more than 0"),
        "template": ({"password": "{{ nothing_like_it }}"}, "nothing_like_it"),
        "lookup": ({"password": "{{ lookup('ansible.builtin.file', '/nonexistent/file') }}"}, "/nonexistent/file"),
        "ca": ({"ca_path": "/nonexistent/ca.pem"}, "/nonexistent/ca.pem"),
    }
    hosts: Data = {"fine": well, "bare": None} | {name: well | changes for name, (changes, _said) in bad.items()}
    project.write(SOURCE, source(fleet, hosts))
    listing, _run = project.listing(SOURCE)
    found = hostvars(listing)
    assert found["fine"]["mailplus_status"] == "ok"
    for name, (_changes, said) in bad.items():
        assert found[name]["mailplus_status"] == "failed", name
        assert said in found[name]["mailplus_reason"], name
        assert "\n" not in found[name]["mailplus_reason"]
        assert groups_of(listing, name) == {"mailplus_failed"}, name
    assert len(fleet["well"].requests) == 4


BAD_SOURCES: dict[str, tuple[Data, str]] = {
    "subset": ({"gather_subset": ["queues"]}, "unknown subset 'queues'; did you mean queue"),
    "limit": ({"limit": -2}, "limit is 0 or more, or -1 for all rows, not -2."),
    "hosts": ({"hosts": "nas1"}, "hosts is a list of names, or a mapping from names to options."),
    "options": ({"hosts": {"nas1": "5001"}}, "nas1"),
    "nobody": ({"hosts": {}}, "hosts and from_group are missing"),
    "option": ({"gather_subsets": ["queue"]}, "options: unknown gather_subsets; valid are at_once, cache, "),
    "connection key": ({"connection": {"pasword": "x"}}, "connection: unknown pasword; valid are ca_path, device_id, "),
    "host key": ({"hosts": {"nas1": {"prot": 5}}}, "hosts: nas1: unknown prot; valid are ca_path, device_id, "),
    "none at once": ({"at_once": 0}, "at_once is more than 0, not 0."),
    "no time": ({"time_limit": -1}, "time_limit is more than 0, not -1."),
    "odd host": ({"hosts": [["nas1"]]}, "hosts is a list of names, or a mapping from names to options."),
    "group": ({"from_group": "nowhere"}, "from_group: no inventory source before this one has a group nowhere."),
    "at_once": ({"at_once": "many"}, "at_once"),
    "connection": ({"connection": "auditor"}, "connection"),
    "strict": ({"strict": True, "compose": {"x": "nothing.like.it"}}, "nothing"),
    "error": ({"fail_on_error": True}, "gone: "),
}


@pytest.mark.parametrize("case", BAD_SOURCES)
def test_bad_options_of_the_source_fail_it(project: Project, fleet: Fleet, case: str) -> None:
    options, said = BAD_SOURCES[case]
    hosts = {"gone": where(fleet["gone"])} if case == "error" else {"well": where(fleet["well"])}
    project.write(SOURCE, source(fleet, **{"hosts": hosts, **options}))
    run = project.command("ansible-inventory", "-i", SOURCE, "--list")
    assert run.returncode != 0
    assert said in " ".join(run.output.split())
    assert "Traceback" not in run.output
    assert "Unexpected Exception" not in run.output
    if case not in ("strict", "error"):
        assert requests_of(fleet) == {}
    check_secrets(run.output)


def test_an_undefined_composed_variable_is_left_out_unless_strict(project: Project, fleet: Fleet) -> None:
    hosts = {"well": where(fleet["well"])}
    compose = {"x": "mailplus.nothing.like.it", "y": "mailplus_status ~ '!'"}
    project.write(SOURCE, source(fleet, hosts, strict=False, compose=compose))
    listing, _run = project.listing(SOURCE)
    assert "x" not in hostvars(listing)["well"]
    assert hostvars(listing)["well"]["y"] == "ok!"


def test_hosts_of_earlier_sources(project: Project, fleet: Fleet) -> None:
    names = ("well", "forbidden", "gone")
    hosts = {name: {"ansible_host": "{{ address }}", "nas_port": fleet[name].port} for name in names}
    beside = {"other": {"ansible_host": "198.51.100.1"}}
    project.write("hosts.yml", {"nas": {"hosts": hosts, "vars": {"address": "127.0.0.1"}}, "rest": {"hosts": beside}})
    project.write("group_vars/nas.yml", {"nas_user": "auditor"})
    project.write("host_vars/well.yml", {"nas_secret": Unsafe(PASSWORD)})
    project.write("group_vars/all.yml", {"nas_secret": "wrong", "nas_ca": str(fleet.ca_path)})
    templated = {
        "port": "{{ nas_port }}",
        "username": "{{ nas_user }}",
        "password": "{{ nas_secret }}",
        "ca_path": "{{ nas_ca }}",
    }
    options: Data = {"from_group": "nas", "use_vars_plugins": True, "connection": templated}
    options["compose"] = {"greeting": "nas_user ~ ' of ' ~ inventory_hostname"}
    project.write(SOURCE, source(fleet, {"well": {"session_name": "Mine"}}, **options))
    listing, run = project.listing("hosts.yml", SOURCE)
    found = hostvars(listing)
    assert {name: variables.get("mailplus_status") for name, variables in found.items()} == {
        "well": "ok",
        "forbidden": "failed",
        "gone": "failed",
        "other": None,
    }
    assert found["well"]["greeting"] == "auditor of well"
    assert [request.form["session"] for request in fleet["well"].requests if request.api_method == "login"] == ["Mine"]
    assert "mailplus_refused" in groups_of(listing, "forbidden")
    assert "nas" in groups_of(listing, "well")
    check_sessions(fleet)
    assert run.stderr.count("[") == 1  # the warning about the two


def test_a_vaulted_password_in_the_file(project: Project, fleet: Fleet) -> None:
    key = project.write("key", "the key of the vault")
    command = [
        str(BIN / "ansible-vault"),
        "encrypt_string",
        "--vault-password-file",
        str(key),
        "--stdin-name",
        "password",
    ]
    environment = {**os.environ, **running.surroundings(project.directory)}
    done = subprocess.run(command, input=PASSWORD, env=environment, capture_output=True, encoding="utf-8", check=True)
    vaulted = "".join(f"  {line}\n" for line in done.stdout.splitlines())
    nas = fleet["well"]
    text = f"plugin: mailfleet.mailplus.mailplus\nhosts:\n  well: {{host: {nas.host}, port: {nas.port}}}\nconnection:\n"
    project.write(SOURCE, f"{text}  username: auditor\n  ca_path: {fleet.ca_path}\n{vaulted}")
    listing, run = project.listing(SOURCE, arguments=["--vault-password-file", str(key)])
    assert hostvars(listing)["well"]["mailplus_reason"] is None
    check_secrets(run.output)


CACHED: Data = {
    "cache": True,
    "cache_plugin": "ansible.builtin.jsonfile",
    "cache_connection": "kept",
    "cache_timeout": 0,
}


def test_the_cache(project: Project, fleet: Fleet) -> None:
    hosts = {name: where(fleet[name]) for name in ("well", "gone", "forbidden")}
    options: Data = {**CACHED, "keyed_groups": [{"key": "mailplus_status", "prefix": "status"}]}
    project.write(SOURCE, source(fleet, hosts, **options))
    first, _run = project.listing(SOURCE)
    assert requests_of(fleet) == {"well": 4, "forbidden": 4}
    second, run = project.listing(SOURCE)
    assert requests_of(fleet) == {"well": 4, "forbidden": 4}
    assert hostvars(first) == hostvars(second)
    assert {name: groups_of(first, name) for name in hosts} == {name: groups_of(second, name) for name in hosts}
    assert "status_ok" in groups_of(second, "well")
    assert "mailplus_unreachable" in groups_of(second, "gone")
    project.play([play(debug("Anything", ""), hosts="all")], "-i", SOURCE, "--flush-cache")
    assert requests_of(fleet) == {"well": 8, "forbidden": 8}
    check_secrets(run.output + "".join(path.read_text() for path in (project.directory / "kept").iterdir()))
    # Hosts that came and went since.
    del hosts["gone"]
    project.write(SOURCE, source(fleet, {**hosts, "odd": where(fleet["odd"])}, **options))
    third, _run = project.listing(SOURCE)
    assert {name for name, variables in hostvars(third).items() if "mailplus_status" in variables} == {*hosts, "odd"}


# Changes of the source, with how many requests reading anew takes; none where the cache still fits.
OTHER_QUESTIONS: dict[str, tuple[Data, int]] = {
    "the same": ({}, 0),
    "other groups": ({"groups": {"all_well": "mailplus_status == 'ok'"}, "at_once": 7}, 0),
    "secrets": ({"reveal_secrets": False}, 3),
    "subset": ({"gather_subset": ["core", "smtp_general"]}, 3),
    "limit": ({"limit": 7}, 3),
    "rows": ({"rows": True}, 3),
    "user": ({"connection": {"username": "somebody"}}, 1),
    "certificates": ({"connection": {"validate_certs": False}}, 3),
}


@pytest.mark.parametrize("change", OTHER_QUESTIONS)
def test_the_cache_knows_what_it_answers(project: Project, fleet: Fleet, change: str) -> None:
    changes, requests = OTHER_QUESTIONS[change]
    before = source(fleet, {"well": where(fleet["well"])}, reveal_secrets=True, gather_subset=["smtp"], **CACHED)
    project.write(SOURCE, before)
    first, _run = project.listing(SOURCE)
    assert "r3lay & s3cret" in json.dumps(first)
    project.write(
        SOURCE, {**before, **changes, "connection": {**before["connection"], **changes.get("connection", {})}}
    )
    second, _run = project.listing(SOURCE)
    assert requests_of(fleet) == {"well": 3 + requests}
    assert ("r3lay & s3cret" in json.dumps(second)) is (change not in ("secrets", "user"))


def _cut(text: str) -> str:
    return text[: len(text) // 2]


def _rewritten(text: str, change: Callable[[Data], None]) -> str:
    """What a cache holds, with something changed in it."""
    kept = json.loads(text)
    wrapped = kept.get("__payload__")  # ansible-core 2.19 and newer
    inner = json.loads(wrapped) if wrapped else kept
    change(inner)
    return json.dumps(kept | {"__payload__": json.dumps(inner)} if wrapped else inner)


def _changed(text: str) -> str:
    return _rewritten(text, lambda kept: kept.update(text=kept["text"].replace("mailplus", "nailplus")))


DAMAGES: dict[str, Callable[[str], str]] = {
    "cut": _cut,
    "empty": lambda _text: "",
    "a list": lambda _text: "[1]",
    "of 0.1.0": lambda _text: json.dumps({"well": {"ansible_facts": {"mailplus": {"sections": {}}}}}),
    "changed": _changed,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_read_anew(project: Project, fleet: Fleet, damage: str) -> None:
    project.write(SOURCE, source(fleet, {"well": where(fleet["well"])}, **CACHED))
    first, _run = project.listing(SOURCE)
    (kept,) = (project.directory / "kept").iterdir()
    kept.write_text(DAMAGES[damage](kept.read_text()))
    second, _run = project.listing(SOURCE, expected_warnings=["error in 'ansible.builtin.jsonfile' cache", "jsonfile"])
    assert requests_of(fleet) == {"well": 8}
    assert hostvars(second)["well"]["mailplus_status"] == "ok"
    assert hostvars(second)["well"]["mailplus"].keys() == hostvars(first)["well"]["mailplus"].keys()
    project.listing(SOURCE)
    assert requests_of(fleet) == {"well": 8}


def test_what_nobody_foresaw_of_one_host_stays_there(project: Project, fleet: Fleet) -> None:
    """Injected by way of a cache that fits, of which the state of one host lacks its sections."""
    hosts = {name: where(fleet[name]) for name in ("well", "odd")}
    project.write(SOURCE, source(fleet, hosts, **CACHED))
    first, _run = project.listing(SOURCE)
    (kept,) = (project.directory / "kept").iterdir()
    kept.write_text(_rewritten(kept.read_text(), _without_sections))
    second, run = project.listing(SOURCE)
    assert requests_of(fleet) == {"well": 4, "odd": 5}  # a busy one is asked once more, and neither the second time
    assert hostvars(second)["well"] == hostvars(first)["well"]
    assert hostvars(second)["odd"]["mailplus_error"]["name"] == "unexpected"
    assert hostvars(second)["odd"]["mailplus_reason"].startswith("The state of odd could not be read, for a defect")
    assert "KeyError in line" in hostvars(second)["odd"]["mailplus_reason"]
    assert groups_of(second, "odd") == {"mailplus_failed"}
    assert "1 of 2 NAS could not be read: odd." in " ".join(run.stderr.split())


def _without_sections(cached: Data) -> None:
    inner = json.loads(cached["text"])
    del inner["outcomes"]["odd"]["ansible_facts"]["mailplus"]["sections"]
    cached["text"] = json.dumps(inner)
    cached["digest"] = hashlib.sha256(cached["text"].encode()).hexdigest()


# A shell has its background jobs ignore the signal of Ctrl-C, and these tests may be one.
HEEDING_INTERRUPTS = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_an_interrupted_reading_ends_at_once(project: Project) -> None:
    slow = {"fault": "latency", "seconds": 40, "api": "SYNO.Entry.Request"}
    described = {"silent": {"unresponsive": True, "count": 2}, "slow": {"faults": [slow]}}
    with run_fleet({"defaults": {"accounts": ACCOUNTS, "https": False}, "nas": described}) as fleet:
        project.write(SOURCE, source(fleet, connection=connection(fleet, timeout=60)))
        enabled = {"ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.auto"}
        environment = {**os.environ, **running.surroundings(project.directory), **enabled}
        command = [str(BIN / "ansible-inventory"), "-i", SOURCE, "--list"]
        with subprocess.Popen(
            [sys.executable, "-c", HEEDING_INTERRUPTS, *command],
            cwd=project.directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            end = time.monotonic() + 60
            while not fleet["slow"].sessions and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(0.5)  # until it is asked
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        assert time.monotonic() - start < 10
        assert process.returncode != 0
        assert fleet["slow"].sessions == []


LIMITS: dict[str, tuple[Data, Data]] = {
    "silent": ({"unresponsive": True}, {"timeout": 30}),
    "dripping": ({"faults": [{"fault": "drip", "seconds": 0.2, "size": 1, "api": "SYNO.Entry.Request"}]}, {}),
    "hanging": ({"faults": [{"fault": "hang", "api": "SYNO.Entry.Request"}]}, {"timeout": 30}),
    "slow": ({"faults": [{"fault": "latency", "seconds": 5, "api": "SYNO.Entry.Request"}]}, {"timeout": 30}),
}


@pytest.mark.parametrize("limit", ["host_time_limit", "time_limit"])
@pytest.mark.parametrize("at_once", [1, 50])
def test_time_limits(project: Project, limit: str, at_once: int) -> None:
    described = {name: nas for name, (nas, _options) in LIMITS.items()} | {"well": {}}
    with run_fleet({"defaults": {"accounts": ACCOUNTS}, "nas": described}) as fleet:
        hosts = {name: where(fleet[name], **options) for name, (_nas, options) in LIMITS.items()}
        # Beside the others, the one that is well has time enough on a busy machine too.
        beside = {"well": where(fleet["well"])} if at_once > 1 else {}
        options = {"at_once": at_once, limit: 3 if beside else 0.8}
        project.write(SOURCE, source(fleet, {**hosts, **beside}, **options))
        start = time.monotonic()
        listing, _run = project.listing(SOURCE)
        assert time.monotonic() - start < 20  # without a limit, it would be more than a minute
        found = hostvars(listing)
        for name in LIMITS:
            assert found[name]["mailplus_status"] == "failed", name
            assert found[name]["mailplus_error"]["name"] in ("time_limit", "timeout"), name
            late = found[name]["mailplus_error"]["name"] == "time_limit"
            assert groups_of(listing, name) == {"mailplus_failed" if late else "mailplus_unreachable"}, name
        if beside:
            assert found["well"]["mailplus_status"] == "ok"
            assert fleet["well"].sessions == []


class _Dripping(socketserver.BaseRequestHandler):
    """Sends a status line without end, a byte at a time."""

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            self.request.recv(65536)
            while True:
                self.request.sendall(b"H")
                time.sleep(0.1)


@contextlib.contextmanager
def dripping_server() -> Iterator[int]:
    """The port of a server whose status lines never end."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Dripping) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("limit", ["host_time_limit", "time_limit"])
def test_time_limits_hold_whatever_a_server_sends(project: Project, fleet: Fleet, limit: str) -> None:
    with dripping_server() as port:
        endless = {"host": "127.0.0.1", "port": port, "https": False, "timeout": 5}
        hosts = {"endless": endless, "well": where(fleet["well"])}
        project.write(SOURCE, source(fleet, hosts, **{limit: 4}))
        start = time.monotonic()
        listing, _run = project.listing(SOURCE)
        assert time.monotonic() - start < 16
        assert hostvars(listing)["endless"]["mailplus_error"]["name"] == "time_limit"
        assert hostvars(listing)["endless"]["mailplus_error"]["kind"] == "local"
        assert groups_of(listing, "endless") == {"mailplus_failed"}
        assert hostvars(listing)["well"]["mailplus_status"] == "ok"


@pytest.fixture(scope="module")
def sixty() -> Iterator[Fleet]:
    with run_fleet({"defaults": {"accounts": ACCOUNTS}, "nas": {"nas": {"count": 60, "https": False}}}) as fleet:
        yield fleet


def login_attempts(fleet: Fleet) -> int:
    return sum(nas.login_attempts for nas in fleet.values())


def test_a_mistyped_password_is_not_sent_to_the_whole_fleet(project: Project, sixty: Fleet) -> None:
    mistyped = connection(sixty, password="mistyped")
    project.write(SOURCE, source(sixty, connection=mistyped, **CACHED))
    listing, run = project.listing(SOURCE, expected_warnings=["NAS were not asked"])
    assert login_attempts(sixty) == 3
    names = Counter(variables["mailplus_error"]["name"] for variables in hostvars(listing).values())
    assert names == {"wrong_credentials": 3, "not_asked": 57}
    groups = Counter(group for name in sixty for group in groups_of(listing, name))
    assert groups == {"mailplus_refused": 3, "mailplus_failed": 57}
    said = " ".join(run.stderr.split())
    assert "3 of 60 NAS could not be read: " in said
    assert "57 of 60 NAS were not asked: " in said
    assert "DSM refused the same credentials on 3 hosts (127.0.0.1:" in said
    # The cache keeps that, and cannot tell that the password was corrected.
    again, run = project.listing(SOURCE, expected_warnings=["NAS were not asked"])
    assert "That is from the cache; ansible-playbook --flush-cache asks again." in " ".join(run.stderr.split())
    assert login_attempts(sixty) == 3
    assert hostvars(again) == hostvars(listing)
    kept = "".join(path.read_text() for path in (project.directory / "kept").iterdir())
    assert "mistyped" not in run.output + kept
    project.write(SOURCE, source(sixty, **CACHED))
    for path in (project.directory / "kept").iterdir():
        path.unlink()  # before 2.19, ansible-inventory has no --flush-cache
    corrected, _run = project.listing(SOURCE)
    assert {variables["mailplus_status"] for variables in hostvars(corrected).values()} == {"ok"}


@pytest.mark.parametrize(
    "cached", [{}, {"cache": True, "cache_plugin": "jsonfile", "cache_connection": "kept"}], ids=str
)
def test_fail_on_error_stops(project: Project, sixty: Fleet, cached: Data) -> None:
    for nas in sixty.values():
        nas.reset()
    mistyped = connection(sixty, password="mistyped")
    project.write(SOURCE, source(sixty, connection=mistyped, fail_on_error=True, **cached))
    for _again in range(2):
        run = project.command("ansible-inventory", "-i", SOURCE, "--list")
        assert run.returncode != 0
        said = " ".join(run.output.split())
        assert "DSM refused the login: no such account, or wrong password" in said
        assert "fail_on_error ended the reading; 59 more NAS were not read." in said
        assert login_attempts(sixty) <= (3 if cached else 6)


def test_hosts_that_do_not_answer_do_not_hold_up_a_fleet(project: Project) -> None:
    described = {"silent": {"count": 8, "unresponsive": True}, "well": {"count": 2, "https": False}}
    with run_fleet({"defaults": {"accounts": ACCOUNTS}, "nas": described}) as fleet:
        options = {"host_time_limit": 4, "connection": connection(fleet, timeout=30)}
        project.write(SOURCE, source(fleet, **options))
        start = time.monotonic()
        listing, _run = project.listing(SOURCE)
        assert time.monotonic() - start < 25
        statuses = {name: variables["mailplus_status"] for name, variables in hostvars(listing).items()}
        assert statuses == {name: "ok" if name.startswith("well") else "failed" for name in fleet}


def test_a_fleet_of_two_hundred(project: Project) -> None:
    described = {"nas": {"count": 200, "https": False}}
    with run_fleet({"now": "2026-01-31T09:45:00Z", "defaults": {"accounts": ACCOUNTS}, "nas": described}) as fleet:
        project.write(SOURCE, source(fleet, rows=False))
        listing, run = project.listing(SOURCE)
        assert len(hostvars(listing)) == 200
        assert {variables["mailplus_status"] for variables in hostvars(listing).values()} == {"ok"}
        ports = {name: variables["mailplus"]["server"]["port"] for name, variables in hostvars(listing).items()}
        assert ports == {name: nas.port for name, nas in fleet.items()}
        check_sessions(fleet)
        assert run.stderr == ""


def marked(value: Any, path: str = "") -> set[str]:
    """Where ansible-inventory shows a mark around a text."""
    if isinstance(value, list):
        return {place for item in value for place in marked(item, path)}
    if not isinstance(value, dict):
        return set()
    if set(value) == {"__ansible_unsafe"}:
        return {path}
    return {place for key, item in value.items() for place in marked(item, f"{path}.{key}".lstrip("."))}


def test_values_are_plain_where_ansible_allows_it(project: Project, fleet: Fleet) -> None:
    """As for ``ansible-inventory --list | jq``: words of our own and numbers. Text of a server has a mark."""
    project.write(SOURCE, source(fleet, **CACHED))
    for _cached in range(2):
        _listing, run = project.listing(SOURCE)
        shown = json.loads(run.stdout)["_meta"]["hostvars"]
        assert {name: variables["mailplus_status"] for name, variables in shown.items()} == {
            name: status for name, (_nas, _groups, status, _error) in KINDS.items()
        }
        for variables in shown.values():
            assert re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", variables["mailplus_asked_at"])
        well = shown["well"]["mailplus"]
        assert well["collected_at"] == shown["well"]["mailplus_asked_at"]
        assert {section["status"] for section in well["sections"].values()} == {"ok"}
        assert isinstance(well["sections"]["queue"]["total"], int)
        assert shown["gone"]["mailplus_error"]["name"] == "connection_refused"
        assert shown["forbidden"]["mailplus"]["sections"]["queue"]["error"]["name"] == "no_permission"
        assert "mailplus.sections.report.data.recipient" in marked(shown["well"])
        assert "mailplus_reason" in marked(shown["gone"])


def test_text_of_a_server_is_never_a_template(project: Project) -> None:
    touched = project.directory / "touched"
    hostile = f"{{{{ lookup('pipe', 'touch {touched}') }}}}"
    answers: Mapping[str, Any] = {
        f"{PREFIX}SMTP.General": {"get": {"banner": hostile}},
        f"{PREFIX}Report": {"get": {"recipient": "{{ 7*7 }}"}},
    }
    with run_fleet({"defaults": {"accounts": ACCOUNTS}, "nas": {"one": {"data": answers}}}) as fleet:
        options: Data = {
            "compose": {"copied": "mailplus.sections.smtp_general.data.banner", "whole": "mailplus.sections.report"},
            "keyed_groups": [{"key": "mailplus.sections.report.data.recipient", "prefix": "to"}],
            "cache": True,
            "cache_plugin": "ansible.builtin.jsonfile",
            "cache_connection": "kept",
        }
        hosts = {"one": where(fleet["one"])}
        project.write(SOURCE, source(fleet, hosts, **options))
        project.write("hosts.yml", {"nas": {"hosts": {"one": UNTOUCHABLE}}})
        looks = (
            debug("Banner", "{{ mailplus.sections.smtp_general.data.banner }}"),
            debug("Recipient", "{{ mailplus.sections.report.data.recipient }} {{ whole.data.recipient }}"),
            debug("Composed", "{{ copied }}"),
            debug("Groups", "{{ group_names }}"),
        )
        for _cached in range(2):
            run = project.play([play(*looks)], "-i", "hosts.yml", "-i", SOURCE)
            assert run.ok("Banner")["msg"] == hostile
            assert run.ok("Recipient")["msg"] == "{{ 7*7 }} {{ 7*7 }}"
            assert run.ok("Composed")["msg"] == hostile
            assert "49" not in str(run.ok("Groups")["msg"])
        assert len(fleet["one"].requests) == 4
    assert not touched.exists()
