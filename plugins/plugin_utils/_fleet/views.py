# SPDX-License-Identifier: GPL-3.0-or-later
"""Views of the fleet: tables over all hosts, as the catalogue tells of them. No section is known here by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import rows_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import (
    Column,
    Events,
    Grouping,
    Members,
    Ranking,
    Row,
    Section,
    Table,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import (
    FIGURE_MEANINGS,
    MOST_FREQUENT,
    RowKeys,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowkeys import keys_of
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE, TABLES
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import zone_noted
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import tables
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import Envelopes, at, is_partial
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import (
    HostReport,
    UnknownOf,
    ViewReport,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import as_count, counted, words

# More rows are left out, and how many these are is told.
MOST_ROWS = 100

# More words of one host are left out of a ranking.
MOST_WORDS = 1000

_MOST_BRIEF, _LONGEST_BRIEF, _LONGEST_CELL = 3, 60, 1000

# Nothing follows from these verdicts of one node for another.
_NOT_COMPARABLE = {"unknown", "not_applicable"}

# The column with the name of a host, wherever a row is about one.
HOST_COLUMN = "host"

_HOST, _HOSTS, _NAMES = Column(HOST_COLUMN, "Host"), Column("hosts", "Hosts"), Column("names", "Their names")
_NOT_KEPT, _UNTOLD = "its rows were not kept", "the answer does not tell"
_ALIKE = "several hosts name the same nodes; which of them belong together is not known"
_NO_KEY = "no key that is known tells it; name the key in mailplus_state_row_keys, as in "


def of_catalogue() -> dict[str, list[Column]]:
    """The columns of every view that there can be, by its name."""
    found = {view.name: _of_ranking(view) for section in CATALOGUE for view in section.rankings}
    found |= {row.events.name: _of_events(row.events) for row in CATALOGUE if row.events}
    found |= {table.grouping.name: _of_grouping(table, table.grouping) for table in TABLES if table.grouping}
    return found | {row.members.nodes: _of_nodes(row.members) for row in CATALOGUE if row.members}


def _of_ranking(ranking: Ranking) -> list[Column]:
    return [Column("value", ranking.word), Column("count", ranking.unit.capitalize()), _HOSTS]


def _of_events(events: Events) -> list[Column]:
    return [Column("time", "Time"), _HOST, *events.columns]


def _of_grouping(table: Table, grouping: Grouping) -> list[Column]:
    return [*(column for column in table.columns if column.name in grouping.columns), _HOSTS, _NAMES]


def _of_nodes(members: Members) -> list[Column]:
    return [
        Column("group", members.group.capitalize()),
        _HOST,
        Column("name", "Name"),
        Column("role", "Role"),
        Column("status", "Status"),
        Column("read", "Read"),
        Column("apart", "Rules judged otherwise than on another node"),
    ]


# ------------------------------------------------------------------------------------------------ what a host adds


@dataclass(frozen=True)
class Event:
    """A row of a log. The newest of all hosts has the least ``place``, one whose time is unknown the greatest."""

    place: tuple[float, str, int]
    row: Row


@dataclass(frozen=True)
class Words:
    """How many rows of a host have each word. ``is_whole`` tells whether these are all words of the rows read."""

    counts: Mapping[str, int]
    is_whole: bool


@dataclass(frozen=True)
class Claim:
    """A host that names several members of a group, of which the one at ``place`` is itself.

    ``domain`` is the one that the host has and the name of the member lacks, empty where there is none.
    """

    host: str
    names: list[str]
    place: int
    domain: str


@dataclass(frozen=True)
class OfHost:
    """What a host adds that is not in its own report: by the name of a view its words, or why they are not known; the
    newest rows of a log, and how many there are; and by the name of members which of these the host is, None where
    that is not known."""

    words: dict[str, Words | str]
    events: dict[str, tuple[list[Event], int]]
    claims: dict[str, Claim | None]


def of_host(host: str, server: Mapping[str, Any], found: Envelopes, clean: Clean) -> OfHost:
    """What a host adds, without personal data."""
    ranked: dict[str, Words | str] = {}
    events: dict[str, tuple[list[Event], int]] = {}
    claims: dict[str, Claim | None] = {}
    for section in CATALOGUE:
        envelope = found.get(section.name)
        if envelope is None or envelope["status"] != "ok":
            continue
        ranked |= {view.name: _words(section, view, envelope, clean) for view in section.rankings}
        if section.events and (rows := _kept(envelope)) is not None:
            keys = keys_of(envelope, zone_noted(server.get("time_zone")))
            events[section.events.name] = _newest(section.events, host, rows, clean.of(section), keys), len(rows)
        if section.members:
            names = section.members.names(envelope.get("data"))
            claims[section.members.name] = _claim(host, [host, f"{server.get('host')}"], names)
    return OfHost(ranked, events, claims)


def _words(section: Section, view: Ranking, envelope: Mapping[str, Any], clean: Clean) -> Words | str:
    """The words in all rows; where these were not kept, the most frequent ones of the summary. A text is why not."""
    rows, keys = rows_of(envelope), keys_of(envelope)
    # What was personal is gone from the rows of an earlier run, and stands in its summary alone.
    in_rows = Counter(word for row in rows or () for word in view.find(keys, row))
    found, most = (in_rows, MOST_WORDS) if in_rows else (_of_summary(view, envelope), MOST_FREQUENT - 1)
    if found is None or (rows and not found):
        meaning = FIGURE_MEANINGS[view.figure]
        has_rows = rows or as_count(at(envelope, "summary.rows"))
        return f"{_NO_KEY}{{{meaning}: KEY}}" if has_rows else _UNTOLD
    told = [{"value": word, "count": count} for word, count in found.most_common(MOST_WORDS)]
    cleaned = clean.section(section.name, {"summary": {view.figure: told}})["summary"][view.figure]
    return Words(_sums(cleaned), len(found) <= most)


def _of_summary(view: Ranking, envelope: Mapping[str, Any]) -> Counter[str] | None:
    entries = at(envelope, f"summary.{view.figure}")
    return _sums(entries) if isinstance(entries, list) else None


def _sums(entries: Iterable[Any]) -> Counter[str]:
    """Counts by word: two words may have become one."""
    found: Counter[str] = Counter()
    for entry in entries:
        found[f"{at(entry, 'value')}"[:_LONGEST_CELL]] += as_count(at(entry, "count")) or 0
    return found


def _kept(envelope: Mapping[str, Any]) -> list[Any] | None:
    """The rows in an answer; None where there are some and none was kept."""
    rows = rows_of(envelope)
    return None if not rows and envelope.get("total") != 0 else rows


def _newest(events: Events, host: str, rows: Sequence[Any], clean: Clean, keys: RowKeys) -> list[Event]:
    times = [keys.time(row) for row in rows]
    places = ((-time.timestamp() if time else 0.0, host, number) for number, time in enumerate(times))
    return [
        Event(
            place,
            {"time": time and f"{time:%Y-%m-%dT%H:%M:%SZ}", HOST_COLUMN: host, **_cells(events, clean(row), keys)},
        )
        for place in nsmallest(MOST_ROWS, places)
        for time, row in [(times[place[2]], rows[place[2]])]
    ]


def _cells(events: Events, row: Any, keys: RowKeys) -> Row:
    return {column.name: _text(keys.find(row, column.name)) for column in events.columns}


def _text(value: Any) -> str | None:
    return str(value)[:_LONGEST_CELL] if isinstance(value, (str, int, float)) and value != "" else None


def _claim(host: str, own: Sequence[str], names: Sequence[Sequence[str]]) -> Claim | None:
    """A host is the one member of which it has a name or an address. None where that is none, or not one alone."""
    firsts = [next(iter(one), "") for one in names]
    mine = [place for place, one in enumerate(names) if any(_same_name(mine, name) for mine in own for name in one)]
    told_apart = all(firsts) and len(set(firsts)) == len(firsts) > 1
    if not told_apart or len(mine) != 1:
        return None
    return Claim(host, firsts, mine[0], _domain(own, names[mine[0]]))


def _domain(own: Sequence[str], names: Sequence[str]) -> str:
    """The domain of the first name of a host that a member has without any domain."""
    found = (name.lower().partition(".") for name in own)
    return next((domain for label, _dot, domain in found if domain and label in names and not label.isdecimal()), "")


def _of_domains(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Of hosts that name the same members, those that are a group: of one domain, and each another member.

    Hosts without a domain are of the only one that there is.
    """
    domains = sorted({claim.domain for claim in claims} - {""})
    parts = [[one for one in claims if one.domain == domain] for domain in domains] if len(domains) > 1 else [[*claims]]
    return [part for part in parts if len({one.names[one.place] for one in part}) == len(part) > 1]


