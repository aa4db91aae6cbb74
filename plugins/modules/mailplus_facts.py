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
  - Reads everything, or a subset, in one login, a few requests and one logout, over the DSM WebAPI. Without
    O(gather_subset), that is what an administrator wants to know and a small NAS bears in office hours.
  - Fails only when nothing could be read, for want of a connection or a login. A section that this NAS does not have,
    or that the account may not read, says so in its C(status) and costs no other section.
# Written by make generate: options
extends_documentation_fragment:
  - mailfleet.mailplus.connection
  - mailfleet.mailplus.connection.answer
  - mailfleet.mailplus.rows
  - mailfleet.mailplus.attributes
  - mailfleet.mailplus.attributes.reads
seealso:
  - module: mailfleet.mailplus.mailplus_account_info
  - module: mailfleet.mailplus.mailplus_antispam_info
  - module: mailfleet.mailplus.mailplus_antivirus_info
  - module: mailfleet.mailplus.mailplus_api_info
  - module: mailfleet.mailplus.mailplus_authentication_info
  - module: mailfleet.mailplus.mailplus_domain_info
  - module: mailfleet.mailplus.mailplus_imap_pop3_info
  - module: mailfleet.mailplus.mailplus_info
  - module: mailfleet.mailplus.mailplus_license_info
  - module: mailfleet.mailplus.mailplus_log_info
  - module: mailfleet.mailplus.mailplus_migration_info
  - module: mailfleet.mailplus.mailplus_queue_info
  - module: mailfleet.mailplus.mailplus_report_info
  - module: mailfleet.mailplus.mailplus_security_info
  - module: mailfleet.mailplus.mailplus_server_info
  - module: mailfleet.mailplus.mailplus_smtp_info
  - module: mailfleet.mailplus.mailplus_statistics_info
  - module: mailfleet.mailplus.mailplus_system_info
options:
  gather_subset:
    description:
      - What to read, by names of groups and sections. What each is, RV(ansible_facts.mailplus.sections) tells.
      - Groups are V(all), V(min), V(settings), V(status), V(entries), V(accounts), V(antispam), V(antivirus),
        V(authentication), V(domains), V(licenses), V(logs), V(migrations), V(security), V(servers), V(smtp),
        V(statistics) and V(system). A group comes before a section of the same name.
      - Sections are V(account_type), V(default_activation), V(default_quota), V(default_user_policy), V(user_policies),
        V(user_policy_members), V(delegations), V(delegation_members), V(permissions), V(directory_domain),
        V(directory_ldap), V(active_users), V(orphaned_mailboxes), V(antispam), V(antispam_update), V(postscreen),
        V(greylist), V(attachment_filter), V(address_filter), V(spamassassin_rules), V(spam_keywords), V(reported_spam),
        V(reported_ham), V(antivirus), V(mcafee), V(bitdefender), V(antivirus_template), V(virus_quarantine),
        V(authentication), V(dkim_trusted_senders), V(dane), V(dane_trusted_recipients), V(domains), V(domain_settings),
        V(domain_security), V(domain_usage_limit), V(domain_usage), V(additional_domains), V(domain_users),
        V(domain_groups), V(domain_group_members), V(aliases), V(auto_bcc), V(disclaimers), V(imap_pop3),
        V(imap_pop3_advanced), V(license_limit), V(license_usage), V(licenses), V(bitdefender_license),
        V(bitdefender_limit), V(admin_log), V(transaction_log), V(mail_log), V(security_log), V(dovecot_log),
        V(log_settings), V(log_files), V(search_tasks), V(core), V(full_text_search), V(migration_tasks),
        V(mail_import_export), V(mailserver_migration), V(mailserver_migration_settings), V(mailserver_mail_migration),
        V(queue), V(queue_settings), V(report), V(security), V(content_scan), V(mcp), V(mcp_rules), V(mcp_template),
        V(mcp_quarantine), V(server_list), V(balancer), V(packages), V(network_interface), V(network_interfaces),
        V(system_info), V(storage_volumes), V(smtp_general), V(smtp_security), V(smtp), V(smtp_service),
        V(smtp_delivery_type), V(smtp_delivery), V(smtp_relay_hosts), V(smtp_relay_control), V(smtp_postmaster),
        V(blacklist), V(whitelist), V(daily_quota_rules), V(daily_quota_usage), V(mail_statistics), V(usage_analysis),
        V(threats), V(threats_inbound), V(threats_outbound), V(blocked_addresses) and V(dnsbl_selfcheck).
      - V(dsm), V(dsm_packages), V(certificates), V(tls_profile), V(dsm_ldap), V(dsm_domain), V(storage), V(time) and
        V(backup_tasks) are of the DSM below, and most need a DSM administrator. They are read only where they, or the
        group V(system), are named.
      - V(privilege_check), V(license_validity), V(setup_state), V(version_state), V(settings_check) and
        V(cluster_health) may do work on the NAS, so each is read only where it is named.
      - V(!name) leaves a section or group out. With nothing but such names, all others are read.
    type: list
    elements: str
    default: [min, settings, admin_log, transaction_log]
