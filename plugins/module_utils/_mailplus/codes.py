# SPDX-License-Identifier: GPL-3.0-or-later
"""Error codes of the package MailPlus Server, which DSM's own tables do not have.

5615 was measured on a NAS: every read of an account without delegation gave it, before its parameters were looked at.
"""

from __future__ import annotations

from ansible_collections.mailfleet.mailplus.plugins.module_utils._dsm.errors import Kind, Meaning
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import API_PREFIX

_OF_THE_PACKAGE = range(5500, 5701)

_CODES = {
    5615: Meaning(
        Kind.FORBIDDEN,
        "refused_by_package",
        "MailPlus Server refuses the account.",
        "Use a DSM administrator, or give the account a delegation policy in MailPlus Server > Account > Delegation; "
        "for an administrator, check that MailPlus Server is set up.",
    ),
}

_OTHER = Meaning(
    Kind.FAILED, "package_error", "MailPlus Server refuses the request.", "See the log of MailPlus Server on the NAS."
)


def meaning(api: str, code: int) -> Meaning | None:
    """What ``code`` means when ``api`` sends it, None where it is not the package's own."""
    if not api.startswith(API_PREFIX) or code not in _OF_THE_PACKAGE:
        return None
    return _CODES.get(code, _OTHER)
