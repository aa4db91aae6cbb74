# SPDX-License-Identifier: GPL-3.0-or-later
"""What the runs of a fleet found, a file a run.

A file is JSON Lines, compressed: first its head, which tells of every host how it was, then a line for each host whose
settings and entries are known. Each line is compressed by itself, so that the state of one host is read without those
of the others, and ``zcat`` prints all. A file that is damaged is never an end: what it would tell is not known.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import iso, read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files

RUN_VERSION = 1

_DIRECTORY = "history"
_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\dZ)\.jsonl\.gz", re.ASCII)
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 1 << 16
_MOST_DAYS = 36_500


class RunError(ValueError):
    """A file of a run that cannot be read."""


@dataclass(frozen=True)
class HostRun:
    """How a run found a host.

    ``asked`` is false of a host that the run left out, ``gone`` true of one that was in no inventory any more; of both,
    what earlier runs knew is passed on. ``read_at`` is when its state was read, which stands at ``place`` in the file.
    Of a host that was not read, ``figures`` and ``verdicts`` are of its last reading; ``findings`` tells by rule what
    was found, and since which run.
    """

    status: str
    asked: bool = True
    gone: bool = False
    read_at: str | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    verdicts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    findings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    place: Sequence[int] | None = None

    def verdict_of(self) -> dict[str, str]:
        """The verdict of each rule."""
        return {rule: verdict for verdict, rules in self.verdicts.items() for rule in rules}

    @classmethod
    def from_json(cls, entry: Any) -> HostRun:
        """What ``asdict`` made. Raises RunError."""
        if not isinstance(entry, dict) or entry.keys() != {each.name for each in fields(cls)}:
            raise RunError("it does not tell of its hosts as this release does")
        found = cls(**entry)
        if not all(_FITS[name](entry[name]) for name in entry):
            raise RunError("what it tells of its hosts cannot be")
        return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_two_texts(value: Any) -> bool:
    return _are_texts(value) and [*map(bool, value)] == [True, True]


_FITS: dict[str, Callable[[Any], bool]] = {
    "status": _is_text,
    "asked": _is_flag,
    "gone": _is_flag,
    "read_at": lambda value: value is None or _is_text(value),
    "figures": lambda value: isinstance(value, dict) and all(map(_is_number, value.values())),
    "verdicts": lambda value: isinstance(value, dict) and all(map(_are_texts, value.values())),
    "findings": lambda value: isinstance(value, dict) and all(map(_are_two_texts, value.values())),
    "place": lambda value: value is None or (isinstance(value, list) and [*map(_is_number, value)] == [True, True]),
}


@dataclass(frozen=True)
class RunFile:
    """The file of a run; ``stamp`` is the time by which the run is known, UTC."""

    path: Path
    stamp: str

    def hosts(self) -> dict[str, HostRun]:
        """How the run found its hosts. Raises RunError."""
        try:
            with self._open() as file:
                head, _end = _first_line(file)
            if head["run_version"] != RUN_VERSION:
                raise RunError("another release wrote it")
            return {host: HostRun.from_json(entry) for host, entry in head["hosts"].items()}
        except (LookupError, TypeError, AttributeError) as error:
            raise RunError("it does not begin as this release writes it") from error

    def sections(self, host: str, place: Sequence[int]) -> dict[str, Any]:
        """The state of a host, which is at a place. Raises RunError."""
        with self._open() as file:
            _head, end = _first_line(file)
            offset, size = place
            if not 0 <= offset < offset + size <= os.fstat(file.fileno()).st_size - end:
                raise RunError("the state of a host lies outside it")
            file.seek(end + offset)
            found = _parsed(_unpacked(file.read(size)))
        sections = found.get("sections") if isinstance(found, dict) and found.get("host") == host else None
        if not isinstance(sections, dict) or not all(map(_is_envelope, sections.values())):
            raise RunError("the state of a host is not as this release writes it")
        return sections

    @contextlib.contextmanager
    def _open(self) -> Iterator[IO[bytes]]:
        try:
            if not stat.S_ISREG(self.path.lstat().st_mode):  # a pipe would hold the run for ever
                raise RunError("it is no file")
            with self.path.open("rb") as file:
                yield file
        except OSError as error:
            raise RunError(f"it cannot be read: {error.strerror}") from error


def place(directory: Path) -> Path:
    """Where the runs that write into a directory are kept."""
    return directory / _DIRECTORY


def run_files(directory: Path) -> list[RunFile]:
    """The files of earlier runs that wrote into this directory, oldest first."""
    try:
        names = sorted(path.name for path in place(directory).iterdir())
    except OSError:
        return []
    matches = (_NAME.fullmatch(name) for name in names)
    return [RunFile(place(directory) / match[0], ":".join(match.groups())) for match in matches if match]


def run_file(directory: Path, stamp: str) -> RunFile:
    """The file of a run."""
    return RunFile(place(directory) / f"{stamp.replace(':', '-')}.jsonl.gz", stamp)


@dataclass(frozen=True)
class ThisRun:
    """The run that is under way, by its ``stamp``, and those before it that wrote into the same directory.

    ``steps`` are the runs that earlier steps of it wrote.
    """

    directory: Path
    stamp: str
    now: str
    steps: Sequence[str] = ()

    def earlier(self) -> list[RunFile]:
        """The runs before, oldest first."""
        return [run for run in run_files(self.directory) if run.stamp < self.stamp and run.stamp not in self.steps]

    def replaced(self) -> list[RunFile]:
        """The runs whose place this one takes: that of the same time, and its own steps."""
        return [run for run in run_files(self.directory) if run.stamp in {self.stamp, *self.steps}]

    def later(self) -> list[RunFile]:
        """Runs behind this one, which is a report of what was read before."""
        return [run for run in run_files(self.directory) if self.stamp < run.stamp and run not in self.replaced()]


class NewRun:
    """The file of a run that is being made.

    States go to a file in ``place`` first, a directory of the run, since the head tells where they are.
    """

    def __init__(self, place: Path) -> None:
        number, name = tempfile.mkstemp(prefix="mailplus-states-", dir=place)
        self._path, self._file = Path(name), os.fdopen(number, "wb")
        self._places: dict[str, list[int]] = {}

    def add(self, host: str, sections: Mapping[str, Any]) -> None:
        """The state of a host. Raises OSError."""
        line = _packed({"host": host, "sections": sections})
        self._places[host] = [self._file.tell(), len(line)]
        self._file.write(line)

    def finish(self, run: RunFile, hosts: Mapping[str, HostRun]) -> None:
        """Put the file in place. Raises OSError."""
        self._file.close()
        entries = {host: asdict(entry) | {"place": self._places.get(host)} for host, entry in sorted(hosts.items())}
        head = _packed({"run_version": RUN_VERSION, "run": run.stamp, "hosts": entries})
        files.make_directories([run.path.parent])
        with self._path.open("rb") as states:
            files.write_bytes(run.path, _pieces(head, states))
        self.close()

    def close(self) -> None:
        """Let go of what was not put in place."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def prune(directory: Path, newest: RunFile, most: int, days: float | None) -> None:
    """Remove runs before the ``newest``: the oldest beyond ``most``, and those that are older than it by ``days``."""
    before = [run for run in run_files(directory) if run.stamp < newest.stamp]
    moment = read_time(newest.stamp)
    since = iso(moment - timedelta(days=min(days, _MOST_DAYS))) if moment and days is not None else ""
    too_many = before[: max(0, len(before) + 1 - most)]
    for run in [*too_many, *(each for each in before[len(too_many) :] if each.stamp < since)]:
        with contextlib.suppress(OSError):  # another run was faster, or it is no file
            run.path.unlink()


