# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pictures of the HTML report show: shares, queues, the flow of mail, clusters.

Shapes are in per cent of their picture, so that a picture takes any width. Of the words of servers none is a class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import as_count, words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_text import age, counted

TOP_HOSTS = 12
_KINDS = 5
_MOST_BARS = 72
_BAR_HOURS = (1, 3, 6, 12, 24, 7 * 24, 28 * 24)
_HOUR, _DAY = 3600, 86400
# Where a range of ages ends, and what it is called. The rest is older than the last.
_AGES = ((_HOUR, "under 1 hour"), (4 * _HOUR, "1 to 4 hours"), (_DAY, "4 to 24 hours"), (3 * _DAY, "1 to 3 days"))
_OLDEST = "over 3 days"
# Words that say that a server of a cluster is well. Any other word is shown as it is, and never in green.
_WELL = ("active", "healthy", "normal", "ok", "online", "running")


@dataclass(frozen=True)
class Part:
    """A piece of a bar: where it begins and how long it is, in per cent."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True)
class Share:
    """One line of a legend."""

    kind: str
    label: str
    count: int


def parts(shares: Iterable[Share], whole: int) -> list[Part]:
    """The pieces of a bar that is full at ``whole``."""
    found, start = [], 0.0
    for share in shares:
        if share.count > 0:
            width = round(100 * share.count / max(whole, 1), 3)
            found.append(Part(share.kind, round(start, 3), max(width, 0.4)))
            start += width
    return found


@dataclass(frozen=True)
class QueueHost:
    """A host with mails waiting."""

    number: int
    host: str
    total: int
    shares: list[Share]
    parts: list[Part]
    oldest: str
    truncated: bool


@dataclass(frozen=True)
class Queues:
    """The queues of the fleet. A mail whose status is not known counts as unknown."""

    known: int
    unknown: int
    total: int
    shares: list[Share]
    parts: list[Part]
    truncated: int
    top: list[QueueHost]
    longest_of_rest: int
    rest: int
    ages: list[tuple[Share, list[Part]]]


def queues(hosts: Sequence[Mapping[str, Any]]) -> Queues:
    """What waits, by status and by age."""
    read = [(number, host, queue_total(host)) for number, host in enumerate(hosts, 1)]
    known = [(number, host, total) for number, host, total in read if total is not None]
    kinds = _kinds(_by_status(host) for _number, host, _total in known)
    ranked = sorted((entry for entry in known if entry[2]), key=lambda entry: -entry[2])
    longest = ranked[0][2] if ranked else 0
    total = sum(length for _number, _host, length in known)
    shares = _shares(Counter(), kinds, 0)
    for _number, host, length in known:
        shares = _sum(shares, _shares(_by_status(host), kinds, length))
    return Queues(
        known=len(known),
        unknown=len(read) - len(known),
        total=total,
        shares=[share for share in shares if share.count],
        parts=parts(shares, total),
        truncated=sum(is_partial(host, "queue") for _number, host, _total in known),
        top=[_queue_host(*entry, kinds, longest) for entry in ranked[:TOP_HOSTS]],
        longest_of_rest=ranked[TOP_HOSTS][2] if len(ranked) > TOP_HOSTS else 0,
        rest=max(0, len(ranked) - TOP_HOSTS),
        ages=_ages(read),
    )


def queue_total(host: Mapping[str, Any]) -> int | None:
    """How many mails wait on a host."""
    envelope = host["sections"].get("queue") or {}
    return as_count(envelope.get("total")) if envelope.get("status") == "ok" else None


def oldest_age(host: Mapping[str, Any]) -> int | None:
    """How long the oldest mail has waited, in seconds."""
    return as_count(_summary(host, "queue").get("oldest_age_seconds"))


def _summary(host: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    return (host["sections"].get(section) or {}).get("summary") or {}


def is_partial(host: Mapping[str, Any], section: str) -> bool:
    """Whether rows of a list were not read, or may not have been."""
    return _summary(host, section).get("complete") is not True


def _by_status(host: Mapping[str, Any]) -> Counter[str]:
    counts = _summary(host, "queue").get("by_status") or {}
    return Counter({name: known for name, number in counts.items() if (known := as_count(number)) is not None})


def _kinds(counts: Iterable[Counter[str]]) -> list[str]:
    """The words that get a colour of their own, the most frequent first."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return [word for word, _count in sorted(total.items(), key=lambda item: (-item[1], item[0]))[:_KINDS]]


