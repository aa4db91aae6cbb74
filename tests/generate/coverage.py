# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be read, section by section, and what an account needs for it: tables of the guides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import import_module

import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.client import Read
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    DSM_ADMINISTRATOR,
    DSM_USER,
    EVIDENCE,
    Area,
    Kind,
    Section,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.known_keys import KnownKey
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE, DEFAULT, select
from ansible_collections.mailfleet.mailplus.tests.generate import known
from ansible_collections.mailfleet.mailplus.tests.generate.writing import Row, rst_table

_MODULES = "ansible_collections.mailfleet.mailplus.plugins.modules"
_MAILPLUS = "SYNO.MailPlusServer."
_EVERYTHING = "*"
_HEAD = ("Section", "What it is, and its page", "How it is read", "What is known of it", "Who may read it")
_ADMINISTRATOR = "a DSM administrator: it cannot be delegated"
_USER = "every account that DSM lets in"
_NOT_KNOWN = "not known"
KNOWN_KEYS = "ansible_collections.mailfleet.mailplus.docsite.guide_coverage_known_keys"
"""The label of the part of the guide that names the known keys."""


def pages() -> Iterator[str]:
    """For each module a heading, and a table of its sections."""
    for area in AREAS:
        title = summary(area.module)
        group = f", group ``{area.group}``" if area.group else ""
        yield from (
            "",
            title,
            "^" * len(title),
            "",
            f"Module :ansplugin:`mailfleet.mailplus.{area.module}#module`{group}.",
        )
        rows = [_row(section, area) for section in area.sections]
        yield from rst_table((17, 24, 21, 21, 17), _HEAD, rows)


def summary(module: str) -> str:
    """What a module reads, as its documentation says."""
    documentation = import_module(f"{_MODULES}.{module}").DOCUMENTATION
    return re.sub(r" of MailPlus Server\b(?!')", "", yaml.safe_load(documentation)["short_description"])


def options() -> Iterator[str]:
    """For each option of a delegation policy, the sections that it opens, and for what it is needed."""
    found: dict[str, list[Section]] = {}
    for section in sorted(CATALOGUE, key=_by_option):
        found.setdefault(_may_read(section), []).append(section)
    head = ("Option of the delegation policy", "Sections that it covers by its name", "Needed for")
    rows = [
        (option, _names([each.name for each in covered]), _needed_for(covered)) for option, covered in found.items()
    ]
    yield from rst_table((28, 55, 17), head, rows)


def _needed_for(covered: Sequence[Section]) -> str:
    """Of what is often asked for, what has some of these sections."""
    often = {"``min``": ["min"], "the default": DEFAULT}
    found = [title for title, subset in often.items() if any(section in covered for section in select(subset))]
    return ", ".join(found) or "more"


def _by_option(section: Section) -> tuple[int, str]:
    """Options first, in their order, then what none of them opens."""
    others = (DSM_ADMINISTRATOR, DSM_USER, None)
    place = others.index(section.privilege) + 1 if section.privilege in others else 0
    return place, section.privilege or ""


def _row(section: Section, area: Area) -> Row:
    holds = re.sub(r"C\((.*?)\)", r"``\1``", section.holds)
    return (
        f"``{section.name}``",
        _paragraphs(section.title, holds, f"*{section.place}*"),
        _paragraphs(_way(section, area), _asked(section.reads)),
        _paragraphs(_attested(section), _keys(section)),
        _paragraphs(_may_read(section), _hidden(section)),
    )


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text[:1].upper() + text[1:] for text in texts if text)


def _way(section: Section, area: Area) -> str:
    each = f", for each of ``{section.each.of.name}``" if section.each else ""
    when = ""
    if section.kind is Kind.CHECK:
        when = "; only where it is named"
    elif area.by_name_only:
        when = f"; only where it, or ``{area.group}``, is named"
    elif section in select(DEFAULT):
        when = "; by default"
    return f"{section.kind.value}{each}{when}"


def _asked(reads: Sequence[Read]) -> str:
    return ", or else ".join(
        f"``{read.api.removeprefix(_MAILPLUS)} {read.method}``, {_versions(read.versions)}" for read in reads
    )


def _versions(versions: Sequence[int]) -> str:
    first, last = min(versions), max(versions)
    return f"version {last}" if first == last else f"versions {first} to {last}"


def _attested(section: Section) -> str:
    """How far it is known that the section can be read; what is known of its keys is said by their names."""
    return ", ".join(EVIDENCE[tag] for tag in section.evidence if tag != "U")


def _keys(section: Section) -> str:
    number = len(known.keys_of(section))
    if not number:
        return "its keys depend on the NAS"
    return f"{number} {'keys are' if number > 1 else 'key is'} known, see :ref:`below <{KNOWN_KEYS}>`"


def known_keys() -> Iterator[str]:
    """The known keys of each section, a row for each evidence."""
    head = ("Section", "Known keys", "Known from")
    rows = [
        (f"``{section.name}``", _by_place(keys), evidence)
        for section in CATALOGUE
        for evidence, keys in known.by_evidence(section)
    ]
    yield from rst_table((20, 55, 25), head, rows)


def _by_place(keys: Sequence[KnownKey]) -> str:
    places = known.by_place(keys, "``{}``".format)
    return "\n\n".join((f"``{above}``: " if above else "") + ", ".join(names) for above, names in places)


def _may_read(section: Section) -> str:
    return {DSM_ADMINISTRATOR: _ADMINISTRATOR, DSM_USER: _USER, None: _NOT_KNOWN}.get(
        section.privilege, section.privilege or _NOT_KNOWN
    )


def _hidden(section: Section) -> str:
    """What of the answer is personal or secret beside what is so in all answers."""
    found = []
    if section.personal:
        whose = "all text" if _EVERYTHING in section.personal else _names(section.personal)
        found.append(f"{whose} is personal")
    if section.secret:
        found.append("keys and codes are secret")
    return "; ".join(found)


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"``{name}``" for name in names)
