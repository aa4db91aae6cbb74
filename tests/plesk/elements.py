# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of sites and mail accounts, as elements in the order of the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from ansible_collections.mailfleet.mailplus.tests.plesk.description import (
    Account,
    Autoresponder,
    Forwarding,
    Mailbox,
    Prefs,
)
from ansible_collections.mailfleet.mailplus.tests.plesk.hosting import HostedSite, MailAccount, Words

_COUNTS = ("wu", "box", "redir", "mg", "resp", "maillists", "db", "mssql_db", "webapps")
_DISK = (
    *("httpdocs", "httpsdocs", "subdomains", "web_users", "anonftp", "logs", "dbases"),
    *("mailboxes", "webapps", "maillists", "domaindumps"),
)


def put(parent: Element, name: str, value: object = "") -> None:
    """An element of a value. Null is none, a list several, a mapping has elements of its own."""
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            put(parent, name, item)
        return
    element = SubElement(parent, name)
    if isinstance(value, Mapping):
        for key, item in value.items():
            put(element, str(key), item)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value != "":
        element.text = str(value)


def error(code: int, text: str) -> Element:
    result = Element("result")
    put(result, "status", "error")
    put(result, "errcode", code)
    put(result, "errtext", text)
    return result


def success() -> Element:
    result = Element("result")
    put(result, "status", "ok")
    return result


def mailname(told: MailAccount, asked: set[str], words: Words) -> Element:
    account = told.account
    element = Element("mailname")
    put(element, "id", told.id)
    put(element, "name", told.name)
    if account.mailbox is not None and asked & {"mailbox", "mailbox-usage"}:
        _mailbox(element, account.mailbox, asked)
    if account.forwarding is not None and "forwarding" in asked:
        _forwarding(element, account.forwarding, told, words)
    if "aliases" in asked:
        for number, alias in enumerate(account.alias, told.id + 1):
            put(element, "alias", words.say(told.fill(alias), number))
    if account.autoresponder is not None and "autoresponder" in asked:
        element.append(_autoresponder("autoresponder", account.autoresponder, told, words))
    _always(element, told, words)
    return element


def _mailbox(element: Element, described: Mailbox, asked: set[str]) -> None:
    mailbox = SubElement(element, "mailbox")
    if "mailbox" in asked:
        put(mailbox, "enabled", described.enabled)
        put(mailbox, "quota", described.quota)
    if "mailbox-usage" in asked:
        put(mailbox, "usage", described.usage)


def _forwarding(element: Element, described: Forwarding, told: MailAccount, words: Words) -> None:
    forwarding = SubElement(element, "forwarding")
    put(forwarding, "enabled", described.enabled)
    for number, address in enumerate(described.address, told.id):
        put(forwarding, "address", words.say(told.fill(address), number))


def old_mailname(told: MailAccount, asked: set[str], words: Words) -> Element:
    """The same account in the shape that was used before 1.6.3."""
    account = told.account
    element = Element("mailname")
    put(element, "id", told.id)
    put(element, "name", told.name)
    put(element, "cp_access", {"enabled": False})
    if account.mailbox is not None and "mailbox" in asked:
        box = account.mailbox
        put(element, "mailbox", {"enabled": box.enabled, "quota": box.quota, "usage": box.usage})
    if account.forwarding is not None and "forwarding" in asked:
        addresses = [told.fill(address) for address in account.forwarding.address]
        is_group = account.forwarding.enabled and len(addresses) > 1
        is_redirect = account.forwarding.enabled and len(addresses) == 1
        put(element, "redirect", {"enabled": is_redirect, "address": addresses[:1]})
        put(element, "mailgroup", {"enabled": is_group, "address": addresses if is_group else []})
    if "aliases" in asked:
        put(element, "alias", [told.fill(alias) for alias in account.alias])
    if account.autoresponder is not None and "autoresponder" in asked:
        responders = SubElement(element, "autoresponders")
        put(responders, "enabled", account.autoresponder.enabled)
        responders.append(_autoresponder("autoresponder", account.autoresponder, told, words, name="away"))
    if account.password is not None:
        put(element, "password", account.password.value)
        put(element, "password_type", account.password.type)
    put(element, "antivir", account.antivir)
    put(element, "permissions", {"permission": {"name": "manage-mail", "value": True}})
    return element


