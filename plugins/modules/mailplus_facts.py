#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State of MailPlus Server as facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_facts
short_description: State of MailPlus Server as facts
version_added: 0.1.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads everything, or a subset, in one login, one batch of reads and one logout, over the DSM WebAPI.
  - Fails only when nothing could be read, for want of a connection or a login. A section that this NAS does not have,
    or
    that the account may not read, says so in its C(status) and costs no other section.
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.rows
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.reads
options:
  gather_subset:
    description:
      - What to read, by names of sections and groups.
      - Sections are V(core), V(server_list), V(smtp_general), V(smtp_security), V(imap_pop3), V(security), V(report),
        V(admin_log), V(transaction_log) and V(queue).
      - Groups are V(all), V(settings), V(smtp) and V(logs).
      - V(!name) leaves a section or group out. With nothing but such names, all others are read.
    type: list
    elements: str
    default: [all]
  rows:
    description:
      - Whether to keep the rows of lists. Without them, lists have their totals and summaries alone.
    type: bool
    default: true
    version_added: 0.2.0
seealso:
  - module: mailfleet.mailplus.mailplus_info
  - module: mailfleet.mailplus.mailplus_server_info
  - module: mailfleet.mailplus.mailplus_smtp_info
  - module: mailfleet.mailplus.mailplus_imap_pop3_info
  - module: mailfleet.mailplus.mailplus_security_info
  - module: mailfleet.mailplus.mailplus_report_info
  - module: mailfleet.mailplus.mailplus_log_info
  - module: mailfleet.mailplus.mailplus_queue_info
"""

EXAMPLES = r"""
- name: Gather the state of every NAS of the play
  hosts: nas
  gather_facts: false
  module_defaults:
    group/mailfleet.mailplus.mailplus:
      username: auditor
      password: "{{ vault_mailplus_password }}"
  tasks:
    - name: Gather everything
      mailfleet.mailplus.mailplus_facts:

    - name: Gather settings and the queue, and of the queue only how long it is
      mailfleet.mailplus.mailplus_facts:
        gather_subset: [settings, queue]
        limit: 0

    - name: Show how many mails wait
      ansible.builtin.debug:
        var: ansible_facts.mailplus.sections.queue.total

- name: Gather as part of fact gathering
  hosts: nas
  connection: local
  vars:
    ansible_facts_modules: mailfleet.mailplus.mailplus_facts
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  module_defaults:
    mailfleet.mailplus.mailplus_facts:
      host: "{{ ansible_host | default(inventory_hostname) }}"
      username: auditor
      password: "{{ vault_mailplus_password }}"
  gather_facts: true
