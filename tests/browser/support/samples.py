# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports to look at: of the simulated fleet of the demo, of fleets of any size, and of servers that mean harm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION, Plan, gather
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import ALL, DEFAULT, groups, select
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Baseline, Comparison
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import Rule, for_host, parse_policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy_files import read_policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import cleaner
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import judge
from ansible_collections.mailfleet.mailplus.tests import demo
from ansible_collections.mailfleet.mailplus.tests.simulator import Fleet, Nas, run_fleet
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples as by_hand
from ansible_collections.mailfleet.mailplus.tests.unit.support.nights import Nights

_COLLECTION = Path(__file__).parents[3]
_DEMO = _COLLECTION / "tests" / "simulator" / "fleets" / "demo.yml"
_POLICY = _COLLECTION / "roles" / "mailplus_state" / "files" / "policies" / "hardening.yml"
_COMPARISON = Comparison(
    ignore=("*hostname", "*.external_postmaster*", "*.account"),
    severities=(("imap_pop3.*", "high"), ("*.status", "high"), ("server_list.*", "low")),
)
_NOW = datetime(2026, 3, 9, 10, 0, tzinfo=timezone.utc)

# What a server, or whoever sent it a mail, may send to act on the page.
HOSTILE = (
    "<script>document.title='hit'</script>",
    '"><img src=x onerror="document.title=\'hit\'">',
    "' onmouseover='document.title=1' x='",
    "{{ 7*7 }}{% for x in [1] %}",
    "</style></script><svg onload=document.title='hit'>",
    "\u202egnp.exe \u2066x\u2069 \x00\x07\x1b[31m \x9b \ud800 end",
    "javascript:document.title='hit'",
)


def demo_report() -> Report:
    """The report of the demo's fleet, judged by the policy that ships; one NAS is the baseline of all."""
    records = _demo_records([ALL])
    exceptions = {
        "mail-oslo": [
            {
                "rule": "pop3_unencrypted",
                "reason": "The scanners of the warehouse, until they are replaced.",
                "expires": (_day(records) + timedelta(days=90)).isoformat(),
            }
        ]
    }
    generated_at = max(record.mailplus["collected_at"] for record in records if record.mailplus)
    rules = read_policy(_POLICY, "hardening")
    return _report(records, rules, exceptions, title="Mail servers of the demo", generated_at=generated_at)


def three_report() -> Report:
    """Three NAS of the demo, as they are read where nothing is named, each with a long name."""
    names = ("mail-berlin", "mail-lisbon", "mail-oslo")
    records = [
        replace(record, host=f"{record.host}.example.com") for record in _demo_records(DEFAULT) if record.host in names
    ]
    return _report(records, read_policy(_POLICY, "hardening"), {}, title="Three NAS", generated_at=_iso(_NOW))


def changed_report(directory: Path) -> Report:
    """Two NAS with long names, of which settings, figures and findings changed since the last run."""
    nights, rules = (
        Nights(directory),
        [by_hand.rule(), by_hand.rule(id="two", title="Users may connect over IMAP only")],
    )

    def host(name: str, *, on: bool, mails: int) -> HostRecord:
        antivirus = by_hand.section({"update_time": mails, "a_name_of_a_setting_that_is_long": on})
        listed = by_hand.listing([], total=mails)
        return by_hand.record(name, imap_pop3=by_hand.section({"enable_imap": on}), antivirus=antivirus, queue=listed)

    names = ("mail-berlin.example.com", "mail-lisbon.example.com")
    nights.run("2026-01-01T02:00:00Z", [host(name, on=False, mails=5) for name in names], rules)
    return nights.run("2026-01-02T02:00:00Z", [host(name, on=True, mails=900) for name in names], rules)


def _demo_records(subset: Sequence[str]) -> list[HostRecord]:
    with run_fleet(_DEMO) as fleet:
        return [host_record(name, _outcome(fleet[name], fleet, subset)) for name in fleet]


def _day(records: Sequence[HostRecord]) -> date:
    return max(date.fromisoformat(record.mailplus["collected_at"][:10]) for record in records if record.mailplus)


def _outcome(nas: Nas, fleet: Fleet, subset: Sequence[str]) -> dict[str, Any]:
    address = Address(nas.host, nas.port, nas.https, True, str(fleet.ca_path))
    try:
        state = gather(address, Credentials(nas.username, nas.password), Plan(select(subset)))
    except DsmError as error:
        return {"msg": str(error), "error": error.details.as_dict()}
    return {"ansible_facts": {"mailplus": state.as_facts()}}


