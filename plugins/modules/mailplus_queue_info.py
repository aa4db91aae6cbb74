#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail queue of MailPlus Server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_queue_info
short_description: Mail queue of MailPlus Server, and its settings
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads the mails that wait for delivery, and the settings of the queue, over the DSM WebAPI.
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
    choices: [queue, queue_settings]
# End of what make generate writes
"""

EXAMPLES = r"""
- name: Read the queue
  mailfleet.mailplus.mailplus_queue_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    limit: 500
  register: mailplus

- name: Show the mails that wait
  ansible.builtin.debug:
    var: mailplus.queue.data['items']

- name: Check that few mails wait
  ansible.builtin.assert:
    that: mailplus.queue.total < 100

- name: Read the deferred mails that name a domain, as sender or recipient
  mailfleet.mailplus.mailplus_queue_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    limit: -1
    statuses: [deferred]
    text: "@example.com"
  register: mailplus
"""

# Written by make generate: results and code, to the end of the file
RETURN = r"""
queue:
  description: Mails waiting for delivery.
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
        - 'Known from the docstring of a client: C(items) and C(total).'
        - Which others there are depends on the NAS.
        - In Jinja, write C(data['items']), since C(data.items) is a method of dictionaries.
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
        by_status: {description: Mails by status., returned: always, type: dict, sample: {deferred: 48, active: 2}}
        oldest:
          description: Time of the oldest mail in UTC.
          returned: always
          type: str
          sample: '2026-01-31T08:15:00Z'
        oldest_age_seconds: {description: Age of the oldest mail in seconds., returned: always, type: int, sample: 5400}
        top_reasons:
          description: The most frequent reasons for waiting, at most five.
          returned: always
          type: list
          elements: dict
          contains:
            value: {description: The value., returned: always, type: str}
            count: {description: How often it occurs., returned: always, type: int}
        top_destinations:
          description: The most frequent domains of recipients, at most five. A mail counts once a domain.
          returned: always
          type: list
          elements: dict
          contains:
            value: {description: The value., returned: always, type: str}
            count: {description: How often it occurs., returned: always, type: int}
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
      sample: items
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
queue_settings:
  description: Settings of the queue.
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
        - How long a mail waits before it is returned.
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
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue.queue import AREA

QUESTION = InfoQuestion(AREA)


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
