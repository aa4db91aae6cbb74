# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of a fleet: YAML or a dict in, checked dataclasses out."""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

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
from ansible_collections.mailfleet.mailplus.tests.simulator.description import (
    Choices,
    DescriptionError,
    build,
    counted,
    mapping,
    merge,
    read,
    refuse_unknown,
)
from ansible_collections.mailfleet.mailplus.tests.simulator.faults import FaultError, Faults
from ansible_collections.mailfleet.mailplus.tests.simulator.registry import mailplus_registry

ACCOUNT_ROLES = ("administrator", "delegated", "user")
CERTIFICATES = ("trusted", "self_signed", "expired", "wrong_name")
ORDERS = ("newest_first", "oldest_first")
COUNTS = ("all", "page", "nothing")
TIME_FORMATS = ("epoch", "text", "iso")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Account:
    CHOICES: ClassVar[Choices] = {"role": ACCOUNT_ROLES}

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

    CHOICES: ClassVar[Choices] = {"counts": COUNTS, "order": ORDERS, "time_format": TIME_FORMATS}

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
    CHOICES: ClassVar[Choices] = {
        "certificate": CERTIFICATES,
        "dsm": (5, 6, 7),
        "versions": ("newest", "listed"),
        "unlisted_methods": ("inherit", "none"),
    }

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


def read_fleet(source: Path | Mapping[str, Any]) -> FleetDescription:
    directory = source.parent if isinstance(source, Path) else Path()
    fleet = read(source)
    refuse_unknown(fleet, {"now", "defaults", "nas"}, "fleet")
    defaults = mapping(fleet.get("defaults") or {}, "defaults")
    nas = {
        name: build(NasDescription, merge(defaults, own), f"nas.{name}")
        for name, own in _each_nas(mapping(fleet.get("nas") or {}, "nas"))
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


def _each_nas(described: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """`count: N` under a name stands for N alike, name-0001 and so on."""
    for name, own, count in counted(described, "nas"):
        if count is None:
            yield name, own
            continue
        for number in range(1, count + 1):
            yield f"{name}-{number:04}", {**own, "seed": own.get("seed", 0) + number}


def _check(nas: NasDescription, where: str) -> None:
    if not nas.accounts:
        raise DescriptionError(f"{where}.accounts: a NAS has at least one account")
    for api, override in nas.apis.items():
        if override != "absent":
            place = f"{where}.apis.{api}"
            refuse_unknown(mapping(override, place), {"minVersion", "maxVersion"}, place)
    refuse_unknown(nas.values, set(values()), f"{where}.values")
    for number, account in enumerate(nas.accounts):
        refuse_unknown(
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
    return build(Rows, described, where)


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
