# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module here is: a question, asked of one MailPlus Server, answered as the result of a task.

The same question runs as a module (``run_module``) and in the controller's worker (the action plugin). This is the one
place where an exception becomes a failed task.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from ansible.module_utils.basic import AnsibleModule, _load_params
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.address import Address
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.session import Credentials
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import (
    by_status,
    first_error,
    reads_nothing,
    unread,
)
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import Enter, Plan, State, gather
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Area, Kind
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.lists import NOT_JUDGED
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.reading import NO_SUCH_ENTRY
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.rowfile import RowFileError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import DEFAULT, SubsetError, select
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.times import TimeError

Result = dict[str, Any]

# Whether, and how, a NAS may be asked. Raises DsmError where it may not.
Admit = Callable[[Address, Credentials], Enter]


def _at_once(_address: Address, _credentials: Credentials) -> Enter:
    return lambda client: client


class Question(ABC):
    """What a module asks, and how it hands over the answer."""

    @property
    @abstractmethod
    def argument_spec(self) -> options.ArgumentSpec:
        """Every option of the module."""

    def ask(
        self,
        params: Mapping[str, Any],
        *,
        check_mode: bool = False,
        admit: Admit = _at_once,
        deadline: float = math.inf,
    ) -> State:
        """What one MailPlus Server answers, by ``deadline`` (``time.monotonic``). ``params`` are validated options.

        Raises DsmError where it was not reached, or let nobody in; OptionError, SubsetError, RowFileError, TimeError.
        """
        address, credentials = options.login(params)
        plan = self._plan(params, check_mode=check_mode)
        enter = admit(address, credentials)
        end = min(deadline, time.monotonic() + params["time_limit"])  # to wait for a turn is free
        return gather(replace(address, deadline=end), credentials, plan, enter)

    def answer(self, params: Mapping[str, Any], *, check_mode: bool = False, admit: Admit = _at_once) -> Result:
        """Ask one MailPlus Server; the result of the task, failed or not. ``params`` are validated options."""
        try:
            state = self.ask(params, check_mode=check_mode, admit=admit)
        except (options.OptionError, SubsetError, RowFileError, TimeError) as error:
            return failure(str(error))
        except DsmError as error:
            return failure(str(error), error.details.as_dict())
        return {"changed": bool(params.get("dest")), **self._result(state, params), "warnings": state.warnings}

    @abstractmethod
    def _plan(self, params: Mapping[str, Any], *, check_mode: bool) -> Plan:
        """What to read."""

    @abstractmethod
    def _result(self, state: State, params: Mapping[str, Any]) -> Result:
        """What the task returns of what was read."""


class InfoQuestion(Question):
    """A narrow question: the sections of an area, each returned under its name.

    It fails unless all sections are ok that were asked for by name; where none is named, unless one of them is.
    """

    def __init__(self, area: Area) -> None:
        self._sections = area.sections

    @property
    def argument_spec(self) -> options.ArgumentSpec:
        names = [section.name for section in self._sections]
        choice: options.ArgumentSpec = {"sections": {"type": "list", "elements": "str", "choices": names}}
        is_of_domains = any(section.each for section in self._sections)
        return {
            **options.CONNECTION_SPEC,
            **options.ANSWER_SPEC,
            **({**options.LIST_SPEC, **options.FILTER_SPEC} if self._logs(names) else {}),
            **(choice if len(names) > 1 else {}),
            **(options.DOMAINS_SPEC if is_of_domains else {}),
        }

    def _plan(self, params: Mapping[str, Any], *, check_mode: bool) -> Plan:
        wanted = params.get("sections")
        if wanted == []:
            raise options.OptionError("sections is empty; leave it out for all.")
        if wanted is None:
            wanted = self._default(has_file=bool(params.get("dest")))
        file = options.row_file(params, self._logs(wanted), is_alone=len(set(wanted)) == 1)
        window = options.window(params, keep=file is None)
        if file and not check_mode:
            window = replace(window, file=file)
        return Plan(
            [section for section in self._sections if section.name in wanted],
            window,
            reveal_secrets=params["reveal_secrets"],
            domains=params.get("domains", []),
            row_keys=options.row_keys(params),
        )

    def _default(self, *, has_file: bool) -> list[str]:
        """What is read where nothing is named: all but what may do work, or the only log where its rows have a file."""
        names = [section.name for section in self._sections if section.kind is not Kind.CHECK]
        logs = self._logs(names)
        return logs if has_file and len(logs) == 1 else names

    def _logs(self, names: Sequence[str]) -> list[str]:
        """Those whose rows can be filtered, and written to a file."""
        return [section.name for section in self._sections if section.name in names and section.is_log]

    def _result(self, state: State, params: Mapping[str, Any]) -> Result:
        found = state.sections
        errors = [envelope["error"] for envelope in found.values() if envelope["error"]]
        if not errors:
            return dict(found)
        no_entry = next((error for error in errors if error["name"] == NO_SUCH_ENTRY), None)
        if len(errors) < len(found) and not params.get("sections") and not no_entry:
            unread = by_status({name: one for name, one in found.items() if one["status"] != "unsupported"})
            state.warnings.extend([f"Not all sections were read; {unread}."] if unread else [])
            state.warnings.extend(f"{one['message']} {one['hint']}" for one in errors if one["name"] == NOT_JUDGED)
            return dict(found)
        first = no_entry or errors[0]
        return {**found, **failure(f"{first['message']} {first['hint']}", first)}


