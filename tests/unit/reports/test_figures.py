# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a section that no format knows: its row alone brings them into all of them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus import plugins
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import kinds
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import records
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from prometheus_client.parser import text_string_to_metric_families

WRITERS = {name: writer for files in FORMATS.values() for name, writer in files.items()}
PLUGINS = Path(next(iter(plugins.__path__)))
FLOORS = [PLUGINS / "plugin_utils" / floor for floor in ("_fleet", "_reports")]


def _crates(data: Any) -> list[Any] | None:
    return data.get("crates") if isinstance(data, dict) else None


LARDER = kinds.log(
    "larder",
    "What is in store",
    place="",
    privilege=None,
    figures=(
        kinds.Figure(
            "larder_jars",
            "Jars in store",
            "total",
            "jars",
            brief=True,
            by=kinds.Breakdown("fruit", "summary.by_fruit", "larder_read_jars", "larder_complete"),
            known="larder_known",
        ),
        kinds.Figure("larder_oldest_seconds", "Age of the oldest jar", "summary.oldest_seconds", "seconds", brief=True),
        kinds.Figure("larder_lids", "Spare lids", "summary.lids", "lids"),
    ),
    timeline=kinds.Timeline("larder_flow", "Jars by the hour"),
    members=kinds.Members("crates", "Crates", "stack", _crates, lambda _data: [], "stacks"),
)


@pytest.fixture(autouse=True)
def _with_larder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BY_NAME, LARDER.name, LARDER)


def _larder() -> dict[str, Any]:
    found = samples.listing(
        [{"time": "2026-01-10T08:30:00Z"}],
        total=70,
        truncated=True,
        by_fruit={"quince": 41, "plum": 20},
        oldest_seconds=90_000,
        lids=7,
        shelf="upper",
    )
    crates = [{"name": name, "status": "full", "role": None} for name in ("left", "right")]
    found["data"]["crates"] = crates
    return found


def report() -> Report:
    hosts = [
        samples.record("one", larder=_larder(), core=samples.section({})),
        samples.record("two", larder=samples.refused(is_list=True), core=samples.section({})),
        samples.record("three", core=samples.section({})),
        samples.failed("four"),
    ]
    return samples.report(hosts)


def hosts_of(found: Report) -> Iterator[tuple[str, dict[str, int | None]]]:
    return ((host["host"], host["figures"]) for host in found["hosts"])


def test_json_has_them_and_tells_what_they_are() -> None:
    found: Report = json.loads(WRITERS["report.json"](report()))
    assert found["report_version"] == 2
    definitions = {definition["name"]: definition for definition in found["figures"]}
    assert definitions["larder_jars"] == {
        "name": "larder_jars",
        "section": "larder",
        "label": "Jars in store",
        "unit": "jars",
        "path": "total",
        "brief": True,
        "metric": "mailplus_larder_jars",
        "known": "mailplus_larder_known",
        "by": {
            "label": "fruit",
            "path": "summary.by_fruit",
            "metric": "mailplus_larder_read_jars",
            "complete": "mailplus_larder_complete",
        },
    }
    unknown = {"larder_jars": None, "larder_oldest_seconds": None, "larder_lids": None}
    assert dict(hosts_of(found)) == {
        "one": {"larder_jars": 70, "larder_oldest_seconds": 90_000, "larder_lids": 7},
        **dict.fromkeys(("two", "three", "four"), unknown),
    }
    one = next(host for host in found["hosts"] if host["host"] == "one")
    assert one["breakdowns"] == {"larder_jars": {"quince": 41, "plum": 20}}
    assert one["timelines"] == {"larder_flow": [{"hour": "2026-01-10T08:00:00Z", "count": 1}]}
    assert [member["name"] for member in one["members"]["crates"] or ()] == ["left", "right"]
    two = next(host for host in found["hosts"] if host["host"] == "two")
    assert (two["breakdowns"], two["timelines"]) == ({"larder_jars": None}, {"larder_flow": None})
    assert two["members"] == {"crates": None}


def test_nothing_is_defined_that_no_host_has() -> None:
    found = samples.report([samples.record(core=samples.section({}))])
    assert (found["figures"], found["timelines"], found["members"]) == ([], [], [])


def test_csv_has_a_column_a_figure() -> None:
    rows = {row["host"]: row for row in csv.DictReader(io.StringIO(WRITERS["hosts.csv"](report())))}
    columns = ("larder_jars", "larder_oldest_seconds", "larder_lids")
    assert [rows["one"][column] for column in columns] == ["70", "90000", "7"]
    assert {rows[host][column] for host in ("two", "three", "four") for column in columns} == {"unknown"}


def test_prometheus_has_a_metric_a_figure() -> None:
    families = {one.name: one for one in text_string_to_metric_families(WRITERS["mailplus.prom"](report()))}
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in families.values()
        for sample in family.samples
        if "larder" in sample.name
    }
    one, two = ("host", "one"), ("host", "two")
    assert found == {
        ("mailplus_larder_known", one): 1,
        ("mailplus_larder_known", two): 0,
        ("mailplus_larder_jars", one): 70,
        ("mailplus_larder_complete", one): 0,
        ("mailplus_larder_complete", two): 0,
        ("mailplus_larder_read_jars", ("fruit", "quince"), one): 41,
        ("mailplus_larder_read_jars", ("fruit", "plum"), one): 20,
        ("mailplus_larder_oldest_seconds", one): 90_000,
        ("mailplus_larder_lids", one): 7,
    }
    assert families["mailplus_larder_lids"].documentation == "Spare lids."


