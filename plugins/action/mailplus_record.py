# SPDX-License-Identifier: GPL-3.0-or-later
"""Records one NAS, in the controller's worker: what it answered is scrubbed there, before it is anywhere else."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible import constants
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible import options
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import Admit, Result, failure
from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import DsmError, api_error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus import codes
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import counted
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.compare import compare
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.record import (
    check_pairs,
    fitted,
    record,
    without,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Answer, Recording, dumps
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.scrub import scrub
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._worker import QuestionAction

_ELSEWHERE = "A recording is made on the controller, where it is scrubbed: delegate_to is of no use here."


ARGUMENT_SPEC: options.ArgumentSpec = {
    **options.CONNECTION_SPEC,
    "path": {"type": "path", "required": True},
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
            path = _target(params["path"], check_mode=check_mode)
            address, credentials = options.address(params), options.credentials(params)
            checks = list(check_pairs(params["checks"]))
            raw, warnings = record(address, credentials, checks, admit(address, credentials))
            recording, kept = scrub(raw, strict=params["strict"], keep=params["keep"])
            recording = fitted(recording)
        except ValueError as error:  # of options, and of recordings that are too large
            return failure(str(error))
        except DsmError as error:
            return failure(str(error), error.details.as_dict())
        unused = without(params["keep"], raw) if params["keep"] else []
        if unused:
            warnings.append(f"keep: no answer has a key {' or '.join(map(repr, unused))}.")
        compared = compare(recording)
        return {
            "changed": False,
            "in_clear": kept.lines(strict=params["strict"]),
            "asked": [*_asked(recording), compared.line()],
            "compared": list(compared.lines()),
            "path": str(path),
            "file": None if check_mode else _file(dumps(recording)),
            "warnings": warnings,
        }


class ActionModule(QuestionAction):
    """Asks, and answers with what stays in clear."""

    question = RecordQuestion()

    def _ask_elsewhere(self, *_arguments: Any) -> dict[str, Any]:
        return failure(_ELSEWHERE)


def _target(name: str, *, check_mode: bool) -> Path:
    """Where the recording is to be written, from where the user is. Raises OptionError before anything is asked."""
    path = Path(name).absolute()
    if path.is_dir():
        raise options.OptionError(f"path: {path} is a directory; name a file in it.")
    if not path.parent.is_dir():
        raise options.OptionError(f"path: {path.parent} does not exist; make it first.")
    if not check_mode and (path.exists() or path.is_symlink()):
        raise options.OptionError(f"path: {path} exists already; move it away, or name another file.")
    return path


def _asked(recording: Recording) -> Iterator[str]:
    """What became of the reads, and why some were refused."""
    ok = sum(answer.get("success") is True for answer in recording["answers"])
    yield f"{counted(ok, 'read')} answered"
    yield _by_reason("refused", (_refusal(answer) for answer in recording["answers"] if answer.get("success") is False))
    yield _by_reason("not answered", (answer["failed"] for answer in recording["answers"] if "failed" in answer))
    yield f"{counted(len(recording['not_asked']), 'read')} not asked"


def _by_reason(what: str, reasons: Iterable[str]) -> str:
    found = Counter(reasons)
    told = "; ".join(f"{many} times {reason}" for reason, many in found.most_common())
    return f"{counted(found.total(), 'read')} {what}" + (f": {told}" if told else "")


def _refusal(answer: Answer) -> str:
    code = answer["error"].get("code")
    if not isinstance(code, int):
        return "without a code"
    call: dict[str, Any] = {"api": answer["api"], "method": answer["method"], "version": answer["version"]}
    return api_error(code, **call, meaning=codes.meaning).details.name.replace("_", " ")


def _file(text: str) -> str:
    """The path of a file of this run, which its owner alone can read."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=constants.DEFAULT_LOCAL_TMP, prefix="recording-", suffix=".json", delete=False
    ) as file:
        file.write(text)
    return file.name
