# SPDX-License-Identifier: GPL-3.0-or-later
"""Every format of reports whose texts, keys, numbers and depths are as bad as a server can make them."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import TABLES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils import _reports
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import failing, privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, describe, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import visible, words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import of_catalogue
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.reports.test_markdown import elements, render
from ansible_collections.mailfleet.mailplus.tests.unit.reports.test_schema import REPORT
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

WRITERS = {name: writer for files in FORMATS.values() for name, writer in files.items()}

_PIECES = (
    *samples.HOSTILE,
    *("{", "}", "{}", "{x}", "a}b", "{0.__class__}", "{:>400000000}", "%", "%s", "%(x)s", "%999999999d", "${x}"),
    *("{{ 1/0 }}", "{% raw %}", "{# x #}", "!!python/object:os.system", "&a *a", "$(id)", "\\n", "\\"),
    *("<!--", "</style>", "</script>", "<?x", "<b class=esc>", "&#0;", "javascript:alert(1)"),
    *("-1+1", "@x", ";=1", '",=1', "a,b", "# HELP x", '"} 1'),
    *("\u200b", "\u200d", "\u3164", "\ufe0f", "\U000e0041", "\u0300" * 50, "\u05d0\u200d\u05d0", "\udfff\ud800"),
    *("x" * 400, "y " * 5000, "1" * 5000, "https://a.example/", "a@b.example", "10.0.0.1", "::1", "subject", "path"),
)
texts = st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=3).map("".join)
numbers = st.integers() | st.sampled_from(
    (2**53, 2**53 + 1, 10**309, 10**4299, -(10**4299), 1e308, 0.1, math.inf, -math.inf, math.nan)
)
scalars = st.none() | st.booleans() | numbers | texts


def _nested(value: Any, depth: int) -> Any:
    for level in range(depth):
        value = [value] if level % 2 else {"{x}": value}
    return value


values = st.one_of(
    scalars,
    st.lists(scalars, max_size=3),
    st.dictionaries(texts, scalars, max_size=3),
    st.builds(_nested, scalars, st.sampled_from((5, 100))),
)
counted = st.none() | st.dictionaries(texts, numbers | texts, max_size=9)
times = texts | numbers | st.sampled_from(("2026-01-10T08:30:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00Z"))
ranked = st.lists(st.fixed_dictionaries({"value": texts, "count": numbers}), max_size=3)
errors = st.builds(lambda message, hint: samples.ERROR | {"message": message, "hint": hint}, texts, texts)


def _listing(rows: list[Any], total: Any, truncated: bool | None, **summary: Any) -> dict[str, Any]:
    return samples.listing(rows, truncated=truncated, **summary) | {"total": total}


rows = st.lists(st.fixed_dictionaries({"time": times, "subject": texts}) | values, max_size=3)
listings = st.builds(
    _listing,
    rows,
    scalars,
    st.none() | st.booleans(),
    by_status=counted,
    by_type=counted,
    oldest=times,
    newest=times,
    oldest_age_seconds=scalars,
    top_reasons=ranked,
    top_destinations=st.none() | ranked,
)
refused = st.builds(lambda status, error: samples.refused(status) | {"error": error}, st.just("forbidden"), errors)
refused_lists = st.builds(lambda error: samples.refused(is_list=True) | {"error": error}, errors)
settings_of_it = st.dictionaries(texts, values, max_size=4).map(samples.section)
with_imap = st.builds(
    lambda data, value: samples.section({**data, "enable_imap": value}), st.dictionaries(texts, values), values
)
servers = st.lists(st.fixed_dictionaries({"name": scalars, "status": scalars, "role": scalars}), max_size=3)


def with_keys(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(dict.fromkeys(keys, values | times))


def _bare(envelope: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in envelope.items() if key != "data"}


of_domains = st.dictionaries(texts, listings | refused_lists, max_size=3).map(
    lambda each: samples.section(dict.fromkeys(each)) | {"each": {name: _bare(one) for name, one in each.items()}}
)
certificates = st.lists(
    st.fixed_dictionaries(
        {"subject": st.fixed_dictionaries({"common_name": values}), "valid_till": times | values, "services": values}
    ),
    max_size=2,
).map(samples.listing)
volumes = st.lists(
    st.fixed_dictionaries({"id": values, "size": st.fixed_dictionaries({"total": scalars, "used": scalars})}),
    max_size=2,
).map(lambda found: samples.section({"volumes": found}))


sections = st.fixed_dictionaries(
    {"imap_pop3": with_imap | refused},
    optional={
        "smtp_general": settings_of_it | refused,
        "queue": listings | refused_lists,
        "transaction_log": listings | refused_lists,
        "admin_log": listings | refused_lists,
        "server_list": servers.map(lambda found: samples.section({"server_list": found})),
        "domains": st.lists(st.fixed_dictionaries({"name": scalars}), max_size=2).map(samples.listing),
        "domain_users": of_domains | refused,
        "certificates": certificates,
        "storage": settings_of_it | volumes,
        "backup_tasks": st.lists(with_keys("name", "last_bkp_time", "last_bkp_result"), max_size=2).map(
            lambda found: samples.section({"task_list": found})
        ),
        "licenses": st.lists(with_keys("user_limit", "is_valid", "expire_time"), max_size=2).map(samples.listing),
        "dsm": with_keys("version_string", "model", "uptime").map(samples.section) | refused,
        "time": with_keys("timezone", "server", "enable_ntp").map(samples.section) | refused,
        "dsm_packages": st.lists(
            st.fixed_dictionaries({"id": st.just("MailClient"), "version": values, "additional": values}), max_size=2
        ).map(samples.listing),
    },
)
outcomes = st.none() | st.fixed_dictionaries({"msg": texts, "error": st.none() | errors})
rules = st.builds(
    lambda condition, text: samples.rule(condition=condition, title=text, why=text, remedy=text, reference=text),
    st.sampled_from(({"equals": "x"}, {"at_most": 5}, {"matches": "^x"}, {"present": False}, {"in": [1, True]})),
    texts,
)


def _record(name: str, found: Mapping[str, Any]) -> HostRecord:
    return samples.record(name, **found)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    names = draw(st.lists(texts, min_size=1, max_size=3, unique=True))
    read = [_record(name, draw(sections)) for name in names[:-1]]
    unread = host_record(names[-1], draw(outcomes))
    # One section at least is ok, or it would be no baseline.
    baseline = _record("base", draw(sections) | {"imap_pop3": draw(with_imap)}) if draw(st.booleans()) else None
    mode = draw(st.sampled_from(privacy.MODES))
    return samples.report([*read, unread], [draw(rules)], baseline=baseline, title=draw(texts), mode=mode)


def _is_readable(text: str) -> None:
    text.encode()
    lines = text.translate(dict.fromkeys(map(ord, "\t\r\n")))
    assert visible(lines) == lines


def _check_json(text: str, report: Report) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    found = json.loads(text, parse_constant=refuse)
    REPORT.validate(found)
    assert [host["host"] for host in found["hosts"]] == [host["host"] for host in report["hosts"]]


def _check_csv(text: str, report: Report) -> None:
    table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in table} == {len(table[0])}
    assert len(table) > 1 or not report["hosts"]
    for cell in (cell for row in table for cell in row):
        assert cell.isascii() is False or cell.isprintable()
        is_number = re.fullmatch(r"-?[0-9.]+(?:e[+-]?\d+)?(?:… \(\d+ characters\))?", cell)
        assert is_number or cell.lstrip()[:1] not in tuple("=+-@\uff1d")


def _check_hosts_csv(text: str, report: Report) -> None:
    _check_csv(text, report)
    assert text.count("\r\n") == 1 + len(report["hosts"])


def _check_table_csv(text: str, report: Report) -> None:
    table = _check_cells(text, report)
    assert len(table) == 1 or len(table) > len(report["hosts"])


def _check_cells(text: str, _report: Report) -> list[list[str]]:
    table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in table} == {len(table[0])}
    for cell in (cell for row in table for cell in row):
        assert cell.isascii() is False or cell.isprintable()
        assert re.fullmatch("-?[0-9]+", cell) or cell.lstrip()[:1] not in tuple("=+-@\uff1d")
    return table


def _check_junit(text: str, report: Report) -> None:
    root = ET.fromstring(text)  # noqa: S314 - our own
    assert len(root) == len(report["hosts"])
    assert [len(suite) for suite in root] == [2 + len(host["verdicts"]) for host in report["hosts"]]


def _check_prometheus(text: str, report: Report) -> None:
    seen = set()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, *sorted(sample.labels.items()))
            assert key not in seen
            seen.add(key)
            assert sample.name.endswith("left_seconds") or 0 <= sample.value <= 2**53
    assert sum(name == "mailplus_up" for name, *_labels in seen) == len(report["hosts"])


def _check_markdown(text: str, report: Report) -> None:
    ours = {"h1", "h2", "p", "ul", "li", "strong", "code"}
    assert elements(render(text)) <= (ours | {"a"} if any(rule["link"] for rule in report["rules"]) else ours)


class _Page(HTMLParser):
    """The elements and attributes of a page, and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.used: set[str] = set()
        self.links: set[str] = set()
        self.identities: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.used |= {tag, *(f"{name}=" for name, _value in attrs)}
        found = dict(attrs)
        self.links |= {str(found[name]) for name in ("href", "src", "action") if name in found}
        self.identities += [str(found["id"])] if "id" in found else []


