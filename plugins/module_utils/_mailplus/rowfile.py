# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of a list as JSON Lines in a file, written while they are read.

The file appears under its name only when it is whole. Until then the rows are in ``NAME.part``, and ``NAME.part.json``
tells how far they go, so that a reading that broke off is taken up where it stopped. Whoever writes the part holds a
lock on it.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class RowFileError(Exception):
    """The file cannot be written, or not now, or its part cannot be continued."""


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
        self._found: dict[str, Any] | None = None
        self._file: IO[bytes] | None = None
        self._ready = False

    def begin(self) -> Mapping[str, Any] | None:
        """The progress noted last where an earlier reading broke off, None at the start.

        Nothing is made yet, and no more is changed than that what came behind the last note is cut off.
        """
        try:
            self._file = self._existing()
            self._found = self._read_notes() if self._file else None
            if self._found is None:
                return None
            self._opened()
        except OSError as error:
            raise self._error(error) from None
        self.rows = self._found["rows"]
        return dict(self._found["progress"])

    def rows_so_far(self) -> Iterator[Any]:
        """The rows of the part, one by one."""
        opened = gzip.open if self.path.suffix == ".gz" else open
        try:
            with opened(self._part, "rt", encoding="utf-8") as file:
                for line in file:
                    yield json.loads(line)
        except (OSError, EOFError, ValueError, zlib.error):
            self.close()
            raise RowFileError(f"{self._part} is damaged. Delete it, and {self._notes}, to begin anew.") from None

    def write(self, rows: Sequence[Any]) -> None:
        """Append rows."""
        text = "".join(f"{_TO_JSON(row)}\n" for row in rows).encode()
        if text and self.path.suffix == ".gz":
            text = gzip.compress(text, compresslevel=6, mtime=0)  # a file of several members is one text
        try:
            self._opened().write(text)
        except OSError as error:
            raise self._error(error) from None
        self.rows += len(rows)

    def note(self, progress: Mapping[str, Any]) -> None:
        """Note the progress that a later reading may start from, with the rows that were written."""
        try:
            file = self._opened()
            file.flush()
            notes = {
                "purpose": self._purpose,
                "rows": self.rows,
                "bytes": file.tell(),
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
        try:
            self._opened().flush()
            self._part.replace(self.path)
            self._notes.unlink(missing_ok=True)
        except OSError as error:
            raise self._error(error) from None
        finally:
            self.close()

    def close(self) -> None:
        """Close the file, and keep the part for a later reading."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _existing(self) -> IO[bytes] | None:
        """The part of an earlier reading, None where there is none."""
        try:
            file = self._part.open("r+b")
        except FileNotFoundError:
            return None
        self._lock(file)
        if self._part.exists() and os.path.samestat(self._part.stat(), os.fstat(file.fileno())):
            return file
        file.close()  # another task finished it meanwhile: it has its name
        return None

    def _opened(self) -> IO[bytes]:
        """The part, without what came behind the last note."""
        if self._file is None:
            try:
                self._file = self._part.open("xb")
            except FileExistsError:
                raise self._taken() from None
            self._lock(self._file)
        if not self._ready:
            os.fchmod(self._file.fileno(), 0o600)
            self._file.truncate(self._found["bytes"] if self._found else 0)
            self._file.seek(0, 2)
            self._ready = True
        return self._file

    def _lock(self, file: IO[bytes]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise self._taken() from None

    def _taken(self) -> RowFileError:
        return RowFileError(f"{self.path} is being written by another task. Wait for its end, or name another file.")

    def _read_notes(self) -> dict[str, Any] | None:
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
            usable = notes["purpose"] == self._purpose and self._part.stat().st_size >= notes["bytes"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return notes if usable else None

    def _error(self, error: OSError) -> RowFileError:
        return RowFileError(f"{self.path} cannot be written: {error.strerror}.")
