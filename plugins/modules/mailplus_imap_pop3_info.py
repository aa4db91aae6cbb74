#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IMAP and POP3 settings of MailPlus Server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_imap_pop3_info
short_description: IMAP and POP3 of MailPlus Server
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads the protocols that mail clients may use, how they authenticate, and how many connections a user may have, over
    the DSM WebAPI.
# Written by make generate: options
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.connection.answer
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.reads
seealso:
  - module: mailfleet.mailplus.mailplus_facts
options:
  sections:
    description:
      - What to read. By default, that is all.
      - With it, the task fails unless each of these could be read; without it, unless one of them could.
    type: list
    elements: str
    choices: [imap_pop3, imap_pop3_advanced]
# End of what make generate writes
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

# Written by make generate: results and code, to the end of the file
RETURN = r"""
imap_pop3:
  description: Settings of IMAP and POP3.
  returned: when the NAS accepted the login and the section was asked for
  type: dict
  contains:
    status:
      description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
        V(failed).
      returned: always
      type: str
      sample: ok
    data:
      description:
        - 'What the server sent, key for key: a mapping, or else C(data_type) tells. Null unless C(status) is V(ok).'
        - 'Known from a live NAS; the code of a client: C(enable_imap), C(enable_imaps), C(enable_pop3), C(enable_pop3s)
          and C(security_imappop3_auth).'
        - Which others there are depends on the NAS.
      returned: always
      type: raw
    summary:
      description: 'Empty: nothing is made of this section. Null unless C(status) is V(ok).'
      returned: always
      type: dict
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    data_type:
      description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the answer
        has none.'
      returned: where the answer is no mapping
      type: str
imap_pop3_advanced:
  description: Limits on connections by IMAP and POP3.
  returned: when the NAS accepted the login and the section was asked for
  type: dict
  contains:
    status:
      description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
        V(failed).
      returned: always
      type: str
      sample: ok
    data:
      description:
        - 'What the server sent, key for key: a mapping, or else C(data_type) tells. Null unless C(status) is V(ok).'
        - How many connections a user may have from one address.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary:
      description: 'Empty: nothing is made of this section. Null unless C(status) is V(ok).'
      returned: always
      type: dict
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    data_type:
      description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the answer
        has none.'
      returned: where the answer is no mapping
      type: str
error:
  description: Why the task failed. Null where no NAS was asked, such as for a missing option.
  returned: on failure
  type: dict
  contains:
    kind:
      description: 'What the error means: V(local) (the NAS was not asked, or not long enough), V(connection), V(login),
        V(unsupported), V(forbidden), V(expired) or V(failed).'
      returned: always
      type: str
      sample: connection
    api: {description: The API that was asked. Null where no answer came., returned: always, type: str}
    method: {description: The method that was asked. Null where no answer came., returned: always, type: str}
    version: {description: The version that was asked last. Null where no answer came., returned: always, type: int}
    code: {description: DSM's error code. Null where DSM sent none., returned: always, type: int}
    name:
      description: A stable name of the error for programs.
      returned: always
      type: str
      sample: connection_refused
    message: {description: What happened., returned: always, type: str}
    hint: {description: What to do about it., returned: always, type: str}
"""

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import InfoQuestion, run_module
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue.imap_pop3 import AREA

QUESTION = InfoQuestion(AREA)


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