def _shares(counts: Counter[str], kinds: Sequence[str], total: int) -> list[Share]:
    named = [Share(f"k{number}", words(kind), counts[kind]) for number, kind in enumerate(kinds, 1)]
    other = counts.total() - sum(share.count for share in named)
    rest = max(0, total - counts.total())
    return [*named, Share("k6", "other", other), Share("unknown", "status unknown", rest)]


def _sum(left: Sequence[Share], right: Sequence[Share]) -> list[Share]:
    return [Share(one.kind, one.label, one.count + two.count) for one, two in zip(left, right, strict=True)]


def _queue_host(number: int, host: Mapping[str, Any], total: int, kinds: Sequence[str], longest: int) -> QueueHost:
    shares = [share for share in _shares(_by_status(host), kinds, total) if share.count]
    seconds = oldest_age(host)
    return QueueHost(
        number, host["host"], total, shares, parts(shares, longest), age(seconds), is_partial(host, "queue")
    )


def _ages(read: Sequence[tuple[int, Mapping[str, Any], int | None]]) -> list[tuple[Share, list[Part]]]:
    counts = Counter(_age_range(total, oldest_age(host)) for _number, host, total in read)
    order = [
        ("ok", "no mail waits"),
        *((f"a{number}", label) for number, (_end, label) in enumerate(_AGES, 1)),
        (f"a{len(_AGES) + 1}", _OLDEST),
        ("unknown", "unknown"),
    ]
    shares = [Share(kind, label, counts[label]) for kind, label in order]
    most = max((share.count for share in shares), default=0)
    return [(share, parts([share], most)) for share in shares]


def _age_range(total: int | None, seconds: int | None) -> str:
    if total == 0:
        return "no mail waits"
    if total is None or seconds is None:
        return "unknown"
    return next((label for end, label in _AGES if seconds < end), _OLDEST)


@dataclass(frozen=True)
class Column:
    """The rows of the logs within one stretch of time; ``partial`` are those of logs that were not read to the end."""

    label: str
    whole: int
    partial: int
    x: float
    width: float
    whole_height: float
    partial_height: float


@dataclass(frozen=True)
class Flow:
    """The flow of mail over the fleet, as its logs tell."""

    columns: list[Column]
    per: str
    first: str
    last: str
    most: int
    hosts: int
    unknown: int
    truncated: int
    start: datetime | None = None
    hours: int = 1
    count: int = 0


def flow(hosts: Sequence[Mapping[str, Any]]) -> Flow:
    """Rows of the logs by time."""
    partial: Counter[datetime] = Counter()
    whole: Counter[datetime] = Counter()
    told = [host for host in hosts if host["mail_flow"] is not None]
    for host in told:
        (partial if is_partial(host, "transaction_log") else whole).update(_hours(host["mail_flow"]))
    truncated = sum(is_partial(host, "transaction_log") for host in told)
    times = sorted({*whole, *partial})
    if not times:
        return Flow([], "", "", "", 0, len(told), len(hosts) - len(told), truncated)
    width = _bar_hours(times[0], times[-1])
    start = _floor(times[0], width)
    count = _position(times[-1], start, width) + 1
    columns = _columns(_binned(whole, start, width), _binned(partial, start, width), start, width, count)
    most = max(column.whole + column.partial for column in columns)
    return Flow(
        columns=columns,
        per=_span_name(width),
        first=_label(start, width),
        last=_label(start + timedelta(hours=width * (count - 1)), width),
        most=most,
        hosts=len(told),
        unknown=len(hosts) - len(told),
        truncated=truncated,
        start=start,
        hours=width,
        count=count,
    )


def sparkline(host: Mapping[str, Any], fleet: Flow) -> str:
    """The path of a host's own flow, on the time axis of the fleet."""
    if fleet.start is None or not host["mail_flow"]:
        return ""
    bars = _binned(_hours(host["mail_flow"]), fleet.start, fleet.hours)
    most = max(bars.values(), default=0)
    return "".join(f"M{position + 0.5:g} 24v-{max(1, round(24 * bars[position] / most))}" for position in sorted(bars))


