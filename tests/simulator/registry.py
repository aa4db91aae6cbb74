# SPDX-License-Identifier: GPL-3.0-or-later
"""Which APIs a NAS has: the registry of MailPlus Server, the few of DSM itself, and what a description changes."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

MAILPLUS_PREFIX = "SYNO.MailPlusServer."
INFO = "SYNO.API.Info"
AUTH = "SYNO.API.Auth"
UI_CONFIG = "SYNO.API.Auth.UIConfig"
COMPOUND = "SYNO.Entry.Request"
DSM_INFO = "SYNO.DSM.Info"

ENTRY = "entry.cgi"
_DSM5_ENTRY = "_" * 55 + ENTRY
OWN = (INFO, AUTH, UI_CONFIG, COMPOUND)

# Seen on a newer NAS than the one whose methods are listed.
_PROBED = frozenset({("Audit.DovecotLog", 1), ("MailPlus", 2), ("Alias", 2), ("SMTP.General", 3)})


@dataclasses.dataclass(frozen=True)
class Api:
    path: str
    newest: int
    methods: Mapping[int, frozenset[str]]
    oldest: int = 1
    json: bool = False
    inherit: bool = False
    also_at: tuple[str, ...] = ()
    told: Mapping[str, Any] | None = None

    def methods_at(self, version: int) -> frozenset[str]:
        """Those the version lists; where nobody knows a newer version's, optionally those of the last that is known."""
        if version in self.methods:
            return self.methods[version]
        last = max(self.methods, default=0)
        return self.methods[last] if self.inherit and 0 < last < version else frozenset()

    def as_info(self) -> Mapping[str, Any]:
        """What SYNO.API.Info tells of it: as it was recorded, or else made of the others."""
        if self.told is not None:
            return self.told
        info: dict[str, Any] = {"maxVersion": self.newest, "minVersion": self.oldest, "path": self.path}
        return {**info, "requestFormat": "JSON"} if self.json else info


@functools.cache
def mailplus_registry() -> dict[str, dict[str, Any]]:
    return _read("mailplus_apis.yml")


@functools.cache
def dsm_registry() -> dict[str, dict[str, Any]]:
    """The APIs of DSM that tell something of the server below MailPlus."""
    return _read("dsm_apis.yml")


def _read(name: str) -> dict[str, dict[str, Any]]:
    registry = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return dict(registry["apis"])


@functools.cache
def apis_of(dsm: int, versions: str, unlisted_methods: str, *, package: bool) -> Mapping[str, Api]:
    """The APIs of a NAS that overrides none; a fleet shares one table."""
    apis = _dsm_apis(dsm)
    if not package:
        return apis
    path = ENTRY if dsm > 5 else _DSM5_ENTRY
    for name, facts in mailplus_registry().items():
        methods = _methods(facts)
        if versions == "listed":
            probed = {version for api, version in _PROBED if MAILPLUS_PREFIX + api == name}
            methods = {version: listed for version, listed in methods.items() if version not in probed}
        newest = facts["newest"] if versions == "newest" else max(methods, default=0)
        if newest:
            apis[name] = Api(path, newest, methods, json=True, inherit=unlisted_methods == "inherit")
    return apis


def _methods(facts: Mapping[str, Any]) -> dict[int, frozenset[str]]:
    return {int(version): frozenset(listed) for version, listed in facts["methods"].items()}


def with_overrides(apis: Mapping[str, Api], overrides: Mapping[str, Any]) -> Mapping[str, Api]:
    """`absent`, or a mapping of `minVersion` and `maxVersion`, by API."""
    if not overrides:
        return apis
    changed = dict(apis)
    for name, override in overrides.items():
        if override == "absent":
            changed.pop(name, None)
            continue
        api = changed.get(name) or Api(ENTRY, 1, {}, json=True)
        changed[name] = dataclasses.replace(
            api, told=None, newest=override.get("maxVersion", api.newest), oldest=override.get("minVersion", api.oldest)
        )
    return changed


def _dsm_apis(dsm: int) -> dict[str, Api]:
    info_path, auth_path = ("query.cgi", "auth.cgi") if dsm < 7 else (ENTRY, ENTRY)
    newest_auth = {5: 4, 6: 6, 7: 7}[dsm]
    auth_methods = {version: frozenset({"logout"} | ({"login"} if version >= 3 else set())) for version in range(1, 8)}
    apis = {
        INFO: Api(info_path, 1, {1: frozenset({"query"})}, also_at=("query.cgi",)),
        AUTH: Api(auth_path, newest_auth, auth_methods, also_at=("auth.cgi",)),
        COMPOUND: Api(
            ENTRY if dsm > 5 else _DSM5_ENTRY,
            1 if dsm == 5 else 2,
            dict.fromkeys((1, 2), frozenset({"request"})),
            json=True,
        ),
        DSM_INFO: Api(
            "dsm/info.cgi" if dsm == 5 else ENTRY,
            1 if dsm == 5 else 2,
            dict.fromkeys((1, 2), frozenset({"getinfo"})),
        ),
    }
    if dsm > 5:
        apis |= {
            name: Api(ENTRY, facts["newest"], _methods(facts), json=True) for name, facts in dsm_registry().items()
        }
    if dsm == 7:
        apis[UI_CONFIG] = Api(ENTRY, 1, {1: frozenset({"get"})}, json=True)
    return apis
