# SPDX-License-Identifier: GPL-3.0-or-later
"""AWX's API, as far as the check asks it."""

from __future__ import annotations

import time
from typing import Any

import requests

Data = dict[str, Any]

_SECONDS = 600
_ENDED = {"successful", "failed", "error", "canceled"}


class Api:
    """A user of AWX. Paths are those below ``/api/v2/``."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (username, password)

    def send(self, method: str, path: str, **body: Any) -> Data:
        """What AWX answers; an assertion fails where it refuses."""
        answer = self.ask(method, path, **body)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        sent: Data = answer.json() if answer.content else {}
        return sent

    def ask(self, method: str, path: str, **body: Any) -> requests.Response:
        url = path if path.startswith("/") else f"/api/v2/{path}"
        return self._session.request(method, self.url + url, json=body or None, timeout=60)

    def found(self, path: str, **wanted: Any) -> list[Data]:
        """The first page of a list."""
        answer = self._session.get(f"{self.url}/api/v2/{path}", params={"page_size": 200, **wanted}, timeout=60)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:2000]}"
        rows: list[Data] = answer.json()["results"]
        return rows

    def one(self, path: str, **wanted: Any) -> Data:
        rows = self.found(path, **wanted)
        assert len(rows) == 1, f"{len(rows)} of {path} {wanted}"
        return rows[0]

    def ended(self, job: Data) -> Data:
        """A job of any type, once it has ended."""
        for _second in range(_SECONDS):
            job = self.send("GET", job["url"])
            if job["status"] in _ENDED:
                return job
            time.sleep(1)
        raise AssertionError(f"{job['url']} is {job['status']} after {_SECONDS} seconds")

    def output(self, job: Data) -> str:
        answer = self._session.get(f"{self.url}{job['url']}stdout/", params={"format": "txt"}, timeout=60)
        return answer.text
