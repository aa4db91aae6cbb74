# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin through ansible-inventory and ansible-playbook."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests.playbook import running
from ansible_collections.mailfleet.mailplus.tests.playbook.plays import UNTOUCHABLE, debug
from ansible_collections.mailfleet.mailplus.tests.playbook.project import (
    PREFIX,
    Project,
    play,
    requests_of,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.running import BIN, Data, Unsafe
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
    assert len(json.dumps(hostvars(bare)["well"])) < 8000


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
    assert len(fleet["well"].requests) == 3


BAD_SOURCES: dict[str, tuple[Data, str]] = {
    "subset": ({"gather_subset": ["queues"]}, "unknown subset 'queues'; valid are all"),
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


def test_the_cache(project: Project, fleet: Fleet) -> None:
    hosts = {name: where(fleet[name]) for name in ("well", "gone", "forbidden")}
    cached = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": "kept", "cache_timeout": 0}
    options: Data = {**cached, "keyed_groups": [{"key": "mailplus_status", "prefix": "status"}]}
    project.write(SOURCE, source(fleet, hosts, **options))
    first, _run = project.listing(SOURCE)
    assert requests_of(fleet) == {"well": 3, "forbidden": 3}
    second, run = project.listing(SOURCE)
    assert requests_of(fleet) == {"well": 3, "forbidden": 3}
    assert hostvars(first) == hostvars(second)
    assert {name: groups_of(first, name) for name in hosts} == {name: groups_of(second, name) for name in hosts}
    assert "status_ok" in groups_of(second, "well")
    assert "mailplus_unreachable" in groups_of(second, "gone")
    project.play([play(debug("Anything", ""), hosts="all")], "-i", SOURCE, "--flush-cache")
    assert requests_of(fleet) == {"well": 6, "forbidden": 6}
    check_secrets(run.output + "".join(path.read_text() for path in (project.directory / "kept").iterdir()))
    # Hosts that came and went since.
    del hosts["gone"]
    project.write(SOURCE, source(fleet, {**hosts, "odd": where(fleet["odd"])}, **options))
    third, _run = project.listing(SOURCE)
    assert {name for name, variables in hostvars(third).items() if "mailplus_status" in variables} == {*hosts, "odd"}


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
            assert "mailplus_unreachable" in groups_of(listing, name), name
        if beside:
            assert found["well"]["mailplus_status"] == "ok"
            assert fleet["well"].sessions == []


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
        assert len(fleet["one"].requests) == 3
    assert not touched.exists()
