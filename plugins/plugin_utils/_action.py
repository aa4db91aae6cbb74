# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions that look at many hosts share: getting at what the hosts gathered, and failing with one line."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from ansible import constants
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import OptionError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import BaselineError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import PrivacyError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HostRecord,
    host_record,
    spare,
    unusable,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import StatesError, read_states

Options = Mapping[str, Any]


class FleetAction(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Runs on the controller, once for all hosts; there is no module behind it."""

    argument_spec: ClassVar[dict[str, dict[str, Any]]]

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task. What a user can mend is returned: an exception prints a traceback before 2.19."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        validated = ArgumentSpecValidator(self.argument_spec).validate(self._task.args)
        if validated.error_messages:
            unsupported = "Unsupported parameters: " if validated.unsupported_parameters else ""
            return result | _failure(unsupported + "; ".join(validated.error_messages))
        options = validated.validated_parameters
        try:
            return result | self._answer(options, (task_vars or {})["hostvars"])
        except (OptionError, PolicyError, BaselineError, PrivacyError, StatesError) as error:
            return result | _failure(str(error))
        except OSError as error:
            place = error.filename or options["directory"]
            return result | _failure(f"{place} cannot be read or written: {error.strerror}.")

    @abstractmethod
    def _answer(self, options: Options, hostvars: Mapping[str, Any]) -> dict[str, Any]:
        """What the task returns. Raises OSError, and ValueErrors of this collection."""


def _failure(message: str) -> dict[str, Any]:
    return {"changed": False, "failed": True, "msg": " ".join(message.split())}


# With what follows, a name has to fit into 255 bytes, the limit of most file systems.
_LONGEST_NAME, _KEPT_OF_NAME = 240, 120


def plain(value: Any) -> Any:
    """Plain JSON, and dates, out of what variables are wrapped in."""
    if isinstance(value, Mapping):
        return {_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    # Before 2.19, text that Ansible marked unsafe stays marked in str().
    return str.__str__(value) if isinstance(value, str) else str(value)


def kept() -> Kept:
    """What this run read before it wrote."""
    return Kept(Path(constants.DEFAULT_LOCAL_TMP))


def read_fleet(options: Options, hostvars: Mapping[str, Any]) -> list[HostRecord]:
    """The state of every host: what was gathered, or with ``max_age`` what earlier runs wrote into the directory.

    Raises StatesError.
    """
    if options["max_age"] is None:
        return _gathered(hostvars, options["hosts"], options["variable"])
    return read_states(state_files(options), options["max_age"])


def fleet_file(options: Options) -> Path:
    """Where the state of all hosts is written."""
    return directory_of(options) / "fleet.json"


def state_files(options: Options) -> dict[str, Path]:
    """Where the state of each host is written."""
    place = directory_of(options) / "hosts"
    return {host: place / f"{_file_name(host)}.json" for host in options["hosts"]}


def directory_of(options: Options) -> Path:
    """The directory of the files."""
    return Path(options["directory"] or "").absolute()


def _file_name(host: str) -> str:
    """The name of a host, quoted, so that none leads out of the directory.

    Of a long name, a digest tells it from others that begin alike. It follows a plus, which no quoted name has.
    """
    name = quote(host, safe="", errors="surrogatepass")
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_KEPT_OF_NAME]}+{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    return name


def _gathered(hostvars: Mapping[str, Any], hosts: Sequence[str], variable: str) -> list[HostRecord]:
    """What each host gathered, as the result that it registered under ``variable``.

    Where no host of the play has one, nothing was gathered in this run, and the facts of an earlier one are taken.
    """
    registered = any(hostvars[host].get(variable) for host in hosts)
    return [_record_of(host, hostvars, variable if registered else None) for host in hosts]


def _record_of(host: str, hostvars: Mapping[str, Any], variable: str | None) -> HostRecord:
    def record() -> HostRecord:
        known = hostvars[host]
        return host_record(host, plain(known.get(variable)) if variable else _from_facts(known))

    return spare(record, lambda error: unusable(host, error))


def _from_facts(variables: Mapping[str, Any]) -> dict[str, Any] | None:
    state = (variables.get("ansible_facts") or {}).get("mailplus")
    return None if state is None else {"ansible_facts": {"mailplus": plain(state)}}
