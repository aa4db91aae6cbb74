# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-builder makes of the collection, and of the definition that the guide shows."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.tests.playbook.support import packaging
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_execution_environment.rst"
BUILDER = str(Path(sys.executable).with_name("ansible-builder"))


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that goes into the build of the guide's image."""
    place = tmp_path_factory.mktemp("context")
    (place / "execution-environment.yml").write_text(definition(), encoding="utf-8")
    subprocess.run([BUILDER, "create", "--output-filename", "Containerfile"], cwd=place, check=True)
    return place / "context"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collection as the build installs it."""
    project = Project(tmp_path_factory.mktemp("install"))
    source = packaging.export(tmp_path_factory.mktemp("source"))
    return packaging.install(project, packaging.build(project, source))


def definition() -> str:
    """The first block of YAML in the guide."""
    _before, block = GUIDE.read_text(encoding="utf-8").split(".. code-block:: yaml\n", 1)
    indented = re.match(r"(\n| +.*\n)+", block)
    assert indented
    return textwrap.dedent(indented.group())


def needs(*command: str, installed: Path) -> Any:
    """What the collections that are installed need, as ansible-builder finds it."""
    done = subprocess.run([*command, "introspect", str(installed)], capture_output=True, text=True, check=True)
    return yaml.safe_load(done.stdout)


def test_the_build_installs_the_collection_and_what_it_needs(context: Path) -> None:
    assert yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8")) == {
        "collections": [{"name": "mailfleet.mailplus"}]
    }
    steps = (context / "Containerfile").read_text(encoding="utf-8")
    assert re.search(r"collection install .*-r requirements\.yml(.|\n)*introspect\.py introspect ", steps)


@pytest.mark.parametrize("way", ["command", "context"])
def test_the_collection_needs_one_library_and_no_system_packages(context: Path, installed: Path, way: str) -> None:
    script = str(context / "_build" / "scripts" / "introspect.py")
    command = [BUILDER] if way == "command" else [sys.executable, script]
    found = needs(*command, installed=installed)
    assert found["system"] == []
    assert [re.split("[ #]", line)[0] for line in found["python"]] == ["requests>=2.28"]
