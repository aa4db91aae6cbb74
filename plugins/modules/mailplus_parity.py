#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of an action plugin; there is no module code."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_parity
short_description: Compare the mail of Plesk servers with that of MailPlus Servers, and report who has not moved
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Compares what M(mailfleet.mailplus.plesk_mail_info) returned on Plesk servers with what
    M(mailfleet.mailplus.mailplus_state_gather) or M(mailfleet.mailplus.mailplus_facts) read of NAS, domain by domain,
    and writes a report in the formats of M(mailfleet.mailplus.mailplus_state_report). No server is asked. The playbook
    C(mailfleet.mailplus.parity) does all of it.
  - The report tells which accounts are on both, only on Plesk and only on MailPlus Server; which aliases, forwardings
    and autoresponders have no counterpart; which quotas shrank, and where what is used does not fit; where mail for
    nobody goes elsewhere; and the migration tasks of MailPlus Server.
  - What one side does not tell is unknown, with the reason; it is never taken for there or for missing. MailPlus Server
    lets only users themselves read their forwarding and autoresponder, and no read of the quotas of users is known, so
    these are unknown on most NAS.
  - Names are compared without regard to case, and domains as ASCII. A domain is compared with all NAS that have it,
    under any of its names. An account of Plesk that keeps mail has moved where it is a user that no other account is,
    unless O(mapping) says that two become one. An account that keeps none may be an alias that leads to somebody. An
    alias of Plesk has to lead to the same account.
  - The rules are C(parity_account), C(parity_alias), C(parity_forwarding), C(parity_autoresponder), C(parity_quota),
    C(parity_used_size) and C(parity_catch_all). Each has a verdict on each Plesk server.
  - Where O(personal_data) is left out, names and addresses are removed, and the report tells numbers alone. The role
    keeps them.
extends_documentation_fragment:
  - mailfleet.mailplus.files
options:
  hosts:
    description:
      - Names of the inventory hosts that are NAS.
      - The sections C(domains), C(additional_domains), C(domain_users), C(domain_groups), C(aliases),
        C(domain_settings) and C(migration_tasks) have to be gathered of each. What was not gathered is unknown.
    type: list
    elements: str
    required: true
  plesk_hosts:
    description:
      - Names of the inventory hosts that are Plesk servers.
    type: list
    elements: str
    required: true
  hosts_left_out:
    description:
      - Names of further NAS, which are not asked in this run. What no NAS of O(hosts) has may be there, so it is
        unknown, and not missing.
    type: list
    elements: str
    default: []
  plesk_hosts_left_out:
    description:
      - Names of further Plesk servers, which are not asked in this run. Who is only on MailPlus Server is unknown then.
    type: list
    elements: str
    default: []
  variable:
    description:
      - Name of the variable in which each NAS registered what was read of it.
    type: str
    default: mailplus_state_gathered
  plesk_variable:
    description:
      - Name of the variable in which each Plesk server registered the result of
        M(mailfleet.mailplus.plesk_mail_info).
    type: str
    default: plesk_mail
  mapping:
    description:
      - What has another name on MailPlus Server, as a YAML file or as what stands in it, C(domains) from old to new
        names, and C(accounts) from old to new addresses. Aliases count as accounts.
      - The file is looked for in the current directory and where Ansible looks for files.
    type: raw
  overrides:
    description:
      - 'Changes to rules, by their IDs, such as C({parity_quota: {severity: high}}) or
        C({parity_autoresponder: {enabled: false}}).'
    type: dict
    default: {}
  exceptions:
    description:
      - Rules that need not be met until a day, as a list of C({rule, reason, expires}).
    type: list
    elements: dict
    default: []
  only_validate:
    description:
      - Whether to check the options and the mapping alone, and to compare and write nothing.
    type: bool
    default: false
  fail_severity:
    description:
      - Failed rules and differences of this severity or above are returned as failing, and failures in C(junit.xml).
    type: str
    choices: [info, low, medium, high, critical, never]
    default: high
  fail_unknown_severity:
    description:
      - Rules of this severity or above whose verdict is unknown are returned as failing, and errors in C(junit.xml).
    type: str
    choices: [info, low, medium, high, critical, never]
    default: high
  fail_on_error:
    description:
      - Whether a host that could not be read is returned as failing, and an error in C(junit.xml).
    type: bool
    default: true
  directory:
    description:
      - Directory on the controller for the report. It is made where it is missing. Needed where O(formats) names any.
      - Take another one than that of M(mailfleet.mailplus.mailplus_state_report), since the files have the same names.
    type: path
  formats:
    description:
      - Formats to write, with the names that M(mailfleet.mailplus.mailplus_state_report) has for them. V(csv) also
        writes C(parity_domains.csv), C(parity_items.csv) and C(migration_tasks.csv).
    type: list
    elements: str
    choices: [html, json, csv, junit, markdown, prometheus]
    default: []
  title:
    description:
      - Title of the report.
    type: str
    default: From Plesk to MailPlus Server