def _same_name(one: str, other: str) -> bool:
    """Whether two names may be of the same host: one without a domain is that of any domain."""
    one, other = one.lower(), other.lower()
    (label, dot, _domain), (other_label, other_dot, _other_domain) = one.partition("."), other.partition(".")
    return one == other or (label == other_label and not (dot and other_dot) and not label.isdecimal())


# ---------------------------------------------------------------------------------------------------- over the fleet


@dataclass
class Views:
    """Takes in what hosts add, one after the other, and keeps no more of it than is told."""

    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _on_hosts: dict[str, Counter[str]] = field(default_factory=dict)
    _wordless: dict[str, dict[str, str]] = field(default_factory=dict)
    _in_part: dict[str, set[str]] = field(default_factory=dict)
    _events: dict[str, list[Event]] = field(default_factory=dict)
    _rows: dict[str, dict[str, int]] = field(default_factory=dict)
    _claims: dict[str, list[Claim]] = field(default_factory=dict)

    def add(self, host: str, one: OfHost) -> None:
        """Take in a host."""
        for name, told in one.words.items():
            self._add_words(name, host, told)
        for name, (events, many) in one.events.items():
            kept = self._events.get(name, [])
            self._events[name] = nsmallest(MOST_ROWS, [*kept, *events], key=lambda event: event.place)
            self._rows.setdefault(name, {})[host] = many
        for name, claim in one.claims.items():
            self._claims.setdefault(name, []).extend([claim] if claim else [])

    def _add_words(self, name: str, host: str, told: Words | str) -> None:
        if isinstance(told, str):
            self._wordless.setdefault(name, {})[host] = told
            return
        self._counts.setdefault(name, Counter()).update(told.counts)
        self._on_hosts.setdefault(name, Counter()).update(told.counts.keys())
        self._in_part.setdefault(name, set()).update(() if told.is_whole else [host])

    def groups(self, members: str) -> list[list[str]]:
        """The hosts that are known to be members of the same group."""
        return [[claim.host for claim in claims] for claims in self._groups(members)[0]]

    def told(self, hosts: Sequence[HostReport]) -> Iterator[ViewReport]:
        """All views of what any host was asked for."""
        names = {name for host in hosts for name in host["sections"]}
        sections = [section for section in CATALOGUE if section.name in names]
        yield from (self._ranked(section.name, view, hosts) for section in sections for view in section.rankings)
        for section in sections:
            if section.events:
                yield self._happened(section.name, section.events, hosts)
        for table in tables.of_names(names):
            if table.grouping:
                yield _grouped(table, table.grouping, hosts)
        for section in sections:
            if section.members:
                yield self._side_by_side(section.name, section.members, hosts)

    def _groups(self, members: str) -> tuple[list[list[Claim]], list[str]]:
        """Hosts of one group name the same members, and each is another one of these; and the hosts of which is not
        known with which others they are one.

        Equal names are not enough: two groups may have given their members the same.
        """
        found: dict[tuple[str, ...], list[Claim]] = {}
        for claim in sorted(self._claims.get(members, []), key=lambda claim: claim.host):
            found.setdefault(tuple(sorted(claim.names)), []).append(claim)
        groups, unclear = [], []
        for claims in found.values():
            of_names = _of_domains(claims)
            groups += of_names
            left = [claim.host for claim in claims if all(claim not in group for group in of_names)]
            unclear += left if len(left) > 1 else []  # of one that is left alone, the others were not read
        return groups, unclear

    def _ranked(self, section: str, view: Ranking, hosts: Sequence[HostReport]) -> ViewReport:
        """Words of all hosts, the most frequent first. A count that rests on a part of a host says that it may be
        more."""
        wordless, in_part = self._wordless.get(view.name, {}), self._in_part.get(view.name, ())
        counts, on_hosts = self._counts.get(view.name, Counter()), self._on_hosts.get(view.name, Counter())
        reasons = {host["host"]: _unread(host, section) or wordless.get(host["host"]) for host in hosts}
        told = [host for host in hosts if reasons[host["host"]] is None]
        partial = sum(is_partial(host, section) or host["host"] in in_part for host in told)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        rows: list[Row] = [{"value": word, "count": counts[word], "hosts": on_hosts[word]} for word in ranked]
        columns = _of_ranking(view)
        columns[1:] = [replace(one, label=f"{one.label}, at least") if partial else one for one in columns[1:]]
        return _view(view, [section], columns, rows, reasons, partial=partial, brief=view.brief)

    def _happened(self, section: str, view: Events, hosts: Sequence[HostReport]) -> ViewReport:
        """Rows of a log of all hosts in one."""
        many = self._rows.get(view.name, {})
        reasons = {host["host"]: _unread(host, section) for host in hosts}
        reasons |= {name: _NOT_KEPT for name, reason in reasons.items() if reason is None and name not in many}
        partial = sum(is_partial(host, section) for host in hosts if reasons[host["host"]] is None)
        rows = [event.row for event in self._events.get(view.name, [])]
        return _view(view, [section], _of_events(view), rows, reasons, many=sum(many.values()), partial=partial)

    def _side_by_side(self, section: str, view: Members, hosts: Sequence[HostReport]) -> ViewReport:
        """The nodes of a group, one behind the other."""
        by_name, (groups, unclear) = {host["host"]: host for host in hosts}, self._groups(view.name)
        rows = [row for number, claims in enumerate(groups, 1) for row in _nodes(view, number, claims, by_name)]
        reasons = {host["host"]: _unread(host, section) or _unnamed(host, view) for host in hosts}
        reasons |= dict.fromkeys(unclear, _ALIKE)
        named = Grouping(view.nodes, f"Nodes of a {view.group}, side by side", ())
        return _view(named, [section], _of_nodes(view), rows, reasons)


