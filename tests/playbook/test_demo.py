# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo shows, run as ``make demo`` runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.tests import demo
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import surroundings

# What is found on the hosts that were read whole.
SHOWN = {
    "mail-berlin": {"dkim_signing", "dkim_key_length", "catch_all"},
    "mail-ha-1": {"certificate_expiry", "certificate_default"},
    "mail-lisbon": {"license_sufficient", "license_expiry", "backup_recent", "queue_length"},
    "mail-oslo": {"antivirus_fresh", "antispam_fresh", "smtp_authentication", "plaintext_login"},
}
EVERYWHERE = {"whitelist_wide", "auto_bcc", "search_tasks"}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", demo.__name__, str(directory)]
    done = subprocess.run(
        command, cwd=directory, env=surroundings(directory), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((directory / "state" / "report.json").read_text(encoding="utf-8"))
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
