# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the gathered state of a fleet, and writes the report: on the controller, in one task for all hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NoReturn

from ansible.utils.unsafe_proxy import wrap_var
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
    kept,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import failing, files, policy
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    Comparison,
    Differ,
    parse_severities,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import plain, run_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.history import (
    History,
    NamedRun,
    Recording,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.judge import (
    HOST_VARIABLES,
    BaselineFile,
    Compare,
    Judge,
    Policies,
    not_compared,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.limits import NEVER, Limits
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.merged import Merged
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import spare
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.runs import NewRun, ThisRun
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import ExpressionError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._login_variables import check_login, set_elsewhere
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._policies import rules_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._report_files import page, write_report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports import places
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS, ROWS
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._role_variables import RoleVariables, cause

try:
    from ansible.template import trust_as_template
except ImportError:  # pragma: no cover - ansible-core before 2.19 trusts every text
    trust_as_template = None

# A baseline that is no file: the last run, or a run by its time or day. A file of such a name is ./last.
_LAST_RUN = "last"
_RUN = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?", re.ASCII)

_NO_ROWS: dict[str, Any] = {"changed": False, "files": []}

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "variable": {"type": "str", "default": "mailplus_state_gathered"},
    "max_age": {"type": "float"},
    "policies": {"type": "list", "elements": "raw", "default": []},
    "only_validate": {"type": "bool", "default": False},
    "known_variables": {"type": "raw"},
    "fail_severity": {"type": "str", "choices": [*policy.SEVERITIES, NEVER], "default": "high"},
    "fail_unknown_severity": {"type": "str", "choices": [*policy.SEVERITIES, NEVER], "default": "high"},
    "fail_on_error": {"type": "bool", "default": True},
    "baseline": {"type": "path"},
    "history_runs": {"type": "int", "default": 0},
    "history_days": {"type": "float"},
    "drift_ignore": {"type": "list", "elements": "str", "default": []},
    "drift_severity": {"type": "str", "choices": list(policy.SEVERITIES), "default": "medium"},
    "drift_severities": {"type": "list", "elements": "dict", "default": []},
    "directory": {"type": "path"},
    "marker": {"type": "path"},
    "formats": {"type": "list", "elements": "str", "choices": [*FORMATS, ROWS], "default": []},
    "files": {"type": "dict", "default": {}},
    "title": {"type": "str", "default": "MailPlus Server fleet"},
    **FILES_SPEC,
}


class ActionModule(FleetAction):
    """Hands over to the judge what is Ansible's, and writes the report."""

    argument_spec = ARGUMENT_SPEC

    def _answer(self, options: Options, variables: Variables) -> dict[str, Any]:
        if (options["formats"] or options["max_age"] is not None) and not options["directory"]:
            raise OptionError("directory is missing: formats are written there, and max_age is of files there.")
        _check_history(options)
        _check_marker(options)
        found = places.places(plain(options["files"]), directory_of(options))
        clean = cleaner(options)
        rules = rules_of(self, options["policies"])
        of_role = RoleVariables(variables.of, self._templar, self._loader, plain(options["known_variables"]))
        policies = Policies(rules, lambda host: of_role.of(host, [*HOST_VARIABLES]))
        severities = parse_severities(plain(options["drift_severities"]))
        differ = Differ(Comparison(options["drift_ignore"], severities, options["drift_severity"]), clean)
        now = datetime.now(timezone.utc)
        baseline = _baseline(options, differ, _this_run(options, iso(now), now))
        if options["only_validate"]:
            _check_directory(options)
        for host in options["hosts"]:
            if options["only_validate"]:
                of_role.check(host)
                self._check_login(host, variables)
            policies.of(host)
        if options["only_validate"]:
            return {"changed": False, "rules": [rule.id for rule in rules]}
        hosts = list(fleet_sources(options, variables))
        judge = Judge(policies, baseline or not_compared, self._evaluator(), clean, now, limits=_limits(options))
        this = _this_run(options, run_of(hosts, now), now)
        self._look_back(judge, options, differ, History(this, differ, variables.has))
        merged = Merged(kept().place, clean) if ROWS in options["formats"] else None
        records = (source.record() for source in hosts)
        passing = merged.passing(records) if merged else records
        built = judge.judged(passing, f"{options['title']}", page(options, found, iso(now)))
        written = write_report(built, options, found, dry=self._task.check_mode)
        rows = self._write_rows(merged, found[ROWS]) if merged else _NO_ROWS
        if judge.recording:  # not before somebody can read what changed
            judge.recording.finish(built)
        files_of_all = {"changed": written["changed"] or rows["changed"], "files": written["files"] + rows["files"]}
        return {**files_of_all, **failing.result(built, judge.described)}

    def _look_back(self, judge: Judge, options: Options, differ: Differ, history: History) -> None:
        """Have a judge know what earlier runs found, as far as the options ask for that."""
        if options["baseline"] == _LAST_RUN:
            judge.compare = history.compare
        elif _RUN.fullmatch(options["baseline"] or ""):
            judge.compare = NamedRun(history.this, options["baseline"], differ).compare  # never this run itself
        if options["history_runs"]:
            judge.history, judge.recording = history, self._recording(options, history)

    def _check_login(self, host: str, variables: Variables) -> None:
        """Of hosts that are asked now: others may get what they lack before it is their turn."""
        if host in variables.batch:
            check_login(host, variables.of(host), set_elsewhere(self._task), self._templar.is_template)

    def _recording(self, options: Options, history: History) -> Recording | None:
        """What keeps this run for later ones."""
        if self._task.check_mode:
            return None
        of_run = kept()
        return Recording(history, of_run, options["history_runs"], options["history_days"], NewRun(of_run.place))

    def _evaluator(self) -> Any:
        """What evaluates a Jinja expression of a policy. What servers sent is data in it, never a template."""
        last: tuple[Any, dict[str, Any]] = (None, {})

        def evaluate(expression: str, variables: Mapping[str, Any]) -> Any:
            nonlocal last
            state = variables["mailplus"]
            if last[0] is not state:  # all expressions of a host come one after the other
                last = state, {name: wrap_var(value) for name, value in variables.items()}
            # A filter may raise anything over what a server sent.
            return spare(lambda: self._value(expression, last[1]), _no_value)

        return evaluate

    def _value(self, expression: str, available: Mapping[str, Any]) -> Any:
        if trust_as_template:  # pragma: no branch - the tests run on all versions, coverage on one
            return self._templar.evaluate_expression(trust_as_template(expression), local_variables=available)
        from ansible.template import AnsibleNativeEnvironment  # noqa: PLC0415 - gone since 2.19

        templar = self._templar.copy_with_new_env(AnsibleNativeEnvironment, available_variables=available)
        # In a list, nothing is made of text that looks like another type.
        return templar.template(f"{{{{ [({expression})] }}}}")[0]

    def _write_rows(self, merged: Merged, place: places.Place) -> dict[str, Any]:
        """Put the rows of all hosts in place, which were collected while the hosts were judged."""
        found, changed = merged.collected(place.directory), []
        for path, collected in found.items():
            if files.differs_from_pieces(path, files.lines_of(collected)) or not place.access.holds(path):
                changed.append(path)
        for path in changed if not self._task.check_mode else ():
            files.make_directories([path.parent], place.access)
            files.write_pieces(path, files.lines_of(found[path]), place.access)
        return {"changed": bool(changed), "files": [str(path) for path in found]}


def _check_history(options: Options) -> None:
    """Raises OptionError for a number that cannot be."""
    for name in ("history_runs", "history_days"):
        if (options[name] or 0) < 0:
            raise OptionError(f"mailplus_state_{name} is 0 or more, not {options[name]:g}.")


def _check_marker(options: Options) -> None:
    """Raises PlaceError where what is written would be gone with the container of this run."""
    marker = options["marker"]
    if marker and not Path(marker).is_file():
        raise places.PlaceError(
            f"{marker} is missing: this run does not see the directory that is kept, and what it wrote would be gone "
            "with its container. Have jobs see that directory, and make the file in it once (mailplus_state_marker)."
        )


def _check_directory(options: Options) -> None:
    """Raises PlaceError where nothing could be written in the end."""
    reason = files.unusable_directory(directory_of(options)) if options["directory"] else None
    if reason:
        raise places.PlaceError(f"{directory_of(options)} cannot be written: {reason}.")


def _this_run(options: Options, stamp: str, now: datetime) -> ThisRun:
    directory = directory_of(options)
    return ThisRun(directory, stamp, iso(now), kept().runs_of(directory))


def _baseline(options: Options, differ: Differ, this: ThisRun) -> Compare | None:
    """What compares a host with the baseline, if there is any; None where that is the last run."""
    baseline = options["baseline"]
    if not baseline:
        return not_compared
    if baseline == _LAST_RUN:
        return None
    if _RUN.fullmatch(baseline):
        return NamedRun(this, baseline, differ).compare
    reads = options["max_age"] is not None
    return BaselineFile(Path(baseline), this.directory, options["hosts"], reads, kept()).comparer(differ)


def _limits(options: Options) -> Limits:
    return Limits(options["fail_severity"], options["fail_unknown_severity"], options["fail_on_error"])


def _no_value(error: Exception) -> NoReturn:
    raise ExpressionError(cause(error)) from None
