# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that need an environment of their own: every supported ansible-core, and tools with needs of their own.

``nox --list`` shows them; ``make matrix`` runs the matrix, ``make test`` the newest and the oldest of it.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
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

_OLDEST_REQUESTS = "requests==2.28.0"

ROOT = Path(__file__).parent
BUILD = ROOT / "build"

# The interpreters themselves, where python3.10 and the like are shims of pyenv that find them for nobody.
_pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
_interpreters = [str(path) for path in sorted(_pyenv.glob("versions/[0-9]*/bin")) if not path.parent.is_symlink()]
os.environ["PATH"] = os.pathsep.join([*_interpreters, os.environ["PATH"]])

# One run at a time has the environments; another one waits here.
if {"-l", "--list", "--list-sessions"}.isdisjoint(sys.argv):
    BUILD.mkdir(exist_ok=True)
    _lock = (BUILD / "nox.lock").open("w")  # closed when nox ends
    fcntl.flock(_lock, fcntl.LOCK_EX)

nox.needs_version = ">=2025.2.9"
nox.options.envdir = str(BUILD / "nox")
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"
nox.options.sessions = ["sanity", "units", "playbook", "wire"]

_OLDEST, _NEWEST = next(iter(MATRIX)), next(reversed(MATRIX))
_NEWEST_PYTHON = MATRIX[_NEWEST]
_TAGS = {_OLDEST: ["oldest"], _NEWEST: ["newest"]}
_each_core = nox.parametrize(
    "python,core",
    [nox.param(python, core, id=core, tags=_TAGS.get(core, [])) for core, python in MATRIX.items()],
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
    tests = session.posargs or ["tests/playbook"]
    session.run(sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile", *tests, external=True)


@nox.session(python=MATRIX[_OLDEST], tags=["oldest"])
def wire(session: nox.Session) -> None:
    """The unit tests of the lowest floor, with the oldest requests that is supported."""
    _install_core(session, _OLDEST)
    session.install("-r", "tests/unit/requirements.txt", "pytest", "pytest-xdist", _OLDEST_REQUESTS)
    session.env["PYTHONPATH"] = str(BUILD / "collections")
    session.run("pytest", "-n", "auto", *(session.posargs or ["tests/unit/dsm"]))


@nox.session(python=_NEWEST_PYTHON)
def molecule(session: nox.Session) -> None:
    """The Molecule scenarios, on the newest ansible-core."""
    _install_core(session, _NEWEST)
    session.install("-r", "tests/requirements-molecule.txt")
    # A home for each run, so that several can run at once. Sockets are made in TMPDIR, so its path must be short.
    (BUILD / "tmp").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="molecule-", dir=BUILD / "tmp") as home:
        places = dict.fromkeys(("ANSIBLE_HOME", "ANSIBLE_REMOTE_TMP", "HOME", "XDG_CACHE_HOME"), home)
        session.env.update(places, ANSIBLE_COLLECTIONS_PATH=str(BUILD / "collections"), TMPDIR=str(BUILD / "tmp"))
        session.run("molecule", "test", *(session.posargs or ["--all"]))


@nox.session(python="3.12")
def galaxy(session: nox.Session) -> None:
    """Build the tarball and check it as Galaxy does at an import; a warning fails."""
    session.install("galaxy-importer")
    place = Path(session.create_tmp())
    _copy_sources(place / "collection")
    session.env.update(HOME=str(place), GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true")
    with session.chdir(place):  # the importer writes its result there
        built = session.run("ansible-galaxy", "collection", "build", "--force", "collection", silent=True)
        said = session.run("python", "-m", "galaxy_importer.main", str(built).split()[-1], silent=True)
    complaints = re.findall(r"^(?:WARNING|ERROR|CRITICAL): .*", str(said), re.MULTILINE)
    if complaints:
        session.error("\n".join(["Galaxy's importer complains:", *complaints]))


# References to Ansible's own pages, which only the public docsite can follow.
_DOCSITE_CONF = """
extensions.remove("sphinx.ext.intersphinx")
nitpick_ignore_regex = [
    ("std:(ref|envvar)", r"ansible_collections\\.ansible\\.builtin\\..*|ANSIBLE_.*"),
    ("std:ref", "action_plugins|ansible_configuration_settings|common_return_values"),
]
"""


@nox.session(python=_NEWEST_PYTHON)
def docs(session: nox.Session) -> None:
    """Check all documentation, and build its pages in build/docsite."""
    session.install("-r", "tests/requirements-docs.txt")
    place = _copy_sources(Path(session.create_tmp()) / "ansible_collections" / "mailfleet" / "mailplus")
    session.env["ANSIBLE_COLLECTIONS_PATH"] = str(place.parents[2])
    references = ["--validate-collection-refs=dependent", "--disallow-unknown-collection-refs"]
    checks = ["--plugin-docs", "--check-extra-docs-refs", *references]
    session.run("antsibull-docs", "lint-collection-docs", *checks, str(place))
    site = BUILD / "docsite"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True, mode=0o755)
    names = ["--project", "mailfleet.mailplus", "--title", "mailfleet.mailplus"]
    names += ["--copyright", "The mailfleet.mailplus contributors"]
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--no-add-antsibull-docs-version"]
    session.run("antsibull-docs", "sphinx-init", *options, *names, "--dest-dir", str(site), "mailfleet.mailplus")
    with (site / "conf.py").open("a", encoding="utf-8") as file:
        file.write(_DOCSITE_CONF)
    session.run(str(site / "build.sh"), external=True)  # a warning fails


# It carries awx.awx, which later ones do not.
_ANSIBLE_WITH_AWX = "ansible==12.3.0"


@nox.session(python=MATRIX["2.19"])
def awx(session: nox.Session) -> None:
    """The playbook that sets up AWX, with the real modules of awx.awx, against a stand-in of AWX's API."""
    _install_core(session, "2.19")
    _install_awx_modules(session)
    tests = session.posargs or ["tests/playbook/test_awx.py"]
    session.run(sys.executable, "-m", "pytest", "-n", "auto", *tests, external=True)


_IMAGES_NEED = ("podman", "runc", "debootstrap")
_REAL_AWX_NEEDS = ("git", "ip", "redis-server", "initdb", "unshare")


@nox.session(python=MATRIX["2.19"])
def image(session: nox.Session) -> None:
    """The execution environment of the guide, built with podman; the demo runs in it."""
    _skip_without(session, *_IMAGES_NEED)
    _build_images(session)
    session.run(sys.executable, "-m", "pytest", *(session.posargs or ["tests/awx/test_image.py"]), external=True)


@nox.session(python=MATRIX["2.19"])
def awx_real(session: nox.Session) -> None:
    """A real AWX that is installed on this machine; see tests/awx/README.md."""
    _skip_without(session, *_IMAGES_NEED, *_REAL_AWX_NEEDS)
    if not os.access(os.environ.get("MAILPLUS_TEST_AWX_MANAGE", ""), os.X_OK):
        session.skip("MAILPLUS_TEST_AWX_MANAGE names no awx-manage.")
    _install_core(session, "2.19")
    _install_awx_modules(session)
    _build_images(session)
    tests = session.posargs or ["tests/awx/test_real_awx.py", "tests/awx/test_real_awx_trouble.py"]
    session.run("tests/awx/alone.sh", sys.executable, "-m", "pytest", *tests, external=True)


def _skip_without(session: nox.Session, *programs: str) -> None:
    if os.geteuid() != 0:
        session.skip("Containers are run by root here.")
    # Debian keeps those of PostgreSQL's server away from the path.
    places = os.pathsep.join([os.environ["PATH"], *map(str, Path("/usr/lib/postgresql").glob("*/bin"))])
    missing = [program for program in programs if not shutil.which(program, path=places)]
    if missing:
        session.skip(f"Not installed: {', '.join(missing)}.")


def _build_images(session: nox.Session) -> None:
    """Build the images of tests/awx, with the collection as it is now."""
    place = BUILD / "awx-real"
    source = _copy_sources(Path(session.create_tmp()) / "collection")
    galaxy = [str(Path(sys.executable).with_name("ansible-galaxy")), "collection", "build", "--force"]
    built = session.run(*galaxy, "--output-path", str(place), str(source), silent=True, external=True)
    module = "ansible_collections.mailfleet.mailplus.tests.awx.images"
    session.run(sys.executable, "-m", module, str(built).split()[-1], external=True)


def _install_awx_modules(session: nox.Session) -> None:
    """Put awx.awx where the tests look for it."""
    place = BUILD / "awx"
    if not (place / "ansible_collections").exists():
        download = session.create_tmp()
        session.run("python", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", download, _ANSIBLE_WITH_AWX)
        with zipfile.ZipFile(next(Path(download).glob("ansible-*.whl"))) as wheel:
            wheel.extractall(place, [name for name in wheel.namelist() if name.startswith("ansible_collections/awx/")])
    session.env["MAILPLUS_TEST_ANSIBLE_BIN"] = session.bin
    session.env["MAILPLUS_TEST_AWX_COLLECTIONS"] = str(place)


def _install_core(session: nox.Session, core: str) -> None:
    """Install ansible-core, and requests: with the oldest core the oldest that is supported, else the newest."""
    requests = _OLDEST_REQUESTS if core == _OLDEST else "requests"
    session.install(f"ansible-core=={core}.*", requests)


def _ansible_test(session: nox.Session, core: str, *arguments: str) -> None:
    """Run ansible-test over a copy of the collection, since it wants a path that ends in the collection's name."""
    _install_core(session, core)
    place = _copy_sources(Path(session.create_tmp()) / "ansible_collections" / "mailfleet" / "mailplus")
    home = place.parents[2]
    _fill_pip_cache(Path(session.bin).parent, home)
    with session.chdir(place):
        session.run("ansible-test", *arguments, "--python", session.python, *session.posargs, env={"HOME": str(home)})


def _copy_sources(place: Path) -> Path:
    """Make ``place`` hold what git knows of, or would take, and nothing else."""
    shutil.rmtree(place, ignore_errors=True)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE)
    if listed.returncode:
        raise RuntimeError(f"{ROOT} has to be a checkout of git, which lists the sources.")
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = ROOT / name, place / name
        if os.path.lexists(source):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    # Else ansible-test would ask the checkout above, which ignores what is below build/.
    subprocess.run(["git", "init", "--quiet"], cwd=place, check=True)
    return place


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
