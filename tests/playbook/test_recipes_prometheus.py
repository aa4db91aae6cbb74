# SPDX-License-Identifier: GPL-3.0-or-later
"""The alerts and the dashboard of docs/recipes, over what a real run wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import figure_definitions
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.prometheus import METRICS, figure_metrics
from ansible_collections.mailfleet.mailplus.tests.demo import OVERRIDES, PATHS
from ansible_collections.mailfleet.mailplus.tests.playbook.support.project import IMAP_POP3, LENIENT, Project, hosts
from ansible_collections.mailfleet.mailplus.tests.playbook.support.prometheus import (
    ALERTS,
    ALERTS_TEST,
    DASHBOARD,
    OF_TARGETS,
    Server,
    alerts,
    expressions,
    labels_in,
    labels_shown,
    metrics_in,
    panels,
    promtool,
    require_prometheus,
    watching,
)
from ansible_collections.mailfleet.mailplus.tests.playbook.support.running import Data
from ansible_collections.mailfleet.mailplus.tests.simulator import run_fleet
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel
from grafana_foundation_sdk.models.prometheus import Dataquery
from prometheus_client.parser import text_string_to_metric_families

require_prometheus()

AUDITOR = {"username": "mailfleet", "password": "a password", "role": "delegated", "delegation": ["Server List", "Log"]}
OVERFULL = {"licensed": 30, "activated": 37, "licence_days": 12, "backup_days": 6, "certificate_days": 9}
FLEET: Data = {
    "nas": {
        "good": {"queue": {"total": 3, "span": 7200}},
        "bad": {"queue": {"total": 4200}, "values": OVERFULL},
        "half": {"accounts": [AUDITOR]},
        "down": {"unreachable": True},
    }
}
WRITTEN = METRICS | figure_metrics(figure_definitions(list(BY_NAME.values())))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a second run, which compared itself with the first one."""
    project = Project(tmp_path_factory.mktemp("project"))
    variables = {
        **LENIENT,
        "mailplus_state_directory": str(project.directory / "state"),
        "mailplus_state_subset": ["all", "system"],
        "mailplus_state_paths": PATHS,
        "mailplus_state_overrides": OVERRIDES,
        "mailplus_state_formats": ["prometheus"],
        "mailplus_state_baseline": str(project.directory / "state" / "fleet.json"),
    }
    with run_fleet(FLEET) as fleet:
        project.write("hosts.yml", hosts(fleet, variables))
        project.play("mailfleet.mailplus.state", "-e", "mailplus_hosts=nas")
        fleet["bad"].set_answer(IMAP_POP3, "get", {"enable_pop3": "odd"})
        project.play("mailfleet.mailplus.state", "-e", "mailplus_hosts=nas")
    return project.directory / "state" / "mailplus.prom"


@pytest.fixture(scope="module")
def series(written: Path) -> dict[str, set[str]]:
    """The labels of each metric that was written."""
    families = text_string_to_metric_families(written.read_text(encoding="utf-8"))
    return {family.name: {label for sample in family.samples for label in sample.labels} for family in families}


@pytest.fixture(scope="module")
def server(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with watching(written.parent, tmp_path_factory.mktemp("prometheus")) as running:
        yield running


def test_the_file_follows_the_rules_of_prometheus(written: Path) -> None:
    done = promtool("check", "metrics", given=written.read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_alerts_can_be_read() -> None:
    done = promtool("check", "rules", str(ALERTS))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_alerts_do_what_their_own_tests_say() -> None:
    done = promtool("test", "rules", str(ALERTS_TEST))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [alert["alert"] for alert in alerts()])
def test_no_alert_could_be_missing(name: str, tmp_path: Path) -> None:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))
    for group in groups["groups"]:
        group["rules"] = [alert for alert in group["rules"] if alert["alert"] != name]
    (tmp_path / ALERTS.name).write_text(yaml.safe_dump(groups), encoding="utf-8")
    (tmp_path / ALERTS_TEST.name).write_text(ALERTS_TEST.read_text(encoding="utf-8"), encoding="utf-8")
    assert promtool("test", "rules", str(tmp_path / ALERTS_TEST.name)).returncode != 0


def asked() -> dict[str, str]:
    """Everything that alerts and panels ask, by what asks it."""
    of_panels = {
        f"{panel['title']} {number}": expression
        for panel in panels()
        for number, expression in enumerate(expressions(panel))
    }
    return of_panels | {alert["alert"]: alert["expr"] for alert in alerts()}


