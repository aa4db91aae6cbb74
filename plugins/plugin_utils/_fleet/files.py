# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller: written whole or not at all, for their owner alone unless somebody says otherwise."""

from __future__ import annotations

import json
import math
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import CATALOGUE
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import visible_lines

# Keys whose values pass with time while a fleet stays as it is, and the figures that are such values.
_TIMES = {"generated_at", "collected_at", "oldest_age_seconds"}
_TIMES |= {each.name for row in CATALOGUE for each in row.figures if each.path.rpartition(".")[2] in _TIMES}

# The name of a file that is being written. One that is older than an hour was left behind by a run that was killed.
_PREFIX, _SUFFIX = ".mailplus-", ".part"
_LEFT_BEHIND_SECONDS = 3600


@dataclass(frozen=True)
class Access:
    """Who may read a file: its mode, and the id of its group, None for the one that the run has."""

    mode: int = 0o600
    group: int | None = None

    @property
    def of_directory(self) -> int:
        """The mode of a directory in which the file can be read by those who may."""
        return 0o700 | (self.mode & 0o044) | (self.mode & 0o044) >> 2

    def holds(self, path: Path) -> bool:
        """Whether a file has it. Raises OSError."""
        status = path.lstat()
        return stat.S_IMODE(status.st_mode) == self.mode and self.group in (None, status.st_gid)


OWNER_ALONE = Access()


def to_json(content: Any) -> str:
    """The same text for the same content, wherever it came from. What stands for a character is how JSON writes it."""
    return _json(content, 2)


def to_line(content: Any) -> str:
    """The same on one line."""
    return _json(content, None)


def _json(content: Any, indent: int | None) -> str:
    try:
        text = json.dumps(content, indent=indent, sort_keys=True, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_writable(content), indent=indent, sort_keys=True, ensure_ascii=False)
    return visible_lines(text) + "\n"


def _writable(value: Any) -> Any:
    """A copy with null in place of each number that JSON does not have, or Python does not write."""
    if isinstance(value, Mapping):
        return {key: _writable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_writable(item) for item in value]
    if isinstance(value, (int, float)):
        return value if _is_finite(value) else None
    return value


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def make_directories(directories: Iterable[Path], access: Access = OWNER_ALONE) -> None:
    """Make what is missing, parents too, for those who may read, and remove what killed runs left in them.

    Raises OSError.
    """
    for directory in directories:
        make_directory(directory, access)
        _remove_left_behind(directory)


def unusable_directory(directory: Path) -> str | None:
    """Why no file can be written there, None where the directory is there, or can be made."""
    place = directory
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return f"{place} is no directory"
    return None if os.access(place, os.W_OK | os.X_OK) else f"{place} cannot be written to"


def make_directory(directory: Path, access: Access = OWNER_ALONE) -> None:
    """Make it where it is missing, parents too, for those who may read. Raises OSError."""
    if directory.is_dir():
        return
    if not directory.parent.exists():
        make_directory(directory.parent, access)
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        if not directory.is_dir():  # else another run was faster
            raise
    else:
        if access.group is not None:
            os.chown(directory, -1, access.group)
        directory.chmod(access.of_directory)  # whatever the umask took away


def _remove_left_behind(directory: Path) -> None:
    oldest = time.time() - _LEFT_BEHIND_SECONDS
    for path in directory.glob(f"{_PREFIX}*{_SUFFIX}"):
        try:
            if path.lstat().st_mtime < oldest:
                path.unlink()
        except OSError:  # another run was faster, or it belongs to somebody else
            continue


def differs(path: Path, text: str) -> bool:
    """Whether the file is missing or holds something else. Raises OSError."""
    return _content(path) != _encode(text)


def differs_from_pieces(path: Path, pieces: Iterable[str]) -> bool:
    """As ``differs``, for a text that comes in pieces. Raises OSError."""
    if not _is_file(path):
        return True
    with path.open("rb") as file:
        return any(file.read(len(piece)) != piece for piece in map(_encode, pieces)) or bool(file.read(1))


def differs_beyond_times(path: Path, text: str, less: Callable[[Any], Any] = lambda content: content) -> bool:
    """Whether the file is missing, or its JSON differs from that of ``text`` in more than the times it states.

    ``less`` takes out what does not count either.
    """
    try:
        before = json.loads(_content(path) or b"")
    except (OSError, ValueError, RecursionError):
        return True
    try:
        return bool(_without_times(less(before)) != _without_times(less(json.loads(text))))
    except (LookupError, TypeError, AttributeError):  # the file is not what it was written as
        return True


def _content(path: Path) -> bytes | None:
    """None where there is no file, or something else, which is never opened: a pipe would hold the run for ever."""
    return path.read_bytes() if _is_file(path) else None


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def write(path: Path, text: str, access: Access = OWNER_ALONE) -> None:
    """Put a file in place, also of a link or a pipe. A reader sees the old one or the new one, never a part.

    Raises OSError, which names the file.
    """
    write_pieces(path, [text], access)


def write_pieces(path: Path, pieces: Iterable[str], access: Access = OWNER_ALONE, *, lasting: bool = True) -> None:
    """As ``write``, of a text in pieces. One that is not ``lasting`` may be lost when the machine crashes."""
    write_bytes(path, map(_encode, pieces), access, lasting=lasting)


def write_bytes(path: Path, pieces: Iterable[bytes], access: Access = OWNER_ALONE, *, lasting: bool = True) -> None:
    """As ``write_pieces``, of what is no text."""
    try:
        _put(path, pieces, access, lasting)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _put(path: Path, content: Iterable[bytes], access: Access, lasting: bool) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX, suffix=_SUFFIX)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(content)
            file.flush()
            if access != OWNER_ALONE:
                os.fchown(file.fileno(), -1, -1 if access.group is None else access.group)
                os.fchmod(file.fileno(), access.mode)
            if lasting:
                os.fsync(file.fileno())  # else a crash can leave the name with nothing behind it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _encode(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _without_times(value: Any) -> Any:
    if isinstance(value, Mapping):
        # A verdict on such a value states it too.
        times = (
            {*_TIMES, "actual", "actual_in_words"} if str(value.get("path")).rpartition(".")[2] in _TIMES else _TIMES
        )
        return {key: _without_times(item) for key, item in value.items() if key not in times}
    if isinstance(value, list):
        return [_without_times(item) for item in value]
    return value


def is_time(name: str) -> bool:
    """Whether a figure passes with time while a fleet stays as it is."""
    return name in _TIMES


def lines_of(path: Path) -> Iterator[str]:
    """The text of a file of ours, line by line. Raises OSError."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from file
