# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the gathered state of a fleet to files on the controller: in one task, since a task a host takes minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import read_fleet, state_file
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, privacy, records
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import StatesError

ARGUMENT_SPEC = {
    "directory": {"type": "path", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
    "variable": {"type": "str", "default": "mailplus_state_gathered"},
    "max_age": {"type": "float"},
    "personal_data": {"type": "str", "choices": list(privacy.MODES), "default": "remove"},
    "personal_data_key": {"type": "str", "no_log": True},
    "only_on_change": {"type": "bool", "default": False},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Runs on the controller; there is no module behind it."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task: which files there are, and what they say of each host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(ARGUMENT_SPEC)
        directory = Path(options["directory"]).absolute()
        try:
            found = read_fleet(options, (task_vars or {})["hostvars"])
            clean = privacy.cleaner(options["personal_data"], options["personal_data_key"])
            contents = _contents(
                directory, [record.cleaned(clean) for record in found], hosts_too=options["max_age"] is None
            )
            changed = self._write(contents, only_on_change=options["only_on_change"])
        except (privacy.PrivacyError, StatesError) as error:
            raise AnsibleActionFail(str(error)) from None
        except OSError as error:
            raise AnsibleActionFail(f"{error.filename or directory} cannot be written: {error.strerror}.") from None
        return result | {
            "changed": changed,
            "directory": str(directory),
            "files": [str(path) for path in contents],
            "hosts": {record.host: {"status": record.status, "reason": record.reason} for record in found},
            "totals": records.totals(found),
            "summary": records.summary(found),
        }

    def _write(self, contents: dict[Path, Any], *, only_on_change: bool) -> bool:
        texts = {path: files.to_json(content) for path, content in contents.items()}
        changed = [
            path
            for path, text in texts.items()
            if (files.differs_beyond_times(path, contents[path]) if only_on_change else files.differs(path, text))
        ]
        if not self._task.check_mode:
            files.make_directories(sorted({path.parent for path in contents}))
            for path, text in texts.items():
                if path in changed:
                    files.write(path, text)
                else:
                    path.touch()  # its time tells when it was found to be so
        return bool(changed)


def _contents(directory: Path, found: list[records.HostRecord], *, hosts_too: bool) -> dict[Path, Any]:
    """What goes into each file."""
    hosts = {record.host: record.as_dict() for record in found}
    fleet = {"schema_version": SCHEMA_VERSION, "totals": records.totals(found), "hosts": hosts}
    own = {state_file(directory, host): content for host, content in hosts.items()} if hosts_too else {}
    return {directory / "fleet.json": fleet, **own}
