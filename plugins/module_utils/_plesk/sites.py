# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the mail of one Plesk: which sites there are, and then the accounts and preferences of all together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.keys import as_key
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk import codes, mail, packets
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import (
    Client,
    Credentials,
    Reply,
    Result,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.envelope import (
    Envelope,
    Site,
    answered,
    failed,
    of_accounts,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.transport import Transport
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.values import count

# How a client is used: its context, or one around it.
Enter = Callable[[Client], AbstractContextManager[Client]]

_SITES = packets.sites()[-1].call


@dataclass
class Mail:
    """What was read, by the names of sites, and what the reader should be told beside it."""

    sites: dict[str, Site] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    """A site: its number, and what it is."""

    name: str
    id: int
    info: dict[str, Any]


def read_mail(transport: Transport, credentials: Credentials, names: Sequence[str], enter: Enter) -> Mail:
    """The mail of the sites of these names, of all where none is named. ``enter`` may look at the first request.

    Raises ServerError where Plesk was not reached, lets nobody in, or does not tell which sites there are. What goes
    wrong with one site is told there.
    """
    asked: list[str | None] = [*dict.fromkeys(names)] or [None]
    read = Mail()
    with enter(Client(transport, credentials, [each for name in asked for each in packets.sites(name)])) as client:
        found: dict[int, _Found] = {}
        for place, name in enumerate(asked):
            told = [_results(reply) for reply in client.opened[2 * place : 2 * place + 2]]
            for site in _listed(told, read) if name is None else _named(told, name, read):
                found[site.id] = site
        replies = client.ask([make(number) for make in (packets.accounts, packets.preferences) for number in found])
    for place, site in enumerate(found.values()):
        read.sites[_free_key(read, site)] = {
            "id": site.id,
            "site": answered(site.info, {}),
            "accounts": _accounts(replies[place], site),
            "preferences": _preferences(replies[len(found) + place], site),
        }
    return read


def _results(reply: Reply) -> list[_Found | ServerError]:
    """What a reply tells of sites: nothing of one that says that there is none."""
    if reply.error:
        return [reply.error]
    return [_found(result) for result in reply.results if result.error or result.element.named("data")]


def _listed(told: Sequence[Sequence[_Found | ServerError]], read: Mail) -> list[_Found]:
    """All sites. What Plesk cannot tell of costs no other. Raises ServerError where it tells of none."""
    found = [one for part in told for one in part if isinstance(one, _Found)]
    errors = [one for part in told for one in part if isinstance(one, ServerError)]
    if errors and not found:
        raise errors[0]
    read.warnings += [f"There may be more sites, since Plesk could not tell of some: {error}" for error in errors]
    return found


def _named(told: Sequence[Sequence[_Found | ServerError]], name: str, read: Mail) -> list[_Found]:
    """The one site of a name, none where Plesk does not tell of it."""
    found = [one for part in told for one in part if isinstance(one, _Found)]
    if found:
        return found[:1]
    errors = [one for part in told for one in part if isinstance(one, ServerError)]
    others = [error for error in errors if error.details.name != codes.NO_SUCH_OBJECT]
    error = next(iter([*others, *reversed(errors)]), None) or codes.no_such_site(name, _SITES)
    read.sites[as_key(name)] = _unread(error)
    return []


def _found(result: Result) -> _Found | ServerError:
    """A site as Plesk tells of it, or why it is none."""
    if result.error:
        return result.error
    number, data = result.element.only("id"), result.element.only("data")
    general = data.only("gen_info") if data else None
    site = count(number) if number else None
    info = mail.site(general) if general else {}
    if not site or not info.get("name"):
        return codes.unexpected("Plesk tells of a site without its number or its name", _SITES)
    return _Found(info["name"], site, info)


def _accounts(reply: Reply, site: _Found) -> Envelope:
    """All accounts of a site, or why they are not known: some of them would look like all."""
    call = packets.accounts(site.id).call
    if reply.error or not reply.results:
        return failed(reply.error or codes.unexpected("Plesk says nothing of the accounts", call))
    accounts: list[dict[str, Any]] = []
    for result in reply.results:
        if result.error:
            return failed(result.error)
        mailnames = result.element.named("mailname")
        accounts += [mail.account(mailname, site.name) for mailname in mailnames]
    if not all(account["name"] for account in accounts):
        return failed(codes.unexpected("Plesk tells of an account without its name", call))
    return answered(accounts, of_accounts(accounts))


def _preferences(reply: Reply, site: _Found) -> Envelope:
    call = packets.preferences(site.id).call
    try:
        result = _only(reply, call)
    except ServerError as error:
        return failed(error)
    prefs, number = result.element.only("prefs"), result.element.only("site-id")
    if prefs is None or (number is not None and count(number) != site.id):
        return failed(codes.unexpected("Plesk does not tell the preferences of the site that was asked", call))
    return answered(mail.preferences(prefs), {})


def _only(reply: Reply, call: packets.Call) -> Result:
    """The one result of an operation. Raises ServerError."""
    if reply.error:
        raise reply.error
    if len(reply.results) != 1:
        raise codes.unexpected(f"Plesk answers with {len(reply.results)} results instead of one", call)
    (result,) = reply.results
    if result.error:
        raise result.error
    return result


def _unread(error: ServerError) -> Site:
    """A site of which nothing is known."""
    return {"id": None, "site": failed(error), "accounts": failed(error), "preferences": failed(error)}


def _free_key(read: Mail, site: _Found) -> str:
    """The name of a site; with its number, where another one has the same."""
    name = as_key(site.name)
    return f"{name} ({site.id})" if name in read.sites else name
