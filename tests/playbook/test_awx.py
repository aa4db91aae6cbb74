# SPDX-License-Identifier: GPL-3.0-or-later
"""AWX: what its credential gives to the modules, surveys, slices and their report, and the playbook that sets it up.

MAILPLUS_TEST_AWX_COLLECTIONS names a directory with ansible_collections/awx/awx in it. Without it, the tests that need
the real modules of awx.awx are skipped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import CONNECTION_SPEC
from ansible_collections.mailfleet.mailplus.tests.playbook.support.controller import TOKEN, Controller, run_controller
from ansible_collections.mailfleet.mailplus.tests.playbook.support.plays import UNTOUCHABLE
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import (
    LENIENT,
    ROLE,
    Project,
    hosts,
    requests_of,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.recipes import blocks
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT, Data, Run
from ansible_collections.mailfleet.mailplus.tests.playbook.support.troubleshooting import texts_of_the_code
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, run_fleet
from jinja2 import sandbox

HAVE_AWX = pytest.mark.skipif(
    "MAILPLUS_TEST_AWX_COLLECTIONS" not in os.environ,
    reason="awx.awx is not installed: MAILPLUS_TEST_AWX_COLLECTIONS does not say where",
)
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_awx.rst"
PASSWORD = "S3cret & {{ word }}"
ACCOUNTS = [{"username": "auditor", "password": PASSWORD}]
REMEMBERED = {**ACCOUNTS[0], "otp_secret": "JBSWY3DPEHPK3PXP", "devices": {"d3vice-s3cret": "awx"}}
# The types of surveys, and what AWX wants their defaults to be.
SURVEY_TYPES = {"text": str, "multiplechoice": str, "integer": int}
PLAYBOOKS = ("mailplus_state.yml", "mailplus_gather.yml", "mailplus_report.yml")


class _Loader(yaml.SafeLoader):
    """Knows the tag that keeps Ansible from taking text for a template."""


def _text(loader: yaml.SafeLoader, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("!unsafe", _text)


def described() -> Data:
    """What the playbook makes, as it is written."""
    text = (ROOT / "playbooks" / "vars" / "awx.yml").read_text(encoding="utf-8")
    found: Data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    return found


TYPE: Data = described()["mailplus_awx_credential_type"]
SECRET = {field["id"] for field in TYPE["inputs"]["fields"] if field.get("secret")}


def inject(inputs: Mapping[str, str], place: Path, *, hide: bool = False) -> dict[str, str]:
    """The environment that AWX makes of a credential; with ``hide``, what it shows of that.

    As in CredentialType.inject_credential: empty inputs are undefined, all files are written, then all else rendered.
    """
    namespace: Data = {
        name: "**********" if hide and name in SECRET else value for name, value in inputs.items() if value
    }
    environment = sandbox.ImmutableSandboxedEnvironment()
    path = place / "injected"
    path.write_text(
        environment.from_string(TYPE["injectors"]["file"]["template"]).render(**namespace), encoding="utf-8"
    )
    path.chmod(0o600)
    namespace["tower"] = {"filename": str(path)}
    templates = TYPE["injectors"]["env"]
    return {name: environment.from_string(text).render(**namespace) for name, text in templates.items()}


def test_the_credential_type_is_one_that_awx_takes() -> None:
    assert set(TYPE["inputs"]) == {"fields", "required"}
    names = [field["id"] for field in TYPE["inputs"]["fields"]]
    assert set(TYPE["inputs"]["required"]) <= set(names)
    for field in TYPE["inputs"]["fields"]:
        assert set(field) <= {"id", "type", "label", "help_text", "multiline", "secret"}
        assert field["type"] == "string"
    assert set(TYPE["injectors"]) == {"file", "env"}
    for name, template in TYPE["injectors"]["env"].items():
        assert not name.startswith("ANSIBLE_")
        assert template.isascii()
        used = set(re.findall(r"{{ *(\w+)", template)) - {"tower"}
        assert used <= set(names)


def test_the_environment_is_the_one_that_the_modules_read() -> None:
    read = {name for option in CONNECTION_SPEC.values() if "fallback" in option for name in option["fallback"][1]}
    assert set(TYPE["injectors"]["env"]) <= read


def test_inputs_that_the_modules_keep_secret_are_secret_in_awx(tmp_path: Path) -> None:
    assert {name for name, option in CONNECTION_SPEC.items() if option.get("no_log")} - SECRET == {"otp_code"}
    inputs = {field["id"]: f"the {field['id']}" for field in TYPE["inputs"]["fields"]}
    assert not [
        value for value in inject(inputs, tmp_path, hide=True).values() if value in {inputs[name] for name in SECRET}
    ]


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    nas = {
        "well": {"queue": {"total": 3}},
        "hostile": {"hostile": True},
        "gone": {"unreachable": True},
        "open": {
            "data": {"SYNO.MailPlusServer.IMAP_POP3": {"get": {"security_imappop3_auth": False, "enable_imap": True}}}
        },
        "site/odd": {},
        "remembered": {"accounts": [REMEMBERED]},
        "self_signed": {"certificate": "self_signed"},
    }
    with run_fleet({"now": "2026-01-31T09:45:00Z", "defaults": {"accounts": ACCOUNTS}, "nas": nas}) as running:
        yield running


def bare(fleet: Fleet, *names: str) -> Data:
    """Hosts of which the inventory says where they are, and nothing else."""
    return {
        "nas": {
            "hosts": {
                name: {**UNTOUCHABLE, "ansible_host": fleet[name].host, "mailplus_state_port": fleet[name].port}
                for name in names
            }
        }
    }


INPUTS: dict[str, tuple[str, Data]] = {
    "certificate": ("well", {}),
    "device": ("remembered", {"device_id": "d3vice-s3cret", "device_name": "awx"}),
}


@pytest.mark.parametrize("case", INPUTS)
def test_the_credential_reaches_the_nas(tmp_path: Path, fleet: Fleet, case: str) -> None:
    name, more = INPUTS[case]
    ca = fleet.ca_path.read_text(encoding="utf-8")
    inputs = {"username": "auditor", "password": PASSWORD, "ca_certificate": ca, "device_id": "", **more}
    project = Project(tmp_path)
    project.write("hosts.yml", bare(fleet, name))
    directory = f"mailplus_state_directory={tmp_path / 'state'}"
    run = project.play("mailfleet.mailplus.gather", "-e", directory, "-vv", environment=inject(inputs, tmp_path))
    assert project.read("state/fleet.json")["hosts"][name]["status"] == "ok"
    assert PASSWORD not in run.output
    assert "d3vice" not in run.output


def test_without_a_certificate_the_public_authorities_decide(tmp_path: Path, fleet: Fleet) -> None:
    """The file that AWX writes all the same is empty, and is not taken for a list of certificates."""
    project = Project(tmp_path)
    project.write("hosts.yml", bare(fleet, "self_signed"))
    environment = inject({"username": "auditor", "password": PASSWORD, "ca_certificate": ""}, tmp_path)
    assert environment["MAILPLUS_CA_PATH"] == ""
    directory = f"mailplus_state_directory={tmp_path / 'state'}"
    run = project.play("mailfleet.mailplus.gather", "-e", directory, environment=environment, failing=True)
    assert "No host could be read. self_signed: The certificate of" in run.output
    found = project.read("state/fleet.json")["hosts"]["self_signed"]
    assert found["error"]["name"] == "certificate_not_trusted"


def questions() -> dict[str, Data]:
    found = described()
    every = found["mailplus_awx_questions_reading"] + found["mailplus_awx_questions_judging"]
    return {question["variable"]: question for question in every}


def test_surveys_ask_for_variables_of_the_role_as_awx_takes_it() -> None:
    path = ROOT / "roles" / "mailplus_state" / "meta" / "argument_specs.yml"
    options = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    for name, question in questions().items():
        assert set(question) <= {
            *(
                "variable",
                "question_name",
                "question_description",
                "type",
                "default",
                "required",
                "choices",
                "min",
                "max",
            )
        }
        assert question["default"].__class__ is SURVEY_TYPES[question["type"]]
        default = options[name]["default"]
        assert question["default"] == (",".join(default) if question["type"] == "text" else default)
        assert question.get("choices", "").splitlines() == options[name].get("choices", [])
        assert question["required"] is False, "AWX refuses a launch without an answer, whatever the default"


def test_answers_of_a_survey_do_as_they_say(tmp_path: Path, fleet: Fleet) -> None:
    project = Project(tmp_path)
    project.write("hosts.yml", hosts(fleet, {"mailplus_state_directory": str(tmp_path / "state")}))
    project.write("own.yml", {"rules": [{"id": "own", "severity": "info", "expression": "true"}]})
    answers = {name: question["default"] for name, question in questions().items()}
    answers |= {"mailplus_state_policies": "policies/hardening.yml,own.yml", "mailplus_state_limit": 2}
    answers |= {"mailplus_state_subset": "settings,queue", "mailplus_state_fail_severity": "never"}
    variables = project.write("answers.yml", answers)
    project.play("mailfleet.mailplus.state", "-e", f"@{variables}", "--limit", "well,open")
    rules = project.read("state/report.json")["hosts"][0]["verdicts"]
    assert "own" in {rule["rule"] for rule in rules}
    state = project.read("state/hosts/well.json")["mailplus"]["sections"]
    assert "admin_log" not in state
    assert state["queue"]["returned"] == 2


SLICES = (["well", "gone", "site/odd"], ["hostile", "open"], ["remembered", "self_signed"])
LOST = {"remembered", "self_signed"}  # their slice never ran


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory, fleet: Fleet) -> Path:
    """What two of three slices wrote into the same directory. Nothing else passes from job to job."""
    project = Project(tmp_path_factory.mktemp("slices"))
    for number, names in enumerate(SLICES[:2]):
        inventory = hosts(fleet, {"mailplus_state_directory": str(project.directory / "state")})
        inventory["nas"]["hosts"] = {name: inventory["nas"]["hosts"][name] for name in names}
        project.write(f"slice{number}.yml", inventory)
        project.play("mailfleet.mailplus.gather", "-i", f"slice{number}.yml")
    return project.directory / "state"


@pytest.fixture
def sliced(tmp_path: Path, fleet: Fleet, gathered: Path) -> Project:
    """What the slices wrote, before all hosts are reported."""
    for nas in fleet.values():
        nas.reset()
    shutil.copytree(gathered, tmp_path / "state")
    project = Project(tmp_path)
    project.write("hosts.yml", hosts(fleet, {**LENIENT, "mailplus_state_directory": str(tmp_path / "state")}))
    return project


def test_one_report_of_all_slices(sliced: Project, fleet: Fleet) -> None:
    gathered = {
        name: sliced.read(f"state/hosts/{name}.json") for name in ("well", "hostile", "open", "gone", "site%2Fodd")
    }
    assert set(sliced.read("state/fleet.json")["hosts"]) == set(SLICES[1]), "a slice knows no other hosts"
    run = sliced.play("mailfleet.mailplus.report")
    assert requests_of(fleet) == {}
    report = sliced.read("state/report.json")
    statuses = {host["host"]: host["status"] for host in report["hosts"]}
    assert statuses == {
        name: "failed" if name == "gone" else "ok" for name in fleet if name not in LOST
    } | dict.fromkeys(LOST, "not_gathered")
    assert set(sliced.read("state/fleet.json")["hosts"]) == set(fleet)
    assert {name: sliced.read(f"state/hosts/{name}.json") for name in gathered} == gathered
    assert "refuses the connection" in next(host["reason"] for host in report["hosts"] if host["host"] == "gone")
    assert "CUSTOM STATS" not in run.output  # shown only where Ansible is told to, as AWX does
    again = sliced.play("mailfleet.mailplus.report")
    assert {host["host"]: host["status"] for host in sliced.read("state/report.json")["hosts"]} == statuses
    assert again.ok(f"{ROLE} : Put what the runs wrote into one file")["changed"] is False


def test_the_report_of_slices_judges_as_one_job_would(sliced: Project) -> None:
    sliced.play("mailfleet.mailplus.report", "-e", "mailplus_state_formats=json")
    first = sliced.read("state/report.json")["hosts"]
    directory = f"mailplus_state_directory={sliced.directory / 'whole'}"
    sliced.play("mailfleet.mailplus.state", "-e", directory, "--limit", "well,open,hostile")
    for host in sliced.read("whole/report.json")["hosts"]:
        (other,) = (each for each in first if each["host"] == host["host"])
        assert [(rule["rule"], rule["verdict"]) for rule in other["verdicts"]] == [
            (rule["rule"], rule["verdict"]) for rule in host["verdicts"]
        ]


def test_the_report_of_slices_fails_their_hosts(sliced: Project) -> None:
    run = sliced.play(
        "mailfleet.mailplus.report",
        *("-e", "mailplus_state_fail_severity=high", "-e", "mailplus_state_fail_on_error=true"),
        failing=True,
    )
    failed = {result.host for result in run.results if result.status == "failed"}
    assert failed == {"open", "gone", *LOST}


def test_a_file_that_is_too_old_is_no_state_of_today(sliced: Project) -> None:
    path = sliced.directory / "state" / "hosts" / "well.json"
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 13 * 3600))
    sliced.play("mailfleet.mailplus.report")
    statuses = {host["host"]: host["status"] for host in sliced.read("state/report.json")["hosts"]}
    assert statuses["well"] == "not_gathered"
    assert statuses["open"] == "ok"
    assert sliced.read("state/hosts/well.json")["status"] == "ok", "what was too old for this report is still there"
    sliced.play("mailfleet.mailplus.report", "-e", "mailplus_max_age=14")
    assert sliced.read("state/fleet.json")["hosts"]["well"]["status"] == "ok"


@pytest.mark.parametrize("directory", ["state/", "./state", "~/../state"])
def test_the_directory_can_be_written_in_any_way(sliced: Project, directory: str) -> None:
    sliced.play("mailfleet.mailplus.report", "-e", f"mailplus_state_directory={directory}")
    statuses = {name: host["status"] for name, host in sliced.read("state/fleet.json")["hosts"].items()}
    assert statuses["well"] == "ok"


def test_a_nas_that_stays_down_is_not_taken_for_one_that_was_not_asked(sliced: Project) -> None:
    path = sliced.directory / "state" / "hosts" / "gone.json"
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 13 * 3600))
    sliced.play("mailfleet.mailplus.gather", "--limit", "gone")
    sliced.play("mailfleet.mailplus.report")
    assert sliced.read("state/fleet.json")["hosts"]["gone"]["status"] == "failed"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"schema_version": 1}', '{"mailplus": {"sections": {"core": 5}}}'])
def test_a_file_that_is_no_state_is_said_so(sliced: Project, content: str) -> None:
    path = sliced.directory / "state" / "hosts" / "well.json"
    path.write_text(content, encoding="utf-8")
    sliced.play("mailfleet.mailplus.report")
    found = sliced.read("state/fleet.json")["hosts"]["well"]
    assert (found["status"], found["reason"]) == ("not_gathered", f"{path} does not hold the state of a host.")
    assert path.read_text(encoding="utf-8") == content


def test_what_servers_sent_is_no_template_in_the_report_of_slices(sliced: Project) -> None:
    """A file of a host comes from outside, too."""
    path = sliced.directory / "state" / "hosts" / "well.json"
    bait = "{{ lookup('ansible.builtin.file', '/etc/hostname') }}{{ 6 * 7 }}"
    found = sliced.read("state/hosts/well.json")
    found["mailplus"]["sections"]["core"]["data"]["bait"] = bait
    path.write_text(json.dumps(found), encoding="utf-8")
    sliced.play("mailfleet.mailplus.report")
    assert sliced.read("state/hosts/well.json")["mailplus"]["sections"]["core"]["data"]["bait"] == bait


def test_a_report_of_nothing_says_what_is_missing(sliced: Project) -> None:
    directory = str(sliced.directory / "elsewhere")
    (sliced.directory / "elsewhere" / "hosts").mkdir(parents=True)
    run = sliced.play("mailfleet.mailplus.report", "-e", f"mailplus_state_directory={directory}", failing=True)
    (result,) = [each for each in run.results if each.status == "failed"]
    assert result.returned["msg"] == (
        f"{directory}/hosts has no state of these hosts that is younger than 12 hours. Gather first, into the same "
        "directory, or allow older ones (max_age; mailplus_state_max_age of the role; mailplus_max_age of the playbook "
        "report)."
    )


GIVEN = {"mailplus_awx_organization": "Mail", "mailplus_awx_inventory": "NAS", "mailplus_awx_project": "Fleet"}
# Variables that bring in the tasks which are left out by default.
MORE = {
    **GIVEN,
    "mailplus_awx_username": "auditor",
    "mailplus_awx_password": "S3cret of the NAS",
    "mailplus_awx_ca_certificate": "-----BEGIN CERTIFICATE-----",
    "mailplus_awx_execution_environment": "MailPlus EE",
    "mailplus_awx_image": "registry.example.com/mailplus-ee",
    "mailplus_awx_scm_url": "https://git.example.com/fleet.git",
    "mailplus_awx_slices": "8",
}


@pytest.fixture
def controller() -> Iterator[Controller]:
    with run_controller(*PLAYBOOKS) as running:
        add_organization(running, GIVEN["mailplus_awx_organization"])
        yield running


def add_organization(controller: Controller, name: str) -> int:
    """An organization with what has to be there, by the same name in each."""
    number: int = controller.add("organizations", {"name": name})["id"]
    controller.add("inventories", {"name": GIVEN["mailplus_awx_inventory"], "organization": number})
    return number


def set_up(project: Project, controller: Controller, variables: Data, *arguments: str, failing: bool = False) -> Run:
    """Run the playbook with the real modules of awx.awx against ``controller``."""
    paths = os.pathsep.join([str(ROOT / "build" / "collections"), os.environ["MAILPLUS_TEST_AWX_COLLECTIONS"]])
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": paths,
        "ANSIBLE_DEPRECATION_WARNINGS": "false",  # those of awx.awx are not ours
        "CONTROLLER_HOST": controller.url,
        "CONTROLLER_OAUTH_TOKEN": TOKEN,
    }
    written = project.write("variables.yml", variables)
    project.write("hosts.yml", {"all": {"hosts": {"unused": {}}}})
    project.warnings = ["The field inputs of credential"]
    name = "mailfleet.mailplus.awx_setup"
    return project.play(name, "-e", f"@{written}", *arguments, environment=environment, failing=failing)


def changes(run: Run) -> list[str]:
    """The tasks that made or changed something, without what they say of it."""
    found = [result.task for result in run.results if result.status == "ok" and result.returned["changed"]]
    return [task.partition(",")[0] for task in found]


def message(run: Run) -> str:
    """The one line that a run ended with."""
    (failed,) = [result for result in run.results if result.status == "failed"]
    found: str = failed.returned["msg"]
    assert found in run.output.replace("\n", " ").replace('\\"', '"')
    return found


EACH = [
    *("Credential type", "Credential", "Execution environment", "Project", "Job templates", "Workflow", "Schedule"),
]


@HAVE_AWX
def test_the_playbook_sets_up_a_controller(tmp_path: Path, controller: Controller) -> None:
    project = Project(tmp_path)
    run = set_up(project, controller, MORE, "-vvv")
    assert changes(run) == EACH
    assert MORE["mailplus_awx_password"] not in run.output
    check_credential(controller)
    check_templates(controller)
    check_workflow(controller)
    again = set_up(project, controller, MORE)
    # AWX does not tell whether a secret is the same, so it is sent again.
    assert changes(again) == ["Credential"]
    assert "AWX does not tell whether a secret is the same" in again.output
    changed = set_up(project, controller, MORE | {"mailplus_awx_slices": 2})
    assert changes(changed) == ["Credential", "Job templates"]


def check_credential(controller: Controller) -> None:
    made = controller.named("credential_types", TYPE["name"])
    assert {name: made[name] for name in ("kind", "inputs", "injectors")} == {
        name: TYPE[name] for name in ("kind", "inputs", "injectors")
    }
    credential = controller.named("credentials", "MailPlus auditor")
    assert credential["credential_type"] == made["id"]
    assert set(credential["inputs"]) == {field["id"] for field in TYPE["inputs"]["fields"]}


def check_templates(controller: Controller) -> None:
    slices = {"MailPlus state": 1, "MailPlus gather": 8, "MailPlus report": 1}
    for name, count in slices.items():
        made = controller.named("job_templates", name)
        assert made["job_slice_count"] == count
        assert made["ask_limit_on_launch"] is (count == 1)
        assert made["use_fact_cache"] is False
        credentials = controller.linked("job_templates", name, "credentials", "credentials")
        assert credentials == ([] if name == "MailPlus report" else ["MailPlus auditor"])
        survey = controller.surveys["job_templates", made["id"]]
        assert {"name": survey["name"], "description": survey["description"]} == {"name": "", "description": ""}
        for question in survey["spec"]:
            assert question["default"].__class__ is SURVEY_TYPES[question["type"]]
            assert question["required"] is False
            assert {question.get(end, 0).__class__ for end in ("min", "max")} == {int}
    variables = {name: json.loads(controller.named("job_templates", name)["extra_vars"]) for name in slices}
    assert {given["mailplus_hosts"] for given in variables.values()} == {"all"}
    assert {given["mailplus_state_marker"] for given in variables.values()} == {"/var/lib/mailplus/.mailplus-kept"}
    directories = {name: given["mailplus_state_directory"] for name, given in variables.items()}
    assert directories["MailPlus gather"] == directories["MailPlus report"] != directories["MailPlus state"]


def check_workflow(controller: Controller) -> None:
    workflow = controller.named("workflow_job_templates", "MailPlus fleet")
    templates = {
        node["identifier"]: controller.objects["job_templates"][node["unified_job_template"]]["name"]
        for node in controller.objects["workflow_job_template_nodes"].values()
        if node["workflow_job_template"] == workflow["id"]
    }
    assert templates == {"gather": "MailPlus gather", "report": "MailPlus report"}
    kind = "workflow_job_template_nodes"
    assert controller.linked(kind, "gather", "always_nodes", kind) == ["report"]
    schedule = controller.named("schedules", "MailPlus fleet, daily")
    assert schedule["unified_job_template"] == workflow["id"]
    assert re.fullmatch(r"DTSTART;TZID=\S+:\d{8}T\d{6} RRULE:FREQ=DAILY;INTERVAL=1", schedule["rrule"])


def add_what_is_taken(controller: Controller) -> dict[str, Data]:
    """A credential and a project that somebody made by hand; what was pushed was not synced yet."""
    organization = controller.named("organizations", "Mail")["id"]
    kind = controller.add("credential_types", {"name": "Another"})
    made = {"type": "credential", "inputs": {}, "organization": organization, "credential_type": kind["id"]}
    return {
        "credentials": controller.add("credentials", {"name": "MailPlus auditor", **made}),
        "projects": controller.add("projects", {"name": "Fleet", "scm_type": "git", "organization": organization}),
    }


@HAVE_AWX
def test_the_playbook_takes_what_is_there(tmp_path: Path, controller: Controller) -> None:
    taken = add_what_is_taken(controller)
    project = Project(tmp_path)
    assert changes(set_up(project, controller, GIVEN)) == ["Credential type", "Job templates", "Workflow", "Schedule"]
    for template in controller.objects["job_templates"].values():
        assert template["project"] == taken["projects"]["id"]
    linked = controller.linked("job_templates", "MailPlus state", "credentials", "credentials")
    assert linked == ["MailPlus auditor"]
    assert changes(set_up(project, controller, GIVEN)) == []


@HAVE_AWX
def test_a_project_without_a_repository_is_not_synced(tmp_path: Path, controller: Controller) -> None:
    taken = add_what_is_taken(controller)
    taken["projects"] |= {"scm_type": "", "playbooks": [*PLAYBOOKS]}
    run = set_up(Project(tmp_path), controller, GIVEN)
    assert run.result("Sync of the project").status == "skipped"
    assert len(controller.objects["job_templates"]) == 3


@HAVE_AWX
def test_two_organizations_may_use_the_same_names(tmp_path: Path, controller: Controller) -> None:
    other = {**MORE, "mailplus_awx_organization": "Post", "mailplus_awx_execution_environment": "Post's"}
    post = add_organization(controller, "Post")
    project = Project(tmp_path)
    set_up(project, controller, MORE)
    set_up(project, controller, other)
    for variables in (MORE, other):
        assert changes(set_up(project, controller, variables)) == ["Credential"]
    templates = [each for each in controller.objects["job_templates"].values() if each["organization"] == post]
    assert len(templates) == 3
    for template in templates:
        assert controller.objects["inventories"][template["inventory"]]["organization"] == post
        for number in controller.links["job_templates", template["id"], "credentials"]:
            assert controller.objects["credentials"][number]["organization"] == post


@HAVE_AWX
def test_what_another_organization_shares_is_taken_by_its_id(tmp_path: Path, controller: Controller) -> None:
    add_what_is_taken(controller)
    shared = controller.add("inventories", {"name": "Shared", "organization": add_organization(controller, "Post")})
    set_up(Project(tmp_path), controller, GIVEN | {"mailplus_awx_inventory": shared["id"]})
    assert {each["inventory"] for each in controller.objects["job_templates"].values()} == {shared["id"]}


@HAVE_AWX
def test_credentials_that_somebody_else_added_stay(tmp_path: Path, controller: Controller) -> None:
    project = Project(tmp_path)
    set_up(project, controller, MORE)
    vault = controller.add("credentials", {"name": "Vault", "type": "credential", "inputs": {}, "credential_type": -1})
    for name in ("MailPlus state", "MailPlus report"):
        template = controller.named("job_templates", name)["id"]
        controller.links["job_templates", template, "credentials"].append(vault["id"])
    assert changes(set_up(project, controller, MORE)) == ["Credential"]
    # One of ours takes the place of the one before.
    assert "Job templates" in changes(set_up(project, controller, MORE | {"mailplus_awx_credential": "Another"}))
    names = {"MailPlus state": {"Vault", "Another"}, "MailPlus gather": {"Another"}, "MailPlus report": {"Vault"}}
    for name, expected in names.items():
        assert set(controller.linked("job_templates", name, "credentials", "credentials")) == expected


@HAVE_AWX
def test_what_is_private_has_credentials_of_its_own(tmp_path: Path, controller: Controller) -> None:
    organization = controller.named("organizations", "Mail")["id"]
    ours = {"type": "credential", "inputs": {}, "organization": organization, "credential_type": -1}
    names = ("git", "registry")
    made = {name: controller.add("credentials", {"name": name, **ours})["id"] for name in names}
    more = {"mailplus_awx_scm_credential": "git", "mailplus_awx_registry_credential": "registry"}
    run_of = {**MORE, **more, "mailplus_awx_scm_branch": "production", "mailplus_awx_pull": "always"}
    project = Project(tmp_path)
    set_up(project, controller, run_of)
    repository = controller.named("projects", "Fleet")
    found = {name: repository[name] for name in ("credential", "scm_branch", "scm_update_on_launch")}
    assert found == {"credential": made["git"], "scm_branch": "production", "scm_update_on_launch": True}
    environment = controller.named("execution_environments", "MailPlus EE")
    assert (environment["credential"], environment["pull"]) == (made["registry"], "always")
    assert changes(set_up(project, controller, run_of)) == ["Credential"]


WRONG = {
    "organization by id": (
        {"mailplus_awx_organization": "1"},
        "There is no organization 1, or this token may not see it. Make it first, or set mailplus_awx_organization to "
        "the name of another one.",
    ),
    "image without a name": (
        {"mailplus_awx_image": "registry.example.com/ee:1", "mailplus_awx_execution_environment": ""},
        "mailplus_awx_image is set, and mailplus_awx_execution_environment is not. Set both, or neither.",
    ),
    "password without a user": (
        {"mailplus_awx_password": "x", "mailplus_awx_username": ""},
        "mailplus_awx_password is set, and mailplus_awx_username is not. Set both, or neither.",
    ),
    "organization": (
        {"mailplus_awx_organization": "Nope"},
        "There is no organization Nope, or this token may not see it. Make it first, or set mailplus_awx_organization "
        "to the name of another one.",
    ),
    "inventory": (
        {"mailplus_awx_inventory": "Nope"},
        "mailplus_awx_inventory is Nope, but the organization Mail has no such inventory, or this token may not see "
        "it. Make it first, or set the variable to another name, or to an id.",
    ),
    "several": (
        {"mailplus_awx_scm_credential": "twice"},
        "mailplus_awx_scm_credential is twice, but the organization Mail has several of that name. Set it to the id of "
        "one: 4 or 5.",
    ),
    "execution environment": (
        {"mailplus_awx_execution_environment": "Post's"},
        "mailplus_awx_execution_environment is Post's, which is no execution environment of the organization Mail. "
        "Their names are unique in all of AWX; set it to another one.",
    ),
}


@HAVE_AWX
@pytest.mark.parametrize("case", WRONG)
def test_what_is_missing_is_said_before_anything_is_made(tmp_path: Path, controller: Controller, case: str) -> None:
    controller.add("execution_environments", {"name": "Post's", "organization": None})
    for number in (-1, -2):
        controller.add("credentials", {"name": "twice", "organization": 1, "credential_type": number, "inputs": {}})
    variables, expected = WRONG[case]
    run = set_up(Project(tmp_path), controller, MORE | variables, failing=True)
    assert message(run) == expected
    assert set(controller.objects) == {"organizations", "inventories", "credentials", "execution_environments"}


@HAVE_AWX
def test_the_playbooks_that_a_project_lacks_are_named(tmp_path: Path, controller: Controller) -> None:
    add_what_is_taken(controller)
    controller.slow = True
    controller.repository = ["site.yml", "mailplus_state.yml"]
    project = Project(tmp_path)
    run = set_up(project, controller, GIVEN, failing=True)
    assert message(run) == (
        "The project Fleet has no mailplus_gather.yml, mailplus_report.yml. Put there what the guide on AWX shows, "
        "push it, and run this playbook again."
    )
    controller.repository += PLAYBOOKS
    assert "Job templates" in changes(set_up(project, controller, GIVEN))


@HAVE_AWX
def test_why_a_project_cannot_be_synced_is_told(tmp_path: Path, controller: Controller) -> None:
    why = "fatal: could not read Username for 'https://git.example.com': No such device or address"
    controller.broken = why.replace(": ", ":\n") + "\n"
    run = set_up(Project(tmp_path), controller, MORE, failing=True)
    (number, *_earlier) = reversed(controller.objects["project_updates"])
    assert message(run) == (f"The project Fleet was not synced: {why}. Job {number} of AWX has the whole output.")


@HAVE_AWX
def test_every_option_of_the_playbook_is_one_of_the_module(tmp_path: Path) -> None:
    """Those that a run leaves out, too."""
    tasks = set_up_tasks()
    used = {name: set(options) for task in tasks for name, options in task.items() if name.startswith("awx.awx.")}
    assert len(used) == len(EACH) + 1
    environment = {"ANSIBLE_COLLECTIONS_PATH": os.environ["MAILPLUS_TEST_AWX_COLLECTIONS"]}
    run = Project(tmp_path).command("ansible-doc", "--json", *used, environment=environment)
    known = {name: set(found["doc"]["options"]) for name, found in json.loads(run.stdout).items()}
    assert {name: options - known[name] for name, options in used.items()} == {name: set() for name in used}


GUIDED = {block.file: block.text for block in blocks(GUIDE) if block.file}
MARKER = ".mailplus-kept"


@HAVE_AWX
def test_the_variables_of_the_guide_set_up_a_controller(tmp_path: Path, controller: Controller) -> None:
    """With the certificate, which is looked up at home."""
    project = Project(tmp_path)
    project.write("home/nas.pem", "-----BEGIN CERTIFICATE-----")
    project.write("awx.yml", GUIDED["awx.yml"])
    set_up(project, controller, {"vault_mailplus_password": "S3cret"}, "-e", "@awx.yml")
    credential = controller.named("credentials", "MailPlus auditor")
    assert credential["inputs"]["ca_certificate"] == "-----BEGIN CERTIFICATE-----"
    assert {each["execution_environment"] for each in controller.objects["job_templates"].values()} == {
        controller.named("execution_environments", "MailPlus")["id"]
    }


@dataclass
class Job:
    """Runs a template as AWX does: in the project of the guide, with an inventory from elsewhere."""

    project: Project

    def run(self, name: str, *arguments: str, failing: bool = False) -> Run:
        (template,) = (each for each in described()["mailplus_awx_job_templates"] if each["name"] == name)
        place = self.project.directory.parent
        directory = template["directory"].replace("{{ mailplus_awx_directory }}", str(place / "kept"))
        asked = {question["variable"]: question["default"] for question in questions_of(template)}
        given = {"mailplus_hosts": "all", "mailplus_state_directory": directory}
        given["mailplus_state_marker"] = str(place / "kept" / MARKER)
        variables = self.project.write("../variables.yml", given | asked)
        everything = ("-i", str(place / "inventory" / "hosts.yml"), "-e", f"@{variables}", *arguments)
        return self.project.play(template["playbook"], *everything, failing=failing)

    def report(self, place: str) -> Data:
        found: Data = self.project.read(f"../kept/{place}/report.json")
        return found


def questions_of(template: Data) -> list[Data]:
    """The questions of a template, which are named in a Jinja expression."""
    found = described()
    names = re.findall(r"mailplus_awx_questions_\w+", template["questions"])
    return [question for name in names for question in found[name]]


@pytest.fixture
def job(tmp_path: Path, fleet: Fleet) -> Job:
    """The project of the guide, whose directory is kept."""
    project = Project(tmp_path / "project")
    for name in (*PLAYBOOKS, "group_vars/all.yml"):
        project.write(name, GUIDED[name])
    keep(tmp_path, fleet, "well", "open", "gone")
    return Job(project)


def keep(place: Path, fleet: Fleet, *names: str) -> None:
    """Have an inventory of these hosts, and a directory that outlives containers."""
    Project(place).write(f"kept/{MARKER}", "")
    inventory = hosts(fleet)
    inventory["nas"]["hosts"] = {name: inventory["nas"]["hosts"][name] for name in names}
    Project(place).write("inventory/hosts.yml", inventory)
    for nas in fleet.values():
        nas.reset()


def check_variables_count(report: Data) -> None:
    """Those that the guide has in group_vars beside the playbooks."""
    variables = yaml.safe_load(GUIDED["group_vars/all.yml"])
    assert report["title"] == variables["mailplus_state_title"]
    assert variables["mailplus_state_exceptions"][0]["reason"] in json.dumps(report)
    statuses = {host["host"]: host["status"] for host in report["hosts"]}
    assert statuses == {"well": "ok", "open": "ok", "gone": "failed"}


def test_the_playbooks_of_the_guide_run_with_variables_beside_them(job: Job) -> None:
    run = job.run("MailPlus state", failing=True)
    check_variables_count(job.report("state"))
    assert failed_at_the_end(run) >= {"gone"}


def failed_at_the_end(run: Run) -> set[str]:
    task = f"{ROLE} : Fail the hosts that were not read, or whose findings are too severe"
    return {result.host for result in run.results if result.task == task and result.status == "failed"}


def test_the_playbooks_of_the_guide_gather_in_slices(job: Job, fleet: Fleet) -> None:
    job.run("MailPlus gather")  # one of its hosts is down
    for nas in fleet.values():
        nas.reset()
    run = job.run("MailPlus report", failing=True)
    assert requests_of(fleet) == {}
    check_variables_count(job.report("sliced"))
    assert set(job.project.read("../kept/sliced/fleet.json")["hosts"]) == {"well", "open", "gone"}
    assert failed_at_the_end(run) >= {"gone"}


def test_the_guide_marks_the_directory_that_the_templates_want_marked() -> None:
    task = next(task for task in set_up_tasks() if "awx.awx.job_template" in task)
    marker = task["awx.awx.job_template"]["extra_vars"]["mailplus_state_marker"]
    directory = described()["mailplus_awx_directory"]
    path = marker.replace("{{ mailplus_awx_directory }}", directory)
    assert path == f"{directory}/{MARKER}"
    text = GUIDE.read_text(encoding="utf-8")
    assert f"touch {path}\n" in text
    (pod,) = (yaml.safe_load(block.text) for block in blocks(GUIDE) if "initContainers" in block.text)
    containers = pod["spec"]["initContainers"] + pod["spec"]["containers"]
    assert containers[0]["command"] == ["touch", path]
    assert {mount["mountPath"] for each in containers for mount in each["volumeMounts"]} == {directory}


def set_up_tasks() -> list[Data]:
    found: list[Data] = yaml.safe_load((ROOT / "playbooks" / "awx_setup.yml").read_text(encoding="utf-8"))[0]["tasks"]
    return found


# Of the messages that the guide explains, those of AWX, awx.awx and Ansible, as they were seen. All else is of this
# collection.
FOREIGN = (
    *("Could not find or access '…/mailfleet.mailplus.check_hosts'", "Job cannot start because Credential …"),
    *("the role 'mailfleet.mailplus.mailplus_state' was not found", "No error handling paths found"),
    *("Invalid authentication credentials for /api/v2/organizations/ (HTTP 401)",),
    *("You don't have permission to POST to /api/v2/credential_types/ (HTTP 403)",),
)


def test_the_messages_of_the_guide_are_said() -> None:
    tables = GUIDE.read_text(encoding="utf-8").partition("\nWhen a job fails\n")[2]
    cells = [" ".join(cell.split()) for cell in re.findall(r"^   \* - (``(?:.|\n)*?)\n     - ", tables, re.MULTILINE)]
    messages = [message for cell in cells for message in re.findall(r"``(.+?)``", cell)]
    assert len(messages) > len(FOREIGN)
    assert not [begin for begin in FOREIGN if not any(message.startswith(begin) for message in messages)]
    texts = [" ".join(text.split()) for text in texts_of_the_code()]
    for message in messages:
        own = (
            ()
            if message.startswith(FOREIGN)
            else re.split("…|mailplus_state_username|MAILPLUS_USERNAME|mailplus_hosts", message)
        )
        for piece in own:
            assert any(piece.strip() in text for text in texts), f"{message}: {piece!r} is said nowhere"


TEMPLATES = {"MailPlus state": True, "MailPlus gather": True, "MailPlus report": False}  # whether they ask NAS


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_directory_that_is_not_the_kept_one_fails_the_job(job: Job, fleet: Fleet, name: str) -> None:
    marker = job.project.directory.parent / "kept" / MARKER
    marker.unlink()
    run = job.run(name, failing=True)
    expected = (
        f"{marker} is missing: this run does not see the directory that is kept, and what it wrote would be gone with "
        "its container. Have jobs see that directory, and make the file in it once (mailplus_state_marker)."
    )
    assert {result.returned["msg"] for result in run.results if result.status == "failed"} == {expected}
    assert requests_of(fleet) == {}
    assert [*marker.parent.iterdir()] == []


def test_a_slice_fails_where_none_of_its_hosts_could_be_read(tmp_path: Path, job: Job, fleet: Fleet) -> None:
    keep(tmp_path, fleet, "gone", "self_signed")
    run = job.run("MailPlus gather", "-e", "mailplus_state_ca_path=", failing=True)
    line = "No host could be read. gone: "
    assert {result.host for result in run.results if line in f"{result.returned.get('msg')}"} == {"gone"}
    assert "failed=1" in run.output
    assert set(job.project.read("../kept/sliced/fleet.json")["hosts"]) == {"gone", "self_signed"}
    job.run("MailPlus gather", "-e", "mailplus_state_fail_on_error=false")


def test_without_a_credential_no_slice_is_green(tmp_path: Path, job: Job, fleet: Fleet) -> None:
    Project(tmp_path).write("inventory/hosts.yml", bare(fleet, "well"))
    run = job.run("MailPlus gather", failing=True)
    assert "mailplus_state_username is not set, and neither is MAILPLUS_USERNAME." in run.output
    assert requests_of(fleet) == {}


def test_a_batch_after_the_other_is_not_taken_for_the_whole(job: Job) -> None:
    """The first batch holds the host that is down."""
    play = yaml.safe_load(GUIDED["mailplus_gather.yml"])
    job.project.write("mailplus_gather.yml", [{**play[0], "serial": 1, "order": "sorted"}])
    job.run("MailPlus gather")
    assert job.project.read("../kept/sliced/fleet.json")["hosts"]["well"]["status"] == "ok"


def test_hosts_that_are_not_there_fail_the_job_but_not_a_slice(job: Job) -> None:
    nobody = ("-e", "mailplus_hosts=nsa")
    job.project.warnings = ["Could not match supplied host pattern, ignoring: nsa"]
    for name in ("MailPlus state", "MailPlus report"):
        run = job.run(name, *nobody, failing=True)
        assert 'mailplus_hosts is "nsa", which matches no host of' in " ".join(run.output.split())
    assert "skipping: no hosts matched" in job.run("MailPlus gather", *nobody).output
