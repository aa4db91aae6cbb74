# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module here promises, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of a module that only reads, answered by an action plugin.

    A module takes these, and either ``attributes.reads`` or ``attributes.writes``.
    """

    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Has a corresponding action plugin, so that it runs on the controller.
    support: full
  action_group:
    description: Use C(group/mailfleet.mailplus.mailplus) in C(module_defaults) to set defaults for all modules.
    support: full
    membership: [mailfleet.mailplus.mailplus]
  async:
    description: Can be run with C(async).
    support: none
  delegation:
    description: Can be used with C(delegate_to).
    support: full
    details:
      - Delegated to another host than the controller, it runs there as a module. That host needs Python 3.10 or newer.
"""

    READS = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and returns the same as without, since it only reads.
    support: full
  diff_mode:
    description: Returns details on what has changed, in diff mode.
    support: none
    details:
      - Nothing changes.
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
"""

    WRITES = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would change, without writing it.
    support: full
    details:
      - It reads as without. With O(dest), it writes no file and says that it would.
  diff_mode:
    description: Returns details on what has changed, in diff mode.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details:
      - With O(dest), every run writes the file anew and is changed. Without it, nothing changes.
"""
