# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as users get it: built into a tarball and installed, away from the checkout."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import Project
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT


def export(place: Path) -> Path:
    """Copy what git knows of, or would take, and nothing else; links stay links."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, place / name
        if source.is_symlink() or source.exists():  # a file may be deleted and git not know it yet
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    return place


def build(project: Project, source: Path) -> Path:
    """Build the tarball of the collection in ``source``."""
    _galaxy(project, "build", str(source), "--output-path", str(project.directory))
    (tarball,) = project.directory.glob("mailfleet-mailplus-*.tar.gz")
    return tarball


def install(project: Project, tarball: Path) -> Path:
    """Install a tarball into an empty place; returns that, a path for collections."""
    place = project.directory / "collections"
    _galaxy(project, "install", str(tarball), "--offline", "--collections-path", str(place), collections=place)
    return place


def alone(place: Path) -> dict[str, str]:
    """The environment in which Ansible finds the collections in ``place`` and no others."""
    # The environment of the tests has the checkout on sys.path, where Ansible looks as well unless told not to.
    return {"ANSIBLE_COLLECTIONS_PATH": str(place), "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"}


def _galaxy(project: Project, *arguments: str, collections: Path | None = None) -> None:
    run = project.command("ansible-galaxy", "collection", *arguments, environment=alone(collections or Path("nowhere")))
    assert run.returncode == 0, run.output
    assert "WARNING" not in run.output, run.output
