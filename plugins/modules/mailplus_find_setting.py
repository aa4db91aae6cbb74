#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of an action plugin; there is no module code."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_find_setting
short_description: Find the path of a setting in what a MailPlus Server answers
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Nobody has published the keys of most answers, so rules of a policy wait in C(mailplus_state_paths) for the path of
    a setting. This module reads a host and finds such a path, by words or by what changes between two looks. The
    playbook C(mailfleet.mailplus.find_setting) uses it, and prints what it returns.
  - Each option of the connection is also a variable of the role P(mailfleet.mailplus.mailplus_state#role),
    C(mailplus_state_NAME). A variable that is set wins over the option.
  - The lines are for the user's own console. Secrets are hidden in them, and personal data is not.
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.connection.answer
  - mailfleet.mailplus.rows
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.reads
options:
  find:
    description:
      - Words that the key of the setting may resemble, or its place in MailPlus Server, such as V(plaintext smtp).
      - Without it, the words are those of O(rule).
    type: str
  rule:
    description:
      - The ID of a rule in O(policies). Then the setting is looked for in the section of the rule, and values that
        the rule can be about come first. What to set is told only where a key has the words of the rule.
      - Between two looks, it is given to both. Then only its section is compared, and the line is for that rule.
    type: str
  look:
    description:
      - With V(before), the state is kept until the end of the run. With V(after), the task tells what has changed
        since. Between both, the user changes the setting by hand in DSM.
    type: str
    choices: [once, before, after]
    default: once
  policies:
    description:
      - Policies, as files or as what stands in them, as C(mailplus_state_policies) has them.
    type: list
    elements: raw
    default: []
  overrides:
    description:
      - Changes to rules, as C(mailplus_state_overrides) has them.
    type: dict
    default: {}
  gather_subset:
    description:
      - What to read, by names of sections and groups, as O(mailfleet.mailplus.mailplus_facts#module:gather_subset) has
        them.
      - With O(rule), it is the section of that rule; or else the default is V(settings). Between two looks, settings
        and entries are compared.
    type: list
    elements: str
  rows:
    description:
      - Whether to look through the rows of lists.
    type: bool
    default: true
seealso:
  - module: mailfleet.mailplus.mailplus_facts
  - module: mailfleet.mailplus.mailplus_state_report
"""

EXAMPLES = r"""
- name: Find the path that a rule waits for
  mailfleet.mailplus.mailplus_find_setting:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    rule: smtp_plaintext
    policies: [policies/hardening.yml]
  register: mailplus_setting

- name: Find the keys that resemble words
  mailfleet.mailplus.mailplus_find_setting:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    find: plaintext smtp
  register: mailplus_setting

- name: Show the lines
  ansible.builtin.debug:
    msg: "{{ mailplus_setting.lines }}"
"""

RETURN = r"""
lines:
  description:
    - What was found, the most likely first, each with its section, path, value, kind of value and place; then what to
      set in C(mailplus_state_paths), and which sections could not be read. After O(look=after), what changed.
  returned: success
  type: list
  elements: str
  sample:
    - "smtp_general  data.smtp_plaintext_auth = false (true or false)  Mail Delivery > General"
error:
  description: What went wrong, as M(mailfleet.mailplus.mailplus_facts) returns it.
  returned: on failure
  type: dict
"""
