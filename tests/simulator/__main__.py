# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m ansible_collections.mailfleet.mailplus.tests.simulator: serve a fleet until told to stop."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.simulator.command import parser, serve
from ansible_collections.mailfleet.mailplus.tests.simulator.description import DescriptionError
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import read_fleet
from ansible_collections.mailfleet.mailplus.tests.simulator.nas import Nas, Request
from ansible_collections.mailfleet.mailplus.tests.simulator.running import Fleet

DEMO = Path(__file__).parent / "fleets" / "demo.yml"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        description = read_fleet(options.fleet)
    except DescriptionError as error:
        print(error, file=sys.stderr)
        return 2
    return serve(options, lambda directory, observer: Fleet(description, directory, observer), _as_line, "NAS")


def _parser() -> argparse.ArgumentParser:
    made = parser("simulator", "Serve a simulated fleet of NAS on loopback.")
    made.add_argument("--fleet", type=Path, default=DEMO, help="description of the fleet (default: the demo fleet)")
    return made


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
