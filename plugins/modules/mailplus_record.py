#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of an action plugin; there is no module code."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_record
short_description: Record what one NAS answers, without names, addresses and secrets
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Asks one NAS for everything that this collection may read, at each version that the NAS has, and makes a recording
    of it. The playbook C(mailfleet.mailplus.record) uses it, shows what stays in clear, and writes the recording where
    you say yes.
  - Each read is a request of its own, some hundreds in all, within one login. Of a list, at most 100 rows are kept, and
    what is read for each domain is read for the first five of them.
  - Keys, true and false, small numbers, states and versions stay as they are. All else becomes a stand-in of the same
    form, the same one throughout the recording, so that an alias still points to its user. Times are moved by a
    span drawn at random. What the stand-ins stand for is nowhere kept.
  - Nothing is sent anywhere, and what the NAS answered is not written, not even for a moment.
extends_documentation_fragment:
  - mailfleet.mailplus.connection
options:
  path:
    description:
      - Where the recording is to be written, from the directory in which Ansible was started. The module does not write
        it there, but looks at the place before anything is asked.
      - A file that exists, a directory, or a file in a directory that does not exist, is refused.
    type: path
    required: true
  strict:
    description:
      - Keep of values nothing but their types.
    type: bool
    default: false
  keep:
    description:
      - Keys that are to stay although they may be names of something. RV(in_clear) names those that are most likely
        none.
    type: list
    elements: str
    default: []
  checks:
    description:
      - Reads that may do work on the NAS, or make it ask somebody else, and are to be asked all the same, such as
        V(Cluster.check_aa).
      - Any other name is refused with the list of those that there are.
    type: list
    elements: str
    default: []
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
  check_mode:
    description: Can run in C(check_mode) and return what it would, without RV(file).
    support: full
  delegation:
    description: Can be used with C(delegate_to).
    support: none
    details:
      - It always runs on the controller, where what the NAS answers is scrubbed.
  diff_mode:
    description: Returns details on what has changed, in diff mode.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: full
seealso:
  - module: mailfleet.mailplus.mailplus_facts
  - module: mailfleet.mailplus.mailplus_api_info
"""

EXAMPLES = r"""
- name: See what a recording would hold in clear
  hosts: nas1.example.com
  gather_facts: false
  tasks:
    - name: Record
      mailfleet.mailplus.mailplus_record:
        path: mailplus-recording.json
        username: auditor
        password: "{{ vault_mailplus_password }}"
      register: recording

    - name: Show what stays in clear
      ansible.builtin.debug:
        var: recording.in_clear
"""

RETURN = r"""
in_clear:
  description: What stays in clear, value by value and by key, in lines for people to read.
  returned: on success
  type: list
  elements: str
asked:
  description:
    - How many reads were answered, refused, not answered and not asked, and how the keys of the answers compare with
      those that are known.
  returned: on success
  type: list
  elements: str
  sample:
    - 173 reads answered
    - "103 reads refused: 90 times no such method; 13 times parameter missing"
    - 0 reads not answered
    - 11 reads not asked
    - 135 known keys seen, 0 missing, 678 new
compared:
  description: Which known keys are missing and which keys are new, a line for each read.
  returned: on success
  type: list
  elements: str
path:
  description: O(path), beginning with the root.
  returned: on success
  type: str
file:
  description:
    - Path of the recording. It lies in a directory of this run that its user alone can read, and goes when the run
      ends.
    - Null in check mode.
  returned: on success
  type: str
"""
