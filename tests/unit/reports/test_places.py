# SPDX-License-Identifier: GPL-3.0-or-later
"""Where files of the report go, and who may read them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.files import Access
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.places import PlaceError, places, targets

MOMENT = "2026-01-31T09:45:00Z"


def test_without_a_word_all_is_as_usual(tmp_path: Path) -> None:
    found = targets(places({}, tmp_path), [*FORMATS], tmp_path, MOMENT)
    assert {path.name for path in found} == {name for names in FORMATS.values() for name in names}
    assert {path.parent for path in found} == {tmp_path}
    assert {target.access for target in found.values()} == {Access(0o600, None)}


def test_a_format_has_its_place(tmp_path: Path) -> None:
    given: dict[object, object] = {
        "html": {"name": "fleet-{date}T{time}.html"},
        "csv": {"name": "{date}_{name}.csv", "directory": str(tmp_path / "csv")},
        "prometheus": {"directory": str(tmp_path / "textfile"), "mode": "0644", "group": os.getgid()},
    }
    found = targets(places(given, tmp_path), ["html", "csv", "prometheus"], tmp_path, MOMENT)
    assert found[tmp_path / "fleet-2026-01-31T094500.html"].access == Access()
    assert {path.name for path in found if path.parent == tmp_path / "csv"} == {
        f"2026-01-31_{name}" for name in FORMATS["csv"]
    }
    assert found[tmp_path / "textfile" / "mailplus.prom"].access == Access(0o644, os.getgid())


WRONG: list[tuple[Any, str]] = [
    ({"htm": {}}, "there is no format htm; did you mean html."),
    ({"pdf": {}}, "there is no format pdf; there are html"),
    ({"html": "a"}, "html: it is a mapping of directory, group, mode, name."),
    ({"html": {"modus": 1}}, "html: unknown modus; did you mean mode."),
    *(
        ({"html": {"mode": mode}}, f'mode is three octal digits in quotes, such as "0644", not {mode}.')
        for mode in (644, 420, "644 ", "u=rw", "0888", "10644", True, "٠٦٤٤")
    ),
    *(
        ({"html": {"mode": mode}}, f"mode {mode}: the owner reads and writes")
        for mode in ("0777", "0666", "0400", "755", "000")
    ),
    ({"html": {"group": "no such"}}, "group no such: there is none of this name"),
    ({"html": {"group": ["a"]}}, "group is the name of a group, or its number."),
    *(
        ({"html": {"group": group}}, f"group {group}: there is no such number of a group.")
        for group in (2**32 - 1, 2**32, "99999999999999999999")
    ),
    ({"html": {"directory": "~no_such_user/x"}}, "directory ~no_such_user/x: there is no such user on the controller."),
    ({"html": {"directory": 5}}, "directory is a path."),
    ({"html": {"directory": ""}}, "directory is a path."),
    ({"html": {"directory": "/dev/null/a/b"}}, "directory /dev/null/a/b: /dev/null is no directory."),
    *(
        ({"html": {"name": name}}, "name is a file name of letters")
        for name in ("../a.html", "a/b.html", ".a.html", "{{ date }}.html", "{0.__class__}.html", "{Date}.html", 5, "")
    ),
    ({"html": {"name": "a.txt"}}, "name ends in .html, unlike a.txt."),
    ({"csv": {"name": "{date}.csv"}}, "name has {name}, since there are several files"),
    ({"json": {"name": "fleet.json"}}, "fleet.json is a file of the gathered state too."),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=str)
def test_what_cannot_be_is_refused(tmp_path: Path, given: Any, said: str) -> None:
    with pytest.raises(PlaceError) as raised:
        places(given, tmp_path)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("way", ["x/..", "link", "link/x/.."])
def test_the_gathered_state_is_safe_by_any_path(tmp_path: Path, way: str) -> None:
    state = tmp_path / "state"
    (state / "x").mkdir(parents=True)
    (state / "link").symlink_to(state)
    with pytest.raises(PlaceError, match="is a file of the gathered state too"):
        places({"json": {"name": "fleet.json", "directory": str(state / way)}}, state)


@pytest.mark.parametrize("name", ["hosts", "last_good", "history", "rows"])
@pytest.mark.parametrize("way", ["", "x/../", "link/"])
@pytest.mark.parametrize("below", ["", "/new"])
def test_no_report_goes_where_the_collection_keeps_its_own(tmp_path: Path, name: str, way: str, below: str) -> None:
    state = tmp_path / "state"
    (state / "x").mkdir(parents=True)
    (state / "link").symlink_to(state)
    for kind in ("json", "jsonl"):
        with pytest.raises(PlaceError, match=f"{name} is for files of the collection alone.$"):
            places({kind: {"directory": f"{state}/{way}{name}{below}"}}, state)
    assert places({"json": {"directory": f"{state}/{name}.d"}}, state)["json"].directory == state / f"{name}.d"


def test_a_file_has_its_mode_and_others_are_not_touched(tmp_path: Path) -> None:
    """A link where the file goes is replaced, and what it points to is left alone."""
    access = Access(0o644, os.getgid())
    place, foreign = tmp_path / "new" / "textfile", tmp_path / "foreign"
    foreign.write_text("theirs", encoding="utf-8")
    foreign.chmod(0o600)
    files.make_directories([place], access)
    (place / "mailplus.prom").symlink_to(foreign)
    assert not access.holds(place / "mailplus.prom")
    files.write(place / "mailplus.prom", "ours", access)
    assert access.holds(place / "mailplus.prom")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (place.parent, place)] == [0o755, 0o755]
    assert (foreign.read_text(encoding="utf-8"), stat.S_IMODE(foreign.stat().st_mode)) == ("theirs", 0o600)
    assert [path.name for path in place.iterdir()] == ["mailplus.prom"]
