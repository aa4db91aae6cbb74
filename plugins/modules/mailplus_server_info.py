#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of a MailPlus cluster."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_server_info
short_description: Servers of a MailPlus cluster
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads the servers of the cluster, whether mail is balanced between them and whether they are syncing, over the DSM
    WebAPI.
  - Fails unless the section could be read.
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.reads
seealso:
  - module: mailfleet.mailplus.mailplus_facts
"""

EXAMPLES = r"""
- name: Read the servers of the cluster
  mailfleet.mailplus.mailplus_server_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
  register: mailplus

- name: Check that a pair is a pair
  ansible.builtin.assert:
    that: mailplus.server_list.summary.servers == 2
"""

RETURN = r"""
server_list:
  description: "The servers of the cluster."
  returned: when the NAS accepted the login
  type: dict
  contains:
    status:
      description:
        - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or V(failed).
      returned: always
      type: str
      sample: ok
    data:
      description:
        - What the server sent, key for key.
        - Known from a public client are C(server_list) (list), C(balancer_enabled) and C(cluster_syncing); the keys of
          a server depend on the NAS.
        - Null when RV(server_list.status) is not V(ok).
      returned: always
      type: dict
    summary:
      description: What the answer amounts to. Null when RV(server_list.status) is not V(ok).
      returned: always
      type: dict
      contains:
        servers:
          description: How many servers there are. Null where the answer does not tell.
          type: int
          returned: always
          sample: 2
    error:
      description: Why the section was not read. Null when RV(server_list.status) is V(ok).
      returned: always
      type: dict
      contains:
        api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
        method: {description: The method that was asked. Null where no answer came., type: str, returned: always}
        version: {description: The version that was asked last. Null where no answer came., type: int, returned: always}
        code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
        kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
        name: {description: A stable name of the error for programs., type: str, returned: always}
        message: {description: What happened., type: str, returned: always}
        hint: {description: What to do about it., type: str, returned: always}
error:
  description:
    - Why the task failed. It has the same keys as C(error) inside a section.
    - Null where no NAS was asked, such as for a missing option.
  returned: on failure
  type: dict
  contains:
    api: {description: The API that was asked. Null before the first question., type: str, returned: always}
    method: {description: The method that was asked. Null before the first question., type: str, returned: always}
    version:
      description: The version that was asked last. Null before the first question.
      type: int
      returned: always
    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
    kind:
      description: One of V(connection), V(login), V(unsupported), V(forbidden), V(expired) and V(failed).
      type: str
      returned: always
      sample: connection
    name:
      description: A stable name of the error for programs.
      type: str
      returned: always
      sample: connection_refused
    message: {description: What happened., type: str, returned: always}
    hint: {description: What to do about it., type: str, returned: always}
"""

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import InfoQuestion, run_module
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue.server import AREA

QUESTION = InfoQuestion(AREA)


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
