# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as JUnit XML, which CI servers show: a suite a host, a case a rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    shown,
    sides,
    visible,
    visible_lines,
    words,
)

# The element that tells of a verdict or a status. A case without one passed.
_ELEMENTS = {
    "fail": "failure",
    "unknown": "error",
    "not_applicable": "skipped",
    "excepted": "skipped",
    **dict.fromkeys(UNREAD, "error"),
    "unsupported": "skipped",
    "different": "failure",
    "partial": "skipped",
    "not_compared": "skipped",
}

# Of the cases that are about the host rather than a rule.
_CLASS = "mailplus_state"

_MOST_DIFFERENCES = 100
_MOST_PATHS = 10


def junit_xml(report: Report) -> str:
    """One document for all hosts."""
    rules = {rule["id"]: rule for rule in report["rules"]}
    root = ET.Element("testsuites", name=visible(report["title"]))
    for host in report["hosts"]:
        root.append(_suite(host, rules, report["generated_at"]))
    suites = list(root)
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.set("time", "0")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(host: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]], generated_at: str) -> ET.Element:
    cases = [
        _case(_CLASS, "read", host["status"], host["reason"]),
        *(_rule_case(verdict, rules.get(verdict["rule"], {})) for verdict in host["verdicts"]),
        _drift_case(host["drift"]),
    ]
    name = visible(host["host"])
    # The usual schemas want a time without a zone.
    time = visible(host["collected_at"] or generated_at).removesuffix("Z")
    suite = ET.Element("testsuite", name=name, hostname=name, timestamp=time, time="0", tests=str(len(cases)))
    for count, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(element) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _rule_case(verdict: Mapping[str, Any], rule: Mapping[str, Any]) -> ET.Element:
    details = {
        "Rule": rule.get("title"),
        "Path": verdict["path"],
        "Expected": verdict["expected"],
        "Actual": None if verdict["actual"] is None else shown(verdict["actual"]),
        "Why": rule.get("why"),
        "Remedy": rule.get("remedy"),
        "Reference": rule.get("reference"),
    }
    lines = [f"{word}: {visible(text)}" for word, text in details.items() if text]
    policy = rule.get("policy") or _CLASS
    return _case(policy, verdict["rule"], verdict["verdict"], verdict["message"], kind=verdict["severity"], lines=lines)


def _drift_case(drift: Mapping[str, Any]) -> ET.Element:
    differences = drift["differences"]
    lines = [_difference_line(difference) for difference in differences[:_MOST_DIFFERENCES]]
    if len(differences) > _MOST_DIFFERENCES:
        lines.append(f"and {len(differences) - _MOST_DIFFERENCES} more")
    missing = drift["not_compared"]
    lines += [f"{each['path']} was not compared: {each['reason']}" for each in missing[:_MOST_DIFFERENCES]]
    message = drift["reason"] or f"{len(differences)} differences from the baseline"
    if missing:
        message += f"; not compared: {_some([each['path'] for each in missing])}"
    return _case(_CLASS, "drift", drift["status"], message, kind="drift", lines=lines)


def _difference_line(difference: Mapping[str, Any]) -> str:
    baseline, actual = sides(difference)
    what = f"{words(difference['path'])} ({difference['severity']}) {difference['kind']}"
    return f"{what}: {baseline} in the baseline, {actual} here"


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
    return ", ".join(paths[:_MOST_PATHS]) + more


def _case(
    class_name: str, name: str, status: str, message: str | None, *, kind: str | None = None, lines: Iterable[str] = ()
) -> ET.Element:
    case = ET.Element("testcase", classname=visible(class_name), name=visible(name), time="0")
    element = _ELEMENTS.get(status)
    if element:
        found = ET.SubElement(case, element, message=words(message or status))
        if element != "skipped":
            found.set("type", visible(kind or status))
            found.text = visible_lines("\n".join(lines))
    return case
