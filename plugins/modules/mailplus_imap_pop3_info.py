#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IMAP and POP3 settings of MailPlus Server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_imap_pop3_info
short_description: IMAP and POP3 settings of MailPlus Server
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads the protocols that mail clients may use, and how they authenticate, over the DSM WebAPI.
  - Fails unless the section could be read.
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.reads
seealso:
  - module: mailfleet.mailplus.mailplus_facts
"""

EXAMPLES = r"""
- name: Read the protocols
  mailfleet.mailplus.mailplus_imap_pop3_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
  register: mailplus

- name: Check that mail is read over TLS only
  ansible.builtin.assert:
    that:
      - not mailplus.imap_pop3.data.enable_imap
      - not mailplus.imap_pop3.data.enable_pop3
"""

RETURN = r"""
imap_pop3:
  description: "Settings of IMAP and POP3."
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
        - Known from a live NAS are C(enable_imap), C(enable_imaps), C(enable_pop3), C(enable_pop3s) and
          C(security_imappop3_auth).
        - Null when RV(imap_pop3.status) is not V(ok).
      returned: always
      type: dict
    summary:
      description: Empty; nothing is made of this section yet. Null when RV(imap_pop3.status) is not V(ok).
      returned: always
      type: dict
    error:
      description: Why the section was not read. Null when RV(imap_pop3.status) is V(ok).
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
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue.imap_pop3 import AREA

QUESTION = InfoQuestion(AREA)


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
