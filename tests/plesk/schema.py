# SPDX-License-Identifier: GPL-3.0-or-later
"""What a packet may hold, and in which order: the reads in full, of all else the names alone."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element

UNBOUNDED = 1 << 30

_POSITIVE = re.compile(r"\+?0*[1-9][0-9]*")
_INTEGER = re.compile(r"[+-]?[0-9]+")


class SchemaError(ValueError):
    """The packet is not what the schema wants."""


class Content:
    """What an element may hold. This one, which nobody looks into, anything."""

    def check(self, element: Element) -> None:
        """Raises SchemaError."""


@dataclasses.dataclass(frozen=True)
class Text(Content):
    """Text of a type, and no elements."""

    type: str = "string"
    pattern: re.Pattern[str] | None = None

    def check(self, element: Element) -> None:
        _only_text(element)
        text = (element.text or "").strip()
        if self.pattern is not None and not self.pattern.fullmatch(text):
            raise SchemaError(f"Element '{element.tag}': '{text}' is not a valid value of the type '{self.type}'.")


@dataclasses.dataclass(frozen=True)
class Empty(Content):
    """Nothing at all, not even a space."""

    def check(self, element: Element) -> None:
        _only_text(element)
        if element.text:
            raise SchemaError(f"Element '{element.tag}': No text is allowed here, the element has to be empty.")


@dataclasses.dataclass(frozen=True)
class Part:
    """An element, and how often it may stand here."""

    name: str
    content: Content
    least: int = 1
    most: int = 1


@dataclasses.dataclass(frozen=True)
class Ordered(Content):
    """Elements in one order."""

    parts: tuple[Part, ...]

    def check(self, element: Element) -> None:
        _only_elements(element)
        children = list(element)
        for number, part in enumerate(self.parts):
            taken = 0
            while children and taken < part.most and children[0].tag == part.name:
                part.content.check(children.pop(0))
                taken += 1
            if taken < part.least:
                _refuse(element, children, [part.name])
            if children and children[0].tag not in [later.name for later in self.parts[number + 1 :]]:
                again = [part.name] if taken < part.most else []
                _refuse(element, children, [*again, *_next_names(self.parts[number + 1 :])])


@dataclasses.dataclass(frozen=True)
class OneKind(Content):
    """Any number of one of these elements, and none of the others beside it; or nothing."""

    parts: tuple[Part, ...]

    def check(self, element: Element) -> None:
        _only_elements(element)
        kinds = {part.name: part for part in self.parts}
        for child in element:
            part = kinds.get(str(child.tag))
            if part is None:
                _refuse(element, [child], kinds)
                return
            part.content.check(child)
            kinds = {part.name: part}


@dataclasses.dataclass(frozen=True)
class AnyOrder(Content):
    """Each of these elements at most once, in any order."""

    parts: tuple[Part, ...]

    def check(self, element: Element) -> None:
        _only_elements(element)
        left = {part.name: part for part in self.parts}
        for child in element:
            part = left.pop(str(child.tag), None)
            if part is None:
                _refuse(element, [child], left)
                return
            part.content.check(child)


@dataclasses.dataclass(frozen=True)
class Several(Content):
    """At least one of these elements, in any order and as often as one likes."""

    contents: Mapping[str, Content]

    def check(self, element: Element) -> None:
        _only_elements(element)
        if not len(element):
            _refuse(element, [], self.contents)
        for child in element:
            if child.tag not in self.contents:
                _refuse(element, [child], self.contents)
            self.contents[str(child.tag)].check(child)


def _refuse(parent: Element, children: Sequence[Element], expected: Iterable[str]) -> None:
    names = ", ".join(expected)
    wanted = f" Expected is one of ( {names} )." if names else ""
    if children:
        raise SchemaError(f"Element '{children[0].tag}': This element is not expected.{wanted}")
    raise SchemaError(f"Element '{parent.tag}': An element is missing.{wanted}")


def _next_names(parts: Sequence[Part]) -> Iterator[str]:
    """What may come next: all up to the first that has to."""
    for part in parts:
        yield part.name
        if part.least:
            return


def _only_elements(element: Element) -> None:
    _refuse_attributes(element)
    if "".join([element.text or "", *(child.tail or "" for child in element)]).strip():
        raise SchemaError(f"Element '{element.tag}': Text is not allowed here, only elements are.")


def _only_text(element: Element) -> None:
    _refuse_attributes(element)
    if len(element):
        _refuse(element, [element[0]], [])


def _refuse_attributes(element: Element) -> None:
    for name in element.attrib:
        if (element.tag, name) != ("packet", "version"):
            raise SchemaError(f"Element '{element.tag}': The attribute '{name}' is not allowed.")


ANYTHING = Content()
NOTHING = Empty()
STRING = Text()
ID = Text("id_type", _POSITIVE)
INTEGER = Text("int", _INTEGER)


def _optional(*names: str, content: Content = NOTHING) -> tuple[Part, ...]:
    return tuple(Part(name, content, least=0) for name in names)


def _filter(**kinds: Content) -> Content:
    return OneKind(tuple(Part(name.replace("_", "-"), content) for name, content in kinds.items()))


def _get(of_filter: Content, dataset: Content) -> Content:
    return Ordered((Part("filter", of_filter), Part("dataset", dataset)))


_SITE_FILTER = _filter(
    id=ID,
    parent_id=INTEGER,
    parent_site_id=INTEGER,
    name=STRING,
    parent_name=STRING,
    parent_site_name=STRING,
    guid=STRING,
    parent_guid=STRING,
    parent_site_guid=STRING,
)
_WEBSPACE_FILTER = _filter(
    id=ID,
    owner_id=INTEGER,
    name=STRING,
    owner_login=STRING,
    guid=STRING,
    owner_guid=STRING,
    external_id=STRING,
    owner_external_id=STRING,
)
SITE_DATASET = ("gen_info", "hosting", "stat", "prefs", "disk_usage")
WEBSPACE_DATASET = ("gen_info", "hosting", "hosting-basic", "limits", "stat", "prefs", "disk_usage")
_WEBSPACE_ALSO = ("performance", "subscriptions", "permissions", "plan-items", "php-settings", "resource-usage", "mail")
_SITES = Part("site-id", ID, least=0, most=UNBOUNDED)
_KEY_FILTER = Ordered((Part("filter", ANYTHING, least=0),))
_SERVER_PARTS = (
    *("gen_info", "components", "stat", "admin", "interfaces", "services_state", "prefs", "shells", "session_setup"),
    *("site-isolation-config", "updates"),
)

# The operations that only read, and that this server answers.
READS: dict[str, dict[str, Content]] = {
    "mail": {
        "get_info": Ordered(
            (
                Part("filter", Ordered((Part("site-id", ID), Part("name", STRING, least=0, most=UNBOUNDED)))),
                *_optional("mailbox", "mailbox-usage", "forwarding", "aliases", "autoresponder"),
            )
        ),
        "get_prefs": Ordered((Part("filter", Ordered((_SITES,))),)),
        "get-available-mail-providers": ANYTHING,
    },
    "server": {"get": Ordered((*_optional("key", content=_KEY_FILTER), *_optional(*_SERVER_PARTS)))},
    "site": {
        "get": _get(
            _SITE_FILTER,
            AnyOrder((*_optional(*SITE_DATASET), *_optional("performance", content=ANYTHING))),
        )
    },
    "webspace": {
        "get": _get(
            _WEBSPACE_FILTER,
            AnyOrder((*_optional(*WEBSPACE_DATASET), *_optional(*_WEBSPACE_ALSO, content=ANYTHING))),
        )
    },
}

# Operations of the same operators that are none of ours, many of which change the server.
_OTHERS = {
    "mail": "create update remove enable disable set_prefs rename",
    "server": """get_protos set srv_man lic_install lic_update initial_setup get_additional_key remove_additional_key
        renew_additional_key set_misc get_misc create_session del_misc reboot lic_get_info install-module
        clean-mail-queue""",
    "site": "add set del cform_buttons_list get_traffic set_traffic get-physical-hosting-descriptor",
    "webspace": """add set del cform_buttons_list get_traffic set_traffic get-limit-descriptor
        get-permission-descriptor get-physical-hosting-descriptor switch-subscription sync-subscription
        add-subscription remove-subscription set-billing-info add-package remove-package add-plan-item
        remove-plan-item enable-aps-filter disable-aps-filter get-changed db-servers""",
}
_OTHER_OPERATORS = """customer subdomain dns db_server migration certificate site-alias ip event_log spamfilter
    secret_key ui service-plan webuser maillist virtdir database ftp-user session updater locale log-rotation
    backup-manager sso protected-dir reseller reseller-plan aps smb service-plan-addon user role webmail plan-item
    business-logic-upgrade sitebuilder service-node ip-ban wp-instance"""


@functools.cache
def operators() -> dict[str, Content]:
    """What each operator may hold, below the packet."""
    known = {
        name: Several({**dict.fromkeys(_OTHERS[name].split(), ANYTHING), **reads}) for name, reads in READS.items()
    }
    return {**dict.fromkeys(_OTHER_OPERATORS.split(), ANYTHING), **known}


def check(packet: Element) -> None:
    """Raises SchemaError where a packet is not valid."""
    if packet.tag != "packet":
        raise SchemaError(f"Element '{packet.tag}': No such element may be the outermost one.")
    body = Element("packet", packet.attrib)
    body.text = packet.text
    body.extend(packet)
    if len(body) and body[0].tag == "request-settings":
        body.remove(body[0])
    Several(operators()).check(body)


def is_known(operator: str, operation: str) -> bool:
    """Whether any operation of this name is there. Those of other operators are not listed."""
    if operator not in operators():
        return False
    content = operators()[operator]
    return not isinstance(content, Several) or operation in content.contents
