# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that need an environment of their own: every supported ansible-core, and tools with needs of their own.

``nox --list`` shows them; ``make matrix`` runs the matrix, ``make test`` the newest and the oldest of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nox

# Each supported ansible-core, oldest first, with a Python that it supports. The one place where this is said.
MATRIX = {
    "2.16": "3.10",
    "2.17": "3.11",
    "2.18": "3.12",
    "2.19": "3.11",
    "2.20": "3.12",
    "2.21": "3.13",
}

ROOT = Path(__file__).parent
BUILD = ROOT / "build"

# The interpreters themselves, where python3.10 and the like are shims of pyenv that find them for nobody.
if _pyenv := shutil.which("pyenv"):
    _interpreters = [str(path) for path in sorted(Path(_pyenv).resolve().parents[1].glob("versions/*/bin"))]
    os.environ["PATH"] = os.pathsep.join([*_interpreters, os.environ["PATH"]])

nox.needs_version = ">=2025.2.9"
nox.options.envdir = str(BUILD / "nox")
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["sanity", "units", "playbook"]

_ENDS = {"2.16": ["oldest"], "2.21": ["newest"]}
_each_core = nox.parametrize(
    "python,core",
    [nox.param(python, core, id=core, tags=_ENDS.get(core, [])) for core, python in MATRIX.items()],
)


@nox.session
@_each_core
def sanity(session: nox.Session, core: str) -> None:
    """All of ansible-test's sanity tests."""
    _ansible_test(session, core, "sanity")


@nox.session
@_each_core
def units(session: nox.Session, core: str) -> None:
    """The unit tests, by ansible-test."""
    _ansible_test(session, core, "units", "--requirements")


@nox.session
@_each_core
def playbook(session: nox.Session, core: str) -> None:
    """The tests that run real plays; pytest and the simulator run in the environment that called nox."""
    _install_core(session, core)
    session.env["MAILPLUS_TEST_ANSIBLE_BIN"] = session.bin
    arguments = session.posargs or ["-n", "auto", "--dist", "loadfile", "tests/playbook"]
    session.run(sys.executable, "-m", "pytest", *arguments, external=True)


def _install_core(session: nox.Session, core: str) -> None:
    session.install(f"ansible-core=={core}.*", "-r", "requirements.txt")


def _ansible_test(session: nox.Session, core: str, *arguments: str) -> None:
    """Run ansible-test over a copy of the collection, since it wants a path that ends in the collection's name."""
    _install_core(session, core)
    place = Path(session.create_tmp()) / "ansible_collections" / "mailfleet" / "mailplus"
    shutil.rmtree(place, ignore_errors=True)
    _copy_sources(place)
    home = place.parents[2]
    _fill_pip_cache(Path(session.bin).parent, home)
    with session.chdir(place):
        session.run("ansible-test", *arguments, "--python", session.python, *session.posargs, env={"HOME": str(home)})


def _copy_sources(place: Path) -> None:
    """What git knows of, or would take, and nothing else."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = ROOT / name, place / name
        if os.path.lexists(source):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # Else ansible-test would ask the checkout above, which ignores what is below build/.
    subprocess.run(["git", "init", "--quiet"], cwd=place, check=True)


# ansible-test downloads get-pip.py from a host that not every network reaches. It takes this one if it is in its cache.
_GET_PIP = """\
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
given = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", *given])
"""


def _fill_pip_cache(environment: Path, home: Path) -> None:
    """Put the script where ansible-test looks, under the pip versions that this ansible-core knows."""
    sources = next(environment.glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py"))
    versions = re.findall(r"pip='([\d.]+)'", sources.read_text(encoding="utf-8"))
    if not versions:
        raise RuntimeError(f"{sources} names no version of pip.")
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in versions:
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(_GET_PIP, encoding="utf-8")
