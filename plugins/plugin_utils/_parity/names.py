# SPDX-License-Identifier: GPL-3.0-or-later
"""How domains and accounts are told apart on both sides of a migration, and the file that says what was renamed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

_KEYS = ("domains", "accounts")
_DOMAIN = re.compile(r"[^\s@/:,;*?!\[\](){}]+")
_LONGEST, _MOST_GUESSES = 100, 10
_ODD = re.compile(r"[^\w.+-]+")


class MappingError(ValueError):
    """A mapping that cannot be. The message is one line that says where."""


def domain_key(name: str) -> str:
    """A domain as it is compared: in ASCII, in small letters.

    Python's codec makes ss of a sharp s, which is another domain.
    """
    return ".".join(map(_label, name.strip().rstrip(".").split(".")))


def _label(label: str) -> str:
    folded = unicodedata.normalize("NFKC", label).lower()
    return folded if folded.isascii() else f"xn--{folded.encode('punycode').decode('ascii')}"


def local_key(name: str) -> str:
    """What stands before the @, as it is compared."""
    return unicodedata.normalize("NFC", name.strip()).lower()


@dataclass(frozen=True)
class Address:
    """An address as it is compared."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{written(self.local)}@{self.domain}"


def written(name: str) -> str:
    """A name such as is written before an @: what finds addresses in a text finds all of it."""
    return _ODD.sub(lambda odd: quote(odd.group()), name)


def address_of(text: str, domain: str = "") -> Address:
    """An address; a name without an @ is one of ``domain``, which is a key."""
    local, at, of = text.rpartition("@")
    return Address(local_key(local), domain_key(of)) if at else Address(local_key(text), domain)


@dataclass(frozen=True)
class Renamed:
    """What has another name on MailPlus Server: domains by their keys, and accounts."""

    domains: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[Address, Address] = field(default_factory=dict)

    def __call__(self, old: Address) -> Address:
        """The new address of an old one."""
        found = self.accounts.get(old)
        return found or Address(old.local, self.domains.get(old.domain, old.domain))

    def unused(self, domains: Iterable[str], accounts: Iterable[Address], untold: Container[str] = ()) -> Iterator[str]:
        """What is renamed though Plesk does not have it: it is most likely misspelt.

        Of the domains in ``untold``, the accounts are not known.
        """
        yield from _unknown("domains", map(str, self.domains), [*domains])
        named = (str(account) for account in self.accounts if account.domain not in untold)
        yield from _unknown("accounts", named, [*map(str, accounts)])


def _unknown(key: str, named: Iterable[str], known: list[str]) -> Iterator[str]:
    there = {*known}
    for number, name in enumerate(name for name in named if name not in there):
        meant = _like(name, known) if number < _MOST_GUESSES else "."  # each looks at all names
        yield f"The mapping, {key}: no Plesk that was read has {name}{meant}"


def _like(name: str, known: Iterable[str]) -> str:
    alike = get_close_matches(name, known, 1)
    return f"; did you mean {alike[0]}?" if alike else "."


class _Loader(yaml.SafeLoader):
    """YAML in which no name stands twice: the first one would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping. Raises ConstructorError."""
        named: set[str] = set()
        for key, _value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in named:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands twice", key.start_mark)
            named.add(f"{key.value}")
        return super().construct_mapping(node, deep)


def read_renamed(path: Path) -> Renamed:
    """What a file says. Raises MappingError."""
    try:
        source = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - it is a safe loader
    except OSError as error:
        raise MappingError(f"mapping {path}: it cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise MappingError(f"mapping {path}: it is not UTF-8 text.") from None
    except yaml.constructor.ConstructorError as error:
        raise MappingError(f"mapping {path}: {_shown(error.problem)}{_line(error)}.") from None
    except yaml.YAMLError as error:
        raise MappingError(f"mapping {path}: it is not YAML{_line(error)}.") from None
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):  # such as of a date that there is not
        raise MappingError(f"mapping {path}: it holds what is no text.") from None
    return parse_renamed({} if source is None else source, f"mapping {path}")


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" at line {mark.line + 1}" if mark else ""


def parse_renamed(source: Any, name: str = "mapping") -> Renamed:
    """What a mapping says. Raises MappingError."""
    if not isinstance(source, Mapping):
        raise MappingError(f"{name}: it has to be a mapping of {' and '.join(_KEYS)}.")
    for key in source:
        if key not in _KEYS:
            alike = get_close_matches(f"{key}", _KEYS, 1)
            meant = f"did you mean {alike[0]}?" if alike else f"there are {' and '.join(_KEYS)}."
            raise MappingError(f"{name}: unknown key {_shown(key)}; {meant}")
    domains = {
        _domain(old, name): _domain(new, f"{name}, {_shown(old)}") for old, new in _pairs(source, "domains", name)
    }
    accounts = {
        _account(old, name): _account(new, f"{name}, {_shown(old)}") for old, new in _pairs(source, "accounts", name)
    }
    for kind, found in (("domains", domains), ("accounts", accounts)):
        if len(found) < len(source.get(kind) or {}):
            raise MappingError(f"{name}, {kind}: two of the old names are the same but for how they are written.")
    return Renamed(domains, accounts)


def _pairs(source: Mapping[Any, Any], key: str, name: str) -> Iterable[tuple[Any, Any]]:
    pairs = source.get(key)
    if pairs is None:
        return ()
    if not isinstance(pairs, Mapping):
        raise MappingError(f"{name}, {key}: it has to be a mapping of old names to new ones.")
    return pairs.items()


def _domain(text: Any, where: str) -> str:
    if not isinstance(text, str) or not _DOMAIN.fullmatch(text.strip()):
        raise MappingError(f"{where}, domains: a domain is text such as example.com, not {_shown(text)}.")
    return domain_key(text)


def _account(text: Any, where: str) -> Address:
    local, at, domain = text.strip().rpartition("@") if isinstance(text, str) else ("", "", "")
    if not at or not local or "@" in local or not _DOMAIN.fullmatch(domain):
        raise MappingError(f"{where}, accounts: an account is an address such as anna@example.com, not {_shown(text)}.")
    return address_of(text)


def _shown(value: Any) -> str:
    return repr(value)[:_LONGEST] if not isinstance(value, str) else " ".join(value.split())[:_LONGEST]
