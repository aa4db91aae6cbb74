# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection to this machine that Ansible does not know to be this machine: it stands for a jump host."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = r"""
name: jump
short_description: A jump host, for tests
description:
  - Runs commands on this machine, and notes them in the file that JUMP_LOG names.
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(Local):  # type: ignore[misc]  # ansible-core has no types
    """What modules run over when they do not run in the worker."""

    transport = "jump"

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> Any:
        with Path(os.environ["JUMP_LOG"]).open("a", encoding="utf-8") as file:
            file.write(cmd + "\n")
        return super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
