# SPDX-License-Identifier: GPL-3.0-or-later
"""What Plesk tells of sites, their accounts, and the preferences of their mail service, as plain values.

What Plesk sends beside what is known stands there too, key for key. RETURN of plesk_mail_info documents the keys.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.values import (
    Fields,
    boolean,
    count,
    filled,
    number,
    text,
    word,
)

_UNLIMITED = -1


def site(gen_info: Element) -> dict[str, Any]:
    """What a site is."""
    fields = Fields(gen_info)
    return fields.beside({
        "name": fields.take("name", word),
        "ascii_name": fields.take("ascii-name", word),
        "status": fields.take("status", number),
        "real_size": fields.take("real_size", count),
    })  # fmt: skip


def account(mailname: Element, site_name: str) -> dict[str, Any]:
    """An account of a site."""
    fields = Fields(mailname)
    name = fields.take("name", word)
    return fields.beside({
        "id": fields.take("id", count),
        "name": name,
        "address": f"{name}@{site_name}" if name else None,
        "mailbox": fields.take("mailbox", _mailbox),
        "forwarding": fields.take("forwarding", _forwarding),
        "aliases": fields.take_all("alias", filled),
        "autoresponder": fields.take("autoresponder", _autoresponder),
    })  # fmt: skip


def _mailbox(element: Element) -> dict[str, Any]:
    fields = Fields(element)
    limit = fields.take("quota", _limit)
    return fields.beside({
        "enabled": fields.take("enabled", boolean),
        "quota": None if limit == _UNLIMITED else limit,
        "unlimited": None if limit is None else limit == _UNLIMITED,
        "usage": fields.take("usage", count),
    })  # fmt: skip


def _limit(element: Element) -> int | None:
    found = number(element)
    return None if found is None or found < _UNLIMITED else found


def _forwarding(element: Element) -> dict[str, Any]:
    """Where mail goes on to: to addresses that are not told, where it does and none is."""
    fields = Fields(element)
    enabled, addresses = fields.take("enabled", boolean), fields.take_all("address", filled)
    return fields.beside({"enabled": enabled, "addresses": None if enabled and not addresses else addresses})


def _autoresponder(element: Element) -> dict[str, Any]:
    fields = Fields(element)
    return fields.beside({
        "enabled": fields.take("enabled", boolean),
        "subject": fields.take("subject", text),
        "content_type": fields.take("content_type", word),
        "charset": fields.take("charset", word),
        "text": fields.take("text", text),
        "attachments": fields.take_all("attachment", _attachment),
        "forward": fields.take("forward", word),
    })  # fmt: skip


def _attachment(element: Element) -> dict[str, Any]:
    fields = Fields(element)
    return fields.beside({"name": fields.take("file-name", word)})


def preferences(prefs: Element) -> dict[str, Any]:
    """What the mail service of a site does."""
    fields = Fields(prefs)
    return fields.beside({
        "nonexistent_user": fields.take("nonexistent-user", _nonexistent_user),
        "webmail": fields.take("webmail", word),
        "spam_protect_sign": fields.take("spam-protect-sign", boolean),
        "greylisting": fields.take("greylisting", boolean),
        "mailservice": fields.take("mailservice", boolean),
        "ip_addresses": fields.take_all("ip_address", filled),
        "mail_provider": fields.take("mail-provider", _provider),
    })  # fmt: skip


def _nonexistent_user(element: Element) -> dict[str, Any] | None:
    """What happens to mail for nobody: one of three."""
    action = _choice(element, "bounce", "forward", "reject")
    if action is None:
        return None
    fields = Fields(element)
    values = {
        "action": action,
        "message": fields.take("bounce", text),
        "address": fields.take("forward", word),
    }
    fields.take("reject", text)
    return fields.beside(values)


def _provider(element: Element) -> dict[str, Any] | None:
    kind = _choice(element, "local", "aps")
    if kind is None:
        return None
    fields = Fields(element.children[0])
    return fields.beside({"kind": kind, "package": fields.take("package-uid", word)})


def _choice(element: Element, *names: str) -> str | None:
    """The name of the one element within another, where it is one of these."""
    found = [child.name for child in element.children]
    return found[0] if len(found) == 1 and found[0] in names else None
