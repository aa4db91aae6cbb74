#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains of MailPlus Server, and what is in each of them."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_domain_info
short_description: Domains of MailPlus Server, and what is in each of them
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads the domains, and for each of them its settings, users, groups with their members, aliases, silent copies
    and limits, over the DSM WebAPI.
  - What is read for each domain comes by the name of the domain. Members of groups come by C(domain/group).
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
    choices:
      - domains
      - domain_settings
      - domain_security
      - domain_usage_limit
      - domain_usage
      - additional_domains
      - domain_users
      - domain_groups
      - domain_group_members
      - aliases
      - auto_bcc
      - disclaimers
  domains:
    description:
      - For which domains to read what each of them has, by their names. By default, that is all.
      - The task fails where the NAS has not one of them; which ones it has is told.
    type: list
    elements: str
    default: []
# End of what make generate writes
"""

EXAMPLES = r"""
- name: Read the aliases of one domain
  mailfleet.mailplus.mailplus_domain_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    sections: [aliases]
    domains: [example.com]
  register: mailplus

- name: Show them
  ansible.builtin.debug:
    var: mailplus.aliases.data['example.com'].alias_list

- name: Read what all domains have
  mailfleet.mailplus.mailplus_domain_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
  register: mailplus
"""

# Written by make generate: results and code, to the end of the file
RETURN = r"""
domains:
  description: The domains.
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
        - 'Known from the code of a client, version 1: C(domains); in C(domains[]) C(domain_id) or C(id) and C(name).'
        - Which others there are depends on the NAS.
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
      sample: domains
domain_settings:
  description: Settings of each domain.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - Format of addresses, new users, and C(catch_all), whose keys are known from writing it.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
            summary:
              description: 'Empty: nothing is made of this section. Null unless C(status) is V(ok).'
              returned: always
              type: dict
            error:
              description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
              returned: always
              type: dict
            data_type:
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
domain_security:
  description: DKIM of each domain.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
            summary:
              description: 'Empty: nothing is made of this section. Null unless C(status) is V(ok).'
              returned: always
              type: dict
            error:
              description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
              returned: always
              type: dict
            data_type:
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
domain_usage_limit:
  description: Limits of each domain.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - Sizes of mails and attachments, forwarding, daily quota and traffic.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
            summary:
              description: 'Empty: nothing is made of this section. Null unless C(status) is V(ok).'
              returned: always
              type: dict
            error:
              description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
              returned: always
              type: dict
            data_type:
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
domain_usage:
  description: Mails that users of each domain sent today.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
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
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
            total:
              description: How many rows the server had when reading began, as it said. Null where it does not tell, or
                where its answers contradict that.
              returned: always
              type: int
              sample: 4200
            returned:
              description: How many rows were kept. Null where the answer does not show which of its keys holds the
                rows.
              returned: always
              type: int
              sample: 50
            truncated:
              description: Whether the server has rows behind the returned ones. Null where that cannot be known. Where
                the list changed while it was read, a warning tells the numbers.
              returned: always
              type: bool
              sample: true
            rows_key:
              description: The key of the rows in the data. Null where the answer does not show it.
              returned: always
              type: str
additional_domains:
  description: Further names of each domain.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
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
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
            total:
              description: How many rows the server had when reading began, as it said. Null where it does not tell, or
                where its answers contradict that.
              returned: always
              type: int
              sample: 4200
            returned:
              description: How many rows were kept. Null where the answer does not show which of its keys holds the
                rows.
              returned: always
              type: int
              sample: 50
            truncated:
              description: Whether the server has rows behind the returned ones. Null where that cannot be known. Where
                the list changed while it was read, a warning tells the numbers.
              returned: always
              type: bool
              sample: true
            rows_key:
              description: The key of the rows in the data. Null where the answer does not show it.
              returned: always
              type: str
domain_users:
  description: Users of each domain.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
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
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
            total:
              description: How many rows the server had when reading began, as it said. Null where it does not tell, or
                where its answers contradict that.
              returned: always
              type: int
              sample: 4200
            returned:
              description: How many rows were kept. Null where the answer does not show which of its keys holds the
                rows.
              returned: always
              type: int
              sample: 50
            truncated:
              description: Whether the server has rows behind the returned ones. Null where that cannot be known. Where
                the list changed while it was read, a warning tells the numbers.
              returned: always
              type: bool
              sample: true
            rows_key:
              description: The key of the rows in the data. Null where the answer does not show it.
              returned: always
              type: str
