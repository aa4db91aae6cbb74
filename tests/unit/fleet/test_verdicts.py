# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import HostRecord, host_record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import ExpressionError, Verdict
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples

IMAP_ON = samples.record(imap_pop3=samples.section({"enable_imap": True, "mode": None}))
IMAP_OFF = samples.record(imap_pop3=samples.section({"enable_imap": False}))


def one(host: HostRecord, source: Mapping[str, Any], **more: Any) -> Verdict:
    (verdict,) = samples.judge(host, source, **more)
    return verdict


def test_pass_and_fail_say_what_was_expected_and_found() -> None:
    path = "imap_pop3.data.enable_imap"
    assert one(IMAP_OFF, samples.rule()) == Verdict(
        "imap", "high", "pass", "equals false", False, f"{path} is as required.", path
    )
    assert one(IMAP_ON, samples.rule()) == Verdict(
        "imap", "high", "fail", "equals false", True, f"{path} is not as required.", path
    )


@pytest.mark.parametrize(
    ("host", "changes", "message"),
    [
        (samples.failed(), {}, "The host was not read: https://nas.example:5001 refuses the connection."),
        (host_record("x", None), {}, "The host was not read: The host was not asked"),
        (samples.record(imap_pop3=samples.refused()), {}, "The section imap_pop3 is forbidden."),
        (
            samples.record(core=samples.section({})),
            {},
            "The section imap_pop3 is not gathered; add it to mailplus_state_subset.",
        ),
        (IMAP_ON, {"path": "data.imap"}, 'imap_pop3.data.imap is not in the answer. Did you mean "data.enable_imap"?'),
        (IMAP_ON, {"path": "data.mode"}, "data.mode holds null, but the rule wants true or false: equals false."),
        (IMAP_ON, {"condition": {"equals": "yes"}}, "enable_imap holds true, but the rule wants text: equals 'yes'."),
    ],
)
def test_what_cannot_be_told_is_unknown(host: HostRecord, changes: dict[str, Any], message: str) -> None:
    verdict = one(host, samples.rule(**changes))
    assert verdict.verdict == "unknown"
    assert message in verdict.message


@pytest.mark.parametrize("condition", [{"present": False}, {"all": {"equals": 1}}, {"equals": False}, {"at_most": 5}])
@pytest.mark.parametrize(
    "host", [samples.failed(), host_record("x", None), samples.record(imap_pop3=samples.refused("unsupported"))]
)
def test_no_condition_passes_where_nothing_was_read(host: HostRecord, condition: dict[str, Any]) -> None:
    assert one(host, samples.rule(condition=condition)).verdict == "unknown"


def test_an_expression_is_not_evaluated_where_nothing_was_read() -> None:
    assert one(samples.failed(), samples.rule(condition=None, expression="true")).verdict == "unknown"


def test_a_path_may_come_from_a_variable_of_the_host() -> None:
    source = samples.rule(path=None, path_variable="imap")
    assert one(IMAP_ON, source, paths={"imap": "data.enable_imap"}).verdict == "fail"
    assert one(IMAP_ON, source, paths={"imap": ["data", "enable_imap"]}).verdict == "fail"
    assert one(IMAP_ON, source, paths={"imap": "data.elsewhere"}).verdict == "unknown"


@pytest.mark.parametrize(
    ("applies", "expected"),
    [({"equals": True}, "fail"), ({"equals": False}, "not_applicable"), ({"equals": "on"}, "unknown")],
)
def test_a_rule_applies_or_not_or_nobody_knows(applies: dict[str, Any], expected: str) -> None:
    source = samples.rule(applies={"section": "imap_pop3", "path": "data.enable_imap", "condition": applies})
    assert one(IMAP_ON, source).verdict == expected


def test_whether_a_rule_applies_is_unknown_with_the_section() -> None:
    source = samples.rule(applies={"section": "queue", "path": "total", "condition": {"at_least": 1}})
    verdict = one(IMAP_ON, source)
    assert (
        verdict.message
        == "Whether the rule applies is not known: The section queue is not gathered; add it to mailplus_state_subset."
    )


EXPRESSION = samples.rule(condition=None, section=None, path=None, expression="sections.imap_pop3")


