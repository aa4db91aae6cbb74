# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the gathered state of a fleet to files on the controller: in one task, since a task a host takes minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import read_records
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, privacy, records

ARGUMENT_SPEC = {
    "directory": {"type": "path", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
    "variable": {"type": "str", "default": "mailplus_state_gathered"},
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
        found = read_records((task_vars or {})["hostvars"], options["hosts"], options["variable"])
        directory = Path(options["directory"]).absolute()
        try:
            clean = privacy.cleaner(options["personal_data"], options["personal_data_key"])
            contents = _contents(directory, [record.cleaned(clean) for record in found])
            changed = self._write(contents, only_on_change=options["only_on_change"])
        except privacy.PrivacyError as error:
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
        if changed and not self._task.check_mode:
            files.make_directories(sorted({path.parent for path in changed}))
            for path in changed:
                files.write(path, texts[path])
        return bool(changed)


def _contents(directory: Path, found: list[records.HostRecord]) -> dict[Path, Any]:
    """What goes into each file. Names of hosts are quoted, so that none leads out of the directory."""
    hosts = {record.host: record.as_dict() for record in found}
    fleet = {"schema_version": SCHEMA_VERSION, "totals": records.totals(found), "hosts": hosts}
    return {
        directory / "fleet.json": fleet,
        **{directory / "hosts" / f"{quote(host, safe='')}.json": content for host, content in hosts.items()},
    }
