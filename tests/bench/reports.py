# SPDX-License-Identifier: GPL-3.0-or-later
"""How long judging a fleet and writing all formats keeps a processor busy, and how much memory it takes.

    python -m ansible_collections.mailfleet.mailplus.tests.bench.reports

Each fleet is measured in a process of its own, since a process's peak of memory never falls.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, privacy, verdicts
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Baseline, Comparison
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

RULES = 200
FLEETS = (250, 500, 1000)
_SETTINGS = 20
_ROWS = 50
# Of so many hosts, one could not be read, and one differs from the baseline.
_FAILED, _DIFFERS = 20, 5
_MEBIBYTE = 1024  # in the unit of ru_maxrss on Linux


def main() -> int:
    """Print a line a fleet."""
    print(f"{'hosts':>6} {'rules':>6} {'seconds':>8} {'MiB':>6}   of which, in seconds")
    context = multiprocessing.get_context("spawn")
    for hosts in FLEETS:
        with context.Pool(1) as pool:
            steps, mebibytes = pool.apply(measure, (hosts,))
        shown = ", ".join(f"{name} {seconds:.2f}" for name, seconds in steps.items())
        print(f"{hosts:>6} {RULES:>6} {sum(steps.values()):>8.2f} {mebibytes:>6}   {shown}")
    return 0


def measure(hosts: int) -> tuple[dict[str, float], int]:
    """Processor seconds of each step, and how much the peak of memory grew, the state of the fleet included."""
    before = _peak()
    fleet = [_host(number) for number in range(hosts)]
    rules = policy.parse_policy([_rule(number) for number in range(RULES)], "figures")
    chosen = policy.for_host(rules, {}, [], {})
    clean = privacy.cleaner("hash", "key")
    baseline = Baseline(_host(1).cleaned(clean).as_dict(), clean)
    steps = {"judge": 0.0, "compare": 0.0}

    def results() -> Iterator[HostResult]:
        """As the role does it: what one host comes to is let go of before the next one is looked at."""
        for record in fleet:
            with _timed(steps, "judge"):
                judged = verdicts.judge(record, chosen, samples.TODAY, samples.never)
            with _timed(steps, "compare"):
                drift = baseline.compare(record, Comparison())
            yield HostResult(record, judged, drift, clean)

    with _timed(steps, "report"):
        report = build_report(results(), rules, title="Figures", generated_at=samples.NOW)
    steps["report"] -= steps["judge"] + steps["compare"]
    for writers in FORMATS.values():
        for name, writer in writers.items():
            with _timed(steps, name):
                writer(report).encode()
    return steps, (_peak() - before) // _MEBIBYTE


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    started = time.process_time()
    yield
    steps[name] = steps.get(name, 0) + time.process_time() - started


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _host(number: int) -> HostRecord:
    name = f"nas{number:04}"
    if number % _FAILED == 0:
        return host_record(name, {"msg": "unused", "error": samples.ERROR})
    settings = {f"key{key}": key + (number % _DIFFERS == 0) for key in range(_SETTINGS)}
    rows = [_row(row) for row in range(_ROWS)]
    return samples.record(
        name,
        imap_pop3=samples.section({"enable_imap": bool(number % 2)}),
        smtp_general=samples.section(settings),
        queue=samples.listing(rows, by_status={"active": 40, "deferred": 10}, oldest_age_seconds=60 * number),
        transaction_log=samples.listing(rows, by_type={"sent": _ROWS}),
    )


def _row(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "status": "active" if number % 5 else "deferred",
        "time": 1_768_000_000 + 600 * number,
        "sender": f"user{number}@example.com",
        "recipient": f"someone{number}@example.net",
        "subject": f"Order {number}",
        "client": f"198.51.100.{number}",
    }


def _rule(number: int) -> dict[str, Any]:
    """Of all kinds, in turn: a setting, a length, every row, any row."""
    kinds: tuple[dict[str, Any], ...] = (
        {"section": "smtp_general", "path": f"data.key{number % _SETTINGS}", "condition": {"at_most": number}},
        {"section": "queue", "path": "total", "condition": {"at_most": number}},
        {"section": "queue", "path": "data.items", "condition": {"all": {"path": "id", "at_most": number}}},
        {"section": "queue", "path": "data.items", "condition": {"any": {"path": "status", "matches": "^defer"}}},
    )
    severity = policy.SEVERITIES[number % len(policy.SEVERITIES)]
    return samples.rule(id=f"rule{number:03}", title=f"Rule {number}", severity=severity) | kinds[number % len(kinds)]


if __name__ == "__main__":
    sys.exit(main())
