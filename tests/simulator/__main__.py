# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m ansible_collections.mailfleet.mailplus.tests.simulator: serve a fleet until told to stop."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.simulator.command import parser, serve
from ansible_collections.mailfleet.mailplus.tests.simulator.description import DescriptionError
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, Request
from ansible_collections.mailfleet.mailplus.tests.simulator.running import Fleet

DEMO = Path(__file__).parent / "fleets" / "demo.yml"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        description = read_fleet(_fleet_of(options.recording) if options.recording else options.fleet)
    except DescriptionError as error:
        print(error, file=sys.stderr)
        return 2
    return serve(options, lambda directory, observer: Fleet(description, directory, observer), _as_line, "NAS")


def _parser() -> argparse.ArgumentParser:
    made = parser("simulator", "Serve a simulated fleet of NAS on loopback.")
    served = made.add_mutually_exclusive_group()
    served.add_argument("--fleet", type=Path, default=DEMO, help="description of the fleet (default: the demo fleet)")
    served.add_argument(
        "--recording", type=Path, action="append", metavar="FILE", help="serve the NAS of this recording, or of several"
    )
    return made


def _fleet_of(recordings: Sequence[Path]) -> dict[str, Any]:
    """A NAS for each, of the name that its file has."""
    names = [path.name.removesuffix(".json").removesuffix(".recording") for path in recordings]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DescriptionError(f"two recordings would be a NAS {twice}: rename one of the files")
    return {"nas": {name: {"recording": str(path)} for name, path in zip(names, recordings, strict=True)}}


def _as_line(nas: Nas, request: Request) -> dict[str, object]:
    return {
        "nas": nas.name,
        "connection": request.connection,
        "method": request.method,
        "url": request.url,
        "api": request.api,
        "api_method": request.api_method,
        "form": request.form,
        "items": [item.get("api") for item in request.items],
    }


if __name__ == "__main__":
    sys.exit(main())
