# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: the same three requests a host, and nothing else, by a minimal asyncio program."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from ansible_collections.mailfleet.mailplus.tests.bench.reads import READS, compound_form, login_form, logout_form

_COMPOUND = compound_form(json.dumps(READS, separators=(",", ":")))


async def _ask(http: aiohttp.ClientSession, url: str, form: Mapping[str, str], token: str = "") -> dict[str, Any]:
    async with http.post(url, data=form, headers={"X-SYNO-TOKEN": token} if token else {}) as response:
        answer: dict[str, Any] = json.loads(await response.read())
    if answer["success"] is not True:
        raise RuntimeError(f"{url}: {answer}")
    return answer


async def _read(http: aiohttp.ClientSession, task: Mapping[str, Any], base: str, turn: asyncio.Semaphore) -> int:
    url = f"{base}/webapi/entry.cgi"
    async with turn:
        opened = (await _ask(http, url, login_form(task["username"], task["password"])))["data"]
        sid, token = {"_sid": opened["sid"]}, opened["synotoken"]
        answer = await _ask(http, url, _COMPOUND | sid, token)
        await _ask(http, url, logout_form() | sid, token)
    return len(answer["data"]["result"])


async def _read_all(task: Mapping[str, Any]) -> int:
    context = ssl.create_default_context(cafile=task["ca_path"])
    turn = asyncio.Semaphore(task["at_once"])
    connector = aiohttp.TCPConnector(ssl=context, limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        return sum(await asyncio.gather(*(_read(http, task, base, turn) for base in task["urls"])))


def main() -> None:
    """Read the NAS that the file of the first argument names."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    read = asyncio.run(_read_all(task))
    if read != len(READS) * len(task["urls"]):
        sys.exit(f"{read} sections were read")


if __name__ == "__main__":
    main()
