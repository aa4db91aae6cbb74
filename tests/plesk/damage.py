# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that leave an answer standing but spoil it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ansible_collections.mailfleet.mailplus.tests.plesk.elements import put
from ansible_collections.mailfleet.mailplus.tests.plesk.faults import OperationFault
from ansible_collections.mailfleet.mailplus.tests.simulator.damage import repeated

Struck = Mapping[str, OperationFault]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TEXT = re.compile(rb"(<(?:name|errtext|description|subject|text)>)")
_LEVELS = "abcdefghij"


def result(element: Element, struck: Struck) -> Element:
    """A result as its faults leave it."""
    for kind, fault in struck.items():
        if kind in _OF_RESULT:
            _OF_RESULT[kind](element, fault)
    return element


def _each_named(element: Element, name: str) -> Iterator[tuple[Element, Element]]:
    """The elements of a name, each with its parent."""
    for parent in list(element.iter()):
        for child in list(parent):
            if child.tag == name:
                yield parent, child


def _unknown(element: Element, fault: OperationFault) -> None:
    under = element if fault["under"] is None else element.find(f".//{fault['under']}")
    if under is not None:
        put(under, fault["name"], fault["value"])


def _duplicate(element: Element, fault: OperationFault) -> None:
    for parent, child in _each_named(element, fault["name"]):
        parent.insert(list(parent).index(child), copy.deepcopy(child))


def _drop(element: Element, fault: OperationFault) -> None:
    for parent, child in _each_named(element, fault["name"]):
        parent.remove(child)


def _replace(element: Element, fault: OperationFault) -> None:
    for _parent, child in _each_named(element, fault["name"]):
        child.clear()
        child.text = fault["value"]


_OF_RESULT: dict[str, Callable[[Element, OperationFault], None]] = {
    "unknown": _unknown,
    "duplicate": _duplicate,
    "drop": _drop,
    "replace": _replace,
}


def packet(answer: Element, struck: Struck) -> Element:
    """A packet as its faults leave it."""
    if "short_result" in struck:
        for operator, operation in _operations(answer)[-struck["short_result"]["drop"] :]:
            operator.remove(operation)
    if "reordered_result" in struck:
        for operator in answer:
            operator[:] = list(operator)[::-1]
        answer[:] = list(answer)[::-1]
    if "root" in struck:
        answer.tag = struck["root"]["name"]
    return answer


def _operations(answer: Element) -> list[tuple[Element, Element]]:
    return [(operator, operation) for operator in answer for operation in operator]


def body(answer: Element, struck: Struck) -> bytes:
    """The bytes of a packet, as their faults leave them."""
    text = ElementTree.tostring(answer, encoding="unicode")
    declaration = _DECLARATION
    if "encoding" in struck:
        fault = struck["encoding"]
        declaration = declaration.replace("UTF-8", fault["declared"])
        return (declaration + text).encode(fault["used"], "replace")
    if "doctype" in struck:
        declaration, text = _with_doctype(struck["doctype"]["content"], declaration, text)
    sent = (declaration + text).encode("utf-8", "surrogatepass")
    for kind, spoil in _SPOIL.items():
        if kind in struck:
            sent = spoil(sent, struck[kind])
    return sent


def _with_doctype(content: str, declaration: str, text: str) -> tuple[str, str]:
    """A document type with entities that grow to a billion words, or that are read from a file; or an empty one."""
    if content == "plain":
        return f"{declaration}<!DOCTYPE packet>\n", text
    name = "a" if content == "external" else _LEVELS[-1]
    if content == "external":
        entities = '<!ENTITY a SYSTEM "file:///etc/passwd">'
    else:
        grown = [f'<!ENTITY {name} "{f"&{below};" * 10}">' for below, name in pairwise(_LEVELS)]
        entities = "".join(['<!ENTITY a "bomb">', *grown])
    filled = re.sub(r"<name>[^<]*</name>", f"<name>&{name};</name>", text)
    return f"{declaration}<!DOCTYPE packet [{entities}]>\n", filled


def swollen(answer: bytes, fault: OperationFault) -> Iterator[bytes]:
    """The answer in pieces, with a filling in front of the end of its packet."""
    end = answer.rfind(b"</packet>")
    yield answer[:end]
    if fault["filling"] == "text":
        yield from chain([b"<filling>"], repeated(b"a", fault["size"]), [b"</filling>"])
    elif fault["filling"] == "dense":
        yield from repeated(b"<i/>", fault["size"] // 4)
    else:
        yield from chain(repeated(b"<i>", fault["size"]), repeated(b"</i>", fault["size"]))
    yield answer[end:]


_SPOIL: dict[str, Callable[[bytes, OperationFault], bytes]] = {
    "not_utf8": lambda sent, _fault: _TEXT.sub(rb"\1" + b"\xff\xfe\xe9", sent),
    "cut_text": lambda sent, _fault: sent[: len(sent) * 2 // 3],
    "bytes": lambda _sent, fault: str(fault["value"]).encode(),
    "empty": lambda _sent, _fault: b"",
}