"""

RETURN = r"""
ansible_facts:
  description: Facts to add to the host.
  returned: on success
  type: dict
  contains:
    mailplus:
      description: The state of one MailPlus Server.
      returned: always
      type: dict
      contains:
        schema_version:
          description: Version of the shape described here. It is raised when a key is renamed, removed or means
            something else.
          returned: always
          type: int
          sample: 1
        collected_at:
          description: When the server was asked, in UTC.
          returned: always
          type: str
          sample: "2026-01-31T09:45:00Z"
        server:
          description: Which server was asked.
          returned: always
          type: dict
          contains:
            host: {description: Name or address it was asked at., type: str, returned: always, sample: nas1.example.com}
            port: {description: Port it was asked at., type: int, returned: always, sample: 5001}
            https: {description: Whether it was asked over HTTPS., type: bool, returned: always, sample: true}
            auth_version:
              description: Version of SYNO.API.Auth that the login used, V(7) on DSM 7 and V(6) on DSM 6.
              type: int
              returned: always
              sample: 7
        sections:
          description:
            - The sections that were asked for, each with the same envelope.
            - A key of the server that Ansible would take for one of its own, such as C(__ansible_type) or
              C(_ansible_no_log), has a tilde in front, C(~__ansible_type), and one more if it has tildes already.
          returned: always
          type: dict
          contains:
            core:
              description: "Core settings of MailPlus Server."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Settings of the sender name, DSM access, mail export, PGP and POP3. No key is documented; which
                      there are depends on the version of MailPlus Server.
                    - Null when RV(ansible_facts.mailplus.sections.core.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description: Empty; nothing is made of this section yet. Null when
                    RV(ansible_facts.mailplus.sections.core.status) is not V(ok).
                  returned: always
                  type: dict
                error:
                  description: Why the section was not read. Null when RV(ansible_facts.mailplus.sections.core.status)
                    is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
            server_list:
              description: "The servers of the cluster."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Known from a public client are C(server_list) (list), C(balancer_enabled) and C(cluster_syncing);
                      the keys of a server depend on the NAS.
                    - Null when RV(ansible_facts.mailplus.sections.server_list.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description: What the answer amounts to. Null when
                    RV(ansible_facts.mailplus.sections.server_list.status) is not V(ok).
                  returned: always
                  type: dict
                  contains:
                    servers:
                      description: How many servers there are. Null where the answer does not tell.
                      type: int
                      returned: always
                      sample: 2
                error:
                  description: Why the section was not read. Null when
                    RV(ansible_facts.mailplus.sections.server_list.status) is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
            smtp_general:
              description: "General settings of SMTP."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Settings of the banner, host name, hops, recipients and authentication. No key is documented;
                      which there are depends on the version of MailPlus Server.
                    - Null when RV(ansible_facts.mailplus.sections.smtp_general.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description: Empty; nothing is made of this section yet. Null when
                    RV(ansible_facts.mailplus.sections.smtp_general.status) is not V(ok).
                  returned: always
                  type: dict
                error:
                  description: Why the section was not read. Null when
                    RV(ansible_facts.mailplus.sections.smtp_general.status) is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
            smtp_security:
              description: "Security settings of SMTP."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Limits on connections and mails a minute, parallel connections and junk commands. No key is
                      documented; which there are depends on the version of MailPlus Server.
                    - Null when RV(ansible_facts.mailplus.sections.smtp_security.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description: Empty; nothing is made of this section yet. Null when
                    RV(ansible_facts.mailplus.sections.smtp_security.status) is not V(ok).
                  returned: always
                  type: dict
                error:
                  description: Why the section was not read. Null when
                    RV(ansible_facts.mailplus.sections.smtp_security.status) is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
            imap_pop3:
              description: "Settings of IMAP and POP3."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Known from a live NAS are C(enable_imap), C(enable_imaps), C(enable_pop3), C(enable_pop3s) and
                      C(security_imappop3_auth).
                    - Null when RV(ansible_facts.mailplus.sections.imap_pop3.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description: Empty; nothing is made of this section yet. Null when
                    RV(ansible_facts.mailplus.sections.imap_pop3.status) is not V(ok).
                  returned: always
                  type: dict
                error:
                  description: Why the section was not read. Null when
                    RV(ansible_facts.mailplus.sections.imap_pop3.status) is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
            security:
              description: "Mail flow limit and sender quota."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Mails a period and the quota of a sender. No key is documented; which there are depends on the
                      version of MailPlus Server.
                    - Null when RV(ansible_facts.mailplus.sections.security.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description: Empty; nothing is made of this section yet. Null when
                    RV(ansible_facts.mailplus.sections.security.status) is not V(ok).
                  returned: always
                  type: dict
                error:
                  description: Why the section was not read. Null when
                    RV(ansible_facts.mailplus.sections.security.status) is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
            report:
              description: "Settings of the mail report."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Whether it is sent, to whom and when. No key is documented; which there are depends on the version
                      of MailPlus Server.
                    - Null when RV(ansible_facts.mailplus.sections.report.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description: Empty; nothing is made of this section yet. Null when
                    RV(ansible_facts.mailplus.sections.report.status) is not V(ok).
                  returned: always
                  type: dict
                error:
                  description: Why the section was not read. Null when RV(ansible_facts.mailplus.sections.report.status)
                    is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
            admin_log:
              description: "What administrators did."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Known from a public client are C(log_list) (the rows), C(offset) and C(total); the keys of a row
                      depend on the NAS.
                    - Null when RV(ansible_facts.mailplus.sections.admin_log.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description:
                    - What the returned rows amount to. A value that nobody can know from them is null.
                    - Null when RV(ansible_facts.mailplus.sections.admin_log.status) is not V(ok), or the answer does
                      not show which of its keys holds the rows.
                  returned: always
                  type: dict
                  contains:
                    rows: {description: How many rows the figures rest on., type: int, returned: always, sample: 50}
                    complete:
                      description: Whether these are all rows that the server has. Null where that cannot be known.
                      type: bool
                      returned: always
                      sample: false
                    by_type: {description: Rows by type., type: dict, returned: always}
                    oldest:
                      description: Time of the oldest row in UTC.
                      type: str
                      returned: always
                      sample: "2026-01-31T08:15:00Z"
                    newest:
                      description: Time of the newest row in UTC.
                      type: str
                      returned: always
                      sample: "2026-01-31T09:45:00Z"
                error:
                  description: Why the section was not read. Null when
                    RV(ansible_facts.mailplus.sections.admin_log.status) is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
                total:
                  description:
                    - How many rows the server had when reading began, as it said.
                    - Null where it does not tell, or where its answers contradict that.
                  returned: always
                  type: int
                  sample: 4200
                returned:
                  description: How many rows are in RV(ansible_facts.mailplus.sections.admin_log.data). Null where the
                    answer does not show which of its keys holds them.
                  returned: always
                  type: int
                  sample: 50
                truncated:
                  description:
                    - Whether the server has rows behind the returned ones.
                    - Null where that cannot be known; where the list changed while it was read, a warning tells the
                      numbers.
                  returned: always
                  type: bool
                  sample: true
                rows_key:
                  description: The key of the rows in the data. Null where the answer does not show it.
                  returned: always
                  type: str
                  sample: log_list
            transaction_log:
              description: "What became of each mail."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Known from a public client are C(items) (the rows), C(offset), C(total) and C(is_migrating); the
                      keys of a row depend on the NAS.
                    - In Jinja, write C(data['items']), since C(data.items) is a method of dictionaries.
                    - Null when RV(ansible_facts.mailplus.sections.transaction_log.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description:
                    - What the returned rows amount to. A value that nobody can know from them is null.
                    - Null when RV(ansible_facts.mailplus.sections.transaction_log.status) is not V(ok), or the answer
                      does not show which of its keys holds the rows.
                  returned: always
                  type: dict
                  contains:
                    rows: {description: How many rows the figures rest on., type: int, returned: always, sample: 50}
                    complete:
                      description: Whether these are all rows that the server has. Null where that cannot be known.
                      type: bool
                      returned: always
                      sample: false
                    by_type: {description: Rows by type., type: dict, returned: always}
                    oldest:
                      description: Time of the oldest row in UTC.
                      type: str
                      returned: always
                      sample: "2026-01-31T08:15:00Z"
                    newest:
                      description: Time of the newest row in UTC.
                      type: str
                      returned: always
                      sample: "2026-01-31T09:45:00Z"
                error:
                  description: Why the section was not read. Null when
                    RV(ansible_facts.mailplus.sections.transaction_log.status) is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
                total:
                  description:
                    - How many rows the server had when reading began, as it said.
                    - Null where it does not tell, or where its answers contradict that.
                  returned: always
                  type: int
                  sample: 4200
                returned:
                  description: How many rows are in RV(ansible_facts.mailplus.sections.transaction_log.data). Null where
                    the answer does not show which of its keys holds them.
                  returned: always
                  type: int
                  sample: 50
                truncated:
                  description:
                    - Whether the server has rows behind the returned ones.
                    - Null where that cannot be known; where the list changed while it was read, a warning tells the
                      numbers.
                  returned: always
                  type: bool
                  sample: true
                rows_key:
                  description: The key of the rows in the data. Null where the answer does not show it.
                  returned: always
                  type: str
                  sample: items
            queue:
              description: "Mails waiting for delivery."
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description:
                    - V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read it) or
                      V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description:
                    - What the server sent, key for key.
                    - Known from a public client are C(items) (the rows) and C(total); the keys of a row depend on the
                      NAS.
                    - In Jinja, write C(data['items']), since C(data.items) is a method of dictionaries.
                    - Null when RV(ansible_facts.mailplus.sections.queue.status) is not V(ok).
                  returned: always
                  type: dict
                summary:
                  description:
                    - What the returned rows amount to. A value that nobody can know from them is null.
                    - Null when RV(ansible_facts.mailplus.sections.queue.status) is not V(ok), or the answer does not
                      show which of its keys holds the rows.
                  returned: always
                  type: dict
                  contains:
                    rows: {description: How many rows the figures rest on., type: int, returned: always, sample: 50}
                    complete:
                      description: Whether these are all rows that the server has. Null where that cannot be known.
                      type: bool
                      returned: always
                      sample: false
                    by_status:
                      description: Mails by status.
                      type: dict
                      returned: always
                      sample: {deferred: 48, active: 2}
                    oldest:
                      description: Time of the oldest mail in UTC.
                      type: str
                      returned: always
                      sample: "2026-01-31T08:15:00Z"
                    oldest_age_seconds:
                      description: Age of the oldest mail in seconds.
                      type: int
                      returned: always
                      sample: 5400
                    top_reasons:
                      description: The most frequent reasons for waiting, at most five.
                      type: list
                      elements: dict
                      returned: always
                      contains:
                        value: {description: The reason., type: str, returned: always}
                        count: {description: How many mails., type: int, returned: always}
                    top_destinations:
                      description: The most frequent domains of recipients, at most five. A mail counts once a domain.
                      type: list
                      elements: dict
                      returned: always
                      contains:
                        value: {description: The domain., type: str, returned: always}
                        count: {description: How many mails., type: int, returned: always}
                error:
                  description: Why the section was not read. Null when RV(ansible_facts.mailplus.sections.queue.status)
                    is V(ok).
                  returned: always
                  type: dict
                  contains:
                    api: {description: The API that was asked. Null where no answer came., type: str, returned: always}
                    method:
                      description: The method that was asked. Null where no answer came.
                      type: str
                      returned: always
                    version:
                      description: The version that was asked last. Null where no answer came.
                      type: int
                      returned: always
                    code: {description: DSM's error code. Null where DSM sent none., type: int, returned: always}
                    kind: {description: What the error means. See RV(error.kind)., type: str, returned: always}
                    name: {description: A stable name of the error for programs., type: str, returned: always}
                    message: {description: What happened., type: str, returned: always}
                    hint: {description: What to do about it., type: str, returned: always}
                total:
                  description:
                    - How many rows the server had when reading began, as it said.
                    - Null where it does not tell, or where its answers contradict that.
                  returned: always
                  type: int
                  sample: 4200
                returned:
                  description: How many rows are in RV(ansible_facts.mailplus.sections.queue.data). Null where the
                    answer does not show which of its keys holds them.
                  returned: always
                  type: int
                  sample: 50
                truncated:
                  description:
                    - Whether the server has rows behind the returned ones.
                    - Null where that cannot be known; where the list changed while it was read, a warning tells the
                      numbers.
                  returned: always
                  type: bool
                  sample: true
                rows_key:
                  description: The key of the rows in the data. Null where the answer does not show it.
                  returned: always
                  type: str
                  sample: items
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

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import FactsQuestion, run_module

QUESTION = FactsQuestion()


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
