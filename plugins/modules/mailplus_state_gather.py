#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of an action plugin; there is no module code."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_state_gather
short_description: Read a host for the role, and write its state to a file
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Asks what M(mailfleet.mailplus.mailplus_facts) asks, sets the same facts, and writes C(hosts/NAME.json) in the same
    process, on the controller. The role P(mailfleet.mailplus.mailplus_state#role) uses it.
  - Each option is also a variable of the role, C(mailplus_state_NAME), and C(mailplus_state_subset) for
    O(gather_subset). A variable that is set wins over the option, and so over C(module_defaults).
  - Facts hold what the server sent, personal data included. Of the file, O(personal_data) decides.
  - A host that cannot be read is written with its reason, and the task fails there; ignore that, so that the host stays
    in the play. M(mailfleet.mailplus.mailplus_state_export) writes C(fleet.json), and fails where a file of a host
    could not be written.
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.connection.answer
  - mailfleet.mailplus.rows
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.files
options:
  gather_subset:
    description:
      - What to read, by names of sections and groups, as O(mailfleet.mailplus.mailplus_facts#module:gather_subset) has
        them.
    type: list
    elements: str
    default: [min, settings, admin_log, transaction_log]
  rows:
    description:
      - Whether to keep the rows of lists. Without them, lists have their totals and summaries alone.
    type: bool
    default: true
  check_keys:
    description:
      - Whether the summary of each section tells how the keys of its answer compare with those that are known of it.
    type: bool
    default: false
  directory:
    description:
      - Directory on the controller. Where it, or one above it, is missing, it is made, for its owner alone.
    type: path
    default: mailplus-state
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would change, without writing it.
    support: full
    details:
      - It reads as without, and writes no file.
  diff_mode:
    description: Returns details on what has changed, in diff mode.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
    details:
      - The file is rewritten, since it states when it was gathered. M(mailfleet.mailplus.mailplus_state_export) tells
        whether files changed.
seealso:
  - module: mailfleet.mailplus.mailplus_facts
  - module: mailfleet.mailplus.mailplus_state_export
  - module: mailfleet.mailplus.mailplus_state_report
"""

EXAMPLES = r"""
- name: Gather the state of the fleet and write it to files
  hosts: nas
  gather_facts: false
  tasks:
    - name: Gather, and go on with the others where a NAS cannot be read
      mailfleet.mailplus.mailplus_state_gather:
        username: auditor
        password: "{{ vault_mailplus_password }}"
        directory: /var/lib/mailplus-state
      register: mailplus_state_gathered
      ignore_errors: true

    - name: Write the file of the fleet
      mailfleet.mailplus.mailplus_state_export:
        directory: /var/lib/mailplus-state
        hosts: "{{ ansible_play_hosts_all }}"
      run_once: true
"""

RETURN = r"""
ansible_facts:
  description:
    - As M(mailfleet.mailplus.mailplus_facts) returns them. Since ansible-core 2.21 they are set without being in the
      result, which would double what a big fleet takes of memory.
  returned: when anything could be read
  type: dict
handed_over:
  description:
    - A file of this run, readable by its owner alone, with what was read, for the tasks that look at the whole fleet.
      It is gone when the run ends.
  returned: when the options could be, and the file could be written
  type: str
error:
  description: What went wrong, as M(mailfleet.mailplus.mailplus_facts) returns it.
  returned: on failure
  type: dict
"""
