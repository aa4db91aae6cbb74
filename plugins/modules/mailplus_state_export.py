#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of an action plugin; there is no module code."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_state_export
short_description: Write the gathered state of a fleet to files on the controller
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Writes what M(mailfleet.mailplus.mailplus_facts) returned on many hosts as JSON, one file a host and one for the
    fleet. The role P(mailfleet.mailplus.mailplus_state#role) uses it.
  - A host that failed, or was never asked, is written as such with the reason. No host is left out.
  - Files are written whole or not at all, and only their owner can read them, since logs and queues hold personal data.
extends_documentation_fragment:
  - mailfleet.mailplus.files
options:
  directory:
    description:
      - Directory on the controller. Where it, or one above it, is missing, it is made, for its owner alone.
      - The fleet is written to C(fleet.json), each host to C(hosts/NAME.json). Files of hosts that left the inventory
        stay. A name is quoted as in a URL; one that is longer than 240 characters then is cut, and ends in a digest.
    type: path
    required: true
  hosts:
    description:
      - Names of the inventory hosts to write, such as C(ansible_play_hosts_all).
    type: list
    elements: str
    required: true
  variable:
    description:
      - Name of the variable in which each host registered the result of M(mailfleet.mailplus.mailplus_facts) or
        M(mailfleet.mailplus.mailplus_state_gather).
      - For a host that does not have it, what the inventory plugin P(mailfleet.mailplus.mailplus#inventory) read is
        taken. Where no host has it, so are facts, such as those that are cached from an earlier run; of a host that has
        both, the newer ones.
    type: str
    default: mailplus_state_gathered
  max_age:
    description:
      - Hours. With it, the state of each host is what earlier runs wrote to C(hosts/NAME.json) in O(directory), or what
        the inventory plugin read, the newer of both, unless it is older. What this run gathered, and facts, are left
        out, and only C(fleet.json) is written.
      - It is for a fleet that is gathered in parts, by several runs.
    type: float
attributes:
  action:
    description: Has a corresponding action plugin, so that it runs on the controller.
    support: full
  async:
    description: Can be run with C(async).
    support: none
  check_mode:
    description: Can run in C(check_mode) and return what would change, without writing it.
    support: full
  delegation:
    description: Can be used with C(delegate_to).
    support: none
    details:
      - It always runs on the controller.
  diff_mode:
    description: Returns details on what has changed, in diff mode.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
seealso:
  - module: mailfleet.mailplus.mailplus_facts
"""

EXAMPLES = r"""
- name: Gather the state of the fleet and write it to files
  hosts: nas
  gather_facts: false
  tasks:
    - name: Gather, and go on with the others where a NAS cannot be read
      mailfleet.mailplus.mailplus_facts:
        username: auditor
        password: "{{ vault_mailplus_password }}"
      register: mailplus_state_gathered
      ignore_errors: true

    - name: Write
      mailfleet.mailplus.mailplus_state_export:
        directory: /var/lib/mailplus-state
        hosts: "{{ ansible_play_hosts_all }}"
      run_once: true
"""

RETURN = r"""
directory:
  description: Directory that holds the files.
  returned: on success
  type: str
files:
  description: Paths of the files, those included that did not change.
  returned: on success
  type: list
  elements: str
hosts:
  description: What the files say of each host, by its name.
  returned: on success
  type: dict
  contains:
    status:
      description:
        - V(ok) (all sections were read), V(partial) (some were), V(unsupported) (the NAS has none of them), V(failed)
          (the NAS could not be asked, or none of them could be read) or V(not_gathered) (it was not asked).
      returned: always
      type: str
    reason:
      description: Why the status is not V(ok). Null when it is.
      returned: always
      type: str
totals:
  description: How many hosts have each status.
  returned: on success
  type: dict
  sample: {ok: 5, partial: 0, unsupported: 1, failed: 2, not_gathered: 0}
summary:
  description: A line a host for people to read, and one for all.
  returned: on success
  type: list
  elements: str
"""
