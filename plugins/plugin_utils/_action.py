# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions that look at many hosts share: what is known of the hosts, and failing with one line."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import OptionError, Validator
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import privacy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import BaselineError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import (
    Keeper,
    Known,
    Source,
    plain,
    sources,
    sources_of_files,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import StatesError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.places import PlaceError

Options = Mapping[str, Any]

# How files are written: options of all actions that do.
FILES_SPEC: dict[str, dict[str, Any]] = {
    "personal_data": {"type": "str", "choices": list(privacy.MODES), "default": "remove"},
    "personal_data_key": {"type": "str", "no_log": True},
    "personal_keys": {"type": "list", "elements": "str", "default": []},
    "only_on_change": {"type": "bool", "default": False},
}


class FleetAction(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Runs on the controller, once for all hosts; there is no module behind it."""

    argument_spec: ClassVar[dict[str, dict[str, Any]]]

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task. What a user can mend is returned: an exception prints a traceback before 2.19."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        validated = Validator(self.argument_spec).validate(self._task.args)
        if validated.error_messages:
            # Told of plain values: those of variables are of types that say nothing to a user.
            validated = Validator(self.argument_spec).validate(plain(self._task.args))
            unsupported = "Unsupported parameters: " if validated.unsupported_parameters else ""
            return result | failure(unsupported + "; ".join(validated.error_messages))
        options = validated.validated_parameters
        try:
            return result | self._answer(
                options, Variables(self, (task_vars or {})["hostvars"], (task_vars or {}).get("ansible_play_batch", ()))
            )
        except (OptionError, PolicyError, BaselineError, privacy.PrivacyError, StatesError, PlaceError) as error:
            return result | failure(str(error))
        except OSError as error:
            place = error.filename or options["directory"]
            return result | failure(f"{place} cannot be read or written: {error.strerror}.")

    @abstractmethod
    def _answer(self, options: Options, variables: Variables) -> dict[str, Any]:
        """What the task returns. Raises OSError, and ValueErrors of this collection."""


class Variables:
    """The variables of hosts as a task there sees them, with templates as they are.

    hostvars lacks those of play and role, and makes copies of all.
    """

    def __init__(self, action: ActionBase, hostvars: Any, batch: Sequence[str] = ()) -> None:
        self.batch = {f"{host}" for host in batch}  # that are still in the play, and asked now
        self._inventory = hostvars._inventory
        self._task = action._task
        self._manager = action._task.get_variable_manager()

    def of(self, host: str) -> dict[str, Any]:
        """All variables of a host."""
        entry = self._inventory.get_host(host)
        found: dict[str, Any] = self._manager.get_vars(play=self._task.play, host=entry, task=self._task)
        return found

    def has(self, host: str) -> bool:
        """Whether the inventory has a host."""
        return self._inventory.get_host(host) is not None

    def of_inventory(self, host: str) -> dict[str, Any]:
        """Those that inventory sources set for a host."""
        entry = self._inventory.get_host(host)
        return dict(entry.get_vars()) if entry else {}

    def known(self, host: str, variable: str) -> Known:
        """What there is of the state of a host; gathering registered it under ``variable``."""
        found = self.of(host)
        registered = found.get(variable)
        # Not both: facts are copies, which would be in memory for all hosts at once.
        facts = None if registered else (found.get("ansible_facts") or {}).get("mailplus")
        return Known(registered, facts, self.of_inventory(host))


def failure(message: str) -> dict[str, Any]:
    """The result of a task that failed."""
    return {"changed": False, "failed": True, "msg": " ".join(message.split())}


def kept() -> Kept:
    """What this run read before it wrote."""
    return Kept(Path(constants.DEFAULT_LOCAL_TMP))


def cleaner(options: Options) -> privacy.Clean:
    """What makes copies without personal data, as the options say. Raises PrivacyError."""
    return privacy.cleaner(options["personal_data"], options["personal_data_key"], options["personal_keys"])


def keeper(role: str, options: Options, *, dry: bool) -> Keeper:
    """What writes hosts as the options say. Raises PrivacyError."""
    return Keeper(role, kept(), directory_of(options), cleaner(options), options["only_on_change"], dry)


def fleet_sources(options: Options, variables: Variables) -> Iterator[Source]:
    """Where the state of every host is told: by this run, or with ``max_age`` by files of earlier ones.

    Raises StatesError.
    """
    if options["max_age"] is None:
        return sources(options["hosts"], lambda host: variables.known(host, options["variable"]), kept())
    directory, max_age = directory_of(options), options["max_age"]
    return sources_of_files(directory, options["hosts"], variables.of_inventory, max_age)


def directory_of(options: Options) -> Path:
    """The directory of the files."""
    return Path(options["directory"] or "").absolute()
