# SPDX-License-Identifier: GPL-3.0-or-later
"""What is generated is up to date, and cannot go out of date unseen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import DEFAULT, select
from ansible_collections.mailfleet.mailplus.tests.generate.__main__ import ROOT, main
from ansible_collections.mailfleet.mailplus.tests.generate.shapes import fields
from ansible_collections.mailfleet.mailplus.tests.generate.writing import BY, END, GenerateError, between, yaml_lines

ROWS = "plugins/module_utils/_mailplus/catalogue"
READ = len(select(DEFAULT))
MODULE = "plugins/modules/mailplus_smtp_info.py"


class Checkout:
    """A copy of this one, to change."""

    def __init__(self, directory: Path) -> None:
        self.place = directory / "ansible_collections" / "mailfleet" / "mailplus"
        for name in ("docs", "meta", "playbooks", "plugins", "roles", "tests"):
            shutil.copytree(ROOT / name, self.place / name, ignore=shutil.ignore_patterns("__pycache__", "images"))
        shutil.copy(ROOT / "README.md", self.place)
        self.path = directory

    def change(self, name: str, old: str, new: str) -> None:
        path = self.place / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def generate(self, *arguments: str) -> tuple[int, list[str]]:
        """The exit code, and what was said."""
        command = [sys.executable, "-m", "ansible_collections.mailfleet.mailplus.tests.generate", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(self.path), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, env=environment, cwd=self.path, capture_output=True, text=True, check=False, timeout=60
        )
        return done.returncode, (done.stdout + done.stderr).splitlines()

    def stale(self) -> set[str]:
        """The files that the check names."""
        code, said = self.generate("--check")
        assert (code == 1) == bool(said)
        assert all(line.endswith(" is out of date; run: make generate") for line in said)
        return {line.partition(" ")[0] for line in said}

    def texts(self) -> dict[str, str]:
        return {str(path): path.read_text(encoding="utf-8") for path in self.place.rglob("*") if path.is_file()}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_everything_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out == ""


BY_HAND = (
    (MODULE, "What the server sent", "What it sent"),
    (MODULE, "What to read. By default", "What is read. By default"),
    (MODULE, "QUESTION = InfoQuestion(AREA)", "QUESTION = InfoQuestion(AREA)  # by hand"),
    ("plugins/modules/mailplus_facts.py", "V(queue) - Mails waiting", "V(queue) - Mails that wait"),
    ("plugins/action/mailplus_info.py", "Asks what", "Asks that"),
    ("meta/runtime.yml", "    - mailplus_info\n", ""),
    ("docs/state.schema.json", '"minimum": 0', '"minimum": 1'),
    ("README.md", "`queue`, `queue_settings`", "`queue`"),
    ("docs/docsite/rst/guide_getting_started.rst", f"{READ} of {READ} sections", "1 of 1 sections"),
    ("docs/docsite/rst/guide_coverage.rst", "Listed by the package, allowed", "Listed by the package, refused"),
    ("docs/docsite/rst/guide_credentials.rst", "* - Auditing: Queue", "* - Queue"),
    ("docs/docsite/rst/guide_fleets.rst", "* - the default", "* - the whole"),
    ("docs/docsite/rst/guide_troubleshooting.rst", "Groups are all, ", "Groups are "),
    ("roles/mailplus_state/meta/argument_specs.yml", "      mailplus_state_port: *port\n", ""),
)


def test_what_is_changed_by_hand_is_found_and_mended(checkout: Checkout) -> None:
    whole = checkout.texts()
    for name, old, new in BY_HAND:
        checkout.change(name, old, new)
    changed = {name for name, _old, _new in BY_HAND}
    assert checkout.stale() == changed
    code, said = checkout.generate()
    assert (code, {line.removeprefix("wrote ") for line in said}) == (0, changed)
    assert checkout.texts() == whole


def test_the_list_of_areas_comes_before_what_follows_from_it(checkout: Checkout) -> None:
    areas = "plugins/module_utils/_mailplus/areas.py"
    checkout.change(areas, "    smtp.AREA,\n", "")
    checkout.change(*BY_HAND[0])
    assert checkout.stale() == {areas}
    assert checkout.generate() == (0, [f"wrote {areas}", f"wrote {MODULE}"])


def test_a_section_that_is_renamed_is_found_wherever_it_stands(checkout: Checkout) -> None:
    checkout.change(f"{ROWS}/smtp.py", '"smtp_postmaster"', '"smtp_masters"')
    named = {
        MODULE,
        "plugins/modules/mailplus_facts.py",
        "docs/state.schema.json",
        "docs/docsite/rst/guide_coverage.rst",
        "docs/docsite/rst/guide_credentials.rst",
        "docs/docsite/rst/guide_troubleshooting.rst",
    }
    assert checkout.stale() >= named
    checkout.generate()
    assert checkout.stale() == set()
    for name in named:
        assert "smtp_masters" in (checkout.place / name).read_text(encoding="utf-8")


def test_a_text_of_a_result_is_documented_wherever_it_is_returned(checkout: Checkout) -> None:
    checkout.change("plugins/module_utils/_mailplus/envelope.py", "The key of the rows in the data.", "The rows' key.")
    assert checkout.stale() >= {"plugins/modules/mailplus_queue_info.py", "docs/state.schema.json"}


def test_a_new_area_wants_a_module_of_prose_and_examples(checkout: Checkout) -> None:
    text = (checkout.place / ROWS / "server.py").read_text(encoding="utf-8")
    for old, new in (('"server"', '"extra"'), ('"server_list"', '"extra"'), ('"servers"', '"extras"')):
        text = text.replace(old, new)
    (checkout.place / ROWS / "extra.py").write_text(text, encoding="utf-8")
    assert checkout.stale() == {"plugins/module_utils/_mailplus/areas.py"}
    code, (*_written, complaint) = checkout.generate()
    assert code == 1
    assert complaint.startswith("plugins/modules/mailplus_extra_info.py: it has to hold DOCUMENTATION")
    module = (
        'DOCUMENTATION = r"""\nmodule: mailplus_extra_info\nshort_description: Extra\n"""\n\n'
        'EXAMPLES = r"""\n- name: Ask\n"""\n'
    )
    (checkout.place / "plugins/modules/mailplus_extra_info.py").write_text(module, encoding="utf-8")
    assert checkout.generate()[0] == 0
    assert checkout.stale() == set()
    assert (checkout.place / "plugins/action/mailplus_extra_info.py").exists()
    whole = (checkout.place / "plugins/modules/mailplus_extra_info.py").read_text(encoding="utf-8")
    assert whole.startswith(f"{module.partition('Extra')[0]}Extra\n# Written by make generate")
    assert whole.endswith('if __name__ == "__main__":\n    main()\n')


def test_a_file_without_markers_is_named(checkout: Checkout) -> None:
    checkout.change("README.md", f"{BY}: modules", "modules")
    code, (*_others, complaint) = checkout.generate("--check")
    assert code == 1
    assert complaint.startswith(f"README.md: it has no line '{BY}: modules'")


# ----------------------------------------------------------------------------------------------------------- writing


def test_text_goes_between_its_own_markers() -> None:
    text = f"# {BY}: a\n# {END}\n  # {BY}: b\n  old\n  # {END}\nrest\n"
    assert between("b", ["x", "", "y"])(text) == text.replace("  old\n", "  x\n\n  y\n")
    with pytest.raises(GenerateError):
        between("c", [])(text)
    with pytest.raises(GenerateError):
        between("a", [])(f"# {BY}: a\n")


@pytest.mark.parametrize(
    "value",
    [
        {"a": "b: c # d", "e": [1, None, True], "f": {}},
        {"description": "word " * 60, "type": "str"},
        {"description": [f"It's {word} " * 20 + "end: here" for word in ("one", "'two'", '"three"')], "type": "dict"},
        {"a": [{"b": 1, "c": ["d"]}, {"b": 2}], "e": {"f": {"g": {"h": "i"}}}},
        {"a": "- b", "c": "[d]", "e": "{f}", "g": "", "h": "null", "i": "2026-01-31T08:15:00Z", "j": "*k", "l": "%m"},
    ],
)
def test_yaml_says_what_it_was_made_from(value: dict[str, Any]) -> None:
    for indent in (0, 6):
        lines = list(yaml_lines(value, indent))
        assert max(map(len, lines)) <= 120
        expected = yaml.safe_load(yaml.safe_dump(value))
        assert _stripped(yaml.safe_load("\n".join(lines))) == _stripped(expected)


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    return " ".join(value.split()) if isinstance(value, str) else value


class Base(TypedDict):
    """What all have."""

    first: Annotated[str, ("a", "b")]
    """The first,
    on two lines."""


class Derived(Base, total=False):
    """What some have."""

    second: list[int] | None
    """The second."""


def test_a_type_is_read_with_its_bases() -> None:
    first, second = fields(Derived)
    assert (first.name, first.text, first.is_required) == ("first", "The first, on two lines.", True)
    assert first.hint.bounds == (("a", "b"),)
    assert (second.name, second.text, second.is_required) == ("second", "The second.", False)
    assert (second.hint.type, second.hint.arguments, second.hint.is_nullable) == (list, (int,), True)


class Mute(TypedDict):
    """One that says nothing of its key."""

    key: str


def test_a_key_without_a_text_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="key"):
        fields(Mute)
