# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a host for the role, and writes its file: both in the controller's worker for that host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import OptionError, Validator
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import failure
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import FILES_SPEC, keeper
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import HANDED_OVER, Keeper
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean, PrivacyError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import host_record, spare, unusable
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._role_question import RoleQuestionAction

try:
    from ansible.plugins.action import VariableLayer
except ImportError:  # ansible-core before 2.21 takes facts from the result alone
    VariableLayer = None

_OWN_SPEC: dict[str, dict[str, Any]] = {"directory": {"type": "path", "default": "mailplus-state"}, **FILES_SPEC}
ARGUMENT_SPEC: dict[str, dict[str, Any]] = {**RoleQuestionAction.question.argument_spec, **_OWN_SPEC}
_VALIDATOR = Validator(_OWN_SPEC)


class ActionModule(RoleQuestionAction):
    """Asks what mailplus_facts asks. What the role's variables say wins over the options."""

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


def _clean_warnings(answer: dict[str, Any], clean: Clean) -> None:
    """What a run prints is often kept, as are the files that it writes."""
    sections = answer.get("ansible_facts", {}).get("mailplus", {}).get("sections", {})
    if answer.get("warnings"):
        answer["warnings"] = [clean.told(warning, sections) for warning in answer["warnings"]]
