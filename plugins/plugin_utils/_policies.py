# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies as the variables of the role name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.gathered import plain
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import (
    PolicyError,
    Rule,
    combine,
    parse_policy,
)
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy_files import read_policy


def rules_of(action: ActionBase, sources: Iterable[Any]) -> list[Rule]:
    """The rules of all policies. Raises PolicyError."""
    return combine(_read(action, source) for source in sources)


def _read(action: ActionBase, source: Any) -> list[Rule]:
    """A policy from a file, found where Ansible looks for files, or as it stands in a variable."""
    if not isinstance(source, str):
        content = plain(source)
        name = content.get("name") if isinstance(content, Mapping) else None
        return parse_policy(content, name or "in a variable")
    try:
        path = source if Path(source).is_file() else action._find_needle("files", f"{source}")
    except AnsibleError:
        raise PolicyError(
            f"policy {source}: there is no such file, in the current directory or where Ansible looks for files."
        ) from None
    return read_policy(Path(path), source)
