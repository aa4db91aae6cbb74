# SPDX-License-Identifier: GPL-3.0-or-later
"""What the policies that ship say of answers whose keys are known: passed, failed, and of any other answer unknown."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy, verdicts
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy_files import read_policy
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples
from hypothesis import given
from hypothesis import strategies as st

POLICIES = Path(__file__).parents[3] / "roles" / "mailplus_state" / "files" / "policies"
RULES = {rule.id: rule for rule in read_policy(POLICIES / "hardening.yml", "hardening")}
KNOWN = sorted(id_ for id_, rule in RULES.items() if not any(place.path_variable for place in rule.places))


def judged(rule: str, paths: Any = None, /, **sections: Any) -> verdicts.Verdict:
    chosen = policy.for_host([RULES[rule]], {}, [], paths or {})
    (verdict,) = verdicts.judge(samples.record(**sections), chosen, samples.TODAY, samples.never)
    return verdict


def test_every_file_belongs_to_the_whole_and_its_rules_say_why_and_how() -> None:
    files = {path.stem for path in POLICIES.glob("*.yml")}
    assert files == {rule.policy for rule in RULES.values()} | {"hardening"}
    assert [rule.id for rule in RULES.values() if not (rule.why and rule.remedy and rule.reference)] == []


def test_a_path_that_has_to_be_set_has_a_name_of_its_own() -> None:
    variables = [place.path_variable for rule in RULES.values() for place in rule.places if place.path_variable]
    assert len(variables) == len(set(variables))


def packages(*rows: Any) -> dict[str, Any]:
    return {"packages": [{"id": "MailClient", "additional": {"status": "stop"}}, *rows]}


def package(status: Any) -> dict[str, Any]:
    return packages({"id": "MailPlus-Server", "additional": {"status": status}})


USED = [{"service": "default", "subscriber": "system"}]


def certificate(key: str, end: Any, *services: Any) -> dict[str, Any]:
    used = services[0] if services else USED
    return {"certificates": [{"id": "old", "services": [], key: "x"}, {"id": "new", "services": used, key: end}]}


def default(key: str, end: Any) -> dict[str, Any]:
    """Another one is in use, and is fine."""
    other = {"id": "new", "is_default": False, "services": USED, key: "Mar 16 15:49:37 2027 GMT"}
    return {"certificates": [{"id": "first", "is_default": True, "services": [], key: end}, other]}


def broken(*values: Any) -> dict[str, Any]:
    return {"certificates": [{"is_broken": value} for value in values]}


def task(time: Any, apps: Any = ("MailPlus-Server",), result: Any = "done", state: Any = "idle") -> dict[str, Any]:
    apps = list(apps) if isinstance(apps, tuple) else apps
    one = {"last_bkp_time": time, "last_bkp_result": result, "state": state, "source": {"app_name_list": apps}}
    return {"task_list": [one]}


def volumes(*sizes: Any) -> dict[str, Any]:
    return {"volumes": [{"id": f"volume_{number}", "size": size} for number, size in enumerate(sizes, 1)]}


def listed(*rows: Any) -> dict[str, Any]:
    return {"blackwhite_list": list(rows)}


def entry(pattern: Any, *, enable: Any = True) -> dict[str, Any]:
    return {"id": 1, "enable": enable, "pattern": pattern}


# The state was read at 2026-01-10T11:00:00Z.
CASES: list[tuple[str, Any, str]] = [
    ("mailplus_running", package("running"), "pass"),
    ("mailplus_running", package("stop"), "fail"),
    ("mailplus_running", package(True), "unknown"),
    ("mailplus_running", packages(), "unknown"),
    ("mailplus_running", packages({"id": "MailPlus-Server", "additional": {}}), "unknown"),
    ("mailplus_running", {"packages": {}}, "unknown"),
    ("mailplus_running", [], "unknown"),
    ("certificate_expiry", certificate("valid_till", "Feb  1 11:00:00 2026 GMT"), "pass"),
    ("certificate_expiry", certificate("valid_till", "Jan 31 10:59:59 2026 GMT"), "fail"),
    ("certificate_expiry", certificate("valid_to", "Mar 16 15:49:37 2027 GMT"), "pass"),
    ("certificate_expiry", certificate("valid_to", 1736500000), "fail"),
    ("certificate_expiry", certificate("valid_till", "in a year"), "unknown"),
    ("certificate_expiry", certificate("expires", "Mar 16 15:49:37 2027 GMT"), "unknown"),
    ("certificate_expiry", certificate("valid_till", "Mar 16 15:49:37 2027 GMT", []), "unknown"),
    ("certificate_expiry", certificate("valid_till", "Mar 16 15:49:37 2027 GMT", None), "unknown"),
    ("certificate_default", default("valid_till", "Feb  1 11:00:00 2026 GMT"), "pass"),
    ("certificate_default", default("valid_till", "Jan  1 00:00:00 2020 GMT"), "fail"),
    ("certificate_default", default("valid_to", "Jan 31 10:59:59 2026 GMT"), "fail"),
    ("certificate_default", default("valid_to", "2026-02-03"), "pass"),
    ("certificate_default", default("valid_to", "2026-01-31"), "unknown"),
    ("certificate_default", default("expires", 1736500000), "unknown"),
    ("certificate_default", certificate("valid_till", "Mar 16 15:49:37 2027 GMT"), "unknown"),
    ("certificate_broken", broken(False, False), "pass"),
    ("certificate_broken", broken(False, True), "fail"),
    ("certificate_broken", broken(False, None), "unknown"),
    ("certificate_broken", broken("no"), "unknown"),
    ("certificate_broken", broken(), "unknown"),
    ("backup_recent", task("2026/01/09 23:00"), "unknown"),
    ("backup_recent", task("2026/01/09 23:00", result=None), "unknown"),
    ("backup_recent", task("2026/01/09 23:00", result="failed"), "fail"),
    ("backup_recent", task("2026/01/09 23:00", result="Error"), "fail"),
    ("backup_recent", task("2026/01/09 23:00", result="cancelled"), "fail"),
    ("backup_recent", task("2026/01/09 23:00", state="error"), "fail"),
    ("backup_recent", task("2026/01/01 23:00"), "fail"),
    ("backup_recent", task("2026/01/08 11:00"), "unknown"),
    ("backup_recent", task("2026/03/01 11:00"), "unknown"),
    ("backup_recent", task(""), "unknown"),
    ("backup_recent", task("2026/01/09 23:00", ("Chat",)), "unknown"),
    ("backup_recent", task("2026/01/09 23:00", None), "unknown"),
    ("backup_recent", {"task_list": []}, "unknown"),
    ("volume_free", volumes({"total": "1000", "used": "850"}, {"total": 1000, "used": 10}), "pass"),
    ("volume_free", volumes({"total": "1000", "used": "10"}, {"total": "1000", "used": "851"}), "fail"),
    ("volume_free", volumes({"total": "0", "used": "0"}), "unknown"),
    ("volume_free", volumes({"total": "1000"}), "unknown"),
    ("volume_free", volumes(), "unknown"),
    ("clock", {"enable_ntp": "ntp"}, "pass"),
    ("clock", {"enable_ntp": "manual"}, "fail"),
    ("clock", {"enable_ntp": True}, "unknown"),
    ("directory_encrypted", {"enable_client": True, "encryption": "ssl"}, "pass"),
    ("directory_encrypted", {"enable_client": True, "encryption": "no"}, "fail"),
    ("directory_encrypted", {"enable_client": True, "encryption": "tls"}, "pass"),
    *(
        ("directory_encrypted", {"enable_client": True, "encryption": word}, "fail")
        for word in ("No", "none", "None", "plain", "off", "false")
    ),
    ("directory_encrypted", {"enable_client": True, "encryption": ""}, "unknown"),
    ("directory_encrypted", {"enable_client": True, "encryption": "other"}, "unknown"),
    ("directory_encrypted", {"enable_client": True, "encryption": False}, "unknown"),
    ("directory_encrypted", {"enable_client": False, "encryption": "no"}, "not_applicable"),
    ("directory_encrypted", {"encryption": "ssl"}, "unknown"),
    ("whitelist_wide", listed(), "pass"),
    ("whitelist_wide", listed(entry("a@example.com"), entry("example.com", enable=False)), "pass"),
    ("whitelist_wide", listed(entry("192.0.2.1")), "pass"),
    ("whitelist_wide", listed(entry("a@example.com"), entry("example.com")), "fail"),
    ("whitelist_wide", listed(entry("*@example.com")), "fail"),
    ("whitelist_wide", listed(entry("192.0.2.0/24")), "fail"),
    ("whitelist_wide", listed(entry("example.com", enable="yes")), "unknown"),
    ("whitelist_wide", listed(entry(5)), "unknown"),
]


@pytest.mark.parametrize(("rule", "data", "expected"), CASES)
def test_verdicts_on_keys_that_are_known(rule: str, data: Any, expected: str) -> None:
    target = RULES[rule].target
    assert target is not None
    verdict = judged(rule, **{target.section: samples.section(data)})
    assert verdict.verdict == expected, verdict
    assert verdict.lack is None


def test_a_verdict_tells_the_row_that_decided() -> None:
    found = judged(
        "certificate_expiry", certificates=samples.section(certificate("valid_till", "Jan 1 00:00:00 2026 GMT"))
    )
    assert (found.actual, found.path) == (
        "Jan 1 00:00:00 2026 GMT",
        "certificates.data.certificates.1.valid_till|valid_to",
    )
    found = judged("mailplus_running", dsm_packages=samples.section(packages()))
    assert found.message == "dsm_packages.data.packages has no item where id equals 'MailPlus-Server'."


def test_a_backup_passes_with_the_word_that_the_user_named() -> None:
    condition = copy.deepcopy(RULES["backup_recent"].source["condition"])
    assert isinstance(condition, dict)
    condition["any"]["parts"]["last_bkp_result"]["word"]["good"] = "^done$"
    chosen = policy.for_host([RULES["backup_recent"]], {"backup_recent": {"condition": condition}}, [], {})
    for data, expected in (
        (task("2026/01/09 23:00"), "pass"),
        (task("2026/01/01 23:00"), "fail"),
        (task("2026/01/09 23:00", state="error"), "fail"),
        (task("2026/01/09 23:00", result="other"), "unknown"),
    ):
        record = samples.record(backup_tasks=samples.section(data))
        (verdict,) = verdicts.judge(record, chosen, samples.TODAY, samples.never)
        assert verdict.verdict == expected


def test_a_backup_whose_word_or_source_is_not_known_tells_that() -> None:
    found = judged("backup_recent", backup_tasks=samples.section(task("2026/01/09 23:00")))
    assert found.actual == "done"
    assert found.message == (
        "backup_tasks.data.task_list.0.last_bkp_result is a word of which is not known whether it is good; where it "
        "is, name it in the condition of the rule, in mailplus_state_overrides."
    )
    for source in (None, {"app_name_list": None}, {}):
        data = task("2026/01/09 23:00")
        data["task_list"][0]["source"] = source
        message = judged("backup_recent", backup_tasks=samples.section(data)).message
        assert message.startswith("backup_tasks.data.task_list.0.source.app_name_list ")


def test_certificates_come_whole_though_nobody_counts_them() -> None:
    data = certificate("valid_till", "Mar 16 15:49:37 2027 GMT")
    uncounted = {"total": None, "returned": 2, "truncated": None, "rows_key": "certificates"}
    assert judged("certificate_expiry", certificates=samples.section(data, complete=None) | uncounted).verdict == "pass"
    cut = samples.section(data, complete=False) | uncounted | {"total": 3, "truncated": True}
    assert judged("certificate_expiry", certificates=cut).verdict == "unknown"
    # Of other lists nobody knows that.
    rows = samples.section({"rows": [{"tls": True}]}, complete=None) | uncounted | {"rows_key": "rows"}
    paths = {"relay_hosts_tls": "data.rows.*.tls"}
    assert judged("relay_hosts_tls", paths, smtp_relay_hosts=rows).verdict == "unknown"


def domains(**envelopes: Any) -> dict[str, Any]:
    """A section that is read for each domain."""
    missing = next((one for one in envelopes.values() if one["status"] != "ok"), None)
    return {
        "status": missing["status"] if missing else "ok",
        "data": {name: one["data"] for name, one in envelopes.items()},
        "summary": None,
        "error": missing and missing["error"],
        "each": {name: {key: one[key] for key in one if key != "data"} for name, one in envelopes.items()},
    }


def catch_all(value: Any) -> dict[str, Any]:
    return samples.section({"catch_all": {"enable": value}})


@pytest.mark.parametrize(
    ("envelope", "expected", "message"),
    [
        (
            domains(a=catch_all(False), b=catch_all(False)),
            "pass",
            "domain_settings.data.catch_all.enable is as required.",
        ),
        (
            domains(a=catch_all(False), b=catch_all(True), c=samples.refused(), d=catch_all(True)),
            "fail",
            "b, d: domain_settings.data.catch_all.enable is not as required.",
        ),
        (domains(a=catch_all(False), b=samples.refused()), "unknown", "b: The section domain_settings is forbidden."),
        (
            domains(a=catch_all(False), b=catch_all("no")),
            "unknown",
            'b: domain_settings.data.catch_all.enable holds the text "no", but the rule wants true or false',
        ),
        (domains(a=samples.section({})), "unknown", "a: domain_settings.data.catch_all.enable is not in the answer."),
        (domains(), "unknown", "The section domain_settings has no entries."),
        ({**samples.refused(), "each": {}}, "unknown", "The section domain_settings is forbidden."),
    ],
)
def test_a_rule_holds_where_every_domain_meets_it(envelope: Any, expected: str, message: str) -> None:
    verdict = judged("catch_all", domain_settings=envelope)
    assert (verdict.verdict, verdict.message[: len(message)]) == (expected, message)


def test_domains_are_named_and_groups_of_people_are_not() -> None:
    full = samples.listing([{"id": 1}])
    envelope = domains(**{"example.com/board": full, "example.com/staff": samples.listing([])})
    few = samples.rule(section="domain_group_members", path="total", condition={"at_most": 0})
    (verdict,) = samples.judge(samples.record(domain_group_members=envelope), few)
    assert verdict.message == "1 of 2 entries: domain_group_members.total is not as required."


def test_rows_of_each_domain_are_counted() -> None:
    full, empty = samples.listing([{"id": 1}]), samples.listing([])
    assert judged("auto_bcc", auto_bcc=domains(a=empty, b=empty)).verdict == "pass"
    assert judged("auto_bcc", auto_bcc=domains(a=empty, b=full)).message.startswith("b: auto_bcc.total is not")
    assert judged("auto_bcc", auto_bcc=domains(a=empty, b={**empty, "total": None})).verdict == "unknown"


@pytest.mark.parametrize(
    ("used", "limit", "expected"),
    [
        (25, 25, "pass"),
        (26, 25, "fail"),
        (26, "25", "fail"),
        (5, 0, "unknown"),
        (5, None, "unknown"),
        (True, 5, "unknown"),
    ],
)
def test_a_number_is_judged_by_that_of_another_section(used: Any, limit: Any, expected: str) -> None:
    paths = {"license_usage": "data.used", "license_limit": "data"}
    sections = {"license_usage": samples.section({"used": used}), "license_limit": samples.section(limit)}
    assert judged("license_sufficient", paths, **sections).verdict == expected
    assert judged("license_sufficient", paths, license_usage=sections["license_usage"]).verdict == "unknown"
    assert judged("license_sufficient", {"license_usage": "data.used"}, **sections).verdict == "not_configured"


def test_data_that_is_a_list_has_a_path() -> None:
    paths = {"relay_hosts_tls": "data.*.tls"}
    for rows, expected in (([{"tls": True}], "pass"), ([{"tls": True}, {"tls": False}], "fail"), ([], "unknown")):
        envelope = samples.section(rows, complete=True) | {"total": len(rows), "rows_key": None}
        assert judged("relay_hosts_tls", paths, smtp_relay_hosts=envelope).verdict == expected


@pytest.mark.parametrize("rule", KNOWN)
@pytest.mark.parametrize("status", ["forbidden", "unsupported", "failed"])
def test_a_section_that_was_not_read_is_unknown_with_its_reason(rule: str, status: str) -> None:
    target = RULES[rule].target
    assert target is not None
    verdict = judged(rule, **{target.section: samples.refused(status)})
    assert verdict.verdict == "unknown"
    assert f"The section {target.section} is {status}." in verdict.message


def keys(rule: str) -> list[str]:
    """The words of a rule, among which are the keys that it looks at."""
    return sorted(set(re.findall(r"\w+", f"{RULES[rule].source}")))


# Of no type, or of no value, that any rule asks for.
WRONG = st.sampled_from([None, "", " ", "yes", "true", "0", "-1", "1e9", float("nan"), "9" * 400, "\u0663"])


def answers(rule: str) -> st.SearchStrategy[Any]:
    key = st.sampled_from([*keys(rule), "0", "other"])

    def below(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, min_size=1, max_size=3) | st.dictionaries(key, inner, max_size=4)

    return st.recursive(WRONG, below, max_leaves=12)


@pytest.mark.parametrize("rule", KNOWN)
@given(data=st.data())
def test_no_answer_of_another_shape_passes(rule: str, data: st.DataObject) -> None:
    answer = data.draw(answers(rule))
    target = RULES[rule].target
    assert target is not None
    envelope = samples.section(answer, complete=True) | {"total": answer}
    if BY_NAME[target.section].each:
        envelope = domains(a=envelope)
    assert judged(rule, **{target.section: envelope}).verdict in ("unknown", "fail", "not_applicable")
