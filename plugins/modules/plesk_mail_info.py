#!/usr/bin/python
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites of a Plesk server, with the accounts and preferences of their mail."""

from __future__ import annotations

DOCUMENTATION = r"""
module: plesk_mail_info
short_description: Sites of a Plesk server, with the accounts and preferences of their mail
version_added: 0.2.0
author:
  - The mailfleet.mailplus contributors (@mailfleet)
description:
  - Asks Plesk over its XML API which sites it has, which mail accounts these have, with mailbox, quota, used size,
    forwarding, aliases and autoresponder, and what the mail service of each site does.
  - It is for providers that move mail from Plesk to MailPlus Server, and have to prove that nobody was left behind.
  - All sites are asked together, a hundred in one request. A site that Plesk cannot tell of costs no other.
  - Passwords are never returned. Where Plesk sends one, the text V([hidden]) stands in its place, and so it does where
    Plesk repeats the password or secret key of the task.
extends_documentation_fragment:
  - mailfleet.mailplus.plesk_connection
  - mailfleet.mailplus.attributes.reads
seealso:
  - module: mailfleet.mailplus.mailplus_account_info
  - module: mailfleet.mailplus.mailplus_domain_info
  - module: mailfleet.mailplus.mailplus_migration_info
options:
  sites:
    description:
      - Which sites to read, by their names. By default, that is all that the user may see.
      - With it, the task fails unless all could be read of each of these; without it, unless something of one could.
      - Whether there may be more than were returned is in RV(listing).
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Read the mail of all sites of a Plesk server
  mailfleet.mailplus.plesk_mail_info:
    secret_key: "{{ vault_plesk_secret_key }}"
  register: plesk

- name: Show who has no mailbox limit
  ansible.builtin.debug:
    msg: >-
      {{ plesk.sites.values() | map(attribute='accounts.data') | select | flatten
         | selectattr('mailbox.enabled', 'true') | selectattr('mailbox.unlimited', 'true') | map(attribute='address') }}

- name: Read two sites with a login instead of a key
  mailfleet.mailplus.plesk_mail_info:
    username: admin
    password: "{{ vault_plesk_password }}"
    ca_path: /etc/ssl/plesk.pem
    sites: [example.com, example.org]