domain_groups:
  description: Groups of each domain.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
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
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
            total:
              description: How many rows the server had when reading began, as it said. Null where it does not tell, or
                where its answers contradict that.
              returned: always
              type: int
              sample: 4200
            returned:
              description: How many rows were kept. Null where the answer does not show which of its keys holds the
                rows.
              returned: always
              type: int
              sample: 50
            truncated:
              description: Whether the server has rows behind the returned ones. Null where that cannot be known. Where
                the list changed while it was read, a warning tells the numbers.
              returned: always
              type: bool
              sample: true
            rows_key:
              description: The key of the rows in the data. Null where the answer does not show it.
              returned: always
              type: str
domain_group_members:
  description: Members of each group of each domain.
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
        - By entry of the section C(domain_groups), what the server sent, key for key.
        - Null where nothing was read.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
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
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
            total:
              description: How many rows the server had when reading began, as it said. Null where it does not tell, or
                where its answers contradict that.
              returned: always
              type: int
              sample: 4200
            returned:
              description: How many rows were kept. Null where the answer does not show which of its keys holds the
                rows.
              returned: always
              type: int
              sample: 50
            truncated:
              description: Whether the server has rows behind the returned ones. Null where that cannot be known. Where
                the list changed while it was read, a warning tells the numbers.
              returned: always
              type: bool
              sample: true
            rows_key:
              description: The key of the rows in the data. Null where the answer does not show it.
              returned: always
              type: str
aliases:
  description: Aliases of each domain, with their members.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - 'Known from the code of a client, version 1: C(total) and C(alias_list); in C(alias_list[]) C(name) and
          C(member_list); in C(alias_list[].member_list[]) C(name) and C(type).'
        - Which others there are depends on the NAS.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
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
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
            total:
              description: How many rows the server had when reading began, as it said. Null where it does not tell, or
                where its answers contradict that.
              returned: always
              type: int
              sample: 4200
            returned:
              description: How many rows were kept. Null where the answer does not show which of its keys holds the
                rows.
              returned: always
              type: int
              sample: 50
            truncated:
              description: Whether the server has rows behind the returned ones. Null where that cannot be known. Where
                the list changed while it was read, a warning tells the numbers.
              returned: always
              type: bool
              sample: true
            rows_key:
              description: The key of the rows in the data. Null where the answer does not show it.
              returned: always
              type: str
              sample: alias_list
auto_bcc:
  description: Silent copies of the mails of each domain.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
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
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
              returned: where the answer is no mapping
              type: str
            total:
              description: How many rows the server had when reading began, as it said. Null where it does not tell, or
                where its answers contradict that.
              returned: always
              type: int
              sample: 4200
            returned:
              description: How many rows were kept. Null where the answer does not show which of its keys holds the
                rows.
              returned: always
              type: int
              sample: 50
            truncated:
              description: Whether the server has rows behind the returned ones. Null where that cannot be known. Where
                the list changed while it was read, a warning tells the numbers.
              returned: always
              type: bool
              sample: true
            rows_key:
              description: The key of the rows in the data. Null where the answer does not show it.
              returned: always
              type: str
disclaimers:
  description: Disclaimers of each domain.
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
        - By entry of the section C(domains), what the server sent, key for key.
        - Null where nothing was read.
        - No key is documented; which there are depends on the version of MailPlus Server.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error:
      description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
    each:
      description: By entry the envelope of its own, without the data. That is by entry too, and null where nothing was
        read.
      returned: always
      type: dict
      contains:
        NAME:
          description: An entry.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
            summary:
              description: 'Empty: nothing is made of this section. Null unless C(status) is V(ok).'
              returned: always
              type: dict
            error:
              description: Why the section was not read. Null where C(status) is V(ok). It has the keys of RV(error).
              returned: always
              type: dict
            data_type:
              description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where the
                answer has none.'
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
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue.domain import AREA

QUESTION = InfoQuestion(AREA)


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
