# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as one HTML file that asks for nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports import html_text
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_fleet import (
    DRIFT_WORDS,
    NOT_JUDGED,
    STATUSES,
    TOP_PATHS,
    VERDICT_WORDS,
    by_severity,
    causes,
    drift_paths,
    glance,
    headline,
    rule_results,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_host import (
    TABLED_DIFFERENCES,
    host_view,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html_pictures import clusters, flow, queues
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_HERE = Path(__file__).parent


def html(report: Report) -> str:
    """The report as HTML. The same report always gives the same text."""
    hosts, results = report["hosts"], rule_results(report)
    mail_flow = flow(hosts)
    rules = {result.rule["id"]: (result.number, result.rule["title"]) for result in results}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            style=_file("report.css"),
            script=_file("report.js"),
            report=report,
            headline=headline(report),
            glance=glance(report),
            causes=causes(hosts),
            unread=sum(host["status"] in NOT_JUDGED for host in hosts),
            results=results,
            severities=by_severity(results),
            queues=queues(hosts),
            flow=mail_flow,
            clusters=clusters(hosts),
            paths=drift_paths(hosts),
            hosts=[host_view(number, host, rules, mail_flow) for number, host in enumerate(hosts, 1)],
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=html_text.plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        t=html_text.marked,
        n=html_text.number,
        counted=html_text.counted,
        moment=html_text.moment,
        age=html_text.age,
        sha256=_sha256,
    )
    words: dict[str, Any] = {
        "STATUSES": STATUSES,
        "STATUS_ORDER": {name: position for position, name in enumerate(STATUSES)},
        "VERDICTS": VERDICT_WORDS,
        "DRIFTS": DRIFT_WORDS,
        "SEVERITIES": SEVERITIES,
        "TOP_PATHS": TOP_PATHS,
        "TABLED_DIFFERENCES": TABLED_DIFFERENCES,
    }
    environment.globals.update(words)
    return environment


@lru_cache(maxsize=2)
def _file(name: str) -> Markup:
    """A file of ours that goes into the report as it is."""
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - nothing in it comes from outside


def _sha256(text: str) -> str:
    """What a Content-Security-Policy calls a style or a script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
