# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what each task returned to the file that RECORDER_FILE names, a line of JSON each."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: recorder
type: notification
short_description: Record the results of tasks
description:
  - Writes what each task returned, as lines of JSON.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no types
    """Records results as they are before a callback makes them pretty."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: ARG002 - Ansible's name
        self._record("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._record("skipped", result)

    def _record(self, status: str, result: Any) -> None:
        returned, task, host = (_part(result, name) for name in ("result", "task", "host"))
        line = {"status": status, "host": host.get_name(), "task": task.get_name(), "returned": returned}
        # Only what JSON can say: a result that holds anything else is a defect, and shows as a warning of Ansible's.
        text = json.dumps(line, allow_nan=False)
        with Path(os.environ["RECORDER_FILE"]).open("a", encoding="utf-8") as file:
            file.write(text + "\n")


def _part(result: Any, name: str) -> Any:
    """A part of a result, under the name that ansible-core 2.19 made public or the older one."""
    return getattr(result, name) if hasattr(result, name) else getattr(result, f"_{name}")
