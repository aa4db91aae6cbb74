# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any

import pytest
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError
from ansible_collections.mailfleet.mailplus.tests.unit.support import samples


def refusal(*sources: Any, overrides: Any = None, exceptions: Any = None, paths: Any = None) -> str:
    """The message that refuses rules, or what stands beside them for a host."""
    with pytest.raises(PolicyError) as caught:
        policy.for_host(
            policy.parse_policy(list(sources), "sample"),
            {} if overrides is None else overrides,
            [] if exceptions is None else exceptions,
            {} if paths is None else paths,
        )
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.endswith(".")
    return message


def test_a_rule_is_read_in_full() -> None:
    (rule,) = samples.rules(samples.rule())
    assert (rule.id, rule.title, rule.severity, rule.policy) == ("imap", "IMAP is off", "high", "sample")
    assert rule.target is not None
    assert rule.target.path == ("data", "enable_imap")
    assert (rule.expression, rule.applies) == (None, None)


def test_a_policy_is_a_mapping_or_a_list_and_the_title_is_the_id_where_there_is_none() -> None:
    (rule,) = policy.parse_policy({"name": "x", "rules": [samples.rule(title=None)]}, "sample")
    assert rule.title == "imap"


@pytest.mark.parametrize("source", [None, "rules", {}, {"rules": None}, {"rules": {"id": "a"}}])
def test_a_policy_without_rules_is_refused(source: Any) -> None:
    with pytest.raises(PolicyError, match=r"^policy sample: it has no list of rules\.$"):
        policy.parse_policy(source, "sample")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"condition": {"euqals": 1}}, "unknown operator 'euqals'"),
        ({"condition": {}}, "one operator"),
        ({"condition": {"matches": "("}}, "regular expression"),
        ({"section": "imap"}, "unknown section 'imap'"),
        ({"section": ["imap_pop3"]}, "unknown section"),
        ({"section": None}, "unknown section None"),
        ({"severity": "urgent"}, "severity is one of info, low, medium, high, critical"),
        ({"severity": ["high"]}, "severity is one of"),
        ({"severity": None}, "severity is one of"),
        ({"path": "a..b"}, "a path is text"),
        ({"path": None}, "either path or path_variable"),
        ({"path_variable": "x"}, "either path or path_variable"),
        ({"path": None, "path_variable": " "}, "path_variable is empty"),
        ({"path": None, "path_variable": 5}, "path_variable is text"),
        ({"expression": "true"}, "either a condition on a section, or an expression"),
        ({"condition": None}, "either a condition on a section, or an expression"),
        ({"condition": None, "expression": " "}, "expression is empty"),
        ({"condition": None, "expression": True}, "expression is text"),
        ({"why": 5}, "why is text"),
        ({"serverity": "high"}, "unknown key serverity"),
        ({"two\nlines": 1}, "unknown key two lines"),
        ({"applies": "always"}, "applies: unknown section 'always'"),
        ({"applies": {"section": "queue", "path": "total"}}, "applies: a condition is"),
        ({"applies": samples.rule()}, "applies: unknown key id"),
    ],
)
def test_a_bad_rule_is_refused_by_name(changes: dict[str, Any], reason: str) -> None:
    message = refusal(samples.rule(**changes))
    assert message.startswith("policy sample, rule imap")
    assert reason in message


@pytest.mark.parametrize("source", ["text", None, {}, {"id": ""}, {"id": 5}, {"id": ["a"]}])
def test_a_rule_without_an_id_is_named_by_what_there_is(source: Any) -> None:
    assert refusal(samples.rule(), source).startswith("policy sample, rule ")


def test_an_id_of_two_lines_does_not_break_the_message() -> None:
    assert "rule a b" in refusal(samples.rule(id="a\nb", severity="x"))


def test_duplicate_ids_are_refused_within_a_policy_and_across() -> None:
    one = samples.rules(samples.rule())
    with pytest.raises(PolicyError, match=r"rule imap: it stands in policy sample and again in other\."):
        policy.combine([one, samples.rules(samples.rule(), name="other")])
    with pytest.raises(PolicyError, match="rule imap"):
        policy.combine([samples.rules(samples.rule(), samples.rule())])
    assert [rule.id for rule in policy.combine([one, samples.rules(samples.rule(id="b"))])] == ["imap", "b"]


def test_an_override_changes_a_rule_for_a_host() -> None:
    rules = samples.rules(samples.rule(), samples.rule(id="other"))
    chosen = policy.for_host(rules, {"imap": {"severity": "low", "condition": {"equals": True}}}, [], {})
    assert [rule.severity for rule in chosen.rules] == ["low", "high"]
    assert [rule.policy for rule in chosen.rules] == ["sample", "sample"]
    assert rules[0].severity == "high"