class FactsQuestion(Question):
    """Everything, or a subset, as facts. It fails only when nothing could be read, though the NAS may have it."""

    @property
    def argument_spec(self) -> options.ArgumentSpec:
        own: options.ArgumentSpec = {
            "gather_subset": {"type": "list", "elements": "str", "default": list(DEFAULT)},
            "rows": {"type": "bool", "default": True},
            "check_keys": {"type": "bool", "no_log": False, "default": False},
        }
        return {**options.CONNECTION_SPEC, **options.ANSWER_SPEC, **options.LIST_SPEC, **own}

    def check(self, given: Mapping[str, Any]) -> None:
        """Find what cannot be in some of the options before anything is asked. Raises OptionError, SubsetError."""
        validated = options.Validator(self.argument_spec).validate(dict(given))
        if validated.error_messages:
            raise options.OptionError("; ".join(validated.error_messages))
        params = validated.validated_parameters
        self._plan(params, check_mode=True)
        options.check_bounds(params)
        path = params["ca_path"]
        if path and params["https"] and params["validate_certs"] and not Path(path).exists():
            raise options.OptionError(f"ca_path: {path} does not exist.")

    def _plan(self, params: Mapping[str, Any], *, check_mode: bool) -> Plan:  # noqa: ARG002 - it writes no file
        return Plan(
            select(params["gather_subset"]),
            options.window(params, keep=params["rows"]),
            reveal_secrets=params["reveal_secrets"],
            row_keys=options.row_keys(params),
            check_keys=params.get("check_keys", False),
        )

    def _result(self, state: State, params: Mapping[str, Any]) -> Result:  # noqa: ARG002 - facts are what was read
        error = first_error(state.sections) if reads_nothing(state.sections) else None
        if error is None:
            return {"ansible_facts": {"mailplus": state.as_facts()}}
        # No facts: Ansible would set none of a task that failed, and print them all.
        error = error | {"message": f"No section could be read ({by_status(state.sections)}): {error['message']}"}
        return {**failure(f"{error['message']} {error['hint']}", error), "unread": unread(state.sections)}


def failure(message: str, error: Mapping[str, Any] | None = None) -> Result:
    """The result of a task that failed."""
    return {"changed": False, "failed": True, "msg": message, "error": error}


class Answering(Protocol):
    """What a module asks, of whatever product."""

    @property
    def argument_spec(self) -> options.ArgumentSpec:
        """Every option."""

    def answer(self, params: Mapping[str, Any], *, check_mode: bool) -> Result:
        """The result of the task. ``params`` are validated options."""


def run_module(question: Answering) -> None:
    """Answer ``question`` as a module."""
    module = AnsibleModule(argument_spec=question.argument_spec, supports_check_mode=True)
    complaint = options.not_text(question.argument_spec, _load_params())  # in module.params, all would be text
    result = failure(complaint) if complaint else question.answer(module.params, check_mode=module.check_mode)
    # Ansible would replace every occurrence of a secret option's value, and so punch holes into facts where a password
    # is short. No option is in the result, so nothing is left for it to hide once the arguments are not echoed.
    module.no_log_values.clear()
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    module.exit_json(**result, invocation={})
