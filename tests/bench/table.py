# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from ansible_collections.mailfleet.mailplus.tests.bench.contenders import CONTENDERS
from ansible_collections.mailfleet.mailplus.tests.bench.measure import Measurement

Results = Mapping[str, Sequence[Measurement]]
BySize = Mapping[int, Results]

_MIB = 1 << 20
# Of contenders, at so many hosts, the most MiB of the largest process.
_MEMORY = (("r", 1000, 400), ("ir", 1000, 400), ("fa", 200, 400), ("ra", 200, 1024))
_HEAD = (
    "|  | contender | wall s | range | ÷ a | CPU s | ÷ a | ms a host | MiB | requests | MiB in | out | simulator s |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)


@dataclass(frozen=True)
class RowsRun:
    """One reading of the long log: rows, seconds, MiB that the process grew by, CPU seconds."""

    rows: int
    seconds: float
    grown: float
    cpu: float


def wall(runs: Sequence[Measurement]) -> float:
    """The median by the clock."""
    return median(run.wall for run in runs)


def cpu(runs: Sequence[Measurement]) -> float:
    """The median of CPU seconds."""
    return median(run.cpu for run in runs)


def contenders(hosts: int, results: Results, left_out: Mapping[str, str]) -> Iterator[str]:
    """The table of one fleet."""
    yield from _HEAD
    base = results.get("a")
    for letter, runs in results.items():
        if runs:
            yield _line(letter, hosts, runs, base)
        else:
            yield f"| {letter} | {CONTENDERS[letter].title} | {left_out[letter]} |" + " |" * 10


def _line(letter: str, hosts: int, runs: Sequence[Measurement], base: Sequence[Measurement] | None) -> str:
    traffic = runs[-1].traffic
    cells = [
        letter,
        CONTENDERS[letter].title,
        f"{wall(runs):.2f}",
        f"{min(run.wall for run in runs):.2f} to {max(run.wall for run in runs):.2f}" if len(runs) > 1 else "once",
        f"{wall(runs) / wall(base):.2f}" if base else "",
        f"{cpu(runs):.2f}",
        f"{cpu(runs) / cpu(base):.2f}" if base else "",
        f"{1000 * wall(runs) / hosts:.1f}",
        f"{median(run.peak for run in runs):.0f}",
        f"{traffic.requests}",
        f"{traffic.received / _MIB:.2f}",
        f"{traffic.sent / _MIB:.2f}",
        f"{median(run.traffic.cpu for run in runs):.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def rows(results: Mapping[str, Sequence[RowsRun]]) -> Iterator[str]:
    """The table of the long log."""
    yield "|  | rows | wall s | rows a second | CPU s | MiB above the start |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, runs in results.items():
        seconds = median(run.seconds for run in runs)
        grown, used = median(run.grown for run in runs), median(run.cpu for run in runs)
        count = runs[0].rows
        yield f"| {name} | {count} | {seconds:.1f} | {count / seconds:,.0f} | {used:.1f} | {grown:.0f} |"


def targets(by_size: BySize, long_log: Mapping[str, Sequence[RowsRun]], *, https: bool) -> Iterator[str]:
    """What was asked for, and what was reached, of that which was measured."""
    yield "| target | asked | reached by the clock | by CPU |"
    yield "|---|---:|---:|---:|"
    at_200, at_1000 = by_size.get(200, {}), by_size.get(1000, {})
    yield from _ratio("(b) ÷ (a) at 200 hosts", f"≤ {2.2 if https else 2.0}", at_200, lambda of: of("b") / of("a"))
    yield from _ratio("(d) ÷ (b) at 200 hosts", "≥ 30", at_200, lambda of: of("d") / of("b"))
    yield from _ratio("((f) - (f0)) ÷ (g) at 1,000 hosts", "≤ 2", at_1000, lambda of: (of("f") - of("f0")) / of("g"))
    yield from _ratio("(r) ÷ (a) at 200 hosts", "≤ 3.5", at_200, lambda of: of("r") / of("a"))
    yield from _ratio("(ir) ÷ (f) at 1,000 hosts", "≤ 3", at_1000, lambda of: of("ir") / of("f"))
    for letter, most in (("b", "1.2"), ("f", "1.2"), ("r", "1.15")):
        name = f"({letter}), a host of 1,000 ÷ a host of 200"
        both = {"small": at_200.get(letter, ()), "large": at_1000.get(letter, ())}
        yield from _ratio(name, f"≤ {most}", both, lambda of: of("large") / 1000 / (of("small") / 200))
    for letter, hosts, limit in _MEMORY:
        runs = by_size.get(hosts, {}).get(letter)
        if runs:
            largest = median(run.peak for run in runs)
            yield f"| MiB of the largest process of ({letter}), {hosts:,} hosts | ≤ {limit} | {largest:.0f} |  |"
    if all(long_log.get(name) for name in ("ours", "bare")):
        yield from _rows_targets(long_log["ours"], long_log["bare"])


def _ratio(name: str, asked: str, results: Results, ratio: Callable[[Callable[[str], float]], float]) -> Iterator[str]:
    try:
        by_clock, by_cpu = (ratio(partial(_of, results, measured)) for measured in (wall, cpu))
    except (KeyError, ValueError):  # not measured, or not at this size
        return
    yield f"| {name} | {asked} | {by_clock:.2f} | {by_cpu:.2f} |"


def _of(results: Results, measured: Callable[[Sequence[Measurement]], float], letter: str) -> float:
    return measured(results[letter])


def _rows_targets(ours: Sequence[RowsRun], bare: Sequence[RowsRun]) -> Iterator[str]:
    speed, used = (median(run.seconds for run in runs) for runs in (bare, ours))
    yield f"| rows a second, ours ÷ bare | ≥ 0.5 | {speed / used:.2f} |  |"
    yield f"| MiB above the start, {ours[0].rows:,} rows | ≤ 120 | {median(run.grown for run in ours):.0f} |  |"
