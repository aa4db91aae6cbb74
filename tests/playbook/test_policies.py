# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies as users write them: where they come from, what they come to, which are refused before a NAS is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy_files import read_policy
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import debug
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    IMAP_POP3,
    LENIENT,
    PREFIX,
    Project,
    hosts,
    play,
    requests_of,
    role,
    verdicts,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT, Data, Unsafe
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet

NO_SECTIONS = "None of the sections exists"
CHECK = "mailfleet.mailplus.mailplus_state : Check variables, policies and the baseline"
RULES = {
    "plaintext_login": "pass",
    "imap_unencrypted": "pass",
    "pop3_unencrypted": "pass",
    "cluster_synced": "not_applicable",
    "queue_length": "pass",
    "queue_age": "pass",
    "admin_log_kept": "pass",
    "transaction_log_kept": "pass",
}
# What is gathered here. Rules on other sections, and those whose path is not set, have no verdict.
SUBSET = [
    "imap_pop3",
    "smtp_general",
    "smtp_security",
    "queue",
    "server_list",
    "admin_log",
    "transaction_log",
    "security",
    "report",
]
POLICIES = ROOT / "roles" / "mailplus_state" / "files" / "policies"
SHIPPED = read_policy(POLICIES / "hardening.yml", "hardening")
UNKNOWN = dict.fromkeys(RULES, "unknown")
UNENCRYPTED = dict.fromkeys(("plaintext_login", "imap_unencrypted", "pop3_unencrypted"), "fail")
# What the shipped policy says of the fleet that the demo shows.
DEMO: dict[str, dict[str, str]] = {
    "mail-berlin": RULES,
    "mail-ha-1": RULES | {"cluster_synced": "pass"},
    "mail-ha-2": RULES | {"cluster_synced": "pass", "queue_age": "not_applicable"},
    "mail-lisbon": RULES | {"queue_length": "fail", "queue_age": "fail"},
    "mail-oslo": RULES | UNENCRYPTED | {"queue_age": "fail"},
    "mail-prague": UNKNOWN,
    "mail-riga": UNKNOWN,
    "mail-turin": UNKNOWN,
}
PATHS = {
    "smtp_authentication": "data.enable_smtp_auth",
    "sender_matches_login": "data.check_sender_login",
    "connection_limit": ["data", "enable_max_connections_per_minute"],
    "flow_limit": "data.enable_flow_limit",
    "daily_report": "data.enable",
}
INLINE = {
    "name": "inline",
    "rules": [
        {
            "id": "imaps",
            "severity": "low",
            "section": "imap_pop3",
            "path": "data.enable_imaps",
            "condition": {"equals": True},
        },
        {
            "id": "healthy",
            "severity": "high",
            "section": "server_list",
            "path": "data.server_list",
            "condition": {"all": {"path": "status", "equals": "healthy"}},
        },
    ],
}
SHORT = [{"id": "short", "severity": "info", "section": "queue", "path": "total", "condition": {"at_most": 1000}}]
HERE, ABSOLUTE = "policies/own.yml", "elsewhere/absolute.yml"
EXCEPTIONS = [
    {"rule": "daily_report", "reason": "Nobody reads it", "expires": date(2099, 12, 31)},
    {"rule": "imap_unencrypted", "reason": "Old printer", "expires": date(2020, 1, 1)},
    {"rule": "admin_log_kept", "reason": "It passes anyway", "expires": "2099-12-31"},
]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The demo's fleet gathered once, and judged in many ways: a directory for each."""
    project = Project(tmp_path_factory.mktemp("policies"), [NO_SECTIONS])
    with run_fleet(ROOT / "tests" / "simulator" / "fleets" / "demo.yml") as fleet:
        project.write("inventory/hosts.yml", hosts(fleet))
        project.write("inventory/group_vars/nas.yml", {"mailplus_state_directory": str(project.directory / "state")})
        project.write(f"files/{HERE}", {"rules": SHORT})
        project.write(ABSOLUTE, [{**SHORT[0], "id": "absolute"}])
        project.play([play(role("gather", mailplus_state_subset=SUBSET), *ways(project))], "-i", "inventory")
        assert max(requests_of(fleet).values()) <= 6  # a DSM 6 is asked by other versions
    # With variables of groups and hosts beside the inventory, from the facts of the first run's files.
    return project


