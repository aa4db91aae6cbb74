# SPDX-License-Identifier: GPL-3.0-or-later
"""What README shows, against the catalogue and what the hosts of the demo say: both change with each section."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.areas import AREAS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import describe
from ansible_collections.mailfleet.mailplus.tests.demo import SUBSET
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support.gathering import record_of

_ROOT = Path(__file__).parents[3]
_HOST = re.compile(r'^ *"([\w-]+) +(\w+)  +(.*)",$', re.MULTILINE)
_ASKED = re.compile(r"^\| [^|]+\? \| `(\w+)` \| (.*) \|$", re.MULTILINE)


def test_readme_names_modules_with_the_sections_that_they_have() -> None:
    rows = _ASKED.findall((_ROOT / "README.md").read_text(encoding="utf-8"))
    have = {area.module: {section.name for section in area.sections} for area in AREAS}
    assert rows
    for module, sections in rows:
        assert set(re.findall(r"`(\w+)`", sections)) <= have[module], module


def without_port(text: str) -> str:
    return re.sub(r"(127\.0\.0\.1):\d+", r"\1", text)


def test_readme_shows_what_the_demo_says() -> None:
    with run_fleet(_ROOT / "tests" / "simulator" / "fleets" / "demo.yml") as fleet:
        records = [record_of(name, nas, str(fleet.ca_path), SUBSET) for name, nas in fleet.items()]
    shown = _HOST.findall((_ROOT / "README.md").read_text(encoding="utf-8").partition("\nThen it compares")[0])
    assert [(name, status) for name, status, _text in shown] == [(each.host, each.status) for each in records]
    for (_name, _status, text), record in zip(shown, records, strict=True):
        said = f"{without_port(describe(record)).removesuffix('.')};"
        whole, shortened, _verdicts = without_port(text).partition("…")
        assert said.startswith(whole) if shortened else whole.startswith(said), record.host
