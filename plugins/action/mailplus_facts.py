# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers every module of the collection inside the controller's worker: nothing is installed on, or run by, the NAS.

The other files here are links to this one, so that each module has an action of its own name: a redirect in
meta/runtime.yml would make Ansible apply the ``module_defaults`` of one module to all of them.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import Question

_MODULE = __name__.rpartition(".")[2]
# Imported here, so that the controller does it once before it forks its workers.
_QUESTION: Question = import_module(f"ansible_collections.mailfleet.mailplus.plugins.modules.{_MODULE}").QUESTION


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Runs the question of the module of the same name."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task, as the module would give it."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        validated = ArgumentSpecValidator(_QUESTION.argument_spec).validate(self._arguments(variables))
        if validated.error_messages:
            unsupported = "Unsupported parameters: " if validated.unsupported_parameters else ""
            message = unsupported + "; ".join(validated.error_messages)
            return result | {"changed": False, "failed": True, "msg": message, "error": None}
        params = validated.validated_parameters
        if self._runs_elsewhere():
            given = {name: value for name, value in params.items() if value is not None}
            name = f"mailfleet.mailplus.{_MODULE}"
            result.update(self._execute_module(module_name=name, module_args=given, task_vars=variables))
            return result
        return result | _QUESTION.answer(params, check_mode=self._task.check_mode)

    def _runs_elsewhere(self) -> bool:
        """Whether the task is delegated to a host other than the controller, such as a jump host."""
        return bool(self._task.delegate_to) and self._connection.transport != "local"

    def _arguments(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The task's arguments. What they lack comes from the task's ``environment``, and the host from the inventory.

        The environment of the controller comes before the inventory; ArgumentSpecValidator reads it.
        """
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        arguments = dict(self._task.args)
        for name, spec in _QUESTION.argument_spec.items():
            variable = spec["fallback"][1][0] if "fallback" in spec else None
            if variable in environment and arguments.get(name) is None:
                arguments[name] = environment[variable]
        if arguments.get("host") is None and "MAILPLUS_HOST" not in os.environ:
            address = variables.get("ansible_host") or variables.get("inventory_hostname")
            arguments["host"] = self._templar.template(address)
        return arguments
