# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator has in AWX before the playbook of the collection sets it up, and that playbook's runs."""

from __future__ import annotations

import os
import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.mailfleet.mailplus.tests.awx import images
from ansible_collections.mailfleet.mailplus.tests.awx.api import Api, Data
from ansible_collections.mailfleet.mailplus.tests.awx.running import Awx
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT, Run
from ansible_collections.mailfleet.mailplus.tests.playbook.test_awx import described
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet

ORGANIZATION, INVENTORY, SOURCE, TITLE = "Mail", "NAS", "fleet.mailplus.yml", "Mail servers of the check"
_GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_awx.rst"
_GIT_PORT = 9418


# What the playbook makes, as it is written.
NAMES = described()
STATE, GATHER, REPORT = (template["name"] for template in NAMES["mailplus_awx_job_templates"])
WORKFLOW = NAMES["mailplus_awx_workflow"]["name"]
# Answers with which nothing fails for what the demo's NAS are set to.
NEVER = {"mailplus_state_fail_severity": "never", "mailplus_state_fail_unknown_severity": "never"}


def changed(run: Run) -> list[str]:
    """The tasks that changed something, without what their names say of them."""
    return [result.task.split(",", 1)[0] for result in run.results if result.returned.get("changed")]


def playbooks_of_guide() -> dict[str, str]:
    """The playbooks of a project as the guide shows them, those that the templates name."""
    names = {template["playbook"] for template in NAMES["mailplus_awx_job_templates"]}
    blocks = re.findall(r"\.\. code-block:: \S+\n((?:\n| +.*\n)+)", _GUIDE.read_text(encoding="utf-8"))
    shown = [textwrap.dedent(block).strip() + "\n" for block in blocks]
    found = {name: block for name in names for block in shown if re.match(rf"# {re.escape(name)}\b", block)}
    assert set(found) == names, f"{_GUIDE} does not show {names - set(found)}"
    return found


@dataclass(frozen=True)
class Site:
    """An organization with a fleet, its inventory and its project in git."""

    awx: Awx
    fleet: Fleet
    project: Project
    directory: Path
    repositories: Path
    token: str

    @property
    def api(self) -> Api:
        return self.awx.api

    def set_up(self, **variables: Any) -> Run:
        """Run the playbook, with the real modules of awx.awx, as the guide shows it."""
        one = next(iter(self.fleet.values()))
        given = {
            "mailplus_awx_organization": ORGANIZATION,
            "mailplus_awx_inventory": INVENTORY,
            "mailplus_awx_project": "Fleet",
            "mailplus_awx_scm_url": address("fleet"),
            "mailplus_awx_execution_environment": "MailPlus",
            "mailplus_awx_image": images.JOBS,
            "mailplus_awx_username": one.username,
            "mailplus_awx_password": one.password,
            "mailplus_awx_ca_certificate": self.fleet.ca_path.read_text(encoding="utf-8"),
            "mailplus_awx_directory": str(self.directory),
            **variables,
        }
        paths = [str(ROOT / "build" / "collections"), os.environ["MAILPLUS_TEST_AWX_COLLECTIONS"]]
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(paths),
            "CONTROLLER_HOST": self.api.url,
            "CONTROLLER_OAUTH_TOKEN": self.token,
        }
        self.project.write("variables.yml", given)
        return self.project.command(
            "ansible-playbook", "mailfleet.mailplus.awx_setup", "-e", "@variables.yml", environment=environment
        )

    def template(self, kind: str, name: str) -> Data:
        return self.api.one(f"{kind}/", name=name, organization__name=ORGANIZATION)

    def launch(self, kind: str, name: str, **given: Any) -> Data:
        """Launch a template and wait; its survey is answered with its defaults, as the web interface has them."""
        template = self.template(kind, name)
        survey = self.api.send("GET", f"{template['related']['survey_spec']}").get("spec", [])
        answers = {question["variable"]: _answer(question) for question in survey} | given.pop("answers", {})
        return self.api.ended(self.api.send("POST", f"{template['url']}launch/", extra_vars=answers, **given))

    def slices(self, job: Data) -> list[Data]:
        """The jobs of a template that is sliced, of which AWX makes a workflow."""
        nodes = self.api.found(f"workflow_jobs/{job['id']}/workflow_nodes/")
        return [self.api.send("GET", node["related"]["job"]) for node in nodes]


def address(repository: str) -> str:
    """Where AWX finds a repository."""
    return f"git://127.0.0.1:{_GIT_PORT}/{repository}"


def _answer(question: Data) -> Any:
    default = question["default"]
    return default.splitlines() if question["type"] == "multiselect" else default


def prepare(awx: Awx, fleet: Fleet, project: Project) -> Site:
    """Make what has to be there: on the node, in git, and by AWX's API."""
    api = awx.api
    directory, repositories = awx.place / "mailplus", awx.place / "repositories"
    directory.mkdir()
    (directory / ".mailplus-kept").touch()
    commit(repositories, "fleet", _files(fleet))
    organization = api.send("POST", "organizations/", name=ORGANIZATION)["id"]
    add_inventory(api, organization, fleet)
    show(api, str(directory))
    token = api.send("POST", "tokens/", scope="write")["token"]
    return Site(awx, fleet, project, directory, repositories, token)


def add_inventory(api: Api, organization: int, fleet: Fleet) -> None:
    """An inventory of the fleet."""
    inventory = api.send("POST", "inventories/", name=INVENTORY, organization=organization)["url"]
    for name, nas in fleet.items():
        variables = yaml.safe_dump({"ansible_host": nas.host, "mailplus_state_port": nas.port})
        api.send("POST", f"{inventory}hosts/", name=name, variables=variables)


def show(api: Api, *paths: str) -> None:
    """Set the paths to expose to isolated jobs."""
    api.send("PATCH", "settings/jobs/", AWX_ISOLATION_SHOW_PATHS=list(paths))


def _files(fleet: Fleet) -> dict[str, str]:
    """The project: the playbooks of the guide, variables, and an inventory source."""
    hosts = {name: {"host": nas.host, "port": nas.port} for name, nas in fleet.items()}
    source = {"plugin": "mailfleet.mailplus.mailplus", "hosts": hosts}
    others = {SOURCE: source, "group_vars/all.yml": {"mailplus_state_title": TITLE}}
    return playbooks_of_guide() | {name: yaml.safe_dump(data) for name, data in others.items()}


def commit(repositories: Path, name: str, files: dict[str, str]) -> None:
    """Put files into a repository, which is made where there is none."""
    place = repositories / name
    for file, text in files.items():
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).write_text(text, encoding="utf-8")
    git = ["git", "-C", str(place), "-c", "user.name=check", "-c", "user.email=check@example.com"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=Fleet"]):
        subprocess.run([*git, *words], check=True)


def serve(repositories: Path) -> subprocess.Popen[bytes]:
    """Serve all repositories; the caller stops that."""
    repositories.mkdir()
    options = ["--export-all", "--listen=127.0.0.1", f"--port={_GIT_PORT}", "--reuseaddr"]
    return subprocess.Popen(["git", "daemon", *options, f"--base-path={repositories}"])
