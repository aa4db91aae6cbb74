# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as JUnit XML, which CI servers show: a suite a host, a case a rule.

What fails the run is a failure, or an error where it is not known. What is found and does not fail the run is skipped,
since a case that passed would say that all is well; its details are what the case wrote out.

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
    ABSENT,
    counted,
    shown,
    sides,
    visible,
    visible_lines,
    words,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import FINDINGS

# A verdict or a status of which the case passed.
_PASSED = ("pass", "ok", "same")

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
    yield _read_case(host)
    for verdict in host["verdicts"]:
        yield _rule_case(verdict, rules[verdict["rule"]], host)
    yield _drift_case(host["drift"], host["link"])


def _read_case(host: HostReport) -> _Case:
    status = host["status"]
    element = "error" if host["fails"] and status in UNREAD else _skipped(status)
    return _case(_CLASS, "read", element, host["reason"] or status, type_=status)


def _skipped(status: str) -> str | None:
    """The element of a case that does not fail the run."""
    return None if status in _PASSED else "skipped"


def _rule_case(verdict: VerdictReport, rule: RuleReport, host: HostReport) -> _Case:
    policy, result, message = rule["policy"] or _CLASS, verdict["verdict"], verdict["message"]
    if result not in FINDINGS or host["status"] in UNREAD:
        return _case(policy, rule["id"], _skipped(result), message)
    element: str | None = "failure" if result == "fail" else "error"
    if not verdict["fails"]:
        element, message = "skipped", f"{result}, {verdict['severity']}, does not fail the run: {message}"
    details = {
        "Rule": rule["title"],
        "Path": verdict["path"],
        "Expected": verdict["expected"],
        "Actual": verdict["actual_in_words"] or (ABSENT if result == "fail" else None),
        "Why": rule["why"],
        "Remedy": rule["remedy"],
        "Reference": rule["reference"],
        "Report": host["link"],
    }
    lines = [f"{word}: {visible(text)}" for word, text in details.items() if text]
    return _case(policy, rule["id"], element, message, type_=verdict["severity"], lines=lines)


def _drift_case(drift: DriftReport, link: str | None) -> _Case:
    """A case that fails where any difference fails the run. Of a host that was not read, its case ``read`` tells."""
    differences = drift["differences"]
    lines = [_difference_line(difference) for difference in differences[:_MOST_DIFFERENCES]]
    if len(differences) > _MOST_DIFFERENCES:
        lines.append(f"and {len(differences) - _MOST_DIFFERENCES} more")
    missing = drift["not_compared"]
    lines += [f"{each['path']} was not compared: {each['reason']}" for each in missing[:_MOST_DIFFERENCES]]
    message = drift["reason"] or f"{counted(len(differences), 'difference')} from the baseline"
    if differences:
        message += f": {_some([each['path'] for each in differences])}"
    if missing:
        message += f"; not compared: {_some([each['path'] for each in missing])}"
    lines += [f"Report: {link}"] if lines and link else []
    fails = any(difference["fails"] for difference in differences)
    if differences and not fails:
        message += "; none fails the run"
    element = "failure" if fails else _skipped(drift["status"])
    return _case(_CLASS, "drift", element, message, type_="drift", lines=lines)


def _difference_line(difference: DifferenceReport) -> str:
    baseline, actual = map(shown, sides(difference))
    what = f"{words(difference['path'])} ({difference['severity']}) {difference['kind']}"
    return f"{what}: {baseline} in the baseline, {actual} here"


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MOST_PATHS} more" if len(paths) > _MOST_PATHS else ""
    return ", ".join(paths[:_MOST_PATHS]) + more


def _case(
    class_name: str, name: str, element: str | None, message: str, *, type_: str = "", lines: Iterable[str] = ()
) -> _Case:
    attributes = _attributes({"classname": visible(class_name), "name": visible(name), "time": "0"})
    if element is None:
        return _Case(None, f"    <testcase{attributes} />\n")
    told = {"message": words(message)} | ({} if element == "skipped" else {"type": visible(type_)})
    inner = f"{element}{_attributes(told)}"
    text = visible_lines("\n".join(lines)).translate(_TEXT)
    if not text:
        inner = f"<{inner} />"
    elif element == "skipped":  # holds no text
        inner = f"<{inner} />\n      <system-out>{text}</system-out>"
    else:
        inner = f"<{inner}>{text}</{element}>"
    return _Case(element, f"    <testcase{attributes}>\n      {inner}\n    </testcase>\n")


def _attributes(values: Mapping[str, str]) -> str:
    return "".join([f' {name}="{_escaped(value)}"' for name, value in values.items()])


def _escaped(text: str) -> str:
    return text.translate(_ATTRIBUTE) if _MARKED_UP.search(text) else text
