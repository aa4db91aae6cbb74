# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet in an HTTP answer, within bounds, or why there is none. It declares nothing, and nothing is fetched."""

from __future__ import annotations

import codecs
from http import HTTPStatus
from typing import NoReturn
from xml.parsers import expat

from ansible_collections.mailfleet.mailplus.plugins.module_utils._http import failures
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import (
    ErrorDetails,
    Kind,
    ServerError,
    connection_error,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.wire import Answer
from ansible_collections.mailfleet.mailplus.plugins.module_utils._plesk.elements import Element

# More than Plesk nests its answers, and less than what reads them further on can bear.
MOST_LEVELS = 32

# An account has some 30, so these are thousands of accounts; what has more is asked for in parts.
MOST_ELEMENTS = 262_144

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HTML = ("<!doctype html", "<html")
_PACKET = "packet"

# Of a proxy, for whom the answer took too long or was too large, or who reached nobody; and of Plesk itself.
_OF_LOAD = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, *range(500, 600))


class _RefusedError(Exception):
    """What is not read, however well it is formed; ``error`` tells why."""

    def __init__(self, error: ServerError) -> None:
        super().__init__()
        self.error = error


def parse(answer: Answer, address: Address) -> Element:
    """The packet in an answer. Plesk labels it with several content types, so only the body decides.

    Raises ServerError of kind CONNECTION when there is none, or too large a one; of kind LOGIN where HTTP refuses it.
    """
    if answer.status == HTTPStatus.UNAUTHORIZED:
        raise _unauthorized(address)
    if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        raise failures.redirected(answer.status, address.url, address.product)
    if answer.body.startswith(_UTF_16):
        raise _not_utf8(address)
    start = answer.body[:200].decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    is_html = start.lower().startswith(_HTML)
    if answer.status != HTTPStatus.OK or is_html or not start.startswith("<"):
        raise connection_error(
            "http_failed" if answer.status in _OF_LOAD else "not_xml",
            f"{address.url} answers HTTP {answer.status} with {failures.content(start, answer.content_type)} instead "
            "of XML.",
            "Check that host and port are Plesk's; if they are, Plesk or a proxy is restarting: try again later.",
        )
    root = _read(answer.body, address)
    if root.name != _PACKET:
        raise connection_error(
            "not_plesk", f"{address.url} answers with XML that is not Plesk's.", "Check that host and port are Plesk's."
        )
    return root


def _read(body: bytes, address: Address) -> Element:
    """The outermost element."""
    builder = _Builder(address.url)
    # The encoding is not left to what an answer declares: that could be the name of anything.
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse_declaration
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.take
    try:
        parser.Parse(body.lstrip(b"\xef\xbb\xbf \t\r\n"), True)
    except expat.ExpatError:
        if not _is_utf8(body):
            raise _not_utf8(address) from None
        raise failures.truncated(address, "answers with XML that is cut short or damaged") from None
    except _RefusedError as refused:
        raise refused.error from None
    return builder.root


def _is_utf8(body: bytes) -> bool:
    """Whether a body is, as far as it goes: it may be cut within a character."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return False
    return True


def _not_utf8(address: Address) -> ServerError:
    return connection_error(
        "not_utf8",
        f"{address.url} answers with text that is not UTF-8.",
        "Check that host and port are Plesk's; if they are, see which texts of Plesk hold other bytes.",
    )


def _unauthorized(address: Address) -> ServerError:
    """A refused login in the words of HTTP, which come from whatever stands in front of Plesk."""
    message = f"{address.url} refuses the login (HTTP 401)."
    hint = "Check that host and port are Plesk's, and the credentials. It is not tried again."
    return ServerError(Kind.LOGIN, ErrorDetails("unauthorized", message, hint, code=int(HTTPStatus.UNAUTHORIZED)))


class _Builder:
    """Makes elements of what the parser finds."""

    def __init__(self, url: str) -> None:
        self.root = Element("")
        self._url = url
        self._open: list[tuple[Element, list[str]]] = []
        self._count = 0
        self._names: dict[str, str] = {}

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """An element begins."""
        self._count += 1
        if len(self._open) >= MOST_LEVELS:
            self._refuse("nested_too_deep", f"nested deeper than {MOST_LEVELS} levels")
        if self._count > MOST_ELEMENTS:
            self._refuse("too_many_elements", f"of more than {MOST_ELEMENTS} elements")
        element = Element(self._names.setdefault(name, name))  # one text for all of a name, to save memory
        if self._open:
            self._open[-1][0].children.append(element)
        else:
            self.root = element
        self._open.append((element, []))

    def take(self, text: str) -> None:
        """Text within an element."""
        self._open[-1][1].append(text)

    def end(self, _name: str) -> None:
        """An element ends."""
        element, texts = self._open.pop()
        element.text = "".join(texts)

    def refuse_declaration(self, *_declared: object) -> None:
        """A document type, with which alone entities could come, and references to what is elsewhere."""
        self._refuse("declarations", "that declares a document type, which is refused")

    def _refuse(self, name: str, what: str) -> NoReturn:
        hint = "Check that host and port are Plesk's."
        if name == "too_many_elements":
            hint = "Name fewer sites (sites)."
        raise _RefusedError(connection_error(name, f"{self._url} answers with XML {what}.", hint))
