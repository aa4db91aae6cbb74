# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules that write the state of a fleet, or a report, to files, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    """How files are written."""

    DOCUMENTATION = r"""
options:
  personal_data:
    description:
      - What becomes of mail addresses, IP addresses and subjects in files. V(remove) leaves them out, V(hash) puts a
        keyed hash in their place, V(keep) keeps them.
    type: str
    choices: [keep, remove, hash]
    default: remove
  personal_data_key:
    description:
      - The key of the hash. Needed for V(hash).
    type: str
  personal_keys:
    description:
      - Names of keys under which all is personal data, in any section, however they are written (V(bind_dn) stands for
        C(bindDn) too). What O(mailfleet.mailplus.mailplus_facts#module:row_keys) names as a subject counts as one.
    type: list
    elements: str
    default: []
    version_added: 0.2.0
  only_on_change:
    description:
      - Whether to leave a file as it is while nothing but the times in it would change.
    type: bool
    default: false
"""
