# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a host of the role has a username and a password, as far as nothing has to be rendered for it.

A lookup may work once or cost a request, so what a template holds is left to the task that gathers. Its names are not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import PolicyError
from jinja2 import Environment, TemplateSyntaxError, meta, nodes

_NEEDED, _OPTIONAL = ("username", "password"), ("host", "otp_code", "device_id")
_DEFAULTS = ("group/mailfleet.mailplus.mailplus", "mailfleet.mailplus.mailplus_state_gather")
_JINJA = Environment(autoescape=True)
# What may stand in for a name that is undefined, or take it from elsewhere.
_NOT_PLAIN = (nodes.Call, nodes.Filter, nodes.Test, nodes.CondExpr, nodes.Or, nodes.And, nodes.Stmt)
_OF_ANSIBLE = {"omit", "hostvars", "vars", "groups", "range", "dict"}

IsTemplate = Callable[[Any], bool]


def set_elsewhere(task: Any) -> set[str]:
    """The options that module_defaults or the environment set for the task that gathers."""
    names = {name for name in _NEEDED if os.environ.get(f"MAILPLUS_{name.upper()}")}
    given = [values for each in task.module_defaults or [] for key, values in each.items() if key in _DEFAULTS]
    for values in given:
        names |= {name for name in _NEEDED if not isinstance(values, Mapping) or values.get(name)}
    for each in _environments(task.environment):
        names |= {name for name in _NEEDED if not isinstance(each, Mapping) or each.get(f"MAILPLUS_{name.upper()}")}
    return names


def check_login(host: str, found: Mapping[str, Any], elsewhere: Set[str], is_template: IsTemplate) -> None:
    """Raises PolicyError, which never holds a value."""
    for option in (*_NEEDED, *_OPTIONAL):
        name = f"mailplus_state_{option}"
        value = found.get(name)
        if (option in _NEEDED and name not in found and option not in elsewhere) or (
            option in (*_NEEDED, "host") and isinstance(value, str) and not value and name in found
        ):
            is_set = "is empty" if name in found else f"is not set, and neither is MAILPLUS_{option.upper()}"
            raise PolicyError(f"{host}: {name} {is_set}.")
        undefined = _undefined(value, found, is_template)
        if undefined:
            raise PolicyError(f"{host}: {name}: {undefined} is undefined.")


def _undefined(
    value: Any, found: Mapping[str, Any], is_template: IsTemplate, seen: Set[str] = frozenset()
) -> str | None:
    """A name in a plain template that no variable has, also by way of variables that are templates."""
    # What is marked !unsafe is none, which ansible-core before 2.19 does not tell by itself.
    if not isinstance(value, str) or hasattr(value, "__UNSAFE__") or not is_template(value):
        return None
    try:
        parsed = _JINJA.parse(str(value))
    except TemplateSyntaxError:
        return None
    if any(not isinstance(node, nodes.Output) for node in parsed.find_all(_NOT_PLAIN)):
        return None
    for name in sorted(meta.find_undeclared_variables(parsed) - seen - _OF_ANSIBLE):
        undefined = _undefined(found[name], found, is_template, seen | {name}) if name in found else name
        if undefined:
            return undefined
    return None


def _environments(given: Any) -> Iterable[Any]:
    return given if isinstance(given, list) else [given or {}]