def test_an_override_takes_a_key_away_with_null() -> None:
    (rule,) = samples.rules(samples.rule(path=None, path_variable="imap"))
    (changed,) = policy.for_host([rule], {"imap": {"path_variable": None, "path": "data.imap"}}, [], {}).rules
    assert changed.target is not None
    assert changed.target.path == ("data", "imap")


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"imap": {"severity": "x"}}, "rule imap: severity"),
        ({"imap": {"id": "b"}}, "rule imap: it is not a mapping of what to change"),
        ({"imap": "off"}, "rule imap: it is not a mapping"),
        ({"imap": {"severity": None}}, "rule imap: severity"),
        ({"nothing": {}}, "no policy has a rule nothing"),
        ({5: {}, "nothing": {}}, "no policy has a rule 5, nothing"),
        ([], "it is not a mapping"),
        ("imap", "it is not a mapping"),
    ],
)
def test_a_bad_override_is_refused(overrides: Any, reason: str) -> None:
    message = refusal(samples.rule(), overrides=overrides)
    assert "mailplus_state_overrides" in message
    assert reason in message


@pytest.mark.parametrize("expires", ["2026-02-01", date(2026, 2, 1)])
def test_an_exception_expires_on_a_day_as_text_or_as_yaml_reads_it(expires: Any) -> None:
    source = [{"rule": "imap", "reason": " why ", "expires": expires}]
    chosen = policy.for_host(samples.rules(samples.rule()), {}, source, {})
    assert chosen.waivers["imap"] == policy.Waiver("imap", "why", date(2026, 2, 1))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("imap", "each needs rule, reason and expires"),
        ({"reason": "x", "expires": "2026-02-01"}, "each needs"),
        ({"rule": "imap", "expires": "2026-02-01"}, "rule imap: each needs"),
        ({"rule": "imap", "reason": "x"}, "rule imap: each needs"),
        ({"rule": "imap", "reason": "x", "expires": "2026-02-01", "by": "me"}, "and nothing else"),
        ({"rule": ["imap"], "reason": "x", "expires": "2026-02-01"}, "each needs"),
        ({"rule": "imap", "reason": " ", "expires": "2026-02-01"}, "rule imap: reason is empty"),
        ({"rule": "imap", "reason": ["x"], "expires": "2026-02-01"}, "rule imap: reason is text"),
        ({"rule": "imap", "reason": "x", "expires": "tomorrow"}, "rule imap: expires is a day"),
        ({"rule": "imap", "reason": "x", "expires": "2026-02-30"}, "rule imap: expires is a day"),
        ({"rule": "imap", "reason": "x", "expires": "20260201"}, "rule imap: expires is a day"),
        ({"rule": "imap", "reason": "x", "expires": 20260201}, "rule imap: expires is a day"),
        ({"rule": "imap", "reason": "x", "expires": "2026-W05-1"}, "rule imap: expires is a day"),
        ({"rule": "imap", "reason": "x", "expires": None}, "rule imap: expires is a day"),
        ({"rule": "imap", "reason": "x", "expires": datetime(2026, 2, 1, tzinfo=timezone.utc)}, "expires is a day"),
        ({"rule": "pop", "reason": "x", "expires": "2026-02-01"}, "no policy has a rule pop"),
    ],
)
def test_a_bad_exception_is_refused(entry: Any, reason: str) -> None:
    message = refusal(samples.rule(), exceptions=[entry])
    assert message.startswith("mailplus_state_exceptions")
    assert reason in message


def test_two_exceptions_of_a_rule_are_refused() -> None:
    entry = {"rule": "imap", "reason": "x", "expires": "2026-02-01"}
    message = refusal(samples.rule(), exceptions=[entry, entry | {"expires": "2027-02-01"}])
    assert message == "mailplus_state_exceptions, rule imap: it has more than one exception."


@pytest.mark.parametrize("exceptions", [{"rule": "imap"}, "imap"])
def test_exceptions_are_a_list(exceptions: Any) -> None:
    assert refusal(samples.rule(), exceptions=exceptions) == "mailplus_state_exceptions: it is not a list."


@pytest.mark.parametrize(
    ("paths", "reason"), [({"smtp": 5}, "smtp: a path is text"), ({"smtp": ""}, "smtp: a path"), ([], "not a mapping")]
)
def test_bad_paths_are_refused(paths: Any, reason: str) -> None:
    message = refusal(samples.rule(), paths=paths)
    assert message.startswith("mailplus_state_paths")
    assert reason in message