def ways(project: Project) -> list[Data]:
    policies: dict[str, Data] = {
        "shipped": {},
        "paths": {"mailplus_state_paths": PATHS},
        "inline": {"mailplus_state_policies": [INLINE]},
        "files": {"mailplus_state_policies": [HERE, str(project.directory / ABSOLUTE)]},
        "combined": {"mailplus_state_policies": ["policies/hardening.yml", INLINE, HERE]},
        "exceptions": {
            "mailplus_state_exceptions": EXCEPTIONS,
            "mailplus_state_paths": {"daily_report": "data.nothing"},
        },
        "overrides": {
            "mailplus_state_overrides": {
                "queue_length": {"condition": {"at_most": 5000}, "severity": "critical"},
                "smtp_authentication": {"path_variable": None, "path": "data.enable_smtp_auth"},
            }
        },
    }
    return [
        role("report", mailplus_state_directory=str(project.directory / name), mailplus_state_formats=["json"], **given)
        for name, given in policies.items()
    ]


def changed(expected: dict[str, str], *hosts_: str, **verdict: str) -> dict[str, dict[str, str]]:
    """The verdicts of the demo's hosts that were read, with what is different on all of them or on some."""
    return {name: {**DEMO[name], **expected, **(verdict if name in hosts_ else {})} for name in list(DEMO)[:5]}


def check(project: Project, directory: str, expected: dict[str, dict[str, str]]) -> Data:
    report: Data = project.read(f"{directory}/report.json")
    for name, each in expected.items():
        assert verdicts(report, name) == each, name
    return report


def test_the_shipped_policy(judged: Project) -> None:
    report = check(judged, "shipped", DEMO)
    assert [rule["id"] for rule in report["rules"]] == [rule.id for rule in SHIPPED]
    assert {rule["policy"] for rule in report["rules"]} == {path.stem for path in POLICIES.glob("*.yml")} - {
        "hardening"
    }
    for host in report["hosts"]:
        for verdict in host["verdicts"]:
            assert "\n" not in verdict["message"]
            if host["host"] in ("mail-riga", "mail-turin"):
                assert verdict["message"].startswith("The host was not read: ")


def test_rules_that_nobody_can_judge_yet_are_told_once(judged: Project) -> None:
    report = judged.read("shipped/report.json")
    told = {one["rule"]: one for one in report["not_configured"]}
    assert list(told) == [rule.id for rule in SHIPPED if rule.id not in RULES]
    assert report["totals"]["not_configured"] == len(told) == len(report["not_configured"])
    assert {one["hosts"] for one in told.values()} == {len(DEMO)}
    assert (told["daily_report"]["path_variable"], told["daily_report"]["gathered"]) == ("daily_report", True)
    assert (told["clock"]["path_variable"], told["clock"]["gathered"]) == (None, False)
    assert told["clock"]["remedy"] == "The section time is not gathered; add it to mailplus_state_subset."
    others = {one["rule"] for one in judged.read("paths/report.json")["not_configured"]}
    assert others == set(told) - set(PATHS)


def test_paths_of_settings_that_are_not_documented(judged: Project) -> None:
    check(judged, "paths", changed(dict.fromkeys(PATHS, "pass"), "mail-oslo", **dict.fromkeys(PATHS, "fail")))


def test_a_policy_in_a_variable(judged: Project) -> None:
    read = {"imaps": "pass", "healthy": "pass"}
    report = check(judged, "inline", dict.fromkeys(list(DEMO)[:5], read))
    assert {rule["policy"] for rule in report["rules"]} == {"inline"}


