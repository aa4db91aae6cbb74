# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus as its users have it: promtool, and a server that reads a node_exporter with its textfile collector."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT, Data

PLACE = ROOT / "docs" / "recipes"
ALERTS, ALERTS_TEST = PLACE / "prometheus-alerts.yml", PLACE / "prometheus-alerts.test.yml"
DASHBOARD = PLACE / "grafana-dashboard.json"
# What Prometheus adds to whatever it reads.
OF_TARGETS = {"instance", "job"}

_PROGRAMS = ("promtool", "prometheus", "prometheus-node-exporter")
_SECONDS = 30
_TEXTS = re.compile(r'"[^"]*"')
_METRIC = re.compile(r"\bmailplus_\w+")
_SELECTOR = re.compile(r"\b(mailplus_\w+)\{([^}]*)\}")
_MATCHED = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_GROUPED = re.compile(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")
_SHOWN = re.compile(r"\{\{\s*\$labels\.(\w+)|\{\{(\w+)\}\}")


def require_prometheus() -> None:
    """Skip the module where it is not installed."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        reason = f"there is no {missing[0]}: apt-get install prometheus prometheus-node-exporter"
        if os.environ.get("MAILPLUS_REQUIRE_PROMETHEUS"):
            pytest.fail(reason)
        pytest.skip(reason, allow_module_level=True)


def promtool(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["promtool", *arguments], input=given, capture_output=True, text=True, check=False, timeout=_SECONDS
    )


def alerts() -> list[Data]:
    """The alerts that are told in the documentation."""
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [alert for group in groups for alert in group["rules"]]


def panels() -> list[Data]:
    found: list[Data] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


def expressions(panel: Data) -> list[str]:
    """What a panel asks, for all hosts."""
    return [target["expr"].replace("$host", ".*") for target in panel["targets"]]


def metrics_in(expression: str) -> set[str]:
    return set(_METRIC.findall(expression))


def labels_in(expression: str) -> dict[str, set[str]]:
    """The labels that each metric is asked by, and under "" those that anything is grouped by."""
    found: dict[str, set[str]] = {"": set()}
    for names in _GROUPED.findall(expression):
        found[""] |= set(re.findall(r"\w+", names))
    for metric, matchers in _SELECTOR.findall(expression):
        found.setdefault(metric, set()).update(_MATCHED.findall(_TEXTS.sub('""', matchers)))
    return found


def labels_shown(text: str) -> set[str]:
    """The labels that a template of an alert or a legend shows."""
    return {one or other for one, other in _SHOWN.findall(text)} - {""}


@dataclass(frozen=True)
class Server:
    """A Prometheus that runs."""

    url: str

    def ask(self, path: str, **parameters: str) -> Any:
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=_SECONDS).json()
        assert answer["status"] == "success", f"{path} {parameters}: {answer}"
        return answer["data"]

    def query(self, expression: str) -> list[Data]:
        found: list[Data] = self.ask("query", query=expression)["result"]
        return found

    def firing(self) -> set[tuple[str, str]]:
        """Each alert that fires, with its host."""
        found = self.ask("alerts")["alerts"]
        return {
            (alert["labels"]["alertname"], alert["labels"].get("host", ""))
            for alert in found
            if alert["state"] == "firing"
        }


@contextmanager
def watching(textfiles: Path, directory: Path) -> Iterator[Server]:
    """A node_exporter that reads the .prom files of a directory, and a Prometheus with the alerts that reads it."""
    exporter, server = (f"127.0.0.1:{port}" for port in _free_ports())
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(ALERTS)],
        "scrape_configs": [{"job_name": "node", "static_configs": [{"targets": [exporter]}]}],
    }
    (directory / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    options = ["--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={textfiles}"]
    commands = [
        ["prometheus-node-exporter", *options, f"--web.listen-address={exporter}"],
        ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", f"--web.listen-address={server}"],
    ]
    with (directory / "output.txt").open("wb") as output:
        running = [subprocess.Popen(command, cwd=directory, stdout=output, stderr=output) for command in commands]
        try:
            yield _ready(Server(f"http://{server}"))
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(_SECONDS)


def _ready(server: Server) -> Server:
    """Wait until it has read the file, and judged it."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        try:
            if server.query("mailplus_report_timestamp_seconds") and server.firing():
                time.sleep(2)  # each group of rules is judged in a second of its own
                return server
        except requests.RequestException:
            pass  # it answers with a page until it is ready
        time.sleep(0.2)
    raise AssertionError("Prometheus does not read the file")


def _free_ports() -> list[int]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in (one, other)]
