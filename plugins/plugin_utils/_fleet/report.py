# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as data, from which every format is written: docs/report.schema.json describes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, NamedTuple, cast

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Envelope, first_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Section, Table
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import zone_noted
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import figures, tables
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    NOT_COMPARED,
    STATUSES,
    Drift,
    NotCompared,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.history import History
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES, Rule
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import KEEP, Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HOST_STATUSES,
    HostRecord,
    spare,
    unusable,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    Definitions,
    DifferenceReport,
    DriftReport,
    HostReport,
    NotComparedReport,
    Report,
    RuleReport,
    SectionReport,
    Totals,
    VerdictReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    ITEMS,
    KEYS,
    as_count,
    code,
    in_unit,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.unconfigured import Unconfigured
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import (
    FINDINGS,
    NOT_CONFIGURED,
    SWITCHED_OFF,
    VERDICTS,
    Quote,
    Verdict,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import OfHost, Views, of_host

# Raised when a key of the report is renamed, removed or gets another meaning.
REPORT_VERSION: Literal[2] = 2

# Of a rule that is one of them, the report tells once, and not on each host.
_TOLD_ONCE = (NOT_CONFIGURED, SWITCHED_OFF)

# More values of one section that were not compared for one reason are told as one.
_MOST_NOT_COMPARED = 10

# The cause may quote any text of the host.
_NO_CAUSE = "the cause is left out, since it may hold personal data."

# How many texts are remembered as they are without personal data: those of a policy are alike for all hosts.
_MOST_TEXTS = 4096


@dataclass(frozen=True)
class HostResult:
    """What there is to report of one host."""

    record: HostRecord
    verdicts: Sequence[Verdict] = ()
    drift: Drift = NOT_COMPARED
    clean: Clean = KEEP
    changes: Drift = NOT_COMPARED
    """How it differs from what earlier runs read."""


def build_report(
    results: Iterable[HostResult],
    rules: Sequence[Rule],
    *,
    title: str,
    generated_at: str,
    limits: Limits = Limits(),  # noqa: B008 - it never changes
    page: str | None = None,
    history: History | None = None,
) -> Report:
    """The report of a fleet, hosts by name; a result is let go of before the next is looked at.

    ``generated_at`` is UTC, ISO 8601, ``page`` the path of the HTML report; ``history`` tells what changed.
    """
    unconfigured, views = Unconfigured(), Views()
    found = sorted(_hosts(results, unconfigured, views), key=lambda each: each.host["host"])
    hosts = [each.host for each in found]
    rows, tabled, unasked = *_known(hosts), unconfigured.unasked()
    for number, (host, changes, _has_baseline) in enumerate(found, 1):
        _fill(host, rows, tabled)
        host["verdicts"] = [one for one in host["verdicts"] if one["rule"] not in unasked]
        host["link"] = _link(page, "host", number)
        limits.mark(host)
        host["since_last_run"] = history.of_host(host, changes) if history else None
    not_configured, switched_off = unconfigured.told(rules, len(hosts)), unconfigured.switched_off(rules)
    return {
        "report_version": REPORT_VERSION,
        "title": title,
        "generated_at": generated_at,
        "has_baseline": any(each.has_baseline for each in found),
        "limits": limits.told(),
        "totals": _totals(hosts, len(not_configured), len(switched_off)),
        **_definitions(rows, tabled, views),
        "views": list(views.told(hosts)),
        "since_last_run": history.of_fleet(hosts) if history else None,
        "rules": [_rule(rule, _link(page, "rule", number)) for number, rule in enumerate(rules, 1)],
        "not_configured": not_configured,
        "switched_off": switched_off,
        "hosts": hosts,
    }


class _Found(NamedTuple):
    host: HostReport
    changes: DriftReport
    has_baseline: bool


def _hosts(results: Iterable[HostResult], unconfigured: Unconfigured, views: Views) -> Iterator[_Found]:
    cleaners: dict[Clean, _Cleaner] = {}
    for result in results:
        cleaner = cleaners.setdefault(result.clean, _Cleaner(result.clean))
        host, adds = _host_or_why_not(result, cleaner)
        views.add(host["host"], adds)
        unconfigured.add(host, result.verdicts)
        yield _Found(host, _drift(result.changes, cleaner), result.drift is not NOT_COMPARED)


def _known(hosts: Sequence[HostReport]) -> tuple[list[Section], list[Table]]:
    """The sections that any host has, and the tables that are made of them."""
    names = {name for host in hosts for name in host["sections"]}
    return figures.rows(names), tables.of_names(names)


def _definitions(rows: Sequence[Section], tabled: Sequence[Table], views: Views) -> Definitions:
    return {
        "figures": figures.figure_definitions(rows),
        "timelines": figures.timeline_definitions(rows),
        "members": figures.members_definitions(rows, views.groups),
        "tables": tables.definitions(tabled),
    }


def _fill(host: HostReport, rows: Collection[Section], tabled: Iterable[Table]) -> None:
    """Say that a host's figures and tables are unknown which only others have."""
    host["figures"] = figures.figures(rows, {}, {}) | host["figures"]
    host["breakdowns"] = figures.breakdowns(rows, {}) | host["breakdowns"]
    host["timelines"] = figures.timelines(rows, {}) | host["timelines"]
    host["members"] = figures.members(rows, {}, KEEP) | host["members"]
    host["tables"] = dict.fromkeys(table.name for table in tabled) | host["tables"]


def _link(page: str | None, what: str, number: int) -> str | None:
    return f"{page}#{what}-{number}" if page else None


class _Cleaner:
    """Removes personal data. Texts that come again and again are searched once."""

    def __init__(self, clean: Clean) -> None:
        self.clean = clean
        self.text: Callable[[str], str] = lru_cache(_MOST_TEXTS)(clean)

    def at(self, path: str, value: object) -> tuple[str, object]:
        """A path and the value there: some personal data is known by the key it stands under only."""
        if value is None or isinstance(value, bool):
            return self.text(path), value
        return self.clean.at(path, value)


def _totals(hosts: Sequence[HostReport], not_configured: int, switched_off: int) -> Totals:
    verdicts = Counter((verdict["verdict"], verdict["severity"]) for host in hosts for verdict in host["verdicts"])
    drifts = [host["drift"] for host in hosts]
    differences = (difference["severity"] for drift in drifts for difference in drift["differences"])
    fail, unknown = ({severity: verdicts[kind, severity] for severity in SEVERITIES} for kind in FINDINGS)
    return {
        "hosts": _count((host["status"] for host in hosts), HOST_STATUSES),
        "failing": sum(host["fails"] for host in hosts),
        "verdicts": {name: sum(verdicts[name, severity] for severity in SEVERITIES) for name in VERDICTS},
        "findings": {"fail": fail, "unknown": unknown},
        "drift": _count((drift["status"] for drift in drifts), STATUSES),
        "differences": _count(differences, SEVERITIES),
        "not_compared": sum(each["count"] for drift in drifts for each in drift["not_compared"]),
        "not_configured": not_configured,
        "switched_off": switched_off,
    }


def _host_or_why_not(result: HostResult, clean: _Cleaner) -> tuple[HostReport, OfHost]:
    """What is told of a host, and what it adds to what is told of all."""
    return spare(lambda: _told(result, clean), lambda error: _told(broken(result, error), clean))


def _told(result: HostResult, clean: _Cleaner) -> tuple[HostReport, OfHost]:
    state = result.record.mailplus or {}
    adds = of_host(result.record.host, state.get("server", {}), state.get("sections", {}), clean.clean)
    return _host(result, clean), adds


def broken(result: HostResult, error: Exception) -> HostResult:
    """What is left to report of a host whose state breaks what looks at it: its rules are unknown."""
    record = unusable(result.record.host, error)
    reason = f"The host was not read: {record.reason}"
    verdicts = [
        Verdict(verdict.rule, verdict.severity, "unknown", None, None, reason)
        for verdict in result.verdicts
        if verdict.verdict not in _TOLD_ONCE
    ]
    unknown = Drift("unknown", reason, ())
    return replace(result, record=record, verdicts=verdicts, drift=unknown, changes=unknown)


def _host(result: HostResult, clean: _Cleaner) -> HostReport:
    record, state = result.record, result.record.mailplus or {}
    sections: Mapping[str, Envelope] = state.get("sections", {})
    rows = figures.rows(sections)
    cleaned = {name: clean.clean.section(name, _without_data(envelope)) for name, envelope in sections.items()}
    can_quote = not any(envelope["data"] and clean.clean.takes_all_text(name) for name, envelope in sections.items())
    of_host = tables.tables(sections, state.get("collected_at"), clean.clean)
    at = read_time(state.get("collected_at"))
    return {
        "host": record.host,
        "status": record.status,
        "reason": record.reason,
        "fails": False,
        "link": None,
        "error": record.error and (first_error(cleaned) or record.error),
        "collected_at": state.get("collected_at"),
        "server": state.get("server"),
        "sections": cleaned,
        "figures": figures.figures(rows, sections, of_host),
        "breakdowns": figures.breakdowns(rows, cleaned),
        "timelines": figures.timelines(rows, sections, zone_noted((state.get("server") or {}).get("time_zone"))),
        "members": figures.members(rows, sections, clean.clean),
        "tables": of_host,
        "verdicts": [
            _verdict(one, clean, at, can_quote=can_quote) for one in result.verdicts if one.verdict not in _TOLD_ONCE
        ],
        "drift": _drift(result.drift, clean),
        "since_last_run": None,
    }


def _verdict(verdict: Verdict, clean: _Cleaner, at: datetime | None, *, can_quote: bool) -> VerdictReport:
    """A verdict; how long ago something was is told from ``at``. Its limits are put on it later."""
    message = verdict.message if can_quote or not verdict.cause else verdict.message.replace(verdict.cause, _NO_CAUSE)
    message = _cleaned_quote(message, verdict.quote, clean)
    is_count = verdict.unit in (ITEMS, KEYS)
    path, actual = clean.at(verdict.path or "", None if is_count else verdict.actual)
    actual = verdict.actual if is_count else actual
    return {
        "rule": verdict.rule,
        "severity": verdict.severity,
        "verdict": verdict.verdict,
        "fails": False,
        "expected": verdict.expected,  # of a policy, nothing that a server sent
        "actual": actual,
        "unit": verdict.unit,
        "actual_in_words": None if actual is None else _in_words(actual, verdict, at),
        "message": clean.text(message),
        "path": path or None,
    }


def _cleaned_quote(message: str, quote: Quote | None, clean: _Cleaner) -> str:
    """A message without what is personal in its quote: the last such words, since names of entries stand before."""
    if quote is None:
        return message
    _path, value = clean.at(quote.path, quote.value)
    before, _quote, after = message.rpartition(str(quote))
    return f"{before}{replace(quote, value=value)}{after}"


def _in_words(actual: object, verdict: Verdict, at: datetime | None) -> str:
    """The value in its unit; with the value itself where rounding makes one that fails look like what is required."""
    words = in_unit(actual, verdict.unit, at)
    is_alike = bool(verdict.unit) and verdict.verdict == "fail" and (verdict.expected or "").endswith(f" {words}")
    return f"{words} ({code(actual)})" if is_alike else words


def _drift(drift: Drift, clean: _Cleaner) -> DriftReport:
    differences: list[DifferenceReport] = []
    for each in drift.differences:
        path, baseline = clean.at(each.path, each.baseline)
        _path, actual = clean.at(each.path, each.actual)
        differences.append(
            {
                "path": path,
                "kind": each.kind,
                "severity": each.severity,
                "fails": False,
                "baseline": baseline,
                "actual": actual,
            }
        )
    return {
        "status": drift.status,
        "reason": drift.reason,
        "differences": differences,
        "not_compared": list(_not_compared(drift.not_compared, clean)),
    }


def _not_compared(found: Sequence[NotCompared], clean: _Cleaner) -> Iterator[NotComparedReport]:
    """What was not compared. Of a long list whose personal data was removed, that may be every value of every entry."""
    counts = Counter((each.path.partition(".")[0], each.reason) for each in found)
    for (section, reason), count in counts.items():
        if count > _MOST_NOT_COMPARED:
            yield {"path": f"{section}.*", "reason": reason, "count": count}
    for each in found:
        if counts[each.path.partition(".")[0], each.reason] <= _MOST_NOT_COMPARED:
            yield {"path": clean.text(each.path), "reason": each.reason, "count": 1}


def _without_data(envelope: Envelope) -> SectionReport:
    """The envelope without what the server sent, which is in the files of the hosts, and with counts that are some."""
    told = _with_counts(envelope)
    told.pop("data", None)
    if "each" in told:
        told["each"] = {name: _with_counts(one) for name, one in told["each"].items()}
    return cast(SectionReport, told)


def _with_counts(envelope: Mapping[str, Any]) -> dict[str, Any]:
    counts = {key: as_count(envelope[key]) for key in ("total", "returned") if key in envelope}
    return {**envelope, **counts}


def _rule(rule: Rule, link: str | None) -> RuleReport:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "policy": rule.policy,
        "why": rule.why,
        "remedy": rule.remedy,
        "reference": rule.reference,
        "link": link,
    }


def _count(values: Iterable[str], names: Sequence[str]) -> dict[str, int]:
    counted = Counter(values)
    return {name: counted[name] for name in names}