def fleet_report(hosts: int, rules: int = 40) -> Report:
    """A fleet of any size, always the same: most hosts well, some not, some not read."""
    records = [host_record(f"mail-{number:04d}.example.com", _synthetic(number)) for number in range(1, hosts + 1)]
    policy = [_rule(number) for number in range(1, rules + 1)]
    return _report(
        records, parse_policy(policy, "synthetic"), {}, title=f"A fleet of {hosts} hosts", generated_at=_iso(_NOW)
    )


def hostile_report() -> Report:
    """Hosts that send markup, templates and characters that are not seen, wherever they can."""
    records = []
    for number, text in enumerate(HOSTILE, 1):
        outcome = _synthetic(5 * number + 1)
        assert outcome is not None
        _poison(outcome["ansible_facts"]["mailplus"], text)
        records.append(host_record(f"host {number} {text}", outcome))
    error = {"name": HOSTILE[0], "message": " ".join(HOSTILE), "hint": HOSTILE[1]}
    records += [host_record("well", _synthetic(8)), host_record("refused", {"error": error})]
    rules = [
        *(_rule(number) for number in range(1, 4)),
        *(
            {
                "id": f"hostile {number} {text}",
                "title": text,
                "severity": "high",
                "section": "core",
                "path": "data.words",
                "condition": {"equals": text},
                "why": text,
                "remedy": text,
                "reference": text,
            }
            for number, text in enumerate(HOSTILE)
        ),
    ]
    return _report(records, parse_policy(rules, HOSTILE[0]), {}, title=HOSTILE[0], generated_at=_iso(_NOW))


def _poison(state: dict[str, Any], text: str) -> None:
    sections = state["sections"]
    sections["core"]["data"] |= {"words": text + " as sent", text: text}
    sections["security"] = _refused({"name": text, "message": text, "hint": text})
    queue, servers = sections["queue"]["data"]["items"], sections["server_list"]["data"]["server_list"]
    queue[0] |= {"status": text, "reason": text, "recipient": f"{text}@{text}", "subject": text}
    _listed(sections, "domains")[0]["name"] = text
    _listed(sections, "certificates")[0] |= {"subject": {"common_name": text}, "valid_till": text}
    _listed(sections, "dsm_packages")[0]["version"] = text
    servers[0] |= {"hostname": text, "role": text, "status": text}
    servers.append({"hostname": f"{text} 2", "role": text, "status": text})
    sections["queue"] = _listing("queue", queue, len(queue))
    state["server"]["host"] = text