_TEMPLATE = (Path(next(iter(_reports.__path__))) / "html" / "report.html.j2").read_text(encoding="utf-8")
_OURS = {
    *re.findall(r"<([a-z]\w*)", _TEMPLATE.lower()),
    *re.findall(r"\s([a-z][\w-]*=)", _TEMPLATE.lower()),
    *("b", "wbr", "class=", "hidden=", "defer="),
}


def _check_html(text: str, report: Report) -> None:
    page = _Page(text)
    assert page.used <= _OURS
    assert all(re.fullmatch(r"#[\w-]+|data:,", link) for link in page.links)
    assert len(page.identities) == len(set(page.identities))
    assert sum(identity.startswith("host-") and identity.endswith("-title") for identity in page.identities) == len(
        report["hosts"]
    )


_CHECKS: dict[str, Callable[[str, Report], object]] = {
    "report.html": _check_html,
    "report.json": _check_json,
    "hosts.csv": _check_hosts_csv,
    "findings.csv": _check_csv,
    "changes.csv": _check_cells,
    "junit.xml": _check_junit,
    **dict.fromkeys((f"{table.name}.csv" for table in TABLES), _check_table_csv),
    **dict.fromkeys((f"{name}.csv" for name in of_catalogue()), _check_cells),
    "report.md": _check_markdown,
    "mailplus.prom": _check_prometheus,
}


def check(name: str, text: str, report: Report) -> None:
    """That the text of a file is what this file should be, of this report."""
    _is_readable(text)
    _CHECKS[name](text, report)


@pytest.mark.parametrize("name", WRITERS)
@given(report=reports())
def test_a_format_holds_whatever_a_server_said(name: str, report: Report) -> None:
    check(name, WRITERS[name](report), report)


@given(report=reports())
def test_the_console_holds_whatever_a_server_said(report: Report) -> None:
    told = failing.result(report, {host["host"]: "" for host in report["hosts"]})
    lines = [line for host in told["hosts"].values() for line in host["failing"]]
    assert all(visible(line) == line for line in lines)


@given(name=st.just("one"), found=sections)
def test_a_line_of_a_host_is_short(name: str, found: dict[str, Any]) -> None:
    line = describe(_record(name, found))
    assert visible(line) == line
    assert len(line) < 3000


@given(text=texts)
def test_what_is_visible_stays_so(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert len(words(text)) <= 301
    plain = text.replace("\\", "").replace('"', "")
    # Two halves of a character that stand together are one in JSON.
    assert _units(json.loads(f'"{visible(plain)}"')) == _units(plain)


def _units(text: str) -> bytes:
    return text.encode("utf-16", "surrogatepass")