"""

RETURN = r"""
sites:
  description:
    - The sites, by the names that Plesk has for them; one that could not be read, by the name that was asked for. Where
      two have one name, the number stands behind the second. Where two have one number, accounts and preferences of
      neither are known.
    - 'What Plesk sends beside the keys that are described here stands beside them, key for key as it was sent: as text,
      as a mapping, or, where it comes more than once, as a list.'
    - What Plesk sends for a key that is described here, and does not mean anything there, has a tilde in front, such as
      C(~quota), and the value of the key is null. So has a key that Ansible would take for one of its own, such as
      C(~__ansible_type).
  returned: when Plesk accepted the login
  type: dict
  contains:
    NAME:
      description: A site.
      returned: when Plesk has it, or it was asked for
      type: dict
      contains:
        id: {description: Its number in Plesk. Null where that is not known., returned: always, type: int, sample: 12}
        site:
          description: What the site is.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this Plesk does not have it), V(forbidden) (the user may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
            data:
              description: What Plesk tells of it. Null unless C(status) is V(ok).
              returned: always
              type: dict
              contains:
                name: {description: Its name., returned: always, type: str, sample: bücher.example}
                ascii_name:
                  description: Its name in ASCII.
                  returned: always
                  type: str
                  sample: xn--bcher-kva.example
                status:
                  description: V(0) where it is active; other numbers tell why it is not. Null where Plesk does not
                    tell.
                  returned: always
                  type: int
                  sample: 0
                real_size:
                  description: How many bytes it takes. Null where Plesk does not tell.
                  returned: always
                  type: int
                  sample: 1048576
            summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
            error:
              description: Why it was not read. Null where C(status) is V(ok). It has the keys of RV(error).
              returned: always
              type: dict
        accounts:
          description: Its accounts.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this Plesk does not have it), V(forbidden) (the user may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
            data:
              description:
                - Its accounts, each with these keys, and what Plesk sends beside. Null unless C(status) is V(ok).
                - A value that Plesk does not tell is null.
              returned: always
              type: list
              elements: dict
              contains:
                id: {description: Its number in Plesk., returned: always, type: int, sample: 34}
                name: {description: What stands before the @., returned: always, type: str, sample: anna}
                address:
                  description: The name with that of the site.
                  returned: always
                  type: str
                  sample: anna@example.com
                mailbox:
                  description: Its mailbox. Null where Plesk tells of none.
                  returned: always
                  type: dict
                  contains:
                    enabled: {description: Whether mail is kept in it., returned: always, type: bool}
                    quota:
                      description: How many bytes it may take. Null where C(unlimited) is true, or it is not known.
                      returned: always
                      type: int
                      sample: 104857600
                    unlimited:
                      description: Whether it may take any number. Null where that is not known.
                      returned: always
                      type: bool
                    usage: {description: How many bytes it takes., returned: always, type: int, sample: 52428800}
                forwarding:
                  description: Where its mail is sent on to. Null where Plesk tells of none.
                  returned: always
                  type: dict
                  contains:
                    enabled: {description: Whether it is., returned: always, type: bool}
                    addresses:
                      description: The addresses. Null where one of them cannot be read, or C(enabled) is true and none
                        is told.
                      returned: always
                      type: list
                      elements: str
                aliases:
                  description: Other names of the account, what stands before the @. Null where one of them cannot be
                    read.
                  returned: always
                  type: list
                  elements: str
                  sample: [info, sales]
                autoresponder:
                  description: What answers by itself. Null where Plesk tells of none.
                  returned: always
                  type: dict
                  contains:
                    enabled: {description: Whether it does., returned: always, type: bool}
                    subject: {description: The subject of its answers., returned: always, type: str}
                    content_type:
                      description: V(text/plain) or V(text/html).
                      returned: always
                      type: str
                      sample: text/plain
                    charset:
                      description: The character set of its answers.
                      returned: always
                      type: str
                      sample: UTF-8
                    text: {description: The text of its answers., returned: always, type: str}
                    attachments:
                      description: What it attaches.
                      returned: always
                      type: list
                      elements: dict
                      contains:
                        name: {description: The name of the file., returned: always, type: str, sample: map.pdf}
                    forward: {description: The address that mail is forwarded to as well., returned: always, type: str}
            summary:
              description: What the accounts come to. A number that one account does not tell is null. Null unless
                C(status) is V(ok).
              returned: always
              type: dict
              contains:
                accounts: {description: How many there are., returned: always, type: int, sample: 20}
                mailboxes:
                  description: How many have a mailbox that is enabled.
                  returned: always
                  type: int
                  sample: 18
                usage:
                  description: How many bytes their mailboxes take together.
                  returned: always
                  type: int
                  sample: 943718400
                aliases: {description: How many aliases they have., returned: always, type: int, sample: 7}
                forwardings: {description: How many forward their mail., returned: always, type: int, sample: 2}
                autoresponders: {description: How many answer by themselves., returned: always, type: int, sample: 1}
            error:
              description: Why it was not read. Null where C(status) is V(ok). It has the keys of RV(error).
              returned: always
              type: dict
        preferences:
          description: What its mail service does.
          returned: always
          type: dict
          contains:
            status:
              description: V(ok), V(unsupported) (this Plesk does not have it), V(forbidden) (the user may not read it)
                or V(failed).
              returned: always
              type: str
              sample: ok
            data:
              description: What the mail service does. Null unless C(status) is V(ok). A value that Plesk does not tell
                is null.
              returned: always
              type: dict
              contains:
                nonexistent_user:
                  description: What happens to mail for an account that does not exist.
                  returned: always
                  type: dict
                  contains:
                    action:
                      description: V(bounce), V(forward) or V(reject).
                      returned: always
                      type: str
                      sample: forward
                    message: {description: 'What the sender is told, where it bounces.', returned: always, type: str}
                    address: {description: Where it is forwarded to., returned: always, type: str}
                webmail: {description: The webmail of the site., returned: always, type: str, sample: roundcube}
                spam_protect_sign:
                  description: Whether outgoing mail is signed against spam (DKIM).
                  returned: always
                  type: bool
                greylisting:
                  description: Whether mail of unknown senders is put off at first.
                  returned: always
                  type: bool
                mailservice: {description: Whether the site has mail at all., returned: always, type: bool}
                ip_addresses:
                  description: The addresses that mail is sent from. Null where one of them cannot be read.
                  returned: always
                  type: list
                  elements: str
                mail_provider:
                  description: Who carries the mail.
                  returned: always
                  type: dict
                  contains:
                    kind:
                      description: V(local) for the server itself, or V(aps) for a service of others.
                      returned: always
                      type: str
                      sample: local
                    package: {description: The identifier of the package of that service., returned: always, type: str}
            summary: {description: Empty. Null unless C(status) is V(ok)., returned: always, type: dict}
            error:
              description: Why it was not read. Null where C(status) is V(ok). It has the keys of RV(error).
              returned: always
              type: dict
listing:
  description:
    - Whether C(sites) are all that the user may see, for programs; a warning tells it to people.
    - It has the form of what is told of a site, without C(data).
  returned: when Plesk accepted the login
  type: dict
  contains:
    status:
      description:
        - V(ok) where Plesk told of primary sites of subscriptions and of all others to the end. With O(sites), where it
          told of each of these whether there is one.
        - Otherwise there may be more sites, for V(forbidden), V(unsupported) or V(failed) as in C(error).
      returned: always
      type: str
      sample: ok
    data: {description: Always null., returned: always, type: dict}
    summary:
      description: What the sites come to. Null unless C(status) is V(ok).
      returned: always
      type: dict
      contains:
        sites: {description: How many of them there are., returned: always, type: int, sample: 100}
        all:
          description: Whether all sites were asked for. It is false with O(sites).
          returned: always
          type: bool
    error:
      description: Why there may be more. Null where C(status) is V(ok). It has the keys of RV(error).
      returned: always
      type: dict
error:
  description: Why the task failed. Null where no Plesk was asked, such as for a missing option.
  returned: on failure
  type: dict
  contains:
    kind:
      description: 'What the error means: V(local) (Plesk was not asked, or not long enough), V(connection), V(login),
        V(unsupported), V(forbidden) or V(failed).'
      returned: always
      type: str
      sample: login
    api:
      description: The operator that was asked, such as V(mail). Null where no answer came, or it is one to all that was
        asked.
      returned: always
      type: str
    method:
      description: The operation that was asked, such as V(get_info). Null where RV(error.api) is.
      returned: always
      type: str
    version: {description: 'Always null: Plesk takes the newest version that it knows.', returned: always, type: int}
    code:
      description: The error code of Plesk, or 401 where HTTP refuses the login. Null where neither came.
      returned: always
      type: int
      sample: 1001
    name:
      description: A stable name of the error for programs.
      returned: always
      type: str
      sample: wrong_credentials
    message: {description: 'What happened, with the words of Plesk where it sent any.', returned: always, type: str}
    hint: {description: What to do about it., returned: always, type: str}
"""

from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.plesk_question import PleskQuestion
from ansible_collections.mailfleet.mailplus.plugins.module_utils._ansible.question import run_module

QUESTION = PleskQuestion()


def main() -> None:
    """Run as a module."""
    run_module(QUESTION)


if __name__ == "__main__":
    main()
