#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licences of MailPlus Server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_license_info
short_description: Licences of MailPlus Server
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads how many accounts the licences allow, how many use one, and until when the licences are valid, over the
    DSM WebAPI.
  - Licences cannot be delegated, so the account has to be a DSM administrator.
  - The keys of licences are hidden unless O(reveal_secrets) is set.
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
      - What to read. By default, that is all but V(license_validity), which may do work on the NAS.
      - With it, the task fails unless each of these could be read; without it, unless one of them could.
    type: list
    elements: str
    choices: [license_limit, license_usage, licenses, bitdefender_license, bitdefender_limit, license_validity]
# End of what make generate writes
"""

EXAMPLES = r"""
- name: Read the licences
  mailfleet.mailplus.mailplus_license_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
  register: mailplus

- name: Show what MailPlus Server counts
  ansible.builtin.debug:
    msg: "{{ mailplus.license_usage.data }} of {{ mailplus.license_limit.data }}"
"""

# Written by make generate: results and code, to the end of the file
RETURN = r"""
license_limit:
  description: How many accounts the licences allow.
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
license_usage:
  description: How many accounts use a licence.
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
licenses:
  description: The licences, with validity and expiry.
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
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary:
      description: What is made of the data. A value in it that nobody can know is null. Null as a whole unless
        C(status) is V(ok), and for a list whose rows were not found.
      returned: always
      type: dict
      contains:
        rows: {description: How many rows the figures rest on., returned: always, type: int, sample: 50}
        complete:
          description: Whether these are all rows that the server has. Null where that cannot be known.
          returned: always
          type: bool
          sample: false
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    data_type:
      description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the answer
        has none.'
      returned: where the answer is no mapping
      type: str
    total:
      description: How many rows the server had when reading began, as it said. Null where it does not tell, or where
        its answers contradict that.
      returned: always
      type: int
      sample: 4200
    returned:
      description: How many rows were kept. Null where the answer does not show which of its keys holds the rows.
      returned: always
      type: int
      sample: 50
    truncated:
      description: Whether the server has rows behind the returned ones. Null where that cannot be known. Where the list
        changed while it was read, a warning tells the numbers.
      returned: always
      type: bool
      sample: true
    rows_key:
      description: The key of the rows in the data. Null where the answer does not show it.
      returned: always
      type: str
bitdefender_license:
  description: The licences of Bitdefender.
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
bitdefender_limit:
  description: How many accounts the licences of Bitdefender allow.
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
license_validity:
  description: Whether the licences are valid, as Synology sees it.
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
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue.license import AREA

QUESTION = InfoQuestion(AREA)


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
