# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as JUnit XML, which CI servers show: a suite a host, a case a rule.

The text is put together piece by piece: a tree of a case for each rule on each host takes several times as long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    DifferenceReport,
    DriftReport,
    HostReport,
    Report,
    RuleReport,
    VerdictReport,
)
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

# How a suite counts its cases.
_COUNTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}

# Of the cases that are about the host rather than a rule.
_CLASS = "mailplus_state"

_MOST_DIFFERENCES = 100
_MOST_PATHS = 10

# A reader of attributes makes a space of a tab or a line break.
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ATTRIBUTE = _TEXT | str.maketrans({'"': "&quot;", "\t": "&#09;", "\n": "&#10;", "\r": "&#13;"})
_MARKED_UP = re.compile(r"[&<>\"\t\n\r]")


@dataclass(frozen=True)
class _Case:
    """One case: its element, None where it passed, and its text."""

    element: str | None
    xml: str


def junit_xml(report: Report) -> str:
    """One document for all hosts."""
    rules = {rule["id"]: rule for rule in report["rules"]}
    suites, counts = [], Counter[str]()
    for host in report["hosts"]:
        cases = list(_cases(host, rules))
        suites.append(_suite(host, cases, report["generated_at"]))
        counts.update(tests=len(cases), **_counted(cases))
    totals = {count: str(counts[count]) for count in ("tests", "failures", "errors")}
    attributes = _attributes({"name": visible(report["title"]), **totals, "time": "0"})
    if not suites:
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites{attributes} />\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites{attributes}>\n{"".join(suites)}</testsuites>\n'


def _suite(host: HostReport, cases: Sequence[_Case], generated_at: str) -> str:
    name = visible(host["host"])
    # The usual schemas want a time without a zone.
    time = visible(host["collected_at"] or generated_at).removesuffix("Z")
    attributes = {"name": name, "hostname": name, "timestamp": time, "time": "0", "tests": str(len(cases))}
    counts = {count: str(number) for count, number in _counted(cases).items()}
    return f"  <testsuite{_attributes(attributes | counts)}>\n{''.join(case.xml for case in cases)}  </testsuite>\n"


def _counted(cases: Iterable[_Case]) -> dict[str, int]:
    found = Counter(case.element for case in cases)
    return {count: found[element] for count, element in _COUNTS.items()}


def _cases(host: HostReport, rules: Mapping[str, RuleReport]) -> Iterator[_Case]:
    yield _case(_CLASS, "read", host["status"], host["reason"])
    for verdict in host["verdicts"]:
        yield _rule_case(verdict, rules.get(verdict["rule"]))
    yield _drift_case(host["drift"])


def _rule_case(verdict: VerdictReport, rule: RuleReport | None) -> _Case:
    policy = (rule and rule["policy"]) or _CLASS
    name, result, message = verdict["rule"], verdict["verdict"], verdict["message"]
    if result not in ("fail", "unknown"):
        return _case(policy, name, result, message)
    details = {
        "Rule": rule and rule["title"],
        "Path": verdict["path"],
        "Expected": verdict["expected"],
        "Actual": None if verdict["actual"] is None else shown(verdict["actual"]),
        "Why": rule and rule["why"],
        "Remedy": rule and rule["remedy"],
        "Reference": rule and rule["reference"],
    }
    lines = [f"{word}: {visible(text)}" for word, text in details.items() if text]
    return _case(
        policy, verdict["rule"], verdict["verdict"], verdict["message"], type_=verdict["severity"], lines=lines
    )


def _drift_case(drift: DriftReport) -> _Case:
    differences = drift["differences"]
    lines = [_difference_line(difference) for difference in differences[:_MOST_DIFFERENCES]]
    if len(differences) > _MOST_DIFFERENCES:
        lines.append(f"and {len(differences) - _MOST_DIFFERENCES} more")
    missing = drift["not_compared"]
    lines += [f"{each['path']} was not compared: {each['reason']}" for each in missing[:_MOST_DIFFERENCES]]
    message = drift["reason"] or f"{len(differences)} differences from the baseline"
    if missing:
        message += f"; not compared: {_some([each['path'] for each in missing])}"
    return _case(_CLASS, "drift", drift["status"], message, type_="drift", lines=lines)


def _difference_line(difference: DifferenceReport) -> str:
    baseline, actual = map(shown, sides(difference))
    what = f"{words(difference['path'])} ({difference['severity']}) {difference['kind']}"
    return f"{what}: {baseline} in the baseline, {actual} here"


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
    return ", ".join(paths[:_MOST_PATHS]) + more


def _case(
    class_name: str, name: str, status: str, message: str | None, *, type_: str | None = None, lines: Iterable[str] = ()
) -> _Case:
    attributes = _attributes({"classname": visible(class_name), "name": visible(name), "time": "0"})
    element = _ELEMENTS.get(status)
    if element is None:
        return _Case(None, f"    <testcase{attributes} />\n")
    told = {"message": words(message or status)}
    text = ""
    if element != "skipped":
        told["type"] = visible(type_ or status)
        text = visible_lines("\n".join(lines)).translate(_TEXT)
    inner = f"{element}{_attributes(told)}"
    inner = f"<{inner}>{text}</{element}>" if text else f"<{inner} />"
    return _Case(element, f"    <testcase{attributes}>\n      {inner}\n    </testcase>\n")


def _attributes(values: Mapping[str, str]) -> str:
    return "".join([f' {name}="{_escaped(value)}"' for name, value in values.items()])


def _escaped(text: str) -> str:
    return text.translate(_ATTRIBUTE) if _MARKED_UP.search(text) else text
