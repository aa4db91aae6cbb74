# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges the gathered state of a fleet, and writes the report: on the controller, in one task for all hosts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._action import plain, read_fleet
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, outcome, policy, privacy, report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import (
    NOT_COMPARED,
    Baseline,
    BaselineError,
    Comparison,
    parse_severities,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import describe
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import StatesError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.verdicts import ExpressionError, judge
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS
from jinja2 import TemplateError

try:
    from ansible.template import trust_as_template
except ImportError:  # pragma: no cover - ansible-core before 2.19 trusts every text
    trust_as_template = None

_NEVER = "never"
_PREFIX = "mailplus_state_"

# Before ansible-core 2.19, what a filter raises comes through as it is.
_EXPRESSION_ERRORS = (
    AnsibleError,
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    re.error,
)

ARGUMENT_SPEC = {
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


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Runs on the controller; there is no module behind it."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task: the findings, and which files there are."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _validation, options = self.validate_argument_spec(ARGUMENT_SPEC)
        try:
            return result | self._answer(options, (task_vars or {})["hostvars"])
        except (policy.PolicyError, BaselineError, privacy.PrivacyError, StatesError) as error:
            raise AnsibleActionFail(str(error)) from None
        except OSError as error:
            where = error.filename or options["directory"]
            raise AnsibleActionFail(f"{where} cannot be read or written: {error.strerror}.") from None

    def _answer(self, options: Mapping[str, Any], hostvars: Mapping[str, Any]) -> dict[str, Any]:
        if (options["formats"] or options["max_age"] is not None) and not options["directory"]:
            raise AnsibleActionFail("directory is missing: formats are written there, and max_age is of files there.")
        clean = privacy.cleaner(options["personal_data"], options["personal_data_key"])
        rules = policy.combine(self._read_policy(source) for source in options["policies"])
        policies = {
            host: self._host_policy(rules, hostvars, host, options["known_variables"]) for host in options["hosts"]
        }
        baseline = self._read_baseline(options["baseline"], clean)
        comparison = Comparison(
            options["drift_ignore"], parse_severities(plain(options["drift_severities"])), options["drift_severity"]
        )
        if options["only_validate"]:
            return {"changed": False, "rules": [rule.id for rule in rules]}
        now = datetime.now(timezone.utc)
        found = read_fleet(options, hostvars)
        results = []
        for record in found:
            verdicts = judge(record, policies[record.host], now.date(), self._evaluate)
            drift = baseline.compare(record.cleaned(clean), comparison) if baseline else NOT_COMPARED
            results.append(report.HostResult(record, verdicts, drift, clean))
        built = report.build_report(
            results, rules, title=f"{options['title']}", generated_at=now.strftime("%Y-%m-%dT%H:%M:%SZ")
        )
        limits = outcome.Limits(options["fail_severity"], options["fail_unknown_severity"], options["fail_on_error"])
        described = {record.host: describe(record) for record in found}
        return {**self._write(built, options), **outcome.result(built, limits, described)}

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
        self, rules: list[policy.Rule], hostvars: Mapping[str, Any], host: str, known: list[str] | None
    ) -> policy.HostPolicy:
        variables = self._variables(hostvars, host, known)
        overrides, exceptions, paths = (
            plain(variables.get(name, default)) for name, default in _HOST_VARIABLES.items()
        )
        try:
            return policy.for_host(rules, overrides, exceptions, paths)
        except policy.PolicyError as error:
            raise policy.PolicyError(f"{host}: {error}") from None

    def _variables(self, hostvars: Mapping[str, Any], host: str, known: list[str] | None) -> dict[str, Any]:
        """The variables that bear on ``host``, as a task there sees them: hostvars lacks those of play and role."""
        entry = hostvars._inventory.get_host(host)  # type: ignore[attr-defined]
        found = self._task.get_variable_manager().get_vars(play=self._task.play, host=entry, task=self._task)
        unknown = sorted(name for name in found if name.startswith(_PREFIX) and name not in (known or found))
        if unknown:
            raise policy.PolicyError(
                f"{host}: unknown {', '.join(unknown)}; see ansible-doc -t role for the variables."
            )
        templar = Templar(loader=self._loader, variables=found)
        return {name: templar.template(found[name]) for name in _HOST_VARIABLES if name in found}

    def _read_baseline(self, path: str | None, clean: Any) -> Baseline | None:
        if not path:
            return None
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            return Baseline(content, clean)
        except (ValueError, BaselineError) as error:
            reason = str(error) if isinstance(error, BaselineError) else "it is not JSON."
            raise BaselineError(f"baseline {path}: {reason}") from None

    def _evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The value of a Jinja expression of a policy. What servers sent is data in it, never a template."""
        available = {name: wrap_var(value) for name, value in variables.items()}
        try:
            if trust_as_template:  # pragma: no branch - the tests run on all versions, coverage on one
                return self._templar.evaluate_expression(trust_as_template(expression), local_variables=available)
            from ansible.template import AnsibleNativeEnvironment  # noqa: PLC0415 - gone since 2.19

            templar = self._templar.copy_with_new_env(AnsibleNativeEnvironment, available_variables=available)
            # In a list, nothing is made of text that looks like another type.
            return templar.template(f"{{{{ [({expression})] }}}}")[0]
        except _EXPRESSION_ERRORS as error:
            raise ExpressionError(f"The expression cannot be evaluated: {_first_line(error)}") from None

    def _write(self, built: report.Report, options: Mapping[str, Any]) -> dict[str, Any]:
        directory = Path(options["directory"] or "").absolute()
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


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
