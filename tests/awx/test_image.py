# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment of the guide, as podman built it: what is in it, and the demo in it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.tests import demo
from ansible_collections.mailfleet.mailplus.tests.awx import images
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet

Saw = Callable[[str], None]

_VERSIONS = "ansible --version; python3 -m pip list; ansible-galaxy collection list"


def contained(*command: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command in the image, as AWX and ansible-navigator do: as root of the container."""
    words = ["podman", "run", "--rm", "--user=root", "--network=host", *options, images.JOBS, *command]
    return subprocess.run(words, env=images.podman_environment(), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module", autouse=True)
def built(saw: Saw) -> None:
    if not images.built():
        pytest.skip("the image was not built: nox -s image builds it, and runs this")
    base = os.environ.get("MAILPLUS_TEST_BASE_IMAGE", "a Debian by debootstrap, in place of the guide's")
    saw(f"base image: {base}")


def test_the_image_has_the_collection_and_what_it_needs(saw: Saw) -> None:
    done = contained("sh", "-c", _VERSIONS)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("ansible-", "requests", "mailfleet"))]
    saw(f"image: {'; '.join(' '.join(line.split()) for line in lines)}")
    names = {line.split()[0] for line in lines}
    assert {"ansible-core", "ansible-runner", "requests", "mailfleet.mailplus"} <= names, done.stdout + done.stderr


def test_the_demo_runs_in_it(tmp_path: Path, fleet: Fleet, saw: Saw) -> None:
    authority = fleet.ca_path.parent
    shown = (f"--volume={tmp_path}:{tmp_path}", f"--volume={authority}:{authority}:ro")
    done = contained(*demo.command(fleet, tmp_path), options=shown)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    report = json.loads((tmp_path / "state" / "report.json").read_text(encoding="utf-8"))
    saw(f"demo: hosts {json.dumps(report['totals']['hosts'])}")
    assert {host["host"] for host in report["hosts"]} == set(fleet)
