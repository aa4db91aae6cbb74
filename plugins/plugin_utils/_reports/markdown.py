# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as Markdown, short enough for a chat or a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import SECONDS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.changes import (
    FINDING_WORDS,
    OfHost,
    changes,
    moved,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import has_nothing
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    FigureDefinition,
    HostReport,
    NotConfigured,
    Report,
    TableDefinition,
    Totals,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import amount, counted, words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.tables import (
    Cells,
    in_words,
    of_fleet,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import FINDINGS

# Longer lists say how many more there are.
MOST_HOSTS = 10
MOST_LINES = 20
MOST_ROWS = 5

_SPECIAL = re.compile(r"[\\`*_{}\[\]()!|~+$^]")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What chats and trackers act on wherever it stands becomes a letter that looks the same to people.
_ACTIVE = re.compile(r"[@#]|/(?=/)|(?<=www)\.", re.IGNORECASE)
_LIKE = {
    "@": "\N{FULLWIDTH COMMERCIAL AT}",
    "#": "\N{FULLWIDTH NUMBER SIGN}",
    "/": "\N{FULLWIDTH SOLIDUS}",
    ".": "\N{FULLWIDTH FULL STOP}",
}


def markdown(report: Report) -> str:
    """Totals, hosts that were not read, findings by severity, and drift."""
    hosts = report["hosts"]
    parts = [
        f"# {escape(report['title'])}",
        "\n".join([*_totals(report["totals"], compared=report["has_baseline"]), *_figures(report)]),
        *_hosts("Not read, so that nothing is known of them", [host for host in hosts if host["status"] in UNREAD]),
        *_hosts("Without a MailPlus Server that answers", [host for host in hosts if host["status"] == "unsupported"]),
        *_hosts("Read in part", [host for host in hosts if host["status"] == "partial"]),
        *_since_last_run(report),
        *_findings(report),
        *_not_configured(report),
        *_inventory(report),
        *_drift(hosts),
        *(_missing(hosts) if report["has_baseline"] else ()),
        f"Made at {escape(report['generated_at'])}.",
    ]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Text that shows as it is: no mark-up, no link, no mention, no line break. It must not start a line."""
    marked = _SPECIAL.sub(r"\\\g<0>", words(text))
    inert = re.sub("[&<>]", lambda match: _HTML[match[0]], marked)
    return _ACTIVE.sub(lambda match: _LIKE[match[0]], inert)


def _totals(totals: Totals, *, compared: bool) -> list[str]:
    hosts = totals["hosts"]
    lines = [
        f"- **{sum(hosts.values())} hosts**: {_counts(hosts)}",
        f"- **{sum(totals['verdicts'].values())} verdicts**: {_counts(totals['verdicts'])}",
        f"- **{sum(totals['differences'].values())} differences**: {_counts(_worst_first(totals['differences']))}",
        f"- **Not compared**: {_not_compared(totals)}",
    ]
    if not compared:
        lines[-2:] = ["- **Differences**: not compared, there is no baseline"]
    missing = totals["not_configured"]
    return [*lines, f"- **{counted(missing, 'rule')} not configured**: without any verdict"] if missing else lines


def _figures(report: Report) -> Iterator[str]:
    """A line a figure that sums up a host: what the fleet comes to, and of how many hosts that is not known."""
    for figure in report["figures"]:
        if figure["brief"]:
            name = figure["name"]
            told = [host for host in report["hosts"] if not has_nothing(host, figure, report["figures"])]
            known = [number for host in told if (number := host["figures"][name]) is not None]
            missing = f", unknown on {len(told) - len(known)}" if len(known) < len(told) else ""
            where = f"on {counted(len(known), 'host')}{missing}"
            yield f"- **{escape(figure['label'])}**: {_of_fleet(figure, known)} {where}"


def _of_fleet(figure: FigureDefinition, known: Sequence[int]) -> str:
    if not known:
        return "unknown"
    return f"at most {amount(max(known), SECONDS)}" if figure["unit"] == SECONDS else str(sum(known))


def _not_compared(totals: Totals) -> str:
    hosts = totals["drift"]["not_compared"] + totals["drift"]["unknown"]
    return f"{hosts} hosts, and {totals['not_compared']} sections or values of others"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count) or "none"


def _worst_first(counts: Mapping[str, int]) -> dict[str, int]:
    return {severity: counts[severity] for severity in reversed(SEVERITIES)}


def _hosts(title: str, hosts: Sequence[HostReport]) -> Iterator[str]:
    """A section with a line a host: none of these is left out, however many there are."""
    if hosts:
        yield f"## {title} ({len(hosts)})"
        yield "\n".join(
            f"- **{escape(host['host'])}** {_status(host)}: {escape(host['reason'] or '')}" for host in hosts
        )


def _status(host: HostReport) -> str:
    return str(host["status"]).replace("_", " ")


def _since_last_run(report: Report) -> Iterator[str]:
    """A section with a line for each thing that changed, as far as there are not many."""
    told = changes(report)
    if told is None:
        return
    lines = [f"**{word}** {_those(hosts)}" for word, hosts in told.hosts]
    lines += [f"**{escape(one.title)}** {FINDING_WORDS[one.change]}: {_those(one.hosts)}" for one in told.findings]
    lines += [f"**{escape(one.path)}** changed: {_those(one.hosts)}" for one in told.settings]
    lines += [f"**{escape(one.figure['label'])}**: {escape(moved(one))}" for one in told.figures]
    lines += [f"not readable: {escape(one)}" for one in told.unreadable]
    yield "## Since the last run"
    yield escape(told.sentence)
    if lines:
        yield _lines(lines)


def _those(hosts: Sequence[OfHost]) -> str:
    """The first hosts, what is to say of each, and how many more there are."""
    more = f" and {len(hosts) - MOST_HOSTS} more" if len(hosts) > MOST_HOSTS else ""
    return ", ".join(escape(f"{one.host} ({one.text})" if one.text else one.host) for one in hosts[:MOST_HOSTS]) + more


def _findings(report: Report) -> Iterator[str]:
    """A section a verdict and severity, the worst first, with a line a rule."""
    titles = {rule["id"]: rule["title"] for rule in report["rules"]}
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for host in report["hosts"]:
        for verdict in host["verdicts"]:
            if verdict["verdict"] == "fail" or (verdict["verdict"] == "unknown" and host["status"] not in UNREAD):
                rules = found.setdefault((verdict["verdict"], verdict["severity"]), {})
                rules.setdefault(verdict["rule"], []).append(host["host"])
    for kind in FINDINGS:
        for severity in reversed(SEVERITIES):
            rules = found.get((kind, severity), {})
            if rules:
                yield f"## {kind.capitalize()}, {severity} ({len(rules)})"
                yield _lines(f"**{escape(titles.get(rule, rule))}**: {_some(names)}" for rule, names in rules.items())


def _not_configured(report: Report) -> Iterator[str]:
    """A section with a line a rule that nobody can judge yet, and what it lacks."""
    titles = {rule["id"]: rule["title"] for rule in report["rules"]}
    if report["not_configured"]:
        yield f"## Not configured, so that nobody can judge it ({len(report['not_configured'])})"
        yield _lines(
            f"**{escape(titles[one['rule']])}**: {escape(_lack(one))}{_hosts_of(one, len(report['hosts']))}"
            for one in report["not_configured"]
        )
        yield "The HTML and JSON reports tell what to do for each."


def _lack(one: NotConfigured) -> str:
    if one["path_variable"]:
        return f"the path of {one['path_variable']} in {one['section']} is not set"
    return f"the section {one['section']} is not gathered"


def _hosts_of(one: NotConfigured, hosts: int) -> str:
    return "" if one["hosts"] == hosts else f" on {counted(one['hosts'], 'host')}"


def _inventory(report: Report) -> Iterator[str]:
    """A section a table, with a line for each of the worst rows, and one for the hosts of which they are not known."""
    for table in report["tables"]:
        rows, unknown = of_fleet(table, report["hosts"])
        lines = [f"**{escape(host)}** {_cells(table, row)}" for _number, host, row in rows[:MOST_ROWS]]
        lines += [f"and {len(rows) - MOST_ROWS} more"] if len(rows) > MOST_ROWS else []
        lines += [f"unknown on {counted(count, 'host')}: {escape(reason)}" for reason, count in unknown]
        if lines:
            yield f"## {escape(table['label'])} ({len(rows)})"
            yield _lines(lines)


def _cells(table: TableDefinition, row: Cells) -> str:
    """The cells in a line, each behind its heading."""
    return "; ".join(f"{label}: {escape(cell or 'unknown')}" for label, cell in in_words(table, row))


def _drift(hosts: Sequence[HostReport]) -> Iterator[str]:
    """A section with a line a path that differs, the worst first."""
    found: dict[tuple[int, str], list[str]] = {}
    for host in hosts:
        # Without personal data, some paths may be alike.
        for rank, path in {
            (-SEVERITIES.index(each["severity"]), each["path"]) for each in host["drift"]["differences"]
        }:
            found.setdefault((rank, path), []).append(host["host"])
    if found:
        yield f"## Differs from the baseline ({len(found)})"
        yield _lines(
            f"**{escape(path)}** ({SEVERITIES[-rank]}): {_some(names)}" for (rank, path), names in sorted(found.items())
        )


def _missing(hosts: Sequence[HostReport]) -> Iterator[str]:
    """A section with a line a reason for which a host, a section or a value was not compared."""
    found: dict[str, list[str]] = {}
    for host in hosts:
        drift = host["drift"]
        if drift["status"] == "not_compared":
            found.setdefault(drift["reason"] or "", []).append(host["host"])
        for what in dict.fromkeys(f"{each['path']}: {each['reason']}" for each in drift["not_compared"]):
            found.setdefault(what, []).append(host["host"])
    if found:
        yield f"## Not compared with the baseline ({len(found)})"
        yield _lines(f"{escape(what)} {_some(names)}" for what, names in found.items())


def _lines(texts: Iterable[str]) -> str:
    lines = [f"- {text}" for text in texts]
    more = [f"- and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more])


def _some(hosts: Sequence[str]) -> str:
    """The first hosts, and how many more there are."""
    more = f" and {len(hosts) - MOST_HOSTS} more" if len(hosts) > MOST_HOSTS else ""
    return ", ".join(map(escape, hosts[:MOST_HOSTS])) + more
