# SPDX-License-Identifier: GPL-3.0-or-later
"""A real AWX, as it is installed on this machine, with a database, a queue and a stand-in of receptor of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import requests
from ansible_collections.mailfleet.mailplus.tests.awx import images
from ansible_collections.mailfleet.mailplus.tests.awx.api import Api

_HERE = Path(__file__).parent
_PORT = 8052
_NODE = "check"
_SECONDS = 180

# PostgreSQL refuses to be root. As somebody else in a user namespace, it needs no account and no other place.
_SOMEBODY = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]

_SETTINGS = """\
DATABASES = {{
    "default": {{
        "ENGINE": "awx.main.db.profiled_pg", "NAME": "awx", "USER": "awx", "HOST": "{place}", "ATOMIC_REQUESTS": True
    }}
}}
SECRET_KEY = "{secret}"
ALLOWED_HOSTS = ["*"]
CLUSTER_HOST_ID = "{node}"
SYSTEM_UUID = "00000000-0000-0000-0000-000000000000"
BROKER_URL = "unix://{place}/redis.sock"
CACHES["default"]["LOCATION"] = BROKER_URL + "?db=1"
CHANNEL_LAYERS["default"]["CONFIG"]["hosts"] = [BROKER_URL]
PROJECTS_ROOT = "{place}/projects"
JOBOUTPUT_ROOT = "{place}/output"
STATIC_ROOT = "{place}/static"
AWX_ISOLATION_BASE_PATH = "{place}/jobs"
CONTROL_PLANE_EXECUTION_ENVIRONMENT = "{control}"
GLOBAL_JOB_EXECUTION_ENVIRONMENTS = []
# The simulated fleet is on this machine's loopback.
DEFAULT_CONTAINER_RUN_OPTIONS = ["--network", "host"]
"""


class NotStartedError(Exception):
    """A part of AWX did not start."""


@dataclass(frozen=True)
class Awx:
    """AWX while it runs."""

    api: Api
    version: str
    place: Path

    def dump(self) -> str:
        """All that its database holds."""
        command = ["pg_dump", "--host", str(self.place), "--username", "awx", "awx"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@dataclass(frozen=True)
class _Parts:
    """Starts the parts of AWX; what each prints is in a file of its own."""

    place: Path
    manage: str
    environment: dict[str, str]
    stack: contextlib.ExitStack

    def run(self, *command: str, **more: str) -> str:
        environment = {**self.environment, **more}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=self.place)
        if done.returncode:
            raise NotStartedError(f"{' '.join(command)}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done.stdout.strip()

    def start(self, name: str, command: list[str], ready: Callable[[], bool]) -> None:
        with (self.place / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, env=self.environment, cwd=self.place, stdout=log, stderr=log)
        self.stack.callback(stop, process)
        for _second in range(_SECONDS):
            if ready():
                return
            if process.poll() is not None:
                break
            time.sleep(1)
        raise NotStartedError(f"{name} does not run, see {self.place}/{name}.log")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def run_awx(place: Path, manage: str) -> Iterator[Awx]:
    """Start all of AWX in an empty directory; stop it when the block ends."""
    password = secrets.token_urlsafe(16)
    with contextlib.ExitStack() as stack:
        parts = _Parts(place, manage, _environment(place, manage), stack)
        _configure(place)
        _start_services(parts)
        _fill_database(parts, password)
        version = parts.run(manage, "--version")
        _start_awx(parts)
        yield Awx(Api(f"http://127.0.0.1:{_PORT}", "admin", password), version, place)


def _environment(place: Path, manage: str) -> dict[str, str]:
    beside = str(Path(manage).parent)  # ansible-runner, and the ansible-playbook that AWX looks for
    return {
        **images.podman_environment(),
        "PATH": os.pathsep.join([beside, os.environ["PATH"]]),
        "DJANGO_SETTINGS_MODULE": "awx.settings.production",
        "AWX_SETTINGS_FILE": str(place / "settings.py"),
        "AWX_SETTINGS_DIR": str(place / "conf.d"),
        "AWX_LOGGING_MODE": "stdout",
    }


def _configure(place: Path) -> None:
    for name in ("projects", "output", "static", "jobs", "work"):
        (place / name).mkdir()
    text = _SETTINGS.format(place=place, secret=secrets.token_urlsafe(40), node=_NODE, control=images.CONTROL)
    (place / "settings.py").write_text(text, encoding="utf-8")
    # Where AWX looks for it; this /etc is the one of alone.sh.
    receptor = Path("/etc/receptor/receptor.conf")
    receptor.parent.mkdir()
    socket = f"{place}/receptor.sock"
    receptor.write_text(f"- control-service: {{service: control, filename: {socket}}}\n", encoding="utf-8")


def _start_services(parts: _Parts) -> None:
    place = parts.place
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    data = str(place / "database")
    parts.run(*_SOMEBODY, f"{binaries}/initdb", "--username=awx", "--auth=trust", "--encoding=UTF8", "-D", data)
    postgres = [*_SOMEBODY, f"{binaries}/postgres", "-D", data, "-F", "-k", str(place), "-h", ""]
    parts.start("postgres", postgres, (place / ".s.PGSQL.5432").exists)
    redis = ["redis-server", "--port", "0", "--unixsocket", f"{place}/redis.sock", "--save", ""]
    parts.start("redis", redis, (place / "redis.sock").exists)
    worker = [str(Path(parts.manage).with_name("ansible-runner")), "worker"]
    stand_in = [sys.executable, str(_HERE / "receptor.py"), f"{place}/receptor.sock", _NODE, f"{place}/work"]
    parts.start("receptor", [*stand_in, *worker], (place / "receptor.sock").exists)


def _fill_database(parts: _Parts, password: str) -> None:
    def manage(*words: str, **more: str) -> None:
        parts.run(parts.manage, *words, **more)

    parts.run("createdb", "--host", str(parts.place), "--username", "awx", "awx")
    manage("migrate", "--noinput")
    user = {"DJANGO_SUPERUSER_PASSWORD": password}
    manage("createsuperuser", "--noinput", "--username=admin", "--email=admin@example.com", **user)
    manage("provision_instance", f"--hostname={_NODE}")
    for queue in ("controlplane", "default"):
        manage("register_queue", f"--queuename={queue}", "--instance_percent=100")
    manage("register_default_execution_environments")


def _start_awx(parts: _Parts) -> None:
    def answers() -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{_PORT}/api/v2/ping/", timeout=30).ok
        except requests.RequestException:
            return False

    for name in ("run_dispatcher", "run_callback_receiver"):
        parts.start(name, [parts.manage, name], lambda: True)
    server = [parts.manage, "runserver", "--noreload", f"127.0.0.1:{_PORT}"]
    parts.start("runserver", server, answers)