def _is_envelope(envelope: Any) -> bool:
    if not isinstance(envelope, dict) or not {"status", "data", "read_at"} <= envelope.keys():
        return False
    each, data = envelope.get("each", {}), envelope["data"]
    fits = isinstance(each, dict) and all(isinstance(one, dict) and "status" in one for one in each.values())
    return fits and _is_text(envelope["status"]) and (not each or data is None or isinstance(data, dict))


def _pieces(head: bytes, states: IO[bytes]) -> Iterator[bytes]:
    yield head
    yield from iter(lambda: states.read(_PIECE), b"")


def _packed(content: Any) -> bytes:
    line = json.dumps(content, separators=(",", ":"), sort_keys=True) + "\n"
    packer = zlib.compressobj(wbits=_GZIP)  # it writes no time: the same content is the same file
    return packer.compress(line.encode()) + packer.flush()


def _first_line(file: IO[bytes]) -> tuple[Any, int]:
    """What the head says, and where it ends. Raises RunError."""
    unpacker, found, size = zlib.decompressobj(wbits=_GZIP), bytearray(), 0
    try:
        while not unpacker.eof:
            piece = file.read(_PIECE)
            if not piece:
                raise RunError("it is cut short")
            size += len(piece)
            found += unpacker.decompress(piece)
    except zlib.error as error:
        raise RunError("it is damaged") from error
    return _parsed(bytes(found)), size - len(unpacker.unused_data)


def _unpacked(line: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        found = unpacker.decompress(line)
    except zlib.error as error:
        raise RunError("the state of a host is damaged") from error
    if not unpacker.eof:
        raise RunError("the state of a host is cut short")
    return found


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RunError("it holds no JSON") from error
