# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m ansible_collections.mailfleet.mailplus.tests.plesk: serve Plesk servers until told to stop."""

from __future__ import annotations

import sys
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.plesk.description import read_servers
from ansible_collections.mailfleet.mailplus.tests.plesk.plesk import Plesk, Request
from ansible_collections.mailfleet.mailplus.tests.plesk.running import PleskServers
from ansible_collections.mailfleet.mailplus.tests.simulator.command import parser, serve
from ansible_collections.mailfleet.mailplus.tests.simulator.description import DescriptionError

DEMO = Path(__file__).parent / "servers" / "demo.yml"


def main(arguments: list[str] | None = None) -> int:
    made = parser("plesk", "Serve simulated Plesk servers on loopback.")
    made.add_argument("--servers", type=Path, default=DEMO, help="description of the servers (default: the demo's)")
    options = made.parse_args(arguments)
    try:
        described = read_servers(options.servers)
    except DescriptionError as error:
        print(error, file=sys.stderr)
        return 2
    return serve(
        options, lambda directory, observer: PleskServers(described, directory, observer), _as_line, "Plesk servers"
    )


def _as_line(plesk: Plesk, request: Request) -> dict[str, object]:
    return {
        "plesk": plesk.name,
        "connection": request.connection,
        "method": request.method,
        "path": request.path,
        "operations": [list(operation) for operation in request.operations],
    }


if __name__ == "__main__":
    sys.exit(main())
