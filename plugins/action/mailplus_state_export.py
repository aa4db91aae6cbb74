# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the gathered state of a fleet to files on the controller: in one task, since a task a host takes minutes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import records as fleet

ARGUMENT_SPEC = {
    "directory": {"type": "path", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
    "variable": {"type": "str", "default": "mailplus_state_gathered"},
}


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Runs on the controller; there is no module behind it."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task: which files there are, and what they say of each host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(ARGUMENT_SPEC)
        hostvars = (task_vars or {})["hostvars"]
        records = [
            fleet.host_record(host, _plain(hostvars[host].get(options["variable"]))) for host in options["hosts"]
        ]
        directory = Path(options["directory"])
        files = {directory / "hosts" / f"{quote(record.host, safe='')}.json": record.as_dict() for record in records}
        files[directory / "fleet.json"] = {
            "schema_version": SCHEMA_VERSION,
            "totals": fleet.totals(records),
            "hosts": {record.host: record.as_dict() for record in records},
        }
        try:
            self._make(directory)
            self._make(directory / "hosts")
            changed = [path for path, content in files.items() if self._write(path, content)]
        except OSError as error:
            raise AnsibleActionFail(f"{error.filename or directory} cannot be written: {error.strerror}.") from None
        return result | {
            "changed": bool(changed),
            "directory": str(directory),
            "files": [str(path) for path in files],
            "hosts": {record.host: {"status": record.status, "reason": record.reason} for record in records},
            "totals": fleet.totals(records),
            "summary": fleet.summary(records),
        }

    def _make(self, directory: Path) -> None:
        """Make the directory where it is missing, for its owner alone."""
        if not self._task.check_mode:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _write(self, path: Path, content: Any) -> bool:
        """Write whole or not at all, readable by its owner alone. False where the file holds the content already."""
        text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        if path.exists() and path.read_bytes() == text.encode():
            return False
        if not self._task.check_mode:
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink()
                raise
        return True


def _plain(value: Any) -> Any:
    """Plain JSON out of what variables are wrapped in."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return f"{value}" if isinstance(value, str) else value
