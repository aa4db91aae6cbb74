# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent: a packet in, a packet out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ansible_collections.mailfleet.mailplus.tests.plesk import damage, elements, schema
from ansible_collections.mailfleet.mailplus.tests.plesk.description import User
from ansible_collections.mailfleet.mailplus.tests.plesk.faults import Operation
from ansible_collections.mailfleet.mailplus.tests.plesk.hosting import HostedSite, Words
from ansible_collections.mailfleet.mailplus.tests.plesk.plesk import PacketError, Plesk, Write

TEXTS = {
    1003: "The agent is not available.",
    1005: "The version of the protocol is not supported.",
    1006: "Permission is denied.",
    1013: "The object was not found.",
    1015: "The owner of the object was not found.",
    1023: "The operation failed.",
}
CONTENT_TYPE = "text/xml"


class Incoming(NamedTuple):
    method: str
    headers: Mapping[str, str]
    body: bytes
    source: str


class Result(NamedTuple):
    """One result, and the site that it is about."""

    element: Element
    site: str | None = None


Results = Iterator[Result]


class Agent:
    """Answers the packets that are sent to one server."""

    def __init__(self, plesk: Plesk) -> None:
        self._plesk = plesk
        self._words = Words(hostile=plesk.description.hostile)
        self._reads: dict[str, Callable[[User, Element], Results]] = {
            "mail.get_info": self._mail_accounts,
            "mail.get_prefs": self._mail_prefs,
            "mail.get-available-mail-providers": self._mail_providers,
            "server.get": self._server,
            "site.get": lambda user, asked: self._sites(user, asked, primary=False),
            "webspace.get": lambda user, asked: self._sites(user, asked, primary=True),
        }

    def answer(self, incoming: Incoming) -> Element:
        try:
            packet = _packet(incoming)
            version = self._version(packet)
            user = self._user(incoming)
            _check(packet)
        except PacketError as error:
            return self.refused(error.code, error.text)
        return self._answered(user, packet, version)

    def _version(self, packet: Element) -> str:
        protocols = self._plesk.description.protocols
        version = packet.get("version", protocols[-1])
        if version not in protocols:
            raise PacketError(1005, TEXTS[1005])
        return version

    def _user(self, incoming: Incoming) -> User:
        user = self._plesk.authenticated(incoming.headers, incoming.source)
        if not self._plesk.description.agent:
            raise PacketError(1003, TEXTS[1003])
        return user

    def refused(self, code: int, text: str | None) -> Element:
        answer = Element("packet", {"version": self._plesk.description.protocols[-1]})
        system = elements.error(code, self._errtext(code, text))
        system.tag = "system"
        answer.append(system)
        return answer

    def operations(self, body: bytes) -> list[Operation]:
        """What a packet asks for, where it can be read."""
        try:
            packet = _parsed(body)
        except PacketError:
            return []
        return [
            Operation(str(operator.tag), str(operation.tag), self._site_named(operation))
            for operator in packet
            for operation in operator
        ]

    def _site_named(self, operation: Element) -> str | None:
        site = self._plesk.hosting.by_id(operation.findtext("filter/site-id", ""))
        return site.name if site else None

    def _answered(self, user: User, packet: Element, version: str) -> Element:
        answer = Element("packet", {"version": version})
        for operator in packet:
            if operator.tag == "request-settings":
                continue
            answered = SubElement(answer, str(operator.tag))
            for operation in operator:
                results = self._results(user, str(operator.tag), operation)
                SubElement(answered, str(operation.tag)).extend(results)
        return answer

    def _results(self, user: User, operator: str, operation: Element) -> Iterable[Element]:
        name = f"{operator}.{operation.tag}"
        if name not in self._reads:
            xml = ElementTree.tostring(operation, encoding="unicode")
            self._plesk.writes.append(Write(operator, str(operation.tag), xml))
            return [self._error(1006)]
        refused = self._refusal(user, operator, str(operation.tag))
        if refused is not None:
            return [refused]
        struck: list[Element] = []
        for result in self._reads[name](user, operation):
            asked = Operation(operator, str(operation.tag), result.site)
            struck.append(damage.result(result.element, self._plesk.faults.strike_result(asked)))
        return struck

    def _refusal(self, user: User, operator: str, operation: str) -> Element | None:
        code = self._plesk.refusal(user, f"{operator}.{operation}")
        if code is not None:
            return self._error(code)
        fault = self._plesk.faults.strike_operation(Operation(operator, operation))
        return self._error(fault["code"], fault["text"]) if fault else None

    def _site_refusal(self, site: HostedSite, operator: str, operation: str) -> Element | None:
        described = site.site.errors.get(f"{operator}.{operation}")
        if described is not None:
            return self._error(described.code, described.text)
        fault = self._plesk.faults.strike_operation(Operation(operator, operation, site.name))
        return self._error(fault["code"], fault["text"]) if fault else None

    def _error(self, code: int, text: str | None = None) -> Element:
        return elements.error(code, self._errtext(code, text))

    def _errtext(self, code: int, text: str | None) -> str:
        return self._words.say(text or TEXTS.get(code, "The operation failed."), code)

    def _server(self, _user: User, asked: Element) -> Results:
        result = elements.success()
        if asked.find("gen_info") is not None:
            told = {
                "server_name": self._words.say(self._plesk.hostname, 1),
                "server_guid": self._plesk.description.guid,
                "mode": self._plesk.description.mode,
            }
            elements.put(result, "gen_info", told)
        yield Result(result)

    def _sites(self, user: User, asked: Element, *, primary: bool) -> Results:
        operator = "webspace" if primary else "site"
        visible = [site for site in self._plesk.sites_of(user) if site.is_primary is primary]
        wanted = [part.tag for part in asked.iterfind("dataset/*")]
        order = [name for name in (*schema.WEBSPACE_DATASET, "performance") if name in wanted]
        filters = list(asked.iterfind("filter/*"))
        for filter_id, site in self._filtered(visible, filters):
            if site is None:
                yield Result(_with(self._error(1013), "filter-id", filter_id))
            else:
                yield Result(self._site(site, filter_id, order, operator), site.name)
        if not visible and not filters:
            yield Result(elements.success())

    def _filtered(self, visible: list[HostedSite], filters: list[Element]) -> Iterator[tuple[str, HostedSite | None]]:
        """The sites that each filter finds, or none; without a filter all."""
        if not filters:
            yield from ((str(site.id), site) for site in visible)
        for given in filters:
            text = (given.text or "").strip()
            matching = [site for site in visible if self._matches(site, str(given.tag), text)]
            yield from ((text, site) for site in matching)
            if not matching:
                yield text, None

    def _site(self, site: HostedSite, filter_id: str, order: Iterable[str], operator: str) -> Element:
        refused = self._site_refusal(site, operator, "get")
        if refused is not None:
            return _with(refused, "filter-id", filter_id, "id", str(site.id))
        result = _with(elements.success(), "filter-id", filter_id, "id", str(site.id))
        data = SubElement(result, "data")
        webspace = self._plesk.hosting.webspace_of(site)
        data.extend([elements.dataset(name, site, webspace, self._words) for name in order])
        return result

    def _matches(self, site: HostedSite, by: str, text: str) -> bool:
        webspace = self._plesk.hosting.webspace_of(site)
        known = {
            "id": [str(site.id)],
            "name": [site.name, site.ascii_name],
            "guid": [site.guid],
            "parent-id": [str(webspace.id)],
            "parent-name": [webspace.name, webspace.ascii_name],
            "parent-guid": [webspace.guid],
        }
        return text.lower() in [value.lower() for value in known.get(by, [])]

    def _mail_accounts(self, user: User, asked: Element) -> Results:
        site = self._visible(user, asked.findtext("filter/site-id", ""))
        if site is None:
            yield Result(self._error(1015))
            return
        refused = self._site_refusal(site, "mail", "get_info")
        if refused is not None:
            yield Result(refused, site.name)
            return
        for element in self._mailnames(site, asked):
            yield Result(element, site.name)

    def _mailnames(self, site: HostedSite, asked: Element) -> Iterator[Element]:
        parts = {str(part.tag) for part in asked}
        names = [(name.text or "").strip() for name in asked.iterfind("filter/name")]
        told = elements.old_mailname if self._plesk.description.old_shapes else elements.mailname
        found: set[str] = set()
        for account in site.accounts():
            if not names or account.name in names:
                found.add(account.name)
                result = elements.success()
                result.append(told(account, parts, self._words))
                yield result
        for name in names:
            if name not in found:
                yield self._error(1013)
        if not names and not found:
            yield elements.success()

    def _mail_prefs(self, user: User, asked: Element) -> Results:
        numbers = [number.text or "" for number in asked.iterfind("filter/site-id")]
        sites = [self._visible(user, number) for number in numbers] if numbers else self._plesk.sites_of(user)
        for site in sites:
            if site is None:
                yield Result(self._error(1015))
                continue
            result = self._site_refusal(site, "mail", "get_prefs")
            if result is None:
                result = _with(elements.success(), "site-id", str(site.id))
                result.append(elements.prefs(site.site.prefs, site.id, self._words))
            yield Result(result, site.name)
        if not sites:
            yield Result(elements.success())

    def _mail_providers(self, _user: User, _asked: Element) -> Results:
        for described in self._plesk.description.mail_providers:
            yield Result(elements.provider(described))

    def _visible(self, user: User, number: str) -> HostedSite | None:
        site = self._plesk.hosting.by_id(number)
        return site if site is not None and (user.sites is None or site.name in user.sites) else None


