# SPDX-License-Identifier: GPL-3.0-or-later
"""The role mailplus_state: what it leaves of a fleet with all kinds of hosts, and when it fails."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import JUMP_HOST, UNTOUCHABLE, debug
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    PREFIX,
    ROLE,
    Project,
    hosts,
    modes,
    play,
    requests_of,
    role,
    role_vars,
    schema,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import BIN, ROOT, Data, Run, surroundings
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from jsonschema import Draft202012Validator

APIS = [section.reads[0].api for section in CATALOGUE]
FLEET: Data = {
    "late": {},  # fails earlier in some plays; the first, which run_once picks where it can
    "well": {"queue": {"total": 3}},
    "forbidden": {"permissions": {f"{PREFIX}Queue": 105}},
    "empty": {"package": False},
    "barred": {"permissions": dict.fromkeys(APIS, 105)},
    "locked": {"accounts": [{"login_error": 411}]},
    "gone": {"unreachable": True},
    "silent": {"unresponsive": True},
    "open": {"data": {f"{PREFIX}IMAP_POP3": {"get": {"security_imappop3_auth": False, "enable_imap": True}}}},
}
STATUSES = {
    "late": "ok",
    "well": "ok",
    "forbidden": "partial",
    "empty": "unsupported",
    "barred": "failed",
    "locked": "failed",
    "gone": "failed",
    "silent": "failed",
    "open": "ok",
}
# Names that would lead somewhere else, or that a file cannot have as they are.
ODD_NAMES = ("../../escape", "site/nas", "..", "käse.例え", "-rf *", "100%")
WRITTEN = tuple(name for files in FORMATS.values() for name in files)
NO_SECTIONS = "None of the sections exists"  # of the host that is empty
NOT_RUN_ONCE = "run_once"  # Ansible warns that the strategy free does not heed it
FAIL_TASK = f"{ROLE} : Fail the hosts that were not read, or whose findings are too severe"


@pytest.fixture(scope="module")
def everyone() -> Iterator[Fleet]:
    with run_fleet({"now": "2026-01-31T09:45:00Z", "nas": FLEET}) as fleet:
        yield fleet


@pytest.fixture
def project(tmp_path: Path, fleet: Fleet) -> Project:
    project = Project(tmp_path, [NO_SECTIONS])
    variables = {"mailplus_state_directory": str(tmp_path / "state")}
    project.write("hosts.yml", hosts(fleet, variables, silent={"mailplus_state_timeout": 0.4}))
    return project


def named(name: str) -> str:
    """A task of the role, as results name it."""
    return f"{ROLE} : {name}"


def check_files(project: Project, expected: dict[str, str]) -> Data:
    """One file says of every host what the others say, all are as the schema says, and nobody else can read them."""
    state = project.directory / "state"
    fleet: Data = project.read("state/fleet.json")
    assert {name: host["status"] for name, host in fleet["hosts"].items()} == expected
    validator = Draft202012Validator(schema("state"))
    validator.validate(fleet)
    for name, host in fleet["hosts"].items():
        assert (host["reason"] is None) == (host["status"] == "ok")
        assert project.read(f"state/hosts/{name}.json") == host
        validator.validate(host)
    assert sorted(path.name for path in (state / "hosts").iterdir()) == sorted(f"{name}.json" for name in expected)
    for name, mode in modes(state).items():
        assert mode == (0o700 if (state / name).is_dir() else 0o600), name
    return fleet


def check_sessions(fleet: Fleet) -> None:
    assert [name for name, nas in fleet.items() if nas.sessions or nas.writes or nas.login_attempts > 1] == []


def test_the_playbook_gather(project: Project, fleet: Fleet) -> None:
    run = project.play("mailfleet.mailplus.gather")
    found = check_files(project, STATUSES)["hosts"]
    assert found["forbidden"]["reason"] == "forbidden: queue, queue_settings"
    assert {name: found[name]["error"]["name"] for name in ("locked", "gone", "silent")} == {
        "locked": "account_locked",
        "gone": "connection_refused",
        "silent": "timeout",
    }
    assert "0.4 seconds" in found["silent"]["reason"]
    assert [path.name for path in (project.directory / "state").iterdir() if path.name in WRITTEN] == []
    export = run.ok(named("Write the state of the fleet"))
    assert export["totals"] == {"ok": 3, "partial": 1, "unsupported": 1, "failed": 4, "not_gathered": 0}
    assert {name: host["status"] for name, host in export["hosts"].items()} == STATUSES
    (summary,) = (value for key, value in run.ok(named("Summary of the fleet")).items() if key.startswith("mailplus"))
    assert summary[-1] == "9 hosts: 3 ok, 1 partial, 1 unsupported, 4 failed"
    assert all(name in line for name, line in zip(sorted(FLEET), sorted(summary[:-1]), strict=True))
    check_sessions(fleet)


def test_the_playbook_state(project: Project, fleet: Fleet) -> None:
    run = project.play("mailfleet.mailplus.state", "-e", yaml.safe_dump(LENIENT, default_flow_style=True, width=10_000))
    check_files_beside_report(project)
    check_that_nothing_read_is_a_failure(project, run)
    assert "CUSTOM STATS" not in run.stdout
    check_sessions(fleet)


def check_that_nothing_read_is_a_failure(project: Project, run: Run) -> None:
    """Of a host whose account may read nothing."""
    result = run.failed(named("Gather the state of MailPlus Server"), "barred")
    assert result["msg"].startswith("No section could be read (forbidden: ")
    assert result["error"]["name"] == "no_permission"
    assert "ansible_facts" not in result
    found = project.read("state/hosts/barred.json")
    assert (found["reason"], found["error"]) == (result["error"]["message"], result["error"])
    metrics = (project.directory / "state" / "mailplus.prom").read_text(encoding="utf-8")
    assert 'mailplus_up{host="barred"} 0' in metrics


def check_files_beside_report(project: Project) -> None:
    state = project.directory / "state"
    names = {path.name for path in state.iterdir() if path.is_file()}
    assert names == {*WRITTEN, "fleet.json"}
    check_files(project, STATUSES)


def test_a_host_that_failed_earlier_is_not_missing(project: Project, fleet: Fleet) -> None:
    earlier = {"name": "Earlier", "ansible.builtin.fail": {}, "when": "inventory_hostname == 'late'"}
    playbook = [play(debug("Later", ""), pre_tasks=[earlier], roles=[ROLE])]
    run = project.play(playbook, failing=True, environment={"ANSIBLE_SHOW_CUSTOM_STATS": "true"})
    found = check_files(project, {**STATUSES, "late": "not_gathered"})["hosts"]
    assert found["late"]["reason"].startswith("The host was not asked")
    assert fleet["late"].requests == []
    failed = {name: run.failed(FAIL_TASK, name)["msg"] for name in FLEET if fails(name)}
    report = project.directory / "state" / "report.html"
    number = sorted(found).index("gone") + 1
    assert failed["gone"] == f"not read: {found['gone']['reason']} See {report}#host-{number}."
    assert (
        "plaintext_login (high) fail: imap_pop3.data.security_imappop3_auth is not as required. Required: equals true; "
        "found: false. Service > Protocol > IMAP/POP3:"
    ) in failed["open"]
    assert "plaintext_login unknown: MailPlus Server is not installed, not started or older." in failed["empty"]
    assert "Service >" not in failed["empty"]
    assert {result.host for result in run.results if result.task == "Later"} == {"well", "forbidden"}
    check_stats(run, project)
    check_sessions(fleet)


@pytest.mark.parametrize("way", ["include_role", "import_role"])
def test_hosts_that_are_well_go_on_wherever_the_role_stands(project: Project, way: str) -> None:
    entry: Data = {"name": "Role", f"ansible.builtin.{way}": {"name": ROLE}}
    block = {"name": "Block", "block": [entry, debug("Next", "")], "rescue": [debug("Rescued", "")]}
    run = project.play([play(block, role("assert"), debug("Later", ""))], failing=True)
    named_so = {name: {result.host for result in run.results if result.task == name} for name in ("Next", "Rescued")}
    bad = {name for name in FLEET if fails(name)}
    assert named_so == {"Next": set(FLEET) - bad, "Rescued": bad}
    assert {result.host for result in run.results if result.task == "Later"} == set(FLEET) - bad


def fails(name: str) -> bool:
    return name in ("locked", "gone", "silent", "open", "empty", "barred")


def check_stats(run: Run, project: Project) -> None:
    """What AWX shows as artifacts: small, the same for the whole run, and no host by itself."""
    stats = run.stdout.partition("CUSTOM STATS")[2]
    assert "RUN: {" in stats
    assert len(stats) < 4500
    shown: Data = yaml.safe_load(stats[stats.index("RUN: ") + len("RUN: ") :])["mailplus_state"]
    report = project.read("state/report.json")
    assert shown["totals"] == report["totals"]
    assert shown["files"] == [str(project.directory / "state" / name) for name in WRITTEN]


@pytest.mark.parametrize("keywords", [{"serial": 3}, {"strategy": "ansible.builtin.free"}], ids=["serial", "free"])
def test_ways_through_the_hosts(project: Project, fleet: Fleet, keywords: dict[str, Any]) -> None:
    warnings = [NOT_RUN_ONCE] if "strategy" in keywords else []
    playbook = [play(roles=[ROLE], vars=LENIENT, **keywords)]
    project.play(playbook, expected_warnings=warnings)
    check_files_beside_report(project)
    report = project.read("state/report.json")
    assert {host["host"]: host["status"] for host in report["hosts"]} == STATUSES
    check_sessions(fleet)


def test_check_mode_writes_nothing(project: Project) -> None:
    run = project.play("mailfleet.mailplus.state", "--check", "-e", "@" + str(project.write("lenient.yml", LENIENT)))
    assert not (project.directory / "state").exists()
    assert run.ok(named("Write the state of the fleet"))["changed"]
    reports = [result for result in run.results if result.task == named("Judge the state of the fleet")]
    assert [result.returned["changed"] for result in reports] == [True]


def test_odd_names_of_hosts_stay_in_the_directory(project: Project, fleet: Fleet) -> None:
    odd = {name: UNTOUCHABLE | role_vars(fleet, fleet["well"]) for name in ODD_NAMES}
    state = project.directory / "deep" / "er" / "state"
    project.write("odd.yml", {"nas": {"hosts": odd, "vars": {**LENIENT, "mailplus_state_directory": str(state)}}})
    project.play("mailfleet.mailplus.state", "-i", "odd.yml")
    found = project.read("deep/er/state/fleet.json")["hosts"]
    assert {name: host["status"] for name, host in found.items()} == dict.fromkeys(ODD_NAMES, "ok")
    assert len(list((state / "hosts").iterdir())) == len(ODD_NAMES)
    report = project.read("deep/er/state/report.json")
    assert {host["host"] for host in report["hosts"]} == set(ODD_NAMES)
    assert [path for path in project.directory.rglob("*.json") if state not in path.parents] == []


def test_a_directory_that_cannot_be_written(project: Project) -> None:
    (project.directory / "file").touch()
    place = str(project.directory / "file" / "state")
    # What one host does for all fails all, and all are rescued.
    tasks = [{"name": name, "block": [role(name)], "rescue": [debug("Go on", "")]} for name in ("gather", "report")]
    run = project.play([play(*tasks, vars={"mailplus_state_directory": place})])
    reasons = {
        "Check variables, policies and the baseline": f"written: {project.directory}/file is no directory.",
        "Judge the state of the fleet": "written: Not a directory.",
    }
    for name, reason in reasons.items():
        message = run.failed(named(name))["msg"]
        assert message.startswith(f"{place} cannot be ")
        assert message.endswith(reason)
        assert "\n" not in message
    assert "An exception occurred" not in run.output


# Which hosts fail, by the severity from which findings count. The mails of every queue are older than a day (medium),
# and what a rule of low severity needs a path for is unknown; plaintext_login is the one of high severity.
FAIL_FROM: dict[str, set[str]] = {
    "info": {"late", "well", "open"},
    "low": {"late", "well", "open"},
    "medium": {"late", "well", "open"},
    "high": {"open"},
    "critical": set(),
}
UNKNOWN_FROM: dict[str, set[str]] = {
    "info": {"forbidden", "empty"},
    "low": {"forbidden", "empty"},
    "medium": {"forbidden", "empty"},
    "high": {"empty"},
    "critical": set(),
}


def ways_to_fail() -> dict[str, tuple[Data, set[str]]]:
    """Variables of the entry point assert, and the hosts that fail with them."""
    assert set(FAIL_FROM) == set(UNKNOWN_FROM) == set(SEVERITIES)
    never: Data = dict(LENIENT)
    ways = {
        "default": ({}, {"locked", "gone", "silent", "open", "empty", "barred"}),
        "never": (never, set()),
        "only unread": (never | {"mailplus_state_fail_on_error": True}, {"locked", "gone", "silent", "barred"}),
    }
    for severity in SEVERITIES:
        ways[f"fail {severity}"] = (never | {"mailplus_state_fail_severity": severity}, FAIL_FROM[severity])
        unknown = never | {"mailplus_state_fail_unknown_severity": severity}
        ways[f"unknown {severity}"] = (unknown, UNKNOWN_FROM[severity])
    return ways


def test_when_hosts_fail(project: Project) -> None:
    ways = ways_to_fail()
    tasks = [role("gather")]
    for name, (variables, _hosts) in ways.items():
        tasks.append({"name": name, "block": [role("assert", **variables)], "rescue": [debug(f"Failed {name}", "")]})
    run = project.play([play(*tasks)])
    for name, (_variables, expected) in ways.items():
        assert {result.host for result in run.results if result.task == f"Failed {name}"} == expected, name


BAD_VARIABLES: dict[str, tuple[str, Any]] = {
    "limit": ("main", "lots"),
    "subset": ("main", {"all": True}),
    "port": ("gather", "https"),
    "timeout": ("gather", "soon"),
    "fail_severity": ("assert", "terrible"),
    "fail_on_error": ("assert", "perhaps"),
    "formats": ("report", ["pdf"]),
    "exceptions": ("report", [{"rule": "queue_length"}]),
    "overrides": ("assert", "none"),
    "personal_data": ("main", "some"),
    "drift_severities": ("main", [{"path": "*"}]),
}


def test_variables_of_the_wrong_type_fail_before_anything_is_asked(project: Project, fleet: Fleet) -> None:
    tasks = []
    for name, (entry, value) in BAD_VARIABLES.items():
        bad = role(entry, **{f"mailplus_state_{name}": value})
        rescue = [debug(f"Failed {name}", "{{ ansible_failed_result }}")]
        tasks.append({"name": name, "block": [bad, debug(f"Passed {name}", "")], "rescue": rescue})
    run = project.play([play(*tasks)])
    passed = [name for name in BAD_VARIABLES if any(result.task == f"Passed {name}" for result in run.results)]
    assert passed == []
    for name in BAD_VARIABLES:
        message = run.ok(f"Failed {name}", "well")["msg"]["msg"]
        assert f"mailplus_state_{name}" in message, message
    assert requests_of(fleet) == {}


def test_every_connection_variable_reaches_the_nas(tmp_path: Path) -> None:
    accounts = [
        {"username": "someone", "password": "Some & thing", "otp_codes": ["112233"], "devices": {"d3vice": "desk"}}
    ]
    described = {
        "trusted": {},
        "plain": {"https": False},
        "self_signed": {"certificate": "self_signed"},
        "otp": {},
        "silent": {"unresponsive": True},
    }
    with run_fleet({"defaults": {"accounts": accounts}, "nas": described}) as fleet:
        device = {"mailplus_state_device_id": "d3vice", "mailplus_state_device_name": "desk"}
        code = {"mailplus_state_otp_code": "112233", "mailplus_state_device_name": None}
        each: dict[str, Data] = {
            # Nobody is at the inventory's address.
            "trusted": {**device, "mailplus_state_host": fleet["trusted"].host, "ansible_host": "198.51.100.1"},
            "plain": device | {"mailplus_state_session_name": "Another"},
            "self_signed": device | {"mailplus_state_validate_certs": False, "mailplus_state_ca_path": None},
            "otp": {key: value for key, value in code.items() if value},
            "silent": {"mailplus_state_timeout": 0.3},
        }
        found = hosts(fleet, LENIENT, **each)
        del found["nas"]["hosts"]["self_signed"]["mailplus_state_ca_path"]
        subset = {"mailplus_state_subset": ["queue"], "mailplus_state_limit": 4, "mailplus_state_offset": 2}
        found["nas"]["vars"] |= subset
        project = Project(tmp_path)
        project.write("hosts.yml", found)
        project.play([play(role("gather", mailplus_state_directory=str(tmp_path / "state")))])
        state = project.read("state/fleet.json")["hosts"]
        assert {name: host["status"] for name, host in state.items()} == {
            **dict.fromkeys(described, "ok"),
            "silent": "failed",
        }
        assert "0.3 seconds" in state["silent"]["reason"]
        assert list(state["plain"]["mailplus"]["sections"]) == ["queue"]
        assert state["plain"]["mailplus"]["sections"]["queue"]["returned"] == 4
        assert state["plain"]["mailplus"]["sections"]["queue"]["data"]["items"] != []
        sessions = {
            name: next(request.form.get("session") for request in nas.requests)
            for name, nas in fleet.items()
            if nas.requests
        }
        assert sessions == {**dict.fromkeys(("trusted", "self_signed", "otp"), "MailPlusServer"), "plain": "Another"}
        assert fleet["otp"].requests[0].form["otp_code"] == "112233"


def test_defaults_are_those_that_are_documented() -> None:
    directory = ROOT / "roles" / "mailplus_state"
    defaults = yaml.safe_load((directory / "defaults" / "main.yml").read_text(encoding="utf-8"))
    specs = yaml.safe_load((directory / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    options = {name: option for spec in specs.values() for name, option in spec["options"].items()}
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    assert defaults == documented
    parts = {"all", "check", "judge", "group", "fail", "find_setting", "find_setting_by_change"}
    parts |= {"parity", "parts", "stats"}
    assert set(specs) == {path.stem for path in (directory / "tasks").iterdir()} - parts
    for spec in specs.values():
        for name, option in spec["options"].items():
            assert option == options[name] == specs["main"]["options"][name]


def test_files_are_written_to_the_current_directory_unless_told_otherwise(project: Project, fleet: Fleet) -> None:
    project.write("hosts.yml", hosts(fleet))
    run = project.play([play(role("gather"), role("report"))], "--limit", "well")
    state = project.directory / "mailplus-state"
    assert (state / "fleet.json").is_file()
    written = run.ok(named("Judge the state of the fleet"), "well")["files"]
    assert [path for path in written if not path.startswith(f"{state}/")] == []


def test_a_misspelt_variable_fails_before_anything_is_asked(project: Project, fleet: Fleet) -> None:
    variables = {"mailplus_state_policy": [], "mailplus_state_directory": str(project.directory / "state")}
    project.write("hosts.yml", hosts(fleet, late=variables))
    run = project.play([play(roles=[ROLE])], failing=True)
    assert "late: unknown mailplus_state_policy; did you mean mailplus_state_policies." in run.output
    assert requests_of(fleet) == {}
    assert not (project.directory / "state").exists()


TYPOS: dict[str, tuple[Data, str]] = {
    "subset": ({"mailplus_state_subset": ["queues"]}, "late: unknown subset 'queues'; did you mean queue"),
    "ca_path": ({"mailplus_state_ca_path": "/nonexistent.pem"}, "late: ca_path: /nonexistent.pem does not exist."),
    "limit": ({"mailplus_state_limit": -2}, "late: limit is 0 or more, or -1 for all rows, not -2."),
}


@pytest.mark.parametrize("name", TYPOS)
def test_a_typo_asks_no_host_and_replaces_no_file(project: Project, fleet: Fleet, name: str) -> None:
    variables, said = TYPOS[name]
    state = {**LENIENT, "mailplus_state_directory": str(project.directory / "state")}
    found = hosts(fleet, state, late=variables)
    found["nas"]["hosts"] = {host: found["nas"]["hosts"][host] for host in ("well", "late")}
    project.write("hosts.yml", found)
    (project.directory / "state").mkdir()
    (project.directory / "state" / "fleet.json").write_text("good", encoding="utf-8")
    for playbook in ("state", "gather"):
        run = project.play(f"mailfleet.mailplus.{playbook}", failing=True)
        assert said in " ".join(run.output.split())
        assert "An exception occurred" not in run.output
    assert requests_of(fleet) == {}
    assert [path.name for path in (project.directory / "state").iterdir()] == ["fleet.json"]
    assert (project.directory / "state" / "fleet.json").read_text(encoding="utf-8") == "good"


def test_only_hosts_that_fail_cost_a_task_beyond_gathering(project: Project) -> None:
    """In a big fleet, a task over all hosts costs more than to judge and report them."""
    run = project.play("mailfleet.mailplus.state", failing=True)
    tasks = {result.task: {other.host for other in run.results if other.task == result.task} for result in run.results}
    assert tasks.pop(named("Gather the state of MailPlus Server")) == set(FLEET)
    assert tasks.pop(FAIL_TASK) == {name for name in FLEET if fails(name)}
    assert {len(found) for found in tasks.values()} == {1}
    report = project.read("state/report.json")
    assert {host["host"]: host["status"] for host in report["hosts"]} == STATUSES


def test_odd_names_of_hosts_fail_as_others_do(project: Project, fleet: Fleet) -> None:
    odd = {name: UNTOUCHABLE | role_vars(fleet, fleet["open"]) for name in (*ODD_NAMES, "2001:db8::1")}
    variables = {"mailplus_state_directory": str(project.directory / "state")}
    project.write("odd.yml", {"nas": {"hosts": odd, "vars": variables}})
    run = project.play("mailfleet.mailplus.state", "-i", "odd.yml", failing=True)
    assert {result.host for result in run.results if result.task == FAIL_TASK} == set(odd)
    assert {result.host for result in run.results} == set(odd)


def test_variables_may_be_templates(project: Project, fleet: Fleet) -> None:
    """Also of nothing, as an option that is omitted."""
    well = role_vars(fleet, fleet["well"])
    port, omitted = well.pop("mailplus_state_port"), "{{ nowhere | default(omit) }}"
    odd = {
        "omitted": {
            **well,
            "mailplus_state_port": port,
            "mailplus_state_session_name": omitted,
        },
        "template": {**well, "nas_port": port, "mailplus_state_port": "{{ nas_port }}"},
        "text": {**well, "mailplus_state_port": f"{port}", "mailplus_state_validate_certs": "yes"},
    }
    found = {name: UNTOUCHABLE | variables for name, variables in odd.items()}
    group = {"hosts": found, "vars": {**LENIENT, "mailplus_state_directory": str(project.directory / "state")}}
    project.write("odd.yml", {"nas": group})
    project.play("mailfleet.mailplus.state", "-i", "odd.yml")
    hosts_ = project.read("state/fleet.json")["hosts"]
    assert {name: host["status"] for name, host in hosts_.items()} == dict.fromkeys(odd, "ok")
    assert {request.form.get("session") for request in fleet["well"].requests if "session" in request.form} == {
        "MailPlusServer"
    }


@pytest.mark.parametrize(
    ("playbook", "names"), [("state", ["limit", "exceptions", "formats"]), ("report", ["exceptions", "fail_severity"])]
)
def test_the_playbooks_check_variables_once_for_all_hosts(
    project: Project, fleet: Fleet, playbook: str, names: list[str]
) -> None:
    """Ansible would start a process for each host to do so."""
    for name in names:
        own = {f"mailplus_state_{name}": BAD_VARIABLES[name][1]}
        project.write("hosts.yml", hosts(fleet, {"mailplus_state_directory": "/nonexistent"}, well=own))
        run = project.play(f"mailfleet.mailplus.{playbook}", failing=True)
        (failed,) = (result for result in run.results if result.status == "failed")
        assert failed.returned["msg"].startswith("well: ")
        assert f"mailplus_state_{name}" in failed.returned["msg"]
        assert "An exception occurred" not in run.output
    assert requests_of(fleet) == {}


def test_a_nas_is_gathered_by_way_of_another_host(project: Project, fleet: Fleet) -> None:
    """The module runs there, and files are written here."""
    found = hosts(fleet, {"mailplus_state_directory": str(project.directory / "state")})
    found["nas"]["hosts"] = {name: found["nas"]["hosts"][name] for name in ("well", "locked")}
    project.write("hosts.yml", found | {"others": {"hosts": {"jump_host": JUMP_HOST}}})
    imported = {"name": "Role", "ansible.builtin.import_role": {"name": ROLE, "tasks_from": "gather"}}
    block = {"name": "Elsewhere", "block": [imported], "delegate_to": "jump_host"}
    run = project.play([play(block)])
    assert run.modules_on_jump_host == {"mailplus_facts"}
    written = project.read("state/fleet.json")["hosts"]
    assert {name: host["status"] for name, host in written.items()} == {"well": "ok", "locked": "failed"}
    assert written["locked"]["error"]["name"] == "account_locked"
    assert project.read("state/hosts/well.json") == written["well"]


def test_a_vaulted_password_as_a_variable(project: Project, fleet: Fleet) -> None:
    """As ansible-vault encrypt_string writes it, which is no text before Ansible decrypts it."""
    key, nas = project.write("key", "the key of the vault"), fleet["well"]
    command = [str(BIN / "ansible-vault"), "encrypt_string", "--vault-password-file", str(key)]
    command += ["--name", "mailplus_state_password", nas.password]
    environment = surroundings(project.directory)
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=project.directory)
    found = hosts(fleet, {**LENIENT, "mailplus_state_directory": str(project.directory / "state")})
    found["nas"]["hosts"] = {"well": found["nas"]["hosts"]["well"]}
    del found["nas"]["hosts"]["well"]["mailplus_state_password"]
    project.write("inventory/hosts.yml", found)
    project.write("inventory/group_vars/nas.yml", done.stdout)
    run = project.play("mailfleet.mailplus.state", "-i", "inventory", "--vault-password-file", str(key))
    assert project.read("state/fleet.json")["hosts"]["well"]["status"] == "ok"
    assert nas.password not in run.output
