# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of tables, made of what servers sent: what DSM's keys mean, and those of MailPlus Server as far as they tell.

A cell is None where the answer does not have it, or has something else there: unknown, never zero or empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import rows_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Envelopes, Find, Row
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import entry_name, only_list
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import CANDIDATES
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.moments import Moment, read_moment

# Of which packages the version is told: MailPlus Server, and the client that people read their mail with.
_PACKAGES = ("MailPlus-Server", "MailClient")

_NOT_ASKED, _READ = "not asked", "read"
_LONGEST_TEXT = 1000
_LARGEST = 2**53
_DAY = 86400
_WHOLE = 100


def entries_of(section: str, ids: Sequence[str], columns: Mapping[str, str]) -> Find:
    """A row for each entry of a section, and in each column what a section that is read for each entry comes to.

    That is its total where it is a list, ``read`` where it is not, and its status where it was not read.
    """

    def find(sections: Envelopes, _at: datetime | None) -> list[Row] | None:
        entries = sections.get(section)
        names = dict.fromkeys(_names(entries, ids))
        for other in columns.values():
            names |= dict.fromkeys(_mapping(sections.get(other, {}).get("each")))
        if not names and (_value(entries, "returned") != 0 or _rows(entries) is None):
            return None
        return [
            {"name": _cell(name), **{column: _of_entry(sections.get(other), name) for column, other in columns.items()}}
            for name in names
        ]

    return find


def licenses(sections: Envelopes, at: datetime | None) -> list[Row] | None:
    """The licences, as far as their keys tell."""
    rows = _rows(sections.get("licenses"))
    return rows and [
        {
            "accounts": _number(CANDIDATES.find(row, "license_accounts")),
            "state": _cell(CANDIDATES.find(row, "license_state")),
            **_end(CANDIDATES.find(row, "license_end"), at),
        }
        for row in rows
    ]


def certificates(sections: Envelopes, at: datetime | None) -> list[Row] | None:
    """The certificates, and what uses them."""
    rows = _rows(sections.get("certificates"))
    return rows and [
        {
            "name": _cell(_value(row, "subject", "common_name") or _value(row, "desc")),
            "issuer": _cell(_value(row, "issuer", "organization") or _value(row, "issuer", "common_name")),
            "default": _cell(_value(row, "is_default")),
            "services": _cell(_services(_value(row, "services"))),
            **_end(_value(row, "valid_till") or _value(row, "valid_to"), at),
        }
        for row in rows
    ]


def packages(sections: Envelopes, _at: datetime | None) -> list[Row] | None:
    """MailPlus Server and its client, where they are installed: as DSM has them, or else as MailPlus Server does."""
    rows = next(
        (rows for name in ("dsm_packages", "packages") if (rows := _rows(sections.get(name))) is not None), None
    )
    if rows is None or any(_value(row, "id") is None for row in rows):
        return None
    return [
        {
            "name": _cell(_value(row, "id")),
            "version": _cell(_value(row, "version")),
            "status": _cell(_value(row, "additional", "status") or _value(row, "status")),
        }
        for row in rows
        if _value(row, "id") in _PACKAGES
    ]


def volumes(sections: Envelopes, _at: datetime | None) -> list[Row] | None:
    """The volumes, and how full they are."""
    rows = _value(sections.get("storage"), "data", "volumes")
    if not isinstance(rows, list):
        return None
    return [
        {
            "name": _cell(_value(row, "id")),
            "status": _cell(_value(row, "status")),
            "size_bytes": _number(_value(row, "size", "total")),
            "free_percent": _free(_number(_value(row, "size", "total")), _number(_value(row, "size", "used"))),
        }
        for row in rows
    ]


def backups(sections: Envelopes, at: datetime | None) -> list[Row] | None:
    """The tasks of Hyper Backup. An age that rests on a time without a zone is the highest it can be."""
    rows = _rows(sections.get("backup_tasks"))
    return rows and [
        {
            "name": _cell(_value(row, "name")),
            "last": _cell(_value(row, "last_bkp_time")),
            "result": _cell(_value(row, "last_bkp_result")),
            "age_seconds": _age(read_moment(_value(row, "last_bkp_time")), at),
        }
        for row in rows
    ]


def systems(sections: Envelopes, _at: datetime | None) -> list[Row] | None:
    """The DSM of the host: version, clock and directory."""
    dsm = sections.get("dsm")
    if _value(dsm, "status") != "ok":
        return None
    clock, directory = sections.get("time"), sections.get("dsm_ldap")
    return [
        {
            "version": _cell(_value(dsm, "data", "version_string")),
            "model": _cell(_value(dsm, "data", "model")),
            "uptime_seconds": _number(_value(dsm, "data", "uptime")),
            "zone": _told(clock, "timezone"),
            "clock": _told(clock, "enable_ntp"),
            "time_server": _told(clock, "server"),
            "ldap": _told(directory, "enable_client"),
            "ldap_encryption": _told(directory, "encryption"),
        }
    ]


def _names(envelope: Mapping[str, Any] | None, ids: Sequence[str]) -> Iterator[str]:
    for place, row in enumerate(_rows(envelope) or (), 1):
        if isinstance(row, dict):
            yield entry_name(row, ids) or f"{place}"


def _of_entry(envelope: Mapping[str, Any] | None, name: str) -> Any:
    if envelope is None:
        return _NOT_ASKED
    one = _mapping(envelope.get("each")).get(name, {} if envelope.get("status") == "ok" else envelope)
    if one.get("status") != "ok":
        return _cell(one.get("status"))
    return _number(one["total"]) if "total" in one else _READ


def _rows(envelope: Mapping[str, Any] | None) -> list[Any] | None:
    """The rows in an answer: those of a list that says where they are, the answer itself, or the only list in it.

    None where they are not there, which is so too where there are some and none was kept.
    """
    if envelope is None:
        return None
    rows = rows_of({**envelope, "rows_key": envelope.get("rows_key") or only_list(_mapping(envelope.get("data")))})
    return None if not rows and envelope.get("total") else rows


def _told(envelope: Mapping[str, Any] | None, key: str) -> Any:
    """What an answer has under a key, or why it is not there."""
    if envelope is None:
        return _NOT_ASKED
    return _cell(_value(envelope, "data", key) if envelope.get("status") == "ok" else envelope.get("status"))


def _services(services: Any) -> str | None:
    """The names of what uses a certificate."""
    if not isinstance(services, list):
        return None
    names = (_value(service, "display_name") or _value(service, "service") for service in services)
    return ", ".join(name if isinstance(name, str) else "unknown" for name in names) or "none"


def _end(value: Any, at: datetime | None) -> Row:
    """When something ends, as it is written, and how many whole days are left until then, at least."""
    moment = read_moment(value)
    if moment is None:
        return {"ends": None, "left_days": None}
    left = None if at is None else int((moment.earliest - at).total_seconds() // _DAY)
    return {"ends": f"{moment.written:%Y-%m-%d}", "left_days": left}


def _age(moment: Moment | None, at: datetime | None) -> int | None:
    if moment is None or at is None or moment.earliest > at:
        return None
    return int((at - moment.earliest).total_seconds())


def _free(size: int | None, used: int | None) -> int | None:
    return _WHOLE * (size - used) // size if size and used is not None and used <= size else None


def _number(value: Any) -> int | None:
    """A count. DSM writes large ones as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < len(f"{_LARGEST}"):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST else None


def _cell(value: Any) -> Any:
    """A value that stands in a cell as it is: a text that is not endless, a count, true or false."""
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    return value if isinstance(value, bool) else _number(value)


def _value(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
