# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guides and AWX say of sections: tables, choices, messages and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import (
    ALL,
    BY_NAME,
    CATALOGUE,
    groups,
    select,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import Rule
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy_files import read_policy
from ansible_collections.mailfleet.mailplus.tests.generate.modules import API, FACTS
from ansible_collections.mailfleet.mailplus.tests.generate.writing import Rewrite, between
from ansible_collections.mailfleet.mailplus.tests.playbook.support.troubleshooting import MESSAGES, tables

_GUIDES = "docs/docsite/rst"
_POLICIES = Path(__file__).parents[2] / "roles" / "mailplus_state" / "files" / "policies"
_EVERYTHING = "all of them, or a {subset}, in one login and one request, as {facts}"
_ONE = "one API and method by name, of those that only read, as {answer}"
_COUNTS = re.compile(r"\b(\d+) of (\d+) sections\b")

Row = Sequence[str]


def files() -> Iterator[tuple[str, Rewrite]]:
    """README, the guides, and the questions of AWX."""
    yield "README.md", between("modules", list(_markdown(("module", "sections"), _modules("`", "`{}`"))))
    modules = list(_modules("``", ":ansplugin:`mailfleet.mailplus.{}#module`"))
    yield (
        f"{_GUIDES}/guide_getting_started.rst",
        between("modules", list(_rst((45, 55), ("Module", "Sections"), modules))),
    )
    head = ("Section", "What it is", "Place in MailPlus Server", "Option of the delegation policy")
    yield f"{_GUIDES}/guide_credentials.rst", between("options", list(_rst((18, 26, 28, 28), head, _options())))
    yield f"{_GUIDES}/guide_troubleshooting.rst", between(MESSAGES, ["", *tables().splitlines(), ""])
    yield f"{_GUIDES}/guide_policies.rst", between("rules", list(_rules()))
    names = [f"  {name}" for name in (ALL, *groups(), *BY_NAME)]
    yield "playbooks/vars/awx.yml", between("choices", ["choices: |-", *names])
    for path in ("README.md", f"{_GUIDES}/guide_getting_started.rst", f"{_GUIDES}/guide_credentials.rst"):
        yield path, _counted


def _rules() -> Iterator[str]:
    """The rules that ship, a table a policy."""
    rules = read_policy(_POLICIES / "hardening.yml", "hardening")
    head = ("Rule", "What it requires", "Severity", "Section, and the path to set")
    for name in dict.fromkeys(rule.policy for rule in rules):
        yield from ("", f"``policies/{name}.yml``:")
        yield from _rst((22, 38, 12, 28), head, [_rule(rule) for rule in rules if rule.policy == name])


def _rule(rule: Rule) -> Row:
    places = rule.target.places if rule.target else ()
    names = [", ".join(f"``{name}``" for name in (place.section, place.path_variable) if name) for place in places]
    return f"``{rule.id}``", rule.title, rule.severity, "; ".join(names)


def _modules(quotes: str, module: str) -> Iterator[Row]:
    everything = _EVERYTHING.replace("{subset}", f"{quotes}gather_subset{quotes}")
    facts = f"{quotes}ansible_facts.mailplus{quotes}"
    yield module.replace("{}", FACTS), everything.replace("{facts}", facts)
    for area in AREAS:
        names = ", ".join(f"{quotes}{section.name}{quotes}" for section in area.sections)
        yield module.replace("{}", area.module), names
    yield module.replace("{}", API), _ONE.replace("{answer}", f"{quotes}answer{quotes}")


def _options() -> list[Row]:
    return [
        (f"``{section.name}``", section.title, section.place, section.privilege or "not known") for section in CATALOGUE
    ]


def _markdown(head: Row, rows: Iterator[Row]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(row)} |".replace("| --- | --- |", "|---|---|")


def _rst(widths: Sequence[int], head: Row, rows: Sequence[Row]) -> Iterator[str]:
    yield from ("", ".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}", "")
    for first, *others in (head, *rows):
        yield f"   * - {first}"
        yield from (f"     - {other}" for other in others)
    yield ""


def _counted(text: str) -> str:
    """The text with as many sections as there are, in output that it shows; as many were not read as before."""
    there_are = len(select([ALL]))
    return _COUNTS.sub(lambda found: f"{there_are + int(found[1]) - int(found[2])} of {there_are} sections", text)
