# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a host and tells which paths in its state may be those of a setting: in the controller's worker."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ansible import constants
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import (
    CONNECTION_SPEC,
    OptionError,
    Validator,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import failure
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, settings_search
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import plain
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import (
    PolicyError,
    Rule,
    find_setting,
    for_host,
)
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
_VALIDATOR = Validator(_OWN_SPEC)


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
            if wanted and options["look"] != "once":
                settings_search.require_compared(wanted)
            self._task.args[_SUBSET] = [one.section for one in wanted] or self._task.args.get(_SUBSET) or ["settings"]
            answer = super().run(tmp, variables)
        except (OptionError, PolicyError) as error:
            return failure(str(error))
        facts = answer.pop("ansible_facts", None)
        if answer.get("failed") or not facts:
            return answer
        sections = plain(facts["mailplus"]["sections"])
        command, terms = _command(variables), words_of(options["find"] or "")
        if options["look"] == "before":
            return answer | _keep(variables, sections)
        if options["look"] == "after":
            return answer | _compare(variables, sections, rules, wanted)
        if wanted:
            return answer | {"lines": settings_search.by_rule(sections, wanted, terms, command)}
        return answer | {"lines": settings_search.by_words(sections, terms, command)}

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


def _command(variables: Mapping[str, Any]) -> settings_search.Command:
    """Makes the command of another look at the host, as the user called this one."""
    here = f"{Path.cwd()}/"
    sources = [f"{source}".removeprefix(here) for source in variables.get("ansible_inventory_sources") or []]
    return partial(find_setting, sources, f"{variables['inventory_hostname']}")


def _kept(variables: Mapping[str, Any]) -> Path:
    """Where the first of two looks is kept: in a directory that goes when the run ends."""
    host = hashlib.sha256(f"{variables['inventory_hostname']}".encode()).hexdigest()
    return Path(constants.DEFAULT_LOCAL_TMP) / f"mailplus-look-{host}"


def _keep(variables: Mapping[str, Any], sections: Mapping[str, Any]) -> dict[str, Any]:
    kept = _kept(variables)
    try:
        files.write(kept, json.dumps(sections))
    except OSError as error:
        return failure(f"{kept} cannot be written: {error.strerror}.")
    return {"lines": []}


def _compare(
    variables: Mapping[str, Any],
    sections: Mapping[str, Any],
    rules: Sequence[Rule],
    wanted: Sequence[settings_search.Wanted],
) -> dict[str, Any]:
    """What is to tell after the second look."""
    kept = _kept(variables)
    try:
        before = json.loads(kept.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return failure("There is nothing to compare with: a task with look=before has to come first, in the same run.")
    except OSError as error:
        return failure(f"{kept} cannot be read: {error.strerror}.")
    command, seconds = _command(variables), variables.get("mailplus_seconds")
    again = partial(command, mailplus_seconds=f"{seconds}") if seconds else command
    return {"lines": settings_search.by_change(before, sections, rules, again, wanted)}
