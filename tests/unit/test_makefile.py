# SPDX-License-Identifier: GPL-3.0-or-later
"""The Makefile says in one line where it cannot work, before it makes anything."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.mailfleet.mailplus.tests.unit.test_architecture import ROOT

if shutil.which("make") is None:
    pytest.skip("there is no make", allow_module_level=True)

LONGEST = 65


def make(checkout: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What ``make --dry-run demo`` says in a directory with the Makefile and what it is made from."""
    for name in ("Makefile", "tests/requirements-demo.txt"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    command = ["make", "--dry-run", "demo"]
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(
        command, cwd=checkout, env=path | environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def short() -> Iterator[Path]:
    """A directory whose own path is short."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        yield Path(name).resolve()


@pytest.mark.parametrize("character", "\t:#%$`'\"\\*=,;&|()<>~?[]{}!^ ")
def test_a_path_that_make_takes_apart_is_named(short: Path, character: str) -> None:
    checkout = short / f"a{character}b"
    done = make(checkout)
    assert (done.returncode, done.stdout) == (2, "")
    message = f"may hold only letters, digits and /._@+- but is {checkout}; move the checkout.  Stop.\n"
    assert done.stderr.endswith(message)
    assert {path.name for path in checkout.iterdir()} == {"Makefile", "tests"}


@pytest.mark.parametrize("name", [" a", "a ", "$(id)", "`id`"])
def test_so_is_what_only_looks_harmless(short: Path, name: str) -> None:
    assert f"but is {short / name}; move" in make(short / name).stderr


@pytest.mark.parametrize("name", ["a", "A-1_b.c@d+e", "J\u00fcrgen", "\u6587"])
def test_other_paths_are_taken(short: Path, name: str) -> None:
    done = make(short / name)
    assert (done.returncode, done.stderr) == (0, "")
    assert str(short / name) in done.stdout


@pytest.mark.parametrize("kind", ["a", "\u00fc"])
def test_a_path_is_as_long_as_a_socket_below_it_may_be(short: Path, kind: str) -> None:
    room = LONGEST - len(bytes(short)) - 1
    fits = kind * (room // len(kind.encode()))
    fits += "a" * (room - len(fits.encode()))
    done = make(short / fits)
    assert (done.returncode, done.stderr) == (0, "")
    done = make(short / f"{fits}a")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert f"may have at most 65 bytes but is {short / fits}a; move the checkout" in line


@pytest.mark.parametrize("home", [None, "", "/nonexistent", "/a b", "/a'b", '/a"b', "/a`id`b"])
def test_any_home_will_do(short: Path, home: str | None) -> None:
    done = make(short / "a", **({} if home is None else {"HOME": home}))
    assert (done.returncode, done.stderr) == (0, "")
    assert 'HOME="$USER_HOME"' in done.stdout
