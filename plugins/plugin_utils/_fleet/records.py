# SPDX-License-Identifier: GPL-3.0-or-later
"""The gathered state of many hosts: one record a host, whether it was gathered or not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import (
    STATUSES,
    Envelope,
    Error,
    by_status,
    first_error,
    reads_nothing,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import read_time
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import select
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.figures import brief
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import KEEP, Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import visible, words

Result = TypeVar("Result")

HOST_STATUSES = ("ok", "partial", "unsupported", "failed", "not_gathered")

# The statuses of a host of which nothing is known.
UNREAD = ("failed", "not_gathered")

# Those of which there is a state. A NAS whose package is stopped, or not there, has none.
READ = ("ok", "partial")

_LONGEST = 200

_NOT_GATHERED = (
    "The host was not asked: it failed earlier in the play, its turn has not come, or nothing was gathered in this run "
    "and no facts are cached."
)


@dataclass(frozen=True)
class HostRecord:
    """One host of the fleet.

    ``status`` is ok (all sections were read), partial (some), unsupported (the NAS has none of them), failed (it could
    not be asked, or refused all) or not_gathered. ``reason`` says why it is not ok. ``mailplus`` is the gathered state,
    None where there is none. ``last_read`` is when the host was read, now or the last time; None where nobody knows.
    """

    host: str
    status: str
    reason: str | None
    error: Error | None
    mailplus: dict[str, Any] | None
    last_read: str | None = None

    @property
    def is_read(self) -> bool:
        """Whether there is a state of it."""
        return self.status in READ

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON, always with the same keys."""
        return {"schema_version": SCHEMA_VERSION, **self.__dict__}

    def cleaned(self, clean: Clean) -> HostRecord:
        """The record with what ``clean`` makes of the sections. Which server was asked stays."""
        if self.mailplus is None:
            return self
        sections = clean.of_state(self.mailplus).sections(self.mailplus["sections"])
        error = self.error and first_error(sections)
        return replace(self, error=error, mailplus={**self.mailplus, "sections": sections})


def host_record(host: str, outcome: Mapping[str, Any] | None) -> HostRecord:
    """The record of ``host``. ``outcome`` is the result of mailplus_facts there, None where it did not run."""
    if outcome is None:
        return HostRecord(host, "not_gathered", _NOT_GATHERED, None, None)
    state = (outcome.get("ansible_facts") or {}).get("mailplus")
    if state is None:
        error = outcome.get("error")
        reason = error["message"] if error else outcome.get("msg", "The state could not be gathered.")
        return HostRecord(host, "failed", reason, error, None)
    status, reason = _status(state["sections"])
    error = first_error(state["sections"]) if status == "failed" else None
    return HostRecord(host, status, reason, error, state, None if status in UNREAD else _collected_at(state))


def _collected_at(state: Mapping[str, Any]) -> str | None:
    moment = state.get("collected_at")
    return moment if isinstance(moment, str) and read_time(moment) else None


def _status(sections: Mapping[str, Envelope]) -> tuple[str, str | None]:
    """How well a host was read, and why not better."""
    statuses = {envelope["status"] for envelope in sections.values()}
    if statuses <= {"ok"}:
        return "ok", None
    if statuses == {"unsupported"}:
        # Every server has some of what tells whether it runs.
        is_gone = {section.name for section in select(["min"])} <= set(sections)
        which = "" if is_gone else f", or does not know {', '.join(sections)}"
        return "unsupported", f"MailPlus Server is not installed, not started or older{which}."
    if reads_nothing(sections):
        return "failed", f"No section could be read ({by_status(sections)})."
    return "partial", by_status(sections)


class OddStateError(ValueError):
    """What a variable or a file holds where the state of a host should be."""


def whole_state(state: Any) -> dict[str, Any]:
    """A state that came by way of variables or files, which anybody may have written. Raises OddStateError."""
    if not isinstance(state, dict) or not isinstance(state.get("server"), dict):
        raise OddStateError("it is not what mailplus_facts returns")
    sections = state.get("sections")
    if not isinstance(sections, dict) or not sections or not all(map(_is_envelope, sections.values())):
        raise OddStateError("its sections are not those that mailplus_facts returns")
    try:
        json.dumps(state)
    except (TypeError, ValueError):
        raise OddStateError("it holds what is no JSON, such as a date") from None
    return state


def _is_envelope(envelope: Any) -> bool:
    if not isinstance(envelope, dict) or not {"status", "data", "summary", "error"} <= envelope.keys():
        return False
    parts = (envelope["summary"], envelope["error"])
    fits = envelope["status"] in STATUSES and all(part is None or isinstance(part, dict) for part in parts)
    return fits and (envelope["error"] is None or is_error(envelope["error"]))


def is_error(error: Any) -> bool:
    """Whether an error has what is shown of one."""
    return isinstance(error, dict) and all(isinstance(error.get(key), str) for key in ("name", "message", "hint"))


def unusable(host: str, error: Exception) -> HostRecord:
    """The record of a host whose state, as it came, breaks what looks at it."""
    what = f"{type(error).__name__}: {words(str(error), _LONGEST)}"
    reason = f"What was read of this host cannot be used; please report it ({what})."
    return HostRecord(host, "failed", reason, None, None)


def spare(act: Callable[[], Result], instead: Callable[[Exception], Result]) -> Result:
    """What ``act`` returns for one host. An exception that nobody foresaw stays at that host."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001 - text of one server must not cost the others their report
        return instead(error)


def _without_data(envelope: Envelope) -> dict[str, Any]:
    return {key: value for key, value in envelope.items() if key not in ("data", "each")}


class HasStatus(Protocol):
    """Whatever tells how well a host was read."""

    @property
    def status(self) -> str:
        """One of HOST_STATUSES."""


def totals(hosts: Iterable[HasStatus]) -> dict[str, int]:
    """How many hosts have each status."""
    counted = Counter(host.status for host in hosts)
    return {status: counted[status] for status in HOST_STATUSES}


def describe(record: HostRecord, clean: Clean = KEEP) -> str:
    """What was read of a host, or why it was not, on one line, without personal data."""
    return visible(_describe(record, clean))


def _describe(record: HostRecord, clean: Clean) -> str:
    if record.mailplus is None or record.status in ("unsupported", *UNREAD):
        last = f" Last read: {record.last_read}." if record.last_read and not record.is_read else ""
        return f"{words(record.reason or '')}{last}"
    clean = clean.of_state(record.mailplus)
    sections = {name: clean.section(name, _without_data(one)) for name, one in record.mailplus["sections"].items()}
    parts = [f"{sum(envelope['status'] == 'ok' for envelope in sections.values())} of {len(sections)} sections"]
    parts.extend(brief(sections))
    if record.reason:
        parts.append(words(record.reason))
    return "; ".join(parts)
