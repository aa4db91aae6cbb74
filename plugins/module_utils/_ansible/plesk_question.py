# SPDX-License-Identifier: GPL-3.0-or-later
"""What plesk_mail_info asks: the sites of one Plesk, with the accounts and the preferences of their mail."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import plesk_options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import ArgumentSpec, OptionError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import Result, failure
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.secrets import hide_secrets
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.codes import shown
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.envelope import Envelope, Site, envelopes
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.sites import Enter, read_mail
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.transport import HttpTransport

# Whether, and how, a Plesk may be asked. Raises ServerError where it may not.
Admit = Callable[[Address, Credentials], Enter]

# That all requests may take together: hundreds of sites take some seconds.
_TIME_LIMIT = 600

# Where Plesk puts what an element such as a password holds, and what else would be a password, or its hash.
_SECRET = ("value", "crypt", "hash")

_NAMES_SHOWN, _LONGEST_NAME = 10, 253


def _at_once(_address: Address, _credentials: Credentials) -> Enter:
    return lambda client: client


class PleskQuestion:
    """All sites, or those that are named.

    It fails unless all is there that was asked for by name; where nothing is named, unless something is.
    """

    @property
    def argument_spec(self) -> ArgumentSpec:
        """Every option."""
        return {**plesk_options.CONNECTION_SPEC, **plesk_options.SITES_SPEC}

    def answer(self, params: Mapping[str, Any], *, check_mode: bool = False, admit: Admit = _at_once) -> Result:  # noqa: ARG002 - it only reads
        """Ask one Plesk; the result of the task, failed or not. ``params`` are validated options."""
        try:
            address, credentials = plesk_options.login(params)
            names = plesk_options.sites(params)
            enter = admit(address, credentials)
            limited = replace(address, deadline=time.monotonic() + _TIME_LIMIT)  # to wait for a turn is free
            mail = read_mail(HttpTransport(limited), credentials, names, enter)
        except OptionError as error:
            return failure(str(error))
        except ServerError as error:
            return failure(str(error), error.details.as_dict())
        sites = {name: _without_secrets(site) for name, site in mail.sites.items()}
        warnings = [f"{address.url}: {warning}" for warning in mail.warnings]
        failed = _verdict(sites, warnings, is_named=bool(names))
        return {"changed": False, "sites": sites, "listing": mail.listing, **failed, "warnings": warnings}


def _without_secrets(site: Site) -> Site:
    """A site whose data has none. Its name is not judged: nothing below a site is a secret because of that."""
    return {
        "id": site["id"],
        "site": _hidden(site["site"]),
        "accounts": _hidden(site["accounts"]),
        "preferences": _hidden(site["preferences"]),
    }


def _hidden(envelope: Envelope) -> Envelope:
    return {**envelope, "data": hide_secrets(envelope["data"], secret=_SECRET, whole=True)}


def _verdict(sites: Mapping[str, Site], warnings: list[str], *, is_named: bool) -> Result:
    """What makes the task fail, where something does; else a warning tells what was not read."""
    found = [(name, envelope) for name, site in sites.items() for envelope in envelopes(site)]
    errors = [(name, envelope["error"]) for name, envelope in found if envelope["error"]]
    if not errors:
        return {}
    name, error = errors[0]
    mail = [envelope for site in sites.values() for envelope in (site["accounts"], site["preferences"])]
    if is_named or not any(envelope["status"] == "ok" for envelope in mail):
        return failure(f"{_printed(name)}: {error['message']} {error['hint']}", error)
    names = [*dict.fromkeys(_printed(name) for name, _error in errors)]
    told = ", ".join(names[:_NAMES_SHOWN]) + (f" and {len(names) - _NAMES_SHOWN} more" if names[_NAMES_SHOWN:] else "")
    warnings.append(f"Not all of the mail could be read of {told}; the first error: {error['message']}")
    return {}


def _printed(name: str) -> str:
    """The name of a site in a line of ours."""
    return name if name.isprintable() and len(name) <= _LONGEST_NAME else shown(name)
