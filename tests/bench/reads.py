# SPDX-License-Identifier: GPL-3.0-or-later
"""What every contender asks each NAS: settings, queue and logs, 50 rows of each list. Written out, not taken from the
collection, as whoever does without it would have to."""

from __future__ import annotations

from typing import Any

ROWS = 50
LOGIN_VERSION = 7
AUTH = "SYNO.API.Auth"
COMPOUND = "SYNO.Entry.Request"
SESSION_NAME = "MailPlusServer"
TRANSACTION_LOG = "SYNO.MailPlusServer.Audit.TransactionLog"

_SETTINGS = (
    ("MailPlus", 1),
    ("SMTP.General", 2),
    ("SMTP.Security", 1),
    ("IMAP_POP3", 1),
    ("Security", 4),
    ("Report", 1),
)
_LISTS = ("Audit.AdminLog", "Audit.TransactionLog", "Queue")

READS: tuple[dict[str, Any], ...] = (
    *({"api": f"SYNO.MailPlusServer.{name}", "method": "get", "version": version} for name, version in _SETTINGS),
    *(
        {"api": f"SYNO.MailPlusServer.{name}", "method": "list", "version": 1, "offset": 0, "limit": ROWS}
        for name in _LISTS
    ),
)


def login_form(username: str, password: str) -> dict[str, str]:
    """What opens a session."""
    return {
        "api": AUTH,
        "method": "login",
        "version": str(LOGIN_VERSION),
        "account": username,
        "passwd": password,
        "session": SESSION_NAME,
        "format": "sid",
        "enable_syno_token": "yes",
    }


def logout_form() -> dict[str, str]:
    """What closes it, beside the session's id."""
    return {"api": AUTH, "method": "logout", "version": str(LOGIN_VERSION), "session": SESSION_NAME}


def compound_form(compound: str) -> dict[str, str]:
    """What carries many reads; ``compound`` is their JSON."""
    return {
        "api": COMPOUND,
        "method": "request",
        "version": "1",
        "compound": compound,
        "mode": '"sequential"',
        "stop_when_error": "false",
    }
