# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of a fleet: YAML or a dict in, checked dataclasses out."""

from __future__ import annotations

import dataclasses
import datetime
import time
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import yaml
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._recording.recording import (
    Recording,
    RecordingError,
    load,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.answers import (
    default_answers,
    delegation_options,
    is_read,
    values,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import FaultError, Faults
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import mailplus_registry

T = TypeVar("T")

ACCOUNT_ROLES = ("administrator", "delegated", "user")
CERTIFICATES = ("trusted", "self_signed", "expired", "wrong_name")
ORDERS = ("newest_first", "oldest_first")
COUNTS = ("all", "page", "nothing")
TIME_FORMATS = ("epoch", "text", "iso")


class DescriptionError(ValueError):
    """One line that says what is wrong in the description, and where."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Account:
    username: str = "mailfleet"
    password: str = "Simulated-1"
    role: str = "administrator"
    login_error: int | None = None
    otp_codes: list[str] = dataclasses.field(default_factory=list)
    otp_secret: str | None = None
    second_factors: list[str] = dataclasses.field(default_factory=lambda: ["otp"])
    devices: dict[str, str] = dataclasses.field(default_factory=dict)
    permissions: dict[str, int] = dataclasses.field(default_factory=dict)
    delegation: list[str] | None = None

    @property
    def has_second_factor(self) -> bool:
        return bool(self.otp_codes or self.otp_secret)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rows:
    """A list of the server: how many rows, which, and how it answers for pages of them."""

    total: int = 0
    rows: list[dict[str, Any]] | None = None
    order: str = ""
    span: float = 0
    time_format: str = "epoch"
    rename: dict[str, str] = dataclasses.field(default_factory=dict)
    page_cap: int | None = None
    ignore_offset: bool = False
    ignore_limit: bool = False
    counts: str = "all"
    wraps: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Queue(Rows):
    total: int = 12
    order: str = "oldest_first"
    span: float = 5 * 86400
    deferred: float = 0.5
    hold: float = 0.1


@dataclasses.dataclass(frozen=True, kw_only=True)
class Log(Rows):
    total: int = 40
    order: str = "newest_first"
    span: float = 7 * 86400


@dataclasses.dataclass(frozen=True, kw_only=True)
class NasDescription:
    address: str = "127.0.0.1"
    port: int = 0
    https: bool = True
    certificate: str = "trusted"
    hostname: str = ""
    recording: str | None = None
    dsm: int = 7
    model: str = "DS1821+"
    accounts: list[Account] = dataclasses.field(default_factory=lambda: [Account()])
    block_after: int = 5
    session_timeout: float = 3600
    unreachable: bool = False
    unresponsive: bool = False
    package: bool = True
    versions: str = "newest"
    unlisted_methods: str = "inherit"
    apis: dict[str, Any] = dataclasses.field(default_factory=dict)
    permissions: dict[str, int] = dataclasses.field(default_factory=dict)
    compound_limit: int | None = None
    cluster: str | None = None
    data: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    queue: Queue = dataclasses.field(default_factory=Queue)
    admin_log: Log = dataclasses.field(default_factory=Log)
    transaction_log: Log = dataclasses.field(default_factory=Log)
    lists: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    domains: list[str] = dataclasses.field(default_factory=list)
    values: dict[str, float] = dataclasses.field(default_factory=dict)
    page_cap: int | None = None
    rename: dict[str, str] = dataclasses.field(default_factory=dict)
    seed: int = 0
    hostile: bool = False
    latency: float = 0
    keep_alive: float = 20
    faults: list[dict[str, Any]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class FleetDescription:
    now: float
    nas: dict[str, NasDescription]
    recordings: dict[str, Recording] = dataclasses.field(default_factory=dict)

    def recording_of(self, nas: NasDescription) -> Recording | None:
        return self.recordings[nas.recording] if nas.recording is not None else None


CHOICES: dict[tuple[type, str], tuple[object, ...]] = {
    (Account, "role"): ACCOUNT_ROLES,
    (NasDescription, "certificate"): CERTIFICATES,
    (NasDescription, "dsm"): (5, 6, 7),
    (NasDescription, "versions"): ("newest", "listed"),
    (NasDescription, "unlisted_methods"): ("inherit", "none"),
    **{(kind, "counts"): COUNTS for kind in (Rows, Queue, Log)},
    **{(kind, "order"): ORDERS for kind in (Rows, Queue, Log)},
    **{(kind, "time_format"): TIME_FORMATS for kind in (Rows, Queue, Log)},
}


def read_fleet(source: Path | Mapping[str, Any]) -> FleetDescription:
    directory = source.parent if isinstance(source, Path) else Path()
    if isinstance(source, Path):
        try:
            source = yaml.safe_load(source.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise DescriptionError(f"{source}: {' '.join(str(error).split())}") from error
    fleet = _mapping(source, "fleet")
    _refuse_unknown(fleet, {"now", "defaults", "nas"}, "fleet")
    defaults = _mapping(fleet.get("defaults") or {}, "defaults")
    nas = {
        name: _build(NasDescription, merge(defaults, own), f"nas.{name}")
        for name, own in _each_nas(_mapping(fleet.get("nas") or {}, "nas"))
    }
    if not nas:
        raise DescriptionError("fleet: nas is empty")
    for name, description in nas.items():
        _check(description, f"nas.{name}")
    named = {described.recording: name for name, described in nas.items() if described.recording is not None}
    recordings = {file: _read_recording(directory / file, f"nas.{name}.recording") for file, name in named.items()}
    return FleetDescription(_now(fleet.get("now")), nas, recordings)


def recorded_at(recording: Recording) -> float:
    """When it was made, as its own times say. Raises ValueError where that is no time."""
    return _seconds(_iso_time(recording["recorded_at"]))


def _read_recording(path: Path, where: str) -> Recording:
    try:
        recording = load(path)
    except RecordingError as error:
        raise DescriptionError(f"{where}: {error}") from error
    try:
        recorded_at(recording)
    except ValueError as error:
        told = recording["recorded_at"]
        raise DescriptionError(f"{where}: {path} is no recording: recorded_at is {told!r}, and no time") from error
    return recording


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping in which those of `over` win, mappings being merged and all else replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _each_nas(described: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """`count: N` under a name stands for N alike, name-0001 and so on."""
    for name, value in described.items():
        own = dict(_mapping(value or {}, f"nas.{name}"))
        count = own.pop("count", None)
        if count is None:
            yield str(name), own
            continue
        if not isinstance(count, int) or count < 1:
            raise DescriptionError(f"nas.{name}.count: {count!r} is not a positive number")
        for number in range(1, count + 1):
            yield f"{name}-{number:04}", {**own, "seed": own.get("seed", 0) + number}


def _build(cls: type[T], value: object, where: str) -> T:
    given = _mapping(value, where)
    hints = get_type_hints(cls)
    _refuse_unknown(given, set(hints), where)
    kwargs = {str(key): _convert(hints[key], item, f"{where}.{key}") for key, item in given.items()}
    for key, item in kwargs.items():
        choices = CHOICES.get((cls, key))
        if choices and item not in choices:
            raise DescriptionError(f"{where}.{key}: {item!r} is none of {', '.join(map(str, choices))}")
    return cls(**kwargs)


def _convert(hint: Any, value: object, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast("type[Any]", hint), value, where)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is list and isinstance(value, list):
        return [_convert(arguments[0], item, f"{where}[{index}]") for index, item in enumerate(value)]
    if origin is dict and isinstance(value, Mapping):
        return {str(key): _convert(arguments[1], item, f"{where}.{key}") for key, item in value.items()}
    if origin is None:
        return _scalar(hint, value, where)
    if origin not in (list, dict):  # what is left are the `X | None`
        return None if value is None else _convert(arguments[0], value, where)
    raise DescriptionError(f"{where}: {value!r} is not a {origin.__name__}")


def _scalar(hint: Any, value: object, where: str) -> object:
    if hint is Any:
        return value
    wanted = (int, float) if hint is float else hint
    if not isinstance(value, wanted) or (isinstance(value, bool) and hint is not bool):
        raise DescriptionError(f"{where}: {value!r} is not a {hint.__name__}")
    return value


def _check(nas: NasDescription, where: str) -> None:
    if not nas.accounts:
        raise DescriptionError(f"{where}.accounts: a NAS has at least one account")
    for api, override in nas.apis.items():
        if override != "absent":
            place = f"{where}.apis.{api}"
            _refuse_unknown(_mapping(override, place), {"minVersion", "maxVersion"}, place)
    _refuse_unknown(nas.values, set(values()), f"{where}.values")
    for number, account in enumerate(nas.accounts):
        _refuse_unknown(
            dict.fromkeys(account.delegation or ()), set(delegation_options()), f"{where}.accounts[{number}].delegation"
        )
    _check_data(nas.data, f"{where}.data")
    _check_lists(nas.lists, f"{where}.lists")
    try:
        Faults(nas.faults)
    except (FaultError, TypeError) as error:
        raise DescriptionError(f"{where}.faults: {error}") from error


def _check_data(data: Mapping[str, Mapping[str, Any]], where: str) -> None:
    for api, methods in data.items():
        if api not in mailplus_registry() and api not in default_answers():
            raise DescriptionError(f"{where}: {api} is not an API of mailplus_apis.yml")
        for method in methods:
            if not is_read(api, method):
                raise DescriptionError(f"{where}.{api}: {method} does not read")


def _check_lists(lists: Mapping[str, Mapping[str, Any]], where: str) -> None:
    for api, methods in lists.items():
        for method, described in methods.items():
            read = default_answers().get(api, {}).get(method, {})
            if "rows" not in read or isinstance(read.get("many"), str):
                raise DescriptionError(f"{where}: {api}.{method} is no list, or has a key of its own")
            rows_of(described, f"{where}.{api}.{method}")


def rows_of(described: object, where: str) -> Rows:
    """How a list answers, from a mapping."""
    return _build(Rows, described, where)


def _mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DescriptionError(f"{where}: {value!r} is not a mapping")
    return value


def _refuse_unknown(given: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(map(str, set(given) - known))
    if unknown:
        raise DescriptionError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(sorted(known))}")


def _now(value: object) -> float:
    """A fixed time (seconds since 1970, or ISO 8601) or the clock's."""
    if value is None:
        return time.time()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        value = _parse_time(value)
    if isinstance(value, datetime.datetime):
        return _seconds(value)
    raise DescriptionError(f"now: {value!r} is not a time")


def _seconds(moment: datetime.datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp()


def _iso_time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def _parse_time(text: str) -> datetime.datetime:
    try:
        return _iso_time(text)
    except ValueError as error:
        raise DescriptionError(f"now: {text!r} is not an ISO 8601 time") from error
