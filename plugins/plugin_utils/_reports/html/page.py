# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet report as one HTML file that asks for nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.changes import FINDING_WORDS, changes
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import in_words
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import counted
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html import text
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.amounts import (
    by_section,
    columns,
    subjects,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.changes import (
    MOST_CHANGED_HOSTS,
    MOST_CHANGES,
    run_line,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.fleet import (
    TOP_PATHS,
    by_severity,
    causes,
    drift_paths,
    glance,
    headline,
    rule_results,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.host import (
    MOST_DIFFERENCES,
    MOST_REASONS,
    TABLED_DIFFERENCES,
    Fleet,
    host_view,
    names_of_read,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.members import groups
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.tables import (
    MOST_ROWS,
    MOST_ROWS_OF_HOST,
    fleet_tables,
    views,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.html.timeline import timelines
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_HERE = Path(__file__).parent

# A longer name of a host may be broken where it has no room.
_LONGEST_NAME = 40


def html(report: Report) -> str:
    """The report as HTML. The same report always gives the same text."""
    hosts, results = report["hosts"], rule_results(report)
    rules = {result.rule["id"]: (result.number, result.rule["title"]) for result in results}
    fleet = Fleet(report, rules, by_section(report), timelines(report), columns(report))
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
            changes=changes(report),
            limits=in_words(report["limits"]),
            unread=sum(host["status"] in text.NOT_JUDGED for host in hosts),
            results=results,
            rules={rule["id"]: rule for rule in report["rules"]},
            severities=by_severity(results),
            subjects=subjects(report),
            timelines=fleet.timelines,
            groups=groups(report),
            views=views(report),
            tables=fleet_tables(report),
            paths=drift_paths(hosts),
            columns=fleet.columns,
            hosts=[host_view(number, host, fleet) for number, host in enumerate(hosts, 1)],
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=text.plain,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        t=text.marked,
        path=text.path,
        n=text.number,
        counted=counted,
        moment=text.moment,
        names_of_read=names_of_read,
        run_line=run_line,
        sha256=_sha256,
    )
    words: dict[str, object] = {
        "STATUSES": text.STATUSES,
        "STATUS_ORDER": {name: position for position, name in enumerate(text.STATUSES)},
        "VERDICTS": text.VERDICT_WORDS,
        "DRIFTS": text.DRIFT_WORDS,
        "SEVERITIES": SEVERITIES,
        "FINDING_WORDS": FINDING_WORDS,
        "MOST_CHANGED_HOSTS": MOST_CHANGED_HOSTS,
        "MOST_CHANGES": MOST_CHANGES,
        "MOST_DIFFERENCES": MOST_DIFFERENCES,
        "MOST_REASONS": MOST_REASONS,
        "MOST_ROWS": MOST_ROWS,
        "MOST_ROWS_OF_HOST": MOST_ROWS_OF_HOST,
        "TOP_PATHS": TOP_PATHS,
        "TABLED_DIFFERENCES": TABLED_DIFFERENCES,
        "LONGEST_NAME": _LONGEST_NAME,
    }
    environment.globals.update(words)
    return environment


@lru_cache(maxsize=2)
def _file(name: str) -> Markup:
    """A file of ours that goes into the report as it is."""
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - nothing in it comes from outside


def _sha256(content: str) -> str:
    """What a Content-Security-Policy calls a style or a script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
