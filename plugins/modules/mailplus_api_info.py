#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One read of MailPlus Server by the name of its API."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_api_info
short_description: One read of MailPlus Server by the name of its API
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Asks one API and method of MailPlus Server, or of the DSM below, with parameters of your own, over the DSM WebAPI.
  - It is for what no other module reads, such as the mailbox of one user or a migration task, because nobody has
    published which parameters that takes. To find them, open the page in MailPlus Server and look at the requests to
    C(entry.cgi) in the network tab of your browser's developer tools.
  - It can send what this collection is known to read, and nothing else. No option makes it send a method that changes a
    server.
  - Fails unless the answer is there.
# Written by make generate: options
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.connection.answer
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.reads
seealso:
  - module: mailfleet.mailplus.mailplus_facts
options:
  api:
    description:
      - The API, by its name below C(SYNO.MailPlusServer), or by its whole name. Names count letter by letter.
      - What can be asked is a list of pairs of API and method. All else is refused before anything is sent.
      - No section reads V(Account.Detail) with V(get); V(Audit.AdminLog) with V(list_user); V(Audit.SearchTask) with
        V(get); V(Audit.TransactionLog) with V(get_detail); V(Client) with V(get_usage_limit); V(Cluster) with
        V(get_add_member_progress); V(Diagnosis) with V(blacklist_check_status); V(Domain) with V(has_domain_admin);
        V(Log) with V(gen_db_status); V(MailImportExport) with V(list_mailbox); V(Normal.Util) with V(list_group) and
        V(list_user); V(RemoteMigrate) with V(get_filter), V(get_general), V(get_notification), V(get_task_summary),
        V(list_keyword) and V(list_log); V(Security.MCP) with V(list_quarantine_mail); V(Util) with V(get_package),
        V(list_group), V(list_user) and V(list_user_group).
      - Asked only with O(allow_checks), since they may do work on the NAS, are V(Cluster) with V(check_aa) and
        V(check_health); V(CreateWizard) with V(env_check); V(Diagnosis) with V(mailserver_check); V(License) with
        V(check_server_validity) and V(list_by_account); V(License.BitDefender) with V(list_and_check); V(Util) with
        V(app_privilege_check), V(initial_check) and V(query_mydscenter); V(Version) with V(check).
      - Of sections are V(Account.Maildir) with V(list_no_owner); V(Account.Quota) with V(get_system_quota); V(Alias)
        with V(list); V(Audit.AdminLog) with V(list); V(Audit.DovecotLog) with V(list); V(Audit.SearchTask) with
        V(list); V(Audit.TransactionLog) with V(list); V(Cluster) with V(get_balancer_info) and V(get_interface);
        V(CreateWizard) with V(get_storage_volume_list); V(Delegation) with V(list_delegation), V(list_enable_tab) and
        V(list_user_group_delegation); V(Diagnosis) with V(blacklist_check_cache); V(Disclaimer) with V(get); V(Domain)
        with V(get_security) and V(list); V(Domain.AdditionalDomain) with V(list); V(Domain.BCC) with V(list);
        V(Domain.Group) with V(get_member_status) and V(list); V(Domain.Settings) with V(get), V(get_domain_usage_limit)
        and V(list_domain_usage); V(Domain.User) with V(list); V(FullTextSearch) with V(get); V(IMAP_POP3) with V(get);
        V(IMAP_POP3_ADVANCED) with V(get); V(License) with V(get_active_user_num), V(get_default_active),
        V(get_user_limit), V(list), V(list_active_member) and V(list_by_device); V(License.BitDefender) with
        V(offline_check) and V(offline_get_user_limit); V(Log) with V(conf_get) and V(list_log); V(Log.Mail) with
        V(list); V(Log.Security) with V(list); V(MailImportExport) with V(list); V(MailPlus) with V(get); V(Migration)
        with V(get_mail_migration_progress), V(get_progress) and V(get_settings); V(Queue) with V(conf_get) and V(list);
        V(RemoteMigrate) with V(list_task); V(Report) with V(get); V(SMTP) with V(get); V(SMTP.Delivery) with V(get),
        V(get_multiple) and V(get_type); V(SMTP.General) with V(get) and V(get_postmaster); V(SMTP.RelayControl) with
        V(get); V(SMTP.Security) with V(get); V(Security) with V(get), V(get_anti_spam_update_status),
        V(get_anti_virus_template), V(get_antivirus), V(get_authentication), V(get_bitdefender_status),
        V(get_contentscan), V(get_spam) and V(get_synoav_mcafee_status); V(Security.AttachmentFilter) with V(list);
        V(Security.BlackwhiteList) with V(list); V(Security.DailyQuota) with V(list_rule) and V(list_usage_data);
        V(Security.Dane) with V(get_tlsa_record) and V(list_trust_recipient); V(Security.DkimTrustSender) with V(list);
        V(Security.Greylist) with V(get); V(Security.MCP) with V(get), V(get_bounce_template) and V(list_rule);
        V(Security.MCPQuarantine) with V(list); V(Security.PostScreen) with V(get); V(Security.VirusQuarantine) with
        V(list); V(SecurityDashboard) with V(get_inbound_info), V(get_outbound_info), V(get_threat_info) and
        V(list_blocked_address); V(ServerList) with V(list); V(Service.SMTP) with V(get); V(Spam.ReportedHam) with
        V(list); V(Spam.ReportedSpam) with V(list); V(Spam.SpamAssassin) with V(list_filter), V(list_keyword) and
        V(list_rule); V(Statistic) with V(get) and V(get_analysis); V(UserGroupPolicy) with
        V(list_default_policy_entry), V(list_policy) and V(list_user_group_policy); V(Util) with V(get_account_type),
        V(get_directory_domain), V(get_directory_ldap), V(info_system), V(list_network_interface) and V(list_package);
        V(SYNO.Backup.Task) with V(list); V(SYNO.Core.Certificate.CRT) with V(list); V(SYNO.Core.Directory.Domain) with
        V(get); V(SYNO.Core.Directory.LDAP) with V(get); V(SYNO.Core.Package) with V(list); V(SYNO.Core.Region.NTP) with
        V(get); V(SYNO.Core.Web.Security.TLSProfile) with V(get); V(SYNO.DSM.Info) with V(getinfo);
        V(SYNO.Storage.CGI.Storage) with V(load_info).
    type: str
    required: true
