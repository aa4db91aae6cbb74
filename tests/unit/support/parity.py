# SPDX-License-Identifier: GPL-3.0-or-later
"""What plesk_mail_info returns, and what sections of a NAS are, with few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Data = dict[str, Any]

OFF: Data = {"enabled": False}


def account(name: str, /, **changes: Any) -> Data:
    """An account of Plesk that has a mailbox of 2 MiB, half full, and nothing else."""
    mailbox = {"enabled": True, "quota": 2**21, "unlimited": False, "usage": 2**20}
    told = {"name": name, "mailbox": mailbox, "forwarding": OFF, "aliases": [], "autoresponder": OFF}
    return told | changes


def ok(data: Any) -> Data:
    return {"status": "ok", "data": data, "summary": {}, "error": None}


def refused(message: str = "That went wrong.") -> Data:
    return {"status": "failed", "data": None, "summary": None, "error": {"message": message}}


def site(*accounts: Data, name: str = "example.com", nobody: Any = None, **changes: Any) -> Data:
    told = {"action": "reject", "message": None, "address": None} if nobody is None else nobody
    return {
        "id": 1,
        "site": ok({"name": name, "ascii_name": None}),
        "accounts": ok([*accounts]),
        "preferences": ok({"nonexistent_user": told}),
        **changes,
    }


def plesk(*sites: Data, **changes: Any) -> Data:
    return {
        "listing": {"status": "ok", "summary": {"all": True}, "error": None},
        "sites": {one["site"]["data"]["name"]: one for one in sites},
    } | changes


def listed(key: str, rows: Iterable[Any], *, truncated: bool | None = False) -> Data:
    found = [*rows]
    return ok({key: found}) | {"rows_key": key, "truncated": truncated, "total": len(found), "returned": len(found)}


def rows(*names: str) -> list[Data]:
    return [{"name": name} for name in names]


def alias(name: str, *members: str) -> Data:
    return {"name": name, "member_list": [{"name": member, "type": 0} for member in members]}


def nas(domains: Mapping[str, Mapping[str, Any]]) -> Data:
    """The sections of a NAS. A domain has users, groups, aliases and further, as rows or an envelope, and catch_all."""
    sections = {"domains": listed("domains", rows(*domains))}
    lists = {
        "domain_users": ("users", "user_list"),
        "domain_groups": ("groups", "group_list"),
        "aliases": ("aliases", "alias_list"),
        "additional_domains": ("further", "list"),
    }
    for section, (what, key) in lists.items():
        sections[section] = _each({name: _envelope(one.get(what, ()), key) for name, one in domains.items()})
    catch_all = {"enable": False, "setting": ""}
    settings = {name: ok({"catch_all": one.get("catch_all", catch_all)}) for name, one in domains.items()}
    return sections | {"domain_settings": _each(settings)}


def _envelope(told: Any, key: str) -> Data:
    return told if isinstance(told, dict) else listed(key, told)


def _each(envelopes: Mapping[str, Data]) -> Data:
    each = {name: {key: item for key, item in one.items() if key != "data"} for name, one in envelopes.items()}
    worst = next((one for one in envelopes.values() if one["status"] != "ok"), None)
    found = ok({name: one["data"] for name, one in envelopes.items()}) | {"each": each}
    return found if worst is None else found | {"status": worst["status"], "error": worst["error"]}
