# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of Plesk servers: YAML or a dict in, checked dataclasses out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.mailfleet.mailplus.tests.plesk.faults import Faults
from ansible_collections.mailfleet.mailplus.tests.simulator.description import (
    Choices,
    DescriptionError,
    build,
    counted,
    mapping,
    merge,
    read,
    refuse_unknown,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import FaultError
from ansible_collections.mailfleet.mailplus.tests.simulator.fleet import CERTIFICATES

PROTOCOLS = ("1.6.3.0", "1.6.6.0", "1.6.7.0", "1.6.8.0", "1.6.9.0", "1.6.9.1")
CONTENT_TYPES = ("text/plain", "text/html", None)
PASSWORD_TYPES = ("plain", "crypt", "sym", None)
ANTIVIRUS = ("off", "in", "out", "inout", None)
HOSTING_TYPES = ("vrt_hst", "std_fwd", "frm_fwd", "none")
NONEXISTENT_USER = ("bounce", "forward", "reject")


@dataclasses.dataclass(frozen=True, kw_only=True)
class User:
    """Who may ask: a login, with a secret key of its own."""

    username: str = "admin"
    password: str = "Simulated-1"
    secret_key: str = "7e0c5b6d-5f3f-4d13-9a55-1c1b9a3f5e01"
    key_address: str | None = None
    refused: int | None = None
    sites: list[str] | None = None
    permissions: dict[str, int] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mailbox:
    enabled: bool = True
    quota: int | None = -1
    usage: int | None = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Forwarding:
    enabled: bool = True
    address: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Attachment:
    tmp_name: str | None = None
    file_name: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Autoresponder:
    CHOICES: ClassVar[Choices] = {"content_type": CONTENT_TYPES}

    enabled: bool = True
    subject: str | None = None
    content_type: str | None = None
    charset: str | None = None
    text: str | None = None
    attachment: list[Attachment] = dataclasses.field(default_factory=list)
    forward: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Password:
    CHOICES: ClassVar[Choices] = {"type": PASSWORD_TYPES}

    value: str | None = None
    type: str | None = "plain"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Account:
    """A mail account. What is null is not told, not even when it is asked for."""

    CHOICES: ClassVar[Choices] = {"antivir": ANTIVIRUS}

    id: int | None = None
    mailbox: Mailbox | None = Mailbox()
    forwarding: Forwarding | None = Forwarding(enabled=False)
    alias: list[str] = dataclasses.field(default_factory=list)
    autoresponder: Autoresponder | None = Autoresponder(enabled=False)
    password: Password | None = None
    user_guid: str | None = None
    antivir: str | None = None
    outgoing_messages_mbox_limit: str | None = None
    description: str | None = ""
    unknown: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prefs:
    """The preferences of a site's mail service. What is null is not told."""

    nonexistent_user: Any = "reject"
    webmail: str | None = "roundcube"
    spam_protect_sign: bool | None = True
    greylisting: bool | None = True
    mailservice: bool | None = True
    ip_address: list[str] = dataclasses.field(default_factory=list)
    mail_provider: Any = None
    unknown: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Error:
    """What an operation answers for one site."""

    code: int = 1023
    text: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Site:
    CHOICES: ClassVar[Choices] = {"htype": HOSTING_TYPES}

    id: int | None = None
    webspace: str | None = None
    ascii_name: str | None = None
    status: int = 0
    created: str = "2020-01-31"
    real_size: int = 0
    ip_address: list[str] = dataclasses.field(default_factory=lambda: ["192.0.2.25"])
    htype: str = "vrt_hst"
    description: str = ""
    accounts: dict[str, Any] = dataclasses.field(default_factory=dict)
    prefs: Prefs | None = Prefs()
    errors: dict[str, Error] = dataclasses.field(default_factory=dict)
    unknown: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Accounts:
    """Accounts that are alike, of one name or of a name with numbers."""

    name: str
    account: Account
    count: int | None

    def names(self) -> Iterator[tuple[str, str]]:
        """Each name, and the number that stands in its texts."""
        if self.count is None:
            yield self.name, ""
            return
        for number in range(1, self.count + 1):
            yield f"{self.name}-{number:04}", str(number)


@dataclasses.dataclass(frozen=True)
class Sites:
    """Sites that are alike, of one name or of a name whose first label has a number."""

    name: str
    site: Site
    accounts: tuple[Accounts, ...]
    count: int | None

    def names(self) -> Iterator[str]:
        if self.count is None:
            yield self.name
            return
        first, _dot, rest = self.name.partition(".")
        for number in range(1, self.count + 1):
            yield f"{first}-{number:04}.{rest}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class PleskDescription:
    CHOICES: ClassVar[Choices] = {"certificate": CERTIFICATES, "mode": ("standard", "poweruser", None)}

    address: str = "127.0.0.1"
    port: int = 0
    certificate: str = "trusted"
    unreachable: bool = False
    unresponsive: bool = False
    keep_alive: float = 20
    latency: float = 0
    hostname: str = ""
    guid: str = "c2b1a3e0-6f4d-4b1c-8a57-0d7e4b9f2a10"
    mode: str | None = "standard"
    protocols: list[str] = dataclasses.field(default_factory=lambda: [*PROTOCOLS])
    agent: bool = True
    users: list[User] = dataclasses.field(default_factory=lambda: [User()])
    block_after: int = 5
    permissions: dict[str, int] = dataclasses.field(default_factory=dict)
    mail_providers: list[Any] = dataclasses.field(default_factory=lambda: ["local"])
    sites: dict[str, Any] = dataclasses.field(default_factory=dict)
    old_shapes: bool = False
    hostile: bool = False
    faults: list[dict[str, Any]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Described:
    """A server, and its sites as they were read."""

    server: PleskDescription
    sites: tuple[Sites, ...]


def read_servers(source: Path | Mapping[str, Any]) -> dict[str, Described]:
    servers = read(source)
    refuse_unknown(servers, {"defaults", "plesk"}, "servers")
    defaults = mapping(servers.get("defaults") or {}, "defaults")
    named = mapping(servers.get("plesk") or {}, "plesk")
    if not named:
        raise DescriptionError("servers: plesk is empty")
    return {
        str(name): read_server(merge(defaults, mapping({} if own is None else own, f"plesk.{name}")), f"plesk.{name}")
        for name, own in named.items()
    }


def read_server(source: Mapping[str, Any], where: str) -> Described:
    server = build(PleskDescription, source, where)
    if not server.users:
        raise DescriptionError(f"{where}.users: a server has at least one user")
    if not server.protocols:
        raise DescriptionError(f"{where}.protocols: a server speaks at least one version")
    try:
        Faults(server.faults)
    except (FaultError, TypeError) as error:
        raise DescriptionError(f"{where}.faults: {error}") from error
    sites = tuple(_sites(server.sites, f"{where}.sites"))
    names = {name for group in sites for name in group.names()}
    for group in sites:
        if group.site.webspace is not None and group.site.webspace not in names:
            raise DescriptionError(f"{where}.sites.{group.name}.webspace: there is no site {group.site.webspace}")
    return Described(server, sites)


def _sites(described: Mapping[str, Any], where: str) -> Iterator[Sites]:
    for name, own, count in counted(described, where):
        place = f"{where}.{name}"
        site = build(Site, own, place)
        if site.prefs is not None:
            _check_nonexistent_user(site.prefs.nonexistent_user, f"{place}.prefs.nonexistent_user")
        accounts = [
            Accounts(account, build(Account, values, f"{place}.accounts.{account}"), number)
            for account, values, number in counted(site.accounts, f"{place}.accounts")
        ]
        yield Sites(name, site, tuple(accounts), count)


def _check_nonexistent_user(value: object, where: str) -> None:
    """`reject`, or a mapping of one of the others and its text; null is not told."""
    choice = next(iter(value), None) if isinstance(value, Mapping) and len(value) == 1 else value
    if choice is not None and choice not in NONEXISTENT_USER:
        raise DescriptionError(f"{where}: {value!r} is none of {', '.join(NONEXISTENT_USER)}")
