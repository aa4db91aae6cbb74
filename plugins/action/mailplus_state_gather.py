# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a host for the role, and writes its file: both in the controller's worker for that host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import OptionError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import failure
from ansible_collections.mailfleet.mailplus.plugins.modules.mailplus_facts import QUESTION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import FILES_SPEC, keeper
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import HANDED_OVER, Keeper
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean, PrivacyError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import host_record, spare, unusable
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._role_variables import cause, text, variable_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._worker import QuestionAction

try:
    from ansible.plugins.action import VariableLayer
except ImportError:  # ansible-core before 2.21 takes facts from the result alone
    VariableLayer = None

_OWN_SPEC: dict[str, dict[str, Any]] = {"directory": {"type": "path", "default": "mailplus-state"}, **FILES_SPEC}
ARGUMENT_SPEC: dict[str, dict[str, Any]] = {**QUESTION.argument_spec, **_OWN_SPEC}
_VALIDATOR = ArgumentSpecValidator(_OWN_SPEC)


class ActionModule(QuestionAction):
    """Asks what mailplus_facts asks. What the role's variables say wins over the options."""

    question = QUESTION
    module = "mailplus_facts"

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task, with the facts beside it where Ansible takes them so."""
        variables = task_vars or {}
        try:
            writer = self._keeper(variables)
            answer = super().run(tmp, task_vars)
        except (OptionError, PrivacyError) as error:
            return failure(str(error))
        host = f"{variables['inventory_hostname']}"
        _clean_warnings(answer, writer.clean)
        record = spare(lambda: host_record(host, answer), lambda error: unusable(host, error))
        try:
            answer[HANDED_OVER] = str(writer.keep(record).path)
        except (OSError, ValueError):  # the result holds all that there is to hand over
            return answer
        facts = answer.pop("ansible_facts", None) if VariableLayer else None
        if facts:
            # In the result, they would be copied for each callback, and once more into the variable.
            self.register_host_variables(facts, VariableLayer.CACHEABLE_FACT)
        return answer

    def _keeper(self, variables: Mapping[str, Any]) -> Keeper:
        """What writes the file of the host."""
        validated = _VALIDATOR.validate(self._given(variables, _OWN_SPEC))
        if validated.error_messages:
            raise OptionError("; ".join(validated.error_messages))
        return keeper("gather", validated.validated_parameters, dry=self._task.check_mode)

    def _arguments(self, variables: dict[str, Any], environment: dict[str, Any]) -> dict[str, Any]:
        self._task.args = self._given(variables, self.question.argument_spec)
        return super()._arguments(variables, environment)

    def _given(self, variables: Mapping[str, Any], options: Iterable[str]) -> dict[str, Any]:
        """The values of options: the role's variables that are set, each rendered once, or else those of the task."""
        given = {name: self._task.args[name] for name in options if name in self._task.args}
        of_variables = ((name, variable_of(name)) for name in options)
        return given | {
            name: value
            for name, variable in of_variables
            if variable in variables
            for value in self._rendered(variable, variables)
        }

    def _rendered(self, variable: str, variables: Mapping[str, Any]) -> Iterator[Any]:
        """The value of a variable. None comes of one that is to be omitted."""
        try:
            rendered = self._templar.template({variable: variables[variable]})
        except AnsibleError as error:
            raise OptionError(f"{variable}: {cause(error)}") from None
        # Since ansible-core 2.19, what is omitted is left out of a mapping; before, a text stands for it.
        yield from (text(value) for value in rendered.values() if value is None or value != variables.get("omit"))


def _clean_warnings(answer: dict[str, Any], clean: Clean) -> None:
    """What a run prints is often kept, as are the files that it writes."""
    sections = answer.get("ansible_facts", {}).get("mailplus", {}).get("sections", {})
    if answer.get("warnings"):
        answer["warnings"] = [clean.told(warning, sections) for warning in answer["warnings"]]