def _with(result: Element, *pairs: str) -> Element:
    for name, value in zip(pairs[::2], pairs[1::2], strict=True):
        elements.put(result, name, value)
    return result


def _packet(incoming: Incoming) -> Element:
    if incoming.method != "POST" or not incoming.body:
        raise PacketError(1014, "Parser error: The request is empty.")
    if incoming.headers.get("Content-Type", "").partition(";")[0].strip() != CONTENT_TYPE:
        raise PacketError(1014, f"Parser error: The request is not of the type {CONTENT_TYPE}.")
    return _parsed(incoming.body)


def _parsed(body: bytes) -> Element:
    if b"<!DOCTYPE" in body:
        raise PacketError(1014, "Parser error: The packet has a document type.")
    try:
        return ElementTree.fromstring(body)  # noqa: S314 - without a document type, there are no entities
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise PacketError(1014, f"Parser error: The packet cannot be read: {error}") from error


def _check(packet: Element) -> None:
    try:
        schema.check(packet)
    except schema.SchemaError as error:
        raise _schema_error(packet, str(error)) from error


def _schema_error(packet: Element, text: str) -> PacketError:
    """An operation that nobody knows has a code of its own."""
    for operator in packet:
        for operation in operator:
            if operator.tag in schema.READS and not schema.is_known(str(operator.tag), str(operation.tag)):
                return PacketError(1023, f"The operation '{operation.tag}' is not known.")
    return PacketError(1014, f"Parser error: {text}")
