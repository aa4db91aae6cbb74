# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent to Plesk: operations that read, many in one packet, their elements in the order of Plesk's schema."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias
from xml.sax.saxutils import escape

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import NotAllowedError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element

Call: TypeAlias = tuple[str, str]  # operator and operation

# All that can be sent.
READ_ALLOWLIST: frozenset[Call] = frozenset({
    ("mail", "get_info"),
    ("mail", "get_prefs"),
    ("mail", "get-available-mail-providers"),
    ("site", "get"),
    ("webspace", "get"),
    ("server", "get"),
})  # fmt: skip

# The names of elements within operations, in no particular order: nothing else is a tag in a packet.
_ELEMENTS = frozenset({
    "filter", "dataset", "gen_info", "name", "site-id",
    "mailbox", "mailbox-usage", "forwarding", "aliases", "autoresponder",
})  # fmt: skip

# What is asked of each account. Plesk refuses another order.
_OF_ACCOUNTS = ("mailbox", "mailbox-usage", "forwarding", "aliases", "autoresponder")


@dataclass(frozen=True)
class Operation:
    """One question."""

    operator: str
    name: str
    body: tuple[Element, ...] = ()
    site: int | None = None  # the number of the one that it asks about

    @property
    def call(self) -> Call:
        """What may be allowed."""
        return self.operator, self.name


def sites(name: str | None = None) -> tuple[Operation, ...]:
    """Which sites there are: all that the user may see, or the one of a name.

    Plesk tells of the primary sites of subscriptions apart from all others.
    """
    names = [] if name is None else [Element("name", text=name)]
    body = (Element("filter", names), Element("dataset", [Element("gen_info")]))
    return Operation("webspace", "get", body), Operation("site", "get", body)


def accounts(site: int) -> Operation:
    """The accounts of a site."""
    return Operation("mail", "get_info", (_of(site), *map(Element, _OF_ACCOUNTS)), site)


def preferences(site: int) -> Operation:
    """What the mail service of a site does."""
    return Operation("mail", "get_prefs", (_of(site),), site)


def mail(sites: Iterable[int]) -> list[Operation]:
    """Both of each site, side by side: accounts do not say which site they are of, but preferences do."""
    return [make(site) for site in sites for make in (accounts, preferences)]


def _of(site: int) -> Element:
    return Element("filter", [Element("site-id", text=f"{site:d}")])


def packet(operations: Sequence[Operation]) -> bytes:
    """All operations in one packet, in their order. Raises NotAllowedError for one that is not a known read."""
    for operation in operations:
        if operation.call not in READ_ALLOWLIST or not _is_known(operation.body):
            raise NotAllowedError(f"{operation.operator} {operation.name} is not on the read allowlist")
    asked = "".join(
        _tagged(operator, "".join(_tagged(one.name, "".join(map(_written, one.body))) for one in of_operator))
        for operator, of_operator in groupby(operations, key=lambda operation: operation.operator)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>{_tagged("packet", asked)}'.encode()


def _is_known(body: Sequence[Element]) -> bool:
    return all(element.name in _ELEMENTS and _is_known(element.children) for element in body)


def _written(element: Element) -> str:
    return _tagged(element.name, "".join(map(_written, element.children)) or escape(element.text))


def _tagged(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"
