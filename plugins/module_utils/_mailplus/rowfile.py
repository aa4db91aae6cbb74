# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of a list as JSON Lines in a file, written while they are read.

The file appears under its name only when it is whole. Until then the rows are in ``NAME.part``, and ``NAME.part.json``
tells how far they go, so that a reading that broke off is taken up where it stopped. Whoever writes the part holds a
lock on it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import gzip
import json
import os
import stat
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

# No link is followed, and what is no file (a pipe, say) is not waited for.
_CAREFULLY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


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

    def add_purpose(self, purpose: Mapping[str, Any]) -> None:
        """Tell what is read, as far as that is known only when reading begins."""
        self._purpose |= purpose

    def begin(self) -> Mapping[str, Any] | None:
        """The progress noted last where an earlier reading broke off, None at the start.

        Nothing is made yet, and no more is changed than that what came behind the last note is cut off.
        """
        try:
            self._file = self._existing()
            if self._file is None:
                return None
            self._found = self._read_notes(self._file)
            if self._found is None:
                return None
            self._opened()
        except OSError as error:
            raise self._error(error) from error
        self.rows = self._found["rows"]
        return dict(self._found["progress"])

    def rows_so_far(self) -> Iterator[Any]:
        """The rows of the part, one by one."""
        file = self._opened()
        rows = 0
        try:
            file.seek(0)
            for line in gzip.GzipFile(fileobj=file) if self.path.suffix == ".gz" else file:
                rows += 1
                yield json.loads(line)
            file.seek(0, os.SEEK_END)
        except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:
            raise self._damaged() from error
        if rows != self.rows:
            raise self._damaged()

    def start_anew(self) -> None:
        """Go on without what an earlier reading left."""
        self._found, self._ready, self.rows = None, False, 0

    def write(self, rows: Sequence[Any]) -> None:
        """Append rows."""
        text = "".join(f"{_TO_JSON(row)}\n" for row in rows).encode()
        if text and self.path.suffix == ".gz":
            text = gzip.compress(text, compresslevel=6, mtime=0)  # a file of several members is one text
        try:
            self._opened().write(text)
        except OSError as error:
            raise self._error(error) from error
        self.rows += len(rows)

    def note(self, progress: Mapping[str, Any]) -> None:
        """Note the progress that a later reading may start from, with the rows that were written."""
        try:
            file = self._opened()
            file.flush()
            notes = {"purpose": self._purpose, "rows": self.rows, "bytes": file.tell(), "progress": progress}
            self._write_notes(json.dumps(notes))
        except OSError as error:
            raise self._error(error) from error

    def finish(self) -> None:
        """Give the whole file its name, once it is on the disk."""
        try:
            file = self._opened()
            file.flush()
            os.fsync(file.fileno())
            self._part.replace(self.path)
            self._notes.unlink(missing_ok=True)
            _sync_directory(self.path.parent)
        except OSError as error:
            raise self._error(error) from error
        finally:
            self.close()

    def discard(self) -> None:
        """Remove the part: it holds nothing, and nothing is to go on from."""
        try:
            self._opened()  # which only whoever holds the lock does
            self._notes.unlink(missing_ok=True)
            self._part.unlink()
        except OSError as error:
            raise self._error(error) from error
        finally:
            self.close()

    def close(self) -> None:
        """Close the file, and keep the part for a later reading."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # what a full disk did not take is behind the last note
                file.close()

    def _existing(self) -> IO[bytes] | None:
        """The part of an earlier reading, None where there is none."""
        try:
            file = self._open(self._part, os.O_RDWR)
        except FileNotFoundError:
            return None
        self._lock(file)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(self._part.lstat(), os.fstat(file.fileno())):
                return file
        file.close()  # another task finished it meanwhile: it has its name
        return None

    def _opened(self) -> IO[bytes]:
        """The part, without what came behind the last note."""
        if self._file is None:
            try:
                self._file = self._open(self._part, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            except FileExistsError:
                raise self._taken() from None
            self._lock(self._file)
        if not self._ready:
            self._remove_unfinished_notes()
            os.fchmod(self._file.fileno(), 0o600)
            self._file.truncate(self._found["bytes"] if self._found else 0)
            self._file.seek(0, os.SEEK_END)
            self._ready = True
        return self._file

    def _open(self, path: Path, how: int) -> IO[bytes]:
        """A file of this user and of this one name: written through another one, it would be somebody else's."""
        foreign = RowFileError(f"{path} is a link, no file, or another user's. Delete it, or name another file.")
        try:
            number = os.open(path, how | _CAREFULLY, 0o600)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise foreign from error
            raise
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1 or found.st_uid != os.geteuid():
            os.close(number)
            raise foreign
        return os.fdopen(number, "r+b" if how & os.O_RDWR else "rb")

    def _lock(self, file: IO[bytes]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise self._taken() from None

    def _read_notes(self, part: IO[bytes]) -> dict[str, Any] | None:
        """The notes of an earlier reading of the same purpose; None where there are none that can be used."""
        try:
            with self._open(self._notes, os.O_RDONLY) as file:
                notes = json.load(file)
        except (OSError, ValueError, RecursionError, RowFileError):
            return None
        if not isinstance(notes, dict) or notes.get("purpose") != self._purpose:
            return None
        counts = [notes.get("rows"), notes.get("bytes")]
        if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in counts):
            return None
        usable = isinstance(notes.get("progress"), dict) and os.fstat(part.fileno()).st_size >= notes["bytes"]
        return notes if usable else None

    def _write_notes(self, text: str) -> None:
        number, name = tempfile.mkstemp(prefix=f"{self._notes.name}.", suffix=".new", dir=self._notes.parent)
        fresh = Path(name)
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
            fresh.replace(self._notes)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise

    def _remove_unfinished_notes(self) -> None:
        """Remove what a run that was killed left: whoever holds the lock is the only one to write notes."""
        for left in self._notes.parent.glob(f"{glob.escape(self._notes.name)}.*.new"):
            with contextlib.suppress(OSError):
                left.unlink()

    def _taken(self) -> RowFileError:
        return RowFileError(f"{self.path} is being written by another task. Wait for its end, or name another file.")

    def _damaged(self) -> RowFileError:
        return RowFileError(f"{self._part} is damaged. Delete it, and {self._notes}, to begin anew.")

    def _error(self, error: OSError) -> RowFileError:
        return RowFileError(f"{self.path} cannot be written: {error.strerror or error}.")


def _sync_directory(directory: Path) -> None:
    """Have the names in a directory on the disk, where its file system can do that."""
    with contextlib.suppress(OSError):
        number = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(number)
        finally:
            os.close(number)