def test_policies_in_files(judged: Project) -> None:
    own = {name: {"short": "fail" if name == "mail-lisbon" else "pass", "absolute": "pass"} for name in list(DEMO)[:5]}
    own["mail-lisbon"]["absolute"] = "fail"
    report = check(judged, "files", own)
    assert {rule["id"]: rule["policy"] for rule in report["rules"]} == {"short": "own", "absolute": "absolute"}
    combined = judged.read("combined/report.json")
    assert [rule["id"] for rule in combined["rules"]] == [*(rule.id for rule in SHIPPED), "imaps", "healthy", "short"]


def test_exceptions_of_the_role_hold_for_every_host(judged: Project) -> None:
    report = check(judged, "exceptions", changed({"daily_report": "excepted"}))
    messages = {
        (host["host"], verdict["rule"]): verdict["message"] for host in report["hosts"] for verdict in host["verdicts"]
    }
    assert messages["mail-berlin", "daily_report"] == "Until 2099-12-31: Nobody reads it"
    assert messages["mail-oslo", "imap_unencrypted"].endswith("The exception expired on 2020-01-01: Old printer")


def test_overrides_of_the_role_hold_for_every_host(judged: Project) -> None:
    others = {"smtp_authentication": "pass"}
    expected = changed(others, "mail-oslo", smtp_authentication="fail")
    expected["mail-lisbon"]["queue_length"] = "pass"
    report = check(judged, "overrides", expected)
    severities = {verdict["rule"]: verdict["severity"] for verdict in report["hosts"][0]["verdicts"]}
    assert severities["queue_length"] == "critical"


CERTIFICATES = "SYNO.Core.Certificate.CRT"
OF_DSM = {
    "one": {
        "certificate_expiry": "pass",
        "certificate_default": "pass",
        "certificate_broken": "pass",
        "backup_recent": "unknown",  # nobody named the word
        "volume_free": "pass",
        "clock": "pass",
        "directory_encrypted": "pass",
        "catch_all": "pass",
    },
    "two": {
        "certificate_expiry": "fail",
        "certificate_default": "fail",
        "certificate_broken": "fail",
        "backup_recent": "fail",
        "volume_free": "fail",
        "clock": "fail",
        "directory_encrypted": "fail",
        "catch_all": "fail",
    },
    # Bare lists, text and numbers where a mapping belongs.
    "three": dict.fromkeys(
        ("certificate_expiry", "backup_recent", "volume_free", "clock", "directory_encrypted", "catch_all"), "unknown"
    ),
    # An account that is no administrator of DSM.
    "four": {
        "certificate_expiry": "unknown",
        "backup_recent": "unknown",
        "volume_free": "unknown",
        "clock": "unknown",
        "directory_encrypted": "pass",
        "catch_all": "pass",
    },
}


def of_dsm(*, good: bool) -> Data:
    """What DSM and the domains answer where all is well, and where nothing is."""
    used = [{"service": "dovecot", "subscriber": "MailPlus-Server"}]
    words = {"state": "idle", "last_bkp_result": "done" if good else "failed"}
    task = {"task_id": 1, "source": {"app_name_list": ["MailPlus-Server"]}, **words}
    time = f"{datetime.now(timezone.utc) - timedelta(days=0.5 if good else 9):%Y/%m/%d %H:%M}"
    end = "Mar 16 15:49:37 2047 GMT" if good else "Mar  6 15:49:37 2026 GMT"
    of_all = {"is_default": True, "is_broken": not good, "valid_till": end}
    return {
        CERTIFICATES: {"list": {"certificates": [{"id": "a", "services": used, **of_all}]}},
        "SYNO.Backup.Task": {"list": {"task_list": [{**task, "last_bkp_time": time}], "total": 1}},
        "SYNO.Storage.CGI.Storage": {
            "load_info": {"volumes": [{"size": {"total": "100", "used": "9" if good else "99"}}]}
        },
        "SYNO.Core.Region.NTP": {"get": {"enable_ntp": "ntp" if good else "manual"}},
        "SYNO.Core.Directory.LDAP": {"get": {"enable_client": True, "encryption": "ssl" if good else "no"}},
        f"{PREFIX}Domain.Settings": {"get": {"catch_all": {"enable": not good}}},
    }


