# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guides say of sections: tables, messages and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import ALL, DEFAULT, select
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import Rule
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy_files import read_policy
from ansible_collections.mailfleet.mailplus.tests.generate import costs, coverage
from ansible_collections.mailfleet.mailplus.tests.generate.modules import API, FACTS
from ansible_collections.mailfleet.mailplus.tests.generate.writing import Rewrite, Row, between, rst_table
from ansible_collections.mailfleet.mailplus.tests.playbook.support.troubleshooting import MESSAGES, tables

_GUIDES = "docs/docsite/rst"
_POLICIES = Path(__file__).parents[2] / "roles" / "mailplus_state" / "files" / "policies"
_HEAD = ("Module", "What it reads", "Group, or sections")
_COUNTS = re.compile(r"\b\d+ of \d+ sections\b")


def files() -> Iterator[tuple[str, Rewrite]]:
    """README and the guides."""
    yield "README.md", between("modules", list(_markdown(_HEAD, _modules("`", "`{}`"))))
    modules = _modules("``", ":ansplugin:`mailfleet.mailplus.{}#module`")
    yield f"{_GUIDES}/guide_getting_started.rst", between("modules", list(rst_table((36, 40, 24), _HEAD, modules)))
    yield f"{_GUIDES}/guide_coverage.rst", between("sections", list(coverage.pages()))
    yield f"{_GUIDES}/guide_coverage.rst", between("known keys", list(coverage.known_keys()))
    yield f"{_GUIDES}/guide_credentials.rst", between("options", list(coverage.options()))
    yield f"{_GUIDES}/guide_fleets.rst", between("costs", list(costs.table()))
    yield f"{_GUIDES}/guide_troubleshooting.rst", between(MESSAGES, ["", *tables().splitlines(), ""])
    yield f"{_GUIDES}/guide_policies.rst", between("rules", list(_rules()))
    yield f"{_GUIDES}/guide_getting_started.rst", _all_read(len(select(DEFAULT)))


def _rules() -> Iterator[str]:
    """The rules that ship, a table a policy."""
    rules = read_policy(_POLICIES / "hardening.yml", "hardening")
    head = ("Rule", "What it requires", "Severity", "Section, and the path to set")
    for name in dict.fromkeys(rule.policy for rule in rules):
        yield from ("", f"``policies/{name}.yml``:")
        yield from rst_table((22, 38, 12, 28), head, [_rule(rule) for rule in rules if rule.policy == name])


def _rule(rule: Rule) -> Row:
    places = rule.target.places if rule.target else ()
    names = [", ".join(f"``{name}``" for name in (place.section, place.path_variable) if name) for place in places]
    return f"``{rule.id}``", rule.title, rule.severity, "; ".join(names)


def _modules(quotes: str, module: str) -> Iterator[Row]:
    """Each module, what it reads, and by which names FACTS reads the same."""
    subset = f"{quotes}gather_subset{quotes}"
    yield module.replace("{}", FACTS), f"All of it, or a {subset}, in one login", f"{quotes}{ALL}{quotes}"
    for area in AREAS:
        names = [area.group] if area.group else [section.name for section in area.sections]
        listed = ", ".join(f"{quotes}{name}{quotes}" for name in names)
        yield module.replace("{}", area.module), coverage.summary(area.module), listed
    yield module.replace("{}", API), "One API and method by name, of those that only read", "none"


def _markdown(head: Row, rows: Iterator[Row]) -> Iterator[str]:
    for row in (head, *rows):
        yield f"| {' | '.join(row)} |"
        if row is head:
            yield f"|{'---|' * len(head)}"


def _all_read(there_are: int) -> Rewrite:
    """In output that is shown, every host was asked for that many sections, and answered all."""
    return partial(_COUNTS.sub, f"{there_are} of {there_are} sections")