# End of what make generate writes
  rows:
    description:
      - Whether to keep the rows of lists. Without them, lists have their totals and summaries alone.
    type: bool
    default: true
    version_added: 0.2.0
  check_keys:
    description:
      - Whether the summary of each section tells how the keys of its answer compare with those that are known of it, as
        C(known_keys). The guide on what can be read names the known keys.
      - It tells names of keys and no values. A key can be the name of a person, where the NAS keeps something by name.
        Look at them before you show them to others.
    type: bool
    default: false
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
    - name: Gather what is read by default
      mailfleet.mailplus.mailplus_facts:

    - name: Gather everything that MailPlus Server tells, and from DSM the certificates
      mailfleet.mailplus.mailplus_facts:
        gather_subset: [all, certificates]

    - name: Gather settings and the queue, and of the queue only how long it is
      mailfleet.mailplus.mailplus_facts:
        gather_subset: [settings, queue]
        limit: 0

    - name: Gather everything, and compare the keys of the answers with those that are known
      mailfleet.mailplus.mailplus_facts:
        gather_subset: [all]
        check_keys: true

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
            time_zone:
              description: 'The time zone in which times without one are read: that of the option C(time_zone), or the
                one that the NAS told because it was asked for C(time). Null where it is not known.'
              returned: always
              type: str
              sample: Europe/Berlin
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
            - V(account_type) - Whether users are local, of LDAP or of a domain.
            - V(default_activation) - Whether users are activated by default.
            - V(default_quota) - Quota of users that have none of their own.
            - V(default_user_policy) - What users may do that no policy names.
            - V(user_policies) - Policies for users and groups.
            - V(user_policy_members) - Who a policy for users is for.
            - V(delegations) - Delegation policies.
            - V(delegation_members) - To whom administration is delegated.
            - V(permissions) - What this account may see.
            - V(directory_domain) - The domain that users come from.
            - V(directory_ldap) - The LDAP server that users come from.
            - V(active_users) - Users that have a licence.
            - V(orphaned_mailboxes) - Mailboxes whose user is gone.
            - V(privilege_check) - What MailPlus Server finds about the privileges of users.
            - V(antispam) - Settings of the antispam engine.
            - V(antispam_update) - State of the antispam rules.
            - V(postscreen) - DNS block lists that are asked before mail is taken.
            - V(greylist) - Settings and exceptions of greylisting.
            - V(attachment_filter) - Attachments that are filtered.
            - V(address_filter) - Addresses that are filtered.
            - V(spamassassin_rules) - Rules of SpamAssassin.
            - V(spam_keywords) - Groups of keywords, with their scores.
            - V(reported_spam) - Mails that users reported as spam.
            - V(reported_ham) - Mails that users reported as no spam.
            - V(antivirus) - Settings of the antivirus engine.
            - V(mcafee) - State of McAfee.
            - V(bitdefender) - State of Bitdefender.
            - V(antivirus_template) - Texts that tell of infected mail.
            - V(virus_quarantine) - Infected mails that are held back.
            - V(authentication) - How the senders of mail are verified.
            - V(dkim_trusted_senders) - Networks whose mail is signed.
            - V(dane) - The TLSA record for DANE.
            - V(dane_trusted_recipients) - Domains that DANE does not bind.
            - V(domains) - The domains. Known keys are C(domains); in C(domains[]) C(domain_id) or C(id) and C(name).
            - V(domain_settings) - Settings of each domain.
            - V(domain_security) - DKIM of each domain.
            - V(domain_usage_limit) - Limits of each domain.
            - V(domain_usage) - Mails that users of each domain sent today.
            - V(additional_domains) - Further names of each domain.
            - V(domain_users) - Users of each domain.
            - V(domain_groups) - Groups of each domain.
            - V(domain_group_members) - Members of each group of each domain.
            - V(aliases) - Aliases of each domain, with their members. Known keys are C(total) and C(alias_list); in
              C(alias_list[]) C(name) and C(member_list); in C(alias_list[].member_list[]) C(name) and C(type).
            - V(auto_bcc) - Silent copies of the mails of each domain.
            - V(disclaimers) - Disclaimers of each domain.
            - V(imap_pop3) - Settings of IMAP and POP3. Known keys are C(enable_imap), C(enable_imaps), C(enable_pop3),
              C(enable_pop3s) and C(security_imappop3_auth).
            - V(imap_pop3_advanced) - Limits on connections by IMAP and POP3.
            - V(license_limit) - How many accounts the licences allow.
            - V(license_usage) - How many accounts use a licence.
            - V(licenses) - The licences, with validity and expiry.
            - V(bitdefender_license) - The licences of Bitdefender.
            - V(bitdefender_limit) - How many accounts the licences of Bitdefender allow.
            - V(license_validity) - Whether the licences are valid, as Synology sees it.
            - V(admin_log) - What administrators did. Known keys are C(log_list), C(offset) and C(total).
            - V(transaction_log) - What became of each mail. Known keys are C(items), C(offset), C(total) and
              C(is_migrating).
            - V(mail_log) - What became of each mail, on servers before version 3.
            - V(security_log) - Mails that a security setting stopped.
            - V(dovecot_log) - Logins over IMAP and POP3.
            - V(log_settings) - How logs are archived, sent on and rotated.
            - V(log_files) - The files of the logs.
            - V(search_tasks) - Searches in the mail of users.
            - V(core) - Core settings of MailPlus Server.
            - V(full_text_search) - Settings of full-text search.
            - V(setup_state) - Whether MailPlus Server is set up.
            - V(version_state) - What the package finds about its version.
            - V(migration_tasks) - Migrations from other servers.
            - V(mail_import_export) - Imports and exports of mailboxes.
            - V(mailserver_migration) - How far the migration from Synology Mail Server is.
            - V(mailserver_migration_settings) - Settings of the migration from Synology Mail Server.
            - V(mailserver_mail_migration) - How far the mails from Synology Mail Server are.
            - V(queue) - Mails waiting for delivery. Known keys are C(items) and C(total).
            - V(queue_settings) - Settings of the queue.
            - V(report) - Settings of the mail report.
            - V(security) - Mail flow limit and sender quota.
            - V(content_scan) - Settings of the content scan.
            - V(mcp) - Settings of data protection (MCP).
            - V(mcp_rules) - Rules of data protection (MCP).
            - V(mcp_template) - Text that data protection (MCP) sends.
            - V(mcp_quarantine) - Mails that data protection (MCP) holds back.
            - V(server_list) - The servers of the cluster. Known keys are C(server_list), C(balancer_enabled) and
              C(cluster_syncing).
            - V(balancer) - The address that both servers of a cluster share.
            - V(packages) - Packages, as MailPlus Server sees them.
            - V(network_interface) - The network interface of MailPlus Server.
            - V(network_interfaces) - Network interfaces that MailPlus Server can use.
            - V(system_info) - The NAS, as MailPlus Server sees it.
            - V(storage_volumes) - Volumes that can hold mail.
            - V(settings_check) - Settings that differ from what MailPlus Server suggests.
            - V(cluster_health) - What the servers of the cluster find about each other.
            - V(smtp_general) - General settings of SMTP.
            - V(smtp_security) - Security settings of SMTP.
            - V(smtp) - What SMTP has beside its general settings and its service.
            - V(smtp_service) - SMTP, SMTP over TLS and STARTTLS, with their ports.
            - V(smtp_delivery_type) - Whether mail leaves at once or by a relay.
            - V(smtp_delivery) - The relay that all mail takes.
            - V(smtp_relay_hosts) - Relays by sender and recipient.
            - V(smtp_relay_control) - Who may relay.
            - V(smtp_postmaster) - External postmasters.
            - V(blacklist) - The black list. Known keys are C(total) and C(blackwhite_list); in C(blackwhite_list[])
              C(id), C(enable), C(description), C(pattern), C(type) and C(action).
            - V(whitelist) - The white list. Known keys are C(total) and C(blackwhite_list); in C(blackwhite_list[])
              C(id), C(enable), C(description), C(pattern), C(type) and C(action).
            - V(daily_quota_rules) - Rules of daily quotas.
            - V(daily_quota_usage) - Who has used how much of a daily quota.
            - V(mail_statistics) - Mails by kind.
            - V(usage_analysis) - Mails received by address. Known keys are C(total) and C(result_list); in
              C(result_list[]) C(name) and C(count).
            - V(threats) - Threats that were stopped.
            - V(threats_inbound) - Mails from outside that were stopped.
            - V(threats_outbound) - Mails to the outside that were stopped.
            - V(blocked_addresses) - Addresses whose mails were stopped.
            - V(dnsbl_selfcheck) - DNS block lists that name this NAS, as of the last look.
            - 'V(dsm) - DSM: version, model and uptime. Known keys are C(model), C(ram), C(serial), C(temperature),
              C(temperature_warn), C(time), C(uptime), C(version), C(version_string) and C(codepage).'
            - V(dsm_packages) - Packages of DSM, with version and status. Known keys are C(packages); in C(packages[])
              C(id), C(name), C(version), C(timestamp) and C(additional); in C(packages[].additional) C(status),
              C(status_origin), C(status_code), C(status_description), C(startable) (not always), C(beta) (not always)
              and C(install_type) (not always).
            - V(certificates) - Certificates, with what uses them. Known keys are C(certificates); in C(certificates[])
              C(id), C(desc), C(is_default), C(is_broken), C(renewable), C(user_deletable), C(key_types),
              C(signature_algorithm), C(valid_from), C(valid_till), C(self_signed_cacrt_info) (not always), C(issuer),
              C(subject) and C(services); in C(certificates[].issuer) C(common_name), C(organization) (not always) and
              C(country) (not always); in C(certificates[].subject) C(common_name), C(organization) (not always),
              C(country) (not always) and C(sub_alt_name) (not always); in C(certificates[].services[]) C(service),
              C(subscriber), C(owner), C(display_name) and C(isPkg).
            - V(tls_profile) - Which TLS the services of DSM accept. Known keys are C(default-level) and C(services); in
              C(services.*) C(current-level), C(display-name) and C(display-name-i18n).
            - V(dsm_ldap) - The LDAP server that DSM is bound to. Known keys are C(enable_client), C(server_address),
              C(base_dn), C(bind_dn), C(encryption), C(profile), C(ldap_schema), C(is_syno_server), C(tls_reqcert),
              C(update_min), C(error) and C(host).
            - V(dsm_domain) - The domain that DSM has joined. Known keys are C(enable_domain).
            - V(storage) - Volumes, pools and disks. Known keys are C(volumes), C(disks), C(storagePools), C(ssdCaches)
              and C(env); in C(volumes[]) C(id), C(status), C(fs_type) and C(size); in C(volumes[].size) C(total) and
              C(used).
            - V(time) - Time zone, and where the clock is set by. Known keys are C(enable_ntp), C(server), C(timezone),
              C(timestamp), C(date) and C(hour).
            - V(backup_tasks) - Tasks of Hyper Backup. Known keys are C(task_list) and C(total) (not always); in
              C(task_list[]) C(task_id), C(name), C(type), C(state), C(is_modified), C(last_bkp_time), C(next_bkp_time),
              C(last_bkp_result), C(source) and C(schedule) (not always); in C(task_list[].source) C(file_list) and
              C(app_name_list); in C(task_list[].source.file_list[]) C(folderPath).
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
                  description: 'What the server sent, key for key: a mapping, or else C(data_type) tells. Null unless
                    C(status) is V(ok).'
                  returned: always
                  type: raw
                summary:
                  description: What is made of the data. A value in it that nobody can know is null. Null as a whole
                    unless C(status) is V(ok), and for a list whose rows were not found. Its other keys are those that
                    the module for the section alone documents.
                  returned: always
                  type: dict
                  contains:
                    known_keys:
                      description: How the keys of the answer, or of all answers of the section, compare with those that
                        are known. A list whose rows were not found has this alone in its summary.
                      returned: when O(check_keys)
                      type: dict
                      contains:
                        seen: {description: How many known keys the answer has., returned: always, type: int}
                        missing:
                          description: Known keys that it does not have, though it has what they belong into, such as a
                            row. Where one of several keys is enough, these stand behind each other, as in
                            C(domain_id|id).
                          returned: always
                          type: list
                          elements: str
                        unknown:
                          description: Keys that nobody attested yet, the first hundred of them. A key can be the name
                            of a person, where the NAS keeps something by name. So the files of the role have them as
                            they have personal data.
                          returned: always
                          type: list
                          elements: str
                        unknown_total:
                          description: How many keys nobody attested yet. Null where they are more than 10,000.
                          returned: always
                          type: int
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
                row_keys:
                  description: The keys of rows that the user named, by their meaning.
                  returned: when O(row_keys) names keys of this section
                  type: dict
                each:
                  description: By entry the envelope of its own, without the data. That is by entry too, and null where
                    nothing was read.
                  returned: where the section is read once for every entry of another one
                  type: dict
                data_type:
                  description: 'What the data is instead: V(list), V(number), V(text), V(boolean), or V(nothing) where
                    the answer has none.'
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
unread:
  description: Where no section could be read, what became of all. Those with the same reason stand together.
  returned: on failure, where the NAS accepted the login
  type: list
  elements: dict
  contains:
    status: {description: What became of them., returned: always, type: str, sample: ok}
    error:
      description: Why the first of them was not read. It has the keys of RV(error).
      returned: always
      type: dict
    sections: {description: Their names., returned: always, type: list, elements: str}
"""

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import FactsQuestion, run_module

QUESTION = FactsQuestion()


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