ODD: Data = {
    CERTIFICATES: {"list": [{"valid_till": "Mar 16 15:49:37 2047 GMT"}]},
    "SYNO.Backup.Task": {"list": {"task_list": {"last_bkp_time": "now"}}},
    "SYNO.Storage.CGI.Storage": {"load_info": {"volumes": [{"size": {"total": 0, "used": 0}}]}},
    "SYNO.Core.Region.NTP": {"get": 5},
    "SYNO.Core.Directory.LDAP": {"get": {"enable_client": "true", "encryption": "ssl"}},
    f"{PREFIX}Domain.Settings": {"get": "catch_all"},
}


def test_rules_on_dsm_and_on_domains(tmp_path: Path) -> None:
    fleet_of = {
        "one": {"data": of_dsm(good=True)},
        "two": {"data": of_dsm(good=False)},
        "three": {"data": ODD},
        "four": {
            "data": of_dsm(good=True),
            "accounts": [{"username": "mailfleet", "password": "x y", "role": "delegated"}],
        },
    }
    with run_fleet({"nas": fleet_of}) as fleet:
        project = Project(tmp_path)
        subset = {
            "mailplus_state_subset": ["system", "domain_settings"],
            "mailplus_state_directory": str(tmp_path / "state"),
        }
        project.write("hosts.yml", hosts(fleet, {**LENIENT, **subset}))
        run = project.play("mailfleet.mailplus.state")
    report = project.read("state/report.json")
    for host, expected in OF_DSM.items():
        found = verdicts(report, host)
        assert {rule: found[rule] for rule in expected} == expected, host
    messages = {verdict["rule"]: verdict["message"] for verdict in report["hosts"][0]["verdicts"]}
    assert messages["certificate_expiry"] == "The section certificates is forbidden."  # of host four
    assert "queue_length" not in messages
    assert "not configured: " in run.output
    assert run.output.count("on sections outside mailplus_state_subset") == 1


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Project, Fleet]]:
    """Two hosts in two groups, whose variables stand beside the inventory."""
    data = {IMAP_POP3: {"get": {"enable_imap": True, "enable_pop3": True}}}
    with run_fleet({"defaults": {"data": data}, "nas": {"one": {"queue": {"total": 3}}, "two": {}}}) as fleet:
        project = Project(tmp_path)
        found = hosts(fleet, LENIENT)
        found["site"] = {"hosts": {"two": {}}}
        project.write("inventory/hosts.yml", found)
        yield project, fleet


def test_variables_of_groups_and_hosts(small: tuple[Project, Fleet]) -> None:
    project, _fleet = small
    state = {"mailplus_state_directory": str(project.directory / "state")}
    old = [{"rule": "pop3_unencrypted", "reason": "Gone by now", "expires": date(2021, 2, 3)}]
    site = [{"rule": "imap_unencrypted", "reason": "{{ why }}", "expires": date(2098, 7, 6)}]
    project.write("inventory/group_vars/nas.yml", {**state, "mailplus_state_exceptions": old, "why": "Old phones"})
    project.write("inventory/group_vars/site.yml", {"mailplus_state_exceptions": site})
    own = {"mailplus_state_overrides": {"queue_length": {"condition": {"at_most": 2}}}}
    project.write("inventory/host_vars/one.yml", {**own, "mailplus_state_paths": {"flow_limit": "data.no"}})
    assert "2098-07-06\n" in (project.directory / "inventory/group_vars/site.yml").read_text(encoding="utf-8")
    project.play("mailfleet.mailplus.state", "-i", "inventory")
    report = project.read("state/report.json")
    one, two = verdicts(report, "one"), verdicts(report, "two")
    assert (one["imap_unencrypted"], two["imap_unencrypted"]) == ("fail", "excepted")
    assert (one["pop3_unencrypted"], two["pop3_unencrypted"]) == ("fail", "fail")
    assert (one["queue_length"], two["queue_length"]) == ("fail", "pass")
    messages = [verdict["message"] for host in report["hosts"] for verdict in host["verdicts"]]
    assert "Until 2098-07-06: Old phones" in messages
    assert sum("The exception expired on 2021-02-03: Gone by now" in message for message in messages) == 1
    assert any(message.startswith("security.data.no is not in the answer. ") for message in messages)


