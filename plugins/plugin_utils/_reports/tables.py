# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as tables, for spreadsheets: CSV as RFC 4180 has it, in UTF-8."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import COMPARED
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import has_nothing
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    DifferenceReport,
    FigureDefinition,
    HostReport,
    HostSinceLastRun,
    NotConfigured,
    Report,
    RuleReport,
    SwitchedOff,
    VerdictReport,
    ViewReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    ABSENT,
    counted,
    shown,
    sides,
    words,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import VERDICTS

UNKNOWN, NONE = "unknown", "none"
_NOT_ASKED = "not asked"

# Behind these stand the figures of the report.
HOST_COLUMNS = (
    "host",
    "status",
    "fails",
    "reason",
    "collected_at",
    "sections",
    "sections_ok",
    *VERDICTS,
    "drift",
    "differences",
    "not_compared",
)
FINDING_COLUMNS = (
    "kind",
    "host",
    "severity",
    "finding",
    "fails",
    "rule",
    "policy",
    "title",
    "path",
    "expected",
    "actual",
    "message",
    "remedy",
    "reference",
    "link",
)

# ``since`` is when the host was last read, or since which run a rule is a finding.
CHANGE_COLUMNS = ("kind", "host", "change", "name", "before", "now", "since", "reason")

# Before those of the table, and before those of a view of the fleet.
TABLE_COLUMNS = ("host", "read_status")
VIEW_COLUMNS = ("read_status", "host_not_read", "rows_left_out", "hosts_partial")

_NOT_COMPARED = {"kind": "drift", "finding": "not_compared", "fails": False, "expected": UNKNOWN, "actual": UNKNOWN}

_IN_TABLE = ("fail", "unknown", "excepted")

# Where a spreadsheet starts to read a cell: at its beginning, or behind the semicolon that some split rows at.
_START = re.compile(r"(?:^|;)(?=\s*(\S))")

Row = Mapping[str, object]


def hosts_csv(report: Report) -> str:
    """A row a host."""
    columns = (*HOST_COLUMNS, *(figure["name"] for figure in report["figures"]))
    return _table(columns, (_host_row(host, report["figures"]) for host in report["hosts"]))


def findings_csv(report: Report) -> str:
    """A row for each host that was not read, each rule failed, unknown or excepted, each difference, and what was not
    compared. Rules that are not configured or switched off come last, each once."""
    rules = {rule["id"]: rule for rule in report["rules"]}
    rows = (_finding_rows(host, rules, has_baseline=report["has_baseline"]) for host in report["hosts"])
    unjudged = (_not_configured_row(one, rules[one["rule"]]) for one in report["not_configured"])
    off = (_switched_off_row(one, rules[one["rule"]]) for one in report["switched_off"])
    return _table(FINDING_COLUMNS, chain(chain.from_iterable(rows), unjudged, off))


def changes_csv(report: Report) -> str:
    """A row for each thing that changed since the last run, and each host that came or went. The first run has none."""
    fleet = report["since_last_run"]
    if fleet is None:
        return _table(CHANGE_COLUMNS, ())
    damaged = (
        {"kind": "run", "change": "unreadable", "name": each["file"], "reason": each["reason"]}
        for each in fleet["unreadable"]
    )
    if fleet["last"] is None:
        return _table(CHANGE_COLUMNS, damaged)
    rows = (_change_rows(host["host"], host["since_last_run"]) for host in report["hosts"] if host["since_last_run"])
    missing = (
        {"kind": "host", "host": one["host"], "change": "left_out" if one["in_inventory"] else "vanished"}
        | {"since": _known(one["last_read"])}
        for one in fleet["missing"]
    )
    return _table(CHANGE_COLUMNS, chain(chain.from_iterable(rows), missing, damaged))


def _change_rows(host: str, changes: HostSinceLastRun) -> Iterator[Row]:
    whose = {"host": host, "since": _known(changes["last_read"])}
    if changes["change"] != "read":
        yield {"kind": "host", **whose, "change": changes["change"], "before": changes["status_before"] or NONE}
    for difference in changes["differences"]["differences"]:
        before, now = sides(difference)
        told = {"change": difference["kind"], "name": difference["path"], "before": before, "now": now}
        yield {"kind": "setting", **whose, **told}
    reasons: Counter[str] = Counter()
    for each in changes["differences"]["not_compared"]:
        reasons[each["reason"]] += each["count"]
    for reason, count in reasons.items():
        name = counted(count, "section or value", "sections or values")
        yield {"kind": "setting", **whose, "change": "not_compared", "name": name, "reason": reason}
    for finding in changes["findings"]:
        told = {"change": finding["change"], "name": finding["rule"], "since": finding["since"]}
        yield {"kind": "finding", **whose, **told, "before": finding["before"] or NONE, "now": finding["now"] or NONE}
    for figure in changes["figures"]:
        told = {"name": figure["name"], "before": _known(figure["before"]), "now": _known(figure["now"])}
        yield {"kind": "figure", **whose, "change": "changed", **told}


def table_csv(name: str, columns: Sequence[str], report: Report) -> str:
    """A row for each row of a table that a host has, and one for each other host, which says why it has none.

    Where no host was asked for what the table is made of, there is no row.
    """
    rows = chain.from_iterable(_table_rows(host, name, columns) for host in report["hosts"] if name in host["tables"])
    return _table((*TABLE_COLUMNS, *columns), rows)


