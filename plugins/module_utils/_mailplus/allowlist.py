# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be sent to a NAS: a list of pairs, since the name of a method does not tell whether it only reads.

Every other pair is one that must never be sent. The file ``methods.yml`` of the tests says of each method why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.kinds import Section, check, read, status
from ansible_collections.mailfleet.mailplus.plugins.module_utils._mailplus.sections import BY_NAME, CATALOGUE

Pair = tuple[str, str]

_LICENCE_KEYS = BY_NAME["licenses"].secret
_OF_MIGRATIONS: dict[str, Any] = {"privilege": "Server Management: Mail Migration"}


def _rows(
    kind: Callable[..., Section], api: str, *methods: str, versions: Sequence[int] = (1,), **more: Any
) -> Iterator[Section]:
    """Rows as those of the catalogue, for methods that are no sections: they have neither a place nor a title."""
    for method in methods:
        yield kind("", "", read(api, method, versions), **{"place": "", "privilege": None, **more})


# Asked by name alone: their parameters are not published, or what they tell is of little use.
_BY_NAME = (
    *_rows(status, "Account.Detail", "get", privilege="Account: Account"),
    *_rows(status, "Audit.AdminLog", "list_user"),
    *_rows(status, "Audit.SearchTask", "get"),
    *_rows(status, "Audit.TransactionLog", "get_detail"),
    *_rows(status, "Client", "get_usage_limit"),
    *_rows(status, "Cluster", "get_add_member_progress"),
    *_rows(status, "Diagnosis", "blacklist_check_status"),
    *_rows(status, "Domain", "has_domain_admin"),
    *_rows(status, "Log", "gen_db_status"),
    *_rows(status, "MailImportExport", "list_mailbox"),
    *_rows(status, "Normal.Util", "list_user", "list_group"),
    *_rows(status, "RemoteMigrate", "get_task_summary", "list_log", **_OF_MIGRATIONS),
    *_rows(status, "RemoteMigrate", "get_notification", "get_filter", "list_keyword", **_OF_MIGRATIONS),
    *_rows(status, "RemoteMigrate", "get_general", versions=(1, 2, 3, 4), secret=("*",), **_OF_MIGRATIONS),
    *_rows(status, "Security.MCP", "list_quarantine_mail"),
    *_rows(status, "Util", "list_user", "list_group", "list_user_group", "get_package"),
)

# Look like reads, and may do work on the NAS or ask somebody else: what they do has not been seen on hardware.
_CHECKS = (
    *_rows(check, "Cluster", "check_aa"),
    *_rows(check, "CreateWizard", "env_check", versions=(1, 7)),
    *_rows(check, "License", "list_by_account", versions=(3,), secret=_LICENCE_KEYS),
    *_rows(check, "License.BitDefender", "list_and_check", secret=_LICENCE_KEYS),
    *_rows(check, "Util", "query_mydscenter"),
)

# What is no section.
ALONE = (*_CHECKS, *_BY_NAME)

# Every pair that may be sent, with the row that reads it; of several rows the first.
ROWS: dict[Pair, Section] = {
    (each.api, each.method): row for row in (*ALONE, *reversed(CATALOGUE)) for each in row.reads
}

READ_ALLOWLIST = frozenset(ROWS)
