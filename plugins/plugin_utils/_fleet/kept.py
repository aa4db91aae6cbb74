# SPDX-License-Identifier: GPL-3.0-or-later
"""A baseline that the run itself writes: read before it is written, and kept until the run ends.

So ``fleet.json`` of the last run can be the baseline of this one. The steps of a run are processes of their own, and
with batches of hosts each step comes more than once, so what was read first lies in a directory that lives as long as
the run.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.drift import BaselineError


@dataclass(frozen=True)
class Kept:
    """What this run read before it wrote. ``place`` is a directory of the run, which goes when the run ends."""

    place: Path

    def note_written(self, directory: Path) -> None:
        """Remember that this run wrote the files of this directory. Raises OSError."""
        self._at("written", directory).touch()

    def read(self, path: Path, directory: Path) -> str | None:
        """What stood in a file of ``directory`` before this run wrote it; None where there was none.

        Raises OSError, BaselineError.
        """
        kept = self._at("kept", path)
        if not kept.exists():
            if self._at("written", directory).exists():
                raise BaselineError(
                    "this run wrote it before it was asked to compare with it. Set mailplus_state_baseline where the "
                    "gathering sees it too: in the inventory, as a variable of the play, or with -e."
                )
            files.write(kept, path.read_text(encoding="utf-8") if path.exists() else "")
        return kept.read_text(encoding="utf-8") or None

    def runs_of(self, directory: Path) -> list[str]:
        """The runs that earlier steps of this one wrote into a directory: with batches of hosts, there are several."""
        note = self._at("run", directory)
        return note.read_text(encoding="utf-8").split() if note.exists() else []

    def note_run(self, directory: Path, stamp: str) -> None:
        """Remember a run that was written into a directory. Raises OSError."""
        files.write(self._at("run", directory), "\n".join([*self.runs_of(directory), stamp]))

    def _at(self, what: str, path: Path) -> Path:
        return self.place / f"mailplus-{what}-{hashlib.sha256(bytes(path.resolve())).hexdigest()}"