def _hours(mail_flow: Iterable[Mapping[str, Any]]) -> Counter[datetime]:
    found: Counter[datetime] = Counter()
    for entry in mail_flow:
        hour, rows = read_time(entry["hour"]), as_count(entry["count"])
        if hour is not None and rows is not None:
            found[hour] += rows
    return found


def _bar_hours(first: datetime, last: datetime) -> int:
    hours = int((last - first).total_seconds() // _HOUR) + 1
    return next((width for width in _BAR_HOURS if hours <= width * _MOST_BARS), -(-hours // _MOST_BARS))


def _floor(moment: datetime, hours: int) -> datetime:
    day = moment.replace(hour=0, minute=0)
    return day if hours >= _DAY // _HOUR else moment.replace(hour=moment.hour // hours * hours)


def _position(moment: datetime, start: datetime, hours: int) -> int:
    return int((moment - start).total_seconds() // (_HOUR * hours))


def _binned(counts: Counter[datetime], start: datetime, hours: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for moment, count in counts.items():
        found[_position(moment, start, hours)] += count
    return found


def _columns(whole: Counter[int], partial: Counter[int], start: datetime, hours: int, count: int) -> list[Column]:
    most = max(whole[position] + partial[position] for position in range(count))
    step = 100 / count
    return [
        Column(
            label=_label(start + timedelta(hours=hours * position), hours),
            whole=whole[position],
            partial=partial[position],
            x=round(step * (position + 0.1), 3),
            width=round(step * 0.8, 3),
            whole_height=round(100 * whole[position] / most, 3),
            partial_height=round(100 * partial[position] / most, 3),
        )
        for position in range(count)
    ]


def _label(moment: datetime, hours: int) -> str:
    return f"{moment:%Y-%m-%d}" if hours >= _DAY // _HOUR else f"{moment:%Y-%m-%d %H:%M}"


def _span_name(hours: int) -> str:
    if hours % 24:
        return "hour" if hours == 1 else f"{hours} hours"
    return "day" if hours == 24 else counted(hours // 24, "day")  # noqa: PLR2004 - hours of a day


@dataclass
class Server:
    """A server of a cluster; more than one status where the hosts disagree."""

    name: str | None
    role: str | None
    statuses: list[str | None] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """How it is shown: in green only where every host says a word that is known to mean well."""
        if None in self.statuses:
            return "unknown"
        return "ok" if all(str(status).lower() in _WELL for status in self.statuses) else "word"


@dataclass
class Cluster:
    """Servers that work together, and the hosts that name them."""

    servers: list[Server]
    hosts: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Clusters:
    """The clusters of two servers and more; of single servers only how they are."""

    several: list[Cluster]
    single: int
    single_statuses: list[Share]
    unknown: int


def clusters(hosts: Sequence[Mapping[str, Any]]) -> Clusters:
    """The servers of each cluster. Hosts that name the same servers are of the same cluster."""
    several: dict[tuple[str, ...], Cluster] = {}
    single: Counter[tuple[str, str]] = Counter()
    unknown = 0
    for number, host in enumerate(hosts, 1):
        servers = host["servers"]
        if not servers:
            unknown += 1
        elif len(servers) == 1:
            server = Server(servers[0]["name"], servers[0]["role"], [servers[0]["status"]])
            single[(server.kind, servers[0]["status"] or "unknown")] += 1
        else:
            cluster = several.setdefault(_cluster_key(number, servers), Cluster([]))
            _join(cluster, servers)
            cluster.hosts.append((number, host["host"]))
    statuses = [Share(kind, word, count) for (kind, word), count in sorted(single.items(), key=lambda item: -item[1])]
    return Clusters(list(several.values()), sum(single.values()), statuses, unknown)


def _cluster_key(number: int, servers: Sequence[Mapping[str, str | None]]) -> tuple[str, ...]:
    names = sorted(str(server["name"]) for server in servers)
    nameless = any(server["name"] is None for server in servers) or len(set(names)) < len(names)
    return (str(number), "") if nameless else tuple(names)


def _join(cluster: Cluster, servers: Sequence[Mapping[str, str | None]]) -> None:
    if not cluster.servers:
        cluster.servers = [Server(server["name"], server["role"]) for server in servers]
        cluster.servers.sort(key=lambda server: server.name or "")
    rows = sorted(servers, key=lambda server: server["name"] or "")
    for known, row in zip(cluster.servers, rows, strict=True):
        if row["status"] not in known.statuses:
            known.statuses.append(row["status"])