def _listed(sections: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sections[name]["data"]["items"]
    return rows


def _report(
    records: Sequence[HostRecord],
    rules: Sequence[Rule],
    exceptions: dict[str, list[dict[str, str]]],
    *,
    title: str,
    generated_at: str,
) -> Report:
    clean = cleaner("remove", None)
    baseline = Baseline(next(record for record in records if record.status == "ok").as_dict())
    today = date.fromisoformat(generated_at[:10])
    asked = {place.path_variable for rule in rules for place in rule.places}
    paths = {name: path for name, path in demo.PATHS.items() if name in asked}
    overrides = {name: change for name, change in demo.OVERRIDES.items() if name in {rule.id for rule in rules}}
    results = [
        HostResult(
            record,
            judge(record, for_host(rules, overrides, exceptions.get(record.host, []), paths), today, _no_expressions),
            baseline.compare(record, _COMPARISON),
            clean,
        )
        for record in records
    ]
    return build_report(results, rules, title=title, generated_at=generated_at)


def _no_expressions(_expression: str, _variables: Any) -> Any:
    raise NotImplementedError


def _rule(number: int) -> dict[str, Any]:
    rest = {
        "id": f"rule_{number:02d}",
        "title": f"Setting {number} is as the policy of the company wants it",
        "severity": ("low", "medium", "high", "info", "medium", "critical", "low")[number % 7],
        "why": "What is set otherwise lets mail through that nobody wants, or holds back mail that somebody waits for.",
        "remedy": f"Service > Protocol: set number {number} as it is on the other hosts.",
        "reference": f"Chapter {number % 7 + 5}",
    }
    if number == 1:
        return rest | {"section": "queue", "path": "total", "condition": {"at_most": 400}}
    section = ("core", "security", "smtp_general")[number % 3]
    return rest | {"section": section, "path": f"data.setting_{number}", "condition": {"equals": True}}


def _synthetic(number: int) -> dict[str, Any] | None:
    """The result of the gather on a host: about one in twenty is not read."""
    if number % 61 == 0:
        return None
    if number % 23 == 0:
        message = f"https://192.0.2.{number % 250}:5001 does not answer within 30 seconds."
        return {"error": {"name": "timeout", "message": message, "hint": "Check that the NAS is up."}}
    refused = {"name": "no_permission", "message": "The account may not read this.", "hint": "Allow it to the account."}
    settings: dict[str, Any] = {f"setting_{setting}": (number * setting) % 17 != 3 for setting in range(1, 41)}
    sections: dict[str, dict[str, Any]] = {
        name: {"status": "ok", "data": dict(settings), "summary": {}, "error": None} for name in groups()["settings"]
    }
    servers: dict[str, Any] = {"server_list": _servers(number)}
    sections |= {
        "security": _refused(refused) if number % 31 == 0 else sections["core"],
        "server_list": sections["core"] | {"data": servers, "summary": {"servers": len(servers["server_list"])}},
        **_inventory(number),
        "queue": _listing("queue", _queue_rows(number), number * 37 % 900 if number % 5 else 0),
        "transaction_log": _listing("log", _log_rows(number), 50 if number % 9 else 25_000),
        "admin_log": _listing("log", _log_rows(number + 3), 50),
    }
    server = {"host": f"192.0.2.{number % 250}", "port": 5001, "https": True, "auth_version": 7}
    facts = {"schema_version": SCHEMA_VERSION, "collected_at": _iso(_NOW), "server": server, "sections": sections}
    return {"ansible_facts": {"mailplus": facts}}


def _refused(error: dict[str, str]) -> dict[str, Any]:
    return {"status": "forbidden", "data": None, "summary": None, "error": error}


def _servers(number: int) -> list[dict[str, str]]:
    if number % 10 > 1:
        return [{"hostname": f"nas-{number}", "role": "primary", "status": "healthy"}]
    pair = number // 10
    status = "degraded" if pair % 7 == 3 else "healthy"
    return [
        {"hostname": f"pair-{pair}-a", "role": "primary", "status": "healthy"},
        {"hostname": f"pair-{pair}-b", "role": "secondary", "status": status},
    ]


def _queue_rows(number: int) -> list[dict[str, Any]]:
    if number % 5 == 0:
        return []
    return [
        {
            "status": ("deferred", "active", "hold", "deferred")[(row + number) % 4],
            "time": int((_NOW - timedelta(minutes=(number * 13 + row * 7) % 9000)).timestamp()),
            "reason": f"connect to mx{row % 3}.example.net: Connection timed out",
            "recipient": f"user{row}@dest{row % 4}.example.net",
        }
        for row in range(min(50, number * 37 % 900))
    ]


def _inventory(number: int) -> dict[str, Any]:
    """What a host has; a certificate of every fortieth host has expired."""
    end = _NOW + timedelta(days=number % 40 * 9 - 9, hours=12)
    rows: dict[str, list[dict[str, Any]]] = {
        "domains": [{"name": f"domain{one}-{number}.example.com"} for one in range(number % 3 + 1)],
        "certificates": [{"subject": {"common_name": "mail"}, "valid_till": f"{end:%b %d %H:%M:%S %Y} GMT"}],
        "dsm_packages": [{"id": "MailPlus-Server", "version": "3.3.1", "additional": {"status": "running"}}],
    }
    return {name: _listing("log", found, len(found)) for name, found in rows.items()}


def _log_rows(number: int) -> list[dict[str, Any]]:
    return [
        {
            "type": ("sent", "received", "received", "failed")[row % 4],
            "time": int((_NOW - timedelta(minutes=row * (number % 11 + 2) * 9 % 4200)).timestamp()),
        }
        for row in range(50)
    ]


def _listing(kind: str, rows: list[dict[str, Any]], total: int) -> dict[str, Any]:
    complete = total == len(rows)
    figures = _queue_figures(rows) if kind == "queue" else _log_figures(rows)
    return {
        "status": "ok",
        "data": {"items": rows, "total": total},
        "summary": {"rows": len(rows), "complete": complete, **figures},
        "error": None,
        "total": total,
        "returned": len(rows),
        "truncated": not complete,
        "rows_key": "items",
    }


def _queue_figures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    oldest = min((row["time"] for row in rows), default=None)
    return {
        "by_status": _count(row["status"] for row in rows),
        "oldest": None if oldest is None else _iso(datetime.fromtimestamp(oldest, timezone.utc)),
        "oldest_age_seconds": None if oldest is None else int(_NOW.timestamp()) - oldest,
        "top_reasons": _top(row["reason"] for row in rows),
        "top_destinations": _top(row["recipient"].rpartition("@")[2] for row in rows),
    }


def _log_figures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    times = [datetime.fromtimestamp(row["time"], timezone.utc) for row in rows if "time" in row]
    ends = {"oldest": _iso(min(times)), "newest": _iso(max(times))} if times else {}
    return {"by_type": _count(row["type"] for row in rows if "type" in row), **ends}


def _count(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _top(values: Iterable[str]) -> list[dict[str, Any]]:
    return [{"value": value, "count": count} for value, count in Counter(values).most_common(5)]


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
