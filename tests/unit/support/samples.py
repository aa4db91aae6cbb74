# SPDX-License-Identifier: GPL-3.0-or-later
"""Records, rules and reports for the tests, written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, privacy, verdicts
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import NOT_COMPARED, Baseline, Comparison
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report

TODAY = date(2026, 1, 10)
NOW = "2026-01-10T12:00:00Z"

# Every finding fails the run.
STRICT = Limits("info", "info", unread=True)

ERROR = {
    "name": "connection_refused",
    "message": "https://nas.example:5001 refuses the connection.",
    "hint": "Check that the NAS is up.",
    "api": None,
    "method": None,
    "version": None,
    "code": None,
}

# What may come from a server or a user, and must act nowhere.
HOSTILE = (
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    " \t+1|cmd",
    "{{ lookup('pipe', 'id') }}",
    "\x1b[31m\x00\x07\x9b2J\r\nnew",
    "\u202egnp.exe\u2066\u200f",
    "\ud800",
    "a | b `c` [d](https://evil.test) ![e](http://evil.test/x.png) @everyone #1 **f** <!channel> www.evil.test",
    "]]>&lt;",
    'quote " back\\slash',
    "\uff1d1+1",
    "\ufffe\uffff",
)


def section(data: Any, **summary: Any) -> dict[str, Any]:
    return {"status": "ok", "data": data, "summary": summary, "error": None}


def listing(
    rows: Sequence[Any], *, total: int | None = None, truncated: bool | None = False, **summary: Any
) -> dict[str, Any]:
    complete = None if truncated is None else not truncated
    return section({"items": list(rows)}, rows=len(rows), complete=complete, **summary) | {
        "total": len(rows) if total is None else total,
        "returned": len(rows),
        "truncated": truncated,
        "rows_key": "items",
    }


def refused(status: str = "forbidden", *, is_list: bool = False) -> dict[str, Any]:
    envelope = {"status": status, "data": None, "summary": None, "error": ERROR}
    return envelope | (dict.fromkeys(("total", "returned", "truncated", "rows_key")) if is_list else {})


def record(host: str = "one", /, **sections: dict[str, Any]) -> HostRecord:
    """The record of a host that was read."""
    state = {
        "schema_version": 1,
        "collected_at": "2026-01-10T11:00:00Z",
        "server": {"host": "nas.example", "port": 5001, "https": True, "auth_version": 7},
        "sections": sections or {"imap_pop3": section({"enable_imap": False})},
    }
    return host_record(host, {"ansible_facts": {"mailplus": state}})


def failed(host: str = "broken") -> HostRecord:
    return host_record(host, {"failed": True, "msg": "unused", "error": ERROR})


def rule(**changes: Any) -> dict[str, Any]:
    """A rule as in a policy file; ``None`` leaves a key out."""
    source = {
        "id": "imap",
        "title": "IMAP is off",
        "severity": "high",
        "section": "imap_pop3",
        "path": "data.enable_imap",
        "condition": {"equals": False},
        "why": "Passwords cross the network.",
        "remedy": "Untick Enable IMAP.",
        "reference": "Chapter 6",
    } | changes
    return {key: value for key, value in source.items() if value is not None}


def rules(*sources: Mapping[str, Any], name: str = "sample") -> list[policy.Rule]:
    return policy.parse_policy(list(sources), name)


def never(_expression: str, _variables: Mapping[str, Any]) -> Any:
    raise AssertionError("there is no expression to evaluate")


def judge(
    host: HostRecord,
    *sources: Mapping[str, Any],
    overrides: Any = None,
    exceptions: Any = None,
    paths: Any = None,
    evaluate: verdicts.Evaluate = never,
    today: date = TODAY,
) -> list[verdicts.Verdict]:
    chosen = policy.for_host(rules(*sources), overrides or {}, exceptions or [], paths or {})
    return verdicts.judge(host, chosen, today, evaluate)


def report(
    records: Sequence[HostRecord],
    sources: Sequence[Mapping[str, Any]] = (),
    *,
    baseline: HostRecord | None = None,
    exceptions: Any = None,
    title: str = "Fleet",
    mode: str = "keep",
    overrides: Any = None,
    limits: Limits = STRICT,
    page: str | None = None,
    personal_keys: Sequence[str] = (),
) -> Report:
    compared = Baseline(baseline.as_dict()) if baseline else None
    results = [
        HostResult(
            host,
            judge(host, *sources, exceptions=exceptions, overrides=overrides),
            compared.compare(host, Comparison()) if compared else NOT_COMPARED,
            privacy.cleaner(mode, "key", personal_keys),
        )
        for host in records
    ]
    return build_report(results, rules(*sources), title=title, generated_at=NOW, limits=limits, page=page)


def mixed_report() -> Report:
    """A fleet with a host of every kind, and a finding of every kind."""
    queue = listing(
        [{"id": 1}, {"id": 2}],
        total=700,
        truncated=True,
        by_status={"active": 1, "deferred": 1},
        oldest_age_seconds=90000,
    )
    log = listing([], total=None, truncated=None, by_type=None) | {"total": None}
    good = record("a-good", imap_pop3=section({"enable_imap": False}), queue=listing([], by_status={}))
    hosts = [
        good,
        record("b-bad", imap_pop3=section({"enable_imap": True}), queue=queue, admin_log=log),
        record("c-part", imap_pop3=refused(), queue=refused(is_list=True), core=section({})),
        record("d-none", imap_pop3=refused("unsupported"), queue=refused("unsupported", is_list=True)),
        failed("e-failed"),
        host_record("f-missing", None),
    ]
    sources = [
        rule(),
        rule(id="queue", title="Few mails wait", severity="medium", section="queue", path="total")
        | {"condition": {"at_most": 100}},
        rule(id="pop3", title="POP3 is off", severity="low", path="data.enable_pop3"),
        rule(id="waived", title="Waived", severity="critical"),
        rule(id="cluster", applies={"section": "queue", "path": "total", "condition": {"at_least": 1000}}),
    ]
    waived = [{"rule": "waived", "reason": "It is replaced soon.", "expires": "2026-02-01"}]
    return report(hosts, sources, baseline=good, exceptions=waived)


def hostile_report() -> Report:
    """Hostile text wherever text of a server or a user can stand."""
    hosts = []
    for number, text in enumerate(HOSTILE):
        data = {"enable_imap": text, text: text, "subject": text}
        host = record(
            f"{number:02} {text}",
            imap_pop3=section(data),
            queue=listing([{"subject": text}], by_status={text: 1}),
            server_list=section({"server_list": [{"name": text, "status": text, "role": text}]}),
            report=refused() | {"error": ERROR | {"message": text, "hint": text}},
        )
        hosts += [host, host_record(f"{number:02} failed {text}", {"msg": text, "error": None})]
    sources = [
        rule(id=f"rule{number}", condition={"matches": "^$"}, title=text, why=text, remedy=text, reference=text)
        for number, text in enumerate(HOSTILE)
    ]
    reason = [{"rule": "rule0", "reason": HOSTILE[7], "expires": "2026-02-01"}]
    return report(hosts, sources, baseline=record("base"), exceptions=reason, title=" ".join(HOSTILE))
