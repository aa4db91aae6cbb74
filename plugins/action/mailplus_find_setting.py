# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a host and tells which paths in its state may be those of a setting: in the controller's worker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import CONNECTION_SPEC, OptionError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import failure
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, settings_search
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import plain
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError, Rule, for_host
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.resemblance import words_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._policies import rules_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._role_question import RoleQuestionAction

_OWN_SPEC: dict[str, dict[str, Any]] = {
    "find": {"type": "str"},
    "rule": {"type": "str"},
    "look": {"type": "str", "choices": ["once", "before", "after"], "default": "once"},
    "policies": {"type": "list", "elements": "raw", "default": []},
    "overrides": {"type": "dict", "default": {}},
}
_SUBSET = "gather_subset"
ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    **{name: spec for name, spec in RoleQuestionAction.question.argument_spec.items() if name != "check_keys"},
    _SUBSET: {"type": "list", "elements": "str"},
    **_OWN_SPEC,
}
_VALIDATOR = ArgumentSpecValidator(_OWN_SPEC)


class ActionModule(RoleQuestionAction):
    """Asks what mailplus_facts asks. What was read is not in the result, which a run would print."""

    of_task = tuple(name for name in RoleQuestionAction.question.argument_spec if name not in CONNECTION_SPEC)

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task: lines for the user."""
        variables = task_vars or {}
        try:
            options = self._options()
            rules = self._rules(options)
            wanted = settings_search.wanted_of(rules, options["rule"]) if options["rule"] else []
            self._task.args[_SUBSET] = [one.section for one in wanted] or self._task.args.get(_SUBSET) or ["settings"]
            answer = super().run(tmp, variables)
        except (OptionError, PolicyError) as error:
            return failure(str(error))
        facts = answer.pop("ansible_facts", None)
        if answer.get("failed") or not facts:
            return answer
        sections = plain(facts["mailplus"]["sections"])
        if options["look"] != "once":
            return answer | _look(f"{variables['inventory_hostname']}", options["look"], sections, rules)
        terms = words_of(options["find"] or "")
        if wanted:
            return answer | {"lines": settings_search.by_rule(sections, wanted, terms)}
        return answer | {"lines": settings_search.by_words(sections, terms)}

    def _options(self) -> dict[str, Any]:
        """The options that mailplus_facts does not have. Raises OptionError."""
        given = {name: plain(self._task.args[name]) for name in _OWN_SPEC if name in self._task.args}
        validated = _VALIDATOR.validate(given)
        if validated.error_messages:
            raise OptionError("; ".join(validated.error_messages))
        options: dict[str, Any] = validated.validated_parameters
        if options["look"] == "once" and not options["rule"] and not words_of(options["find"] or ""):
            raise OptionError("find is missing: name words to look for, or a rule.")
        return options

    def _rules(self, options: Mapping[str, Any]) -> list[Rule]:
        return list(for_host(rules_of(self, options["policies"]), options["overrides"], [], {}).rules)


def _look(host: str, look: str, sections: Mapping[str, Any], rules: list[Rule]) -> dict[str, Any]:
    """What is to tell of one of two looks. The first is kept in a directory that goes when the run ends."""
    kept = Path(constants.DEFAULT_LOCAL_TMP) / f"mailplus-look-{hashlib.sha256(host.encode()).hexdigest()}"
    try:
        if look == "before":
            files.write(kept, json.dumps(sections))
            return {"lines": []}
        before = json.loads(kept.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return failure("There is nothing to compare with: a task with look=before has to come first, in the same run.")
    except OSError as error:
        return failure(f"{kept} cannot be read or written: {error.strerror}.")
    return {"lines": settings_search.by_change(before, sections, rules)}