attributes:
  action:
    description: Has a corresponding action plugin, so that it runs on the controller.
    support: full
  async:
    description: Can be run with C(async).
    support: none
  check_mode:
    description: Can run in C(check_mode) and return what would change, without writing it.
    support: full
  delegation:
    description: Can be used with C(delegate_to).
    support: none
    details:
      - It always runs on the controller.
  diff_mode:
    description: Returns details on what has changed, in diff mode.
    support: none
  idempotent:
    description: When run twice in a row, the second run changes nothing.
    support: partial
    details:
      - The report states when it was made. With O(only_on_change), and V(json) among O(formats), that
        alone changes nothing.
seealso:
  - module: mailfleet.mailplus.plesk_mail_info
  - module: mailfleet.mailplus.mailplus_state_gather
  - module: mailfleet.mailplus.mailplus_state_report
"""

EXAMPLES = r"""
- name: Report who has not moved
  mailfleet.mailplus.mailplus_parity:
    hosts: "{{ groups.nas }}"
    plesk_hosts: "{{ groups.plesk }}"
    mapping: moved.yml
    directory: /var/lib/mailplus-parity
    formats: [html, csv]
    personal_data: keep
  run_once: true

- name: Tell what was renamed in the task itself
  mailfleet.mailplus.mailplus_parity:
    hosts: "{{ groups.nas }}"
    plesk_hosts: "{{ groups.plesk }}"
    mapping:
      domains:
        example.org: example.com
      accounts:
        ben@example.org: benjamin@example.com
  run_once: true
"""

RETURN = r"""
files:
  description: Paths of the files, those included that did not change.
  returned: when O(only_validate) is false
  type: list
  elements: str
totals:
  description: The C(totals) of the report.
  returned: when O(only_validate) is false
  type: dict
hosts:
  description: What the report says of each host, by its name.
  returned: when O(only_validate) is false
  type: dict
  contains:
    status: {description: Whether the host was read., type: str, returned: always, sample: ok}
    failing:
      description: What fails the host, one line each, by the severities given and O(fail_on_error).
      type: list
      elements: str
      returned: always
    link:
      description: Where the HTML report tells of the host; null where none is written.
      type: str
      returned: always
      sample: /var/lib/mailplus-state/report.html#host-1
    verdicts: {description: How many rules have each verdict., type: dict, returned: always}
    drift:
      description:
        - V(same) (all was compared), V(partial) (what was compared is the same), V(different), V(not_compared) (there
          is nothing to compare with) or V(unknown) (the host was not read).
      type: str
      returned: always
    differences: {description: How many differences from the baseline were found., type: int, returned: always}
    not_compared:
      description: How many sections and values could not be compared.
      type: int
      returned: always
summary:
  description: A line a host for people to read.
  returned: when O(only_validate) is false
  type: list
  elements: str
"""