@dataclass(frozen=True)
class Bad:
    """Variables of the role that cannot be, and what the message has to say."""

    variables: Data
    said: tuple[str, ...]


def bad_rule(**changes: Any) -> Data:
    rule = {
        "id": "mine",
        "severity": "low",
        "section": "queue",
        "path": "total",
        "condition": {"at_most": 1},
        **changes,
    }
    return {"mailplus_state_policies": [{"name": "own", "rules": [rule]}]}


def bad_cases(project: Project) -> dict[str, Bad]:
    duplicate = {"rules": [{**SHORT[0], "id": "queue_age"}]}
    files = {
        "again.yml": duplicate,
        "broken.yml": "rules:\n  - id: [\n",
        "text.yml": "just text\n",
        "empty.yml": "",
        "names.yml": {"policies": ["nothing.yml"]},
        "both.yml": {"policies": ["again.yml"], "rules": []},
        "tagged.yml": "rules: !vault secret\n",
    }
    for name, content in files.items():
        project.write(f"files/{name}", content)
    (project.directory / "files" / "latin.yml").write_bytes("rules: []  # Gr\u00fc\u00dfe".encode("latin-1"))
    hardening = "policies/hardening.yml"
    exception = {"rule": "queue_age", "reason": "why", "expires": date(2099, 1, 1)}

    def policies(*sources: Any) -> Data:
        return {"mailplus_state_policies": list(sources)}

    def exceptions(*entries: Data) -> Data:
        return {"mailplus_state_exceptions": list(entries)}

    def overrides(**rules: Any) -> Data:
        return {"mailplus_state_overrides": rules}

    return {
        "operator": Bad(bad_rule(condition={"below": 3}), ("policy own, rule mine: unknown operator 'below'",)),
        "operand": Bad(bad_rule(condition={"at_most": "x"}), ("rule mine", "a number")),
        "section": Bad(bad_rule(section="queues"), ("policy own, rule mine: unknown section 'queues'",)),
        "severity": Bad(bad_rule(severity="huge"), ("rule mine: severity is one of",)),
        "key": Bad(bad_rule(paht="x"), ("rule mine: unknown key paht",)),
        "path": Bad(bad_rule(path=[]), ("rule mine: a path is text",)),
        "pattern": Bad(bad_rule(condition={"matches": "("}), ("rule mine", "regular expression")),
        "expression": Bad(
            {"mailplus_state_policies": [[{"id": "mine", "severity": "low", "expression": "sections.queue.total =="}]]},
            ("rule mine: the expression is not Jinja",),
        ),
        "both": Bad(bad_rule(expression="true"), ("rule mine: it needs either",)),
        "no id": Bad(bad_rule(id=None), ("policy own, rule number 1",)),
        "duplicate": Bad(policies(hardening, "again.yml"), ("rule queue_age", "policy operation", "again in again")),
        "names nothing": Bad(policies("names.yml"), ("policy names.yml, nothing.yml: it cannot be read",)),
        "names and rules": Bad(policies("both.yml"), ("policy both.yml: policies is a list of files beside it",)),
        "missing": Bad(policies("nowhere.yml"), ("policy nowhere.yml: there is no such file",)),
        "not YAML": Bad(policies("broken.yml"), ("policy broken.yml: it is not YAML at line 3.",)),
        "tag": Bad(policies("tagged.yml"), ("policy tagged.yml: it is not YAML at line 1.",)),
        "not a mapping": Bad(policies("text.yml"), ("policy text: it has no list of rules.",)),
        "empty": Bad(policies("empty.yml"), ("policy empty: it has no list of rules.",)),
        "not UTF-8": Bad(policies("latin.yml"), ("policy latin.yml", "UTF-8")),
        "number": Bad(policies(7), ("it has no list of rules",)),
        "unknown override": Bad(overrides(nothing={"severity": "low"}), ("mailplus_state_overrides", "nothing")),
        "bad override": Bad(overrides(queue_age={"severity": "x"}), ("mailplus_state_overrides", "rule queue_age")),
        "override of id": Bad(overrides(queue_age={"id": "x"}), ("mailplus_state_overrides, rule queue_age",)),
        "unknown exception": Bad(exceptions({**exception, "rule": "no"}), ("mailplus_state_exceptions", "rule no")),
        "bad day": Bad(exceptions({**exception, "expires": "soon"}), ("rule queue_age: expires is a day", "'soon'")),
        "no reason": Bad(exceptions({**exception, "reason": ""}), ("rule queue_age: reason is empty",)),
        "two exceptions": Bad(exceptions(exception, exception), ("rule queue_age: it has more than one",)),
        "unknown path": Bad(
            {"mailplus_state_paths": {"smtp_authentcation": "data.x"}},
            ("no rule has the path_variable smtp_authentcation; did you mean smtp_authentication?",),
        ),
        "bad path": Bad({"mailplus_state_paths": {"daily_report": 5}}, ("mailplus_state_paths, daily_report",)),
        "no key": Bad({"mailplus_state_personal_data": "hash"}, ("needs mailplus_state_personal_data_key",)),
        "no severity": Bad(
            {"mailplus_state_drift_severities": [{"path": "*", "severity": "x"}]}, ("mailplus_state_drift_severities",)
        ),
    }


