# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers a module inside the controller's worker: nothing is installed on, or run by, the NAS."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from ansible.plugins.action import ActionBase
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import Result, failure
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.errors import ServerError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._http.trust import read_system_store
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_gate import GATE, Credentials

# Ansible loads an action before it forks a worker for each host. In a worker this takes longer than asking a NAS.
read_system_store()


class Answering(Protocol):
    """What an action asks."""

    @property
    def argument_spec(self) -> options.ArgumentSpec:
        """Every option."""

    def answer(self, params: Mapping[str, Any], *, check_mode: bool, admit: Any) -> Result:
        """The result of the task. ``params`` are validated options."""


class QuestionAction(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """The action of a module: a file of the module's name holds a subclass with its ``question``.

    ``module`` is the one that asks it on another host, where that has another name. ``prefix`` begins the names of
    variables of the environment.
    """

    question: ClassVar[Answering]
    module: ClassVar[str] = ""
    prefix: ClassVar[str] = "MAILPLUS_"
    _validator: ClassVar[options.Validator]

    _requires_connection = False
    _supports_check_mode = True

    def __init_subclass__(cls) -> None:
        """Make ready what all tasks need, once, before Ansible forks a worker for each."""
        super().__init_subclass__()
        cls._validator = options.Validator(cls.question.argument_spec)

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task, as the module would give it."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        validated = self._validator.validate(self._arguments(variables, environment))
        if validated.error_messages:
            unsupported = "Unsupported parameters: " if validated.unsupported_parameters else ""
            message = unsupported + "; ".join(validated.error_messages)
            return result | {"changed": False, "failed": True, "msg": message, "error": None}
        params = validated.validated_parameters
        if self._runs_elsewhere():
            return result | self._ask_elsewhere(params, variables, environment)
        return result | self.question.answer(params, check_mode=self._task.check_mode, admit=GATE.turn)

    def _login(self, params: Mapping[str, Any]) -> tuple[Address, Credentials]:
        """Where the task connects to, and who asks. Raises OptionError."""
        return options.login(params)

    def _runs_elsewhere(self) -> bool:
        """Whether the task is delegated to a host other than the controller, such as a jump host."""
        return bool(self._task.delegate_to) and self._connection.transport != "local"

    def _ask_elsewhere(
        self, params: dict[str, Any], variables: dict[str, Any], environment: dict[str, Any]
    ) -> dict[str, Any]:
        """The result of the module on the host that the task is delegated to, where the login may be sent."""
        try:
            address, credentials = self._login(params)
            turn = GATE.turn(address, credentials, way=f"by way of {self._task.delegate_to}")
        except options.OptionError as error:
            return failure(str(error))
        except ServerError as error:
            return failure(str(error), error.details.as_dict())
        result = self._run_module(params, variables, environment)
        if "error" in result or not result.get("failed"):  # or else the module did not run
            turn.settle(result.get("error"))
        return result

    def _run_module(
        self, params: dict[str, Any], variables: dict[str, Any], environment: dict[str, Any]
    ) -> dict[str, Any]:
        """The result of the module on the host that the task is delegated to."""
        given = {name: value for name, value in params.items() if value is not None}
        # Ours are in the arguments now. On a command line, where the rest goes, a password could be seen.
        self._task.environment = [{name: environment[name] for name in environment if not name.startswith(self.prefix)}]
        name = f"mailfleet.mailplus.{self.module or type(self).__module__.rpartition('.')[2]}"
        result: dict[str, Any] = self._execute_module(module_name=name, module_args=given, task_vars=variables)
        return result

    def _arguments(self, variables: dict[str, Any], environment: dict[str, Any]) -> dict[str, Any]:
        """The task's arguments. What they lack comes from the task's ``environment``, and the host from the inventory.

        The validator reads the environment of the controller. A host in there is for localhost alone: other
        hosts have addresses of their own, and a fleet would ask one NAS many times.
        """
        arguments = dict(self._task.args)
        for name, spec in self.question.argument_spec.items():
            variable = spec["fallback"][1][0] if "fallback" in spec else None
            if variable in environment and arguments.get(name) is None:
                arguments[name] = environment[variable]
        if arguments.get("host") is None:
            variable = f"{self.prefix}HOST"
            of_controller = os.environ.get(variable) if variables["inventory_hostname"] == "localhost" else None
            arguments["host"] = environment.get(variable) or of_controller or self._address(variables)
        return arguments

    def _address(self, variables: dict[str, Any]) -> Any:
        """The address of the inventory host. Of a delegated task, the variables tell the delegate's."""
        name = variables["inventory_hostname"]
        known = variables["hostvars"][name] if self._task.delegate_to else variables
        return self._templar.template(known.get("ansible_host") or name)