@pytest.mark.parametrize(
    ("value", "expected", "message"),
    [
        (True, "pass", "The expression is true."),
        (False, "fail", "The expression is false."),
        ("True", "unknown", "The expression is neither true nor false here."),
        (1, "unknown", "The expression is neither true nor false here."),
        (None, "unknown", "The expression is neither true nor false here."),
        ([], "unknown", "The expression is neither true nor false here."),
    ],
)
def test_an_expression_is_true_or_false_or_unknown(value: Any, expected: str, message: str) -> None:
    verdict = one(IMAP_ON, EXPRESSION, evaluate=lambda _expression, _variables: value)
    assert (verdict.verdict, verdict.message, verdict.expected) == (expected, message, "sections.imap_pop3")
    assert verdict.actual is (value if isinstance(value, bool) else None)


def test_an_expression_sees_the_state_and_may_raise() -> None:
    def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
        assert expression == "sections.imap_pop3"
        assert variables["sections"] is variables["mailplus"]["sections"]
        raise ExpressionError("imap_pop4 is not defined.")

    verdict = one(IMAP_ON, EXPRESSION, evaluate=evaluate)
    assert verdict.verdict == "unknown"
    assert verdict.message == "The expression cannot be evaluated: imap_pop4 is not defined."


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("sections.queue.total <= sections.imap_pop3.data.x", "The section queue is forbidden."),
        ("sections['queue'].total <= 1", "The section queue is forbidden."),
        ('sections[ "report" ].data.x', "The section report is not gathered; add it to mailplus_state_subset."),
        ("mailplus.sections.queue.total <= 1", "The section queue is forbidden."),
        ("sections.imap_pop3.data.queue > 1", "The expression cannot be evaluated: reason"),
        ("sections.nothing.total > 1", "The expression cannot be evaluated: reason"),
    ],
)
def test_an_expression_over_what_was_not_read_names_the_section(expression: str, message: str) -> None:
    def evaluate(_expression: str, _variables: Mapping[str, Any]) -> Any:
        raise ExpressionError("reason")

    record = samples.record(imap_pop3=samples.section({}), queue=samples.refused(is_list=True))
    rule = {"id": "mine", "severity": "low", "expression": expression}
    assert one(record, rule, evaluate=evaluate).message == message
    assert one(record, rule, evaluate=lambda *_arguments: None).message in (
        message,
        "The expression is neither true nor false here.",
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sections.queue.total != 5", "unknown"),
        ("sections['queue']['total'] != 5", "unknown"),
        ("sections . queue.total != 5", "unknown"),
        ("sections.get('queue').total != 5", "unknown"),
        ("sections.get('queue', {}).total != 5", "unknown"),
        ("mailplus['sections']['queue']['total'] != 5", "unknown"),
        ("mailplus['sections'].queue.total != 5", "unknown"),
        ("mailplus.get('sections').queue.total != 5", "unknown"),
        ("mailplus.get('sections', sections.queue.total) != 5", "unknown"),
        ("(sections).queue.total | default(0) != 5", "unknown"),
        ("(sections.queue | default({})).total != 5", "unknown"),
        ("(sections or {}).queue.total != 5", "unknown"),
        ("[sections][0]['queue'].total != 5", "unknown"),
        ("sections['que' ~ 'ue'].total != 5", "unknown"),
        ("sections['QUEUE' | lower].total != 5", "unknown"),
        ("sections['queue' if mailplus.host else 'core'].total != 5", "unknown"),
        ("(sections | attr('get'))('queue').total != 5", "unknown"),
        ("[sections] | map(attribute='queue.total') | first != 5", "unknown"),
        ("sections.copy().queue.total != 5", "unknown"),
        ("vars.sections.queue.total != 5", "unknown"),
        ("lookup('vars', 'mailplus').sections.queue.total != 5", "unknown"),
        ("sections.queue.items() | list != []", "unknown"),
        ("sections.queue.data.status != 5", "unknown"),
        ("sections.imap_pop3.status == 'ok' and sections.queue.total != 5", "unknown"),
        ("sections.get('queue').get('status') == 'ok'", "pass"),
        ("(sections.queue | default({})).status == 'ok'", "pass"),
        ("(sections or {}).queue.status == 'ok'", "pass"),
        ("'queue' in sections or 'queue' not in mailplus.sections", "pass"),
        ("sections.values() | map(attribute='total') | select('none') | list == []", "pass"),
        ("sections[mailplus.host] is defined", "pass"),
        ("sections.imap_pop3.data.x == 'queue' and {[1]: 2} != {}", "pass"),
        ("sections.queue.status == 'ok' and sections.queue.total < 5", "pass"),
        ("sections['queue']['error'] is none", "pass"),
        ("sections.imap_pop3.data.x == 1", "pass"),
    ],
)
def test_an_expression_over_what_was_not_read_is_never_passed(expression: str, expected: str) -> None:
    record = samples.record(imap_pop3=samples.section({}), queue=samples.refused(is_list=True))
    rule = {"id": "mine", "severity": "low", "expression": expression}
    assert one(record, rule, evaluate=lambda *_arguments: True).verdict == expected


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, "fail"), (0, "excepted"), (1, "excepted")], ids=["yesterday", "today", "tomorrow"]
)
def test_an_exception_holds_through_the_day_it_expires(days: int, expected: str) -> None:
    expires = samples.TODAY + timedelta(days=days)
    exceptions = [{"rule": "imap", "reason": "It is replaced.", "expires": expires}]
    verdict = one(IMAP_ON, samples.rule(), exceptions=exceptions)
    assert verdict.verdict == expected
    assert "It is replaced." in verdict.message
    assert str(expires) in verdict.message
    assert verdict.actual is True