def test_markdown_has_what_the_fleet_comes_to() -> None:
    lines = WRITERS["report.md"](report()).splitlines()
    assert "- **Jars in store**: 70 on 1 host, unknown on 3" in lines
    assert "- **Age of the oldest jar**: at most 1 d 1 h on 1 host, unknown on 3" in lines
    assert not any("Spare lids" in line for line in lines)
    nobody = WRITERS["report.md"](samples.report([samples.record(larder=samples.refused(is_list=True))]))
    assert "- **Jars in store**: unknown on 0 hosts, unknown on 1" in nobody.splitlines()


def test_the_line_of_a_host_sums_them_up() -> None:
    expected = "1 of 1 sections; jars in store: 70 (41 quince, 20 plum of the first 1); age of the oldest jar: 1 d 1 h"
    assert records.describe(samples.record(larder=_larder())) == expected
    refused = samples.record(larder=samples.refused(is_list=True), core=samples.section({}))
    assert "jars in store: forbidden; age of the oldest jar: forbidden; " in records.describe(refused)


def _shown(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html.partition("</head>")[2])).split())


def test_html_draws_them_by_their_subject() -> None:
    html = WRITERS["report.html"](report())
    text = _shown(html)
    assert "Jars in store: 70, on 1 host. Of 3 hosts it is unknown" in text
    assert "Jars in store, by fruit quince 41 plum 20 fruit unknown 9" in text
    assert "Hosts by: Age of the oldest jar" in text
    assert "41 quince, 20 plum, 9 fruit unknown 70 at least 1 d 1 h" in text
    assert "Jars by the hour Log rows of 1 host, by time in UTC. Of 3 hosts it is unknown" in text
    assert "Crates 0 stacks of hosts of this fleet, 1 host with several of which no other is known to be a host" in text
    assert "0 hosts with a single one. Of 3 hosts this is unknown" in text
    pane = "Jars in store 70 By fruit 41 quince, 20 plum (of the first 1) Age of the oldest jar at least 1 d 1 h"
    assert f"Larder {pane} Spare lids 7 Shelf upper" in text
    for label in ("Jars in store", "Age of the oldest jar"):
        assert f'<th scope="col" role="columnheader"{" class=" if "Jars" in label else ""}' in html
        assert f'data-label="{label}"' in html


def test_a_page_of_a_hundred_sections_stays_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"shelf_{number}" for number in range(100)]
    for name in names:
        figure = kinds.Figure(f"{name}_jars", f"Jars on {name}", "data.jars", "jars")
        row = kinds.settings(name, "A shelf", place="", privilege=None, figures=(figure,))
        monkeypatch.setitem(BY_NAME, name, row)
    shelf = samples.section({f"setting_{number}": number for number in range(50)} | {"jars": 3})
    hosts = [samples.record(f"host{number}", **dict.fromkeys(names, shelf)) for number in range(20)]
    html = WRITERS["report.html"](samples.report(hosts))
    few = WRITERS["report.html"](samples.report(hosts[:1]))
    assert (len(html) - len(few)) / 19 * 500 < 8_000_000
    assert html.count("<h4>Other figures</h4>") == 20
    assert "Sections read 100 of 100 Other figures Jars on shelf_0 3 Jars on shelf_1 3" in _shown(html)
    assert "setting_1" not in html


def test_a_section_without_figures_has_no_pane() -> None:
    host = samples.record(core=samples.section({}, odd_words=3), larder=_larder())
    assert "Odd words" not in _shown(WRITERS["report.html"](samples.report([host])))


def test_junit_has_the_host() -> None:
    assert 'name="one"' in WRITERS["junit.xml"](report())


def test_rows_give_names_that_are_told_apart_and_that_prometheus_takes() -> None:
    figures = [figure for row in BY_NAME.values() for figure in row.figures]
    made_of = [figure.by for figure in figures if figure.by]
    lines = [row.timeline.name for row in BY_NAME.values() if row.timeline]
    members = [row.members.name for row in BY_NAME.values() if row.members]
    own = [figure.metric or figure.name for figure in figures if not figure.metric]
    metrics = [*own, *(name for by in made_of for name in (by.metric, by.complete))]
    for names in ([figure.name for figure in figures], lines, members, metrics):
        assert len(names) == len(set(names))
    for name in (*metrics, *(by.label for by in made_of), *(figure.known or figure.name for figure in figures)):
        assert re.fullmatch("[a-z][a-z0-9_]*", name), name


# Names that stand for something else as well.
_WORDS = {"report", "time"}


@pytest.mark.parametrize(
    "path",
    sorted(path for floor in FLOORS for path in floor.rglob("*") if path.suffix in (".py", ".j2", ".css", ".js")),
    ids=lambda path: str(path.relative_to(PLUGINS)),
)
def test_no_section_is_known_by_its_name(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = {
        name for name in BY_NAME if re.search(rf"""\b{name}\b""" if "_" in name else rf"""["'.]{name}["'.]""", text)
    }
    assert named - _WORDS == set()
    assert not {name for name in named if re.search(rf"""sections[^\n]{{0,9}}["']{name}["']""", text)}
