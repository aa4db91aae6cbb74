# SPDX-License-Identifier: GPL-3.0-or-later
"""Records one NAS, in the controller's worker: what it answered is scrubbed there, before it is anywhere else."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible import constants
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import Admit, Result, failure
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.compare import compare
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.record import check_pairs, fitted, record
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Recording, dumps
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.scrub import scrub
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._worker import QuestionAction

_ELSEWHERE = "A recording is made on the controller, where it is scrubbed: delegate_to is of no use here."


ARGUMENT_SPEC: options.ArgumentSpec = {
    **options.CONNECTION_SPEC,
    "strict": {"type": "bool", "default": False},
    "keep": {"type": "list", "elements": "str", "default": []},
    "checks": {"type": "list", "elements": "str", "default": []},
}


class RecordQuestion:
    """Everything that may be asked, and of the answers what may be shown."""

    argument_spec = ARGUMENT_SPEC

    def answer(self, params: Mapping[str, Any], *, check_mode: bool, admit: Admit) -> Result:
        """The result of the task; the recording is in a file that goes when the run ends."""
        try:
            address, credentials = options.address(params), options.credentials(params)
            checks = list(check_pairs(params["checks"]))
            raw, warnings = record(address, credentials, checks, admit(address, credentials))
        except ValueError as error:  # of options, all of this collection
            return failure(str(error))
        except DsmError as error:
            return failure(str(error), error.details.as_dict())
        recording, kept = scrub(raw, strict=params["strict"], keep=params["keep"])
        recording = fitted(recording)
        compared = compare(recording)
        return {
            "changed": False,
            "asked": _asked(recording),
            "in_clear": kept.lines(),
            "compared": compared.line(),
            "compared_details": list(compared.lines()),
            "file": None if check_mode else _file(dumps(recording)),
            "warnings": warnings,
        }


class ActionModule(QuestionAction):
    """Asks, and answers with what stays in clear."""

    question = RecordQuestion()

    def _ask_elsewhere(self, *_arguments: Any) -> dict[str, Any]:
        return failure(_ELSEWHERE)


def _asked(recording: Recording) -> dict[str, int]:
    """How many reads there are, by what became of them."""
    found = Counter(
        "unanswered" if "failed" in answer else "ok" if answer["success"] else "refused"
        for answer in recording["answers"]
    )
    return {**{name: found[name] for name in ("ok", "refused", "unanswered")}, "not_asked": len(recording["not_asked"])}


def _file(text: str) -> str:
    """The path of a file of this run, which its owner alone can read."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=constants.DEFAULT_LOCAL_TMP, prefix="recording-", suffix=".json", delete=False
    ) as file:
        file.write(text)
    return str(Path(file.name))
