# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies in YAML files. A file holds rules, or names other files beside it whose rules are its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.mailfleet.mailplus.plugins.plugin_utils._fleet.policy import (
    PolicyError,
    Rule,
    combine,
    parse_policy,
)


def read_policy(path: Path, name: str) -> list[Rule]:
    """The rules of the file at ``path``, which the user knows by ``name``. Raises PolicyError."""
    content = _read(path, name)
    if not isinstance(content, Mapping) or "policies" not in content:
        return parse_policy(content, path.stem)
    others = content["policies"]
    if "rules" in content or not isinstance(others, list) or not all(isinstance(other, str) for other in others):
        raise PolicyError(f"policy {name}: policies is a list of files beside it, and stands there without rules.")
    return combine(parse_policy(_read(path.parent / other, f"{name}, {other}"), Path(other).stem) for other in others)


def _read(path: Path, name: str) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(f"policy {name}: it cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise PolicyError(f"policy {name}: it is not UTF-8 text.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise PolicyError(f"policy {name}: it is not YAML{where}.") from None
