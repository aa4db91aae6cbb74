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
    or that the account may not read, says so in its C(status) and costs no other section.
# Written by make generate: options
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.rows
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.reads
seealso:
  - module: mailfleet.mailplus.mailplus_imap_pop3_info
  - module: mailfleet.mailplus.mailplus_info
  - module: mailfleet.mailplus.mailplus_log_info
  - module: mailfleet.mailplus.mailplus_queue_info
  - module: mailfleet.mailplus.mailplus_report_info
  - module: mailfleet.mailplus.mailplus_security_info
  - module: mailfleet.mailplus.mailplus_server_info
  - module: mailfleet.mailplus.mailplus_smtp_info
options:
  gather_subset:
    description:
      - What to read, by names of sections and groups.
      - Sections are V(imap_pop3), V(admin_log), V(transaction_log), V(core), V(queue), V(report), V(security),
        V(server_list), V(smtp_general) and V(smtp_security).
      - Groups are V(all), V(settings), V(logs) and V(smtp).
      - V(!name) leaves a section or group out. With nothing but such names, all others are read.
    type: list
    elements: str
    default: [all]
# End of what make generate writes
  rows:
    description:
      - Whether to keep the rows of lists. Without them, lists have their totals and summaries alone.
    type: bool
    default: true
    version_added: 0.2.0
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

# Written by make generate: results and code, to the end of the file
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
          description: The version of this shape. It is raised when a key is renamed, removed or means something else.
          returned: always
          type: int
          sample: 1
        collected_at:
          description: When the server was asked, in UTC.
          returned: always
          type: str
          sample: '2026-01-31T09:45:00Z'
        server:
          description: Which server was asked.
          returned: always
          type: dict
          contains:
            host:
              description: The name or address it was asked at.
              returned: always
              type: str
              sample: nas1.example.com
            port: {description: The port it was asked at., returned: always, type: int, sample: 5001}
            https: {description: Whether it was asked over HTTPS., returned: always, type: bool}
            auth_version:
              description: The version of SYNO.API.Auth that the login used, V(7) on DSM 7 and V(6) on DSM 6. Null where
                that is not known.
              returned: always
              type: int
              sample: 7
        sections:
          description:
            - The sections that were asked for, by name, each with the same envelope, which is described at NAME.
            - V(imap_pop3) - Settings of IMAP and POP3. Known keys are C(enable_imap), C(enable_imaps), C(enable_pop3),
              C(enable_pop3s) and C(security_imappop3_auth).
            - V(admin_log) - What administrators did. Known keys are C(log_list), C(offset) and C(total).
            - V(transaction_log) - What became of each mail. Known keys are C(items), C(offset), C(total) and
              C(is_migrating).
            - V(core) - Core settings of MailPlus Server.
            - V(queue) - Mails waiting for delivery. Known keys are C(items) and C(total).
            - V(report) - Settings of the mail report.
            - V(security) - Mail flow limit and sender quota.
            - V(server_list) - The servers of the cluster. Known keys are C(server_list), C(balancer_enabled) and
              C(cluster_syncing).
            - V(smtp_general) - General settings of SMTP.
            - V(smtp_security) - Security settings of SMTP.
            - A key of the server that Ansible would take for one of its own, such as C(__ansible_type) or
              C(_ansible_no_log), has a tilde in front, C(~__ansible_type), and one more if it has tildes already.
          returned: always
          type: dict
          contains:
            NAME:
              description: A section.
              returned: when the section was asked for
              type: dict
              contains:
                status:
                  description: V(ok), V(unsupported) (this NAS does not have it), V(forbidden) (the account may not read
                    it) or V(failed).
                  returned: always
                  type: str
                  sample: ok
                data:
                  description: What the server sent, key for key. Null unless C(status) is V(ok).
                  returned: always
                  type: dict
                summary:
                  description: What is made of the data. A value in it that nobody can know is null. Null as a whole
                    unless C(status) is V(ok), and for a list whose rows were not found. Its keys are those that the
                    module for the section alone documents.
                  returned: always
                  type: dict
                error:
                  description: Why the section was not read. Null where C(status) is V(ok). It has the keys of
                    RV(error).
                  returned: always
                  type: dict
                total:
                  description: How many rows the server had when reading began, as it said. Null where it does not tell,
                    or where its answers contradict that.
                  returned: where the section is a list
                  type: int
                  sample: 4200
                returned:
                  description: How many rows were kept. Null where the answer does not show which of its keys holds the
                    rows.
                  returned: where the section is a list
                  type: int
                  sample: 50
                truncated:
                  description: Whether the server has rows behind the returned ones. Null where that cannot be known.
                    Where the list changed while it was read, a warning tells the numbers.
                  returned: where the section is a list
                  type: bool
                  sample: true
                rows_key:
                  description: The key of the rows in the data. Null where the answer does not show it.
                  returned: where the section is a list
                  type: str
                each:
                  description: By entry the envelope of its own, without the data. That is by entry too, and null where
                    nothing was read.
                  returned: where the section is read once for every entry of another one
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

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import FactsQuestion, run_module

QUESTION = FactsQuestion()


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