@pytest.mark.parametrize("name", asked())
def test_only_what_is_written_is_asked(name: str, series: dict[str, set[str]]) -> None:
    expression = asked()[name]
    assert metrics_in(expression)
    assert metrics_in(expression) <= set(WRITTEN)
    assert metrics_in(expression) <= set(series), "the fleet of this test does not have it"
    for metric, labels in labels_in(expression).items():
        known = series[metric] if metric else set().union(*(series[one] for one in metrics_in(expression)))
        assert labels <= known | OF_TARGETS, metric


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_tells_what_is_the_matter(alert: Data, series: dict[str, set[str]]) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning", "info")
    assert set(alert["annotations"]) == {"summary", "description"}
    known = set().union(*(series[metric] for metric in metrics_in(alert["expr"])))
    shown = labels_shown(" ".join(alert["annotations"].values()))
    assert shown <= known | OF_TARGETS
    assert "host" not in known or "host" in labels_shown(alert["annotations"]["summary"])


def test_the_alerts_of_a_real_run(server: Server) -> None:
    firing: dict[str, set[str]] = {}
    for name, host in server.firing():
        firing.setdefault(host, set()).add(name)
    assert firing["down"] == {"MailPlusHostDown"}
    assert firing["half"] >= {"MailPlusSectionUnread", "MailPlusQueueUnknown", "MailPlusFindingUnknown"}
    assert firing["bad"] >= {
        "MailPlusQueueLong",
        "MailPlusQueuePartlyRead",
        "MailPlusFinding",
        "MailPlusDrift",
        "MailPlusCertificateEnds",
        "MailPlusLicenseEnds",
        "MailPlusLicensesUsedUp",
        "MailPlusBackupOld",
    }
    assert firing["good"] == {"MailPlusFinding"}  # such as a wide entry of the white list
    assert set(firing) == set(FLEET["nas"])


@pytest.fixture(scope="module")
def dashboard() -> Dashboard:
    """The dashboard as Grafana's own model reads it."""
    register_default_plugins()
    found: Dashboard = Dashboard.from_json(json.loads(DASHBOARD.read_text(encoding="utf-8")))
    return found


def test_grafana_imports_the_dashboard_as_it_is(dashboard: Dashboard) -> None:
    again = json.loads(json.dumps(dashboard, cls=JSONEncoder))
    assert lost(json.loads(DASHBOARD.read_text(encoding="utf-8")), again) == []
    assert dashboard.uid
    assert dashboard.title


def lost(given: Any, kept: Any, path: str = "") -> list[str]:
    """What Grafana's model does not know: it would be dropped at an import. The model adds its defaults."""
    if isinstance(given, dict) and isinstance(kept, dict):
        return [each for key in given for each in lost(given[key], kept.get(key), f"{path}/{key}")]
    if isinstance(given, list) and isinstance(kept, list) and len(given) == len(kept):
        pairs = enumerate(zip(given, kept, strict=True))
        return [each for number, (one, other) in pairs for each in lost(one, other, f"{path}/{number}")]
    return [] if given == kept else [path]


def test_the_panels_do_not_overlap(dashboard: Dashboard) -> None:
    cells = [
        (x, y)
        for panel in dashboard.panels or ()
        if panel.grid_pos
        for x in range(panel.grid_pos.x, panel.grid_pos.x + panel.grid_pos.w)
        for y in range(panel.grid_pos.y, panel.grid_pos.y + panel.grid_pos.h)
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _y in cells) < 24
    assert len({panel.id_val for panel in dashboard.panels or ()}) == len(dashboard.panels or ())


def test_each_panel_shows_something_of_a_real_run(dashboard: Dashboard, server: Server) -> None:
    for panel in dashboard.panels or ():
        assert isinstance(panel, Panel)
        assert panel.targets, panel.title
        for target in panel.targets:
            assert isinstance(target, Dataquery)
            expression = target.expr.replace("$host", ".*")
            found = server.query(expression)
            assert found or " == 0" in expression, f"{panel.title}: {expression}"
            shown = labels_shown(target.legend_format or "")
            assert all(shown <= set(one["metric"]) for one in found), panel.title


def test_a_figure_that_nobody_knows_is_not_a_zero(server: Server) -> None:
    for panel in panels():
        assert panel["fieldConfig"]["defaults"]["noValue"] == ("" if panel["type"] == "table" else "unknown")
    waiting = next(expressions(panel)[0] for panel in panels() if panel["title"] == "Mails waiting")
    assert {one["metric"]["host"] for one in server.query(waiting)} == {"good", "bad"}


def test_the_dashboard_stands_alone() -> None:
    text = DASHBOARD.read_text(encoding="utf-8")
    assert re.findall(r"https?://", text) == []
    assert {panel["datasource"]["uid"] for panel in panels()} == {"${datasource}"}
