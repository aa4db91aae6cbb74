# SPDX-License-Identifier: GPL-3.0-or-later
"""The same reads by a public Python client, py-synologydsm-api, one NAS after the other, a request a read."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from ansible_collections.mailfleet.mailplus.tests.bench.reads import READS
from synology_dsm import SynologyDSM


async def _read(http: aiohttp.ClientSession, task: Mapping[str, Any], url: str) -> None:
    base = urlsplit(url)
    https = base.scheme == "https"
    dsm = SynologyDSM(http, base.hostname, base.port, task["username"], task["password"], use_https=https)
    await dsm.login()
    for read in READS:
        params = {key: read[key] for key in ("offset", "limit") if key in read}
        answer = await dsm.get(read["api"], read["method"], params)
        if answer["success"] is not True:
            sys.exit(f"{url}: {answer}")
    await dsm.logout()


async def _read_all(task: Mapping[str, Any]) -> None:
    context = ssl.create_default_context(cafile=task["ca_path"])
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as http:
        for url in task["urls"]:
            await _read(http, task, url)


def main() -> None:
    """Read the NAS that the file of the first argument names."""
    asyncio.run(_read_all(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
