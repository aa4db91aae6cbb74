# SPDX-License-Identifier: GPL-3.0-or-later
"""The images in which AWX runs jobs, built with podman: the guide's execution environment, and one for AWX itself.

``python -m ansible_collections.mailfleet.mailplus.tests.awx.images TARBALL`` builds them, with the collection from a
tarball. podman keeps all that it makes in build/awx-real/containers, and its layers from one time to the next.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT

JOBS = "localhost/mailplus-ee:check"  # the collection's, for jobs
CONTROL = "localhost/mailplus-control:check"  # what AWX syncs projects and inventories in
_STAND_IN = "localhost/mailplus-base:bookworm"

PLACE = ROOT / "build" / "awx-real"
_CONTAINERS = PLACE / "containers"
_GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_execution_environment.rst"
_PACKAGES = "ca-certificates,git,openssh-client,python3,python3-pip"
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")

# The project update of AWX 24.6.1 breaks on later versions of ansible-core.
_CONTROL = f"""\
FROM {_STAND_IN}
RUN pip install --no-cache-dir --break-system-packages "ansible-core==2.18.*" ansible-runner requests
"""

# Limits that are below any that podman itself was given, which it may not raise everywhere.
_ENGINE = """\
[containers]
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""


def built() -> bool:
    """Whether the guide's image was ever built."""
    return (_CONTAINERS / "storage").exists() and _podman("image", "exists", JOBS, failing=True)


def podman_environment() -> dict[str, str]:
    """The environment in which podman, whoever calls it, keeps all that it makes where it is told here."""
    _CONTAINERS.mkdir(parents=True, exist_ok=True)
    places = f'driver = "overlay"\ngraphroot = "{_CONTAINERS}/storage"\nrunroot = "{_CONTAINERS}/run"\n'
    written = {"CONTAINERS_STORAGE_CONF": f"[storage]\n{places}", "CONTAINERS_CONF": _ENGINE}
    paths = {name: _CONTAINERS / name.lower() for name in written}
    for name, path in paths.items():
        path.write_text(written[name], encoding="utf-8")
    return {**os.environ, **{name: str(path) for name, path in paths.items()}}


def definition(base: str | None, tarball: Path) -> dict[str, Any]:
    """The guide's, with the collection from a file, since Galaxy has not this one, and on another base image."""
    _before, block = _GUIDE.read_text(encoding="utf-8").split(".. code-block:: yaml\n", 1)
    indented = re.match(r"(\n| +.*\n)+", block)
    assert indented, f"{_GUIDE} shows no definition."
    made: dict[str, Any] = yaml.safe_load(textwrap.dedent(indented.group()))
    made["additional_build_files"] = [{"src": str(tarball), "dest": "collection"}]
    made["dependencies"]["galaxy"] = {"collections": [{"name": f"collection/{tarball.name}", "type": "file"}]}
    made["images"]["base_image"]["name"] = base or _STAND_IN
    if not base:  # Debian has pip, whose ensurepip is switched off, and no dnf
        made["options"] = {"package_manager_path": "/usr/bin/true", "skip_pip_install": True}
    return made


def main() -> int:
    """Build both images; MAILPLUS_TEST_BASE_IMAGE names the base of the guide's one, where it can be pulled."""
    shutil.rmtree(_CONTAINERS / "run", ignore_errors=True)  # podman takes it for empty after a restart
    _build_stand_in()
    _podman("build", "--network=host", f"--tag={CONTROL}", "-", given=_CONTROL)
    place = _CONTAINERS / "definition"
    place.mkdir(exist_ok=True)
    made = definition(os.environ.get("MAILPLUS_TEST_BASE_IMAGE"), Path(sys.argv[1]).resolve())
    (place / "execution-environment.yml").write_text(yaml.safe_dump(made), encoding="utf-8")
    builder = Path(sys.executable).with_name("ansible-builder")
    options = ["--container-runtime=podman", "--extra-build-cli-args=--network=host", f"--tag={JOBS}"]
    subprocess.run([builder, "build", *options], cwd=place, env=podman_environment(), check=True)
    return 0


def _build_stand_in() -> None:
    """A Debian in place of base images that only a registry has. It trusts whom this machine trusts."""
    if _podman("image", "exists", _STAND_IN, failing=True):
        return
    print("base image: a Debian by debootstrap", flush=True)
    root = _CONTAINERS / "base"
    shutil.rmtree(root, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", f"--include={_PACKAGES}", "bookworm", str(root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.copyfile(_AUTHORITIES, root / _AUTHORITIES.relative_to("/"))
    with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
        subprocess.run(["podman", "import", "-", _STAND_IN], stdin=tar.stdout, env=podman_environment(), check=True)
    shutil.rmtree(root)


def _podman(*words: str, given: str = "", failing: bool = False) -> bool:
    done = subprocess.run(["podman", *words], env=podman_environment(), input=given, text=True, check=not failing)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
