# SPDX-License-Identifier: GPL-3.0-or-later
"""Say how the keys of a recording compare with those that are known.

With ``--entries``, what the recording attests is printed as it goes into known_keys.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.found_keys import KeysFound
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import API_PREFIX
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.compare import Comparison, compare
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import RecordingError, load


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 where the file is no recording."""
    parser = argparse.ArgumentParser(prog="recordings", description=__doc__)
    parser.add_argument("file", type=Path, help="the recording")
    parser.add_argument("--details", action="store_true", help="name the keys that are new or missing")
    parser.add_argument("--entries", action="store_true", help="print what goes into known_keys.py")
    given = parser.parse_args(arguments)
    try:
        found = compare(load(given.file))
    except RecordingError as error:
        print(error, file=sys.stderr)
        return 1
    print(found.line())
    for line in (
        *(found.lines() if given.details else ()),
        *(entries(found, given.file.name) if given.entries else ()),
    ):
        print(line)
    return 0


def entries(comparison: Comparison, name: str) -> Iterator[str]:
    """What a recording attests, a line for each method. Keys that are no plain names are left out."""
    evidence = f"RECORDING + {json.dumps(name)}"
    for (api, method), versions in comparison.found.items():
        attested = [
            f"by({evidence}, {', '.join(json.dumps(path) for path in paths)}, at={version})"
            for version, found in versions.items()
            if (paths := _last(found))
        ]
        if attested:
            pair = f"{json.dumps(api.removeprefix(API_PREFIX))}, {json.dumps(method)}"
            yield f"    ({pair}): ({', '.join(attested)},),"


def _last(found: KeysFound) -> list[str]:
    """The keys that have none below them: those above are attested with them."""
    paths = {path for path in (*found.seen, *found.new) if '"' not in path}
    above = {path[:place].removesuffix("[]") for path in paths for place, letter in enumerate(path) if letter == "."}
    return sorted(paths - above)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
