# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the mail of one Plesk: which sites there are, and then the accounts and preferences of all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.keys import as_key
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk import codes, mail, packets
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.client import (
    HIDDEN,
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
_OTHER = codes.unexpected("Plesk answers about another site than was asked", _SITES, codes.OTHER_SITE)

# What a result holds that tells of nothing.
_OF_NOTHING = frozenset({"status", "filter-id"})


@dataclass
class Mail:
    """What was read, by the names of sites; whether these are all; and what the reader should be told beside it."""

    sites: dict[str, Site] = field(default_factory=dict)
    gaps: list[ServerError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_all: bool = True

    @property
    def listing(self) -> Envelope:
        """Which sites there are: the first reason why there may be others, where there is one."""
        there = [site for site in self.sites.values() if site["site"]["status"] == "ok"]
        return failed(self.gaps[0]) if self.gaps else answered(None, {"sites": len(there), "all": self.is_all})


@dataclass(frozen=True)
class _Found:
    """A site: its number, and what it is."""

    name: str
    id: int
    info: dict[str, Any]

    def is_named(self, name: str) -> bool:
        """Whether somebody who says ``name`` means it: in either form of its own, which Plesk may both take."""
        ascii_name = self.info["ascii_name"] or _in_ascii(self.name)
        return not {_folded(name), _in_ascii(name)}.isdisjoint({_folded(self.name), _folded(ascii_name)})


_Told = Sequence[_Found | ServerError]


def read_mail(transport: Transport, credentials: Credentials, names: Sequence[str], enter: Enter) -> Mail:
    """The mail of the sites of these names, of all where none is named. ``enter`` may look at the first request.

    Raises ServerError where Plesk was not reached, lets nobody in, or does not tell which sites there are. What goes
    wrong with one site is told there.
    """
    asked: list[str | None] = [*dict.fromkeys(names)] or [None]
    read = Mail(is_all=not names)
    with enter(Client(transport, credentials, [each for name in asked for each in packets.sites(name)])) as client:
        found: list[_Found] = []
        for place, name in enumerate(asked):
            told = [one for reply in client.opened[2 * place : 2 * place + 2] for one in _results(reply)]
            found += _listed(told, read) if name is None else _named(told, name, read)
        sites = [*{(site.id, site.name): site for site in found}.values()]  # which may be told twice
        counted = Counter(site.id for site in sites)
        numbers = [number for number, times in counted.items() if times == 1]
        replies = client.ask(packets.mail(numbers))
    of_number = {number: replies[2 * place : 2 * place + 2] for place, number in enumerate(numbers)}
    for site in sites:
        read.sites[_free_key(read, site)] = _site(site, of_number.get(site.id, ()))
    return read


def _results(reply: Reply) -> _Told:
    """What a reply tells of sites: nothing where it says that there is none."""
    if reply.error:
        return [reply.error]
    if not reply.results:
        return [codes.unexpected("Plesk says nothing of which sites there are", _SITES)]
    return [] if _is_none(reply) else [_found(result) for result in reply.results]


def _is_none(reply: Reply) -> bool:
    """Whether a reply says that there is nothing: one result, which holds nothing."""
    (result, *others) = reply.results
    return not others and not result.error and {each.name for each in result.element.children} <= _OF_NOTHING


def _listed(told: _Told, read: Mail) -> list[_Found]:
    """All sites. What Plesk cannot tell of costs no other. Raises ServerError where it tells of none."""
    found = [one for one in told if isinstance(one, _Found)]
    read.gaps += [one for one in told if isinstance(one, ServerError)]
    if read.gaps and not found:
        raise read.gaps[0]
    read.warnings += [f"There may be more sites, since Plesk could not tell of some: {error}" for error in read.gaps]
    if not found:
        read.warnings.append("Plesk tells of no site: it has none, or this user sees none.")
    return found


def _named(told: _Told, name: str, read: Mail) -> list[_Found]:
    """The site of a name, none where Plesk does not tell of it; more than one where Plesk has more of that name."""
    found = [one for one in told if isinstance(one, _Found) and one.is_named(name)]
    if found:
        return found
    errors = [one if isinstance(one, ServerError) else _OTHER for one in told]
    unanswered = [error for error in errors if error.details.name != codes.NO_SUCH_OBJECT]
    read.gaps += unanswered[:1]
    error = next(iter([*unanswered, *reversed(errors)]), None) or codes.no_such_site(name, _SITES)
    read.sites[as_key(name)] = _unread(error)
    return []


def _folded(name: str) -> str:
    return name.lower().rstrip(".")


def _in_ascii(name: str) -> str:
    try:
        return _folded(name).encode("idna").decode()
    except UnicodeError:
        return _folded(name)


def _found(result: Result) -> _Found | ServerError:
    """A site as Plesk tells of it, or why it is none."""
    if result.error:
        return result.error
    number, data = result.element.only("id"), result.element.only("data")
    general = data.only("gen_info") if data else None
    site = count(number) if number else None
    info = mail.site(general) if general else {}
    if not site or not _is_name(info.get("name")):
        return codes.unexpected("Plesk tells of a site without its number, or without a name that can be shown", _SITES)
    return _Found(info["name"], site, info)


def _is_name(text: str | None) -> bool:
    """Whether a text is a whole name: one that would show our credentials is not."""
    return bool(text and HIDDEN not in text)


def _site(site: _Found, replies: Sequence[Reply]) -> Site:
    """A site with what was read of it: nothing of one that could not be asked about."""
    if error := _why_unread(replies):
        accounts, preferences = failed(error), failed(error)
    else:
        accounts, preferences = _accounts(replies[0], site), _preferences(replies[1], site)
    return {"id": site.id, "site": answered(site.info, {}), "accounts": accounts, "preferences": preferences}


def _why_unread(replies: Sequence[Reply]) -> ServerError | None:
    """Why neither accounts nor preferences are those of a site: then their place does not tell either."""
    if not replies:
        return codes.unexpected("Plesk tells of several sites of the same number", _SITES)
    errors = [reply.error for reply in replies if reply.error]
    return next((error for error in errors if error.details.name == codes.OTHER_SITE), None)


def _accounts(reply: Reply, site: _Found) -> Envelope:
    """All accounts of a site, or why they are not known: some of them would look like all."""
    call = packets.accounts(site.id).call
    if reply.error or not reply.results:
        return failed(reply.error or codes.unexpected("Plesk says nothing of the accounts", call))
    accounts: list[dict[str, Any]] = []
    for result in () if _is_none(reply) else reply.results:
        if result.error:
            return failed(result.error)
        mailname = result.element.only("mailname")
        accounts += [mail.account(mailname, site.name)] if mailname else [{"name": None}]
    if not all(_is_name(account["name"]) for account in accounts):
        return failed(codes.unexpected("Plesk tells of an account without a name that can be shown", call))
    return answered(accounts, of_accounts(accounts))


def _preferences(reply: Reply, site: _Found) -> Envelope:
    call = packets.preferences(site.id).call
    try:
        result = _only(reply, call)
    except ServerError as error:
        return failed(error)
    prefs = result.element.only("prefs")
    if prefs is None:
        return failed(codes.unexpected("Plesk does not tell the preferences", call))
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
    while name in read.sites:
        name = f"{name} ({site.id})"
    return name
