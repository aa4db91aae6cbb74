# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module as what it is, past the action of the same name, as ``ansible.builtin.gather_facts`` does."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Takes ``module`` and its ``options``."""

    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        name, options = self._task.args["module"], self._task.args.get("options", {})
        result.update(self._execute_module(module_name=name, module_args=options, task_vars=task_vars))
        return result
