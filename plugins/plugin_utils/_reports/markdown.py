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
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import in_words as limits_in_words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import FIND_A_PATH, SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    FigureDefinition,
    HostReport,
    NotConfigured,
    Report,
    RuleReport,
    TableDefinition,
    Totals,
    VerdictReport,
    ViewReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    ABSENT,
    amount,
    change,
    counted,
    words,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.tables import (
    Cells,
    in_words,
    of_fleet,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import FINDINGS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.views import without_keys
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.links import as_address

# Longer lists say how many more there are.
MOST_HOSTS = 10
MOST_LINES = 20
MOST_ROWS = 5
MOST_REASONS = 2

_FAILS = ": fails the run"

_Found = dict[tuple[str, str], list[tuple[str, VerdictReport]]]

_SPECIAL = re.compile(r"[\\`*_{}\[\]()!|~+$^]")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# An address is told as code, so that it can be copied, and nothing makes a link of it. Its letters are those that end
# no code and no word of a chat.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~:/?%=&\[\]-]*[A-Za-z0-9_/\]]")
# What chats and trackers act on wherever else it stands becomes a letter that looks the same to people.
_ACTIVE = re.compile(r"[@#]|/(?=/)|(?<=www)\.", re.IGNORECASE)
_LIKE = {
    "@": "\N{FULLWIDTH COMMERCIAL AT}",
    "#": "\N{FULLWIDTH NUMBER SIGN}",
    "/": "\N{FULLWIDTH SOLIDUS}",
    ".": "\N{FULLWIDTH FULL STOP}",
}


def markdown(report: Report) -> str:
    """Totals, hosts that were not read, findings by severity, and drift, each with what fails the run."""
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
        *_switched_off(report),
        *_views(report),
        *_inventory(report),
        *_drift(hosts),
        *(_missing(hosts) if report["has_baseline"] else ()),
        f"{limits_in_words(report['limits'])} Made at {escape(report['generated_at'])}.",
    ]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Text that shows as it is: no mark-up, no link, no mention, no line break. It must not start a line."""
    shown, parts, end = words(text), [], 0
    for address in _ADDRESS.finditer(shown):
        parts += [_escaped(shown[end : address.start()]), f"`{address[0]}`"]
        end = address.end()
    return "".join([*parts, _escaped(shown[end:])])


def _escaped(text: str) -> str:
    marked = _SPECIAL.sub(r"\\\g<0>", text)
    inert = re.sub("[&<>]", lambda match: _HTML[match[0]], marked)
    return _ACTIVE.sub(lambda match: _LIKE[match[0]], inert)


def _totals(totals: Totals, *, compared: bool) -> list[str]:
    hosts = totals["hosts"]
    differences = counted(sum(totals["differences"].values()), "difference")
    lines = [
        f"- **{counted(sum(hosts.values()), 'host')}**: {_counts(hosts)}; {totals['failing']} fail the run",
        f"- **{counted(sum(totals['verdicts'].values()), 'verdict')}**: {_counts(totals['verdicts'])}",
        f"- **{differences}**: {_counts(_worst_first(totals['differences']))}",
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
    return f"{counted(hosts, 'host')}, and {totals['not_compared']} sections or values of others"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count) or "none"


def _worst_first(counts: Mapping[str, int]) -> dict[str, int]:
    return {severity: counts[severity] for severity in reversed(SEVERITIES)}


def _hosts(title: str, hosts: Sequence[HostReport]) -> Iterator[str]:
    """A section with a line a host: none of these is left out, however many there are."""
    if hosts:
        yield f"## {title} ({len(hosts)}){_FAILS if any(host['fails'] for host in hosts) else ''}"
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
    """A section a verdict and severity, the worst first, with a line a rule and what is expected."""
    rules = {rule["id"]: rule for rule in report["rules"]}
    found: dict[tuple[str, str], _Found] = {}
    for host in report["hosts"]:
        for verdict in host["verdicts"]:
            if verdict["verdict"] == "fail" or (verdict["verdict"] == "unknown" and host["status"] not in UNREAD):
                of_severity = found.setdefault((verdict["verdict"], verdict["severity"]), {})
                of_severity.setdefault((verdict["rule"], verdict["expected"] or ""), []).append((host["host"], verdict))
    for kind in FINDINGS:
        for severity in reversed(SEVERITIES):
            of_severity = found.get((kind, severity), {})
            if of_severity:
                fails = any(verdict["fails"] for places in of_severity.values() for _host, verdict in places)
                yield f"## {kind.capitalize()}, {severity} ({len(of_severity)}){_FAILS if fails else ''}"
                yield _lines(_finding(rules[rule], places) for (rule, _expected), places in of_severity.items())


def _finding(rule: RuleReport, places: Sequence[tuple[str, VerdictReport]]) -> str:
    """A line of a rule: where it is so and what was found there, what is expected, and what to do."""
    _host, first = places[0]
    title = f"**{escape(rule['title'])}**"
    title = f"[{title}]({as_address(rule['link'])})" if rule["link"] else title
    hosts = _some([f"{escape(host)}{_actual(verdict)}" for host, verdict in places])
    parts = [f"{title}: {hosts}"]
    if first["verdict"] == "unknown":
        reasons = [*dict.fromkeys(verdict["message"].rstrip(".") for _host, verdict in places)]
        parts += [*map(escape, reasons[:MOST_REASONS])]
        parts += [f"And {counted(len(reasons) - MOST_REASONS, 'other reason')}"] if len(reasons) > MOST_REASONS else []
    else:
        parts += [f"Expected: {escape(first['expected'])}"] if first["expected"] is not None else []
        parts += [escape(rule["remedy"].rstrip("."))] if rule["remedy"] else []
    return ". ".join([*parts, ""]).strip()


def _actual(verdict: VerdictReport) -> str:
    if verdict["verdict"] != "fail":
        return ""
    return f" ({escape(verdict['actual_in_words'] or ABSENT)})"


def _not_configured(report: Report) -> Iterator[str]:
    """A section with a line a rule that nobody can judge yet, and what it lacks."""
    titles = {rule["id"]: rule["title"] for rule in report["rules"]}
    if report["not_configured"]:
        yield f"## Not configured, so that nobody can judge it ({len(report['not_configured'])})"
        yield _lines(
            f"**{escape(titles[one['rule']])}** ({escape(one['rule'])}): {escape(_lack(one))}"
            f"{_hosts_of(one, len(report['hosts']))}"
            for one in report["not_configured"]
        )
        yield f"`{FIND_A_PATH}` finds a path. The HTML and JSON reports tell what to do for each, with the command."


def _switched_off(report: Report) -> Iterator[str]:
    """A section with a line a rule that is not judged since the user said so."""
    titles = {rule["id"]: rule["title"] for rule in report["rules"]}
    if report["switched_off"]:
        yield f"## Switched off, so that nobody judges it ({len(report['switched_off'])})"
        yield _lines(
            f"**{escape(titles[one['rule']])}**: on {counted(one['hosts'], 'host')}" for one in report["switched_off"]
        )


def _lack(one: NotConfigured) -> str:
    if one["path_variable"]:
        return f"the path of {one['path_variable']} in {one['section']} is not set"
    return f"the section {one['section']} is not gathered"


def _hosts_of(one: NotConfigured, hosts: int) -> str:
    return "" if one["hosts"] == hosts else f" on {counted(one['hosts'], 'host')}"


def _views(report: Report) -> Iterator[str]:
    """A section a view of the fleet, with a line for each of its first rows."""
    for view in report["views"]:
        lines = ["; ".join(f"{label}: {escape(text or 'unknown')}" for label, text in cells) for cells in _rows(view)]
        many = len(view["rows"]) + view["left_out"]
        lines += [f"and {many - MOST_ROWS} more"] if many > MOST_ROWS else []
        lines += [f"not all is known of {counted(view['partial'], 'host')}"] if view["partial"] else []
        lines += [
            f"unknown on {counted(len(one['hosts']), 'host')}: {escape(one['reason'])}" for one in view["unknown"]
        ]
        if view["rows"] or without_keys(view):
            yield f"## {escape(view['label'])} ({many if view['hosts'] else 'unknown'})"
            yield _lines(lines)


def _rows(view: ViewReport) -> Iterator[list[tuple[str, str | None]]]:
    return (in_words(view["columns"], row) for row in view["rows"][:MOST_ROWS])


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
    return "; ".join(f"{label}: {escape(cell or 'unknown')}" for label, cell in in_words(table["columns"], row))


def _drift(hosts: Sequence[HostReport]) -> Iterator[str]:
    """A section with a line a path that differs, the worst first."""
    found: dict[tuple[int, str], dict[str, list[str]]] = {}
    fails = False
    for host in hosts:
        for each in host["drift"]["differences"]:
            changes = found.setdefault((-SEVERITIES.index(each["severity"]), each["path"]), {})
            changes.setdefault(change(each), []).append(escape(host["host"]))
            fails = fails or each["fails"]
    if found:
        yield f"## Differs from the baseline ({len(found)}){_FAILS if fails else ''}"
        yield _lines(
            f"**{escape(path)}** ({SEVERITIES[-rank]}): {_changes(changes)}"
            for (rank, path), changes in sorted(found.items(), key=lambda item: item[0])
        )


def _changes(changes: Mapping[str, Sequence[str]]) -> str:
    """The first of the changes at a path, each with its hosts."""
    told = [f"{escape(what)} on {_some(names)}" for what, names in [*changes.items()][:MOST_REASONS]]
    rest = sum(map(len, [*changes.values()][MOST_REASONS:]))
    return "; ".join([*told, *([f"otherwise on {counted(rest, 'host')}"] if rest else [])])


def _missing(hosts: Sequence[HostReport]) -> Iterator[str]:
    """A section with a line a reason for which a host, a section or a value was not compared."""
    found: dict[str, list[str]] = {}
    for host in hosts:
        drift = host["drift"]
        if drift["status"] == "not_compared":
            found.setdefault(drift["reason"] or "", []).append(escape(host["host"]))
        for what in dict.fromkeys(f"{each['path']}: {each['reason']}" for each in drift["not_compared"]):
            found.setdefault(what, []).append(escape(host["host"]))
    if found:
        yield f"## Not compared with the baseline ({len(found)})"
        yield _lines(f"{escape(what)} {_some(names)}" for what, names in found.items())


def _lines(texts: Iterable[str]) -> str:
    lines = [f"- {text}" for text in texts]
    more = [f"- and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more])


def _some(hosts: Sequence[str]) -> str:
    """The first hosts, as mark-up, and how many more there are."""
    more = f" and {len(hosts) - MOST_HOSTS} more" if len(hosts) > MOST_HOSTS else ""
    return ", ".join(hosts[:MOST_HOSTS]) + more
