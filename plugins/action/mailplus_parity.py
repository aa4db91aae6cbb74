# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares Plesk servers with MailPlus Servers, and writes the report: on the controller, in one task for all hosts."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import OptionError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import iso
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import (
    FILES_SPEC,
    FleetAction,
    Options,
    Variables,
    cleaner,
    directory_of,
    fleet_sources,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import failing, files, policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import plain
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import NEVER, Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.names import (
    MappingError,
    Renamed,
    parse_renamed,
    read_renamed,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.report import (
    LeftOut,
    PleskHost,
    Settings,
    parity_report,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.rules import policy_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._parity.tables import COLUMNS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._report_files import page, write_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports import places
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS, with_tables

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "plesk_hosts": {"type": "list", "elements": "str", "required": True},
    "hosts_left_out": {"type": "list", "elements": "str", "default": []},
    "plesk_hosts_left_out": {"type": "list", "elements": "str", "default": []},
    "variable": {"type": "str", "default": "mailplus_state_gathered"},
    "plesk_variable": {"type": "str", "default": "plesk_mail"},
    "mapping": {"type": "raw"},
    "overrides": {"type": "dict", "default": {}},
    "exceptions": {"type": "list", "elements": "dict", "default": []},
    "only_validate": {"type": "bool", "default": False},
    "fail_severity": {"type": "str", "choices": [*policy.SEVERITIES, NEVER], "default": "high"},
    "fail_unknown_severity": {"type": "str", "choices": [*policy.SEVERITIES, NEVER], "default": "high"},
    "fail_on_error": {"type": "bool", "default": True},
    "directory": {"type": "path"},
    "formats": {"type": "list", "elements": "str", "choices": [*FORMATS], "default": []},
    "title": {"type": "str", "default": "From Plesk to MailPlus Server"},
    **FILES_SPEC,
}


class ActionModule(FleetAction):
    """Hands over to the comparison what is Ansible's, and writes the report."""

    argument_spec = ARGUMENT_SPEC

    def _answer(self, options: Options, variables: Variables) -> dict[str, Any]:
        _check(options, variables)
        renamed = self._renamed(plain(options["mapping"]))
        rules = policy_of(plain(options["overrides"]), plain(options["exceptions"]))
        clean, found = cleaner(options), places.places({}, directory_of(options))
        if options["only_validate"]:
            return {"changed": False}
        now = iso(datetime.now(timezone.utc))
        limits = Limits(options["fail_severity"], options["fail_unknown_severity"], options["fail_on_error"])
        settings = Settings(rules, renamed, clean, limits, f"{options['title']}", now, page(options, found, now))
        servers = [PleskHost(host, _told(variables, host, options)) for host in options["plesk_hosts"]]
        fleet = [source.record for source in fleet_sources({**options, "max_age": None}, variables)]
        left_out = LeftOut(options["hosts_left_out"], options["plesk_hosts_left_out"])
        made = parity_report(servers, fleet, settings, left_out)
        formats = with_tables(COLUMNS)
        written = write_report(made.report, options, found, dry=self._task.check_mode, formats=formats)
        warnings = {"warnings": [*made.warnings]} if made.warnings else {}
        return {**written, **warnings, **failing.result(made.report, made.described)}

    def _renamed(self, source: Any) -> Renamed:
        """What the mapping says, which is a file or stands in the option. Raises OptionError."""
        try:
            if source is None or not isinstance(source, str):
                return Renamed() if source is None else parse_renamed(source)
            path = source if Path(source).is_file() else self._find_needle("files", source)
            return read_renamed(Path(path))
        except MappingError as error:
            raise OptionError(str(error)) from None
        except AnsibleError:
            where = "in the current directory or where Ansible looks for files"
            raise OptionError(f"mapping {source}: there is no such file, {where}.") from None


def _told(variables: Variables, host: str, options: Options) -> Any:
    return plain(variables.of(host).get(options["plesk_variable"]))


def _check(options: Options, variables: Variables) -> None:
    """Raises OptionError for options that cannot be together."""
    if options["formats"] and not options["directory"]:
        raise OptionError("directory is missing: formats are written there.")
    gone = [host for host in options["plesk_hosts"] if not variables.has(host)]
    if gone:
        raise OptionError(f"plesk_hosts: {', '.join(gone)} is no host of the inventory; name hosts, not groups.")
    both = sorted({*options["hosts"]} & {*options["plesk_hosts"]})
    if both:
        raise OptionError(
            f"{', '.join(both)}: a host is a Plesk server or a NAS. Name each alone in one of both groups."
        )
    reason = files.unusable_directory(directory_of(options)) if options["directory"] else None
    if reason:
        raise places.PlaceError(f"{directory_of(options)} cannot be written: {reason}.")