def _autoresponder(
    tag: str, responder: Autoresponder, told: MailAccount, words: Words, name: str | None = None
) -> Element:
    element = Element(tag)
    put(element, "name", name)
    put(element, "enabled", responder.enabled)
    if responder.subject is not None:
        put(element, "subject", words.say(told.fill(responder.subject), told.id + 2))
    put(element, "content_type", responder.content_type)
    put(element, "charset", responder.charset)
    if responder.text is not None:
        put(element, "text", words.say(told.fill(responder.text), told.id + 3))
    for attachment in responder.attachment:
        put(element, "attachment", {"tmp-name": attachment.tmp_name, "file-name": attachment.file_name})
    put(element, "forward", responder.forward)
    return element


def _always(element: Element, told: MailAccount, words: Words) -> None:
    """What is told whether it was asked for or not."""
    account: Account = told.account
    if account.password is not None:
        put(element, "password", {"value": account.password.value, "type": account.password.type})
    else:
        put(element, "user-guid", account.user_guid)
    put(element, "antivir", account.antivir)
    put(element, "outgoing-messages-mbox-limit", account.outgoing_messages_mbox_limit)
    if account.description is not None:
        put(element, "description", words.say(told.fill(account.description), told.id + 4))
    for name, value in account.unknown.items():
        put(element, name, value)


def prefs(described: Prefs | None, number: int, words: Words) -> Element:
    element = Element("prefs")
    if described is None:
        put(element, "none")
        return element
    if isinstance(described.nonexistent_user, Mapping):
        ((choice, text),) = described.nonexistent_user.items()
        put(element, "nonexistent-user", {choice: words.say(text or "", number)})
    elif described.nonexistent_user is not None:
        put(element, "nonexistent-user", {described.nonexistent_user: ""})
    if described.webmail is not None:
        put(element, "webmail", words.say(described.webmail, number + 1))
    put(element, "spam-protect-sign", described.spam_protect_sign)
    put(element, "greylisting", described.greylisting)
    put(element, "mailservice", described.mailservice)
    put(element, "ip_address", described.ip_address)
    provider = described.mail_provider
    put(element, "mail-provider", {provider: ""} if isinstance(provider, str) else provider)
    for name, value in described.unknown.items():
        put(element, name, value)
    return element


def gen_info(site: HostedSite, webspace: HostedSite, words: Words) -> Element:
    """Of a site; that of a webspace is told where the site is its own webspace."""
    described = site.site
    element = Element("gen_info")
    put(element, "cr_date", described.created)
    put(element, "name", site.name)
    put(element, "ascii-name", site.ascii_name)
    put(element, "status", described.status)
    put(element, "real_size", described.real_size)
    if site.is_primary:
        put(element, "owner-id", 1)
    put(element, "dns_ip_address", described.ip_address)
    put(element, "htype", described.htype)
    put(element, "guid", site.guid)
    put(element, "vendor-guid" if site.is_primary else "webspace-guid", webspace.guid)
    if site.is_primary:
        put(element, "external-id")
    put(element, "sb-site-uuid")
    if not site.is_primary:
        put(element, "webspace-id", webspace.id)
    put(element, "description", words.say(described.description, site.id))
    for name, value in described.unknown.items():
        put(element, name, value)
    return element


def dataset(name: str, site: HostedSite, webspace: HostedSite, words: Words) -> Element:
    """What a dataset asks for: all but the general information is empty."""
    if name == "gen_info":
        return gen_info(site, webspace, words)
    element = Element(name)
    if name in ("hosting", "hosting-basic"):
        put(element, "none")
    elif name == "stat":
        put(element, "traffic", 0)
        put(element, "subdom", 0)
        for count in _COUNTS:
            put(element, count, 0)
        put(element, "traffic_prevday", 0)
        if site.is_primary:
            put(element, "domains", 1)
            put(element, "sites", 1)
    elif name == "disk_usage":
        for part in _DISK:
            put(element, part, 0)
    return element


def provider(described: Any) -> Element:
    element = Element("mail-provider")
    for name, value in (described if isinstance(described, Mapping) else {described: ""}).items():
        put(element, str(name), value)
    return element