def _table_rows(host: HostReport, name: str, columns: Sequence[str]) -> Iterator[Row]:
    table = host["tables"][name]
    rows = table["rows"] if table else None
    of_unasked = _NOT_ASKED if host["sections"] else host["status"]
    whose = {"host": host["host"], "read_status": table["status"] if table else of_unasked}
    for row in rows or [dict.fromkeys(columns, UNKNOWN if rows is None else NONE)]:
        yield {**whose, **{column: _known(row[column]) for column in columns}}


def view_csv(name: str, columns: Sequence[str], report: Report) -> str:
    """A row for each row of a view of the fleet, and one for each host that is not in it, with the reason.

    ``hosts_partial`` are the hosts of which not all is counted, so that numbers are the least that there can be. Where
    the view has more rows than the report, the last row tells how many.
    """
    view = next((view for view in report["views"] if view["name"] == name), None)
    return _table((*VIEW_COLUMNS, *columns), _view_rows(view, columns) if view else ())


def _view_rows(view: ViewReport, columns: Sequence[str]) -> Iterator[Row]:
    basis = {"read_status": "ok", "hosts_partial": view["partial"]}
    for row in view["rows"]:
        yield {**basis, **{column: _known(row[column]) for column in columns}}
    for unknown in view["unknown"]:
        yield from ({"read_status": unknown["reason"], "host_not_read": host} for host in unknown["hosts"])
    if view["left_out"] or (view["partial"] and not view["rows"]):
        yield {**basis, "rows_left_out": view["left_out"]}


def _host_row(host: HostReport, figures: Sequence[FigureDefinition]) -> Row:
    sections = host["sections"]
    verdicts = Counter(verdict["verdict"] for verdict in host["verdicts"])
    read = host["status"] not in UNREAD
    compared = host["drift"]["status"] in COMPARED
    return {
        "host": host["host"],
        "status": host["status"],
        "fails": host["fails"],
        "reason": words(host["reason"] or ""),
        "collected_at": _known(host["collected_at"]),
        "sections": len(sections) if read else UNKNOWN,
        "sections_ok": sum(section["status"] == "ok" for section in sections.values()) if read else UNKNOWN,
        **{verdict: verdicts[verdict] for verdict in VERDICTS},
        "drift": host["drift"]["status"],
        "differences": len(host["drift"]["differences"]) if compared else UNKNOWN,
        "not_compared": sum(each["count"] for each in host["drift"]["not_compared"]) if compared else UNKNOWN,
        **{figure["name"]: _figure(host, figure, figures) for figure in figures},
    }


def _finding_rows(host: HostReport, rules: Mapping[str, RuleReport], *, has_baseline: bool) -> Iterator[Row]:
    whose = {"host": host["host"], "link": host["link"] or ""}
    if host["status"] in UNREAD:
        told = {"finding": host["status"], "fails": host["fails"], "message": words(host["reason"] or UNKNOWN)}
        yield {"kind": "host", **whose, **told}
    for verdict in host["verdicts"]:
        if verdict["verdict"] in _IN_TABLE:
            yield {"kind": "rule", **_verdict_row(verdict, rules[verdict["rule"]]), **whose}
    drift = host["drift"]
    for difference in drift["differences"]:
        yield {"kind": "drift", **_difference_row(difference), **whose}
    if drift["status"] == "not_compared" and has_baseline:
        yield {**_NOT_COMPARED, **whose, "message": drift["reason"]}
    for each in drift["not_compared"]:
        yield {**_NOT_COMPARED, **whose, "path": each["path"], "message": each["reason"]}


def _verdict_row(verdict: VerdictReport, rule: RuleReport) -> Row:
    """A value whose unit is known is in words, beside what is expected in words."""
    missing = ABSENT if verdict["verdict"] == "fail" else UNKNOWN
    actual = verdict["actual_in_words"] if verdict["unit"] else verdict["actual"]
    return {
        **rule,
        **{column: "" if value is None else value for column, value in verdict.items()},
        "finding": verdict["verdict"],
        "actual": missing if actual is None else actual,
    }


def _not_configured_row(one: NotConfigured, rule: RuleReport) -> Row:
    told = {"finding": "not_configured", "path": one["section"], "actual": UNKNOWN}
    return {**_of_fleet(rule), **told, "message": f"On {counted(one['hosts'], 'host')}: {one['remedy']}"}


def _switched_off_row(one: SwitchedOff, rule: RuleReport) -> Row:
    hosts = counted(one["hosts"], "host")
    return {**_of_fleet(rule), "finding": "switched_off", "message": f"On {hosts} it is not judged."}


def _of_fleet(rule: RuleReport) -> Row:
    return {**rule, "kind": "rule", "rule": rule["id"], "fails": False, "link": rule["link"] or ""}


def _difference_row(difference: DifferenceReport) -> Row:
    expected, actual = sides(difference)
    return {
        "severity": difference["severity"],
        "finding": difference["kind"],
        "fails": difference["fails"],
        "path": difference["path"],
        "expected": expected,
        "actual": actual,
        "message": "The host differs from the baseline.",
    }


def _figure(host: HostReport, figure: FigureDefinition, figures: Sequence[FigureDefinition]) -> object:
    number = host["figures"][figure["name"]]
    return NONE if number is None and has_nothing(host, figure, figures) else _known(number)


def _known(value: object) -> object:
    return UNKNOWN if value is None else value


def _table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column, "")) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    """A number stays a number; no text is a formula."""
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return shown(value)
    return _START.sub(lambda match: match[0] + ("'" if _starts_formula(match[1]) else ""), shown(value))


def _starts_formula(character: str) -> bool:
    """Whether a cell that starts so is a formula. Full-width and small forms of the signs count as well."""
    return unicodedata.normalize("NFKC", character) in ("=", "+", "-", "@", "\N{MINUS SIGN}")
