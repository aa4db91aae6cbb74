# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of a list as JSON Lines in a file, written while they are read.

The file appears under its name only when it is whole. Until then the rows are in ``NAME.part``, and ``NAME.part.json``
tells how far they go, so that a reading that broke off is taken up where it stopped.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any


class RowFileError(OSError):
    """The file cannot be written."""


class RowFile:
    """One file that is being written. A name that ends in .gz is compressed.

    ``purpose`` tells what is read and how: only a part of the same purpose is continued. Raises RowFileError.
    """

    def __init__(self, path: Path, purpose: Mapping[str, Any]) -> None:
        self.path = path
        self.rows = 0
        self._part = path.with_name(f"{path.name}.part")
        self._notes = path.with_name(f"{path.name}.part.json")
        self._purpose = dict(purpose)
        self._file: IO[bytes] | None = None

    def begin(self) -> Mapping[str, Any] | None:
        """Open the file. Returns the progress noted last where an earlier reading broke off, None at the start."""
        notes = self._read_notes()
        try:
            self._file = self._part.open("r+b" if notes else "wb")
            self._part.chmod(0o600)
            if notes:
                self.rows = notes["rows"]
                self._file.truncate(notes["bytes"])
                self._file.seek(0, 2)
        except OSError as error:
            raise self._error(error) from None
        return notes["progress"] if notes else None

    def rows_so_far(self) -> Iterator[Any]:
        """The rows of the part, one by one."""
        opened = gzip.open if self.path.suffix == ".gz" else open
        with opened(self._part, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    def write(self, rows: Sequence[Any], progress: Mapping[str, Any]) -> None:
        """Append rows, then note the progress that a later reading may start from."""
        if self._file is None:
            raise RuntimeError("begin comes first")
        text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()
        if text and self.path.suffix == ".gz":
            text = gzip.compress(text, compresslevel=6, mtime=0)  # a file of several members is one text
        try:
            self._file.write(text)
            self._file.flush()
            self.rows += len(rows)
            notes = {
                "purpose": self._purpose,
                "rows": self.rows,
                "bytes": self._file.tell(),
                "progress": progress,
            }
            fresh = self._notes.with_name(f"{self._notes.name}.new")
            fresh.write_text(json.dumps(notes), encoding="utf-8")
            fresh.chmod(0o600)
            fresh.replace(self._notes)
        except OSError as error:
            raise self._error(error) from None

    def finish(self) -> None:
        """Give the whole file its name."""
        self.close()
        try:
            self._part.replace(self.path)
            self._notes.unlink(missing_ok=True)
        except OSError as error:
            raise self._error(error) from None

    def close(self) -> None:
        """Close the file, and keep the part for a later reading."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read_notes(self) -> dict[str, Any] | None:
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
            usable = notes["purpose"] == self._purpose and self._part.stat().st_size >= notes["bytes"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return notes if usable else None

    def _error(self, error: OSError) -> RowFileError:
        return RowFileError(f"{self.path} cannot be written: {error.strerror}.")
