# SPDX-License-Identifier: GPL-3.0-or-later
"""What one NAS answers: fixed answers from answers.yml, lists by the page, and what its description changes."""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.tests.simulator.answers import (
    ABSENT,
    Described,
    choices,
    delegation_options,
    described,
    names,
    override,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.errors import ApiError
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import (
    Account,
    NasDescription,
    Queue,
    Rows,
    rows_of,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import MAILPLUS_PREFIX
from ansible_collections.mailfleet.mailplus.tests.simulator.rows import HOSTILE_TEXTS, RowList, queue_status, row_maker
from ansible_collections.mailfleet.mailplus.tests.simulator.templates import Filler, Row, Templates

ALL_ROWS = -1
_CACHED_PAGES = 4
_CACHED_ROWS = 1000
_VERSIONS = {5: ("5967", "DSM 5.2-5967"), 6: ("25556", "DSM 6.2.4-25556"), 7: ("69057", "DSM 7.2.1-69057 Update 5")}

# The values of the parameters by which an answer differs, such as the domain.
Scope = tuple[tuple[str, str], ...]
ListKey = tuple[str, str, int, Scope]


def to_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


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
        self._fixed: dict[ListKey, bytes] = {}
        self._pages: dict[tuple[ListKey, int, int, int, int, int, frozenset[str]], bytes] = {}
        self._lists: dict[ListKey, RowList] = {}
        self._special: dict[tuple[str, str], Callable[[Account], dict[str, Any]]] = {
            (f"{MAILPLUS_PREFIX}ServerList", "list"): self._servers,
            (f"{MAILPLUS_PREFIX}Delegation", "list_enable_tab"): _enabled_tabs,
        }

    def set_answer(self, api: str, method: str, data: Any) -> None:
        """Change an answer; as in a description, mappings are merged into the default. Bytes are sent as such."""
        self._overrides.setdefault(api, {})[method] = data
        self._fixed.clear()
        self._pages.clear()

    def answer(
        self, api: str, method: str, params: Mapping[str, Any], version: int = 1, account: Account | None = None
    ) -> bytes:
        """The data as JSON; nothing where the answer has no data. Raises ApiError where a parameter is wrong."""
        read = described(api, method, version)
        scope = self._scope(read, params)
        key = (api, method, version, scope)
        if "rows" in read:
            offset, limit = number(params, "offset", 0), number(params, "limit", read.get("limit", ALL_ROWS))
            return self._page(key, offset, limit, _additional(read, params))
        if (api, method) in self._special:
            return self._json(api, method, {**self._data(key), **self._special[api, method](account or Account())})
        known = self._fixed.get(key)
        if known is None:
            known = self._fixed[key] = self._json(api, method, self._data(key))
        return known

    def rows(
        self, api: str, method: str = "list", params: Mapping[str, Any] | None = None, version: int = 1
    ) -> RowList:
        """The list that is asked for with these parameters."""
        return self._rows((api, method, version, self._scope(described(api, method, version), params or {})))

    def _rows(self, key: ListKey) -> RowList:
        if key not in self._lists:
            self._lists[key] = self._make_rows(key)
        return self._lists[key]

    def _json(self, api: str, method: str, data: Any) -> bytes:
        changes = self._overrides.get(api, {})
        data = override(data, changes[method]) if method in changes else data
        if isinstance(data, bytes):
            return data
        return b"" if data == ABSENT else to_json(data)

    def _data(self, key: ListKey) -> Any:
        data = self._templates(key).filled(self._read(key).get("data", ABSENT), self._seed(key))
        if self._description.hostile and isinstance(data, dict) and "banner" in data:
            return {**data, "banner": HOSTILE_TEXTS[8]}
        return data

    def _page(self, key: ListKey, offset: int, limit: int, hidden: frozenset[str]) -> bytes:
        rows = self._rows(key)
        cache = (key, rows.low, rows.high, rows.turned, offset, limit, hidden)
        if cache in self._pages:
            return self._pages[cache]
        used, page = rows.page(offset, limit)
        shown = [_without(row, hidden) for row in page] if hidden else page
        body = self._json(key[0], key[1], self._listed(key, used, shown, rows.counted(page)))
        if len(page) <= _CACHED_ROWS:
            while len(self._pages) >= _CACHED_PAGES:
                del self._pages[next(iter(self._pages))]
            self._pages[cache] = body
        return body

    def _listed(self, key: ListKey, offset: int, page: list[Any], counted: int | None) -> Any:
        rows_key = self._read(key)["rows"]
        if not rows_key:
            return page
        data = {**self._data(key), rows_key: page}
        if "offset" in data:
            data["offset"] = offset
        if counted is None:
            data.pop("total", None)
        elif "total" in data:
            data["total"] = counted
        return data

    def _make_rows(self, key: ListKey) -> RowList:
        read = self._read(key)
        rows = self._rows_described(key, read)
        status = {"queue_status": queue_status(rows)} if isinstance(rows, Queue) else {}
        filler = self._templates(key, status).compiled(read.get("row", {}))
        hostile = read.get("hostile", {}) if self._description.hostile else {}
        maker = row_maker(filler, self._seed(key), hostile)
        return RowList(rows, maker, self._now, self._description.page_cap, self._renamed(read))

    def _renamed(self, read: Described) -> Mapping[str, str]:
        """Other names of keys, of rows that grow: those of configuration have keys that other reads refer to."""
        return self._description.rename if isinstance(read.get("many"), str) else {}

    def _rows_described(self, key: ListKey, read: Described) -> Rows:
        many = read.get("many", {})
        if isinstance(many, str):  # a key of the NAS's description
            rows: Rows = getattr(self._description, many)
            return rows
        many = self._templates(key).filled(many)
        if "row" not in read:
            data = self._data(key)
            many["rows"] = data[read["rows"]] if read["rows"] else data
        own = self._description.lists.get(key[0], {}).get(key[1], {})
        return rows_of({**many, **own}, ".".join(key[:2]))

    def _read(self, key: ListKey) -> Described:
        """What answers.yml says, with what it says of this domain, or of another parameter's value."""
        api, method, version, scope = key
        read = described(api, method, version)
        if not self._description.package:
            read = override(read, read.get("without_package", {}))
        for name, value in scope:
            overlays = read.get("of", {}).get(name, {})
            if isinstance(overlays, list):  # in turn
                ids = list(self._valid(read["needs"][name], scope))
                overlays = {value: overlays[ids.index(value) % len(overlays)]}
            read = override(read, overlays.get(value, {}))
        return read

    def _scope(self, read: Described, params: Mapping[str, Any]) -> Scope:
        """The values of the parameters that the read needs."""
        found: Scope = ()
        needs = read.get("needs", {})
        for name, choice in {**needs, **read.get("takes", {})}.items():
            value = decoded(params.get(name))
            if value is None and name in needs:
                raise ApiError(114, {"name": name, "reason": "required"})
            given = value if isinstance(value, list) and name not in needs else [] if value is None else [value]
            if not {str(item) for item in given} <= set(self._valid(choice, found)):
                raise ApiError(120, {"name": name, "reason": "condition"})
            if name in needs:
                found = (*found, (name, str(value)))
        return found

    def _valid(self, choice: str | list[str], scope: Scope) -> dict[str, Row]:
        """The values that a parameter may have, each with the row that tells of it."""
        if isinstance(choice, list):
            return {value: {} for value in choice}
        told = choices()[choice]
        api, method = told["read"]
        needs = described(api, method, 1).get("needs", {})
        params = {name: value for name, value in scope if name in needs}
        answer = json.loads(self.answer(api, method, {**params, "limit": ALL_ROWS}) or b"null")
        rows = answer.get(told["rows"]) if isinstance(answer, dict) else None
        return {
            str(row[key]): row
            for row in (rows if isinstance(rows, list) else [])
            for key in told["keys"]
            if isinstance(row, dict) and key in row
        }

    def _templates(self, key: ListKey, of_rows: Mapping[str, Filler] | None = None) -> Templates:
        """With the names of the domain, the group or the like that was asked for."""
        if not key[3] and not of_rows:
            return self._own_templates
        names = dict(self._names)
        needs = described(*key[:3]).get("needs", {})
        for name, value in key[3]:
            told = needs[name] if isinstance(needs[name], list) else choices()[needs[name]]
            if isinstance(told, dict):
                names[told["names"]] = self._valid(needs[name], key[3])[value].get("name", value)
        return Templates(names, self._now, of_rows, start=_of_scope(key))

    def _seed(self, key: ListKey) -> int:
        return self._description.seed + zlib.crc32(self._name.encode()) + _of_scope(key)

    def _servers(self, _account: Account) -> dict[str, Any]:
        read = described(f"{MAILPLUS_PREFIX}ServerList", "list", 1)
        servers = [
            {
                **read["row"],
                "id": number,
                "hostname": hostname,
                "ip": f"192.0.2.{number}",
                "role": "primary" if number == 1 else "secondary",
            }
            for number, (_name, hostname) in enumerate(self._cluster, start=1)
        ]
        return {"server_list": servers, "balancer_enabled": len(self._cluster) > 1}

    @functools.cached_property
    def _own_templates(self) -> Templates:
        return Templates(self._names, self._now)

    @functools.cached_property
    def _names(self) -> dict[str, Any]:
        description = self._description
        build, version = _VERSIONS[description.dsm]
        domain = self._hostname.partition(".")[2] or self._hostname
        return {
            **names(),
            **description.values,
            "name": self._name,
            "hostname": self._hostname,
            "domain": domain,
            "domains": [
                {"domain_id": number, "name": each} for number, each in enumerate(description.domains or [domain], 1)
            ],
            "address": description.address,
            "model": description.model,
            "dsm_build": build,
            "dsm_version": version,
        }


def _enabled_tabs(account: Account) -> dict[str, Any]:
    """What this account may see, by the options of a delegation."""
    administrator = account.role == "administrator"
    covered = delegation_options() if account.delegation is None else account.delegation
    enabled = {
        option.lower().replace(" ", "_").replace("/", "_"): administrator
        or (account.role == "delegated" and option in covered)
        for option in sorted(delegation_options())
    }
    return {"enable_tab": {**enabled, "license": administrator}}


def _of_scope(key: ListKey) -> int:
    """A number by which the rows of one domain differ from those of another; 0 for what is of none."""
    return sum(zlib.crc32(value.encode()) for _name, value in key[3])


def _additional(read: Described, params: Mapping[str, Any]) -> frozenset[str]:
    """The keys of a row that are there when asked for, and were not."""
    asked = decoded(params.get("additional")) or []
    by_word: Mapping[str, list[str]] = read.get("additional", {})
    return frozenset(key for word, keys in by_word.items() if word not in asked for key in keys)


def _without(row: Row, hidden: frozenset[str]) -> Row:
    """Without those keys, be they in the row or in the mapping `additional` of the row."""
    shown = {key: value for key, value in row.items() if key not in hidden}
    if isinstance(row.get("additional"), dict):
        shown["additional"] = _without(row["additional"], hidden)
    return shown


def decoded(value: Any) -> Any:
    """A parameter that may have come as text of JSON."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def number(params: Mapping[str, Any], name: str, default: int) -> int:
    """A parameter the server cannot read is ignored, and the answer is a success all the same."""
    value = params.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default
