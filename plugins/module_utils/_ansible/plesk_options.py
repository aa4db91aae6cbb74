# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a task that asks Plesk, as Ansible validates them and as the lower floors want them.

Their documentation is the fragment ``mailfleet.mailplus.plesk_connection``; a test compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import (
    ArgumentSpec,
    OptionError,
    check_host,
    check_port,
    check_seconds,
    of_environment,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import Credentials

PREFIX = "PLESK_"

_option = partial(of_environment, PREFIX)
_LOGIN = ("username", "password")
# What a header carries as it is: nobody has published which bytes Plesk takes for other characters, and what it does
# not understand is a refused login.
_SENDABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")

CONNECTION_SPEC: ArgumentSpec = dict([
    ("host", {"type": "str"}),  # a fleet has many: what the environment says is for the action to judge
    _option("port", type="int", default=8443),
    _option("username"),
    _option("password", no_log=True),
    _option("secret_key", no_log=True),
    _option("validate_certs", type="bool", default=True),
    _option("ca_path", type="path"),
    _option("timeout", type="float", default=30.0),
])  # fmt: skip

SITES_SPEC: ArgumentSpec = {"sites": {"type": "list", "elements": "str", "default": []}}


def login(params: Mapping[str, Any]) -> tuple[Address, Credentials]:
    """Where to connect, and who asks. Raises OptionError."""
    return _address(params), _credentials(params)


def sites(params: Mapping[str, Any]) -> list[str]:
    """The names of the sites that are asked for. Raises OptionError."""
    names = [_plain(name).strip() for name in params["sites"]]
    for name in names:
        if not name or not name.isprintable() or re.search(r"[\s/@:]", name):
            end = "." if name else "; leave it out for all sites."
            raise OptionError(f"sites holds names of sites, such as example.com, not {name[:100]!r}{end}")
    return names


def _address(params: Mapping[str, Any]) -> Address:
    if not params["host"]:
        raise OptionError(f"host missing: {_where('host')}.")
    host = check_host(params["host"], "port is an option")
    check_port(params["port"])
    check_seconds("timeout", params["timeout"])
    # Plain values: what comes from a playbook may carry tags.
    return Address(
        host=host,
        port=int(params["port"]),
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"],
        timeout=params["timeout"],
    )


def _credentials(params: Mapping[str, Any]) -> Credentials:
    given = {name: _plain(params[name]) for name in (*_LOGIN, "secret_key") if params[name]}
    if not given:
        raise OptionError(f"secret_key missing, or username and password: {_where('secret_key', *_LOGIN)}.")
    if "secret_key" in given and len(given) > 1:
        others = " and ".join(name for name in _LOGIN if name in given)
        raise OptionError(
            f"secret_key stands alone, and {others} set beside it, here or in the environment: leave out one."
        )
    missing = [name for name in _LOGIN if name not in given]
    if "secret_key" not in given and missing:
        raise OptionError(f"{missing[0]} missing: {_where(*missing)}.")
    for name, value in given.items():
        if not _SENDABLE.fullmatch(value):
            other = "" if name == "secret_key" else "; a secret_key can take its place"
            raise OptionError(
                f"{name} holds what no header of a request can carry: characters that are not ASCII or not printable, "
                f"or blanks at an end{other}."
            )
    return Credentials(**given)


def _plain(text: str) -> str:
    """Text without the marks of Ansible's: requests takes no other text, and results would show them."""
    return str.__str__(text)


def _where(*names: str) -> str:
    of_playbook = " and ".join(f"plesk_{name}" for name in names)
    group = "set as options of the task, in module_defaults under group/mailfleet.mailplus.plesk"
    variables = " and ".join(f"{PREFIX}{name.upper()}" for name in names if name != "host")
    of_environment = f", or in the environment as {variables}" if variables else ""
    return f"{group}, for the playbook parity as {of_playbook}{of_environment}"