def test_an_expired_exception_fails_what_is_unknown_too_but_nothing_that_passes() -> None:
    exceptions = [{"rule": "imap", "reason": "x", "expires": "2020-01-01"}]
    unknown = samples.record(imap_pop3=samples.refused())
    assert one(unknown, samples.rule(), exceptions=exceptions).verdict == "fail"
    assert one(IMAP_OFF, samples.rule(), exceptions=exceptions).verdict == "pass"


def test_an_exception_bears_on_its_rule_only() -> None:
    exceptions = [{"rule": "imap", "reason": "x", "expires": "2030-01-01"}]
    found = samples.judge(IMAP_ON, samples.rule(), samples.rule(id="other"), exceptions=exceptions)
    assert [verdict.verdict for verdict in found] == ["excepted", "fail"]


def test_an_override_bears_on_the_verdict() -> None:
    overrides = {"imap": {"severity": "low", "condition": {"equals": True}}}
    verdict = one(IMAP_ON, samples.rule(), overrides=overrides)
    assert (verdict.verdict, verdict.severity) == ("pass", "low")


SENT = {"path": "status", "equals": "sent"}
BOUNCED = {"path": "status", "equals": "bounced"}


@pytest.mark.parametrize(
    ("path", "condition", "whole", "part"),
    [
        # All rows read so far are good, or none is bad: the rest may be otherwise.
        ("data.items", {"all": SENT}, "pass", "unknown"),
        ("data.items", {"any": BOUNCED}, "fail", "unknown"),
        # One row decides, whatever the rest holds.
        ("data.items", {"all": BOUNCED}, "fail", "fail"),
        ("data.items", {"any": SENT}, "pass", "pass"),
        # What the server counts does not rest on rows.
        ("total", {"at_most": 5}, "pass", "pass"),
        ("total", {"at_most": 1}, "fail", "fail"),
        # Figures of ours do, and only grow.
        ("summary.by_status.sent", {"at_most": 5}, "pass", "unknown"),
        ("summary.by_status.sent", {"at_most": 1}, "fail", "fail"),
        ("summary.by_status.sent", {"at_least": 1}, "pass", "pass"),
        ("summary.by_status.sent", {"at_least": 5}, "fail", "unknown"),
        ("summary.by_status.sent", {"equals": 2}, "pass", "unknown"),
        ("summary.by_status.sent", {"equals": 3}, "fail", "unknown"),
        ("summary.by_status.sent", {"present": True}, "pass", "unknown"),
        ("summary.by_status.bounced", {"present": False}, "pass", "unknown"),
        ("summary.rows", {"equals": 2}, "pass", "pass"),
    ],
)
def test_rows_that_were_not_read_may_turn_a_verdict(path: str, condition: Any, whole: str, part: str) -> None:
    rows = [{"status": "sent"}, {"status": "sent"}]
    source = samples.rule(section="queue", path=path, condition=condition)
    for truncated, expected in ((False, whole), (True, part), (None, part)):
        queue = samples.listing(rows, truncated=truncated, by_status={"sent": 2})
        assert one(samples.record(queue=queue), source).verdict == expected


def test_rows_before_the_offset_count_as_not_read() -> None:
    queue = samples.listing([{"status": "sent"}])
    queue["summary"]["complete"] = False
    source = samples.rule(section="queue", path="data.items", condition={"all": SENT})
    assert one(samples.record(queue=queue), source).verdict == "unknown"


@pytest.mark.parametrize(("kept", "expected"), [(1, "unknown"), (3, "pass")])
def test_rows_that_were_filtered_out_count_as_not_read(kept: int, expected: str) -> None:
    queue = samples.listing([{"status": "sent"}]) | {"filtered": {"read": 3, "kept": kept, "unjudged": 0}}
    source = samples.rule(section="queue", path="data.items", condition={"all": SENT})
    assert one(samples.record(queue=queue), source).verdict == expected


