# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import Baseline, Comparison
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report import HostResult, build_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import Verdict
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


def test_hosts_are_in_the_order_of_their_names_and_none_is_missing() -> None:
    report = samples.report([samples.record("b"), samples.failed("a"), samples.record("c")])
    assert [host["host"] for host in report["hosts"]] == ["a", "b", "c"]
    assert samples.report([])["hosts"] == []


def test_totals_are_those_of_the_hosts() -> None:
    report = samples.mixed_report()
    verdicts = [verdict for host in report["hosts"] for verdict in host["verdicts"]]
    differences = [difference for host in report["hosts"] for difference in host["drift"]["differences"]]
    totals = report["totals"]
    assert sum(totals["hosts"].values()) == len(report["hosts"]) == 6
    assert sum(totals["verdicts"].values()) == len(verdicts) == 30
    assert sum(totals["differences"].values()) == len(differences)
    assert sum(totals["findings"]["fail"].values()) == totals["verdicts"]["fail"]
    assert sum(totals["findings"]["unknown"].values()) == totals["verdicts"]["unknown"]


def test_a_host_that_was_not_read_has_no_figures() -> None:
    (host,) = samples.report([samples.failed()], [samples.rule()])["hosts"]
    assert (host["collected_at"], host["server"], host["sections"]) == (None, None, {})
    assert (host["figures"], host["breakdowns"], host["timelines"], host["members"]) == ({}, {}, {}, {})
    assert host["error"] == samples.ERROR
    assert [verdict["verdict"] for verdict in host["verdicts"]] == ["unknown"]


def test_what_the_server_sent_is_left_out() -> None:
    record = samples.record(queue=samples.listing([{"id": 1}]), core=samples.section({"a": 1}))
    (host,) = samples.report([record])["hosts"]
    assert "data" not in host["sections"]["queue"]
    assert host["sections"]["queue"]["total"] == 1
    assert host["sections"]["core"] == {"status": "ok", "summary": {}, "error": None}


def test_flow_and_servers_come_from_the_answers() -> None:
    log = samples.listing([{"time": 1768042800}, {"time": 1768042801}, {"time": "soon"}])
    servers = samples.section({"server_list": [{"name": "a", "status": "healthy"}, "x"]})
    (host,) = samples.report([samples.record(transaction_log=log, server_list=servers)])["hosts"]
    assert host["timelines"]["mail_flow"] == [{"hour": "2026-01-10T11:00:00Z", "count": 2}]
    servers_found = host["members"]["servers"]
    assert servers_found is not None
    assert servers_found[0] == {"name": "a", "status": "healthy", "role": None}
    assert servers_found[1] == dict.fromkeys(("name", "status", "role"))


@pytest.mark.parametrize(("key", "rows_key", "known"), [("mails", "mails", True), ("items", None, False)])
def test_the_mail_flow_is_read_from_the_rows_wherever_they_are(key: str, rows_key: str | None, known: bool) -> None:
    log = samples.listing([]) | {"data": {key: [{"time": 1767225600}]}, "rows_key": rows_key}
    (host,) = samples.report([samples.record(transaction_log=log)])["hosts"]
    assert host["timelines"]["mail_flow"] == ([{"hour": "2026-01-01T00:00:00Z", "count": 1}] if known else None)


PERSONAL = ("anna@example.com", "198.51.100.9", "Secret offer")


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_what_a_policy_requires_is_told_as_it_is_written(mode: str) -> None:
    """It is not text of a server: cleaned, 10.0.0.1 would look like the address that was found instead."""
    record = samples.record(core=samples.section({"ip": "10.0.0.2", "list": ["*@example.org"]}))
    sources = [
        samples.rule(id="ip", section="core", path="data.ip", condition={"equals": "10.0.0.1"}),
        samples.rule(id="wide", section="core", path="data.list.0", condition={"matches": r"^[^*@]+@[^*@]+$"}),
    ]
    ip, wide = samples.report([record], sources, mode=mode)["hosts"][0]["verdicts"]
    assert (ip["expected"], ip["verdict"]) == ("equals '10.0.0.1'", "fail")
    assert "10.0.0.2" not in json.dumps(ip)
    assert "[^*@]+@[^*@]+$" in str(wide["expected"])


