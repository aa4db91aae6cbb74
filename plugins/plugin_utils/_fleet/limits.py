# SPDX-License-Identifier: GPL-3.0-or-later
"""What fails the run: decided once for each finding, so that every format and the exit status agree."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import HostReport, LimitsReport

NEVER = "never"


@dataclass(frozen=True)
class Limits:
    """The least severity at which a failed rule or a difference, and an unknown rule, fails a host; or NEVER.

    ``unread`` tells whether a host that was not read fails. It does so as a host, and not by each of its rules.
    """

    fail: str = "high"
    unknown: str = "high"
    unread: bool = True

    def told(self) -> LimitsReport:
        """The limits as the report tells them."""
        return {"fail_severity": self.fail, "fail_unknown_severity": self.unknown, "fail_on_error": self.unread}

    def mark(self, host: HostReport) -> None:
        """Tell of a host, and of each of its findings, whether it fails the run."""
        is_unread, drift = host["status"] in UNREAD, host["drift"]
        for verdict in host["verdicts"]:
            limit = {"fail": self.fail, "unknown": self.unknown}.get(verdict["verdict"], NEVER)
            verdict["fails"] = not is_unread and _reaches(verdict["severity"], limit)
        for difference in drift["differences"]:
            difference["fails"] = _reaches(difference["severity"], self.fail)
        found = (*host["verdicts"], *drift["differences"])
        host["fails"] = (is_unread and self.unread) or any(each["fails"] for each in found)


def in_words(limits: LimitsReport) -> str:
    """What fails the run, as a sentence."""
    fail, unknown = limits["fail_severity"], limits["fail_unknown_severity"]
    parts = [f"failed rules and differences {_from(fail)}"] if fail != NEVER else []
    parts += [f"unknown rules {_from(unknown)}"] if unknown != NEVER else []
    parts += ["hosts that were not read"] if limits["fail_on_error"] else []
    return f"What fails the run: {', '.join(parts) or 'nothing'}."


def _from(severity: str) -> str:
    return f"of {severity} severity{'' if severity == SEVERITIES[-1] else ' or above'}"


def _reaches(severity: str, limit: str) -> bool:
    return limit != NEVER and SEVERITIES.index(severity) >= SEVERITIES.index(limit)