# End of what make generate writes
  method:
    description:
      - The method of O(api), one of those named there.
    type: str
    required: true
  version:
    description:
      - The version of O(api). By default, that is the newest one that is known to have O(method), or an older one where
        the NAS does not have that.
    type: int
  params:
    description:
      - Parameters of the method. A value may be anything that JSON has, 65536 characters in all.
      - A list is not read page by page. Where a method has pages, C(offset) and C(limit) tell which one is wanted.
      - Of C(action), the values V(enum) and V(find) are known to read, so no other is sent.
    type: dict
    default: {}
  allow_checks:
    description:
      - Whether to ask what looks like a read and may do work on the NAS, or ask somebody else, such as Synology. What
        such a method really does is not known.
      - Methods that are known to change something are refused all the same.
    type: bool
    default: false
"""

EXAMPLES = r"""
# Nobody has published the names of these parameters: user and task_id are guesses. A browser's developer tools show
# what the pages of MailPlus Server send.
- name: Read the mailbox of a user
  mailfleet.mailplus.mailplus_api_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    api: Account.Detail
    method: get
    params:
      user: anna
  register: mailbox

- name: Show what the NAS sent
  ansible.builtin.debug:
    var: mailbox.answer.data

- name: Read the log of a migration task, its first 100 rows
  mailfleet.mailplus.mailplus_api_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    api: SYNO.MailPlusServer.RemoteMigrate
    method: list_log
    params:
      task_id: 3
      offset: 0
      limit: 100
  register: migration

- name: Ask for the health of the cluster, which may do work on both servers
  mailfleet.mailplus.mailplus_api_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    api: Cluster
    method: check_health
    allow_checks: true
  register: cluster
"""

# Written by make generate: results and code, to the end of the file
RETURN = r"""
asked:
  description: What was asked.
  returned: when the NAS accepted the login
  type: dict
  contains:
    api: {returned: always, description: 'The API, by its whole name.', sample: SYNO.MailPlusServer.Queue, type: str}
    method: {returned: always, description: The method., sample: list, type: str}
    version: {returned: always, description: The version that was asked last., sample: 1, type: int}
answer:
  description: What became of it.
  returned: when the NAS accepted the login
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
        - Nothing is made of it, and of a list no page is read but the one that O(params) asks for.
      returned: always
      type: raw
    summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
    error: {description: Null on success. It has the keys of RV(error)., returned: always, type: dict}
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

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.api_question import ApiQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import run_module

QUESTION = ApiQuestion()


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
