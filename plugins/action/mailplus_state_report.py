# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the gathered state of a fleet, and writes the report: on the controller, in one task for all hosts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, NoReturn

import yaml
from ansible.errors import AnsibleError
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import OptionError
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import FactsQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import SubsetError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import (
    FleetAction,
    Options,
    directory_of,
    fleet_file,
    kept,
    plain,
    read_fleet,
    state_files,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, outcome, policy, privacy, report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    NOT_COMPARED,
    Baseline,
    BaselineError,
    Comparison,
    Drift,
    NoStateError,
    no_baseline,
    parse_severities,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HostRecord,
    describe,
    spare,
    unusable,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import ExpressionError, judge
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS

try:
    from ansible.template import trust_as_template
except ImportError:  # pragma: no cover - ansible-core before 2.19 trusts every text
    trust_as_template = None

_NEVER = "never"
_LONGEST = 200
_PREFIX = "mailplus_state_"

ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "hosts": {"type": "list", "elements": "str", "required": True},
    "variable": {"type": "str", "default": "mailplus_state_gathered"},
    "max_age": {"type": "float"},
    "policies": {"type": "list", "elements": "raw", "default": []},
    "only_validate": {"type": "bool", "default": False},
    "known_variables": {"type": "list", "elements": "str"},
    "fail_severity": {"type": "str", "choices": [*policy.SEVERITIES, _NEVER], "default": "high"},
    "fail_unknown_severity": {"type": "str", "choices": [*policy.SEVERITIES, _NEVER], "default": "high"},
    "fail_on_error": {"type": "bool", "default": True},
    "baseline": {"type": "path"},
    "drift_ignore": {"type": "list", "elements": "str", "default": []},
    "drift_severity": {"type": "str", "choices": list(policy.SEVERITIES), "default": "medium"},
    "drift_severities": {"type": "list", "elements": "dict", "default": []},
    "directory": {"type": "path"},
    "formats": {"type": "list", "elements": "str", "choices": list(FORMATS), "default": []},
    "title": {"type": "str", "default": "MailPlus Server fleet"},
    "personal_data": {"type": "str", "choices": list(privacy.MODES), "default": "remove"},
    "personal_data_key": {"type": "str", "no_log": True},
    "only_on_change": {"type": "bool", "default": False},
}

# Variables of a host that bear on how it is judged.
_HOST_VARIABLES: dict[str, Any] = {
    "mailplus_state_overrides": {},
    "mailplus_state_exceptions": [],
    "mailplus_state_paths": {},
}
# Those that bear on how it is gathered, and can be checked before: by the option of mailplus_facts.
_GATHERING = {
    f"{_PREFIX}{name.removeprefix('gather_')}": name
    for name in (
        *("gather_subset", "offset", "limit", "https", "validate_certs", "ca_path"),
        *("port", "timeout", "time_limit", "max_answer_size"),
    )
}
_NO_BASELINE_YET = "There is no baseline yet: this run writes the first one."
_NO_STATE_YET = "The baseline holds no state: the run that wrote it could read no host."


