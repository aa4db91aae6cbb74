# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of a controller's API as the modules of awx.awx need: objects are kept, found by their fields, and linked."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Data = dict[str, Any]

TOKEN = "token-of-the-test"
# Kinds that unified_job_templates finds, by the type that its objects have.
_UNIFIED = {"job_templates": "job_template", "workflow_job_templates": "workflow_job_template"}
_ENCRYPTED = "$encrypted$"
_PATH = re.compile(r"/api/v2/(\w+)/(?:(\d+)/(?:(\w+)/)?)?")


class Controller:
    """What the API keeps. ``objects`` is {kind: {id: object}}, ``links`` {(kind, id, link): [ids]}."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[int, Data]] = {}
        self.links: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[tuple[str, int], Data] = {}
        self.url = ""
        self._ids = itertools.count(1)

    def add(self, kind: str, fields: Data) -> Data:
        """Make an object."""
        number = next(self._ids)
        url = f"/api/v2/{kind}/{number}/"
        related = {"survey_spec": f"{url}survey_spec/"}
        made = {"id": number, "url": url, "type": kind.removesuffix("s"), "related": related, "summary_fields": {}}
        made |= {"scm_revision": ""} if kind == "projects" else {}
        self.objects.setdefault(kind, {})[number] = made | fields
        return self.objects[kind][number]

    def named(self, kind: str, name: str) -> Data:
        """The one object of a name."""
        (found,) = (each for each in self.objects[kind].values() if name in (each.get("name"), each.get("identifier")))
        return found

    def linked(self, kind: str, name: str, link: str, other: str) -> list[str]:
        """The names of what an object is linked with."""
        numbers = self.links.get((kind, self.named(kind, name)["id"], link), [])
        return [
            self.objects[other][number].get("name") or self.objects[other][number]["identifier"] for number in numbers
        ]

    def answer(self, method: str, path: str, query: Data, sent: Any) -> tuple[int, Any]:
        """Status and body."""
        matched = _PATH.fullmatch(path)
        assert matched, f"{method} {path}: no module should ask for that"
        kind, number, link = matched[1], int(matched[2] or 0), matched[3]
        if link == "survey_spec":
            return 200, self._survey(kind, number, sent if method == "POST" else None)
        if link:
            return self._link(kind, number, link, sent if method == "POST" else None)
        if method == "POST":
            return 201, shown(self.add(kind, sent))
        if not number:
            return 200, listing(self._find(kind, query))
        found = self.objects[kind][number]
        found.update(sent or {})
        return 200, shown(found)

    def _find(self, kind: str, query: Data) -> list[Data]:
        if kind == "unified_job_templates":
            every = [each for name in _UNIFIED for each in self.objects.get(name, {}).values()]
        else:
            every = list(self.objects.get(kind, {}).values())
        return [each for each in every if all(str(each.get(key)) == value for key, value in query.items())]

    def _survey(self, kind: str, number: int, sent: Data | None) -> Data:
        if sent is not None:
            self.surveys[kind, number] = sent
        return self.surveys.get((kind, number), {})

    def _link(self, kind: str, number: int, link: str, sent: Data | None) -> tuple[int, Any]:
        numbers = self.links.setdefault((kind, number, link), [])
        if sent is None:
            return 200, listing([{"id": each} for each in numbers])
        (numbers.remove if sent.get("disassociate") else numbers.append)(sent["id"])
        return 204, None


def listing(found: list[Data]) -> Data:
    return {"count": len(found), "next": None, "results": [shown(each) for each in found]}


def shown(found: Data) -> Data:
    """An object as the API shows it: without secrets."""
    if found.get("type") != "credential":
        return found
    hidden = {
        key: _ENCRYPTED if value and key in ("password", "device_id") else value
        for key, value in found["inputs"].items()
    }
    return found | {"inputs": hidden}


class _Handler(BaseHTTPRequestHandler):
    controller: Controller

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length)) if length else None
        parts = urlsplit(self.path)
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            status, body = self.controller.answer(self.command, parts.path, dict(parse_qsl(parts.query)), sent)
        else:
            status, body = 401, {"detail": "Authentication credentials were not provided."}
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - the base class's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing: the test tells what went wrong."""


@contextlib.contextmanager
def run_controller() -> Iterator[Controller]:
    """Serve an empty controller on this machine until the block ends."""
    controller = Controller()
    handler = type("Handler", (_Handler,), {"controller": controller})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        controller.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, name="controller")
        thread.start()
        try:
            yield controller
        finally:
            server.shutdown()
            thread.join()
