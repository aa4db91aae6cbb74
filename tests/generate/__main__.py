# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what is generated, or with ``--check`` say which files are out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.generate import areas
from ansible_collections.mailfleet.mailplus.tests.generate.writing import GenerateError, Rewrite

ROOT = Path(__file__).parents[2]
# What each writes depends on the areas, which are imported with it.
_WRITERS = ("modules", "schemas", "guides", "role")


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 where a file is out of date, or has no place for what belongs into it."""
    parser = argparse.ArgumentParser(prog="generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args(arguments).check
    # A row file that is new, or gone, changes all that follows.
    stale = list(_stale(areas.files(ROOT), check=check))
    if not (check and stale):
        stale += _stale(_files(), check=check)
    for path in stale:
        print(f"{path} is out of date; run: make generate" if check else f"wrote {path}")
    return 1 if check and stale else 0


def _files() -> Iterator[tuple[str, Rewrite]]:
    for name in _WRITERS:
        yield from import_module(f"{__package__}.{name}").files()


def _stale(files: Iterable[tuple[str, Rewrite]], *, check: bool) -> Iterator[str]:
    """Bring files up to date, unless they are only to be checked; the paths of those that were not."""
    for path, rewrite in files:
        file = ROOT / path
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        try:
            new = rewrite(old)
        except GenerateError as error:
            sys.exit(f"{path}: {error}")
        if new != old:
            if not check:
                file.write_text(new, encoding="utf-8")
            yield path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
