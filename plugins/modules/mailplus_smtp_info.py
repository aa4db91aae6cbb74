#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMTP settings of MailPlus Server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_smtp_info
short_description: SMTP, relays, black and white lists of MailPlus Server
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads how MailPlus Server takes mail and sends it on, over the DSM WebAPI. That is the protocols and limits of SMTP,
    the relays that mail leaves by, who may relay, the postmasters, the black list and the white list, and daily quotas.
  - Passwords of relays come as C([hidden]) unless O(reveal_secrets) is true.
# Written by make generate: options
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.connection.answer
  - mailfleet.mailplus.rows
  - mailfleet.mailplus.row_filter
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.writes
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
      - smtp_general
      - smtp_security
      - smtp
      - smtp_service
      - smtp_delivery_type
      - smtp_delivery
      - smtp_relay_hosts
      - smtp_relay_control
      - smtp_postmaster
      - blacklist
      - whitelist
      - daily_quota_rules
      - daily_quota_usage
# End of what make generate writes
"""

EXAMPLES = r"""
- name: Read all sections
  mailfleet.mailplus.mailplus_smtp_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
  register: mailplus

- name: Read the limits alone, over HTTPS with the NAS's own certificate
  mailfleet.mailplus.mailplus_smtp_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    ca_path: /etc/ssl/nas/berlin.pem
    sections: [smtp_security]

- name: Read who may relay, and what the white list lets in
  mailfleet.mailplus.mailplus_smtp_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    sections: [smtp_relay_control, whitelist]
  register: mailplus

- name: Show what is on the white list, enabled or not
  ansible.builtin.debug:
    msg: "{{ mailplus.whitelist.data.blackwhite_list | map(attribute='pattern') }}"
"""

# Written by make generate: results and code, to the end of the file
RETURN = r"""
smtp_general:
  description: General settings of SMTP.
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
        - Settings of the banner, host name, hops, recipients and authentication.
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
smtp_security:
  description: Security settings of SMTP.
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
        - Limits on connections and mails a minute, parallel connections and junk commands.
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
smtp:
  description: What SMTP has beside its general settings and its service.
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
smtp_service:
  description: SMTP, SMTP over TLS and STARTTLS, with their ports.
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
smtp_delivery_type:
  description: Whether mail leaves at once or by a relay.
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
smtp_delivery:
  description: The relay that all mail takes.
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
        - Server, port, TLS and account.
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
smtp_relay_hosts:
  description: Relays by sender and recipient.
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
smtp_relay_control:
  description: Who may relay.
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
        - Trusted networks and domains.
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
smtp_postmaster:
  description: External postmasters.
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
blacklist:
  description: The black list.
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
        - 'Known from the code of a client, version 2: C(total) and C(blackwhite_list); in C(blackwhite_list[]) C(id),
          C(enable), C(description), C(pattern), C(type) and C(action).'
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
      sample: blackwhite_list
whitelist:
  description: The white list.
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
        - 'Known from the code of a client, version 2: C(total) and C(blackwhite_list); in C(blackwhite_list[]) C(id),
          C(enable), C(description), C(pattern), C(type) and C(action).'
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
      sample: blackwhite_list
daily_quota_rules:
  description: Rules of daily quotas.
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
daily_quota_usage:
  description: Who has used how much of a daily quota.
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
    filtered:
      description: What the filter left.
      returned: when an option filters rows, such as O(since) or O(text)
      type: dict
      contains:
        read: {description: How many rows were read., returned: always, type: int}
        kept: {description: How many were kept., returned: always, type: int}
        unjudged:
          description: How many could not be judged, since they do not show what the filter needs. They were left out,
            or kept where O(unjudged=keep).
          returned: always
          type: int
        ended_early:
          description: 'Whether reading ended before the end of the list: a page was older than O(since), and all rows
            before came newest first. Then C(truncated) is true for rows that are older still. A row behind that page
            that is newer after all, such as one that was logged late, is missing, and nothing else tells. Leave out
            O(since) where none may be.'
          returned: always
          type: bool
    file:
      description: Where the rows are, instead of in the data.
      returned: when O(dest) is set, and not in check mode
      type: dict
      contains:
        path: {description: The file., returned: always, type: str, sample: /var/log/mailplus/rows.jsonl}
        rows: {description: How many rows it holds., returned: always, type: int, sample: 50}
    row_keys:
      description: The keys of rows that the user named, by their meaning.
      returned: when O(row_keys) names keys of this section
      type: dict
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
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue.smtp import AREA

QUESTION = InfoQuestion(AREA)


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
