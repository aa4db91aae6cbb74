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
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet

ORGANIZATION, INVENTORY, SOURCE = "Mail", "NAS", "fleet.mailplus.yml"
_GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_awx.rst"
_GIT_PORT = 9418


class _Loader(yaml.SafeLoader):
    """Knows the tag that keeps Ansible from taking text for a template."""


def _text(loader: yaml.SafeLoader, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("!unsafe", _text)


def described() -> Data:
    """What the playbook makes, as it is written: names that are no templates, and what else a check compares with."""
    text = (ROOT / "playbooks" / "vars" / "awx.yml").read_text(encoding="utf-8")
    found: Data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    return found


def playbooks_of_guide() -> dict[str, str]:
    """The playbooks of a project as the guide shows them, those that the templates name."""
    names = {template["playbook"] for template in described()["mailplus_awx_job_templates"]}
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
            "mailplus_awx_scm_url": f"git://127.0.0.1:{_GIT_PORT}/fleet",
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

    def launch(self, kind: str, name: str, **given: Any) -> Data:
        """Launch a template and wait; its survey is answered with its defaults, as the web interface has them."""
        template = self.api.one(f"{kind}/", name=name)
        survey = self.api.send("GET", f"{template['related']['survey_spec']}").get("spec", [])
        answers = {question["variable"]: _answer(question) for question in survey} | given.pop("answers", {})
        return self.api.ended(self.api.send("POST", f"{template['url']}launch/", extra_vars=answers, **given))


def _answer(question: Data) -> Any:
    default = question["default"]
    return default.splitlines() if question["type"] == "multiselect" else default


def prepare(awx: Awx, fleet: Fleet, project: Project, directory: Path) -> Site:
    """Make what has to be there, by AWX's API."""
    api = awx.api
    directory.mkdir()
    organization = api.send("POST", "organizations/", name=ORGANIZATION)["id"]
    inventory = api.send("POST", "inventories/", name=INVENTORY, organization=organization)["url"]
    for name, nas in fleet.items():
        variables = yaml.safe_dump({"ansible_host": nas.host, "mailplus_state_port": nas.port})
        api.send("POST", f"{inventory}hosts/", name=name, variables=variables)
    api.send("PATCH", "settings/jobs/", AWX_ISOLATION_SHOW_PATHS=[f"{directory}:{directory}:rw"])
    token = api.send("POST", "tokens/", scope="write")["token"]
    return Site(awx, fleet, project, directory, token)


def fill_repository(repositories: Path, fleet: Fleet) -> subprocess.Popen[bytes]:
    """Put the project into git, and serve it; the caller stops that."""
    place = repositories / "fleet"
    place.mkdir(parents=True)
    hosts = {name: {"host": nas.host, "port": nas.port} for name, nas in fleet.items()}
    source = yaml.safe_dump({"plugin": "mailfleet.mailplus.mailplus", "hosts": hosts})
    for name, text in {**playbooks_of_guide(), SOURCE: source}.items():
        (place / name).write_text(text, encoding="utf-8")
    git = ["git", "-C", str(place), "-c", "user.name=check", "-c", "user.email=check@example.com"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=Fleet"]):
        subprocess.run([*git, *words], check=True)
    serve = ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={_GIT_PORT}"]
    return subprocess.Popen([*serve, f"--base-path={repositories}", "--reuseaddr"])
