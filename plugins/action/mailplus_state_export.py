# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the gathered state of a fleet to files on the controller: in one task, since a task a host takes minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import (
    FleetAction,
    Options,
    directory_of,
    fleet_file,
    kept,
    read_fleet,
    state_files,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, privacy, records

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "directory": {"type": "path", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
    "variable": {"type": "str", "default": "mailplus_state_gathered"},
    "max_age": {"type": "float"},
    "personal_data": {"type": "str", "choices": list(privacy.MODES), "default": "remove"},
    "personal_data_key": {"type": "str", "no_log": True},
    "only_on_change": {"type": "bool", "default": False},
}


class ActionModule(FleetAction):
    """Writes the files, and tells what they say of each host."""

    argument_spec = ARGUMENT_SPEC

    def _answer(self, options: Options, hostvars: Mapping[str, Any]) -> dict[str, Any]:
        clean = privacy.cleaner(options["personal_data"], options["personal_data_key"])
        pairs = [_with_cleaned(record, clean) for record in read_fleet(options, hostvars)]
        found = [record for record, _cleaned in pairs]
        contents = _contents(options, [cleaned for _record, cleaned in pairs])
        return {
            "changed": self._write(contents, options),
            "directory": str(directory_of(options)),
            "files": [str(path) for path in contents],
            "hosts": {record.host: {"status": record.status, "reason": record.reason} for record in found},
            "totals": records.totals(found),
            "summary": records.summary(found),
        }

    def _write(self, contents: dict[Path, Any], options: Options) -> bool:
        texts = {path: files.to_json(content) for path, content in contents.items()}
        only_on_change = options["only_on_change"]
        changed = [
            path
            for path, text in texts.items()
            if (files.differs_beyond_times(path, contents[path]) if only_on_change else files.differs(path, text))
        ]
        if not self._task.check_mode:
            kept().note_written(directory_of(options))
            files.make_directories(sorted({path.parent for path in contents}))
            for path, text in texts.items():
                if path in changed:
                    files.write(path, text)
                else:
                    path.touch()  # its time tells when it was found to be so
        return bool(changed)


def _with_cleaned(record: records.HostRecord, clean: privacy.Clean) -> tuple[records.HostRecord, records.HostRecord]:
    """A record as it is, and without personal data. One that cannot be described or cleaned says so."""

    def tried() -> tuple[records.HostRecord, records.HostRecord]:
        records.describe(record)
        return record, record.cleaned(clean)

    return records.spare(tried, lambda error: (records.unusable(record.host, error),) * 2)


def _contents(options: Options, found: Sequence[records.HostRecord]) -> dict[Path, Any]:
    """What goes into each file. With ``max_age``, the files of the hosts are what was read."""
    hosts = {record.host: record.as_dict() for record in found}
    fleet = {"schema_version": SCHEMA_VERSION, "totals": records.totals(found), "hosts": hosts}
    own = state_files(options) if options["max_age"] is None else {}
    return {fleet_file(options): fleet, **{path: hosts[host] for host, path in own.items()}}
