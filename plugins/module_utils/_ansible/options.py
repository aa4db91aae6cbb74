# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a task, as Ansible validates them and as the lower floors want them.

Their documentation is the fragment ``mailfleet.mailplus.connection``; a test compares the two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.errors import ArgumentTypeError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.addresses import (
    AddressError,
    read_address,
    read_domain,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import Window
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFile
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfilter import FAIL, UNJUDGED, RowFilter
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import (
    NamedKeys,
    RowKeysError,
    named_keys,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import (
    TimeError,
    check_order,
    check_past,
    read_when,
    read_zone,
)

ArgumentSpec = dict[str, dict[str, Any]]

_Read = TypeVar("_Read")

DEFAULT_LIMIT = 50

_HTTPS_PORT, _HTTP_PORT = 5001, 5000
_HOST = re.compile(r"[^\s/@\\?#\[\]\x00-\x20\x7f]+")
_HIGHEST_PORT = 65535
_LONGEST_TIMEOUT = 86400
_MIB = 1 << 20
_LARGEST_ANSWER = 4096
_ALL_ROWS = -1
_TEXT_TYPES = ("str", "path")

# Options of rows that do not tell which rows a file holds: what times mean is known when reading begins.
_NOT_OF_PURPOSE = ("dest", "since", "until", "time_zone")


class OptionError(ValueError):
    """An option that is missing or cannot be."""


class Validator(ArgumentSpecValidator):  # type: ignore[misc]  # ansible-core has no types
    """Ansible's own, which would write a mapping or a list where text should be, and send that to a server."""

    def validate(self, parameters: Mapping[str, Any], *args: Any, **kwargs: Any) -> ValidationResult:
        """As Ansible's, but for what is no text."""
        complaint = not_text(self.argument_spec, parameters)
        if complaint is None:
            return super().validate(parameters, *args, **kwargs)
        result = ValidationResult(parameters)
        result.errors.append(ArgumentTypeError(complaint))
        return result


def not_text(argument_spec: ArgumentSpec, given: Mapping[str, Any]) -> str | None:
    """Why an option is not the text that it should be; None where all are."""
    complaints = (_not_text(name, spec, given.get(name)) for name, spec in argument_spec.items())
    return next(filter(None, complaints), None)


def _not_text(name: str, spec: Mapping[str, Any], value: Any) -> str | None:
    if spec.get("type", "str") in _TEXT_TYPES and isinstance(value, (Mapping, list, tuple)):
        return f"{name} is text, not {_kind(value)}."
    elements = value if spec.get("elements") in _TEXT_TYPES and isinstance(value, (list, tuple)) else ()
    wrong = [_kind(each) for each in elements if each is None or isinstance(each, (Mapping, list, tuple))]
    return f"{name} is a list of text, and holds {wrong[0]}." if wrong else None


def _kind(value: Any) -> str:
    return "null" if value is None else "a mapping" if isinstance(value, Mapping) else "a list"


def of_environment(prefix: str, name: str, **spec: Any) -> tuple[str, dict[str, Any]]:
    """An option that the environment can set too."""
    return name, {"type": "str", **spec, "fallback": (env_fallback, [f"{prefix}{name.upper()}"])}


_option = partial(of_environment, "MAILPLUS_")


CONNECTION_SPEC: ArgumentSpec = dict([
    ("host", {"type": "str"}),  # a fleet has many: what the environment says is for the action to judge
    _option("port", type="int"),
    _option("https", type="bool", default=True),
    _option("username"),
    _option("password", no_log=True),
    _option("validate_certs", type="bool", default=True),
    _option("ca_path", type="path"),
    _option("timeout", type="float", default=30.0),
    _option("time_limit", type="float", default=600.0),
    _option("max_answer_size", type="int", default=64),
    _option("otp_code", no_log=True),
    _option("device_id", no_log=True),
    _option("device_name"),
    _option("session_name", default="MailPlusServer"),
])  # fmt: skip

ANSWER_SPEC: ArgumentSpec = {"reveal_secrets": {"type": "bool", "default": False}}

LIST_SPEC: ArgumentSpec = {
    "offset": {"type": "int", "default": 0},
    "limit": {"type": "int", "default": DEFAULT_LIMIT},
    "row_keys": {"type": "dict", "no_log": False, "default": {}},
    "time_zone": {"type": "str"},
}

DOMAINS_SPEC: ArgumentSpec = {"domains": {"type": "list", "elements": "str", "default": []}}

FILTER_SPEC: ArgumentSpec = {
    "since": {"type": "str"},
    "until": {"type": "str"},
    "statuses": {"type": "list", "elements": "str", "default": []},
    "sender": {"type": "str"},
    "recipient": {"type": "str"},
    "domain": {"type": "str"},
    "reason": {"type": "str"},
    "text": {"type": "str"},
    "unjudged": {"type": "str", "choices": list(UNJUDGED), "default": FAIL},
    "limit_counts": {"type": "str", "choices": ["matching", "read"], "default": "matching"},
    "dest": {"type": "path"},
}


def address(params: Mapping[str, Any]) -> Address:
    """Where to connect. Raises OptionError."""
    _require(params, "host", "username", "password")
    host = check_host(params["host"], "port and https are options")
    check_bounds(params)
    port = params["port"]
    if port is None:
        port = _HTTPS_PORT if params["https"] else _HTTP_PORT
    # Plain values: what comes from a playbook may carry tags, and both end up in results.
    return Address(
        host=host,
        port=int(port),
        https=params["https"],
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"],
        timeout=params["timeout"],
        largest_answer=params["max_answer_size"] * _MIB,
    )


def check_host(given: str, options: str) -> str:
    """The name or address of a host. Raises OptionError, which says what else ``options`` are."""
    host = re.sub(r"^\[(.*)\]$", r"\1", given)
    if not _HOST.fullmatch(host) or not host.isprintable() or host.count(":") == 1:
        shown = "" if "@" in host else f", not {given!r}"  # before an @ may be a password
        raise OptionError(f"host is a name or an address alone{shown}; {options}.")
    return f"{host}"


def check_bounds(params: Mapping[str, Any]) -> None:
    """Raises OptionError for a number that cannot be."""
    check_port(params["port"])
    for name in ("timeout", "time_limit"):
        check_seconds(name, params[name])
    if not 0 < params["max_answer_size"] <= _LARGEST_ANSWER:
        raise OptionError(f"max_answer_size is between 1 and {_LARGEST_ANSWER} MiB, not {params['max_answer_size']}.")


def check_port(port: int | None) -> None:
    """Raises OptionError for a port that cannot be."""
    if port is not None and not 0 < port <= _HIGHEST_PORT:
        raise OptionError(f"port is between 1 and {_HIGHEST_PORT}, not {port}.")


def check_seconds(name: str, seconds: float) -> None:
    """Raises OptionError for a time that cannot be."""
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise OptionError(f"{name} is more than 0 seconds and at most {_LONGEST_TIMEOUT}, not {seconds:g}.")


def credentials(params: Mapping[str, Any]) -> Credentials:
    """Who logs in."""
    return Credentials(
        username=params["username"],
        password=params["password"],
        session_name=params["session_name"],
        otp_code=params["otp_code"],
        device_id=params["device_id"],
        device_name=params["device_name"],
    )


def login(params: Mapping[str, Any]) -> tuple[Address, Credentials]:
    """Where to connect, and who logs in. Raises OptionError."""
    return address(params), credentials(params)


def window(params: Mapping[str, Any], *, keep: bool = True) -> Window:
    """Which rows of lists to read. Raises OptionError."""
    offset, limit = params.get("offset", 0), params.get("limit", DEFAULT_LIMIT)
    if offset < 0:
        raise OptionError(f"offset is 0 or more, not {offset}.")
    if limit < _ALL_ROWS:
        raise OptionError(f"limit is 0 or more, or -1 for all rows, not {limit}.")
    zone = _read("time_zone", read_zone, params)
    since, until = _read("since", read_when, params), _read("until", read_when, params)
    try:
        now = datetime.now(timezone.utc)
        check_order(since, until, now, zone)
        check_past(since, now, zone)
    except TimeError as error:
        raise OptionError(str(error)) from None
    return Window(
        offset,
        None if limit == _ALL_ROWS else limit,
        RowFilter(
            statuses=params.get("statuses", []),
            unjudged=params.get("unjudged", FAIL),
            zone=zone,
            sender=_read("sender", read_address, params),
            recipient=_read("recipient", read_address, params),
            domain=_read("domain", read_domain, params),
            reason=params.get("reason"),
            text=params.get("text"),
        ),
        keep,
        limits_read=params.get("limit_counts") == "read",
        since=since,
        until=until,
    )


def row_file(params: Mapping[str, Any], sections: Sequence[str], *, is_alone: bool) -> RowFile | None:
    """The file that rows are to be written to, None where they are to be returned. Raises OptionError."""
    if not params.get("dest"):
        return None
    if len(sections) != 1 or not is_alone:
        one = f"; set sections to one of {', '.join(sections)}" if sections else ", which is a log"
        raise OptionError(f"dest takes the rows of one section{one}.")
    path = Path(params["dest"])
    if os.path.isdir(path) or not os.path.isdir(path.parent):  # noqa: PTH112 - Path.is_dir raises for a long name
        raise OptionError(f"dest is a file in a directory that exists, not {path}.")
    asked = ("host", "port", *(name for name in (*LIST_SPEC, *FILTER_SPEC) if name not in _NOT_OF_PURPOSE))
    return RowFile(path, {"section": sections[0], **{name: params[name] for name in (*asked, "reveal_secrets")}})


def row_keys(params: Mapping[str, Any]) -> NamedKeys:
    """The keys of rows that the user named. Raises OptionError."""
    try:
        return named_keys(params.get("row_keys") or {})
    except RowKeysError as error:
        raise OptionError(str(error)) from None


def _read(name: str, reader: Callable[[str], _Read], params: Mapping[str, Any]) -> _Read | None:
    """The value of an option as ``reader`` takes it. Raises OptionError."""
    try:
        return reader(params[name]) if params.get(name) else None
    except (AddressError, TimeError) as error:
        raise OptionError(f"{name} is {error}.") from None


def _require(params: Mapping[str, Any], *names: str) -> None:
    missing = [name for name in names if not params[name]]
    if missing:
        of_role = " and ".join(f"mailplus_state_{name}" for name in missing)
        variables = [f"MAILPLUS_{name.upper()}" for name in missing if "fallback" in CONNECTION_SPEC[name]]
        of_environment = f", or in the environment as {' and '.join(variables)}" if variables else ""
        raise OptionError(
            f"{' and '.join(missing)} missing: set as options of the task, in module_defaults under "
            f"group/mailfleet.mailplus.mailplus, for the role as {of_role}, in an inventory source under "
            f"connection{of_environment}."
        )