def test_bad_policies_fail_before_anything_is_asked(small: tuple[Project, Fleet]) -> None:
    project, fleet = small
    cases = bad_cases(project)
    # Each is rescued, so that the next one is tried.
    tasks = [
        {"name": name, "block": [role(**case.variables), debug("Passed", name)], "rescue": [debug("Rescued", name)]}
        for name, case in cases.items()
    ]
    state = {"mailplus_state_directory": str(project.directory / "state")}
    run = project.play([play(*tasks, vars=state)], "-i", "inventory")
    assert [result.returned["msg"] for result in run.results if result.task == "Passed"] == []
    messages = [result.returned["msg"] for result in run.results if result.task == CHECK and result.status == "failed"]
    for (name, case), message in zip(cases.items(), messages, strict=True):
        assert [said for said in case.said if said not in message] == [], (name, message)
        assert "\n" not in message, name
        assert "Traceback" not in message, name
    assert "An exception occurred" not in run.output
    assert requests_of(fleet) == {}
    assert not (project.directory / "state").exists()


EXPRESSIONS = {
    "true": ("sections.queue.total == 3 and mailplus.schema_version == 1", "pass"),
    "false": ("sections.queue.total > 3", "fail"),
    "filter": (
        "sections.queue.data['items'] | map(attribute='status') | select('==', 'bounced') | length == 0",
        "pass",
    ),
    "undefined": ("sections.nothing.data.key == 1", "unknown"),
    "undefined key": ("sections.queue.data.nothing > 1", "unknown"),
    "number": ("sections.queue.total", "unknown"),
    "text": ("'true'", "unknown"),
    "text of the server": ("sections.report.data.flag", "unknown"),
    "list": ("sections.queue.data['items']", "unknown"),
    "null": ("none", "unknown"),
    "division": ("1 / 0 > 1", "unknown"),
    "no filter": ("sections | nonsense", "unknown"),
    "pattern": ("'x' is search('(')", "unknown"),
    "two": ("true, true", "unknown"),
    # What a filter raises over the text of a server.
    "yaml": ("(sections.report.data.broken | from_yaml) == 1", "unknown"),
    "all yaml": ("sections.report.data.broken | from_yaml_all | list | length == 1", "unknown"),
    "json": ("(sections.report.data.broken | from_json) == 1", "unknown"),
    "overflow": ("10.0 | pow(sections.report.data.huge) > 1", "unknown"),
    "memory": ("'x' * sections.report.data.huge ** 9 == ''", "unknown"),
    "argument": ("[1] | map(nonsense='x') | list | length == 1", "unknown"),
    "negation": ("not sections.imap_pop3.data.enable_imap", "pass"),
    "defined": ("sections.nothing is not defined", "pass"),
    # What a server sent stays what it sent.
    "hostile equals": ("sections.smtp_general.data.banner == sections.report.data.recipient", "pass"),
    "hostile is not 49": ("'49' not in sections.smtp_general.data.hostname", "pass"),
    "hostile is text": ("sections.smtp_general.data.hostname == '{' ~ '{ 7*7 }' ~ '}'", "pass"),
    "hostile alone": ("sections.smtp_general.data.banner", "unknown"),
    "hostile concatenated": ("(sections.smtp_general.data.banner ~ '') is search('touch')", "pass"),
    "hostile in rows": (
        "sections.transaction_log.data['items'] | map(attribute='subject') | select('search', 'touch') | length == 1",
        "pass",
    ),
    "hostile as a condition": ("sections.smtp_general.data.external_postmaster[0]", "unknown"),
    "hostile key": ("sections.core.data | dict2items | map(attribute='key') | join is search('touch')", "pass"),
}


