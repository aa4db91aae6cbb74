# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of servers and numbers as the HTML report shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import SECONDS
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import SEVERITIES
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import UNREAD
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import DifferenceReport, HostReport
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import (
    ABSENT,
    amount,
    as_count,
    code,
    named_counts,
    pieces,
    sides,
    visible_lines,
    words,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import VERDICTS
from markupsafe import Markup, escape

UNKNOWN = "unknown"

_MAY_BREAK = re.compile(r"(?<=[._])(?=[^._])")

# Hosts on which every rule is unknown for one and the same reason, which stands with the host.
NOT_JUDGED = (*UNREAD, "unsupported")

# The worst first. The key is also the class that gives a status its look.
STATUSES = {
    "failed": "failed",
    "not_gathered": "not gathered",
    "unsupported": "unsupported",
    "partial": "partial",
    "ok": "ok",
}
VERDICT_WORDS = {name: name.replace("_", " ") for name in VERDICTS} | {"pass": "passed", "fail": "failed"}
DRIFT_WORDS = {
    "different": "different",
    "unknown": "unknown",
    "not_compared": "not compared",
    "partial": "compared in part, no difference found",
    "same": "same as the baseline",
}


def marked(value: object) -> Markup:
    """``value`` as HTML, with escapes that stand out for what is not seen. For text, not for attributes."""
    if isinstance(value, Markup):
        return value
    text = UNKNOWN if value is None else str(value)
    if visible_lines(text) == text:
        return escape(text)
    return Markup().join(_mark(piece) if is_escape else escape(piece) for piece, is_escape in pieces(text))


def path(value: str) -> Markup:
    """A path, which may be broken behind dots and underscores before it is broken within a word."""
    return Markup("<wbr>").join(map(marked, _MAY_BREAK.split(value)))


def plain(value: object) -> object:
    """What the template prints of any value: text without characters that are not seen, and None never as nothing."""
    if value is None:
        return UNKNOWN
    return value if isinstance(value, (Markup, int, float)) else visible_lines(str(value))


def number(value: object) -> str:
    """A count, with its thousands apart; ``unknown`` where it is none."""
    known = as_count(value)
    return UNKNOWN if known is None else f"{known:,}"


def moment(text: object) -> str:
    """ISO 8601 text as people write it."""
    if text is None:
        return UNKNOWN
    found = read_time(text)
    return words(str(text)) if found is None else f"{found:%Y-%m-%d %H:%M} UTC"


def frequencies(counts: Mapping[str, object] | None) -> str:
    """Counts by name in a line, such as ``12 sent, 3 failed``."""
    return UNKNOWN if counts is None else named_counts(counts, separator=",") or "none"


def ranking(entries: Sequence[object]) -> str:
    """The most frequent values, a line each."""
    pairs = ((each.get("count"), each.get("value")) for each in entries if isinstance(each, Mapping))
    return "\n".join(f"{number(count)} \N{MULTIPLICATION SIGN} {words(str(value))}" for count, value in pairs) or "none"


def told(key: str, value: object) -> str:
    """A value of a summary under its key, by its shape: counts by name, values by their count, a time, or JSON."""
    if value is None:
        return UNKNOWN
    if isinstance(value, Mapping):
        return frequencies(value)
    if isinstance(value, list):
        return ranking(value)
    if key.endswith(f"_{SECONDS}"):
        return amount(value, SECONDS)
    return moment(value) if isinstance(value, str) else code(value)


def basis(host: HostReport, section: str) -> str:
    """Which rows of a list its figures rest on, where it is not all."""
    envelope = host["sections"][section]
    complete = (envelope["summary"] or {}).get("complete")
    if complete is True or "total" not in envelope:
        return ""
    returned = as_count(envelope.get("returned"))
    if returned is None:
        return " (of rows that are unknown)"
    return f" (of the first {returned:,}" + (")" if complete is False else "; whether these are all is unknown)")


def rank(severity: str | None) -> int:
    """How severe, from 1; 0 for none."""
    return SEVERITIES.index(severity) + 1 if severity in SEVERITIES else 0


def worst(severities: Iterable[str]) -> str | None:
    """The most severe."""
    return max(severities, key=rank, default=None)


def difference_values(difference: DifferenceReport) -> tuple[str, str]:
    """The value in the baseline and the value now, in words."""
    baseline, actual = (value if value is ABSENT else code(value) for value in sides(difference))
    return str(baseline), str(actual)


def _mark(escape_sequence: str) -> Markup:
    return Markup("<b class=esc>{}</b>").format(escape_sequence)
