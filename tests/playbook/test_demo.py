# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo shows, run as ``make demo`` runs it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests import demo
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import ROOT, surroundings

# What is found on the hosts that were read whole.
SHOWN = {
    "mail-berlin": {"dkim_signing", "dkim_key_length", "catch_all"},
    "mail-ha-1": {"certificate_expiry", "certificate_default"},
    "mail-lisbon": {"license_sufficient", "license_expiry", "backup_recent", "queue_length"},
    "mail-oslo": {"antivirus_fresh", "antispam_fresh", "smtp_authentication", "plaintext_login"},
}
EVERYWHERE = {"whitelist_wide", "auto_bcc", "search_tasks"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the demo printed, and the directory of what it wrote."""
    directory = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", demo.__name__, str(directory)]
    done = subprocess.run(
        command, cwd=directory, env=surroundings(directory), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, directory


@pytest.fixture(scope="module")
def verdicts(shown: tuple[str, Path]) -> dict[str, dict[str, Any]]:
    return verdicts_in(shown[1] / "state")


def verdicts_in(directory: Path) -> dict[str, dict[str, Any]]:
    report = json.loads((directory / "report.json").read_text(encoding="utf-8"))
    return {
        host["host"]: {verdict["rule"]: verdict["verdict"] for verdict in host["verdicts"]} for host in report["hosts"]
    }


@pytest.mark.parametrize("host", SHOWN)
def test_each_host_that_is_read_whole_has_findings_of_its_own(verdicts: dict[str, dict[str, Any]], host: str) -> None:
    assert {rule for rule, verdict in verdicts[host].items() if verdict == "fail"} >= SHOWN[host] | EVERYWHERE
    assert "unknown" not in verdicts[host].values()


def test_what_one_shows_another_has_as_it_should_be(verdicts: dict[str, dict[str, Any]]) -> None:
    for rule in set().union(*SHOWN.values()):
        assert any(verdicts[host][rule] == "pass" for host in SHOWN), rule


def test_no_path_is_for_nothing(verdicts: dict[str, dict[str, Any]]) -> None:
    known = {rule for rule in verdicts["mail-ha-1"] if verdicts["mail-ha-1"][rule] != "unknown"}
    assert "license_sufficient" in known, "it takes two paths"
    assert set(demo.PATHS) - {"license_usage", "license_limit"} <= known


def test_one_account_and_one_alias_were_left_on_plesk(shown: tuple[str, Path]) -> None:
    with (shown[1] / "parity" / "parity_items.csv").open(encoding="utf-8", newline="") as file:
        missing = [(row["what"], row["name"]) for row in csv.DictReader(file) if row["outcome"] == "missing"]
    assert missing == [("account", "returns@shop.example.com"), ("alias", "invoices@example.com")]
    rules = verdicts_in(shown[1] / "parity")["plesk-berlin"]
    assert {rule for rule, verdict in rules.items() if verdict == "fail"} == {
        "parity_account",
        "parity_alias",
        "parity_catch_all",
    }


@pytest.mark.parametrize("page", ["README.md", "docs/docsite/rst/guide_moving_from_plesk.rst"])
def test_what_pages_show_of_the_migration_was_printed(shown: tuple[str, Path], page: str) -> None:
    told = [line.strip() for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if '"plesk-berlin ' in line]
    assert told
    assert all(line in shown[0] for line in told)
