# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the files of each format of the report go, under which names, and who may read them."""

from __future__ import annotations

import grp
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet import files, runs
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.merged import file_of
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.report_types import Report
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.states import (
    fleet_file,
    last_good_file,
    state_file,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._reports.formats import FORMATS, ROWS, Formats

_FORMATS = (*FORMATS, ROWS)
_KEYS = ("directory", "group", "mode", "name")
_MODE = re.compile(r"0?[0-7]{3}", re.ASCII)
_OWNER, _MOST = 0o600, 0o664
_NO_GROUP = 2**32 - 1  # and no greater number is one
_NAME = re.compile(r"(?!\.)(?:[\w.+@-]|\{(?:name|date|time)\}){1,100}", re.ASCII)


class PlaceError(ValueError):
    """A place that cannot be. The message names the format."""


@dataclass(frozen=True)
class Target:
    """A file of the report: what makes its text, and who may read it."""

    write: Callable[[Report], str]
    access: files.Access


@dataclass(frozen=True)
class Place:
    """Where the files of a format go. ``name`` is None for the usual names."""

    directory: Path
    access: files.Access = field(default_factory=files.Access)
    name: str | None = None

    def path(self, usual: str, generated_at: str) -> Path:
        """The path of a file, by its usual name and the time of the report."""
        if self.name is None:
            return self.directory / usual
        filled = {
            "name": usual.rpartition(".")[0],
            "date": generated_at[:10],
            "time": re.sub(r"\D", "", generated_at[11:]),
        }
        name = self.name
        for key, value in filled.items():
            name = name.replace(f"{{{key}}}", value)
        return self.directory / name


def places(source: Mapping[object, object], directory: Path) -> dict[str, Place]:
    """The place of each format, by what ``mailplus_state_files`` says of it. Raises PlaceError.

    Where it says nothing, files go to ``directory``, for their owner alone.
    """
    for name in source:
        if name not in _FORMATS:
            raise PlaceError(f"mailplus_state_files: there is no format {name}; {_like(f'{name}', _FORMATS)}.")
    found = {name: _place(name, source.get(name), directory) for name in _FORMATS}
    targets(found, [*FORMATS], directory, "2026-01-31T00:00:00Z")  # none is that of another
    return found


def targets(
    found: Mapping[str, Place],
    formats: Sequence[str],
    directory: Path,
    generated_at: str,
    of: Formats | None = None,
) -> dict[Path, Target]:
    """The files of some formats, by their paths. Raises PlaceError where one is that of another."""
    taken = {_real(fleet_file(directory)): "the gathered state"}
    made = {}
    for name in dict.fromkeys(formats):
        for usual, write in (of or FORMATS).get(name, {}).items():
            path = found[name].path(usual, generated_at)
            real = _real(path)
            if real in taken:
                raise _wrong(name, f"{path} is a file of {taken[real]} too")
            taken[real], made[path] = name, Target(write, found[name].access)
    return made


def _place(name: str, given: object, directory: Path) -> Place:
    if given is None:
        return Place(directory)
    if not isinstance(given, Mapping):
        raise _wrong(name, f"it is a mapping of {', '.join(_KEYS)}")
    for key in given:
        if key not in _KEYS:
            raise _wrong(name, f"unknown {key}; {_like(f'{key}', _KEYS)}")
    access = files.Access(_mode(name, given.get("mode")), _group(name, given.get("group")))
    return Place(_directory(name, given.get("directory"), directory), access, _name(name, given.get("name")))


def _directory(name: str, given: object, directory: Path) -> Path:
    if given is None:
        return directory
    if not isinstance(given, str) or not given or "\0" in given:
        raise _wrong(name, "directory is a path")
    try:
        path = Path(os.path.expandvars(given)).expanduser().absolute()
    except RuntimeError:
        raise _wrong(name, f"directory {given}: there is no such user on the controller") from None
    reason = files.unusable_directory(path) or _kept_there(path, directory)
    if reason:
        raise _wrong(name, f"directory {path}: {reason}")
    return path


def _kept_there(path: Path, directory: Path) -> str | None:
    """Why no report is written there: the collection keeps files of its own there, and reads some of them again."""
    own = (
        state_file(directory, "any").parent,
        last_good_file(directory, "any").parent,
        runs.place(directory),
        file_of(directory, "any").parent,
    )
    real = Path(os.path.realpath(path))
    kept = next((place for place in own if real.is_relative_to(os.path.realpath(place))), None)
    return f"{kept} is for files of the collection alone" if kept else None


def _real(path: Path) -> Path:
    """A path without links on the way. A link that stands there itself is replaced, never followed."""
    return Path(os.path.realpath(path.parent), path.name)


def _mode(name: str, given: object) -> int:
    """Text alone: of a mode without quotes, YAML makes a number that is another one."""
    if given is None:
        return files.Access().mode
    if not isinstance(given, str) or not _MODE.fullmatch(given):
        raise _wrong(name, f'mode is three octal digits in quotes, such as "0644", not {given}')
    mode = int(given, 8)
    if mode & _OWNER != _OWNER or mode & ~_MOST:
        raise _wrong(
            name, f'mode {given}: the owner reads and writes, the group may too, others may read: "0600" to "0664"'
        )
    return mode


def _group(name: str, given: object) -> int | None:
    """The id of a group to which this process may give a file."""
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise _wrong(name, "group is the name of a group, or its number")
    try:
        number = int(given) if f"{given}".isdecimal() else grp.getgrnam(f"{given}").gr_gid
    except (KeyError, ValueError):
        raise _wrong(name, f"group {given}: there is none of this name on the controller") from None
    if not 0 <= number < _NO_GROUP:
        raise _wrong(name, f"group {given}: there is no such number of a group")
    if os.geteuid() and number not in (os.getegid(), *os.getgroups()):
        raise _wrong(name, f"group {given}: who runs Ansible is no member of it, and so cannot give it a file")
    return number


def _name(name: str, given: object) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise _wrong(
            name,
            "name is a file name of letters, digits and ._+@-, with {name}, {date} and {time} where they are wanted",
        )
    if name == ROWS:
        raise _wrong(name, "there is no name to set, since each file has that of its section")
    usual = [*FORMATS[name]]
    suffix = usual[0][usual[0].rindex(".") :]
    if not given.endswith(suffix):
        raise _wrong(name, f"name ends in {suffix}, unlike {given}")
    if len(usual) > 1 and "{name}" not in given:
        raise _wrong(name, f"name has {{name}}, since there are several files; {given} has not")
    return given


def _like(name: str, names: Sequence[str] | Mapping[str, object]) -> str:
    alike = get_close_matches(name, names, 1)
    return f"did you mean {alike[0]}" if alike else f"there are {', '.join(names)}"


def _wrong(name: str, what: str) -> PlaceError:
    return PlaceError(f"mailplus_state_files, {name}: {what}.")