def test_a_rule_may_require_that_all_rows_were_read() -> None:
    source = samples.rule(section="queue", path="summary.complete", condition={"equals": True})
    assert one(samples.record(queue=samples.listing([], truncated=True)), source).verdict == "fail"


def test_lists_and_mappings_are_shown_by_their_size() -> None:
    host = samples.record(server_list=samples.section({"server_list": [{"name": "a"}], "mode": {"a": 1, "b": 2}}))
    source = samples.rule(section="server_list", path="data.server_list", condition={"all": {"equals": 1}})
    items = one(host, source | {"condition": {"all": {"present": True}}})
    keys = one(host, source | {"path": "data.mode", "condition": {"equals": {}}})
    assert (items.actual, items.unit, keys.actual, keys.unit) == (1, "items", 2, "keys")


DAY = 86400
SECONDS = {"section": "queue", "path": "summary.oldest_age_seconds", "condition": {"at_most": DAY}}
VOLUME = {"section": "storage", "path": "data.volumes.*.size"} | {
    "condition": {"ratio": {"of": "used", "to": "total", "at_most": 0.85}}
}
UNTIL = {"section": "certificates", "path": "data.until", "condition": {"at_least_days_ahead": 21}}


@pytest.mark.parametrize(
    ("source", "section", "expected", "actual"),
    [
        (SECONDS, samples.listing([1], oldest_age_seconds=431898), "at most 1 day", "4 days 23 h"),
        (SECONDS, samples.listing([1], oldest_age_seconds=DAY + 1), "at most 1 day", "1 day 1 s"),
        (
            SECONDS | {"condition": {"at_most": DAY + 3600}},
            samples.listing([1], oldest_age_seconds=DAY + 3601),
            "at most 1 day 1 h",
            "1 day 1 h (90001)",
        ),
        (
            VOLUME,
            samples.section({"volumes": [{"size": {"used": "912", "total": "1000"}}]}),
            "used / total at most 85 %",
            "91.2 %",
        ),
        (
            VOLUME,
            samples.section({"volumes": [{"size": {"used": 850001, "total": 1000000}}]}),
            "used / total at most 85 %",
            "85 % (0.850001)",
        ),
        (
            UNTIL,
            samples.section({"until": "Jan 15 11:00:00 2026 GMT"}),
            "at least 21 days ahead",
            "Jan 15 11:00:00 2026 GMT, in 5 days",
        ),
        (
            UNTIL,
            samples.section({"until": 1767956400}),
            "at least 21 days ahead",
            "2026-01-09T11:00:00Z, 1 day ago",
        ),
        (
            UNTIL,
            samples.section({"until": "2026/01/12 11:00"}),
            "at least 21 days ahead",
            "2026/01/12 11:00, in about 2 days",
        ),
    ],
)
def test_values_are_told_in_words(source: Any, section: Any, expected: str, actual: str) -> None:
    host = samples.record(**{source["section"]: section})
    (verdict,) = samples.report([host], [samples.rule(**source)])["hosts"][0]["verdicts"]
    assert (verdict["verdict"], verdict["expected"], verdict["actual_in_words"]) == ("fail", expected, actual)


def test_a_value_of_another_type_has_no_unit_that_is_made_up() -> None:
    host = samples.record(queue=samples.listing([1], oldest_age_seconds="431898"))
    (verdict,) = samples.report([host], [samples.rule(**SECONDS)])["hosts"][0]["verdicts"]
    assert (verdict["verdict"], verdict["actual_in_words"]) == ("unknown", '"431898"')


def test_a_rule_that_is_switched_off_has_no_verdict_and_lacks_nothing() -> None:
    off = samples.rule(id="off", path=None, path_variable="nobody_told", enabled=False)
    found = samples.report([samples.record(), samples.failed()], [off, samples.rule()])
    assert {verdict["rule"] for host in found["hosts"] for verdict in host["verdicts"]} == {"imap"}
    assert (found["not_configured"], found["switched_off"]) == ([], [{"rule": "off", "hosts": 2}])


KINDS = {
    "text": "yes",
    "port": 587,
    "unlimited": -1,
    "list": [1, 2],
    "map": {"a": 1},
    "flag": True,
    "never": 0,
}
NUMBER = "a number that is not negative"