def test_expressions(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    hostile = f"{{{{ lookup('pipe', 'touch {touched}') }}}}"
    answers = {
        "SYNO.MailPlusServer.SMTP.General": {
            "get": {
                "banner": hostile,
                "hostname": "{{ 7*7 }}",
                "external_postmaster": [f"lookup('pipe', 'touch {touched}')"],
            }
        },
        "SYNO.MailPlusServer.Report": {
            "get": {"recipient": hostile, "flag": "True", "broken": "a: [: {% x", "huge": 99999}
        },
        "SYNO.MailPlusServer.MailPlus": {"get": {hostile: hostile}},
    }
    rows = [{"id": 1, "time": 1767225600, "subject": hostile, "status": "sent"}]
    described = {"queue": {"total": 3}, "transaction_log": {"rows": rows}, "data": answers}
    rules = [
        {"id": name, "severity": "low", "expression": expression}
        for name, (expression, _verdict) in EXPRESSIONS.items()
    ]
    with run_fleet({"nas": {"one": described}}) as fleet:
        project = Project(tmp_path)
        variables = {"mailplus_state_directory": str(tmp_path / "state"), "mailplus_state_personal_data": "keep"}
        project.write("hosts.yml", hosts(fleet, {**LENIENT, **variables}))
        project.write("expressions.yml", {"rules": rules})
        in_variable = [
            {
                "name": "variable",
                "rules": [
                    {**rule, "id": f"v {rule['id']}", "expression": Unsafe(rule["expression"])} for rule in rules
                ],
            }
        ]
        policies = ["expressions.yml", *in_variable]
        look = debug("Look", "{{ ansible_facts.mailplus.sections.smtp_general.data.banner }}")
        project.play([play(role(), look, vars={"mailplus_state_policies": policies})])
        state = project.read("state/fleet.json")
    (host,) = project.read("state/report.json")["hosts"]
    found = {verdict["rule"]: (verdict["verdict"], verdict["message"]) for verdict in host["verdicts"]}
    expected = {name: verdict for name, (_expression, verdict) in EXPRESSIONS.items()}
    assert {name: verdict for name, (verdict, _message) in found.items() if not name.startswith("v ")} == expected
    assert {name: found[f"v {name}"][0] for name in expected} == expected
    assert not touched.exists()
    assert [name for name, (_verdict, message) in found.items() if "\n" in message or len(message) > 300] == []
    assert state["hosts"]["one"]["mailplus"]["sections"]["smtp_general"]["data"]["banner"] == hostile
