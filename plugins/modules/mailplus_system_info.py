#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The DSM below MailPlus Server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailplus_system_info
short_description: The DSM below MailPlus Server
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Reads what MailPlus Server rests on and does not tell by itself, such as packages, certificates, volumes, the
    clock, directories and backups, over the DSM WebAPI.
  - Most of it needs a DSM administrator. RV(dsm), RV(dsm_packages) and RV(dsm_ldap) do not.
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
    choices: [dsm, dsm_packages, certificates, tls_profile, dsm_ldap, dsm_domain, storage, time, backup_tasks]
# End of what make generate writes
"""

EXAMPLES = r"""
- name: Read the packages and the certificates
  mailfleet.mailplus.mailplus_system_info:
    username: auditor
    password: "{{ vault_mailplus_password }}"
    sections: [dsm_packages, certificates]
  register: mailplus

- name: Show the version of MailPlus Server
  ansible.builtin.debug:
    msg: "{{ (mailplus.dsm_packages.data.packages | selectattr('id', 'eq', 'MailPlus-Server') | first).version }}"
"""

# Written by make generate: results and code, to the end of the file
RETURN = r"""
dsm:
  description: 'DSM: version, model and uptime.'
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
        - 'Known from a published answer of a NAS, version 2: C(model), C(ram), C(serial), C(temperature),
          C(temperature_warn), C(time), C(uptime), C(version), C(version_string) and C(codepage).'
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
dsm_packages:
  description: Packages of DSM, with version and status.
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
        - 'Known from a published answer of a NAS: C(packages); in C(packages[]) C(id), C(name), C(version),
          C(timestamp) and C(additional); in C(packages[].additional) C(status), C(status_origin), C(status_code),
          C(status_description), C(startable) (not always), C(beta) (not always) and C(install_type) (not always).'
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
      sample: packages
certificates:
  description: Certificates, with what uses them.
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
        - 'Known from a live NAS, version 1: C(certificates); in C(certificates[]) C(id), C(desc), C(is_default),
          C(is_broken), C(renewable), C(user_deletable), C(key_types), C(signature_algorithm), C(valid_from),
          C(valid_till), C(self_signed_cacrt_info) (not always), C(issuer), C(subject) and C(services); in
          C(certificates[].issuer) C(common_name), C(organization) (not always) and C(country) (not always); in
          C(certificates[].subject) C(common_name), C(organization) (not always), C(country) (not always) and
          C(sub_alt_name) (not always); in C(certificates[].services[]) C(service), C(subscriber), C(owner),
          C(display_name) and C(isPkg).'
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
      sample: certificates
tls_profile:
  description: Which TLS the services of DSM accept.
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
        - 'Known from a published answer of a NAS, version 1: C(default-level) and C(services); in C(services.*)
          C(current-level), C(display-name) and C(display-name-i18n).'
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
dsm_ldap:
  description: The LDAP server that DSM is bound to.
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
        - 'Known from a live NAS, version 2: C(enable_client), C(server_address), C(base_dn), C(bind_dn), C(encryption),
          C(profile), C(ldap_schema), C(is_syno_server), C(tls_reqcert), C(update_min) and C(error).'
        - 'Known from the code of a client, version 1: C(host).'
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
dsm_domain:
  description: The domain that DSM has joined.
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
        - 'Known from a live NAS, version 1: C(enable_domain).'
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
storage:
  description: Volumes, pools and disks.
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
        - 'Known from a published answer of a NAS, version 1: C(volumes), C(disks), C(storagePools), C(ssdCaches) and
          C(env); in C(volumes[]) C(id), C(status), C(fs_type) and C(size); in C(volumes[].size) C(total) and C(used).'
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
time:
  description: Time zone, and where the clock is set by.
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
        - 'Known from a published answer of a NAS, version 3: C(enable_ntp), C(server), C(timezone), C(timestamp),
          C(date) and C(hour).'
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
backup_tasks:
  description: Tasks of Hyper Backup.
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
        - 'Known from a live NAS, version 1; the code of a client, version 1: C(task_list).'
        - 'Known from a live NAS, version 1: in C(task_list[]) C(task_id), C(name), C(type), C(state), C(is_modified),
          C(last_bkp_time), C(next_bkp_time), C(last_bkp_result) and C(source); in C(task_list[].source) C(file_list)
          and C(app_name_list); in C(task_list[].source.file_list[]) C(folderPath).'
        - 'Known from the code of a client, version 1: C(total) (not always); in C(task_list[]) C(schedule) (not
          always).'
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
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.catalogue.system import AREA

QUESTION = InfoQuestion(AREA)


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
