# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m ansible_collections.mailfleet.mailplus.tests.bench: run the contenders side by side, print Markdown."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from ansible_collections.mailfleet.mailplus.tests.bench import table
from ansible_collections.mailfleet.mailplus.tests.bench.contenders import (
    CONTENDERS,
    DEFAULT,
    Contender,
    place,
    prepare,
)
from ansible_collections.mailfleet.mailplus.tests.bench.measure import Measurement, RunError, measure
from ansible_collections.mailfleet.mailplus.tests.bench.plays import AT_ONCE
from ansible_collections.mailfleet.mailplus.tests.bench.simulation import (
    ADDRESS,
    PACKAGE,
    PASSWORD,
    USERNAME,
    Simulation,
    simulated,
)

_LONG_LOG = "h"


class Bench:
    """One run of the benchmark, on a running simulator."""

    def __init__(self, simulation: Simulation, directory: Path, options: argparse.Namespace) -> None:
        self._simulation = simulation
        self._directory = directory
        self._options = options
        self._by_size: dict[int, dict[str, list[Measurement]]] = {}
        self._long_log: dict[str, list[table.RowsRun]] = {"ours": [], "bare": []}

    def run(self) -> None:
        """Measure and print."""
        options = self._options
        print(f"## {'HTTPS' if options.https else 'HTTP'}, round trip {options.round_trip * 1000:g} ms\n")
        versions = f"Python {platform.python_version()}, ansible-core {version('ansible-core')}"
        print(f"{os.cpu_count()} cores, {versions}, {AT_ONCE} forks, at most {options.repeat} runs.\n")
        wanted = [CONTENDERS[letter] for letter in options.only if letter != _LONG_LOG]
        for hosts in options.hosts if wanted else ():
            self._compare(hosts, wanted)
        if _LONG_LOG in options.only:
            self._read_long_log()
        print("### Targets\n")
        _print(table.targets(self._by_size, self._long_log, https=options.https))

    def _compare(self, hosts: int, wanted: Sequence[Contender]) -> None:
        directory = self._directory / str(hosts)
        prepare(directory, self._simulation, hosts, wanted)
        results: dict[str, list[Measurement]] = {contender.letter: [] for contender in wanted}
        self._by_size[hosts] = results
        left_out: dict[str, str] = {}
        before = os.getloadavg()[0]
        for _round in range(self._options.repeat):
            for contender in wanted:
                reason = self._too_long(contender.letter, hosts)
                if reason:
                    left_out[contender.letter] = reason
                    continue
                where = place(directory, self._simulation, contender, 4 * self._options.longest)
                results[contender.letter].append(measure(contender.command, where, self._simulation))
                print(f"{hosts} {contender.letter} {results[contender.letter][-1].wall:.2f}", file=sys.stderr)
        print(
            f"### {hosts} host{'s' if hosts > 1 else ''}, load {before:.1f} before and {os.getloadavg()[0]:.1f} after\n"
        )
        _print(table.contenders(hosts, results, left_out))

    def _too_long(self, letter: str, hosts: int) -> str | None:
        """Why not to run a contender, or not again: what takes minutes does not gain by repetition."""
        done = self._by_size[hosts][letter]
        if done:
            total = sum(run.wall for run in done)
            return "long" if total + total / len(done) > self._options.longest else None
        smaller = max((size for size, results in self._by_size.items() if size < hosts), default=None)
        if smaller is None:
            return None
        runs = self._by_size[smaller][letter]
        if not runs:
            return "not run"
        expected = table.wall(runs) * hosts / smaller
        return f"not run, ≈ {expected:.0f}" if expected > self._options.longest else None

    def _read_long_log(self) -> None:
        directory = self._directory / "rows"
        prepare(directory, self._simulation, 1, ())
        task = {
            "host": ADDRESS,
            "port": self._simulation.large_port,
            "https": self._simulation.https,
            "username": USERNAME,
            "password": PASSWORD,
            "ca_path": self._simulation.ca_path,
            "dest": str(directory / "rows.jsonl"),
            "rows": self._options.rows,
        }
        (directory / "rows.json").write_text(json.dumps(task), encoding="utf-8")
        for _round in range(self._options.repeat):
            for name, runs in self._long_log.items():
                command = [sys.executable, "-m", f"{PACKAGE}.log_rows", name, "rows.json"]
                measured = measure(command, place(directory, self._simulation, seconds=1200), self._simulation)
                output = (directory / "output.txt").read_text(encoding="utf-8")
                runs.append(table.RowsRun(**json.loads(output), cpu=measured.cpu))
                print(f"rows {name} {runs[-1].seconds:.2f}", file=sys.stderr)
        print("### A long log to a file\n")
        _print(table.rows(self._long_log))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
    print(flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Compare ways to read a simulated fleet.")
    parser.add_argument("--hosts", type=_numbers, default=[1, 50, 200, 1000], help="sizes of fleets (1,50,200,1000)")
    parser.add_argument("--https", action="store_true", help="HTTPS with verification instead of HTTP")
    parser.add_argument("--round-trip", type=float, default=0.02, help="seconds before each answer (0.02)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contender, of which the median counts (3)")
    parser.add_argument("--only", type=_letters, default=[*DEFAULT, _LONG_LOG], help="contenders, as in a,b,f0")
    parser.add_argument("--rows", type=int, default=1_000_000, help="length of the long log (1000000)")
    longest = "seconds that all runs of a contender may take at one size; what takes longer is not run (900)"
    parser.add_argument("--longest", type=float, default=900, help=longest)
    return parser


def _numbers(text: str) -> list[int]:
    return sorted({max(1, int(part)) for part in text.split(",")})


def _letters(text: str) -> list[str]:
    letters = text.split(",")
    known = [*CONTENDERS, _LONG_LOG]
    unknown = [letter for letter in letters if letter not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(known)}")
    return [letter for letter in known if letter in letters]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for."""
    options = _parser().parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="mailplus-bench-") as name,
        simulated(
            Path(name), max(options.hosts), https=options.https, round_trip=options.round_trip, rows=options.rows
        ) as simulation,
    ):
        try:
            Bench(simulation, Path(name), options).run()
        except RunError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def smoke() -> None:
    """A short run, to see that it runs: nothing is made of its figures."""
    if main(["--hosts", "2", "--only", "a,b,g", "--repeat", "1", "--rows", "100"]):
        raise RuntimeError("the benchmark failed")


if __name__ == "__main__":
    sys.exit(main())
