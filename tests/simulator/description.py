# SPDX-License-Identifier: GPL-3.0-or-later
"""What describes a simulated server: a mapping in, checked dataclasses out."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

import yaml

T = TypeVar("T")

# The values that keys may have.
Choices = Mapping[str, tuple[object, ...]]


class DescriptionError(ValueError):
    """One line that says what is wrong in the description, and where."""


def read(source: Path | Mapping[str, Any]) -> Mapping[str, Any]:
    """The mapping itself, or that of a YAML file."""
    if isinstance(source, Path):
        try:
            source = yaml.safe_load(source.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise DescriptionError(f"{source}: {' '.join(str(error).split())}") from error
    return mapping(source, "fleet")


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A mapping in which those of `over` win, mappings being merged and all else replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def counted(described: Mapping[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any], int | None]]:
    """Each name with what is under it, `count: N` apart: the name stands for N alike."""
    for name, value in described.items():
        own = dict(mapping({} if value is None else value, f"{where}.{name}"))
        count = own.pop("count", None)
        if count is not None and (not isinstance(count, int) or count < 1):
            raise DescriptionError(f"{where}.{name}.count: {count!r} is not a positive number")
        yield str(name), own, count


def build(cls: type[T], value: object, where: str) -> T:
    """A dataclass of a mapping; its CHOICES, where it has some, say what values a key may have."""
    given = mapping(value, where)
    hints = {name: hint for name, hint in get_type_hints(cls).items() if get_origin(hint) is not ClassVar}
    refuse_unknown(given, set(hints), where)
    kwargs = {str(key): _convert(hints[key], item, f"{where}.{key}") for key, item in given.items()}
    for key, item in kwargs.items():
        choices = getattr(cls, "CHOICES", {}).get(key)
        if choices and item not in choices:
            raise DescriptionError(f"{where}.{key}: {item!r} is none of {', '.join(map(str, choices))}")
    return cls(**kwargs)


def _convert(hint: Any, value: object, where: str) -> Any:
    if dataclasses.is_dataclass(hint):
        return build(typing.cast("type[Any]", hint), value, where)
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


def mapping(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DescriptionError(f"{where}: {value!r} is not a mapping")
    return value


def refuse_unknown(given: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(map(str, set(given) - known))
    if unknown:
        raise DescriptionError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(sorted(known))}")