def _grouped(table: Table, view: Grouping, hosts: Sequence[HostReport]) -> ViewReport:
    """Hosts by what they have in common, that of most hosts first."""
    (definition,) = tables.definitions([table])
    found: dict[tuple[object, ...], dict[str, None]] = {}
    for host in hosts:
        for row in tables.rows_of_host(host, definition):
            found.setdefault(tuple(row[name] for name in view.columns), {})[host["host"]] = None
    rows: list[Row] = [
        {**dict(zip(view.columns, cells, strict=True)), "hosts": len(names), "names": ", ".join(names)}
        for cells, names in sorted(found.items(), key=lambda item: (str(item[0][:-1]), -len(item[1]), str(item[0])))
    ]
    reasons = {host["host"]: tables.unknown_reason(host, definition) for host in hosts}
    return _view(view, [*table.of], _of_grouping(table, view), rows, reasons)


def _nodes(view: Members, number: int, claims: Sequence[Claim], hosts: Mapping[str, HostReport]) -> Iterator[Row]:
    """A row a node: what it says of itself, and all words that the nodes have for its state."""
    apart = _apart([hosts[claim.host] for claim in claims])
    for claim in claims:
        told = [
            (hosts[one.host]["members"][view.name] or [])[one.names.index(claim.names[claim.place])] for one in claims
        ]
        own = told[claims.index(claim)]
        yield {
            "group": number,
            HOST_COLUMN: claim.host,
            "name": own["name"],
            "role": own["role"],
            "status": ", ".join(dict.fromkeys(member["status"] or "unknown" for member in told)),
            "read": hosts[claim.host]["status"],
            "apart": apart[claim.host],
        }


