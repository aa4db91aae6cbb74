# SPDX-License-Identifier: GPL-3.0-or-later
"""What the HTML report says of the fleet as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import COMPARED
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    HostReport,
    Report,
    RuleReport,
    Totals,
    VerdictReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import counted, words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import FINDINGS, VERDICTS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.bars import (
    Bar,
    Part,
    Share,
    draw_bar,
    parts,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.text import (
    DRIFT_WORDS,
    NOT_JUDGED,
    STATUSES,
    VERDICT_WORDS,
    difference_values,
    rank,
    worst,
)

TOP_PATHS = 15
_SEVEREST_FIRST = tuple(reversed(SEVERITIES))


@dataclass(frozen=True)
class Glance:
    """The fleet in a few figures."""

    hosts: Bar
    verdicts: Bar
    drift: Bar
    findings: list[tuple[str, int, int]]
    differences: list[tuple[str, int]]


def glance(report: Report) -> Glance:
    """The figures at the top of the report."""
    totals = report["totals"]
    drift = Counter(host["drift"]["status"] for host in report["hosts"])
    failed, unknown = totals["findings"]["fail"], totals["findings"]["unknown"]
    return Glance(
        hosts=_bar(STATUSES, totals["hosts"]),
        verdicts=_bar({name: VERDICT_WORDS[name] for name in (*FINDINGS, *VERDICTS)}, totals["verdicts"]),
        drift=_bar(DRIFT_WORDS, drift),
        findings=[(severity, failed[severity], unknown[severity]) for severity in _SEVEREST_FIRST],
        differences=[(name, totals["differences"][name]) for name in _SEVEREST_FIRST if totals["differences"][name]],
    )


def _bar(words: Mapping[str, str], counts: Mapping[str, int]) -> Bar:
    return draw_bar([Share(name, word, counts.get(name, 0)) for name, word in words.items()])


def headline(report: Report) -> list[tuple[str, str]]:
    """The report in a few sentences, each with the look it has."""
    totals, hosts = report["totals"], report["hosts"]
    if not hosts:
        return [("unknown", "The fleet has no hosts.")]
    sentences = [_read_sentence(totals["hosts"], len(hosts)), *_finding_sentences(report)]
    if totals["failing"]:
        sentences.insert(0, ("failed", f"{counted(totals['failing'], 'host fails', 'hosts fail')} the run."))
    differing = sum(host["drift"]["status"] == "different" for host in hosts)
    if differing:
        count = counted(sum(totals["differences"].values()), "difference")
        sentences.append(("partial", f"{count} from the baseline on {counted(differing, 'host')}."))
    if report["has_baseline"]:
        sentences.extend(_missing_sentence(totals))
    return sentences


def _missing_sentence(totals: Totals) -> Iterator[tuple[str, str]]:
    hosts, values = totals["drift"]["not_compared"] + totals["drift"]["unknown"], totals["not_compared"]
    pieces = [counted(hosts, "host")] if hosts else []
    pieces += [counted(values, "section or value", "sections or values")] if values else []
    if pieces:
        yield "unknown", f"Not compared with the baseline: {' and '.join(pieces)}."


def _read_sentence(counts: Mapping[str, int], whole: int) -> tuple[str, str]:
    unread = sum(counts[status] for status in UNREAD)
    pieces = [(unread, "could not be read"), (counts["unsupported"], "without a MailPlus Server that answers")]
    pieces.append((counts["partial"], "read only in part"))
    told = [f"{count:,} {words}" for count, words in pieces if count]
    if not told:
        return "ok", "All hosts were read." if whole > 1 else "The host was read."
    return ("failed" if unread else "partial"), f"Of {counted(whole, 'host')}: {', '.join(told)}."


def _finding_sentences(report: Report) -> Iterator[tuple[str, str]]:
    verdicts, findings = report["totals"]["verdicts"], report["totals"]["findings"]
    missing = report["totals"]["not_configured"]
    if missing:
        yield "unknown", f"{counted(missing, 'rule is', 'rules are')} not configured, so that nobody can judge them."
    if report["switched_off"]:
        yield (
            "unknown",
            f"{counted(len(report['switched_off']), 'rule is', 'rules are')} switched off on some or all hosts.",
        )
    if not sum(verdicts.values()):
        yield "unknown", "No rule was judged."
        return
    if verdicts["fail"]:
        rules = {verdict["rule"] for _host, verdict in _all(report) if verdict["verdict"] == "fail"}
        hosts = sum(any(verdict["verdict"] == "fail" for verdict in host["verdicts"]) for host in report["hosts"])
        where = f"of {counted(len(rules), 'rule')}, on {counted(hosts, 'host')}"
        yield "fail", f"{counted(verdicts['fail'], 'verdict')} failed {where}: {_by_severity(findings['fail'])}."
    if verdicts["unknown"]:
        unknown = counted(verdicts["unknown"], "verdict is unknown", "verdicts are unknown")
        yield "unknown", f"{unknown}: {_by_severity(findings['unknown'])}."
    if not verdicts["fail"] and not verdicts["unknown"]:
        yield "ok", "No rule fails, and none is unknown."


def _by_severity(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[severity]:,} {severity}" for severity in _SEVEREST_FIRST if counts[severity])


def _all(report: Report) -> Iterator[tuple[HostReport, VerdictReport]]:
    return ((host, verdict) for host in report["hosts"] for verdict in host["verdicts"])


@dataclass(frozen=True)
class Cause:
    """Hosts that were not read, or not wholly, for the same cause."""

    status: str
    text: str
    hint: str | None
    hosts: list[tuple[int, str, str]]


def causes(hosts: Sequence[HostReport]) -> list[Cause]:
    """Why hosts were not read, the worst first. Of each host its number, name and own reason."""
    found: dict[tuple[int, str], Cause] = {}
    order = list(STATUSES)
    for number, host in enumerate(hosts, 1):
        if host["status"] == "ok":
            continue
        error = host["error"]
        reason = words(host["reason"] or "No reason is known.")
        name = str(error["name"]) if error else ""
        text = name.replace("_", " ").capitalize() or reason
        key = (order.index(host["status"]), name or reason)
        cause = found.setdefault(key, Cause(host["status"], text, error["hint"] if error else None, []))
        cause.hosts.append((number, host["host"], reason if name else ""))
    return [found[key] for key in sorted(found)]


@dataclass
class Place:
    """Hosts on which a rule comes to the same verdict with the same message, where the same is expected."""

    message: str
    expected: str | None
    fails: bool
    hosts: list[tuple[int, str, str]] = field(default_factory=list)
    common: str | None = None

    def settle(self) -> None:
        """Say a value once where all hosts have the same."""
        notes = {note for _number, _host, note in self.hosts}
        if len(notes) == 1:
            self.common = notes.pop() or None
            self.hosts = [(number, host, "") for number, host, _note in self.hosts]


@dataclass
class RuleResult:
    """What a rule comes to over the fleet. ``severity`` is the worst one that it has on a host with a finding."""

    number: int
    rule: RuleReport
    severity: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    failed: dict[tuple[object, ...], Place] = field(default_factory=dict)
    unknown: dict[tuple[object, ...], Place] = field(default_factory=dict)

    @property
    def has_findings(self) -> bool:
        """Whether it has a finding that is about more than a host of which nothing could be read."""
        return bool(self.failed or self.unknown)

    @property
    def unknown_hosts(self) -> int:
        """On how many hosts that were read it is unknown."""
        return self.counts["unknown"] - self.unread


def rule_results(report: Report) -> list[RuleResult]:
    """Every rule, in the order of the report."""
    results = {rule["id"]: RuleResult(number, rule) for number, rule in enumerate(report["rules"], 1)}
    for number, host in enumerate(report["hosts"], 1):
        unread = host["status"] in NOT_JUDGED
        for verdict in host["verdicts"]:
            result = results[verdict["rule"]]
            result.counts[verdict["verdict"]] += 1
            if verdict["verdict"] == "unknown" and unread:
                result.unread += 1
            elif verdict["verdict"] in FINDINGS:
                _add(result, number, host["host"], verdict)
    for result in results.values():
        result.severity = result.severity or result.rule["severity"]
        for place in (*result.failed.values(), *result.unknown.values()):
            place.settle()
    return list(results.values())


def _add(result: RuleResult, number: int, host: str, verdict: VerdictReport) -> None:
    result.severity = max(result.severity, verdict["severity"], key=rank)
    places = result.failed if verdict["verdict"] == "fail" else result.unknown
    about = (words(verdict["message"]), verdict["expected"], verdict["fails"])
    places.setdefault(about, Place(*about)).hosts.append((number, host, verdict["actual_in_words"] or ""))


def by_severity(results: Iterable[RuleResult]) -> list[tuple[str, list[RuleResult]]]:
    """The rules with findings, the most severe first, and in a severity those that fail most."""
    found = [result for result in results if result.has_findings]
    found.sort(key=lambda result: (-result.counts["fail"], -result.unknown_hosts, result.number))
    groups = ((severity, [one for one in found if one.severity == severity]) for severity in _SEVEREST_FIRST)
    return [(severity, group) for severity, group in groups if group]


@dataclass
class Path:
    """A path at which hosts differ from the baseline."""

    path: str
    severity: str = "info"
    hosts: int = 0
    values: Counter[tuple[str, str]] = field(default_factory=Counter)
    parts: list[Part] = field(default_factory=list)

    @property
    def example(self) -> tuple[str, str, int]:
        """The most frequent pair of baseline and actual value, and on how many hosts it is."""
        (baseline, actual), count = self.values.most_common(1)[0]
        return baseline, actual, count


def drift_paths(hosts: Sequence[HostReport]) -> list[Path]:
    """The paths at which hosts differ, those that differ most first."""
    found: dict[str, Path] = {}
    for host in hosts:
        differences = host["drift"]["differences"]
        for name in {difference["path"] for difference in differences}:  # without personal data, some may be alike
            found.setdefault(name, Path(words(name))).hosts += 1
        for difference in differences:
            path = found[difference["path"]]
            path.severity = worst((path.severity, difference["severity"])) or path.severity
            path.values[difference_values(difference)] += 1
    ranked = sorted(found.values(), key=lambda path: (-path.hosts, -rank(path.severity), path.path))
    compared = sum(host["drift"]["status"] in COMPARED for host in hosts)
    for path in ranked[:TOP_PATHS]:
        path.parts = parts([Share("different", "", path.hosts)], compared)
    return ranked
