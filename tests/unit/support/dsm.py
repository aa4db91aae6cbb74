# SPDX-License-Identifier: GPL-3.0-or-later
"""A bare client: what it is told to send, and nothing of its own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import requests
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet

PREFIX = "SYNO.MailPlusServer."
TEN_READS = (
    ("MailPlus", "get"),
    ("ServerList", "list"),
    ("SMTP.General", "get"),
    ("SMTP.Security", "get"),
    ("IMAP_POP3", "get"),
    ("Security", "get"),
    ("Report", "get"),
    ("Audit.AdminLog", "list"),
    ("Audit.TransactionLog", "list"),
    ("Queue", "list"),
)
QUEUE = PREFIX + "Queue"


class Dsm:
    def __init__(self, nas: Nas, ca_path: Path) -> None:
        self.nas = nas
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = str(ca_path)
        self.sid: str | None = None
        self.token: str | None = None

    def request(self, method: str = "POST", path: str = "/webapi/entry.cgi", **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 5)
        return self.http.request(method, self.nas.url + path, allow_redirects=False, **kwargs)

    def call(self, api: str, method: str, version: int = 1, cgi: str = "entry.cgi", **params: object) -> dict[str, Any]:
        form: dict[str, Any] = {"api": api, "method": method, "version": version, **params}
        if self.sid is not None:
            form.setdefault("_sid", self.sid)
        headers = {"X-SYNO-TOKEN": self.token} if self.token else {}
        answer = self.request(path=f"/webapi/{cgi}", data=form, headers=headers)
        assert answer.status_code == 200
        document: dict[str, Any] = answer.json()
        return document

    def code(self, api: str, method: str, version: int = 1, **params: Any) -> int | None:
        """The error's code, None for a success."""
        error = self.call(api, method, version, **params).get("error")
        return None if error is None else int(error["code"])

    def data(self, api: str, method: str, version: int = 1, **params: Any) -> Any:
        answer = self.call(api, method, version, **params)
        assert answer["success"] is True, answer
        return answer["data"]

    def try_login(self, version: int = 6, **params: Any) -> dict[str, Any]:
        form = {"account": self.nas.username, "passwd": self.nas.password, "format": "sid", **params}
        cgi = "auth.cgi" if self.nas.description.dsm < 7 else "entry.cgi"
        return self.call("SYNO.API.Auth", "login", version, cgi=cgi, **form)

    def login(self, version: int = 6, **params: Any) -> dict[str, Any]:
        answer = self.try_login(version, **params)
        assert answer["success"] is True, answer
        data: dict[str, Any] = answer["data"]
        self.sid, self.token = data["sid"], data["synotoken"]
        return data

    def login_code(self, version: int = 6, **params: Any) -> int | None:
        error = self.try_login(version, **params).get("error")
        return None if error is None else int(error["code"])

    def compound(self, items: object, **params: Any) -> dict[str, Any]:
        return self.call("SYNO.Entry.Request", "request", compound=json.dumps(items), **params)


def item(name: str, method: str, version: int = 1, **params: Any) -> dict[str, Any]:
    return {"api": PREFIX + name, "method": method, "version": version, **params}


@contextlib.contextmanager
def serving(nas: Mapping[str, Any] | None = None, **fleet: Any) -> Iterator[Dsm]:
    """A client of a fleet of one, over plain HTTP unless asked otherwise."""
    description = {"nas": {"one": {"https": False, **(nas or {})}}, **fleet}
    with run_fleet(description) as running, client(running, "one") as dsm:
        yield dsm


@contextlib.contextmanager
def client(fleet: Fleet, name: str) -> Iterator[Dsm]:
    dsm = Dsm(fleet[name], fleet.ca_path)
    try:
        yield dsm
    finally:
        dsm.http.close()