def _apart(hosts: Sequence[HostReport]) -> dict[str, str]:
    """By host, the rules whose verdict is not that of every other host, as far as all are known."""
    verdicts = [{one["rule"]: one["verdict"] for one in host["verdicts"]} for host in hosts]
    differing = [
        rule
        for rule in verdicts[0]
        if len(found := {one.get(rule, "unknown") for one in verdicts}) > 1 and found.isdisjoint(_NOT_COMPARABLE)
    ]
    return {
        host["host"]: ", ".join(f"{rule}: {of_host[rule]}" for rule in differing) or "none"
        for host, of_host in zip(hosts, verdicts, strict=True)
    }


def _unread(host: HostReport, section: str) -> str | None:
    """Why a section of a host was not read; None where it was."""
    envelope = host["sections"].get(section)
    if envelope is None:
        return "not asked" if host["sections"] else "not read"
    return None if envelope["status"] == "ok" else envelope["status"]


def _unnamed(host: HostReport, view: Members) -> str | None:
    return None if host["members"][view.name] else _UNTOLD


def _view(
    view: Ranking | Events | Grouping,
    of: list[str],
    columns: Iterable[Column],
    rows: list[Row],
    reasons: Mapping[str, str | None],
    *,
    many: int | None = None,
    partial: int = 0,
    brief: bool = False,
) -> ViewReport:
    """``reasons`` tell of each host why nothing of it is in the rows, of which there are ``many``."""
    unknown: dict[str, list[str]] = {}
    for host, reason in reasons.items():
        if reason:
            unknown.setdefault(reason, []).append(host)
    most_first = sorted(unknown.items(), key=lambda item: -len(item[1]))
    return {
        "name": view.name,
        "label": view.label,
        "of": of,
        "columns": [{"name": column.name, "label": column.label, "unit": column.unit} for column in columns],
        "brief": brief,
        "rows": rows[:MOST_ROWS],
        "left_out": (len(rows) if many is None else many) - len(rows[:MOST_ROWS]),
        "hosts": len(reasons) - sum(map(len, unknown.values())),
        "partial": partial,
        "unknown": [{"reason": reason, "hosts": hosts} for reason, hosts in most_first],
    }


# -------------------------------------------------------------------------------------------------------- in words


def without_keys(view: ViewReport) -> list[UnknownOf]:
    """The hosts whose rows would tell, if the user named the key."""
    return [one for one in view["unknown"] if one["reason"].startswith(_NO_KEY)]


def summed_up(view: ViewReport) -> str:
    """A brief view on one line; empty where there is nothing to tell."""
    rows = view["rows"][:_MOST_BRIEF]
    least = "at least " if view["partial"] else ""
    parts = [f"{least}{row['count']} {words(str(row['value']), _LONGEST_BRIEF)} ({_on(row)})" for row in rows]
    more = len(view["rows"]) + view["left_out"] - len(rows)
    parts += [f"and {more} more"] if more else []
    basis = f"; not all is known of {counted(view['partial'], 'host')}" if view["partial"] else ""
    told = [f"{', '.join(parts)}{basis}"] if parts else []
    told += [f"unknown on {counted(len(one['hosts']), 'host')}: {one['reason']}" for one in without_keys(view)]
    return f"{view['label'][:1].lower()}{view['label'][1:]}: {'; '.join(told)}" if told else ""


def _on(row: Row) -> str:
    return counted(as_count(row["hosts"]) or 0, "host")