@pytest.mark.parametrize(
    ("path", "condition", "holds"),
    [
        ("text", {"equals": True}, 'the text "yes", but the rule wants true or false: equals true.'),
        ("port", {"in": [True, "on"]}, "the number 587, but the rule wants true or false or text: in [True, 'on']."),
        ("list", {"at_most": 5}, f"a list of 2 items, but the rule wants {NUMBER}: at most 5."),
        ("map", {"at_least": 5}, f"a mapping of 1 key, but the rule wants {NUMBER}: at least 5."),
        ("unlimited", {"at_most": 5}, f"the number -1, but the rule wants {NUMBER}: at most 5."),
        ("flag", {"at_least": -5}, "true, but the rule wants a number: at least -5."),
        ("port", {"at_most_days_ago": 7}, "the number 587, but the rule wants a time: at most 7 days ago."),
        ("never", {"at_least_days_ahead": 7}, "the number 0, but the rule wants a time: at least 7 days ahead."),
        ("flag", {"matches": "x"}, "true, but the rule wants text: matches 'x'."),
        ("port", {"word": {"good": "x"}}, "the number 587, but the rule wants text: word good 'x'."),
        ("text", {"all": {"equals": 1}}, 'the text "yes", but the rule wants a list: all item: equals 1.'),
        (
            "map",
            {"ratio": {"of": "a", "to": "b", "at_most": 1}},
            "a mapping of 1 key, but the rule wants two numbers that can be divided, a and b: a / b at most 100 %.",
        ),
    ],
)
def test_a_value_of_another_kind_is_unknown_and_the_message_says_which(
    path: str, condition: dict[str, Any], holds: str
) -> None:
    host = samples.record(imap_pop3=samples.section(KINDS))
    verdict = one(host, samples.rule(path=None, path_variable="v", condition=condition), paths={"v": f"data.{path}"})
    assert verdict.verdict == "unknown"
    assert verdict.message == (
        f"imap_pop3.data.{path} holds {holds} To mend it, find its path with mailfleet.mailplus.find_setting "
        "-e rule=imap, or change its condition in mailplus_state_overrides."
    )
    verdict = one(host, samples.rule(path=f"data.{path}", condition=condition))
    assert verdict.message.endswith(". To mend it, change its path or condition in mailplus_state_overrides.")


@pytest.mark.parametrize(
    ("path", "condition", "verdict"),
    [
        ("unlimited", {"at_most": -1}, "pass"),
        ("unlimited", {"at_least": -2}, "pass"),
    ],
)
def test_what_a_policy_reckons_with_is_judged(path: str, condition: dict[str, Any], verdict: str) -> None:
    host = samples.record(imap_pop3=samples.section(KINDS))
    assert one(host, samples.rule(path=f"data.{path}", condition=condition)).verdict == verdict


def test_a_time_of_which_the_day_alone_is_known_is_no_wrong_value() -> None:
    host = samples.record(imap_pop3=samples.section({"day": samples.NOW[:10]}))
    verdict = one(host, samples.rule(path="data.day", condition={"at_most_days_ago": 0}))
    assert (verdict.verdict, "cannot be compared with" in verdict.message) == ("unknown", True)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("data.smtp.plaintextAuth", "data.smtp.plaintext_auth"),
        ("smtp.plaintext_auth", "data.smtp.plaintext_auth"),
        ("data.smtp.plain_auth", "data.smtp.plaintext_auth"),
        ("data.rows.0.nme", "data.rows.0.name"),
        ("data.smtp.greylist", None),
        ("data.smtp.plaintext_auth.x", None),
    ],
)
def test_a_path_at_which_nothing_stands_is_told_with_one_like_it(path: str, meant: str | None) -> None:
    data = {"smtp": {"plaintext_auth": True}, "rows": [{"name": "x"}]}
    found = one(samples.record(imap_pop3=samples.section(data)), samples.rule(path=path))
    suggested = f' Did you mean "{meant}"?' if meant else ""
    assert found.message == f"imap_pop3.{path} is not in the answer.{suggested}"


def test_a_wrong_value_is_cleaned_where_it_is_quoted() -> None:
    data = {"banner": "anna@example.com", "real_name": "Anna Muster", "names": {"real_name": {"anna": 1}}}
    host = samples.record(imap_pop3=samples.section(data))
    for path, shown in (
        ("banner", 'holds the text "[address]", but'),
        ("real_name", 'holds the text "[personal]", but'),
        ("names.real_name.ana", 'Did you mean "[personal]"?'),
    ):
        report = samples.report([host], [samples.rule(path=f"data.{path}")], mode="remove", personal_keys=["real_name"])
        (verdict,) = report["hosts"][0]["verdicts"]
        assert shown in verdict["message"]
        assert "nna" not in verdict["message"]
