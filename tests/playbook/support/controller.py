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

    def __init__(self, *playbooks: str) -> None:
        self.objects: dict[str, dict[int, Data]] = {}
        self.links: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[tuple[str, int], Data] = {}
        self.repository = list(playbooks)  # what the repository of every project holds
        self.broken = ""  # why it cannot be read
        self.slow = False  # whether a sync still runs when it is looked at first
        self.url = ""
        self._ids = itertools.count(1)

    def add(self, kind: str, fields: Data) -> Data:
        """Make an object."""
        number = next(self._ids)
        url = f"/api/v2/{kind}/{number}/"
        related = {"survey_spec": f"{url}survey_spec/"}
        made = {"id": number, "url": url, "type": kind.removesuffix("s"), "related": related, "summary_fields": {}}
        if kind == "projects":
            related["update"] = f"{url}update/"
            made |= {"scm_revision": "", "scm_type": "", "playbooks": []}
        self.objects.setdefault(kind, {})[number] = made | fields
        return self.objects[kind][number]

    def sync(self, project: Data) -> Data:
        """Read the repository anew. Only then does a project have what was pushed."""
        if not self.broken:
            project |= {"playbooks": list(self.repository), "scm_revision": f"{len(self.repository)}"}
        status = "failed" if self.broken else "successful"
        ended = {"status": status, "failed": bool(self.broken), "scm_revision": project["scm_revision"]}
        return self.add("project_updates", {**ended, "job_explanation": ""})

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
        if link in ("update", "playbooks", "events"):
            return self._of_project(self.objects[kind][number], link)
        if link:
            return self._link(kind, number, link, sent if method == "POST" else None)
        if not number and method == "GET":
            return 200, listing(self._find(kind, query))
        refused = self._refused(kind, number, sent or {})
        if refused:
            return 400, refused
        found = self.objects[kind][number] if number else self.add(kind, sent)
        found.update(sent or {})
        if kind == "projects" and not number and found["scm_type"]:
            self.sync(found)
        return 200 if number else 201, shown(self._now(kind, found))

    def _now(self, kind: str, found: Data) -> Data:
        """An object as it is at the moment."""
        if kind == "project_updates" and self.slow:
            self.slow = False
            return found | {"status": "running"}
        return found

    def _refused(self, kind: str, number: int, sent: Data) -> Data:
        """Why an object is not made or changed like that."""
        if kind == "execution_environments" and not number and self._find(kind, {"name": sent["name"]}):
            return {"name": ["Execution environment with this Name already exists."]}
        if sent.get("playbook") and sent["playbook"] not in self.objects["projects"][sent["project"]]["playbooks"]:
            return {"playbook": ["Playbook not found for project."]}
        return {}

    def _of_project(self, found: Data, link: str) -> tuple[int, Any]:
        """Sync a project, tell its playbooks, or what went wrong in a sync."""
        if link == "update":
            return (202, self.sync(found)) if found["scm_type"] else (405, {"detail": "Method not allowed."})
        if link == "playbooks":
            return 200, found["playbooks"]
        return 200, listing([{"event_data": {"res": {"msg": self.broken}}}] if found["failed"] else [])

    def _find(self, kind: str, query: Data) -> list[Data]:
        if kind == "unified_job_templates":
            every = [each for name in _UNIFIED for each in self.objects.get(name, {}).values()]
        else:
            every = list(self.objects.get(kind, {}).values())
        return [each for each in every if _fits(each, query)]

    def _survey(self, kind: str, number: int, sent: Data | None) -> Data:
        if sent is not None:
            self.surveys[kind, number] = sent
        return self.surveys.get((kind, number), {})

    def _link(self, kind: str, number: int, link: str, sent: Data | None) -> tuple[int, Any]:
        numbers = self.links.setdefault((kind, number, link), [])
        objects = self.objects.get("workflow_job_template_nodes" if link.endswith("_nodes") else link, {})
        if sent is None:
            return 200, listing([objects[each] for each in numbers])
        types = [objects[each].get("credential_type") for each in numbers] if link == "credentials" else []
        if not sent.get("disassociate") and objects[sent["id"]].get("credential_type") in types:
            return 400, {"error": "Cannot assign multiple credentials of one type."}
        (numbers.remove if sent.get("disassociate") else numbers.append)(sent["id"])
        return 204, None


def _fits(found: Data, query: Data) -> bool:
    """Whether an object is one that a query is for; what begins with ``or__`` need not all be so."""
    fits = {key: str(found.get(key.removeprefix("or__"))) == value for key, value in query.items()}
    any_of = [fit for key, fit in fits.items() if key.startswith("or__")]
    return all(fit for key, fit in fits.items() if not key.startswith("or__")) and (not any_of or any(any_of))


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
def run_controller(*playbooks: str) -> Iterator[Controller]:
    """Serve an empty controller on this machine until the block ends; projects hold ``playbooks``."""
    controller = Controller(*playbooks)
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
