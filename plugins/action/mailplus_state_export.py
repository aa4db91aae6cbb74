# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the gathered state of a fleet to files on the controller: in one task, since a task a host takes minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import (
    FILES_SPEC,
    FleetAction,
    Options,
    Variables,
    directory_of,
    fleet_sources,
    keeper,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import (
    Handed,
    Head,
    Keeper,
    Source,
    fleet_text,
    summary,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import totals
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import (
    fleet_file,
    state_file,
    without_last_read,
)

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "directory": {"type": "path", "required": True},
    "hosts": {"type": "list", "elements": "str", "required": True},
    "variable": {"type": "str", "default": "mailplus_state_gathered"},
    "max_age": {"type": "float"},
    **FILES_SPEC,
}


class ActionModule(FleetAction):
    """Writes the files, and tells what they say of each host."""

    argument_spec = ARGUMENT_SPEC

    def _answer(self, options: Options, variables: Variables) -> dict[str, Any]:
        directory, own = directory_of(options), options["max_age"] is None
        writer = keeper("export", options, dry=self._task.check_mode)
        if not self._task.check_mode:
            writer.kept.note_written(directory)
            files.make_directories(sorted({directory, directory / "hosts"} if own else {directory}))
        found = [_written(source, writer, write=own) for source in fleet_sources(options, variables)]
        heads = [head for head, _handed in found]
        changed = self._write_fleet(options, {head.host: handed for head, handed in found}, heads)
        of_hosts = [state_file(directory, head.host) for head in heads] if own else []
        return {
            "changed": changed or any(head.changed for head in heads),
            "directory": str(directory),
            "files": [str(path) for path in (fleet_file(directory), *of_hosts)],
            "hosts": {head.host: {"status": head.status, "reason": head.reason} for head in heads},
            "totals": totals(heads),
            "summary": summary(heads),
        }

    def _write_fleet(self, options: Options, handed: Mapping[str, Handed], heads: list[Head]) -> bool:
        """Whether the file of the fleet changed, or would change."""
        path, counted = fleet_file(directory_of(options)), totals(heads)
        if options["only_on_change"]:
            changed = files.differs_beyond_times(path, "".join(fleet_text(handed, counted)), without_last_read)
        else:
            changed = files.differs_from_pieces(path, fleet_text(handed, counted))
        if changed and not self._task.check_mode:
            files.write_pieces(path, fleet_text(handed, counted))
        elif not self._task.check_mode:
            path.touch()  # its time tells when it was found to be so
        return changed


def _written(source: Source, writer: Keeper, *, write: bool) -> tuple[Head, Handed]:
    """A host whose file is written: where it was read, in the same way, or else now."""
    handed, head = source.handed, source.head()
    if handed and head and write and head.written == writer.as_written(source.host):
        writer.confirm(handed)
    else:
        handed = writer.keep(source.record(), write=write)
        head = handed.head()
    if head.failure:
        raise OSError(*head.failure)
    return head, handed