class ActionModule(FleetAction):
    """Judges, and writes the report."""

    argument_spec = ARGUMENT_SPEC

    def _answer(self, options: Options, hostvars: Mapping[str, Any]) -> dict[str, Any]:
        if (options["formats"] or options["max_age"] is not None) and not options["directory"]:
            raise OptionError("directory is missing: formats are written there, and max_age is of files there.")
        clean = privacy.cleaner(options["personal_data"], options["personal_data_key"])
        rules = policy.combine(self._read_policy(source) for source in options["policies"])
        policies = {host: self._host_policy(rules, hostvars, host, options) for host in options["hosts"]}
        compare = self._comparer(options, clean)
        if options["only_validate"]:
            return {"changed": False, "rules": [rule.id for rule in rules]}
        now = datetime.now(timezone.utc)
        judged = [
            self._judged(record, policies[record.host], compare, now.date(), clean)
            for record in read_fleet(options, hostvars)
        ]
        built = report.build_report(
            [result for result, _described in judged],
            rules,
            title=f"{options['title']}",
            generated_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
        limits = outcome.Limits(options["fail_severity"], options["fail_unknown_severity"], options["fail_on_error"])
        described = {result.record.host: text for result, text in judged}
        return {**self._write(built, options), **outcome.result(built, limits, described)}

    def _judged(
        self,
        record: HostRecord,
        host_policy: policy.HostPolicy,
        compare: Callable[[HostRecord], Drift],
        today: date,
        clean: privacy.Clean,
    ) -> tuple[report.HostResult, str]:
        """What there is to report of a host, and what was read of it in a few words."""

        def judged(record: HostRecord) -> tuple[report.HostResult, str]:
            verdicts = judge(record, host_policy, today, self._evaluate)
            return report.HostResult(record, verdicts, compare(record), clean), describe(record)

        return spare(lambda: judged(record), lambda error: judged(unusable(record.host, error)))

    def _read_policy(self, source: Any) -> list[policy.Rule]:
        """A policy from a file, found where Ansible looks for files, or as it stands in a variable."""
        if not isinstance(source, str):
            content = plain(source)
            name = content.get("name") if isinstance(content, Mapping) else None
            return policy.parse_policy(content, name or "in a variable")
        try:
            path = source if Path(source).is_file() else self._find_needle("files", f"{source}")
            content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        except AnsibleError:
            raise policy.PolicyError(
                f"policy {source}: there is no such file, in the current directory or where Ansible looks for files."
            ) from None
        except UnicodeDecodeError:
            raise policy.PolicyError(f"policy {source}: it is not UTF-8 text.") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" at line {mark.line + 1}" if mark else ""
            raise policy.PolicyError(f"policy {source}: it is not YAML{where}.") from None
        return policy.parse_policy(content, Path(source).stem)

    def _host_policy(
        self, rules: list[policy.Rule], hostvars: Mapping[str, Any], host: str, options: Options
    ) -> policy.HostPolicy:
        try:
            names = (*_HOST_VARIABLES, *(_GATHERING if options["only_validate"] else ()))
            variables = self._variables(hostvars, host, names, options["known_variables"])
            if options["only_validate"]:
                # What fails the gathering of a host would replace its good files.
                given = {option: plain(variables.get(name)) for name, option in _GATHERING.items()}
                FactsQuestion().check({option: value for option, value in given.items() if value is not None})
            return policy.for_host(
                rules, *(plain(variables.get(name, default)) for name, default in _HOST_VARIABLES.items())
            )
        except (policy.PolicyError, OptionError, SubsetError) as error:
            raise policy.PolicyError(f"{host}: {error}") from None

    def _variables(
        self, hostvars: Mapping[str, Any], host: str, names: Sequence[str], known: list[str] | None
    ) -> dict[str, Any]:
        """The named variables of ``host``, as a task there sees them: hostvars lacks those of play and role."""
        entry = hostvars._inventory.get_host(host)  # type: ignore[attr-defined]
        found = self._task.get_variable_manager().get_vars(play=self._task.play, host=entry, task=self._task)
        unknown = sorted(name for name in found if name.startswith(_PREFIX) and name not in (known or found))
        if unknown:
            raise policy.PolicyError(f"unknown {', '.join(unknown)}; see ansible-doc -t role for the variables.")
        templar = Templar(loader=self._loader, variables=found)
        variables = {}
        for name in (name for name in names if name in found):
            try:
                variables[name] = templar.template(found[name])
            except AnsibleError as error:
                raise policy.PolicyError(f"{name}: {_cause(error)}") from None
        return variables

    def _comparer(self, options: Options, clean: privacy.Clean) -> Callable[[HostRecord], Drift]:
        """What compares a host with the baseline. The baseline is read here, which must be before it is written."""
        comparison = Comparison(
            options["drift_ignore"], parse_severities(plain(options["drift_severities"])), options["drift_severity"]
        )
        if not options["baseline"]:
            return lambda _record: NOT_COMPARED
        try:
            baseline = self._read_baseline(Path(options["baseline"]), options, clean)
        except (ValueError, OSError) as error:
            raise BaselineError(f"baseline {options['baseline']}: {_why(error)}") from None
        if isinstance(baseline, str):
            return lambda _record: no_baseline(baseline)
        return lambda record: baseline.compare(record, comparison)

    def _read_baseline(self, path: Path, options: Options, clean: privacy.Clean) -> Baseline | str:
        """The baseline, or why there is none where the run writes that file itself."""
        of_fleet = _is(path, fleet_file(options))
        if options["max_age"] is not None and of_fleet:
            raise BaselineError(
                "what is reported was written there too, so that nothing would ever differ. Keep a copy before "
                "gathering, and compare with that."
            )
        if options["max_age"] is None and (of_fleet or any(_is(path, file) for file in state_files(options).values())):
            text = kept().read(path, directory_of(options))
            try:
                return Baseline(json.loads(text), clean) if text else _NO_BASELINE_YET
            except NoStateError:
                return _NO_STATE_YET
        return Baseline(json.loads(path.read_text(encoding="utf-8")), clean)

    def _evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The value of a Jinja expression of a policy. What servers sent is data in it, never a template."""
        available = {name: wrap_var(value) for name, value in variables.items()}
        # A filter may raise anything over what a server sent.
        return spare(lambda: self._value(expression, available), _no_value)

    def _value(self, expression: str, available: Mapping[str, Any]) -> Any:
        if trust_as_template:  # pragma: no branch - the tests run on all versions, coverage on one
            return self._templar.evaluate_expression(trust_as_template(expression), local_variables=available)
        from ansible.template import AnsibleNativeEnvironment  # noqa: PLC0415 - gone since 2.19

        templar = self._templar.copy_with_new_env(AnsibleNativeEnvironment, available_variables=available)
        # In a list, nothing is made of text that looks like another type.
        return templar.template(f"{{{{ [({expression})] }}}}")[0]

    def _write(self, built: Report, options: Mapping[str, Any]) -> dict[str, Any]:
        directory = directory_of(options)
        writers = {
            directory / name: writer for format_ in options["formats"] for name, writer in FORMATS[format_].items()
        }
        paths = [str(path) for path in writers]
        complete = all(path.exists() for path in writers)
        if options["only_on_change"] and complete and not files.differs_beyond_times(directory / "report.json", built):
            return {"changed": False, "files": paths}
        texts = {path: writer(built) for path, writer in writers.items()}
        changed = [path for path, text in texts.items() if files.differs(path, text)]
        if changed and not self._task.check_mode:
            files.make_directories([directory])
            for path in changed:
                files.write(path, texts[path])
        return {"changed": bool(changed), "files": paths}


def _is(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _why(error: ValueError | OSError) -> str:
    if isinstance(error, OSError):
        return f"it cannot be read: {error.strerror}."
    return str(error) if isinstance(error, BaselineError) else "it is not JSON."


def _no_value(error: Exception) -> NoReturn:
    raise ExpressionError(_cause(error)) from None


def _cause(error: BaseException) -> str:
    """The first cause of an error, on one short line: what is around it repeats it, with the whole template."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return " ".join(str(error).split())[:_LONGEST] or type(error).__name__
