# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run knows of its hosts, wherever it was read: by which source the state of each is told, and its files.

The process that reads a host writes its files too. What it read it hands over in a file of its own, in a directory that
lives as long as the run: through Ansible's variables, the state of every host would be copied many times.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.envelope import Error
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.gather import SCHEMA_VERSION
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.meaning import iso, read_time
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, states
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.kept import Kept
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.privacy import Clean
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.records import (
    HOST_STATUSES,
    READ,
    HostRecord,
    describe,
    host_record,
    is_error,
    spare,
    totals,
    unusable,
    whole_state,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.shown import counted

HANDED_OVER = "handed_over"
"""Where the result of gathering names the file with what was read."""

_PREFIX = "mailplus-handed-over-"


def plain(value: Any) -> Any:
    """Plain JSON, and dates, out of what variables are wrapped in."""
    if isinstance(value, Mapping):
        return {_text(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    # Before ansible-core 2.19, text that Ansible marked unsafe stays marked in str().
    return str.__str__(value) if isinstance(value, str) else str(value)


# ------------------------------------------------------------------------------------------------ handing over, writing


@dataclass(frozen=True)
class Head:
    """What is to know of a host without its state. ``failure`` says what kept its file from being written."""

    host: str
    status: str
    reason: str | None
    error: Error | None
    last_read: str | None
    described: str
    written: list[Any]
    changed: bool
    failure: tuple[int, str, str] | None
    read_at: str | None


def summary(heads: Sequence[Head]) -> list[str]:
    """A line a host for people to read, and one for all."""
    width = max((len(head.host) for head in heads), default=0)
    lines = [f"{head.host:<{width}}  {head.status:<12}  {head.described}" for head in heads]
    counts = ", ".join(f"{number} {status}" for status, number in totals(heads).items() if number)
    return [*lines, f"{counted(len(heads), 'host')}: {counts}"]


@dataclass(frozen=True)
class Handed:
    """What was handed over: on the first line the head, on the second the state, then the text of the host's file."""

    path: Path

    def head(self) -> Head:
        """Raises OSError, ValueError."""
        with self.path.open(encoding="utf-8") as file:
            return Head(**json.loads(file.readline()))

    def record(self) -> HostRecord:
        """The host as it was read, with its personal data."""
        with self.path.open(encoding="utf-8") as file:
            head, state = Head(**json.loads(file.readline())), json.loads(file.readline())
        return HostRecord(head.host, head.status, head.reason, head.error, state, head.last_read)

    def text(self) -> str:
        """The text of the host's file, cleaned."""
        with self.path.open(encoding="utf-8", newline="") as file:
            file.readline()
            file.readline()
            return file.read()


@dataclass(frozen=True)
class Keeper:
    """Writes hosts to their files in ``directory``, and hands them over. With ``dry``, no file is written there.

    ``role`` tells apart who hands over: the process that read the host, or the one that writes the fleet.
    """

    role: str
    kept: Kept
    directory: Path
    clean: Clean
    only_on_change: bool
    dry: bool

    def keep(self, record: HostRecord, *, write: bool = True) -> Handed:
        """Hand over a host, and write its file. Raises OSError and ValueError where it cannot be handed over."""
        record, cleaned, described = spare(
            lambda: self._looked_at(record), lambda error: self._looked_at(unusable(record.host, error))
        )
        text = files.to_json(cleaned.as_dict())
        changed, failure = self._tried(record, text) if write else (False, None)
        written = self.as_written(record.host)
        # Not under one name: under the strategy free, a host may be read while another writes the fleet.
        name = hashlib.sha256(json.dumps([record.host, written, self.role]).encode()).hexdigest()
        read_at = spare(lambda: _read_at(record), lambda _error: None)
        told = (record.host, record.status, record.reason, record.error, record.last_read)
        head = Head(*told, described, written, changed, failure, read_at)
        handed = Handed(self.kept.place / f"{_PREFIX}{name}")
        lines = (f"{json.dumps(part)}\n" for part in (head.__dict__, record.mailplus))
        files.write_pieces(handed.path, [*lines, text], lasting=False)
        return handed

    def confirm(self, handed: Handed) -> None:
        """See that the file of a host is what was handed over. Another task may have written it. Raises OSError."""
        head, text = handed.head(), handed.text()
        path = states.state_file(self.directory, head.host)
        if not self.dry and self._differs(path, text):
            self._put(path, text, head)

    def as_written(self, host: str) -> list[Any]:
        """What tells whether the file of a host is already as it would be written here."""
        path = str(states.state_file(self.directory, host))
        return [path, self.clean({"subject": path})["subject"], self.only_on_change, self.dry]

    def _looked_at(self, record: HostRecord) -> tuple[HostRecord, HostRecord, str]:
        """A host with when it was last read, the same cleaned, and in a few words."""
        good = None if record.is_read else states.last_good(self.directory, record.host)
        record = replace(record, last_read=good.last_read) if good else record
        return record, record.cleaned(self.clean), describe(record, self.clean)

    def _tried(self, record: HostRecord, text: str) -> tuple[bool, tuple[int, str, str] | None]:
        """Whether the file of a host changed, and what kept it from being written."""
        path = states.state_file(self.directory, record.host)
        try:
            return self._write(path, text, record), None
        except OSError as error:
            return False, (error.errno or 0, error.strerror or "", str(error.filename or path))

    def _write(self, path: Path, text: str, record: HostRecord) -> bool:
        changed = self._differs(path, text)
        if self.dry:
            return changed
        self.kept.note_written(self.directory)
        files.make_directory(path.parent)
        self._put(path, text if changed else None, record)
        return changed

    def _put(self, path: Path, text: str | None, told: HostRecord | Head) -> None:
        """Write the file of a host, None where it stays as it is. A state that was read is not lost to a failure."""
        good = states.last_good_file(self.directory, told.host)
        if told.status not in READ:
            self._keep_good(good, told.host)
        if text is None:
            path.touch()  # its time tells when it was found to be so
        else:
            files.write(path, text)
        if told.status in READ:
            good.unlink(missing_ok=True)

    def _keep_good(self, path: Path, host: str) -> None:
        """Keep the last state of a host that was read, without the personal data that files may not have now."""
        record = states.last_good(self.directory, host)
        cleaned = record and spare(lambda: record.cleaned(self.clean), lambda _error: None)
        text = files.to_json(cleaned.as_dict()) if cleaned else ""
        if cleaned and files.differs(path, text):
            files.make_directories([path.parent])
            files.write(path, text)

    def _differs(self, path: Path, text: str) -> bool:
        return (
            files.differs_beyond_times(path, text, states.without_last_read)
            if self.only_on_change
            else files.differs(path, text)
        )


def fleet_text(handed: Mapping[str, Handed], counted: Mapping[str, int]) -> Iterator[str]:
    """The file of a fleet, host by host: what ``to_json`` makes of all of it, without all of it in memory."""
    lead = '{\n  "hosts": {'
    for host in sorted(handed):
        name = files.to_json(host).rstrip("\n")
        yield f"{lead}\n    {name}: {_indented(handed[host].text(), 4)}"
        lead = ","
    yield "\n  },\n" if handed else f"{lead}}},\n"
    yield f'  "schema_version": {SCHEMA_VERSION},\n  "totals": {_indented(files.to_json(dict(counted)), 2)}\n}}\n'


def _indented(text: str, by: int) -> str:
    return text.rstrip("\n").replace("\n", "\n" + " " * by)


# ------------------------------------------------------------------------------------------ where a state is told


@dataclass(frozen=True)
class Known:
    """What the variables of a host hold: the result of gathering it, its facts, and what an inventory source read.

    Each is None where there is none. They are as Ansible has them.
    """

    registered: Any = None
    facts: Any = None
    inventory: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Source:
    """Where the state of a host is told; ``handed`` where the process that read it handed it over."""

    host: str
    _read: Callable[[], HostRecord]
    handed: Handed | None = None
    _read_at: str | None = None

    def record(self) -> HostRecord:
        """The host. What nobody foresaw stays at it."""
        return spare(self._read, lambda error: unusable(self.host, error))

    def head(self) -> Head | None:
        """What was handed over of it. None where nothing was, or where it is gone."""
        try:
            return self.handed.head() if self.handed else None
        except (OSError, ValueError, TypeError):
            return None

    def read_at(self) -> str | None:
        """When the host was read, UTC; None where it was not, or nobody knows."""
        head = self.head()
        return head.read_at if head else self._read_at


def run_of(found: Iterable[Source], now: datetime) -> str:
    """The time by which a run is known: that at which its newest host was read, or ``now`` where none was."""
    times = [time for time in (each.read_at() for each in found) if time]
    return min(max(times, default=iso(now)), iso(now))


# A source with the time (``time.time``) of what it tells.
Dated = tuple[float, Source]


def sources(hosts: Sequence[str], known: Callable[[str], Known], kept: Kept) -> Iterator[Source]:
    """What this run knows of each host: what it gathered, or else what facts or the inventory hold, the newer of both.

    Where any host was gathered in this run, facts are left out: those of the others may be of an earlier run. What was
    handed over is of ``kept``.
    """
    every = {host: known(host) for host in hosts}
    gathered = any(each.registered for each in every.values())
    for host, each in every.items():
        if each.registered:
            yield _of_result(host, each.registered, kept)
        else:
            facts = None if gathered else each.facts
            yield _newest(_of_inventory(host, each.inventory), _of_state(host, facts)) or _not_gathered(host)


def sources_of_files(
    directory: Path, hosts: Sequence[str], inventory: Callable[[str], Mapping[str, Any]], max_age: float
) -> Iterator[Source]:
    """What earlier runs wrote of each host, or what the inventory holds, the newer of both, unless it is too old.

    Raises StatesError, in the end, where there is nothing of any host.
    """
    since, nothing = states.oldest(max_age), True
    for host in hosts:
        held = _of_inventory(host, inventory(host))
        stale = held is not None and held[0] < since
        path = states.state_file(directory, host)
        written, record = states.read_state(host, path, since)
        if stale and record.status == "not_gathered":
            record = replace(record, reason=f"What the inventory holds of this host is older than {max_age:g} hours.")
        # It is read once more when it is looked at: not all states at once are in memory.
        of_file = (
            Source(host, partial(_of_file, host, path), _read_at=_read_at(record)) if written else _recorded(record)
        )
        found = _newest(None if stale else held, None if record.status == "not_gathered" else (written, of_file))
        nothing = nothing and found is None
        yield found or of_file
    if nothing:
        raise states.no_state(directory, max_age)


def _of_file(host: str, path: Path) -> HostRecord:
    return states.read_state(host, path, 0.0)[1]


def _read_at(record: HostRecord) -> str | None:
    moment = read_time(plain(record.mailplus.get("collected_at"))) if record.mailplus else None
    return iso(moment) if moment else None


def _newest(*found: Dated | None) -> Source | None:
    return max((each for each in found if each), key=lambda each: each[0], default=(0.0, None))[1]


def _of_result(host: str, result: Mapping[str, Any], kept: Kept) -> Source:
    """By what gathering returned: it names what it handed over, or holds the state itself.

    A result may come from another machine, so no file is opened but those of this run.
    """
    path = Path(f"{plain(result.get(HANDED_OVER))}" if isinstance(result, Mapping) else "")
    handed = Handed(path) if path.parent == kept.place and path.name.startswith(_PREFIX) else None
    return Source(host, handed.record if handed else partial(_record_of_result, host, result), handed)


def _record_of_result(host: str, result: Any) -> HostRecord:
    found = plain(result)
    state = (found.get("ansible_facts") or {}).get("mailplus")
    if state is not None:
        return host_record(host, {"ansible_facts": {"mailplus": whole_state(state)}})
    return host_record(host, {**found, "error": found["error"] if is_error(found.get("error")) else None})


def _of_state(host: str, state: Any) -> Dated | None:
    """By the state as facts and variables hold it."""
    if not state:
        return None
    moment = read_time(plain(state.get("collected_at")) if isinstance(state, Mapping) else None)
    read = partial(_record_of_state, host, state)
    return (moment.timestamp() if moment else 0.0, Source(host, read, _read_at=iso(moment) if moment else None))


def _record_of_state(host: str, state: Any) -> HostRecord:
    return host_record(host, {"ansible_facts": {"mailplus": whole_state(plain(state))}})


def _of_inventory(host: str, variables: Mapping[str, Any] | None) -> Dated | None:
    """By the variables that an inventory source set. One that it could not read, at a time unknown, is so now."""
    if not variables or variables.get("mailplus_status") not in HOST_STATUSES:
        return None
    if variables.get("mailplus"):
        return _of_state(host, variables["mailplus"])
    reason, error, asked_at = plain([variables.get(f"mailplus_{name}") for name in ("reason", "error", "asked_at")])
    moment = read_time(asked_at)
    said = reason if isinstance(reason, str) and reason else "The inventory source could not read this host."
    record = HostRecord(host, "failed", said, error if is_error(error) else None, None)
    return (moment.timestamp() if moment else math.inf), _recorded(record)


def _not_gathered(host: str) -> Source:
    return _recorded(host_record(host, None))


def _recorded(record: HostRecord) -> Source:
    return Source(record.host, lambda: record)
