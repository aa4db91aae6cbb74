# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the role, host by host. What is alike for many hosts is looked at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from ansible.errors import AnsibleError
from ansible.template import Templar
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import OptionError, Validator
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import FactsQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import SubsetError
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import plain
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError

PREFIX = "mailplus_state_"
_OURS, _ALIKE = "mailplus_", 0.9
_LONGEST = 200

Variables = Mapping[str, Any]


def variable_of(option: str) -> str:
    """The variable of the role that sets an option of mailplus_facts."""
    return f"{PREFIX}{option.removeprefix('gather_')}"


# Options by which a host is gathered and that can be checked before, those together that bear on each other.
_CHECKED = (
    *(
        ("gather_subset",),
        ("offset",),
        ("limit",),
        ("time_zone",),
        ("row_keys",),
        ("port",),
        ("timeout",),
        ("time_limit",),
        ("max_answer_size",),
    ),
    ("https", "validate_certs", "ca_path"),
)


class RoleVariables:
    """The variables of the role as a task of each host sees them.

    ``known`` are the names that there are, or a mapping from them to argument specs, as in meta/argument_specs.yml.
    """

    def __init__(self, of: Callable[[str], Variables], templar: Any, loader: Any, known: Any) -> None:
        self._of = of
        self._templar = templar
        self._loader = loader
        self._known = known
        self._specs: Mapping[str, Any] = known if isinstance(known, Mapping) else {}
        self._question = FactsQuestion()
        # By identity: a variable of a group is the same object on each of its hosts. Kept, so that it stays so.
        self._is_template: dict[int, tuple[Any, bool]] = {}
        self._right: dict[tuple[Any, ...], list[Any]] = {}

    def of(self, host: str, names: Sequence[str]) -> dict[str, Any]:
        """The values of the named variables, of those that are set. Raises PolicyError."""
        found = self._looked_at(host)
        return self._rendered(host, found, names)

    def check(self, host: str) -> None:
        """Find what would fail the gathering of a host, and so replace its good files. Raises PolicyError."""
        found = self._looked_at(host)
        try:
            for options in _CHECKED:
                self._check_options(host, found, options)
        except (OptionError, SubsetError) as error:
            raise PolicyError(f"{host}: {error}") from None

    def _looked_at(self, host: str) -> Variables:
        """The variables of a host, after a look at their names and types."""
        found = self._of(host)
        if self._known is not None:
            self._require_known(host, found)
        self._check_types(host, found)
        return found

    def _require_known(self, host: str, found: Variables) -> None:
        for name in sorted(found):
            if not name.startswith(_OURS) or name in self._known:
                continue
            # Of a name that may be a user's own, only one that is hardly another is taken for a misspelt one.
            alike = get_close_matches(name, self._known, 1, _ALIKE)
            if alike or name.startswith(PREFIX):
                meant = f"did you mean {alike[0]}" if alike else "see ansible-doc -t role for the variables"
                raise PolicyError(f"{host}: unknown {name}; {meant}.")

    def _check_types(self, host: str, found: Variables) -> None:
        """What is written as it is.

        Templates are rendered, and what is vaulted is decrypted, where they are used: some are costly, or work once.
        """
        for name, spec in self._specs.items():
            value = found.get(name)
            if value is None or self._templates(value) or (name, id(value)) in self._right:
                continue
            validated = Validator({name: spec}).validate({name: plain(value)})
            if validated.error_messages:
                raise PolicyError(f"{host}: {'; '.join(validated.error_messages)}")
            self._right[name, id(value)] = [value]

    def _check_options(self, host: str, found: Variables, options: Sequence[str]) -> None:
        values = self._rendered(host, found, [variable_of(option) for option in options])
        key = (options, *map(id, values.values()))
        if key not in self._right:
            given = {option: plain(values.get(variable_of(option))) for option in options}
            self._question.check({option: value for option, value in given.items() if value is not None})
            self._right[key] = [*values.values()]

    def _rendered(self, host: str, found: Variables, names: Sequence[str]) -> dict[str, Any]:
        values = {name: found[name] for name in names if name in found}
        templates = [name for name, value in values.items() if self._templates(value)]
        if templates:
            templar = Templar(loader=self._loader, variables=found)
            for name in templates:
                try:
                    values[name] = text(templar.template(values[name]))
                except AnsibleError as error:
                    raise PolicyError(f"{host}: {name}: {cause(error)}") from None
        return values

    def _templates(self, value: Any) -> bool:
        """Whether there is a template in a value, or it is vaulted."""
        if id(value) not in self._is_template:
            is_template = _is_vaulted(value) or bool(self._templar.is_template(value))
            self._is_template[id(value)] = value, is_template
        return self._is_template[id(value)][1]


def text(value: Any) -> Any:
    """A value of a variable. Before ansible-core 2.19, one that is vaulted by itself is not text yet."""
    return str(value) if _is_vaulted(value) else value


def _is_vaulted(value: Any) -> bool:
    return bool(getattr(value, "__ENCRYPTED__", False))


def cause(error: BaseException) -> str:
    """The first cause of an error, on one short line: what is around it repeats it, with the whole template."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return " ".join(str(error).split())[:_LONGEST] or type(error).__name__
