# SPDX-License-Identifier: GPL-3.0-or-later
"""What MailPlus Server answers: fixed answers from answers.yml, lists by the page, and what a description changes."""

from __future__ import annotations

import functools
import json
import string
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import NasDescription
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import MAILPLUS_PREFIX
from ansible_collections.mailfleet.mailplus.tests.simulator.rows import (
    HOSTILE_TEXTS,
    RowList,
    admin_maker,
    queue_maker,
    transaction_maker,
)

ABSENT = "__absent__"
DEFAULT_LIMIT = 50

SERVER_LIST = f"{MAILPLUS_PREFIX}ServerList"
ADMIN_LOG = f"{MAILPLUS_PREFIX}Audit.AdminLog"
TRANSACTION_LOG = f"{MAILPLUS_PREFIX}Audit.TransactionLog"
QUEUE = f"{MAILPLUS_PREFIX}Queue"
_ROWS_KEY = {ADMIN_LOG: "log_list", TRANSACTION_LOG: "items", QUEUE: "items"}
_CACHED_PAGES = 4
_CACHED_ROWS = 1000


@functools.cache
def default_answers() -> dict[str, dict[str, dict[str, Any]]]:
    """API -> method -> what answers.yml has of it."""
    answers = yaml.safe_load((Path(__file__).parent / "answers.yml").read_text(encoding="utf-8"))
    return dict(answers["answers"])


def to_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def override(base: Any, over: Any) -> Any:
    """Mappings are merged, the marker `__absent__` takes a key away, everything else is replaced."""
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    merged = {**base, **{key: override(base.get(key, {}), value) for key, value in over.items()}}
    return {key: value for key, value in merged.items() if value != ABSENT}


class MailPlus:
    """The answers of one NAS. Nothing is made before it is asked for; what is fixed is then kept as JSON."""

    def __init__(
        self, name: str, hostname: str, description: NasDescription, now: float, cluster: list[tuple[str, str]]
    ) -> None:
        self._name = name
        self._hostname = hostname
        self._description = description
        self._now = now
        self._cluster = cluster
        self._overrides: dict[str, dict[str, Any]] = {api: dict(data) for api, data in description.data.items()}
        self._fixed: dict[tuple[str, str], bytes] = {}
        self._pages: dict[tuple[str, int, int, int, int, int], bytes] = {}
        self.lists: dict[str, RowList] = {}

    def set_answer(self, api: str, method: str, data: Any) -> None:
        """Change an answer at run time; as in a description, mappings are merged into the default."""
        self._overrides.setdefault(api, {})[method] = data
        self._fixed.clear()
        self._pages.clear()

    def answer(self, api: str, method: str, params: Mapping[str, Any]) -> bytes:
        if api in _ROWS_KEY and method == "list":
            return self._page(api, _number(params, "offset", 0), _number(params, "limit", DEFAULT_LIMIT))
        known = self._fixed.get((api, method))
        if known is None:
            known = self._fixed[api, method] = to_json(self._changed(api, method, self._default(api, method)))
        return known

    def rows(self, api: str) -> RowList:
        if api not in self.lists:
            self.lists[api] = self._make_rows(api)
        return self.lists[api]

    def _page(self, api: str, offset: int, limit: int) -> bytes:
        rows = self.rows(api)
        key = (api, rows.low, rows.high, rows.turned, offset, limit)
        if key in self._pages:
            return self._pages[key]
        data = self._default(api, "list")
        used, page = rows.page(offset, limit)
        counted = rows.counted(page)
        data.update({_ROWS_KEY[api]: page, "total": counted})
        if counted is None:
            del data["total"]
        if "offset" in data:
            data["offset"] = used
        body = to_json(self._changed(api, "list", data))
        if len(page) <= _CACHED_ROWS:
            while len(self._pages) >= _CACHED_PAGES:
                del self._pages[next(iter(self._pages))]
            self._pages[key] = body
        return body

    def _default(self, api: str, method: str) -> dict[str, Any]:
        described = default_answers().get(api, {}).get(method)
        if described is None:
            return {"items": [], "offset": 0, "total": 0} if method.startswith("list") else {}
        data: dict[str, Any] = _fill_in(described["data"], self._names)
        if api == SERVER_LIST:
            data.update(server_list=self._servers(), balancer_enabled=len(self._cluster) > 1)
        if self._description.hostile and "banner" in data:
            data["banner"] = HOSTILE_TEXTS[8]
        return data

    def _changed(self, api: str, method: str, data: Any) -> Any:
        changes = self._overrides.get(api, {})
        return override(data, changes[method]) if method in changes else data

    def _servers(self) -> list[dict[str, Any]]:
        example = default_answers()[SERVER_LIST]["list"]["row"]
        return [
            {
                **example,
                "id": number,
                "hostname": hostname,
                "ip": f"192.0.2.{number}",
                "role": "primary" if number == 1 else "secondary",
            }
            for number, (_name, hostname) in enumerate(self._cluster, start=1)
        ]

    def _make_rows(self, api: str) -> RowList:
        description, hostile = self._description, self._description.hostile
        seed = description.seed + zlib.crc32(self._name.encode())
        domain = self._names["domain"]
        if api == QUEUE:
            queue = description.queue
            return RowList(queue, queue_maker(queue, seed, domain, hostile=hostile), self._now, description.page_cap)
        if api == ADMIN_LOG:
            maker, log = admin_maker(seed, self._name, hostile=hostile), description.admin_log
        else:
            maker, log = transaction_maker(seed, domain, hostile=hostile), description.transaction_log
        return RowList(log, maker, self._now, description.page_cap)

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        return {
            "name": self._name,
            "hostname": self._hostname,
            "domain": self._hostname.partition(".")[2] or self._hostname,
            "address": self._description.address,
        }


def _fill_in(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return string.Template(value).safe_substitute(names) if "$" in value else value
    if isinstance(value, dict):
        return {key: _fill_in(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill_in(item, names) for item in value]
    return value


def _number(params: Mapping[str, Any], name: str, default: int) -> int:
    """A parameter the server cannot read is ignored, and the answer is a success all the same."""
    value = params.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default
