# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of the role, which are those of the modules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml
from ansible_collections.mailfleet.mailplus.plugins.doc_fragments.connection import ModuleDocFragment
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.options import CONNECTION_SPEC
from ansible_collections.mailfleet.mailplus.tests.generate.writing import Rewrite, between, yaml_lines

_PREFIX = "mailplus_state_"
_DEPTH = 6  # where the options stand
_OPTION = re.compile(r"\bO\((\w+)\)")


def files() -> Iterator[tuple[str, Rewrite]]:
    """The specs of the entry points that read NAS."""
    path = "roles/mailplus_state/meta/argument_specs.yml"
    yield path, between("connection", list(_specs()))
    yield path, between("the same connection", [f"{_PREFIX}{name}: *{name}" for name in CONNECTION_SPEC])


def _specs() -> Iterator[str]:
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    for name, spec in CONNECTION_SPEC.items():
        secret = {"no_log": True} if spec.get("no_log") else {}
        first = _OPTION.sub(rf"O({_PREFIX}\1)", documented[name]["description"][0])
        yield f"{_PREFIX}{name}: &{name}"
        described = {"description": [first, *_default(name, spec)], "type": spec["type"], **secret}
        yield from (line[_DEPTH:] for line in yaml_lines(described, _DEPTH + 2))


def _default(name: str, spec: dict[str, Any]) -> Iterator[str]:
    """What holds where the variable is not set."""
    if "fallback" not in spec:
        yield "The default is the address of the inventory host."
    else:
        last = f", else V({json.dumps(spec['default']).strip(chr(34))})" if "default" in spec else ""
        yield f"If it is not set, E(MAILPLUS_{name.upper()}) is used{last}."