@pytest.mark.parametrize("mode", ["remove", "hash"])
def test_no_personal_data_of_a_server_is_left_in_any_corner(mode: str) -> None:
    address, ip, subject = PERSONAL
    data = {"subject": subject, "list": [{"mail_subject": subject}], address: ip, "nested": {"by": [address]}}
    record = samples.record(
        core=samples.section(data, by={address: ip}),
        queue=samples.listing([{"subject": subject}], top_destinations=[{"value": address}]),
        server_list=samples.section({"server_list": [{"name": ip, "status": address, "role": ip}]}),
        report=samples.refused() | {"error": samples.ERROR | {"message": f"{address} from {ip}"}},
    )
    sources = [
        samples.rule(id="subject", section="core", path="data.subject", condition={"equals": "x"}),
        samples.rule(id="row", section="core", path="data.list.0.mail_subject", condition={"equals": "x"}),
        samples.rule(id="address", section="core", path="data.nested.by.0", condition={"equals": "x"}),
        samples.rule(id="key", section="core", path=["data", address], condition={"matches": "^x"}),
    ]
    verdicts = [*samples.judge(record, *sources), Verdict("subject", "low", "unknown", None, None, f"{address} is bad")]
    drift = Baseline(samples.record(core=samples.section({"by": 1})).as_dict()).compare(record, Comparison())
    result = HostResult(record, verdicts, drift, privacy.cleaner(mode, "key"))
    text = json.dumps(build_report([result], [], title="Fleet", generated_at=samples.NOW))
    assert [piece for piece in PERSONAL if piece in text] == []


@pytest.mark.parametrize("sections", [{"core": {}}, {"core": []}, {"core": 5}])
def test_a_host_that_breaks_the_report_costs_itself_alone(sections: Any) -> None:
    good = samples.record("good")
    assert good.mailplus is not None
    broken = replace(good, host="broken", mailplus={**good.mailplus, "sections": sections})

    class Broken(privacy.Clean):
        def section(self, name: str, envelope: Any) -> Any:
            if envelope == sections["core"]:
                raise RecursionError("too deep")
            return super().section(name, envelope)

    verdicts = [Verdict("imap", "high", "pass", "x", 1, "Fine.", "a.b")]
    report = build_report(
        [HostResult(broken, verdicts, clean=Broken()), HostResult(good, verdicts)],
        [],
        title="T",
        generated_at=samples.NOW,
    )
    found = {host["host"]: host for host in report["hosts"]}
    assert (found["good"]["status"], found["broken"]["status"]) == ("ok", "failed")
    assert found["broken"]["verdicts"][0]["verdict"] == "unknown"
    assert "please report it" in str(found["broken"]["reason"])
    assert found["broken"]["drift"]["status"] == "unknown"
    assert report["totals"]["hosts"]["failed"] == 1


def test_what_was_not_compared_is_counted() -> None:
    before = samples.record("one", core=samples.section({"owner": "[address]"}), report=samples.section({}))
    now = samples.record("one", core=samples.section({"owner": "a@x.example"}))
    report = samples.report([now, samples.failed("two")], baseline=before)
    assert report["has_baseline"]
    assert report["totals"]["not_compared"] == 2
    assert report["totals"]["drift"] == {"different": 0, "partial": 1, "same": 0, "not_compared": 0, "unknown": 1}
    assert sum(report["totals"]["differences"].values()) == 0
    (one, _two) = report["hosts"]
    assert [each["path"] for each in one["drift"]["not_compared"]] == ["core.data.owner", "report"]
    assert not samples.report([now])["has_baseline"]


def test_which_server_was_asked_stays() -> None:
    record = samples.record()
    assert record.mailplus is not None
    record = replace(record, mailplus=record.mailplus | {"server": record.mailplus["server"] | {"host": "192.0.2.1"}})
    (host,) = samples.report([record], mode="remove")["hosts"]
    assert host["server"] is not None
    assert host["server"]["host"] == "192.0.2.1"


def test_the_same_input_gives_the_same_report() -> None:
    assert json.dumps(samples.mixed_report()) == json.dumps(samples.mixed_report())


def test_what_was_read_for_each_entry_is_left_out_too() -> None:
    each = {name: samples.listing([{"id": 1}], total=10**4000) for name in ("a", "b")}
    data = {name: envelope.pop("data") for name, envelope in each.items()}
    (host,) = samples.report([samples.record(core=samples.section(data) | {"each": each})])["hosts"]
    assert "data" not in host["sections"]["core"]
    assert host["sections"]["core"]["each"]["a"]["total"] is None


def test_a_figure_that_only_other_hosts_have_is_unknown() -> None:
    queue = samples.record("a", queue=samples.listing([], by_status={}))
    (one, two) = samples.report([queue, samples.record("b", core=samples.section({}))])["hosts"]
    assert (one["figures"]["queue_mails"], two["figures"]["queue_mails"]) == (0, None)
    assert two["breakdowns"] == {"queue_mails": None}
