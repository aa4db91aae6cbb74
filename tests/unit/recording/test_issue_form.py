# SPDX-License-Identifier: GPL-3.0-or-later
"""The form by which recordings are sent: one that GitHub takes, whose commands and files are those that there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
NEEDS = {
    "markdown": {"value"},
    "textarea": {"label"},
    "input": {"label"},
    "dropdown": {"label", "options"},
    "checkboxes": {"label", "options"},
}


@pytest.mark.parametrize("path", [form for form in FORMS if form.name != "config.yml"], ids=lambda path: path.name)
def test_a_form_is_one(path: Path) -> None:
    form: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(form) <= {"name", "description", "title", "labels", "body"}
    assert form["name"]
    assert form["description"]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields) > 0
    for field in form["body"]:
        assert NEEDS[field["type"]] <= set(field["attributes"])


def test_what_is_asked_for_is_told_alike_wherever_it_is_told() -> None:
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / "recording.yml").read_text(encoding="utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_recordings.rst").read_text(encoding="utf-8")
    for text in (form, contributing):
        assert "ansible-playbook -i inventory.yml mailfleet.mailplus.record -e mailplus_hosts=NAS\n" in text
    for text in (form, contributing, guide):
        assert "mailplus-recording.json" in text
    assert "-e mailplus_record_strict=true" in form
    assert "-e mailplus_record_strict=true" in guide
    assert "issues/new?template=recording.yml" in contributing
    assert "issues/new?template=recording.yml" in guide
