# SPDX-License-Identifier: GPL-3.0-or-later
"""How long judging a fleet and writing all formats keeps a processor busy, with memory and lengths of files.

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

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Kind, Section
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import select
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, privacy, verdicts
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Baseline, Comparison
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

RULES = 200
# Hosts, and whether all sections were read of each that may be read, or five.
FLEETS = ((250, False), (500, False), (1000, False), (500, True))
_SETTINGS = 20
_ROWS = 50
_ENTRIES = 10
_DOMAINS = 3
# What is in the answers, or rows, of some sections beside that.
_KNOWN: dict[str, dict[str, Any]] = {
    "dsm": {"version_string": "DSM 7.2.2-72806", "model": "RS3621xs+", "uptime": 86_400},
    "dsm_packages": {"id": "MailPlus-Server", "version": "3.3.1-21217", "additional": {"status": "running"}},
    "certificates": {"id": "aBcD12", "is_default": True, "valid_till": "Mar 16 15:49:37 2026 GMT"},
    "storage": {"volumes": [{"id": "volume_1", "status": "normal", "size": {"total": "1000", "used": "400"}}]},
    "backup_tasks": {
        "task_list": [{"name": "Nightly", "last_bkp_time": "2026/01/10 02:00", "last_bkp_result": "done"}]
    },
    "licenses": {"account_number": 30, "is_valid": True, "expire_time": 1_790_000_000},
}
# Of so many hosts, one could not be read, and one differs from the baseline.
_FAILED, _DIFFERS = 20, 5
_MEBIBYTE = 1024  # in the unit of ru_maxrss on Linux


def main() -> int:
    """Print a line a fleet."""
    print(f"{'hosts':>6} {'sections':>8} {'rules':>6} {'seconds':>8} {'MiB':>6}   of which, in seconds and kB")
    context = multiprocessing.get_context("spawn")
    for hosts, whole in FLEETS:
        with context.Pool(1) as pool:
            steps, sizes, mebibytes = pool.apply(measure, (hosts, whole))
        shown = ", ".join(f"{name} {seconds:.2f}{_size(sizes, name)}" for name, seconds in steps.items())
        sections = len(_sections(1, whole=whole))
        print(f"{hosts:>6} {sections:>8} {RULES:>6} {sum(steps.values()):>8.2f} {mebibytes:>6}   {shown}")
    return 0


def _size(sizes: dict[str, int], name: str) -> str:
    return f" ({sizes[name] // 1000})" if name in sizes else ""


def measure(hosts: int, whole: bool) -> tuple[dict[str, float], dict[str, int], int]:
    """Processor seconds of each step, the bytes of each file, and how much the peak of memory grew.

    The state of the fleet is in that memory.
    """
    before = _peak()
    fleet = [_host(number, whole=whole) for number in range(hosts)]
    rules = policy.parse_policy([_rule(number) for number in range(RULES)], "figures")
    chosen = policy.for_host(rules, {}, [], {})
    clean = privacy.cleaner("hash", "key")
    baseline = Baseline(_host(1, whole=whole).cleaned(clean).as_dict(), clean)
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
    sizes = {}
    for writers in FORMATS.values():
        for name, writer in writers.items():
            with _timed(steps, name):
                sizes[name] = len(writer(report).encode())
    return steps, sizes, (_peak() - before) // _MEBIBYTE


@contextmanager
def _timed(steps: dict[str, float], name: str) -> Iterator[None]:
    started = time.process_time()
    yield
    steps[name] = steps.get(name, 0) + time.process_time() - started


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _host(number: int, *, whole: bool) -> HostRecord:
    name = f"nas{number:04}"
    if number % _FAILED == 0:
        return host_record(name, {"msg": "unused", "error": samples.ERROR})
    return samples.record(name, **_sections(number, whole=whole))


def _sections(number: int, *, whole: bool) -> dict[str, dict[str, Any]]:
    settings = {f"key{key}": key + (number % _DIFFERS == 0) for key in range(_SETTINGS)}
    rows = [_row(row) for row in range(_ROWS)]
    others = {row.name: _section(row, number, settings) for row in select(["all", "system"])} if whole else {}
    return others | {
        "imap_pop3": samples.section({"enable_imap": bool(number % 2)}),
        "smtp_general": samples.section(settings),
        "queue": samples.listing(rows, by_status={"active": 40, "deferred": 10}, oldest_age_seconds=60 * number),
        "transaction_log": samples.listing(rows, by_type={"sent": _ROWS}),
    }


def _section(row: Section, number: int, settings: dict[str, Any]) -> dict[str, Any]:
    """A section as its kind is. Of every tenth host, a third may not be read."""
    if number % 10 == 3 and len(row.name) % 3 == 0:
        hint = f"Give the account the option {row.privilege!r}."
        return samples.refused(is_list=row.is_list) | {"error": samples.ERROR | {"hint": hint}}
    if row.each:
        each = {f"domain{each}.example.com": _answer(row, settings) for each in range(_DOMAINS)}
        data = {name: envelope.pop("data") for name, envelope in each.items()}
        return samples.section(data) | {"each": each}
    return _answer(row, settings)


def _answer(row: Section, settings: dict[str, Any]) -> dict[str, Any]:
    if not row.has_rows:
        return samples.section(_KNOWN.get(row.name, settings))
    count = _ROWS if row.kind is Kind.LOG else _ENTRIES
    return samples.listing([{**_row(one), **_KNOWN.get(row.name, {})} for one in range(count)])


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
