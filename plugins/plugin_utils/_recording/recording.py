# SPDX-License-Identifier: GPL-3.0-or-later
"""What a recording is: everything that one NAS answered, as one JSON file.

A raw one is in memory alone. What is written has been scrubbed: it holds no name, no address and no secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict, cast

RECORDING_VERSION = 1

# No recording is larger; one of the full catalogue has about a tenth of it.
MOST_BYTES = 20_000_000


class RecordingError(ValueError):
    """A file that is no recording, or one of another version."""


class Answer(TypedDict, total=False):
    """One read, and what came of it: ``data`` (unless there is none), or ``error``, or ``failed``."""

    api: str
    method: str
    version: int
    params: dict[str, Any]  # those of the read, without session and the like
    seconds: float
    size: int  # of the answer as compact JSON, in bytes, before it was scrubbed and cut
    success: bool  # as the NAS says; missing where no answer came
    data: Any
    error: dict[str, Any]  # what DSM sent instead: ``code``, and sometimes ``errors``
    failed: str  # the name of the error where no answer came
    cut: dict[str, int]  # of lists that were cut, by their path such as data.items, how long they were


class NotAsked(TypedDict):
    """A pair that may be sent and was not."""

    api: str
    method: str
    reason: str


class Recording(TypedDict):
    """``recorded_at`` is moved as all times are, so that they have the same distance from it as on the NAS.

    ``apis`` are entries of SYNO.API.Info. In a ``strict`` recording, values are the names of their types.
    """

    recording_version: int
    recorded_at: str
    strict: bool
    auth_version: int
    apis: dict[str, dict[str, Any]]
    answers: list[Answer]
    not_asked: list[NotAsked]


def dumps(recording: Recording) -> str:
    """The text of the file: an answer a line, so that a difference can be read."""
    head = {key: value for key, value in recording.items() if key != "answers"}
    start = json.dumps(head, indent=1, ensure_ascii=True).removesuffix("\n}")
    answers = ",\n".join(f"  {json.dumps(answer, ensure_ascii=True)}" for answer in recording["answers"])
    return f'{start},\n "answers": [\n{answers}\n ]\n}}\n'


def load(path: Path) -> Recording:
    """The recording in a file. Raises RecordingError, which says what is wrong in one line."""
    try:
        text = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
        found = json.loads(text) if text else None
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path} is no recording: it is not JSON.") from error
    if not isinstance(found, dict) or not _is_recording(found):
        raise RecordingError(f"{path} is no recording: it does not have what one has.")
    if found["recording_version"] != RECORDING_VERSION:
        raise RecordingError(
            f"{path} is a recording of version {found['recording_version']}; only {RECORDING_VERSION} is known here."
        )
    return cast(Recording, {key: found[key] for key in Recording.__annotations__})


def _is_recording(found: Mapping[str, Any]) -> bool:
    types: dict[str, type] = {
        "recording_version": int,
        "recorded_at": str,
        "strict": bool,
        "auth_version": int,
        "apis": dict,
        "answers": list,
        "not_asked": list,
    }
    return all(isinstance(found.get(key), kind) for key, kind in types.items()) and all(
        isinstance(answer, dict)
        and isinstance(answer.get("api"), str)
        and isinstance(answer.get("method"), str)
        and isinstance(answer.get("version"), int)
        and isinstance(answer.get("params"), dict)
        for answer in found["answers"]
    )
