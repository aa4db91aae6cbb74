# SPDX-License-Identifier: GPL-3.0-or-later
"""The recordings of ``tests/recordings``, and a fleet of their NAS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import Recording, load

PLACE = Path(__file__).parents[2] / "recordings"
INDEX = PLACE / "recordings.yml"
FILES = sorted(path.name for path in PLACE.glob("*.json"))


def recording_of(file: str) -> Recording:
    return load(PLACE / file)


def fleet_of(file: str, now: str | None = None) -> dict[str, Any]:
    """The description of a fleet of one. At the time of the recording, no time that it tells is moved."""
    return {"now": now, "nas": {Path(file).stem: {"recording": str(PLACE / file), "https": False}}}
